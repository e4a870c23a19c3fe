//! How many distinct subjects each item had lately.
//!
//! For each item there is a histogram over days: how many subjects had their *last* session with
//! the item on that day. The subjects of a window that ends today are then a sum of its buckets,
//! each subject counted once, and taking a session out moves at most one subject per item to an
//! earlier bucket. Days after today count as today.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use domain::id::ItemId;
use domain::time::Day;

use crate::index::canonical_text;
use crate::items::{ItemNo, Items};

/// A popular item: its distinct subjects, then its id, in order of rank.
type Rank = (Reverse<u32>, ItemId, ItemNo);

/// The histograms of a model and the ranking that follows from them today.
#[derive(Clone, Debug)]
pub struct Popularity {
    days: u32,
    subjects_min: u32,
    today: Day,
    /// Per item: (day, subjects), by day.
    histograms: Vec<Vec<(Day, u32)>>,
    ranking: BTreeSet<Rank>,
    /// Per item: the count it has in the ranking, 0 when it is not there.
    ranked: Vec<u32>,
}

impl Popularity {
    /// Nothing is popular; a window of `days` and a floor of `subjects_min` will apply.
    pub const fn new(days: u32, subjects_min: u32) -> Self {
        Self {
            days,
            subjects_min,
            today: Day::from_number(0),
            histograms: Vec::new(),
            ranking: BTreeSet::new(),
            ranked: Vec::new(),
        }
    }

    /// The day that the window ends with.
    pub const fn today(&self) -> Day {
        self.today
    }

    /// Distinct subjects of an item in the window.
    pub fn subjects(&self, item: ItemNo) -> u32 {
        let first = (self.today.number() + 1).saturating_sub(self.days);
        let Some(histogram) = self.histograms.get(item.at()) else { return 0 };
        histogram.iter().rev().take_while(|(day, _)| day.number() >= first).map(|(_, n)| n).sum()
    }

    /// Items above the floor, most subjects first, ties by id.
    pub fn ranking(&self) -> impl Iterator<Item = (ItemNo, u32)> {
        self.ranking.iter().map(|(count, _, item)| (*item, count.0))
    }

    /// Moves the window.
    pub fn advance(&mut self, items: &Items, today: Day) {
        if today == self.today {
            return;
        }
        self.today = today;
        let all: Vec<ItemNo> = items.iter().map(|(_, item)| item).collect();
        for item in all {
            self.rank(items, item);
        }
    }

    /// Moves one subject of an item from the bucket of one day to another; None is nowhere.
    pub(crate) fn shift(&mut self, item: ItemNo, from: Option<Day>, to: Option<Day>) {
        if self.histograms.len() <= item.at() {
            self.histograms.resize_with(item.at() + 1, Vec::new);
        }
        let Some(histogram) = self.histograms.get_mut(item.at()) else { return };
        if let Some(day) = from {
            if let Ok(place) = histogram.binary_search_by_key(&day, |(day, _)| *day) {
                if let Some((_, count)) = histogram.get_mut(place) {
                    *count = count.saturating_sub(1);
                }
                histogram.retain(|(_, count)| *count > 0);
            }
        }
        if let Some(day) = to {
            match histogram.binary_search_by_key(&day, |(day, _)| *day) {
                Err(place) => histogram.insert(place, (day, 1)),
                Ok(place) => {
                    if let Some((_, count)) = histogram.get_mut(place) {
                        *count += 1;
                    }
                }
            }
        }
    }

    /// Drops all that is known of an item.
    pub(crate) fn forget(&mut self, items: &Items, item: ItemNo) {
        if let Some(histogram) = self.histograms.get_mut(item.at()) {
            histogram.clear();
        }
        self.rank(items, item);
    }

    /// Brings the place of one item in the ranking up to date.
    pub(crate) fn rank(&mut self, items: &Items, item: ItemNo) {
        let Some(id) = items.id(item) else { return };
        let subjects = if items.is_declared(item) { self.subjects(item) } else { 0 };
        let count = if subjects < self.subjects_min { 0 } else { subjects };
        if self.ranked.len() <= item.at() {
            self.ranked.resize(item.at() + 1, 0);
        }
        let Some(old) = self.ranked.get_mut(item.at()) else { return };
        if *old == count {
            return;
        }
        if *old > 0 {
            self.ranking.remove(&(Reverse(*old), id.clone(), item));
        }
        if count > 0 {
            self.ranking.insert((Reverse(count), id.clone(), item));
        }
        *old = count;
    }

    /// Streams the histograms of the declared items by id.
    pub(crate) fn canonical(&self, items: &Items, sink: &mut dyn FnMut(&[u8])) {
        for (id, item) in items.iter() {
            let Some(histogram) = self.histograms.get(item.at()) else { continue };
            if histogram.is_empty() {
                continue;
            }
            canonical_text(id.as_str(), sink);
            sink(&(histogram.len() as u64).to_be_bytes());
            for (day, count) in histogram {
                sink(&day.number().to_be_bytes());
                sink(&count.to_be_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests;
