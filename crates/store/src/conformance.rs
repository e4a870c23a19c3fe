//! One suite for every back end: what a port promises, and a comparison with a simple model.

use domain::id::{Pseudonym, RequestId, RowId, ShopId};
use domain::time::{Day, Timestamp};
use personal::row::SealedRow;

use crate::keys::{Intent, Keys, Tombstone};
use crate::memory::{MemoryKeys, MemoryTables};
use crate::port::{Batch, Tables, Write};
use crate::sqlite::keys::SqliteKeys;
use crate::sqlite::tables::SqliteTables;

mod keys;
mod model;
mod tables;

/// Both ports of one new store, and the folder that lives as long as they do.
pub(crate) struct Made {
    pub(crate) tables: Box<dyn Tables>,
    pub(crate) keys: Box<dyn Keys>,
    _folder: Option<tempfile::TempDir>,
}

/// Every promise, on a new store each.
fn suite(make: impl Fn() -> Made) {
    tables::suite(&make);
    keys::suite(&make);
    model::suite(&make);
}

pub(crate) fn memory() -> Made {
    Made { tables: Box::new(MemoryTables::new()), keys: Box::new(MemoryKeys::new()), _folder: None }
}

pub(crate) fn sqlite() -> Made {
    let folder = tempfile::tempdir().unwrap();
    Made {
        tables: Box::new(SqliteTables::open(folder.path(), &shop()).unwrap()),
        keys: Box::new(SqliteKeys::open(folder.path(), &shop()).unwrap()),
        _folder: Some(folder),
    }
}

#[test]
fn memory_keeps_every_promise() {
    suite(memory);
}

#[test]
fn sqlite_keeps_every_promise() {
    suite(sqlite);
}

pub(crate) fn shop() -> ShopId {
    ShopId::parse("clothes").unwrap()
}

pub(crate) fn person(byte: u8) -> Pseudonym {
    Pseudonym::from_bytes([byte; 16])
}

pub(crate) fn row_id(byte: u8) -> RowId {
    RowId::from_bytes([byte; 16])
}

pub(crate) fn row(table: &'static str, of: u8, id: u8, day: u32) -> SealedRow {
    SealedRow {
        table,
        pseudonym: person(of),
        id: row_id(id),
        expires: Day::from_number(day),
        sealed: vec![of, id, 0xaa],
    }
}

pub(crate) fn insert_all(tables: &mut dyn Tables, rows: &[SealedRow]) {
    let writes = rows.iter().cloned().map(Write::Insert).collect();
    tables.commit(&Batch { writes }).unwrap();
}

pub(crate) fn intent(byte: u8) -> Intent {
    Intent { id: RequestId::from_bytes([byte; 16]), body: vec![byte; 40] }
}

pub(crate) fn tombstone(byte: u8, cutoff_ms: i64, day: u32) -> Tombstone {
    Tombstone {
        mac: [byte; 16],
        cutoff: Timestamp::from_ms(cutoff_ms),
        expires: Day::from_number(day),
    }
}
