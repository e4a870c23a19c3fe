//! Consent per feature: what is switched off changes nothing in any answer, and only the person
//! switches it on again.

use domain::time::DAY_MS;
use serde_json::{Value, json};

use crate::http::Call;
use crate::shop::{As, Browser, Server, catalog, choice};

const ALL: [&str; 3] = ["browsing_history", "purchase_history", "stated_preferences"];
const ASKED: [&str; 6] = [
    "placement=home",
    "placement=home&count=50",
    "placement=buy_it_again",
    "placement=product&item=",
    "placement=cart&cart=",
    "placement=email",
];

/// Items that can be answered.
fn goods() -> Vec<domain::catalog::Item> {
    catalog().into_iter().filter(|item| item.in_stock && !item.sensitive).collect()
}

/// One thing that somebody does, and the feature that it serves.
struct Deed {
    feature: &'static str,
    path: &'static str,
    body: Value,
}

/// What a person does at the shop, oldest first, each ten days apart.
fn deeds() -> Vec<Deed> {
    let goods = goods();
    let id = |number: usize| goods[number].id.as_str();
    let tracked = |feature, event: &str, number: usize| Deed {
        feature,
        path: "/v1/track",
        body: json!({ "event": event, "properties": { "product_id": id(number),
            "products": [{ "product_id": id(number) }] } }),
    };
    let [browsing, purchases, stated] = ALL;
    let likes = goods[9].categories[0].as_str();
    vec![
        tracked(purchases, "Order Completed", 1),
        tracked(browsing, "Product Viewed", 2),
        tracked(purchases, "Order Completed", 1),
        tracked(browsing, "Product Added", 3),
        Deed {
            feature: stated,
            path: "/v1/identify",
            body: json!({ "traits": { "categories": [likes], "sizes": ["M"] } }),
        },
        tracked(purchases, "Order Completed", 1),
        tracked(browsing, "Product Viewed", 5),
    ]
}

/// Everybody does their deeds at the same moments; gives how many rows each deed left.
fn all_do(server: &Server, people: &[(&Browser, &[&str])]) {
    for (number, deed) in deeds().into_iter().enumerate() {
        for (browser, without) in people {
            if without.contains(&deed.feature) {
                continue;
            }
            let mut body = deed.body.clone();
            body["anonymousId"] = json!(browser.id);
            body["messageId"] = json!(format!("{number}-{}", browser.id));
            let taken = server.call(As::Page, &Call::post(deed.path, &body)).good();
            assert_eq!(taken["stored"], 1, "{taken}");
        }
        server.pass(10 * DAY_MS);
    }
}

/// Everything that a person is answered: items with reasons, tier and inputs.
fn answers(server: &Server, browser: &Browser) -> Vec<Value> {
    let item = goods()[0].id.as_str().to_owned();
    let ask = |query: &&str| {
        let item = if query.ends_with('=') { item.as_str() } else { "" };
        let answer = server.recommends(As::Page, &format!("{query}{item}&browser={}", browser.id));
        let basis = &answer["basis"];
        json!([answer["items"], basis["tier"], basis["inputs"], basis["refused"]])
    };
    ASKED.iter().map(ask).collect()
}

fn not_used(server: &Server, browser: &Browser) -> Value {
    server.recommends(As::Page, &format!("browser={}", browser.id))["basis"]["not_used"].clone()
}

fn puts(server: &Server, browser: &Browser, mut body: Value) -> Value {
    body["browser"] = json!(browser.id);
    body["how"] = json!("preferences");
    server.call(As::Page, &Call::put("/v1/consents", &body)).good()
}

fn switches(server: &Server, browser: &Browser, feature: &str, on: bool) -> Value {
    let mut body = json!({ "features": { feature: on } });
    if on {
        body["notice"] = choice(&[])["notice"].clone();
    }
    puts(server, browser, body)
}

fn reads(server: &Server, browser: &Browser) -> Value {
    let call = Call::get(&format!("/v1/consents?browser={}", browser.id));
    server.call(As::Page, &call).good()
}

#[test]
fn what_is_switched_off_changes_nothing_in_any_answer() {
    let server = Server::by_hand();
    let all = server.browser(&["Personalization"]);
    let lacking: Vec<Browser> = ALL.map(|_| server.browser(&["Personalization"])).into();
    let nothing = server.browser(&["Personalization"]);
    let mut people: Vec<(&Browser, &[&str])> = vec![(&all, &[]), (&nothing, &ALL)];
    let without: Vec<[&str; 1]> = ALL.map(|feature| [feature]).into();
    people.extend(lacking.iter().zip(&without).map(|(one, without)| (one, &without[..])));
    // Four others, of whom each does it all and switches one or all features off afterwards.
    let others: Vec<Browser> = (0..4).map(|_| server.browser(&["Personalization"])).collect();
    people.extend(others.iter().map(|other| (other, &[][..])));
    all_do(&server, &people);
    let before = answers(&server, &all);
    let rows = server.rows("history_event");
    for ((feature, other), lacking) in ALL.iter().zip(&others).zip(&lacking) {
        assert_eq!(answers(&server, other), before, "the same deeds, the same answers");
        assert_ne!(answers(&server, lacking), before, "{feature} makes no difference here");
        let told = switches(&server, other, feature, false);
        assert_eq!(told["erased_features"], json!([feature]));
        assert_eq!(told["features"][feature]["state"], "off");
        assert_eq!(answers(&server, other), answers(&server, lacking), "{feature}");
        let left_out = json!([{ "feature": feature, "refused": "feature_off" }]);
        assert_eq!(not_used(&server, other), left_out);
    }
    assert_eq!(server.rows("history_event"), rows - 6, "three views and three purchases are gone");
    assert_eq!(server.rows("preferences"), 7 - 1);
    let last = &others[3];
    let off: serde_json::Map<String, Value> =
        ALL.iter().map(|feature| ((*feature).to_owned(), json!(false))).collect();
    assert_eq!(puts(&server, last, json!({ "features": off }))["erased_features"], json!(ALL));
    assert_eq!(answers(&server, last), answers(&server, &nothing));
    assert_eq!(answers(&server, &all), before, "nobody else's answers change");

    let server = server.restart();
    for (other, lacking) in others.iter().zip(&lacking) {
        assert_eq!(answers(&server, other), answers(&server, lacking), "after a restart");
    }
    assert_eq!(answers(&server, last), answers(&server, &nothing));
    assert_eq!(answers(&server, &all), before);
}

#[test]
fn what_is_off_stays_off_until_the_person_switches_it_on() {
    let server = Server::by_hand();
    let browser = server.browser(&["Personalization", "SharedLearning"]);
    let off = switches(&server, &browser, "browsing_history", false);
    assert!(off["erased_features"].is_null(), "there was nothing: {off}");
    let sees =
        |number: usize, message: &str| server.looks_at(&browser.id, &goods()[number].id, message);
    // The event goes on to teach, which is another purpose; nothing of it serves the person.
    assert_eq!(sees(1, "m-1")["stored"], 1);
    assert_eq!((server.rows("history_event"), server.rows("learning_event")), (0, 1));
    // Neither a repeated yes nor a fresh one after a withdrawal is a switch.
    let yes = || puts(&server, &browser, choice(&["Personalization"]));
    assert_eq!(yes()["features"]["browsing_history"]["state"], "off");
    puts(&server, &browser, json!({ "choices": { "Personalization": false } }));
    let told = reads(&server, &browser);
    assert_eq!(told["features"].as_object().unwrap().len(), 1, "off is said, whatever the purpose");
    assert_eq!(yes()["features"]["browsing_history"]["state"], "off");
    puts(&server, &browser, json!({ "choices": { "SharedLearning": false } }));
    let dropped = sees(2, "m-2");
    assert_eq!(dropped["dropped"][0]["reason"], "feature_off");
    server.pass(60_000);
    let told = switches(&server, &browser, "browsing_history", true);
    assert_eq!(told["features"]["browsing_history"]["state"], "on");
    assert_eq!(not_used(&server, &browser), Value::Null);
    // What happened before the switch is not taken up afterwards.
    let late = json!({ "anonymousId": browser.id, "messageId": "m-late", "event": "Product Viewed",
        "timestamp": "2026-03-01T12:00:30Z", "sentAt": "2026-03-01T12:01:00Z",
        "properties": { "product_id": goods()[3].id.as_str() } });
    let late = server.call(As::Page, &Call::post("/v1/track", &late)).good();
    assert_eq!(late["dropped"][0]["reason"], "feature_not_asked");
    assert_eq!(sees(4, "m-4")["stored"], 1);
    assert_eq!(server.rows("history_event"), 1);
}

#[test]
fn a_switch_is_evidence_that_everybody_can_read() {
    let server = Server::by_hand();
    server.consenting_customer("anna", &["Personalization"]);
    let body = json!({ "customer": "anna", "features": { "purchase_history": false },
        "how": "letter" });
    let told = server.call(As::Shop, &Call::put("/v1/consents", &body)).good();
    assert_eq!(told["features"]["purchase_history"]["purpose"], "Personalization");
    assert_eq!(told["consents"]["Personalization"]["state"], "given", "the yes stands");
    assert_eq!((told["version"].as_u64(), server.rows("consent_evidence")), (Some(2), 2));
    let record = Call::get("/v1/consents/record?profile=record&customer=anna");
    let record = server.call(As::Shop, &record).good();
    let events = record["@graph"][0]["dpv:hasConsentStatus"].as_array().unwrap();
    assert_eq!(events[1]["@type"], "dpv:ConsentGiven");
    assert_eq!(events[1]["dct:description"], "features off: purchase_history");
    let receipt = json!({ "customer": "anna", "features": { "stated_preferences": false },
        "receipt": true });
    let receipt = server.call(As::Shop, &Call::put("/v1/consents", &receipt)).good();
    let payload = receipt["receipt"]["payload"].as_str().unwrap();
    assert!(payload.contains("features off: stated_preferences"), "{payload}");
    let rows = server.call(As::Staff, &Call::get("/staff/rows?table=consent_evidence")).good();
    let open = |row: &Value| {
        let body = json!({ "table": "consent_evidence", "pseudonym": row["pseudonym"],
            "id": row["id"], "role": "support", "reason": "Customer asked what was agreed" });
        server.call(As::Staff, &Call::post("/staff/rows/open", &body)).good()
    };
    let opened: Vec<Value> = rows.as_array().unwrap().iter().map(open).collect();
    let switched = opened.iter().find(|row| row["features_off"] == json!(["purchase_history"]));
    assert_eq!(switched.unwrap()["state"], "switched");
    let given = opened.iter().find(|row| row["state"] == "given").unwrap();
    assert_eq!(given["features_on"], json!(ALL));
}

#[test]
fn a_switch_that_cannot_be_is_refused_and_changes_nothing() {
    let server = Server::by_hand();
    let browser = server.browser(&["SharedLearning"]);
    let refused = |body: Value, status: u16, why: &str| {
        let mut body = body;
        body["browser"] = json!(browser.id);
        let answer = server.call(As::Page, &Call::put("/v1/consents", &body));
        assert_eq!(answer.status, status, "{body}");
        assert!(answer.text().contains(why), "{}", answer.text());
    };
    let notice = choice(&[])["notice"].clone();
    let on = json!({ "features": { "purchase_history": true } });
    refused(on.clone(), 422, "a yes needs notice.digest");
    let mut told = on;
    told["notice"] = notice;
    refused(told, 422, "feature purchase_history belongs to purpose Personalization, which is not");
    refused(json!({ "features": { "search": false } }), 422, "known are browsing_history");
    refused(json!({ "features": {} }), 422, "choices is empty");
    refused(json!({ "features": { "purchase_history": "no" } }), 400, "malformed");
    assert_eq!(reads(&server, &browser)["version"], 1);
    // Nobody gets an id for saying no.
    let body = json!({ "features": { "purchase_history": false } });
    let nobody = server.call(As::Page, &Call::put("/v1/consents", &body)).good();
    assert!(nobody["browser"].is_null(), "{nobody}");
    // A yes and what it leaves out are one step.
    let mut body = choice(&["Personalization"]);
    body["features"] = json!({ "purchase_history": false });
    let told = server.call(As::Page, &Call::put("/v1/consents", &body)).good();
    assert_eq!(told["version"], 1);
    let state = |feature: &str| told["features"][feature]["state"].clone();
    assert_eq!(ALL.map(state), [json!("on"), json!("off"), json!("on")]);
}

/// What was switched off during a pause is deleted when the purpose comes back.
#[test]
fn a_feature_that_is_switched_off_during_a_pause_does_not_come_back() {
    let server = Server::by_hand();
    let [browser, lacking] = [(); 2].map(|()| server.browser(&["Personalization"]));
    all_do(&server, &[(&browser, &[]), (&lacking, &["purchase_history"])]);
    puts(&server, &browser, json!({ "pause": ["Personalization"] }));
    let rows = server.rows("history_event");
    assert!(switches(&server, &browser, "purchase_history", false)["erased_features"].is_null());
    assert_eq!(server.rows("history_event"), rows, "sealed until the pause is over");
    let server = server.restart();
    assert_eq!(server.rows("history_event"), rows);
    let told = puts(&server, &browser, choice(&["Personalization"]));
    assert_eq!(told["erased_features"], json!(["purchase_history"]));
    assert_eq!(server.rows("history_event"), rows - 3);
    assert_eq!(answers(&server, &browser), answers(&server, &lacking));
}

/// Under an opt-out law silence is a yes, and one part of it can be refused.
#[test]
fn a_part_of_a_silent_yes_can_be_switched_off() {
    let server = Server::with(server::clock::Clock::by_hand(crate::shop::START), |settings| {
        settings.jurisdiction = Some("US-CA".to_owned());
    });
    let browser = server.browser(&["Marketing"]);
    let sees = |message: &str| server.looks_at(&browser.id, &goods()[1].id, message);
    assert_eq!(sees("m-1")["stored"], 1);
    let told = switches(&server, &browser, "browsing_history", false);
    assert_eq!(told["erased_features"], json!(["browsing_history"]));
    assert!(told["consents"]["Personalization"].is_null(), "no yes was said: {told}");
    assert_eq!(told["features"]["purchase_history"]["state"], "on");
    assert_eq!(server.rows("history_event"), 0);
    let server = server.restart();
    let told = reads(&server, &browser);
    assert_eq!(told["features"]["browsing_history"]["state"], "off");
    // Somewhere with opt-in, it is no yes.
    let there = format!("/v1/consents?jurisdiction=DE&browser={}", browser.id);
    let told = server.call(As::Page, &Call::get(&there)).good();
    assert_eq!(told["features"].as_object().unwrap().len(), 1, "{told}");
}
