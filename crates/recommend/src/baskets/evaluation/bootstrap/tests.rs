use super::{Interval, interval};

#[test]
fn equal_differences_leave_no_doubt_and_nothing_gives_nothing() {
    let all: Vec<(usize, f64)> = (0..50).map(|person| (person, 0.25)).collect();
    let sure = interval(&all, 7);
    assert_eq!(sure, Interval { mean: 0.25, low: 0.25, high: 0.25 });
    assert!(sure.is_better());
    assert_eq!(interval(&[], 7), Interval::default());
}

#[test]
fn the_interval_is_that_of_the_normal_law_and_the_seed_decides() {
    // Ones and zeros, half and half: the mean of 400 has a deviation of 0.025.
    let all: Vec<(usize, f64)> =
        (0..400).map(|person| (person, if person % 2 == 0 { 0.0 } else { 1.0 })).collect();
    let found = interval(&all, 1);
    assert!((found.mean - 0.5).abs() < 1e-12);
    assert!((found.low - (0.5 - 1.96 * 0.025)).abs() < 0.006, "{found:?}");
    assert!((found.high - (0.5 + 1.96 * 0.025)).abs() < 0.006, "{found:?}");
    assert_eq!(found, interval(&all, 1));
    assert_ne!(found, interval(&all, 2));
}

#[test]
fn all_differences_of_a_customer_are_drawn_together() {
    // One customer with many equal differences counts once: the interval is as wide as with one.
    let few = [(0, 1.0), (1, 0.0)];
    let many: Vec<(usize, f64)> = (0..100).flat_map(|_| few).collect();
    let (few, many) = (interval(&few, 3), interval(&many, 3));
    assert_eq!(few, many);
    assert!(few.low < 0.01 && few.high > 0.99);
}
