//! A pause: everything stops, models unlearn, rows stay sealed, and a yes brings it all back.

use serde_json::{Value, json};
use server::clock::Clock;

use crate::http::Call;
use crate::shop::{As, Browser, START, Server, VISIT_OVER_MS, choice, item};

const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A browser with a closed visit, an open one, and another person who stays.
fn shop() -> (Server, Browser) {
    let server = Server::with(Clock::by_hand(START), |_| {});
    let (browser, other) = (server.browser(&BOTH), server.browser(&BOTH));
    for (place, one) in [&browser, &other].into_iter().enumerate() {
        for number in 0..3 {
            server.looks_at(&one.id, &item(number), &format!("m-{place}-{number}"));
        }
    }
    server.pass(VISIT_OVER_MS);
    server.looks_at(&browser.id, &item(4), "m-later");
    (server, browser)
}

fn puts(server: &Server, body: &Value) -> Value {
    server.call(As::Page, &Call::put("/v1/consents", body)).good()
}

fn pauses(server: &Server, browser: &Browser, purposes: &[&str]) -> Value {
    puts(server, &json!({ "browser": browser.id, "pause": purposes, "how": "preferences" }))
}

fn resumes(server: &Server, browser: &Browser) -> Value {
    let mut body = choice(&BOTH);
    body["browser"] = json!(browser.id);
    puts(server, &body)
}

/// Tier and reason of the browser's answer.
fn tier(server: &Server, browser: &Browser) -> (Value, Value) {
    let basis = &server.recommends(As::Page, &format!("browser={}", browser.id))["basis"];
    (basis["tier"].clone(), basis["refused"].clone())
}

fn rows(server: &Server) -> [u64; 3] {
    ["history_event", "learning_event", "closed_session"].map(|table| server.rows(table))
}

#[test]
fn what_is_paused_is_unlearned_kept_sealed_and_comes_back() {
    let (server, browser) = shop();
    let (before, kept) = (server.fingerprint(), rows(&server));
    assert_eq!((server.sessions(), kept), (2, [7, 1, 2]));
    let told = pauses(&server, &browser, &BOTH);
    assert_eq!(told["consents"]["SharedLearning"]["state"], "paused");
    let until = START.plus_ms(VISIT_OVER_MS + 30 * DAY_MS).ms();
    assert_eq!(told["consents"]["Personalization"]["expires_ms"], until);
    assert!(told["erased"].is_null(), "{told}");
    assert_eq!((server.sessions(), rows(&server)), (1, kept));
    assert_ne!(server.fingerprint(), before);
    assert_eq!(tier(&server, &browser), (json!("anonymous"), json!("consent_paused")));
    let taken = server.looks_at(&browser.id, &item(5), "m-refused");
    assert_eq!(taken["dropped"][0]["reason"], "consent_paused");
    // The open visit does not close into a lesson, and time alone brings nothing back.
    server.pass(VISIT_OVER_MS);
    assert_eq!((server.sessions(), rows(&server)), (1, kept));
    resumes(&server, &browser);
    assert_eq!(tier(&server, &browser), (json!("history"), Value::Null));
    server.pass(VISIT_OVER_MS);
    assert_eq!((server.sessions(), rows(&server)), (3, [7, 0, 3]));
    let live = server.fingerprint();
    let server = server.restart();
    assert_eq!(server.fingerprint(), live, "live equals rebuilt");
}

#[test]
fn a_pause_outlives_a_restart_and_equals_never_met() {
    let (server, browser) = shop();
    let before = server.fingerprint();
    pauses(&server, &browser, &["SharedLearning"]);
    assert_eq!(tier(&server, &browser).0, "history", "the other purpose goes on");
    let paused = server.fingerprint();
    let server = server.restart();
    assert_eq!((server.fingerprint(), server.sessions()), (paused, 1));
    resumes(&server, &browser);
    assert_eq!((server.fingerprint(), server.sessions()), (before, 2));
}

#[test]
fn after_thirty_days_a_pause_ends_in_an_erasure() {
    let (server, browser) = shop();
    pauses(&server, &browser, &BOTH);
    server.pass(29 * DAY_MS);
    assert_eq!(rows(&server)[0], 7);
    server.pass(DAY_MS);
    assert_eq!(rows(&server), [3, 0, 1]);
    let told = Call::get(&format!("/v1/consents?browser={}", browser.id));
    let told = server.call(As::Page, &told).good();
    assert_eq!(told["consents"]["Personalization"]["state"], "withdrawn");
    assert_eq!(tier(&server, &browser), (json!("anonymous"), json!("consent_withdrawn")));
    resumes(&server, &browser);
    assert_eq!((server.sessions(), rows(&server)), (1, [3, 0, 1]));
}

#[test]
fn a_no_during_a_pause_erases_at_once() {
    let (server, browser) = shop();
    pauses(&server, &browser, &BOTH);
    let no = json!({ "browser": browser.id, "choices": { "Personalization": false } });
    let told = puts(&server, &no);
    assert_eq!(told["erased"], json!(["Personalization"]));
    assert_eq!(told["consents"]["SharedLearning"]["state"], "paused");
    assert_eq!(rows(&server), [3, 1, 2]);
    let all = json!({ "browser": browser.id, "erase_handle": browser.erase_handle });
    let receipt = server.erases(As::Page, &all);
    assert!(!receipt.is_null());
    assert_eq!(rows(&server), [3, 0, 1]);
}

#[test]
fn what_turned_sensitive_during_a_pause_does_not_come_back() {
    let (server, browser) = shop();
    pauses(&server, &browser, &BOTH);
    let goods = json!({ "items": [
        { "id": item(1).as_str(), "title": "Sensitive from now on", "sensitive": true } ] });
    server.call(As::Shop, &Call::put("/v1/catalog/items", &goods)).good();
    resumes(&server, &browser);
    let live = server.fingerprint();
    assert_eq!(rows(&server)[0], 5, "one view of each of the two people is gone");
    let server = server.restart();
    assert_eq!(server.fingerprint(), live, "live equals rebuilt");
}

#[test]
fn only_what_is_on_can_be_paused() {
    let (server, browser) = shop();
    let refused = |body: Value, why: &str| {
        let answer = server.call(As::Page, &Call::put("/v1/consents", &body));
        assert_eq!(answer.status, 422, "{body}");
        assert!(answer.text().contains(why), "{}", answer.text());
    };
    let id = &browser.id;
    refused(json!({ "browser": id, "pause": ["Marketing"] }), "Marketing is not on");
    refused(json!({ "browser": id, "pause": ["Dancing"] }), "unknown purpose");
    refused(json!({ "browser": id, "pause": ["Support"] }), "does not rest on consent");
    refused(
        json!({ "browser": id, "pause": ["Personalization"],
            "choices": { "Personalization": false } }),
        "pause names a purpose of choices",
    );
    refused(json!({ "browser": id, "pause": [] }), "choices is empty");
    pauses(&server, &browser, &BOTH);
    // A pause is not made longer.
    refused(json!({ "browser": id, "pause": ["SharedLearning"] }), "SharedLearning is not on");
}
