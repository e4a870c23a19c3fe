use domain::time::{DAY_MS, Timestamp};

use crate::event::{ClientTimes, Event, EventKind, Ignored, Names, SignalsText, Stated};
use crate::segment::{Endpoint, parse};

const RECEIVED: i64 = 1_700_000_000_000;

#[track_caller]
fn check(happened: Option<i64>, sent: Option<i64>, trusted: bool, expected: i64) {
    let at = |ms: i64| Timestamp::from_ms(RECEIVED + ms);
    let times = ClientTimes { happened: happened.map(at), sent: sent.map(at) };
    assert_eq!(times.settle(at(0), trusted).ms() - RECEIVED, expected);
}

#[test]
fn event_time_is_told_by_our_clock() {
    check(None, None, false, 0);
    check(None, Some(5), true, 0);
    check(Some(-1_000), None, false, -1_000);
    // A clock that is an hour ahead, and one that is an hour behind.
    check(Some(3_600_000 - 700), Some(3_600_000), false, -700);
    check(Some(-3_600_000 - 700), Some(-3_600_000), false, -700);
}

#[test]
fn event_time_is_never_in_the_future_and_old_only_with_the_secret_key() {
    check(Some(1_000), None, false, 0);
    check(Some(1_000), Some(0), true, 0);
    check(Some(-DAY_MS - 1), Some(0), false, -DAY_MS);
    check(Some(-DAY_MS), Some(0), false, -DAY_MS);
    check(Some(-40 * DAY_MS), Some(0), true, -40 * DAY_MS);
}

#[test]
fn nothing_of_an_event_is_printed() {
    let stated = Stated { sizes: vec!["MARKER".to_owned()], ..Stated::default() };
    let event = Event {
        kind: EventKind::Preferences(stated.clone()),
        names: Names::default(),
        message_id: "MARKER".to_owned(),
        times: ClientTimes::default(),
        consent: vec![("MARKER".to_owned(), true)],
        signals: Some(SignalsText::new("MARKER")),
    };
    let printed = format!("{event:?} {:?} {stated:?} {:?}", event.kind(), event.names());
    assert!(!printed.contains("MARKER"), "{printed}");
}

#[test]
fn reasons_have_one_word_each() {
    let mut words: Vec<_> = Ignored::ALL.into_iter().map(Ignored::code).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Ignored::ALL.len());
}

#[test]
fn personal_texts_are_withheld() {
    let withhold = |body: &str| {
        let parsed = parse(Endpoint::Line, body.as_bytes(), "m").unwrap();
        let event = parsed.events.into_iter().next().unwrap().unwrap();
        event.withhold(|text| text.contains('@')).kind
    };
    let item = r#"{"type":"track","event":"Product Viewed","properties":{"product_id":"a@b.fi"}}"#;
    assert!(withhold(item) == EventKind::Ignored(Ignored::PersonalData));
    let item = item.replace("a@b.fi", "85123A");
    assert!(matches!(withhold(&item), EventKind::Items(items) if items.len() == 1));
    let stated = r#"{"type":"identify","traits":{"sizes":["M","a@b.fi"]}}"#;
    let EventKind::Preferences(stated) = withhold(stated) else { panic!("sizes are kept") };
    assert_eq!((stated.sizes.as_slice(), stated.dropped), (["M".to_owned()].as_slice(), 1));
}
