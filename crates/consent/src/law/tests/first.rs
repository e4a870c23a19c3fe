//! The packs beside the table that they replaced: for no place and no day are they less
//! protective, but for the differences that stand in [`DIFFERENCES`] with their source.

use std::collections::BTreeSet;

use domain::date::day;
use domain::time::Day;
use personal::gate::Regime;
use personal::purpose::{LawfulBasis, PurposeName};

use crate::law::{LawPack, PACKS, law_for};

/// A row of the first table: places, the first day, and whether silence is a no there. A later
/// yes outranked an acknowledged signal in each of them.
type Row = (&'static [&'static str], YearMonthDay, Regime);

type YearMonthDay = (u32, u32, u32);

/// The first table; the closest row counts, `US-CA` before `US`. Everything else was opt-in
/// without exception, and so was a day before the first.
const FIRST: [Row; 7] = [
    (&["US-CA"], (2023, 1, 1), Regime::OptOut),
    (&["US"], (2023, 7, 1), Regime::OptOut),
    (&["GB", "UK"], (2021, 1, 1), Regime::OptIn),
    (&["GB", "UK"], (2018, 5, 25), Regime::OptIn),
    (&["CH"], (2023, 9, 1), Regime::OptIn),
    (&["BR"], (2020, 9, 18), Regime::OptIn),
    (
        &[
            "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EEA", "ES", "EU", "FI", "FR", "GR",
            "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT",
            "RO", "SE", "SI", "SK",
        ],
        (2018, 5, 25),
        Regime::OptIn,
    ),
];

/// Where a pack is less protective than the first table: the place, the days, and the pack whose
/// sources say why.
const DIFFERENCES: [(&str, YearMonthDay, YearMonthDay, &str); 1] =
    // The law of Virginia began half a year before the row for all states.
    [("US-VA", (2023, 1, 1), (2023, 6, 30), "us-va-2023-01-01")];

/// What the first table said: the regime, and whether a later yes could outrank a signal.
fn first(place: &str, on: Day) -> (Regime, bool) {
    let country = place.split_once('-').map_or(place, |(country, _)| country);
    // California's own row hides the one of the country, on days before it, too.
    let name = if place == "US-CA" { place } else { country };
    let row = FIRST
        .iter()
        .find(|(places, (year, month, date), _)| {
            places.contains(&name) && day(*year, *month, *date) <= on
        })
        .map(|(.., regime)| *regime);
    row.map_or((Regime::OptIn, false), |regime| (regime, true))
}

/// Each code of two letters, the groups, each part of the United States by two letters, and
/// parts of other countries.
fn places() -> BTreeSet<String> {
    let letters = || b'A'..=b'Z';
    let pairs = letters().flat_map(|a| letters().map(move |b| [a, b].map(char::from)));
    let pairs: Vec<String> = pairs.map(|pair| pair.iter().collect()).collect();
    let states = pairs.iter().map(|pair| format!("US-{pair}"));
    let others = ["EEA", "*", "", "DE-BY", "GB-SCT", "UK-SCT", "FR-974", "CH-ZH", "BR-SP"];
    let others = others.into_iter().map(str::to_owned);
    pairs.iter().cloned().chain(states).chain(others).collect()
}

/// The days on which anything begins or ends, with those before and after. Between two of them
/// nothing changes.
fn days() -> BTreeSet<Day> {
    let packs = PACKS.iter().flat_map(|pack| [Some(pack.valid_from), pack.valid_to]).flatten();
    let rows = FIRST.iter().map(|(_, (year, month, date), _)| day(*year, *month, *date));
    let ends = [(1970, 1, 1), (2026, 11, 22), (2100, 1, 1)].map(|(y, m, d)| day(y, m, d));
    let around = |on: Day| [on.number().saturating_sub(1), on.number(), on.number() + 1];
    packs.chain(rows).chain(ends).flat_map(around).map(Day::from_number).collect()
}

fn is_less_protective(pack: &LawPack, (regime, outranks): (Regime, bool)) -> bool {
    let on_consent = |purpose: &PurposeName| purpose.basis() == LawfulBasis::Consent;
    let opens = |purpose| regime == Regime::OptIn && pack.law_of(purpose).regime != regime;
    PurposeName::ALL.into_iter().filter(on_consent).any(opens)
        || (pack.law.choice_outranks_signal && !outranks)
}

#[test]
fn no_place_lost_protection_but_where_it_is_listed() {
    let mut found = BTreeSet::new();
    let mut compared = 0;
    for place in places() {
        for on in days() {
            compared += 1;
            let pack = law_for(Some(&place), on);
            if is_less_protective(pack, first(&place, on)) {
                found.insert((place.clone(), on, pack.id));
            }
        }
    }
    assert!(compared > 50_000, "{compared}");
    for (place, on, id) in &found {
        let listed = DIFFERENCES.iter().any(|(listed, from, to, pack)| {
            let (from, to) = (day(from.0, from.1, from.2), day(to.0, to.1, to.2));
            listed == place && pack == id && (from..=to).contains(on)
        });
        assert!(listed, "{place} on day {} under {id}", on.number());
    }
    for (place, from, to, id) in DIFFERENCES {
        for (year, month, date) in [from, to] {
            let needed = (place.to_owned(), day(year, month, date), id);
            assert!(found.contains(&needed), "{needed:?} is listed and is no difference");
        }
    }
}
