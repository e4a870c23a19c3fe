//! The catalog as dense numbers.
//!
//! Only items that the shop declared get a number, so that invented ids cost no memory. A removed
//! item keeps its number while learned sessions still name it (a tombstone: it is in no answer,
//! no count and no canonical byte) and gets the same number back when it is declared again;
//! after the last such session is gone the number is free for another item. Numbers never leave
//! the process: everything canonical speaks of external ids.

use std::collections::BTreeMap;

use domain::id::ItemId;

/// The number of an item inside of one model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemNo(pub(crate) u32);

impl ItemNo {
    /// The number, dense from 0.
    pub const fn number(self) -> u32 {
        self.0
    }

    pub(crate) const fn at(self) -> usize {
        self.0 as usize
    }
}

/// What the catalog says of an item that matters to answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits {
    /// Whether it may be recommended now; out of stock or hidden goods may not.
    pub answers: bool,
    /// Whether it is sensitive: never learned, never recommended, never named in a reason.
    pub sensitive: bool,
}

#[derive(Clone, Debug)]
struct Entry {
    /// None while the number is free.
    id: Option<ItemId>,
    declared: bool,
    traits: Traits,
}

/// Item ids and their numbers.
#[derive(Clone, Debug, Default)]
pub struct Items {
    by_id: BTreeMap<ItemId, ItemNo>,
    entries: Vec<Entry>,
    free: Vec<ItemNo>,
    declared: usize,
}

impl Items {
    /// A catalog without items.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many items are declared.
    pub const fn len(&self) -> usize {
        self.declared
    }

    /// Whether nothing is declared.
    pub const fn is_empty(&self) -> bool {
        self.declared == 0
    }

    /// How many numbers were ever given out; every number is below.
    pub fn numbers(&self) -> usize {
        self.entries.len()
    }

    /// The number of a declared item.
    pub fn number(&self, id: &ItemId) -> Option<ItemNo> {
        self.by_id.get(id).copied().filter(|item| self.is_declared(*item))
    }

    /// The number of an item that is declared or has left a tombstone.
    pub(crate) fn any_number(&self, id: &ItemId) -> Option<ItemNo> {
        self.by_id.get(id).copied()
    }

    /// The declared item of a number, for whoever draws from the catalog.
    pub fn at(&self, number: u32) -> Option<ItemNo> {
        Some(ItemNo(number)).filter(|item| self.is_declared(*item))
    }

    /// The external id of a number that is in use, also of a tombstone.
    pub fn id(&self, item: ItemNo) -> Option<&ItemId> {
        self.entries.get(item.at())?.id.as_ref()
    }

    /// Whether the item is in the catalog now.
    pub fn is_declared(&self, item: ItemNo) -> bool {
        self.entries.get(item.at()).is_some_and(|entry| entry.declared)
    }

    /// Whether the item may be recommended.
    pub fn is_answer(&self, item: ItemNo) -> bool {
        self.entries
            .get(item.at())
            .is_some_and(|entry| entry.declared && entry.traits.answers && !entry.traits.sensitive)
    }

    /// Whether sessions may teach the item and reasons may name it.
    pub fn is_learnable(&self, item: ItemNo) -> bool {
        self.entries.get(item.at()).is_some_and(|entry| entry.declared && !entry.traits.sensitive)
    }

    /// The declared items in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&ItemId, ItemNo)> {
        self.by_id.iter().map(|(id, item)| (id, *item)).filter(|(_, item)| self.is_declared(*item))
    }

    /// All numbers that were ever given out, free ones too.
    pub(crate) fn all_numbers(&self) -> impl Iterator<Item = ItemNo> + use<> {
        // The number of an entry was checked when it was given out.
        (0..u32::try_from(self.entries.len()).unwrap_or(u32::MAX)).map(ItemNo)
    }

    /// Declares an item or changes its traits.
    pub fn declare(&mut self, id: &ItemId, traits: Traits) -> ItemNo {
        let item = self.by_id.get(id).copied().unwrap_or_else(|| self.take_number(id));
        if let Some(entry) = self.entries.get_mut(item.at()) {
            self.declared += usize::from(!entry.declared);
            entry.declared = true;
            entry.traits = traits;
        }
        item
    }

    /// Takes an item out of the catalog and leaves a tombstone.
    pub fn withdraw(&mut self, item: ItemNo) {
        if let Some(entry) = self.entries.get_mut(item.at()) {
            self.declared -= usize::from(entry.declared);
            entry.declared = false;
        }
    }

    /// Frees the number of a tombstone that no session names any more.
    pub fn release(&mut self, item: ItemNo) {
        let Some(entry) = self.entries.get_mut(item.at()) else { return };
        if entry.declared {
            return;
        }
        if let Some(id) = entry.id.take() {
            self.by_id.remove(&id);
            self.free.push(item);
        }
    }

    fn take_number(&mut self, id: &ItemId) -> ItemNo {
        let entry = Entry {
            id: Some(id.clone()),
            declared: false,
            traits: Traits { answers: true, sensitive: false },
        };
        let item = self.free.pop().unwrap_or_else(|| {
            // 2^32 items would need hundreds of gigabytes; the number saturates long after.
            ItemNo(u32::try_from(self.entries.len()).unwrap_or(u32::MAX))
        });
        if let Some(old) = self.entries.get_mut(item.at()) {
            *old = entry;
        } else {
            self.entries.push(entry);
        }
        self.by_id.insert(id.clone(), item);
        item
    }
}

#[cfg(test)]
mod tests;
