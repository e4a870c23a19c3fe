//! A backup taken while the shop is served, sealed, and restored after an erasure: nobody who was
//! erased comes back, not as a byte of any file.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;
use serde_json::json;

use crate::http::Call;
use crate::shop::{Binary, ORIGIN, choice, item, key_file};

/// A shop on disk with a recipient of backups; the identity lies beside it.
struct Yard {
    folder: tempfile::TempDir,
}

impl Yard {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let identity = write_identity(&folder.path().join("identity"));
        let yard = Self { folder };
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let text = format!(
            "shop = \"clothes\"\ndata_dir = {:?}\norigins = [\"{ORIGIN}\"]\njurisdiction = \"EU\"\n\
             [public]\naddress = \"127.0.0.1:0\"\n[staff]\naddress = \"{port}\"\n\
             [shop_key]\nrecovery = \"untested\"\n[backup]\nrecipients = [\"{}\"]\n",
            yard.at("data"),
            identity.to_public()
        );
        std::fs::write(yard.config(), text).unwrap();
        yard
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self) -> PathBuf {
        self.at("confidant.toml")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let config = self.config();
        let mut all: Vec<&str> = arguments.to_vec();
        all.extend(["--config", config.to_str().unwrap()]);
        Binary::command(&all).output().unwrap()
    }

    #[track_caller]
    fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {out}{err}");
        out
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str], why: &str) {
        let output = self.run(arguments);
        let err = text(&output.stderr);
        assert!(!output.status.success() && err.contains(why), "{arguments:?}: {err}");
    }

    fn backs_up(&self) -> String {
        self.good(&["backup", self.at("backups").to_str().unwrap()])
    }

    fn paths(&self) -> [PathBuf; 2] {
        [self.at("backups"), self.at("identity")]
    }

    fn secret(&self) -> String {
        key_file(self.folder.path(), "secret")
    }
}

fn write_identity(path: &Path) -> Identity {
    let identity = Identity::generate();
    std::fs::write(path, identity.to_string().expose_secret()).unwrap();
    identity
}

fn restore<'a>(paths: &'a [PathBuf; 2], more: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec!["restore", paths[0].to_str().unwrap(), "--identity"];
    all.push(paths[1].to_str().unwrap());
    all.extend(more);
    all
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn says_yes_and_looks(server: &Binary, key: &str, customer: &str) {
    let mut body = choice(&["Personalization", "SharedLearning"]);
    body["customer"] = json!(customer);
    Call::put("/v1/consents", &body).key(key).send(server.public).good();
    for number in 0..3 {
        let event = json!({
            "userId": customer, "event": "Product Viewed",
            "messageId": format!("{customer}-{number}"),
            "properties": { "product_id": item(number).as_str() },
        });
        let told = Call::post("/v1/track", &event).key(key).send(server.public).good();
        assert_eq!(told["stored"], 1, "{told}");
    }
}

/// What is written about a person in the data folder: sealed rows and wrapped keys, as bytes.
fn marks(data: &Path) -> Vec<Vec<u8>> {
    let mut marks = Vec::new();
    for (file, sql) in [
        ("data.db", "SELECT sealed FROM rows_history_event"),
        ("data.db", "SELECT sealed FROM rows_learning_event"),
        ("keys.db", "SELECT wrapped FROM key WHERE purpose <> 11"),
    ] {
        marks.extend(column(&data.join(file), sql));
    }
    marks
}

/// One column of blobs, read by Python's own SQLite.
fn column(file: &Path, sql: &str) -> Vec<Vec<u8>> {
    let script = "import sqlite3,sys\nfor (b,) in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(b.hex())";
    let output = Command::new("python3").args(["-c", script]).arg(file).arg(sql).output().unwrap();
    let lines = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    lines.lines().map(|line| line.as_bytes().chunks(2).map(byte).collect()).collect()
}

/// Whether any file below the folder holds the bytes.
fn holds(folder: &Path, needle: &[u8]) -> Option<PathBuf> {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if let Some(found) = holds(&path, needle) {
                return Some(found);
            }
        } else if std::fs::read(&path).unwrap().windows(needle.len()).any(|part| part == needle) {
            return Some(path);
        }
    }
    None
}

#[test]
fn a_backup_taken_while_served_brings_back_everybody_but_who_was_erased() {
    let yard = Yard::new();
    let server = Binary::serve(&yard.config());
    let key = yard.secret();
    let items = crate::shop::catalog();
    let items = json!({ "items": items });
    Call::put("/v1/catalog/items", &items).key(&key).send(server.public).good();
    says_yes_and_looks(&server, &key, "anna");
    let said = yard.backs_up();
    assert!(said.contains("data") && said.contains("read back"), "{said}");
    let again = yard.backs_up();
    assert!(again.contains("what changed"), "the second is incremental: {again}");
    server.end();
    // The logs are in the files now; the marks of anna alone.
    let of_anna = marks(&yard.at("data"));
    assert!(of_anna.len() >= 6, "{}", of_anna.len());

    let server = Binary::serve(&yard.config());
    says_yes_and_looks(&server, &key, "berta");
    yard.backs_up();
    let erased = Call::post("/v1/erasures", &json!({ "customer": "anna" }));
    erased.key(&key).send(server.public).good();
    let paths = yard.paths();
    yard.refused(&restore(&paths, &[]), "holds a store already");
    yard.refused(&restore(&paths, &["--over"]), "a server holds the store");
    server.end();

    // The shop is lost but for the log of tombstones.
    let log = std::fs::read(yard.at("data/tombstones.log")).unwrap();
    let shop_key = std::fs::read(yard.at("data/keys/shop.key")).unwrap();
    std::fs::remove_dir_all(yard.at("data")).unwrap();
    yard.refused(&restore(&paths, &[]), "its shop key does not");
    std::fs::create_dir_all(yard.at("data/keys")).unwrap();
    std::fs::write(yard.at("data/keys/shop.key"), shop_key).unwrap();
    yard.refused(&restore(&paths, &[]), "no tombstone log is newer");
    std::fs::write(yard.at("newest.log"), &log).unwrap();
    std::fs::write(yard.at("cut.log"), &log[..36]).unwrap();
    let cut = yard.at("cut.log");
    yard.refused(
        &restore(&paths, &["--tombstones", cut.to_str().unwrap()]),
        "no tombstone log is newer",
    );
    let newest = yard.at("newest.log");
    let with_log = ["--tombstones", newest.to_str().unwrap()];
    let said = yard.good(&restore(&paths, &[with_log[0], with_log[1], "--check"]));
    assert!(said.contains("fit together") && !yard.at("data/data.db").exists(), "{said}");
    let said = yard.good(&restore(&paths, &with_log));
    assert!(said.contains("1 tombstones from after the backup"), "{said}");
    for mark in &of_anna {
        assert_eq!(holds(&yard.at("data"), mark), None, "anna is back");
    }

    // Credentials are in no backup; the sealed copy of them is.
    assert!(!yard.at("data/credentials").exists());
    let server = Binary::serve(&yard.config());
    let tier = |customer: &str| {
        let path = format!("/v1/recommendations?customer={customer}");
        let answer = Call::get(&path).key(&key).send(server.public).good();
        answer["basis"]["tier"].as_str().unwrap().to_owned()
    };
    assert_eq!((tier("anna"), tier("berta")), ("anonymous".to_owned(), "history".to_owned()));
}

#[test]
fn backups_that_do_not_fit_together_or_were_changed_are_refused() {
    let yard = Yard::new();
    let server = Binary::serve(&yard.config());
    server.end();
    yard.backs_up();
    yard.good(&["backup", yard.at("backups").to_str().unwrap(), "--verify"]);
    let paths = yard.paths();
    let only = |folder: &str, extension: &str| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(yard.at("backups").join(folder)).unwrap();
        let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        found.retain(|path| path.extension().is_some_and(|one| one == extension));
        found.sort();
        found
    };
    // A key in place of none: the keys of another shop.
    let beside = only("keys", "json").remove(0);
    let before = std::fs::read_to_string(&beside).unwrap();
    let stranger = before.replacen("\"lineage\": \"", "\"lineage\": \"00", 1);
    std::fs::write(&beside, stranger).unwrap();
    yard.refused(&restore(&paths, &["--over"]), "two different stores");
    let older = before.replacen("\"taken_ms\": 1", "\"taken_ms\": ", 1);
    std::fs::write(&beside, older).unwrap();
    yard.refused(&restore(&paths, &["--over"]), "the keys are older");
    let tag = before.find("\"tag\": \"").unwrap() + 8;
    let mut forged = before.clone();
    forged.replace_range(tag..tag + 4, "ffff");
    std::fs::write(&beside, forged).unwrap();
    yard.refused(&restore(&paths, &["--over"]), "was not taken by a shop with this");
    std::fs::write(&beside, &before).unwrap();

    write_identity(&yard.at("stranger"));
    let strange = [yard.at("backups"), yard.at("stranger")];
    yard.refused(&restore(&strange, &["--over"]), "sealed to other recipients");
    yard.good(&restore(&paths, &["--over", "--check"]));

    let archive = only("data", "age").remove(0);
    let mut bytes = std::fs::read(&archive).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&archive, bytes).unwrap();
    yard.refused(&restore(&paths, &["--over"]), "damaged or cut short");
    yard.refused(&["backup", paths[0].to_str().unwrap(), "--verify"], "damaged or cut short");
}

#[test]
fn a_backup_without_a_recipient_is_refused() {
    let yard = Yard::new();
    let text = std::fs::read_to_string(yard.config()).unwrap();
    let (before, _) = text.split_once("[backup]").unwrap();
    std::fs::write(yard.config(), before).unwrap();
    Binary::serve(&yard.config()).end();
    let dir = yard.at("backups");
    yard.refused(&["backup", dir.to_str().unwrap()], "backup.recipients is empty");
    assert!(!dir.exists());
}
