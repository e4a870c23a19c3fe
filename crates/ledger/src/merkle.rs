//! Verifying that an entry is in a tree and that a tree is the beginning of another.
//!
//! The algorithms are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2, which read the proofs of
//! RFC 6962. A proof has exactly the hashes that it needs; one too many is refused.

use crate::error::LedgerError;
use crate::hash::Hash;
use crate::text::NUMBER_MAX;

/// Most hashes that a proof can have: one per level of the highest tree.
pub const PROOF_HASHES_MAX: usize = 63;

/// A size with the root of that many leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many leaves.
    pub size: u64,
    /// The Merkle tree hash of those leaves.
    pub root: Hash,
}

impl Head {
    /// The head of a tree without leaves.
    pub fn empty() -> Self {
        Self { size: 0, root: Hash::empty() }
    }
}

/// Verifies that the leaf with hash `leaf` stands at `index` in the tree.
///
/// # Errors
/// [`LedgerError::Range`] for an index outside of the tree, [`LedgerError::Proof`] when the hashes
/// do not lead to the root.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    proof: &[Hash],
    head: &Head,
) -> Result<(), LedgerError> {
    if index >= head.size || head.size > NUMBER_MAX {
        return Err(LedgerError::Range);
    }
    let (mut place, mut last, mut root) = (index, head.size - 1, *leaf);
    for step in proof {
        if last == 0 {
            return Err(LedgerError::Proof);
        }
        if place & 1 == 1 || place == last {
            root = Hash::node(step, &root);
            // A node without a right neighbor moves up unchanged until it is a right child.
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            root = Hash::node(&root, step);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    match last == 0 && root == head.root {
        true => Ok(()),
        false => Err(LedgerError::Proof),
    }
}

/// Verifies that the leaves of `old` are the first leaves of `new`, unchanged.
///
/// Two heads of one size need no hashes, and so does an empty `old`; both roots must still be
/// right.
///
/// # Errors
/// [`LedgerError::Range`] when `old` is larger than `new`, [`LedgerError::Proof`] otherwise.
pub fn verify_consistency(old: &Head, new: &Head, proof: &[Hash]) -> Result<(), LedgerError> {
    if old.size > new.size || new.size > NUMBER_MAX {
        return Err(LedgerError::Range);
    }
    if old.size == new.size || old.size == 0 {
        let is_old_right = if old.size == 0 { old.root == Hash::empty() } else { true };
        let is_new_right = if old.size == new.size { old.root == new.root } else { true };
        return match proof.is_empty() && is_old_right && is_new_right {
            true => Ok(()),
            false => Err(LedgerError::Proof),
        };
    }
    let (mut place, mut last) = (old.size - 1, new.size - 1);
    while place & 1 == 1 {
        (place, last) = (place >> 1, last >> 1);
    }
    // An old tree that is one whole subtree of the new one is its own first step.
    let mut steps = proof.iter();
    let seed = if old.size.is_power_of_two() { Some(&old.root) } else { steps.next() };
    let seed = *seed.ok_or(LedgerError::Proof)?;
    let (mut old_root, mut new_root) = (seed, seed);
    for step in steps {
        if last == 0 {
            return Err(LedgerError::Proof);
        }
        if place & 1 == 1 || place == last {
            old_root = Hash::node(step, &old_root);
            new_root = Hash::node(step, &new_root);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            new_root = Hash::node(&new_root, step);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    match last == 0 && old_root == old.root && new_root == new.root {
        true => Ok(()),
        false => Err(LedgerError::Proof),
    }
}

#[cfg(test)]
mod tests;
