use domain::time::Day;
use proptest::prelude::{any, proptest};

use super::{BODY_BYTES_MAX, Support, SupportError};

#[track_caller]
fn check(number: u32, date: &str) {
    let support = Support { gpc: true, last_update: Day::from_number(number) };
    let body = format!(r#"{{"gpc":true,"lastUpdate":"{date}"}}"#);
    assert_eq!(support.body(), body);
    assert_eq!(Support::read(body.as_bytes()), Ok(support), "{date}");
}

#[test]
fn days_are_dates() {
    check(0, "1970-01-01");
    check(58, "1970-02-28");
    check(59, "1970-03-01");
    check(789, "1972-02-29");
    check(11_016, "2000-02-29");
    check(20_779, "2026-11-22");
    check(47_540, "2100-02-28");
    check(47_541, "2100-03-01");
}

#[track_caller]
fn read(body: &str, expected: Result<(bool, u32), SupportError>) {
    let found = Support::read(body.as_bytes());
    assert_eq!(found.map(|one| (one.gpc, one.last_update.number())), expected, "{body}");
}

/// The example of the specification, and what it leaves open.
#[test]
fn other_sites_are_read() {
    read(r#"{"gpc": true, "lastUpdate": "1997-03-10"}"#, Ok((true, 9_930)));
    read(r#"{"gpc": false, "lastUpdate": "1970-01-02", "more": [1]}"#, Ok((false, 1)));
    read(r#"{"gpc": true, "lastUpdate": "1970-01-02T03:04:05Z"}"#, Ok((true, 1)));
    for malformed in [
        "",
        "[]",
        r#"{"gpc": true}"#,
        r#"{"gpc": "true", "lastUpdate": "1997-03-10"}"#,
        r#"{"gpc": 1, "lastUpdate": "1997-03-10"}"#,
        r#"{"gpc": true, "lastUpdate": 1997}"#,
    ] {
        read(malformed, Err(SupportError::Malformed));
    }
    for date in [
        "",
        "1997",
        "1997-3-10",
        "1997-03-1x",
        "1997-02-29",
        "1997-13-01",
        "1997-00-10",
        "1997-03-00",
        "1969-12-31",
        "1997-03-10x",
        "+997-03-10",
        "\u{661}997-03-1",
    ] {
        let body = format!(r#"{{"gpc": true, "lastUpdate": "{date}"}}"#);
        read(&body, Err(SupportError::Date));
    }
    let long = " ".repeat(BODY_BYTES_MAX + 1);
    read(&long, Err(SupportError::TooLong { bytes: BODY_BYTES_MAX + 1 }));
}

proptest! {
    #[test]
    fn every_day_comes_back(gpc in any::<bool>(), number in 0..2_900_000_u32) {
        let support = Support { gpc, last_update: Day::from_number(number) };
        assert_eq!(Support::read(support.body().as_bytes()), Ok(support));
    }

    #[test]
    fn no_body_panics(gpc in any::<bool>(), number in any::<u32>(), body in ".{0,40}") {
        let support = Support { gpc, last_update: Day::from_number(number) };
        assert!(support.body().starts_with('{'));
        assert!(Support::read(body.as_bytes()).is_err());
    }
}
