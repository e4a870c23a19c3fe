//! What a person can choose in the center: parts of a purpose, how long entries are kept, being a
//! stranger; and what it shows of the reads of programs.

use domain::time::DAY_MS;
use serde_json::{Value, json};

use super::{BOTH, Guest, invite, shop};
use crate::http::Call;
use crate::shop::{As, Browser, Server, item};

/// The texts of a list, between two marks of a page.
fn list(page: &str, from: &str, to: &str) -> Vec<String> {
    let (_, rest) = page.split_once(from).unwrap_or_else(|| panic!("no {from} in {page}"));
    let (list, _) = rest.split_once(to).unwrap();
    list.split("<li>").skip(1).map(|one| one.split('<').next().unwrap().to_owned()).collect()
}

fn presses(guest: &Guest<'_>, path: &str, fields: &str) -> u16 {
    let csrf = guest.csrf("/");
    guest.post(path, &format!("csrf={csrf}&{fields}")).status
}

fn consents(server: &Server, browser: &Browser) -> Value {
    server.call(As::Page, &Call::get(&format!("/v1/consents?browser={}", browser.id))).good()
}

fn basis(server: &Server, browser: &Browser) -> Value {
    let basis = &server.recommends(As::Page, &format!("browser={}", browser.id))["basis"];
    json!([basis["tier"], basis["refused"]])
}

#[test]
fn a_part_is_left_out_and_let_in_and_the_page_shows_before_what_changes() {
    let (server, browser) = shop();
    let guest = Guest::enter(&server, &invite(&server, &browser, "choices"));
    let page = guest.get("/").text();
    let promised = list(&page, "aria-describedby=\"browsing_history\">The start page", "</ol>");
    assert!(!promised.is_empty());
    let with = |page: &str| list(page, "<h3 id=\"with\">", "</ol>");
    let before = with(&page);
    assert_eq!(presses(&guest, "/features", "feature=browsing_history&way=leave"), 303);
    let told = consents(&server, &browser);
    assert_eq!(told["features"]["browsing_history"]["state"], "off");
    assert_eq!(told["features"]["purchase_history"]["state"], "on");
    assert_eq!(server.rows("history_event"), 0, "what only it kept is deleted");
    assert_eq!(server.rows("closed_session"), 1, "the models' own switch is another");
    let page = guest.get("/?saved").text();
    assert!(page.contains("Left out since") && page.contains("Your choice is saved."), "{page}");
    assert_eq!(with(&page), promised, "the page kept its word");
    assert_eq!(presses(&guest, "/features", "feature=browsing_history&way=let"), 303);
    assert_eq!(consents(&server, &browser)["features"]["browsing_history"]["state"], "on");
    for number in 0..3 {
        server.looks_at(&browser.id, &item(number), &format!("again-{number}"));
    }
    assert_eq!(with(&guest.get("/").text()).len(), before.len());
    for fields in [
        "feature=browsing_history&way=maybe",
        "feature=everything&way=leave",
        "feature=browsing_history&way=leave&more=1",
    ] {
        let status = presses(&guest, "/features", fields);
        assert!([400, 422].contains(&status), "{fields}: {status}");
    }
    let no = guest.post("/features", "csrf=00&feature=browsing_history&way=leave");
    assert_eq!(no.status, 403);
    // Where the purpose is off there is nothing to choose from.
    assert_eq!(presses(&guest, "/choices", "purpose=Personalization&way=no"), 303);
    assert!(!guest.get("/").text().contains("action=\"/features\""));
}

#[test]
fn a_person_chooses_how_long_entries_are_kept() {
    let (server, browser) = shop();
    server.pass(40 * DAY_MS);
    server.looks_at(&browser.id, &item(4), "m-young");
    let guest = Guest::enter(&server, &invite(&server, &browser, "choices"));
    let page = guest.get("/").text();
    let offered: Vec<&str> = page.split("<option value=\"").skip(1).collect();
    let offered: Vec<&str> = offered.iter().map(|one| one.split('"').next().unwrap()).collect();
    assert_eq!(offered, ["30", "90", "180", "", "30", "90", "180", ""]);
    assert_eq!(presses(&guest, "/keeping", "purpose=Personalization&days=30"), 303);
    assert_eq!((server.rows("history_event"), server.rows("closed_session")), (1, 1));
    assert_eq!(consents(&server, &browser)["keep_days"], json!({ "Personalization": 30 }));
    let page = guest.get("/").text();
    assert!(page.contains("<option value=\"30\" selected>30 days, your own limit"), "{page}");
    assert!(page.contains("<td>30 days</td>") && page.contains("<td>90 days</td>"), "{page}");
    assert_eq!(presses(&guest, "/keeping", "purpose=Personalization&days="), 303);
    assert!(consents(&server, &browser)["keep_days"].is_null());
    for fields in [
        "purpose=Personalization&days=1",
        "purpose=LegalProof&days=30",
        "purpose=Personalization&days=many",
    ] {
        assert_eq!(presses(&guest, "/keeping", fields), 422, "{fields}");
    }
    // The record says how it was said.
    let record = format!("/v1/consents/record?browser={}", browser.id);
    let record = server.call(As::Page, &Call::get(&record)).text();
    assert!(record.contains("kept for: at most 30 days"), "{record}");
}

#[test]
fn a_stranger_is_answered_as_nobody_and_nothing_is_deleted() {
    let (server, browser) = shop();
    let guest = Guest::enter(&server, &invite(&server, &browser, "choices"));
    assert_eq!(basis(&server, &browser), json!(["history", null]));
    let history = server.rows("history_event");
    let (version, seq) = (consents(&server, &browser)["version"].clone(), server.seq());
    assert_eq!(presses(&guest, "/stranger", "way=begin"), 303);
    assert_eq!(basis(&server, &browser), json!(["anonymous", "stranger"]));
    let visit = format!("browser={}&recent={}", browser.id, item(1).as_str());
    let told = server.recommends(As::Page, &visit);
    assert_eq!(told["basis"]["tier"], "anonymous", "nor from what the page says of the visit");
    let dropped = server.looks_at(&browser.id, &item(3), "m-stranger");
    assert_eq!(dropped["dropped"][0]["reason"], "stranger");
    assert_eq!((server.rows("history_event"), server.seq()), (history, seq), "nothing is written");
    let told = consents(&server, &browser);
    assert_eq!((&told["stranger"], &told["version"]), (&json!(true), &version));
    assert_eq!(told["consents"]["Personalization"]["state"], "given");
    assert_eq!(presses(&guest, "/stranger", "way=maybe"), 422);
    let page = guest.get("/").text();
    assert!(page.contains("you are a stranger to the shop"), "{page}");
    assert!(page.contains("The shop uses nothing about you"), "{page}");
    // Others are answered as before, and who wants to is known again.
    let other = server.browser(&BOTH);
    assert_eq!(basis(&server, &other), json!(["history", null]));
    assert_eq!(presses(&guest, "/stranger", "way=end"), 303);
    assert_eq!(basis(&server, &browser), json!(["history", null]));
    // By the API; half an hour without a step ends the visit, and so does a logout.
    let put = |body: &Value| {
        let mut body = body.clone();
        body["browser"] = json!(browser.id);
        server.call(As::Page, &Call::put("/v1/consents", &body)).good()
    };
    assert_eq!(put(&json!({ "stranger": true }))["stranger"], true);
    server.pass(29 * 60_000);
    assert_eq!(basis(&server, &browser), json!(["anonymous", "stranger"]));
    server.pass(30 * 60_000);
    assert_eq!(basis(&server, &browser), json!(["history", null]));
    put(&json!({ "stranger": true }));
    assert!(put(&json!({ "end_visit": true }))["stranger"].is_null());
    assert_eq!(basis(&server, &browser), json!(["history", null]));
}

/// Day, purpose and count of each row of the package.
fn machine_reads(server: &Server, browser: &Browser) -> Vec<Value> {
    let body = json!({ "browser": browser.id, "erase_handle": browser.erase_handle });
    let package = server.call(As::Page, &Call::post("/v1/access", &body)).good();
    let tables = package["tables"].as_array().unwrap();
    let table = tables.iter().find(|one| one["table"] == "machine_read").unwrap();
    table["rows"].as_array().unwrap().iter().map(|row| row["values"].clone()).collect()
}

#[test]
fn reads_of_programs_are_counted_by_day_and_shown() {
    let (server, browser) = shop();
    let guest = Guest::enter(&server, &invite(&server, &browser, "all"));
    assert!(guest.get("/data").text().contains("No program has opened anything of yours."));
    for _ in 0..3 {
        basis(&server, &browser);
    }
    assert_eq!(server.rows("machine_read"), 0, "only in memory while the day lasts");
    // The person's own previews are no reads of programs.
    guest.get("/");
    let page = guest.get("/data").text();
    assert!(
        page.contains("<th scope=\"row\">2026-03-01</th>") && page.contains("<td>3</td>"),
        "{page}"
    );
    let expected = json!({ "day": "2026-03-01", "purpose": "Personalization", "count": 3 });
    assert_eq!(machine_reads(&server, &browser), [expected]);
    server.pass(DAY_MS);
    assert_eq!(server.rows("machine_read"), 1);
    basis(&server, &browser);
    // A stop keeps the count of the day that is not over.
    let server = server.restart();
    assert_eq!(server.rows("machine_read"), 2);
    basis(&server, &browser);
    let server = server.restart();
    assert_eq!(server.rows("machine_read"), 3);
    let guest = Guest::enter(&server, &invite(&server, &browser, "all"));
    let page = guest.get("/data").text();
    assert!(
        page.contains("<th scope=\"row\">2026-03-02</th>") && page.contains("<td>2</td>"),
        "{page}"
    );
    // They go with the person, also what is in memory only.
    basis(&server, &browser);
    let body = json!({ "browser": browser.id, "erase_handle": browser.erase_handle });
    server.call(As::Page, &Call::post("/v1/erasures", &body)).good();
    assert_eq!(server.rows("machine_read"), 0);
    let server = server.restart();
    assert_eq!(server.rows("machine_read"), 0);
}
