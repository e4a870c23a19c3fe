//! The canary (law 8): with the most talkative log, no value of a request and no key is in what
//! the process says, and neither in its metrics nor in its files.

use std::fs::File;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::erasure::files;
use crate::http::Call;
use crate::shop::{Binary, choice, configuration, key_file};

const MARKER: &str = "canary7d2e";
const MAIL: &str = "canary7d2e@example.org";

/// Everything that a request can carry, with a marker in each place.
fn requests(secret: &str, write: &str, staff: &str) -> Vec<(bool, Call)> {
    let marked = |text: &str| format!("{MARKER}{text}");
    let secret_ = |call: Call| (false, call.key(secret));
    let event = json!({
        "type": "track", "userId": MAIL, "messageId": marked("-m"), "event": "Product Viewed",
        "properties": { "product_id": marked("-item"), "email": MAIL, "coupon": marked("-c") },
        "context": { "ip": "203.0.113.77", "userAgent": marked("-agent"),
            "traits": { "email": MAIL }, "page": { "url": format!("https://x.example/?e={MAIL}") } },
    });
    let mut customer = choice(&["Personalization", "SharedLearning"]);
    customer["customer"] = json!(MAIL);
    let item = json!({ "items": [{ "id": marked("-item"), "title": "A thing" }] });
    let traits = json!({ "userId": MAIL, "traits": {
        "email": MAIL, "name": marked("-name"), "sizes": [marked("-size")] } });
    let batch = json!({ "batch": [event, { "type": marked("-type"), "userId": MAIL }] });
    vec![
        secret_(Call::put("/v1/catalog/items", &item)),
        secret_(Call::put("/v1/consents", &customer)),
        secret_(Call::post("/v1/track", &event)),
        secret_(Call::post("/v1/identify", &traits)),
        secret_(Call::post("/v1/batch", &batch)),
        secret_(Call::get(&format!("/v1/recommendations?customer={MAIL}&recent={MARKER}-item"))),
        secret_(Call::get(&format!("/v1/consents?customer={MAIL}"))),
        secret_(Call::get(&format!("/v1/{MARKER}?{MARKER}={MARKER}"))),
        secret_(Call::get(&format!("/v1/recommendations?{MARKER}={MARKER}"))),
        secret_(Call::post("/v1/track", &json!({ "userId": MAIL, "event": [MARKER] }))),
        secret_(Call::new("POST", "/v1/track").raw("application/json", MARKER.as_bytes())),
        secret_(Call::new("POST", "/v1/erasures").raw("application/json", MARKER.as_bytes())),
        secret_(Call::new(&MARKER.to_uppercase(), "/v1/track")),
        (
            false,
            Call::get("/v1/catalog/items")
                .key(write)
                .header("Origin", &format!("https://{MARKER}.example")),
        ),
        (false, Call::get("/v1/catalog/items").key(write).header("User-Agent", MARKER)),
        (false, Call::get("/v1/catalog/items").key(write).header("Cookie", &marked("=1"))),
        (false, Call::get("/v1/consents").key(write).token(&marked(".a.b"))),
        (false, Call::get("/v1/consents").key(&marked("-key"))),
        (true, Call::get("/metrics").key(staff)),
        (true, Call::get(&format!("/staff/rows?table={MARKER}")).key(staff)),
        (true, Call::get("/staff/rows?table=history_event").key(staff)),
        secret_(Call::post("/v1/erasures", &json!({ "customer": MAIL }))),
        secret_(Call::post("/v1/track", &event)),
    ]
}

#[test]
fn nothing_of_a_request_and_no_key_is_ever_logged() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    // The first start shows the keys, once and on purpose; the canary is the second.
    assert!(Binary::serve(&config).end().0.success());
    let [write, secret, staff] =
        ["write", "secret", "staff"].map(|name| key_file(folder.path(), name));
    let log = folder.path().join("log.txt");
    let mut command = Binary::command(&["serve", "--config", config.to_str().unwrap()]);
    command.env("CONFIDANT_LOG", "trace").stderr(Stdio::from(File::create(&log).unwrap()));
    let binary = Binary::run(&mut command);
    let mut answers = Vec::new();
    for (on_staff, call) in requests(&secret, &write, &staff) {
        let reply = call.send(if on_staff { binary.staff } else { binary.public });
        answers.push((reply.status, reply.text()));
    }
    let good = answers.iter().filter(|(status, _)| *status == 200).count();
    assert!(good >= 12, "the canary sings too little: {answers:?}");
    let metrics = Call::get("/metrics").key(&staff).send(binary.staff).text();
    let mut said = binary.said.join("\n");
    let (status, rest) = binary.end();
    assert!(status.success());
    said.push_str(&rest);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("INFO"), "the log is on: {log}");
    let receipt: Value = answers
        .iter()
        .filter_map(|(_, text)| serde_json::from_str::<Value>(text).ok())
        .find(|answer| answer.get("receipt").is_some())
        .expect("somebody was erased");
    assert!(!receipt.to_string().contains(MARKER), "{receipt}");
    let key = |key: &str| key.split_once('_').unwrap().1.to_owned();
    for (place, text) in [("log", &log), ("standard output", &said), ("metrics", &metrics)] {
        let lower = text.to_lowercase();
        for secret in
            [MARKER.to_owned(), key(&write), key(&secret), key(&staff), "203.0.113".into()]
        {
            let found = lower.lines().find(|line| line.contains(&secret));
            assert_eq!(found, None, "{place}");
        }
    }
    // In the files of the store the person is nowhere either; the catalog may hold the item.
    for file in files(&folder.path().join("data")) {
        let bytes = std::fs::read(&file).unwrap();
        for marker in [MAIL, "canary7d2e-size", "canary7d2e-name", "canary7d2e-m"] {
            let found = bytes.windows(marker.len()).any(|window| window == marker.as_bytes());
            assert!(!found, "{}: {marker}", file.display());
        }
    }
}
