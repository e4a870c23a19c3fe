//! The seal of rows: round trips, flips, cuts, swaps.

use domain::id::{Pseudonym, RowId, ShopId};
use personal::purpose::PurposeName;
use personal::record::RecordError;
use personal::row::{RowContext, Seal};
use personal::subject::SubjectRef;
use proptest::prelude::*;

use crate::envelope::OVERHEAD_BYTES;
use crate::key::{RootSecret, ShopKeys};
use crate::row::SubjectVault;
use crate::subject::SubjectKey;

const PERSON: Pseudonym = Pseudonym::from_bytes([1; 16]);
const PURPOSE: PurposeName = PurposeName::Personalization;
const CONTEXT: RowContext = RowContext {
    table: "history_event",
    purpose: PURPOSE,
    schema: 1,
    pseudonym: PERSON,
    id: RowId::from_bytes([2; 16]),
};

fn shop(name: &str) -> ShopKeys {
    ShopKeys::derive(&RootSecret::from_bytes([7; 32]), &ShopId::parse(name).unwrap()).unwrap()
}

fn key(pseudonym: Pseudonym, purpose: PurposeName) -> SubjectKey {
    SubjectKey::new(pseudonym, purpose, SubjectRef::from_bytes([3; 16]), [4; 32])
}

fn salt() -> [u8; 16] {
    [5; 16]
}

fn seal(plain: &[u8]) -> Vec<u8> {
    let key = key(PERSON, PURPOSE);
    SubjectVault::new(&shop("clothes"), &key, &salt).seal(&CONTEXT, plain).unwrap()
}

fn open(sealed: &[u8]) -> Result<Vec<u8>, RecordError> {
    let key = key(PERSON, PURPOSE);
    SubjectVault::new(&shop("clothes"), &key, &salt).open(&CONTEXT, sealed)
}

proptest! {
    #[test]
    fn what_is_sealed_opens(plain in prop::collection::vec(any::<u8>(), 0..300)) {
        let sealed = seal(&plain);
        prop_assert_eq!(sealed.len(), plain.len() + OVERHEAD_BYTES);
        prop_assert_eq!(open(&sealed), Ok(plain));
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(open(&bytes), Err(RecordError::Seal));
    }
}

#[test]
fn every_flipped_byte_and_every_cut_is_refused() {
    let sealed = seal(b"a red coat, size M");
    for at in 0..sealed.len() {
        for bit in 0..8 {
            let mut flipped = sealed.clone();
            flipped[at] ^= 1 << bit;
            assert_eq!(open(&flipped), Err(RecordError::Seal), "byte {at}, bit {bit}");
        }
        assert_eq!(open(&sealed[..at]), Err(RecordError::Seal), "cut at {at}");
        assert_eq!(open(&sealed[at + 1..]), Err(RecordError::Seal), "cut before {at}");
    }
    let longer = [sealed.as_slice(), &[0]].concat();
    assert_eq!(open(&longer), Err(RecordError::Seal));
}

#[track_caller]
fn check_refused(keys: &ShopKeys, key: &SubjectKey, context: RowContext) {
    let sealed = seal(b"a red coat");
    let opened = SubjectVault::new(keys, key, &salt).open(&context, &sealed);
    assert_eq!(opened, Err(RecordError::Seal));
}

#[test]
fn a_row_cannot_stand_in_for_another() {
    let (clothes, own) = (shop("clothes"), key(PERSON, PURPOSE));
    check_refused(&clothes, &own, RowContext { table: "preferences", ..CONTEXT });
    check_refused(&clothes, &own, RowContext { schema: 2, ..CONTEXT });
    check_refused(&clothes, &own, RowContext { id: RowId::from_bytes([9; 16]), ..CONTEXT });
    check_refused(&shop("shoes"), &own, CONTEXT);

    // The same key bytes under another pseudonym or purpose do not open it either.
    let other = Pseudonym::from_bytes([9; 16]);
    check_refused(&clothes, &key(other, PURPOSE), RowContext { pseudonym: other, ..CONTEXT });
    let learning = PurposeName::SharedLearning;
    check_refused(&clothes, &key(PERSON, learning), RowContext { purpose: learning, ..CONTEXT });
}

#[test]
fn a_key_seals_for_its_own_person_and_purpose_only() {
    let (clothes, own) = (shop("clothes"), key(PERSON, PURPOSE));
    let vault = SubjectVault::new(&clothes, &own, &salt);
    let other = RowContext { pseudonym: Pseudonym::from_bytes([9; 16]), ..CONTEXT };
    assert_eq!(vault.seal(&other, b"x"), Err(RecordError::Seal));
    let learning = RowContext { purpose: PurposeName::SharedLearning, ..CONTEXT };
    assert_eq!(vault.seal(&learning, b"x"), Err(RecordError::Seal));
    assert_eq!(format!("{vault:?}"), "SubjectVault(..)");
}
