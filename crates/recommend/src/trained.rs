//! A trained sequence model beside the catalog that it was trained on.
//!
//! The weights speak of items by their place among all learnable items in the order of their ids,
//! so that they are a function of the sessions alone; this table translates. The item behind a
//! number can be withdrawn: then the number means nothing any more, also when another item gets
//! the same [`ItemNo`].

use crate::index::SessionIndex;
use crate::items::{ItemNo, Items};
use crate::sequence::settings::TrainerSettings;
use crate::sequence::weights::Weights;

const NONE: u32 = u32::MAX;

/// A stretch of time in whole seconds, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct During {
    /// From.
    pub from_s: u32,
    /// To.
    pub to_s: u32,
}

/// All of time.
pub const ALL: During = During { from_s: 0, to_s: u32::MAX };

impl During {
    /// Whether a time lies in it.
    pub const fn holds(self, at_s: u32) -> bool {
        self.from_s <= at_s && at_s <= self.to_s
    }
}

/// The items that a training speaks of, by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbering {
    /// By [`ItemNo`].
    places: Vec<u32>,
    /// By place.
    items: Vec<Option<ItemNo>>,
}

impl Numbering {
    /// All learnable items in the order of their ids.
    pub fn of(items: &Items) -> Self {
        let mut numbering = Self::default();
        for (_, item) in items.iter().filter(|(_, item)| items.is_learnable(*item)) {
            numbering.enter(item);
        }
        numbering
    }

    fn enter(&mut self, item: ItemNo) {
        if self.places.len() <= item.at() {
            self.places.resize(item.at() + 1, NONE);
        }
        if let Some(place) = self.places.get_mut(item.at()) {
            *place = u32::try_from(self.items.len()).unwrap_or(NONE);
        }
        self.items.push(Some(item));
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The place of an item.
    pub fn place(&self, item: ItemNo) -> Option<u32> {
        self.places.get(item.at()).copied().filter(|place| *place != NONE)
    }

    /// The item of a place.
    pub fn item(&self, place: u32) -> Option<ItemNo> {
        self.items.get(place as usize).copied().flatten()
    }

    /// Forgets an item; its place stays empty.
    pub fn forget(&mut self, item: ItemNo) {
        if let Some(place) = self.place(item) {
            if let Some(entry) = self.items.get_mut(place as usize) {
                *entry = None;
            }
            if let Some(entry) = self.places.get_mut(item.at()) {
                *entry = NONE;
            }
        }
    }

    /// The visible sessions of a stretch of time as a trainer takes them, oldest first.
    pub fn sessions(&self, index: &SessionIndex, items: &Items, during: During) -> Vec<Vec<u32>> {
        let mut visible = Vec::new();
        let mut sessions = Vec::new();
        for slot in index.in_order(items).filter(|slot| during.holds(index.at(*slot))) {
            visible.clear();
            index.meet(items, slot, &mut visible);
            let places: Vec<u32> = visible.iter().filter_map(|item| self.place(*item)).collect();
            if places.len() > 1 {
                sessions.push(places);
            }
        }
        sessions
    }
}

/// Weights with the items that they speak of.
#[derive(Clone, Debug)]
pub struct Trained {
    numbering: Numbering,
    weights: Weights,
    compares_all: bool,
    during: During,
}

impl Trained {
    /// Weights of a training on these items and on the sessions of this time.
    pub fn new(
        numbering: Numbering,
        weights: Weights,
        settings: &TrainerSettings,
        during: During,
    ) -> Self {
        let compares_all = weights.items() <= settings.compare_all_max;
        Self { numbering, weights, compares_all, during }
    }

    /// The time of the sessions that it was trained on.
    pub const fn during(&self) -> During {
        self.during
    }

    /// The weights.
    pub const fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Whether the catalog is small enough for the model to look at all of it for one answer.
    pub const fn compares_all(&self) -> bool {
        self.compares_all
    }

    /// The place of an item among the weights.
    pub fn number(&self, item: ItemNo) -> Option<u32> {
        self.numbering.place(item)
    }

    /// The item of a place.
    pub fn item(&self, place: u32) -> Option<ItemNo> {
        self.numbering.item(place)
    }

    /// Forgets items that left the catalog while it was trained.
    pub fn keep(&mut self, items: &Items) {
        let current = Numbering::of(items);
        for place in 0..u32::try_from(self.numbering.len()).unwrap_or(u32::MAX) {
            let Some(item) = self.numbering.item(place) else { continue };
            if current.place(item).is_none() {
                self.numbering.forget(item);
            }
        }
    }

    /// Forgets an item that left the catalog.
    pub fn forget(&mut self, item: ItemNo) {
        self.numbering.forget(item);
    }
}

#[cfg(test)]
mod tests;
