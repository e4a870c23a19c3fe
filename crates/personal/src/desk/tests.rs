use domain::id::Pseudonym;
use domain::time::Timestamp;

use super::{Desk, DeskError, DeskRead, REASON_CHARS_MAX, REASON_CHARS_MIN};
use crate::feature::Features;
use crate::kinds::ErasureRecord;
use crate::permit::{ConsentVersion, Permit, PermitError};
use crate::purpose::LegalProof;
use crate::subject::SubjectRef;
use crate::value::Personal;

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);
const VERSION: ConsentVersion = ConsentVersion::from_number(3);
const ANNA: Pseudonym = Pseudonym::from_bytes([1; 16]);
const REASON: &str = "  the customer asked by phone ";

#[track_caller]
fn check_sit(role: &str, reason: &str, expected: Result<(), DeskError>) {
    assert_eq!(Desk::sit(role, reason).map(|_| ()), expected, "{role:?} {reason:?}");
}

#[test]
fn staff_sits_down_with_a_role_and_a_reason() {
    check_sit("support", REASON, Ok(()));
    check_sit("", REASON, Err(DeskError::Role));
    check_sit(" \t", REASON, Err(DeskError::Role));
    check_sit("support", "", Err(DeskError::Reason));
    check_sit("support", &"x".repeat(REASON_CHARS_MIN - 1), Err(DeskError::Reason));
    check_sit("support", &"x".repeat(REASON_CHARS_MIN), Ok(()));
    check_sit("support", &format!("x{}", " ".repeat(20)), Err(DeskError::Reason));
    check_sit("support", &"ß".repeat(REASON_CHARS_MAX), Ok(()));
    check_sit("support", &"x".repeat(REASON_CHARS_MAX + 1), Err(DeskError::Reason));
}

fn open(
    who: Pseudonym,
    later_ms: i64,
    current: ConsentVersion,
) -> Result<DeskRead<ErasureRecord>, DeskError> {
    let permit: Permit<LegalProof> = Permit::mint(
        (SubjectRef::from_bytes([9; 16]), ANNA),
        (VERSION, Features::FIRST),
        (NOW, None),
    );
    let record = ErasureRecord { at: NOW, receipt: "marker-5513".to_owned() };
    let desk = Desk::sit(" support ", REASON).unwrap();
    desk.open(Personal::new(who, record), &permit, (NOW.plus_ms(later_ms), current))
}

#[track_caller]
fn check_open(who: Pseudonym, later_ms: i64, current: ConsentVersion, expected: PermitError) {
    let opened = open(who, later_ms, current).map(|_| ());
    assert_eq!(opened, Err(DeskError::Permit(expected)));
}

#[test]
fn a_desk_opens_nothing_that_the_permit_does_not() {
    check_open(Pseudonym::from_bytes([2; 16]), 0, VERSION, PermitError::WrongSubject);
    check_open(ANNA, 60_000, VERSION, PermitError::Expired);
    check_open(ANNA, 0, VERSION.next(), PermitError::Stale);
}

#[test]
fn the_entry_is_written_before_the_value_comes_out() {
    let mut written = vec![];
    let read = open(ANNA, 5, VERSION).unwrap();
    let record = read.after_writing(|entry| {
        written.push(entry);
        Ok::<(), ()>(())
    });
    assert_eq!(record.unwrap().receipt, "marker-5513");
    let [entry] = written.try_into().unwrap();
    assert_eq!((entry.at, entry.table.as_str()), (NOW.plus_ms(5), "erasure_record"));
    assert_eq!((entry.role.as_str(), entry.reason.as_str()), ("support", REASON.trim()));
}

#[test]
fn without_the_entry_there_is_no_value() {
    let read = open(ANNA, 0, VERSION).unwrap();
    assert_eq!(read.after_writing(|_| Err("disk full")), Err("disk full"));
}

#[test]
fn a_read_prints_nothing() {
    let read = open(ANNA, 0, VERSION).unwrap();
    assert_eq!(format!("{read:?}"), "DeskRead(..)");
}
