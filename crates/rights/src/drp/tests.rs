use base64::engine::general_purpose::STANDARD;
use domain::date::day;
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::drp::claims::{Action, Regime};
use crate::proof::Proof;

/// Messages that libsodium signed and OpenSSL confirmed, good and bad, with what they are answered.
const VECTORS: &str = include_str!("tests/vectors.jsonl");

fn now() -> Timestamp {
    day(2026, 11, 22).start().plus_ms(14 * 3_600_000)
}

fn business() -> BusinessId {
    BusinessId::parse("SHOP_ONE").unwrap()
}

fn signer() -> SigningKey {
    let mut seed = [0; 32];
    (0..).zip(&mut seed).for_each(|(number, byte)| *byte = number);
    SigningKey::from_bytes(&seed)
}

fn agent() -> Agent {
    let key = STANDARD.encode(signer().verifying_key().as_bytes());
    Agent::parse("AGENT_ONE", &key).unwrap()
}

fn signed(message: &[u8]) -> String {
    let signature = signer().sign(message).to_bytes();
    STANDARD.encode([&signature[..], message].concat())
}

fn answer<T>(result: Result<T, DrpError>) -> String {
    result.map_or_else(|error| format!("{error:?}"), |_| "ok".to_owned())
}

#[test]
fn messages_of_another_library_are_read_or_refused() {
    let mut read = 0;
    for line in VECTORS.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| vector[name].as_str().unwrap();
        let agent = Agent::parse("AGENT_ONE", text("key")).unwrap();
        let door = Door { agent: &agent, business: &business(), now: now() };
        let body = text("body").as_bytes();
        let found = match text("op") {
            "exercise" => answer(exercise(body, &door)),
            "set_up" => answer(set_up(body, &door)),
            _ => answer(revocation(body, &agent)),
        };
        assert_eq!(found, text("expect"), "{}", text("name"));
        read += 1;
    }
    assert_eq!(read, VECTORS_COUNT);
}

const VECTORS_COUNT: usize = 69;

#[test]
fn a_request_is_read_without_name_and_address() {
    let vector: Value = serde_json::from_str(VECTORS.lines().next().unwrap()).unwrap();
    let body = vector["body"].as_str().unwrap().as_bytes();
    let door = Door { agent: &agent(), business: &business(), now: now() };
    let (exercise, once) = exercise(body, &door).unwrap();
    assert_eq!((exercise.action, &exercise.regime), (Action::Access, &Regime::Ccpa));
    assert_eq!(exercise.relationships, ["customer", "marketing"]);
    assert_eq!(exercise.agent_request.as_deref(), Some("req-7"));
    assert_eq!(exercise.callback.as_ref().unwrap().host(), "agent.example.com");
    assert_eq!(exercise.person.verified_email(), Some("anna@shop.example"));
    assert_eq!(exercise.person.verified_phone(), None);
    assert_eq!(exercise.person.proof(), Some(Proof::Agent));
    assert!(exercise.person.names_attorney());
    assert_eq!(once.until, now().plus_ms(9 * 60_000));
    // Whoever prints it sees nothing of the person.
    let printed = format!("{exercise:?}");
    for text in ["nna", "Muster", "Road", "0123", "@"] {
        assert!(!printed.contains(text), "{printed}");
    }
}

#[test]
fn an_agent_is_an_id_and_a_strong_key() {
    let key = STANDARD.encode(signer().verifying_key().as_bytes());
    assert_eq!(Agent::parse("AGENT_ONE", &key).unwrap().id().as_str(), "AGENT_ONE");
    for (id, key) in [
        ("", key.as_str()),
        ("an agent", &key),
        ("A", ""),
        ("A", "AAAA"),
        ("A", key.trim_end_matches('=')),
        // The point of order one: any message would verify.
        (
            "A",
            &STANDARD.encode({
                let mut one = [0; 32];
                one[0] = 1;
                one
            }),
        ),
        ("A", &STANDARD.encode([0xff; 32])),
    ] {
        assert_eq!(Agent::parse(id, key), Err(AgentError), "{id} {key}");
    }
}

#[test]
fn only_what_cannot_succeed_later_is_fatal() {
    for error in [DrpError::Expired, DrpError::Window, DrpError::Version, DrpError::Action] {
        assert!(error.is_fatal());
    }
    assert!(!DrpError::Issued.is_fatal() && !DrpError::Signature.is_fatal());
    assert_eq!(DrpError::Signature.to_string(), "failed");
    let versions = VERSIONS.join(", ");
    assert!(DrpError::Version.to_string().ends_with(&versions));
}

/// One step failing or not, by its place in the order of the protocol.
fn message(fails: [bool; 4]) -> Value {
    let pick =
        |fails: bool, bad: &str, good: &str| if fails { bad.to_owned() } else { good.into() };
    json!({
        "agent-id": pick(fails[0], "AGENT_TWO", "AGENT_ONE"),
        "business-id": pick(fails[1], "OTHER", "SHOP_ONE"),
        "issued-at": pick(fails[2], "2026-11-22T14:00:01Z", "2026-11-22T13:59:00Z"),
        "expires-at": pick(fails[3], "2026-11-22T14:00:00Z", "2026-11-22T14:09:00Z"),
        "drp.version": "1.0",
        "exercise": "access",
    })
}

proptest! {
    /// Whatever fails, the first failing step of the fixed order is the answer.
    #[test]
    fn the_first_step_that_fails_answers(base64: bool, signature: bool, fails: [bool; 4]) {
        let mut body = signed(message(fails).to_string().as_bytes());
        if signature {
            let mut bytes = STANDARD.decode(&body).unwrap();
            bytes[70] ^= 1;
            body = STANDARD.encode(bytes);
        }
        if base64 {
            body.push('\u{21}');
        }
        let door = Door { agent: &agent(), business: &business(), now: now() };
        let errors = [
            (base64, DrpError::Base64),
            (signature, DrpError::Signature),
            (fails[0], DrpError::Agent),
            (fails[1], DrpError::Business),
            (fails[2], DrpError::Issued),
            (fails[3], DrpError::Expired),
        ];
        let first = errors.into_iter().find(|(fails, _)| *fails).map(|(_, error)| error);
        prop_assert_eq!(exercise(body.as_bytes(), &door).err(), first);
        prop_assert_eq!(set_up(body.as_bytes(), &door).err(), first);
    }

    /// No bytes panic, signed or not.
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let (agent, business) = (agent(), business());
        let door = Door { agent: &agent, business: &business, now: now() };
        let body = signed(&bytes);
        for body in [bytes.as_slice(), STANDARD.encode(&bytes).as_bytes(), body.as_bytes()] {
            prop_assert!(exercise(body, &door).is_err());
            prop_assert!(set_up(body, &door).is_err());
            prop_assert!(revocation(body, &agent).is_err());
        }
    }

    /// No flipped bit of a good message survives.
    #[test]
    fn no_flipped_bit_survives(at in 0_usize..4_000, bit in 0_u8..8) {
        let good = signed(message([false; 4]).to_string().as_bytes());
        let mut bytes = STANDARD.decode(&good).unwrap();
        let length = bytes.len();
        bytes[at % length] ^= 1 << bit;
        let door = Door { agent: &agent(), business: &business(), now: now() };
        prop_assert!(exercise(good.as_bytes(), &door).is_ok());
        let answer = exercise(STANDARD.encode(&bytes).as_bytes(), &door).err();
        prop_assert_eq!(answer, Some(DrpError::Signature));
    }

    /// Signed claims of any type are read or refused by name, never half.
    #[test]
    fn claims_of_any_type_are_read_or_refused(
        name in "(exercise|regime|relationships|status_callback|email|email_verified|phone_number)",
        kind in 0_u8..7,
        text in "\\PC{0,40}",
    ) {
        let value = match kind {
            0 => json!(text),
            1 => json!(7),
            2 => json!([text]),
            3 => json!({"a": text}),
            4 => Value::Null,
            5 => json!(true),
            _ => json!([[[[text]]]]),
        };
        let mut claims = message([false; 4]);
        claims[name.as_str()] = value;
        let door = Door { agent: &agent(), business: &business(), now: now() };
        let body = signed(claims.to_string().as_bytes());
        match exercise(body.as_bytes(), &door) {
            Ok((exercise, _)) => prop_assert!(exercise.relationships.len() <= 16),
            Err(DrpError::Action) => prop_assert_eq!(name, "exercise"),
            Err(DrpError::Claim(claim)) => prop_assert_eq!(claim, name),
            Err(other) => prop_assert!(false, "{:?}", other),
        }
    }
}
