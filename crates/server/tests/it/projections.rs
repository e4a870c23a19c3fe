//! A record in the words of other tools: what they are told, and what comes back from them.

use serde_json::{Value, json};

use crate::http::Call;
use crate::shop::{As, Server, choice, item};

const SPOKEN: [&str; 3] = ["Personalization", "Measurement", "Marketing"];
const TYPES: [&str; 7] = [
    "ad_personalization",
    "ad_storage",
    "ad_user_data",
    "analytics_storage",
    "functionality_storage",
    "personalization_storage",
    "security_storage",
];

fn projected(server: &Server, query: &str) -> Value {
    let call = Call::get(&format!("/v1/consents?projections=true&{query}"));
    server.call(As::Shop, &call).good()["projections"].clone()
}

fn granted(projections: &Value) -> Vec<&str> {
    TYPES.into_iter().filter(|kind| projections["consent_mode"][kind] == "granted").collect()
}

#[test]
fn each_tool_is_told_in_its_own_words() {
    let server = Server::by_hand();
    let nobody = projected(&server, "customer=nobody");
    assert_eq!(nobody["consent_mode"].as_object().unwrap().len(), 7);
    assert_eq!(granted(&nobody), ["security_storage"]);
    let shopify = json!({ "analytics": false, "marketing": false, "preferences": false, "sale_of_data": false });
    assert_eq!(nobody["shopify"], shopify);
    let all_no = json!({ "Advertising": false, "Analytics": false, "Functional": false, "DataSharing": false });
    assert_eq!(nobody["segment"], json!({ "categoryPreferences": all_no }));
    // Who does not ask is told nothing of it.
    let plain = server.call(As::Shop, &Call::get("/v1/consents?customer=nobody")).good();
    assert!(plain["projections"].is_null());

    server.consenting_customer("anna", &["Personalization", "Marketing"]);
    let anna = projected(&server, "customer=anna");
    let ads = ["ad_personalization", "ad_storage", "ad_user_data"];
    let own = ["functionality_storage", "personalization_storage", "security_storage"];
    assert_eq!(granted(&anna), [ads, own].concat());
    assert_eq!(
        (&anna["shopify"]["marketing"], &anna["shopify"]["analytics"]),
        (&true.into(), &false.into())
    );
    assert_eq!(anna["shopify"]["sale_of_data"], false, "data is not sold");
    // `Advertising` means prices as well, which nobody allowed.
    let functional = json!({ "Advertising": false, "Analytics": false, "Functional": true, "DataSharing": false });
    assert_eq!(anna["segment"]["categoryPreferences"], functional);
    let named = projected(&server, "customer=anna&categories=C0003,%20c0002,My%20own");
    assert_eq!(named["segment"]["categoryPreferences"], json!({ "C0003": true, "c0002": false }));
    let many = vec!["a"; 65].join(",");
    for categories in [many, "a".repeat(65)] {
        let call = format!("/v1/consents?customer=anna&projections=true&categories={categories}");
        assert_eq!(server.call(As::Shop, &Call::get(&call)).status, 422);
    }
}

#[test]
fn a_tool_is_told_what_the_gate_allows_now() {
    let server = Server::by_hand();
    server.consenting_customer("anna", &SPOKEN);
    let all = granted(&projected(&server, "customer=anna")).len();
    assert_eq!(all, 7);
    // A signal of the request, a law that lets no choice outrank it, an objection, an end.
    let signal = Call::get("/v1/consents?customer=anna&projections=true").header("Sec-GPC", "1");
    let signal = server.call(As::Shop, &signal).good();
    assert_eq!(granted(&signal["projections"]), ["security_storage"]);
    let body = json!({ "customer": "anna", "choices": { "FraudPrevention": false } });
    server.call(As::Shop, &Call::put("/v1/consents", &body)).good();
    assert!(!granted(&projected(&server, "customer=anna")).contains(&"security_storage"));
    // A tool that knows no parts is told yes to the whole only.
    let off = json!({ "customer": "anna", "features": { "purchase_history": false } });
    server.call(As::Shop, &Call::put("/v1/consents", &off)).good();
    let narrowed = projected(&server, "customer=anna");
    assert_eq!(granted(&narrowed), ["ad_storage", "ad_user_data", "analytics_storage"]);
    assert_eq!(narrowed["shopify"]["preferences"], false);
    assert_eq!(narrowed["segment"]["categoryPreferences"]["Functional"], false);
    server.pass(400 * domain::time::DAY_MS);
    assert!(granted(&projected(&server, "customer=anna")).is_empty());
    // Where silence is a yes, it is one for other tools, too.
    let californian = projected(&server, "customer=nobody&jurisdiction=US-CA");
    assert_eq!(granted(&californian).len(), 7);
}

/// A record is shown to a tool, and the tool's answer comes with the request of somebody who said
/// yes to everything: that person then gets no more than the record that was shown.
#[test]
fn what_comes_back_from_a_tool_allows_no_more_than_the_record() {
    let server = Server::by_hand();
    server.consenting_customer("all", &SPOKEN);
    let event = |number: usize, consent: &Value| {
        let body = json!({ "userId": "all", "messageId": format!("m-{number}"),
            "event": "Product Viewed", "context": { "consent": consent },
            "properties": { "product_id": item(number).as_str() } });
        server.call(As::Shop, &Call::post("/v1/track", &body)).good()["stored"] == 1
    };
    assert!(event(0, &json!({})));
    for bits in 0..8_usize {
        let held = (0..3).filter(|place| bits & (1 << place) != 0).map(|place| SPOKEN[place]);
        let said: Vec<&str> = held.collect();
        let customer = format!("c-{bits}");
        if !said.is_empty() {
            let mut body = choice(&said);
            body["customer"] = json!(customer);
            server.call(As::Shop, &Call::put("/v1/consents", &body)).good();
        }
        let projections = projected(&server, &format!("customer={customer}"));
        let personal = said.contains(&"Personalization");
        let history = |signals: Value| {
            let call = Call::get("/v1/recommendations?customer=all")
                .header("Confidant-Signals", &signals.to_string());
            server.call(As::Shop, &call).good()["basis"]["tier"] == "history"
        };
        let mode = json!({ "consent_mode": projections["consent_mode"] });
        assert_eq!(history(mode), personal, "{said:?}");
        // Shopify's no to a sale says no to everything; see docs/signals.md.
        assert!(!history(json!({ "shopify": projections["shopify"] })), "{said:?}");
        assert_eq!(event(bits + 1, &projections["segment"]), personal, "{said:?}");
    }
}
