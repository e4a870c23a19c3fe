//! The real binary under load, killed as a power cut would: what was acknowledged stays, what was
//! erased stays away.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;
use std::sync::Mutex;

use serde_json::{Value, json};
use testkit::random::Random;

use crate::erasure::files;
use crate::http::Call;
use crate::shop::{Binary, choice, configuration, key_file};

const ROUNDS: u32 = 8;
const SENDERS: u32 = 3;
const PEOPLE: u32 = 6;

/// What the server acknowledged.
#[derive(Default)]
struct Acknowledged {
    /// Sender, batch of the sender, customer of the batch.
    batches: Vec<(u32, u32, u32)>,
    /// Customers whose erasure was answered.
    erased: Vec<String>,
}

/// One life of the server: what is sent until it dies.
struct Life<'a> {
    round: u32,
    secret: &'a str,
    binary: &'a Binary,
    acknowledged: &'a Mutex<Acknowledged>,
}

fn customer(round: u32, person: u32) -> String {
    format!("customer-{round}-{person}")
}

/// The events of a batch; their identities are a function of its place.
fn batch(round: u32, sender: u32, number: u32, person: u32) -> Value {
    let event = |place: u32| {
        json!({
            "type": "track", "event": "Product Viewed", "userId": customer(round, person),
            "messageId": format!("{round}-{sender}-{number}-{place}"),
            "properties": { "product_id": format!("item-{}", (number + place) % 40) },
        })
    };
    json!({ "batch": (0..8).map(event).collect::<Vec<_>>() })
}

impl Life<'_> {
    fn call(&self, call: &Call) -> Option<Value> {
        let reply = call.clone().key(self.secret).try_send(self.binary.public).ok()?;
        (reply.status == 200).then(|| reply.json())
    }

    /// Sends batches until the server is gone; keeps what was acknowledged.
    fn send_until_dead(&self, sender: u32, progress: &std::sync::mpsc::Sender<()>) {
        for number in 0.. {
            let person = (number + sender) % PEOPLE;
            let body = batch(self.round, sender, number, person);
            let Some(taken) = self.call(&Call::post("/v1/batch", &body)) else { return };
            assert_eq!(taken["stored"], 8, "{taken}");
            self.acknowledged.lock().unwrap().batches.push((sender, number, person));
            progress.send(()).ok();
        }
    }

    /// Erases people of the round before until the server is gone.
    fn erase_until_dead(&self, progress: &std::sync::mpsc::Sender<()>) {
        let Some(before) = self.round.checked_sub(1) else { return };
        for person in 0..PEOPLE {
            let customer = customer(before, person);
            let erasure = Call::post("/v1/erasures", &json!({ "customer": customer }));
            if self.call(&erasure).is_none() {
                return;
            }
            self.acknowledged.lock().unwrap().erased.push(customer);
            progress.send(()).ok();
        }
    }
}

/// People say yes, so that there is something to store.
fn people_consent(round: u32, secret: &str, binary: &Binary) {
    for person in 0..PEOPLE {
        let mut body = choice(&["Personalization", "SharedLearning"]);
        body["customer"] = json!(customer(round, person));
        Call::put("/v1/consents", &body).key(secret).send(binary.public).good();
    }
}

/// Everything acknowledged in a round is there: sent again, each event is a repeat.
fn check_kept(round: u32, secret: &str, binary: &Binary, acknowledged: &Acknowledged) {
    for &(sender, number, person) in &acknowledged.batches {
        let call = Call::post("/v1/batch", &batch(round, sender, number, person)).key(secret);
        let taken = call.send(binary.public).good();
        let dropped = taken["dropped"].as_array().unwrap();
        let repeats = dropped.iter().filter(|one| one["reason"] == "duplicate").count();
        assert_eq!(repeats, 8, "round {round}: acknowledged and lost: {taken}");
    }
    for person in 0..PEOPLE {
        let path = format!("/v1/recommendations?customer={}", customer(round, person));
        let answer = Call::get(&path).key(secret).send(binary.public).good();
        let has = acknowledged.batches.iter().any(|batch| batch.2 == person);
        let history = !answer["basis"]["inputs"].as_array().unwrap().is_empty();
        assert_eq!(answer["basis"]["tier"], "history");
        assert!(history || !has, "round {round}, person {person}: {}", answer["basis"]);
    }
}

/// Whoever was erased is unknown, and a late copy of an old event stays out.
fn check_erased(secret: &str, binary: &Binary, erased: &[String]) {
    for customer in erased {
        let path = format!("/v1/recommendations?customer={customer}");
        let answer = Call::get(&path).key(secret).send(binary.public).good();
        assert_eq!(answer["basis"]["tier"], "anonymous", "{customer} is back");
        let event = json!({
            "userId": customer, "event": "Product Viewed", "timestamp": "2026-01-01T00:00:00Z",
            "messageId": format!("late-{customer}"), "properties": { "product_id": "item-1" },
        });
        let taken = Call::post("/v1/track", &event).key(secret).send(binary.public).good();
        assert_eq!(taken["dropped"][0]["reason"], "erased", "{customer}");
    }
}

#[test]
fn what_was_acknowledged_survives_being_killed() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    let mut random = Random::from_seed(20_261_122);
    let mut erased: Vec<String> = Vec::new();
    let (mut batches, mut binary) = (0, Binary::serve(&config));
    let secret = key_file(folder.path(), "secret");
    let items: Vec<Value> =
        (0..40).map(|n| json!({ "id": format!("item-{n}"), "title": "A thing" })).collect();
    let put = Call::put("/v1/catalog/items", &json!({ "items": items })).key(&secret);
    put.send(binary.public).good();
    for round in 0..ROUNDS {
        people_consent(round, &secret, &binary);
        let acknowledged = Mutex::new(Acknowledged::default());
        let killed_after = random.between(1, 40);
        let life = Life { round, secret: &secret, binary: &binary, acknowledged: &acknowledged };
        let (progress, done) = std::sync::mpsc::channel();
        std::thread::scope(|threads| {
            for sender in 0..SENDERS {
                let (life, progress) = (&life, progress.clone());
                threads.spawn(move || life.send_until_dead(sender, &progress));
            }
            let (erasures, erased_one) = std::sync::mpsc::channel();
            let of_life = &life;
            threads.spawn(move || of_life.erase_until_dead(&erasures));
            // Every other time it dies after an erasure, otherwise wherever it happens to be.
            if round % 2 == 1 {
                erased_one.recv().unwrap();
            }
            for _ in 0..killed_after {
                done.recv().unwrap();
            }
            binary.shoot();
        });
        drop(binary);
        let mut acknowledged = acknowledged.into_inner().unwrap();
        binary = Binary::serve(&config);
        erased.append(&mut acknowledged.erased);
        check_kept(round, &secret, &binary, &acknowledged);
        check_erased(&secret, &binary, &erased);
        batches += acknowledged.batches.len();
    }
    assert!(batches >= ROUNDS as usize && !erased.is_empty(), "{batches} {erased:?}");
    // No name of anybody is in the files, whatever was cut.
    drop(binary);
    for file in files(&folder.path().join("data")) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(11).any(|window| window == b"customer-0-"), "{}", file.display());
    }
}

/// What a start that must fail says: one line that says what to do, and exit code 1.
#[track_caller]
fn check_fails(output: &Output, says: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("confidant: ")).collect();
    assert_eq!(lines.len(), 1, "{said}");
    for word in says {
        assert!(lines[0].contains(word), "{word:?} is missing: {}", lines[0]);
    }
}

fn serve(config: &Path) -> Output {
    Binary::command(&["serve", "--config", config.to_str().unwrap()]).output().unwrap()
}

#[test]
fn a_data_folder_has_one_server() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    let first = Binary::serve(&config);
    check_fails(&serve(&config), &["the shop cannot be opened", "another process"]);
    Call::get("/readyz").send(first.public).good();
    // After a kill nothing stale keeps the next one out.
    first.kill();
    assert!(Binary::serve(&config).end().0.success());
}

#[test]
fn a_start_that_cannot_be_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    assert!(Binary::serve(&config).end().0.success());
    let key = folder.path().join("data/keys/shop.key");
    let own = std::fs::read_to_string(&key).unwrap();
    let fails = |text: &str, says: &[&str]| {
        std::fs::write(&key, text).unwrap();
        let output = serve(&config);
        check_fails(&output, says);
        assert!(!String::from_utf8_lossy(&output.stderr).contains(own.trim()));
    };
    fails(&"ab".repeat(32), &["shop key", "another store"]);
    fails("not a key", &["shop key", "malformed"]);
    std::fs::remove_file(&key).unwrap();
    check_fails(&serve(&config), &["shop key", "does not", "put the key file back"]);
    std::fs::write(&key, &own).unwrap();
    assert!(Binary::serve(&config).end().0.success(), "with its key it opens again");
    let missing = folder.path().join("missing.toml");
    check_fails(&serve(&missing), &["missing.toml"]);
}

#[test]
fn check_reads_the_configuration_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let check = |more: &str| {
        let config = configuration(folder.path(), more);
        let arguments = ["serve", "--check", "--config", config.to_str().unwrap()];
        Binary::command(&arguments).output().unwrap()
    };
    let fine = check("");
    assert!(fine.status.success());
    assert!(!folder.path().join("data").exists(), "a check makes nothing");
    check_fails(&check("jurisdicton = \"EU\""), &["not usable"]);
    let unknown = check("colour = 1");
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("colour"), "{unknown:?}");
    check_fails(&check("backup_keep_days = \"x\""), &["not usable"]);
}

#[test]
fn the_first_start_shows_the_keys_once_and_keeps_them_tight() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    let first = Binary::serve(&config);
    let said = first.said.join("\n");
    let keys = ["write", "secret", "staff"].map(|name| key_file(folder.path(), name));
    for key in &keys {
        assert_eq!(said.matches(key.as_str()).count(), 1, "{said}");
    }
    let shop_key = std::fs::read_to_string(folder.path().join("data/keys/shop.key")).unwrap();
    assert!(!said.contains(shop_key.trim()), "the shop key is never shown");
    for file in files(&folder.path().join("data")) {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode & 0o077, 0, "{} is {mode:o}", file.display());
    }
    let keys_in = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for name in ["credentials/secret.key", "credentials/staff.key", "keys/shop.key"] {
        assert_eq!(keys_in(&folder.path().join("data").join(name)), 0o600, "{name}");
    }
    assert!(first.end().0.success());
    let second = Binary::serve(&config);
    let said = second.said.join("\n");
    assert!(keys.iter().all(|key| !said.contains(key.as_str())), "{said}");
}
