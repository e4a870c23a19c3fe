//! What orders offer: bought together, and the next basket of a customer who came before.
//!
//! The next basket has two parts that are asked for apart: what the customer's own orders will
//! hold again, and what customers with like orders buy that this one never did. On their own they
//! would leave no place for the visit at hand, so they take every third place beside the models
//! that a placement names after them.

use std::collections::BTreeSet;

use domain::time::Timestamp;
use recommend::answer::Reason;
use recommend::baskets::rank::{BasketScratch, Next, Part, Parts, Wish};
use recommend::baskets::together::{Beside, Together, TogetherScratch};
use recommend::items::ItemNo;
use recommend::placement::Source;

use crate::answer::candidates::{Asked, Memory, Offered};
use crate::answer::reasons::Why;

/// Every so many places one goes to the next basket.
const TURN: usize = 3;

/// Working memory of what orders offer.
#[derive(Debug, Default)]
pub(super) struct OrderMemory {
    next: BasketScratch,
    together: TogetherScratch,
}

/// Whether a model offers a part of the next basket.
pub(super) const fn is_of_next_basket(source: Source) -> bool {
    matches!(source, Source::BasketRepeat | Source::BasketExplore)
}

/// Gives every third place to `turns` while there are any, and the others to `rest`.
pub(super) fn in_turn(
    (rest, turns): (Vec<Offered>, Vec<Offered>),
    (count, known): (usize, &mut BTreeSet<ItemNo>),
) -> Vec<Offered> {
    let (mut rest, mut turns) = (rest.into_iter(), turns.into_iter());
    let mut all = Vec::with_capacity(count);
    while all.len() < count {
        let next = match (all.len() + 1).is_multiple_of(TURN) {
            true => turns.next().or_else(|| rest.next()),
            false => rest.next().or_else(|| turns.next()),
        };
        let Some(offered) = next else { break };
        if known.insert(offered.item) {
            all.push(offered);
        }
    }
    all
}

impl Asked<'_> {
    /// What was bought in one order with the cart's items, or with the item in view. That people
    /// did is said only of enough of them.
    pub(super) fn bought_with(&self, count: usize, memory: &mut Memory) -> Vec<Offered> {
        let model = &self.taught.model;
        let supporters_min = model.settings().supporters_min;
        let offered = |one: &Together| {
            let said = one.people >= model.settings().reason_supporters_min;
            let why = match said {
                true => Why::BoughtWith { with: one.with },
                false => Why::Model(Reason::ThisVisit),
            };
            Offered { item: one.item, score: one.score, why, people: Some(one.people) }
        };
        self.together(supporters_min, count, memory).iter().map(offered).collect()
    }

    /// What was bought with the anchors by too few people to be offered: how many, and no name.
    pub(super) fn bought_below_floor(&self, memory: &mut Memory) -> usize {
        let floor = self.taught.model.settings().supporters_min;
        let found = self.together(1, usize::MAX, memory);
        found.iter().filter(|one| one.people < floor).count()
    }

    fn together<'m>(
        &self,
        supporters_min: u32,
        count: usize,
        memory: &'m mut Memory,
    ) -> &'m [Together] {
        let current = self.current.as_slice();
        let anchors = if self.cart.is_empty() { current } else { &self.cart };
        let (myself, exclude) = (self.learner, self.exclude.as_slice());
        let beside = Beside { anchors, myself, supporters_min, count, exclude };
        let model = &self.taught.model;
        model.baskets().bought_with(model.items(), &beside, &mut memory.orders.together)
    }

    /// One part of the customer's next basket.
    pub(super) fn next_basket(
        &self,
        parts: Parts,
        count: usize,
        memory: &mut Memory,
    ) -> Vec<Offered> {
        let own = self.own_orders();
        if own.is_empty() {
            return Vec::new();
        }
        let own: Vec<&[ItemNo]> = own.iter().map(Vec::as_slice).collect();
        let (myself, exclude) = (self.learner, self.exclude.as_slice());
        let wish = Wish { own: &own, myself, parts, count, exclude };
        let model = &self.taught.model;
        let floor = model.settings().reason_supporters_min;
        let offered = |next: &Next| {
            let why = match next.part {
                Part::Repeat => Why::BuyAgain { interval_days: None },
                Part::Explore if next.supporters >= floor => Why::LikeCustomers,
                Part::Explore => Why::OwnOrders,
            };
            let people = (next.part == Part::Explore).then_some(next.supporters);
            Offered { item: next.item, score: next.score, why, people }
        };
        let scratch = &mut memory.orders.next;
        model.baskets().next_basket(model.items(), &wish, scratch).iter().map(offered).collect()
    }

    /// The person's own orders, oldest first: what was bought at one instant is one order.
    fn own_orders(&self) -> Vec<Vec<ItemNo>> {
        let mut bought: Vec<(Timestamp, ItemNo)> =
            self.purchases.iter().map(|one| (one.at, one.item)).collect();
        bought.sort_unstable();
        let orders = bought.chunk_by(|one, other| one.0 == other.0);
        orders.map(|order| order.iter().map(|(_, item)| *item).collect()).collect()
    }
}

#[cfg(test)]
mod tests;
