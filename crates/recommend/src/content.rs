//! What items are, from the public catalog: similarity and search without any person.
//!
//! An item is described by terms of several fields: its category path (one term per prefix, so
//! that neighbors in the tree share some of it), its brand, its attributes, its price band and
//! the words of its text. Terms weigh by rarity, words of the text besides by BM25 (Robertson and
//! Zaragoza, "The probabilistic relevance framework", 2009): frequency saturates with k1, long
//! texts count less with b. The rarity is that of Robertson and Sparck Jones with one added, so
//! that it never is negative: ln((N + 1) / (n + ½)).
//!
//! The state is integers and a function of the catalog alone: an item is declared or withdrawn in
//! the time that its own terms take, rarity and mean length follow at query time, so a new item
//! is found by the next query. No person teaches it and none can be read off it, which is why it
//! answers in tier `anonymous` and for items that nobody has looked at yet.
//!
//! The path: [`Content::declare`], then [`Content::similar`] or [`Content::search`].
//!
//! What it must never do: describe sensitive items (GDPR Art. 9(1)); they have no terms, so
//! nothing is similar to them and no search finds them.
//!
//! Work is bounded: a query looks at `terms_max` terms and `postings_max` postings, the rarest
//! terms first; of a very common term it sees the first items in the order of a checksum of their
//! ids, which is as good as chance and the same everywhere. The best by these are then scored in
//! full. Ranking is by score, then by item id.

use serde::{Deserialize, Serialize};

use domain::catalog::Item;

use crate::content::describe::{Description, describe};
use crate::content::terms::{Kind, Terms};
use crate::items::ItemNo;

mod canonical;
mod describe;
mod postings;
pub mod query;
pub mod search;
pub mod similar;
mod terms;
pub mod tokens;

/// Most items of one query for similar ones.
pub const ANCHORS_MAX: usize = 9;
/// Most terms of one query.
pub const TERMS_LIMIT: u16 = 128;

/// What two items share, or an item and a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shared {
    /// A category.
    Category,
    /// The brand.
    Brand,
    /// An attribute such as the color.
    Attribute,
    /// The price band.
    Price,
    /// Words of the text.
    Text,
}

/// How content is weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContentSettings {
    /// Weight of a shared category prefix, at most 1,000 like all weights.
    pub category_weight: u16,
    /// Weight of the same brand.
    pub brand_weight: u16,
    /// Weight of an attribute with the same value.
    pub attribute_weight: u16,
    /// Weight of a price band; prices within a factor of 1.4 share one or two.
    pub price_weight: u16,
    /// Weight of a shared word of the text.
    pub text_weight: u16,
    /// How slowly the frequency of a word saturates: k1 of BM25 in percent, at most 1,000.
    pub k1_percent: u16,
    /// How much less words of long texts count: b of BM25 in percent, at most 100.
    pub b_percent: u8,
    /// Most terms of a query, those that weigh most; 1 to [`TERMS_LIMIT`].
    pub terms_max: u16,
    /// Most postings that a query looks at, at least 1.
    pub postings_max: u32,
}

impl Default for ContentSettings {
    fn default() -> Self {
        Self {
            category_weight: 100,
            brand_weight: 60,
            attribute_weight: 40,
            price_weight: 30,
            text_weight: 80,
            k1_percent: 120,
            b_percent: 75,
            terms_max: 32,
            postings_max: 5_000,
        }
    }
}

/// Why settings of content are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentSettingsError {
    /// See [`ContentSettings::category_weight`] and [`ContentSettings::k1_percent`].
    #[error("content weights and k1_percent must be at most 1000, b_percent at most 100")]
    Weight,
    /// See [`ContentSettings::terms_max`] and [`ContentSettings::postings_max`].
    #[error("terms_max must be 1 to {TERMS_LIMIT} and postings_max at least 1")]
    Work,
}

impl ContentSettings {
    /// Refuses what the scorer could not honor.
    pub fn check(self) -> Result<Self, ContentSettingsError> {
        let highest = [
            self.category_weight,
            self.brand_weight,
            self.attribute_weight,
            self.price_weight,
            self.text_weight,
            self.k1_percent,
        ]
        .into_iter()
        .fold(0, u16::max);
        if highest > 1_000 || self.b_percent > 100 {
            return Err(ContentSettingsError::Weight);
        }
        if !(1..=TERMS_LIMIT).contains(&self.terms_max) || self.postings_max == 0 {
            return Err(ContentSettingsError::Work);
        }
        Ok(self)
    }

    const fn weight(&self, kind: Kind) -> u16 {
        match kind.shared() {
            Shared::Category => self.category_weight,
            Shared::Brand => self.brand_weight,
            Shared::Attribute => self.attribute_weight,
            Shared::Price => self.price_weight,
            Shared::Text => self.text_weight,
        }
    }
}

/// The terms of one item.
#[derive(Clone, Debug, Default)]
struct Described {
    /// (term, frequency), by term.
    terms: Box<[(u32, u8)]>,
    /// Words of the text, repeats included.
    text_length: u8,
}

/// The described catalog.
#[derive(Clone, Debug)]
pub struct Content {
    settings: ContentSettings,
    terms: Terms,
    by_item: Vec<Described>,
    /// Items with at least one term: N.
    described: u32,
    /// Items with text and the words of all of them, for the mean length.
    texts: u32,
    text_words: u64,
}

impl Content {
    /// An empty catalog. Settings are checked by the caller.
    pub fn new(settings: ContentSettings) -> Self {
        Self {
            settings,
            terms: Terms::default(),
            by_item: Vec::new(),
            described: 0,
            texts: 0,
            text_words: 0,
        }
    }

    /// The settings it was made with.
    pub const fn settings(&self) -> &ContentSettings {
        &self.settings
    }

    /// Items that have a description.
    pub const fn items(&self) -> u32 {
        self.described
    }

    /// Gives an item the description of its catalog entry in place of its old one.
    pub fn declare(&mut self, item: ItemNo, entry: &Item) {
        let described = if entry.sensitive { Description::default() } else { describe(entry) };
        if self.says(item, &described) {
            return;
        }
        self.withdraw(item);
        self.terms.name(item, entry.id.as_str());
        if described.terms.is_empty() {
            return;
        }
        let length = described.text_length;
        let mut terms: Vec<(u32, u8)> = Vec::with_capacity(described.terms.len());
        for ((kind, text), frequency) in &described.terms {
            terms.push((self.terms.enter(*kind, text, item, (*frequency, length)), *frequency));
        }
        terms.sort_unstable();
        self.described += 1;
        self.texts += u32::from(length > 0);
        self.text_words += u64::from(length);
        if self.by_item.len() <= item.at() {
            self.by_item.resize_with(item.at() + 1, Described::default);
        }
        if let Some(place) = self.by_item.get_mut(item.at()) {
            *place = Described { terms: terms.into(), text_length: length };
        }
    }

    /// Takes the description of an item away.
    pub fn withdraw(&mut self, item: ItemNo) {
        let old = self.by_item.get_mut(item.at()).map(std::mem::take).unwrap_or_default();
        if old.terms.is_empty() {
            return;
        }
        for (term, _) in &old.terms {
            self.terms.leave(*term, item);
        }
        self.described -= 1;
        self.texts -= u32::from(old.text_length > 0);
        self.text_words -= u64::from(old.text_length);
    }

    /// Whether the item has this description already, as when only its stock changed.
    fn says(&self, item: ItemNo, described: &Description) -> bool {
        let Some(old) = self.by_item.get(item.at()) else { return false };
        !old.terms.is_empty()
            && old.text_length == described.text_length
            && old.terms.len() == described.terms.len()
            && described.terms.iter().all(|((kind, text), frequency)| {
                self.terms
                    .number(*kind, text)
                    .is_some_and(|term| frequency_in(old, term) == Some(*frequency))
            })
    }

    /// (term, frequency) of an item, by term.
    fn terms_of(&self, item: ItemNo) -> &[(u32, u8)] {
        self.by_item.get(item.at()).map_or(&[], |described| &described.terms)
    }
}

/// How often a term is in a description.
fn frequency_in(described: &Described, term: u32) -> Option<u8> {
    let place = described.terms.binary_search_by_key(&term, |(term, _)| *term).ok()?;
    described.terms.get(place).map(|(_, frequency)| *frequency)
}

#[cfg(test)]
mod tests;
