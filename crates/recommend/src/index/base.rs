//! The compact sessions: ranked by (time, row id), in columns, written once.
//!
//! Only small things change in place: a session is erased, loses an item or turns from linked to
//! idle and back. What is new lives in the delta until the next compaction. Subjects are numbered
//! in the order of their pseudonyms, items by how often sessions name them.

use domain::id::Pseudonym;

use crate::index::SessionKey;
use crate::index::base::bits::Bits;
use crate::index::base::column::Column;
use crate::index::base::postings::{Descending, Postings};
use crate::index::base::sessions::{Codes, Sessions};
use crate::index::base::sorted::{Name, Sorted};
use crate::items::ItemNo;

pub(crate) mod bits;
mod change;
pub(crate) mod column;
pub(crate) mod postings;
pub(crate) mod sessions;
pub(crate) mod sorted;
pub(crate) mod varint;

/// Sessions that were sorted and packed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Base {
    /// By rank: row id; time, subject and items.
    pub(crate) keys: Box<[Name]>,
    pub(crate) sessions: Sessions,
    /// No session is newer than this, in seconds; erasing one changes nothing about it.
    pub(crate) newest_at: u32,
    /// Ranks in the order of row ids.
    pub(crate) by_key: Column,
    /// Subjects in order, and of each its ranks, oldest first.
    pub(crate) names: Box<[Name]>,
    pub(crate) owned_starts: Column,
    pub(crate) owned: Column,
    /// From item to code + 1 and back.
    pub(crate) codes: Box<[u32]>,
    pub(crate) items: Box<[ItemNo]>,
    pub(crate) postings: Postings,
    /// By code: how many linked sessions have the item.
    pub(crate) linked_counts: Box<[u32]>,
    /// By rank.
    pub(crate) linked: Bits,
    pub(crate) erased: Bits,
    /// By subject.
    pub(crate) gone: Bits,
    pub(crate) erased_sessions: u32,
}

impl Base {
    /// How many ranks there are, erased ones too.
    #[inline]
    pub(crate) const fn len(&self) -> u32 {
        self.sessions.len()
    }

    /// How many subject numbers there are, free ones too.
    pub(crate) fn subject_numbers(&self) -> u32 {
        // There is at most one subject per rank.
        u32::try_from(self.names.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn is_live(&self, rank: u32) -> bool {
        rank < self.len() && !self.erased.get(rank)
    }

    pub(crate) fn key(&self, rank: u32) -> SessionKey {
        self.keys.get(rank as usize).copied().unwrap_or_default()
    }

    /// The time of a session in seconds.
    #[inline]
    pub(crate) fn at(&self, rank: u32) -> u32 {
        self.sessions.get(rank).at
    }

    /// The subject of a session; None for nobody.
    #[inline]
    pub(crate) fn subject(&self, rank: u32) -> Option<u32> {
        self.sessions.get(rank).subject
    }

    pub(crate) fn name(&self, subject: u32) -> Option<Pseudonym> {
        if self.gone.get(subject) {
            return None;
        }
        self.names.get(subject as usize).map(|name| Pseudonym::from_bytes(*name))
    }

    pub(crate) fn find_key(&self, key: &SessionKey) -> Option<u32> {
        let sorted = self.sorted_keys();
        Some(self.by_key.get(sorted.find(&self.keys, key)?))
    }

    pub(crate) fn find_name(&self, name: &Pseudonym) -> Option<u32> {
        self.sorted_names().find(&self.names, name.as_bytes())
    }

    /// The live sessions of a subject, newest first.
    pub(crate) fn sessions_of(&self, subject: u32) -> Vec<u32> {
        // The entry of an erased session may name any other one.
        let mut ranks: Vec<u32> = self
            .owned_places(subject)
            .map(|place| self.owned.get(place))
            .filter(|rank| self.is_live(*rank) && self.subject(*rank) == Some(subject))
            .collect();
        ranks.sort_unstable_by(|a, b| b.cmp(a));
        ranks.dedup();
        ranks
    }

    fn owned_places(&self, subject: u32) -> std::ops::Range<u32> {
        if subject < self.subject_numbers() {
            self.owned_starts.get(subject)..self.owned_starts.get(subject + 1)
        } else {
            0..0
        }
    }

    #[inline]
    pub(crate) fn code(&self, item: ItemNo) -> Option<u32> {
        self.codes.get(item.at()).copied().unwrap_or(0).checked_sub(1)
    }

    /// The items of a session in order, holes included.
    #[inline]
    pub(crate) fn session_items(&self, rank: u32) -> SessionItems<'_> {
        self.named(self.sessions.get(rank).codes)
    }

    /// The items of the codes of a session.
    #[inline]
    pub(crate) fn named<'a>(&'a self, codes: Codes<'a>) -> SessionItems<'a> {
        SessionItems { codes, items: &self.items }
    }

    /// All live sessions with an item, newest first.
    pub(crate) fn sessions_with(&self, item: ItemNo) -> Descending<'_> {
        // No item has the last code, so its list is empty.
        self.postings.newest_first(self.code(item).unwrap_or(u32::MAX - 1))
    }

    pub(crate) fn names_item(&self, item: ItemNo) -> bool {
        self.code(item).is_some_and(|code| !self.postings.is_empty(code))
    }

    pub(crate) fn linked_count(&self, item: ItemNo) -> u32 {
        let code = self.code(item).and_then(|code| self.linked_counts.get(code as usize));
        code.copied().unwrap_or(0)
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val::<[Name]>(&self.keys)
            + size_of_val::<[Name]>(&self.names)
            + size_of_val::<[u32]>(&self.codes)
            + size_of_val::<[ItemNo]>(&self.items)
            + size_of_val::<[u32]>(&self.linked_counts)
            + self.sessions.bytes()
            + self.by_key.bytes()
            + self.owned_starts.bytes()
            + self.owned.bytes()
            + self.postings.bytes()
            + self.linked.bytes()
            + self.erased.bytes()
            + self.gone.bytes()
    }

    fn sorted_keys(&self) -> Sorted<'_, impl Fn(u32) -> u32> {
        Sorted { len: self.len(), index: |place| self.by_key.get(place), erased: &self.erased }
    }

    fn sorted_names(&self) -> Sorted<'_, impl Fn(u32) -> u32> {
        let len = self.subject_numbers();
        Sorted { len, index: |place| place, erased: &self.gone }
    }
}

/// Items of one session.
#[derive(Clone, Debug)]
pub(crate) struct SessionItems<'a> {
    codes: Codes<'a>,
    items: &'a [ItemNo],
}

impl Iterator for SessionItems<'_> {
    type Item = ItemNo;

    #[inline]
    fn next(&mut self) -> Option<ItemNo> {
        self.items.get(self.codes.next()? as usize).copied()
    }
}
