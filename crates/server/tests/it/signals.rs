//! Signals at the door: in a header, in an event, in a batch; each narrows what its words mean, and
//! the law of the place decides the rest.

use serde_json::{Value, json};
use server::clock::Clock;

use crate::http::Call;
use crate::shop::{As, Browser, START, Server, item};

const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];
const HEADER: &str = "Confidant-Signals";
const PLACE: &str = "Confidant-Jurisdiction";

/// Tier and reason of an answer to a call.
fn tier(server: &Server, who: As, call: &Call) -> (String, Option<String>) {
    let answer = server.call(who, call).good();
    let basis = &answer["basis"];
    let text = |field: &str| basis[field].as_str().map(str::to_owned);
    (text("tier").unwrap(), text("refused"))
}

fn asks(browser: &Browser) -> Call {
    Call::get(&format!("/v1/recommendations?browser={}", browser.id))
}

#[track_caller]
fn check_answer(server: &Server, call: &Call, refused: Option<&str>) {
    let expected = if refused.is_some() { "anonymous" } else { "history" };
    assert_eq!(tier(server, As::Page, call), (expected.to_owned(), refused.map(str::to_owned)));
}

/// What of one view was kept: rows of the history, rows that teach; or why nothing.
#[track_caller]
fn check_event(server: &Server, event: &Value, expected: Result<(u64, u64), &str>) {
    let rows = || (server.rows("history_event"), server.rows("learning_event"));
    let before = rows();
    let taken = server.call(As::Page, &Call::post("/v1/track", event)).good();
    let after = rows();
    let kept = (after.0 - before.0, after.1 - before.1);
    let told = taken["dropped"][0]["reason"].as_str().map_or(Ok(kept), Err);
    assert_eq!(told, expected, "{event}");
    assert!(told.is_ok() || kept == (0, 0), "{event}");
}

fn view(browser: &Browser, message: &str, signals: &Value) -> Value {
    json!({ "anonymousId": browser.id, "messageId": message, "event": "Product Viewed",
        "properties": { "product_id": item(0).as_str() }, "context": { "signals": signals } })
}

#[test]
fn every_signal_of_the_header_narrows_an_answer() {
    let server = Server::by_hand();
    let browser = server.browser(&BOTH);
    let check = |signals: &str, refused: Option<&str>| {
        check_answer(&server, &asks(&browser).header(HEADER, signals), refused);
    };
    check("{}", None);
    check(r#"{"gpc":true}"#, Some("signal_gpc"));
    check(r#"{"us_privacy":"1YYN"}"#, Some("signal_us_privacy"));
    check(r#"{"us_privacy":"1YNN"}"#, None);
    check(r#"{"gpp":"DBABTA~1YYN"}"#, Some("signal_gpp"));
    check(r#"{"gpp":"DBABTA~1YNN"}"#, None);
    check(r#"{"consent_mode":{"personalization_storage":"denied"}}"#, Some("signal_consent_mode"));
    check(r#"{"consent_mode":{"ad_storage":"denied"}}"#, None);
    check(r#"{"shopify":{"preferences":false}}"#, Some("signal_shopify"));
    check(r#"{"shopify":{"analytics":false}}"#, None);
    // What cannot be read may have been a no.
    check(r#"{"tcf":"?"}"#, Some("signal_tcf"));
    // Nothing of it stays: these are words of a request, not of the person.
    check("{}", None);
}

#[test]
fn signals_of_an_event_narrow_each_purpose_by_itself() {
    let server = Server::by_hand();
    let browser = server.browser(&BOTH);
    let check = |message: &str, signals: Value, expected| {
        check_event(&server, &view(&browser, message, &signals), expected);
    };
    check("m-1", Value::Null, Ok((1, 1)));
    check("m-2", json!({ "shopify": { "analytics": false } }), Ok((1, 0)));
    check("m-3", json!({ "consent_mode": { "functionality_storage": "denied" } }), Ok((0, 1)));
    check("m-4", json!({ "us_privacy": "1YYN" }), Err("signal_us_privacy"));
    check("m-5", json!({ "gpc": true, "tcf": "?" }), Err("signal_gpc"));
    let malformed = server
        .call(As::Page, &Call::post("/v1/track", &view(&browser, "m-6", &json!({ "tfc": "C" }))));
    assert_eq!(malformed.status, 422);
    assert!(malformed.text().contains("signals are no object of gpc"), "{}", malformed.text());
    let header = Call::post("/v1/track", &view(&browser, "m-7", &Value::Null));
    let header = header.header(HEADER, r#"{"shopify":{"preferences":false}}"#);
    assert_eq!(server.call(As::Page, &header).good()["stored"], 1);
    assert_eq!((server.rows("history_event"), server.rows("learning_event")), (2, 3));
}

#[test]
fn signals_of_a_batch_count_for_every_event_and_a_wrong_one_for_itself() {
    let server = Server::by_hand();
    let browser = server.browser(&BOTH);
    let event = |message: &str, signals: Value| {
        let mut event = view(&browser, message, &signals);
        event["type"] = json!("track");
        event
    };
    let events = [
        event("m-1", Value::Null),
        event("m-2", json!({ "us_privacy": "1YYN" })),
        event("m-3", json!([])),
    ];
    let body = json!({ "context": { "signals": { "shopify": { "analytics": false } } },
        "batch": events });
    let taken = server.call(As::Page, &Call::post("/v1/batch", &body)).good();
    assert_eq!(taken["stored"], 1);
    assert_eq!(taken["dropped"][0]["reason"], "signal_us_privacy");
    assert_eq!(taken["dropped"][1]["reason"], "malformed");
    assert_eq!((server.rows("history_event"), server.rows("learning_event")), (1, 0));
    let body = json!({ "context": { "signals": "?" }, "batch": events });
    assert_eq!(server.call(As::Page, &Call::post("/v1/batch", &body)).status, 422);
}

#[test]
fn headers_that_cannot_be_understood_are_refused() {
    let server = Server::by_hand();
    let browser = server.browser(&BOTH);
    for (name, value) in [
        (HEADER, "1YYN"),
        (HEADER, ""),
        (HEADER, r#"{"gpc":1}"#),
        (PLACE, ""),
        (PLACE, "California"),
    ] {
        let refused = server.call(As::Page, &asks(&browser).header(name, value));
        assert_eq!(refused.status, 422, "{name}: {value}");
    }
    let twice = asks(&browser).header(HEADER, "{}").header(HEADER, r#"{"gpc":true}"#);
    assert_eq!(server.call(As::Page, &twice).status, 422);
    // The listener itself takes no such header.
    let long = asks(&browser).header(HEADER, &format!(r#"{{"tcf":"{}"}}"#, "C".repeat(33 * 1024)));
    assert_eq!(server.call(As::Page, &long).status, 431);
}

#[test]
fn the_place_of_the_request_decides_what_silence_means() {
    let server = Server::by_hand();
    let asks = || Call::get("/v1/recommendations?customer=ada");
    let here = |place: &str| tier(&server, As::Shop, &asks().header(PLACE, place));
    let missing = ("anonymous".to_owned(), Some("consent_missing".to_owned()));
    assert_eq!(tier(&server, As::Shop, &asks()), missing);
    assert_eq!(here("DE"), missing);
    assert_eq!(here("ZZ"), missing);
    assert_eq!(here("US-CA"), ("history".to_owned(), None));
    let signal = asks().header(PLACE, "US-CA").header(HEADER, r#"{"us_privacy":"1YYN"}"#);
    let refused = ("anonymous".to_owned(), Some("signal_us_privacy".to_owned()));
    assert_eq!(tier(&server, As::Shop, &signal), refused);
}

/// A customer of California with a history, as the shop's server tells it.
fn californian(server: &Server, customer: &str) {
    let event = json!({ "userId": customer, "messageId": "m-1", "event": "Product Viewed",
        "properties": { "product_id": item(0).as_str() } });
    let call = Call::post("/v1/track", &event).header(PLACE, "US-CA");
    assert_eq!(server.call(As::Shop, &call).good()["stored"], 1);
    assert_eq!((server.rows("history_event"), server.rows("learning_event")), (1, 1));
}

#[test]
fn a_customer_carries_the_browsers_opt_out_to_the_account() {
    let server = Server::by_hand();
    californian(&server, "ada");
    let from = |customer: &str, gpc: bool| {
        let call = Call::get("/v1/recommendations").header(PLACE, "US-CA");
        let call = call.token(&server.token(customer));
        tier(&server, As::Page, &if gpc { call.header("Sec-GPC", "1") } else { call })
    };
    assert_eq!(from("ada", false), ("history".to_owned(), None));
    // The browser with the signal, once; then another browser of the same customer.
    let refused = ("anonymous".to_owned(), Some("consent_refused".to_owned()));
    assert_eq!(from("ada", true), refused);
    assert_eq!(from("ada", false), refused);
    assert_eq!((server.rows("history_event"), server.rows("learning_event")), (0, 0));
    let told = server.call(As::Shop, &Call::get("/v1/consents?customer=ada")).good();
    assert_eq!(told["consents"]["SharedLearning"]["state"], "refused");
    // A later explicit choice counts again.
    server.consenting_customer("ada", &BOTH);
    assert_eq!(from("ada", false), ("history".to_owned(), None));
    let server = server.restart();
    let call = Call::get("/v1/recommendations").token(&server.token("ada"));
    assert_eq!(tier(&server, As::Page, &call).0, "history");
}

#[test]
fn events_carry_the_opt_out_too_and_only_where_the_law_demands_it() {
    let server = Server::by_hand();
    californian(&server, "ada");
    let event = json!({ "userId": "ada", "messageId": "m-2", "event": "Product Viewed",
        "properties": { "product_id": item(1).as_str() },
        "context": { "signals": { "gpc": true } } });
    let call = Call::post("/v1/track", &event).header(PLACE, "US-CA");
    let taken = server.call(As::Shop, &call).good();
    assert_eq!(taken["dropped"][0]["reason"], "consent_refused", "{taken}");
    assert_eq!((server.rows("history_event"), server.rows("learning_event")), (0, 0));
    let later = server.call(As::Shop, &Call::get("/v1/recommendations?customer=ada")).good();
    assert_eq!(later["basis"]["refused"], "consent_refused");

    // In the EU the signal stands for the request; a yes of the account stays on record.
    server.consenting_customer("eve", &BOTH);
    let call = Call::get("/v1/recommendations").token(&server.token("eve"));
    let gpc = ("anonymous".to_owned(), Some("signal_gpc".to_owned()));
    assert_eq!(tier(&server, As::Page, &call.header("Sec-GPC", "1")), gpc);
    let call = Call::get("/v1/recommendations").token(&server.token("eve"));
    assert_eq!(tier(&server, As::Page, &call).0, "history");
}

#[test]
fn evidence_names_the_signals_that_were_there() {
    let server = Server::by_hand();
    let body =
        json!({ "customer": "ada", "choices": { "Marketing": false, "Measurement": false } });
    let call = Call::put("/v1/consents", &body);
    let call = call.header(HEADER, r#"{"shopify":{"marketing":false}}"#);
    server.call(As::Shop, &call).good();
    let rows = server.call(As::Staff, &Call::get("/staff/rows?table=consent_evidence")).good();
    let seen: std::collections::BTreeSet<(String, String)> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let body = json!({ "table": "consent_evidence", "pseudonym": row["pseudonym"],
                "id": row["id"], "role": "support", "reason": "a question about signals" });
            let opened = server.call(As::Staff, &Call::post("/staff/rows/open", &body)).good();
            (opened["purpose"].to_string(), opened["signals"].to_string())
        })
        .collect();
    let expected = [(r#""Marketing""#, r#"["shopify"]"#), (r#""Measurement""#, "[]")];
    assert_eq!(seen, expected.map(|(one, two)| (one.to_owned(), two.to_owned())).into());
}

#[test]
fn answers_name_every_signal_that_was_seen() {
    let server = Server::by_hand();
    let browser = server.browser(&BOTH);
    let call = Call::get(&format!("/v1/consents?browser={}", browser.id));
    assert!(server.call(As::Page, &call).good()["signals"].is_null());
    let said = r#"{"us_privacy":"1YNN","shopify":{"marketing":false}}"#;
    let call = Call::get(&format!("/v1/consents?browser={}", browser.id));
    let told = server.call(As::Page, &call.header("Sec-GPC", "1").header(HEADER, said)).good();
    let named: Vec<_> =
        told["signals"].as_array().unwrap().iter().map(|one| &one["signal"]).collect();
    assert_eq!(named, ["gpc", "us_privacy", "shopify"]);
    assert_eq!(told["signals"][0]["says"], json!(["Sec-GPC"]));
    assert_eq!(told["signals"][1]["denies"], json!([]), "seen, and no no");
    assert_eq!(told["signals"][2]["denies"], json!(["Marketing", "PersonalizedPricing"]));
}

#[test]
fn a_shop_says_which_vendor_it_is() {
    let with = |text: &str| {
        let settings = format!("shop = \"a\"\ndata_dir = \"d\"\n{text}");
        let settings = server::settings::Settings::parse(&settings).map_err(|e| e.to_string())?;
        let clock = Clock::by_hand(START);
        let opened = server::opening::open_in_memory(settings, clock);
        opened.map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(with("[signals.tcf_vendor]\nid = 755\nconsent = [1, 3]\nflexible = []"), Ok(()));
    assert_eq!(with("[signals.tcf_purposes]\nMarketing = [2]"), Ok(()));
    for (text, why) in [
        ("[signals.tcf_vendor]\nid = 0", "signals.tcf_vendor: id is 1 to 65535"),
        (
            "[signals.tcf_vendor]\nid = 7\nlegitimate_interest = [3]",
            "signals.tcf_vendor: purpose 3 cannot rest on legitimate interest",
        ),
        ("[signals.tcf_purposes]\nMarketing = [12]", "signals: no TCF purpose has the number 12"),
        ("[signals.tcf_purposes]\nDancing = [1]", "signals.tcf_purposes: no purpose has this name"),
        (
            "[signals.tcf_purposes]\nSupport = [1]",
            "signals: purpose Support does not rest on consent",
        ),
    ] {
        assert_eq!(with(text), Err(why.to_owned()), "{text}");
    }
}
