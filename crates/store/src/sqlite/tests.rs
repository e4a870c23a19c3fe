//! What only files can promise: one writer, one shop, tight permissions, no byte left.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use domain::id::{Pseudonym, RowId, ShopId};
use domain::time::Day;
use personal::purpose::PurposeName;
use personal::row::SealedRow;
use rusqlite::Connection;

use crate::conformance::{insert_all, person, row, shop};
use crate::erase::{ErasePlan, erase};
use crate::error::StoreError;
use crate::keys::{KeyRow, Keys};
use crate::port::{Batch, Seq, Tables, Write};
use crate::sqlite::keys::SqliteKeys;
use crate::sqlite::tables::SqliteTables;
use crate::sqlite::{LAYOUT, exists};

fn open(dir: &Path) -> Result<SqliteTables, StoreError> {
    SqliteTables::open(dir, &shop())
}

#[test]
fn what_was_committed_is_there_after_closing() {
    let dir = tempfile::tempdir().unwrap();
    assert!(!exists(dir.path()));
    let mut tables = open(dir.path()).unwrap();
    insert_all(&mut tables, &[row("history_event", 1, 1, 9)]);
    drop(tables);
    assert!(exists(dir.path()));
    let tables = open(dir.path()).unwrap();
    assert_eq!(tables.seq(), Seq::from_number(1));
    assert_eq!(tables.rows_of("history_event", person(1)).unwrap().len(), 1);
    tables.check().unwrap();
}

#[test]
fn a_second_opener_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let tables = open(dir.path()).unwrap();
    let refused = open(dir.path()).unwrap_err();
    assert_eq!(refused.to_string(), "another process has this store open");
    let keys = SqliteKeys::open(dir.path(), &shop()).unwrap();
    let refused = SqliteKeys::open(dir.path(), &shop());
    assert!(matches!(refused, Err(StoreError::Locked)));
    drop((tables, keys));
    open(dir.path()).unwrap();
}

#[test]
fn only_the_owner_may_read() {
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().join("shops").join("clothes");
    let mut tables = open(&inner).unwrap();
    let mut keys = SqliteKeys::open(&inner, &shop()).unwrap();
    insert_all(&mut tables, &[row("history_event", 1, 1, 9)]);
    keys.put_secret("token", b"1").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inner), 0o700);
    let names: Vec<_> = fs::read_dir(&inner).unwrap().map(|one| one.unwrap().path()).collect();
    assert_eq!(names.len(), 5, "two files, two logs, the tombstones");
    for name in names {
        assert_eq!(mode(&name), 0o600, "{}", name.display());
    }
}

#[test]
fn files_of_others_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).unwrap());
    drop(SqliteKeys::open(dir.path(), &shop()).unwrap());
    let shoes = ShopId::parse("shoes").unwrap();
    let refused = SqliteTables::open(dir.path(), &shoes);
    assert!(matches!(refused, Err(StoreError::OtherShop)));
    let refused = SqliteKeys::open(dir.path(), &shoes);
    assert!(matches!(refused, Err(StoreError::OtherShop)));

    // The two files do not stand in for each other, and any other database for neither.
    fs::rename(dir.path().join("keys.db"), dir.path().join("data.db")).unwrap();
    assert!(matches!(open(dir.path()), Err(StoreError::Damaged { file: "data.db" })));
    fs::remove_file(dir.path().join("data.db")).unwrap();
    let foreign = Connection::open(dir.path().join("data.db")).unwrap();
    foreign.execute_batch("CREATE TABLE shop (id TEXT)").unwrap();
    drop(foreign);
    assert!(matches!(open(dir.path()), Err(StoreError::Damaged { file: "data.db" })));
    fs::write(dir.path().join("data.db"), "not a database, but long enough".repeat(99)).unwrap();
    assert!(matches!(open(dir.path()), Err(StoreError::Damaged { file: "data.db" })));
}

#[test]
fn newer_layouts_and_undeclared_tables_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).unwrap());
    let change = |sql: &str| {
        Connection::open(dir.path().join("data.db")).unwrap().execute_batch(sql).unwrap();
    };
    change("CREATE TABLE rows_diary (pseudonym BLOB)");
    let refused = open(dir.path()).unwrap_err();
    assert!(matches!(refused, StoreError::UndeclaredOnDisk { table } if table == "diary"));
    change("DROP TABLE rows_diary");
    open(dir.path()).unwrap();
    change(&format!("PRAGMA user_version = {}", LAYOUT + 1));
    let refused = open(dir.path()).unwrap_err();
    assert_eq!(refused.to_string(), "store has layout 2, this program knows layouts up to 1");
}

/// Whether `marker` stands in any file of the folder.
fn found(dir: &Path, marker: &[u8]) -> bool {
    fs::read_dir(dir).unwrap().any(|one| {
        let bytes = fs::read(one.unwrap().path()).unwrap();
        bytes.windows(marker.len()).any(|window| window == marker)
    })
}

const MARKER: [u8; 16] = *b"marker-of-ada-01";

/// Deterministic bytes that look random.
fn noise(state: &mut u64) -> [u8; 16] {
    let mut half = || {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (*state ^ (*state >> 29)).to_le_bytes()
    };
    let (one, two) = (half(), half());
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&one);
    bytes[8..].copy_from_slice(&two);
    bytes
}

/// Whose rows carry the marker in their sealed bytes.
#[derive(Clone, Copy, PartialEq)]
enum Marked {
    /// One person's, whose pseudonym is the marker as well.
    Ada,
    /// One row in ten, of anybody.
    Anybody,
    Nobody,
}

/// Rows of many people in random order and of many sizes, so that pages split and cells move.
fn fill(tables: &mut SqliteTables, state: &mut u64, rounds: usize, who: Marked) -> Vec<Write> {
    let mut deletes = Vec::new();
    for round in 0..rounds {
        let mut writes = Vec::new();
        for at in 0..100_u32 {
            let marked = who != Marked::Nobody && at.is_multiple_of(10);
            let bytes = noise(state);
            let length = usize::from(bytes[0]) * if bytes[1] < 8 { 20 } else { 1 };
            let random = noise(state);
            let pseudonym = if marked && who == Marked::Ada { MARKER } else { random };
            let pseudonym = Pseudonym::from_bytes(pseudonym);
            let sealed = if marked { MARKER.repeat(2 + length / 16) } else { vec![7; length] };
            let table = if at % 20 < 10 { "history_event" } else { "learning_event" };
            if marked {
                deletes.push(Write::DeleteAll { table, pseudonym });
            }
            writes.push(Write::Insert(SealedRow {
                table,
                pseudonym,
                id: RowId::from_bytes(noise(state)),
                expires: Day::from_number(u32::try_from(round).unwrap() + u32::from(bytes[2] % 3)),
                sealed,
            }));
        }
        tables.commit(&Batch { writes }).unwrap();
    }
    deletes
}

#[test]
fn rows_that_are_deleted_one_by_one_leave_no_byte() {
    let dir = tempfile::tempdir().unwrap();
    let mut tables = open(dir.path()).unwrap();
    let mut state = 2;
    let mut deletes = Vec::new();
    for _ in 0..4 {
        deletes.extend(fill(&mut tables, &mut state, 25, Marked::Anybody));
        tables.scrub().unwrap();
    }
    assert!(found(dir.path(), &MARKER));
    for (at, some) in deletes.chunks(50).enumerate() {
        tables.commit(&Batch { writes: some.to_vec() }).unwrap();
        if at.is_multiple_of(4) {
            fill(&mut tables, &mut state, 2, Marked::Nobody);
        }
    }
    // Truncating the log alone is not enough: see the head of `sqlite`.
    tables.compact().unwrap();
    assert!(!found(dir.path(), &MARKER[..8]));
    tables.check().unwrap();
}

#[test]
fn destroyed_keys_leave_no_byte() {
    let dir = tempfile::tempdir().unwrap();
    let mut keys = SqliteKeys::open(dir.path(), &shop()).unwrap();
    let mut state = 3;
    let mut put = |keys: &mut SqliteKeys, wrapped: &[u8]| {
        let rows: Vec<_> = (0..400)
            .map(|at| KeyRow {
                pseudonym: Pseudonym::from_bytes(noise(&mut state)),
                purpose: PurposeName::Personalization,
                blind: noise(&mut state),
                // Of many lengths, as after a change of the envelope.
                wrapped: wrapped.repeat(1 + at % 23),
            })
            .collect();
        keys.put(&rows).unwrap();
        rows.into_iter().map(|row| row.pseudonym).collect::<Vec<_>>()
    };
    let mut destroyed = Vec::new();
    for _ in 0..8 {
        destroyed.extend(put(&mut keys, &MARKER));
        put(&mut keys, &[7; 16]);
    }
    for some in destroyed.chunks(100) {
        keys.destroy(some).unwrap();
    }
    keys.scrub().unwrap();
    assert!(!found(dir.path(), &MARKER[..8]));
    assert_eq!(keys.page(None, usize::MAX).unwrap().len(), 3_200);
    keys.check().unwrap();
}

/// The search of `remains`: a few keys of many, one erasure after the other.
#[test]
fn a_few_destroyed_keys_leave_no_piece_of_eight_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let mut keys = SqliteKeys::open(dir.path(), &shop()).unwrap();
    let mut state = 11;
    let mut rows: Vec<KeyRow> = (0..3_000)
        .map(|_| KeyRow {
            pseudonym: Pseudonym::from_bytes(noise(&mut state)),
            purpose: PurposeName::Personalization,
            blind: noise(&mut state),
            wrapped: (0..6).flat_map(|_| noise(&mut state)).collect(),
        })
        .collect();
    for some in rows.chunks(50) {
        keys.put(some).unwrap();
    }
    for round in 0..20 {
        let doomed: Vec<KeyRow> = (0..3).map(|_| rows.swap_remove(round * 7)).collect();
        let names: Vec<Pseudonym> = doomed.iter().map(|row| row.pseudonym).collect();
        assert_eq!(keys.destroy(&names).unwrap(), 3);
        keys.scrub().unwrap();
        for row in &doomed {
            let fields = [row.pseudonym.as_bytes().as_slice(), &row.blind, &row.wrapped];
            for piece in fields.into_iter().flat_map(|field| field.chunks_exact(8)) {
                assert!(!found(dir.path(), piece), "round {round}");
            }
        }
    }
    assert_eq!(keys.page(None, usize::MAX).unwrap().len(), rows.len());
    keys.check().unwrap();
}

#[test]
fn an_erasure_leaves_no_byte_in_any_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut tables = open(dir.path()).unwrap();
    let mut keys = SqliteKeys::open(dir.path(), &shop()).unwrap();
    let ada = Pseudonym::from_bytes(MARKER);
    let key = |pseudonym, purpose, blind| KeyRow {
        pseudonym,
        purpose,
        blind,
        wrapped: pseudonym.as_bytes().to_vec(),
    };
    let mut state = 1;
    fill(&mut tables, &mut state, 40, Marked::Ada);
    let (serve, learn) = (PurposeName::Personalization, PurposeName::SharedLearning);
    keys.put(&[key(ada, serve, MARKER)]).unwrap();
    for _ in 0..300 {
        let of = noise(&mut state);
        keys.put(&[key(Pseudonym::from_bytes(of), serve, of)]).unwrap();
    }
    // Old copies of moved rows would lie in the file, not in the log.
    tables.scrub().unwrap();
    fill(&mut tables, &mut state, 20, Marked::Ada);
    assert!(found(dir.path(), &MARKER));

    let plan = ErasePlan { people: vec![(serve, ada), (learn, ada)] };
    let erased = erase(&mut tables, &mut keys, &plan).unwrap();
    assert!(erased.tables.iter().map(|table| table.rows).sum::<u64>() == 600);
    assert!(!found(dir.path(), &MARKER[..8]));
    tables.check().unwrap();
    keys.check().unwrap();
    assert_eq!(fs::metadata(dir.path().join("data.db-wal")).unwrap().len(), 0);

    fill(&mut tables, &mut state, 5, Marked::Nobody);
    drop((tables, keys));
    assert!(!found(dir.path(), &MARKER[..8]));
}
