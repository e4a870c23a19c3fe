//! Leaving out old entries without changing the tree (`c2sp.org/tlog-tiles`, "Pruning").
//!
//! A log states a minimum index; whatever ends at or before it need not be served any more. Here
//! only bundles of entries go: the tiles stay, so that every proof can still be made and a log
//! without its old entries can still be re-hashed up to its signed root. How old an entry has to be
//! is the shop's stated policy.

use crate::merkle::Head;
use crate::tile::Resource;

/// The first entry that is served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinimumIndex(u64);

impl MinimumIndex {
    /// Moves forward to `index`, never back, and never past the signed head.
    #[must_use]
    pub fn advance(self, index: u64, head: &Head) -> Self {
        Self(self.0.max(index.min(head.size)))
    }

    /// The index.
    pub const fn index(self) -> u64 {
        self.0
    }

    /// Whether a resource may be refused. A checkpoint and a partial resource never are: a partial
    /// one always reaches past the minimum, or has a full one in its place.
    pub fn is_pruned(self, resource: &Resource) -> bool {
        resource.filled().end() <= self.0
    }
}

#[cfg(test)]
mod tests;
