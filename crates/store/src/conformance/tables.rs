//! What the port of rows and documents promises.

use domain::time::Day;

use crate::conformance::{Made, insert_all, person, row, row_id};
use crate::error::StoreError;
use crate::port::{Batch, Document, Seq, Write};
use crate::schema::DECLARED;

const HISTORY: &str = "history_event";
const LEARNING: &str = "learning_event";

pub(crate) fn suite(make: &impl Fn() -> Made) {
    every_declared_table_takes_rows(make());
    numbers_have_no_gap(make());
    a_refused_batch_changes_nothing(make());
    a_repeated_insert_is_ignored(make());
    a_put_replaces(make());
    pages_follow_the_keys(make());
    expiry_days_are_inclusive_and_ordered(make());
    deletes_are_counted(make());
    documents_are_kept_by_kind(make());
}

fn every_declared_table_takes_rows(mut made: Made) {
    for declaration in &DECLARED {
        let row = row(declaration.table, 1, 1, 9);
        insert_all(&mut *made.tables, std::slice::from_ref(&row));
        assert_eq!(made.tables.row(row.table, row.pseudonym, row.id).unwrap(), Some(row.clone()));
        assert_eq!(made.tables.row(row.table, row.pseudonym, row_id(2)).unwrap(), None);
        assert_eq!(made.tables.rows_of(row.table, row.pseudonym).unwrap(), [row]);
        assert_eq!(made.tables.count(declaration.table).unwrap(), 1);
    }
}

fn numbers_have_no_gap(mut made: Made) {
    assert_eq!(made.tables.seq(), Seq::default());
    for number in 1..=5 {
        let committed = made.tables.commit(&Batch::default()).unwrap();
        assert_eq!(committed.seq, Seq::from_number(number));
        assert_eq!(made.tables.seq(), committed.seq);
        let undeclared = Write::DeleteAll { table: "order", pseudonym: person(1) };
        let refused = made.tables.commit(&Batch { writes: vec![undeclared] });
        assert!(matches!(refused, Err(StoreError::Undeclared)));
    }
    assert_eq!(made.tables.seq(), Seq::from_number(5));
}

fn a_refused_batch_changes_nothing(mut made: Made) {
    let writes = vec![
        Write::Put(row(HISTORY, 1, 1, 9)),
        Write::PutDocument(document("catalog", "a", b"1")),
        Write::Put(row("order", 1, 2, 9)),
    ];
    assert!(matches!(made.tables.commit(&Batch { writes }), Err(StoreError::Undeclared)));
    assert_eq!(made.tables.count(HISTORY).unwrap(), 0);
    assert_eq!(made.tables.document("catalog", "a").unwrap(), None);
    assert_eq!(made.tables.seq(), Seq::default());

    assert!(matches!(made.tables.row("order", person(1), row_id(1)), Err(StoreError::Undeclared)));
    assert!(matches!(made.tables.rows_of("order", person(1)), Err(StoreError::Undeclared)));
    assert!(matches!(made.tables.count_of("order", person(1)), Err(StoreError::Undeclared)));
    assert!(matches!(made.tables.page("order", None, 1), Err(StoreError::Undeclared)));
    assert!(matches!(made.tables.count("order"), Err(StoreError::Undeclared)));
    let today = Day::from_number(1);
    assert!(matches!(made.tables.expired("order", today, 1), Err(StoreError::Undeclared)));
}

fn a_repeated_insert_is_ignored(mut made: Made) {
    let first = row(HISTORY, 1, 1, 9);
    let mut repeat = first.clone();
    repeat.sealed = b"other".to_vec();
    let writes = vec![
        Write::Insert(first.clone()),
        Write::Insert(repeat.clone()),
        Write::Insert(row(HISTORY, 1, 2, 9)),
    ];
    let committed = made.tables.commit(&Batch { writes }).unwrap();
    assert_eq!(committed.inserts, [true, false, true]);
    assert_eq!(committed.inserted(), 2);
    let committed = made.tables.commit(&Batch { writes: vec![Write::Insert(repeat)] }).unwrap();
    assert_eq!(committed.inserts, [false]);
    let kept = made.tables.row(HISTORY, first.pseudonym, first.id).unwrap();
    assert_eq!(kept, Some(first));
}

fn a_put_replaces(mut made: Made) {
    let mut row = row(HISTORY, 1, 1, 9);
    insert_all(&mut *made.tables, std::slice::from_ref(&row));
    row.sealed = b"other".to_vec();
    row.expires = Day::from_number(20);
    let committed = made.tables.commit(&Batch { writes: vec![Write::Put(row.clone())] }).unwrap();
    assert_eq!((committed.inserts.len(), committed.deleted), (0, 0));
    assert_eq!(made.tables.rows_of(HISTORY, row.pseudonym).unwrap(), [row.clone()]);
    // The old expiry day is forgotten.
    assert!(made.tables.expired(HISTORY, Day::from_number(19), 9).unwrap().is_empty());
    assert_eq!(made.tables.expired(HISTORY, Day::from_number(20), 9).unwrap().len(), 1);
}

fn pages_follow_the_keys(mut made: Made) {
    let mut rows = Vec::new();
    for of in [3, 1, 2] {
        for id in [9, 0, 0xff] {
            rows.push(row(HISTORY, of, id, 9));
        }
    }
    insert_all(&mut *made.tables, &rows);
    rows.sort_by_key(|row| (row.pseudonym, row.id));
    for limit in 1..=10 {
        let mut read = Vec::new();
        let mut after = None;
        loop {
            let page = made.tables.page(HISTORY, after, limit).unwrap();
            assert!(page.len() <= limit);
            let Some(last) = page.last() else { break };
            after = Some((last.pseudonym, last.id));
            read.extend(page);
        }
        assert_eq!(read, rows);
    }
    assert_eq!(made.tables.rows_of(HISTORY, person(2)).unwrap(), rows[3..6]);
    assert_eq!(made.tables.count_of(HISTORY, person(2)).unwrap(), 3);
    assert!(made.tables.page(HISTORY, None, 0).unwrap().is_empty());
    assert!(made.tables.page(LEARNING, None, 9).unwrap().is_empty());
}

fn expiry_days_are_inclusive_and_ordered(mut made: Made) {
    let rows = [row(HISTORY, 1, 1, 12), row(HISTORY, 2, 1, 11), row(HISTORY, 3, 1, 10)];
    insert_all(&mut *made.tables, &rows);
    let expired = |today, limit| {
        let keys = made.tables.expired(HISTORY, Day::from_number(today), limit).unwrap();
        keys.into_iter().map(|(pseudonym, _)| pseudonym.as_bytes()[0]).collect::<Vec<_>>()
    };
    assert!(expired(9, 9).is_empty());
    assert_eq!(expired(10, 9), [3]);
    assert_eq!(expired(11, 9), [3, 2]);
    assert_eq!(expired(99, 9), [3, 2, 1]);
    assert_eq!(expired(99, 2), [3, 2]);
}

fn deletes_are_counted(mut made: Made) {
    let rows = [row(HISTORY, 1, 1, 9), row(HISTORY, 1, 2, 9), row(HISTORY, 2, 1, 9)];
    insert_all(&mut *made.tables, &rows);
    insert_all(&mut *made.tables, &[row(LEARNING, 1, 1, 9)]);
    let one = Write::Delete { table: HISTORY, pseudonym: person(2), id: row_id(1) };
    let none = Write::Delete { table: HISTORY, pseudonym: person(2), id: row_id(7) };
    let all = Write::DeleteAll { table: HISTORY, pseudonym: person(1) };
    let again = all.clone();
    let writes = vec![one, none, all, again];
    assert_eq!(made.tables.commit(&Batch { writes }).unwrap().deleted, 3);
    assert_eq!(made.tables.count(HISTORY).unwrap(), 0);
    assert_eq!(made.tables.count(LEARNING).unwrap(), 1);
    made.tables.scrub().unwrap();
    made.tables.compact().unwrap();
    assert_eq!(made.tables.count(LEARNING).unwrap(), 1);
}

fn document(kind: &str, key: &str, body: &[u8]) -> Document {
    Document { kind: kind.to_owned(), key: key.to_owned(), body: body.to_vec() }
}

fn documents_are_kept_by_kind(mut made: Made) {
    let all = [
        document("catalog", "", b"0"),
        document("catalog", "a", b"1"),
        document("catalog", "b", b"2"),
        document("catalogs", "a", b"3"),
        document("settings", "a", b"4"),
    ];
    let writes = all.iter().rev().cloned().map(Write::PutDocument).collect();
    made.tables.commit(&Batch { writes }).unwrap();
    assert_eq!(made.tables.documents("catalog", None, 9).unwrap(), all[..3]);
    assert_eq!(made.tables.documents("catalog", None, 2).unwrap(), all[..2]);
    assert_eq!(made.tables.documents("catalog", Some("a"), 9).unwrap(), all[2..3]);
    assert!(made.tables.documents("rules", None, 9).unwrap().is_empty());

    let put = Write::PutDocument(document("catalog", "a", b"5"));
    let delete = Write::DeleteDocument { kind: "catalog".to_owned(), key: "b".to_owned() };
    let committed = made.tables.commit(&Batch { writes: vec![put, delete] }).unwrap();
    assert_eq!(committed.deleted, 0);
    assert_eq!(made.tables.document("catalog", "a").unwrap(), Some(b"5".to_vec()));
    assert_eq!(made.tables.document("catalog", "b").unwrap(), None);
    assert_eq!(made.tables.document("settings", "a").unwrap(), Some(b"4".to_vec()));
}
