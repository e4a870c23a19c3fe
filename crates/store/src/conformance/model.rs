//! Random batches on a back end and on a plain map beside it: after each, both hold the same.

use std::collections::BTreeMap;

use domain::id::{Pseudonym, RowId};
use domain::time::Day;
use personal::row::SealedRow;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::conformance::{Made, person, row, row_id};
use crate::port::{Batch, Seq, Write};

const TABLES: [&str; 3] = ["history_event", "closed_session", "consent_evidence"];

type Model = BTreeMap<(&'static str, Pseudonym, RowId), SealedRow>;

pub(crate) fn suite(make: &impl Fn() -> Made) {
    let mut runner = TestRunner::new(Config { cases: 32, ..Config::default() });
    let batches = prop::collection::vec(prop::collection::vec(write(), 0..12), 1..12);
    runner
        .run(&batches, |batches| {
            check(make(), batches);
            Ok(())
        })
        .unwrap();
}

/// Few persons and ids, so that keys meet often.
fn write() -> impl Strategy<Value = Write> {
    (0usize..3, 0u8..4, 0u8..4, 0u32..6, any::<u8>(), 0u8..8).prop_map(
        |(table, of, id, day, content, kind)| {
            let table = TABLES[table];
            let mut row = row(table, of, id, day);
            row.sealed = vec![content; usize::from(content)];
            match kind {
                0..=2 => Write::Put(row),
                3..=5 => Write::Insert(row),
                6 => Write::Delete { table, pseudonym: person(of), id: row_id(id) },
                _ => Write::DeleteAll { table, pseudonym: person(of) },
            }
        },
    )
}

fn check(mut made: Made, batches: Vec<Vec<Write>>) {
    let mut model = Model::new();
    for (at, writes) in batches.into_iter().enumerate() {
        let batch = Batch { writes };
        let committed = made.tables.commit(&batch).unwrap();
        assert_eq!(committed.seq, Seq::from_number(at as u64 + 1));
        let (inserts, deleted) = apply(&mut model, &batch);
        assert_eq!((committed.inserts, committed.deleted), (inserts, deleted));
        compare(&made, &model);
    }
}

fn apply(model: &mut Model, batch: &Batch) -> (Vec<bool>, u64) {
    let mut inserts = Vec::new();
    let mut deleted = 0;
    for write in &batch.writes {
        match write {
            Write::Put(row) => {
                model.insert((row.table, row.pseudonym, row.id), row.clone());
            }
            Write::Insert(row) => {
                let place = (row.table, row.pseudonym, row.id);
                inserts.push(!model.contains_key(&place));
                model.entry(place).or_insert_with(|| row.clone());
            }
            Write::Delete { table, pseudonym, id } => {
                deleted += u64::from(model.remove(&(*table, *pseudonym, *id)).is_some());
            }
            Write::DeleteAll { table, pseudonym } => {
                let count = model.len();
                model.retain(|(in_table, of, _), _| in_table != table || of != pseudonym);
                deleted += (count - model.len()) as u64;
            }
            Write::PutDocument(_) | Write::DeleteDocument { .. } => {}
        }
    }
    (inserts, deleted)
}

fn compare(made: &Made, model: &Model) {
    for table in TABLES {
        let rows: Vec<_> = model.values().filter(|row| row.table == table).cloned().collect();
        assert_eq!(made.tables.page(table, None, usize::MAX).unwrap(), rows);
        assert_eq!(made.tables.count(table).unwrap(), rows.len() as u64);
        for of in 0..4 {
            let own: Vec<_> =
                rows.iter().filter(|row| row.pseudonym == person(of)).cloned().collect();
            assert_eq!(made.tables.count_of(table, person(of)).unwrap(), own.len() as u64);
            assert_eq!(made.tables.rows_of(table, person(of)).unwrap(), own);
        }
        let today = Day::from_number(3);
        let over = rows.iter().filter(|row| row.expires <= today);
        let mut over: Vec<_> = over.map(|row| (row.expires, row.pseudonym, row.id)).collect();
        over.sort();
        let over: Vec<_> = over.into_iter().map(|(_, of, id)| (of, id)).collect();
        assert_eq!(made.tables.expired(table, today, usize::MAX).unwrap(), over);
    }
}
