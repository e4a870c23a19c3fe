use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::time::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::shopify::{NotFollowed, Shopify, Wanted};
use super::{Hook, Secret};

const SECRET: &[u8] = b"hush-hush-hush-hush";
const NOW: Timestamp = Timestamp::from_ms(1_772_366_400_000);
const REDACT: &str = r#"{"shop_id":954889,"shop_domain":"a.myshopify.com",
    "customer":{"id":191167,"email":"a@b.example","phone":"1"},"orders_to_redact":[299938]}"#;
const DATA: &str = r#"{"shop_id":954889,"shop_domain":"a.myshopify.com",
    "orders_requested":[299938],"customer":{"id":191167,"email":"a@b.example"},
    "data_request":{"id":9999}}"#;
const SHOP: &str = r#"{"shop_id":954889,"shop_domain":"a.myshopify.com"}"#;
const GONE: &str = r#"{"id":548380009,"name":"A","myshopify_domain":"a.myshopify.com"}"#;

fn hook() -> Hook {
    Hook { secret: Secret(SECRET.to_vec()), prefix: "s-".to_owned(), name: "shopify" }
}

fn mac(parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    STANDARD.encode(mac.finalize().into_bytes())
}

fn headers(all: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in all {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

#[track_caller]
fn check(topic: &str, body: &str, expected: Result<&str, NotFollowed>) {
    let shopify = Shopify { hook: hook(), shop: "a.myshopify.com".to_owned() };
    let signature = mac(&[body.as_bytes()]);
    let sent = headers(&[
        ("X-Shopify-Topic", topic),
        ("X-Shopify-Hmac-Sha256", &signature),
        ("X-Shopify-Webhook-Id", "w-1"),
    ]);
    let read = shopify.read(&sent, body.as_bytes()).map(|(wanted, _)| match wanted {
        Wanted::Data { customer, reference } => format!("data {} {reference}", customer.text),
        Wanted::Erase(customer) => format!("erase {}", customer.text),
        Wanted::Uninstalled => "uninstalled".to_owned(),
        Wanted::EraseShop => "erase shop".to_owned(),
    });
    assert_eq!(read, expected.map(str::to_owned), "{topic}");
    // Any change of the body or of the signature is seen first.
    let mut other = body.as_bytes().to_vec();
    other.push(b' ');
    assert_eq!(shopify.read(&sent, &other).err(), Some(NotFollowed::Unsigned), "{topic}");
    let twice = headers(&[
        ("X-Shopify-Topic", topic),
        ("X-Shopify-Hmac-Sha256", &signature),
        ("X-Shopify-Hmac-Sha256", &signature),
        ("X-Shopify-Webhook-Id", "w-1"),
    ]);
    let read = shopify.read(&twice, body.as_bytes());
    assert_eq!(read.err(), Some(NotFollowed::Unsigned), "{topic}");
}

#[test]
fn shopify_is_understood_where_topic_and_signed_form_agree() {
    check("customers/data_request", DATA, Ok("data s-191167 9999"));
    check("customers/redact", REDACT, Ok("erase s-191167"));
    check("shop/redact", SHOP, Ok("erase shop"));
    check("app/uninstalled", GONE, Ok("uninstalled"));
    let form = NotFollowed::Strange("the body has not the form of its topic");
    for topic in ["customers/redact", "shop/redact", "app/uninstalled", "orders/create", ""] {
        check(topic, DATA, Err(form));
    }
    for topic in ["customers/data_request", "shop/redact", "app/uninstalled"] {
        check(topic, REDACT, Err(form));
    }
    for topic in ["customers/redact", "customers/data_request", "app/uninstalled"] {
        check(topic, SHOP, Err(form));
    }
    for topic in ["customers/redact", "customers/data_request", "shop/redact"] {
        check(topic, GONE, Err(form));
    }
    let other = NotFollowed::Strange("the message is about another shop");
    check("shop/redact", &SHOP.replace("a.my", "b.my"), Err(other));
    check("shop/redact", "{}", Err(other));
    let unread = NotFollowed::Strange("the body cannot be read");
    check("shop/redact", "[1", Err(unread));
}

#[test]
fn our_own_signature_covers_time_and_body() {
    let body = br#"{"id":"cus_1"}"#;
    let at = (NOW.ms() / 1_000).to_string();
    let signature = mac(&[at.as_bytes(), b".", body]);
    let signed = |at: &str, signature: &str, now: Timestamp| {
        let sent = headers(&[("Confidant-Timestamp", at), ("Confidant-Signature", signature)]);
        hook().signed(&sent, body, now)
    };
    assert!(signed(&at, &signature, NOW));
    assert!(signed(&at, &signature, NOW.plus_ms(300_000)));
    assert!(!signed(&at, &signature, NOW.plus_ms(301_000)), "too old");
    assert!(!signed(&at, &signature, NOW.plus_ms(-301_000)), "of the future");
    assert!(!signed(&format!("{at}0"), &signature, NOW));
    assert!(!signed(&at, &mac(&[body]), NOW), "without its time");
    for nothing in ["", "AA==", "not base64"] {
        assert!(!signed(&at, nothing, NOW), "{nothing:?}");
    }
    assert!(!hook().signed(&HeaderMap::new(), body, NOW));
    assert_eq!(format!("{:?}", hook().secret), "Secret(..)");
}

#[test]
fn customers_are_named_as_the_shop_names_them() {
    assert_eq!(hook().customer("7").unwrap().text, "s-7");
    assert!(hook().customer(&"7".repeat(200)).is_none());
    assert!(hook().customer("7\n").is_none());
}
