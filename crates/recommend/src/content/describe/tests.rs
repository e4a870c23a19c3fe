//! Which terms an entry has.

use domain::catalog::Item;
use domain::id::ItemId;
use domain::money::{Currency, Money};

use crate::content::describe::{bands, describe};
use crate::content::terms::Kind;

fn price(minor: i64, currency: &str) -> Money {
    Money { minor, currency: Currency::parse(currency).unwrap() }
}

#[test]
fn every_field_gives_its_terms() {
    let mut item = Item::new(ItemId::parse("x").unwrap(), "Red boots, red laces".to_owned());
    item.categories = vec!["Women / Winter Shoes".to_owned(), "women>Sale".to_owned()];
    item.brand = Some("Été & Co".to_owned());
    item.attributes = [("Color".to_owned(), "Dark Red".to_owned())].into();
    item.price = Some(price(1_000, "EUR"));
    let description = describe(&item);
    let terms: Vec<(Kind, &str, u8)> = description
        .terms
        .iter()
        .map(|((kind, text), often)| (*kind, text.as_str(), *often))
        .collect();
    let expected = [
        (Kind::Category, "/women", 1),
        (Kind::Category, "/women/sale", 1),
        (Kind::Category, "/women/winter shoes", 1),
        (Kind::Brand, "ete & co", 1),
        (Kind::Attribute, "color\ndark red", 1),
        (Kind::Price, "EUR 10½", 1),
        (Kind::Price, "EUR 9", 1),
        (Kind::Text, "boots", 1),
        (Kind::Text, "laces", 1),
        (Kind::Text, "red", 2),
        (Kind::CategoryWord, "sale", 1),
        (Kind::CategoryWord, "shoes", 1),
        (Kind::CategoryWord, "winter", 1),
        (Kind::CategoryWord, "women", 1),
        (Kind::BrandWord, "co", 1),
        (Kind::BrandWord, "ete", 1),
        (Kind::AttributeWord, "dark", 1),
        (Kind::AttributeWord, "red", 1),
    ];
    assert_eq!(terms, expected);
    assert_eq!(description.text_length, 4);
    let empty = describe(&Item::new(ItemId::parse("y").unwrap(), " ".to_owned()));
    assert_eq!((empty.terms.len(), empty.text_length), (0, 0));
}

#[track_caller]
fn check_shared(one: i64, other: i64, expected: usize) {
    let [one, other] = [one, other].map(|minor| bands(price(minor, "EUR")).unwrap());
    assert_eq!(one.iter().filter(|band| other.contains(band)).count(), expected);
}

#[test]
fn near_prices_share_bands() {
    check_shared(1_000, 1_000, 2);
    check_shared(1_000, 1_020, 2);
    check_shared(1_000, 1_030, 1);
    check_shared(1_000, 1_400, 1);
    check_shared(1_000, 1_500, 0);
    check_shared(600, 1_000, 1);
    check_shared(1_000, 2_001, 0);
    check_shared(1, 2, 0);
    check_shared(1, 1, 2);
    check_shared(i64::MAX, i64::MAX / 3, 0);
    assert_eq!(bands(price(0, "EUR")), None);
    assert_eq!(bands(price(-5, "EUR")), None);
    assert_ne!(bands(price(5, "EUR")), bands(price(5, "USD")));
}
