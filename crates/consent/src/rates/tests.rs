use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::gate::ChoiceState;
use personal::purpose::PurposeName;
use proptest::prelude::*;

use super::{Cell, FLOOR, Line, Rates, Row};

const NOW: Timestamp = Timestamp::from_ms(1_795_000_000_000);

/// `people` of a place who were shown a notice, of whom `given` say yes.
fn group(rates: &mut Rates, (place, notice): (&str, &str), (people, given): (u32, u32)) {
    for number in 0..people {
        let id = u128::try_from(rates.newest.len()).unwrap().to_be_bytes();
        let state = if number < given { ChoiceState::Given } else { ChoiceState::Refused };
        let row = Row { state, place, notice: notice.as_bytes(), language: notice, ..row() };
        rates.add(Pseudonym::from_bytes(id), &row);
    }
}

fn row<'a>() -> Row<'a> {
    Row {
        purpose: PurposeName::Personalization,
        version: 0,
        at: NOW,
        state: ChoiceState::Given,
        expires: NOW.plus_ms(1),
        place: "DE",
        law: "eu-2018-05-25",
        notice: &[0xab; 32],
        language: "de",
    }
}

fn cell(people: u32, given_min: u32, given_max: u32) -> Cell {
    Cell { people, given_min, given_max }
}

/// A place and a notice; people, and how many of them say yes.
type Group<'a> = ((&'a str, &'a str), (u32, u32));

/// One purpose in lines: name of the part, then its numbers.
#[track_caller]
fn check(groups: &[Group<'_>], expected: &[(&str, Cell)]) {
    let mut rates = Rates::default();
    for (of, count) in groups {
        group(&mut rates, *of, *count);
    }
    let mut told = Vec::new();
    for line in rates.table(NOW) {
        told.extend(line.cell.map(|cell| ("all".to_owned(), cell)));
        for place in line.places {
            let name = place.name.clone().unwrap_or_else(|| "others".to_owned());
            told.push((name.clone(), place.cell));
            for variant in place.parts {
                let notice = variant.name.map_or("others".to_owned(), |variant| variant.language);
                told.push((format!("{name}/{notice}"), variant.cell));
            }
        }
    }
    let expected: Vec<_> = expected.iter().map(|(name, c)| ((*name).to_owned(), *c)).collect();
    assert_eq!(told, expected);
}

#[test]
fn parts_add_up_and_small_ones_stand_together() {
    let de = ("DE", "a");
    let exact = cell(20, 12, 12);
    check(&[(de, (20, 12))], &[("all", exact), ("DE", exact), ("DE/a", exact)]);
    check(&[(de, (4, 2))], &[]);
    check(
        &[(de, (20, 12)), (("DE", "b"), (3, 1)), (("DE", "c"), (2, 1))],
        &[
            ("all", cell(25, 12, 16)),
            ("DE", cell(25, 12, 16)),
            ("DE/a", exact),
            ("DE/others", cell(5, 0, 4)),
        ],
    );
    // One small place is not shown beside its neighbor, whose numbers would give it away.
    check(
        &[(de, (20, 12)), (("FR", "a"), (30, 10)), (("CH", "a"), (3, 3))],
        &[
            ("all", cell(53, 25, 25)),
            ("FR", cell(30, 10, 10)),
            ("FR/a", cell(30, 10, 10)),
            ("others", cell(23, 15, 15)),
        ],
    );
    check(
        &[(de, (40, 38))],
        &[("all", cell(40, 36, 40)), ("DE", cell(40, 36, 40)), ("DE/a", cell(40, 36, 40))],
    );
}

#[test]
fn the_newest_choice_counts_and_a_yes_that_ran_out_is_none() {
    let row = |version, state, expires_ms: i64| Row {
        version,
        state,
        expires: NOW.plus_ms(expires_ms),
        ..row()
    };
    let given = |rows: &[Row<'_>]| {
        let mut rates = Rates::default();
        for number in 0..12 {
            for row in rows {
                rates.add(Pseudonym::from_bytes([number; 16]), row);
            }
        }
        let lines = rates.table(NOW);
        assert_eq!(lines[0].places[0].name.as_deref(), Some("DE"), "the newest that was said");
        let notice = lines[0].places[0].parts[0].name.clone().unwrap();
        assert_eq!((notice.digest.as_str(), notice.language.as_str()), ("abababababab", "de"));
        lines[0].cell.unwrap()
    };
    let (yes, no) = (row(0, ChoiceState::Given, 1), row(1, ChoiceState::Withdrawn, 1));
    assert_eq!(given(&[yes]), cell(12, 8, 12));
    assert_eq!(given(&[yes, no]), cell(12, 0, 4));
    assert_eq!(given(&[no, yes]), cell(12, 0, 4), "in any order");
    assert_eq!(given(&[row(0, ChoiceState::Given, 0)]), cell(12, 0, 4), "it ran out");
    let without = Row { notice: &[], language: "", place: "", ..no };
    assert_eq!(given(&[yes, without]), cell(12, 0, 4), "the notice is that of the yes");
    assert_eq!(given(&[without, yes]), cell(12, 0, 4));
    let mut rates = Rates::default();
    for number in 0..5 {
        let nowhere = Row { place: "", ..yes };
        rates.add(Pseudonym::from_bytes([number; 16]), &nowhere);
    }
    assert_eq!(rates.table(NOW)[0].places[0].name.as_deref(), Some("eu-2018-05-25"));
    let at_once = [row(0, ChoiceState::Refused, 1), yes];
    assert_eq!(given(&at_once), cell(12, 0, 4), "of two at once the more protective one");
}

proptest! {
    /// Nothing is said about fewer people than the floor, by no part and by no difference.
    #[test]
    fn no_number_is_about_too_few(
        groups in prop::collection::vec(((0_u8..4, 0_u8..3), (0_u32..12, 0_u32..12)), 0..12),
    ) {
        let mut rates = Rates::default();
        for ((place, notice), (people, given)) in &groups {
            let names = (format!("P{place}"), format!("n{notice}"));
            group(&mut rates, (&names.0, &names.1), (*people, *given.min(people)));
        }
        let total: u32 = groups.iter().map(|(_, (people, _))| *people).sum();
        for Line { cell, places, .. } in rates.table(NOW) {
            let people: u32 = places.iter().map(|place| place.cell.people).sum();
            prop_assert_eq!(cell.map_or(0, |cell| cell.people), people);
            prop_assert_eq!(people, if total >= FLOOR { total } else { 0 });
            let leaves = places.iter().flat_map(|place| match place.parts.is_empty() {
                true => vec![place.cell],
                false => place.parts.iter().map(|variant| variant.cell).collect(),
            });
            for leaf in leaves {
                prop_assert!(leaf.people >= FLOOR);
                let exact = leaf.given_min == leaf.given_max;
                let rest = leaf.people - leaf.given_max;
                prop_assert!(exact == (leaf.given_min >= FLOOR && rest >= FLOOR), "{leaf:?}");
            }
        }
    }
}
