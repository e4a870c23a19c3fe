//! The replay tester: it says what the server does, and does nothing itself.

use consent::law::law_for;
use domain::date::{Date, day};
use domain::time::Timestamp;
use serde_json::{Value, json};

use crate::http::Call;
use crate::shop::{As, START, Server, choice, item};

const YES: &str = "given";

#[track_caller]
fn replays(server: &Server, body: &Value) -> Value {
    server.call(As::Staff, &Call::post("/staff/consents/replay", body)).good()
}

fn viewed(item: &str) -> Value {
    json!({
        "type": "track", "event": "Product Viewed", "userId": "canary-anna",
        "properties": { "product_id": item, "coupon": "AUTUMN" },
        "context": { "ip": "203.0.113.7", "traits": { "email": "anna@example.org" } },
    })
}

fn chose(state: &str) -> Value {
    json!({ "Personalization": { "state": state }, "SharedLearning": { "state": state } })
}

/// The decision about one purpose: whether it is allowed, the refusal, the rule.
fn decided<'a>(replayed: &'a Value, purpose: &str) -> (bool, Option<&'a str>, &'a str) {
    let purposes = replayed["purposes"].as_array().unwrap();
    let one = purposes.iter().find(|one| one["purpose"] == purpose).unwrap();
    assert!(one["source"].as_str().unwrap().starts_with('['), "{one}");
    (one["allowed"] == true, one["refusal"].as_str(), one["rule"].as_str().unwrap())
}

fn tables(replayed: &Value) -> Vec<&str> {
    let kept = replayed["event"]["kept"].as_array().unwrap();
    kept.iter().map(|one| one["table"].as_str().unwrap()).collect()
}

#[test]
fn it_says_what_the_server_keeps_and_keeps_nothing_itself() {
    let server = Server::by_hand();
    let id = item(0);
    let asked = json!({ "choices": chose(YES), "event": viewed(id.as_str()) });
    let before = (server.seq(), server.shared().people.read().len());
    let said = replays(&server, &asked);
    assert!(decided(&said, "Personalization").0, "{said}");
    assert_eq!(tables(&said), ["history_event", "learning_event"]);
    let kept = &said["event"]["kept"][0];
    assert_eq!((&kept["rows"], &kept["keep_days_max"]), (&json!(1), &json!(90)));
    assert_eq!((&kept["until"], &kept["staff"]), (&json!("2026-05-30"), &json!(false)));
    assert_eq!(kept["read_by"], json!(["Personalization"]));
    let field = |name: &str| {
        let fields = kept["fields"].as_array().unwrap();
        fields.iter().find(|field| field["name"] == name).unwrap()["holds"].clone()
    };
    assert_eq!((field("item"), field("action")), (json!([id.as_str()]), json!(["view"])));
    assert_eq!(field("at"), json!(["2026-03-01T12:00:00Z"]));
    let left_out = said["event"]["left_out"].to_string();
    for name in ["userId", "context.ip", "context.traits.email", "properties.coupon"] {
        assert!(left_out.contains(name), "{left_out}");
    }
    let text = said.to_string();
    for value in ["canary-anna", "anna@", "203.0.113.7", "AUTUMN"] {
        assert!(!text.contains(value), "{value} is in {text}");
    }
    assert_eq!((server.seq(), server.shared().people.read().len()), before);
    assert_eq!(server.rows("history_event") + server.rows("learning_event"), 0);
    // The same event for real, of a browser with the same choices.
    let browser = server.browser(&["Personalization", "SharedLearning"]);
    assert_eq!(server.looks_at(&browser.id, &id, "m-1")["stored"], 1);
    assert_eq!((server.rows("history_event"), server.rows("learning_event")), (1, 1));
}

#[test]
fn nothing_is_kept_without_a_yes_and_the_reason_is_the_servers_own() {
    let server = Server::by_hand();
    let id = item(0);
    let event = viewed(id.as_str());
    let said = replays(&server, &json!({ "event": event }));
    assert_eq!(said["event"]["dropped"], "consent_missing");
    assert_eq!(tables(&said), [""; 0]);
    let (allowed, refusal, rule) = decided(&said, "Personalization");
    assert_eq!((allowed, refusal), (false, Some("consent_missing")));
    assert!(rule.contains("without a yes"), "{rule}");
    let body = json!({ "messageId": "m-1", "anonymousId": "ab".repeat(16), "event": event["event"],
        "properties": event["properties"] });
    let real = server.call(As::Page, &Call::post("/v1/track", &body)).good();
    assert_eq!(real["dropped"][0]["reason"], said["event"]["dropped"]);
    let only = json!({ "SharedLearning": { "state": YES } });
    let said = replays(&server, &json!({ "choices": only, "event": viewed(id.as_str()) }));
    assert_eq!(tables(&said), ["learning_event"]);
    assert_eq!(said["event"]["kept"][0]["then"], "closed_session");
    let order = json!({ "type": "track", "event": "Order Completed", "properties": {
        "products": [{ "product_id": id.as_str() }, { "product_id": item(1).as_str() }] } });
    let asked = |by: &str| json!({ "choices": chose(YES), "event": order, "sent_by": by });
    assert_eq!(tables(&replays(&server, &asked("page"))), ["history_event"]);
    let teaching = ["history_event", "learning_event", "learned_order"];
    assert_eq!(tables(&replays(&server, &asked("shop"))), teaching);
}

#[test]
fn signals_speak_in_their_own_words_and_one_purpose_at_a_time() {
    let server = Server::by_hand();
    let mut event = viewed(item(0).as_str());
    event["context"]["consent"] = json!({ "categoryPreferences": { "Analytics": false } });
    let asked = |told: &[&str]| {
        let yes = json!({ "state": YES, "acknowledged": told });
        json!({
            "jurisdiction": "DE",
            "choices": { "Personalization": yes, "SharedLearning": yes, "Marketing": yes },
            "signals": { "us_privacy": "1YNN", "consent_mode": { "ad_storage": "denied" } },
            "event": event,
        })
    };
    let said = replays(&server, &asked(&[]));
    let seen: Vec<&str> = said["signals"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["signal"].as_str())
        .collect();
    assert_eq!(seen, ["us_privacy", "consent_mode", "consent_tool"]);
    assert_eq!(decided(&said, "Personalization").1, None);
    assert_eq!(decided(&said, "SharedLearning").1, Some("signal_consent_tool"));
    assert_eq!(decided(&said, "Marketing").1, Some("signal_consent_mode"));
    assert_eq!(tables(&said), ["history_event"]);
    let told = replays(&server, &asked(&["consent_tool", "consent_mode"]));
    let (allowed, _, rule) = decided(&told, "SharedLearning");
    assert!(allowed && rule.contains("above consent_tool"), "{rule}");
    assert_eq!(tables(&told), ["history_event", "learning_event"]);
    let gpc = json!({ "jurisdiction": "US-CA", "signals": { "gpc": true }, "event": event });
    let said = replays(&server, &gpc);
    assert_eq!(said["event"]["dropped"], "signal_gpc");
    let open = json!({ "jurisdiction": "US-CA", "event": viewed(item(0).as_str()) });
    assert_eq!(tables(&replays(&server, &open)), ["history_event", "learning_event"]);
}

#[test]
fn a_past_decision_comes_out_the_same_from_its_digest() {
    let server = Server::by_hand();
    assert_eq!(START.day(), day(2026, 3, 1));
    let asked =
        json!({ "jurisdiction": "US-CA", "day": "2025-06-01", "choices": chose("refused") });
    let then = replays(&server, &asked);
    let pack = law_for(Some("US-CA"), day(2025, 6, 1));
    assert_eq!(
        (&then["pack"]["id"], &then["pack"]["digest"]),
        (&json!(pack.id), &json!(pack.digest))
    );
    let mut again = asked.clone();
    again["pack"] = json!(pack.digest);
    again["jurisdiction"] = json!("DE");
    assert_eq!(replays(&server, &again)["purposes"], then["purposes"]);
    let now = replays(&server, &json!({ "jurisdiction": "US-CA" }));
    assert_eq!(
        (&now["day"], &now["pack"]["id"]),
        (&json!("2026-03-01"), &json!("us-ca-2026-01-01"))
    );
    let own = replays(&server, &json!({}));
    assert_eq!(own["pack"]["id"], "eu-2018-05-25", "the shop's own place");
}

#[test]
fn a_decision_on_record_is_made_again_from_its_row() {
    let server = Server::by_hand();
    let mut choice = choice(&["Personalization"]);
    choice["acknowledged_signals"] = json!(["gpc"]);
    let call = Call::put("/v1/consents?jurisdiction=DE", &choice).header("Sec-GPC", "1");
    server.call(As::Page, &call).good();
    let rows = server.call(As::Staff, &Call::get("/staff/rows?table=consent_evidence")).good();
    let row = &rows[0];
    let open = json!({
        "table": "consent_evidence", "pseudonym": row["pseudonym"], "id": row["id"],
        "role": "support", "reason": "the customer asked what was agreed",
    });
    let row = server.call(As::Staff, &Call::post("/staff/rows/open", &open)).good();
    assert_eq!(server.rows("staff_read"), 1, "the person can read who looked");
    assert_eq!((&row["place"], &row["state"]), (&json!("DE"), &json!("given")));
    assert_eq!((&row["signals"], &row["acknowledged"]), (&json!(["gpc"]), &json!(["gpc"])));
    let day = |field: &str| {
        let ms = row[field].as_i64().unwrap();
        Date(Timestamp::from_ms(ms).day()).to_string()
    };
    let stated = json!({ "state": row["state"], "since": day("at_ms"),
        "until": day("expires_ms"), "acknowledged": row["acknowledged"] });
    let mut asked = json!({
        "pack": row["law_digest"], "signals": { "gpc": true },
        "choices": { "Personalization": stated },
    });
    let again = replays(&server, &asked);
    let (allowed, _, rule) = decided(&again, "Personalization");
    assert!(allowed && rule.contains("above gpc"), "{rule}");
    asked["choices"]["Personalization"]["acknowledged"] = json!([]);
    let refused = replays(&server, &asked);
    assert_eq!(decided(&refused, "Personalization").1, Some("signal_gpc"));
}

#[test]
fn what_cannot_be_asked_is_named_by_its_field() {
    let server = Server::by_hand();
    let wrong = [
        (json!({ "day": "yesterday" }), "day is not a day"),
        (json!({ "pack": "no-such-pack" }), "pack is no id"),
        (json!({ "choices": { "Fun": { "state": YES } } }), "purpose"),
        (json!({ "choices": { "Marketing": { "state": YES, "acknowledged": ["x"] } } }), "signal"),
        (
            json!({ "choices": { "Marketing": { "state": YES, "since": "2026-01-01",
                "until": "2025-01-01" } } }),
            "until",
        ),
        (json!({ "event": { "a": "x".repeat(40_000) } }), "event has at most"),
        (json!({ "jurisdiction": "x".repeat(65) }), "jurisdiction has at most"),
    ];
    for (body, part) in wrong {
        let reply = server.call(As::Staff, &Call::post("/staff/consents/replay", &body));
        assert_eq!(reply.status, 422, "{}", reply.text());
        assert!(reply.text().contains(part), "{}", reply.text());
    }
    let said = replays(&server, &json!({ "event": { "type": "track" } }));
    assert_eq!(said["event"]["dropped"], "malformed");
}
