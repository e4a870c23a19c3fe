//! What a customer buys next: the own vector and the mean of the nearest customers' vectors.
//!
//! `score = alpha * own + (1 - alpha) * mean of the neighbors` (TIFU-kNN). Items that the customer
//! bought are *repeat*, the others *explore*; an explore item has no own part. Neighbors are found
//! exactly: the holders of each own item give the dot product with every customer who shares one,
//! and the k nearest are taken; ties go to the smaller pseudonym. What neighbors add to an item
//! counts only where at least `supporters_min` of them have it. Dot products and sums are
//! integers; the one division and square root of the cosine are those of IEEE 754.

use std::cmp::Ordering;

use domain::id::Pseudonym;

use crate::baskets::settings::{Nearness, ONE};
use crate::baskets::vectors::{Weight, product, square, vector};
use crate::baskets::{BasketIndex, Customer};
use crate::items::{ItemNo, Items};

/// Which items are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// All.
    Both,
    /// Items that the customer bought.
    Repeat,
    /// Items that the customer never bought.
    Explore,
}

/// Whether the customer bought an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// In at least one of the baskets that were given.
    Repeat,
    /// Never.
    Explore,
}

/// Whose next basket is asked for, and what may be in the answer.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The customer's own baskets, oldest first.
    pub own: &'a [&'a [ItemNo]],
    /// The name under which the index may know the customer, who is no neighbor of their own.
    pub myself: Option<Pseudonym>,
    /// Which items are asked for.
    pub parts: Parts,
    /// Length of the list, at most.
    pub count: usize,
    /// Items that must not appear.
    pub exclude: &'a [ItemNo],
}

/// One item of the next basket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// The item.
    pub item: ItemNo,
    /// Thousand times 2^30 for a score of one.
    pub score: u64,
    /// Whether it was bought before.
    pub part: Part,
    /// In how many of the own baskets it is.
    pub bought: u32,
    /// How many of the neighbors have it; those who are below the floor add nothing.
    pub supporters: u32,
}

/// Working memory of [`BasketIndex::next_basket`], made once per worker and reused.
#[derive(Debug, Default)]
pub struct BasketScratch {
    /// By customer number; zero between the queries.
    dots: Vec<u64>,
    met: Vec<Met>,
    /// By item number; zero between the queries.
    cells: Vec<Cell>,
    touched: Vec<ItemNo>,
    ranked: Vec<Next>,
}

impl BasketScratch {
    /// Empty working memory; it grows with the first queries.
    pub fn new() -> Self {
        Self::default()
    }
}

/// A customer who shares an item.
#[derive(Clone, Copy, Debug)]
struct Met {
    customer: u32,
    nearness: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    own: u32,
    bought: u32,
    supporters: u32,
    /// Sum of the neighbors' weights.
    neighbors: u64,
}

impl BasketIndex {
    /// Ranks the items of the next basket, best first; ties go to the smaller item id.
    pub fn next_basket<'s>(
        &self,
        items: &Items,
        wish: &Wish<'_>,
        scratch: &'s mut BasketScratch,
    ) -> &'s [Next] {
        scratch.ranked.clear();
        if wish.count == 0 {
            return &scratch.ranked;
        }
        let baskets = learnable(items, wish.own);
        let own = vector(items, baskets.iter().map(Vec::as_slice), self.settings());
        scratch.cells.resize(items.numbers().max(scratch.cells.len()), Cell::default());
        enter_own(&baskets, &own, scratch);
        let neighbors = match self.settings().own_share {
            // Nobody else is asked when nobody else counts.
            ONE => 0,
            _ => self.meet(&own, wish.myself, scratch),
        };
        self.ask(neighbors, scratch);
        self.collect(items, wish, neighbors, scratch);
        &scratch.ranked
    }

    /// Finds the nearest customers; they are the first of `scratch.met` afterwards.
    fn meet(
        &self,
        own: &[Weight],
        myself: Option<Pseudonym>,
        scratch: &mut BasketScratch,
    ) -> usize {
        let BasketScratch { dots, met, .. } = scratch;
        dots.resize(self.customer_numbers().max(dots.len()), 0);
        met.clear();
        for Weight { item, weight } in own {
            for holder in self.holders_of(*item) {
                let dot = product(*weight, holder.weight);
                let Some(sum) = dots.get_mut(holder.customer as usize) else { continue };
                if *sum == 0 && dot > 0 {
                    met.push(Met { customer: holder.customer, nearness: 0.0 });
                }
                *sum += dot;
            }
        }
        let own_square = square(own);
        for one in met.iter_mut() {
            let dot = dots.get_mut(one.customer as usize).map_or(0, std::mem::take);
            let other = self.customer(one.customer).map_or(0, |customer| customer.square);
            one.nearness = nearness(self.settings().nearness, dot, own_square, other);
        }
        let myself = myself.and_then(|name| self.customer_number(name));
        met.retain(|one| Some(one.customer) != myself);
        let most = usize::from(self.settings().neighbors_max);
        if met.len() > most {
            met.select_nth_unstable_by(most, |one, other| self.nearer(one, other));
        }
        met.len().min(most)
    }

    fn nearer(&self, one: &Met, other: &Met) -> Ordering {
        let name = |met: &Met| self.customer(met.customer).map(|customer: &Customer| customer.name);
        other.nearness.total_cmp(&one.nearness).then_with(|| name(one).cmp(&name(other)))
    }

    /// Adds up the vectors of the neighbors.
    fn ask(&self, neighbors: usize, scratch: &mut BasketScratch) {
        let BasketScratch { met, cells, touched, .. } = scratch;
        for one in met.iter().take(neighbors) {
            let Some(customer) = self.customer(one.customer) else { continue };
            for Weight { item, weight } in customer.vector.iter().filter(|entry| entry.weight > 0) {
                let Some(cell) = cells.get_mut(item.at()) else { continue };
                if cell.supporters == 0 && cell.bought == 0 {
                    touched.push(*item);
                }
                cell.supporters += 1;
                cell.neighbors += u64::from(*weight);
            }
        }
    }

    /// Makes the list and leaves the cells empty.
    fn collect(
        &self,
        items: &Items,
        wish: &Wish<'_>,
        neighbors: usize,
        scratch: &mut BasketScratch,
    ) {
        let BasketScratch { cells, touched, ranked, .. } = scratch;
        let settings = self.settings();
        let own_share = u64::from(settings.own_share);
        let divisor = (neighbors as u64).max(1);
        for item in touched.drain(..) {
            let Some(cell) = cells.get_mut(item.at()).map(std::mem::take) else { continue };
            let part = if cell.bought > 0 { Part::Repeat } else { Part::Explore };
            let asked = match wish.parts {
                Parts::Both => true,
                Parts::Repeat => part == Part::Repeat,
                Parts::Explore => part == Part::Explore,
            };
            let heard = cell.supporters >= settings.supporters_min;
            let others = if heard { cell.neighbors } else { 0 };
            let own = own_share * u64::from(cell.own);
            let score = own + (u64::from(ONE) - own_share) * others / divisor;
            // Most candidates end here, before the catalog is asked.
            if !asked || (score == 0 && part == Part::Explore) {
                continue;
            }
            if items.is_answer(item) && !wish.exclude.contains(&item) {
                let Cell { bought, supporters, .. } = cell;
                ranked.push(Next { item, score, part, bought, supporters });
            }
        }
        best_first(items, ranked, wish.count);
    }
}

/// Cuts a list to its best and sorts it. Ids are compared only where scores tie, and only among
/// those that may stay: most candidates are far behind and many of them tie.
fn best_first(items: &Items, ranked: &mut Vec<Next>, count: usize) {
    if ranked.len() > count {
        let by_score = |one: &Next, other: &Next| other.score.cmp(&one.score);
        let (_, last, _) = ranked.select_nth_unstable_by(count.saturating_sub(1), by_score);
        let least = last.score;
        ranked.retain(|next| next.score >= least);
    }
    ranked.sort_unstable_by(|one, other| {
        let ids = || items.id(one.item).cmp(&items.id(other.item));
        other.score.cmp(&one.score).then_with(ids)
    });
    ranked.truncate(count);
}

fn nearness(by: Nearness, dot: u64, own: u64, other: u64) -> f64 {
    match by {
        // Two square roots, so that nothing overflows; each step is rounded the same everywhere.
        Nearness::Cosine => dot as f64 / ((own as f64).sqrt() * (other as f64).sqrt()),
        // The square of the distance is a whole number; nearer is larger.
        Nearness::Euclidean => 2.0 * dot as f64 - (own as f64 + other as f64),
    }
}

/// The distinct items of each basket that may be learned; sensitive ones are not used either.
fn learnable(items: &Items, own: &[&[ItemNo]]) -> Vec<Vec<ItemNo>> {
    let kept = |basket: &&[ItemNo]| {
        let mut kept: Vec<ItemNo> =
            basket.iter().copied().filter(|item| items.is_learnable(*item)).collect();
        kept.sort_unstable();
        kept.dedup();
        kept
    };
    own.iter().map(kept).collect()
}

/// Enters the own weights and in how many of the own baskets each item is.
fn enter_own(baskets: &[Vec<ItemNo>], vector: &[Weight], scratch: &mut BasketScratch) {
    let BasketScratch { cells, touched, .. } = scratch;
    touched.clear();
    for Weight { item, weight } in vector {
        if let Some(cell) = cells.get_mut(item.at()) {
            cell.own = *weight;
            touched.push(*item);
        }
    }
    for item in baskets.iter().flatten() {
        if let Some(cell) = cells.get_mut(item.at()) {
            cell.bought += 1;
        }
    }
}

#[cfg(test)]
mod tests;
