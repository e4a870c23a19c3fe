//! Leaves hide, open, and have one form.

use domain::time::Timestamp;
use proptest::prelude::*;

use super::{DISCLOSURE_BYTES, Disclosure, ENTRY_BYTES, Entry, EntryKind, Hour, Opening};
use crate::error::LedgerError;
use crate::hash::Hash;

#[test]
fn codes_and_names_are_distinct_and_stay() {
    for (kind, code) in EntryKind::ALL.into_iter().zip(1..) {
        assert_eq!((kind.code(), EntryKind::of(code)), (code, Some(kind)));
        assert_eq!(EntryKind::ALL.iter().filter(|one| one.name() == kind.name()).count(), 1);
    }
    assert_eq!((EntryKind::of(0), EntryKind::of(10)), (None, None));
}

/// Written down once: an auditor's own program must be able to compute the same bytes.
#[test]
fn a_commitment_is_what_the_documentation_says() {
    let opening = Opening::from_bytes([1; 32]);
    let commitment = opening.commit(EntryKind::Consent, b"{}");
    let by_hand = [b"confidant.commitment/1\n".as_slice(), &[1], &[1; 32], b"{}"].concat();
    use sha2::{Digest, Sha256};
    assert_eq!(commitment.as_bytes().as_slice(), Sha256::digest(by_hand).as_slice());
    let entry =
        Entry { commitment, kind: EntryKind::Consent, hour: Hour::from_number(0x0102_0304) };
    let by_hand = [b"confidant.entry/1\n".as_slice(), &[1, 1, 2, 3, 4], commitment.as_bytes()];
    assert_eq!(entry.to_bytes(), by_hand.concat());
    assert_eq!(entry.to_bytes().len(), ENTRY_BYTES);
}

#[test]
fn hours_are_coarse() {
    assert_eq!(Hour::of(Timestamp::from_ms(3_599_999)).number(), 0);
    assert_eq!(Hour::of(Timestamp::from_ms(3_600_000)).number(), 1);
}

#[test]
fn an_opening_prints_nothing() {
    assert_eq!(format!("{:?}", Opening::from_bytes([7; 32])), "Opening(..)");
}

proptest! {
    #[test]
    fn a_disclosure_leads_to_its_leaf_and_no_other(
        opening in any::<[u8; 32]>(), record in prop::collection::vec(any::<u8>(), 0..64),
        kind in 0_usize..9, hour in any::<u32>(), bit in 0_usize..DISCLOSURE_BYTES * 8,
    ) {
        let kind = EntryKind::ALL[kind];
        let disclosure = Disclosure { kind, hour: Hour::from_number(hour), opening: Opening::from_bytes(opening) };
        let bytes = disclosure.to_bytes();
        prop_assert_eq!(bytes.len(), DISCLOSURE_BYTES);
        prop_assert_eq!(Disclosure::parse(&bytes), Ok(disclosure.clone()));
        let entry = disclosure.entry(&record);
        prop_assert_eq!(Entry::parse(&entry.to_bytes()), Ok(entry));
        let leaf = Hash::leaf(&entry.to_bytes());
        let mut other = record.clone();
        other.push(0);
        prop_assert_ne!(Hash::leaf(&disclosure.entry(&other).to_bytes()), leaf);
        let mut damaged = bytes;
        damaged[bit / 8] ^= 1 << (bit % 8);
        if let Ok(damaged) = Disclosure::parse(&damaged) {
            prop_assert_ne!(damaged.entry(&record), entry);
        }
    }

    #[test]
    fn other_bytes_are_no_entry(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        prop_assert_eq!(Entry::parse(&bytes), Err(LedgerError::Entry));
        if let Ok(disclosure) = Disclosure::parse(&bytes) {
            prop_assert_eq!(disclosure.to_bytes(), bytes);
        }
    }
}
