//! Hooks of platforms: signed messages become access and erasure, everything else nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use server::clock::Clock;
use server::settings::mail::MailSettings;
use server::settings::platforms::{HookSettings, ShopifySettings};
use sha2::Sha256;

use crate::http::{Call, Reply};
use crate::shop::{As, START, Server, item};

const SECRET: &str = "hush-hush-hush-hush";
const HOUR_MS: i64 = 3_600_000;
const BOTH: [&str; 2] = ["Personalization", "SharedLearning"];

fn shop() -> Server {
    Server::with(Clock::by_hand(START), |settings| {
        let file = settings.data_dir.parent().unwrap().join("platform.secret");
        std::fs::write(&file, format!("{SECRET}\n")).unwrap();
        let hook =
            || Some(HookSettings { secret_file: file.clone(), customer_prefix: String::new() });
        settings.platforms.shopify = Some(ShopifySettings {
            secret_file: file.clone(),
            shop: "a.myshopify.com".to_owned(),
            customer_prefix: "s-".to_owned(),
        });
        settings.platforms.medusa = hook();
        settings.platforms.commercetools = hook();
        settings.platforms.wordpress = hook();
        settings.mail = Some(MailSettings::kept());
    })
}

fn mac(parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    STANDARD.encode(mac.finalize().into_bytes())
}

/// A message of Shopify with this number.
fn shopify(server: &Server, topic: &str, body: &Value, id: &str) -> Reply {
    let body = body.to_string();
    let call = Call::new("POST", "/v1/platforms/shopify")
        .raw("application/json", body.as_bytes())
        .header("X-Shopify-Topic", topic)
        .header("X-Shopify-Webhook-Id", id)
        .header("X-Shopify-Hmac-Sha256", &mac(&[body.as_bytes()]));
    call.send(server.public)
}

/// A message in our own form.
fn own(server: &Server, path: &str, body: &Value) -> Reply {
    let (body, at) = (body.to_string(), (server.clock.now().ms() / 1_000).to_string());
    let call = Call::new("POST", path)
        .raw("application/json", body.as_bytes())
        .header("Confidant-Timestamp", &at)
        .header("Confidant-Signature", &mac(&[at.as_bytes(), b".", body.as_bytes()]));
    call.send(server.public)
}

fn status(reply: &Reply) -> String {
    reply.good()["status"].as_str().unwrap().to_owned()
}

/// A customer with consent and a closed look.
fn customer(server: &Server, name: &str) {
    server.consenting_customer(name, &BOTH);
    let event = json!({
        "userId": name, "messageId": format!("m-{name}-{}", server.seq()),
        "event": "Product Viewed", "properties": { "product_id": item(1).as_str() },
    });
    server.call(As::Shop, &Call::post("/v1/track", &event)).good();
}

fn redact(number: u64) -> Value {
    json!({
        "shop_id": 1, "shop_domain": "a.myshopify.com", "orders_to_redact": [7],
        "customer": { "id": number, "email": "a@b.example" },
    })
}

fn wants(number: u64) -> Value {
    json!({
        "shop_id": 1, "shop_domain": "a.myshopify.com", "orders_requested": [],
        "customer": { "id": number, "email": "a@b.example" }, "data_request": { "id": 9999 },
    })
}

/// The queue of staff.
fn queue(server: &Server, which: &str) -> Value {
    let path = format!("/staff/requests{which}");
    server.call(As::Staff, &Call::get(&path)).good()["requests"].clone()
}

#[test]
fn shopify_erases_a_customer_and_a_repeated_message_does_nothing() {
    let server = shop();
    customer(&server, "s-7");
    customer(&server, "s-8");
    assert_eq!(server.rows("history_event"), 2);
    assert_eq!(status(&shopify(&server, "customers/redact", &redact(7), "w-1")), "erased");
    assert_eq!(server.rows("history_event"), 1);
    server.pass(1_000);
    customer(&server, "s-7");
    // Sent again as platforms do, also after a restart: the person who came back stays.
    let server = server.restart();
    assert_eq!(status(&shopify(&server, "customers/redact", &redact(7), "w-1")), "repeated");
    assert_eq!(server.rows("history_event"), 2);
    // Another message is another wish.
    assert_eq!(status(&shopify(&server, "customers/redact", &redact(7), "w-2")), "erased");
    assert_eq!(server.rows("history_event"), 1);
    // Nobody is held by this number; there is nothing to do, and that is fine.
    assert_eq!(status(&shopify(&server, "customers/redact", &redact(99), "w-3")), "erased");
}

#[test]
fn what_is_not_signed_changes_nothing() {
    let server = shop();
    customer(&server, "s-7");
    let before = server.seq();
    let body = redact(7).to_string();
    let good = mac(&[body.as_bytes()]);
    let call = |signature: &str| {
        let call = Call::new("POST", "/v1/platforms/shopify")
            .raw("application/json", body.as_bytes())
            .header("X-Shopify-Topic", "customers/redact")
            .header("X-Shopify-Webhook-Id", "w-1")
            .header("X-Shopify-Hmac-Sha256", signature);
        call.send(server.public).status
    };
    for bad in ["", "AAAA", good.trim_end_matches('='), &good.to_lowercase()] {
        assert_eq!(call(bad), 401, "{bad}");
    }
    let unsigned = Call::post("/v1/platforms/medusa", &json!({ "name": "customer.deleted" }));
    assert_eq!(unsigned.send(server.public).status, 401);
    // Signed, and about another shop, or with the topic of another form.
    let mut other = redact(7);
    other["shop_domain"] = json!("b.myshopify.com");
    assert_eq!(shopify(&server, "customers/redact", &other, "w").status, 422);
    assert_eq!(shopify(&server, "shop/redact", &redact(7), "w").status, 422);
    assert_eq!(server.seq(), before);
    // A platform that is not set up is answered like a forgery.
    let plain = Server::by_hand();
    assert_eq!(shopify(&plain, "customers/redact", &redact(7), "w").status, 401);
}

#[test]
fn a_request_for_data_waits_and_is_picked_up() {
    let server = shop();
    customer(&server, "s-7");
    let body = wants(7);
    for id in ["w-1", "w-1", "w-2"] {
        assert_eq!(status(&shopify(&server, "customers/data_request", &body, id)), "waits");
    }
    let list = || server.call(As::Shop, &Call::get("/v1/platforms/requests")).good();
    let waiting = list();
    assert_eq!(waiting.as_array().unwrap().len(), 1, "{waiting}");
    assert_eq!(waiting[0]["customer"], "s-7");
    assert_eq!(waiting[0]["reference"], "9999");
    assert_eq!(waiting[0]["until"], "2026-04-30");
    let path = format!("/v1/platforms/requests/{}", waiting[0]["id"].as_str().unwrap());
    let reply = server.call(As::Shop, &Call::post(&path, &json!({})));
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/zip")));
    assert!(reply.body.starts_with(b"PK"));
    assert_eq!(list(), json!([]));
    let done = queue(&server, "?all=true");
    assert_eq!(done[0]["request"]["state"], "fulfilled", "{done}");
    assert_eq!(done[0]["request"].get("results"), None, "the shop handed it over");
    assert_eq!(server.call(As::Shop, &Call::post(&path, &json!({}))).status, 404);
    // An erasure takes what waits along.
    shopify(&server, "customers/data_request", &body, "w-3");
    assert_eq!(server.rows("platform_request"), 1);
    assert_eq!(queue(&server, "").as_array().unwrap().len(), 1);
    shopify(&server, "customers/redact", &redact(7), "w-4");
    assert_eq!(server.rows("platform_request"), 0);
    // Nothing is left to hand over, and the queue knows.
    server.pass(60_000);
    assert_eq!(queue(&server, ""), json!([]));
    let all = queue(&server, "?all=true");
    let states: std::collections::BTreeMap<&str, &str> = (all.as_array().unwrap().iter())
        .map(|one| &one["request"])
        .map(|one| (one["state"].as_str().unwrap(), one["kind"].as_str().unwrap()))
        .collect();
    let expected = [("denied", "access"), ("fulfilled", "access"), ("partly_fulfilled", "erasure")];
    assert_eq!(states, expected.into());
}

#[test]
fn what_a_platform_asked_for_has_a_clock_and_escalates() {
    let server = shop();
    customer(&server, "s-7");
    assert_eq!(status(&shopify(&server, "customers/data_request", &wants(7), "w-1")), "waits");
    let one = queue(&server, "")[0].clone();
    let list = server.call(As::Shop, &Call::get("/v1/platforms/requests")).good();
    assert_eq!((&one["desk"], &one["platform"]), (&json!("hand_over"), &json!("shopify")), "{one}");
    assert_eq!(one["pick_up"], list[0]["id"]);
    assert_eq!(
        (&one["request"]["asker"], &one["request"]["level"]),
        (&json!("platform"), &json!("calm"))
    );
    // Shopify's thirty days, which nobody can put off.
    assert_eq!(one["request"]["due"], "2026-03-31");
    assert_eq!(one.get("extend_by"), None);
    let server = server.restart();
    let levels = [(24, "remind"), (5, "escalate"), (3, "overdue")];
    for (days, level) in levels {
        server.pass(days * 24 * HOUR_MS);
        assert_eq!(queue(&server, "")[0]["request"]["level"], level);
    }
    let metrics = server.call(As::Staff, &Call::get("/metrics")).text();
    assert!(metrics.contains("confidant_rights_overdue 1"), "{metrics}");
    // A row that is too old to be fetched does not make the request go away.
    server.pass(40 * 24 * HOUR_MS);
    assert_eq!(queue(&server, "")[0]["request"]["level"], "overdue");
}

#[test]
fn a_shop_is_erased_two_days_after_the_app_left() {
    let server = shop();
    let people: Vec<String> = (0..5).map(|number| format!("s-{number}")).collect();
    people.iter().for_each(|name| customer(&server, name));
    let browser = server.browser(&BOTH);
    server.looks_at(&browser.id, &item(0), "m-b");
    let wish = json!({ "shop_id": 1, "shop_domain": "a.myshopify.com" });
    let left = json!({ "id": 1, "name": "A", "myshopify_domain": "a.myshopify.com" });
    let told =
        |server: &Server| server.call(As::Shop, &Call::get("/v1/platforms/shop-redaction")).good();
    assert_eq!(told(&server)["status"], "none");
    // Without a word that the app left, it waits, and can be taken back.
    assert_eq!(status(&shopify(&server, "shop/redact", &wish, "w-1")), "waits");
    assert_eq!(told(&server)["begins_ms"], START.plus_ms(48 * HOUR_MS).ms());
    server.pass(47 * HOUR_MS);
    let back = Call::new("DELETE", "/v1/platforms/shop-redaction");
    assert_eq!(server.call(As::Shop, &back).status, 204);
    assert_eq!(server.call(As::Shop, &back).status, 404);
    server.pass(2 * HOUR_MS);
    assert_eq!((told(&server)["status"].as_str(), server.rows("history_event")), (Some("none"), 6));
    // The app leaves; two days later it begins at once, and goes on after a restart.
    assert_eq!(status(&shopify(&server, "app/uninstalled", &left, "w-2")), "noted");
    server.pass(48 * HOUR_MS);
    assert_eq!(told(&server)["status"], "left");
    assert_eq!(status(&shopify(&server, "shop/redact", &wish, "w-3")), "waits");
    let server = server.restart();
    // Each round takes as many people as fit into a moment of this machine, and one at least.
    for _ in 0..=people.len() {
        server.pass(1_000);
    }
    assert_eq!(told(&server)["status"], "done");
    assert_eq!(told(&server)["erased"], 6);
    for table in ["history_event", "learning_event", "closed_session", "preferences"] {
        assert_eq!(server.rows(table), 0, "{table}");
    }
    assert_eq!(server.sessions(), 0);
    // Nobody's yes counts any more, here and after a start.
    let counts = |server: &Server, name: &str| {
        let event = json!({
            "userId": "s-1", "messageId": name, "event": "Product Viewed",
            "properties": { "product_id": item(1).as_str() },
        });
        server.call(As::Shop, &Call::post("/v1/track", &event)).good();
        server.rows("history_event")
    };
    assert_eq!(counts(&server, "after-1"), 0);
    let server = server.restart();
    assert_eq!(counts(&server, "after-2"), 0);
}

#[test]
fn medusa_and_commercetools_tell_of_deleted_customers() {
    let server = shop();
    customer(&server, "cus_01");
    customer(&server, "0d8e");
    let medusa = |name: &str| json!({ "name": name, "data": { "id": "cus_01" } });
    let path = "/v1/platforms/medusa";
    assert_eq!(status(&own(&server, path, &medusa("customer.updated"))), "noted");
    assert_eq!(server.rows("history_event"), 2);
    assert_eq!(status(&own(&server, path, &medusa("customer.deleted"))), "erased");
    assert_eq!(status(&own(&server, path, &medusa("customer.deleted"))), "erased");
    assert_eq!(server.rows("history_event"), 1);
    let message = |kind: &str| {
        json!({
            "notificationType": "Message", "projectKey": "shop", "version": 1, "type": kind,
            "resource": { "typeId": "customer", "id": "0d8e" }, "sequenceNumber": 1,
        })
    };
    let path = "/v1/platforms/commercetools";
    assert_eq!(status(&own(&server, path, &message("CustomerCreated"))), "noted");
    assert_eq!(status(&own(&server, path, &message("CustomerDeleted"))), "erased");
    assert_eq!(server.rows("history_event"), 0);
    // A message that lay around too long is none.
    let (body, at) = (medusa("customer.deleted").to_string(), "1772366000");
    let call = Call::new("POST", "/v1/platforms/medusa")
        .raw("application/json", body.as_bytes())
        .header("Confidant-Timestamp", at)
        .header("Confidant-Signature", &mac(&[at.as_bytes(), b".", body.as_bytes()]));
    assert_eq!(call.send(server.public).status, 401);
}

#[test]
fn wordpress_exports_page_by_page_and_erases() {
    let server = shop();
    server.consenting_customer("7", &BOTH);
    let events: Vec<Value> = (0..130)
        .map(|number| {
            json!({
                "type": "track", "userId": "7", "messageId": format!("m-{number}"),
                "event": "Product Viewed", "properties": { "product_id": item(1).as_str() },
            })
        })
        .collect();
    server.call(As::Shop, &Call::post("/v1/batch", &json!({ "batch": events }))).good();
    let body = json!({ "customer": "7", "address": "ada@example.org", "guest": true });
    assert_eq!(server.call(As::Shop, &Call::put("/v1/mail-addresses", &body)).status, 204);
    let exports = |page: usize| {
        let asked = json!({ "email": "Ada@example.org", "page": page });
        own(&server, "/v1/platforms/wordpress/exporter", &asked).good()
    };
    let (mut page, mut rows, mut ids) = (1, 0, std::collections::BTreeSet::new());
    loop {
        let told = exports(page);
        for one in told["data"].as_array().unwrap() {
            rows += 1;
            ids.insert(one["item_id"].as_str().unwrap().to_owned());
            assert!(one["group_id"].as_str().unwrap().starts_with("confidant-"));
            assert!(one["data"][0]["name"].is_string() && one["data"][0]["value"].is_string());
        }
        if told["done"] == true {
            break;
        }
        assert_eq!(queue(&server, "")[0]["request"]["kind"], "access");
        page += 1;
    }
    assert!(page >= 3 && rows > 260, "{rows} rows on {page} pages");
    assert_eq!(ids.len(), rows, "each once");
    let all = queue(&server, "?all=true");
    assert_eq!(all.as_array().unwrap().len(), 1, "one request, however many pages: {all}");
    assert_eq!(
        (&all[0]["platform"], &all[0]["request"]["state"]),
        (&json!("wordpress"), &json!("fulfilled"))
    );
    // Nobody is known by another address; an account number says who is meant without one.
    let asked = json!({ "email": "bob@example.org", "page": 1 });
    let told = own(&server, "/v1/platforms/wordpress/exporter", &asked).good();
    assert_eq!(told, json!({ "data": [], "done": true }));
    let erase = |body: &Value| own(&server, "/v1/platforms/wordpress/eraser", body).good();
    let told = erase(&asked);
    assert_eq!((&told["items_removed"], &told["done"]), (&json!(false), &json!(true)));
    let told = erase(&json!({ "email": "bob@example.org", "page": 1, "customer": "7" }));
    assert_eq!((&told["items_removed"], &told["items_retained"]), (&json!(true), &json!(true)));
    assert!(told["messages"][0].as_str().unwrap().contains("GDPR Art."), "{told}");
    assert_eq!(server.rows("history_event"), 0);
    let asked = json!({ "email": "ada@example.org", "page": 0 });
    assert_eq!(own(&server, "/v1/platforms/wordpress/eraser", &asked).status, 422);
}
