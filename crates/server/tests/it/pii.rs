//! Personal data in the place of an item or a size is not kept, is told and is counted by kind.

use serde_json::json;

use crate::http::Call;
use crate::shop::{As, Server};

#[test]
fn personal_data_in_the_place_of_an_item_is_not_kept() {
    let server = Server::start();
    server.consenting_customer("anna", &["Personalization"]);
    let viewed = |message: &str, id: &str| {
        json!({ "type": "track", "userId": "anna", "messageId": message,
            "event": "Product Viewed", "properties": { "product_id": id } })
    };
    let events = json!({ "batch": [
        viewed("m-1", "bert@example.com"),
        viewed("m-2", "4111 1111 1111 1111"),
        viewed("m-3", "85123A"),
        { "type": "identify", "userId": "anna", "messageId": "m-4",
          "traits": { "sizes": ["M", "+46 70 123 45 67"] } },
    ] });
    let taken = server.call(As::Shop, &Call::post("/v1/batch", &events)).good();
    assert_eq!(taken["stored"], 2, "{taken}");
    let dropped = json!([
        { "event": 0, "reason": "personal_data" },
        { "event": 1, "reason": "personal_data" },
    ]);
    assert_eq!(taken["dropped"], dropped, "{taken}");
    assert!(!taken.to_string().contains("example.com"), "{taken}");
    let metrics = server.metrics();
    for line in [
        "confidant_personal_texts_total{word=\"email\"} 1",
        "confidant_personal_texts_total{word=\"card\"} 1",
        "confidant_personal_texts_total{word=\"phone\"} 1",
        "confidant_events_total{word=\"personal_data\"} 2",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    let copy = server.call(As::Shop, &Call::post("/v1/access", &json!({ "customer": "anna" })));
    let copy = copy.text();
    for gone in ["bert@", "4111 1111", "+46 70"] {
        assert!(!copy.contains(gone), "{gone}: {copy}");
    }
}
