//! The exchange of the shop key: while the shop is served, while it is stopped, and cut at every
//! point. Names stay, everybody's rows open, and the key of before opens nothing any more.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::json;
use server::clock::Clock;
use server::opening::{self, Opened};
use server::settings::Settings;

use crate::http::Call;
use crate::shop::{Binary, choice, configuration, item, key_file};

fn people(server: &Binary, key: &str, names: &[&str]) {
    let items = json!({ "items": crate::shop::catalog() });
    Call::put("/v1/catalog/items", &items).key(key).send(server.public).good();
    for name in names {
        let mut body = choice(&["Personalization", "SharedLearning"]);
        body["customer"] = json!(name);
        Call::put("/v1/consents", &body).key(key).send(server.public).good();
        for number in 0..3 {
            let event = json!({
                "userId": name, "event": "Product Viewed", "messageId": format!("{name}-{number}"),
                "properties": { "product_id": item(number).as_str() },
            });
            let told = Call::post("/v1/track", &event).key(key).send(server.public).good();
            assert_eq!(told["stored"], 1, "{told}");
        }
    }
}

/// Opens what is sealed about a person.
fn known(server: &Binary, key: &str, name: &str) -> serde_json::Value {
    let path = format!("/v1/recommendations?customer={name}");
    Call::get(&path).key(key).send(server.public).good()["basis"]["tier"].clone()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Binary::command(arguments).current_dir(folder).output().unwrap()
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], expected: Result<&str, &str>) {
    let output = run(folder, arguments);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let part = expected.unwrap_or_else(|part| part);
    let same = output.status.success() == expected.is_ok() && said.contains(part);
    assert!(same, "{arguments:?}: {said}");
}

/// A configuration whose staff listener has a port that a command finds.
fn settled(folder: &Path) -> PathBuf {
    let config = configuration(folder, "");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let text = std::fs::read_to_string(&config).unwrap();
    let text = text
        .replace("[staff]\naddress = \"127.0.0.1:0\"", &format!("[staff]\naddress = \"{free}\""))
        .replace("recovery = \"untested\"", "recovery = \"untested\"\nfile = \"shop.key\"");
    std::fs::write(&config, text).unwrap();
    config
}

#[test]
fn the_shop_key_is_exchanged_while_the_shop_is_served_and_while_it_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let config = settled(at);
    let config = config.to_str().unwrap();
    let rotate = ["keys", "rotate", "--config", config];
    let start = || {
        let mut command = Binary::command(&["serve", "--config", config]);
        Binary::run(command.current_dir(at))
    };
    let server = start();
    let key = key_file(at, "secret");
    people(&server, &key, &["anna", "berta"]);
    let first = std::fs::read(at.join("shop.key")).unwrap();
    check(at, &rotate, Ok("keys of people are closed by the new shop key"));
    assert_eq!(known(&server, &key, "anna"), "history");
    people(&server, &key, &["carla"]);
    let second = std::fs::read(at.join("shop.key")).unwrap();
    assert_ne!(first, second);
    assert_eq!(std::fs::read(at.join("shop.key.before")).unwrap(), first);
    check(at, &rotate, Err("is the shop key of before; move it"));
    std::fs::remove_file(at.join("shop.key.before")).unwrap();
    server.end();

    let server = start();
    for name in ["anna", "berta", "carla"] {
        assert_eq!(known(&server, &key, name), "history", "{name}");
    }
    server.end();
    check(at, &rotate, Ok("no name changed"));
    let third = std::fs::read(at.join("shop.key")).unwrap();
    // The keys of before open nothing.
    for old in [&first, &second] {
        std::fs::write(at.join("shop.key"), old).unwrap();
        check(at, &["serve", "--config", config], Err("belongs to another store"));
    }
    std::fs::write(at.join("shop.key"), third).unwrap();
    let server = start();
    assert_eq!(known(&server, &key, "berta"), "history");
    let erased = Call::post("/v1/erasures", &json!({ "customer": "berta" }));
    erased.key(&key).send(server.public).good();
    assert_eq!(known(&server, &key, "berta"), "anonymous");
    server.end();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &name),
            false => std::fs::copy(&path, &name).map(drop).unwrap(),
        }
    }
}

fn open(folder: &Path) -> Result<Opened, opening::OpeningError> {
    let text = std::fs::read_to_string(folder.join("confidant.toml")).unwrap();
    let mut settings: Settings = toml::from_str(&text).unwrap();
    settings.data_dir = folder.join("data");
    settings.shop_key.file = Some(folder.join("shop.key"));
    opening::open(settings, Clock::machine())
}

/// Every call makes one durable change: a copy after each is what a crash leaves.
#[test]
fn a_crash_at_any_point_of_an_exchange_leaves_a_shop_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("shop");
    std::fs::create_dir(&at).unwrap();
    let config = settled(&at);
    let mut command = Binary::command(&["serve", "--config", config.to_str().unwrap()]);
    let server = Binary::run(command.current_dir(&at));
    let key = key_file(&at, "secret");
    people(&server, &key, &["anna", "berta", "carla"]);
    server.end();

    let mut opened = open(&at).unwrap();
    let names = opened.shared.people.read().len();
    assert!(names >= 3, "{names}");
    assert!(opened.engine.exchange_some(2).is_err(), "there is no next key");
    std::fs::write(at.join("shop.key.next"), "ab".repeat(32)).unwrap();
    let mut steps = 0;
    loop {
        let told = opened.engine.exchange_some(2).unwrap();
        steps += 1;
        let cut = folder.path().join(format!("cut-{steps}"));
        copy(&at, &cut);
        // What a crash leaves opens, and the exchange goes on to its end.
        let mut after = open(&cut).unwrap_or_else(|error| panic!("step {steps}: {error}"));
        assert_eq!(after.shared.people.read().len(), names, "step {steps}");
        if after.engine.is_exchanging() {
            while !after.engine.exchange_some(100).unwrap().finished {}
        }
        drop(after);
        assert!(!cut.join("shop.key.next").exists(), "step {steps}");
        assert_eq!(std::fs::read_to_string(cut.join("shop.key")).unwrap(), "ab".repeat(32));
        assert_eq!(open(&cut).unwrap().shared.people.read().len(), names, "step {steps}");
        if told.finished {
            break;
        }
    }
    assert!(steps > 6, "{steps}");
    drop(opened);

    // Between the two renames, and without the file that keys are closed by already.
    let between = folder.path().join("cut-7");
    copy(&at, &between);
    std::fs::rename(between.join("shop.key"), between.join("shop.key.next")).unwrap();
    assert_eq!(open(&between).unwrap().shared.people.read().len(), names);
    assert!(between.join("shop.key").exists() && !between.join("shop.key.next").exists());
}

/// Copies of the first steps need the next key.
#[test]
fn an_exchange_that_lost_its_next_key_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let config = settled(at);
    let mut command = Binary::command(&["serve", "--config", config.to_str().unwrap()]);
    Binary::run(command.current_dir(at)).end();
    let mut opened = open(at).unwrap();
    std::fs::write(at.join("shop.key.next"), "cd".repeat(32)).unwrap();
    opened.engine.exchange_some(2).unwrap();
    let now = opened.shared.clock.now();
    let refused = opened.engine.hold_for_backup(now).unwrap_err().to_string();
    assert!(refused.contains("being exchanged"), "{refused}");
    drop(opened);
    std::fs::write(at.join("shop.key.next"), "ef".repeat(32)).unwrap();
    let error = open(at).unwrap_err().to_string();
    assert!(error.contains("put it back"), "{error}");
    std::fs::remove_file(at.join("shop.key.next")).unwrap();
    let error = open(at).unwrap_err().to_string();
    assert!(error.contains("put it back"), "{error}");
}
