//! The law follows the clock: a pack that comes into force ends what is not enough for it.

use domain::date::day;
use serde_json::{Value, json};
use server::clock::Clock;

use crate::http::{Call, Reply};
use crate::shop::{As, Browser, START, Server, choice, item};

const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// From the test's noon to the midnight on which the pack begins.
const TO_MIDNIGHT_MS: i64 = 9 * DAY_MS + DAY_MS / 2;

/// A pack of the shop for one place.
fn pack(id: &str, place: &str, from: &str, regime: &str) -> String {
    format!(
        r#"[[pack]]
id = "{id}"
name = "Example"
places = ["{place}"]
valid_from = "{from}"
status = "in_force"
verified_on = "2026-02-01"
advice = "not legal advice"
source = "Example Act, section 1"
[pack.rules]
regime = {{ value = "{regime}", source = "section 1", verified = false }}
choice_outranks_signal = {{ value = true, source = "section 2", verified = false }}
"#
    )
}

fn puts(server: &Server, based_on: u64, what: &Value) -> Reply {
    let mut body = json!({ "role": "lawyer", "reason": "a new act begins" });
    for (name, value) in what.as_object().unwrap() {
        body[name] = value.clone();
    }
    let call = Call::put("/staff/documents/law/california", &body);
    server.call(As::Staff, &call.header("If-Match", &format!("\"{based_on}\"")))
}

fn deletes(server: &Server, based_on: u64) -> Value {
    let query = "role=lawyer&reason=the%20act%20is%20void";
    let call = Call::new("DELETE", &format!("/staff/documents/law/california?{query}"));
    server.call(As::Staff, &call.header("If-Match", &format!("\"{based_on}\""))).good()
}

fn california() -> Server {
    Server::with(Clock::by_hand(START), |settings| {
        settings.jurisdiction = Some("US-CA".to_owned());
    })
}

fn chosen(server: &Server, browser: &Browser) -> Value {
    server.call(As::Page, &Call::get(&format!("/v1/consents?browser={}", browser.id))).good()
}

fn tier(server: &Server, browser: &Browser) -> Value {
    server.recommends(As::Page, &format!("browser={}", browser.id))["basis"]["tier"].clone()
}

fn rows(server: &Server) -> [u64; 3] {
    ["history_event", "learning_event", "closed_session"].map(|table| server.rows(table))
}

/// The steps of a person's record, oldest first: state, law and source of each.
fn steps(server: &Server, browser: &Browser) -> Vec<(String, String, String)> {
    let id = browser.id.clone();
    server.engine(move |engine, now| {
        let browser = personal::subject::BrowserId::parse(&id).unwrap();
        let (_, rows) = engine.record_of(&personal::subject::Subject::Browser(browser), now)?;
        let rows = rows.into_iter().filter(|row| row.purpose.as_str() == BOTH[0]);
        Ok(rows.map(|row| (format!("{:?}", row.state), row.law, row.source)).collect())
    })
}

#[test]
fn the_pack_of_the_day_counts_without_a_restart() {
    let clock = Clock::by_hand(day(2026, 1, 1).start().plus_ms(-1));
    let server = Server::with(clock, |settings| settings.jurisdiction = Some("US-CA".to_owned()));
    let browser = server.browser(&BOTH);
    assert_eq!(chosen(&server, &browser)["law"], "us-ca-2023-01-01");
    server.pass(1);
    assert_eq!(chosen(&server, &browser)["law"], "us-ca-2026-01-01");
    let told = chosen(&server, &browser);
    assert_eq!(told["consents"]["Personalization"]["state"], "given", "the yes is enough for both");
}

#[test]
fn a_pack_that_comes_into_force_ends_a_yes_and_silence() {
    let server = california();
    let browser = server.browser(&BOTH);
    server.looks_at(&browser.id, &item(1), "m-1");
    // Silence is a yes as long as the law lets it be one.
    let silent = json!({ "userId": "silent", "messageId": "m-2", "event": "Product Viewed",
        "properties": { "product_id": item(2).as_str() } });
    server.call(As::Shop, &Call::post("/v1/track", &silent)).good();
    assert_eq!(rows(&server), [2, 2, 0]);
    let expected = START.plus_ms(395 * DAY_MS).ms();
    assert_eq!(chosen(&server, &browser)["consents"][BOTH[0]]["expires_ms"], expected);

    let next = pack("shop-ca-1", "US-CA", "2026-03-11", "OptIn");
    let put = puts(&server, 0, &json!({ "toml": next })).good();
    assert_eq!((&put["version"], &put["changed"]), (&json!(1), &json!(true)));
    let midnight = day(2026, 3, 11).start();
    let told = chosen(&server, &browser);
    assert_eq!(told["consents"][BOTH[0]]["expires_ms"], midnight.ms());
    assert_eq!(told["law"], "us-ca-2026-01-01");
    server.pass(TO_MIDNIGHT_MS - 1);
    assert_eq!((tier(&server, &browser), rows(&server)[0]), (json!("history"), 2));

    // The gate does not wait for the writer's round.
    server.clock.set(midnight);
    assert_eq!(tier(&server, &browser), "anonymous");
    let basis = &server.recommends(As::Shop, "customer=silent")["basis"];
    assert_eq!(
        (&basis["tier"], &basis["refused"]),
        (&json!("anonymous"), &json!("consent_missing"))
    );
    server.pass(0);
    server.pass(1_000);
    assert_eq!((rows(&server), server.sessions()), ([0, 0, 0], 0));
    let why = "an earlier yes is not enough under shop-ca-1";
    let [given, ended] = &steps(&server, &browser)[..] else { panic!("two steps") };
    assert_eq!(given, &("Given".into(), "us-ca-2026-01-01".into(), String::new()));
    assert_eq!(ended, &("Invalidated".into(), "shop-ca-1".into(), why.into()));
    let told = chosen(&server, &browser);
    assert_eq!(
        (&told["law"], &told["consents"][BOTH[0]]["state"]),
        (&json!("shop-ca-1"), &json!("expired"))
    );

    // It was not refused: asking is due, and a new yes counts, also after a restart.
    let mut again = choice(&BOTH);
    again["browser"] = json!(browser.id);
    server.call(As::Page, &Call::put("/v1/consents", &again)).good();
    server.looks_at(&browser.id, &item(3), "m-3");
    let server = server.restart();
    server.pass(DAY_MS);
    assert_eq!((tier(&server, &browser), rows(&server)[0]), (json!("history"), 1));
    assert_eq!(chosen(&server, &browser)["law"], "shop-ca-1");
}

#[test]
fn a_pack_that_is_put_late_counts_at_once_and_gives_nothing_back_when_it_goes() {
    let server = california();
    let browser = server.browser(&BOTH);
    server.looks_at(&browser.id, &item(1), "m-1");
    let late = pack("shop-ca-1", "US-CA", "2026-02-01", "OptIn");
    let check = Call::put(
        "/staff/documents/law/california?check=true",
        &json!({ "role": "lawyer", "reason": "only to look", "toml": late }),
    );
    server.call(As::Staff, &check.header("If-Match", "\"0\"")).good();
    assert_eq!(tier(&server, &browser), "history", "it was only looked whether it could be done");
    puts(&server, 0, &json!({ "toml": late })).good();
    assert_eq!((tier(&server, &browser), rows(&server)), (json!("anonymous"), [0, 0, 0]));
    deletes(&server, 1);
    assert_eq!(chosen(&server, &browser)["law"], "us-ca-2026-01-01");
    assert_eq!(tier(&server, &browser), "anonymous");
    let server = server.restart();
    assert_eq!(tier(&server, &browser), "anonymous");
}

#[test]
fn a_past_decision_comes_out_the_same_after_its_pack_is_gone() {
    let server = california();
    let own = pack("shop-ca-1", "US-CA", "2026-02-01", "OptIn");
    puts(&server, 0, &json!({ "toml": own })).good();
    let read = server.call(As::Staff, &Call::get("/staff/documents/law/california")).good();
    let digest = read["effective"][0]["digest"].as_str().unwrap().to_owned();
    let asked = |pack: Option<&str>| {
        let body = json!({ "jurisdiction": "US-CA", "day": "2026-03-01", "pack": pack });
        let said = server.call(As::Staff, &Call::post("/staff/consents/replay", &body)).good();
        (said["pack"]["id"].clone(), said["purposes"].clone())
    };
    let before = asked(None);
    assert_eq!(before.0, "shop-ca-1");
    assert_eq!(before.1[0]["refusal"], "consent_missing");
    let other = pack("shop-ca-2", "US-CA", "2026-02-01", "OptOut");
    puts(&server, 1, &json!({ "toml": other })).good();
    assert_ne!(asked(None), before);
    assert_eq!(asked(Some(&digest)), before);
    deletes(&server, 2);
    assert_eq!(asked(None).0, "us-ca-2026-01-01");
    assert_eq!(asked(Some(&digest)), before);
}

#[track_caller]
fn refused(server: &Server, based_on: u64, what: &Value, part: &str) {
    let reply = puts(server, based_on, what);
    assert_eq!(reply.status, 422, "{}", reply.text());
    assert!(reply.text().contains(part), "{}", reply.text());
}

#[test]
fn packs_that_cannot_be_honored_are_refused_at_the_door() {
    let server = california();
    let toml = |id, place, regime| json!({ "toml": pack(id, place, "2026-02-01", regime) });
    refused(&server, 0, &toml("shop-1", "*", "OptIn"), "stays under the strictest pack");
    refused(&server, 0, &toml("shop-1", "US-CA", "Perhaps"), "unknown variant");
    refused(&server, 0, &toml("eu-2018-05-25", "EU", "OptOut"), "was another text before");
    refused(&server, 0, &json!({ "json": { "pack": [] } }), "law packs are TOML");
    puts(&server, 0, &toml("shop-1", "US-CA", "OptIn")).good();
    refused(&server, 1, &toml("shop-1", "US-CA", "OptOut"), "was another text before");
    let server = server.restart();
    refused(&server, 1, &toml("shop-1", "US-CA", "OptOut"), "was another text before");
    assert_eq!(server.shared().law(day(2026, 3, 1)).pack.id, "shop-1");
}

#[test]
fn the_canary_plays_under_the_packs_of_the_shop() {
    let server = california();
    puts(&server, 0, &json!({ "toml": pack("shop-fr-1", "FR", "2026-02-01", "OptIn") })).good();
    server.play_canary();
    let answer = server.call(As::Staff, &Call::get("/staff/canary")).good();
    assert_eq!(answer["state"], "held", "{answer}");
    let packs = answer["runs"][0]["packs"].as_array().unwrap();
    assert!(packs.iter().any(|pack| pack["id"] == "shop-fr-1"), "{answer}");
}
