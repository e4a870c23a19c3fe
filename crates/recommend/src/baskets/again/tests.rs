use domain::time::{DAY_MS, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{Cycle, Due, Goods, Purchase, Unknown, again, median};
use crate::items::ItemNo;

const MILK: ItemNo = ItemNo(1);
const SOAP: ItemNo = ItemNo(2);
const CREAM: ItemNo = ItemNo(3);

fn day(day: i64) -> Timestamp {
    Timestamp::from_ms(day * DAY_MS + DAY_MS / 2)
}

fn bought(item: ItemNo, days: &[i64]) -> Vec<Purchase> {
    days.iter().map(|at| Purchase { item, at: day(*at), quantity: 1 }).collect()
}

fn due(purchases: &[Purchase], item: ItemNo, now: i64) -> Due {
    let all = again(purchases, &Unknown, day(now));
    *all.iter().find(|due| due.item == item).unwrap()
}

#[test]
fn the_cycle_is_the_median_of_the_own_intervals() {
    let milk = bought(MILK, &[100, 107, 114, 140, 147]);
    let found = due(&milk, MILK, 150);
    assert_eq!((found.bought, found.last, found.interval_days), (5, day(147), 7));
    assert_eq!((found.due_in_days, found.cycle), (4, Cycle::Own { intervals: 4 }));
    assert_eq!(due(&milk, MILK, 160).due_in_days, -6);
    assert_eq!(median(vec![4, 9]), Some(6));
    assert_eq!(median(vec![]), None);
}

#[test]
fn the_score_rises_until_it_is_due_and_sinks_when_long_overdue() {
    let milk = bought(MILK, &[0, 10, 20]);
    let score = |now| due(&milk, MILK, now).score;
    assert!(score(20) < score(23) && score(23) < score(25));
    assert!(score(25) > score(40) && score(40) > score(120));
    // Due: three times, past half of the cycle by half of the mean interval.
    assert_eq!(score(30), 3 * (1 << 20) * 2 / 3);
    // Just bought: three times seven tenths.
    assert_eq!(score(20), 3 * ((1 << 20) * 7 / 10));
}

#[test]
fn of_two_due_items_the_more_frequent_comes_first() {
    let mut purchases = bought(SOAP, &[0, 30, 60]);
    purchases.extend(bought(MILK, &[70, 77, 83]));
    let order: Vec<ItemNo> =
        again(&purchases, &Unknown, day(90)).iter().map(|due| due.item).collect();
    assert_eq!(order, [MILK, SOAP]);
}

#[test]
fn one_day_counts_once_and_the_future_not_at_all() {
    let mut purchases = bought(MILK, &[1, 1, 8, 15]);
    purchases.extend(bought(MILK, &[40]));
    let found = due(&purchases, MILK, 20);
    assert_eq!((found.bought, found.interval_days, found.last), (3, 7, day(15)));
}

#[test]
fn whoever_bought_more_is_due_later() {
    let mut purchases = bought(MILK, &[0, 10]);
    purchases.push(Purchase { item: MILK, at: day(20), quantity: 2 });
    assert_eq!(due(&purchases, MILK, 20).due_in_days, 20);
    // At most three times.
    purchases.push(Purchase { item: MILK, at: day(30), quantity: 100 });
    assert_eq!(due(&purchases, MILK, 30).due_in_days, 30);
}

struct Shop;

impl Goods for Shop {
    fn category(&self, item: ItemNo) -> Option<u32> {
        (item == SOAP || item == CREAM).then_some(7)
    }

    fn released_s(&self, _: ItemNo) -> Option<u64> {
        Some(3 * 24 * 60 * 60)
    }
}

#[test]
fn single_purchases_borrow_a_cycle_and_say_so() {
    let mut purchases = bought(SOAP, &[0, 40]);
    purchases.extend(bought(CREAM, &[40]));
    purchases.extend(bought(MILK, &[40]));
    let cycle = |item| {
        let all = again(&purchases, &Shop, day(50));
        let found = all.iter().find(|due| due.item == item).unwrap();
        (found.interval_days, found.cycle)
    };
    assert_eq!(cycle(SOAP), (40, Cycle::Own { intervals: 1 }));
    assert_eq!(cycle(CREAM), (40, Cycle::Category { items: 1 }));
    assert_eq!(cycle(MILK), (3, Cycle::Released));
    // With nothing to borrow from an item is never due.
    assert_eq!(again(&purchases, &Unknown, day(50)).len(), 1);
}

proptest! {
    #[test]
    fn any_history_gives_a_total_order_whatever_its_order(
        rows in vec((0_u32..6, 0_i64..100_000, 0_u32..5), 0..40),
        now in 0_i64..200_000,
    ) {
        let hour = |hour: i64| Timestamp::from_ms(hour * 3_600_000);
        let mut purchases: Vec<Purchase> = rows
            .iter()
            .map(|(item, at, quantity)| Purchase { item: ItemNo(*item), at: hour(*at), quantity: *quantity })
            .collect();
        let found = again(&purchases, &Shop, hour(now));
        purchases.reverse();
        prop_assert_eq!(&found, &again(&purchases, &Shop, hour(now)));
        for pair in found.windows(2) {
            prop_assert!((pair[0].score, pair[0].last) >= (pair[1].score, pair[1].last));
        }
        for due in found {
            prop_assert!(due.last <= hour(now) && due.score <= u64::from(due.bought) << 20);
        }
    }
}
