//! What scorers read: postings from the newest end, sessions by slot, all sessions in order.
//!
//! Slots and voters are numbers of the moment: they hold until the next change of the index and
//! mean nothing outside. Their order means nothing either; the one order of sessions is
//! (time, row id), which [`SessionIndex::newer`] and [`SessionIndex::in_order`] follow.

use crate::index::base::postings::Descending;
use crate::index::delta::Entry;
use crate::index::session::{Class, class};
use crate::index::{Posting, SessionIndex, SessionKey};
use crate::items::{ItemNo, Items};

/// Linked sessions with an item, newest first by (time, row id).
#[derive(Clone, Debug)]
pub struct Newest<'a> {
    index: &'a SessionIndex,
    base: Descending<'a>,
    /// The next one of each part.
    packed: Option<Posting>,
    recent: Option<Posting>,
    delta: std::slice::Iter<'a, Entry>,
}

impl Newest<'_> {
    fn next_packed(&mut self) -> Option<Posting> {
        let base = &self.index.base;
        let slot = self.base.find(|rank| base.linked.get(*rank))?;
        Some(Posting { at: base.at(slot), slot })
    }

    fn next_recent(&mut self) -> Option<Posting> {
        let entry = self.delta.next_back()?;
        Some(Posting { at: entry.at, slot: self.index.base.len() + entry.slot })
    }
}

impl Iterator for Newest<'_> {
    type Item = Posting;

    #[inline]
    fn next(&mut self) -> Option<Posting> {
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

    /// Who votes with a session: the same number for all sessions of one subject, another one for
    /// every other session. A session without a subject is a subject of its own.
    pub fn voter(&self, slot: u32) -> u32 {
        // Subjects count up from 0 and these down from the top; they cannot meet, because there
        // are never 2^31 sessions.
        self.subject_of(slot).unwrap_or(u32::MAX - slot)
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

    /// Whether `a` comes after `b` by (time, row id).
    #[inline]
    pub fn newer(&self, a: Posting, b: Posting) -> bool {
        if a.slot.max(b.slot) < self.base.len() {
            return a.slot > b.slot;
        }
        a.at > b.at || (a.at == b.at && a.slot != b.slot && self.key(a.slot) > self.key(b.slot))
    }

    /// Appends the visible items of a session in order, repeats collapsed; says how many.
    pub fn items_into(&self, items: &Items, slot: u32, out: &mut Vec<ItemNo>) -> usize {
        let before = out.len();
        if self.holes.is_empty() {
            // All items are visible, and repeats were collapsed on learning.
            self.each_item(slot, |item| out.push(item));
        } else {
            let mut last = None;
            self.each_item(slot, |item| {
                if items.is_declared(item) && last != Some(item) {
                    last = Some(item);
                    out.push(item);
                }
            });
        }
        out.len() - before
    }

    /// The slots of all sessions with a visible item, oldest first by (time, row id).
    pub fn in_order(&self, items: &Items) -> impl Iterator<Item = u32> {
        let mut recent: Vec<Posting> = self
            .delta
            .slots()
            .map(|(number, slot)| Posting { at: slot.at, slot: self.base.len() + number })
            .collect();
        recent.sort_unstable_by(|a, b| {
            a.at.cmp(&b.at).then_with(|| self.key(a.slot).cmp(&self.key(b.slot)))
        });
        let mut recent = recent.into_iter().peekable();
        let packed = (0..self.base.len()).filter(|rank| self.base.is_live(*rank));
        let mut packed = packed.map(|slot| Posting { at: self.base.at(slot), slot }).peekable();
        let merged = std::iter::from_fn(move || match (packed.peek(), recent.peek()) {
            (Some(old), Some(new)) if self.newer(*old, *new) => recent.next(),
            (Some(_), _) => packed.next(),
            (None, _) => recent.next(),
        });
        merged.map(|posting| posting.slot).filter(|slot| self.is_visible(items, *slot))
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
