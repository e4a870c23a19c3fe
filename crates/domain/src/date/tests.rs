use proptest::prelude::*;

use super::{Date, DateError, day};
use crate::time::Day;

#[track_caller]
fn check(number: u32, text: &str) {
    assert_eq!(Date(Day::from_number(number)).to_string(), text);
    assert_eq!(Date::parse(text), Ok(Date(Day::from_number(number))));
}

#[test]
fn days_are_dates() {
    check(0, "1970-01-01");
    check(58, "1970-02-28");
    check(59, "1970-03-01");
    check(789, "1972-02-29");
    check(11_016, "2000-02-29");
    check(11_017, "2000-03-01");
    check(20_512, "2026-02-28");
    check(47_540, "2100-02-28");
    check(47_541, "2100-03-01");
    check(146_097, "2370-01-01");
    check(2_932_896, "9999-12-31");
    assert_eq!(day(2000, 2, 29), Day::from_number(11_016));
}

#[test]
fn later_days_are_written_as_the_last() {
    assert_eq!(Date(Day::from_number(u32::MAX)).to_string(), "9999-12-31");
}

#[test]
fn other_texts_are_refused() {
    for bad in [
        "",
        "2026",
        "2026-02",
        "2026-02-29",
        "2100-02-29",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-04-31",
        "2026-1-01",
        "2026-01-1",
        "1969-12-31",
        "+026-01-01",
        "2026-01-01 ",
        "2026-01-01-",
        "2026-01-01T00:00:00Z",
        "\u{662}\u{660}\u{662}\u{666}-01-01",
    ] {
        assert_eq!(Date::parse(bad), Err(DateError), "{bad:?}");
    }
}

#[test]
fn months_end_where_they_end() {
    let after = |text: &str, months| Date::parse(text).unwrap().plus_months(months).to_string();
    assert_eq!(after("2024-01-31", 1), "2024-02-29");
    assert_eq!(after("2026-01-31", 1), "2026-02-28");
    assert_eq!(after("2026-12-15", 13), "2028-01-15");
    assert_eq!(after("2026-11-30", 1), "2026-12-30");
}

proptest! {
    #[test]
    fn every_day_comes_back_and_dates_are_in_order(number in 0..2_932_896_u32) {
        let text = Date(Day::from_number(number)).to_string();
        prop_assert_eq!(Date::parse(&text), Ok(Date(Day::from_number(number))));
        prop_assert!(Date(Day::from_number(number + 1)).to_string() > text);
    }

    #[test]
    fn no_text_panics(text in ".{0,20}", digits in "[0-9]{1,5}-[0-9]{1,3}-[0-9]{1,3}") {
        prop_assert!(Date::parse(&text).is_err() || text.len() == 10);
        prop_assert!(Date::parse(&digits).is_err() || digits.len() == 10);
    }
}
