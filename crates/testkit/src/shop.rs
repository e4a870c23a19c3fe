//! The seeded clothing shop of the demo and of the tests.
//!
//! A shop is a pure function of a seed and a [`ShopSize`]: a catalog with drawn pictures,
//! customers with tastes, and their visits up to a given end. All of it is invented; no row, brand
//! or picture comes from a real shop. What people look at in one visit hangs together by style,
//! department, color family and price, so that whoever learns from the visits has something
//! sensible to learn.
//!
//! The path: [`Shop::from_seed`], [`Shop::items`] into the catalog, [`Shop::visits`] into ingest,
//! [`picture::picture`] behind `/img/{id}.svg`.

pub mod catalog;
pub mod people;
pub mod picture;
pub mod visits;

mod color;
mod garment;
mod silhouette;

use domain::catalog::Item;
use domain::id::ItemId;
use domain::time::Timestamp;

use crate::random::Random;
use crate::shop::catalog::Shelves;
use crate::shop::people::Customer;
use crate::shop::visits::{Planner, Visit};

/// How big a shop is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShopSize {
    /// Items in the catalog.
    pub items: u32,
    /// Customers who visit.
    pub customers: u32,
    /// Visits in all.
    pub visits: u32,
    /// Days over which the visits lie.
    pub days: u32,
}

impl ShopSize {
    /// The shop of `demo`: a season of a small shop.
    pub const DEMO: Self = Self { items: 300, customers: 2_000, visits: 20_000, days: 90 };
    /// Small enough for a test that runs many times.
    pub const SMALL: Self = Self { items: 60, customers: 40, visits: 200, days: 14 };
}

/// A clothing shop: what it sells and who comes.
#[derive(Clone, Debug)]
pub struct Shop {
    root: Random,
    size: ShopSize,
    shelves: Shelves,
    customers: Vec<Customer>,
}

impl Shop {
    /// The shop of `seed`. The same seed and size give the same shop, item ids included.
    pub fn from_seed(seed: u64, size: ShopSize) -> Self {
        let root = Random::from_seed(seed);
        let shelves = Shelves::stock(&root.fork("catalog"), size.items);
        let people = root.fork("people");
        let customers =
            (0..size.customers).map(|number| Customer::invent(&people, number)).collect();
        Self { root, size, shelves, customers }
    }

    /// The size it was made with.
    pub const fn size(&self) -> ShopSize {
        self.size
    }

    /// The catalog; every item has passed `Item::admit`.
    pub fn items(&self) -> &[Item] {
        self.shelves.items()
    }

    /// The item `id`, when the shop sells it.
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        self.shelves.item(id)
    }

    /// The people who visit, by number.
    pub fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// All visits by start time, over the `days` before `end`; each is over before `end`.
    pub fn visits(&self, end: Timestamp) -> impl Iterator<Item = Visit<'_>> {
        let planner = Planner::open(&self.shelves, &self.customers, self.root.fork("visits"));
        let size = self.size;
        (0..size.visits).filter_map(move |number| planner.visit(number, size, end))
    }
}

#[cfg(test)]
mod tests;
