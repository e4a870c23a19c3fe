//! What a person asks to see or to have corrected, over HTTP.

use std::io::{Cursor, Read as _, Write as _};
use std::process::{Command, Stdio};

use domain::id::Pseudonym;
use personal::purpose::PurposeName;
use personal::subject::{BrowserId, CustomerId, Subject};
use serde_json::{Value, json};

use crate::http::{Call, Reply};
use crate::shop::{As, Browser, Server, VISIT_OVER_MS, catalog, item};

const OCTETS: &str = "application/octet-stream";
const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];

/// A browser with a closed visit of three looks and an open one.
fn shop() -> (Server, Browser) {
    let server = Server::by_hand();
    let browser = server.browser(&BOTH);
    for number in 0..3 {
        server.looks_at(&browser.id, &item(number), &format!("m-{number}"));
    }
    server.pass(VISIT_OVER_MS);
    server.looks_at(&browser.id, &item(4), "m-later");
    (server, browser)
}

fn own(browser: &Browser) -> Value {
    json!({ "browser": browser.id, "erase_handle": browser.erase_handle })
}

fn access(server: &Server, browser: &Browser) -> Value {
    server.call(As::Page, &Call::post("/v1/access", &own(browser))).good()
}

fn rows<'a>(package: &'a Value, table: &str) -> &'a Vec<Value> {
    let tables = package["tables"].as_array().unwrap();
    let found = tables.iter().find(|one| one["table"] == table).expect(table);
    found["rows"].as_array().unwrap()
}

/// Items of a table's rows, by name.
fn items(package: &Value, table: &str) -> Vec<String> {
    let text = |row: &Value| row["values"]["item"].as_str().unwrap().to_owned();
    let mut items: Vec<String> = rows(package, table).iter().map(text).collect();
    items.sort_unstable(); // the looks of one instant have no order of their own
    items
}

/// The signal of the look at an item.
fn signal(package: &Value, item: &str) -> String {
    let rows = rows(package, "history_event");
    let row = rows.iter().find(|row| row["values"]["item"] == item).unwrap();
    row["values"]["message"].as_str().unwrap().to_owned()
}

fn corrects(server: &Server, browser: &Browser, what: &Value) -> Reply {
    let mut body = own(browser);
    for (name, value) in what.as_object().unwrap() {
        body[name] = value.clone();
    }
    server.call(As::Page, &Call::post("/v1/corrections", &body))
}

fn ids(numbers: &[usize]) -> Vec<String> {
    let mut ids: Vec<String> = numbers.iter().map(|number| item(*number).to_string()).collect();
    ids.sort_unstable();
    ids
}

/// What the shared model learned of the person: the items of each visit.
fn learned(server: &Server, name: &Subject) -> Vec<Vec<String>> {
    let shared = server.shared();
    let subject = shared.ring.subject_ref(name);
    let who: Option<Pseudonym> =
        shared.people.read()[&subject].pseudonym(PurposeName::SharedLearning);
    let taught = shared.taught();
    let sessions = taught.model.index().sessions_of(who.unwrap());
    let items = |key| {
        let items = taught.model.index().session_items(&key);
        let name = |number| taught.model.items().id(number).unwrap().to_string();
        let mut items: Vec<String> = items.into_iter().map(name).collect();
        items.sort_unstable();
        items
    };
    sessions.into_iter().map(items).collect()
}

fn name_of(browser: &Browser) -> Subject {
    Subject::Browser(BrowserId::parse(&browser.id).unwrap())
}

#[test]
fn a_person_gets_everything_that_is_held() {
    let (server, browser) = shop();
    let package = access(&server, &browser);
    assert_eq!(
        (&package["format"], &package["held"]),
        (&json!("confidant-access-v1"), &json!(true))
    );
    assert_eq!(items(&package, "history_event"), ids(&[0, 1, 2, 4]));
    assert_eq!(items(&package, "learning_event"), ids(&[4]));
    let visit = &rows(&package, "closed_session")[0]["values"]["steps"];
    assert_eq!(visit.as_array().unwrap().len(), 3);
    assert_eq!(package["models"]["visits"], 1);
    assert_eq!(rows(&package, "consent_evidence").len(), 2);
    let title = &catalog()[0].title;
    assert_eq!(&package["items"][item(0).as_str()], title);
    let states: Vec<&Value> =
        package["choices"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["given", "given"]);
    // Every declared table is there, and the look itself is in the next package.
    let tables = package["tables"].as_array().unwrap();
    assert_eq!(tables.len(), personal::kinds::DECLARATIONS.len());
    assert!(rows(&package, "own_read").is_empty());
    let next = access(&server, &browser);
    let looked = &rows(&next, "own_read")[0]["values"];
    assert_eq!((&looked["why"], &looked["how"]), (&json!("access"), &json!("browser_handle")));
    assert_eq!(looked["rows"], 8);
}

#[test]
fn an_archive_holds_a_page_and_the_json() {
    let (server, browser) = shop();
    let call = Call::post("/v1/access", &own(&browser)).header("accept", "application/zip");
    let reply = server.call(As::Page, &call);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/zip"));
    let saved = reply.header("content-disposition").unwrap();
    assert_eq!(saved, "attachment; filename=\"my-data.zip\"");
    let mut zip = zip::ZipArchive::new(Cursor::new(&reply.body)).unwrap();
    let mut text = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let page = text("index.html");
    assert!(page.contains(&catalog()[0].title), "{page}");
    assert!(!page.contains("<script"));
    let package: Value = serde_json::from_str(&text("access.json")).unwrap();
    assert_eq!(items(&package, "history_event"), ids(&[0, 1, 2, 4]));
}

#[test]
fn what_rests_is_shown_to_the_person_alone() {
    let (server, browser) = shop();
    let pause = json!({ "browser": browser.id, "pause": BOTH });
    server.call(As::Page, &Call::put("/v1/consents", &pause)).good();
    let package = access(&server, &browser);
    assert_eq!(items(&package, "history_event"), ids(&[0, 1, 2, 4]));
    assert_eq!(package["models"]["visits"], 0);
    let tables = package["tables"].as_array().unwrap();
    let resting = tables.iter().filter(|one| one["rests"] == true).count();
    assert_eq!(resting, 5, "two tables of Personalization, three of SharedLearning");
}

#[test]
fn staff_who_looked_stand_in_the_package() {
    let (server, browser) = shop();
    let page = server.call(As::Staff, &Call::get("/staff/rows?table=consent_evidence")).good();
    let row = &page[0];
    let open = json!({ "table": "consent_evidence", "pseudonym": row["pseudonym"],
        "id": row["id"], "role": "support", "reason": "asked on the phone" });
    server.call(As::Staff, &Call::post("/staff/rows/open", &open)).good();
    let package = access(&server, &browser);
    let looked = &rows(&package, "staff_read")[0]["values"];
    assert_eq!(
        (&looked["role"], &looked["reason"]),
        (&json!("support"), &json!("asked on the phone"))
    );
}

#[test]
fn a_stranger_learns_that_nothing_is_held_and_leaves_no_trace() {
    let (server, browser) = shop();
    let before = server.seq();
    let ask = json!({ "customer": "nobody" });
    let package = server.call(As::Shop, &Call::post("/v1/access", &ask)).good();
    assert_eq!((&package["held"], &package["person"]), (&json!(false), &json!("customer")));
    assert_eq!(server.seq(), before);
    // The handle of one browser opens no other one.
    let other = server.browser(&BOTH);
    let before = server.seq();
    for body in [
        json!({ "browser": browser.id }),
        json!({ "browser": browser.id, "erase_handle": other.erase_handle }),
    ] {
        for path in ["/v1/access", "/v1/corrections"] {
            let mut body = body.clone();
            if path == "/v1/corrections" {
                body["forget"] = json!([{ "signal": "0123456789abcdef" }]);
            }
            assert_eq!(server.call(As::Page, &Call::post(path, &body)).status, 403, "{path}");
        }
    }
    assert_eq!(server.seq(), before);
}

#[test]
fn a_corrected_look_leaves_answers_and_models_and_stays_out() {
    let (server, browser) = shop();
    let package = access(&server, &browser);
    let wrong = signal(&package, item(1).as_str());
    let told = corrects(&server, &browser, &json!({ "forget": [{ "signal": wrong }] })).good();
    assert_eq!(told, json!({ "served": 1, "taught": 1, "orders": 0, "stated": 0 }));
    let package = access(&server, &browser);
    assert_eq!(items(&package, "history_event"), ids(&[0, 2, 4]));
    assert_eq!(learned(&server, &name_of(&browser)), [ids(&[0, 2])]);
    // Sent again, now or after a restart, it stays out.
    let again = server.looks_at(&browser.id, &item(1), "m-1");
    assert_eq!(again["dropped"][0]["reason"], "duplicate", "{again}");
    let live = server.fingerprint();
    let server = server.restart();
    assert_eq!(server.fingerprint(), live, "live equals rebuilt");
    let again = server.looks_at(&browser.id, &item(1), "m-1");
    assert_eq!(again["dropped"][0]["reason"], "duplicate", "{again}");
    // Nothing is corrected twice.
    let twice = corrects(&server, &browser, &json!({ "forget": [{ "signal": wrong }] }));
    assert_eq!(twice.status, 404);
    // The open visit closes without it as well.
    let later = signal(&access(&server, &browser), item(4).as_str());
    corrects(&server, &browser, &json!({ "forget": [{ "signal": later }] })).good();
    server.pass(VISIT_OVER_MS);
    assert_eq!(learned(&server, &name_of(&browser)), [ids(&[0, 2])]);
    assert_eq!(server.rows("learning_event"), 0);
}

#[test]
fn a_correction_while_a_purpose_rests_changes_what_comes_back() {
    let (server, browser) = shop();
    let wrong = signal(&access(&server, &browser), item(1).as_str());
    let pause = json!({ "browser": browser.id, "pause": BOTH });
    server.call(As::Page, &Call::put("/v1/consents", &pause)).good();
    let told = corrects(&server, &browser, &json!({ "forget": [{ "signal": wrong }] })).good();
    assert_eq!((&told["served"], &told["taught"]), (&json!(1), &json!(1)));
    let mut yes = crate::shop::choice(&BOTH);
    yes["browser"] = json!(browser.id);
    server.call(As::Page, &Call::put("/v1/consents", &yes)).good();
    assert_eq!(learned(&server, &name_of(&browser)), [ids(&[0, 2])]);
    let live = server.fingerprint();
    assert_eq!(server.restart().fingerprint(), live, "live equals rebuilt");
}

#[test]
fn one_line_of_an_order_and_one_stated_size_are_corrected() {
    let server = Server::by_hand();
    server.consenting_customer("anna", &BOTH);
    let (bread, butter) = (item(0), item(1));
    let order = json!({
        "userId": "anna", "messageId": "m-1", "event": "Order Completed",
        "properties": { "products": [
            { "product_id": bread.as_str() }, { "product_id": butter.as_str() } ] },
    });
    server.call(As::Shop, &Call::post("/v1/track", &order)).good();
    let stated = json!({ "userId": "anna", "messageId": "m-2",
        "traits": { "sizes": ["M", "L"], "categories": ["shoes"] } });
    server.call(As::Shop, &Call::post("/v1/identify", &stated)).good();
    let ask = json!({ "customer": "anna" });
    let package = server.call(As::Shop, &Call::post("/v1/access", &ask)).good();
    let order = &rows(&package, "learned_order")[0]["values"];
    let what = json!({ "customer": "anna",
        "forget": [{ "signal": order["message"], "item": butter.as_str() }],
        "forget_stated": { "sizes": ["L", "XXL"] } });
    let told = server.call(As::Shop, &Call::post("/v1/corrections", &what)).good();
    assert_eq!((&told["orders"], &told["stated"]), (&json!(1), &json!(1)), "{told}");
    let package = server.call(As::Shop, &Call::post("/v1/access", &ask)).good();
    let order = &rows(&package, "learned_order")[0]["values"]["items"];
    assert_eq!(order, &json!([bread.as_str()]));
    let kept = &rows(&package, "preferences")[0]["values"];
    assert_eq!(kept, &json!({ "sizes": ["M"], "categories": ["shoes"] }));
    let name = Subject::Customer(CustomerId::parse("anna").unwrap());
    let live = server.fingerprint();
    let server = server.restart();
    assert_eq!(server.fingerprint(), live, "live equals rebuilt");
    let shared = server.shared();
    let subject = shared.ring.subject_ref(&name);
    let who = shared.people.read()[&subject].pseudonym(PurposeName::SharedLearning).unwrap();
    let taught = shared.taught();
    let lines: Vec<usize> =
        taught.model.baskets().baskets_of(who).map(|(.., items)| items.len()).collect();
    assert_eq!(lines, [1]);
}

#[test]
fn an_erasure_takes_the_marks_of_corrections_along() {
    let (server, browser) = shop();
    let wrong = signal(&access(&server, &browser), item(1).as_str());
    corrects(&server, &browser, &json!({ "forget": [{ "signal": wrong }] })).good();
    assert_eq!(server.rows("corrected_signal"), 1);
    server.erases(As::Page, &own(&browser));
    assert_eq!(server.rows("corrected_signal"), 0);
    assert_eq!(server.rows("own_read"), 2, "that the person looked stays as evidence");
    let package = access(&server, &browser);
    assert!(rows(&package, "history_event").is_empty());
    assert_eq!(rows(&package, "erasure_record").len(), 1);
}

/// The reference implementation of age opens what is sealed for a key and with a passphrase.
#[test]
fn the_archive_is_encrypted_for_the_person_alone() {
    let server = Server::by_hand();
    let browser = server.browser(&["Personalization"]);
    server.looks_at(&browser.id, &item(0), "m-1");
    let folder = server.folder();
    let [key, sealed] = ["key.txt", "my-data.zip.age"].map(|name| folder.join(name));
    let made = Command::new("age-keygen").arg("-o").arg(&key).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let text = std::fs::read_to_string(&key).unwrap();
    let recipient = text.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
    let asks = |lock: &str, value: &str| {
        let mut body = json!({ "browser": browser.id, "erase_handle": browser.erase_handle });
        body[lock] = json!(value);
        server.call(As::Page, &Call::post("/v1/access", &body))
    };
    let reply = asks("recipient", recipient);
    assert_eq!((reply.status, reply.header("content-type")), (200, Some(OCTETS)));
    assert!(reply.body.starts_with(b"age-encryption.org/v1\n"));
    std::fs::write(&sealed, &reply.body).unwrap();
    let opened = Command::new("age").arg("-d").arg("-i").arg(&key).arg(&sealed).output().unwrap();
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    assert!(opened.stdout.starts_with(b"PK"), "a ZIP archive");
    // The command asks for a passphrase on a terminal; `script` is one.
    let reply = asks("passphrase", "correct horse battery");
    std::fs::write(&sealed, &reply.body).unwrap();
    let plain = folder.join("my-data.zip");
    let command = format!("age -d -o '{}' '{}'", plain.display(), sealed.display());
    let mut terminal = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    terminal.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
    let said = terminal.wait_with_output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
    assert!(std::fs::read(&plain).unwrap().starts_with(b"PK"));
    // What cannot be a lock is refused before anything is opened.
    let before = server.rows("own_read");
    for (lock, value) in [("passphrase", "too short"), ("recipient", "age1nonsense")] {
        let reply = asks(lock, value);
        assert_eq!(reply.status, 422, "{lock}");
        assert!(!reply.text().contains(value), "{}", reply.text());
    }
    assert_eq!(server.rows("own_read"), before);
}
