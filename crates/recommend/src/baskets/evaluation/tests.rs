//! The protocol on a tiny shop where every list can be worked out by hand.

use domain::id::{ItemId, Pseudonym};
use domain::time::{DAY_MS, Timestamp};

use super::history::{History, Order, Split};
use super::tune::{tries_max, tune};
use super::{BasketEvaluation, Measured, Row, cuts, measure_split, pooled};
use crate::baskets::settings::BasketSettings;

fn order(person: u8, day: i64, items: &[&str]) -> Order {
    Order {
        subject: Pseudonym::from_bytes([person; 16]),
        at: Timestamp::from_ms(day * DAY_MS),
        items: items.iter().map(|id| ItemId::parse(id).unwrap()).collect(),
    }
}

/// Three customers; 1 and 2 buy alike, and tea follows on milk.
fn history() -> History {
    History::new(&[
        order(1, 1, &["milk", "bread"]),
        order(1, 8, &["milk"]),
        order(1, 15, &["milk", "tea"]),
        order(2, 1, &["milk"]),
        order(2, 8, &["milk", "tea"]),
        order(2, 15, &["milk", "tea"]),
        order(3, 2, &["wood"]),
        order(3, 3, &["wood"]),
    ])
}

fn how() -> BasketEvaluation {
    let settings = BasketSettings { supporters_min: 2, ..BasketSettings::default() };
    BasketEvaluation { settings, lengths: vec![1, 2], seed: 1 }
}

fn measured(split: Split) -> Measured {
    let (mut clock, mut done) = (0, 0);
    let mut tick = || {
        clock += 5;
        clock
    };
    let found = measure_split(&history(), split, &how(), &mut tick, &mut || done += 1).unwrap();
    assert_eq!(done, 2 * found.report.predicted);
    found
}

/// Recall of a method for all, repeat and explore items.
#[track_caller]
fn check(rows: &[Row], method: &str, floor: Option<u32>, k: usize, expected: [f64; 3]) {
    let same = |row: &&Row| (row.method, row.supporters_min, row.k) == (method, floor, k);
    let row = rows.iter().find(same).unwrap();
    // All of these numbers are exact in binary.
    let found = [row.all.recall, row.repeat.recall, row.explore.recall].map(f64::to_bits);
    assert_eq!(found, expected.map(f64::to_bits), "{method} {k} {row:?}");
}

#[test]
fn the_last_basket_of_customers_with_three_is_predicted() {
    let Measured { report, times, .. } = measured(Split::LastBasket { back: 0 });
    assert_eq!((report.predicted, report.learned, report.customers), (2, 6, 3));
    let rows = &report.rows;
    // Customer 1 buys milk again and tea for the first time; customer 2 both again.
    check(rows, "own frequency", None, 1, [0.5, 0.75, 0.0]);
    check(rows, "own frequency", None, 2, [0.75, 1.0, 0.0]);
    check(rows, "last basket", None, 2, [0.75, 1.0, 0.0]);
    // Milk is in four baskets, wood in two, tea and bread in one each.
    check(rows, "popular", Some(1), 2, [0.5, 0.75, 0.0]);
    // Tea: one witness, customer 2. At floor 2 it may not be named.
    check(rows, "TIFU-kNN, explore", Some(1), 1, [0.25, 0.0, 1.0]);
    check(rows, "TIFU-kNN, explore", Some(2), 1, [0.0, 0.0, 0.0]);
    check(rows, "TIFU-kNN, repeat", Some(1), 2, [0.75, 1.0, 0.0]);
    assert_eq!((times.build_ns, times.p50_ns), (5, 5));
    assert_eq!(report.differences.len(), 4);
    assert_eq!(report.differences[0].against, "own frequency, then popular");
}

#[test]
fn cuts_learn_only_what_lies_before() {
    let at = Timestamp::from_ms(10 * DAY_MS);
    let Measured { report, .. } = measured(Split::Cut { at });
    assert_eq!((report.learned, report.predicted), (6, 2));
    assert_eq!(report.cut_ms, Some(10 * DAY_MS));
    assert_eq!(cuts(&history()).len(), 2);
    let pool = pooled(&[measured(Split::Cut { at }), measured(Split::Cut { at })], 1);
    // The same customers twice: the same intervals.
    assert_eq!(pool, report.differences);
}

#[test]
fn two_runs_are_equal() {
    let split = Split::LastBasket { back: 0 };
    assert_eq!(measured(split).report, measured(split).report);
}

#[test]
fn tuning_tries_the_grid_and_keeps_limits_and_floor() {
    let start = BasketSettings { supporters_min: 3, bytes_max: 9, ..BasketSettings::default() };
    let mut tries = 0;
    let split = Split::LastBasket { back: 1 };
    let tuned = tune(&history(), split, start, 2, &mut || tries += 1).unwrap();
    assert_eq!(tries, tries_max());
    assert_eq!((tuned.settings.supporters_min, tuned.settings.bytes_max), (3, 9));
    assert!(tuned.tried > 20 && tuned.tried <= tries);
    assert_eq!(tuned.quality.baskets, 2);
}
