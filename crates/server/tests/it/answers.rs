//! Placements, rules, pages and reasons, as a shop and its pages see them.

use std::collections::BTreeSet;

use domain::catalog::Item;
use domain::id::ItemId;
use serde_json::{Value, json};
use server::clock::Clock;

use crate::http::Call;
use crate::shop::{
    As, Binary, START, Server, VISIT_OVER_MS, catalog, configuration, item, key_file,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A shop with placements that a settings file would change so.
fn with(placements: &Value) -> Server {
    let changed = serde_json::from_value(placements.clone()).unwrap();
    Server::with(Clock::by_hand(START), |settings| settings.placements = changed)
}

fn ids(answer: &Value) -> Vec<String> {
    let items = answer["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn id(number: usize) -> String {
    item(number).as_str().to_owned()
}

/// Puts an item with changes into the catalog.
#[track_caller]
fn changes(server: &Server, number: usize, fields: &Value) {
    let mut body = serde_json::to_value(&catalog()[number]).unwrap();
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    server.call(As::Shop, &Call::put("/v1/catalog/items", &json!({ "items": [body] }))).good();
}

/// The status of a query, and words of what comes back.
#[track_caller]
fn replies(server: &Server, who: As, query: &str, status: u16, part: &str) {
    let reply = server.call(who, &Call::get(&format!("/v1/recommendations?{query}")));
    assert_eq!(reply.status, status, "{query}: {}", reply.text());
    assert!(reply.text().contains(part), "{query}: {}", reply.text());
}

/// Items that can be answered at all.
fn harmless() -> Vec<Item> {
    catalog().into_iter().filter(|item| item.in_stock && !item.sensitive).collect()
}

#[test]
fn placements_answer_by_name_and_others_are_refused_with_the_list() {
    let server = with(&json!({ "checkout": { "models": ["range"], "count": 3 } }));
    assert_eq!(server.recommends(As::Page, "")["items"].as_array().unwrap().len(), 12);
    assert_eq!(ids(&server.recommends(As::Page, "placement=checkout")).len(), 3);
    for placement in ["home", "product", "cart", "listing", "email"] {
        let answer = server.recommends(As::Page, &format!("placement={placement}&item={}", id(0)));
        assert!(!ids(&answer).is_empty(), "{placement}");
        assert!(!ids(&answer).contains(&id(0)), "{placement} shows the item in view");
    }
    let list = "buy_it_again, cart, checkout, complete_the_look, email, home, listing, product";
    replies(&server, As::Page, "placement=nowhere", 400, list);
    replies(&server, As::Page, "category=", 200, "items");
    replies(&server, As::Page, "market=de", 422, "two capital letters");
    replies(&server, As::Page, "paged=maybe", 400, "query parameter");
}

#[test]
fn a_look_is_completed_by_other_kinds_and_a_listing_keeps_to_its_own() {
    let server = Server::by_hand();
    let anchor = &harmless()[0];
    let query = format!("placement=complete_the_look&item={}", anchor.id.as_str());
    for found in server.recommends(As::Page, &query)["items"].as_array().unwrap() {
        let categories: Vec<String> =
            serde_json::from_value(found["item"]["categories"].clone()).unwrap();
        assert!(categories.iter().all(|one| !anchor.categories.contains(one)), "{found}");
    }
    let path = anchor.categories[0].replace(' ', "%20");
    let listing = server.recommends(As::Page, &format!("placement=listing&category={path}"));
    let found = ids(&listing);
    let expected =
        harmless().into_iter().filter(|item| item.categories.contains(&anchor.categories[0]));
    let expected: BTreeSet<String> = expected.map(|item| item.id.as_str().to_owned()).collect();
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    assert_eq!(listing["basis"]["inputs"], json!([{ "kind": "category", "count": 1 }]));
}

#[test]
fn what_the_catalog_takes_back_vanishes_with_the_next_answer() {
    let server = Server::by_hand();
    let first = || ids(&server.recommends(As::Page, "count=50&market=DE"));
    let number = catalog().iter().position(|item| item.id.as_str() == first()[0]).unwrap();
    let there = || first().contains(&id(number));
    let now = START.ms();
    for gone in [
        json!({ "hidden": true }),
        json!({ "in_stock": false }),
        json!({ "stock_units": 0 }),
        json!({ "sensitive": true }),
        json!({ "available_until_ms": now }),
        json!({ "available_from_ms": now + 1 }),
        json!({ "markets": ["FR", "CH"] }),
    ] {
        changes(&server, number, &gone);
        assert!(!there(), "{gone}");
        changes(&server, number, &json!({}));
        assert!(there(), "after {gone}");
    }
    changes(&server, number, &json!({ "available_until_ms": now + DAY_MS }));
    assert!(there());
    server.pass(DAY_MS);
    assert!(!there(), "an item expires without any call");
}

#[test]
fn margin_stock_and_age_are_rules_and_never_answers() {
    let placements = json!({ "home": { "rules": [
        { "name": "earners", "then": { "boost_per_mille": 9000 },
          "when": { "margin_per_mille_min": 543 } },
        { "name": "last ones", "then": { "bury_per_mille": 1000 },
          "when": { "stock_units_max": 321 } } ] } });
    let server = with(&placements);
    let before = ids(&server.recommends(As::Page, "count=50"));
    let place = |name: &str| catalog().iter().position(|item| item.id.as_str() == name).unwrap();
    let (earner, last) = (place(&before[5]), place(&before[0]));
    changes(&server, earner, &json!({ "margin_per_mille": 543, "added_ms": 1_234_567 }));
    changes(&server, last, &json!({ "stock_units": 321 }));
    let after = ids(&server.recommends(As::Page, "count=50"));
    assert_eq!(after[0], id(earner));
    let place = after.iter().position(|one| *one == id(last));
    assert!(place.is_none_or(|place| place + 1 == after.len()), "{place:?}");
    for (who, path) in [
        (As::Page, "/v1/recommendations?count=50"),
        (As::Shop, "/v1/recommendations?count=50&explain=true"),
        (As::Page, "/v1/catalog/items?limit=1000"),
        (As::Shop, "/v1/catalog/items?limit=1000"),
    ] {
        let text = server.call(who, &Call::get(path)).text();
        for secret in ["margin", "stock_units", "added_ms", "1234567"] {
            assert!(!text.contains(secret), "{path} says {secret}");
        }
    }
    // What is not answered is kept all the same.
    let server = server.restart();
    assert_eq!(ids(&server.recommends(As::Page, "count=50"))[0], id(earner));
}

#[test]
fn rules_of_the_settings_shape_answers() {
    let all = ids(&Server::by_hand().recommends(As::Page, "count=50"));
    let brand = harmless().iter().find(|item| item.id.as_str() == all[0]).unwrap().brand.clone();
    let server = with(&json!({ "home": { "rules": [
        { "name": "out", "then": "exclude", "when": { "brand": [brand] } },
        { "name": "star", "then": { "pin_to_place": 2 }, "when": { "item": [all[20]] } },
        { "name": "in France", "then": { "pin_to_place": 1 },
          "when": { "item": [all[21]], "market": ["FR"] } } ] } }));
    let answer = server.recommends(As::Page, "count=50");
    let items = answer["items"].as_array().unwrap();
    assert!(items.iter().all(|one| one["item"]["brand"] != json!(brand)), "{answer}");
    assert_eq!((&items[1]["id"], &items[1]["reason"]["code"]), (&json!(all[20]), &json!("pinned")));
    assert_ne!(items[0]["id"], json!(all[21]));
    assert_eq!(ids(&server.recommends(As::Page, "market=FR"))[0], all[21]);
}

/// Asks for page after page; `between` happens before each next one.
fn pages(server: &Server, query: &str, mut between: impl FnMut(usize)) -> Vec<String> {
    let mut all = Vec::new();
    let mut answer = server.recommends(As::Page, &format!("{query}&paged=true"));
    for page in 0_usize..100 {
        all.extend(ids(&answer));
        let Some(next) = answer["next"].as_str() else { return all };
        between(page);
        answer = server.recommends(As::Page, &format!("{query}&cursor={next}"));
    }
    panic!("there is no last page");
}

#[test]
fn pages_go_on_without_repeats_until_nothing_is_left() {
    let server = Server::by_hand();
    let expected: BTreeSet<String> =
        harmless().iter().map(|item| item.id.as_str().to_owned()).collect();
    let all = pages(&server, "count=7", |_| {});
    assert_eq!(all.iter().cloned().collect::<BTreeSet<_>>(), expected);
    assert_eq!(all.len(), expected.len(), "an item came twice");
    // Without being asked for, there is no cursor.
    assert_eq!(server.recommends(As::Page, "count=7").get("next"), None);
}

#[test]
fn pages_hold_while_models_learn_and_items_go() {
    let server = Server::by_hand();
    let goods = harmless();
    let people: Vec<String> =
        (0..6).map(|_| server.browser(&["Personalization", "SharedLearning"]).id).collect();
    let mut deleted = BTreeSet::new();
    let mut alive = BTreeSet::new();
    let all = pages(&server, "count=5", |page| {
        // Six people make late items popular, and two items leave the catalog.
        for (who, browser) in people.iter().enumerate() {
            for back in 0..3 {
                let seen = &goods[goods.len() - 1 - (page * 3 + back) % goods.len()].id;
                server.looks_at(browser, seen, &format!("m-{page}-{who}-{back}"));
            }
        }
        server.pass(VISIT_OVER_MS / 31);
        if page == 2 {
            server.pass(1);
            for gone in [&goods[3], &goods[goods.len() - 2]] {
                let path = format!("/v1/catalog/items?id={}", gone.id.as_str());
                server.call(As::Shop, &Call::new("DELETE", &path)).good();
                deleted.insert(gone.id.as_str().to_owned());
            }
        }
        alive.insert(page);
    });
    assert!(alive.len() > 5);
    let distinct: BTreeSet<String> = all.iter().cloned().collect();
    assert_eq!(distinct.len(), all.len(), "an item came twice: {all:?}");
    for item in goods.iter().filter(|item| !deleted.contains(item.id.as_str())) {
        assert!(distinct.contains(item.id.as_str()), "{:?} is on no page", item.id);
    }
}

#[test]
fn cursors_of_others_are_refused() {
    let server = Server::by_hand();
    let answer = server.recommends(As::Page, "count=5&paged=true");
    let next = answer["next"].as_str().unwrap().to_owned();
    for shown in ids(&answer) {
        assert!(!next.contains(&shown));
    }
    replies(&server, As::Page, &format!("cursor={next}"), 200, "items");
    let mut touched = next.clone().into_bytes();
    touched[20] = if touched[20] == b'A' { b'B' } else { b'A' };
    let touched = String::from_utf8(touched).unwrap();
    replies(&server, As::Page, &format!("cursor={touched}"), 400, "not one that this shop gave");
    replies(&server, As::Page, "cursor=abc", 400, "not one that this shop gave");
    replies(&server, As::Page, &format!("cursor={next}&placement=cart"), 400, "another placement");
    let other = Server::by_hand();
    replies(&other, As::Page, &format!("cursor={next}"), 400, "not one that this shop gave");
    server.pass(31 * 60 * 1_000);
    replies(&server, As::Page, &format!("cursor={next}"), 400, "expired");
}

/// A customer bought an item on three days, four weeks apart; the shop's server tells.
fn buys_every_four_weeks(server: &Server, customer: &str, bought: &ItemId) {
    server.consenting_customer(customer, &["Personalization"]);
    for back in [56, 28, 0] {
        let at = START.plus_ms(-back * DAY_MS).ms();
        let at = jiff::Timestamp::from_millisecond(at).unwrap().to_string();
        let event = json!({
            "userId": customer, "messageId": format!("o-{back}"), "event": "Order Completed",
            "timestamp": at, "sentAt": jiff::Timestamp::from_millisecond(START.ms()).unwrap().to_string(),
            "properties": { "products": [{ "product_id": bought.as_str() }] },
        });
        let taken = server.call(As::Shop, &Call::post("/v1/track", &event)).good();
        assert_eq!(taken["stored"], 1, "{taken}");
    }
}

#[test]
fn what_was_bought_vanishes_and_comes_back_where_it_should() {
    let server = Server::by_hand();
    let bought = harmless()[0].id.clone();
    buys_every_four_weeks(&server, "anna", &bought);
    let asks = |query: &str| {
        let call = Call::get(&format!("/v1/recommendations?{query}")).token(&server.token("anna"));
        server.call(As::Page, &call).good()
    };
    for placement in ["home", "product", "cart", "email"] {
        let answer = asks(&format!("placement={placement}&count=50"));
        assert_eq!(answer["basis"]["tier"], "history");
        assert!(!ids(&answer).contains(&bought.as_str().to_owned()), "{placement}");
    }
    let answer = asks("placement=buy_it_again&lang=de");
    assert_eq!(ids(&answer), [bought.as_str()]);
    let reason = &answer["items"][0]["reason"];
    assert_eq!(reason["code"], "buy_again");
    assert_eq!(reason["text"], "Sie kaufen das etwa alle 4 Wochen");
    // After a restart the purchases are still known; without consent nothing is.
    let server = server.restart();
    let asks = |server: &Server| {
        let call = Call::get("/v1/recommendations?placement=buy_it_again");
        server.call(As::Page, &call.token(&server.token("anna"))).good()
    };
    assert_eq!(ids(&asks(&server)), [bought.as_str()]);
    let no = json!({ "choices": { "Personalization": false } });
    server.call(As::Page, &Call::put("/v1/consents", &no).token(&server.token("anna"))).good();
    let answer = asks(&server);
    assert_eq!((ids(&answer).len(), &answer["basis"]["tier"]), (0, &json!("anonymous")));
}

#[test]
fn reasons_speak_the_visitors_language() {
    let server = Server::by_hand();
    let query = format!("placement=product&item={}&count=1", harmless()[0].id.as_str());
    let asks = |more: &str, header: Option<&str>| {
        let call = Call::get(&format!("/v1/recommendations?{query}{more}"));
        let call = header.map_or(call.clone(), |value| call.header("Accept-Language", value));
        let answer = server.call(As::Page, &call).good();
        let text = answer["items"][0]["reason"]["text"].as_str().unwrap().to_owned();
        (answer["language"].as_str().unwrap().to_owned(), text)
    };
    let title = &harmless()[0].title;
    for (more, header, language, begin) in [
        ("", None, "en", "Of the same kind as"),
        ("", Some("de-AT, en;q=0.5"), "de", "Von derselben Art wie"),
        ("&lang=fr", Some("de"), "fr", "Du même genre que"),
        ("&lang=es-MX", None, "es", "Del mismo tipo que"),
        ("", Some("nl"), "nl", "Van dezelfde soort als"),
        ("", Some("ja, it;q=0.2"), "it", "Dello stesso tipo di"),
        ("&lang=ja", Some("de"), "en", "Of the same kind as"),
    ] {
        let (said_in, text) = asks(more, header);
        assert_eq!(said_in, language, "{more} {header:?}");
        assert!(text.contains(&format!("\u{2068}{title}\u{2069}")), "{text}");
        assert!(text.starts_with(begin) || !text.contains("kind"), "{text}");
    }
}

#[test]
fn no_reason_names_what_is_sensitive_and_no_email_what_was_not_consented() {
    let server = Server::by_hand();
    let anchor = harmless()[0].id.clone();
    let named = |query: &str| {
        let answer = server.recommends(As::Page, query);
        answer["items"].to_string().contains(&format!("\"item\":\"{}\"", anchor.as_str()))
    };
    let visit = format!("recent={}", anchor.as_str());
    assert!(named(&format!("placement=product&item={}", anchor.as_str())));
    assert!(named(&visit));
    assert!(!named(&format!("placement=email&{visit}")), "an email names what was looked at");
    let number = catalog().iter().position(|item| item.id == anchor).unwrap();
    changes(&server, number, &json!({ "sensitive": true }));
    for placement in ["home", "product", "cart", "email"] {
        let query = format!("placement={placement}&item={0}&recent={0}&count=50", anchor.as_str());
        assert!(!named(&query), "{placement}");
    }
}

#[test]
fn only_the_shops_server_may_ask_why() {
    let server = with(&json!({ "home": { "rules": [
        { "name": "no linen", "then": "exclude", "when": { "attribute": { "material": ["linen"] } } }
    ] } }));
    replies(&server, As::Page, "explain=true", 403, "secret key");
    let token = Call::get("/v1/recommendations?explain=true").token(&server.token("anna"));
    assert_eq!(server.call(As::Page, &token).status, 403);
    assert_eq!(server.recommends(As::Page, "explain=false").get("explanation"), None);
    let recent = harmless()[0].id.clone();
    let query = format!("count=5&recent={}", recent.as_str());
    let answer = server.recommends(As::Shop, &format!("{query}&explain=true"));
    let trace = &answer["explanation"];
    assert_eq!((&trace["placement"], &trace["tier"]), (&json!("home"), &json!("visit")));
    let models = trace["models"].as_array().unwrap();
    assert!(models.iter().any(|model| model["model"] == "blend" && model["offered"] != 0));
    let places: Vec<&Value> =
        trace["page"].as_array().unwrap().iter().map(|place| &place["item"]).collect();
    assert_eq!(
        places,
        ids(&answer).iter().map(|id| json!(id)).collect::<Vec<_>>().iter().collect::<Vec<_>>()
    );
    let steps = trace["steps"].to_string();
    assert!(steps.contains("by rule \\\"no linen\\\""), "{steps}");
    assert_eq!(trace["known"], 1, "what was seen is counted and not named");
    let named = trace.to_string().contains(&format!("\"{}\"", recent.as_str()));
    assert!(!named, "{trace}");
    // The trace changes nothing about the answer.
    let plain = server.recommends(As::Page, &query);
    assert_eq!((&plain["items"], &plain["basis"]), (&answer["items"], &answer["basis"]));
}

#[test]
fn exploration_and_floors_are_kept_and_counted_without_people() {
    let server = with(&json!({ "home": {
        "exploration": { "rate_per_mille": 300, "new_days": 30 },
        "floors": [{ "group": "shoes", "share_per_mille": 250,
            "when": { "category": ["Women/Shoes", "Men/Shoes"] } }] } }));
    let mut explored = 0;
    for _ in 0..40 {
        let answer = server.recommends(As::Page, "count=8");
        let items = answer["items"].as_array().unwrap();
        let codes = items.iter().map(|item| item["reason"]["code"].as_str().unwrap());
        explored += codes.filter(|code| ["new_here", "explore"].contains(code)).count();
        let shoes =
            items.iter().filter(|item| item["item"]["categories"].to_string().contains("Shoes"));
        assert!(shoes.count() >= 2, "{answer}");
        assert_eq!(items.len(), 8);
    }
    // 320 places at 300 per mille, a few of them in reserve for the floor.
    assert!((50..150).contains(&explored), "{explored}");
    let metrics = server.metrics();
    let all = "confidant_exposures_total{placement=\"home\",group=\"all\"} 320";
    assert!(metrics.contains(all), "{metrics}");
    assert!(metrics.contains("placement=\"home\",group=\"shoes\""), "{metrics}");
}

#[test]
fn answers_write_nothing_and_count_each_input_once() {
    let server = Server::by_hand();
    let seq = server.seq();
    let (one, two) = (harmless()[0].id.clone(), harmless()[1].id.clone());
    let query = format!("recent={0},{1}&cart={1}&paged=true&lang=de", one.as_str(), two.as_str());
    let answer = server.recommends(As::Page, &query);
    assert_eq!(answer["basis"]["inputs"], json!([{ "kind": "recent_items", "count": 2 }]));
    assert_eq!(server.seq(), seq, "an answer was written down");
    let browser = server.browser(&["Personalization"]);
    for (message, seen) in [("m-1", &one), ("m-2", &two)] {
        server.looks_at(&browser.id, seen, message);
    }
    let query = format!("browser={}&recent={}", browser.id, one.as_str());
    let answer = server.recommends(As::Page, &query);
    let inputs = json!([{ "kind": "history", "count": 2 }]);
    assert_eq!(answer["basis"]["inputs"], inputs, "an item of both is counted once");
}

/// Six people look at an item in visits of their own.
fn six_people_look_at(server: &Server, seen: &ItemId) {
    for who in 0..6 {
        let browser = server.browser(&["Personalization", "SharedLearning"]).id;
        server.looks_at(&browser, seen, &format!("look-{who}"));
    }
    server.pass(VISIT_OVER_MS);
}

#[test]
fn what_many_look_at_is_said_of_its_category() {
    let placements = json!({ "top": { "models": ["popular"] }, "up": { "models": ["trending"] } });
    let server = with(&placements);
    let goods = harmless();
    six_people_look_at(&server, &goods[0].id);
    let path = goods[0].categories[0].replace(' ', "%20");
    let shelf = goods[0].categories[0].rsplit('/').next().unwrap();
    let first = |query: &str| {
        let answer = server.recommends(As::Page, query);
        let reason = answer["items"][0]["reason"].clone();
        assert_eq!(ids(&answer), [goods[0].id.as_str()], "{query}");
        (reason["code"].as_str().unwrap().to_owned(), reason["text"].as_str().unwrap().to_owned())
    };
    let expected = |code: &str, text: String| (code.to_owned(), text);
    assert_eq!(first("placement=top"), expected("popular", "Popular right now".to_owned()));
    let text = format!("Popular in \u{2068}{shelf}\u{2069} right now");
    assert_eq!(first(&format!("placement=top&category={path}")), expected("popular", text));
    assert_eq!(first("placement=up"), expected("trending", "On the rise this week".to_owned()));
    let text = format!("Diese Woche im Kommen in \u{2068}{shelf}\u{2069}");
    let query = format!("placement=up&category={path}&lang=de");
    assert_eq!(first(&query), expected("trending", text));
    let other = goods.iter().find(|item| !item.categories.contains(&goods[0].categories[0]));
    let other = other.unwrap().categories[0].replace(' ', "%20");
    let answer = server.recommends(As::Page, &format!("placement=top&category={other}"));
    assert!(ids(&answer).is_empty(), "{answer}");
}

#[test]
fn a_search_finds_by_words_of_the_catalog() {
    let server = Server::by_hand();
    let goods = harmless();
    let brand = goods[0].brand.clone().unwrap();
    let answer = server.recommends(As::Page, &format!("placement=search&q={brand}&count=50"));
    assert!(!ids(&answer).is_empty());
    for found in answer["items"].as_array().unwrap() {
        assert_eq!(found["item"]["brand"], json!(brand));
        assert_eq!(found["reason"]["code"], "search");
    }
    assert_eq!(answer["basis"]["inputs"], json!([{ "kind": "search", "count": 1 }]));
    // A search may bring back what was seen; what left the shop it may not.
    let first = ids(&answer)[0].clone();
    let seen = format!("placement=search&q={brand}&count=50&recent={first}");
    assert!(ids(&server.recommends(As::Page, &seen)).contains(&first));
    let number = catalog().iter().position(|item| item.id.as_str() == first).unwrap();
    changes(&server, number, &json!({ "hidden": true }));
    assert!(!ids(&server.recommends(As::Page, &seen)).contains(&first));
    assert!(ids(&server.recommends(As::Page, "placement=search")).is_empty());
    replies(&server, As::Page, &format!("q={}", "a".repeat(201)), 422, "at most 200 bytes");
}

#[test]
fn the_command_explains_one_answer_of_a_stopped_shop() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), "");
    let explains = |more: &[&str]| {
        let arguments = ["explain", "--config", config.to_str().unwrap()];
        let run = Binary::command(&[&arguments, more].concat()).output().unwrap();
        let said = [run.stdout, run.stderr].concat();
        (run.status.success(), String::from_utf8(said).unwrap())
    };
    let (good, said) = explains(&[]);
    assert!(!good && said.contains("there is no store"), "{said}");
    let binary = Binary::serve(&config);
    let body = json!({ "items": catalog() });
    let call = Call::put("/v1/catalog/items", &body).key(&key_file(folder.path(), "secret"));
    call.send(binary.public).good();
    let (good, said) = explains(&[]);
    assert!(!good && said.contains("explain=true"), "{said}");
    assert!(binary.end().0.success());
    let current = harmless()[0].id.clone();
    let (good, said) =
        explains(&["--placement", "product", "--current", current.as_str(), "--lang", "fr"]);
    assert!(good, "{said}");
    for part in ["placement product, tier anonymous", "Content offered", "Du même genre que"] {
        assert!(said.contains(part), "{said}");
    }
    let (good, said) = explains(&["--current", "no-such-item"]);
    assert!(!good && said.contains("no-such-item is not in the catalog"), "{said}");
    let (good, said) = explains(&["--placement", "nowhere"]);
    assert!(!good && said.contains("--placement is one of buy_it_again, cart"), "{said}");
    let (good, said) = explains(&["--json", "--count", "2"]);
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert!(good && answer["explanation"]["page"].as_array().unwrap().len() == 2, "{said}");
}
