//! Copies of the files, cut and changed inside frames of the write-ahead log.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use store::port::{Seq, Tables};

use crate::world;

const COMMITS: u64 = 12;
/// Sizes of the file format: header of the log, then frames of a header and one page.
const LOG_HEADER: usize = 32;
const FRAME: usize = 24 + 4_096;

/// The two files after some commits, and how long the log was after each.
struct Copies {
    data: Vec<u8>,
    log: Vec<u8>,
    ends: Vec<usize>,
}

fn record() -> Copies {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (mut tables, _keys) = world::open(folder.path());
    tables.scrub().unwrap();
    let mut ends = Vec::new();
    for n in 1..=COMMITS {
        tables.commit(&world::batch(n)).unwrap();
        ends.push(usize::try_from(fs::metadata(path("data.db-wal")).unwrap().len()).unwrap());
    }
    Copies {
        data: fs::read(path("data.db")).unwrap(),
        log: fs::read(path("data.db-wal")).unwrap(),
        ends,
    }
}

/// Some place inside a frame.
fn inside(seed: usize) -> usize {
    usize::try_from(world::mix(seed as u64) % FRAME as u64).unwrap()
}

/// Opens the data with this log: exactly the first `expected` commits are there, whole.
#[track_caller]
fn check(folder: &Path, data: &[u8], log: &[u8], expected: usize) {
    fs::write(folder.join("data.db"), data).unwrap();
    fs::write(folder.join("data.db-wal"), log).unwrap();
    let shop = domain::id::ShopId::parse("clothes").unwrap();
    let mut tables = store::sqlite::tables::SqliteTables::open(folder, &shop).unwrap();
    assert_eq!(tables.seq(), Seq::from_number(expected as u64));
    assert_eq!(world::last(&tables), expected as u64);
    world::check_rows(&tables, expected as u64, &BTreeSet::new());
    let next = tables.commit(&world::batch(expected as u64 + 1)).unwrap();
    assert_eq!(next.seq, Seq::from_number(expected as u64 + 1));
    world::check_rows(&tables, expected as u64 + 1, &BTreeSet::new());
}

#[test]
fn a_log_that_is_cut_anywhere_keeps_whole_commits() {
    let copies = record();
    let folder = tempfile::tempdir().unwrap();
    let frames = (copies.log.len() - LOG_HEADER) / FRAME;
    assert!(frames > 40);
    let mut cuts: Vec<usize> =
        copies.ends.iter().flat_map(|end| [end - 1, *end, end + 1]).collect();
    cuts.extend([0, 1, LOG_HEADER - 1, LOG_HEADER]);
    for frame in 0..frames {
        cuts.push(LOG_HEADER + frame * FRAME + inside(frame));
    }
    for cut in cuts {
        let cut = cut.min(copies.log.len());
        let expected = copies.ends.iter().filter(|end| **end <= cut).count();
        check(folder.path(), &copies.data, &copies.log[..cut], expected);
    }
}

#[test]
fn a_changed_byte_in_the_log_ends_it_there() {
    let copies = record();
    let folder = tempfile::tempdir().unwrap();
    let frames = (copies.log.len() - LOG_HEADER) / FRAME;
    for frame in 0..frames {
        let start = LOG_HEADER + frame * FRAME;
        let mut log = copies.log.clone();
        log[start + inside(!frame)] ^= 0x10;
        let expected = copies.ends.iter().filter(|end| **end <= start).count();
        check(folder.path(), &copies.data, &log, expected);
    }
    let mut log = copies.log.clone();
    log[12] ^= 0x10;
    check(folder.path(), &copies.data, &log, 0);
}
