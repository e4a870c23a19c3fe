use domain::id::RequestId;
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::{ASK_AGAIN_MS, Identity, Message, Met, name, read, row, sign, verify, wait_ms};
use crate::receipt::public_key;

const REQUEST: RequestId = RequestId::from_bytes([7; 16]);

fn message<'a>(known_by: Identity, identity: &'a str) -> Message<'a> {
    let at = Timestamp::from_ms(1_763_820_000_000);
    Message { request: REQUEST, recipient: "mailer", known_by, identity, at }
}

#[test]
fn the_message_is_an_erasure_request_of_open_dsr() {
    let body = message(Identity::CustomerId, "c-1").body().unwrap();
    let said: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(said["regulation"], "gdpr");
    assert_eq!(said["subject_request_type"], "erasure");
    assert_eq!(said["submitted_time"], "2025-11-22T14:00:00Z");
    assert_eq!(said["api_version"], "2.0");
    let identity = json!([{ "identity_type": "controller_customer_id", "identity_value": "c-1",
        "identity_format": "raw" }]);
    assert_eq!(said["subject_identities"], identity);
    assert_eq!(said["subject_request_id"], name(REQUEST, "mailer"));
    // SHA-256 of "abc", FIPS 180-2.
    let hashed = Identity::CustomerIdSha256.of("abc");
    assert_eq!(hashed, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let body = message(Identity::CustomerIdSha256, &hashed).body().unwrap();
    let said: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(said["subject_identities"][0]["identity_format"], "sha256");
}

#[test]
fn each_recipient_knows_it_by_another_name() {
    let names: Vec<String> = (0..200_u8)
        .map(|byte| name(RequestId::from_bytes([byte; 16]), "mailer"))
        .chain([name(REQUEST, "lab")])
        .collect();
    for one in &names {
        let parts: Vec<&str> = one.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']), "{one}");
        assert!(!one.contains(REQUEST.to_hex().get(..8).unwrap()));
    }
    let others: std::collections::BTreeSet<&String> = names.iter().collect();
    assert_eq!(others.len(), names.len());
    assert_ne!(row(REQUEST, "mailer"), row(REQUEST, "lab"));
}

#[test]
fn a_signature_holds_for_the_body_and_the_key_alone() {
    let (seed, body) = ([3; 32], b"{}".to_vec());
    let (key, signature) = (public_key(&seed), sign(&body, &seed));
    assert!(verify(&body, &key, &signature));
    assert!(!verify(b"{ }", &key, &signature));
    assert!(!verify(&body, &public_key(&[4; 32]), &signature));
    assert!(!verify(&body, &key, "AAAA") && !verify(&body, "00", &signature));
}

#[track_caller]
fn check(status: u16, body: &str, told: bool, expected: Met) {
    assert_eq!(read(status, body.as_bytes(), told), expected, "{status} {body} {told}");
}

#[test]
fn answers_mean_what_they_say() {
    check(201, "{\"controller_id\":\"x\"}", false, Met::Took);
    check(202, "", false, Met::Took);
    check(200, "", false, Met::Done);
    check(204, "", false, Met::Done);
    check(201, "{\"request_status\":\"completed\"}", false, Met::Done);
    check(200, "{\"request_status\":\"pending\"}", true, Met::Took);
    check(200, "{\"request_status\":\"in_progress\"}", true, Met::Took);
    check(200, "{\"request_status\":\"completed\"}", true, Met::Done);
    check(200, "{\"request_status\":\"cancelled\"}", true, Met::Lost);
    check(200, "{\"request_status\":\"dancing\"}", true, Met::Refused(200));
    check(404, "", true, Met::Lost);
    check(404, "", false, Met::Refused(404));
    check(302, "", false, Met::Refused(302));
    check(500, "{\"request_status\":\"completed\"}", false, Met::Refused(500));
}

#[test]
fn waits_grow_to_a_day() {
    let waits: Vec<i64> = (1..10).map(wait_ms).collect();
    assert!(waits.is_sorted());
    assert_eq!((waits[0], wait_ms(0), wait_ms(u32::MAX)), (60_000, 60_000, ASK_AGAIN_MS));
}
