use domain::hex;
use domain::id::{Pseudonym, RowId};
use domain::time::{Day, Timestamp};

use super::{DecidedBy, Lasting, RecordState, decode_v1, decode_v2, decode_v3};
use crate::feature::{Feature, Features};
use crate::kinds::ConsentEvidence;
use crate::permit::ConsentVersion;
use crate::purpose::PurposeName;
use crate::record::{self, RecordError, Stored};
use crate::row::{RowContext, Seal, SealedRow};
use crate::signal::{Signal, Signals};
use crate::value::Personal;

/// The bytes of a row that a server wrote before schema 2.
const V1: &str = "020102d00fa01f010202abcd02656e02657503617069";

/// The bytes of a row that a server wrote before schema 3: a yes to `Personalization`.
const V2: &str = "020001d00fa01f00010202abcd02656e02657501ef02444503617069000173";

fn v2() -> Vec<u8> {
    hex::decode::<31>(V2).unwrap().to_vec()
}

fn v1() -> Vec<u8> {
    hex::decode::<22>(V1).unwrap().to_vec()
}

/// Seals by writing the layout version in front.
struct Glass;

impl Seal for Glass {
    fn seal(&self, context: &RowContext, plain: &[u8]) -> Result<Vec<u8>, RecordError> {
        Ok([&context.schema.to_be_bytes(), plain].concat())
    }

    fn open(&self, context: &RowContext, sealed: &[u8]) -> Result<Vec<u8>, RecordError> {
        let plain = sealed.strip_prefix(context.schema.to_be_bytes().as_slice());
        plain.map(<[u8]>::to_vec).ok_or(RecordError::Seal)
    }
}

fn row(schema: u16, plain: &[u8]) -> SealedRow {
    SealedRow {
        table: ConsentEvidence::DECLARATION.table,
        pseudonym: Pseudonym::from_bytes([1; 16]),
        id: RowId::from_bytes([2; 16]),
        expires: Day::from_number(9),
        sealed: [&schema.to_be_bytes(), plain].concat(),
    }
}

#[test]
fn a_row_of_schema_1_opens() {
    let opened = Personal::<ConsentEvidence>::unseal(&row(1, &v1()), &Glass).unwrap().into_value();
    assert_eq!(opened.version, 2);
    assert_eq!(ConsentVersion::from_number(opened.version).next().number(), 3);
    assert_eq!(opened.purpose, PurposeName::SharedLearning);
    assert_eq!(opened.state, RecordState::Withdrawn);
    assert_eq!((opened.at, opened.expires), (Timestamp::from_ms(1_000), Timestamp::from_ms(2_000)));
    assert_eq!(opened.signals, Signals::NONE.with(Signal::Gpc));
    assert_eq!(opened.acknowledged, Signals::NONE.with(Signal::ConsentTool));
    assert_eq!((opened.notice.as_slice(), opened.language.as_str()), (&[0xab, 0xcd][..], "en"));
    assert_eq!((opened.law.as_str(), opened.how.as_str()), ("eu", "api"));
    assert_eq!(
        (opened.law_digest.len(), opened.place.as_str(), opened.source.as_str()),
        (0, "", "")
    );
    assert_eq!((opened.lasting, opened.decided_by), (Lasting::Days, DecidedBy::Person));
}

#[test]
fn a_yes_of_schema_2_covers_what_the_purpose_did_then() {
    let opened = Personal::<ConsentEvidence>::unseal(&row(2, &v2()), &Glass).unwrap().into_value();
    assert_eq!((opened.purpose, opened.state), (PurposeName::Personalization, RecordState::Given));
    assert_eq!((opened.place.as_str(), opened.source.as_str()), ("DE", "s"));
    assert_eq!((opened.on, opened.off), (Features::FIRST, Features::NONE));
    // A yes to a purpose without features covers none, and a no covers nothing.
    let mut learning = v2();
    learning[1] = 1;
    assert_eq!(decode_v2(&learning).unwrap().on, Features::NONE);
    let mut no = v2();
    no[2] = 3;
    assert_eq!(decode_v2(&no).unwrap().on, Features::NONE);
    assert_eq!(decode_v2(&[v2(), vec![0]].concat()).map(|_| ()), Err(RecordError::Codec));
}

#[test]
fn a_row_of_schema_3_says_nothing_of_a_period() {
    let bytes = [v2(), vec![2, 5]].concat();
    let opened = Personal::<ConsentEvidence>::unseal(&row(3, &bytes), &Glass).unwrap().into_value();
    let off = Features::NONE.with(Feature::BrowsingHistory).with(Feature::StatedPreferences);
    assert_eq!((opened.on, opened.off), (Features::NONE.with(Feature::PurchaseHistory), off));
    assert_eq!((opened.keep, opened.place.as_str()), (None, "DE"));
    assert_eq!(decode_v3(&v2()).map(|_| ()), Err(RecordError::Codec));
}

#[test]
fn the_layout_is_part_of_the_seal() {
    let open = |schema, plain: &[u8]| {
        Personal::<ConsentEvidence>::unseal(&row(schema, plain), &Glass).map(|_| ())
    };
    // Bytes of one layout under the number of another are not read.
    assert_eq!(open(2, &v1()), Err(RecordError::Codec));
    let new = decode_v1(&v1()).unwrap().encode().unwrap();
    assert_eq!(open(4, &new), Ok(()));
    assert_eq!(open(3, &new), Err(RecordError::Codec));
    assert_eq!(open(2, &new), Err(RecordError::Codec));
    assert_eq!(open(1, &new), Err(RecordError::Codec));
    assert_eq!(open(5, &new), Err(RecordError::Seal));
    assert_eq!(open(2, &v2()), Ok(()));
    assert_eq!(open(3, &v2()), Err(RecordError::Codec));
    assert_eq!(decode_v1(&[v1(), vec![0]].concat()).map(|_| ()), Err(RecordError::Codec));
}

#[test]
fn an_asserted_basis_of_schema_1_keeps_its_text() {
    let old = (
        0_u64,
        PurposeName::Personalization,
        crate::gate::ChoiceState::Given,
        (Timestamp::from_ms(1), Timestamp::from_ms(2)),
        (Signals::NONE, Signals::NONE),
        (Vec::<u8>::new(), "on paper", "eu", "asserted in an import"),
    );
    let opened = decode_v1(&record::encode(&old).unwrap()).unwrap();
    assert_eq!((opened.source.as_str(), opened.language.as_str()), ("on paper", ""));
    assert_eq!(opened.decided_by, DecidedBy::Shop);
}

#[test]
fn words_are_stored_by_their_place() {
    for (place, state) in RecordState::ALL.into_iter().enumerate() {
        assert_eq!(hex::encode(&record::encode(&state).unwrap()), format!("{place:02x}"));
    }
    let others = [DecidedBy::Person, DecidedBy::Parent, DecidedBy::Shop, DecidedBy::Nobody];
    for (place, who) in others.into_iter().enumerate() {
        assert_eq!(hex::encode(&record::encode(&who).unwrap()), format!("{place:02x}"));
    }
    assert_eq!(record::encode(&Lasting::Visit).unwrap(), [1]);
}
