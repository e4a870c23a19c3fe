use domain::time::Timestamp;
use personal::purpose::PurposeName;
use personal::subject::{CustomerId, Subject};

use super::{NotTold, Told, understand};

const DIGEST: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn told(row: &[(&str, &str)]) -> Result<Told, NotTold> {
    let cell = |name: &str| row.iter().find(|(column, _)| *column == name).map_or("", |one| one.1);
    understand(&cell, Timestamp::from_ms(1_700_000_000_000))
}

#[track_caller]
fn check(changes: &[(&'static str, &'static str)], expected: Result<(), NotTold>) {
    let mut row = vec![
        ("customer", "7"),
        ("purpose", "Personalization"),
        ("state", "given"),
        ("at", "2023-01-02T03:04:05Z"),
        ("notice", DIGEST),
        ("language", "en"),
    ];
    row.retain(|(column, _)| changes.iter().all(|(changed, _)| changed != column));
    row.extend(changes);
    assert_eq!(told(&row).map(|_| ()), expected, "{changes:?}");
}

#[test]
fn choices_are_understood_or_refused() {
    check(&[], Ok(()));
    check(&[("customer", ""), ("session", "12")], Ok(()));
    check(&[("customer", ""), ("browser", "00112233445566778899aabbccddeeff")], Ok(()));
    check(&[("customer", "")], Err(NotTold::Name));
    check(&[("session", "12")], Err(NotTold::Name));
    check(&[("customer", ""), ("browser", "xyz")], Err(NotTold::Name));
    check(&[("purpose", "fun")], Err(NotTold::Purpose));
    check(&[("state", "maybe")], Err(NotTold::State));
    check(&[("at", "soon")], Err(NotTold::At));
    check(&[("at", "2099-01-01")], Err(NotTold::At));
    check(&[("notice", "")], Err(NotTold::Notice));
    check(&[("language", "")], Err(NotTold::Notice));
    check(&[("state", "refused"), ("notice", ""), ("language", "")], Ok(()));
    check(&[("days", "0")], Err(NotTold::Days));
    check(&[("days", "30")], Ok(()));
    check(&[("keep_days", "30")], Ok(()));
    check(&[("keep_days", "1")], Err(NotTold::Keep));
    check(&[("keep_days", "long")], Err(NotTold::Keep));
    check(&[("keep_days", "30"), ("purpose", "FraudPrevention")], Err(NotTold::Keep));
    check(&[("restricted", "yes")], Ok(()));
    check(&[("restricted", "no")], Err(NotTold::Restricted));
    check(&[("restricted", "yes"), ("purpose", "LegalProof")], Err(NotTold::Restricted));
    check(&[("state", "none"), ("notice", ""), ("language", "")], Ok(()));
}

#[test]
fn a_choice_keeps_its_person_and_its_time() {
    let row = [
        ("session", "12"),
        ("purpose", "SharedLearning"),
        ("state", "withdrawn"),
        ("at", "1672628645"),
    ];
    let told = told(&row).unwrap();
    assert_eq!(told.name, Subject::Customer(CustomerId::parse("session:12").unwrap()));
    assert_eq!(told.at, Timestamp::from_ms(1_672_628_645_000));
    assert_eq!(told.request.choices.get(&PurposeName::SharedLearning), Some(&false));
}
