use domain::event::Action;
use domain::id::{ItemId, Pseudonym, RowId};
use domain::time::{Day, Timestamp};
use proptest::prelude::*;

use super::Personal;
use crate::feature::Features;
use crate::kinds::{BROWSING_KEEP_DAYS, ClosedSession, HistoryEvent, LearningEvent};
use crate::permit::{ConsentVersion, Permit, PermitError};
use crate::purpose::{Personalization, PurposeName};
use crate::record::{RecordError, Stored as _};
use crate::row::{RowContext, Seal, SealedRow};
use crate::subject::SubjectRef;

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);
const TODAY: Day = Day::from_number(19_675);
const ANNA: Pseudonym = Pseudonym::from_bytes([1; 16]);
const BEN: Pseudonym = Pseudonym::from_bytes([2; 16]);
const ROW: RowId = RowId::from_bytes([3; 16]);

/// Binds the context by writing it before the plain bytes. Hides nothing; `vault` does that.
struct Toy;

fn written(context: &RowContext) -> Vec<u8> {
    let RowContext { table, purpose, schema, pseudonym, id } = context;
    let [high, low] = schema.to_be_bytes();
    let mut bytes = vec![u8::try_from(table.len()).unwrap(), purpose.code(), high, low];
    bytes.extend(table.bytes());
    bytes.extend(pseudonym.as_bytes());
    bytes.extend(id.as_bytes());
    bytes
}

impl Seal for Toy {
    fn seal(&self, context: &RowContext, plain: &[u8]) -> Result<Vec<u8>, RecordError> {
        Ok([written(context).as_slice(), plain].concat())
    }

    fn open(&self, context: &RowContext, sealed: &[u8]) -> Result<Vec<u8>, RecordError> {
        sealed.strip_prefix(written(context).as_slice()).map(Vec::from).ok_or(RecordError::Seal)
    }
}

fn event(item: &str) -> HistoryEvent {
    let item = ItemId::parse(item).unwrap();
    HistoryEvent { message: 77, at: NOW, action: Action::View, item }
}

fn permit(who: Pseudonym) -> Permit<Personalization> {
    let version = ConsentVersion::from_number(4);
    Permit::mint((SubjectRef::from_bytes([9; 16]), who), (version, Features::FIRST), (NOW, None))
}

#[track_caller]
fn check(who: Pseudonym, later_ms: i64, version: u64, expected: Result<(), PermitError>) {
    let (now, version) = (NOW.plus_ms(later_ms), ConsentVersion::from_number(version));
    let mut value = Personal::new(ANNA, event("coat"));
    let permit = permit(who);
    assert_eq!(value.look(&permit, now, version).map(|_| ()), expected, "look");
    assert_eq!(value.change(&permit, now, version).map(|_| ()), expected, "change");
    assert_eq!(value.open(&permit, now, version).map(|_| ()), expected, "open");
}

#[test]
fn a_value_opens_for_its_person_while_the_permit_lives() {
    check(ANNA, 0, 4, Ok(()));
    check(BEN, 0, 4, Err(PermitError::WrongSubject));
    check(ANNA, 60_000, 4, Err(PermitError::Expired));
    check(ANNA, -1, 4, Err(PermitError::Expired));
    check(ANNA, 0, 5, Err(PermitError::Stale));
    check(BEN, 60_000, 4, Err(PermitError::Expired));
}

#[test]
fn what_was_changed_in_place_comes_out() {
    let (permit, version) = (permit(ANNA), ConsentVersion::from_number(4));
    let mut value = Personal::new(ANNA, event("coat"));
    value.change(&permit, NOW, version).unwrap().message = 78;
    assert_eq!(value.look(&permit, NOW, version).unwrap().message, 78);
    assert_eq!(value.open(&permit, NOW, version).unwrap().message, 78);
}

#[test]
fn a_closed_value_prints_nothing() {
    let value = Personal::new(ANNA, event("marker-5513"));
    assert_eq!(format!("{value:?}"), "Personal(..)");
    let opened = value.open(&permit(ANNA), NOW, ConsentVersion::from_number(4)).unwrap();
    assert_eq!(format!("{opened:?}"), "HistoryEvent(..)");
}

fn sealed() -> SealedRow {
    Personal::new(ANNA, event("coat")).seal(ROW, TODAY, &Toy).unwrap()
}

#[test]
fn a_row_says_when_it_ends_and_whose_it_is() {
    let row = sealed();
    assert_eq!((row.table, row.pseudonym, row.id), ("history_event", ANNA, ROW));
    assert_eq!(row.expires, TODAY.plus(BROWSING_KEEP_DAYS));
    let learning = LearningEvent { message: 1, at: NOW, item: ItemId::parse("coat").unwrap() };
    let row = Personal::new(ANNA, learning).seal(ROW, TODAY, &Toy).unwrap();
    assert_eq!(row.expires, TODAY.plus(2));
}

#[track_caller]
fn check_row(row: &SealedRow, expected: Result<(), RecordError>) {
    let unsealed = Personal::<HistoryEvent>::unseal(row, &Toy);
    assert_eq!(unsealed.map(|_| ()), expected, "{row:?}");
}

#[test]
fn a_row_cannot_stand_in_for_another() {
    check_row(&sealed(), Ok(()));
    check_row(&SealedRow { pseudonym: BEN, ..sealed() }, Err(RecordError::Seal));
    check_row(&SealedRow { id: RowId::from_bytes([4; 16]), ..sealed() }, Err(RecordError::Seal));
    check_row(&SealedRow { table: "preferences", ..sealed() }, Err(RecordError::WrongTable));
    let other = Personal::<ClosedSession>::unseal(&sealed(), &Toy);
    assert_eq!(other.map(|_| ()), Err(RecordError::WrongTable));
    // The same bytes under the name of a table of the right kind still carry the other context.
    let learning = LearningEvent { message: 1, at: NOW, item: ItemId::parse("coat").unwrap() };
    let row = Personal::new(ANNA, learning).seal(ROW, TODAY, &Toy).unwrap();
    check_row(&row, Err(RecordError::WrongTable));
    check_row(&SealedRow { table: "history_event", ..row }, Err(RecordError::Seal));
}

#[test]
fn a_row_with_another_layout_is_refused() {
    let mut long = sealed();
    long.sealed.push(0);
    check_row(&long, Err(RecordError::Codec));
    let mut short = sealed();
    short.sealed.pop();
    check_row(&short, Err(RecordError::Codec));
    check_row(&SealedRow { sealed: vec![], ..sealed() }, Err(RecordError::Seal));
}

#[test]
fn the_context_is_that_of_the_declaration() {
    let context = RowContext::of::<ClosedSession>(ANNA, ROW);
    assert_eq!(context.table, ClosedSession::DECLARATION.table);
    assert_eq!(context.purpose, PurposeName::SharedLearning);
    assert_eq!(context.schema, 1);
}

proptest! {
    #[test]
    fn sealing_then_unsealing_changes_nothing(
        who in any::<[u8; 16]>(),
        id in any::<[u8; 16]>(),
        item in "[^\\p{Cc}]{1,32}",
        today in 0..40_000_u32,
    ) {
        let who = Pseudonym::from_bytes(who);
        let value = Personal::new(who, event(&item));
        let row = value.seal(RowId::from_bytes(id), Day::from_number(today), &Toy).unwrap();
        let back = Personal::<HistoryEvent>::unseal(&row, &Toy).unwrap();
        prop_assert_eq!(back.pseudonym(), who);
        let opened = back.open(&permit(who), NOW, ConsentVersion::from_number(4)).unwrap();
        prop_assert!(opened == event(&item));
    }

    #[test]
    fn a_permit_of_somebody_else_opens_nothing(
        owner in any::<[u8; 16]>(),
        other in any::<[u8; 16]>(),
    ) {
        prop_assume!(owner != other);
        let value = Personal::new(Pseudonym::from_bytes(owner), event("coat"));
        let permit = permit(Pseudonym::from_bytes(other));
        let opened = value.open(&permit, NOW, ConsentVersion::from_number(4));
        prop_assert!(opened == Err(PermitError::WrongSubject));
    }
}
