//! Authorized agents over HTTP: the messages that libsodium signed, good and bad, at the moment
//! that they were signed for.

use domain::date::day;
use domain::time::Timestamp;
use serde_json::{Value, json};
use server::clock::Clock;
use server::settings::drp::{CustomerBy, DrpSettings};

use crate::http::{Call, Reply};
use crate::shop::{As, Server};

const VECTORS: &str = include_str!("../../../rights/src/drp/tests/vectors.jsonl");
const ANNA: &str = "anna@shop.example";
const REQUESTS: &str = "/v1/data-rights-request";

fn vectors() -> Vec<Value> {
    VECTORS.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The body of the message with this name.
fn body(name: &str) -> Vec<u8> {
    let all = vectors();
    let one = all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}"));
    one["body"].as_str().unwrap().as_bytes().to_vec()
}

/// The moment that the messages were signed for.
fn then() -> Timestamp {
    day(2026, 11, 22).start().plus_ms(14 * 3_600_000)
}

/// A shop that knows the agent, and perhaps a customer with consent.
fn shop(knows: bool) -> Server {
    let key = vectors()[0]["key"].as_str().unwrap().to_owned();
    let server = Server::with(Clock::by_hand(then()), |settings| {
        settings.drp = Some(DrpSettings {
            business: "SHOP_ONE".to_owned(),
            customer: CustomerBy::Email,
            confirm_page: "https://shop.example/privacy".to_owned(),
            agents: [("AGENT_ONE".to_owned(), key.clone()), ("AGENT_TWO".to_owned(), key)].into(),
        });
    });
    if knows {
        server.consenting_customer(ANNA, &["Personalization"]);
    }
    server
}

fn send(server: &Server, method: &str, path: &str, (token, body): (&str, &[u8])) -> Reply {
    let call = Call::new(method, path).raw("text/plain", body);
    call.header("Authorization", &format!("Bearer {token}")).send(server.public)
}

fn token(server: &Server) -> String {
    let reply = send(server, "POST", "/v1/agent/AGENT_ONE", ("", &body("set-up")));
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json()["agent-id"], "AGENT_ONE");
    reply.json()["token"].as_str().unwrap().to_owned()
}

#[test]
fn an_opt_out_of_an_agent_takes_effect_at_once_and_counts_once() {
    let server = shop(true);
    let token = token(&server);
    let own = send(&server, "GET", "/v1/agent/AGENT_ONE", (&token, b""));
    assert_eq!(own.json()["agent-id"], "AGENT_ONE");
    assert_eq!(send(&server, "GET", "/v1/agent/AGENT_TWO", (&token, b"")).status, 401);
    let opt_out = body("sale:opt_out");
    let reply = send(&server, "POST", REQUESTS, (&token, &opt_out));
    assert_eq!(reply.status, 200, "{}", reply.text());
    let status = reply.json();
    assert_eq!(
        (&status["status"], &status["agent_request_id"]),
        (&json!("fulfilled"), &json!("req-7"))
    );
    let told = Call::get(&format!("/v1/consents?customer={ANNA}"));
    let told = server.call(As::Shop, &told).good();
    assert_eq!(told["consents"]["Personalization"]["state"], "withdrawn");
    assert_eq!(send(&server, "POST", REQUESTS, (&token, &opt_out)).status, 409, "replayed");
    let server = server.restart();
    assert_eq!(send(&server, "POST", REQUESTS, (&token, &opt_out)).status, 409, "after a restart");
    let path = format!("{REQUESTS}/{}", status["request_id"].as_str().unwrap());
    assert_eq!(send(&server, "GET", &path, (&token, b"")).json(), status);
    assert_eq!(send(&server, "DELETE", &path, (&token, &body("taking back"))).status, 409);
}

#[test]
fn a_deletion_waits_for_the_person() {
    let server = shop(true);
    let token = token(&server);
    let status = send(&server, "POST", REQUESTS, (&token, &body("deletion"))).json();
    let reason = (&status["status"], &status["reason"]);
    assert_eq!(reason, (&json!("in_progress"), &json!("need_user_verification")), "{status}");
    let id = status["request_id"].as_str().unwrap().replace('-', "");
    assert_eq!(
        status["user_verification_url"],
        format!("https://shop.example/privacy?request={id}")
    );
    let confirm = format!("/v1/requests/{id}/confirmation");
    let call = |customer: &str| {
        let call = Call::post(&confirm, &json!({})).token(&server.token(customer));
        server.call(As::Page, &call)
    };
    assert_eq!(call("eve@shop.example").status, 404, "another customer");
    assert_eq!(call(ANNA).good()["state"], "partly_fulfilled");
    assert_eq!(call(ANNA).status, 409, "once");
    let path = format!("{REQUESTS}/{}", status["request_id"].as_str().unwrap());
    assert_eq!(send(&server, "GET", &path, (&token, b"")).json()["status"], "fulfilled");
}

#[test]
fn an_agent_takes_back_what_is_not_carried_out() {
    let server = shop(true);
    let token = token(&server);
    let access = body("access of a Californian");
    let status = send(&server, "POST", REQUESTS, (&token, &access)).json();
    let path = format!("{REQUESTS}/{}", status["request_id"].as_str().unwrap());
    let forged = body("taking back with another key");
    assert_eq!(send(&server, "DELETE", &path, (&token, &forged)).status, 403);
    let revoked = send(&server, "DELETE", &path, (&token, &body("taking back"))).json();
    assert_eq!(revoked["status"], "revoked");
    let unknown = format!("{REQUESTS}/{}", "00000000-0000-0000-0000-000000000000");
    assert_eq!(send(&server, "GET", &unknown, (&token, b"")).status, 404);
}

#[test]
fn who_is_not_a_customer_is_told_so() {
    let server = shop(false);
    let token = token(&server);
    let denied = send(&server, "POST", REQUESTS, (&token, &body("deletion"))).json();
    let reason = (&denied["status"], &denied["reason"]);
    assert_eq!(reason, (&json!("denied"), &json!("no_match")), "{denied}");
}

#[test]
fn every_message_of_the_reference_is_taken_or_refused_as_it_says() {
    let server = shop(true);
    let token = token(&server);
    let path = {
        let status = send(&server, "POST", REQUESTS, (&token, &body("access:specific"))).json();
        format!("{REQUESTS}/{}", status["request_id"].as_str().unwrap())
    };
    let (before, mut refused) = (server.rows("request_step"), 0);
    for vector in vectors() {
        let text = |name: &str| vector[name].as_str().unwrap();
        let code = match text("expect").split(['(', ' ']).next().unwrap() {
            "ok" => continue,
            "TooLong" => 413,
            "Signature" | "Agent" | "Business" => 403,
            "Action" => 501,
            _ => 400,
        };
        let (method, to) = match text("op") {
            "exercise" => ("POST", REQUESTS),
            "set_up" => ("POST", "/v1/agent/AGENT_ONE"),
            _ => ("DELETE", path.as_str()),
        };
        let reply = send(&server, method, to, (&token, text("body").as_bytes()));
        assert_eq!(reply.status, code, "{}: {}", text("name"), reply.text());
        assert_eq!(reply.json()["code"], code.to_string(), "{}", text("name"));
        assert!(!reply.text().contains("anna"), "{}", text("name"));
        refused += 1;
    }
    assert!(refused > 40, "{refused}");
    // Nobody's token opens nothing, and who proves no address asks for nobody.
    for wrong in ["", "00", &"ab".repeat(32)] {
        assert_eq!(send(&server, "POST", REQUESTS, (wrong, &body("deletion"))).status, 401);
    }
    let bare = body("only what must be there");
    assert_eq!(send(&server, "POST", REQUESTS, (&token, &bare)).status, 400);
    assert_eq!(send(&server, "POST", "/v1/agent/AGENT_NONE", ("", &body("set-up"))).status, 403);
    assert_eq!(server.rows("request_step"), before, "nothing of it was kept");
    // The moment counts: an hour later every message is over.
    server.pass(3_600_000);
    assert_eq!(send(&server, "POST", REQUESTS, (&token, &body("deletion"))).status, 400);
    let closed = Server::by_hand();
    assert_eq!(send(&closed, "POST", REQUESTS, ("x", &bare)).status, 404, "no agents, no door");
}
