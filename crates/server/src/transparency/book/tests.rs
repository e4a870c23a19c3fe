//! A log that dies at every single change of its folder: it never signs a smaller or another tree,
//! publishes everything that waits, and nothing twice.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::time::Timestamp;
use ledger::batch::{Pending, Rule};
use ledger::checkpoint::Checkpoint;
use ledger::entry::{Commitment, Entry, EntryKind};
use ledger::error::LedgerError;
use ledger::key::{Algorithm, KeyName, SignerKey};
use ledger::merkle::{Head, verify_consistency};
use ledger::note::Note;
use ledger::prove::Plan;
use ledger::tile::{Resource, width_at};
use ledger::tree::Read;

use super::{BATCH_RECORDS_MAX, Book, DAMAGED};
use crate::transparency::disk::{Disk, InMemory, Named};
use crate::transparency::job;
use crate::transparency::{LogError, Published};

const START: Timestamp = Timestamp::from_ms(1_772_366_400_000);
const MINUTE_MS: i64 = 60_000;

/// Dies after so many changes; a change may be one file of several.
#[derive(Debug)]
struct Dying(Arc<InMemory>, AtomicI64);

impl Dying {
    fn burn(&self) -> io::Result<()> {
        match self.1.fetch_sub(1, Ordering::Relaxed) > 0 {
            true => Ok(()),
            false => Err(io::Error::other("dead")),
        }
    }
}

impl Disk for Dying {
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.0.read(name)
    }

    fn write(&self, files: &[Named]) -> io::Result<()> {
        for file in files {
            self.burn()?;
            self.0.write(std::slice::from_ref(file))?;
        }
        // The files are there, and the caller does not hear it any more.
        self.burn()
    }

    fn remove(&self, folder: &str) -> io::Result<()> {
        self.burn()?;
        self.0.remove(folder)
    }
}

fn signer(name: &str) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), Algorithm::Ed25519, &[3; 32]).unwrap()
}

fn rule() -> Rule {
    Rule { interval_s: 60, floor: 2, kinds: vec![EntryKind::Consent, EntryKind::Receipt] }
}

fn open(disk: &Arc<InMemory>, now: Timestamp) -> Book {
    let disk: Arc<dyn Disk> = Arc::clone(disk) as Arc<dyn Disk>;
    Book::open(disk, signer("shop.example/log"), rule(), now).unwrap()
}

fn pending(number: u16) -> Pending {
    let mut bytes = [0; 32];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    Pending { kind: EntryKind::Consent, commitment: Commitment::from_bytes(bytes) }
}

fn head(published: &Published) -> Head {
    published.signed().unwrap().head
}

/// Every leaf of the log, read through what is served.
fn leaves(published: &Published) -> Vec<Commitment> {
    let size = head(published).size;
    let mut all = Vec::new();
    for index in 0..size.div_ceil(256) {
        let width = width_at(0, index, size).unwrap();
        let bytes = published.read(&Resource::Entries { index, width }).unwrap().unwrap();
        let entries = ledger::bundle::entries(&bytes, width).unwrap();
        all.extend(entries.iter().map(|entry| Entry::parse(entry).unwrap().commitment));
    }
    all
}

fn check_grown(published: &Published, old: &Head) {
    let new = head(published);
    assert!(new.size >= old.size, "a smaller tree was signed");
    let plan = Plan::consistency(old.size, new.size).unwrap();
    let tile = |one: Resource| (one, published.read(&one).unwrap().expect("a tile of the proof"));
    let read: Read = plan.tiles().into_iter().map(tile).collect();
    let proof = plan.prove(&read).unwrap();
    assert_eq!(verify_consistency(old, &new, &proof), Ok(()), "another tree was signed");
}

fn check_sound(published: &Published) {
    job::check(published, START, &|| false);
    assert_eq!((published.word(), published.audited()), ("sound", Some(START)));
}

#[test]
fn batches_come_at_their_times() {
    let disk = Arc::new(InMemory::default());
    let mut book = open(&disk, START);
    let published = book.published();
    assert_eq!(head(&published), Head::empty());
    assert!(!book.is_due(START.plus_ms(MINUTE_MS - 1)));
    assert!(book.is_due(START.plus_ms(MINUTE_MS)));
    for number in 0..3 {
        book.take(pending(number));
    }
    let now = START.plus_ms(MINUTE_MS);
    let mut deleted = book.publish(now).unwrap();
    deleted.sort();
    assert_eq!(deleted, [0, 1, 2].map(|number| pending(number).commitment));
    // Three consents look like four, and no receipt like two.
    assert_eq!((head(&published).size, book.waiting()), (6, 0));
    assert!(!book.is_due(now));
    assert!(book.publish(now.plus_ms(MINUTE_MS)).unwrap().is_empty());
    assert_eq!(head(&published).size, 10);
    check_sound(&published);
    // The next start goes on from there and waits for the next interval.
    let book = open(&disk, now);
    assert_eq!(head(&book.published()), head(&published));
    assert!(!book.is_due(now));
}

/// Publishes batches of many sizes on a disk that dies after so many changes; then a start on what
/// is left. Says whether everything was published before it died.
fn die_after(changes: i64) -> bool {
    let disk = Arc::new(InMemory::default());
    let first = open(&disk, START);
    drop(first);
    let dying = Arc::new(Dying(Arc::clone(&disk), AtomicI64::new(changes)));
    let as_disk: Arc<dyn Disk> = Arc::clone(&dying) as Arc<dyn Disk>;
    let mut book = Book::open(as_disk, signer("shop.example/log"), rule(), START).unwrap();
    let published = book.published();
    // What the store would hold: added with the records, deleted after publication.
    let mut store = BTreeSet::new();
    let mut seen = vec![Head::empty()];
    let (mut number, mut now, mut lived) = (0, START, true);
    for batch in [3_u16, 0, 260, 1] {
        for _ in 0..batch {
            store.insert(pending(number).commitment);
            book.take(pending(number));
            number += 1;
        }
        now = now.plus_ms(MINUTE_MS);
        match book.publish(now) {
            Ok(deleted) => deleted.iter().for_each(|one| assert!(store.remove(one))),
            Err(_) => lived = false,
        }
        // Somebody looks at what is served, also after the disk died.
        seen.push(head(&published));
        if !lived {
            break;
        }
    }
    let mut book = open(&disk, now);
    let again = book.published();
    for old in &seen {
        check_grown(&again, old);
    }
    check_sound(&again);
    for one in &store {
        book.take(Pending { kind: EntryKind::Consent, commitment: *one });
    }
    let mut deleted = book.published_before();
    deleted.extend(book.publish(now.plus_ms(MINUTE_MS)).unwrap());
    assert_eq!(deleted.into_iter().collect::<BTreeSet<_>>(), store);
    check_sound(&again);
    let leaves = leaves(&again);
    for number in 0..number {
        let times = leaves.iter().filter(|one| **one == pending(number).commitment).count();
        assert_eq!(times, 1, "record {number} stands {times} times in the log");
    }
    lived
}

#[test]
fn a_crash_at_any_change_never_forks_and_loses_nothing() {
    let mut changes = 0;
    while !die_after(changes) {
        changes += 1;
    }
    assert!(changes > 20, "{changes}");
}

/// A disk that fails and comes back, without a start in between: the same batch goes on.
#[test]
fn a_batch_that_was_begun_is_finished() {
    for changes in 0..12 {
        let disk = Arc::new(InMemory::default());
        drop(open(&disk, START));
        let dying = Arc::new(Dying(Arc::clone(&disk), AtomicI64::new(changes)));
        let as_disk: Arc<dyn Disk> = Arc::clone(&dying) as Arc<dyn Disk>;
        let mut book = Book::open(as_disk, signer("shop.example/log"), rule(), START).unwrap();
        book.take(pending(1));
        let failed = book.publish(START.plus_ms(MINUTE_MS)).is_err();
        assert_eq!(failed, book.is_due(START.plus_ms(MINUTE_MS)));
        dying.1.store(i64::MAX, Ordering::Relaxed);
        book.take(pending(2));
        let mut deleted = Vec::new();
        for minute in 2..4 {
            deleted.extend(book.publish(START.plus_ms(minute * MINUTE_MS)).unwrap());
        }
        assert!(deleted.contains(&pending(2).commitment));
        check_sound(&book.published());
        let leaves = leaves(&book.published());
        for number in [1, 2] {
            let commitment = pending(number).commitment;
            assert_eq!(leaves.iter().filter(|one| **one == commitment).count(), 1);
        }
    }
}

#[test]
fn a_damaged_log_is_not_signed_any_more() {
    let names = ["checkpoint", "tile/0/000.p/4", "tile/entries/000.p/4", "batch"];
    for name in names {
        let disk = Arc::new(InMemory::default());
        let mut book = open(&disk, START);
        book.publish(START.plus_ms(MINUTE_MS)).unwrap();
        let signed = disk.read("checkpoint").unwrap();
        let mut bytes = disk.read(name).unwrap().unwrap();
        let middle = bytes.len() / 2;
        if name == "batch" {
            bytes.truncate(middle);
        } else {
            bytes[middle] ^= 1;
        }
        disk.write(&[(name.to_owned(), bytes)]).unwrap();
        let mut book = open(&disk, START);
        assert_eq!(book.published().word(), DAMAGED, "{name}");
        book.take(pending(1));
        assert!(!book.is_due(START.plus_ms(9 * MINUTE_MS)), "{name}");
        assert_eq!(book.waiting(), 1);
        assert!(name == "checkpoint" || disk.read("checkpoint").unwrap() == signed);
    }
}

/// An import of many people must not keep the writer for long.
#[test]
fn a_crowd_is_published_in_parts() {
    let disk = Arc::new(InMemory::default());
    let mut book = open(&disk, START);
    for number in 0..=u16::try_from(BATCH_RECORDS_MAX).unwrap() {
        assert_eq!(book.is_due(START), usize::from(number) >= BATCH_RECORDS_MAX);
        book.take(pending(number));
    }
    assert_eq!(book.publish(START).unwrap().len(), BATCH_RECORDS_MAX);
    assert_eq!((book.waiting(), book.is_due(START)), (1, false));
    assert_eq!(book.publish(START.plus_ms(MINUTE_MS)).unwrap().len(), 1);
    check_sound(&book.published());
}

/// Tiles without their checkpoint: somebody may have seen it, so no other is begun.
#[test]
fn a_lost_checkpoint_begins_no_other_log() {
    let disk = Arc::new(InMemory::default());
    open(&disk, START).publish(START.plus_ms(MINUTE_MS)).unwrap();
    let left = Arc::new(InMemory::default());
    let batch = disk.read("batch").unwrap().unwrap();
    left.write(&[("batch".to_owned(), batch)]).unwrap();
    assert_eq!(open(&left, START).published().word(), DAMAGED);
    assert_eq!(left.read("checkpoint").unwrap(), None);
}

#[test]
fn another_name_does_not_take_up_the_log() {
    let disk = Arc::new(InMemory::default());
    drop(open(&disk, START));
    let book = Book::open(disk, signer("other.example/log"), rule(), START).unwrap();
    assert_eq!(book.published().word(), DAMAGED);
}

#[test]
fn what_is_served_is_what_the_file_says() {
    let disk = Arc::new(InMemory::default());
    let mut book = open(&disk, START);
    book.publish(START.plus_ms(MINUTE_MS)).unwrap();
    let published = book.published();
    let served = published.read(&Resource::Checkpoint).unwrap().unwrap();
    assert_eq!(Some(&served), disk.read("checkpoint").unwrap().as_ref());
    let note = Note::parse(&served).unwrap();
    let checkpoint = Checkpoint::open(&note, published.key()).unwrap();
    assert_eq!(checkpoint.head, head(&published));
    // Files that no checkpoint covers are not served, whatever lies in the folder.
    disk.write(&[("tile/0/001".to_owned(), vec![0; 8192])]).unwrap();
    let beyond = Resource::parse("tile/0/001").unwrap();
    assert!(published.read(&beyond).unwrap().is_none());
    let full = Resource::parse("tile/0/000").unwrap();
    assert!(published.read(&full).unwrap().is_none());
}

#[test]
fn the_daily_look_finds_a_changed_entry() {
    let disk = Arc::new(InMemory::default());
    let mut book = open(&disk, START);
    for minute in 1..100 {
        book.publish(START.plus_ms(minute * MINUTE_MS)).unwrap();
    }
    let published = book.published();
    check_sound(&published);
    let mut bytes = disk.read("tile/entries/000").unwrap().unwrap();
    bytes[40] ^= 1;
    disk.write(&[("tile/entries/000".to_owned(), bytes)]).unwrap();
    job::check(&published, START, &|| false);
    assert_eq!(published.word(), DAMAGED);
}

/// A folder from an older backup would sign other leaves in the place of those that were seen.
#[test]
fn an_older_folder_is_known_by_a_checkpoint_that_was_kept() {
    let disk = Arc::new(InMemory::default());
    let mut book = open(&disk, START);
    book.publish(START.plus_ms(MINUTE_MS)).unwrap();
    let older = Arc::new(InMemory::default());
    let names = ["checkpoint", "batch", "tile/0/000.p/4", "tile/entries/000.p/4"];
    let copy = |name: &str| (name.to_owned(), disk.read(name).unwrap().unwrap());
    older.write(&names.map(copy)).unwrap();
    let now = START.plus_ms(2 * MINUTE_MS);
    let kept = book.prepare(now).unwrap();
    // About to be published, and published.
    assert!(book.continues(&kept).is_ok());
    book.conclude(now).unwrap();
    assert!(book.continues(&kept).is_ok());
    assert!(open(&disk, now).continues(&kept).is_ok());

    let mut book = open(&older, now);
    let behind = book.continues(&kept).unwrap_err();
    assert!(matches!(behind, LogError::Behind { own: 4, kept: 8 }), "{behind}");
    // What goes on from it is another log.
    book.publish(now).unwrap();
    let forked = book.continues(&kept).unwrap_err();
    assert!(matches!(forked, LogError::Ledger(LedgerError::Forked)), "{forked}");
    let empty = Arc::new(InMemory::default());
    assert!(open(&empty, now).continues(&kept).is_err());
}
