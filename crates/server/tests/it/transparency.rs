//! The transparency log from outside: what happens is in it after the next batch, proofs verify
//! offline, Go's reference packages read it over HTTP, and a kill never forks it.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use ledger::checkpoint::Checkpoint;
use ledger::key::VerifierKey;
use ledger::merkle::{Head, verify_consistency};
use ledger::note::Note;
use ledger::prove::Plan;
use ledger::tree::Read;
use serde_json::{Value, json};

use crate::erasure::files;
use crate::http::{Call, Reply};
use crate::shop::{As, Binary, Server, choice, configuration, key_file};

pub(crate) const BATCH_MS: i64 = 300_000;

pub(crate) fn get(public: SocketAddr, path: &str) -> Reply {
    Call::get(path).send(public)
}

/// The log's key, as anyone can ask for it.
pub(crate) fn key(public: SocketAddr) -> String {
    get(public, "/v1/log").good()["key"].as_str().unwrap().to_owned()
}

pub(crate) fn head(public: SocketAddr) -> Head {
    let key = VerifierKey::parse(&key(public)).unwrap();
    let note = Note::parse(get(public, "/log/checkpoint").text().as_bytes()).unwrap();
    Checkpoint::open(&note, &key).unwrap().head
}

/// Makes the proof between two heads out of tiles, as an auditor does.
pub(crate) fn assert_grown(public: SocketAddr, old: &Head) -> Head {
    let new = head(public);
    assert!(new.size >= old.size, "a smaller tree was signed");
    let plan = Plan::consistency(old.size, new.size).unwrap();
    let mut read = Read::new();
    for tile in plan.tiles() {
        let reply = get(public, &format!("/log/{tile}"));
        assert_eq!(reply.status, 200, "{tile}");
        read.insert(tile, reply.body.clone());
    }
    let proof = plan.prove(&read).unwrap();
    assert_eq!(verify_consistency(old, &new, &proof), Ok(()), "another tree was signed");
    new
}

/// Runs `confidant verify` and gives what it said.
pub(crate) fn verify(arguments: &[&str]) -> Result<String, String> {
    let output = Binary::command(&[&["verify"], arguments].concat()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stderr)),
    }
}

pub(crate) fn file(folder: &Path, name: &str, value: &Value) -> String {
    let path = folder.join(name);
    std::fs::write(&path, value.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_consent_is_proven_after_the_next_batch() {
    let server = Server::by_hand();
    server.consenting_customer("anna", &["Personalization", "SharedLearning"]);
    let whose = Call::get("/v1/consents/proofs?customer=anna");
    let before = server.call(As::Shop, &whose).good();
    let records = before["records"].as_array().unwrap();
    assert_eq!(records.len(), 2);
    assert!(records.iter().all(|one| one["kind"] == "consent" && one["proof"].is_null()));
    let waiting = file(server.folder(), "waiting.json", &before);
    let log = key(server.public);
    let said = verify(&["logged", &waiting, "--log", &log]).unwrap();
    assert_eq!(said.trim(), "0 proven, 2 still waiting for a batch.");

    server.pass(BATCH_MS);
    let after = server.call(As::Shop, &whose).good();
    assert_eq!(after["records"][0]["record"], before["records"][0]["record"]);
    let proven = file(server.folder(), "proven.json", &after);
    let said = verify(&["logged", &proven, "--log", &log]).unwrap();
    assert!(said.ends_with("2 proven, 0 still waiting for a batch.\n"), "{said}");
    assert!(said.contains(r#""purpose":"SharedLearning","state":"given""#), "{said}");
    assert!(said.contains("hour 2026-03-01T12:00:00Z, clothes.confidant.invalid/log"), "{said}");
    // With the customer's own token as well, and never with another's.
    let own = Call::get("/v1/consents/proofs").token(&server.token("anna"));
    assert_eq!(server.call(As::Page, &own).good(), after);
    let other = Call::get("/v1/consents/proofs").token(&server.token("bert"));
    assert_eq!(server.call(As::Page, &other).status, 404);

    // Neither another record nor another log is believed.
    let mut forged = after.clone();
    let record = forged["records"][1]["record"].as_str().unwrap().replace("given", "refused");
    forged["records"][1]["record"] = json!(record);
    let forged = file(server.folder(), "forged.json", &forged);
    let refused = verify(&["logged", &forged, "--log", &log]).unwrap_err();
    assert!(refused.contains("record 2 is not proven"), "{refused}");
    let stranger = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert!(verify(&["logged", &proven, "--log", stranger]).is_err());
    let policy = server.folder().join("policy");
    std::fs::write(&policy, format!("log {log}\nquorum none\n")).unwrap();
    assert!(verify(&["logged", &proven, "--policy", policy.to_str().unwrap()]).is_ok());
    std::fs::write(&policy, format!("log {stranger}\nquorum none\n")).unwrap();
    assert!(verify(&["logged", &proven, "--policy", policy.to_str().unwrap()]).is_err());
}

#[test]
fn a_receipt_is_proven_and_outlives_the_person() {
    let server = Server::by_hand();
    server.consenting_customer("anna", &["Personalization"]);
    let erased = server.erases(As::Shop, &json!({ "customer": "anna" }));
    let path = format!("/v1/erasures/{}/proof", erased["id"].as_str().unwrap());
    let waiting = server.call(As::Shop, &Call::get(&path)).good();
    let receipt = file(server.folder(), "receipt.json", &erased["receipt"]);
    let (log, waiting) = (key(server.public), file(server.folder(), "waiting.json", &waiting));
    let early = verify(&["receipt", &receipt, "--proof", &waiting, "--log", &log]).unwrap_err();
    assert!(early.contains("it waits for its batch"), "{early}");

    server.pass(BATCH_MS);
    let server = server.restart();
    let proof = server.call(As::Page, &Call::get(&path)).good();
    assert_eq!(proof["records"][0]["record"], erased["receipt"]["payload"]);
    let proof = file(server.folder(), "proof.json", &proof);
    let said = verify(&["receipt", &receipt, "--proof", &proof, "--log", &log]).unwrap();
    assert!(said.contains("It stands in the log clothes.confidant.invalid/log: leaf "), "{said}");
    let other = server.erases(As::Shop, &json!({ "customer": "bert" }));
    let other = file(server.folder(), "other.json", &other["receipt"]);
    let refused = verify(&["receipt", &other, "--proof", &proof, "--log", &log]).unwrap_err();
    assert!(refused.contains("about something else"), "{refused}");
    assert_eq!(server.call(As::Page, &Call::get("/v1/erasures/00/proof")).status, 404);
}

#[test]
fn looks_and_changes_wait_for_the_log_too() {
    let server = Server::by_hand();
    let waiting = || server.engine(|engine, _| Ok(engine.waiting_for_log()));
    // What the server runs with is the first to wait, with its keys, policies and model.
    assert_eq!(waiting(), 7);
    server.browser(&["Personalization"]);
    assert_eq!(waiting(), 8);
    let rows = server.call(As::Staff, &Call::get("/staff/rows?table=consent_evidence")).good();
    let open = json!({
        "table": "consent_evidence", "pseudonym": rows[0]["pseudonym"], "id": rows[0]["id"],
        "role": "support", "reason": "the customer asked",
    });
    server.call(As::Staff, &Call::post("/staff/rows/open", &open)).good();
    assert_eq!(waiting(), 9);
    let put = json!({ "role": "merchandiser", "reason": "spring goods", "toml": "count = 5" });
    let put = Call::put("/staff/documents/placement/home", &put).header("If-Match", "\"0\"");
    server.call(As::Staff, &put).good();
    assert_eq!(waiting(), 10);
    // What waits survives a start; what was published is gone from the store.
    let server = server.restart();
    let waiting = || server.engine(|engine, _| Ok(engine.waiting_for_log()));
    assert_eq!(waiting(), 10);
    server.pass(BATCH_MS);
    assert_eq!(waiting(), 0);
    // Four keys, and one or none of every other kind, which look like two of each.
    assert_eq!(head(server.public).size, 18);
    let server = server.restart();
    assert_eq!(server.engine(|engine, _| Ok(engine.waiting_for_log())), 0);
    assert_eq!(head(server.public).size, 18);
}

#[test]
fn the_log_is_served_as_its_specification_says() {
    let server = Server::by_hand();
    let empty = get(server.public, "/log/checkpoint");
    assert_eq!(empty.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(empty.text().starts_with("clothes.confidant.invalid/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u{2014} "));
    for batch in 0..40 {
        if batch % 8 == 0 {
            server.browser(&["Personalization"]);
        }
        server.pass(BATCH_MS);
    }
    assert_eq!(head(server.public).size, 642);
    let tile = get(server.public, "/log/tile/0/000");
    assert_eq!((tile.status, tile.body.len()), (200, 8_192));
    assert_eq!(tile.header("content-type"), Some("application/octet-stream"));
    assert!(tile.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(get(server.public, "/log/tile/0/002.p/130").body.len(), 130 * 32);
    for path in [
        "/log/tile/0/002",
        "/log/tile/0/002.p/131",
        "/log/tile/0/003",
        "/log/tile/9/000",
        "/log/tile/0/1",
        "/log/batch",
        "/log/../keys.db",
        "/log/tile/0/..%2f..%2fbatch",
        "/log/",
        "/log/checkpoint.new",
    ] {
        assert_eq!(get(server.public, path).status, 404, "{path}");
    }
    // The tile that is full needs its partial ones no more.
    let files = files(&server.data_dir().join("ledger"));
    assert!(!files.iter().any(|file| file.to_string_lossy().contains("000.p/256")));
    assert!(!files.iter().any(|file| file.to_string_lossy().contains("tile/0/000.p")));

    let folder = server.folder();
    let go = std::env::var_os("CONFIDANT_GO").unwrap_or_else(|| OsString::from("go"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ledger/tests/go/auditor.go");
    let audited = Command::new(go)
        .arg("run")
        .arg(source)
        .arg(key(server.public))
        .arg(format!("http://{}/log", server.public))
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .env("GOCACHE", folder.join("go"))
        .output()
        .expect("go does not start; run `cargo xtask test`, which installs it");
    let said = String::from_utf8_lossy(&audited.stdout).into_owned();
    assert!(audited.status.success(), "{}", String::from_utf8_lossy(&audited.stderr));
    assert!(said.contains("clothes.confidant.invalid/log: size 642"), "{said}");
    assert!(said.contains("entries re-hashed 642"), "{said}");
}

#[test]
fn damage_shows_and_is_not_signed() {
    let server = Server::by_hand();
    server.pass(BATCH_MS);
    let ready = |server: &Server| get(server.public, "/readyz").good()["log"].clone();
    assert_eq!(ready(&server), "sound");
    let checkpoint = get(server.public, "/log/checkpoint").text();
    let folder = server.data_dir().join("ledger");
    let server = server.restart_after(|_| {
        let tile = folder.join("tile/0/000.p/18");
        let mut bytes = std::fs::read(&tile).unwrap();
        bytes[9] ^= 1;
        std::fs::write(tile, bytes).unwrap();
    });
    assert_eq!(ready(&server), "damaged");
    assert_eq!(get(server.public, "/v1/log").good()["state"], "damaged");
    // The shop goes on, what happens waits, and nothing is signed.
    server.browser(&["Personalization"]);
    server.pass(BATCH_MS);
    assert_eq!(server.engine(|engine, _| Ok(engine.waiting_for_log())), 1);
    let kept = std::fs::read_to_string(folder.join("checkpoint")).unwrap();
    assert_eq!(kept, checkpoint);
}

/// Kills the real binary again and again while people say yes and batches come every second.
#[test]
fn a_kill_never_forks_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text + "\n[ledger]\ninterval_s = 1\nfloor = 16\n").unwrap();
    let mut seen = vec![Head::empty()];
    let mut people = Vec::new();
    for round in 0..6 {
        let binary = Binary::serve(&config);
        let secret = key_file(folder.path(), "secret");
        let first = seen.clone();
        first.iter().for_each(|old| {
            assert_grown(binary.public, old);
        });
        // Until a batch came in this life, and a little further.
        let start = head(binary.public).size;
        for person in 0.. {
            let customer = format!("customer-{round}-{person}");
            let mut body = choice(&["Personalization"]);
            body["customer"] = json!(customer);
            Call::put("/v1/consents", &body).key(&secret).send(binary.public).good();
            people.push(customer);
            let now = head(binary.public);
            if now.size > start && person % 7 == round % 7 {
                seen.push(now);
                break;
            }
        }
        binary.kill();
    }
    let binary = Binary::serve(&config);
    let secret = key_file(folder.path(), "secret");
    let log = key(binary.public);
    let start = seen.iter().fold(Head::empty(), |_, old| assert_grown(binary.public, old)).size;
    while head(binary.public).size == start {}
    for customer in people {
        let call = Call::get(&format!("/v1/consents/proofs?customer={customer}")).key(&secret);
        let proofs = call.send(binary.public).good();
        let records = proofs["records"].as_array().unwrap();
        assert!(records.iter().all(|one| one["proof"].is_string()), "{customer}: {proofs}");
        if customer.ends_with("-0") {
            let proofs = file(folder.path(), "proofs.json", &proofs);
            verify(&["logged", &proofs, "--log", &log]).unwrap();
        }
    }
    assert_eq!(get(binary.public, "/readyz").good()["log"], "sound");
    let (status, _) = binary.end();
    assert!(status.success());
}
