use std::collections::BTreeMap;

use domain::event::Action;
use domain::id::{Pseudonym, RowId};
use domain::time::{DAY_MS, Timestamp};
use personal::feature::Switches;
use personal::gate::{Age, Choice, ChoiceState, Choices, Facts, Law, Regime, decide};
use personal::permit::{ConsentVersion, PERMIT_MS_MAX, PermitError};
use personal::purpose::{Personalization, PurposeName, SharedLearning};
use personal::signal::{Signals, SignalsByPurpose};
use personal::subject::SubjectRef;

use crate::admit::{Door, Laws, Pseudonyms};
use crate::error::IngestError;
use crate::minimize::{Keys, Pseudonymous, minimize, pseudonymize};
use crate::segment::{Endpoint, parse};

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);
const VERSION: ConsentVersion = ConsentVersion::from_number(5);
const SUBJECT: SubjectRef = SubjectRef::from_bytes([1; 16]);
const SERVING: Pseudonym = Pseudonym::from_bytes([2; 16]);
const TEACHING: Pseudonym = Pseudonym::from_bytes([3; 16]);
const LAW: Law = Law { regime: Regime::OptIn, choice_outranks_signal: true, child_directed: false };

fn choices() -> Choices {
    let choice = Choice {
        state: ChoiceState::Given,
        at: NOW,
        expires: NOW.plus_ms(DAY_MS),
        acknowledged: Signals::NONE,
    };
    let purposes = [PurposeName::Personalization, PurposeName::SharedLearning];
    let by_purpose: BTreeMap<_, _> = purposes.map(|purpose| (purpose, choice)).into();
    let features = Switches::covered(PurposeName::Personalization, NOW);
    Choices { version: VERSION, by_purpose, features, ..Choices::default() }
}

fn walk(
    (endpoint, body, trusted): (Endpoint, &str, bool),
    (now, current): (Timestamp, ConsentVersion),
) -> Result<Pseudonymous, IngestError> {
    let choices = choices();
    let door = Door {
        subject: SUBJECT,
        pseudonyms: Pseudonyms { personalization: SERVING, learning: TEACHING },
        choices: Some(&choices),
        signals: SignalsByPurpose::NONE,
        laws: Laws { personalization: LAW, learning: LAW },
        age: Age::Adult,
        trusted,
    };
    let event = parse(endpoint, body.as_bytes(), "m").unwrap().events.remove(0).unwrap();
    let row_id = |purpose: PurposeName, part: u32| {
        let mut bytes = [purpose.code(); 16];
        bytes[11..15].copy_from_slice(&part.to_be_bytes());
        RowId::from_bytes(bytes)
    };
    let keys = Keys { message: 77, row_id };
    pseudonymize(minimize(event.admit(&door, |_| false, NOW)?), (now, current), &keys)
}

/// What reaches the two tables, as `action item` and `item`.
fn tables(kept: Pseudonymous) -> (Vec<String>, Vec<String>) {
    let choices = choices();
    let facts = |pseudonym| Facts {
        subject: SUBJECT,
        pseudonym,
        choices: Some(&choices),
        signals: Signals::NONE,
        law: LAW,
        age: Age::Adult,
    };
    let serving = decide::<Personalization>(&facts(SERVING), NOW).unwrap();
    let teaching = decide::<SharedLearning>(&facts(TEACHING), NOW).unwrap();
    let history = kept.history.into_iter().map(|(_, row)| {
        let row = row.open(&serving, NOW, VERSION).unwrap();
        assert_eq!((row.message, row.at), (77, NOW));
        format!("{:?} {}", row.action, row.item)
    });
    let learning = kept.learning.into_iter().map(|(_, row)| {
        let row = row.open(&teaching, NOW, VERSION).unwrap();
        assert_eq!((row.message, row.at), (77, NOW));
        row.item.to_string()
    });
    (history.collect(), learning.collect())
}

#[track_caller]
fn check(action: Action, trusted: bool, teaches: bool) {
    let name = match action {
        Action::View => "Product Viewed",
        Action::AddToCart => "Product Added",
        Action::RemoveFromCart => "Product Removed",
        Action::AddToWishlist => "Product Added to Wishlist",
        Action::Purchase => "Order Completed",
        Action::Refund => "Order Refunded",
    };
    let body = format!(
        r#"{{"event":"{name}","properties":{{"product_id":"p","products":[{{"id":"p"}}]}}}}"#
    );
    let kept = walk((Endpoint::Track, &body, trusted), (NOW, VERSION)).unwrap();
    let expected = if teaches { vec!["p".to_owned()] } else { vec![] };
    assert_eq!(tables(kept), (vec![format!("{action:?} p")], expected), "{action:?} {trusted}");
}

#[test]
fn what_joins_a_session_teaches_and_purchases_only_from_the_shop() {
    for trusted in [false, true] {
        check(Action::View, trusted, true);
        check(Action::AddToCart, trusted, true);
        check(Action::AddToWishlist, trusted, true);
        check(Action::RemoveFromCart, trusted, false);
        check(Action::Refund, trusted, false);
        check(Action::Purchase, trusted, trusted);
    }
}

#[test]
fn each_purpose_gets_its_own_pseudonym_and_row_ids() {
    let body = r#"{"event":"Order Completed","properties":{"products":[{"id":1},{"id":2}]}}"#;
    let kept = walk((Endpoint::Track, body, true), (NOW, VERSION)).unwrap();
    assert_eq!((kept.subject, kept.version, kept.at), (SUBJECT, VERSION, NOW));
    assert!(kept.history.iter().all(|(_, row)| row.pseudonym() == SERVING));
    assert!(kept.learning.iter().all(|(_, row)| row.pseudonym() == TEACHING));
    let mut ids: Vec<_> = kept.history.iter().map(|(id, _)| *id).collect();
    ids.extend(kept.learning.iter().map(|(id, _)| *id));
    ids.extend(kept.order.iter().map(|(id, _)| *id));
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

/// The items of the order that teaches, where one does.
fn order_of(body: &str, trusted: bool) -> Option<Vec<String>> {
    let kept = walk((Endpoint::Track, body, trusted), (NOW, VERSION)).unwrap();
    let choices = choices();
    let facts = Facts {
        subject: SUBJECT,
        pseudonym: TEACHING,
        choices: Some(&choices),
        signals: Signals::NONE,
        law: LAW,
        age: Age::Adult,
    };
    let permit = decide::<SharedLearning>(&facts, NOW).unwrap();
    let order = kept.order?.1.open(&permit, NOW, VERSION).unwrap();
    assert_eq!((order.message, order.at), (77, NOW));
    Some(order.items.iter().map(ToString::to_string).collect())
}

#[test]
fn an_order_of_the_shop_teaches_as_a_whole_with_each_item_once() {
    let order =
        r#"{"event":"Order Completed","properties":{"products":[{"id":2},{"id":1},{"id":2}]}}"#;
    assert_eq!(order_of(order, true), Some(vec!["1".to_owned(), "2".to_owned()]));
    assert_eq!(order_of(order, false), None, "anybody can claim one with the public key");
    for other in [
        r#"{"event":"Order Refunded","properties":{"products":[{"id":1}]}}"#,
        r#"{"event":"Product Viewed","properties":{"product_id":"1"}}"#,
    ] {
        assert_eq!(order_of(other, true), None, "{other}");
    }
}

#[test]
fn preferences_are_kept_as_stated() {
    let body = r#"{"traits":{"sizes":["M"],"categories":["Coats"],"email":"x@y.z"}}"#;
    let kept = walk((Endpoint::Identify, body, false), (NOW, VERSION)).unwrap();
    assert!(kept.history.is_empty() && kept.learning.is_empty());
    let (_, stated) = kept.preferences.unwrap();
    let choices = choices();
    let facts = Facts {
        subject: SUBJECT,
        pseudonym: SERVING,
        choices: Some(&choices),
        signals: Signals::NONE,
        law: LAW,
        age: Age::Adult,
    };
    let permit = decide::<Personalization>(&facts, NOW).unwrap();
    let stated = stated.open(&permit, NOW, VERSION).unwrap();
    assert_eq!((stated.sizes, stated.categories), (vec!["M".into()], vec!["Coats".into()]));
}

#[test]
fn a_consent_change_on_the_way_stops_the_event() {
    let body = r#"{"event":"Product Viewed","properties":{"product_id":"p"}}"#;
    let stale = walk((Endpoint::Track, body, false), (NOW, VERSION.next())).unwrap_err();
    assert_eq!(stale, IngestError::Permit(PermitError::Stale));
    let late = NOW.plus_ms(PERMIT_MS_MAX);
    let expired = walk((Endpoint::Track, body, false), (late, VERSION)).unwrap_err();
    assert_eq!(expired, IngestError::Permit(PermitError::Expired));
}
