//! Leaving: everything is taken along and can be taken in again; then nothing is left.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use crate::erasure::files;
use crate::http::Call;
use crate::shop::{As, Binary, Server, catalog, item};

const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];
const ANNA: &str = "anna-marker-93c1d7@example.org";

/// A configuration file for a folder.
fn config(folder: &Path) -> PathBuf {
    let path = folder.join("confidant.toml");
    let text = format!(
        "shop = \"clothes\"\ndata_dir = \"{}\"\njurisdiction = \"EU\"\n",
        folder.join("data").display()
    );
    std::fs::write(&path, text).unwrap();
    path
}

#[track_caller]
fn run(arguments: &[&str], typed: &str) -> Output {
    let mut command = Binary::command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // One that refuses at once may have ended before it reads.
    child.stdin.take().unwrap().write_all(typed.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

#[track_caller]
fn good(arguments: &[&str], typed: &str) -> String {
    let output = run(arguments, typed);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

#[track_caller]
fn refused(arguments: &[&str], typed: &str, why: &str) {
    let output = run(arguments, typed);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(!output.status.success() && said.contains(why), "{arguments:?}: {said}");
}

/// Two customers and a browser that looked around, one of whom bought something.
fn lived_in() -> Server {
    let server = Server::start();
    for customer in [ANNA, "bert"] {
        server.consenting_customer(customer, &BOTH);
        for number in 0..4_usize {
            let bought = customer == ANNA && number == 3;
            let event = json!({
                "userId": customer, "messageId": format!("{customer}-{number}"),
                "event": if bought { "Order Completed" } else { "Product Viewed" },
                "properties": match bought {
                    true => json!({ "order_id": "o-1", "products": [{ "product_id": item(number).as_str() }] }),
                    false => json!({ "product_id": item(number).as_str() }),
                },
            });
            server.call(As::Shop, &Call::post("/v1/track", &event)).good();
        }
    }
    let browser = server.browser(&BOTH);
    server.looks_at(&browser.id, &item(5), "b-1");
    server
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Stops a server and gives its folder with a configuration, a list of customers and the key.
fn closed(server: Server) -> (std::sync::Arc<tempfile::TempDir>, [PathBuf; 3]) {
    let folder = server.close();
    let path = folder.path();
    let customers = path.join("customers.txt");
    std::fs::write(&customers, format!("{ANNA}\nbert\nnobody\n")).unwrap();
    let key = path.join("data").join("keys").join("shop.key");
    (std::sync::Arc::clone(&folder), [config(path), customers, key])
}

#[test]
fn everything_is_taken_along_and_taken_in_again() {
    let (folder, [config_file, customers, key]) = closed(lived_in());
    let out = folder.path().join("out");
    let [config_file, customers, key] =
        [config_file, customers, key].map(|path| path.to_str().unwrap().to_owned());
    let to = out.to_str().unwrap();
    let all = ["export", "--all", to, "--config", &config_file, "--shop-key", &key];
    let said = good(&[&all[..], &["--customers", &customers]].concat(), "");
    assert!(said.contains("rows in"), "{said}");
    refused(&all, "", "is not empty");

    // Every file is listed with its digest, and every listed file is there.
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(out.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["format"], "confidant-export-v1");
    assert_eq!(manifest["customers_named"], 2);
    let listed = manifest["files"].as_array().unwrap();
    assert_eq!(listed.len() + 1, files(&out).len());
    for one in listed {
        let bytes = std::fs::read(out.join(one["path"].as_str().unwrap())).unwrap();
        use sha2::Digest as _;
        let digest = domain::hex::encode(&sha2::Sha256::digest(&bytes));
        assert_eq!(one["sha256"], digest, "{one}");
    }
    // Rows are open, joined by a name of the export, and named where the shop named them.
    let history = lines(&out.join("tables/history_event.jsonl"));
    assert_eq!(manifest["rows"]["history_event"], history.len());
    let annas: Vec<&Value> = history.iter().filter(|row| row["customer"] == ANNA).collect();
    assert_eq!(annas.len(), 4);
    assert!(annas.iter().all(|row| row["person"] == annas[0]["person"]));
    let evidence = lines(&out.join("tables/consent_evidence.jsonl"));
    assert!(evidence.iter().any(|row| row["person"] == annas[0]["person"]));
    let dictionary: Value =
        serde_json::from_slice(&std::fs::read(out.join("dictionary.json")).unwrap()).unwrap();
    let tables = dictionary["tables"].as_array().unwrap();
    assert_eq!(tables.len(), personal::kinds::DECLARATIONS.len());
    let csv = std::fs::read_to_string(out.join("tables/history_event.csv")).unwrap();
    assert_eq!(csv.lines().count(), history.len() + 1);
    assert_eq!(lines(&out.join("catalog.jsonl")).len(), catalog().len());

    // Another shop takes it in.
    let other = Server::start();
    let items: Vec<Value> = lines(&out.join("catalog.jsonl"));
    other.call(As::Shop, &Call::put("/v1/catalog/items", &json!({ "items": items }))).good();
    let (there, [there_config, ..]) = closed(other);
    let (choices, events) = (out.join("import/choices.csv"), out.join("import/events.csv"));
    let (choices, events) = (choices.to_str().unwrap(), events.to_str().unwrap());
    let there_config = there_config.to_str().unwrap();
    let said =
        good(&["import", "events", events, "--consent", choices, "--config", there_config], "");
    assert!(said.contains('8'), "{said}");
    let again = there.path().join("again");
    let again_key = there.path().join("data/keys/shop.key");
    let again_out = again.to_str().unwrap();
    let list = ["--customers", &customers, "--shop-key", again_key.to_str().unwrap()];
    good(&[&["export", "--all", again_out, "--config", there_config][..], &list].concat(), "");
    let read = |folder: &Path, name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    // An import parts events of one millisecond, so that their order stays.
    let done = |folder: &Path| {
        let text = read(folder, "import/events.csv");
        let cells = |line: &str| {
            let cells: Vec<&str> = line.split(',').collect();
            [cells[0], cells[1], cells[3]].map(str::to_owned)
        };
        text.lines().map(cells).collect::<Vec<_>>()
    };
    assert_eq!(done(&again), done(&out));
    let decided = |folder: &Path| {
        let text = read(folder, "import/choices.csv");
        let cells = |line: &str| line.split(',').take(6).map(str::to_owned).collect::<Vec<_>>();
        text.lines().map(cells).collect::<Vec<_>>()
    };
    assert_eq!(decided(&again), decided(&out));
}

#[test]
fn own_periods_and_restrictions_are_taken_along_and_honored() {
    let server = lived_in();
    let days = json!({ "keep_days": { "Personalization": 30 }, "how": "preferences" });
    let call = Call::put("/v1/consents", &days).token(&server.token(ANNA));
    server.call(As::Page, &call).good();
    let rest = |customer: &str, about: &str| {
        let body = json!({ "kind": "restriction", "about": about, "customer": customer });
        server.call(As::Shop, &Call::post("/v1/requests", &body)).good();
    };
    rest(ANNA, "SharedLearning");
    rest("bert", "FraudPrevention");
    let (here, [config_file, customers, key]) = closed(server);
    let export = |folder: &Path, config: &str, key: &str| {
        let to = folder.to_str().unwrap();
        let all = ["export", "--all", to, "--config", config, "--shop-key", key];
        good(&[&all[..], &["--customers", customers.to_str().unwrap()]].concat(), "");
        let text = std::fs::read_to_string(folder.join("import/choices.csv")).unwrap();
        let cells = |line: &str| {
            let cells: Vec<&str> = line.split(',').collect();
            [cells[0], cells[1], cells[2], cells[8], cells[9]].join(" ")
        };
        text.lines().skip(1).map(cells).collect::<std::collections::BTreeSet<String>>()
    };
    let out = here.path().join("out");
    let said = export(&out, config_file.to_str().unwrap(), key.to_str().unwrap());
    let expected = [
        format!("{ANNA} Personalization given 30 "),
        format!("{ANNA} SharedLearning given  yes"),
        "bert FraudPrevention none  yes".to_owned(),
        "bert Personalization given  ".to_owned(),
        "bert SharedLearning given  ".to_owned(),
    ];
    assert_eq!(said, expected.into());
    let other = Server::start();
    let items: Vec<Value> = lines(&out.join("catalog.jsonl"));
    other.call(As::Shop, &Call::put("/v1/catalog/items", &json!({ "items": items }))).good();
    let (there, [there_config, _, there_key]) = closed(other);
    let (choices, events) = (out.join("import/choices.csv"), out.join("import/events.csv"));
    let (config, key) = (there_config.to_str().unwrap(), there_key.to_str().unwrap());
    let from = [events.to_str().unwrap(), "--consent", choices.to_str().unwrap()];
    let import = [&["import", "events"][..], &from, &["--config", config]].concat();
    good(&import, "");
    assert_eq!(export(&there.path().join("one"), config, key), said);
    // Taken again, nothing is asked for twice.
    let steps = |folder: &str| {
        let file = there.path().join(folder).join("tables/request_step.jsonl");
        std::fs::read_to_string(file).unwrap().lines().count()
    };
    good(&[&import[..], &["--again"]].concat(), "");
    assert_eq!(export(&there.path().join("two"), config, key), said);
    assert!(steps("one") > 0);
    assert_eq!(steps("two"), steps("one"));
    // What rests was not learned.
    let learned = |name: &str| {
        let rows = lines(&there.path().join("two/tables").join(name));
        rows.iter().any(|row| row["customer"] == ANNA)
    };
    assert!(!learned("closed_session.jsonl") && !learned("learning_event.jsonl"));
    assert!(learned("history_event.jsonl"), "what is not restricted is used");
}

#[test]
fn nobody_takes_anything_without_the_key_of_the_shop() {
    let (folder, [config_file, _, _]) = closed(lived_in());
    let out = folder.path().join("out");
    let wrong = folder.path().join("wrong.key");
    std::fs::write(&wrong, "ab".repeat(32)).unwrap();
    let config_file = config_file.to_str().unwrap();
    let to = out.to_str().unwrap();
    let with = |key: &str| {
        ["export", "--all", to, "--config", config_file, "--shop-key", key].map(str::to_owned)
    };
    let wrong = with(wrong.to_str().unwrap());
    refused(&wrong.each_ref().map(String::as_str), "", "the shop key");
    let missing = with("/nowhere");
    refused(&missing.each_ref().map(String::as_str), "", "is no file");
    assert!(!out.exists());
}

#[test]
fn what_remains_is_shredded_in_two_steps_and_proven() {
    let server = lived_in();
    let pseudonyms = server.engine(|engine, _| {
        let people = engine.shared.people.read();
        let all = people.values().flat_map(|person| person.pseudonyms.clone());
        Ok(all.map(|(_, pseudonym)| *pseudonym.as_bytes()).collect::<Vec<_>>())
    });
    let public = server.call(As::Page, &Call::get("/v1/receipt-key")).good();
    let public = public["key"].as_str().unwrap().to_owned();
    let (folder, [config_file, customers, key]) = closed(server);
    std::fs::remove_file(customers).unwrap();
    let data = folder.path().join("data");
    let statement = folder.path().join("statement.json");
    let (config_file, out) = (config_file.to_str().unwrap(), statement.to_str().unwrap());
    let secret = std::fs::read(&key).unwrap();
    let before: Vec<Vec<u8>> =
        files(&data).iter().map(|file| std::fs::read(file).unwrap()).collect();
    let anywhere = |mark: &[u8], all: &[Vec<u8>]| {
        all.iter().any(|bytes| bytes.windows(mark.len()).any(|part| part == mark))
    };
    assert!(pseudonyms.iter().all(|mark| anywhere(mark, &before)));

    // The first step says what would go; a wrong name stops the second.
    let said = good(&["uninstall", "--config", config_file], "");
    assert!(
        said.contains("Nothing is destroyed yet") && said.contains("history_event: "),
        "{said}"
    );
    let destroy =
        ["uninstall", "--config", config_file, "--destroy", "clothes", "--statement", out];
    refused(&destroy, "shoes\n", "nothing was destroyed");
    let inside = data.join("statement.json");
    let inside = inside.to_str().unwrap();
    refused(&[&destroy[..6], &[inside]].concat(), "clothes\n", "in the folder that goes");
    let other = ["uninstall", "--config", config_file, "--destroy", "shoes", "--statement", out];
    refused(&other, "shoes\n", "the shop of this configuration is clothes");
    assert!(data.exists() && key.exists());

    let said = good(&destroy, "clothes\n");
    assert!(said.contains("0 found"), "{said}");
    assert!(!data.exists());
    let after: Vec<Vec<u8>> =
        files(folder.path()).iter().map(|file| std::fs::read(file).unwrap()).collect();
    assert!(!pseudonyms.iter().any(|mark| anywhere(mark, &after)));
    assert!(!anywhere(&secret, &after) && !anywhere(ANNA.as_bytes(), &after));
    // The statement holds offline, for whoever kept the public key.
    let said = good(&["verify", "receipt", out, "--key", &public], "");
    assert!(said.contains("The shop clothes declares that it destroyed what it held"), "{said}");
    refused(&["verify", "receipt", out, "--key", &"ab".repeat(32)], "", "another key");
    refused(&destroy, "clothes\n", "there is no store");
}
