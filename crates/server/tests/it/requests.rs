//! Requests of people about their data: made, carried out, decided by two, kept through restarts.

use rights::request::names::StaffId;
use serde_json::{Value, json};
use server::clock::Clock;
use server::settings::members::{Member, StaffRole};

use crate::http::{Call, Reply};
use crate::shop::{As, Browser, START, Server, VISIT_OVER_MS, item};

const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const DECISION: &str = "one:000102030405060708090a0b0c0d0e0f";

/// A shop with three members of staff, a browser with a closed visit, and another one.
fn shop() -> (Server, Browser) {
    let server = Server::with(Clock::by_hand(START), |settings| {
        let folder = settings.data_dir.parent().unwrap().join("staff");
        for (name, role) in
            [("ann", StaffRole::Clerk), ("ben", StaffRole::Officer), ("cleo", StaffRole::Officer)]
        {
            let key_file = folder.join(name);
            settings.staff_members.insert(StaffId::parse(name).unwrap(), Member { role, key_file });
        }
    });
    let (browser, other) = (server.browser(&BOTH), server.browser(&BOTH));
    for (place, one) in [&browser, &other].into_iter().enumerate() {
        for number in 0..3 {
            server.looks_at(&one.id, &item(number), &format!("m-{place}-{number}"));
        }
    }
    server.pass(VISIT_OVER_MS);
    (server, browser)
}

fn whose(browser: &Browser, mut body: Value) -> Value {
    body["browser"] = json!(browser.id);
    body["erase_handle"] = json!(browser.erase_handle);
    body
}

fn asks(server: &Server, browser: &Browser, body: Value) -> Value {
    server.call(As::Page, &Call::post("/v1/requests", &whose(browser, body))).good()
}

fn read(server: &Server, request: &Value) -> Value {
    let path = format!("/v1/requests/{}", request["id"].as_str().unwrap());
    server.call(As::Page, &Call::get(&path)).good()
}

/// What somebody of the staff does, with a key of their own.
fn staff(server: &Server, name: &str, request: &Value, call: (&str, &Value)) -> Reply {
    let folder = server.folder().join("staff");
    let key = std::fs::read_to_string(folder.join(name)).unwrap();
    let path = format!("/staff/requests/{}/{}", request["id"].as_str().unwrap(), call.0);
    Call::post(&path, call.1).key(key.trim()).send(server.staff)
}

fn acts(server: &Server, name: &str, request: &Value, act: &Value) -> Reply {
    staff(server, name, request, ("acts", act))
}

fn tier(server: &Server, browser: &Browser) -> (Value, Value) {
    let basis = &server.recommends(As::Page, &format!("browser={}", browser.id))["basis"];
    (basis["tier"].clone(), basis["refused"].clone())
}

#[test]
fn who_only_protects_proves_nothing_and_waits_for_nobody() {
    let (server, browser) = shop();
    let bare = json!({ "kind": "opt_out", "browser": browser.id });
    let done = server.call(As::Page, &Call::post("/v1/requests", &bare)).good();
    assert_eq!((&done["state"], &done["kind"]), (&json!("fulfilled"), &json!("opt_out")), "{done}");
    assert_eq!(done["receipts"].as_array().unwrap().len(), 2, "{done}");
    assert_eq!(tier(&server, &browser), (json!("anonymous"), json!("consent_withdrawn")));
    assert_eq!((server.sessions(), server.rows("history_event")), (1, 3));
    // Everything else needs a proof, and nobody is kept a file about who is unknown.
    for body in [
        json!({ "kind": "access", "browser": browser.id }),
        json!({ "kind": "restriction", "browser": browser.id }),
        json!({ "kind": "erasure", "browser": browser.id, "erase_handle": "00".repeat(16) }),
    ] {
        assert_eq!(server.call(As::Page, &Call::post("/v1/requests", &body)).status, 403, "{body}");
    }
    let stranger = json!({ "kind": "opt_out", "browser": "ab".repeat(16) });
    assert_eq!(server.call(As::Page, &Call::post("/v1/requests", &stranger)).status, 404);
    for (kind, about) in
        [("objection", "everything"), ("opt_out", "Marketing"), ("rectification", DECISION)]
    {
        let body = whose(&browser, json!({ "kind": kind, "about": about }));
        assert_eq!(server.call(As::Page, &Call::post("/v1/requests", &body)).status, 422, "{body}");
    }
}

#[test]
fn an_erasure_is_closed_with_its_receipt_and_names_what_stays() {
    let (server, browser) = shop();
    let seen = asks(&server, &browser, json!({ "kind": "access" }));
    assert_eq!((&seen["state"], &seen["results"]), (&json!("fulfilled"), &json!("/v1/access")));
    let done = asks(&server, &browser, json!({ "kind": "erasure" }));
    assert_eq!(done["state"], "partly_fulfilled", "{done}");
    let stays = done["stays"].as_array().unwrap();
    assert!(stays.iter().all(|one| one["basis"].as_str().unwrap().starts_with("GDPR Art. ")));
    let receipt = done["receipts"][0].as_str().unwrap();
    let path = format!("/v1/erasures/{receipt}");
    let told = server.call(As::Page, &Call::get(&path)).good();
    assert_eq!(told["id"], receipt);
    assert_eq!((server.sessions(), server.rows("history_event")), (1, 3));
    let kept = server.rows("request_step");
    let server = server.restart();
    assert_eq!(read(&server, &done), done, "a restart tells the same");
    assert_eq!(server.rows("request_step"), kept);
    let listed = whose(&browser, json!({}));
    let listed = server.call(As::Page, &Call::post("/v1/requests/own", &listed)).good();
    assert_eq!(listed["requests"].as_array().unwrap().len(), 2);
}

#[test]
fn a_restriction_holds_in_the_gate_through_a_restart_until_it_is_lifted() {
    let (server, browser) = shop();
    let (before, rows) = (server.fingerprint(), server.rows("history_event"));
    let done = asks(&server, &browser, json!({ "kind": "restriction" }));
    assert_eq!(done["state"], "fulfilled", "{done}");
    assert!(done["resting"].as_array().unwrap().contains(&json!("Personalization")), "{done}");
    assert_eq!(tier(&server, &browser), (json!("anonymous"), json!("restricted")));
    let taken = server.looks_at(&browser.id, &item(5), "m-refused");
    assert_eq!(taken["dropped"][0]["reason"], "restricted");
    assert_eq!((server.sessions(), server.rows("history_event")), (1, rows), "kept, not used");
    let rested = server.fingerprint();
    let server = server.restart();
    server.pass(40 * DAY_MS);
    assert_eq!((server.fingerprint(), server.sessions()), (rested, 1));
    assert_eq!(tier(&server, &browser), (json!("anonymous"), json!("restricted")));
    assert_eq!(server.rows("history_event"), rows, "no pause: forty days change nothing");
    let path = format!("/v1/requests/{}/lift", done["id"].as_str().unwrap());
    let other = server.browser(&BOTH);
    let lift = |who: &Browser| Call::post(&path, &whose(who, json!({})));
    assert_eq!(server.call(As::Page, &lift(&other)).status, 404, "not theirs");
    let lifted = server.call(As::Page, &lift(&browser)).good();
    assert!(lifted["resting"].is_null(), "{lifted}");
    assert_eq!(tier(&server, &browser).0, "history");
    assert_eq!((server.fingerprint(), server.sessions()), (before, 2), "as it was");
    assert_eq!(server.call(As::Page, &lift(&browser)).status, 409, "once");
    let live = server.fingerprint();
    assert_eq!(server.restart().fingerprint(), live, "live equals rebuilt");
}

#[test]
fn what_is_weighed_needs_two_people_with_names() {
    let (server, browser) = shop();
    let words = "I never asked to be scored, and I am the mother of the account's owner.";
    let body = json!({ "kind": "objection", "about": "FraudPrevention", "words": words });
    let made = asks(&server, &browser, body.clone());
    assert_eq!((&made["state"], &made["due"]), (&json!("in_progress"), &json!("2026-04-01")));
    assert_eq!(made["resting"], json!(["FraudPrevention"]), "believed for the time being");
    let again = asks(&server, &browser, body);
    assert_eq!(again["id"], made["id"], "the same request goes on");
    let queue = server.call(As::Staff, &Call::get("/staff/requests")).good();
    assert_eq!((&queue["open"], &queue["requests"][0]["desk"]), (&json!(1), &json!("weigh")));
    assert!(!queue.to_string().contains("mother"), "the queue says nothing of the person");
    let look = json!({ "reason": "deciding the objection" });
    let path = format!("/staff/requests/{}/look", made["id"].as_str().unwrap());
    assert_eq!(server.call(As::Staff, &Call::post(&path, &look)).status, 403, "whose eyes?");
    let seen = staff(&server, "ann", &made, ("look", &look)).good();
    assert_eq!(seen["words"], words);
    let deny = json!({ "act": "deny", "reason": "compelling_grounds" });
    let proposed = acts(&server, "ann", &made, &deny).good();
    assert_eq!(proposed["proposed"]["by"], "ann");
    let approve = || json!({ "act": "approve" });
    assert_eq!(acts(&server, "ann", &made, &approve()).status, 403, "a clerk");
    acts(&server, "cleo", &made, &json!({ "act": "reject" })).good();
    acts(&server, "ben", &made, &deny).good();
    assert_eq!(acts(&server, "ben", &made, &approve()).status, 409, "the same person");
    let denied = acts(&server, "cleo", &made, &approve()).good();
    assert_eq!(denied["decided_by"], json!(["ben", "cleo"]));
    let told = read(&server, &made);
    assert_eq!(
        (&told["state"], &told["denied"]["reason"]),
        (&json!("denied"), &json!("compelling_grounds"))
    );
    assert!(told["resting"].is_null(), "it counts again: {told}");
    assert!(told["denied"]["remedies"].as_str().unwrap().contains("court"));
    // Who looked, the person can read; by role, without a name.
    let access = Call::post("/v1/access", &whose(&browser, json!({})));
    let access = server.call(As::Page, &access).good().to_string();
    assert!(access.contains("deciding the objection") && access.contains("clerk"), "{access}");
    // The words go with an erasure, the steps stay.
    assert_eq!(server.rows("request_words"), 1);
    asks(&server, &browser, json!({ "kind": "erasure" }));
    assert_eq!(server.rows("request_words"), 0);
    assert_eq!(read(&server, &made)["state"], "denied");
}

#[test]
fn giving_in_to_an_objection_ends_the_use_for_good() {
    let (server, browser) = shop();
    let made = asks(&server, &browser, json!({ "kind": "objection", "about": "FraudPrevention" }));
    let done = acts(&server, "ann", &made, &json!({ "act": "fulfil" })).good();
    assert_eq!(done["request"]["state"], "fulfilled", "{done}");
    let path = format!("/v1/consents?browser={}", browser.id);
    let told = server.call(As::Page, &Call::get(&path)).good();
    assert_eq!(told["consents"]["FraudPrevention"]["state"], "refused");
    let late = acts(&server, "ann", &made, &json!({ "act": "extend", "why": "complex" }));
    assert_eq!(late.status, 409, "after the end nothing happens");
}

#[test]
fn a_review_is_decided_by_two() {
    let (server, browser) = shop();
    let review = json!({ "kind": "human_review", "about": DECISION });
    let made = asks(&server, &browser, review);
    assert_eq!(
        acts(&server, "ann", &made, &json!({ "act": "hold", "basis": "order" })).status,
        409
    );
    acts(&server, "ann", &made, &json!({ "act": "decide", "review": "changed" })).good();
    let done = acts(&server, "ben", &made, &json!({ "act": "approve" })).good();
    assert_eq!(done["request"]["review"], "changed", "{done}");
    assert_eq!(read(&server, &made)["state"], "fulfilled");
}

#[test]
fn clocks_run_are_put_off_once_and_are_seen_when_late() {
    let (server, browser) = shop();
    let made = asks(&server, &browser, json!({ "kind": "human_review", "about": DECISION }));
    let ready = || server.call(As::Page, &Call::get("/readyz")).good()["requests"].clone();
    assert_eq!(ready(), "in_time");
    let page = |server: &Server| {
        let call = Call::get("/staff/pages/consents").key(server.key(As::Staff));
        call.send(server.staff).text()
    };
    server.pass(29 * DAY_MS);
    assert_eq!(ready(), "due_soon");
    let extend = || json!({ "act": "extend", "why": "complex" });
    let put_off = acts(&server, "ann", &made, &extend()).good();
    assert_eq!(put_off["request"]["due"], "2026-06-01", "{put_off}");
    assert!(put_off["request"]["extended"].as_str().unwrap().contains("complex"));
    assert_eq!(acts(&server, "ann", &made, &extend()).status, 409, "once");
    server.pass(70 * DAY_MS);
    assert_eq!(ready(), "overdue");
    let metrics = server.metrics();
    assert!(metrics.contains("confidant_rights_overdue 1"), "{metrics}");
    assert!(metrics.contains("confidant_rights_open{word=\"human_review\"} 1"), "{metrics}");
    assert!(page(&server).contains("1 request about data is overdue"));
    let server = server.restart();
    let queue = server.call(As::Staff, &Call::get("/staff/requests")).good();
    assert_eq!(queue["requests"][0]["request"]["level"], "overdue", "{queue}");
    let path = format!("/v1/requests/{}/revocation", made["id"].as_str().unwrap());
    let revoked = server.call(As::Page, &Call::post(&path, &whose(&browser, json!({})))).good();
    assert_eq!(revoked["state"], "revoked");
    server.pass(2 * 60_000);
    assert!(server.metrics().contains("confidant_rights_overdue 0"));
}

#[test]
fn staff_work_on_pages_without_a_script() {
    let (server, browser) = shop();
    let made = asks(
        &server,
        &browser,
        json!({ "kind": "human_review", "about": DECISION, "words": "Please look <again>." }),
    );
    let id = made["id"].as_str().unwrap();
    let key =
        |name: &str| std::fs::read_to_string(server.folder().join("staff").join(name)).unwrap();
    let page = |call: Call, name: &str| call.key(key(name).trim()).send(server.staff);
    let list = page(Call::get("/staff/pages/requests"), "ann").text();
    assert!(list.contains(id) && list.contains("You act as <strong>ann</strong>"), "{list}");
    let form = |path: &str, fields: &str, name: &str| {
        let call = Call::new("POST", path);
        page(call.raw("application/x-www-form-urlencoded", fields.as_bytes()), name)
    };
    let at = format!("/staff/pages/requests/{id}");
    let opened = form(&at, "reason=to+decide+it", "ann").text();
    assert!(
        opened.contains("Please look &#60;again&#62;.") || opened.contains("&lt;again&gt;"),
        "{opened}"
    );
    let short = form(&at, "reason=no", "ann");
    assert_eq!(short.status, 422);
    let acts = format!("{at}/acts");
    assert_eq!(form(&acts, "act=decide&which=stands", "ann").status, 303);
    assert_eq!(form(&acts, "act=approve", "ann").status, 403);
    assert_eq!(form(&acts, "act=approve", "cleo").status, 303);
    assert_eq!(read(&server, &made)["review"], "stands");
}

#[test]
fn people_see_and_make_requests_in_the_privacy_center() {
    let server = Server::with(Clock::by_hand(START), |settings| {
        settings.privacy_center = Some(server::settings::center::CenterSettings::loopback(0));
    });
    let browser = server.browser(&BOTH);
    let center = server.center.unwrap();
    let body = whose(&browser, json!({ "scope": "all" }));
    let link = server.call(As::Page, &Call::post("/v1/privacy-center/links", &body)).good();
    let link = link["url"].as_str().unwrap().split_once("link=").unwrap().1.to_owned();
    let form = |path: &str, fields: &str, cookie: &str| {
        let call = Call::new("POST", path);
        let call = call.raw("application/x-www-form-urlencoded", fields.as_bytes());
        call.header("Cookie", cookie).send(center)
    };
    let entered = form("/enter", &format!("link={link}"), "");
    let cookie = entered.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let page = |language: &str| {
        let call = Call::get("/requests").header("Cookie", &cookie);
        call.header("Accept-Language", language).send(center).text()
    };
    let (_, rest) = page("en")
        .split_once("name=\"csrf\" value=\"")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let csrf = rest.split('"').next().unwrap().to_owned();
    let asked = form("/requests", &format!("csrf={csrf}&kind=restriction"), &cookie);
    assert_eq!(asked.status, 303, "{}", asked.text());
    assert_eq!(tier(&server, &browser), (json!("anonymous"), json!("restricted")));
    let words = "csrf={csrf}&kind=human_review&about=000102030405060708090a0b0c0d0e0f&words=Why%3F";
    let asked = form("/requests", &words.replace("{csrf}", &csrf), &cookie);
    assert_eq!(asked.status, 303, "{}", asked.text());
    assert_eq!(server.rows("request_words"), 1);
    let text = page("en");
    assert!(text.contains("You get an answer by 2026-04-01 at the latest."), "{text}");
    assert!(page("de").contains("Sie bekommen spätestens am 2026-04-01 Antwort."));
    let (_, rest) = text.split_once("name=\"way\" value=\"lift\"").map(|(a, b)| (b, a)).unwrap();
    let id = rest.rsplit_once("name=\"id\" value=\"").unwrap().1.split('"').next().unwrap();
    let forged = form("/requests/change", &format!("csrf=00&id={id}&way=lift"), &cookie);
    assert_eq!(forged.status, 403);
    let lifted = form("/requests/change", &format!("csrf={csrf}&id={id}&way=lift"), &cookie);
    assert_eq!(lifted.status, 303, "{}", lifted.text());
    assert_eq!(tier(&server, &browser).0, "history");
    assert_eq!(form("/requests", &format!("csrf={csrf}&kind=nonsense"), &cookie).status, 422);
}
