use domain::id::Pseudonym;
use domain::time::Timestamp;

use super::{ConsentVersion, PERMIT_MS_MAX, Permit, PermitError};
use crate::feature::Features;
use crate::purpose::{Personalization, PurposeName};
use crate::subject::SubjectRef;

const MINTED: Timestamp = Timestamp::from_ms(1_700_000_000_000);
const VERSION: ConsentVersion = ConsentVersion::from_number(7);
const WHO: Pseudonym = Pseudonym::from_bytes([0xab; 16]);

fn permit(ends: Option<Timestamp>) -> Permit<Personalization> {
    Permit::mint(
        (SubjectRef::from_bytes([0xcd; 16]), WHO),
        (VERSION, Features::FIRST),
        (MINTED, ends),
    )
}

#[track_caller]
fn check(ends_ms: Option<i64>, later_ms: i64, version: ConsentVersion, expected: Opened) {
    let permit = permit(ends_ms.map(|ms| MINTED.plus_ms(ms)));
    let opened = permit.open(MINTED.plus_ms(later_ms), version);
    assert_eq!(opened, expected.map(|()| WHO), "ends {ends_ms:?}, opened {later_ms} ms later");
}

type Opened = Result<(), PermitError>;

#[test]
fn a_permit_lives_for_a_minute() {
    check(None, 0, VERSION, Ok(()));
    check(None, PERMIT_MS_MAX - 1, VERSION, Ok(()));
    check(None, PERMIT_MS_MAX, VERSION, Err(PermitError::Expired));
    check(None, i64::MAX, VERSION, Err(PermitError::Expired));
    assert_eq!(PERMIT_MS_MAX, 60_000);
}

#[test]
fn a_permit_never_outlives_the_consent() {
    check(Some(10), 9, VERSION, Ok(()));
    check(Some(10), 10, VERSION, Err(PermitError::Expired));
    check(Some(0), 0, VERSION, Err(PermitError::Expired));
    check(Some(-10), 0, VERSION, Err(PermitError::Expired));
    check(Some(i64::MAX), PERMIT_MS_MAX, VERSION, Err(PermitError::Expired));
}

#[test]
fn a_clock_that_goes_backwards_ends_it() {
    check(None, -1, VERSION, Err(PermitError::Expired));
    check(None, i64::MIN, VERSION, Err(PermitError::Expired));
}

#[test]
fn a_consent_change_ends_it() {
    check(None, 0, VERSION.next(), Err(PermitError::Stale));
    check(None, 0, ConsentVersion::from_number(6), Err(PermitError::Stale));
    check(None, PERMIT_MS_MAX, VERSION.next(), Err(PermitError::Stale));
}

#[test]
fn versions_only_grow() {
    assert_eq!(VERSION.next().number(), 8);
    assert_eq!(ConsentVersion::default().number(), 0);
    let last = ConsentVersion::from_number(u64::MAX);
    assert_eq!(last.next(), last);
}

#[test]
fn a_permit_prints_its_purpose_only() {
    let permit = permit(None);
    assert_eq!(format!("{permit:?}"), "Permit<Personalization>(..)");
    assert_eq!((permit.purpose(), permit.version()), (PurposeName::Personalization, VERSION));
}
