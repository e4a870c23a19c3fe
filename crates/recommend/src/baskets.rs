//! Next basket: whole orders of customers, learned and unlearned exactly.
//!
//! The state is integers only: per customer the baskets (row id, time, distinct items). Everything
//! that answers is derived from it and from nothing else: one [`vectors`] per customer (the
//! temporal item frequencies of TIFU-kNN; Hu, He, Gao, Zhang: "Modeling personalized item
//! frequency information for next-basket recommendation", SIGIR 2020), the holders of each item,
//! and per query the neighbors and scores of [`rank`]. Vectors are fixed-point and their sums are
//! integers, so neither the order of learning nor an internal number shows in an answer.
//! [`together`] counts what is bought in one order.
//! [`again`] needs no shared model at all: one customer's own purchases and their own cycle.
//!
//! An item is visible while the catalog declares it. Baskets keep items that were withdrawn as
//! holes; a basket without a visible item counts nowhere. So the state is a function of the
//! surviving baskets and the catalog, as in [`crate::index`].

use std::collections::{BTreeMap, BTreeSet};

use domain::id::Pseudonym;
use domain::time::{Day, Timestamp};

use crate::baskets::settings::{BasketSettings, BasketSettingsError};
use crate::baskets::vectors::Weight;
use crate::fingerprint::Fingerprint;
use crate::index::{LearnError, Learned};
use crate::items::{ItemNo, Items};

pub mod again;
mod canonical;
pub mod cycles;
pub mod evaluation;
mod keeping;
pub mod rank;
pub mod settings;
pub mod together;
pub mod vectors;

/// The row id of a basket.
pub type BasketKey = [u8; 16];

/// An order as the shared model may learn it.
#[derive(Clone, Debug)]
pub struct Basket {
    /// Row id of the order.
    pub key: BasketKey,
    /// Whose order it is.
    pub subject: Pseudonym,
    /// When it was placed; kept in whole seconds.
    pub at: Timestamp,
    /// What was bought; repeats and order do not count, sensitive items are dropped on learning.
    pub items: Vec<ItemNo>,
}

/// One learned basket.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) key: BasketKey,
    pub(crate) at: u32,
    /// Distinct, by number; withdrawn items included.
    pub(crate) items: Box<[ItemNo]>,
}

/// A customer: the baskets by (time, row id), and what follows from them.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) name: Pseudonym,
    pub(crate) baskets: Vec<Kept>,
    /// Derived: every item that a basket names, by number; invisible ones weigh nothing.
    pub(crate) vector: Vec<Weight>,
    /// Derived: the square of the length of the vector.
    pub(crate) square: u64,
}

/// Derived: a customer whose baskets name an item, and what it weighs there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder {
    pub(crate) customer: u32,
    pub(crate) weight: u32,
}

/// The baskets of one shop.
#[derive(Clone, Debug)]
pub struct BasketIndex {
    settings: BasketSettings,
    customers: Vec<Option<Customer>>,
    free: Vec<u32>,
    by_name: BTreeMap<Pseudonym, u32>,
    by_key: BTreeMap<BasketKey, u32>,
    /// Per item, by customer number.
    holders: Vec<Vec<Holder>>,
    shown: u32,
    bytes: u64,
    fingerprint: Fingerprint,
}

impl BasketIndex {
    /// An index without baskets.
    pub fn new(settings: BasketSettings) -> Result<Self, BasketSettingsError> {
        Ok(Self {
            settings: settings.check()?,
            customers: Vec::new(),
            free: Vec::new(),
            by_name: BTreeMap::new(),
            by_key: BTreeMap::new(),
            holders: Vec::new(),
            shown: 0,
            bytes: 0,
            fingerprint: Fingerprint::default(),
        })
    }

    /// The settings it was made with.
    pub const fn settings(&self) -> &BasketSettings {
        &self.settings
    }

    /// Answers under other settings from now on; a smaller byte budget refuses only new baskets.
    pub fn reconfigure(
        &mut self,
        items: &Items,
        settings: BasketSettings,
    ) -> Result<(), BasketSettingsError> {
        let old = std::mem::replace(&mut self.settings, settings.check()?);
        let shape = |s: &BasketSettings| (s.groups, s.basket_decay, s.group_decay, s.baskets_max);
        if shape(&old) != shape(&settings) {
            let everybody: BTreeSet<u32> = self.by_name.values().copied().collect();
            self.refresh(items, &everybody);
        }
        Ok(())
    }

    /// Baskets with at least one visible item.
    pub const fn baskets(&self) -> u32 {
        self.shown
    }

    /// Customers with at least one basket.
    pub fn subjects(&self) -> usize {
        self.by_name.len()
    }

    /// An estimate of the memory that the baskets and what is derived from them hold, in bytes.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The checksum of the visible baskets; see [`crate::fingerprint`].
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Whether a basket is known.
    pub fn contains(&self, key: &BasketKey) -> bool {
        self.by_key.contains_key(key)
    }

    /// Whether any basket names the item.
    pub fn names(&self, item: ItemNo) -> bool {
        !self.holders_of(item).is_empty()
    }

    /// The baskets of a customer, oldest first, as (row id, time, items, holes included).
    pub fn baskets_of(
        &self,
        subject: Pseudonym,
    ) -> impl Iterator<Item = (&BasketKey, Timestamp, &[ItemNo])> {
        let customer = self.by_name.get(&subject).and_then(|number| self.customer(*number));
        customer.into_iter().flat_map(|customer| {
            customer.baskets.iter().map(|kept| (&kept.key, time(kept.at), &*kept.items))
        })
    }

    /// Learns a basket, or replaces the one with the same row id.
    pub fn learn(&mut self, items: &Items, basket: Basket) -> Result<Learned, LearnError> {
        let mut touched = BTreeSet::new();
        let learned = self.take(items, basket, &mut touched);
        self.refresh(items, &touched);
        learned
    }

    /// Learns many baskets; each customer's vector is made once at the end. Says how many were
    /// learned; those before a refusal stay learned.
    pub fn learn_all(
        &mut self,
        items: &Items,
        baskets: impl IntoIterator<Item = Basket>,
    ) -> Result<usize, LearnError> {
        let (mut count, mut refused) = (0, None);
        let mut touched = BTreeSet::new();
        for basket in baskets {
            match self.take(items, basket, &mut touched) {
                Ok(Learned::Nothing) => {}
                Ok(Learned::Added | Learned::Replaced) => count += 1,
                Err(error) => {
                    refused = Some(error);
                    break;
                }
            }
        }
        self.refresh(items, &touched);
        refused.map_or(Ok(count), Err)
    }

    /// Takes a basket out; says whether it was there.
    pub fn unlearn_basket(&mut self, items: &Items, key: &BasketKey) -> bool {
        let mut touched = BTreeSet::new();
        let known = self.drop_basket(items, key, &mut touched);
        self.refresh(items, &touched);
        known
    }

    /// Takes all baskets of a customer out; says how many there were.
    ///
    /// # Privacy
    ///
    /// Afterwards the canonical bytes, the fingerprint and every answer equal those of an index
    /// that never met the customer, under the same settings and catalog.
    pub fn unlearn_subject(&mut self, items: &Items, subject: Pseudonym) -> usize {
        let keys: Vec<BasketKey> = self.baskets_of(subject).map(|(key, _, _)| *key).collect();
        self.drop_baskets(items, &keys)
    }

    /// Takes out every basket that is older than a day; says how many there were.
    pub fn expire(&mut self, items: &Items, before: Day) -> usize {
        let mut keys = Vec::new();
        for customer in self.customers.iter().flatten() {
            let old = customer.baskets.iter().take_while(|kept| time(kept.at).day() < before);
            keys.extend(old.map(|kept| kept.key));
        }
        self.drop_baskets(items, &keys)
    }

    /// Declares or withdraws an item through `change` and brings every basket that names it in
    /// line with the catalog after it.
    pub fn with_catalog_change(
        &mut self,
        items: &mut Items,
        item: ItemNo,
        change: impl FnOnce(&mut Items),
    ) {
        let touched: BTreeSet<u32> =
            self.holders_of(item).iter().map(|holder| holder.customer).collect();
        self.count_baskets(items, item, &touched, false);
        change(items);
        self.count_baskets(items, item, &touched, true);
        self.refresh(items, &touched);
    }

    /// Takes an item out of every basket for good, as for goods that turn out to be sensitive.
    pub fn purge(&mut self, items: &Items, item: ItemNo) {
        let mut touched = BTreeSet::new();
        let holders: Vec<u32> =
            self.holders_of(item).iter().map(|holder| holder.customer).collect();
        for number in holders {
            let Some(customer) = self.customer(number) else { continue };
            let name = customer.name;
            let named = customer.baskets.iter().filter(|kept| kept.items.contains(&item));
            let named: Vec<Kept> = named.cloned().collect();
            for kept in named {
                self.drop_basket(items, &kept.key, &mut touched);
                let rest: Vec<ItemNo> =
                    kept.items.iter().copied().filter(|other| *other != item).collect();
                if !rest.is_empty() {
                    self.put(items, name, Kept { items: rest.into(), ..kept }, &mut touched);
                }
            }
        }
        self.refresh(items, &touched);
    }

    pub(crate) fn customer(&self, number: u32) -> Option<&Customer> {
        self.customers.get(number as usize)?.as_ref()
    }

    pub(crate) fn customer_number(&self, subject: Pseudonym) -> Option<u32> {
        self.by_name.get(&subject).copied()
    }

    /// How many customer numbers were ever given out.
    pub(crate) fn customer_numbers(&self) -> usize {
        self.customers.len()
    }

    pub(crate) fn holders_of(&self, item: ItemNo) -> &[Holder] {
        self.holders.get(item.at()).map_or(&[], Vec::as_slice)
    }
}

pub(crate) fn time(seconds: u32) -> Timestamp {
    Timestamp::from_ms(i64::from(seconds) * 1000)
}

#[cfg(test)]
mod tests;
