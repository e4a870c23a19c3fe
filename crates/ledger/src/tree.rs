//! The growing edge of a log: all that must be remembered to append.
//!
//! [`Tree::grow`] takes a batch and gives the next tree with the files to write for it: the tiles
//! and bundles that became full, and the partial ones at the new edge. Nothing that was written
//! before changes, so writing a batch twice, or half of it and then all of it, is safe as long as
//! the checkpoint comes last.

use std::collections::BTreeMap;

use crate::bundle;
use crate::error::LedgerError;
use crate::hash::Hash;
use crate::merkle::Head;
use crate::text::NUMBER_MAX;
use crate::tile::{self, LEVELS, Resource, TILE_BITS, TILE_WIDTH, Width};

/// A file of the log with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub resource: Resource,
    /// What.
    pub bytes: Vec<u8>,
}

/// What was read of a log.
pub type Read = BTreeMap<Resource, Vec<u8>>;

/// The right edge of a tree: per level the hashes of the tile that is not full yet, and the
/// entries of the bundle that is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    edge: [Vec<Hash>; LEVELS as usize],
    bundle: Vec<u8>,
}

impl Tree {
    /// A tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Which files [`Tree::resume`] needs for a tree of `size` leaves: the partial ones.
    pub fn needed(size: u64) -> Vec<Resource> {
        let mut needed = Vec::new();
        for level in 0..LEVELS {
            let Some((index, width)) = partial(level, size) else { continue };
            if level == 0 {
                needed.push(Resource::Entries { index, width });
            }
            needed.push(Resource::Tile { level, index, width });
        }
        needed
    }

    /// Takes up a stored log at a signed head.
    ///
    /// # Errors
    /// [`LedgerError::Missing`] when a file was not given, [`LedgerError::Forked`] when the files
    /// do not lead to the root: such a log must never be signed again.
    pub fn resume(head: &Head, read: &Read) -> Result<Self, LedgerError> {
        if head.size > NUMBER_MAX {
            return Err(LedgerError::Range);
        }
        let mut tree = Self { size: head.size, ..Self::default() };
        for (level, edge) in (0..LEVELS).zip(&mut tree.edge) {
            let Some((index, width)) = partial(level, head.size) else { continue };
            let resource = Resource::Tile { level, index, width };
            let bytes = read.get(&resource).ok_or(LedgerError::Missing)?;
            let hashes = tile::hashes(bytes, width)?;
            if level == 0 {
                let bundle = read.get(&Resource::Entries { index, width });
                tree.bundle = bundle.ok_or(LedgerError::Missing)?.clone();
                let entries = bundle::entries(&tree.bundle, width)?;
                if !entries.iter().zip(&hashes).all(|(entry, hash)| Hash::leaf(entry) == *hash) {
                    return Err(LedgerError::Forked);
                }
            }
            *edge = hashes;
        }
        match tree.head() == *head {
            true => Ok(tree),
            false => Err(LedgerError::Forked),
        }
    }

    /// How many leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Size and root.
    pub fn head(&self) -> Head {
        let mut root: Option<Hash> = None;
        // From the right: whole subtrees of growing height, first within a tile, then above.
        for hashes in &self.edge {
            let mut rest = hashes.as_slice();
            while !rest.is_empty() {
                let height = rest.len().trailing_zeros();
                let (left, last) = rest.split_at(rest.len() - (1 << height));
                let peak = perfect(last);
                root = Some(root.map_or(peak, |right| Hash::node(&peak, &right)));
                rest = left;
            }
        }
        Head { size: self.size, root: root.unwrap_or_else(Hash::empty) }
    }

    /// Appends a batch: the next tree, and what to write before its head may be signed.
    ///
    /// # Errors
    /// [`LedgerError::EntryTooLong`], or [`LedgerError::Range`] when the tree cannot get larger.
    pub fn grow<E: AsRef<[u8]>>(&self, batch: &[E]) -> Result<(Self, Vec<Write>), LedgerError> {
        let mut next = self.clone();
        let mut writes = Vec::new();
        for entry in batch {
            next.push(entry.as_ref(), &mut writes)?;
        }
        next.write_edge(self.size, &mut writes);
        Ok((next, writes))
    }

    fn push(&mut self, entry: &[u8], writes: &mut Vec<Write>) -> Result<(), LedgerError> {
        if self.size >= NUMBER_MAX {
            return Err(LedgerError::Range);
        }
        bundle::push(&mut self.bundle, entry)?;
        self.push_hash(Hash::leaf(entry), writes);
        Ok(())
    }

    /// Appends leaves whose entries are not stored any more, by the hashes of one full tile, and
    /// gives the tiles that become full.
    ///
    /// # Errors
    /// [`LedgerError::Tile`] unless it is a full tile, at a place where one begins.
    pub(crate) fn adopt(&self, hashes: &[Hash]) -> Result<(Self, Vec<Write>), LedgerError> {
        let begins = self.size.is_multiple_of(u64::from(TILE_WIDTH));
        if hashes.len() != usize::from(TILE_WIDTH) || !begins {
            return Err(LedgerError::Tile);
        }
        let (mut next, mut writes) = (self.clone(), Vec::new());
        hashes.iter().for_each(|hash| next.push_hash(*hash, &mut writes));
        // There is no bundle to write.
        writes.retain(|write| !matches!(write.resource, Resource::Entries { .. }));
        Ok((next, writes))
    }

    fn push_hash(&mut self, mut hash: Hash, writes: &mut Vec<Write>) {
        let mut index = self.size / u64::from(TILE_WIDTH);
        self.size += 1;
        for (level, hashes) in (0..LEVELS).zip(&mut self.edge) {
            hashes.push(hash);
            if hashes.len() < usize::from(TILE_WIDTH) {
                break;
            }
            let width = Width::FULL;
            if level == 0 {
                let bytes = std::mem::take(&mut self.bundle);
                writes.push(Write { resource: Resource::Entries { index, width }, bytes });
            }
            let resource = Resource::Tile { level, index, width };
            writes.push(Write { resource, bytes: tile::bytes(hashes) });
            (hash, index) = (perfect(hashes), index / u64::from(TILE_WIDTH));
            hashes.clear();
        }
    }

    /// The partial files at the edge, as far as they are new since the tree had `old` leaves.
    pub(crate) fn write_edge(&self, old: u64, writes: &mut Vec<Write>) {
        for (level, hashes) in (0..LEVELS).zip(&self.edge) {
            let Some((index, width)) = partial(level, self.size) else { continue };
            if partial(level, old) == Some((index, width)) {
                continue;
            }
            if level == 0 {
                let bytes = self.bundle.clone();
                writes.push(Write { resource: Resource::Entries { index, width }, bytes });
            }
            let resource = Resource::Tile { level, index, width };
            writes.push(Write { resource, bytes: tile::bytes(hashes) });
        }
    }
}

/// The partial tile of a level in a tree of `size` leaves: which, and how wide.
fn partial(level: u8, size: u64) -> Option<(u64, Width)> {
    let hashes = size >> (u32::from(level) * u32::from(TILE_BITS));
    let index = hashes / u64::from(TILE_WIDTH);
    tile::width_at(level, index, size).map(|width| (index, width))
}

/// The root over a power of two of hashes.
pub(crate) fn perfect(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => Hash::empty(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len() / 2);
            Hash::node(&perfect(left), &perfect(right))
        }
    }
}

#[cfg(test)]
mod tests;
