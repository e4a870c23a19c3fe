//! Packing the index anew: what came since and what is left of the base become one base.
//!
//! Nothing that anybody can see changes. A server packs from a shared reference while others
//! read, and then swaps: [`SessionIndex::compacted`], [`SessionIndex::install`]. Meanwhile both
//! are in memory, and about thirty bytes per interaction more while sorting.

use crate::index::build::{Builder, Built};
use crate::index::{ClosedSession, LearnError, SessionIndex};
use crate::items::Items;

/// Fewer changed sessions than this are not worth the work.
const CHANGED_MIN: usize = 4_096;
/// The share of the base that may have changed.
const CHANGED_SHARE: usize = 8;

/// A packed index that can take the place of the one that it was made from.
#[derive(Debug)]
pub struct Compacted {
    index: SessionIndex,
}

impl Compacted {
    /// The memory that it holds, in bytes.
    pub fn bytes(&self) -> u64 {
        self.index.bytes()
    }
}

impl SessionIndex {
    /// Whether enough has changed that packing pays.
    pub fn needs_compaction(&self) -> bool {
        let changed = self.delta.len() + self.base.erased_sessions as usize;
        changed >= CHANGED_MIN.max(self.base.len() as usize / CHANGED_SHARE)
    }

    /// The same sessions packed. None when there are more than can be packed
    /// ([`crate::index::build::INTERACTIONS_MAX`]).
    pub fn compacted(&self, items: &Items) -> Option<Compacted> {
        let builder = self.collected();
        if !builder.fits() {
            return None;
        }
        let built = builder.finish(items, false);
        debug_assert_eq!((built.shown, built.linked), (self.shown, self.linked));
        let index = Self::with(built, items, self);
        Some(Compacted { index: Self { fingerprint: self.fingerprint, ..index } })
    }

    /// Puts a packed index in place of this one; says whether it did. When something changed
    /// since it was made it does not, and nothing happens.
    pub fn install(&mut self, compacted: Compacted) -> bool {
        let current = compacted.index.changes == self.changes;
        if current {
            *self = compacted.index;
        }
        current
    }

    /// Packs the index in place; says whether it could.
    pub fn compact(&mut self, items: &Items) -> bool {
        self.compacted(items).is_some_and(|compacted| self.install(compacted))
    }

    /// Learns many sessions at once and packs. On refusal nothing has changed.
    ///
    /// # Errors
    /// What is learned needs more bytes than `bytes_max` even when it is packed, or more of the
    /// sessions replace each other than there may be.
    pub fn learn_all(
        &mut self,
        items: &Items,
        sessions: impl IntoIterator<Item = ClosedSession>,
        bytes_max: u64,
    ) -> Result<(), LearnError> {
        let mut builder = self.collected();
        for session in sessions {
            builder.learn(items, &session, bytes_max)?;
        }
        let built = builder.finish(items, true);
        let mut index = Self::with(built, items, self);
        let bytes = index.bytes();
        if bytes > bytes_max {
            return Err(LearnError::Full { bytes, bytes_max });
        }
        index.changes += 1;
        *self = index;
        Ok(())
    }

    /// All sessions, silent ones too, for packing.
    fn collected(&self) -> Builder {
        let mut builder = Builder::default();
        for rank in (0..self.base.len()).filter(|rank| self.base.is_live(*rank)) {
            let subject = self.base.subject(rank).and_then(|subject| self.subject_name(subject));
            let items = self.base.session_items(rank);
            builder.push(self.base.key(rank), self.base.at(rank), subject, items);
        }
        for (_, slot) in self.delta.slots() {
            let subject = slot.subject.and_then(|subject| self.subject_name(subject));
            builder.push(slot.key, slot.at, subject, slot.items.iter().copied());
        }
        builder
    }

    fn with(built: Built, items: &Items, before: &Self) -> Self {
        let holes = before
            .holes
            .iter()
            .copied()
            .filter(|item| !items.is_declared(*item) && built.base.code(*item).is_some());
        Self {
            holes: holes.collect(),
            base: built.base,
            shown: built.shown,
            linked: built.linked,
            fingerprint: built.fingerprint,
            changes: before.changes,
            ..Self::default()
        }
    }
}
