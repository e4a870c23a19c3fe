//! What items have in common, from public catalog words: categories, brand, attributes.
//!
//! A category path such as `Women/Shoes/Boots` gives one word per prefix, so that neighbors in
//! the tree share some of it. Sensitive items have no words, so nothing is similar to them.

use std::collections::BTreeMap;

use domain::catalog::Item;

use crate::items::ItemNo;

/// What kind of word two items share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shared {
    /// A category.
    Category,
    /// The brand.
    Brand,
    /// An attribute such as the color.
    Attribute,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    kind: Shared,
    name: String,
    value: String,
}

#[derive(Clone, Debug)]
struct Entry {
    word: Word,
    /// Items with the word, by number.
    items: Vec<ItemNo>,
}

/// The words of a catalog.
#[derive(Clone, Debug, Default)]
pub struct Words {
    by_word: BTreeMap<Word, u32>,
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    by_item: Vec<Vec<u32>>,
}

impl Words {
    /// Gives an item the words of its catalog entry in place of its old ones.
    pub fn declare(&mut self, item: ItemNo, entry: &Item) {
        let words = if entry.sensitive { Vec::new() } else { words_of(entry) };
        let numbers: Vec<u32> = words.into_iter().map(|word| self.number(word)).collect();
        let old = self.of(item).to_vec();
        for word in old.iter().filter(|word| !numbers.contains(word)) {
            self.leave(*word, item);
        }
        for word in numbers.iter().filter(|word| !old.contains(word)) {
            if let Some(Some(entry)) = self.entries.get_mut(*word as usize) {
                if let Err(place) = entry.items.binary_search(&item) {
                    entry.items.insert(place, item);
                }
            }
        }
        if self.by_item.len() <= item.at() {
            self.by_item.resize_with(item.at() + 1, Vec::new);
        }
        if let Some(place) = self.by_item.get_mut(item.at()) {
            *place = numbers;
        }
    }

    /// Takes the words of an item away.
    pub fn withdraw(&mut self, item: ItemNo) {
        let old = self.by_item.get_mut(item.at()).map(std::mem::take).unwrap_or_default();
        for word in old {
            self.leave(word, item);
        }
    }

    /// The rarest kind of word that two items share; ties go to categories, then brands.
    pub fn shared(&self, one: ItemNo, other: ItemNo) -> Option<Shared> {
        let theirs = self.of(other);
        let common = self.of(one).iter().filter(|word| theirs.contains(word));
        let rated = common.filter_map(|word| {
            let entry = self.entry(*word)?;
            Some((entry.items.len(), entry.word.kind))
        });
        rated.min().map(|(_, kind)| kind)
    }

    /// Word postings of an item, rarest word first, as long as they hold at most `items_max`
    /// items together.
    pub(crate) fn rarest(&self, item: ItemNo, items_max: usize) -> Vec<&[ItemNo]> {
        let mut entries: Vec<&Entry> =
            self.of(item).iter().filter_map(|word| self.entry(*word)).collect();
        entries.sort_unstable_by(|a, b| {
            a.items.len().cmp(&b.items.len()).then_with(|| a.word.cmp(&b.word))
        });
        let mut left = items_max;
        let within = |entry: &&Entry| {
            let fits = entry.items.len() <= left;
            left = left.saturating_sub(entry.items.len());
            fits
        };
        entries.into_iter().take_while(within).map(|entry| entry.items.as_slice()).collect()
    }

    fn of(&self, item: ItemNo) -> &[u32] {
        self.by_item.get(item.at()).map_or(&[], Vec::as_slice)
    }

    fn entry(&self, word: u32) -> Option<&Entry> {
        self.entries.get(word as usize)?.as_ref()
    }

    fn number(&mut self, word: Word) -> u32 {
        if let Some(number) = self.by_word.get(&word) {
            return *number;
        }
        let entry = Some(Entry { word: word.clone(), items: Vec::new() });
        let number = self
            .free
            .pop()
            .unwrap_or_else(|| u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        if let Some(place) = self.entries.get_mut(number as usize) {
            *place = entry;
        } else {
            self.entries.push(entry);
        }
        self.by_word.insert(word, number);
        number
    }

    fn leave(&mut self, word: u32, item: ItemNo) {
        let Some(place) = self.entries.get_mut(word as usize) else { return };
        let Some(entry) = place else { return };
        if let Ok(found) = entry.items.binary_search(&item) {
            entry.items.remove(found);
        }
        if entry.items.is_empty() {
            self.by_word.remove(&entry.word);
            *place = None;
            self.free.push(word);
        }
    }
}

/// The distinct words of an item.
fn words_of(item: &Item) -> Vec<Word> {
    let mut words = Vec::new();
    for category in &item.categories {
        let mut path = String::new();
        for part in category.split(['/', '>']).map(str::trim).filter(|part| !part.is_empty()) {
            path.push('/');
            path.push_str(&part.to_lowercase());
            words.push(Word { kind: Shared::Category, name: String::new(), value: path.clone() });
        }
    }
    if let Some(brand) = &item.brand {
        let value = brand.trim().to_lowercase();
        words.push(Word { kind: Shared::Brand, name: String::new(), value });
    }
    for (name, value) in &item.attributes {
        let (name, value) = (name.trim().to_lowercase(), value.trim().to_lowercase());
        words.push(Word { kind: Shared::Attribute, name, value });
    }
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests;
