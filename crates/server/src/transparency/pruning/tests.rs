//! What left is not served, everything is still proven, and a crash in between leaves nothing half.

use std::sync::Arc;

use domain::time::{DAY_MS, Timestamp};
use ledger::batch::{Pending, Rule};
use ledger::entry::{Disclosure, EntryKind, Opening};
use ledger::key::{Algorithm, KeyName, SignerKey};
use ledger::policy::Policy;
use ledger::tile::Resource;

use crate::transparency::book::{Book, DAMAGED};
use crate::transparency::disk::{Disk, InMemory};
use crate::transparency::{Opened, job};

const START: Timestamp = Timestamp::from_ms(1_772_366_400_000);
const DAYS: u8 = 12;

fn open(disk: &Arc<InMemory>) -> Book {
    let name = KeyName::parse("shop.example/log").unwrap();
    let signer = SignerKey::new(name, Algorithm::Ed25519, &[3; 32]).unwrap();
    let rule = Rule { interval_s: 3_600, floor: 16, kinds: vec![EntryKind::Consent] };
    Book::open(Arc::clone(disk) as Arc<dyn Disk>, signer, rule, START).unwrap()
}

/// Twelve days of hourly batches, one record a day among them.
fn grown(book: &mut Book) -> Vec<Opened> {
    let mut records = Vec::new();
    for day in 0..DAYS {
        for hour in 1..=24 {
            let now = START.plus_ms(i64::from(day) * DAY_MS + hour * DAY_MS / 24);
            if hour == 5 {
                let (kind, record) = (EntryKind::Consent, b"yes".to_vec());
                let opening = Opening::from_bytes([day; 32]);
                let opened = Opened { kind, opening, record, since: now };
                book.take(Pending { kind, commitment: opened.commitment() });
                records.push(opened);
            }
            book.publish(now).unwrap();
        }
    }
    records
}

fn is_served(book: &Book, path: &str) -> bool {
    book.published().read(&Resource::parse(path).unwrap()).unwrap().is_some()
}

#[test]
fn what_is_old_leaves_and_is_proven_all_the_same() {
    let disk = Arc::new(InMemory::default());
    let mut book = open(&disk);
    let records = grown(&mut book);
    let published = book.published();
    let policy = Policy::of_log(published.key().clone());
    let end = START.plus_ms(i64::from(DAYS) * DAY_MS);
    published.prune(u32::from(DAYS), end).unwrap();
    assert_eq!(published.minimum().index(), 0, "nothing is old enough");
    published.prune(5, end).unwrap();
    // 16 leaves an hour: the entries of seven days are ten bundles and a half.
    assert_eq!(published.minimum().index(), 10 * 256);
    assert!(!is_served(&book, "tile/entries/009") && is_served(&book, "tile/entries/010"));
    assert!(disk.read("tile/entries/009").unwrap().is_none());
    assert!(is_served(&book, "tile/0/009"));
    for _ in 0..2 {
        let book = open(&disk);
        let published = book.published();
        assert_eq!(published.minimum().index(), 10 * 256, "after a start");
        for opened in &records {
            let proof = published.prove(opened).unwrap().expect("a proof");
            let disclosure = Disclosure::parse(proof.extra.as_deref().unwrap()).unwrap();
            proof.verify(&disclosure.entry(&opened.record).to_bytes(), &policy).unwrap();
        }
        let stranger = Opened { record: b"no".to_vec(), ..records[0].clone() };
        assert!(published.prove(&stranger).unwrap().is_none());
        job::check(&published, end, &|| false);
        assert_eq!((published.word(), published.audited()), ("sound", Some(end)));
        // A crash before everything was removed; the next look removes it.
        disk.write(&[("tile/entries/009".to_owned(), vec![1])]).unwrap();
        assert!(!is_served(&book, "tile/entries/009"));
        published.prune(5, end).unwrap();
        assert!(disk.read("tile/entries/009").unwrap().is_none());
    }
    // The tiles of what left are still looked at.
    let mut tile = disk.read("tile/0/003").unwrap().unwrap();
    tile[99] ^= 1;
    disk.write(&[("tile/0/003".to_owned(), tile)]).unwrap();
    job::check(&published, end, &|| false);
    assert_eq!(published.word(), DAMAGED);
}
