//! Counts of voters per item and per pair of items: added and subtracted, nothing else.
//!
//! Only pairs that some voter has are kept. The order inside of the table never shows: whoever
//! reads the counts sorts them.

use rustc_hash::FxHashMap;

use crate::items::ItemNo;

/// Memory of one pair: 17 bytes in a table that is between half and wholly full.
const PAIR_BYTES: u64 = 40;

/// The Gram matrix of the rows, symmetric, zeros left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Gram {
    /// The diagonal, by item number.
    voters: Vec<u32>,
    /// (lower number, higher number) to voters.
    pairs: FxHashMap<(u32, u32), u32>,
}

impl Gram {
    /// An estimate of the memory of the pairs, in bytes; items take four each besides.
    pub(super) fn bytes(&self) -> u64 {
        PAIR_BYTES * self.pairs.len() as u64
    }

    /// Voters that have an item.
    pub(super) fn voters(&self, item: ItemNo) -> u32 {
        self.voters.get(item.at()).copied().unwrap_or(0)
    }

    /// Voters that have both items.
    pub(super) fn together(&self, one: ItemNo, other: ItemNo) -> u32 {
        if one == other {
            return self.voters(one);
        }
        self.pairs.get(&pair(one, other)).copied().unwrap_or(0)
    }

    /// Every pair once, in no order.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (ItemNo, ItemNo, u32)> {
        self.pairs.iter().map(|((one, other), count)| (ItemNo(*one), ItemNo(*other), *count))
    }

    /// One voter gets the items `fresh`, beside `stay` which it has already; all distinct.
    pub(super) fn add(&mut self, fresh: &[ItemNo], stay: &[ItemNo]) {
        for (place, item) in fresh.iter().enumerate() {
            if self.voters.len() <= item.at() {
                self.voters.resize(item.at() + 1, 0);
            }
            if let Some(voters) = self.voters.get_mut(item.at()) {
                *voters += 1;
            }
            for other in fresh.iter().skip(place + 1).chain(stay) {
                *self.pairs.entry(pair(*item, *other)).or_insert(0) += 1;
            }
        }
    }

    /// One voter loses the items `gone` and keeps `stay`; all distinct.
    pub(super) fn subtract(&mut self, gone: &[ItemNo], stay: &[ItemNo]) {
        for (place, item) in gone.iter().enumerate() {
            if let Some(voters) = self.voters.get_mut(item.at()) {
                *voters = voters.saturating_sub(1);
            }
            for other in gone.iter().skip(place + 1).chain(stay) {
                let key = pair(*item, *other);
                if let Some(count) = self.pairs.get_mut(&key) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        self.pairs.remove(&key);
                    }
                }
            }
        }
        self.shrink();
    }

    /// No voter has the item any more.
    pub(super) fn forget(&mut self, item: ItemNo) {
        if let Some(voters) = self.voters.get_mut(item.at()) {
            *voters = 0;
        }
        self.pairs.retain(|(one, other), _| *one != item.0 && *other != item.0);
        self.shrink();
    }

    /// Gives memory back, so that the estimate stays true.
    fn shrink(&mut self) {
        const SPARE_PAIRS: usize = 1 << 12;
        if self.pairs.capacity() > 4 * self.pairs.len() + SPARE_PAIRS {
            self.pairs.shrink_to_fit();
        }
    }
}

const fn pair(one: ItemNo, other: ItemNo) -> (u32, u32) {
    if one.0 < other.0 { (one.0, other.0) } else { (other.0, one.0) }
}
