//! How long customers take to buy an item again: the shop's aggregate, for items that a customer
//! bought once.
//!
//! Each customer who bought an item on two days or more gives one number, the median of their own
//! intervals; the cycle of the item is the median of those, released only where at least
//! `subjects_min` customers gave one. It is computed from the surviving baskets when it is asked
//! for, so what was unlearned is not in it.

use std::collections::BTreeMap;

use crate::baskets::again::{DAY_S, cycle_s, median};
use crate::baskets::{BasketIndex, vectors};
use crate::items::{ItemNo, Items};

impl BasketIndex {
    /// The cycle of each item in seconds, where at least `subjects_min` customers have one.
    pub fn cycles(&self, items: &Items, subjects_min: u32) -> BTreeMap<ItemNo, u64> {
        let mut by_item: BTreeMap<ItemNo, Vec<u64>> = BTreeMap::new();
        for customer in self.customers.iter().flatten() {
            let mut bought: Vec<(ItemNo, u64)> = Vec::new();
            for kept in &customer.baskets {
                let at = u64::from(kept.at);
                bought.extend(vectors::visible(items, &kept.items).map(|item| (item, at)));
            }
            bought.sort_unstable();
            bought.dedup_by_key(|(item, at)| (*item, *at / DAY_S));
            for run in bought.chunk_by(|one, other| one.0 == other.0) {
                let times: Vec<u64> = run.iter().map(|(_, at)| *at).collect();
                if let (Some(cycle), Some((item, _))) = (cycle_s(&times), run.first()) {
                    by_item.entry(*item).or_default().push(cycle);
                }
            }
        }
        by_item
            .into_iter()
            .filter(|(_, cycles)| cycles.len() >= subjects_min.max(1) as usize)
            .filter_map(|(item, cycles)| Some((item, median(cycles)?)))
            .collect()
    }
}

#[cfg(test)]
mod tests;
