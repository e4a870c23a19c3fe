use domain::time::Day;
use proptest::prelude::*;

use super::{DateError, parse, write};

#[track_caller]
fn check(number: u32, text: &str) {
    assert_eq!(write(Day::from_number(number)), text);
    assert_eq!(parse(text), Ok(Day::from_number(number)));
}

#[test]
fn days_are_dates() {
    check(0, "1970-01-01");
    check(59, "1970-03-01");
    check(789, "1972-02-29");
    check(11_016, "2000-02-29");
    check(11_017, "2000-03-01");
    check(20_512, "2026-02-28");
    check(47_540, "2100-02-28");
    check(47_541, "2100-03-01");
    check(146_097, "2370-01-01");
    check(2_932_896, "9999-12-31");
}

#[test]
fn later_days_are_written_as_the_last() {
    assert_eq!(write(Day::from_number(u32::MAX)), "9999-12-31");
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
        "2026-1-01",
        "2026-01-1",
        "1969-12-31",
        "+026-01-01",
        "2026-01-01 ",
        "2026-01-01-",
        "2026-01-01T00:00:00Z",
        "٢٠٢٦-01-01",
    ] {
        assert_eq!(parse(bad), Err(DateError), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn every_day_comes_back(number in 0..2_932_896_u32) {
        let text = write(Day::from_number(number));
        prop_assert_eq!(parse(&text), Ok(Day::from_number(number)));
        prop_assert!(write(Day::from_number(number + 1)) > text);
    }
}
