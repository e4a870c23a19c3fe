//! Retention, orphans and the inventory on both back ends.

use std::collections::BTreeSet;

use domain::time::Day;
use personal::keeping::Keep;
use personal::purpose::PurposeName;

use crate::conformance::{Made, insert_all, memory, person, row, sqlite};
use crate::erase::TableCount;
use crate::inventory::inventory;
use crate::keys::KeyRow;
use crate::sweep::{Orphans, OwnPeriod, orphans, overdue, retention, shortened};

fn retention_goes_in_bounded_steps(mut made: Made) {
    let mut rows = Vec::new();
    for id in 0..7 {
        rows.push(row("history_event", id % 2, id, 10));
        rows.push(row("staff_read", 5, id, 10));
        rows.push(row("closed_session", 6, id, 11));
    }
    insert_all(&mut *made.tables, &rows);
    let mut touched = BTreeSet::new();
    let mut deleted = 0;
    for step in 0.. {
        let swept = retention(&mut *made.tables, Day::from_number(10), 4).unwrap();
        let count: u64 = swept.tables.iter().map(|table| table.rows).sum();
        assert!(count <= 4);
        deleted += count;
        touched.extend(swept.touched);
        assert_eq!(swept.more, step < 3, "step {step}");
        if !swept.more {
            break;
        }
    }
    assert_eq!(deleted, 14);
    let expected =
        [("history_event", person(0)), ("history_event", person(1)), ("staff_read", person(5))];
    assert_eq!(touched, BTreeSet::from(expected));
    let left: Vec<_> = inventory(&*made.tables)
        .unwrap()
        .iter()
        .filter(|line| line.rows > 0)
        .map(|line| TableCount { table: line.declaration.table, rows: line.rows })
        .collect();
    assert_eq!(left, [TableCount { table: "closed_session", rows: 7 }]);
    // A sweep with nothing to do makes no commit.
    let seq = made.tables.seq();
    let swept = retention(&mut *made.tables, Day::from_number(10), 4).unwrap();
    assert_eq!((swept.more, swept.tables.len(), made.tables.seq()), (false, 0, seq));
}

fn a_period_of_ones_own_reaches_the_rows_of_one_person_and_purpose(mut made: Made) {
    // Written on day 1000: the history would stay for 90 days and the preferences for 395.
    let mut rows = Vec::new();
    for of in 0..2 {
        for (id, written) in [(0, 1_000), (1, 1_020), (2, 1_040)] {
            rows.push(row("history_event", of, id, written + 90));
        }
        rows.push(row("preferences", of, 3, 1_000 + 395));
        rows.push(row("closed_session", of, 4, 1_000 + 90));
    }
    insert_all(&mut *made.tables, &rows);
    let period = |days| OwnPeriod {
        pseudonym: person(0),
        purpose: PurposeName::Personalization,
        keep: Keep::Days(days),
    };
    let today = Day::from_number(1_050);
    for (days, count) in [(180, 0), (90, 0), (51, 0), (50, 2), (30, 3), (10, 4)] {
        let found = overdue(&*made.tables, &period(days), today).unwrap();
        assert_eq!(found.len(), count, "{days}");
    }
    let seq = made.tables.seq();
    let swept = shortened(&mut *made.tables, &[period(30)], today).unwrap();
    assert_eq!(
        swept.tables,
        [
            TableCount { table: "history_event", rows: 2 },
            TableCount { table: "preferences", rows: 1 }
        ]
    );
    assert_eq!(swept.touched.len(), 2);
    assert_eq!(made.tables.seq(), seq.next(), "one commit");
    assert_eq!(made.tables.count("history_event").unwrap(), 4);
    assert_eq!(made.tables.count("closed_session").unwrap(), 2);
    let again = shortened(&mut *made.tables, &[period(30)], today).unwrap();
    assert!(again.tables.is_empty() && made.tables.seq() == seq.next());
}

fn keys_without_rows_are_orphans(mut made: Made) {
    let key =
        |of, purpose| KeyRow { pseudonym: person(of), purpose, blind: [of; 16], wrapped: vec![1] };
    let serve = PurposeName::Personalization;
    let keys = [
        key(1, serve),
        key(2, serve),
        key(3, PurposeName::LegalProof),
        key(4, PurposeName::SharedLearning),
        key(5, PurposeName::Marketing),
    ];
    made.keys.put(&keys).unwrap();
    insert_all(&mut *made.tables, &[row("preferences", 1, 1, 9), row("staff_read", 2, 1, 9)]);
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let step = orphans(&*made.tables, &*made.keys, after, 2).unwrap();
        found.extend(step.pseudonyms);
        after = step.next;
        if after.is_none() {
            break;
        }
    }
    // Nothing says what a key of a purpose without tables seals, so it stays.
    assert_eq!(found, [person(2), person(3), person(4)]);
    made.keys.destroy(&found).unwrap();
    assert_eq!(orphans(&*made.tables, &*made.keys, None, 9).unwrap(), Orphans::default());
}

#[test]
fn sweeps_in_memory() {
    retention_goes_in_bounded_steps(memory());
    keys_without_rows_are_orphans(memory());
    a_period_of_ones_own_reaches_the_rows_of_one_person_and_purpose(memory());
}

#[test]
fn sweeps_in_sqlite() {
    retention_goes_in_bounded_steps(sqlite());
    keys_without_rows_are_orphans(sqlite());
    a_period_of_ones_own_reaches_the_rows_of_one_person_and_purpose(sqlite());
}
