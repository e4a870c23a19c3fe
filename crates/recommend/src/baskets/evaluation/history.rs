//! Orders of a data set, customer by customer, and which basket of each is predicted.

use std::collections::BTreeMap;

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;

use crate::baskets::Basket;
use crate::items::{ItemNo, Items, Traits};

/// Customers with fewer baskets are not predicted, only learned.
pub const BASKETS_MIN: usize = 3;

/// One order of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Whose order it is.
    pub subject: Pseudonym,
    /// When it was placed.
    pub at: Timestamp,
    /// What was bought.
    pub items: Vec<ItemId>,
}

/// One customer of a data set.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who it is.
    pub subject: Pseudonym,
    /// Time and distinct items of each basket, oldest first.
    pub baskets: Vec<(Timestamp, Vec<ItemNo>)>,
}

/// All customers by pseudonym, with the items as numbers.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Every item that an order names.
    pub items: Items,
    /// By pseudonym.
    pub people: Vec<Person>,
}

/// Which basket of each customer is predicted from which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// The last basket but `back` of every customer with [`BASKETS_MIN`] baskets, from the ones
    /// before it; later ones are not used. Other customers' baskets may be younger.
    LastBasket {
        /// 0 for the test, 1 for the choice of parameters.
        back: usize,
    },
    /// The first basket from a moment on, from everybody's baskets before it, of every customer
    /// with `BASKETS_MIN - 1` of those.
    Cut {
        /// The moment.
        at: Timestamp,
    },
}

/// One basket to predict.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The place of the customer in [`History::people`].
    pub person: usize,
    /// Who it is.
    pub subject: Pseudonym,
    /// The baskets before it, oldest first.
    pub own: &'a [(Timestamp, Vec<ItemNo>)],
    /// When it is bought.
    pub at: Timestamp,
    /// What is in it.
    pub target: &'a [ItemNo],
}

impl History {
    /// Sorts orders; those of one customer at one instant are one basket.
    pub fn new(orders: &[Order]) -> Self {
        let mut items = Items::new();
        let mut people: BTreeMap<Pseudonym, BTreeMap<Timestamp, Vec<ItemNo>>> = BTreeMap::new();
        let traits = Traits { answers: true, sensitive: false };
        for order in orders {
            let basket = people.entry(order.subject).or_default().entry(order.at).or_default();
            basket.extend(order.items.iter().map(|id| items.declare(id, traits)));
            basket.sort_unstable();
            basket.dedup();
        }
        let person = |(subject, baskets): (Pseudonym, BTreeMap<_, _>)| Person {
            subject,
            baskets: baskets.into_iter().collect(),
        };
        Self { items, people: people.into_iter().map(person).collect() }
    }

    /// The same customers with their baskets before a moment.
    #[must_use]
    pub fn before(&self, at: Timestamp) -> Self {
        let cut = |person: &Person| Person {
            subject: person.subject,
            baskets: person.baskets.iter().take_while(|basket| basket.0 < at).cloned().collect(),
        };
        Self { items: self.items.clone(), people: self.people.iter().map(cut).collect() }
    }

    /// How many baskets there are.
    pub fn baskets(&self) -> usize {
        self.people.iter().map(|person| person.baskets.len()).sum()
    }

    /// The moments before which the given percentages of all baskets lie.
    pub fn moments(&self, percents: &[usize]) -> Vec<Timestamp> {
        let mut times: Vec<Timestamp> =
            self.people.iter().flat_map(|person| person.baskets.iter().map(|b| b.0)).collect();
        times.sort_unstable();
        percents
            .iter()
            .filter_map(|percent| times.get(times.len() * percent / 100).copied())
            .collect()
    }

    /// The baskets that a split learns.
    pub fn learned(&self, split: Split) -> Vec<Basket> {
        let mut baskets = Vec::new();
        for person in &self.people {
            for (at, items) in split.learned(person) {
                baskets.push(Basket {
                    key: (baskets.len() as u128).to_be_bytes(),
                    subject: person.subject,
                    at: *at,
                    items: items.clone(),
                });
            }
        }
        baskets
    }

    /// The baskets that a split predicts, by pseudonym.
    pub fn cases(&self, split: Split) -> Vec<Case<'_>> {
        let mut cases = Vec::new();
        for (number, person) in self.people.iter().enumerate() {
            let (own, rest) = person.baskets.split_at(split.learned(person).len());
            let enough = match split {
                Split::LastBasket { .. } => person.baskets.len() >= BASKETS_MIN,
                Split::Cut { .. } => own.len() >= BASKETS_MIN - 1,
            };
            let Some((at, target)) = rest.first().filter(|_| enough) else { continue };
            cases.push(Case { person: number, subject: person.subject, own, at: *at, target });
        }
        cases
    }
}

impl Split {
    /// The baskets of one customer that are learned.
    pub fn learned(self, person: &Person) -> &[(Timestamp, Vec<ItemNo>)] {
        let count = person.baskets.len();
        let learned = match self {
            Self::LastBasket { back } if count >= BASKETS_MIN => count - 1 - back,
            Self::LastBasket { .. } => count,
            Self::Cut { at } => person.baskets.partition_point(|basket| basket.0 < at),
        };
        person.baskets.get(..learned).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
