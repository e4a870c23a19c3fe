use domain::hex;
use domain::time::{Day, Timestamp};
use personal::gate::Regime;
use personal::purpose::PurposeName;
use proptest::prelude::*;

use crate::law::place::Place;
use crate::law::rules::{Deadline, Period, Unit};
use crate::law::shelf::{LawError, Status};
use crate::law::{FILES, LawPack, NOT_LEGAL_ADVICE, PACKS, law_for, named, shelf_of, shipped};
use domain::date::{Date, day};

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
    check(Some("uk"), today, "uk-2021-01-01");
    check(Some("US-CA"), today, "us-ca-2026-01-01");
    check(Some("US-TX"), today, "us-tx-2024-07-01");
    check(Some("US-WY"), today, "us-2023-07-01");
    check(Some("us"), today, "us-2023-07-01");
}

#[test]
fn unknown_places_get_the_strictest_pack() {
    for place in
        [None, Some(""), Some("XX"), Some("-"), Some("Germany"), Some("*"), Some("\u{1f600}")]
    {
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
    check(Some("US-CA"), (2025, 12, 31), "us-ca-2023-01-01");
    check(Some("US-CA"), (2026, 1, 1), "us-ca-2026-01-01");
    check(Some("US-VA"), (2023, 1, 1), "us-va-2023-01-01");
    check(Some("US-TX"), (2024, 6, 30), "us-2023-07-01");
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
fn the_files_of_the_program_fit_together() {
    assert_eq!(shipped().err(), None);
    assert_eq!(PACKS.iter().filter(|pack| pack.status == Status::Proposed).count(), 1);
    let sources = |pack: &LawPack| pack.rules.sources().all(|source| source.len() > 10);
    assert!(PACKS.iter().all(|pack| pack.source.len() > 20 && sources(pack)));
    assert!(NOT_LEGAL_ADVICE.contains("not legal advice"));
}

/// Evidence names packs: one that was released never changes, a change is a new pack with its own
/// id and days. This is the list of what was released.
#[test]
fn released_packs_do_not_change() {
    let lines = PACKS.iter().map(|pack| format!("{} {}\n", pack.digest, pack.id));
    assert_eq!(lines.collect::<String>(), include_str!("../../packs/digests.txt"));
}

#[test]
fn where_a_pack_is_silent_the_earlier_deadline_counts() {
    let rules = |id: &str| named(id).map(|pack| (pack.waits_stop(), pack.ends_on_working_day()));
    assert_eq!(rules("eu-2018-05-25"), Some((true, true)));
    for id in ["us-ca-2026-01-01", "us-va-2023-01-01", "uk-2021-01-01", "strictest-1"] {
        assert_eq!(rules(id), Some((false, false)), "{id}");
    }
}

#[test]
fn evidence_finds_its_pack_by_id_and_by_digest() {
    for pack in PACKS.iter() {
        assert_eq!(named(pack.id), Some(pack));
        assert_eq!(named(&pack.digest), Some(pack));
        assert!(hex::decode::<32>(&pack.digest).is_ok());
    }
    let gone = named("us-ca-2023-01-01").map(|pack| pack.counts_on(day(2026, 3, 1)));
    assert_eq!(gone, Some(false));
    assert_eq!(named("eu"), None);
    // The ids that evidence of the first version holds.
    for id in ["eu-2018-05-25", "uk-2021-01-01", "ch-2023-09-01", "br-2020-09-18"] {
        assert!(named(id).is_some(), "{id}");
    }
    for id in ["us-ca-2023-01-01", "us-2023-07-01", "strictest-1"] {
        assert!(named(id).is_some(), "{id}");
    }
}

#[test]
fn periods_end_on_days() {
    let after = |text: &str, date: &str| {
        let ends = Period::parse(text).unwrap().after(Date::parse(date).unwrap().0);
        ends.map(|day| Date(day).to_string())
    };
    let cases = [
        ("45 days", "2026-01-01", "2026-02-15"),
        ("1 month", "2026-01-31", "2026-02-28"),
        ("1 month", "2024-01-31", "2024-02-29"),
        ("2 months", "2026-11-30", "2027-01-30"),
        ("12 months", "2024-02-29", "2025-02-28"),
        ("13 months", "2026-12-15", "2028-01-15"),
    ];
    for (period, from, to) in cases {
        assert_eq!(after(period, from).as_deref(), Some(to), "{period} after {from}");
    }
    // Hours end within a day, and business days need a calendar of holidays.
    assert_eq!(
        (after("72 hours", "2026-01-01"), after("3 business days", "2026-01-01")),
        (None, None)
    );
    let ask = named("us-ca-2026-01-01").unwrap().may_ask_again(day(2026, 3, 1));
    assert_eq!(ask, Some(day(2027, 3, 1)));
    for text in ["", "1", "0 days", "-1 days", "1000 days", "1  day", "1 year", "one day"] {
        assert!(Period::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_proposal_is_never_applied() {
    let pack = named("eu-omnibus-proposed").unwrap();
    assert!(!pack.counts_on(day(2030, 1, 1)));
    check(Some("DE"), (2030, 1, 1), "eu-2018-05-25");
}

#[test]
fn the_strictest_pack_is_the_strictest() {
    let strictest = named("strictest-1").unwrap();
    let hours = |pack: &LawPack, deadline| {
        pack.rules.deadlines.get(&deadline).map(|rule| rule.value.rough_hours())
    };
    for pack in PACKS.iter() {
        for deadline in Deadline::ALL {
            if deadline == Deadline::Extension {
                assert_eq!(hours(strictest, deadline), None);
            } else if let Some(theirs) = hours(pack, deadline) {
                assert!(hours(strictest, deadline).unwrap() <= theirs, "{} {deadline:?}", pack.id);
            }
        }
        let rests = |pack: &LawPack| pack.ask_again().unwrap().value.rough_hours();
        assert!(rests(strictest) >= rests(pack), "{}", pack.id);
        let remind = |pack: &LawPack| pack.remind().unwrap().value.rough_hours();
        assert!(remind(strictest) <= remind(pack), "{}", pack.id);
        for place in shipped().unwrap().atlas().places() {
            assert!(strictest.parent_below(&place) >= pack.parent_below(&place), "{}", pack.id);
        }
    }
}

#[test]
fn rules_by_country_and_fallbacks_are_read() {
    let eu = named("eu-2018-05-25").unwrap();
    let ages = ["DE", "FR", "AT", "BE", "IS"].map(|code| eu.parent_below(&place(code)));
    assert_eq!(ages, [16, 15, 14, 13, 16].map(Some));
    let answer = |id: &str| named(id).unwrap().deadline(Deadline::Answer).unwrap().value;
    assert_eq!(answer("eu-2018-05-25"), Period { count: 1, unit: Unit::Months });
    assert_eq!(answer("us-ca-2026-01-01"), Period { count: 45, unit: Unit::Days });
    // Brazil's pack has no deadline yet: the strictest one counts, without an extension.
    assert_eq!(answer("br-2020-09-18"), Period { count: 1, unit: Unit::Months });
    assert!(named("br-2020-09-18").unwrap().deadline(Deadline::Extension).is_none());
    let honoring = PACKS.iter().filter(|pack| pack.counts_on(day(2026, 3, 1)));
    assert_eq!(honoring.filter(|pack| pack.rules.gpc.is_some()).count(), 12);
}

fn place(code: &str) -> Place {
    Place::parse(code).unwrap()
}

const ODD: &str = r#"
[family]
advice = "not legal advice"
status = "in_force"
verified_on = "2026-11-22"
name = "a place"
source = "a law"
[family.rules]
regime = { value = "OptOut", source = "a law", verified = false }
choice_outranks_signal = { value = true, source = "a law", verified = false }
"#;

fn shelf_with(packs: &str) -> Result<(), LawError> {
    shelf_of(&[FILES[6], &format!("{ODD}{packs}")]).map(|_| ())
}

fn versions(rows: &[(&str, &str, &str)]) -> String {
    let row = |(id, from, to): &(&str, &str, &str)| {
        let to = if to.is_empty() { String::new() } else { format!("valid_to = \"{to}\"\n") };
        format!("[[pack]]\nid = \"{id}\"\nplaces = [\"XX\"]\nvalid_from = \"{from}\"\n{to}")
    };
    rows.iter().map(row).collect()
}

#[test]
fn packs_that_do_not_fit_are_refused() {
    let good = [("a", "2020-01-01", "2020-12-31"), ("b", "2021-01-01", "")];
    assert_eq!(shelf_with(&versions(&good)), Ok(()));
    let hole = [("a", "2020-01-01", "2020-12-30"), ("b", "2021-01-01", "")];
    let overlap = [("a", "2020-01-01", "2021-01-01"), ("b", "2021-01-01", "")];
    let endless = [("a", "2020-01-01", ""), ("b", "2021-01-01", "")];
    for rows in [hole, overlap, endless] {
        assert!(matches!(shelf_with(&versions(&rows)), Err(LawError::Days { .. })), "{rows:?}");
    }
    let ends = versions(&[("a", "2020-01-01", "2020-12-31")]);
    assert_eq!(shelf_with(&ends), Err(LawError::Ends("a".to_owned())));
    let twice = versions(&[("a", "2020-01-01", "2020-12-31"), ("a", "2021-01-01", "")]);
    assert_eq!(shelf_with(&twice), Err(LawError::Twice("a".to_owned())));
    assert_eq!(shelf_of(&[]).err(), Some(LawError::NoStrictest));
}

#[test]
fn a_pack_that_contradicts_itself_is_refused() {
    let pack = versions(&[("a", "2020-01-01", "")]);
    let reminding =
        "rules.remind = { value = \"14 months\", source = \"a law\", verified = false }";
    let basis =
        "rules.by_purpose.Support = { value = \"OptIn\", source = \"x\", verified = false }";
    let unsourced =
        "rules.by_purpose.Marketing = { value = \"OptIn\", source = \"\", verified = true }";
    for rest in [reminding, basis, unsourced, "advice = \"legal advice\"", "name = \"\""] {
        let refused = shelf_with(&format!("{pack}{rest}\n"));
        assert!(matches!(refused, Err(LawError::Unsound { .. })), "{rest}: {refused:?}");
    }
    for rest in ["unknown = 1", "valid_to = \"2020-02-30\"", "status = \"perhaps\""] {
        let refused = shelf_with(&format!("{pack}{rest}\n"));
        assert!(matches!(refused, Err(LawError::Malformed { .. })), "{rest}: {refused:?}");
    }
    let before = versions(&[("a", "2020-01-01", "2019-01-01")]);
    assert!(matches!(shelf_with(&before), Err(LawError::Unsound { .. })));
}

#[test]
fn a_purpose_can_be_stricter_than_its_pack() {
    let marketing = "rules.by_purpose.Marketing = \
                     { value = \"OptIn\", source = \"a law\", verified = false }\n";
    let pack = format!("{}{marketing}", versions(&[("a", "2020-01-01", "")]));
    let shelf = shelf_of(&[FILES[6], &format!("{ODD}{pack}")]).unwrap();
    let pack = shelf.named("a").unwrap();
    assert_eq!(pack.law_of(PurposeName::Marketing).regime, Regime::OptIn);
    assert_eq!(pack.law_of(PurposeName::Measurement).regime, Regime::OptOut);
    // Who asks for no purpose gets the protective answer.
    assert_eq!(pack.law.regime, Regime::OptIn);
}

#[test]
fn the_digest_is_of_what_counts_and_not_of_how_it_is_written() {
    let plain = versions(&[("a", "2020-01-01", "")]);
    let of = |packs: &str| {
        let shelf = shelf_of(&[FILES[6], &format!("{ODD}{packs}")]).unwrap();
        shelf.named("a").unwrap().digest.clone()
    };
    let spaced = plain.replace(" = ", "   =   ").replace("[[pack]]", "# a comment\n[[pack]]");
    assert_eq!(of(&plain), of(&spaced));
    assert_ne!(of(&plain), of(&plain.replace("2020-01-01", "2020-01-02")));
    assert_ne!(of(&plain), of(&format!("{plain}source = \"another law\"\n")));
}

/// Places that packs or groups name, their parts, and anything else.
fn some_place() -> impl Strategy<Value = String> {
    let mut known: Vec<String> = PACKS
        .iter()
        .flat_map(|pack| pack.places.clone())
        .chain(shipped().unwrap().atlas().places())
        .map(|place| place.as_str().to_owned())
        .collect();
    known.sort_unstable();
    prop_oneof![
        prop::sample::select(known.clone()),
        (prop::sample::select(known), "-[A-Z0-9]{1,3}").prop_map(|(place, part)| place + &part),
        "[A-Za-z]{2}(-[A-Za-z]{2})?",
        ".{0,8}",
    ]
}

proptest! {
    #[test]
    fn every_place_and_day_has_exactly_one_pack(text in some_place(), number in 0u32..40_000) {
        let day = Day::from_number(number);
        let pack = law_for(Some(&text), day);
        prop_assert!(pack.counts_on(day));
        prop_assert_ne!(pack.id, "strictest-0");
        // No other pack that counts names a place that is closer or as close.
        let atlas = shipped().unwrap().atlas();
        let names = Place::parse(&text).map(|place| atlas.names(&place, day)).unwrap_or_default();
        let rank = |pack: &LawPack| {
            names.iter().position(|(name, _)| pack.places.contains(name)).unwrap_or(usize::MAX)
        };
        for other in PACKS.iter().filter(|other| other.counts_on(day) && other.id != pack.id) {
            let rivals = (rank(other), rank(pack));
            prop_assert!(rivals.0 > rivals.1 || rivals == (usize::MAX, usize::MAX));
        }
    }

    #[test]
    fn days_follow_each_other_without_a_hole(text in some_place(), number in 0u32..40_000) {
        let (today, tomorrow) = (Day::from_number(number), Day::from_number(number + 1));
        let (before, after) = (law_for(Some(&text), today), law_for(Some(&text), tomorrow));
        // A place never falls back to the strictest once a pack named it.
        prop_assert!(before.id == "strictest-1" || after.id != "strictest-1");
        if before.id != after.id {
            prop_assert_eq!(after.valid_from, tomorrow);
        }
    }

    #[test]
    fn an_unknown_place_is_never_less_protected(text in some_place(), number in 0u32..40_000) {
        let day = Day::from_number(number);
        let (unknown, known) = (law_for(None, day), law_for(Some(&text), day));
        for purpose in PurposeName::ALL {
            let (unknown, known) = (unknown.law_of(purpose), known.law_of(purpose));
            prop_assert!(unknown.regime == Regime::OptIn);
            prop_assert!(known.choice_outranks_signal || !unknown.choice_outranks_signal);
        }
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in ".{0,40}") {
        prop_assert!(Period::parse(&text).is_err() || text.contains(' '));
        prop_assert!(Place::parse(&text).is_err() || text.trim().len() <= 6);
        prop_assert!(shelf_of(&[&text]).is_err());
    }
}

mod first;
