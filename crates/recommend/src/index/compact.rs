//! Packing the index anew: what came since and what is left of the base become one base.
//!
//! Nothing that anybody can see changes. A server packs from a shared reference while others
//! read, and then swaps: [`SessionIndex::compacted`], [`SessionIndex::install`]. Meanwhile both
//! are in memory. An index that is full packs in its place, where the old tables go before the new
//! ones are made. Both need [`SessionIndex::packing_bytes`] at most besides, for as long as it
//! takes; the byte budget of the settings does not hold them, so leave room for them.

use crate::index::base::Base;
use crate::index::build::{Builder, Built};
use crate::index::delta::Delta;
use crate::index::{ClosedSession, LearnError, SessionIndex};
use crate::items::{ItemNo, Items};

/// Fewer changed sessions than this are not worth the work.
const CHANGED_MIN: usize = 4_096;
/// The share of the base that may have changed.
const CHANGED_SHARE: usize = 8;
/// The share of a full base that must have changed before it is packed to make room: so a full
/// index does not pack for every session that it refuses.
const FULL_SHARE: usize = 64;
/// Bytes that packing takes for each session while it sorts, at most.
const SESSION_PACKING_BYTES: u64 = 128;
/// Bytes that packing takes for each item of a session, at most.
const ITEM_PACKING_BYTES: u64 = 16;

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

    /// Packs the index in place; says whether it could. The old tables are gone before the new
    /// ones are made.
    pub fn compact(&mut self, items: &Items) -> bool {
        let builder = self.collected();
        if !builder.fits() {
            return false;
        }
        (self.base, self.delta) = (Base::default(), Delta::default());
        let built = builder.finish(items, false);
        *self = Self { fingerprint: self.fingerprint, ..Self::with(built, items, self) };
        true
    }

    /// Refuses a session for which the byte budget has no room even after packing; what is there
    /// is packed at most, and nobody can see that.
    ///
    /// # Errors
    /// The byte budget is spent.
    pub fn make_room(
        &mut self,
        items: &Items,
        session: &ClosedSession,
        bytes_max: u64,
    ) -> Result<(), LearnError> {
        let Err(full) = self.check_room(items, session, bytes_max) else { return Ok(()) };
        let changed = self.delta.len() + self.base.erased_sessions as usize;
        let pays = changed > 0 && changed * FULL_SHARE >= self.base.len() as usize;
        if !pays || !self.compact(items) {
            return Err(full);
        }
        self.check_room(items, session, bytes_max)
    }

    /// The memory that packing needs for a while besides the index before and after it, at most.
    pub fn packing_bytes(&self) -> u64 {
        let sessions = self.base.len() as usize + self.delta.len();
        // An item of a session takes a byte or more.
        let items = self.base.sessions.bytes() + self.delta.bytes() / size_of::<ItemNo>();
        sessions as u64 * SESSION_PACKING_BYTES + items as u64 * ITEM_PACKING_BYTES
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
        let mut builder = Builder::for_sessions(self.base.len() as usize + self.delta.len());
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
