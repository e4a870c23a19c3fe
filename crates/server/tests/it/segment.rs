//! An unmodified Segment client (`@segment/analytics-node`) sends events that arrive.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::http::Call;
use crate::shop::{As, Server, item, tool};

/// Runs the client; gives what it says.
#[track_caller]
fn client(server: &Server, who: As, calls: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node/segment.mjs");
    let output = Command::new("node")
        .arg(script)
        .args([&format!("http://{}", server.public), server.key(who), &calls.to_string()])
        .env("CONFIDANT_NODE_MODULES", tool("CONFIDANT_NODE_MODULES"))
        .output()
        .expect("node runs; `cargo xtask test` installs it");
    let (out, err) = (output.stdout, String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(output.status.success(), "{err}");
    serde_json::from_slice(&out).unwrap_or_else(|_| panic!("the client said nothing: {err}"))
}

fn viewed(message: &str, number: usize) -> Value {
    json!(["track", {
        "userId": "anna", "messageId": message, "event": "Product Viewed",
        "properties": { "product_id": item(number).as_str(), "price": 19.5, "currency": "EUR" },
    }])
}

fn calls() -> Value {
    json!([
        ["identify", { "userId": "anna", "traits": {
            "email": "anna@example.org", "sizes": ["M"], "preferred_categories": ["Women/Dresses"] } }],
        viewed("m-1", 0),
        viewed("m-2", 1),
        ["page", { "userId": "anna", "name": "Product",
            "properties": { "product_id": item(2).as_str() } }],
        ["track", { "userId": "anna", "event": "Order Completed", "properties": {
            "order_id": "o-1", "products": [{ "product_id": item(3).as_str(), "quantity": 1 }] } }],
        viewed("m-1", 4),
        ["group", { "userId": "anna", "groupId": "g" }],
    ])
}

#[test]
fn an_unmodified_segment_client_sends_events_that_arrive() {
    let server = Server::start();
    server.consenting_customer("anna", &["Personalization", "SharedLearning"]);
    let said = client(&server, As::Shop, &calls());
    assert_eq!(said["errors"], json!([]), "{said}");
    assert_eq!(said["answers"].as_array().unwrap().len(), 7, "{said}");
    assert!(said["url"].as_str().unwrap().ends_with("/v1/batch"), "{said}");
    let answer = server.recommends(As::Shop, "customer=anna");
    let inputs = json!([
        { "kind": "history", "count": 4 },
        { "kind": "preferred_categories", "count": 1 },
    ]);
    assert_eq!(
        (&answer["basis"]["tier"], &answer["basis"]["inputs"]),
        (&json!("history"), &inputs)
    );
    let metrics = server.metrics();
    for (word, count) in [("stored", 5), ("duplicate", 1), ("other_call", 1)] {
        let line = format!("confidant_events_total{{word=\"{word}\"}} {count}");
        assert!(metrics.contains(&line), "{line}: {metrics}");
    }
}

#[test]
fn with_the_write_key_the_same_client_names_nobody() {
    let server = Server::start();
    server.consenting_customer("anna", &["Personalization"]);
    let said = client(&server, As::Page, &calls());
    assert_eq!(said["errors"], json!([]), "{said}");
    let answer = server.recommends(As::Shop, "customer=anna");
    assert_eq!(answer["basis"]["inputs"], json!([]));
    let line = "confidant_events_total{word=\"customer_not_proven\"} 7";
    assert!(server.metrics().contains(line), "{}", server.metrics());
    // The browser that the client names beside counts, if we issued its id.
    let browser = server.browser(&["Personalization"]);
    let mut event = viewed("m-9", 5);
    event[1]["anonymousId"] = json!(browser.id);
    client(&server, As::Page, &json!([event]));
    let answer = server.recommends(As::Page, &format!("browser={}", browser.id));
    assert_eq!(answer["basis"]["inputs"], json!([{ "kind": "history", "count": 1 }]));
}

#[test]
fn a_wrong_key_reaches_the_client_as_an_error() {
    let server = Server::start();
    let seq = server.seq();
    let said = client(&server, As::Staff, &json!([viewed("m-1", 0)]));
    assert_eq!(said["errors"].as_array().unwrap().len(), 1, "{said}");
    assert_eq!(server.seq(), seq);
    Call::get("/readyz").send(server.public).good();
}
