use domain::time::{DAY_MS, Timestamp};

use super::Seen;

#[test]
fn messages_are_remembered_for_seven_days() {
    let mut seen = Seen::default();
    let day = |n: i64| Timestamp::from_ms(n * DAY_MS);
    seen.remember(1, day(10));
    assert!(seen.holds(1) && !seen.holds(2));
    seen.remember(2, day(17));
    assert!(seen.holds(1), "seven days later");
    seen.remember(3, day(18));
    assert!(!seen.holds(1), "eight days later");
    assert!(seen.holds(2) && seen.holds(3));
}

#[test]
fn a_clock_that_goes_back_forgets_nothing() {
    let mut seen = Seen::default();
    seen.remember(1, Timestamp::from_ms(20 * DAY_MS));
    seen.remember(2, Timestamp::from_ms(3 * DAY_MS));
    assert!(seen.holds(1) && seen.holds(2));
}
