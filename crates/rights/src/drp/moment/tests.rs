use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: Option<&str>) {
    assert_eq!(parse(text).map(write).as_deref(), expected, "{text}");
}

#[test]
fn instants_are_read_or_refused() {
    check("2026-11-22T14:00:00Z", Some("2026-11-22T14:00:00Z"));
    check("2026-11-22T14:00Z", Some("2026-11-22T14:00:00Z"));
    check("2026-11-22T14:00:00.999999999Z", Some("2026-11-22T14:00:00Z"));
    check("2026-11-22T15:00:00+01:00", Some("2026-11-22T14:00:00Z"));
    check("2026-11-22T15:00:00+0100", Some("2026-11-22T14:00:00Z"));
    check("2026-11-22T15:00:00+01", Some("2026-11-22T14:00:00Z"));
    check("2026-11-22T08:30:00-05:30", Some("2026-11-22T14:00:00Z"));
    check("2024-02-29T23:59:59Z", Some("2024-02-29T23:59:59Z"));
    check("2026-12-31T23:30:00-01:00", Some("2027-01-01T00:30:00Z"));
    check("1970-01-01T00:00:00Z", Some("1970-01-01T00:00:00Z"));
    check("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59Z"));
    for text in [
        "",
        "T",
        "2026-11-22",
        "2026-11-22T14:00:00",
        "2026-11-22 14:00:00Z",
        "2026-11-22t14:00:00Z",
        "2026-11-22T14:00:00z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T14:60:00Z",
        "2026-11-22T14:00:60Z",
        "2026-11-22T14Z",
        "2026-11-22T14:00:00.Z",
        "2026-11-22T14:00:00.1234567890Z",
        "2026-11-22T14:00:00,5Z",
        "2026-11-22T4:00:00Z",
        "2026-02-29T14:00:00Z",
        "2026-11-22T14:00:00+24:00",
        "2026-11-22T14:00:00+1:00",
        "2026-11-22T14:00:00+01:60",
        "2026-11-22T14:00:00++1:00",
        "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "2026-11-22T14:00:00Z                                ",
        "2026-11-22T1\u{e4}:00:00Z",
    ] {
        check(text, None);
    }
    assert_eq!(parse("2026-11-22T14:00:00.1239Z").unwrap().ms() % 1_000, 123);
    assert_eq!(parse("2026-11-22T14:00:00.5Z").unwrap().ms() % 1_000, 500);
}

proptest! {
    #[test]
    fn what_is_written_is_read_alike(ms in 0_i64..253_402_300_799_999) {
        let moment = Timestamp::from_ms(ms / 1_000 * 1_000);
        prop_assert_eq!(parse(&write(moment)), Some(moment));
    }

    #[test]
    fn zones_only_move(ms in 90_000_000_i64..253_402_200_000_000, minutes in -1_439_i64..1_440) {
        let moment = Timestamp::from_ms(ms / 1_000 * 1_000);
        let local = write(moment.plus_ms(minutes * 60_000));
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
        let text = format!("{}{sign}{hours:02}:{rest:02}", local.trim_end_matches('Z'));
        prop_assert_eq!(parse(&text), Some(moment));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,45}", near in "[0-9TZ:.+-]{0,40}") {
        for text in [text.as_str(), &near, &format!("2026-11-22T{near}")] {
            if let Some(moment) = parse(text) {
                prop_assert!(parse(&write(moment)).is_some());
            }
        }
    }
}
