//! Periods that people choose: what is older goes before the answer, and models unlearn exactly it.

use domain::date::Date;
use domain::time::DAY_MS;
use serde_json::{Value, json};

use crate::http::Call;
use crate::shop::{As, Server, VISIT_OVER_MS, catalog};

const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];
const TABLES: [&str; 4] = ["history_event", "preferences", "closed_session", "learned_order"];

fn goods() -> Vec<domain::catalog::Item> {
    catalog().into_iter().filter(|item| item.in_stock && !item.sensitive).collect()
}

fn tells(server: &Server, customer: &str, message: &str, mut body: Value) -> Value {
    body["userId"] = json!(customer);
    body["messageId"] = json!(format!("{message}-{customer}"));
    let path = if body["traits"].is_object() { "/v1/identify" } else { "/v1/track" };
    server.call(As::Shop, &Call::post(path, &body)).good()
}

fn views(server: &Server, customer: &str, number: usize, message: &str) -> Value {
    let id = goods()[number].id.as_str().to_owned();
    let body = json!({ "event": "Product Viewed", "properties": { "product_id": id } });
    tells(server, customer, message, body)
}

fn buys(server: &Server, customer: &str, numbers: [usize; 2], message: &str) {
    let products: Vec<Value> =
        numbers.iter().map(|&place| json!({ "product_id": goods()[place].id })).collect();
    let body = json!({ "event": "Order Completed", "properties": { "products": products } });
    assert_eq!(tells(server, customer, message, body)["stored"], 1);
}

/// A visit, an order and a statement of long ago for anna and bert, and new ones for cleo, too.
fn shop() -> Server {
    let server = Server::by_hand();
    let people = ["anna", "bert", "cleo"];
    for customer in people {
        server.consenting_customer(customer, &BOTH);
    }
    // What happens at one instant has no order of its own, so nothing does.
    let pause = || server.pass(1_000);
    for number in 0..3 {
        for customer in &people[..2] {
            views(&server, customer, number, &format!("old-{number}"));
        }
        pause();
    }
    for customer in &people[..2] {
        buys(&server, customer, [5, 6], "old-order");
        let likes = goods()[9].categories[0].as_str().to_owned();
        tells(&server, customer, "old-likes", json!({ "traits": { "categories": [likes] } }));
    }
    server.pass(VISIT_OVER_MS); // or the visit would be written down forty days later
    server.pass(40 * DAY_MS);
    for number in 3..5 {
        for customer in people {
            views(&server, customer, number, &format!("new-{number}"));
        }
        pause();
    }
    for customer in people {
        buys(&server, customer, [7, 8], "new-order");
    }
    server.pass(VISIT_OVER_MS);
    server
}

fn rows(server: &Server) -> [u64; 4] {
    TABLES.map(|table| server.rows(table))
}

fn keeps(server: &Server, customer: &str, days: &Value) -> Value {
    let call = Call::put("/v1/consents", &json!({ "keep_days": days, "how": "preferences" }));
    server.call(As::Page, &call.token(&server.token(customer))).good()
}

fn answers(server: &Server, customer: &str) -> Vec<Value> {
    let token = server.token(customer);
    let ask = |placement: &str| {
        let call = Call::get(&format!("/v1/recommendations?placement={placement}&count=20"));
        let answer = server.call(As::Page, &call.token(&token)).good();
        json!([answer["items"], answer["basis"]])
    };
    ["home", "buy_it_again", "email"].map(ask).into()
}

fn model(server: &Server) -> Vec<u8> {
    server.shared().taught().model.canonical_bytes()
}

fn proof(server: &Server) -> Value {
    server.call(As::Staff, &Call::get("/staff/sweeps")).good()["sweeps"][0].clone()
}

#[test]
fn what_is_older_goes_before_the_answer_as_if_it_had_never_been() {
    let server = shop();
    let all = rows(&server);
    assert_eq!(all, [3 * 4 + 2 * 5, 2, 2 + 3, 2 + 3]);
    assert_ne!(answers(&server, "anna"), answers(&server, "cleo"));
    let before = model(&server);
    // Long enough for everything that is there: nothing changes but the record.
    let told = keeps(&server, "anna", &json!({ "Personalization": 60, "SharedLearning": 90 }));
    assert_eq!(told["keep_days"], json!({ "Personalization": 60, "SharedLearning": 90 }));
    assert!(told["erased_rows"].is_null() && rows(&server) == all && model(&server) == before);
    let told = keeps(&server, "anna", &json!({ "Personalization": 30, "SharedLearning": 30 }));
    let gone =
        json!({ "history_event": 5, "preferences": 1, "closed_session": 1, "learned_order": 1 });
    assert_eq!(told["erased_rows"], gone);
    assert_eq!(rows(&server), [all[0] - 5, 1, all[2] - 1, all[3] - 1]);
    assert_eq!(proof(&server)["rows"], gone);
    assert_eq!(proof(&server)["complete"], true);
    // The same as for somebody who never did what is gone.
    assert_eq!(answers(&server, "anna"), answers(&server, "cleo"));
    let (live, shown) = (model(&server), answers(&server, "anna"));
    assert_ne!(live, before);
    // A model that is built from the rows never met what is gone (laws 1 and 9).
    let server = server.restart();
    assert!(model(&server) == live);
    assert_eq!(answers(&server, "anna"), shown);
    let call = Call::get("/v1/consents").token(&server.token("anna"));
    let told = server.call(As::Page, &call).good();
    assert_eq!(told["keep_days"], json!({ "Personalization": 30, "SharedLearning": 30 }));
}

#[test]
fn time_reaches_the_own_period_while_the_server_runs_and_while_it_does_not() {
    let server = shop();
    for customer in ["anna", "cleo"] {
        keeps(&server, customer, &json!({ "Personalization": 30, "SharedLearning": 45 }));
    }
    let all = rows(&server);
    server.pass(30 * DAY_MS);
    // Of anna and cleo the history, and what anna taught long ago; of bert nothing yet.
    assert_eq!(rows(&server), [all[0] - 2 * 4, all[1], all[2] - 1, all[3] - 1]);
    let gone = json!({ "history_event": 8, "closed_session": 1, "learned_order": 1 });
    assert_eq!(proof(&server)["rows"], gone);
    let clock = server.clock.clone();
    let server = server.restart_after(|_| clock.set(clock.now().plus_ms(15 * DAY_MS)));
    // At a start, before anything is read.
    assert_eq!(rows(&server), [all[0] - 2 * 4, all[1], all[2] - 3, all[3] - 3]);
    let live = model(&server);
    assert!(model(&server.restart()) == live);
}

#[test]
fn what_is_too_old_does_not_come_in_by_the_door() {
    let server = shop();
    let views_then = |message: &str, days: i64| {
        let at = server.clock.now().plus_ms(-days * DAY_MS);
        let id = goods()[2].id.as_str().to_owned();
        let body = json!({ "event": "Product Viewed", "properties": { "product_id": id },
            "timestamp": format!("{}T10:00:00Z", Date(at.day())) });
        tells(&server, "cleo", message, body)
    };
    keeps(&server, "cleo", &json!({ "Personalization": 30 }));
    let (history, live) = (server.rows("history_event"), server.rows("learning_event"));
    assert_eq!(views_then("m-1", 29)["stored"], 1);
    assert_eq!(server.rows("history_event"), history + 1);
    // For the models it may be older: their period is the declared one.
    assert_eq!(views_then("m-2", 31)["stored"], 1);
    assert_eq!(server.rows("history_event"), history + 1);
    keeps(&server, "cleo", &json!({ "SharedLearning": 20 }));
    let late = views_then("m-3", 31);
    assert_eq!(late["dropped"][0]["reason"], "older_than_kept", "{late}");
    assert_eq!(server.rows("learning_event"), live, "both visits are long over");
    // The declared period again: what comes now is taken, what is gone stays gone.
    let told = keeps(&server, "cleo", &json!({ "Personalization": null, "SharedLearning": null }));
    assert!(told["keep_days"].is_null(), "{told}");
    assert_eq!(views_then("m-4", 31)["stored"], 1);
}

#[test]
fn a_period_that_cannot_be_is_refused_and_nobody_gets_an_id_for_one() {
    let server = Server::by_hand();
    let puts = |body: &Value| server.call(As::Page, &Call::put("/v1/consents", body));
    let told = puts(&json!({ "keep_days": { "Personalization": 30 } })).good();
    assert!(told["browser"].is_null() && told["keep_days"].is_null(), "{told}");
    let browser = server.browser(&BOTH);
    for days in [
        json!({ "Personalization": 1 }),
        json!({ "Personalization": 396 }),
        json!({ "LegalProof": 30 }),
        json!({ "Everything": 30 }),
    ] {
        let reply = puts(&json!({ "browser": browser.id, "keep_days": days }));
        assert_eq!(reply.status, 422, "{days}");
    }
}

#[test]
fn a_pause_does_not_keep_anything_longer() {
    let server = shop();
    let put = |body: &Value| {
        let call = Call::put("/v1/consents", body).token(&server.token("anna"));
        server.call(As::Page, &call).good()
    };
    put(&json!({ "pause": BOTH, "how": "preferences" }));
    let told = keeps(&server, "anna", &json!({ "Personalization": 30, "SharedLearning": 30 }));
    assert_eq!(told["erased_rows"]["closed_session"], 1);
    put(&crate::shop::choice(&BOTH));
    assert_eq!(answers(&server, "anna"), answers(&server, "cleo"));
    let live = model(&server);
    assert!(model(&server.restart()) == live);
}
