//! Proofs of records, found among decoys and other hours.

use std::sync::Arc;

use domain::time::Timestamp;
use ledger::batch::{Pending, Rule};
use ledger::entry::{Disclosure, EntryKind, Opening};
use ledger::key::{Algorithm, KeyName, SignerKey};
use ledger::policy::Policy;

use crate::transparency::Opened;
use crate::transparency::book::Book;
use crate::transparency::disk::InMemory;

const START: Timestamp = Timestamp::from_ms(1_772_366_400_000);
const HOUR_MS: i64 = 3_600_000;

fn opened(number: u8, since: Timestamp) -> Opened {
    let record = format!("record {number}").into_bytes();
    Opened { kind: EntryKind::Consent, opening: Opening::from_bytes([number; 32]), record, since }
}

#[test]
fn a_record_is_found_and_proven() {
    let name = KeyName::parse("shop.example/log").unwrap();
    let signer = SignerKey::new(name, Algorithm::Ed25519, &[3; 32]).unwrap();
    let policy = Policy::of_log(signer.verifier().clone());
    let rule = Rule { interval_s: 60, floor: 8, kinds: EntryKind::ALL.to_vec() };
    let mut book = Book::open(Arc::new(InMemory::default()), signer, rule, START).unwrap();
    let log = book.published();
    for number in 0..40 {
        let now = START.plus_ms(i64::from(number) * HOUR_MS);
        let opened = opened(number, now);
        assert!(log.prove(&opened).unwrap().is_none(), "{number} is proven before its batch");
        book.take(Pending { kind: opened.kind, commitment: opened.commitment() });
        book.publish(now.plus_ms(HOUR_MS / 2)).unwrap();
    }
    for number in 0..40 {
        let now = START.plus_ms(i64::from(number) * HOUR_MS);
        // The day is known, the hour is not.
        for since in [now, now.day().start()] {
            let opened = opened(number, since);
            let proof = log.prove(&opened).unwrap().expect("it was published");
            let disclosure = Disclosure::parse(proof.extra.as_deref().unwrap()).unwrap();
            let entry = disclosure.entry(&opened.record).to_bytes();
            assert_eq!(proof.verify(&entry, &policy), Ok(()), "{number}");
            assert!(proof.verify(&disclosure.entry(b"another").to_bytes(), &policy).is_err());
        }
    }
    assert!(log.prove(&opened(99, START)).unwrap().is_none());
    assert!(log.prove(&opened(3, START.plus_ms(30 * HOUR_MS))).unwrap().is_none());
}
