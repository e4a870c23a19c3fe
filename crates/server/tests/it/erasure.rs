//! Forgetting, from outside: no byte, no answer, no lesson of the person is left, and the receipt
//! says so without the shop.

use std::path::{Path, PathBuf};

use domain::id::RequestId;
use personal::subject::{CustomerId, Subject};
use rights::intent::{Found, Intent, Marks, Target};
use rights::machine::{Erasure, Request, Verification};
use rights::plan::Scope;
use serde_json::{Value, json};
use server::engine::forgetting::TOMBSTONE_KEEP_DAYS;
use server::shared::Shared;
use store::error::StoreError;
use store::keys::{Intent as StoredIntent, Keys as _, Tombstone};
use store::sqlite::keys::SqliteKeys;

use crate::http::Call;
use crate::shop::{As, Binary, Browser, Server, VISIT_OVER_MS, item};

const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];
/// A customer id that nothing else could spell.
const ANNA: &str = "anna-marker-93c1d7@example.org";

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, mut all): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    all.extend(folders.iter().flat_map(|folder| files(folder)));
    all
}

/// Looks for bytes in every file of the store.
#[track_caller]
fn assert_nowhere(server: &Server, marker: &[u8]) {
    let files = files(server.data_dir());
    assert!(files.iter().any(|file| file.extension().is_some()), "{files:?}");
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes.windows(marker.len()).any(|window| window == marker);
        assert!(!found, "{} holds {:?}", file.display(), String::from_utf8_lossy(marker));
    }
}

/// A customer who looks around for two visits.
fn visits_as_customer(server: &Server, customer: &str) {
    server.consenting_customer(customer, &BOTH);
    for number in 0..4 {
        let event = json!({
            "userId": customer, "event": "Product Viewed",
            "messageId": format!("{customer}-{number}"),
            "properties": { "product_id": item(number * 3).as_str() },
            "context": { "ip": "203.0.113.9", "traits": { "email": customer } },
        });
        let call = Call::post("/v1/track", &event).token(&server.token(customer));
        assert_eq!(server.call(As::Page, &call).good()["stored"], 1);
    }
    let stated = json!({ "userId": customer, "traits": {
        "email": customer, "sizes": ["M"], "preferred_categories": ["Women/Dresses"] } });
    let call = Call::post("/v1/identify", &stated).token(&server.token(customer));
    assert_eq!(server.call(As::Page, &call).good()["stored"], 1);
    server.pass(VISIT_OVER_MS);
}

/// Others, so that there is a model to compare.
fn others(server: &Server) -> Vec<Browser> {
    (0..3)
        .map(|person| {
            let browser = server.browser(&BOTH);
            for number in 0..4 {
                let message = format!("{person}-{number}");
                let taken = server.looks_at(&browser.id, &item(number * 3 + person), &message);
                assert_eq!(taken["stored"], 1);
            }
            server.pass(VISIT_OVER_MS);
            browser
        })
        .collect()
}

fn payload(erased: &Value) -> Value {
    serde_json::from_str(erased["receipt"]["payload"].as_str().unwrap()).unwrap()
}

/// `confidant verify receipt` on a file: whether it succeeds, and everything it says.
fn verify(folder: &Path, receipt: &str, key: Option<&str>) -> (bool, String) {
    let file = folder.join("receipt.json");
    std::fs::write(&file, receipt).unwrap();
    let mut command = Binary::command(&["verify", "receipt", file.to_str().unwrap()]);
    command.args(key.map(|key| ["--key", key]).into_iter().flatten());
    let output = command.output().unwrap();
    let code = output.status.code().unwrap();
    assert!(code == 0 || code == 1, "{output:?}");
    let said = [output.stdout, output.stderr].concat();
    (code == 0, String::from_utf8(said).unwrap())
}

#[test]
fn the_shop_forgets_as_if_it_had_never_met_the_person() {
    let (server, other) = (Server::by_hand(), Server::by_hand());
    for one in [&server, &other] {
        others(one);
    }
    let never_met = server.fingerprint();
    visits_as_customer(&server, ANNA);
    other.pass(VISIT_OVER_MS);
    assert_ne!(server.fingerprint(), never_met);
    // The name is nowhere in the clear, not even before.
    assert_nowhere(&server, ANNA.as_bytes());
    let erased = server.erases(As::Shop, &json!({ "customer": ANNA }));
    assert_eq!(erased["status"], "done");
    let declared = payload(&erased);
    assert_eq!(declared["model"]["sessions_unlearned"], 1);
    assert_ne!(declared["model"]["fingerprint_before"], declared["model"]["fingerprint_after"]);
    for answer in [erased.to_string(), server.metrics()] {
        assert!(!answer.contains(ANNA) && !answer.contains("anna-marker"), "{answer}");
    }
    let check = |server: &Server| {
        assert_eq!(server.fingerprint(), never_met);
        assert_nowhere(server, ANNA.as_bytes());
        let current = format!("placement=product&item={}", item(3).as_str());
        let recent = format!("recent={},{}", item(0).as_str(), item(3).as_str());
        for query in ["count=50", &current, &recent] {
            let answers = [server, &other].map(|one| one.recommends(As::Page, query));
            assert_eq!(answers[0], answers[1], "{query}");
        }
        for table in
            ["history_event", "preferences", "learning_event", "closed_session", "learned_order"]
        {
            assert_eq!(server.rows(table), other.rows(table), "{table}");
        }
        let anna = server.recommends(As::Shop, &format!("customer={ANNA}"));
        assert_eq!(anna["basis"]["tier"], "anonymous");
    };
    check(&server);
    check(&server.restart());
}

#[test]
fn three_people_may_ask() {
    let server = Server::by_hand();
    let browser = server.browser(&BOTH);
    assert_eq!(server.looks_at(&browser.id, &item(0), "m-1")["stored"], 1);
    let body = json!({ "browser": browser.id, "erase_handle": browser.erase_handle });
    let by_handle = server.erases(As::Page, &body);
    visits_as_customer(&server, ANNA);
    let call = Call::post("/v1/erasures", &json!({})).token(&server.token(ANNA));
    let by_token = server.call(As::Page, &call).good();
    visits_as_customer(&server, "bert");
    let by_shop = server.erases(As::Shop, &json!({ "customer": "bert" }));
    for erased in [&by_handle, &by_token, &by_shop] {
        assert_eq!(payload(erased)["scope"], payload(&by_shop)["scope"]);
        assert_eq!(payload(erased)["request"], erased["id"]);
    }
    for table in
        ["history_event", "preferences", "learning_event", "closed_session", "learned_order"]
    {
        assert_eq!(server.rows(table), 0, "{table}");
    }
    // The receipt is read again by its random name, also after a restart.
    let server = server.restart();
    for erased in [by_handle, by_token, by_shop] {
        let path = format!("/v1/erasures/{}", erased["id"].as_str().unwrap());
        assert_eq!(server.call(As::Page, &Call::get(&path)).good(), erased);
    }
}

#[test]
fn a_receipt_is_verified_without_the_shop() {
    let server = Server::by_hand();
    visits_as_customer(&server, ANNA);
    let erased = server.erases(As::Shop, &json!({ "customer": ANNA }));
    let published = Call::get("/v1/receipt-key").send(server.public).good();
    let folder = server.folder().to_owned();
    let receipt = erased["receipt"].to_string();
    let key = erased["receipt"]["key"].as_str().unwrap();
    assert_eq!(published["key"], key);

    let (fine, said) = verify(&folder, &receipt, None);
    assert!(fine && said.contains("The signature is valid."), "{said}");
    assert!(said.contains(key), "who signed is said");
    assert!(!said.contains("anna"), "{said}");
    let (fine, pinned) = verify(&folder, &receipt, Some(key));
    assert!(fine && pinned.lines().count() < said.lines().count(), "{pinned}");
    for table in ["history_event", "consent_evidence"] {
        let declared = payload(&erased);
        let text = declared.to_string();
        assert!(text.contains(table), "{table}: {text}");
    }

    let other = key.replace(|c: char| c.is_ascii_hexdigit(), "a");
    let flipped = |from: &str, to: &str| {
        assert!(receipt.contains(from), "{from}: {receipt}");
        receipt.replacen(from, to, 1)
    };
    for (what, receipt, key) in [
        ("another key", receipt.clone(), Some(other.as_str())),
        ("no key", receipt.clone(), Some("")),
        ("changed", flipped("\\\"sessions_unlearned\\\":1", "\\\"sessions_unlearned\\\":2"), None),
        ("more", flipped("\"key\"", "\"more\":1,\"key\""), None),
        ("another signer", flipped(key, &other), None),
        ("cut", receipt.strip_suffix('}').unwrap().to_owned(), None),
        ("empty", String::new(), None),
        ("too long", " ".repeat(300 * 1024), None),
    ] {
        let (fine, said) = verify(&folder, &receipt, key);
        assert!(!fine && said.starts_with("confidant: "), "{what}: {said}");
        assert_eq!(said.lines().count(), 1, "{what}: {said}");
        assert!(!said.contains("valid."), "{what}: {said}");
    }
    let missing = folder.join("missing.json");
    let output = Binary::command(&["verify", "receipt", missing.to_str().unwrap()]).output();
    assert_eq!(output.unwrap().status.code(), Some(1));
}

#[test]
fn late_copies_stay_out_and_who_returns_starts_fresh() {
    let server = Server::by_hand();
    visits_as_customer(&server, ANNA);
    let subject =
        server.shared().ring.subject_ref(&Subject::Customer(CustomerId::parse(ANNA).unwrap()));
    let pseudonyms = |server: &Server| server.shared().people.read()[&subject].pseudonyms.clone();
    let before = pseudonyms(&server);
    let asked_at = server.clock.now();
    server.erases(As::Shop, &json!({ "customer": ANNA }));
    server.pass(60_000);
    let server = server.restart();
    server.consenting_customer(ANNA, &BOTH);
    let dated = |message: &str, ms: i64| {
        let time = jiff::Timestamp::from_millisecond(asked_at.ms() + ms).unwrap();
        let event = json!({
            "userId": ANNA, "event": "Product Viewed", "messageId": message,
            "timestamp": time.to_string(), "properties": { "product_id": item(1).as_str() },
        });
        server.call(As::Shop, &Call::post("/v1/track", &event)).good()
    };
    for (message, ms) in [("late-1", -3_600_000), ("late-2", -1), ("late-3", 0)] {
        let taken = dated(message, ms);
        assert_eq!(taken["dropped"][0]["reason"], "erased", "{message}: {taken}");
    }
    // A repeat of what was erased is no way back either.
    let taken = dated(&format!("{ANNA}-0"), -60_000);
    assert_eq!(taken["stored"], 0, "{taken}");
    let answer = server.recommends(As::Shop, &format!("customer={ANNA}"));
    assert_eq!(
        (&answer["basis"]["tier"], &answer["basis"]["inputs"]),
        (&json!("history"), &json!([]))
    );
    assert_eq!(dated("fresh-1", 60_000)["stored"], 1);
    let answer = server.recommends(As::Shop, &format!("customer={ANNA}"));
    assert_eq!(answer["basis"]["inputs"], json!([{ "kind": "history", "count": 1 }]));
    let after = pseudonyms(&server);
    for (purpose, pseudonym) in &after {
        let kept = before.contains(&(*purpose, *pseudonym));
        assert_eq!(
            kept,
            purpose.as_str() == "LegalProof",
            "{purpose:?} has a key of its own again"
        );
    }
}

/// What a server leaves that dies right after it has made the intent durable; it has taken back
/// every yes before, which is left out here.
fn only_intends(shared: &Shared, customer: &str) {
    let name = Subject::Customer(CustomerId::parse(customer).unwrap());
    let subject = shared.ring.subject_ref(&name);
    let people = shared.people.read();
    let targets = people[&subject].pseudonyms.iter();
    let now = shared.clock.now();
    let marks = Marks {
        subject,
        targets: targets
            .filter(|(purpose, _)| Scope::Everything.reaches(*purpose))
            .map(|&(purpose, pseudonym)| Target { purpose, pseudonym })
            .collect(),
        tombstones: vec![*shared.ring.tombstone(&name).as_bytes()],
        cutoff: now,
        tombstones_until: now.day().plus(TOMBSTONE_KEEP_DAYS),
        tell: Vec::new(),
    };
    let until = marks.tombstones_until;
    let request = Request { id: RequestId::from_bytes([7; 16]), scope: Scope::Everything, at: now };
    let planned = Erasure::new(request).verify(Verification::SecretKey);
    let planned = planned.plan(marks, Found::default()).unwrap();
    let begin = |intent: &Intent| -> Result<(), StoreError> {
        let plain = intent.to_body().unwrap();
        let body = shared.ring.seal_secret("erasure intent", &plain, [9; 16]).unwrap();
        let mac = intent.marks.tombstones[0];
        let tombstone = Tombstone { mac, cutoff: now, expires: until };
        let mut keys = SqliteKeys::open(&shared.settings.data_dir, &shared.settings.shop)?;
        keys.begin(&StoredIntent { id: intent.request, body }, &[tombstone])
    };
    drop(planned.intend(begin).unwrap());
}

#[test]
fn an_erasure_that_was_cut_off_is_completed_at_the_next_start() {
    let server = Server::by_hand();
    others(&server);
    let never_met = server.fingerprint();
    let rows = |server: &Server| {
        ["history_event", "preferences", "learning_event", "closed_session", "learned_order"]
            .map(|table| server.rows(table))
    };
    let before = rows(&server);
    visits_as_customer(&server, ANNA);
    assert_ne!(rows(&server), before);
    let server = server.restart_after(|shared| only_intends(shared, ANNA));
    assert_eq!((rows(&server), server.fingerprint()), (before, never_met));
    let anna = server.recommends(As::Shop, &format!("customer={ANNA}"));
    assert_eq!(anna["basis"]["inputs"], json!([]));
    let path = format!("/v1/erasures/{}", "07".repeat(16));
    let erased = server.call(As::Shop, &Call::get(&path)).good();
    let (fine, said) = verify(server.folder(), &erased["receipt"].to_string(), None);
    assert!(fine, "{said}");
    // Done is done: the next start finds nothing to do.
    let seq = server.seq();
    assert_eq!(server.restart().seq(), seq);
}

#[test]
fn erasing_again_and_erasing_nobody_are_fine() {
    let server = Server::by_hand();
    visits_as_customer(&server, ANNA);
    let body = json!({ "customer": ANNA });
    let (first, second) = (server.erases(As::Shop, &body), server.erases(As::Shop, &body));
    assert_ne!(first["id"], second["id"]);
    let declared = payload(&second);
    assert_eq!(declared["model"]["sessions_unlearned"], 0);
    assert_eq!(declared["model"]["fingerprint_before"], declared["model"]["fingerprint_after"]);
    let people = server.shared().people.read().len();
    let nobody = server.erases(As::Shop, &json!({ "customer": "nobody-was-here" }));
    let (fine, said) = verify(server.folder(), &nobody["receipt"].to_string(), None);
    assert!(fine, "{said}");
    assert_eq!(server.shared().people.read().len(), people, "nobody stays unknown");
}
