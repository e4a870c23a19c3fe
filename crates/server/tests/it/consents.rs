//! The life of a choice: what is written down, when it ends, and when nobody may ask again.

use consent::law::named;
use personal::evidence::{DecidedBy, RecordState};
use personal::kinds::ConsentEvidence;
use personal::purpose::PurposeName;
use personal::subject::{BrowserId, CustomerId, Subject};
use rights::{consent_receipt, receipt};
use serde_json::{Value, json};
use server::clock::Clock;
use server::engine::EngineError;
use server::settings::Settings;
use server::settings::controller::ControllerSettings;

use crate::http::Call;
use crate::shop::{As, Binary, START, Server, VISIT_OVER_MS, choice, configuration, item};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const MINUTE_MS: i64 = 60 * 1_000;

/// The evidence of a person, oldest first.
fn record(server: &Server, name: &Subject) -> Vec<ConsentEvidence> {
    let name = name.clone();
    server.engine(move |engine, now| match engine.record_of(&name, now) {
        Err(EngineError::Unknown) => Ok(Vec::new()),
        found => found.map(|(_, rows)| rows),
    })
}

fn browser(id: &str) -> Subject {
    Subject::Browser(BrowserId::parse(id).unwrap())
}

fn customer(id: &str) -> Subject {
    Subject::Customer(CustomerId::parse(id).unwrap())
}

#[track_caller]
fn check_states(server: &Server, name: &Subject, expected: &[RecordState]) {
    let states: Vec<RecordState> = record(server, name).iter().map(|row| row.state).collect();
    assert_eq!(states, expected);
}

fn put(server: &Server, who: As, body: &Value) -> Value {
    server.call(who, &Call::put("/v1/consents", body)).good()
}

fn states(server: &Server, body: &Value) -> Value {
    server.call(As::Shop, &Call::post("/v1/consents/statements", body)).good()
}

#[test]
fn every_step_of_a_choice_is_written_down() {
    use RecordState::{Expired, Given, Renewed, Withdrawn};
    let server = Server::by_hand();
    let one = server.browser(&["Personalization"]);
    let name = browser(&one.id);
    let mut again = choice(&["Personalization"]);
    again["browser"] = json!(one.id);
    again["for_days"] = json!(30);
    server.pass(MINUTE_MS);
    let answer = put(&server, As::Page, &again);
    assert_eq!(answer["consents"]["Personalization"]["state"], "given");
    check_states(&server, &name, &[Given, Renewed]);
    let rows = record(&server, &name);
    let pack = named("eu-2018-05-25").unwrap();
    assert_eq!(domain::hex::encode(&rows[1].law_digest), pack.digest);
    assert_eq!((rows[1].place.as_str(), rows[1].decided_by), ("EU", DecidedBy::Person));

    server.looks_at(&one.id, &item(0), "m-1");
    assert_eq!(server.rows("history_event"), 1);
    server.pass(31 * DAY_MS);
    assert_eq!(server.rows("history_event"), 0, "what it allowed is gone");
    check_states(&server, &name, &[Given, Renewed, Expired]);
    let last = record(&server, &name).pop().unwrap();
    assert_eq!(last.decided_by, DecidedBy::Nobody);
    assert!(last.expires <= last.at);
    let read = Call::get(&format!("/v1/consents?browser={}", one.id));
    let answer = server.call(As::Page, &read).good();
    assert_eq!(answer["consents"]["Personalization"]["state"], "expired");
    assert_eq!(answer["consents"]["Personalization"].get("ask_again_from"), None);

    // Not once more a day later, and not after a restart.
    server.pass(2 * DAY_MS);
    let server = server.restart();
    check_states(&server, &name, &[Given, Renewed, Expired]);
    put(&server, As::Page, &again);
    let no = json!({ "browser": one.id, "choices": { "Personalization": false } });
    put(&server, As::Page, &no);
    check_states(&server, &name, &[Given, Renewed, Expired, Given, Withdrawn]);
}

#[test]
fn a_yes_for_a_visit_ends_with_it() {
    let server = Server::by_hand();
    let mut yes = choice(&["Personalization"]);
    yes["for"] = json!("visit");
    let answer = put(&server, As::Page, &yes);
    let id = answer["browser"].as_str().unwrap().to_owned();
    let own = format!("/v1/recommendations?browser={id}");
    let tier = || server.call(As::Page, &Call::get(&own)).good()["basis"]["tier"].clone();
    server.looks_at(&id, &item(0), "m-1");
    assert_eq!(tier(), "history");
    server.pass(20 * MINUTE_MS);
    server.looks_at(&id, &item(1), "m-2");
    server.pass(20 * MINUTE_MS);
    assert_eq!((tier(), server.rows("history_event")), (json!("history"), 2), "the visit goes on");
    server.pass(VISIT_OVER_MS);
    assert_eq!((tier(), server.rows("history_event")), (json!("anonymous"), 0));
    check_states(&server, &browser(&id), &[RecordState::Given, RecordState::Expired]);

    // Logging out ends it at once, and is no refusal.
    let answer = put(&server, As::Page, &yes);
    let id = answer["browser"].as_str().unwrap().to_owned();
    server.looks_at(&id, &item(0), "m-3");
    let answer = put(&server, As::Page, &json!({ "browser": id, "end_visit": true }));
    assert_eq!(answer["erased"], json!(["Personalization"]));
    assert_eq!(answer["consents"]["Personalization"]["state"], "expired");
    assert_eq!(server.rows("history_event"), 0);
    check_states(&server, &browser(&id), &[RecordState::Given, RecordState::Expired]);

    // A restart does not know of signs of life, so the visit counts from the yes.
    let answer = put(&server, As::Page, &yes);
    let id = answer["browser"].as_str().unwrap().to_owned();
    let server = server.restart();
    check_states(&server, &browser(&id), &[RecordState::Given]);
    server.pass(VISIT_OVER_MS);
    check_states(&server, &browser(&id), &[RecordState::Given, RecordState::Expired]);
}

#[test]
fn a_refusal_stays_refused() {
    let server = Server::by_hand();
    let asks = json!({ "customer": "c-1", "state": "requested", "purposes": ["Marketing"],
        "how": "letter" });
    let ask = |place: &str| {
        let path = format!("/v1/consents/statements?jurisdiction={place}");
        server.call(As::Shop, &Call::post(&path, &asks))
    };
    let answer = ask("US-CA").good();
    assert_eq!(answer["consents"], json!({}), "being asked is no choice");
    // Two rows of one version and one instant have no order.
    server.pass(1_000);
    let no = json!({ "customer": "c-1", "choices": { "Marketing": false } });
    let path = "/v1/consents?jurisdiction=US-CA";
    let answer = server.call(As::Shop, &Call::put(path, &no)).good();
    // START is 1 March 2026, and the law pack of California says twelve months.
    assert_eq!(answer["consents"]["Marketing"]["ask_again_from"], "2027-03-01");
    let reply = ask("US-CA");
    assert_eq!(reply.status, 409);
    let problem = reply.json();
    assert_eq!(problem["type"], "/problems#ask_later");
    assert!(problem["detail"].as_str().unwrap().contains("from 2027-03-01 on"), "{problem}");
    server.pass(364 * DAY_MS);
    assert_eq!(ask("US-CA").status, 409);
    server.pass(DAY_MS);
    ask("US-CA").good();
    use RecordState::{Refused, Requested};
    check_states(&server, &customer("c-1"), &[Requested, Refused, Requested]);
    // Whoever changes their mind is not kept from it.
    let mut yes = choice(&["Marketing"]);
    yes["customer"] = json!("c-1");
    let answer = put(&server, As::Shop, &yes);
    let marketing = &answer["consents"]["Marketing"];
    assert_eq!(marketing["state"], "given");
    assert_eq!(marketing.get("ask_again_from"), None);
    assert_eq!(marketing["remind_from"], "2028-04-01");
}

#[test]
fn a_yes_that_does_not_count_is_invalidated() {
    let server = Server::by_hand();
    let one = server.browser(&["Personalization", "SharedLearning"]);
    server.looks_at(&one.id, &item(0), "m-1");
    let says = json!({ "browser": one.id, "state": "invalidated",
        "purposes": ["Personalization"], "reason": "a child has come of age" });
    let answer = states(&server, &says);
    assert_eq!(answer["erased"], json!(["Personalization"]));
    assert_eq!(server.rows("history_event"), 0);
    let rows = record(&server, &browser(&one.id));
    let gone: Vec<_> =
        rows.iter().filter(|row| row.purpose == PurposeName::Personalization).collect();
    assert_eq!((gone[0].state, gone[1].state), (RecordState::Given, RecordState::Invalidated));
    assert_eq!(
        (gone[1].decided_by, gone[1].source.as_str()),
        (DecidedBy::Shop, "a child has come of age")
    );
    let again = server.call(As::Shop, &Call::post("/v1/consents/statements", &says));
    assert_eq!(again.status, 422, "there is no yes any more");
}

#[test]
fn in_a_shop_for_children_a_parent_decides() {
    let server = Server::with(Clock::by_hand(START), |settings| settings.child_directed = true);
    let mut yes = choice(&["Personalization"]);
    yes["decided_by"] = json!("parent");
    assert_eq!(server.call(As::Page, &Call::put("/v1/consents", &yes)).status, 403);
    yes["customer"] = json!("kid-1");
    put(&server, As::Shop, &yes);
    let rows = record(&server, &customer("kid-1"));
    assert_eq!(rows[0].decided_by, DecidedBy::Parent);
    let tier = |server: &Server| {
        let basis = server.recommends(As::Shop, "customer=kid-1")["basis"].clone();
        (basis["tier"].clone(), basis["refused"].clone())
    };
    assert_eq!(tier(&server), (json!("history"), Value::Null));
    // The child's own yes is not taken, and closes nothing that the parent opened.
    let mut own = choice(&["SharedLearning"]);
    own["customer"] = json!("kid-1");
    assert_eq!(server.call(As::Shop, &Call::put("/v1/consents", &own)).status, 422);
    let server = server.restart();
    assert_eq!(tier(&server), (json!("history"), Value::Null));
    // A no is the child's own right.
    let no = json!({ "customer": "kid-1", "choices": { "Personalization": false } });
    put(&server, As::Shop, &no);
    assert_eq!(tier(&server), (json!("anonymous"), json!("child")));
    // Without a parent everything stays closed.
    own["customer"] = json!("kid-2");
    own["choices"] = json!({ "Personalization": true });
    put(&server, As::Shop, &own);
    let basis = server.recommends(As::Shop, "customer=kid-2")["basis"].clone();
    assert_eq!(
        (basis["tier"].clone(), basis["refused"].clone()),
        (json!("anonymous"), json!("child"))
    );
}

#[test]
fn the_record_outlives_an_erasure_and_the_receipt_says_so() {
    let server = Server::by_hand();
    let mut yes = choice(&["Personalization"]);
    yes["customer"] = json!("c-9");
    put(&server, As::Shop, &yes);
    let erase = Call::post("/v1/erasures", &json!({ "customer": "c-9" }));
    let answer = server.call(As::Shop, &erase).good();
    let payload = answer["receipt"]["payload"].as_str().unwrap();
    let payload: Value = serde_json::from_str(payload).unwrap();
    let kept = payload["kept"].as_array().unwrap();
    let evidence = kept.iter().find(|one| one["table"] == "consent_evidence").unwrap();
    assert_eq!(evidence["basis"], "GDPR Art. 7(1) and 17(3)(e)");
    use RecordState::{Given, Withdrawn};
    check_states(&server, &customer("c-9"), &[Given, Withdrawn]);
    let server = server.restart();
    check_states(&server, &customer("c-9"), &[Given, Withdrawn]);
}

fn responsible(settings: &mut Settings) {
    settings.controller = ControllerSettings {
        name: "Example Ltd".to_owned(),
        address: "1 Example Street, Dublin".to_owned(),
        contact: "privacy@shop.example".to_owned(),
        consent_page: "https://shop.example/consent".to_owned(),
        rights_page: "https://shop.example/rights".to_owned(),
        stored_in: vec!["IE".to_owned()],
        authority: "Data Protection Commission".to_owned(),
    };
}

#[test]
fn a_record_is_written_for_its_person() {
    let server = Server::with(Clock::by_hand(START), responsible);
    let one = server.browser(&["Personalization", "SharedLearning"]);
    let read = |query: &str| {
        let path = format!("/v1/consents/record?{query}");
        server.call(As::Page, &Call::get(&path))
    };
    let reply = read(&format!("browser={}", one.id));
    assert_eq!(reply.header("content-type"), Some("application/ld+json"));
    let document = reply.good();
    let records = document["@graph"].as_array().unwrap();
    assert_eq!(records.len(), 2);
    let record = &records[0];
    let profile = "https://w3id.org/dpv/schema/dpv-27560#record";
    assert_eq!(record["dct:conformsTo"]["@id"], profile);
    assert_eq!(record["dpv:hasConsentStatus"][0]["@type"][0], "dpv:ConsentGiven");
    assert_eq!(record["dpv:hasDataController"]["dpv:hasName"], "Example Ltd");
    let gdpr = read(&format!("browser={}&profile=record-eu-gdpr", one.id)).good();
    assert_eq!(gdpr["@graph"][0]["dpv:hasAuthority"]["dpv:hasName"], "Data Protection Commission");
    let receipt = read(&format!("browser={}&profile=receipt", one.id)).good();
    assert_eq!(receipt["@type"], "dpv:ConsentReceipt");
    assert_eq!(read(&format!("browser={}&profile=other", one.id)).status, 422);
    assert_eq!(read("").status, 422);
    assert_eq!(read(&format!("browser={}", "ab".repeat(16))).status, 404);
    assert!(!document.to_string().contains(&one.id), "no name of the person");
}

#[test]
fn a_receipt_of_consent_verifies_without_the_shop() {
    let server = Server::by_hand();
    let mut yes = choice(&["Personalization"]);
    yes["receipt"] = json!(true);
    let answer = put(&server, As::Page, &yes);
    let json = answer["receipt"].to_string();
    let key = server.call(As::Page, &Call::get("/v1/receipt-key")).good();
    let key = key["key"].as_str().unwrap();
    let payload = consent_receipt::verify(&json, Some(key)).unwrap();
    let text = consent_receipt::describe(&payload);
    assert!(text.contains("Personalization") && text.contains("ConsentGiven"), "{text}");
    assert!(receipt::verify(&json, Some(key)).is_err(), "it is no receipt of an erasure");
    assert!(!json.contains("conformsTo"), "a controller without a name claims no profile");

    let browser = answer["browser"].as_str().unwrap();
    let path = format!("/v1/consents/receipt?browser={browser}");
    let again = server.call(As::Page, &Call::get(&path)).good().to_string();
    assert!(consent_receipt::verify(&again, Some(key)).is_ok());
    let path = format!("{path}&profile=record");
    assert_eq!(server.call(As::Page, &Call::get(&path)).status, 422);

    // The command reads the receipt, also out of the whole answer.
    let verify = |text: &str| {
        let file = server.folder().join("receipt.json");
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        Binary::command(&["verify", "receipt", file, "--key", key]).output().unwrap()
    };
    for text in [json.as_str(), &answer.to_string()] {
        let done = verify(text);
        let out = String::from_utf8(done.stdout).unwrap();
        assert!(done.status.success() && out.contains("Receipt of consent"), "{out}");
    }
    assert!(!verify(&json.replace("ConsentGiven", "ConsentGivem")).status.success());
}

#[test]
fn the_record_of_a_customer_needs_the_customers_token() {
    let server = Server::by_hand();
    let mut yes = choice(&["Personalization"]);
    yes["customer"] = json!("c-1");
    put(&server, As::Shop, &yes);
    for path in ["/v1/consents/record", "/v1/consents/receipt"] {
        let with = |token: &str| {
            let call = Call::get(path).header("Confidant-Customer", token);
            server.call(As::Page, &call).status
        };
        assert_eq!(with(&server.token("c-1")), 200);
        assert_eq!(with(&server.token("c-2")), 404);
        let named = format!("{path}?customer=c-1");
        assert_eq!(server.call(As::Page, &Call::get(&named)).status, 403);
        assert_eq!(server.call(As::Shop, &Call::get(&named)).status, 200);
    }
}

#[test]
fn a_browser_and_an_account_never_join() {
    let server = Server::by_hand();
    let one = server.browser(&["Personalization"]);
    let token = server.token("c-1");
    let as_customer =
        |call: Call| server.call(As::Page, &call.header("Confidant-Customer", &token));
    // The account has no yes because the browser has one, and keeps its own no.
    let path = format!("/v1/consents?browser={}", one.id);
    assert_eq!(as_customer(Call::get(&path)).good()["consents"], json!({}));
    let no = json!({ "browser": one.id, "choices": { "SharedLearning": false } });
    as_customer(Call::put("/v1/consents", &no)).good();
    check_states(&server, &customer("c-1"), &[RecordState::Refused]);
    check_states(&server, &browser(&one.id), &[RecordState::Given]);
    let path = format!("/v1/recommendations?browser={}", one.id);
    let basis = as_customer(Call::get(&path)).good()["basis"].clone();
    assert_eq!(basis["tier"], "anonymous", "the browser's history does not serve the account");
}

/// Runs the binary and gives what it printed.
#[track_caller]
fn prints(arguments: &[&str]) -> String {
    let done = Binary::command(arguments).output().unwrap();
    let (out, wrong) = (String::from_utf8(done.stdout), String::from_utf8(done.stderr).unwrap());
    assert!(done.status.success(), "{arguments:?}: {wrong}");
    out.unwrap()
}

#[test]
fn cookies_of_another_tool_bring_every_no_and_only_asserted_yeses() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    let config = config.to_str().unwrap();
    let now = jiff::Timestamp::now().to_string();
    let cookies = format!(
        "customer,cookie\n\
         anna,\"OptanonConsent=isGpcEnabled=0&groups=C0001%3A1%2CC0003%3A1%2CC0004%3A0; \
         OptanonAlertBoxClosed={now}\"\n\
         bert,\"groups=C0003%3A1%2CC0004%3A0\"\n\
         carl,nonsense\n"
    );
    let file = folder.path().join("cookies.csv");
    std::fs::write(&file, cookies).unwrap();
    let file = file.to_str().unwrap();
    let basis = "Personalization=same notice, asked by our old banner";
    let import = ["consents", "import", file, "--from", "onetrust", "--config", config];
    let said = prints(&[&import[..], &["--assert-basis", basis]].concat());
    assert!(said.contains("4 refusals taken, 1 consents taken"), "{said}");
    assert!(said.contains("cookie_malformed"), "{said}");

    let export = |who: &str| {
        let arguments = ["consents", "export", "--config", config, "--customer", who];
        serde_json::from_str::<Value>(&prints(&arguments)).unwrap()
    };
    let anna = export("anna");
    let events: Vec<&Value> = anna["@graph"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| &record["dpv:hasConsentStatus"][0])
        .collect();
    let yes = events[0];
    assert_eq!(yes["@type"], "dpv:ConsentGiven", "nobody knows how it was expressed");
    assert_eq!(yes["dpv:isIndicatedBy"]["@id"], "dpv:DataController");
    let source = "cookie of onetrust: same notice, asked by our old banner";
    assert_eq!(yes["dct:source"], source);
    assert_eq!(events[1]["@type"], "dpv:ConsentRefused");
    // The box was never closed: the groups are the shop's defaults.
    let bert = export("bert").to_string();
    assert!(bert.contains("ConsentRefused") && !bert.contains("ConsentGiven"), "{bert}");
    // A second run changes nothing.
    let said = prints(&[&import[..], &["--assert-basis", basis]].concat());
    assert!(said.contains("0 consents taken"), "{said}");
    let unsaid = ["consents", "import", file, "--from", "cookieconsent", "--config", config];
    let done = Binary::command(&unsaid).output().unwrap();
    assert!(String::from_utf8(done.stderr).unwrap().contains("--offered"));
}
