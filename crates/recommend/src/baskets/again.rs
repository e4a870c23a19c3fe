//! Buy it again: what one customer is due to buy, by their own cycle.
//!
//! Needs no shared model: it is a pure function of one customer's own purchases, so it may answer
//! wherever that customer's own history may. The times of an item, one a day at most, give the
//! own intervals; their median is the cycle. An item that was bought on one day only borrows the
//! median of the customer's own cycles in its category, or else a cycle that the shop has
//! released ([`crate::baskets::cycles`]); with neither it is not due at any time.
//!
//! The score says how likely the next basket has the item, up to a constant: how often it was
//! bought, times seven tenths right after a purchase, rising to the whole when it is due; past
//! half of the cycle it is divided by one plus the time since then over the mean time between
//! purchases, for what is long overdue is bought elsewhere by now. That shape did best on
//! validation baskets among those that rise before the due date (`docs/baskets.md`). Whole seconds
//! and whole numbers.

use std::collections::BTreeMap;

use domain::time::Timestamp;

use crate::items::ItemNo;

/// Seconds in a day.
pub const DAY_S: u64 = 24 * 60 * 60;
/// Whole numbers stand for multiples of this part of one.
const ONE: u64 = 1 << 20;
/// What remains of the score right after a purchase.
const FRESH: u64 = ONE * 7 / 10;
/// A larger purchase than usual puts the due date off by at most this factor.
const STOCK_MAX: u64 = 3;

/// One item of one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// The item.
    pub item: ItemNo,
    /// When the order was placed.
    pub at: Timestamp,
    /// How many; 1 where nobody counted.
    pub quantity: u32,
}

/// Where a cycle comes from: the reason that may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cycle {
    /// The customer's own intervals of this item.
    Own {
        /// How many intervals there are.
        intervals: u32,
    },
    /// The customer's own cycles of other items of the category.
    Category {
        /// How many items those are.
        items: u32,
    },
    /// What the shop has released about all its customers.
    Released,
}

/// What is known beside the purchases.
pub trait Goods {
    /// The category of an item, where it has one.
    fn category(&self, item: ItemNo) -> Option<u32>;
    /// The cycle of an item in seconds, where the shop has released one.
    fn released_s(&self, item: ItemNo) -> Option<u64>;
}

/// Nothing is known beside the purchases.
#[derive(Clone, Copy, Debug)]
pub struct Unknown;

impl Goods for Unknown {
    fn category(&self, _: ItemNo) -> Option<u32> {
        None
    }

    fn released_s(&self, _: ItemNo) -> Option<u64> {
        None
    }
}

/// An item that was bought, and when it is due again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The item.
    pub item: ItemNo,
    /// On how many days it was bought.
    pub bought: u32,
    /// When it was bought last.
    pub last: Timestamp,
    /// The cycle, in days, rounded.
    pub interval_days: u32,
    /// Days until it is due, rounded down; negative when overdue.
    pub due_in_days: i64,
    /// A multiple of 2^-20; comparable within one answer.
    pub score: u64,
    /// Where the cycle comes from.
    pub cycle: Cycle,
}

/// What a customer is due to buy, the likeliest first; ties go to what was bought last, then to
/// the smaller item number. Purchases after `now` do not count.
pub fn again(purchases: &[Purchase], goods: &dyn Goods, now: Timestamp) -> Vec<Due> {
    let histories = histories(purchases, now);
    let own: BTreeMap<ItemNo, u64> =
        histories.iter().filter_map(|(item, history)| Some((*item, history.cycle_s()?))).collect();
    let mut categories: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for (item, cycle_s) in &own {
        if let Some(category) = goods.category(*item) {
            categories.entry(category).or_default().push(*cycle_s);
        }
    }
    let first_s = histories.values().filter_map(|history| history.times_s.first()).min();
    let now_s = seconds(now);
    let known_s = first_s.map_or(0, |first_s| now_s - first_s).max(DAY_S);
    let seen = Seen { now_s, known_s };
    let mut due: Vec<Due> = Vec::new();
    for (item, history) in &histories {
        let found = match own.get(item) {
            Some(cycle_s) => Some((*cycle_s, Cycle::Own { intervals: history.intervals() })),
            None => borrowed(*item, &categories, goods),
        };
        let Some(found) = found.filter(|(cycle_s, _)| *cycle_s > 0) else { continue };
        due.extend(history.due(*item, found, seen));
    }
    due.sort_by_key(|one| (std::cmp::Reverse((one.score, one.last)), one.item));
    due
}

/// The median; of an even number the mean of the two in the middle.
pub(crate) fn median(mut numbers: Vec<u64>) -> Option<u64> {
    numbers.sort_unstable();
    let upper = *numbers.get(numbers.len() / 2)?;
    if numbers.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *numbers.get(numbers.len() / 2 - 1)?;
    Some(lower + (upper - lower) / 2)
}

/// The median of the intervals between times in seconds, one a day, in order.
pub(crate) fn cycle_s(times_s: &[u64]) -> Option<u64> {
    median(times_s.iter().zip(times_s.iter().skip(1)).map(|(from, to)| to - from).collect())
}

fn borrowed(
    item: ItemNo,
    categories: &BTreeMap<u32, Vec<u64>>,
    goods: &dyn Goods,
) -> Option<(u64, Cycle)> {
    if let Some(cycles) = goods.category(item).and_then(|category| categories.get(&category)) {
        let items = u32::try_from(cycles.len()).unwrap_or(u32::MAX);
        return Some((median(cycles.clone())?, Cycle::Category { items }));
    }
    Some((goods.released_s(item)?, Cycle::Released))
}

/// When it is, and for how long the customer is known.
#[derive(Clone, Copy, Debug)]
struct Seen {
    now_s: u64,
    known_s: u64,
}

/// The purchases of one item: one entry a day, with the first time and all units of the day.
#[derive(Debug, Default)]
struct History {
    times_s: Vec<u64>,
    units: Vec<u64>,
}

fn histories(purchases: &[Purchase], now: Timestamp) -> BTreeMap<ItemNo, History> {
    let mut purchases: Vec<&Purchase> = purchases.iter().filter(|one| one.at <= now).collect();
    purchases.sort_by_key(|one| (one.item, one.at));
    let mut histories: BTreeMap<ItemNo, History> = BTreeMap::new();
    for one in purchases {
        let history = histories.entry(one.item).or_default();
        let at_s = seconds(one.at);
        let same_day = history.times_s.last().is_some_and(|last| last / DAY_S == at_s / DAY_S);
        let quantity = u64::from(one.quantity.max(1));
        match history.units.last_mut().filter(|_| same_day) {
            Some(units) => *units += quantity,
            None => {
                history.times_s.push(at_s);
                history.units.push(quantity);
            }
        }
    }
    histories
}

impl History {
    fn cycle_s(&self) -> Option<u64> {
        cycle_s(&self.times_s)
    }

    fn intervals(&self) -> u32 {
        u32::try_from(self.times_s.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    fn due(&self, item: ItemNo, (cycle_s, cycle): (u64, Cycle), seen: Seen) -> Option<Due> {
        let Seen { now_s, known_s } = seen;
        let last_s = *self.times_s.last()?;
        // Whoever bought more than usual has more at home.
        let (last, usual) = (*self.units.last()?, median(self.units.clone())?);
        let cycle_s = cycle_s.saturating_mul(last.clamp(usual, usual * STOCK_MAX)) / usual;
        let since_s = now_s - last_s;
        let bought = self.times_s.len() as u64;
        let rise = FRESH + (ONE - FRESH) * since_s.min(cycle_s) / cycle_s;
        let late_s = since_s.saturating_sub(cycle_s / 2);
        let mean_s = (known_s / bought.max(1)).max(1);
        let score = bought * rise * mean_s / (mean_s + late_s);
        let day_s = i64::try_from(DAY_S).unwrap_or(i64::MAX);
        let due_s = i64::try_from(last_s + cycle_s).unwrap_or(i64::MAX);
        Some(Due {
            item,
            bought: u32::try_from(bought).unwrap_or(u32::MAX),
            last: Timestamp::from_ms(i64::try_from(last_s).unwrap_or(i64::MAX / 1000) * 1000),
            interval_days: u32::try_from((cycle_s + DAY_S / 2) / DAY_S).unwrap_or(u32::MAX),
            due_in_days: (due_s - i64::try_from(now_s).unwrap_or(i64::MAX)).div_euclid(day_s),
            score,
            cycle,
        })
    }
}

fn seconds(at: Timestamp) -> u64 {
    // No timestamp lies before 1970.
    u64::try_from(at.ms() / 1000).unwrap_or(0)
}

#[cfg(test)]
mod tests;
