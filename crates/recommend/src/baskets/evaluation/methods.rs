//! The ways of guessing a basket: simple ones that need no model, and ours.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::baskets::BasketIndex;
use crate::baskets::again::{Goods, Purchase, again};
use crate::baskets::evaluation::history::Case;
use crate::baskets::rank::{BasketScratch, Parts, Wish};
use crate::items::{ItemNo, Items};

/// A way of guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// What is in most baskets of all customers.
    Popular,
    /// The last basket again, its most frequent items first.
    LastBasket,
    /// What the customer bought most often; ties go to the newer.
    Personal,
    /// The same, filled up with what is popular.
    PersonalThenPopular,
    /// What is due by the customer's own cycle ([`crate::baskets::again`]).
    Again,
    /// TIFU-kNN on items that the customer bought.
    TifuRepeat,
    /// TIFU-kNN on items that the customer never bought.
    TifuExplore,
    /// TIFU-kNN.
    Tifu,
}

impl Method {
    /// All, in the order of the table.
    pub const EACH: [Self; 8] = [
        Self::Popular,
        Self::LastBasket,
        Self::Personal,
        Self::PersonalThenPopular,
        Self::Again,
        Self::TifuRepeat,
        Self::TifuExplore,
        Self::Tifu,
    ];
    /// Those that need no model.
    pub const BASELINES: [Self; 4] =
        [Self::Popular, Self::LastBasket, Self::Personal, Self::PersonalThenPopular];

    /// The method as tables name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Popular => "popular",
            Self::LastBasket => "last basket",
            Self::Personal => "own frequency",
            Self::PersonalThenPopular => "own frequency, then popular",
            Self::Again => "buy it again",
            Self::TifuRepeat => "TIFU-kNN, repeat",
            Self::TifuExplore => "TIFU-kNN, explore",
            Self::Tifu => "TIFU-kNN",
        }
    }

    /// Whether other people decide what is in the list, so that a floor of supporters matters.
    pub const fn asks_others(self) -> bool {
        !matches!(self, Self::LastBasket | Self::Personal)
    }
}

/// What the methods look at.
#[derive(Debug)]
pub struct Guesser<'a> {
    /// The items.
    pub items: &'a Items,
    /// The baskets that were learned, under the floor of this run.
    pub index: &'a BasketIndex,
    /// Items by their baskets, at or above the floor.
    pub popular: Vec<ItemNo>,
    /// Released cycles.
    pub cycles: Cycles,
    /// Length of the lists.
    pub len: usize,
    /// Working memory.
    pub scratch: BasketScratch,
}

/// Cycles that the shop has released; nothing is known of categories.
#[derive(Clone, Debug, Default)]
pub struct Cycles(pub BTreeMap<ItemNo, u64>);

impl Goods for Cycles {
    fn category(&self, _: ItemNo) -> Option<u32> {
        None
    }

    fn released_s(&self, item: ItemNo) -> Option<u64> {
        self.0.get(&item).copied()
    }
}

impl Guesser<'_> {
    /// The list of one method for one basket.
    pub fn list(&mut self, method: Method, case: &Case<'_>) -> Vec<ItemNo> {
        match method {
            Method::Popular => self.popular.iter().take(self.len).copied().collect(),
            Method::LastBasket => {
                let last = case.own.last().map_or(&[][..], |(_, items)| items);
                let mut list = self.personal(case);
                list.retain(|item| last.contains(item));
                list
            }
            Method::Personal => self.personal(case),
            Method::PersonalThenPopular => {
                let mut list = self.personal(case);
                list.truncate(self.len);
                let more = self.popular.iter().filter(|item| !list.contains(item));
                let more: Vec<ItemNo> = more.take(self.len - list.len()).copied().collect();
                list.extend(more);
                list
            }
            Method::Again => self.again(case),
            Method::TifuRepeat => self.tifu(Parts::Repeat, case),
            Method::TifuExplore => self.tifu(Parts::Explore, case),
            Method::Tifu => self.tifu(Parts::Both, case),
        }
    }

    fn personal(&self, case: &Case<'_>) -> Vec<ItemNo> {
        // Item to (baskets with it, the place of the newest).
        let mut counts: BTreeMap<ItemNo, (u32, usize)> = BTreeMap::new();
        for (place, (_, basket)) in case.own.iter().enumerate() {
            for item in basket {
                let count = counts.entry(*item).or_default();
                *count = (count.0 + 1, place);
            }
        }
        let mut list: Vec<_> = counts.into_iter().collect();
        list.sort_by_key(|(item, count)| (Reverse(*count), self.items.id(*item)));
        list.into_iter().map(|(item, _)| item).collect()
    }

    fn again(&self, case: &Case<'_>) -> Vec<ItemNo> {
        let mut purchases = Vec::new();
        for (at, basket) in case.own {
            let purchase = |item: &ItemNo| Purchase { item: *item, at: *at, quantity: 1 };
            purchases.extend(basket.iter().map(purchase));
        }
        again(&purchases, &self.cycles, case.at).into_iter().map(|due| due.item).collect()
    }

    fn tifu(&mut self, parts: Parts, case: &Case<'_>) -> Vec<ItemNo> {
        let own: Vec<&[ItemNo]> = case.own.iter().map(|(_, items)| items.as_slice()).collect();
        let myself = Some(case.subject);
        let wish = Wish { own: &own, myself, parts, count: self.len, exclude: &[] };
        let listed = self.index.next_basket(self.items, &wish, &mut self.scratch);
        listed.iter().map(|next| next.item).collect()
    }
}

/// Items by the number of baskets that have them, where at least `subjects_min` customers bought
/// them; ties go to the smaller id.
pub fn popular(items: &Items, index: &BasketIndex, subjects_min: u32) -> Vec<ItemNo> {
    let mut counts: BTreeMap<ItemNo, u32> = BTreeMap::new();
    for customer in index.customers.iter().flatten() {
        for item in customer.baskets.iter().flat_map(|kept| &kept.items) {
            *counts.entry(*item).or_default() += 1;
        }
    }
    counts.retain(|item, _| index.holders_of(*item).len() >= subjects_min as usize);
    let mut ranked: Vec<_> = counts.into_iter().collect();
    ranked.sort_by_key(|(item, count)| (Reverse(*count), items.id(*item)));
    ranked.into_iter().map(|(item, _)| item).collect()
}
