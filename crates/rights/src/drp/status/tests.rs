use domain::date;
use domain::time::{DAY_MS, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::proof::Strength;
use crate::request::act::{Act, Asked, Delay, HoldBasis, Rest, RestReason, Step};
use crate::request::kind::{About, Kind};
use crate::request::names::{AgentId, Asker, StaffId};
use crate::request::open;

const ID: RequestId =
    RequestId::from_bytes(*b"\xc7\x89\xff\x35\x76\x44\x4c\xeb\x99\x81\x4b\x35\xc2\x64\xaa\xc3");

fn at(days: i64) -> Timestamp {
    date::day(2026, 11, 22).start().plus_ms(14 * 3_600_000 + days * DAY_MS)
}

fn case(kind: Kind, acts: &[Act]) -> Case {
    let asker = Asker::Agent(AgentId::parse("AGENT_ONE").unwrap());
    let asked = Asked { id: ID, kind, about: About::EVERYTHING, asker, law: String::new() };
    let (_, case) = open(asked, at(0)).unwrap();
    (1..).zip(acts).fold(case, |case, (day, act)| case.next(act.clone(), at(day)).unwrap().1)
}

fn facts() -> Facts<'static> {
    Facts {
        leading: None,
        agent_request: Some("req-7"),
        due: date::day(2027, 1, 6),
        verification_url: "https://privacy.shop.example/verify",
        results_url: Some("https://privacy.shop.example/results"),
    }
}

#[track_caller]
fn check(kind: Kind, acts: &[Act], more: &Value) {
    let status = serde_json::to_value(Status::of(&case(kind, acts), &facts())).unwrap();
    let mut expected = json!({
        "request_id": "c789ff35-7644-4ceb-9981-4b35c264aac3",
        "agent_request_id": "req-7",
        "received_at": "2026-11-22T14:00:00Z",
    });
    for (name, value) in more.as_object().unwrap() {
        expected[name] = value.clone();
    }
    assert_eq!(status, expected, "{acts:?}");
}

const BY: &str = "2027-01-06T23:59:59Z";

#[test]
fn every_state_is_one_of_the_protocol() {
    let fresh = Act::Verified { strength: Strength::Fresh };
    let started = Act::Started { rests: vec![] };
    let ask = Act::VerificationAsked { strength: Strength::Fresh, until: at(9) };
    check(Kind::Erasure, &[], &json!({"status": "open", "expected_by": BY}));
    let told = [Act::Acknowledged {}];
    check(Kind::Erasure, &told, &json!({"status": "in_progress", "expected_by": BY}));
    check(
        Kind::Erasure,
        std::slice::from_ref(&ask),
        &json!({
            "status": "in_progress", "reason": "need_user_verification", "expected_by": BY,
            "user_verification_url": "https://privacy.shop.example/verify",
            "expires_at": "2026-12-01T14:00:00Z",
        }),
    );
    let extended = Act::Extended { why: Delay::Complex, due: date::day(2027, 1, 6) };
    check(
        Kind::Erasure,
        &[Act::Acknowledged {}, extended],
        &json!({
            "status": "in_progress", "expected_by": BY,
            "processing_details": "Your request is complex, so the answer takes longer.",
        }),
    );
    let done = [fresh.clone(), started.clone(), Act::Fulfilled { results_until: None }];
    check(Kind::Erasure, &done, &json!({"status": "fulfilled"}));
    check(
        Kind::Access,
        &[fresh, started, Act::Fulfilled { results_until: Some(at(10)) }],
        &json!({
            "status": "fulfilled", "expires_at": "2026-12-02T14:00:00Z",
            "results_url": "https://privacy.shop.example/results",
        }),
    );
    check(Kind::Erasure, &[Act::Revoked {}], &json!({"status": "revoked"}));
    let clarify = Act::ClarificationAsked { until: at(2) };
    check(Kind::Erasure, &[clarify.clone(), Act::Expired {}], &json!({"status": "expired"}));
    check(
        Kind::Erasure,
        &[clarify],
        &json!({
            "status": "in_progress", "expected_by": BY,
            "processing_details": "We asked the person what exactly is meant.",
        }),
    );
    let no_match = Act::Denied { denial: Denial::NoMatch };
    check(
        Kind::Erasure,
        &[no_match],
        &json!({
            "status": "denied", "reason": "no_match",
            "processing_details": format!("{} {REMEDIES}", Denial::NoMatch.sentence()),
        }),
    );
}

#[test]
fn what_stays_is_said_to_stay_but_not_named_to_the_agent() {
    let staff = |name| StaffId::parse(name).unwrap();
    let basis = HoldBasis::OpenFraudCase;
    let rest = Rest {
        what: "orders".to_owned(),
        why: RestReason::Hold(1),
        basis: basis.source().to_owned(),
        until: None,
    };
    let acts = [
        Act::Proposed { step: Step::PlaceHold { hold: 1, basis }, by: staff("one") },
        Act::Approved { by: staff("two") },
        Act::Verified { strength: Strength::Fresh },
        Act::Started { rests: vec![rest] },
        Act::Fulfilled { results_until: None },
    ];
    let status = Status::of(&case(Kind::Erasure, &acts), &facts());
    assert_eq!(status.status, "fulfilled");
    let text = serde_json::to_string(&status).unwrap();
    for inside in ["orders", "fraud", "one", "two"] {
        assert!(!text.contains(&format!("{inside}\"")) && !text.contains("fraud"), "{text}");
    }
}

#[test]
fn a_merged_request_shows_how_the_other_one_goes_on() {
    let other = RequestId::from_bytes([9; 16]);
    let merged = case(Kind::Erasure, &[Act::Merged { into: other }]);
    let leading = case(Kind::Erasure, &[Act::Acknowledged {}]);
    let status = Status::of(&merged, &Facts { leading: Some(&leading), ..facts() });
    assert_eq!(status.status, "in_progress");
    assert_eq!(status.request_id, uuid(ID));
    let status = Status::of(&merged, &facts());
    assert_eq!((status.status.as_str(), status.reason.as_deref()), ("denied", Some("other")));
}

#[test]
fn every_denial_is_a_reason_of_the_protocol() {
    let known = [
        "suspected_fraud",
        "insuf_verification",
        "no_match",
        "claim_not_covered",
        "outside_jurisdiction",
        "too_many_requests",
        "other",
    ];
    for word in known {
        assert!(Denial::ALL.into_iter().any(|denial| reason(denial) == word), "{word}");
    }
    assert!(Denial::ALL.into_iter().all(|denial| known.contains(&reason(denial))));
}

#[test]
fn names_of_requests_are_read_in_one_spelling() {
    assert_eq!(request_id("c789ff35-7644-4ceb-9981-4b35c264aac3"), Some(ID));
    for text in [
        "c789ff3576444ceb99814b35c264aac3",
        "C789FF35-7644-4CEB-9981-4B35C264AAC3",
        "c789ff35-76444ceb-9981-4b35c264aac3-",
        "",
    ] {
        assert_eq!(request_id(text), None, "{text}");
    }
}

#[test]
fn tokens_and_errors_read_like_this() {
    let key = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
    let agent = Agent::parse("AGENT_ONE", key).unwrap();
    let answer = TokenAnswer::new(&agent, &[0xab; 32]);
    let token = "ab".repeat(32);
    assert_eq!(answer.token(), token);
    let written = serde_json::to_value(&answer).unwrap();
    assert_eq!(written, json!({"agent-id": "AGENT_ONE", "token": token}));
    assert_eq!(format!("{answer:?}"), "TokenAnswer(..)");
    let late = serde_json::to_value(ErrorBody::of(DrpError::Expired, 400)).unwrap();
    assert_eq!(late, json!({"code": "400", "message": "expires-at is over", "fatal": true}));
    let failed = serde_json::to_value(ErrorBody::of(DrpError::Signature, 403)).unwrap();
    assert_eq!(failed, json!({"code": "403", "message": "failed"}));
}
