//! Intervals of differences that are known.

use crate::evaluation::compare::{PerSession, Sums, compare};

fn sessions(hits: impl Fn(u32) -> u32) -> Vec<PerSession> {
    let sums = |number| Sums { steps: 4, hits: hits(number), ranks: f64::from(hits(number)) / 2.0 };
    (0..200).map(|number| PerSession { excluded: sums(number), allowed: Sums::default() }).collect()
}

#[test]
fn a_difference_of_all_sessions_is_sure() {
    let (better, worse) = (sessions(|number| 2 + number % 2), sessions(|number| 1 + number % 2));
    let found = compare(&better, &worse, |one| one.excluded, 1);
    assert!((found.hit_rate.found - 0.25).abs() < 1e-12);
    assert!((found.hit_rate.low - 0.25).abs() < 1e-12, "every session differs by the same");
    assert!((found.reciprocal_rank.high - 0.125).abs() < 1e-12);
}

#[test]
fn a_difference_of_few_sessions_is_not() {
    let (one, other) = (sessions(|number| u32::from(number == 7)), sessions(|_| 0));
    let found = compare(&one, &other, |one| one.excluded, 1);
    assert!(found.hit_rate.found > 0.0);
    assert!(found.hit_rate.low <= 0.0, "{found:?}");
    assert_eq!(found, compare(&one, &other, |one| one.excluded, 1), "the draws are seeded");
}

#[test]
fn nothing_differs_from_nothing() {
    let found = compare(&[], &[], |one| one.allowed, 1);
    assert_eq!((found.hit_rate.found, found.hit_rate.low, found.hit_rate.high), (0.0, 0.0, 0.0));
}
