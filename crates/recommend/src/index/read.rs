//! What scorers read: postings from the newest end, sessions by slot, all sessions in order.
//!
//! Slots and voters are numbers of the moment: they hold until the next change of the index and
//! mean nothing outside. Their order means nothing either; the one order of sessions is
//! (time, row id), which [`SessionIndex::newer`] and [`SessionIndex::in_order`] follow.

use crate::index::base::postings::Descending;
use crate::index::delta::Entry;
use crate::index::session::{Class, class};
use crate::index::{SessionIndex, SessionKey};
use crate::items::{ItemNo, Items};

/// The slots of linked sessions with an item, newest first by (time, row id).
#[derive(Clone, Debug)]
pub struct Newest<'a> {
    index: &'a SessionIndex,
    base: Descending<'a>,
    /// The next one of each part.
    packed: Option<u32>,
    recent: Option<u32>,
    delta: std::slice::Iter<'a, Entry>,
}

/// What a scorer wants to know of a session besides its items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// Its time in whole seconds.
    pub at: u32,
    /// Who votes with it: the same number for all sessions of one subject, another one for every
    /// other session. A session without a subject is a subject of its own.
    pub voter: u32,
    /// How many items were appended.
    pub items: u32,
}

impl Newest<'_> {
    fn next_packed(&mut self) -> Option<u32> {
        let base = &self.index.base;
        self.base.find(|rank| base.linked.get(*rank))
    }

    fn next_recent(&mut self) -> Option<u32> {
        Some(self.index.base.len() + self.delta.next_back()?.slot)
    }
}

impl Iterator for Newest<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let from_delta = match (self.packed, self.recent) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(packed), Some(recent)) => self.index.newer(recent, packed),
        };
        if from_delta {
            let recent = self.next_recent();
            std::mem::replace(&mut self.recent, recent)
        } else {
            let packed = self.next_packed();
            std::mem::replace(&mut self.packed, packed)
        }
    }
}

impl SessionIndex {
    /// Linked sessions with an item, newest first by (time, row id), which is a total order.
    pub fn newest(&self, item: ItemNo) -> Newest<'_> {
        let mut newest = Newest {
            index: self,
            base: self.base.sessions_with(item),
            packed: None,
            recent: None,
            delta: self.delta.lists(item).map_or(&[][..], |lists| &lists.linked).iter(),
        };
        newest.packed = newest.next_packed();
        newest.recent = newest.next_recent();
        newest
    }

    /// How many linked sessions have an item.
    pub fn linked_count(&self, item: ItemNo) -> u32 {
        let recent = self.delta.lists(item).map_or(0, |lists| lists.linked.len());
        self.base.linked_count(item) + u32::try_from(recent).unwrap_or(0)
    }

    /// The time of a session in whole seconds; 0 for a slot that is not in use.
    #[inline]
    pub fn at(&self, slot: u32) -> u32 {
        match slot.checked_sub(self.base.len()) {
            Some(number) => self.delta.slot(number).map_or(0, |session| session.at),
            None => self.base.at(slot),
        }
    }

    /// The row id of a session; zeros for a slot that is not in use.
    pub fn key(&self, slot: u32) -> SessionKey {
        match slot.checked_sub(self.base.len()) {
            Some(number) => self.delta.slot(number).map_or([0; 16], |session| session.key),
            None => self.base.key(slot),
        }
    }

    /// Whether the session at `a` comes after the one at `b` by (time, row id).
    #[inline]
    pub fn newer(&self, a: u32, b: u32) -> bool {
        if a.max(b) < self.base.len() { a > b } else { self.newer_of_delta(a, b) }
    }

    /// The same where at least one of the two came since the last packing. Nearly all of those are
    /// newer than everything that was packed then, so that the packed one need not be read.
    fn newer_of_delta(&self, a: u32, b: u32) -> bool {
        let after_base = |slot| slot >= self.base.len() && self.at(slot) > self.base.newest_at;
        if b < self.base.len() && after_base(a) {
            return true;
        }
        if a < self.base.len() && after_base(b) {
            return false;
        }
        let (a_at, b_at) = (self.at(a), self.at(b));
        a_at > b_at || (a_at == b_at && a != b && self.key(a) > self.key(b))
    }

    /// Reads a session once: appends its visible items in order, repeats collapsed, and says
    /// everything else that a scorer wants to know of it.
    pub fn meet(&self, items: &Items, slot: u32, out: &mut Vec<ItemNo>) -> Met {
        let before = out.len();
        let mut last = None;
        let mut take = |item| {
            // Without holes all items are visible, and repeats were collapsed on learning.
            let new = self.holes.is_empty() || (items.is_declared(item) && last != Some(item));
            if new {
                last = Some(item);
                out.push(item);
            }
        };
        let (at, subject) = match slot.checked_sub(self.base.len()) {
            Some(number) => {
                let Some(session) = self.delta.slot(number) else { return Met::default() };
                session.items.iter().copied().for_each(&mut take);
                (session.at, session.subject)
            }
            None => {
                let packed = self.base.sessions.get(slot);
                self.base.named(packed.codes).for_each(&mut take);
                (packed.at, packed.subject)
            }
        };
        // Subjects count up from 0 and these down from the top; they cannot meet, because there
        // are never 2^31 sessions.
        let voter = subject.unwrap_or(u32::MAX - slot);
        Met { at, voter, items: u32::try_from(out.len() - before).unwrap_or(u32::MAX) }
    }

    /// The slots of all sessions with a visible item, oldest first by (time, row id).
    pub fn in_order(&self, items: &Items) -> impl Iterator<Item = u32> {
        let recent = self.delta.slots().map(|(number, _)| self.base.len() + number);
        let mut recent: Vec<u32> = recent.collect();
        recent.sort_by_cached_key(|slot| (self.at(*slot), self.key(*slot)));
        let mut recent = recent.into_iter().peekable();
        let packed = (0..self.base.len()).filter(|rank| self.base.is_live(*rank));
        let mut packed = packed.peekable();
        let merged = std::iter::from_fn(move || match (packed.peek(), recent.peek()) {
            (Some(old), Some(new)) if self.newer(*old, *new) => recent.next(),
            (Some(_), _) => packed.next(),
            (None, _) => recent.next(),
        });
        merged.filter(|slot| self.is_visible(items, *slot))
    }

    /// Whether a session has a visible item.
    pub(super) fn is_visible(&self, items: &Items, slot: u32) -> bool {
        if self.holes.is_empty() {
            return true;
        }
        let session = self.session(slot);
        session.is_some_and(|session| class(items, &session.items) != Class::Silent)
    }

    pub(super) fn subject_of(&self, slot: u32) -> Option<u32> {
        match slot.checked_sub(self.base.len()) {
            Some(number) => self.delta.slot(number)?.subject,
            None => self.base.subject(slot),
        }
    }

    /// Gives the items of a session in order, holes included.
    #[inline]
    pub(super) fn each_item(&self, slot: u32, mut take: impl FnMut(ItemNo)) {
        match slot.checked_sub(self.base.len()) {
            Some(number) => {
                if let Some(session) = self.delta.slot(number) {
                    session.items.iter().copied().for_each(&mut take);
                }
            }
            None => self.base.session_items(slot).for_each(take),
        }
    }
}
