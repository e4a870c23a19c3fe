//! The tree as RFC 6962 defines it, slow and obviously right, and a log that was grown for a test.

use crate::hash::Hash;
use crate::tree::{Read, Tree, Write};

/// The definition of RFC 6962, section 2.1, without a thought of speed.
pub(crate) fn root(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => Hash::empty(),
        [one] => Hash::leaf(one),
        more => {
            let (left, right) = more.split_at(split(more.len()));
            Hash::node(&root(left), &root(right))
        }
    }
}

/// PATH of section 2.1.1.
pub(crate) fn path(index: usize, leaves: &[Vec<u8>]) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) = match index < left.len() {
        true => (path(index, left), root(right)),
        false => (path(index - left.len(), right), root(left)),
    };
    path.push(sibling);
    path
}

/// PROOF of section 2.1.2.
pub(crate) fn proof(old: usize, leaves: &[Vec<u8>]) -> Vec<Hash> {
    if old == 0 { Vec::new() } else { subproof(old, leaves, true) }
}

fn subproof(old: usize, leaves: &[Vec<u8>], is_known: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if is_known { Vec::new() } else { vec![root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, sibling) = match old <= left.len() {
        true => (subproof(old, left, is_known), root(right)),
        false => (subproof(old - left.len(), right, false), root(left)),
    };
    proof.push(sibling);
    proof
}

fn split(len: usize) -> usize {
    1 << (len - 1).ilog2()
}

pub(crate) fn leaves(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|number| format!("entry {number}").into_bytes()).collect()
}

/// Grows in batches of these sizes and keeps everything that was written.
pub(crate) fn grow(batches: &[usize]) -> (Tree, Read) {
    let all = leaves(batches.iter().sum());
    let (mut tree, mut stored, mut rest) = (Tree::new(), Read::new(), all.as_slice());
    for batch in batches {
        let (now, later) = rest.split_at(*batch);
        let (next, writes) = tree.grow(now).unwrap();
        for Write { resource, bytes } in writes {
            let earlier = stored.insert(resource, bytes.clone());
            assert!(earlier.is_none_or(|earlier| earlier == bytes), "{resource} was changed");
        }
        (tree, rest) = (next, later);
    }
    (tree, stored)
}
