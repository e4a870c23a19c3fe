use serde_json::json;

use super::*;
use crate::proof::{Known, Strength, gives, needed};

#[track_caller]
fn check(claims: &Value, expected: Result<(), DrpError>) {
    assert_eq!(read(claims.to_string().as_bytes()).map(|_| ()), expected, "{claims}");
}

#[test]
fn claims_have_types_and_limits() {
    let with = |name: &str, value: Value| json!({ "exercise": "access", name: value });
    check(&with("agent-request-id", json!("a".repeat(128))), Ok(()));
    for (name, value) in [
        ("agent-request-id", json!("a".repeat(129))),
        ("agent-request-id", json!("")),
        ("agent-request-id", json!(7)),
        ("regime", json!("a".repeat(65))),
        ("regime", json!("gd pr")),
        ("relationships", json!("customer")),
        ("relationships", json!(["a".repeat(65)])),
        ("relationships", json!([null])),
        ("email", json!("a@b@c")),
        ("email", json!("@b")),
        ("email", json!("a b@c")),
        ("email", json!(format!("{}@b.example", "a".repeat(250)))),
        ("phone_number", json!("+123456")),
        ("phone_number", json!("+1234567890123456")),
        ("phone_number", json!("+12 345 678")),
        ("phone_number_verified", json!(1)),
        ("power_of_attorney", json!(true)),
    ] {
        check(&with(name, value), Err(DrpError::Claim(name)));
    }
    check(&json!(["access"]), Err(DrpError::Claim("exercise")));
    let named = read(with("regime", json!("us-va")).to_string().as_bytes()).unwrap();
    assert_eq!(named.regime, Regime::Named("us-va".into()));
    assert_eq!(read(br#"{"exercise":"access"}"#).unwrap().regime, Regime::Voluntary);
}

#[test]
fn an_address_that_the_agent_did_not_verify_proves_nothing() {
    let person = |claims: Value| read(claims.to_string().as_bytes()).unwrap().person;
    let email = "anna@shop.example";
    let said = person(json!({ "exercise": "sale:opt_out", "email": email }));
    assert_eq!((said.email(), said.verified_email()), (Some(email), None));
    assert_eq!((said.proof(), said.names_attorney()), (None, false));
    let phone = json!({
        "exercise": "access", "phone_number": "+358401234567", "phone_number_verified": true,
    });
    assert_eq!(person(phone).proof(), Some(Proof::Agent));
    let none = person(json!({ "exercise": "access", "email_verified": true }));
    assert_eq!(none.proof(), None);
}

#[test]
fn actions_are_requests_and_an_agent_alone_opens_nothing() {
    for action in Action::ALL {
        assert_eq!(Action::parse(action.as_str()), Some(action));
        let (kind, about) = action.asks();
        assert!(about.fits(kind), "{action:?}");
        let strength = gives(Proof::Agent, Known::Account);
        let enough = strength >= needed(kind, about).strength;
        let mild = matches!(action, Action::SaleOptOut | Action::AccessCategories);
        assert_eq!(enough, mild, "{action:?}");
        assert!(strength < Strength::Fresh);
    }
    assert_eq!(Action::parse("sale:opt-out"), Some(Action::SaleOptOut));
    for text in ["sale:opt_in", "sale:opt-in", "Access", "", "access:"] {
        assert_eq!(Action::parse(text), None);
    }
}
