use std::collections::BTreeMap;

use domain::id::{Pseudonym, RequestId};
use domain::time::{Day, Timestamp};
use personal::purpose::PurposeName;
use personal::subject::SubjectRef;
use proptest::prelude::*;

use super::{Found, INTENT_BYTES_MAX, Intent, IntentError, Marks, Target};
use crate::plan::Scope;

fn intent(scope: Scope, purposes: &[PurposeName]) -> Result<Intent, IntentError> {
    let target = |&purpose| Target { purpose, pseudonym: Pseudonym::from_bytes([0xaa; 16]) };
    let marks = Marks {
        subject: SubjectRef::from_bytes([0xbb; 16]),
        targets: purposes.iter().map(target).collect(),
        tombstones: vec![[0xcc; 16], [0xdd; 16]],
        cutoff: Timestamp::from_ms(1_700_000_000_123),
        tombstones_until: Day::from_number(20_500),
        tell: Vec::new(),
    };
    let found = Found {
        rows: BTreeMap::from([("history_event".to_owned(), 3)]),
        keys: 2,
        sessions: 1,
        orders: 4,
        fingerprint: [0xee; 16],
    };
    let request = (RequestId::from_bytes([7; 16]), scope);
    Intent::new(request, Timestamp::from_ms(1_700_000_000_000), marks, found)
}

#[test]
fn what_a_redo_needs_comes_back() {
    let purposes = [PurposeName::Personalization, PurposeName::SharedLearning];
    for (scope, purposes) in [
        (Scope::Everything, &purposes[..]),
        (Scope::Purpose(PurposeName::SharedLearning), &purposes[1..]),
        (Scope::Everything, &[]),
    ] {
        let intent = intent(scope, purposes).unwrap();
        assert_eq!(Intent::from_body(&intent.to_body().unwrap()), Ok(intent));
    }
}

#[test]
fn a_withdrawal_never_reaches_another_purpose() {
    let scope = Scope::Purpose(PurposeName::SharedLearning);
    assert_eq!(intent(scope, &[PurposeName::Personalization]), Err(IntentError::OutOfScope));
    let body = intent(Scope::Everything, &[PurposeName::Personalization]).unwrap().to_body();
    let forged =
        String::from_utf8(body.unwrap()).unwrap().replace("\"everything\"", "\"SharedLearning\"");
    assert_eq!(Intent::from_body(forged.as_bytes()), Err(IntentError::OutOfScope));
}

#[test]
fn other_layouts_are_refused() {
    let body = intent(Scope::Everything, &[]).unwrap().to_body().unwrap();
    let text = String::from_utf8(body.clone()).unwrap();
    for bad in [
        String::new(),
        format!("{text} x"),
        text.replace("\"format\":1", "\"format\":2"),
        text.replace("\"format\":1", "\"format\":1,\"more\":1"),
        text.replace("\"everything\"", "\"Everything\""),
    ] {
        assert_eq!(Intent::from_body(bad.as_bytes()), Err(IntentError::Malformed), "{bad}");
    }
    for end in 0..body.len() {
        assert_eq!(Intent::from_body(&body[..end]), Err(IntentError::Malformed), "{end} bytes");
    }
    let long = vec![b' '; INTENT_BYTES_MAX + 1];
    assert_eq!(Intent::from_body(&long), Err(IntentError::Malformed));
}

#[test]
fn an_intent_prints_no_name() {
    let intent = intent(Scope::Everything, &[PurposeName::Support]).unwrap();
    let printed = format!("{intent:?}");
    for byte in ["aa", "bb", "cc", "dd", "170", "187", "204", "221"] {
        let clock_free = printed.replace("1700000000000", "");
        assert!(!clock_free.contains(byte), "{byte} in {printed}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        prop_assert_eq!(Intent::from_body(&bytes), Err(IntentError::Malformed));
    }
}
