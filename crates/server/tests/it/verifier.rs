//! The page that checks proofs, in a real browser: of good files and of files that were tampered
//! with it says what `confidant verify` says.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use server::clock::Clock;

use crate::http::Call;
use crate::shop::{As, START, Server, tool};
use crate::transparency::{BATCH_MS, file, get, key, verify};

/// What is checked together, and how `confidant verify` does it.
struct Cases {
    folder: PathBuf,
    all: Vec<Value>,
}

impl Cases {
    fn add(&mut self, name: &str, files: &[(&str, &Value)], log: &str) -> bool {
        let number = self.all.len();
        let names: Vec<String> =
            files.iter().map(|(what, _)| format!("{number}-{what}.json")).collect();
        let written = names.iter().zip(files);
        let paths: Vec<String> =
            written.map(|(name, (_, value))| file(&self.folder, name, value)).collect();
        let arguments: Vec<&str> = match (files, paths.as_slice()) {
            ([("records", _)], [records]) => vec!["logged", records, "--log", log],
            ([("purchase", _), ..], [receipt, proof]) => {
                vec!["purchase", receipt, "--proof", proof, "--log", log]
            }
            (_, [receipt, proof]) => vec!["receipt", receipt, "--proof", proof, "--log", log],
            (_, [receipt]) => vec!["receipt", receipt],
            _ => panic!("{name}"),
        };
        let good = verify(&arguments).is_ok();
        self.all.push(json!({ "name": name, "files": names, "key": log, "good": good }));
        good
    }

    fn good(&mut self, name: &str, files: &[(&str, &Value)], log: &str) {
        assert!(self.add(name, files, log), "{name}");
    }

    fn bad(&mut self, name: &str, files: &[(&str, &Value)], log: &str) {
        assert!(!self.add(name, files, log), "{name}");
    }
}

/// The answer with another proof in its first record.
fn with_proof(answer: &Value, change: impl FnOnce(Vec<String>) -> Vec<String>) -> Value {
    let mut answer = answer.clone();
    let proof = answer["records"][0]["proof"].as_str().unwrap();
    let lines = change(proof.split('\n').map(str::to_owned).collect());
    answer["records"][0]["proof"] = json!(lines.join("\n"));
    answer
}

/// The line with one byte of its base64 changed.
fn flipped(line: &str, front: &str, at: usize) -> String {
    let mut bytes = STANDARD.decode(line.strip_prefix(front).unwrap()).unwrap();
    bytes[at] ^= 1;
    format!("{front}{}", STANDARD.encode(bytes))
}

fn tampered(cases: &mut Cases, answer: &Value, log: &str) {
    let change = |change: &dyn Fn(&mut Vec<String>)| {
        with_proof(answer, |mut lines| {
            change(&mut lines);
            lines
        })
    };
    let checkpoint = |lines: &[String]| lines.iter().position(String::is_empty).unwrap() + 1;
    let mut record = answer.clone();
    let changed = record["records"][0]["record"].as_str().unwrap().replacen("given", "refused", 1);
    record["records"][0]["record"] = json!(changed);
    let mut kind = answer.clone();
    kind["records"][0]["proof"] = json!(7);
    let signature = |lines: &mut Vec<String>| {
        let at = lines.len() - 2;
        let front = format!("\u{2014} {} ", log.split('+').next().unwrap());
        lines[at] = flipped(&lines[at], &front, 40);
    };
    let tampers: [(&str, Value); 15] = [
        ("the record", record),
        ("the proof is no text", kind),
        ("the opening", change(&|lines| lines[1] = flipped(&lines[1], "extra ", 20))),
        ("the hour", change(&|lines| lines[1] = flipped(&lines[1], "extra ", 5))),
        ("the kind", change(&|lines| lines[1] = flipped(&lines[1], "extra ", 1))),
        ("no opening", change(&|lines| drop(lines.remove(1)))),
        (
            "the index",
            change(&|lines| {
                let index: u64 = lines[2].strip_prefix("index ").unwrap().parse().unwrap();
                lines[2] = format!("index {}", index ^ 1);
            }),
        ),
        ("an index with a zero", change(&|lines| lines[2] = lines[2].replace("index ", "index 0"))),
        ("a hash", change(&|lines| lines[3] = flipped(&lines[3], "", 0))),
        ("a hash less", change(&|lines| drop(lines.remove(3)))),
        ("a hash more", change(&|lines| lines.insert(3, lines[3].clone()))),
        (
            "base64 with a bit too much",
            change(&|lines| {
                let end = lines[3].len() - 2;
                let last = lines[3].as_bytes()[end];
                lines[3].replace_range(end..=end, char::from(last + 1).encode_utf8(&mut [0; 4]));
            }),
        ),
        (
            "the size",
            change(&|lines| {
                let at = checkpoint(lines) + 1;
                lines[at].push('0');
            }),
        ),
        (
            "the root",
            change(&|lines| {
                let at = checkpoint(lines) + 2;
                lines[at] = flipped(&lines[at], "", 9);
            }),
        ),
        ("the signature", change(&signature)),
    ];
    for (name, answer) in &tampers {
        cases.bad(name, &[("records", answer)], log);
    }
    let stranger = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    cases.bad("another log", &[("records", answer)], stranger);
    let mut own = log.to_owned();
    own.insert(0, 'x');
    cases.bad("a key with another name", &[("records", answer)], &own);
}

#[test]
fn the_page_says_what_the_program_says() {
    let server = Server::with(Clock::by_hand(START), |settings| settings.ledger.orders = true);
    server.consenting_customer("anna", &["Personalization", "SharedLearning"]);
    server.consenting_customer("bert", &["Personalization"]);
    let order = json!({ "order": { "number": "4711" } });
    let buy = || server.call(As::Shop, &Call::post("/v1/log/orders", &order)).good();
    let (purchase, other) = (buy(), buy());
    let erased = server.erases(As::Shop, &json!({ "customer": "bert" }));
    let consent = Call::get("/v1/consents/proofs?customer=anna");
    let early = server.call(As::Shop, &consent).good();
    server.pass(BATCH_MS);
    server.pass(BATCH_MS);
    let log = key(server.public);
    let answer = server.call(As::Shop, &consent).good();
    let path = format!("/v1/erasures/{}/proof", erased["id"].as_str().unwrap());
    let logged = server.call(As::Page, &Call::get(&path));
    let proof = |receipt: &Value| {
        let (hash, at) = (receipt["commitment"].as_str().unwrap(), &receipt["at_ms"]);
        get(server.public, &format!("/v1/log/orders/{hash}?at_ms={at}")).good()
    };

    let folder = tempfile::Builder::new().prefix("verifier-").tempdir().unwrap().keep();
    println!("pictures and files: {}", folder.display());
    let mut cases = Cases { folder: folder.clone(), all: Vec::new() };
    cases.good("consents", &[("records", &answer)], &log);
    cases.good("what the shop states", &[("records", &statements(&server))], &log);
    cases.good("a purchase", &[("purchase", &purchase), ("proof", &proof(&purchase))], &log);
    cases.bad("another's proof", &[("purchase", &purchase), ("proof", &proof(&other))], &log);
    let mut forged = purchase.clone();
    forged["opening"] = other["opening"].clone();
    cases.bad("another's opening", &[("purchase", &forged), ("proof", &proof(&purchase))], &log);
    let receipt = &erased["receipt"];
    cases.good("a receipt alone", &[("receipt", receipt)], &log);
    cases.good("a receipt", &[("receipt", receipt), ("proof", &logged.good())], &log);
    cases.bad("a proof of something else", &[("receipt", receipt), ("proof", &answer)], &log);
    let mut forged = receipt.clone();
    forged["payload"] = json!(receipt["payload"].as_str().unwrap().replacen(':', ": ", 1));
    cases.bad("a changed receipt", &[("receipt", &forged)], &log);
    tampered(&mut cases, &answer, &log);
    let waiting = verify(&["logged", &file(&folder, "early.json", &early), "--log", &log]);
    assert!(waiting.unwrap().starts_with("0 proven"));
    file(&folder, "cases.json", &Value::Array(cases.all));
    look(&server, &folder);
}

fn statements(server: &Server) -> Value {
    get(server.public, "/v1/log/records").good()
}

fn look(server: &Server, folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node/verifier.mjs");
    let run = Command::new("node")
        .arg(script)
        .args([&format!("http://{}", server.public), folder.to_str().unwrap()])
        .env("CONFIDANT_NODE_MODULES", tool("CONFIDANT_NODE_MODULES"))
        .env("CONFIDANT_CHROMIUM", tool("CONFIDANT_CHROMIUM"))
        .output()
        .expect("node starts; run `cargo xtask test`, which installs what tests need");
    let told =
        [run.stdout, run.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    println!("{told}");
    assert!(run.status.success(), "{told}");
}
