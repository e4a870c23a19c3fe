use proptest::prelude::{any, prop, proptest};

use crate::import::moment::{Zone, compose, parse};

#[track_caller]
fn check(text: &str, zone: &str, expected: Option<i64>) {
    let zone = Zone::parse(zone).unwrap();
    assert_eq!(parse(text, &zone).ok().map(domain::time::Timestamp::ms), expected, "{text}");
}

#[test]
fn times_are_read_as_files_write_them() {
    check("1592337718.0", "UTC", Some(1_592_337_718_000));
    check("1592337718", "UTC", Some(1_592_337_718_000));
    check("1592337718.25", "UTC", Some(1_592_337_718_250));
    check("1592337718250", "UTC", Some(1_592_337_718_250));
    check("2010-12-01 08:26:00", "UTC", Some(1_291_191_960_000));
    check("2010-12-01 08:26", "UTC", Some(1_291_191_960_000));
    check("2017-01-01T11:53:26", "UTC", Some(1_483_271_606_000));
    check("2008-04-01", "UTC", Some(1_207_008_000_000));
    check("20080401", "UTC", Some(1_207_008_000_000));
    check(" 2026-01-02T03:04:05.678+01:00 ", "UTC", Some(1_767_319_445_678));
    check("2026-01-02T02:04:05.678Z", "America/New_York", Some(1_767_319_445_678));
}

#[test]
fn texts_without_an_offset_are_in_the_zone() {
    check("2010-12-01 08:26:00", "Europe/London", Some(1_291_191_960_000));
    check("2010-07-01 08:26:00", "Europe/London", Some(1_277_969_160_000));
    check("2008-04-01", "Europe/Warsaw", Some(1_207_000_800_000));
    // Two hours that do not exist or exist twice still give one instant.
    check("2026-03-29 02:30:00", "Europe/Berlin", Some(1_774_747_800_000));
    check("2026-10-25 02:30:00", "Europe/Berlin", Some(1_792_888_200_000));
}

#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "",
        " ",
        ".",
        "1.2.3",
        "-5",
        "yesterday",
        "1969-12-31",
        "2010-13-01",
        "2010-02-30",
        "12/1/2010 8:26",
        "99999999999999999999",
        &"1".repeat(65),
    ] {
        check(text, "UTC", None);
    }
    assert!(Zone::parse("Europe/Nowhere").is_err());
}

#[track_caller]
fn composed(parts: &[&str], expected: Option<i64>) {
    assert_eq!(compose(parts, &Zone::UTC).ok().map(domain::time::Timestamp::ms), expected);
}

#[test]
fn times_are_composed_of_columns() {
    composed(&["2008", "4", "1"], Some(1_207_008_000_000));
    composed(&["2008", "04", "01", "10"], Some(1_207_044_000_000));
    composed(&["2008", "4", "1", "10", "30", "5"], Some(1_207_045_805_000));
    composed(&["2008-04-01", "10:30:05"], Some(1_207_045_805_000));
    composed(&["2008", "13", "1"], None);
    composed(&["2008", "4", "-1"], None);
    composed(&["2008", "4", "99999"], None);
    composed(&["2008", "x", "1"], None);
    composed(&[], None);
    composed(&["1", "2", "3", "4", "5", "6", "7"], None);
}

proptest! {
    #[test]
    fn no_text_stops_the_reader(text in "[0-9T:.+Z -]{0,40}", other: String) {
        for text in [text, other] {
            assert!(parse(&text, &Zone::UTC).is_err() || !text.trim().is_empty());
        }
    }

    #[test]
    fn no_columns_stop_the_reader(parts in prop::collection::vec(any::<String>(), 0..9)) {
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        assert!(compose(&parts, &Zone::UTC).is_err() || parts.len() >= 2);
    }

    #[test]
    fn what_is_written_is_read(seconds in 100_000_000_i64..100_000_000_000) {
        let ms = seconds * 1000;
        let written = jiff::Timestamp::from_millisecond(ms).unwrap().to_string();
        for text in [written, seconds.to_string(), format!("{seconds}.0")] {
            assert_eq!(parse(&text, &Zone::UTC).map(domain::time::Timestamp::ms), Ok(ms), "{text}");
        }
    }
}
