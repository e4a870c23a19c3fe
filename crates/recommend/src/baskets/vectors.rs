//! The temporal item frequencies of one customer, in fixed point.
//!
//! Baskets, oldest first, are cut into m groups of equal size; where that does not come out even
//! the newest groups take one basket more, and with fewer than m baskets each is a group. Basket
//! j of a group of size t, in group g, gives each of its items
//! `r_b^(t - j) / t * r_g^(m - g) / m`. The sum over the baskets is the weight of an item, at
//! most one, kept as a multiple of 2^-30. Coefficients have twenty bits more than that, so a
//! weight is within 2^-30 of the formula for any history that [`BasketSettings`] admits.

use std::collections::BTreeSet;

use crate::baskets::settings::{BasketSettings, ONE};
use crate::baskets::{BasketIndex, Holder};
use crate::items::{ItemNo, Items};

/// Bits after the point of a coefficient.
const COEFFICIENT_BITS: u32 = 50;
/// Bits after the point of a weight.
pub const WEIGHT_BITS: u32 = 30;
/// Bits that a product of two weights loses, so that sums of products fit 64 bits.
const PRODUCT_SHIFT: u32 = 20;

/// What one item weighs for a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// The item.
    pub item: ItemNo,
    /// A multiple of 2^-[`WEIGHT_BITS`].
    pub weight: u32,
}

/// The visible ones of some items.
pub(crate) fn visible<'a>(items: &'a Items, of: &'a [ItemNo]) -> impl Iterator<Item = ItemNo> + 'a {
    of.iter().copied().filter(|item| items.is_declared(*item))
}

/// The product of two weights, in fixed point.
pub(crate) fn product(one: u32, other: u32) -> u64 {
    (u64::from(one) * u64::from(other)) >> PRODUCT_SHIFT
}

/// The square of the length of a vector.
pub(crate) fn square(vector: &[Weight]) -> u64 {
    vector.iter().map(|entry| product(entry.weight, entry.weight)).sum()
}

/// The vector of some baskets, oldest first, by item number. Each basket names an item once.
/// Invisible items and those of baskets that no longer count are listed with weight 0.
pub(crate) fn vector<'a>(
    items: &Items,
    baskets: impl Iterator<Item = &'a [ItemNo]>,
    settings: &BasketSettings,
) -> Vec<Weight> {
    let baskets: Vec<&[ItemNo]> = baskets.collect();
    let seen = |basket: &&[ItemNo]| basket.iter().any(|item| items.is_declared(*item));
    let count = baskets.iter().filter(|basket| seen(basket)).count();
    let mut coefficients = coefficients(count, settings).into_iter();
    let mut pairs: Vec<(ItemNo, u64)> = Vec::new();
    for basket in &baskets {
        let coefficient = if seen(basket) { coefficients.next().unwrap_or(0) } else { 0 };
        pairs.extend(
            basket
                .iter()
                .map(|item| (*item, if items.is_declared(*item) { coefficient } else { 0 })),
        );
    }
    pairs.sort_unstable();
    let same = |one: &(ItemNo, u64), other: &(ItemNo, u64)| one.0 == other.0;
    let entries = pairs.chunk_by(same).filter_map(|run| {
        let sum: u64 = run.iter().map(|(_, coefficient)| coefficient).sum();
        let half = 1 << (COEFFICIENT_BITS - WEIGHT_BITS - 1);
        let weight = u32::try_from((sum + half) >> (COEFFICIENT_BITS - WEIGHT_BITS));
        Some(Weight { item: run.first()?.0, weight: weight.unwrap_or(u32::MAX) })
    });
    entries.collect()
}

/// What each of `count` baskets gives its items, oldest first, in fixed point.
fn coefficients(count: usize, settings: &BasketSettings) -> Vec<u64> {
    let counted = count.min(usize::from(settings.baskets_max));
    let groups = counted.min(usize::from(settings.groups));
    let mut coefficients = vec![0; count - counted];
    if groups == 0 {
        return coefficients;
    }
    let (size, larger) = (counted / groups, counted % groups);
    let of_basket = powers(settings.basket_decay, size + 1);
    let of_group = powers(settings.group_decay, groups);
    for (group, group_power) in of_group.iter().rev().enumerate() {
        let size = if group < groups - larger { size } else { size + 1 };
        let divisor = (size * groups) as u128;
        for basket_power in of_basket.iter().take(size).rev() {
            let power = (u128::from(*group_power) * u128::from(*basket_power)) >> COEFFICIENT_BITS;
            coefficients.push(u64::try_from(power / divisor).unwrap_or(u64::MAX));
        }
    }
    coefficients
}

/// The powers 0, 1, 2 and so on of a decay, in fixed point.
fn powers(decay: u16, count: usize) -> Vec<u64> {
    let next = |power: &u64| Some(*power * u64::from(decay) / u64::from(ONE));
    std::iter::successors(Some(1 << COEFFICIENT_BITS), next).take(count).collect()
}

impl BasketIndex {
    /// Makes what is derived from the baskets of some customers anew, and forgets those of them
    /// that have none left.
    pub(super) fn refresh(&mut self, items: &Items, touched: &BTreeSet<u32>) {
        for number in touched {
            self.refresh_one(items, *number);
        }
    }

    fn refresh_one(&mut self, items: &Items, number: u32) {
        let Some(place) = self.customers.get_mut(number as usize) else { return };
        let Some(customer) = place else { return };
        let baskets = customer.baskets.iter().map(|kept| &*kept.items);
        let fresh = vector(items, baskets, &self.settings);
        let old = std::mem::take(&mut customer.vector);
        for gone in &old {
            if fresh.binary_search_by_key(&gone.item, |entry| entry.item).is_err() {
                if let Some(holders) = self.holders.get_mut(gone.item.at()) {
                    if let Ok(at) = holders.binary_search_by_key(&number, |h| h.customer) {
                        holders.remove(at);
                    }
                }
            }
        }
        if customer.baskets.is_empty() {
            self.by_name.remove(&customer.name);
            *place = None;
            self.free.push(number);
            return;
        }
        customer.square = square(&fresh);
        customer.vector.clone_from(&fresh);
        for Weight { item, weight } in fresh {
            if self.holders.len() <= item.at() {
                self.holders.resize_with(item.at() + 1, Vec::new);
            }
            let Some(holders) = self.holders.get_mut(item.at()) else { continue };
            match holders.binary_search_by_key(&number, |holder| holder.customer) {
                Err(at) => holders.insert(at, Holder { customer: number, weight }),
                Ok(at) => {
                    if let Some(holder) = holders.get_mut(at) {
                        holder.weight = weight;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
