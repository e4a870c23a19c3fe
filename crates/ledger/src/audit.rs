//! Re-hashing everything that is stored.
//!
//! Consistency proofs speak of hashes only: an entry that was changed on disk, beside its hash,
//! breaks none of them. So the log is grown once more from its stored entries, bundle by bundle,
//! and what grows must be what is stored, byte for byte, up to the signed root.

use crate::bundle;
use crate::error::LedgerError;
use crate::merkle::Head;
use crate::prune::MinimumIndex;
use crate::tile::{self, Resource, TILE_WIDTH};
use crate::tree::{Tree, Write};

/// A check on its way through the log.
#[derive(Clone, Debug)]
pub struct Audit {
    head: Head,
    tree: Tree,
    minimum: MinimumIndex,
}

impl Audit {
    /// Starts to check the log with this signed head.
    pub fn new(head: Head) -> Self {
        Self::pruned(head, MinimumIndex::default())
    }

    /// The same for a log that does not store entries below a minimum any more: their hashes are
    /// taken from the tiles, which still must lead to the signed root.
    pub fn pruned(head: Head, minimum: MinimumIndex) -> Self {
        Self { head, tree: Tree::new(), minimum }
    }

    /// The file to read next, a bundle or a tile in the place of a pruned one; `None` at the end.
    pub fn next(&self) -> Option<Resource> {
        let index = self.tree.size() / u64::from(TILE_WIDTH);
        let is_done = self.tree.size() >= self.head.size;
        let width = tile::width_at(0, index, self.head.size).filter(|_| !is_done)?;
        let bundle = Resource::Entries { index, width };
        let is_pruned = width.is_full() && self.minimum.is_pruned(&bundle);
        Some(if is_pruned { Resource::Tile { level: 0, index, width } } else { bundle })
    }

    /// Takes the stored bytes of [`Audit::next`] and gives every tile that must be stored with
    /// exactly these bytes. Smaller partial tiles of earlier batches are not needed any more.
    ///
    /// # Errors
    /// [`LedgerError::Bundle`] for a bundle that does not hold its entries.
    pub fn step(&mut self, stored: &[u8]) -> Result<Vec<Write>, LedgerError> {
        let grown = match self.next().ok_or(LedgerError::Range)? {
            Resource::Entries { width, .. } => self.tree.grow(&bundle::entries(stored, width)?)?,
            Resource::Tile { width, .. } => self.tree.adopt(&tile::hashes(stored, width)?)?,
            Resource::Checkpoint => return Err(LedgerError::Range),
        };
        let (next, mut writes) = grown;
        self.tree = next;
        // Before the end, a partial tile is only on its way to be full; at the end, all count.
        writes.retain(|write| write.resource == write.resource.filled());
        if self.tree.size() == self.head.size {
            self.tree.write_edge(0, &mut writes);
        }
        Ok(writes)
    }

    /// Compares the root at the end.
    ///
    /// # Errors
    /// [`LedgerError::Forked`] when it is not the signed one, or not everything was read.
    pub fn finish(self) -> Result<(), LedgerError> {
        match self.tree.head() == self.head {
            true => Ok(()),
            false => Err(LedgerError::Forked),
        }
    }
}

#[cfg(test)]
mod tests;
