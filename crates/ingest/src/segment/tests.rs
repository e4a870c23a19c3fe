use domain::event::Action;
use domain::time::Timestamp;
use proptest::prelude::{Strategy, any, prop, proptest};

use crate::error::IngestError;
use crate::event::{Event, EventKind, Ignored};
use crate::segment::{
    BATCH_BYTES_MAX, BATCH_EVENTS_MAX, EVENT_BYTES_MAX, Endpoint, PRODUCTS_MAX, parse,
};

fn one(endpoint: Endpoint, body: &str) -> Result<Event, String> {
    let mut parsed = parse(endpoint, body.as_bytes(), "fallback").map_err(|e| e.to_string())?;
    assert_eq!(parsed.events.len(), 1);
    parsed.events.remove(0).map_err(|e| e.to_string())
}

/// An event in one line: its items, its stated preferences, or why it is ignored.
fn shown(event: &Event) -> String {
    match event.kind() {
        EventKind::Items(items) => {
            let items: Vec<_> = items.iter().map(|(a, item)| format!("{a:?} {item}")).collect();
            items.join(", ")
        }
        EventKind::Preferences(stated) => {
            format!("{:?} {:?} dropped {}", stated.sizes, stated.categories, stated.dropped)
        }
        EventKind::Ignored(reason) => reason.code().to_owned(),
    }
}

#[track_caller]
fn check(endpoint: Endpoint, body: &str, expected: &str) {
    let told = match one(endpoint, body) {
        Ok(event) => shown(&event),
        Err(error) => error,
    };
    assert_eq!(told, expected, "{body}");
}

#[test]
fn each_event_name_gives_its_action() {
    let cases = [
        ("Product Viewed", "View p1"),
        ("Viewed Product", "View p1"),
        ("Product Clicked", "View p1"),
        ("Product Added", "AddToCart p1"),
        ("Added Product", "AddToCart p1"),
        ("Product Removed", "RemoveFromCart p1"),
        ("Removed Product", "RemoveFromCart p1"),
        ("Product Added to Wishlist", "AddToWishlist p1"),
        ("Added to Wishlist", "AddToWishlist p1"),
        ("Product List Viewed", "spec_event"),
        ("Cart Viewed", "spec_event"),
        ("Signed Up", "unknown_event"),
    ];
    for (name, expected) in cases {
        let body = format!(r#"{{"event":"{name}","properties":{{"product_id":"p1"}}}}"#);
        check(Endpoint::Track, &body, expected);
    }
    for (name, action) in [("Order Completed", "Purchase"), ("Refunded Order", "Refund")] {
        let body = format!(
            r#"{{"event":"{name}","properties":{{"order_id":"o","products":[
                {{"product_id":"a"}},{{"id":7}},{{"sku":"c","price":3.5}}]}}}}"#
        );
        let expected = format!("{action} a, {action} 7, {action} c");
        check(Endpoint::Track, &body, &expected);
    }
}

#[test]
fn products_are_named_by_the_first_of_three_ids() {
    let viewed =
        |properties: &str| format!(r#"{{"event":"Product Viewed","properties":{properties}}}"#);
    check(Endpoint::Track, &viewed(r#"{"sku":"s","id":"i","product_id":"p"}"#), "View p");
    check(Endpoint::Track, &viewed(r#"{"sku":"s","id":"i","product_id":null}"#), "View i");
    check(Endpoint::Track, &viewed(r#"{"sku":"s"}"#), "View s");
    check(Endpoint::Track, &viewed(r#"{"product_id":15056}"#), "View 15056");
    check(Endpoint::Track, &viewed(r#"{"product_id":15056.0}"#), "View 15056");
    let wrong = "event 0: properties.product_id";
    for (properties, problem) in [
        ("{}", "is missing"),
        ("null", "is missing"),
        (r#"{"product_id":""}"#, "is empty"),
        (r#"{"product_id":1.5}"#, "is not a text"),
        (r#"{"product_id":1e300}"#, "is not a text"),
        (r#"{"product_id":true}"#, "is not a text"),
        (r#"{"product_id":["p"]}"#, "is not a text"),
        (r#"{"product_id":"a\nb"}"#, "holds a control character"),
        (&format!(r#"{{"product_id":"{}"}}"#, "p".repeat(129)), "has more than 128 bytes"),
    ] {
        check(Endpoint::Track, &viewed(properties), &format!("{wrong} {problem}"));
    }
    check(Endpoint::Track, &viewed("[1]"), "event 0: properties is not an object");
}

#[test]
fn orders_need_products_unless_they_are_sent_back_whole() {
    let order = |name: &str, properties: &str| {
        format!(r#"{{"event":"Order {name}","properties":{properties}}}"#)
    };
    let place = "event 0: properties.products";
    let many = vec![r#"{"id":1}"#; PRODUCTS_MAX + 1].join(",");
    for (properties, expected) in [
        ("{}", "is missing".to_owned()),
        (r#"{"products":[]}"#, "is empty".to_owned()),
        (r#"{"products":{}}"#, "is not a list".to_owned()),
        (&format!(r#"{{"products":[{many}]}}"#), "has more than 200 entries".to_owned()),
    ] {
        check(Endpoint::Track, &order("Completed", properties), &format!("{place} {expected}"));
    }
    let body = order("Completed", r#"{"products":[{"id":1},{"name":"n"}]}"#);
    check(Endpoint::Track, &body, &format!("{place}[1].product_id is missing"));
    let body = order("Completed", r#"{"products":[7]}"#);
    check(Endpoint::Track, &body, &format!("{place}[0] is not an object"));
    check(Endpoint::Track, &order("Refunded", r#"{"order_id":"o"}"#), "refund_without_products");
}

#[test]
fn pages_count_only_when_they_are_of_a_product() {
    check(Endpoint::Page, r#"{"properties":{"product_id":"p"}}"#, "View p");
    check(Endpoint::Page, r#"{"properties":{"id":"p","sku":"p"}}"#, "page_without_product");
    check(Endpoint::Page, r#"{"name":"Home"}"#, "page_without_product");
}

#[test]
fn of_traits_only_sizes_and_categories_survive() {
    let cases = [
        (r#"{"size":"M"}"#, r#"["M"] [] dropped 0"#),
        (r#"{"size":38,"sizes":["M"," L "]}"#, r#"["38", "M", "L"] [] dropped 0"#),
        (r#"{"preferred_categories":["Coats"],"email":"a@b.c"}"#, r#"[] ["Coats"] dropped 1"#),
        (r#"{"categories":"Coats","address":{"city":"X"}}"#, r#"[] ["Coats"] dropped 1"#),
        (r#"{"sizes":[null,true,"","S"],"name":"N"}"#, r#"["S"] [] dropped 4"#),
        (r#"{"email":"a@b.c"}"#, "no_declared_trait"),
        (r#"{"sizes":{"a":1}}"#, "no_declared_trait"),
        // Nothing at all takes back what was stated before; nothing of use does not.
        (r#"{"sizes":[],"preferred_categories":[]}"#, "[] [] dropped 0"),
        (r#"{"sizes":[""]}"#, "no_declared_trait"),
    ];
    for (traits, expected) in cases {
        check(Endpoint::Identify, &format!(r#"{{"traits":{traits}}}"#), expected);
    }
    check(Endpoint::Identify, r#"{"traits":"x"}"#, "event 0: traits is not an object");
    let many = vec![r#""S""#; 20].join(",");
    let event = one(Endpoint::Identify, &format!(r#"{{"traits":{{"sizes":[{many}]}}}}"#)).unwrap();
    assert!(shown(&event).ends_with("dropped 4"), "{}", shown(&event));
    let long = "x".repeat(65);
    check(Endpoint::Identify, &format!(r#"{{"traits":{{"size":"{long}"}}}}"#), "no_declared_trait");
}

#[test]
fn names_are_claims_and_must_be_possible() {
    let event = one(
        Endpoint::Track,
        r#"{"event":"x","userId":42,"anonymousId":"00112233445566778899aabbccddeeff"}"#,
    )
    .unwrap();
    assert!(event.names().browser.is_some());
    assert!(event.names().customer.is_some());
    let event = one(Endpoint::Track, r#"{"event":"x","userId":"","anonymousId":"me"}"#).unwrap();
    assert!(event.names().browser.is_none(), "not an id of ours");
    assert!(event.names().customer.is_none());
    let tab = r#"{"event":"x","userId":"a\tb"}"#;
    check(Endpoint::Track, tab, "event 0: userId holds a control character");
    let long = format!(r#"{{"event":"x","userId":"{}"}}"#, "u".repeat(129));
    check(Endpoint::Track, &long, "event 0: userId has more than 128 bytes");
    check(Endpoint::Track, r#"{"event":"x","userId":{}}"#, "event 0: userId is not a text");
}

#[test]
fn times_are_rfc_3339() {
    let event = one(
        Endpoint::Track,
        r#"{"event":"x","originalTimestamp":"2026-01-02T03:04:05.678+01:00","sentAt":null}"#,
    )
    .unwrap();
    assert_eq!(event.times().happened, Some(Timestamp::from_ms(1_767_319_445_678)));
    assert_eq!(event.times().sent, None);
    let wrong = "event 0: timestamp is not a time of RFC 3339";
    check(Endpoint::Track, r#"{"event":"x","timestamp":"yesterday"}"#, wrong);
    check(Endpoint::Track, r#"{"event":"x","timestamp":1767319445}"#, wrong);
}

#[test]
fn message_ids_are_kept_or_given() {
    let id = |body: &str| one(Endpoint::Track, body).map(|e| e.message_id().to_owned());
    assert_eq!(id(r#"{"event":"x","messageId":"m-1"}"#).as_deref(), Ok("m-1"));
    assert_eq!(id(r#"{"event":"x"}"#).as_deref(), Ok("fallback"));
    assert_eq!(id(r#"{"event":"x","messageId":""}"#).as_deref(), Ok("fallback"));
    let long = format!(r#"{{"event":"x","messageId":"{}"}}"#, "m".repeat(257));
    assert_eq!(id(&long), Err("event 0: messageId has more than 256 bytes".to_owned()));
}

#[test]
fn a_consent_tool_is_heard_and_never_misheard() {
    let consent = |consent: &str| {
        let body = format!(r#"{{"event":"x","context":{{"consent":{consent}}}}}"#);
        one(Endpoint::Track, &body).map(|event| event.consent().to_vec())
    };
    let said = |name: &str, yes| (name.to_owned(), yes);
    assert_eq!(
        consent(r#"{"categoryPreferences":{"Advertising":true,"Analytics":false}}"#),
        Ok(vec![said("Advertising", true), said("Analytics", false)])
    );
    // What is not exactly yes is no.
    assert_eq!(
        consent(r#"{"categoryPreferences":{"A":"true","B":1,"C":null,"D":{},"E":[]}}"#),
        Ok(["A", "B", "C", "D", "E"].map(|name| said(name, false)).to_vec())
    );
    assert_eq!(consent("null"), Ok(vec![]));
    assert_eq!(consent("[]"), Err("event 0: context.consent is not an object".to_owned()));
    assert_eq!(
        consent(r#"{"categoryPreferences":[]}"#),
        Err("event 0: context.consent.categoryPreferences is not an object".to_owned())
    );
    let many: Vec<_> = (0..65).map(|n| format!(r#""c{n}":false"#)).collect();
    assert_eq!(
        consent(&format!(r#"{{"categoryPreferences":{{{}}}}}"#, many.join(","))),
        Err("event 0: context.consent.categoryPreferences has more than 64 entries".to_owned())
    );
}

#[test]
fn signals_are_passed_on_as_they_stand() {
    let signals = |body: &str| {
        let event = one(Endpoint::Track, body);
        event.map(|event| event.signals().map(|text| text.as_str().to_owned()))
    };
    let body = |signals: &str| format!(r#"{{"event":"x","context":{{"signals":{signals}}}}}"#);
    assert_eq!(signals(r#"{"event":"x"}"#), Ok(None));
    assert_eq!(signals(&body("null")), Ok(None));
    for text in [r#"{"us_privacy" : "1YYN","n":[1,{"a":null}]}"#, "[]", "7", r#""text""#] {
        assert_eq!(signals(&body(text)), Ok(Some(text.to_owned())));
    }
    let long = format!(r#"{{"tcf":"{}"}}"#, "C".repeat(32 * 1024));
    let batch = format!(r#"{{"context":{{"signals":{long}}},"batch":[{{"type":"page"}}]}}"#);
    let parsed = parse(Endpoint::Batch, batch.as_bytes(), "f").unwrap();
    assert!(parsed.signals.is_none());
    let refused = parsed.events[0].as_ref().unwrap_err().to_string();
    assert_eq!(refused, "event 0: context.signals has more than 32768 bytes");
    let batch = r#"{"context":{"signals":{"tcf":"C"}},"batch":[{"type":"page"}]}"#;
    let parsed = parse(Endpoint::Batch, batch.as_bytes(), "f").unwrap();
    assert_eq!(parsed.signals.unwrap().as_str(), r#"{"tcf":"C"}"#);
    assert!(parsed.events[0].as_ref().unwrap().signals().is_none());
}

/// The shape of what the Node client of Segment puts on the wire.
const NODE_BODY: &str = r#"{
  "batch": [
    {"timestamp":"2026-03-01T10:00:00.000Z","integrations":{},"type":"track",
     "userId":"c-17","event":"Product Viewed",
     "properties":{"product_id":"coat-9","name":"Coat","price":89.9,"position":3},
     "context":{"library":{"name":"@segment/analytics-node","version":"2.3.0"}},
     "messageId":"node-next-1772359200000-0d5a3c7e","_metadata":{"nodeVersion":"22.1.0",
     "jsRuntime":"node"}},
    {"timestamp":"2026-03-01T10:00:01.000Z","integrations":{},"type":"identify",
     "userId":"c-17","traits":{"email":"ann@example.com","sizes":["M"]},
     "context":{"library":{"name":"@segment/analytics-node","version":"2.3.0"}},
     "messageId":"node-next-1772359201000-77aa0b1c","_metadata":{"nodeVersion":"22.1.0",
     "jsRuntime":"node"}},
    {"timestamp":"2026-03-01T10:00:02.000Z","integrations":{},"type":"track","userId":"c-17",
     "event":"Order Completed","properties":{"order_id":"o-1","total":89.9,"currency":"EUR",
     "products":[{"product_id":"coat-9","quantity":1,"price":89.9}]},
     "context":{"library":{"name":"@segment/analytics-node","version":"2.3.0"}},
     "messageId":"node-next-1772359202000-1f1f1f1f","_metadata":{"nodeVersion":"22.1.0",
     "jsRuntime":"node"}}
  ],
  "writeKey":"wk_demo",
  "sentAt":"2026-03-01T10:00:03.000Z"
}"#;

#[test]
fn a_body_of_the_node_client_arrives() {
    let parsed = parse(Endpoint::Batch, NODE_BODY.as_bytes(), "f").unwrap();
    assert_eq!(parsed.write_key.unwrap().as_str(), "wk_demo");
    let events: Vec<_> = parsed.events.into_iter().map(Result::unwrap).collect();
    let told: Vec<_> = events.iter().map(shown).collect();
    assert_eq!(told, ["View coat-9", r#"["M"] [] dropped 1"#, "Purchase coat-9"]);
    for event in &events {
        assert!(event.names().customer.is_some());
        assert_eq!(event.times().sent, Some(Timestamp::from_ms(1_772_359_203_000)));
        assert!(event.message_id().starts_with("node-next-"));
    }
}

#[test]
fn one_bad_event_does_not_lose_the_others() {
    let body = r#"{"context":{"consent":{"categoryPreferences":{"Analytics":false}}},"batch":[
        {"type":"track","event":"Product Viewed","properties":{"product_id":"a"}},
        {"type":"track","event":"Product Viewed","properties":{}},
        {"type":"track","event":7,"timestamp":[],"properties":true},
        "text", null, [], {"type":"screen"}, {"type":"dance"}, {},
        {"type":"page","properties":{"product_id":"b"}}]}"#;
    let parsed = parse(Endpoint::Batch, body.as_bytes(), "f").unwrap();
    let told: Vec<_> = parsed
        .events
        .iter()
        .map(|event| event.as_ref().map_or_else(ToString::to_string, shown))
        .collect();
    assert_eq!(
        told,
        [
            "View a",
            "event 1: properties.product_id is missing",
            "event 2: timestamp is not a text",
            "event 3: event is not an object",
            "event 4: event is not an object",
            "event 5: event is not an object",
            "other_call",
            "event 7: type is not a known word",
            "event 8: type is missing",
            "View b",
        ]
    );
    let first = parsed.events[0].as_ref().unwrap();
    assert_eq!(first.message_id(), "f-0");
    assert_eq!(first.consent(), [("Analytics".to_owned(), false)], "the envelope counts");
}

#[track_caller]
fn refused(endpoint: Endpoint, body: &[u8], expected: &IngestError) {
    assert_eq!(&parse(endpoint, body, "f").unwrap_err(), expected);
}

#[test]
fn bodies_have_limits() {
    let long = " ".repeat(EVENT_BYTES_MAX + 1);
    let error = IngestError::BodyTooLong { bytes: long.len(), max: EVENT_BYTES_MAX };
    refused(Endpoint::Track, long.as_bytes(), &error);
    let long = " ".repeat(BATCH_BYTES_MAX + 1);
    let error = IngestError::BodyTooLong { bytes: long.len(), max: BATCH_BYTES_MAX };
    refused(Endpoint::Batch, long.as_bytes(), &error);
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(16), "]".repeat(16));
    refused(Endpoint::Track, deep.as_bytes(), &IngestError::TooDeep { max: 16 });
    let many = format!(r#"{{"batch":[{}]}}"#, vec!["{}"; BATCH_EVENTS_MAX + 1].join(","));
    let error = IngestError::TooManyEvents { count: 2_501, max: BATCH_EVENTS_MAX };
    refused(Endpoint::Batch, many.as_bytes(), &error);
    refused(Endpoint::Batch, b"{}", &IngestError::NoBatch);
    refused(Endpoint::Batch, b"[]", &IngestError::NoBatch);
    refused(Endpoint::Batch, br#"{"batch":{}}"#, &IngestError::NoBatch);
    refused(Endpoint::Track, b"{\"\xff\"}", &IngestError::NotUtf8 { at: 2 });
    refused(Endpoint::Track, b"{} {}", &IngestError::Malformed { line: 1, column: 4 });
    refused(Endpoint::Track, b"", &IngestError::Malformed { line: 1, column: 0 });
    check(Endpoint::Track, "[]", "event 0: event is not an object");
    check(Endpoint::Track, "{}", "event 0: event is missing");
}

#[test]
fn lines_of_a_file_have_their_own_type() {
    let viewed = r#""event":"Product Viewed","properties":{"product_id":"p"}"#;
    check(Endpoint::Line, &format!("{{{viewed}}}"), "View p");
    check(Endpoint::Line, r#"{"type":"identify","traits":{"size":"M"}}"#, r#"["M"] [] dropped 0"#);
    check(Endpoint::Line, &format!(r#"{{"type":"group",{viewed}}}"#), "other_call");
}

#[test]
fn errors_never_hold_a_value() {
    let marker = "MARKERx7";
    let shapes =
        ["\"M\"", "7", "true", "[\"M\"]", "{\"M\":\"M\"}", "\"M\\nM\"", "null", "[[{\"M\":1}]]"];
    let fields = [
        "type",
        "event",
        "messageId",
        "anonymousId",
        "userId",
        "timestamp",
        "sentAt",
        "context",
        "properties",
        "traits",
        "batch",
        "writeKey",
    ];
    for endpoint in [Endpoint::Track, Endpoint::Page, Endpoint::Identify, Endpoint::Batch] {
        for field in fields {
            for shape in shapes {
                let value = shape.replace('M', marker);
                let body = format!(r#"{{"event":"Order Completed","{field}":{value}}}"#).replacen(
                    r#""event":"Order Completed","event""#,
                    r#""event""#,
                    1,
                );
                let told = match parse(endpoint, body.as_bytes(), "f") {
                    Err(error) => format!("{error} {error:?}"),
                    Ok(parsed) => format!("{parsed:?}"),
                };
                assert!(!told.contains(marker), "{body}: {told}");
            }
        }
    }
}

fn json() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "batch",
        "type",
        "event",
        "properties",
        "products",
        "product_id",
        "id",
        "traits",
        "sizes",
        "context",
        "consent",
        "categoryPreferences",
        "timestamp",
        "userId",
        "anonymousId",
        "zzz",
    ]);
    let leaf = prop::sample::select(vec![
        "null",
        "true",
        "0",
        "-1.5",
        "1e400",
        "\"\"",
        "\"track\"",
        "\"Order Completed\"",
        "\"\\ud800\"",
        "\"2026-01-01T00:00:00Z\"",
        "18446744073709551616",
        "nul",
        "\"",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(6, 64, 6, move |inner| {
        let entry = (key.clone(), inner.clone()).prop_map(|(k, v)| format!("\"{k}\":{v}"));
        let object =
            prop::collection::vec(entry, 0..6).prop_map(|e| format!("{{{}}}", e.join(",")));
        let list = prop::collection::vec(inner, 0..6).prop_map(|e| format!("[{}]", e.join(",")));
        prop::strategy::Union::new([object.boxed(), list.boxed()])
    })
}

const ENDPOINTS: [Endpoint; 5] =
    [Endpoint::Track, Endpoint::Page, Endpoint::Identify, Endpoint::Batch, Endpoint::Line];

proptest! {
    #[test]
    fn no_bytes_stop_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for endpoint in ENDPOINTS {
            drop(parse(endpoint, &bytes, "f"));
        }
    }

    #[test]
    fn no_json_stops_the_reader(body in json()) {
        for endpoint in ENDPOINTS {
            drop(parse(endpoint, body.as_bytes(), "f"));
        }
    }

    #[test]
    fn no_damage_stops_the_reader(at in 0..NODE_BODY.len(), byte: u8, cut in 0..NODE_BODY.len()) {
        let mut bytes = NODE_BODY.as_bytes().to_vec();
        bytes[at] = byte;
        drop(parse(Endpoint::Batch, &bytes, "f"));
        drop(parse(Endpoint::Batch, &bytes[..cut], "f"));
    }

    #[test]
    fn every_item_of_an_order_arrives(ids in prop::collection::vec("[a-z0-9]{1,12}", 1..30)) {
        let products: Vec<_> = ids.iter().map(|id| format!(r#"{{"product_id":"{id}"}}"#)).collect();
        let body = format!(
            r#"{{"event":"Order Completed","properties":{{"products":[{}]}}}}"#,
            products.join(",")
        );
        let event = one(Endpoint::Track, &body).unwrap();
        let EventKind::Items(items) = event.kind() else { panic!("not items") };
        let told: Vec<_> = items.iter().map(|(_, item)| item.as_str()).collect();
        assert_eq!(told, ids);
        assert!(items.iter().all(|(action, _)| *action == Action::Purchase));
        assert_ne!(event.kind(), &EventKind::Ignored(Ignored::Spec));
    }
}
