//! What the shop sells, by id and by the model's number.
//!
//! An answer looks some fifty entries up by number, and the next few by id. Numbers are the
//! model's: an entry is put and taken away in the same step in which the model learns of it.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use domain::catalog::Item;
use domain::id::ItemId;
use recommend::items::ItemNo;

/// The catalog. It reads like a map from ids to entries.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    by_id: BTreeMap<ItemId, Arc<Item>>,
    /// By number; none where a number is free or stands for a tombstone.
    by_number: Vec<Option<Arc<Item>>>,
}

impl Catalog {
    /// The entry of a declared item.
    pub fn at(&self, number: ItemNo) -> Option<&Arc<Item>> {
        self.by_number.get(number.number() as usize)?.as_ref()
    }

    /// Puts an entry under the number that the model gave to the item.
    pub fn put(&mut self, number: ItemNo, item: Arc<Item>) {
        let place = number.number() as usize;
        if self.by_number.len() <= place {
            self.by_number.resize(place + 1, None);
        }
        if let Some(entry) = self.by_number.get_mut(place) {
            *entry = Some(Arc::clone(&item));
        }
        self.by_id.insert(item.id.clone(), item);
    }

    /// Takes an entry out.
    pub fn take(&mut self, number: ItemNo) {
        let Some(entry) = self.by_number.get_mut(number.number() as usize) else { return };
        if let Some(item) = entry.take() {
            self.by_id.remove(&item.id);
        }
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Deref for Catalog {
    type Target = BTreeMap<ItemId, Arc<Item>>;

    fn deref(&self) -> &Self::Target {
        &self.by_id
    }
}

#[cfg(test)]
mod tests;
