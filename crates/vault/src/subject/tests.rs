//! Wrapped keys come back for their own person, purpose and shop only.

use domain::id::{Pseudonym, RowId, ShopId};
use personal::purpose::PurposeName;
use personal::subject::SubjectRef;

use crate::error::VaultError;
use crate::kek::Kek;
use crate::key::{RootSecret, ShopKey, ShopKeys};
use crate::subject::SubjectKey;

const PERSON: Pseudonym = Pseudonym::from_bytes([1; 16]);
const PURPOSE: PurposeName = PurposeName::Personalization;

fn shop(byte: u8, name: &str) -> Kek {
    Kek::derive(&ShopKey::from_bytes([byte; 32]), &ShopId::parse(name).unwrap()).unwrap()
}

fn wrapped() -> Vec<u8> {
    let key = SubjectKey::new(PERSON, PURPOSE, SubjectRef::from_bytes([3; 16]), [4; 32]);
    shop(7, "clothes").wrap(&key, [5; 16]).unwrap()
}

#[test]
fn a_wrapped_key_comes_back() {
    let key = shop(7, "clothes").unwrap_key(PERSON, PURPOSE, &wrapped()).unwrap();
    assert_eq!(key.pseudonym(), PERSON);
    assert_eq!(key.purpose(), PURPOSE);
    assert_eq!(key.subject(), SubjectRef::from_bytes([3; 16]));
    assert_eq!(*key.dek(), [4; 32]);
    assert_eq!(format!("{key:?}"), "SubjectKey(..)");
}

#[track_caller]
fn check_refused(keys: &Kek, pseudonym: Pseudonym, purpose: PurposeName, wrapped: &[u8]) {
    assert_eq!(keys.unwrap_key(pseudonym, purpose, wrapped).err(), Some(VaultError));
}

#[test]
fn a_wrapped_key_fits_nowhere_else() {
    let (keys, wrapped) = (shop(7, "clothes"), wrapped());
    check_refused(&shop(8, "clothes"), PERSON, PURPOSE, &wrapped);
    check_refused(&shop(7, "shoes"), PERSON, PURPOSE, &wrapped);
    check_refused(&keys, Pseudonym::from_bytes([9; 16]), PURPOSE, &wrapped);
    check_refused(&keys, PERSON, PurposeName::SharedLearning, &wrapped);
    for at in 0..wrapped.len() {
        let mut flipped = wrapped.clone();
        flipped[at] ^= 1;
        check_refused(&keys, PERSON, PURPOSE, &flipped);
        check_refused(&keys, PERSON, PURPOSE, &wrapped[..at]);
    }
}

/// Openings of the transparency log are the person's own: another row, table or key has another.
#[test]
fn a_log_opening_belongs_to_one_row_of_one_key() {
    let key = |dek| SubjectKey::new(PERSON, PURPOSE, SubjectRef::from_bytes([3; 16]), [dek; 32]);
    let (row, other) = (RowId::from_bytes([8; 16]), RowId::from_bytes([9; 16]));
    let opening = key(4).log_opening("consent_evidence", row).unwrap();
    assert_eq!(key(4).log_opening("consent_evidence", row).unwrap(), opening);
    assert_ne!(key(4).log_opening("consent_evidence", other).unwrap(), opening);
    assert_ne!(key(4).log_opening("erasure_record", row).unwrap(), opening);
    assert_ne!(key(5).log_opening("consent_evidence", row).unwrap(), opening);
    assert_ne!(*opening, *key(4).dek());
    let ring = |name| {
        let root = RootSecret::from_bytes([7; 32]);
        ShopKeys::derive(&root, &ShopId::parse(name).unwrap()).unwrap()
    };
    let (one, two) = (ring("clothes"), ring("shoes"));
    assert_ne!(one.log_opening("document", "1"), one.log_opening("document", "2"));
    assert_ne!(one.log_opening("document", "1"), two.log_opening("document", "1"));
    assert_ne!(one.log_seed(), one.receipt_seed());
}
