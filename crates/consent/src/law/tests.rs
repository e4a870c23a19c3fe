use domain::time::{Day, Timestamp};
use personal::gate::Regime;

use crate::law::{NOT_LEGAL_ADVICE, PACKS, day, law_for};

#[track_caller]
fn check(place: Option<&str>, (year, month, of_month): (u32, u32, u32), expected: &str) {
    let pack = law_for(place, day(year, month, of_month));
    assert_eq!(pack.id, expected, "{place:?}");
}

#[test]
fn each_place_has_its_pack() {
    let today = (2026, 3, 1);
    for place in ["DE", "de", " de ", "FR", "NO", "IS", "LI", "EU", "eea", "DE-BY"] {
        check(Some(place), today, "eu-2018-05-25");
    }
    check(Some("GB"), today, "uk-2021-01-01");
    check(Some("gb-sct"), today, "uk-2021-01-01");
    check(Some("CH"), today, "ch-2023-09-01");
    check(Some("BR"), today, "br-2020-09-18");
    check(Some("US-CA"), today, "us-ca-2023-01-01");
    check(Some("US-TX"), today, "us-2023-07-01");
    check(Some("us"), today, "us-2023-07-01");
}

#[test]
fn unknown_places_get_the_strictest_pack() {
    for place in [None, Some(""), Some("XX"), Some("-"), Some("Germany"), Some("\u{1f600}")] {
        check(place, (2026, 3, 1), "strictest-1");
    }
    let law = law_for(None, day(2026, 3, 1)).law;
    assert_eq!((law.regime, law.choice_outranks_signal), (Regime::OptIn, false));
}

#[test]
fn a_pack_counts_from_its_day_on() {
    check(Some("DE"), (2018, 5, 24), "strictest-1");
    check(Some("DE"), (2018, 5, 25), "eu-2018-05-25");
    check(Some("GB"), (2020, 12, 31), "eu-2018-05-25");
    check(Some("GB"), (2021, 1, 1), "uk-2021-01-01");
    check(Some("US-CA"), (2022, 12, 31), "strictest-1");
    check(Some("CH"), (2023, 8, 31), "strictest-1");
}

#[test]
fn days_are_those_of_the_calendar() {
    assert_eq!(day(1970, 1, 1), Day::from_number(0));
    assert_eq!(day(2000, 2, 29), Day::from_number(11_016));
    assert_eq!(day(2000, 3, 1), Day::from_number(11_017));
    assert_eq!(day(2026, 3, 1), Timestamp::from_ms(1_772_323_200_000).day());
}

#[test]
fn packs_differ_and_name_their_source() {
    let mut ids: Vec<_> = PACKS.iter().map(|pack| pack.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), PACKS.len());
    assert!(PACKS.iter().all(|pack| pack.source.len() > 20 && !pack.place.is_empty()));
    assert!(NOT_LEGAL_ADVICE.contains("not legal advice"));
}
