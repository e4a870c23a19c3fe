//! Placements, rules and weights change without a restart, durably, and two editors never
//! overwrite each other.

use recommend::plan::Plan;
use recommend::sections::{Section, Tier};
use serde_json::{Value, json};
use server::clock::Clock;

use crate::http::{Call, Reply};
use crate::shop::{As, Binary, START, Server, catalog, configuration, item};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn path(document: &str) -> String {
    format!("/staff/documents/{document}")
}

/// Puts a document that is based on a version.
fn puts(server: &Server, document: &str, based_on: u64, what: &Value) -> Reply {
    let mut body = json!({ "role": "merchandiser", "reason": "autumn sale begins" });
    for (name, value) in what.as_object().unwrap() {
        body[name] = value.clone();
    }
    let call = Call::put(&path(document), &body).header("If-Match", &format!("\"{based_on}\""));
    server.call(As::Staff, &call)
}

fn deletes(server: &Server, document: &str, based_on: u64) -> Reply {
    let query = "role=merchandiser&reason=the%20sale%20is%20over";
    let call = Call::new("DELETE", &format!("{}?{query}", path(document)));
    server.call(As::Staff, &call.header("If-Match", &format!("\"{based_on}\"")))
}

fn reads(server: &Server, document: &str) -> Value {
    server.call(As::Staff, &Call::get(&path(document))).good()
}

fn count(server: &Server, placement: &str) -> usize {
    let answer = server.recommends(As::Page, &format!("placement={placement}"));
    answer["items"].as_array().unwrap().len()
}

#[track_caller]
fn refused(reply: &Reply, status: u16, part: &str) {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert!(reply.text().contains(part), "{}", reply.text());
}

/// A weights file of a day.
fn weights(made: &str, expires: &str, plan: &Plan) -> Value {
    let mut file = serde_json::to_value(plan).unwrap();
    let head = json!({ "version": 1, "made": made, "expires": expires, "corpus": "ab".repeat(32),
        "sessions": 4_000, "people": 1_000, "steps": 900 });
    for (name, value) in head.as_object().unwrap() {
        file[name] = value.clone();
    }
    file
}

#[test]
fn a_placement_changes_at_once_and_stays_after_a_restart() {
    let server = Server::by_hand();
    assert_eq!(count(&server, "home"), 12);
    let before = reads(&server, "placement/home");
    assert_eq!((&before["version"], &before["from"]), (&json!(0), &json!("shipped")));
    assert_eq!(before["effective"]["count"], 12);

    let seq = server.seq();
    let reply = puts(&server, "placement/home", 0, &json!({ "toml": "count = 5\n" }));
    let put = reply.good();
    assert_eq!((&put["version"], &put["changed"]), (&json!(1), &json!(true)));
    assert_eq!(reply.header("etag"), Some("\"1\""));
    assert_eq!(put["seq"], seq + 1, "one commit, without a gap");
    assert_eq!(server.seq(), seq + 1);
    assert_eq!(count(&server, "home"), 5);

    puts(&server, "placement/shelf", 0, &json!({ "json": { "count": 3 } })).good();
    assert_eq!(count(&server, "shelf"), 3);

    let server = server.restart();
    assert_eq!((count(&server, "home"), count(&server, "shelf")), (5, 3));
    let read = reads(&server, "placement/home");
    assert_eq!(read["toml"], "count = 5\n");
    assert_eq!((&read["version"], &read["from"]), (&json!(1), &json!("document")));
    assert_eq!(read["newest"]["reason"], "autumn sale begins");

    deletes(&server, "placement/home", 1).good();
    assert_eq!(count(&server, "home"), 12);
    assert_eq!(reads(&server, "placement/home")["version"], 2);
    assert_eq!(deletes(&server, "placement/home", 2).status, 404, "there is nothing to go back");
    deletes(&server, "placement/shelf", 1).good();
    assert_eq!(
        server.call(As::Page, &Call::get("/v1/recommendations?placement=shelf")).status,
        400
    );
}

#[test]
fn the_settings_file_is_what_documents_stand_on() {
    let placements = serde_json::from_value(json!({ "home": { "count": 7 } })).unwrap();
    let server = Server::with(Clock::by_hand(START), |settings| settings.placements = placements);
    assert_eq!(reads(&server, "placement/home")["from"], "settings");
    puts(&server, "placement/home", 0, &json!({ "toml": "may_return = [\"seen\"]" })).good();
    let read = reads(&server, "placement/home");
    assert_eq!(read["effective"]["count"], 7, "what a document leaves out stays");
    assert_eq!(read["effective"]["may_return"], json!(["seen"]));
    puts(&server, "placement/home", 1, &json!({ "toml": "count = 4" })).good();
    assert_eq!(count(&server, "home"), 4);
    assert_eq!(reads(&server, "placement/home")["effective"]["may_return"], json!([]));
    deletes(&server, "placement/home", 2).good();
    assert_eq!(count(&server, "home"), 7);
}

#[test]
fn rules_change_at_once_and_go_before_those_of_the_placement() {
    let server = Server::by_hand();
    let pin = |number: usize| {
        let name = item(number).as_str().to_owned();
        json!({ "rules": [{ "name": "star", "then": { "pin_to_place": 1 },
            "when": { "item": [name] } }] })
    };
    let first = |server: &Server| {
        server.recommends(As::Page, "placement=listing")["items"][0]["id"].clone()
    };
    let sold: Vec<usize> = (0..catalog().len())
        .filter(|number| !catalog()[*number].sensitive && catalog()[*number].in_stock)
        .collect();
    let [one, other] = [sold[3], sold[4]];
    puts(&server, "placement/listing", 0, &json!({ "json": pin(one) })).good();
    assert_eq!(first(&server), item(one).as_str());
    puts(&server, "rules/listing", 0, &json!({ "json": pin(other) })).good();
    assert_eq!(first(&server), item(other).as_str());
    let lines = server.call(As::Staff, &Call::get("/staff/documents")).good();
    let line = |kind: &str| {
        let lines = lines.as_array().unwrap().iter();
        lines.clone().find(|one| one["kind"] == kind && one["name"] == "listing").cloned().unwrap()
    };
    assert_eq!(
        (&line("rules")["version"], &line("rules")["from"]),
        (&json!(1), &json!("document"))
    );
    assert_eq!(line("placement")["from"], "document");
    deletes(&server, "rules/listing", 1).good();
    assert_eq!(first(&server), item(one).as_str());
    refused(
        &puts(&server, "rules/nowhere", 0, &json!({ "json": pin(one) })),
        422,
        "no placement of this name",
    );
}

#[test]
fn two_editors_do_not_overwrite_each_other() {
    let server = Server::by_hand();
    puts(&server, "placement/home", 0, &json!({ "toml": "count = 5" })).good();
    let late = puts(&server, "placement/home", 0, &json!({ "toml": "count = 6" }));
    refused(&late, 412, "the newest version is 1");
    refused(&deletes(&server, "placement/home", 0), 412, "stale");
    let body = json!({ "role": "merchandiser", "reason": "no version named", "toml": "count = 6" });
    let call = Call::put(&path("placement/home"), &body);
    refused(&server.call(As::Staff, &call), 428, "version_missing");
    for tag in ["1", "*", "W/\"1\"", "\"1\", \"2\"", "\"-1\""] {
        let reply = server.call(As::Staff, &call.clone().header("If-Match", tag));
        refused(&reply, 422, "If-Match");
    }
    assert_eq!(count(&server, "home"), 5);
}

#[test]
fn what_cannot_be_honored_changes_nothing_and_the_field_is_named() {
    let server = Server::by_hand();
    puts(&server, "placement/home", 0, &json!({ "toml": "count = 5" })).good();
    let seq = server.seq();
    for (document, what, part) in [
        ("placement/home", json!({ "toml": "count = 0" }), "count is 1 to 200"),
        ("placement/home", json!({ "toml": "count = \"5\"" }), "count: invalid type"),
        ("placement/home", json!({ "toml": "[floors" }), "line 1"),
        ("placement/home", json!({ "json": { "colour": 1 } }), "unknown field"),
        (
            "placement/home",
            json!({ "json": { "diversity": { "brand_max": -1 } } }),
            "diversity.brand_max",
        ),
        ("placement/home", json!({ "json": { "models": [] } }), "models names at least one"),
        ("placement/home", json!({ "json": {}, "toml": "" }), "one of toml, json and version"),
        ("placement/home", json!({}), "one of toml, json and version"),
        ("placement/home", json!({ "toml": "", "reason": "short" }), "reason must have"),
        ("placement/home", json!({ "toml": "", "role": " " }), "role is empty"),
        ("placement/home", json!({ "toml": "", "role": "r".repeat(65) }), "role has at most"),
        ("rules/home", json!({ "toml": "[[rules]]\nname = \"a\"" }), "rules[0]"),
        (
            "rules/home",
            json!({ "json": { "rules": [{ "name": "a",
            "then": { "boost_per_mille": 99_999 }, "when": { "brand": ["B"] } }] } }),
            "boost_per_mille",
        ),
        ("weights/blend", json!({ "toml": "version = 1" }), "missing field"),
    ] {
        let based_on = u64::from(document == "placement/home");
        refused(&puts(&server, document, based_on, &what), 422, part);
    }
    refused(&puts(&server, "placement/home", 1, &json!({ "version": 9 })), 404, "not_found");
    for document in ["placement/Home", "prices/home", "weights/home", "placement/%ff"] {
        refused(&puts(&server, document, 0, &json!({ "toml": "" })), 404, "not_found");
    }
    assert_eq!((server.seq(), count(&server, "home")), (seq, 5));
}

#[test]
fn a_check_changes_nothing() {
    let server = Server::by_hand();
    let seq = server.seq();
    let reply = puts(&server, "placement/home?check=true", 0, &json!({ "toml": "count = 5" }));
    let looked = reply.good();
    assert_eq!((&looked["changed"], &looked["version"]), (&json!(false), &json!(1)));
    assert_eq!(reply.header("etag"), Some("\"0\""));
    refused(
        &puts(&server, "placement/home?check=true", 0, &json!({ "toml": "count = 500" })),
        422,
        "count is 1 to 200",
    );
    assert_eq!((server.seq(), count(&server, "home")), (seq, 12));
    assert_eq!(reads(&server, "placement/home")["version"], 0);
}

#[test]
fn old_versions_are_kept_up_to_a_number_and_come_back() {
    let server = Server::by_hand();
    for number in 0..60_u64 {
        let text = format!("count = {}", number % 9 + 1);
        puts(&server, "placement/home", number, &json!({ "toml": text })).good();
    }
    let get = |what: &str| server.call(As::Staff, &Call::get(&path(what)));
    let versions = get("placement/home/versions").good();
    let numbers: Vec<u64> = versions.as_array().unwrap().iter().map(number).collect();
    assert_eq!(numbers, (11..=60).rev().collect::<Vec<u64>>());
    assert_eq!(get("placement/home/versions/10").status, 404);
    let old = get("placement/home/versions/13").good();
    assert_eq!((&old["toml"], &old["version"]), (&json!("count = 4"), &json!(13)));
    let back = puts(&server, "placement/home", 60, &json!({ "version": 13 })).good();
    assert_eq!((&back["version"], &back["restored"]), (&json!(61), &json!(13)));
    assert_eq!(back["digest"], old["digest"]);
    assert_eq!(count(&server, "home"), 4);
    let server = server.restart();
    assert_eq!(
        (count(&server, "home"), &reads(&server, "placement/home")["version"]),
        (4, &json!(61))
    );
    assert_eq!(server.call(As::Staff, &Call::get(&path("rules/home/versions"))).status, 404);
}

fn number(version: &Value) -> u64 {
    version["version"].as_u64().unwrap()
}

#[test]
fn a_new_name_takes_the_place_of_the_one_that_is_back_at_its_default_for_longest() {
    let server = Server::by_hand();
    let name = |number: u64| format!("placement/own_{number}");
    for number in 0..server::documents::NAMES_MAX as u64 {
        puts(&server, &name(number), 0, &json!({ "toml": "count = 3" })).good();
        if number != 1 {
            deletes(&server, &name(number), 1).good();
        }
    }
    let versions = |server: &Server, number| {
        server.call(As::Staff, &Call::get(&path(&format!("{}/versions", name(number))))).status
    };
    assert_eq!(versions(&server, 0), 200);
    puts(&server, &name(1_000), 0, &json!({ "toml": "count = 3" })).good();
    puts(&server, &name(1_001), 0, &json!({ "toml": "count = 3" })).good();
    let server = server.restart();
    let kept = [0, 1, 2, 3, 1_000].map(|number| versions(&server, number));
    assert_eq!(kept, [404, 200, 404, 200, 200], "what counts is never dropped");
    assert_eq!(count(&server, "own_1"), 3);
}

/// Weights under which only what many visits hold counts, for one tier.
fn only_popular(tier: Tier) -> Section {
    let mut groups = Plan::shipped().blend.groups;
    groups[0].models.clear();
    groups[0].popular = 1_000;
    Section { placement: None, tier: Some(tier), scorers: vec![], groups }
}

#[test]
fn weights_change_at_once_by_tier_and_placement_and_end_by_themselves() {
    let server = Server::by_hand();
    for (visitor, pair) in [[1, 2], [1, 2], [1, 2], [3, 2], [4, 2], [1, 5]].into_iter().enumerate()
    {
        let browser = server.browser(&["Personalization", "SharedLearning"]);
        for (step, number) in pair.into_iter().enumerate() {
            server.looks_at(&browser.id, &item(number), &format!("m-{visitor}-{step}"));
        }
    }
    server.pass(crate::shop::VISIT_OVER_MS);
    let used = |query: &str| {
        let query = format!("explain=true&item={}&{query}", item(1).as_str());
        server.recommends(As::Shop, &query)["explanation"]["weights"].clone()
    };
    assert_eq!(used("placement=product"), "default");
    assert_eq!(reads(&server, "weights/blend")["from"], "shipped");

    let cart =
        Section { placement: Some("cart".to_owned()), tier: None, ..only_popular(Tier::Visit) };
    let sections = vec![only_popular(Tier::Anonymous), cart];
    let plan = Plan { sections, ..Plan::shipped() };
    let file = weights("2026-02-20", "2026-05-21", &plan);
    let fingerprint = server.fingerprint();
    puts(&server, "weights/blend", 0, &json!({ "json": file })).good();
    assert_eq!(used("placement=product"), "tier anonymous");
    assert_eq!(used(&format!("placement=product&recent={}", item(5).as_str())), "default");
    assert_eq!(used("placement=cart"), "placement cart");
    assert_eq!(server.fingerprint(), fingerprint, "what was learned stays");
    assert_eq!(reads(&server, "weights/blend")["from"], "document");

    let ended = weights("2025-11-01", "2026-01-30", &plan);
    refused(&puts(&server, "weights/blend", 1, &json!({ "json": ended })), 422, "have ended");
    let later = weights("2027-02-20", "2027-05-20", &plan);
    refused(&puts(&server, "weights/blend", 1, &json!({ "json": later })), 422, "a later day");
    let endless = weights("2026-02-20", "2027-02-20", &plan);
    refused(&puts(&server, "weights/blend", 1, &json!({ "json": endless })), 422, "90 days");
    let mut twice = plan.clone();
    twice.sections.push(only_popular(Tier::Anonymous));
    let twice = weights("2026-02-20", "2026-05-21", &twice);
    let reply = puts(&server, "weights/blend", 1, &json!({ "json": twice }));
    refused(&reply, 422, "two sections of the weights are for tier anonymous");

    let server = server.restart();
    let used = |server: &Server| {
        let query = format!("explain=true&placement=product&item={}", item(1).as_str());
        server.recommends(As::Shop, &query)["explanation"]["weights"].clone()
    };
    assert_eq!(used(&server), "tier anonymous");
    server.pass(81 * DAY_MS);
    assert_eq!(used(&server), "default", "fitted weights end after 90 days, without a restart");
    assert_eq!(reads(&server, "weights/blend")["from"], "shipped");
}

#[test]
fn the_command_puts_lists_and_goes_back_while_the_server_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    let config = config.to_str().unwrap();
    assert!(Binary::serve(config.as_ref()).end().0.success());
    let run = |arguments: &[&str]| {
        let mut all = vec!["documents", "--config", config];
        all.extend(arguments);
        let output = Binary::command(&all).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout) + &text(&output.stderr))
    };
    let file = folder.path().join("home.toml");
    std::fs::write(&file, "count = 3\n").unwrap();
    let file = file.to_str().unwrap();
    let why = ["--reason", "fewer on phones"];
    let put = |more: &[&str]| {
        run(&[&["put", "placement", "home", "--file", file], &why[..], more].concat())
    };
    assert_eq!(run(&["list"]).1, "no document has a version; the configuration file counts\n");
    assert_eq!(put(&["--check"]), (true, "placement home: version 1 could be put\n".to_owned()));
    let done = "placement home: version 1 counts from the next start on\n".to_owned();
    assert_eq!(put(&[]), (true, done));
    assert_eq!(run(&["show", "placement", "home"]), (true, "count = 3\n".to_owned()));
    std::fs::write(file, "count = 0\n").unwrap();
    let (good, said) = put(&[]);
    assert!(!good && said.contains("count is 1 to 200"), "{said}");
    let (good, said) = run(&["delete", "placement", "home", "--reason", "as it was before"]);
    assert!(good, "{said}");
    let back = ["put", "placement", "home", "--version", "1", "--reason", "once more, please"];
    assert!(run(&back).0);
    let (_, said) = run(&["history", "placement", "home"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(lines[0].contains("as version 1 again, by operator: once more"), "{said}");
    assert!(lines[1].contains("back to the configuration file"), "{said}");
    let (good, said) = run(&["show", "prices", "home"]);
    assert!(!good && said.contains("placement NAME"), "{said}");
    let binary = Binary::serve(config.as_ref());
    let key = crate::shop::key_file(folder.path(), "staff");
    let read = Call::get(&path("placement/home")).key(&key).send(binary.staff).good();
    assert_eq!((&read["version"], &read["effective"]["count"]), (&json!(3), &json!(3)));
    let (good, said) = run(&["list"]);
    assert!(!good && said.contains("stop the server"), "{said}");
}
