//! Recipients hear of an erasure: signed, until they answer, over failures and restarts.

use rights::telling::verify;
use serde_json::{Value, json};
use server::clock::Clock;
use server::outbound::Client;
use server::recipients::RecipientSettings;
use server::settings::center::CenterSettings;
use server::telling::round;

use crate::center::Guest;
use crate::http::Call;
use crate::other::Other;
use crate::shop::{As, START, Server};

const ANNA: &str = "anna-marker-93c1d7@example.org";
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

fn recipient(country: &str, erasure: Option<&str>, known_by: &str) -> RecipientSettings {
    let said = json!({
        "country": country, "role": "processor", "purposes": ["Marketing"], "erasure": erasure,
        "known_by": known_by,
    });
    serde_json::from_value(said).unwrap()
}

/// A shop with a recipient in Germany, one that is told by hand, and one to which nothing may go.
fn shop(other: &Other) -> Server {
    Server::with(Clock::by_hand(START), |settings| {
        settings.outbound = other.settings();
        // The thread of the server stays out of it: the tests make the calls themselves.
        let far = "https://localhost:9/".to_owned();
        for (name, one) in [
            ("lab", recipient("DE", None, "customer_id")),
            ("mailer", recipient("DE", Some(&other.url("/requests")), "customer_id")),
            ("far", recipient("RU", Some(&far), "customer_id_sha256")),
        ] {
            settings.recipients.insert(name.to_owned(), one);
        }
    })
}

/// Makes the calls that are due.
fn call(server: &Server, other: &Other) -> usize {
    let client = Client::new(&other.settings()).unwrap();
    round(server.writer(), server.shared(), &client).unwrap()
}

fn state(server: &Server, id: &str) -> Value {
    let body = server.call(As::Shop, &Call::get(&format!("/v1/erasures/{id}"))).good();
    let told = body["told"].as_array().unwrap();
    told.iter().find(|one| one["recipient"] == "mailer").unwrap().clone()
}

#[test]
fn a_recipient_that_fails_first_is_told_in_the_end() {
    let other = Other::start();
    other.says_status([500, 503]);
    let server = shop(&other);
    server.consenting_customer(ANNA, &["Personalization"]);
    let erased = server.erases(As::Shop, &json!({ "customer": ANNA }));
    let id = erased["id"].as_str().unwrap().to_owned();
    let payload: Value =
        serde_json::from_str(erased["receipt"]["payload"].as_str().unwrap()).unwrap();
    assert_eq!(payload["to_tell"], json!(["far", "mailer"]));
    assert!(payload["words"].to_string().contains("told of the erasure after"));
    assert_eq!(state(&server, &id)["state"], "not_yet");

    call(&server, &other);
    assert_eq!(call(&server, &other), 0, "nobody is due again before the wait is over");
    server.pass(MINUTE_MS);
    call(&server, &other);
    let waits = state(&server, &id);
    assert_eq!(
        (&waits["state"], &waits["tries"], &waits["met"]),
        (&json!("not_yet"), &json!(2), &json!("status 503"))
    );

    // A restart forgets nobody.
    let server = server.restart();
    server.pass(5 * MINUTE_MS);
    other.says([(201, vec![], b"{\"controller_id\":\"clothes\"}".to_vec())]);
    call(&server, &other);
    let told = state(&server, &id);
    assert_eq!((&told["state"], &told["told_on"]), (&json!("told"), &json!("2026-03-01")));
    server.pass(DAY_MS);
    other.says([(200, vec![], b"{\"request_status\":\"in_progress\"}".to_vec())]);
    call(&server, &other);
    server.pass(DAY_MS);
    other.says([(200, vec![], b"{\"request_status\":\"completed\"}".to_vec())]);
    call(&server, &other);
    let answered = state(&server, &id);
    assert_eq!(
        (&answered["state"], &answered["answered_on"]),
        (&json!("answered"), &json!("2026-03-03"))
    );
    assert_eq!(answered["words"], "mailer: answered on 2026-03-03");
    server.pass(9 * DAY_MS);
    let asked = other.asked().len();
    call(&server, &other);
    assert_eq!(other.asked().len(), asked, "who has answered is left alone");
}

#[test]
fn the_person_reads_who_receives_data_and_who_has_answered() {
    let other = Other::start();
    let server = Server::with(Clock::by_hand(START), |settings| {
        settings.privacy_center = Some(CenterSettings::loopback(0));
        settings.outbound = other.settings();
        let mut mailer = recipient("DE", Some(&other.url("/requests")), "customer_id");
        mailer.title = Some("Example Mail".to_owned());
        mailer.what_for = Some("sends letters".to_owned());
        settings.recipients.insert("mailer".to_owned(), mailer);
    });
    server.consenting_customer(ANNA, &["Personalization"]);
    let page = || {
        let body = json!({ "customer": ANNA });
        let link = server.call(As::Shop, &Call::post("/v1/privacy-center/links", &body)).good();
        let (_, link) = link["url"].as_str().unwrap().split_once("link=").unwrap();
        Guest::enter(&server, link).get("/").text()
    };
    let before = page();
    assert!(before.contains("Example Mail (DE): sends letters"), "{before}");
    assert!(!before.contains("the message about the erasure"), "{before}");
    let package = || {
        let asked = Call::post("/v1/access", &json!({ "customer": ANNA }));
        server.call(As::Shop, &asked).good()
    };
    let expected = json!(["Example Mail (DE): sends letters; for Marketing."]);
    assert_eq!(package()["recipients"], expected);
    server.erases(As::Shop, &json!({ "customer": ANNA }));
    let waits = "Example Mail has not confirmed the message about the erasure of 2026-03-01 yet.";
    assert!(page().contains(waits), "{}", page());
    other.says([(200, vec![], b"{\"request_status\":\"completed\"}".to_vec())]);
    call(&server, &other);
    let answered = "Example Mail answered on 2026-03-01 that everything is erased there.";
    assert!(page().contains(answered), "{}", page());
    let told = package()["tables"].to_string();
    assert!(told.contains("erasure_notice") && told.contains("answered"), "{told}");
}

#[test]
fn the_message_is_signed_and_names_the_customer_alone() {
    let other = Other::start();
    let server = shop(&other);
    server.consenting_customer(ANNA, &["Personalization"]);
    let erased = server.erases(As::Shop, &json!({ "customer": ANNA }));
    call(&server, &other);
    let asked = other.asked();
    let [one] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((one.method.as_str(), one.path.as_str()), ("POST", "/requests"));
    let key = server.call(As::Page, &Call::get("/v1/receipt-key")).good()["key"].clone();
    assert_eq!(one.header("x-confidant-key"), key.as_str().unwrap());
    assert!(verify(&one.body, one.header("x-confidant-key"), one.header("x-confidant-signature")));
    let said: Value = serde_json::from_slice(&one.body).unwrap();
    assert_eq!(said["subject_identities"][0]["identity_value"], ANNA);
    assert_eq!(said["subject_request_type"], "erasure");
    let id = erased["id"].as_str().unwrap();
    assert!(!String::from_utf8_lossy(&one.body).contains(id), "who knows it reads the receipt");
}

#[test]
fn nothing_goes_where_nothing_may_go_and_somebody_hears_of_it() {
    let other = Other::start();
    let server = shop(&other);
    server.consenting_customer(ANNA, &["Personalization"]);
    let plan = Call::post("/v1/erasures/plan", &json!({ "customer": ANNA }));
    let plan = server.call(As::Shop, &plan).good();
    let how = |name: &str| {
        let told = plan["told"].as_array().unwrap();
        told.iter().find(|one| one["name"] == name).unwrap().clone()
    };
    assert_eq!(
        (&how("mailer")["by_program"], &how("far")["by_program"]),
        (&json!(true), &json!(false))
    );
    assert!(how("far")["how"].as_str().unwrap().contains("no decision on adequacy"));
    assert!(how("lab")["how"].as_str().unwrap().contains("by the shop itself"));
    let erased = server.erases(As::Shop, &json!({ "customer": ANNA }));
    call(&server, &other);
    let id = erased["id"].as_str().unwrap();
    let body = server.call(As::Shop, &Call::get(&format!("/v1/erasures/{id}"))).good();
    let far = &body["told"].as_array().unwrap()[0];
    assert_eq!((&far["recipient"], &far["met"]), (&json!("far"), &json!("not allowed")));
    server.pass(15 * DAY_MS);
    let late = "confidant_erasures_unanswered 2";
    assert!(server.metrics().contains(late), "the other one took it and never answered");
    // The name of the customer goes even when nobody ever answers.
    server.pass(91 * DAY_MS);
    call(&server, &other);
    let body = server.call(As::Shop, &Call::get(&format!("/v1/erasures/{id}"))).good();
    assert_eq!(body["told"].as_array().unwrap()[0]["met"], "given up");
}

#[test]
fn a_browser_and_a_withdrawal_are_told_to_nobody() {
    let other = Other::start();
    let server = shop(&other);
    let browser = server.browser(&["Personalization"]);
    let body = json!({ "browser": browser.id, "erase_handle": browser.erase_handle });
    let erased = server.erases(As::Page, &body);
    assert_eq!(erased["told"], json!([]));
    call(&server, &other);
    assert!(other.asked().is_empty());
}

#[test]
fn who_is_told_stands_in_the_persons_own_copy() {
    let other = Other::start();
    let server = shop(&other);
    server.consenting_customer(ANNA, &["Personalization"]);
    server.erases(As::Shop, &json!({ "customer": ANNA }));
    let access = Call::post("/v1/access", &json!({ "customer": ANNA }));
    let package = server.call(As::Shop, &access).good();
    let tables = package["tables"].as_array().unwrap();
    let notices = tables.iter().find(|table| table["table"] == "erasure_notice").unwrap();
    assert_eq!(notices["rows"].as_array().unwrap().len(), 2);
}
