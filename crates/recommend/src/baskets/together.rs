//! What is bought in the same order: "often bought with".
//!
//! For each anchor (an item of the cart, or the item in view) the customers who bought it are
//! asked for the orders that hold it, and each of them counts once for every other item of those
//! orders. `score = people / sqrt((asked + D) (holders + D))`, the damped cosine of item-to-item
//! neighbors, summed over the anchors: what goes with everything goes with nothing in particular.
//! An item counts beside an anchor only where at least `supporters_min` people bought both, and
//! the answer says how many there were beside the anchor that has most of them.
//!
//! Of an anchor that very many bought, the customers to whom it matters most are asked (by the
//! weight of their vector, then by pseudonym), so that an answer has a bound; a count is then of
//! those, and never more than the truth. Counts are integers; the one division and square root
//! are those of IEEE 754.

use domain::id::Pseudonym;

use crate::baskets::{BasketIndex, Holder, vectors};
use crate::items::{ItemNo, Items};

/// Most anchors that one answer looks at; the last ones are the newest.
pub const ANCHORS_MAX: usize = 10;
/// Most customers who are asked about one anchor.
pub const ASKED_MAX: usize = 1_000;
/// D: so many invented holders keep items that few bought from the top.
const DAMPING: usize = 20;
/// A score of one.
const ONE: f64 = (1_u64 << 30) as f64;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// The items that the others are to be bought with, newest last.
    pub anchors: &'a [ItemNo],
    /// The name under which the index may know who asks; nobody is evidence for themselves.
    pub myself: Option<Pseudonym>,
    /// Distinct people who bought both in one order, at least.
    pub supporters_min: u32,
    /// Length of the list, at most.
    pub count: usize,
    /// Items that must not appear.
    pub exclude: &'a [ItemNo],
}

/// One item that is bought with an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Together {
    /// The item.
    pub item: ItemNo,
    /// Multiples of 2^-30, summed over the anchors.
    pub score: u64,
    /// The anchor with which most people bought it; the newest of equals.
    pub with: ItemNo,
    /// How many people, of those who were asked, bought both in one order.
    pub people: u32,
}

/// Working memory of [`BasketIndex::bought_with`], made once per worker and reused.
#[derive(Debug, Default)]
pub struct TogetherScratch {
    /// By item number.
    cells: Vec<Cell>,
    touched: Vec<ItemNo>,
    asked: Vec<Holder>,
    found: Vec<Together>,
    /// One number for each (anchor, customer) that was ever asked.
    turn: u64,
}

/// Of one item, beside the anchor at hand and over all of them.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    turn: u64,
    people: u32,
    /// Its place in the list plus one; 0 while it is in no list.
    place: u32,
}

impl BasketIndex {
    /// Ranks what is bought with the anchors, best first; ties go to the smaller item id.
    pub fn bought_with<'s>(
        &self,
        items: &Items,
        beside: &Beside<'_>,
        scratch: &'s mut TogetherScratch,
    ) -> &'s [Together] {
        scratch.found.clear();
        scratch.cells.resize(items.numbers().max(scratch.cells.len()), Cell::default());
        let mut anchors: Vec<ItemNo> = Vec::new();
        for anchor in beside.anchors.iter().rev().filter(|anchor| items.is_learnable(**anchor)) {
            if anchors.len() < ANCHORS_MAX && !anchors.contains(anchor) {
                anchors.push(*anchor);
            }
        }
        for anchor in &anchors {
            self.choose_asked(*anchor, beside.myself, scratch);
            self.count_beside(items, *anchor, scratch);
            self.score_beside(*anchor, beside.supporters_min, scratch);
        }
        for found in &scratch.found {
            if let Some(cell) = scratch.cells.get_mut(found.item.at()) {
                cell.place = 0;
            }
        }
        scratch.found.retain(|found| {
            items.is_answer(found.item)
                && !anchors.contains(&found.item)
                && !beside.exclude.contains(&found.item)
        });
        scratch.found.sort_unstable_by(|one, other| {
            let ids = || items.id(one.item).cmp(&items.id(other.item));
            other.score.cmp(&one.score).then_with(ids)
        });
        scratch.found.truncate(beside.count);
        &scratch.found
    }

    /// The customers who are asked about an anchor.
    fn choose_asked(
        &self,
        anchor: ItemNo,
        myself: Option<Pseudonym>,
        scratch: &mut TogetherScratch,
    ) {
        let asked = &mut scratch.asked;
        let myself = myself.and_then(|name| self.customer_number(name));
        let counts = |one: &&Holder| one.weight > 0 && Some(one.customer) != myself;
        asked.clear();
        asked.extend(self.holders_of(anchor).iter().filter(counts));
        if asked.len() > ASKED_MAX {
            let name = |one: &Holder| self.customer(one.customer).map(|customer| customer.name);
            asked.select_nth_unstable_by(ASKED_MAX, |one, other| {
                other.weight.cmp(&one.weight).then_with(|| name(one).cmp(&name(other)))
            });
            asked.truncate(ASKED_MAX);
        }
    }

    /// Counts, for every item beside an anchor, the people who bought both in one order.
    fn count_beside(&self, items: &Items, anchor: ItemNo, scratch: &mut TogetherScratch) {
        let TogetherScratch { cells, touched, asked, turn, .. } = scratch;
        for one in asked.iter() {
            let Some(customer) = self.customer(one.customer) else { continue };
            *turn += 1;
            let newest = customer.baskets.iter().rev();
            let counted = newest.take(usize::from(self.settings().baskets_max));
            for kept in counted.filter(|kept| kept.items.binary_search(&anchor).is_ok()) {
                for item in vectors::visible(items, &kept.items).filter(|item| *item != anchor) {
                    let Some(cell) = cells.get_mut(item.at()) else { continue };
                    if cell.turn == *turn {
                        continue;
                    }
                    cell.turn = *turn;
                    if cell.people == 0 {
                        touched.push(item);
                    }
                    cell.people += 1;
                }
            }
        }
    }

    /// Adds the counts of one anchor to the list and leaves them at zero.
    fn score_beside(&self, anchor: ItemNo, supporters_min: u32, scratch: &mut TogetherScratch) {
        let TogetherScratch { cells, touched, asked, found, .. } = scratch;
        for item in touched.drain(..) {
            let holders = self.holders_of(item).len();
            let Some(cell) = cells.get_mut(item.at()) else { continue };
            let people = std::mem::take(&mut cell.people);
            if people < supporters_min {
                continue;
            }
            let score = damped(people, asked.len(), holders);
            if let Some(known) = found.get_mut((cell.place as usize).wrapping_sub(1)) {
                known.score += score;
                // Anchors come newest first, so the newest of equals stays.
                if people > known.people {
                    (known.with, known.people) = (anchor, people);
                }
                continue;
            }
            found.push(Together { item, score, with: anchor, people });
            // The list is never longer than the catalog, whose numbers are 32 bits.
            cell.place = u32::try_from(found.len()).unwrap_or(0);
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "people are at most both counts, so the score is 0 to 1; counts are far below 2^53"
)]
fn damped(people: u32, asked: usize, holders: usize) -> u64 {
    let length = |count: usize| ((count + DAMPING) as f64).sqrt();
    (f64::from(people) / (length(asked) * length(holders)) * ONE) as u64
}

#[cfg(test)]
mod tests;
