//! Pages for staff: who gets in, and what another site cannot make a browser do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use serde_json::{Value, json};

use crate::http::{Call, Reply};
use crate::shop::{As, Server};

const PAGES: [&str; 7] = [
    "/staff/pages",
    "/staff/pages/style.css",
    "/staff/pages/consents",
    "/staff/pages/replay",
    "/staff/pages/notices",
    "/staff/pages/notices/ropa",
    "/staff/pages/requests",
];
const FORM: &str = "application/x-www-form-urlencoded";

fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

fn get(server: &Server, path: &str, authorization: &str) -> Reply {
    Call::get(path).header("Authorization", authorization).send(server.staff)
}

/// The form as a browser sends it that is logged in.
fn post(server: &Server, fields: &str, more: &[(&str, &str)]) -> Reply {
    let login = basic("anna", server.key(As::Staff));
    let call = Call::new("POST", "/staff/pages/replay").raw(FORM, fields.as_bytes());
    let call = call.header("Authorization", &login);
    more.iter().fold(call, |call, (name, value)| call.header(name, value)).send(server.staff)
}

#[test]
fn a_browser_logs_in_with_the_staff_key_as_its_password() {
    let server = Server::by_hand();
    let staff = server.key(As::Staff);
    for path in PAGES {
        let wrong = [
            basic("anna", server.key(As::Page)),
            basic("anna", server.key(As::Shop)),
            basic(staff, ""),
            basic(staff, "wrong"),
            format!("Bearer {}", server.key(As::Shop)),
            format!("Basic {staff}"),
            staff.to_owned(),
            String::new(),
        ];
        for authorization in wrong {
            let reply = get(&server, path, &authorization);
            assert_eq!(reply.status, 401, "{path}: {authorization}");
            let ask = reply.header("www-authenticate").unwrap();
            assert!(ask.starts_with("Basic realm="), "{ask}");
            assert!(!reply.text().contains("Replay tester"));
        }
        let reply = get(&server, path, &basic("anna", staff));
        assert!([200, 303].contains(&reply.status), "{path}: {}", reply.status);
        assert_eq!(Call::get(path).send(server.public).status, 404, "not on the public listener");
    }
}

#[test]
fn the_api_does_not_take_the_password_that_a_browser_remembers() {
    let server = Server::by_hand();
    let login = basic("anna", server.key(As::Staff));
    for path in ["/staff/inventory", "/metrics", "/staff/documents"] {
        assert_eq!(get(&server, path, &login).status, 403, "{path}");
    }
}

#[test]
fn pages_load_nothing_and_run_nothing() {
    let server = Server::by_hand();
    let reply = get(&server, "/staff/pages/replay", &basic("", server.key(As::Staff)));
    assert_eq!(reply.status, 200);
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("script"), "{policy}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("x-frame-options"), Some("DENY"));
    let text = reply.text();
    assert!(text.contains("<h1>Replay tester</h1>"));
    assert!(!text.contains("<script") && !text.contains("style=") && !text.contains("http"));
}

#[test]
fn a_form_comes_from_these_pages_only() {
    let server = Server::by_hand();
    let own = format!("http://{}", server.staff);
    let fine: [&[(&str, &str)]; 3] =
        [&[("Sec-Fetch-Site", "same-origin")], &[("Origin", &own)], &[]];
    for headers in fine {
        assert_eq!(post(&server, "day=2026-03-01", headers).status, 200, "{headers:?}");
    }
    let foreign: [&[(&str, &str)]; 4] = [
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site"), ("Origin", &own)],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
    ];
    for headers in foreign {
        assert_eq!(post(&server, "day=2026-03-01", headers).status, 403, "{headers:?}");
        let open = Call::post("/staff/rows/open", &json!({}));
        let open = headers.iter().fold(open, |call, (name, value)| call.header(name, value));
        assert_eq!(server.call(As::Staff, &open).status, 403, "the API: {headers:?}");
    }
}

#[test]
fn a_form_is_answered_and_drawn_again_with_what_was_filled_in() {
    let server = Server::by_hand();
    let fields = "jurisdiction=US-CA&day=2026-03-01&gpc=yes&choice.Marketing=given&tcf=%3Cscript%3E\
        &event=%7B%22type%22%3A%22track%22%2C%22event%22%3A%22Product+Viewed%22%2C%22properties%22\
        %3A%7B%22product_id%22%3A%22canary%22%7D%7D";
    let reply = post(&server, fields, &[]);
    let text = reply.text();
    assert_eq!(reply.status, 200, "{text}");
    for part in [
        "The decision on 2026-03-01",
        "us-ca-2026-01-01",
        "Sec-GPC",
        "Nothing of it would be kept",
        "signal_gpc",
        "value=\"US-CA\"",
        "&#60;script&#62;",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    assert!(!text.contains("<script"));
    let wrong = post(&server, "day=soon&event=%7B", &[]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("the event is not JSON"), "{}", wrong.text());
}

#[track_caller]
fn rates(server: &Server) -> Value {
    server.call(As::Staff, &Call::get("/staff/consents/rates")).good()
}

/// People, and how many of them say yes.
fn numbers(rate: &Value) -> [u64; 3] {
    ["people", "given_min", "given_max"].map(|name| rate[name].as_u64().unwrap())
}

#[test]
fn rates_count_people_on_record_and_never_few_of_them() {
    let server = Server::by_hand();
    let mut browsers: Vec<_> = (0..4).map(|_| server.browser(&["Personalization"])).collect();
    assert_eq!(rates(&server)["purposes"], json!([]), "four people");
    browsers.extend((0..8).map(|_| server.browser(&["Personalization"])));
    assert_eq!(rates(&server)["purposes"], json!([]), "what was counted rests");
    server.pass(60_000);
    let counted = rates(&server);
    let one = &counted["purposes"][0];
    assert_eq!((&one["purpose"], numbers(&one["all"])), (&json!("Personalization"), [12, 8, 12]));
    for browser in &browsers[..6] {
        let no = json!({ "browser": browser.id, "choices": { "Personalization": false } });
        server.call(As::Page, &Call::put("/v1/consents", &no)).good();
    }
    server.pass(60_000);
    let counted = rates(&server);
    let place = &counted["purposes"][0]["places"][0];
    assert_eq!(numbers(&place["rate"]), [12, 6, 6], "{counted}");
    let notice = &place["notices"][0];
    assert_eq!((&notice["digest"], &notice["language"]), (&json!("abababababab"), &json!("en")));
    assert_eq!(numbers(&notice["rate"]), [12, 6, 6], "a no counts for the notice of the yes");
    assert!(!browsers.iter().any(|one| counted.to_string().contains(&one.id)));
    let gone = &browsers[11];
    server.erases(As::Page, &json!({ "browser": gone.id, "erase_handle": gone.erase_handle }));
    server.pass(60_000);
    let counted = rates(&server);
    let all = numbers(&counted["purposes"][0]["all"]);
    assert_eq!(all, [12, 5, 5], "the proof that is kept of an erased person says no");
    let server = server.restart();
    assert_eq!(rates(&server)["purposes"], counted["purposes"]);
    let page = get(&server, "/staff/pages/consents", &basic("", server.key(As::Staff)));
    assert!(page.text().contains("41 % of 12 people"), "{}", page.text());
}

#[test]
fn a_canary_that_failed_alarms_on_every_page() {
    let server = Server::by_hand();
    let login = basic("", server.key(As::Staff));
    let told = |part: &str| {
        for path in ["/staff/pages/consents", "/staff/pages/replay"] {
            let text = get(&server, path, &login).text();
            assert!(text.contains(part), "{path}: {part:?} is not in {text}");
            assert_eq!(text.contains("canary failed"), part.contains("did not hold"), "{path}");
        }
    };
    told("Opt-out canary: not played yet.");
    let mut run = json!({ "run": "00112233aabbccdd", "how": "on demand", "packs": [],
        "ways": ["gpc"], "visitors": [], "opened": 0, "quiet": 0, "failures": [] });
    server.call(As::Staff, &Call::post("/staff/canary", &run)).good();
    told("Opt-out canary: every promise held, 2026-03-01 12:00:00 UTC.");
    run["run"] = json!("00112233aabbccde");
    run["failures"] = json!([{ "place": "DE", "way": "gpc", "what": "rows" }]);
    server.call(As::Staff, &Call::post("/staff/canary", &run)).good();
    told("Opt-out canary: a promise did not hold");
}
