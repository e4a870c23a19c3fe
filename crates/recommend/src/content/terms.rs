//! Terms as numbers, and which items have them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::content::Shared;
use crate::content::postings::Postings;
use crate::items::ItemNo;

/// What a term is. Fields that are compared whole also give their single words to the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Category,
    Brand,
    Attribute,
    Price,
    Text,
    CategoryWord,
    BrandWord,
    AttributeWord,
}

impl Kind {
    /// What items with the term share.
    pub(super) const fn shared(self) -> Shared {
        match self {
            Self::Category | Self::CategoryWord => Shared::Category,
            Self::Brand | Self::BrandWord => Shared::Brand,
            Self::Attribute | Self::AttributeWord => Shared::Attribute,
            Self::Price => Shared::Price,
            Self::Text => Shared::Text,
        }
    }

    /// Whether items are compared by it; the others are for the search.
    pub(super) const fn compares(self) -> bool {
        !matches!(self, Self::CategoryWord | Self::BrandWord | Self::AttributeWord)
    }
}

/// A term and its items.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) kind: Kind,
    pub(super) text: Arc<str>,
    pub(super) postings: Postings,
}

/// All terms that some item has.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    numbers: BTreeMap<Kind, BTreeMap<Arc<str>, u32>>,
    entries: Vec<Option<Term>>,
    free: Vec<u32>,
    /// By item: the checksum of its id, which orders postings.
    places: Vec<u64>,
}

impl Terms {
    /// The number of a term.
    pub(super) fn number(&self, kind: Kind, text: &str) -> Option<u32> {
        self.numbers.get(&kind)?.get(text).copied()
    }

    /// A term by its number.
    pub(super) fn term(&self, number: u32) -> Option<&Term> {
        self.entries.get(number as usize)?.as_ref()
    }

    /// All terms by kind and text.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Term> {
        self.numbers.values().flat_map(BTreeMap::values).filter_map(|number| self.term(*number))
    }

    /// Tells the id of an item, before it gets terms.
    pub(super) fn name(&mut self, item: ItemNo, id: &str) {
        if self.places.len() <= item.at() {
            self.places.resize(item.at() + 1, 0);
        }
        if let Some(place) = self.places.get_mut(item.at()) {
            *place = checksum(id);
        }
    }

    /// Where an item stands among others, the same in every process.
    pub(super) fn place(&self, item: ItemNo) -> u64 {
        self.places.get(item.at()).copied().unwrap_or(0)
    }

    /// Gives an item a term that it does not have, with its frequency and the length of its text.
    pub(super) fn enter(&mut self, kind: Kind, text: &str, item: ItemNo, facts: (u8, u8)) -> u32 {
        let number = self.number(kind, text).unwrap_or_else(|| self.take_number(kind, text));
        if let Some(Some(term)) = self.entries.get_mut(number as usize) {
            term.postings.insert(item, facts, &self.places);
        }
        number
    }

    /// Takes a term from an item; a term that no item has is gone.
    pub(super) fn leave(&mut self, number: u32, item: ItemNo) {
        let Some(entry) = self.entries.get_mut(number as usize) else { return };
        let Some(term) = entry else { return };
        term.postings.remove(item, &self.places);
        if term.postings.len() == 0 {
            if let Some(numbers) = self.numbers.get_mut(&term.kind) {
                numbers.remove(&term.text);
            }
            *entry = None;
            self.free.push(number);
        }
    }

    fn take_number(&mut self, kind: Kind, text: &str) -> u32 {
        let text: Arc<str> = text.into();
        let term = Some(Term { kind, text: text.clone(), postings: Postings::default() });
        let number = self
            .free
            .pop()
            .unwrap_or_else(|| u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        if let Some(place) = self.entries.get_mut(number as usize) {
            *place = term;
        } else {
            self.entries.push(term);
        }
        self.numbers.entry(kind).or_default().insert(text, number);
        number
    }
}

/// FNV-1a with a last mixing step, so that ids that differ in the end only part far.
fn checksum(id: &str) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for byte in id.bytes() {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (sum ^ (sum >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
