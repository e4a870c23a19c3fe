//! How baskets come and go: rows, counts, bytes and checksum. What is derived from them is made
//! anew afterwards, once per customer that was touched.

use std::collections::BTreeSet;

use domain::id::Pseudonym;

use crate::baskets::{Basket, BasketIndex, BasketKey, Customer, Kept, vectors};
use crate::fingerprint::SessionHash;
use crate::index::{LearnError, Learned};
use crate::items::{ItemNo, Items};

impl BasketIndex {
    pub(super) fn take(
        &mut self,
        items: &Items,
        basket: Basket,
        touched: &mut BTreeSet<u32>,
    ) -> Result<Learned, LearnError> {
        let mut kept = basket.items;
        kept.retain(|item| items.is_learnable(*item));
        kept.sort_unstable();
        kept.dedup();
        if kept.is_empty() {
            self.drop_basket(items, &basket.key, touched);
            return Ok(Learned::Nothing);
        }
        let freed = self.kept(&basket.key).map_or(0, |old| cost(old.items.len()));
        let bytes = self.bytes - freed + cost(kept.len());
        let bytes_max = self.settings.bytes_max;
        if bytes > bytes_max {
            return Err(LearnError::Full { bytes, bytes_max });
        }
        let replaced = self.drop_basket(items, &basket.key, touched);
        let at = u32::try_from(basket.at.ms() / 1000).unwrap_or(u32::MAX);
        let kept = Kept { key: basket.key, at, items: kept.into() };
        self.put(items, basket.subject, kept, touched);
        Ok(if replaced { Learned::Replaced } else { Learned::Added })
    }

    fn kept(&self, key: &BasketKey) -> Option<&Kept> {
        let customer = self.customer(*self.by_key.get(key)?)?;
        customer.baskets.iter().find(|kept| kept.key == *key)
    }

    pub(super) fn put(
        &mut self,
        items: &Items,
        name: Pseudonym,
        kept: Kept,
        touched: &mut BTreeSet<u32>,
    ) {
        let number = self.number(name);
        self.by_key.insert(kept.key, number);
        self.bytes += cost(kept.items.len());
        if let Some(hash) = hash(items, &kept, name) {
            self.fingerprint.add(hash);
            self.shown += 1;
        }
        if let Some(Some(customer)) = self.customers.get_mut(number as usize) {
            let place = customer
                .baskets
                .partition_point(|other| (other.at, other.key) < (kept.at, kept.key));
            customer.baskets.insert(place, kept);
        }
        touched.insert(number);
    }

    pub(super) fn drop_baskets(&mut self, items: &Items, keys: &[BasketKey]) -> usize {
        let mut touched = BTreeSet::new();
        for key in keys {
            self.drop_basket(items, key, &mut touched);
        }
        self.refresh(items, &touched);
        keys.len()
    }

    pub(super) fn drop_basket(
        &mut self,
        items: &Items,
        key: &BasketKey,
        touched: &mut BTreeSet<u32>,
    ) -> bool {
        let Some(number) = self.by_key.remove(key) else { return false };
        touched.insert(number);
        let Some(Some(customer)) = self.customers.get_mut(number as usize) else { return false };
        let Some(place) = customer.baskets.iter().position(|kept| kept.key == *key) else {
            return false;
        };
        let (kept, name) = (customer.baskets.remove(place), customer.name);
        self.bytes -= cost(kept.items.len());
        if let Some(hash) = hash(items, &kept, name) {
            self.fingerprint.subtract(hash);
            self.shown -= 1;
        }
        true
    }

    /// Counts the baskets of some customers that name an item in or out.
    pub(super) fn count_baskets(
        &mut self,
        items: &Items,
        item: ItemNo,
        of: &BTreeSet<u32>,
        into: bool,
    ) {
        for number in of {
            let Some(Some(customer)) = self.customers.get(*number as usize) else { continue };
            let named = customer.baskets.iter().filter(|kept| kept.items.contains(&item));
            for hash in named.filter_map(|kept| hash(items, kept, customer.name)) {
                if into {
                    self.fingerprint.add(hash);
                    self.shown += 1;
                } else {
                    self.fingerprint.subtract(hash);
                    self.shown -= 1;
                }
            }
        }
    }

    fn number(&mut self, name: Pseudonym) -> u32 {
        if let Some(number) = self.by_name.get(&name) {
            return *number;
        }
        let customer = Customer { name, baskets: Vec::new(), vector: Vec::new(), square: 0 };
        // Customers are far fewer than 2^32: the byte budget ends first.
        let number = self
            .free
            .pop()
            .unwrap_or_else(|| u32::try_from(self.customers.len()).unwrap_or(u32::MAX));
        if let Some(place) = self.customers.get_mut(number as usize) {
            *place = Some(customer);
        } else {
            self.customers.push(Some(customer));
        }
        self.by_name.insert(name, number);
        number
    }
}

/// Bytes of a basket: its row and key entries, and per item its place in the basket, the vector
/// and the holders, with the usual slack of growing tables.
const fn cost(items: usize) -> u64 {
    const BASKET_BYTES: u64 = 96;
    const ITEM_BYTES: u64 = 24;
    BASKET_BYTES + ITEM_BYTES * items as u64
}

fn hash(items: &Items, kept: &Kept, name: Pseudonym) -> Option<SessionHash> {
    let mut ids: Vec<_> =
        vectors::visible(items, &kept.items).filter_map(|item| items.id(item)).collect();
    if ids.is_empty() {
        return None;
    }
    ids.sort_unstable();
    let mut hash = SessionHash::default();
    hash.feed(&kept.key);
    hash.feed(name.as_bytes());
    hash.feed(&kept.at.to_be_bytes());
    for id in ids {
        hash.feed(id.as_str().as_bytes());
    }
    Some(hash)
}
