//! Making proofs out of tiles.
//!
//! A [`Plan`] says which tiles a proof needs; the caller reads them; [`Plan::prove`] puts the
//! proof together. Any tile of the tree will do as long as it is the one that is named, or the
//! same one grown wider.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::LedgerError;
use crate::hash::Hash;
use crate::text::NUMBER_MAX;
use crate::tile::{self, Resource, TILE_BITS, TILE_WIDTH, Width};
use crate::tree::{Read, perfect};

/// A whole subtree: 2^height leaves from `index << height`.
#[derive(Clone, Copy, Debug)]
struct Node {
    height: u32,
    index: u64,
}

/// Which hashes a proof needs. Each is folded, from the right, out of whole subtrees.
#[derive(Clone, Debug)]
pub struct Plan {
    size: u64,
    hashes: Vec<Vec<Node>>,
}

impl Plan {
    /// For the proof that entry `index` is in the tree of `size` leaves.
    ///
    /// # Errors
    /// [`LedgerError::Range`].
    pub fn inclusion(index: u64, size: u64) -> Result<Self, LedgerError> {
        if index >= size || size > NUMBER_MAX {
            return Err(LedgerError::Range);
        }
        let (mut start, mut end) = (0, size);
        let mut hashes = Vec::new();
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                hashes.push(nodes(middle, end));
                end = middle;
            } else {
                hashes.push(nodes(start, middle));
                start = middle;
            }
        }
        hashes.reverse();
        Ok(Self { size, hashes })
    }

    /// For the proof that the tree of `size` leaves begins with that of `old` leaves.
    ///
    /// # Errors
    /// [`LedgerError::Range`].
    pub fn consistency(old: u64, size: u64) -> Result<Self, LedgerError> {
        if old > size || size > NUMBER_MAX {
            return Err(LedgerError::Range);
        }
        let mut hashes = Vec::new();
        if old == 0 {
            return Ok(Self { size, hashes });
        }
        let (mut start, mut end) = (0, size);
        while old < end {
            let middle = start + split(end - start);
            if old <= middle {
                hashes.push(nodes(middle, end));
                end = middle;
            } else {
                hashes.push(nodes(start, middle));
                start = middle;
            }
        }
        // Left of everything, the verifier knows the old root itself.
        if start > 0 {
            hashes.push(nodes(start, end));
        }
        hashes.reverse();
        Ok(Self { size, hashes })
    }

    /// The tiles that are needed, each once.
    pub fn tiles(&self) -> BTreeSet<Resource> {
        self.hashes
            .iter()
            .flatten()
            .filter_map(|node| place(node, self.size))
            .map(|(at, _)| at)
            .collect()
    }

    /// The proof, from the bytes of the tiles.
    ///
    /// # Errors
    /// [`LedgerError::Missing`] for a tile that was not given, [`LedgerError::Tile`] for one of
    /// another width.
    pub fn prove(&self, read: &Read) -> Result<Vec<Hash>, LedgerError> {
        let mut tiles: BTreeMap<Resource, Vec<Hash>> = BTreeMap::new();
        for resource in self.tiles() {
            tiles.insert(resource, tile_of(&resource, read)?);
        }
        let folded = self.hashes.iter().map(|nodes| {
            let mut root: Option<Hash> = None;
            for node in nodes.iter().rev() {
                let (resource, (first, count)) =
                    place(node, self.size).ok_or(LedgerError::Range)?;
                let hashes = tiles.get(&resource).ok_or(LedgerError::Missing)?;
                let part = hashes.get(first..first + count).ok_or(LedgerError::Tile)?;
                let peak = perfect(part);
                root = Some(root.map_or(peak, |right| Hash::node(&peak, &right)));
            }
            root.ok_or(LedgerError::Range)
        });
        folded.collect()
    }
}

fn tile_of(resource: &Resource, read: &Read) -> Result<Vec<Hash>, LedgerError> {
    let Resource::Tile { width, .. } = resource else { return Err(LedgerError::Tile) };
    if let Some(bytes) = read.get(resource) {
        return tile::hashes(bytes, *width);
    }
    let bytes = read.get(&resource.filled()).ok_or(LedgerError::Missing)?;
    let mut hashes = tile::hashes(bytes, Width::FULL)?;
    hashes.truncate(usize::from(width.places()));
    Ok(hashes)
}

/// The largest power of two below `leaves`, which has at least two.
fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// The whole subtrees of a run of leaves that starts where a subtree of that height may start.
fn nodes(start: u64, end: u64) -> Vec<Node> {
    let (mut at, mut nodes) = (start, Vec::new());
    while at < end {
        let height = (end - at).ilog2();
        nodes.push(Node { height, index: at >> height });
        at += 1 << height;
    }
    nodes
}

/// The tile that holds the hashes under a node, with the first of them and their number.
fn place(node: &Node, size: u64) -> Option<(Resource, (usize, usize))> {
    let level = u8::try_from(node.height / u32::from(TILE_BITS)).ok()?;
    let within = node.height % u32::from(TILE_BITS);
    let first = node.index << within;
    let index = first / u64::from(TILE_WIDTH);
    let width = tile::width_at(level, index, size)?;
    let offset = usize::try_from(first % u64::from(TILE_WIDTH)).ok()?;
    Some((Resource::Tile { level, index, width }, (offset, 1 << within)))
}

#[cfg(test)]
mod tests;
