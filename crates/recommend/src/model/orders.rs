//! Orders in the shared model: what customers buy together and again.
//!
//! A customer's orders are learned beside the sessions, under the same pseudonym of the same
//! purpose, and leave with the same unlearning. Popularity, blend and the models of the background
//! do not see them: they learn what was bought as steps of the visit.

use std::collections::BTreeSet;

use domain::id::Pseudonym;

use crate::baskets::settings::{BasketSettings, BasketSettingsError};
use crate::baskets::{Basket, BasketIndex, BasketKey};
use crate::index::{LearnError, Learned};
use crate::items::ItemNo;
use crate::model::Model;
use crate::settings::Settings;

impl Model {
    /// The learned orders.
    pub const fn baskets(&self) -> &BasketIndex {
        &self.baskets
    }

    /// Learns an order, or replaces the one with the same row id.
    ///
    /// # Errors
    /// The byte budget of orders is spent; nothing changed then.
    pub fn learn_order(&mut self, order: Basket) -> Result<Learned, LearnError> {
        let before = self.items_of_order(order.subject, &order.key);
        let learned = self.baskets.learn(&self.items, order);
        self.release_all(before);
        learned
    }

    /// Learns many orders at once, as a restart does it: the same state as one by one.
    ///
    /// # Errors
    /// The byte budget of orders is spent.
    pub fn learn_orders(
        &mut self,
        orders: impl IntoIterator<Item = Basket>,
    ) -> Result<(), LearnError> {
        let learned = self.baskets.learn_all(&self.items, orders).map(|_| ());
        // An order that replaced another may have named withdrawn items last.
        self.release_all(self.items.all_numbers().collect());
        learned
    }

    /// Takes an order out; says whether it was there.
    pub fn unlearn_order(&mut self, subject: Pseudonym, key: &BasketKey) -> bool {
        let before = self.items_of_order(subject, key);
        let known = self.baskets.unlearn_basket(&self.items, key);
        self.release_all(before);
        known
    }

    /// Takes all orders of a subject out; says how many there were.
    pub(super) fn unlearn_orders_of(&mut self, subject: Pseudonym) -> usize {
        let orders = self.baskets.baskets_of(subject);
        let named: BTreeSet<ItemNo> =
            orders.flat_map(|(.., items)| items.iter().copied()).collect();
        let count = self.baskets.unlearn_subject(&self.items, subject);
        self.release_all(named);
        count
    }

    fn items_of_order(&self, subject: Pseudonym, key: &BasketKey) -> BTreeSet<ItemNo> {
        let mut orders = self.baskets.baskets_of(subject);
        let order = orders.find(|(known, ..)| *known == key);
        order.map_or_else(BTreeSet::new, |(.., items)| items.iter().copied().collect())
    }

    fn release_all(&mut self, items: BTreeSet<ItemNo>) {
        for item in items {
            self.release(item);
        }
    }
}

/// An index without orders. Neighbors never count below the floor of the whole model.
pub(super) fn empty(settings: &Settings) -> Result<BasketIndex, BasketSettingsError> {
    let supporters_min = settings.baskets.supporters_min.max(settings.supporters_min);
    BasketIndex::new(BasketSettings { supporters_min, ..settings.baskets })
}
