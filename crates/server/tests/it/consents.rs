//! The life of a choice: what is written down, when it ends, and when nobody may ask again.

use consent::law::named;
use personal::evidence::{DecidedBy, RecordState};
use personal::kinds::ConsentEvidence;
use personal::purpose::PurposeName;
use personal::subject::{BrowserId, CustomerId, Subject};
use serde_json::{Value, json};
use server::engine::EngineError;

use crate::http::Call;
use crate::shop::{As, Server, VISIT_OVER_MS, choice, item};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const MINUTE_MS: i64 = 60 * 1_000;

/// The evidence of a person, oldest first.
fn record(server: &Server, name: &Subject) -> Vec<ConsentEvidence> {
    let name = name.clone();
    server.engine(move |engine, now| match engine.record_of(&name, now) {
        Err(EngineError::Unknown) => Ok(Vec::new()),
        found => found.map(|(_, rows)| rows),
    })
}

fn browser(id: &str) -> Subject {
    Subject::Browser(BrowserId::parse(id).unwrap())
}

fn customer(id: &str) -> Subject {
    Subject::Customer(CustomerId::parse(id).unwrap())
}

#[track_caller]
fn check_states(server: &Server, name: &Subject, expected: &[RecordState]) {
    let states: Vec<RecordState> = record(server, name).iter().map(|row| row.state).collect();
    assert_eq!(states, expected);
}

fn put(server: &Server, who: As, body: &Value) -> Value {
    server.call(who, &Call::put("/v1/consents", body)).good()
}

fn states(server: &Server, body: &Value) -> Value {
    server.call(As::Shop, &Call::post("/v1/consents/statements", body)).good()
}

#[test]
fn every_step_of_a_choice_is_written_down() {
    use RecordState::{Expired, Given, Renewed, Withdrawn};
    let server = Server::by_hand();
    let one = server.browser(&["Personalization"]);
    let name = browser(&one.id);
    let mut again = choice(&["Personalization"]);
    again["browser"] = json!(one.id);
    again["for_days"] = json!(30);
    server.pass(MINUTE_MS);
    let answer = put(&server, As::Page, &again);
    assert_eq!(answer["consents"]["Personalization"]["state"], "given");
    check_states(&server, &name, &[Given, Renewed]);
    let rows = record(&server, &name);
    let pack = named("eu-2018-05-25").unwrap();
    assert_eq!(domain::hex::encode(&rows[1].law_digest), pack.digest);
    assert_eq!((rows[1].place.as_str(), rows[1].decided_by), ("EU", DecidedBy::Person));

    server.looks_at(&one.id, &item(0), "m-1");
    assert_eq!(server.rows("history_event"), 1);
    server.pass(31 * DAY_MS);
    assert_eq!(server.rows("history_event"), 0, "what it allowed is gone");
    check_states(&server, &name, &[Given, Renewed, Expired]);
    let last = record(&server, &name).pop().unwrap();
    assert_eq!(last.decided_by, DecidedBy::Nobody);
    assert!(last.expires <= last.at);
    let read = Call::get(&format!("/v1/consents?browser={}", one.id));
    let answer = server.call(As::Page, &read).good();
    assert_eq!(answer["consents"]["Personalization"]["state"], "expired");
    assert_eq!(answer["consents"]["Personalization"].get("ask_again_from"), None);

    // Not once more a day later, and not after a restart.
    server.pass(2 * DAY_MS);
    let server = server.restart();
    check_states(&server, &name, &[Given, Renewed, Expired]);
    put(&server, As::Page, &again);
    let no = json!({ "browser": one.id, "choices": { "Personalization": false } });
    put(&server, As::Page, &no);
    check_states(&server, &name, &[Given, Renewed, Expired, Given, Withdrawn]);
}

#[test]
fn a_yes_for_a_visit_ends_with_it() {
    let server = Server::by_hand();
    let mut yes = choice(&["Personalization"]);
    yes["for"] = json!("visit");
    let answer = put(&server, As::Page, &yes);
    let id = answer["browser"].as_str().unwrap().to_owned();
    let own = format!("/v1/recommendations?browser={id}");
    let tier = || server.call(As::Page, &Call::get(&own)).good()["basis"]["tier"].clone();
    server.looks_at(&id, &item(0), "m-1");
    assert_eq!(tier(), "history");
    server.pass(20 * MINUTE_MS);
    server.looks_at(&id, &item(1), "m-2");
    server.pass(20 * MINUTE_MS);
    assert_eq!((tier(), server.rows("history_event")), (json!("history"), 2), "the visit goes on");
    server.pass(VISIT_OVER_MS);
    assert_eq!((tier(), server.rows("history_event")), (json!("anonymous"), 0));
    check_states(&server, &browser(&id), &[RecordState::Given, RecordState::Expired]);

    // A restart does not know of signs of life, so the visit counts from the yes.
    let answer = put(&server, As::Page, &yes);
    let id = answer["browser"].as_str().unwrap().to_owned();
    let server = server.restart();
    check_states(&server, &browser(&id), &[RecordState::Given]);
    server.pass(VISIT_OVER_MS);
    check_states(&server, &browser(&id), &[RecordState::Given, RecordState::Expired]);
}

#[test]
fn a_refusal_stays_refused() {
    let server = Server::by_hand();
    let asks = json!({ "customer": "c-1", "state": "requested", "purposes": ["Marketing"],
        "how": "letter" });
    let ask = |place: &str| {
        let path = format!("/v1/consents/statements?jurisdiction={place}");
        server.call(As::Shop, &Call::post(&path, &asks))
    };
    let answer = ask("US-CA").good();
    assert_eq!(answer["consents"], json!({}), "being asked is no choice");
    let no = json!({ "customer": "c-1", "choices": { "Marketing": false } });
    let path = "/v1/consents?jurisdiction=US-CA";
    let answer = server.call(As::Shop, &Call::put(path, &no)).good();
    // START is 1 March 2026, and the law pack of California says twelve months.
    assert_eq!(answer["consents"]["Marketing"]["ask_again_from"], "2027-03-01");
    let reply = ask("US-CA");
    assert_eq!(reply.status, 409);
    let problem = reply.json();
    assert_eq!(problem["type"], "/problems#ask_later");
    assert!(problem["detail"].as_str().unwrap().contains("from 2027-03-01 on"), "{problem}");
    server.pass(364 * DAY_MS);
    assert_eq!(ask("US-CA").status, 409);
    server.pass(DAY_MS);
    ask("US-CA").good();
    use RecordState::{Refused, Requested};
    check_states(&server, &customer("c-1"), &[Requested, Refused, Requested]);
    // Whoever changes their mind is not kept from it.
    let mut yes = choice(&["Marketing"]);
    yes["customer"] = json!("c-1");
    let answer = put(&server, As::Shop, &yes);
    let marketing = &answer["consents"]["Marketing"];
    assert_eq!(marketing["state"], "given");
    assert_eq!(marketing.get("ask_again_from"), None);
    assert_eq!(marketing["remind_from"], "2028-04-01");
}

#[test]
fn a_yes_that_does_not_count_is_invalidated() {
    let server = Server::by_hand();
    let one = server.browser(&["Personalization", "SharedLearning"]);
    server.looks_at(&one.id, &item(0), "m-1");
    let says = json!({ "browser": one.id, "state": "invalidated",
        "purposes": ["Personalization"], "reason": "a child has come of age" });
    let answer = states(&server, &says);
    assert_eq!(answer["erased"], json!(["Personalization"]));
    assert_eq!(server.rows("history_event"), 0);
    let rows = record(&server, &browser(&one.id));
    let gone: Vec<_> =
        rows.iter().filter(|row| row.purpose == PurposeName::Personalization).collect();
    assert_eq!((gone[0].state, gone[1].state), (RecordState::Given, RecordState::Invalidated));
    assert_eq!(
        (gone[1].decided_by, gone[1].source.as_str()),
        (DecidedBy::Shop, "a child has come of age")
    );
    let again = server.call(As::Shop, &Call::post("/v1/consents/statements", &says));
    assert_eq!(again.status, 422, "there is no yes any more");
}

#[test]
fn a_parent_decides_by_the_secret_key_only() {
    let server = Server::by_hand();
    let mut yes = choice(&["Personalization"]);
    yes["decided_by"] = json!("parent");
    assert_eq!(server.call(As::Page, &Call::put("/v1/consents", &yes)).status, 403);
    yes["customer"] = json!("kid-1");
    put(&server, As::Shop, &yes);
    let rows = record(&server, &customer("kid-1"));
    assert_eq!(rows[0].decided_by, DecidedBy::Parent);
}

#[test]
fn the_record_outlives_an_erasure_and_the_receipt_says_so() {
    let server = Server::by_hand();
    let mut yes = choice(&["Personalization"]);
    yes["customer"] = json!("c-9");
    put(&server, As::Shop, &yes);
    let erase = Call::post("/v1/erasures", &json!({ "customer": "c-9" }));
    let answer = server.call(As::Shop, &erase).good();
    let payload = answer["receipt"]["payload"].as_str().unwrap();
    let payload: Value = serde_json::from_str(payload).unwrap();
    let kept = payload["kept"].as_array().unwrap();
    let evidence = kept.iter().find(|one| one["table"] == "consent_evidence").unwrap();
    assert_eq!(evidence["basis"], "GDPR Art. 7(1) and 17(3)(e)");
    use RecordState::{Given, Withdrawn};
    check_states(&server, &customer("c-9"), &[Given, Withdrawn]);
    let server = server.restart();
    check_states(&server, &customer("c-9"), &[Given, Withdrawn]);
}
