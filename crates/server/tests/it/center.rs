//! The privacy center over HTTP: who gets in, what a session may do, what a form cannot be made
//! to do.

use serde_json::{Value, json};
use server::clock::Clock;
use server::settings::center::CenterSettings;

use crate::http::{Call, Reply};
use crate::shop::{As, Browser, START, Server, VISIT_OVER_MS, catalog, item};

mod choices;

const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];
const FORM: &str = "application/x-www-form-urlencoded";
const MINUTE_MS: i64 = 60_000;

/// A shop with a privacy center, and a browser with a closed visit of three looks.
fn shop() -> (Server, Browser) {
    let server = Server::with(Clock::by_hand(START), |settings| {
        settings.privacy_center = Some(CenterSettings::loopback(0));
        settings.banner.purposes =
            BOTH.map(|name| personal::purpose::PurposeName::parse(name).unwrap()).to_vec();
    });
    let browser = server.browser(&BOTH);
    for number in 0..3 {
        server.looks_at(&browser.id, &item(number), &format!("m-{number}"));
        server.pass(1_000);
    }
    server.pass(VISIT_OVER_MS);
    (server, browser)
}

fn invite(server: &Server, browser: &Browser, scope: &str) -> String {
    let body =
        json!({ "browser": browser.id, "erase_handle": browser.erase_handle, "scope": scope });
    let told = server.call(As::Page, &Call::post("/v1/privacy-center/links", &body)).good();
    let url = told["url"].as_str().unwrap().to_owned();
    let origin = format!("http://{}/enter?link=", server.center.unwrap());
    url.strip_prefix(&origin).unwrap_or_else(|| panic!("{url}")).to_owned()
}

/// Somebody in the center.
pub(crate) struct Guest<'s> {
    server: &'s Server,
    cookie: String,
}

impl<'s> Guest<'s> {
    pub(crate) fn enter(server: &'s Server, link: &str) -> Self {
        let call = Call::new("POST", "/enter").raw(FORM, format!("link={link}").as_bytes());
        let reply = call.send(server.center.unwrap());
        assert_eq!(reply.status, 303, "{}", reply.text());
        let set = reply.header("set-cookie").unwrap();
        let (cookie, attributes) = set.split_once(';').unwrap();
        assert_eq!(attributes, " Path=/; Secure; HttpOnly; SameSite=Strict");
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        Self { server, cookie: cookie.to_owned() }
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        Call::get(path).header("Cookie", &self.cookie).send(self.server.center.unwrap())
    }

    fn post(&self, path: &str, fields: &str) -> Reply {
        let call = Call::new("POST", path).raw(FORM, fields.as_bytes());
        call.header("Cookie", &self.cookie).send(self.server.center.unwrap())
    }

    /// The token of the session, as every form carries it.
    fn csrf(&self, page: &str) -> String {
        let text = self.get(page).text();
        let (_, rest) = text.split_once("name=\"csrf\" value=\"").expect(&text);
        rest.split('"').next().unwrap().to_owned()
    }
}

fn links(server: &Server, who: As, body: &Value) -> Reply {
    server.call(who, &Call::post("/v1/privacy-center/links", body))
}

#[test]
fn only_the_person_or_the_shop_gets_a_link() {
    let (server, browser) = shop();
    let id = &browser.id;
    assert_eq!(links(&server, As::Page, &json!({ "browser": id })).status, 403);
    assert_eq!(links(&server, As::Page, &json!({ "customer": "anna" })).status, 403);
    assert_eq!(links(&server, As::Page, &json!({})).status, 422);
    let strange = json!({ "customer": "anna", "scope": "everything" });
    assert_eq!(links(&server, As::Shop, &strange).status, 422);
    let told = links(&server, As::Shop, &json!({ "customer": "anna" })).good();
    assert_eq!(told["expires_ms"], server.clock.now().plus_ms(5 * MINUTE_MS).ms());
    let token = server.token("anna");
    let call = Call::post("/v1/privacy-center/links", &json!({})).token(&token);
    server.call(As::Page, &call).good();
    // Without a center there is none to go to.
    let plain = Server::by_hand();
    assert_eq!(links(&plain, As::Shop, &json!({ "customer": "anna" })).status, 404);
}

#[test]
fn nobody_is_in_without_a_link_that_works_once() {
    let (server, browser) = shop();
    let center = server.center.unwrap();
    for path in ["/", "/data", "/download", "/erase", "/receipt", "/choices", "/enter", "/nothing"]
    {
        let reply = Call::get(path).header("Cookie", "__Host-privacy-center=00").send(center);
        assert!([400, 401, 404, 405].contains(&reply.status), "{path}: {}", reply.status);
        assert!(!reply.text().contains("csrf"), "{path}");
        let policy = reply.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'")
        );
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
    }
    let link = invite(&server, &browser, "all");
    // A program that looks the link up does not use it up.
    for _ in 0..3 {
        let page = Call::get(&format!("/enter?link={link}")).send(center);
        assert_eq!(page.status, 200);
        assert!(page.header("set-cookie").is_none());
    }
    let guest = Guest::enter(&server, &link);
    assert_eq!(guest.get("/").status, 200);
    let again = Call::new("POST", "/enter").raw(FORM, format!("link={link}").as_bytes());
    assert_eq!(again.send(center).status, 410);
    assert_eq!(Call::get(&format!("/enter?link={link}")).send(center).status, 410);
    // Nothing of the center stands on the shop's own listener, and none of the API here.
    assert_eq!(Call::get("/data").send(server.public).status, 404);
    assert_eq!(Call::get("/v1/notice").send(center).status, 404);
    guest.post("/leave", "");
    assert_eq!(guest.get("/").status, 401);
}

#[test]
fn forms_of_other_sites_and_of_other_sessions_change_nothing() {
    let (server, browser) = shop();
    let guest = Guest::enter(&server, &invite(&server, &browser, "all"));
    let other = server.browser(&BOTH);
    let stranger = Guest::enter(&server, &invite(&server, &other, "all"));
    let before = server.seq();
    let no = |csrf: &str| format!("csrf={csrf}&purpose=Personalization&way=no");
    assert_eq!(guest.post("/choices", &no("")).status, 403);
    assert_eq!(guest.post("/choices", &no(&stranger.csrf("/"))).status, 403);
    let own = guest.csrf("/");
    for (name, value) in [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://shop.example")] {
        let call = Call::new("POST", "/choices").raw(FORM, no(&own).as_bytes());
        let call = call.header("Cookie", &guest.cookie).header(name, value);
        assert_eq!(call.send(server.center.unwrap()).status, 403, "{name}");
    }
    for fields in [
        format!("csrf={own}&purpose=Personalization&way=maybe"),
        format!("csrf={own}&purpose=Support&way=no"),
        format!("csrf={own}&purpose=Personalization&way=no&more=1"),
        "csrf".to_owned(),
    ] {
        let status = guest.post("/choices", &fields).status;
        assert!([400, 422].contains(&status), "{fields}: {status}");
    }
    assert_eq!(guest.post("/erase", &format!("csrf={own}")).status, 422, "the box is not ticked");
    assert_eq!(server.seq(), before, "nothing was written");
    assert_eq!(guest.post("/choices", &no(&own)).status, 303);
}

#[test]
fn a_switch_takes_effect_at_once_and_stands_in_the_record() {
    let (server, browser) = shop();
    let guest = Guest::enter(&server, &invite(&server, &browser, "choices"));
    let press = |purpose: &str, way: &str| {
        let csrf = guest.csrf("/");
        let reply = guest.post("/choices", &format!("csrf={csrf}&purpose={purpose}&way={way}"));
        assert_eq!(reply.status, 303, "{}", reply.text());
    };
    let state = |purpose: &str| {
        let path = format!("/v1/consents?browser={}", browser.id);
        let told = server.call(As::Page, &Call::get(&path)).good();
        told["consents"][purpose]["state"].as_str().unwrap_or_default().to_owned()
    };
    let history = || server.rows("history_event");
    assert_eq!((state("Personalization").as_str(), history()), ("given", 3));
    press("Personalization", "pause");
    assert_eq!((state("Personalization").as_str(), history()), ("paused", 3));
    press("Personalization", "yes");
    assert_eq!((state("Personalization").as_str(), history()), ("given", 3));
    press("Personalization", "no");
    assert_eq!((state("Personalization").as_str(), history()), ("withdrawn", 0));
    assert_eq!(state("SharedLearning"), "given");
    // The yes names the notice that the page showed.
    let record = format!("/v1/consents/record?browser={}", browser.id);
    let record = server.call(As::Page, &Call::get(&record)).text();
    assert!(record.contains("privacy_center"), "{record}");
    // A link for choices opens nothing else.
    for path in ["/data", "/download", "/erase"] {
        assert_eq!(guest.get(path).status, 403, "{path}");
    }
}

#[test]
fn entries_are_seen_and_taken_out() {
    let (server, browser) = shop();
    let guest = Guest::enter(&server, &invite(&server, &browser, "all"));
    let page = guest.get("/data").text();
    let titles: Vec<String> = (0..3).map(|number| catalog()[number].title.clone()).collect();
    let places: Vec<usize> = titles.iter().map(|title| page.find(title).unwrap()).collect();
    assert!(places[2] < places[1] && places[1] < places[0], "newest first: {places:?}");
    let field = |name: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let (csrf, signal) = (field("csrf"), field("signal"));
    let fields = format!("csrf={csrf}&page=0&signal={signal}&item={}", field("item"));
    let reply = guest.post("/data", &fields);
    assert_eq!((reply.status, reply.header("location")), (303, Some("/data?page=0&said=out")));
    let page = guest.get("/data").text();
    assert!(!page.contains(&titles[2]) && page.contains(&titles[1]), "{page}");
    assert_eq!(server.rows("history_event"), 2);
    let twice = guest.post("/data", &fields);
    assert_eq!(twice.header("location"), Some("/data?page=0&said=gone"));
    // The looks are in the person's own record.
    assert!(server.rows("own_read") >= 3);
}

#[test]
fn data_download_and_erasure_need_a_fresh_arrival() {
    let (server, browser) = shop();
    let guest = Guest::enter(&server, &invite(&server, &browser, "all"));
    let csrf = guest.csrf("/");
    server.pass(10 * MINUTE_MS);
    assert_eq!(guest.get("/").status, 200, "the switches stay");
    for path in ["/data", "/download", "/erase"] {
        let reply = guest.get(path);
        assert_eq!(reply.status, 403, "{path}");
        assert!(reply.text().contains("within the last 10 minutes"), "{}", reply.text());
    }
    assert_eq!(guest.post("/erase", &format!("csrf={csrf}&sure=yes")).status, 403);
    assert_eq!(server.rows("history_event"), 3);
    server.pass(15 * MINUTE_MS);
    assert_eq!(guest.get("/").status, 401, "a session that rests ends");
}

#[test]
fn a_person_takes_everything_along_and_erases_it() {
    let (server, browser) = shop();
    let guest = Guest::enter(&server, &invite(&server, &browser, "all"));
    let csrf = guest.csrf("/");
    let file = guest.post("/download", &format!("csrf={csrf}"));
    assert_eq!((file.status, file.header("content-type")), (200, Some("application/zip")));
    assert!(file.body.starts_with(b"PK"));
    let plan = guest.get("/erase").text();
    assert!(plan.contains("GDPR Art. 7(1) and 17(3)(e)"), "what stays is said before: {plan}");
    let done = guest.post("/erase", &format!("csrf={csrf}&sure=yes"));
    assert_eq!(done.status, 200);
    assert_eq!((server.rows("history_event"), server.sessions()), (0, 0));
    let text = done.text();
    let (_, rest) = text.split_once("name=\"id\" value=\"").unwrap();
    let id = rest.split('"').next().unwrap();
    let receipt = guest.post("/receipt", &format!("csrf={csrf}&id={id}"));
    assert_eq!(receipt.header("content-type"), Some("application/json"));
    let key = server.call(As::Page, &Call::get("/v1/receipt-key")).good();
    let key = key["key"].as_str().unwrap().to_owned();
    rights::receipt::verify(&receipt.text(), Some(&key)).unwrap();
    assert!(guest.get("/").text().contains("uses nothing about you"));
}

#[test]
fn a_page_speaks_the_language_of_the_browser() {
    let (server, browser) = shop();
    let guest = Guest::enter(&server, &invite(&server, &browser, "all"));
    for (header, lang, words) in [
        ("de-CH, de;q=0.9", "de", "So kennt Sie der Shop"),
        ("pl", "pl", "Jak sklep"),
        ("ja", "en", "How the shop knows you"),
    ] {
        let call = Call::get("/").header("Cookie", &guest.cookie).header("Accept-Language", header);
        let page = call.send(server.center.unwrap()).text();
        assert!(page.contains(&format!("<html lang=\"{lang}\">")), "{page}");
        assert!(page.contains(words), "{lang}");
    }
}
