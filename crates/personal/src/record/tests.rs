use std::collections::BTreeSet;
use std::fmt::Debug;

use domain::event::Action;
use domain::hex;
use domain::id::ItemId;
use domain::time::{Day, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Category, OnErasure, RecordError, Stored};
use crate::evidence::{DecidedBy, Lasting, RecordState};
use crate::feature::{Feature, Features};
use crate::keeping::Keep;
use crate::kinds::{
    ClosedSession, ConsentEvidence, DECLARATIONS, ErasureRecord, HistoryEvent, LearnedOrder,
    LearningEvent, Preferences, StaffRead, Step,
};
use crate::purpose::{LawfulBasis, PurposeName};
use crate::signal::{Signal, Signals};

const ACTIONS: [Action; 6] = [
    Action::View,
    Action::AddToCart,
    Action::RemoveFromCart,
    Action::AddToWishlist,
    Action::Purchase,
    Action::Refund,
];
const WHO: [DecidedBy; 4] =
    [DecidedBy::Person, DecidedBy::Parent, DecidedBy::Shop, DecidedBy::Nobody];

fn at() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp::from_ms)
}

fn item() -> impl Strategy<Value = ItemId> {
    "[^\\p{Cc}]{1,32}".prop_map(|text| ItemId::parse(&text).unwrap())
}

fn signals() -> impl Strategy<Value = Signals> {
    select(vec![Signals::NONE, Signals::NONE.with(Signal::Gpc).with(Signal::ConsentTool)])
}

fn history_event() -> impl Strategy<Value = HistoryEvent> {
    (any::<u64>(), at(), select(&ACTIONS[..]), item())
        .prop_map(|(message, at, action, item)| HistoryEvent { message, at, action, item })
}

fn learning_event() -> impl Strategy<Value = LearningEvent> {
    (any::<u64>(), at(), item()).prop_map(|(message, at, item)| LearningEvent { message, at, item })
}

fn closed_session() -> impl Strategy<Value = ClosedSession> {
    let step = (at(), any::<u64>(), item());
    vec(step.prop_map(|(at, message, item)| Step { at, message, item }), 0..8)
        .prop_map(|steps| ClosedSession { steps })
}

fn learned_order() -> impl Strategy<Value = LearnedOrder> {
    (any::<u64>(), at(), vec(item(), 0..8)).prop_map(|(message, at, items)| LearnedOrder {
        message,
        at,
        items,
    })
}

fn preferences() -> impl Strategy<Value = Preferences> {
    (vec(any::<String>(), 0..4), vec(any::<String>(), 0..4))
        .prop_map(|(sizes, categories)| Preferences { sizes, categories })
}

fn features() -> impl Strategy<Value = Features> {
    vec(select(&Feature::ALL[..]), 0..4).prop_map(|features| features.into_iter().collect())
}

fn consent_evidence() -> impl Strategy<Value = ConsentEvidence> {
    let state = select(&RecordState::ALL[..]);
    let lasting = select(&[Lasting::Days, Lasting::Visit][..]);
    let choice = (select(&PurposeName::ALL[..]), state, at(), at(), lasting, select(&WHO[..]));
    let digests = [vec(any::<u8>(), 0..40), vec(any::<u8>(), 0..40)];
    let words = any::<[String; 5]>();
    let features = [features(), features()];
    let keep = proptest::option::of(any::<u16>().prop_map(Keep::Days));
    (any::<u64>(), choice, [signals(), signals()], digests, words, (features, keep)).prop_map(
        |(
            version,
            (purpose, state, at, expires, lasting, decided_by),
            [signals, acknowledged],
            digests,
            words,
            ([on, off], keep),
        )| {
            let [notice, law_digest] = digests;
            let [language, law, how, place, source] = words;
            ConsentEvidence {
                version,
                purpose,
                state,
                at,
                expires,
                lasting,
                signals,
                acknowledged,
                notice,
                language,
                law,
                law_digest,
                place,
                how,
                decided_by,
                source,
                on,
                off,
                keep,
            }
        },
    )
}

fn erasure_record() -> impl Strategy<Value = ErasureRecord> {
    (at(), any::<String>()).prop_map(|(at, receipt)| ErasureRecord { at, receipt })
}

fn staff_read() -> impl Strategy<Value = StaffRead> {
    (at(), any::<[String; 3]>()).prop_map(|(at, [role, table, reason])| StaffRead {
        at,
        role,
        table,
        reason,
    })
}

/// What comes back is what was written, and nothing longer or shorter is read.
fn check_codec<T: Stored + PartialEq + Debug>(record: &T, tail: &[u8]) {
    let bytes = record.encode().unwrap();
    assert_eq!(T::decode(&bytes).as_ref(), Ok(record));
    let long = [bytes.as_slice(), tail].concat();
    assert_eq!(T::decode(&long), Err(RecordError::Codec), "trailing bytes");
    for end in 0..bytes.len() {
        assert_eq!(T::decode(&bytes[..end]), Err(RecordError::Codec), "cut at {end}");
    }
}

/// Whatever is read can be written and read again.
fn check_noise<T: Stored + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(record) = T::decode(bytes) {
        assert_eq!(T::decode(&record.encode().unwrap()), Ok(record));
    }
}

proptest! {
    #[test]
    fn every_kind_comes_back(
        a in history_event(),
        b in learning_event(),
        c in closed_session(),
        d in preferences(),
        e in consent_evidence(),
        f in erasure_record(),
        g in staff_read(),
        h in learned_order(),
        tail in vec(any::<u8>(), 1..9),
    ) {
        check_codec(&a, &tail);
        check_codec(&b, &tail);
        check_codec(&c, &tail);
        check_codec(&d, &tail);
        check_codec(&e, &tail);
        check_codec(&f, &tail);
        check_codec(&g, &tail);
        check_codec(&h, &tail);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(prop_oneof![any::<u8>(), 0..4_u8], 0..64)) {
        check_noise::<HistoryEvent>(&bytes);
        check_noise::<LearningEvent>(&bytes);
        check_noise::<ClosedSession>(&bytes);
        check_noise::<Preferences>(&bytes);
        check_noise::<ConsentEvidence>(&bytes);
        check_noise::<ErasureRecord>(&bytes);
        check_noise::<StaffRead>(&bytes);
        check_noise::<LearnedOrder>(&bytes);
    }

    #[test]
    fn a_flipped_bit_never_panics(e in consent_evidence(), at: prop::sample::Index, bit in 0..8_u32) {
        let mut bytes = e.encode().unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        check_noise::<ConsentEvidence>(&bytes);
    }
}

#[test]
fn a_length_that_lies_is_refused() {
    // A receipt of 2^63 bytes, of which three are there.
    let lie = [&[0][..], &[0xff; 9], &[0], b"abc"].concat();
    assert_eq!(ErasureRecord::decode(&lie), Err(RecordError::Codec));
    assert_eq!(ClosedSession::decode(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Err(RecordError::Codec));
}

#[track_caller]
fn check_layout<T: Stored>(record: &T, expected: &str) {
    check_layout_of(record, 1, expected);
}

#[track_caller]
fn check_layout_of<T: Stored>(record: &T, schema: u16, expected: &str) {
    let bytes = record.encode().unwrap();
    let hint = "the stored layout changed: raise `schema` and freeze the old struct";
    assert_eq!(hex::encode(&bytes), expected, "{}: {hint}", T::DECLARATION.table);
    assert_eq!(T::DECLARATION.schema, schema);
}

/// Data directories of released versions hold these bytes.
#[test]
fn the_stored_layouts_stand() {
    let (at, item) = (Timestamp::from_ms(1_000), ItemId::parse("a1").unwrap());
    let step = Step { at, message: 300, item: item.clone() };
    check_layout(
        &HistoryEvent { message: 300, at, action: Action::Purchase, item: item.clone() },
        "ac02d00f04026131",
    );
    check_layout(&LearnedOrder { message: 300, at, items: vec![item.clone()] }, "ac02d00f01026131");
    check_layout(&LearningEvent { message: 300, at, item }, "ac02d00f026131");
    check_layout(&ClosedSession { steps: vec![step] }, "01d00fac02026131");
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    check_layout(
        &Preferences { sizes: texts(&["M"]), categories: texts(&["c", "d"]) },
        "01014d0201630164",
    );
    let evidence = ConsentEvidence {
        version: 2,
        purpose: PurposeName::SharedLearning,
        state: RecordState::Withdrawn,
        at,
        expires: Timestamp::from_ms(2_000),
        lasting: Lasting::Visit,
        signals: Signals::NONE.with(Signal::Gpc),
        acknowledged: Signals::NONE.with(Signal::ConsentTool),
        notice: vec![0xab, 0xcd],
        language: "en".to_owned(),
        law: "eu".to_owned(),
        law_digest: vec![0xef],
        place: "DE".to_owned(),
        how: "api".to_owned(),
        decided_by: DecidedBy::Parent,
        source: "s".to_owned(),
        on: Features::NONE.with(Feature::PurchaseHistory),
        off: Features::NONE.with(Feature::BrowsingHistory).with(Feature::StatedPreferences),
        keep: Some(Keep::Days(300)),
    };
    let bytes = "020104d00fa01f01010202abcd02656e02657501ef0244450361706901017302050100ac02";
    check_layout_of(&evidence, 4, bytes);
    check_layout(&ErasureRecord { at, receipt: "{}".to_owned() }, "d00f027b7d");
    let [role, table, reason] = ["r", "t", "y"].map(str::to_owned);
    check_layout(&StaffRead { at, role, table, reason }, "d00f017201740179");
}

#[test]
fn no_record_prints_its_content() {
    let read = StaffRead {
        at: Timestamp::from_ms(0),
        role: "marker-5513".to_owned(),
        table: "marker-5513".to_owned(),
        reason: "marker-5513".to_owned(),
    };
    assert_eq!(format!("{read:?} {read:#?}"), "StaffRead(..) StaffRead(..)");
}

#[test]
fn every_kind_is_declared_once() {
    let written = include_str!("../kinds.rs").lines().filter(|line| line.starts_with("record! {"));
    assert_eq!(written.count(), DECLARATIONS.len(), "a kind is missing from DECLARATIONS");
    let tables: BTreeSet<&str> = DECLARATIONS.iter().map(|one| one.table).collect();
    assert_eq!(tables.len(), DECLARATIONS.len(), "two kinds share a table");
}

#[test]
fn table_names_are_fit_for_every_back_end() {
    for one in DECLARATIONS {
        assert!((1..=48).contains(&one.table.len()), "{}", one.table);
        assert!(one.table.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", one.table);
        assert!(one.schema >= 1, "{}", one.table);
    }
}

#[test]
fn nothing_is_kept_longer_than_its_purpose_allows() {
    for one in DECLARATIONS {
        assert!(one.keep_days_max > 0, "{}", one.table);
        assert!(one.keep_days_max <= one.purpose.keep_days_max(), "{}", one.table);
        if let OnErasure::Keep { basis, days } = one.on_erasure {
            assert!(days <= one.keep_days_max, "{}", one.table);
            assert!(basis.starts_with("GDPR Art. "), "{}", one.table);
        }
        let today = Day::from_number(20_000);
        assert_eq!(one.expires(today), today.plus(one.keep_days_max));
    }
}

#[test]
fn what_rests_on_consent_goes_on_erasure() {
    for one in DECLARATIONS {
        let consent = one.purpose.basis() == LawfulBasis::Consent;
        // Marks of corrections prove nothing; a tombstone does their work after an erasure. Counts
        // of reads are for the person alone; what somebody wrote is not needed to show what was
        // asked for. Nobody is written to any more.
        let goes = consent
            || one.purpose == PurposeName::LegalObligation
            || ["corrected_signal", "machine_read", "request_words"].contains(&one.table);
        assert_eq!(one.on_erasure == OnErasure::Delete, goes, "{}", one.table);
    }
}

#[test]
fn every_table_and_field_is_described() {
    for one in DECLARATIONS {
        assert!(one.what.trim().ends_with('.'), "{}: {:?}", one.table, one.what);
        assert!(!one.fields.is_empty(), "{}", one.table);
        let names: BTreeSet<&str> = one.fields.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), one.fields.len(), "{}", one.table);
        for field in one.fields {
            assert!(field.what.trim().len() >= 4, "{}.{}", one.table, field.name);
        }
    }
}

#[test]
fn every_category_has_its_own_words() {
    let all = [
        Category::AccessLog,
        Category::ConsentRecord,
        Category::ContactDetails,
        Category::PseudonymousBrowsing,
        Category::RightsRecord,
        Category::StatedPreferences,
    ];
    let words: BTreeSet<&str> = all.iter().map(|one| one.as_str()).collect();
    assert_eq!(words.len(), all.len());
}
