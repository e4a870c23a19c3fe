//! Consent decides the tier, events change one's own answers at once and the shared model when
//! the visit closes, and a no takes all of it back.

use domain::id::ItemId;
use personal::purpose::PurposeName;
use personal::subject::{BrowserId, Subject};
use serde_json::{Value, json};
use server::clock::Clock;

use crate::http::Call;
use crate::shop::{As, Browser, START, Server, VISIT_OVER_MS, choice, item};

const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];
const MINUTE_MS: i64 = 60 * 1_000;

/// The tier that answered a query, why it was not a higher one, and what was used.
#[track_caller]
fn check_tier(
    server: &Server,
    query: &str,
    tier: &str,
    refused: Option<&str>,
    inputs: &[(&str, u64)],
) {
    let answer = server.recommends(As::Page, query);
    let basis = &answer["basis"];
    assert_eq!(basis["tier"], tier, "{query}: {basis}");
    assert_eq!(basis["refused"].as_str(), refused, "{query}: {basis}");
    let used: Vec<(&str, u64)> = basis["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| (input["kind"].as_str().unwrap(), input["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(used, inputs, "{query}");
    let opened = basis["purposes"].as_array().unwrap();
    assert_eq!(opened.is_empty(), tier != "history", "{query}");
    assert!(!answer["items"].as_array().unwrap().is_empty(), "{query}: no items");
}

/// What became of one event.
#[track_caller]
fn check_event(taken: &Value, expected: Result<(), &str>) {
    let reason = taken["dropped"][0]["reason"].as_str();
    match expected {
        Ok(()) => assert_eq!((taken["stored"].as_u64(), reason), (Some(1), None), "{taken}"),
        Err(word) => {
            assert_eq!((taken["stored"].as_u64(), reason), (Some(0), Some(word)), "{taken}");
        }
    }
}

/// An RFC 3339 time so many minutes after the start.
fn minutes(after_start: i64) -> String {
    let ms = START.plus_ms(after_start * MINUTE_MS).ms();
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

fn view(message: &str, item: &ItemId) -> Value {
    json!({ "type": "track", "messageId": message, "event": "Product Viewed",
        "properties": { "product_id": item.as_str() } })
}

fn ids(answer: &Value) -> Vec<String> {
    let items = answer["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Takes every yes of a browser back.
#[track_caller]
fn withdraws(server: &Server, browser: &Browser, purposes: &[&str]) -> Value {
    let no: serde_json::Map<_, _> =
        purposes.iter().map(|purpose| ((*purpose).to_owned(), json!(false))).collect();
    let body = json!({ "browser": browser.id, "choices": no });
    server.call(As::Page, &Call::put("/v1/consents", &body)).good()
}

#[test]
fn the_tier_is_what_is_sent_and_allowed() {
    let server = Server::by_hand();
    let recent = format!("recent={},{}", item(1).as_str(), item(2).as_str());
    check_tier(&server, "", "anonymous", None, &[]);
    let current = format!("placement=product&item={}", item(0).as_str());
    check_tier(&server, &current, "anonymous", None, &[("current_item", 1)]);
    check_tier(&server, &recent, "visit", None, &[("recent_items", 2)]);
    check_tier(&server, &format!("{recent}&tier=anonymous"), "anonymous", None, &[]);
    let unknown = format!("browser={}", "ab".repeat(16));
    check_tier(&server, &unknown, "anonymous", Some("consent_missing"), &[]);
    let both = format!("{unknown}&{recent}");
    check_tier(&server, &both, "visit", Some("consent_missing"), &[("recent_items", 2)]);

    let browser = server.browser(&["Personalization"]);
    let own = format!("browser={}", browser.id);
    check_tier(&server, &own, "history", None, &[]);
    check_event(&server.looks_at(&browser.id, &item(0), "m-1"), Ok(()));
    check_tier(&server, &own, "history", None, &[("history", 1)]);
    let with_visit = [("recent_items", 2), ("history", 1)];
    check_tier(&server, &format!("{own}&{recent}"), "history", None, &with_visit);
    check_tier(
        &server,
        &format!("{own}&{recent}&tier=visit"),
        "visit",
        None,
        &[("recent_items", 2)],
    );
    check_tier(&server, &format!("{own}&tier=anonymous"), "anonymous", None, &[]);
    // Learning without being served is a choice of its own.
    let learner = server.browser(&["SharedLearning"]);
    check_event(&server.looks_at(&learner.id, &item(0), "m-2"), Ok(()));
    let own = format!("browser={}", learner.id);
    check_tier(&server, &own, "anonymous", Some("consent_missing"), &[]);
}

#[test]
fn own_answers_change_at_once() {
    let server = Server::by_hand();
    let browser = server.browser(&["Personalization"]);
    let own = format!("browser={}&count=50", browser.id);
    let before = ids(&server.recommends(As::Page, &own));
    let first = before[0].clone();
    let seen = ItemId::parse(&first).unwrap();
    check_event(&server.looks_at(&browser.id, &seen, "m-1"), Ok(()));
    let after = server.recommends(As::Page, &own);
    assert!(!ids(&after).contains(&first), "what was just seen is not shown on the front page");
    assert_eq!(after["items"][0]["reason"]["code"], "similar");
    assert_eq!(after["items"][0]["reason"]["item"], first);
    // Stated categories go first.
    let wanted =
        after["items"].as_array().unwrap().last().unwrap()["item"]["categories"][0].clone();
    let stated =
        json!({ "anonymousId": browser.id, "traits": { "preferred_categories": [wanted] } });
    server.call(As::Page, &Call::post("/v1/identify", &stated)).good();
    let after = server.recommends(As::Page, &own);
    assert_eq!(after["items"][0]["item"]["categories"][0], wanted);
    // Nobody else's answer changed.
    assert_eq!(ids(&server.recommends(As::Page, "count=50")), before);
}

#[test]
fn a_no_takes_everything_of_its_purpose_back() {
    let server = Server::by_hand();
    let never_met = server.fingerprint();
    let browser = server.browser(&BOTH);
    let own = format!("browser={}", browser.id);
    for (number, message) in (0..4).zip(["m-0", "m-1", "m-2", "m-3"]) {
        check_event(&server.looks_at(&browser.id, &item(number), message), Ok(()));
    }
    server.pass(VISIT_OVER_MS);
    check_event(&server.looks_at(&browser.id, &item(5), "m-5"), Ok(()));
    assert_eq!((server.rows("history_event"), server.rows("closed_session")), (5, 1));
    assert_eq!(server.rows("learning_event"), 1);
    assert_ne!(server.fingerprint(), never_met);

    // One switch at a time: the other purpose stays.
    let answer = withdraws(&server, &browser, &["SharedLearning"]);
    assert_eq!(answer["erased"], json!(["SharedLearning"]));
    assert_eq!(answer["consents"]["SharedLearning"]["state"], "withdrawn");
    assert_eq!(server.fingerprint(), never_met);
    assert_eq!((server.rows("closed_session"), server.rows("learning_event")), (0, 0));
    check_tier(&server, &own, "history", None, &[("history", 5)]);

    let answer = withdraws(&server, &browser, &["Personalization"]);
    assert_eq!(answer["erased"], json!(["Personalization"]));
    check_tier(&server, &own, "anonymous", Some("consent_withdrawn"), &[]);
    assert_eq!(server.rows("history_event"), 0);
    check_event(&server.looks_at(&browser.id, &item(0), "m-6"), Err("consent_withdrawn"));
    let name = Subject::Browser(BrowserId::parse(&browser.id).unwrap());
    let subject = server.shared().ring.subject_ref(&name);
    let keys: Vec<PurposeName> = server.shared().people.read()[&subject]
        .pseudonyms
        .iter()
        .map(|(purpose, _)| *purpose)
        .collect();
    assert_eq!(keys, [PurposeName::LegalProof], "only the evidence keeps a key");

    // After a restart nothing comes back; after a new yes nothing old does.
    let server = server.restart();
    assert_eq!(server.fingerprint(), never_met);
    check_tier(&server, &own, "anonymous", Some("consent_withdrawn"), &[]);
    let mut yes = choice(&BOTH);
    yes["browser"] = json!(browser.id);
    server.call(As::Page, &Call::put("/v1/consents", &yes)).good();
    check_tier(&server, &own, "history", None, &[]);
}

#[test]
fn a_no_from_the_start_gets_no_id_and_leaves_no_row() {
    let server = Server::by_hand();
    let seq = server.seq();
    let no = json!({ "choices": { "Personalization": false, "SharedLearning": false } });
    let answer = server.call(As::Page, &Call::put("/v1/consents", &no)).good();
    assert_eq!(answer.get("browser"), None);
    assert_eq!((server.seq(), server.rows("consent_evidence")), (seq, 0));
}

#[test]
fn an_opt_out_signal_wins_unless_it_was_acknowledged_where_the_law_allows() {
    let server = Server::by_hand();
    let chooses = |acknowledged: Value, place: &str| {
        let mut body = choice(&BOTH);
        body["acknowledged_signals"] = acknowledged;
        let path = format!("/v1/consents?jurisdiction={place}");
        let call = Call::put(&path, &body).header("Sec-GPC", "1");
        server.call(As::Page, &call).good()["browser"].as_str().unwrap().to_owned()
    };
    let tier = |browser: &str| {
        let call = Call::get(&format!("/v1/recommendations?browser={browser}"));
        let basis = server.call(As::Page, &call.header("Sec-GPC", "1")).good()["basis"].clone();
        (basis["tier"].clone(), basis["refused"].clone())
    };
    let gpc = (json!("anonymous"), json!("signal_gpc"));
    let unaware = chooses(json!([]), "DE");
    assert_eq!(tier(&unaware), gpc);
    check_event(&server.looks_at(&unaware, &item(0), "m-1"), Err("signal_gpc"));
    // The signal stays with the person when the next request comes without it.
    check_tier(&server, &format!("browser={unaware}"), "anonymous", Some("signal_gpc"), &[]);
    let aware = chooses(json!(["gpc"]), "DE");
    assert_eq!(tier(&aware), (json!("history"), Value::Null));
    let strict = chooses(json!(["gpc"]), "ZZ");
    assert_eq!(tier(&strict), gpc);
    // A signal that comes later counts as well.
    let browser = server.browser(&BOTH);
    check_tier(&server, &format!("browser={}", browser.id), "history", None, &[]);
    assert_eq!(tier(&browser.id), gpc);
    let event = json!({ "anonymousId": browser.id, "event": "Product Viewed",
        "properties": { "product_id": item(0).as_str() } });
    let call = Call::post("/v1/track", &event).header("Sec-GPC", "1");
    check_event(&server.call(As::Page, &call).good(), Err("signal_gpc"));
}

#[test]
fn a_consent_tool_in_the_event_narrows() {
    let server = Server::with(Clock::by_hand(START), |settings| {
        let purposes = vec!["SharedLearning".to_owned()];
        settings.consent_categories.insert("analytics".to_owned(), purposes);
    });
    let browser = server.browser(&BOTH);
    let mut event = view("m-1", &item(0));
    event["anonymousId"] = json!(browser.id);
    event["context"] = json!({ "consent": { "categoryPreferences": { "analytics": false } } });
    check_event(&server.call(As::Page, &Call::post("/v1/track", &event)).good(), Ok(()));
    assert_eq!((server.rows("history_event"), server.rows("learning_event")), (1, 0));
}

#[test]
fn sensitive_goods_never_come_back() {
    let server = Server::by_hand();
    let goods = json!({ "items": [
        { "id": "s-1", "title": "Declared by the shop", "sensitive": true },
        { "id": "s-2", "title": "By its category", "categories": ["Health/Pregnancy tests"] },
    ] });
    server.call(As::Shop, &Call::put("/v1/catalog/items", &goods)).good();
    let browser = server.browser(&BOTH);
    let own = format!("browser={}&count=50", browser.id);
    for sensitive in ["s-1", "s-2"] {
        let sensitive = ItemId::parse(sensitive).unwrap();
        let taken = server.looks_at(&browser.id, &sensitive, sensitive.as_str());
        check_event(&taken, Err("sensitive"));
    }
    check_event(&server.looks_at(&browser.id, &item(0), "m-1"), Ok(()));
    // What becomes sensitive later is forgotten where it was learned and remembered.
    check_event(&server.looks_at(&browser.id, &item(1), "m-2"), Ok(()));
    server.pass(VISIT_OVER_MS);
    let mut late = serde_json::to_value(&crate::shop::catalog()[1]).unwrap();
    late["sensitive"] = json!(true);
    server.call(As::Shop, &Call::put("/v1/catalog/items", &json!({ "items": [late] }))).good();
    let names = ["s-1", "s-2", item(1).as_str()].map(|id| format!("\"{id}\""));
    let recent = format!("recent=s-1,s-2,{}&count=50", item(1).as_str());
    let current = format!("placement=product&item={}&count=50", item(1).as_str());
    for query in [own.as_str(), "count=50", &recent, &current] {
        let answer = server.recommends(As::Page, query).to_string();
        assert!(!names.iter().any(|name| answer.contains(name)), "{query}: {answer}");
    }
    let server = server.restart();
    let answer = server.recommends(As::Page, &own).to_string();
    assert!(!names.iter().any(|name| answer.contains(name)), "after a restart: {answer}");
}

/// How many people have to look at two things before one leads to the other.
#[test]
fn answers_about_other_people_need_supporters() {
    let server = Server::by_hand();
    let (one, other) = (item(0), item(30));
    let reason = || {
        let query = format!("recent={}&count=50", one.as_str());
        let answer = server.recommends(As::Page, &query);
        let items = answer["items"].as_array().unwrap().clone();
        let found = items.iter().find(|found| found["id"] == other.as_str());
        found.map(|found| found["reason"]["code"].as_str().unwrap().to_owned())
    };
    let joins = |number: usize| {
        let browser = server.browser(&BOTH);
        check_event(&server.looks_at(&browser.id, &one, &format!("a-{number}")), Ok(()));
        check_event(&server.looks_at(&browser.id, &other, &format!("b-{number}")), Ok(()));
        server.pass(VISIT_OVER_MS);
        assert_eq!(server.sessions(), number);
    };
    let from_people = |reason: &Option<String>| {
        matches!(reason.as_deref(), Some("this_visit" | "viewed_together" | "popular"))
    };
    joins(1);
    assert!(!from_people(&reason()), "one person is not enough: {:?}", reason());
    joins(2);
    assert_eq!(reason().as_deref(), Some("this_visit"), "two people are enough to lead there");
    for number in 3..=4 {
        joins(number);
        assert_eq!(reason().as_deref(), Some("this_visit"), "four are too few to be named");
    }
    joins(5);
    assert_eq!(reason().as_deref(), Some("viewed_together"));
}

#[test]
fn the_write_key_never_names_a_customer() {
    let server = Server::by_hand();
    server.consenting_customer("anna", &BOTH);
    let mut event = view("m-1", &item(0));
    event["userId"] = json!("anna");
    let track = |event: &Value| server.call(As::Page, &Call::post("/v1/track", event)).good();
    check_event(&track(&event), Err("customer_not_proven"));
    // Beside a browser the browser counts, and the customer does not.
    let browser = server.browser(&BOTH);
    event["messageId"] = json!("m-2");
    event["anonymousId"] = json!(browser.id);
    check_event(&track(&event), Ok(()));
    check_tier(&server, &format!("browser={}", browser.id), "history", None, &[("history", 1)]);
    let anna = server.recommends(As::Shop, "customer=anna");
    assert_eq!(anna["basis"]["tier"], "history");
    assert_eq!(anna["basis"]["inputs"], json!([]));
    let counted = "confidant_events_total{word=\"customer_not_proven\"} 1";
    assert!(server.metrics().contains(counted), "{}", server.metrics());
    check_event(&track(&view("m-3", &item(0))), Err("nobody"));
}

#[test]
fn a_customer_token_names_its_customer_everywhere() {
    let server = Server::by_hand();
    let token = server.token("anna");
    let with_token = |call: Call| server.call(As::Page, &call.token(&token)).good();
    with_token(Call::put("/v1/consents", &choice(&BOTH)));
    let consents = with_token(Call::get("/v1/consents"));
    assert_eq!(consents["consents"]["Personalization"]["state"], "given");
    check_event(&with_token(Call::post("/v1/track", &view("m-1", &item(0)))), Ok(()));
    let mut named = view("m-2", &item(1));
    named["userId"] = json!("anna");
    check_event(&with_token(Call::post("/v1/track", &named)), Ok(()));
    let answer = with_token(Call::get("/v1/recommendations"));
    assert_eq!(answer["basis"]["inputs"], json!([{ "kind": "history", "count": 2 }]));
    let by_shop = server.recommends(As::Shop, "customer=anna");
    assert_eq!(by_shop["basis"], answer["basis"]);
    with_token(Call::post("/v1/erasures", &json!({})));
    let answer = with_token(Call::get("/v1/recommendations"));
    assert_eq!(answer["basis"]["tier"], "anonymous");
    // Ten minutes later the token is over.
    server.pass(11 * MINUTE_MS);
    let call = Call::get("/v1/recommendations").token(&token);
    assert_eq!(server.call(As::Page, &call).status, 401);
}

#[test]
fn a_message_counts_once_also_after_a_restart() {
    let server = Server::by_hand();
    let browsers = [server.browser(&BOTH), server.browser(&["SharedLearning"])];
    for (number, browser) in browsers.iter().enumerate() {
        let message = format!("m-{number}");
        check_event(&server.looks_at(&browser.id, &item(0), &message), Ok(()));
        check_event(&server.looks_at(&browser.id, &item(1), &message), Err("duplicate"));
    }
    let server = server.restart();
    for (number, browser) in browsers.iter().enumerate() {
        let taken = server.looks_at(&browser.id, &item(0), &format!("m-{number}"));
        check_event(&taken, Err("duplicate"));
    }
    server.pass(VISIT_OVER_MS);
    let server = server.restart();
    for (number, browser) in browsers.iter().enumerate() {
        let taken = server.looks_at(&browser.id, &item(0), &format!("m-{number}"));
        check_event(&taken, Err("duplicate"));
    }
    // Twice in one batch counts once as well.
    let mut event = view("m-9", &item(0));
    event["anonymousId"] = json!(browsers[0].id);
    let batch = Call::post("/v1/batch", &json!({ "batch": [event.clone(), event] }));
    let taken = server.call(As::Page, &batch).good();
    assert_eq!(taken["stored"], 1);
    assert_eq!(taken["dropped"], json!([{ "event": 1, "reason": "duplicate" }]));
    let inputs = server.recommends(As::Page, &format!("browser={}", browsers[0].id));
    assert_eq!(inputs["basis"]["inputs"][0], json!({ "kind": "history", "count": 1 }));
}

#[test]
fn consent_does_not_reach_back_unless_the_shop_says_so() {
    let server = Server::by_hand();
    server.pass(60 * MINUTE_MS);
    let browser = server.browser(&BOTH);
    let dated = |message: &str, at: i64| {
        let mut event = view(message, &item(0));
        event["anonymousId"] = json!(browser.id);
        event["timestamp"] = json!(minutes(at));
        event["sentAt"] = json!(minutes(60));
        event
    };
    let call = Call::post("/v1/track", &dated("m-1", 59));
    check_event(&server.call(As::Page, &call).good(), Err("consent_missing"));
    let call = Call::post("/v1/track", &dated("m-2", 60));
    check_event(&server.call(As::Page, &call).good(), Ok(()));
    let call = Call::post("/v1/track", &dated("m-3", 59));
    check_event(&server.call(As::Shop, &call).good(), Ok(()));
}

#[test]
fn the_shared_model_learns_when_the_visit_closes_and_not_before() {
    let server = Server::by_hand();
    let browser = server.browser(&BOTH);
    let fresh = server.fingerprint();
    check_event(&server.looks_at(&browser.id, &item(0), "m-1"), Ok(()));
    server.pass(20 * MINUTE_MS);
    check_event(&server.looks_at(&browser.id, &item(1), "m-2"), Ok(()));
    server.pass(29 * MINUTE_MS);
    assert_eq!((server.sessions(), server.fingerprint()), (0, fresh));
    // An open visit survives a restart.
    let server = server.restart();
    assert_eq!((server.sessions(), server.rows("learning_event")), (0, 2));
    server.pass(2 * MINUTE_MS);
    assert_eq!((server.sessions(), server.rows("learning_event")), (1, 0));
    assert_ne!(server.fingerprint(), fresh);
}

#[test]
fn a_late_event_ends_where_it_would_have_been_in_time() {
    let at = |message: &str, number: usize, minute: i64, browser: &Browser| {
        let mut event = view(message, &item(number));
        event["anonymousId"] = json!(browser.id);
        event["timestamp"] = json!(minutes(minute));
        event
    };
    let send = |server: &Server, mut event: Value, minute: i64| {
        event["sentAt"] = json!(minutes(minute));
        server.call(As::Page, &Call::post("/v1/track", &event)).good()
    };
    let run = |late: bool| {
        let server = Server::by_hand();
        let browser = server.browser(&BOTH);
        check_event(&send(&server, at("m-1", 0, 0, &browser), 0), Ok(()));
        server.pass(10 * MINUTE_MS);
        if !late {
            check_event(&send(&server, at("m-2", 1, 10, &browser), 10), Ok(()));
        }
        server.pass(40 * MINUTE_MS);
        assert_eq!(server.sessions(), 1);
        if late {
            check_event(&send(&server, at("m-2", 1, 10, &browser), 50), Ok(()));
        }
        server.pass(40 * MINUTE_MS);
        (server.sessions(), server.fingerprint(), server.rows("closed_session"))
    };
    let (in_time, late) = (run(false), run(true));
    assert_eq!((in_time.0, in_time.2), (late.0, late.2));
}

#[test]
fn without_the_switch_nothing_is_taught() {
    let server = Server::by_hand();
    let fresh = server.fingerprint();
    let browser = server.browser(&["Personalization"]);
    for number in 0..5 {
        let message = format!("m-{number}");
        check_event(&server.looks_at(&browser.id, &item(number), &message), Ok(()));
    }
    assert_eq!(server.rows("learning_event"), 0);
    server.pass(VISIT_OVER_MS);
    assert_eq!((server.sessions(), server.fingerprint()), (0, fresh));
    assert_eq!(server.restart().fingerprint(), fresh);
}

#[test]
fn a_shop_for_children_serves_nobody_above_anonymous() {
    let server = Server::with(Clock::by_hand(START), |settings| settings.child_directed = true);
    let browser = server.browser(&BOTH);
    check_event(&server.looks_at(&browser.id, &item(0), "m-1"), Err("child"));
    check_tier(&server, &format!("browser={}", browser.id), "anonymous", Some("child"), &[]);
}

#[test]
fn a_yes_that_ran_out_acts_like_a_no() {
    let server = Server::by_hand();
    let never_met = server.fingerprint();
    let mut body = choice(&BOTH);
    body["for_days"] = json!(1);
    let browser =
        server.call(As::Page, &Call::put("/v1/consents", &body)).good()["browser"].clone();
    let browser = browser.as_str().unwrap();
    check_event(&server.looks_at(browser, &item(0), "m-1"), Ok(()));
    server.pass(VISIT_OVER_MS);
    assert_ne!(server.fingerprint(), never_met);
    server.pass(25 * 60 * MINUTE_MS);
    check_tier(&server, &format!("browser={browser}"), "anonymous", Some("consent_withdrawn"), &[]);
    assert_eq!((server.rows("history_event"), server.rows("closed_session")), (0, 0));
    assert_eq!(server.fingerprint(), never_met);
}
