//! What scorers read: postings from the newest end, sessions by slot, all sessions in order.
//!
//! Slots and voters are numbers of the moment: they hold until the next change of the index and
//! mean nothing outside. Their order means nothing either; the one order of sessions is
//! (time, row id), which [`SessionIndex::newer`] and [`SessionIndex::in_order`] follow.

use crate::index::{Class, NO_SUBJECT, Posting, SessionIndex, SessionKey, visible_numbers};
use crate::items::{ItemNo, Items};

/// Linked sessions with an item, newest first by (time, row id).
#[derive(Clone, Debug)]
pub struct Newest<'a> {
    left: std::slice::Iter<'a, Posting>,
}

impl Iterator for Newest<'_> {
    type Item = Posting;

    fn next(&mut self) -> Option<Posting> {
        self.left.next_back().copied()
    }
}

impl SessionIndex {
    /// Linked sessions with an item, newest first by (time, row id), which is a total order.
    pub fn newest(&self, item: ItemNo) -> Newest<'_> {
        Newest { left: self.linked(item).iter() }
    }

    /// How many linked sessions have an item.
    pub fn linked_count(&self, item: ItemNo) -> u32 {
        u32::try_from(self.linked(item).len()).unwrap_or(u32::MAX)
    }

    /// Who votes with a session: the same number for all sessions of one subject, another one for
    /// every other session. A session without a subject is a subject of its own.
    pub fn voter(&self, slot: u32) -> u32 {
        match self.slot(slot).map_or(NO_SUBJECT, |session| session.subject) {
            // Subjects count up from 0 and these down from the top; they cannot meet, because
            // there are never 2^32 sessions.
            NO_SUBJECT => u32::MAX - slot,
            subject => subject,
        }
    }

    /// The time of a session in whole seconds; 0 for a slot that is not in use.
    pub fn at(&self, slot: u32) -> u32 {
        self.slot(slot).map_or(0, |session| session.at)
    }

    /// The row id of a session; zeros for a slot that is not in use.
    pub fn key(&self, slot: u32) -> SessionKey {
        self.slot(slot).map_or([0; 16], |session| session.key)
    }

    /// Whether `a` comes after `b` by (time, row id).
    pub fn newer(&self, a: Posting, b: Posting) -> bool {
        a.at > b.at || (a.at == b.at && a.slot != b.slot && self.key(a.slot) > self.key(b.slot))
    }

    /// Appends the visible items of a session in order, repeats collapsed; says how many.
    pub fn items_into(&self, items: &Items, slot: u32, out: &mut Vec<ItemNo>) -> usize {
        let before = out.len();
        if let Some(session) = self.slot(slot) {
            out.extend(visible_numbers(items, &session.items));
        }
        out.len() - before
    }

    /// The slots of all sessions with a visible item, oldest first by (time, row id).
    pub fn in_order(&self, items: &Items) -> impl Iterator<Item = u32> {
        let shown = (0_u32..).zip(&self.slots).filter_map(|(number, slot)| {
            let slot = slot.as_ref()?;
            let silent = visible_numbers(items, &slot.items).next().is_none();
            debug_assert_eq!(silent, slot.class == Class::Silent);
            (!silent).then_some((slot.at, slot.key, number))
        });
        let mut shown: Vec<_> = shown.collect();
        shown.sort_unstable();
        shown.into_iter().map(|(_, _, number)| number)
    }
}
