//! What lies on disk is what is declared: tables, columns and files of a shop that was used.

use std::path::Path;

use domain::time::DAY_MS;
use personal::kinds::PlatformRequest;
use personal::subject::{CustomerId, Subject};
use rights::request::names::PlatformId;
use serde_json::json;
use server::clock::Clock;
use store::sqlite::live;

use crate::http::Call;
use crate::shop::{As, START, Server, VISIT_OVER_MS, catalog};

/// Every file that a folder may hold, with the reason.
const FILES: [(&str, &str); 11] = [
    ("data.db", "declared tables and technical ones"),
    ("data.db-wal", "the log of data.db"),
    ("data.db-shm", "the index of that log"),
    ("keys.db", "technical tables"),
    ("keys.db-wal", "the log of keys.db"),
    ("keys.db-shm", "the index of that log"),
    ("tombstones.log", "technical: store::schema::TECHNICAL"),
    ("keys/shop.key", "the key of the shop"),
    ("credentials/*.key", "keys of the API"),
    ("lock", "one process at a time"),
    ("ledger/*", "the transparency log: commitments, published in batches, that name nobody"),
];

fn files(folder: &Path, below: &str, into: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        match entry.file_type().unwrap().is_dir() {
            true => files(&entry.path(), &format!("{name}/"), into),
            false => into.push(name),
        }
    }
}

fn is_listed(file: &str) -> bool {
    FILES.iter().any(|(known, _)| match known.split_once('*') {
        Some((start, end)) => file.starts_with(start) && file.ends_with(end),
        None => file == *known,
    })
}

/// A shop in which everything happened that leaves something: choices, visits, orders, taste,
/// a look of staff, access and a correction, a withdrawal, an address, a platform, an erasure that
/// somebody has to hear of.
fn used() -> Server {
    let server = Server::with(Clock::by_hand(START), |settings| {
        let mailer = json!({
            "country": "DE", "role": "processor", "purposes": ["Marketing"],
            "erasure": "https://mailer.example/requests",
        });
        let mailer = serde_json::from_value(mailer).unwrap();
        settings.recipients.insert("mailer".to_owned(), mailer);
    });
    let harmless = catalog().into_iter().filter(|item| item.in_stock && !item.sensitive);
    let goods: Vec<String> = harmless.map(|item| item.id.as_str().to_owned()).collect();
    for customer in ["anna", "bert", "carl", "dora"] {
        server.consenting_customer(customer, &["Personalization", "SharedLearning"]);
        let [item, other] = [0, 1].map(|number| goods[number].as_str());
        let events = json!({ "batch": [
            { "type": "track", "event": "Product Viewed", "userId": customer,
              "messageId": format!("{customer}-1"), "properties": { "product_id": item } },
            { "type": "track", "event": "Order Completed", "userId": customer,
              "messageId": format!("{customer}-2"),
              "properties": { "order_id": "o-1",
                "products": [{ "product_id": item }, { "product_id": other }] } },
            { "type": "identify", "userId": customer, "messageId": format!("{customer}-3"),
              "traits": { "sizes": ["M"] } },
        ]});
        server.call(As::Shop, &Call::post("/v1/batch", &events)).good();
    }
    server.pass(VISIT_OVER_MS);
    let rows = server.call(As::Staff, &Call::get("/staff/rows?table=consent_evidence")).good();
    let open = json!({ "table": "consent_evidence", "pseudonym": rows[0]["pseudonym"],
        "id": rows[0]["id"], "role": "support", "reason": "a question" });
    server.call(As::Staff, &Call::post("/staff/rows/open", &open)).good();
    let dora = json!({ "customer": "dora" });
    let package = server.call(As::Shop, &Call::post("/v1/access", &dora)).good();
    let tables = package["tables"].as_array().unwrap();
    let history = tables.iter().find(|one| one["table"] == "history_event").unwrap();
    let signal = &history["rows"][0]["values"]["message"];
    let wrong = json!({ "customer": "dora", "forget": [{ "signal": signal }] });
    server.call(As::Shop, &Call::post("/v1/corrections", &wrong)).good();
    let review = json!({ "customer": "dora", "kind": "human_review", "words": "a question",
        "about": format!("one:{}", "5a".repeat(16)) });
    server.call(As::Shop, &Call::post("/v1/requests", &review)).good();
    let withdrawn = json!({ "choices": { "SharedLearning": false } });
    let withdrawn = Call::put("/v1/consents", &withdrawn).token(&server.token("bert"));
    server.call(As::Page, &withdrawn).good();
    let erase = Call::post("/v1/erasures", &json!({ "customer": "carl" }));
    server.call(As::Shop, &erase).good();
    let mail = json!({ "customer": "dora", "address": "dora@example.org" });
    assert_eq!(server.call(As::Shop, &Call::put("/v1/mail-addresses", &mail)).status, 204);
    server.engine(|engine, now| {
        let (platform, reference) = ("shopify".to_owned(), "1".to_owned());
        let customer = "dora".to_owned();
        let name = Subject::Customer(CustomerId::parse(&customer).unwrap());
        let request = PlatformRequest { at: now, platform, reference, customer };
        let platform = PlatformId::parse(&request.platform).unwrap();
        engine.keep_request(&name, (platform, request), now)
    });
    server
}

#[test]
fn what_lies_on_disk_is_declared_or_listed_with_a_reason() {
    let server = used();
    let inventory = server.call(As::Staff, &Call::get("/staff/inventory")).good();
    for line in inventory.as_array().unwrap() {
        let table = line["table"].as_str().unwrap();
        // A visit that is open, and a day that is not over.
        let empty = ["learning_event", "machine_read"].contains(&table);
        assert!(empty || line["rows"].as_u64() > Some(0), "{table} was not used");
    }
    let dir = server.data_dir().to_owned();
    let mut lines = vec!["the folder was not looked at".to_owned()];
    let mut found = Vec::new();
    server.restart_after(|_| {
        let live = live::schema(&dir).unwrap();
        assert!(live.len() > 8, "{live:?}");
        lines = live::undeclared(&live);
        files(&dir, "", &mut found);
    });
    assert_eq!(lines, Vec::<String>::new());
    let unlisted: Vec<&String> = found.iter().filter(|file| !is_listed(file)).collect();
    assert!(unlisted.is_empty(), "no reason is given for {unlisted:?}");
}

#[test]
fn every_sealed_field_is_named_in_the_privacy_notice() {
    let server = Server::by_hand();
    let notice = server.call(As::Staff, &Call::get("/staff/notices/notice?language=fr")).good();
    let said = notice["sections"].to_string();
    for declared in personal::kinds::DECLARATIONS {
        assert!(said.contains(&format!("full-data-{}", declared.table)), "{}", declared.table);
        for field in declared.fields {
            assert!(said.contains(&format!("[\"{}\",", field.name)), "{}", field.name);
        }
    }
}

#[test]
fn what_retention_deletes_is_proven_by_day_and_table() {
    let server = used();
    let none = server.call(As::Staff, &Call::get("/staff/sweeps")).good();
    assert_eq!(none["sweeps"], json!([]), "nothing is old enough");
    assert!(none["last"].is_string());
    let held = server.rows("history_event");
    assert!(held > 0);
    server.pass(91 * DAY_MS);
    assert_eq!(server.rows("history_event"), 0);
    let sweeps = server.call(As::Staff, &Call::get("/staff/sweeps")).good();
    let newest = &sweeps["sweeps"][0];
    assert_eq!(newest["day"], sweeps["last"]);
    assert_eq!(newest["rows"]["history_event"], held);
    assert_eq!(newest["complete"], true);
    let lines = server.call(As::Staff, &Call::get("/staff/inventory")).good();
    let line = lines.as_array().unwrap().iter().find(|one| one["table"] == "history_event");
    let line = line.unwrap();
    assert_eq!(line["swept"], json!({ "day": newest["day"], "rows": held }));
    assert_eq!(line["readers"], json!(["Personalization"]));
    let server = server.restart();
    let again = server.call(As::Staff, &Call::get("/staff/sweeps")).good();
    assert_eq!(again["sweeps"], sweeps["sweeps"], "proof lasts over a restart");
}
