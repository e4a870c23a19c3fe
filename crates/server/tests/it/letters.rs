//! Mails about requests, the end of a restriction by the shop, and days off.

use rights::request::names::StaffId;
use serde_json::{Value, json};
use server::clock::Clock;
use server::mail::Letter;
use server::settings::Settings;
use server::settings::mail::MailSettings;
use server::settings::members::{Member, StaffRole};

use crate::http::{Call, Reply};
use crate::shop::{As, START, Server, item};

const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];
const DAY_MS: i64 = 24 * 3_600_000;
const ROUND_MS: i64 = 60_000;

fn staffed(settings: &mut Settings) {
    let folder = settings.data_dir.parent().unwrap().join("staff");
    for (name, role) in [("ann", StaffRole::Clerk), ("ben", StaffRole::Officer)] {
        let member = Member { role, key_file: folder.join(name) };
        settings.staff_members.insert(StaffId::parse(name).unwrap(), member);
    }
}

/// A shop that keeps its mails, with a customer who has an address.
fn shop(language: &str) -> Server {
    let server = Server::with(Clock::by_hand(START), |settings| {
        staffed(settings);
        settings.mail = Some(MailSettings::kept());
        settings.controller.name = "Clothes & Co".to_owned();
    });
    server.consenting_customer("ada-4711", &BOTH);
    let event = json!({
        "userId": "ada-4711", "messageId": "m-1", "event": "Product Viewed",
        "properties": { "product_id": item(1).as_str() },
    });
    server.call(As::Shop, &Call::post("/v1/track", &event)).good();
    let body = json!({
        "customer": "ada-4711", "address": "ada@example.org", "language": language, "guest": true,
    });
    assert_eq!(server.call(As::Shop, &Call::put("/v1/mail-addresses", &body)).status, 204);
    server
}

fn asks(server: &Server, mut body: Value) -> Value {
    body["customer"] = json!("ada-4711");
    server.call(As::Shop, &Call::post("/v1/requests", &body)).good()
}

fn acts(server: &Server, name: &str, request: &Value, act: &Value) -> Reply {
    let key = std::fs::read_to_string(server.folder().join("staff").join(name)).unwrap();
    let path = format!("/staff/requests/{}/acts", request["id"].as_str().unwrap());
    Call::post(&path, act).key(key.trim()).send(server.staff)
}

fn read(server: &Server, request: &Value) -> Value {
    let path = format!("/v1/requests/{}", request["id"].as_str().unwrap());
    server.call(As::Shop, &Call::get(&path)).good()
}

/// The mails after a round of the writer, oldest first.
fn mails(server: &Server) -> Vec<Letter> {
    server.pass(1_000);
    let mut mails = server.mails();
    mails.reverse();
    mails
}

#[test]
fn people_hear_of_their_requests_once_for_each_event() {
    let server = shop("en");
    let words = "Ada wrote something private.";
    let body = json!({ "kind": "objection", "about": "FraudPrevention", "words": words });
    let made = asks(&server, body);
    let told = mails(&server);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].to.to_string(), "ada@example.org");
    assert_eq!(told[0].subject, "Your request to Clothes & Co about your data");
    assert!(told[0].text.contains("has arrived: Objection."), "{}", told[0].text);
    assert!(told[0].text.contains("an answer by 2026-04-01 at the latest"), "{}", told[0].text);
    // Nothing more until something happens, however often it is looked.
    for _ in 0..3 {
        server.pass(ROUND_MS);
    }
    assert_eq!(mails(&server).len(), 1);
    acts(&server, "ann", &made, &json!({ "act": "extend", "why": "many_requests" })).good();
    let told = mails(&server);
    assert_eq!(told.len(), 2);
    assert!(told[1].text.contains("by 2026-06-01 at the latest"), "{}", told[1].text);
    assert!(told[1].text.contains("there are many requests"), "{}", told[1].text);
    // A restart forgets no letter that was delivered.
    let server = server.restart();
    server.pass(ROUND_MS);
    assert_eq!(mails(&server).len(), 0);
    let deny = json!({ "act": "deny", "reason": "compelling_grounds" });
    acts(&server, "ann", &made, &deny).good();
    assert_eq!(mails(&server).len(), 0, "a proposal is no answer");
    acts(&server, "ben", &made, &json!({ "act": "approve" })).good();
    let told = mails(&server);
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("did not carry out your request: Objection."));
    assert!(told[0].text.contains("reasons for this use that weigh more. (GDPR Art. 21(1))"));
    assert!(told[0].text.contains("complain to a data protection authority and go to court"));
    for letter in told {
        assert!(!letter.text.contains("ada-4711") && !letter.text.contains("private"));
    }
    let server = server.restart();
    server.pass(ROUND_MS);
    assert!(mails(&server).is_empty(), "never twice");
}

#[test]
fn an_erasure_is_answered_although_it_took_the_address() {
    let server = shop("de-DE");
    asks(&server, json!({ "kind": "erasure" }));
    assert_eq!(server.rows("mail_address"), 0);
    let told = mails(&server);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].text.contains("wurde ausgeführt: "), "{}", told[0].text);
    assert!(told[0].text.contains("Etwas bleibt, weil ein Gesetz es verlangt."));
    assert!(told[0].text.contains("bei einer Datenschutzbehörde beschweren"));
    server.pass(ROUND_MS);
    assert_eq!(mails(&server).len(), 1);
    // Nobody is written to who is not known by an address.
    asks(&server, json!({ "kind": "restriction" }));
    server.pass(ROUND_MS);
    assert_eq!(mails(&server).len(), 1);
}

#[test]
fn what_is_no_news_any_more_is_not_written() {
    let server = shop("en");
    let body = json!({ "customer": "ada-4711" });
    server.call(As::Shop, &Call::put("/v1/mail-addresses", &body));
    asks(&server, json!({ "kind": "access" }));
    assert!(mails(&server).is_empty(), "no address");
    server.pass(4 * DAY_MS);
    let body = json!({ "customer": "ada-4711", "address": "ada@example.org" });
    assert_eq!(server.call(As::Shop, &Call::put("/v1/mail-addresses", &body)).status, 204);
    let server = server.restart();
    server.pass(ROUND_MS);
    assert!(mails(&server).is_empty(), "four days old");
}

fn rests(server: &Server) -> bool {
    let told = server.call(As::Shop, &Call::get("/v1/consents?customer=ada-4711")).good();
    let (seen, refused) = {
        let basis = &server.recommends(As::Shop, "customer=ada-4711")["basis"];
        (basis["tier"].clone(), basis["refused"].clone())
    };
    assert_eq!(told["consents"]["Personalization"]["state"], "given", "the choice stays");
    match (seen.as_str(), refused.as_str()) {
        (Some("anonymous"), Some("restricted")) => true,
        (Some("history"), _) => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_shop_lifts_a_restriction_by_two_after_the_person_was_told() {
    let server = shop("en");
    let made = asks(&server, json!({ "kind": "restriction" }));
    assert!(rests(&server));
    let queue = || server.call(As::Staff, &Call::get("/staff/requests")).good();
    assert_eq!((&queue()["open"], &queue()["requests"]), (&json!(0), &json!([])));
    assert_eq!(queue()["restrictions"][0]["request"]["id"], made["id"]);
    let lift = json!({ "act": "lift", "why": "accuracy_verified" });
    assert_eq!(acts(&server, "ann", &made, &json!({ "act": "told" })).status, 409);
    let proposed = acts(&server, "ann", &made, &lift).good();
    assert_eq!(
        (&proposed["desk"], &proposed["proposed"]["by"]),
        (&json!("approve"), &json!("ann"))
    );
    assert!(read(&server, &made)["lift"].is_null(), "a proposal is nobody else's business");
    assert_eq!(acts(&server, "ann", &made, &json!({ "act": "told" })).status, 409, "not agreed");
    assert_eq!(acts(&server, "ann", &made, &json!({ "act": "approve" })).status, 403, "a clerk");
    let before = mails(&server).len();
    acts(&server, "ben", &made, &json!({ "act": "approve" })).good();
    let told = mails(&server);
    assert_eq!(told.len(), before + 1);
    let letter = &told.last().unwrap().text;
    assert!(letter.contains("will end the restriction of your data on 2026-03-15."), "{letter}");
    assert!(letter.contains("The data were checked, and they are right."), "{letter}");
    let now = read(&server, &made);
    let expected = (&json!("mail"), &json!("2026-03-15"), &json!("accuracy_verified"));
    assert_eq!((&now["lift"]["told"], &now["lift"]["on"], &now["lift"]["why"]), expected);
    let server = server.restart();
    server.pass(13 * DAY_MS);
    assert!(rests(&server), "not a day too early");
    server.pass(DAY_MS);
    server.pass(ROUND_MS);
    assert!(!rests(&server));
    let now = read(&server, &made);
    assert!(
        now["lift"].is_null() && now["lifted_ms"].is_i64() && now["resting"].is_null(),
        "{now}"
    );
    assert_eq!(acts(&server, "ann", &made, &lift).status, 409, "once");
    assert!(!rests(&server.restart()));
}

#[test]
fn without_a_word_to_the_person_nothing_is_lifted() {
    let server = Server::with(Clock::by_hand(START), staffed);
    server.consenting_customer("ada-4711", &BOTH);
    let event = json!({
        "userId": "ada-4711", "messageId": "m-1", "event": "Product Viewed",
        "properties": { "product_id": item(1).as_str() },
    });
    server.call(As::Shop, &Call::post("/v1/track", &event)).good();
    let made = asks(&server, json!({ "kind": "restriction" }));
    let other = asks(&server, json!({ "kind": "restriction", "about": "Personalization" }));
    let lift = json!({ "act": "lift", "why": "use_lawful" });
    for one in [&made, &other] {
        acts(&server, "ann", one, &lift).good();
    }
    // Taken back before it was agreed on, and proposed again.
    acts(&server, "ben", &other, &json!({ "act": "reject" })).good();
    let agreed = acts(&server, "ben", &made, &json!({ "act": "approve" })).good();
    assert_eq!(agreed["desk"], "tell", "nobody can be written to");
    server.pass(100 * DAY_MS);
    assert!(rests(&server));
    let told = acts(&server, "ann", &made, &json!({ "act": "told" })).good();
    assert_eq!(told["request"]["lift"]["told"], "staff");
    server.pass(15 * DAY_MS);
    server.pass(ROUND_MS);
    assert!(read(&server, &made)["lifted_ms"].is_i64());
    assert!(rests(&server), "the other restriction holds on to its purpose");
    // The person can end it at any time.
    let path = format!("/v1/requests/{}/lift", other["id"].as_str().unwrap());
    server.call(As::Shop, &Call::post(&path, &json!({ "customer": "ada-4711" }))).good();
    assert!(!rests(&server));
    assert_eq!(acts(&server, "ann", &other, &lift).status, 409, "nothing is left to end");
}

#[test]
fn days_off_move_a_deadline_and_the_end_of_the_list_is_said() {
    let ready = |server: &Server| Call::get("/readyz").send(server.public).good();
    let plain = shop("en");
    assert_eq!(ready(&plain)["holidays"], "none");
    let days = |days: &[&str]| {
        let text = format!(
            "shop = \"a\"\ndata_dir = \"b\"\n[requests]\nholidays = {}",
            serde_json::to_string(days).unwrap()
        );
        let holidays = Settings::parse(&text).unwrap().requests.holidays;
        Server::with(Clock::by_hand(START), |settings| settings.requests.holidays = holidays)
    };
    // A month from 1 March 2026 ends on 1 April, a Wednesday, after which Easter begins.
    let server = days(&["2026-04-01", "2026-04-02", "2026-04-03", "2026-04-06"]);
    server.consenting_customer("ada-4711", &BOTH);
    let review = json!({ "kind": "human_review", "about": "one:000102030405060708090a0b0c0d0e0f" });
    let made = asks(&server, review.clone());
    assert_eq!(made["due"], "2026-04-07");
    assert_eq!(ready(&server)["holidays"], "known");
    assert_eq!(made["level"], "calm");
    // A list of another year says nothing about these days, and the server says so.
    let server = days(&["2025-12-25"]);
    server.consenting_customer("ada-4711", &BOTH);
    assert_eq!(ready(&server)["holidays"], "known");
    assert_eq!(asks(&server, review)["due"], "2026-04-01");
    assert_eq!(ready(&server)["holidays"], "ended");
}
