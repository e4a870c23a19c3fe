//! Orders of the shop's server teach what is bought together and again; everything that takes a
//! person back takes the orders back.

use domain::time::DAY_MS;
use personal::purpose::PurposeName;
use personal::subject::{CustomerId, Subject};
use serde_json::{Value, json};
use server::clock::Clock;

use crate::http::Call;
use crate::shop::{As, START, Server, VISIT_OVER_MS, catalog, choice};

const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];

/// Ids of items that can be answered.
fn goods() -> Vec<String> {
    let harmless = catalog().into_iter().filter(|item| item.in_stock && !item.sensitive);
    harmless.map(|item| item.id.as_str().to_owned()).collect()
}

fn order_of(customer: &str, message: &str, items: &[&str]) -> Value {
    let products: Vec<Value> = items.iter().map(|item| json!({ "product_id": item })).collect();
    json!({
        "userId": customer, "messageId": message, "event": "Order Completed",
        "properties": { "products": products, "order_id": "o-1", "total": 99 },
    })
}

/// The shop's server says that a customer bought items; gives what became of the event.
#[track_caller]
fn orders(server: &Server, who: As, customer: &str, message: &str, items: &[&str]) -> Value {
    let call = Call::post("/v1/track", &order_of(customer, message, items));
    let call = if who == As::Page { call.token(&server.token(customer)) } else { call };
    server.call(who, &call).good()
}

/// Customers `c-1` to `c-n` say yes and buy the same items.
fn all_buy(server: &Server, people: usize, items: &[&str]) {
    for number in 1..=people {
        let customer = format!("c-{number}");
        server.consenting_customer(&customer, &BOTH);
        let taken = orders(server, As::Shop, &customer, &format!("m-{number}"), items);
        assert_eq!(taken["stored"], 1, "{taken}");
    }
}

/// Orders in the shared model.
fn learned(server: &Server) -> u32 {
    server.shared().taught().model.baskets().baskets()
}

/// Code and text of the reason for an item in the answer to somebody else's cart.
fn in_cart(server: &Server, cart: &str, item: &str) -> Option<(String, String)> {
    let query = format!("placement=cart&cart={cart}&count=50&lang=en");
    reason(&server.recommends(As::Page, &query), item)
}

fn reason(answer: &Value, item: &str) -> Option<(String, String)> {
    let found = answer["items"].as_array().unwrap().iter().find(|one| one["id"] == item)?;
    let text = found["reason"]["text"].as_str().unwrap().replace(['\u{2068}', '\u{2069}'], "");
    Some((found["reason"]["code"].as_str().unwrap().to_owned(), text))
}

#[test]
fn what_five_people_bought_together_is_said_to_the_next_cart_until_one_of_them_is_erased() {
    let (server, other) = (Server::by_hand(), Server::by_hand());
    let goods = goods();
    let (bread, butter) = (goods[0].as_str(), goods[1].as_str());
    all_buy(&server, 5, &[bread, butter]);
    all_buy(&other, 4, &[bread, butter]);
    // The order teaches at once: no visit has to end.
    assert_eq!((server.sessions(), learned(&server), server.rows("learned_order")), (0, 5, 5));
    let title = catalog().into_iter().find(|item| item.id.as_str() == bread).unwrap().title;
    let said = ("bought_together".to_owned(), format!("Often bought with {title}"));
    assert_eq!(in_cart(&server, bread, butter), Some(said.clone()));
    let answer = server.recommends(As::Page, &format!("placement=cart&cart={bread}&lang=de"));
    let german = format!("Oft zusammen mit {title} gekauft");
    assert_eq!(reason(&answer, butter), Some(("bought_together".to_owned(), german)));
    // Four people are enough for the item, and too few for the claim.
    let claim = |server: &Server| in_cart(server, bread, butter).unwrap().0;
    assert_eq!(claim(&other), "this_visit");

    let server = server.restart();
    assert_eq!((learned(&server), in_cart(&server, bread, butter)), (5, Some(said)));
    let erased = server.erases(As::Shop, &json!({ "customer": "c-5" }));
    let payload = erased["receipt"]["payload"].as_str().unwrap();
    let declared: Value = serde_json::from_str(payload).unwrap();
    assert_eq!(declared["model"]["orders_unlearned"], 1);
    let rows = declared["deleted"].as_array().unwrap().iter();
    let orders = rows.clone().find(|table| table["table"] == "learned_order").unwrap();
    assert_eq!(orders["rows"], 1);
    assert_eq!((claim(&server), learned(&server)), ("this_visit".to_owned(), 4));
    for query in [format!("cart={bread}"), format!("cart={butter}"), String::new()] {
        let query = format!("placement=cart&count=50&{query}");
        let answers = [&server, &other].map(|one| one.recommends(As::Page, &query));
        assert_eq!(answers[0], answers[1], "{query}");
    }
    let server = server.restart();
    assert_eq!((claim(&server), server.rows("learned_order")), ("this_visit".to_owned(), 4));
}

#[test]
fn a_no_to_learning_unlearns_orders_and_leaves_the_own_history() {
    let server = Server::by_hand();
    let goods = goods();
    let never_met = server.fingerprint();
    server.consenting_customer("anna", &BOTH);
    let order = [goods[0].as_str(), goods[1].as_str()];
    orders(&server, As::Shop, "anna", "m-1", &order);
    orders(&server, As::Shop, "anna", "m-2", &order);
    assert_eq!((server.rows("learned_order"), learned(&server)), (2, 2));
    let no = json!({ "choices": { "SharedLearning": false } });
    let call = Call::put("/v1/consents", &no).token(&server.token("anna"));
    assert_eq!(server.call(As::Page, &call).good()["erased"], json!(["SharedLearning"]));
    assert_eq!((server.rows("learned_order"), learned(&server)), (0, 0));
    assert_eq!((server.fingerprint(), server.rows("history_event")), (never_met, 4));
    orders(&server, As::Shop, "anna", "m-3", &order);
    assert_eq!((server.rows("learned_order"), server.fingerprint()), (0, never_met));
    assert_eq!(server.restart().fingerprint(), never_met);
}

#[test]
fn consent_that_ends_and_retention_unlearn_orders() {
    let server = Server::by_hand();
    let goods = goods();
    let never_met = server.fingerprint();
    let mut yes = choice(&["SharedLearning"]);
    yes["for_days"] = json!(30);
    let call = Call::put("/v1/consents", &yes).token(&server.token("anna"));
    server.call(As::Page, &call).good();
    server.consenting_customer("bert", &BOTH);
    for customer in ["anna", "bert"] {
        orders(&server, As::Shop, customer, customer, &[&goods[0], &goods[1]]);
    }
    assert_eq!(learned(&server), 2);
    server.pass(31 * DAY_MS);
    assert_eq!((learned(&server), server.rows("learned_order")), (1, 1), "a consent ran out");
    // Visits are forgotten after 90 days; an order teaches for thirteen months.
    server.pass(300 * DAY_MS);
    assert_eq!((learned(&server), server.sessions()), (1, 0));
    let mut again = choice(&BOTH);
    again["for_days"] = json!(395);
    let call = Call::put("/v1/consents", &again).token(&server.token("bert"));
    server.call(As::Page, &call).good();
    server.pass(65 * DAY_MS);
    assert_eq!((learned(&server), server.rows("learned_order")), (0, 0));
    assert_eq!(server.fingerprint(), never_met);
}

#[test]
fn only_the_shop_itself_can_say_what_was_bought() {
    let server = Server::by_hand();
    let goods = goods();
    server.consenting_customer("anna", &BOTH);
    let taken = orders(&server, As::Page, "anna", "m-1", &[&goods[0], &goods[1]]);
    assert_eq!((taken["stored"].as_u64(), server.rows("history_event")), (Some(1), 2));
    assert_eq!((server.rows("learned_order"), learned(&server)), (0, 0));
    // Without consent to learning the shop's word is for the own history only.
    server.consenting_customer("bert", &["Personalization"]);
    orders(&server, As::Shop, "bert", "m-2", &[&goods[0]]);
    assert_eq!((server.rows("history_event"), server.rows("learned_order")), (3, 0));
    // A message that is told again changes nothing.
    for _ in 0..2 {
        orders(&server, As::Shop, "anna", "m-3", &[&goods[0], &goods[1], &goods[0]]);
    }
    assert_eq!((server.rows("learned_order"), learned(&server)), (1, 1));
    let counted = "confidant_orders_total{word=\"learned\"} 1";
    assert!(server.metrics().contains(counted), "{}", server.metrics());
}

#[test]
fn sensitive_goods_are_in_no_order_and_leave_those_that_hold_them() {
    let server = Server::by_hand();
    let goods = goods();
    let (bread, butter) = (goods[0].as_str(), goods[1].as_str());
    server.consenting_customer("anna", &BOTH);
    let sensitive = catalog().into_iter().find(|item| item.sensitive).unwrap().id;
    orders(&server, As::Shop, "anna", "m-1", &[bread, sensitive.as_str()]);
    orders(&server, As::Shop, "anna", "m-2", &[bread, butter]);
    orders(&server, As::Shop, "anna", "m-3", &[butter]);
    let items = |server: &Server| -> Vec<usize> {
        let shared = server.shared();
        let name = Subject::Customer(CustomerId::parse("anna").unwrap());
        let subject = shared.ring.subject_ref(&name);
        let who = shared.people.read()[&subject].pseudonym(PurposeName::SharedLearning).unwrap();
        let taught = shared.taught();
        taught.model.baskets().baskets_of(who).map(|(.., items)| items.len()).collect()
    };
    let mut found = items(&server);
    found.sort_unstable();
    assert_eq!((found, server.rows("learned_order")), (vec![1, 1, 2], 3));
    let entry = |sensitive: bool| {
        let item = catalog().into_iter().find(|item| item.id.as_str() == butter).unwrap();
        let mut body = serde_json::to_value(&item).unwrap();
        body["sensitive"] = json!(sensitive);
        Call::put("/v1/catalog/items", &json!({ "items": [body] }))
    };
    server.call(As::Shop, &entry(true)).good();
    assert_eq!((items(&server), server.rows("learned_order")), (vec![1, 1], 2));
    let purged = server.fingerprint();
    let server = server.restart();
    assert_eq!((server.fingerprint(), items(&server)), (purged, vec![1, 1]));
    // Calling it harmless again brings nothing back.
    server.call(As::Shop, &entry(false)).good();
    assert_eq!(server.restart().fingerprint(), purged);
}

#[test]
fn an_order_of_unknown_items_waits_for_the_catalog() {
    let server = Server::by_hand();
    let goods = goods();
    server.consenting_customer("anna", &BOTH);
    let before = server.fingerprint();
    orders(&server, As::Shop, "anna", "m-1", &["not-there-yet", "nor-this"]);
    assert_eq!((server.fingerprint(), learned(&server)), (before, 0));
    assert_eq!(server.rows("learned_order"), 1);
    let item = json!({ "id": "not-there-yet", "title": "New" });
    server.call(As::Shop, &Call::put("/v1/catalog/items", &json!({ "items": [item] }))).good();
    assert_eq!(learned(&server), 1);
    let after = server.fingerprint();
    assert_ne!(after, before);
    assert_eq!(server.restart().fingerprint(), after, "live equals rebuilt");
    assert!(!goods.is_empty());
}

#[test]
fn a_customer_who_comes_back_gets_the_next_basket() {
    let server = Server::with(Clock::by_hand(START), |settings| {
        let bought =
            json!({ "own": { "models": ["basket_repeat"], "may_return": ["seen", "bought"] } });
        settings.placements = serde_json::from_value(bought).unwrap();
    });
    let mut goods = goods();
    goods.sort();
    // The last of the range, so that a list comes to it for a reason.
    let (bread, butter, jam) = (&*goods[0], &*goods[1], &*goods[goods.len() - 1]);
    // Visits that are still open: what is known of jam is known from orders.
    all_buy(&server, 5, &[bread, butter, jam]);
    server.consenting_customer("anna", &BOTH);
    for weeks in 1..=3 {
        let at = START.plus_ms(-7 * weeks * DAY_MS).ms();
        let mut event = order_of("anna", &format!("a-{weeks}"), &[bread, butter]);
        event["timestamp"] = json!(jiff::Timestamp::from_millisecond(at).unwrap().to_string());
        server.call(As::Shop, &Call::post("/v1/track", &event)).good();
    }
    let ask = |placement: &str| {
        let call = Call::get(&format!("/v1/recommendations?placement={placement}&lang=en&count=9"));
        server.call(As::Page, &call.token(&server.token("anna"))).good()
    };
    let code = |answer: &Value, item: &str| reason(answer, item).map(|(code, _)| code);
    for placement in ["home", "email", "cart"] {
        let answer = ask(placement);
        assert_eq!(answer["basis"]["tier"], "history");
        let said = reason(&answer, jam).unwrap();
        let words = "Customers who buy what you buy also buy this";
        assert_eq!(said, ("like_customers".to_owned(), words.to_owned()), "{placement}");
        assert_eq!(code(&answer, bread), None, "{placement}: what was bought does not return");
    }
    let again = ask("buy_it_again");
    let weekly = ("buy_again".to_owned(), "You buy this about every week".to_owned());
    assert_eq!(reason(&again, bread), Some(weekly));
    assert_eq!(code(&again, jam), None, "what was never bought is not bought again");
    let own = ask("own");
    assert_eq!(code(&own, butter), Some("buy_again".to_owned()));
    assert_eq!(own["items"].as_array().unwrap().len(), 2);
    // Who has no history gets none of it.
    let nobody = server.recommends(As::Page, "placement=home&count=50");
    assert!(nobody["items"].as_array().unwrap().iter().all(|one| {
        one["reason"]["code"] != "like_customers" && one["reason"]["code"] != "own_orders"
    }));
    // The explanation names the model, the people behind it, and nobody.
    let query = format!("placement=cart&cart={bread}&explain=true&count=3");
    let models = &server.recommends(As::Shop, &query)["explanation"]["models"];
    let first = &models[0];
    assert_eq!((&first["model"], &first["below_floor"]), (&json!("bought_with"), &json!(0)));
    let best = first["best"].as_array().unwrap().iter().find(|one| one["item"] == butter).unwrap();
    assert_eq!((&best["people"], &best["reason"]), (&json!(6), &json!("bought_together")));
}

#[test]
fn orders_and_visits_of_one_purchase_are_learned_apart() {
    let server = Server::by_hand();
    let goods = goods();
    server.consenting_customer("anna", &BOTH);
    orders(&server, As::Shop, "anna", "m-1", &[&goods[0], &goods[1]]);
    assert_eq!((learned(&server), server.sessions(), server.rows("learning_event")), (1, 0, 2));
    server.pass(VISIT_OVER_MS);
    assert_eq!((learned(&server), server.sessions(), server.rows("learning_event")), (1, 1, 0));
    let model_bytes = server.shared().taught().model.baskets().bytes();
    assert!(server.metrics().contains(&format!("confidant_model_order_bytes {model_bytes}")));
}
