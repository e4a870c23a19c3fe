//! What is let in and what is not.

use super::personal;
use pii::kind::Kind;

#[test]
fn forms_that_no_good_has_are_noticed() {
    assert_eq!(personal("anna@example.com"), Some(Kind::Email));
    assert_eq!(personal("4111 1111 1111 1111"), Some(Kind::Card));
    assert_eq!(personal("DE89370400440532013000"), Some(Kind::Iban));
    assert_eq!(personal("+46 70 123 45 67"), Some(Kind::Phone));
    assert_eq!(personal("131052-308T"), Some(Kind::NationalId));
    assert_eq!(personal("https://a:b@example.com/"), Some(Kind::Credential));
}

#[test]
fn goods_are_let_in() {
    for text in [
        "",
        "85123A",
        "4006381333931",
        "sku-2010-12-01",
        "Emma",
        "Rose Gold Ring",
        "10 Downing Street",
        "00012345678905",
        "XL",
        "9780131103627",
        "product:123:456",
        "gid://shopify/Product/632910392",
    ] {
        assert_eq!(personal(text), None, "{text}");
    }
}
