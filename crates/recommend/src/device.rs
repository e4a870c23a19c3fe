//! Recommending where the visit is: from a public index, in the browser, asking nobody.
//!
//! The index is the same for everybody, so it tells nothing about who loads it: how popular
//! products are, and which go together, as far as the shop may publish that (released aggregates,
//! or visits of people who let theirs teach). The device adds what only it knows, the visit.
//!
//! Integers only, ties by item id: the same index and visit give the same list, native and in the
//! browser, bit for bit.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::id::ItemId;

/// Newest items of a visit that are asked with.
pub const VISIT_ITEMS_MAX: usize = 8;
/// Most neighbors of one item.
pub const NEIGHBORS_MAX: usize = 100;
/// What the most popular item weighs, in thousandths of a count of an edge of the newest item:
/// less than an edge of the oldest that is asked with. Popularity orders what no edge speaks of,
/// and no more.
const POPULAR_MILLI: u64 = 100;

/// What is public about a shop's products.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicIndex {
    /// How often items are wanted, most wanted first, then by id.
    popular: Vec<(ItemId, u32)>,
    /// For each item those that go with it, strongest first, then by id.
    neighbors: BTreeMap<ItemId, Vec<(ItemId, u32)>>,
}

impl PublicIndex {
    /// Puts an index together. An edge counts both ways; of equal pairs the counts add up. What
    /// counts nothing is left out.
    pub fn new(
        popular: impl IntoIterator<Item = (ItemId, u32)>,
        edges: impl IntoIterator<Item = (ItemId, ItemId, u32)>,
    ) -> Self {
        let mut both: BTreeMap<ItemId, BTreeMap<ItemId, u32>> = BTreeMap::new();
        for (one, other, count) in edges.into_iter().filter(|(_, _, count)| *count > 0) {
            for (from, to) in [(&one, &other), (&other, &one)] {
                let sum = both.entry(from.clone()).or_default().entry(to.clone()).or_insert(0);
                *sum = sum.saturating_add(count);
            }
        }
        let neighbors = both.into_iter().map(|(item, with)| {
            let mut with: Vec<_> = with.into_iter().filter(|(to, _)| *to != item).collect();
            with.sort_by_key(|(_, count)| Reverse(*count)); // stable: ties stay by id
            with.truncate(NEIGHBORS_MAX);
            (item, with)
        });
        let neighbors = neighbors.collect();
        let mut popular: Vec<_> = popular.into_iter().filter(|(_, count)| *count > 0).collect();
        popular.sort_by(|(one, of_one), (other, of_other)| {
            of_other.cmp(of_one).then_with(|| one.cmp(other))
        });
        Self { popular, neighbors }
    }

    /// Number of edges that leave an item, both ways counted.
    pub fn edges(&self) -> usize {
        self.neighbors.values().map(Vec::len).sum()
    }

    /// The best `count` items for a visit, newest item last, without those of the visit's newest
    /// item. What no edge reaches is filled up by popularity.
    pub fn list(&self, visit: &[ItemId], count: usize) -> Vec<ItemId> {
        let mut scores: BTreeMap<&ItemId, u64> = BTreeMap::new();
        for (age, item) in (1_u64..).zip(visit.iter().rev().take(VISIT_ITEMS_MAX)) {
            for (to, strength) in self.neighbors.get(item).into_iter().flatten() {
                *scores.entry(to).or_insert(0) += u64::from(*strength) * 1_000 / age;
            }
        }
        let most = self.popular.first().map_or(1, |(_, count)| u64::from(*count)).max(1);
        for (item, wanted) in &self.popular {
            *scores.entry(item).or_insert(0) += u64::from(*wanted) * POPULAR_MILLI / most;
        }
        if let Some(current) = visit.last() {
            scores.remove(current);
        }
        let mut ranked: Vec<(&ItemId, u64)> = scores.into_iter().collect();
        ranked.sort_by_key(|(_, score)| Reverse(*score)); // stable: ties stay by id
        ranked.into_iter().take(count).map(|(item, _)| item.clone()).collect()
    }
}

#[cfg(test)]
mod tests;
