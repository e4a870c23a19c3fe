use domain::date::day;
use domain::time::Day;
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals};
use proptest::prelude::*;

use crate::law::course::Yes;
use crate::law::laws::Laws;
use crate::law::place::Place;
use crate::law::shelf::{LawError, read};
use crate::law::{LawPack, law_for, shipped};

/// A pack of a shop; `more` are lines of its head, `rules` lines of its rules.
fn own(id: &str, place: &str, from: &str, regime: &str, rules: &str) -> &'static LawPack {
    let text = format!(
        r#"[[pack]]
id = "{id}"
name = "Example"
places = ["{place}"]
valid_from = "{from}"
status = "in_force"
verified_on = "2026-11-22"
advice = "not legal advice"
source = "Example Act, section 1"
[pack.rules]
regime = {{ value = "{regime}", source = "section 1", verified = false }}
choice_outranks_signal = {{ value = true, source = "section 2", verified = false }}
{rules}
"#
    );
    Box::leak(Box::new(read(&text).unwrap().remove(0)))
}

fn with(own: &[&'static LawPack]) -> Laws {
    Laws::with(own.to_vec(), own.to_vec()).unwrap()
}

fn yes(under: &'static LawPack, given: Day) -> Yes {
    let (acknowledged, signals) = (Signals::NONE, Signals::NONE);
    let at = given.start().plus_ms(1_000);
    Yes { purpose: PurposeName::Personalization, at, under, acknowledged, signals }
}

#[test]
fn a_pack_of_the_shop_counts_from_its_day_on() {
    let one = own("shop-de-1", "DE", "2027-01-01", "OptIn", "");
    let two = own("shop-de-2", "DE", "2028-01-01", "OptIn", "");
    let laws = with(&[two, one]);
    let on = |place, day| laws.pack(Some(place), day).id;
    assert_eq!(on("DE", day(2026, 12, 31)), "eu-2018-05-25");
    assert_eq!(on("de", day(2027, 1, 1)), "shop-de-1");
    assert_eq!(on("DE-BY", day(2028, 1, 1)), "shop-de-2");
    assert_eq!(on("FR", day(2028, 1, 1)), "eu-2018-05-25");
    assert_eq!(laws.pack(None, day(2028, 1, 1)).id, "strictest-1");
    assert_eq!(laws.named(&one.digest), Some(one));
    assert_eq!(laws.named("uk-2021-01-01").map(|pack| pack.id), Some("uk-2021-01-01"));
}

#[test]
fn a_pack_of_the_shop_that_ends_gives_way_to_the_program() {
    let text = "2027-01-01\"\nvalid_to = \"2027-01-31";
    let laws = with(&[own("shop-gb", "UK", text, "OptIn", "")]);
    assert_eq!(laws.pack(Some("GB"), day(2027, 1, 31)).id, "shop-gb");
    assert_eq!(laws.pack(Some("gb-sct"), day(2027, 1, 31)).id, "shop-gb");
    assert_eq!(laws.pack(Some("GB"), day(2027, 2, 1)).id, "uk-2021-01-01");
}

#[test]
fn what_was_removed_stays_readable() {
    let gone = own("shop-gone", "FR", "2027-01-01", "OptOut", "");
    let laws = Laws::with(Vec::new(), vec![gone]).unwrap();
    assert_eq!(laws.pack(Some("FR"), day(2027, 1, 1)).id, "eu-2018-05-25");
    assert_eq!(laws.named("shop-gone"), Some(gone));
    assert!(laws.all().any(|pack| pack.id == "shop-gone"));
    assert!(laws.in_force(day(2027, 1, 1)).iter().all(|(pack, _)| pack.id != "shop-gone"));
}

#[track_caller]
fn refused(own: &[&'static LawPack], known: &[&'static LawPack], expected: &str) {
    let error: LawError = Laws::with(own.to_vec(), known.to_vec()).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn packs_that_do_not_fit_are_refused() {
    let one = own("shop-1", "DE", "2027-01-01", "OptIn", "");
    let other = own("shop-1", "DE", "2027-01-01", "OptOut", "");
    let same_day = own("shop-2", "DE", "2027-01-01", "OptIn", "");
    let everywhere = own("shop-3", "*", "2027-01-01", "OptIn", "");
    let shipped = own("eu-2018-05-25", "EU", "2027-01-01", "OptIn", "");
    let changed = "was another text before: a change needs an id of its own";
    refused(&[one], &[other], &format!("law pack shop-1 {changed}"));
    refused(&[shipped], &[], &format!("law pack eu-2018-05-25 {changed}"));
    refused(&[one, one], &[], "law pack shop-1 is there twice");
    let why = "begins on the day of another pack for the same place";
    refused(&[one, same_day], &[], &format!("law pack shop-2 {why}"));
    let why = "names *: what nobody knows stays under the strictest pack";
    refused(&[everywhere], &[], &format!("law pack shop-3 {why}"));
}

/// When a yes of 2026-06-01 ends that was given under the first pack of US-CA.
#[track_caller]
fn ends(regime: &str, rules: &str, expected: Option<Day>) {
    let next = own("shop-ca", "US-CA", "2027-03-01", regime, rules);
    let laws = with(&[next]);
    let course = laws.course(Some("US-CA"));
    let ending = course.end_of_yes(&yes(course.on(day(2026, 6, 1)), day(2026, 6, 1)));
    assert_eq!(ending.map(|ending| ending.from), expected.map(Day::start), "{regime} {rules}");
    assert!(ending.is_none_or(|ending| ending.pack.id == "shop-ca"));
}

#[test]
fn a_pack_ends_a_yes_that_is_not_enough_for_it() {
    let from = Some(day(2027, 3, 1));
    let rule = |value: bool| {
        format!(r#"earlier_yes = {{ value = {value}, source = "section 3", verified = false }}"#)
    };
    ends("OptOut", "", None);
    ends("OptIn", "", from);
    ends("OptIn", &rule(true), None);
    ends("OptOut", &rule(false), from);
}

#[test]
fn a_yes_over_a_signal_ends_where_signals_always_win() {
    let rules = "";
    let strict = own("shop-strict", "US-CA", "2027-03-01", "OptOut", rules);
    let strict = LawPack {
        law: personal::gate::Law { choice_outranks_signal: false, ..strict.law },
        ..strict.clone()
    };
    let laws = with(&[Box::leak(Box::new(strict))]);
    let course = laws.course(Some("US-CA"));
    let gpc = Signals::NONE.with(Signal::Gpc);
    let plain = yes(course.on(day(2026, 6, 1)), day(2026, 6, 1));
    assert_eq!(course.end_of_yes(&plain), None);
    let over = Yes { acknowledged: gpc, signals: gpc, ..plain };
    assert_eq!(course.end_of_yes(&over).map(|one| one.from), Some(day(2027, 3, 1).start()));
    // The gate refuses it already.
    let under = Yes { signals: gpc, ..plain };
    assert_eq!(course.end_of_yes(&under), None);
}

#[test]
fn a_pack_that_comes_late_ends_what_was_said_since_its_day() {
    let laws = with(&[own("shop-late", "US-CA", "2026-03-01", "OptIn", "")]);
    let course = laws.course(Some("US-CA"));
    let one = yes(law_for(Some("US-CA"), day(2026, 6, 1)), day(2026, 6, 1));
    assert_eq!(course.end_of_yes(&one).map(|ending| ending.from), Some(one.at));
    // A removed pack of the shop: what was said under it has to be enough for the program's.
    let gone = own("shop-gone", "DE", "2026-03-01", "OptOut", "");
    let laws = Laws::with(Vec::new(), vec![gone]).unwrap();
    let one = yes(gone, day(2026, 6, 1));
    assert_eq!(laws.course(Some("DE")).end_of_yes(&one).map(|end| end.from), Some(one.at));
    // A choice that was imported is older than the pack that it was written down under.
    let laws = Laws::of_the_program();
    let old = yes(law_for(Some("US-CA"), day(2026, 6, 1)), day(2022, 6, 1));
    assert_eq!(laws.course(Some("US-CA")).end_of_yes(&old), None);
}

#[test]
fn no_pack_of_the_program_ends_a_yes() {
    let laws = Laws::of_the_program();
    for place in shipped().unwrap().atlas().places() {
        let course = laws.course(Some(place.as_str()));
        for number in 17_000..25_000 {
            let given = Day::from_number(number);
            assert_eq!(course.end_of_yes(&yes(course.on(given), given)), None, "{place}");
        }
    }
}

#[test]
fn every_pack_in_force_has_a_place_of_its_own() {
    let today = day(2026, 11, 22);
    let laws = with(&[own("shop-eu", "EU", "2026-11-01", "OptIn", "")]);
    let found = laws.in_force(today);
    assert!(found.len() > 20);
    for (pack, place) in &found {
        let place = place.as_ref().map_or("XX", Place::as_str);
        assert_eq!(laws.pack(Some(place), today).id, pack.id, "{place}");
    }
    // The program's pack counts for the rest of the European Economic Area only.
    let eu = |(pack, _): &&(&LawPack, _)| ["shop-eu", "eu-2018-05-25"].contains(&pack.id);
    assert_eq!(found.iter().filter(eu).count(), 2);
    let on = |place| laws.pack(Some(place), today).id;
    assert_eq!((on("DE"), on("NO")), ("shop-eu", "eu-2018-05-25"));
}

#[test]
fn what_was_found_is_kept_as_wide_as_a_law_is() {
    let laws = Laws::of_the_program();
    let least = |place: &str| {
        let place = Place::parse(place).unwrap();
        let (course, least) = laws.least(&place);
        assert_eq!(course.on(day(2026, 3, 1)), laws.pack(Some(least.as_str()), day(2026, 3, 1)));
        least.as_str().to_owned()
    };
    let cases = [("DE-BY", "DE"), ("US-CA", "US-CA"), ("US-WY", "US"), ("UK-SCT", "GB")];
    for (found, expected) in cases.into_iter().chain([("JP-13", "JP"), ("JP", "JP")]) {
        assert_eq!(least(found), expected, "{found}");
    }
}

proptest! {
    /// The course of a place says what a search from scratch says.
    #[test]
    fn a_course_is_the_search(
        place in "[A-Za-z]{2}(-[A-Z]{2})?|US-CA|us-tx|GB|UK-SCT|EU|EEA|DE-BY|NO|CH|BR|FR",
        number in 16_000u32..24_000,
    ) {
        let laws = Laws::of_the_program();
        let day = Day::from_number(number);
        prop_assert_eq!(laws.pack(Some(&place), day).id, law_for(Some(&place), day).id);
        let parsed = Place::parse(&place).unwrap();
        prop_assert_eq!(laws.find(Some(&parsed), day).0.id, law_for(Some(&place), day).id);
    }
}
