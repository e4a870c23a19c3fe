//! The second place of tombstones: united, cut, damaged, swept.

use std::fs;
use std::path::Path;

use domain::id::ShopId;
use domain::time::Day;

use crate::conformance::{intent, shop, tombstone};
use crate::error::StoreError;
use crate::keys::{Keys, Tombstone};
use crate::sqlite::keys::SqliteKeys;
use crate::tombstones::{NAME, RECORD_BYTES, TombstoneLog};

fn known(dir: &Path) -> Vec<Tombstone> {
    TombstoneLog::open(dir, &shop()).unwrap().known().values().copied().collect()
}

#[test]
fn what_was_appended_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = TombstoneLog::open(dir.path(), &shop()).unwrap();
    log.append(&[tombstone(1, 500, 20), tombstone(2, 1, 1)]).unwrap();
    log.append(&[tombstone(1, 400, 30), tombstone(2, 1, 1)]).unwrap();
    assert_eq!(known(dir.path()), [tombstone(1, 500, 30), tombstone(2, 1, 1)]);
    // What says nothing new is not written.
    let bytes = fs::metadata(dir.path().join(NAME)).unwrap().len();
    assert_eq!(bytes, 4 * RECORD_BYTES as u64);

    log.sweep(Day::from_number(1)).unwrap();
    log.append(&[tombstone(3, 7, 7)]).unwrap();
    assert_eq!(known(dir.path()), [tombstone(1, 500, 30), tombstone(3, 7, 7)]);
    assert_eq!(fs::metadata(dir.path().join(NAME)).unwrap().len(), 3 * RECORD_BYTES as u64);
}

#[test]
fn a_log_that_was_cut_keeps_whole_records() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = TombstoneLog::open(dir.path(), &shop()).unwrap();
    log.append(&[tombstone(1, 1, 1), tombstone(2, 2, 2)]).unwrap();
    let whole = fs::read(dir.path().join(NAME)).unwrap();
    for cut in 0..=whole.len() {
        fs::write(dir.path().join(NAME), &whole[..cut]).unwrap();
        let records = (cut / RECORD_BYTES).saturating_sub(1);
        assert_eq!(known(dir.path()).len(), records, "cut at {cut}");
        // The cut is mended: what comes next is read again.
        let mut log = TombstoneLog::open(dir.path(), &shop()).unwrap();
        log.append(&[tombstone(9, 9, 9)]).unwrap();
        assert_eq!(known(dir.path()).len(), records + 1, "cut at {cut}");
    }
}

#[test]
fn damage_and_other_shops_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = TombstoneLog::open(dir.path(), &shop()).unwrap();
    log.append(&[tombstone(1, 1, 1), tombstone(2, 2, 2)]).unwrap();
    let shoes = ShopId::parse("shoes").unwrap();
    let other = TombstoneLog::open(dir.path(), &shoes);
    assert!(matches!(other.err(), Some(StoreError::Damaged { file: NAME })));
    let whole = fs::read(dir.path().join(NAME)).unwrap();
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        fs::write(dir.path().join(NAME), &flipped).unwrap();
        let opened = TombstoneLog::open(dir.path(), &shop());
        assert!(matches!(opened.err(), Some(StoreError::Damaged { file: NAME })), "byte {at}");
    }
}

#[test]
fn both_places_are_united_when_the_keys_open() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let mut keys = SqliteKeys::open(dir.path(), &shop()).unwrap();
    keys.begin(&intent(1), &[tombstone(1, 500, 20)]).unwrap();
    keys.scrub().unwrap();
    drop(keys);
    fs::copy(path("keys.db"), path("backup")).unwrap();
    let old_log = fs::read(path(NAME)).unwrap();

    let mut keys = SqliteKeys::open(dir.path(), &shop()).unwrap();
    keys.begin(&intent(2), &[tombstone(1, 900, 10), tombstone(2, 2, 2)]).unwrap();
    drop(keys);
    let both = [tombstone(1, 900, 20), tombstone(2, 2, 2)];

    // An older key store learns from the log.
    fs::rename(path("backup"), path("keys.db")).unwrap();
    let keys = SqliteKeys::open(dir.path(), &shop()).unwrap();
    assert_eq!(keys.tombstones().unwrap(), both);
    drop(keys);

    // An older log, or none, learns from the key store.
    fs::write(path(NAME), old_log).unwrap();
    drop(SqliteKeys::open(dir.path(), &shop()).unwrap());
    assert_eq!(known(dir.path()), both);
    fs::remove_file(path(NAME)).unwrap();
    let mut keys = SqliteKeys::open(dir.path(), &shop()).unwrap();
    assert_eq!(known(dir.path()), both);

    // What was swept does not come back.
    assert_eq!(keys.sweep_tombstones(Day::from_number(2)).unwrap(), 1);
    drop(keys);
    let keys = SqliteKeys::open(dir.path(), &shop()).unwrap();
    assert_eq!(keys.tombstones().unwrap(), both[..1]);
}
