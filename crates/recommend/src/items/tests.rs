//! Numbers come and go with declarations.

use domain::id::ItemId;

use crate::items::{Items, Traits};

const OPEN: Traits = Traits { answers: true, sensitive: false };

fn id(text: &str) -> ItemId {
    ItemId::parse(text).unwrap()
}

#[test]
fn only_declared_items_have_numbers() {
    let mut items = Items::new();
    assert_eq!(items.number(&id("a")), None);
    let a = items.declare(&id("a"), OPEN);
    assert_eq!(items.declare(&id("a"), OPEN), a);
    assert_eq!((items.number(&id("a")), items.len(), items.is_empty()), (Some(a), 1, false));
    assert_eq!(items.id(a), Some(&id("a")));
}

#[test]
fn a_tombstone_keeps_its_number_until_released() {
    let mut items = Items::new();
    let a = items.declare(&id("a"), OPEN);
    items.withdraw(a);
    assert_eq!((items.number(&id("a")), items.len()), (None, 0));
    assert!(!items.is_answer(a) && !items.is_learnable(a));
    assert_ne!(items.declare(&id("b"), OPEN), a);
    assert_eq!(items.declare(&id("a"), OPEN), a);
    items.release(a);
    assert_eq!(items.number(&id("a")), Some(a), "a declared item is never released");
    items.withdraw(a);
    items.release(a);
    items.release(a);
    assert_eq!(items.declare(&id("c"), OPEN), a);
    assert_ne!(items.declare(&id("d"), OPEN), a, "released twice, free once");
    assert_eq!(items.number(&id("a")), None);
}

#[test]
fn traits_decide_what_an_item_may_do() {
    let mut items = Items::new();
    let sold_out = items.declare(&id("a"), Traits { answers: false, sensitive: false });
    let sensitive = items.declare(&id("b"), Traits { answers: true, sensitive: true });
    assert_eq!((items.is_answer(sold_out), items.is_learnable(sold_out)), (false, true));
    assert_eq!((items.is_answer(sensitive), items.is_learnable(sensitive)), (false, false));
}

#[test]
fn items_are_walked_by_id() {
    let mut items = Items::new();
    for text in ["b", "a", "c"] {
        items.declare(&id(text), OPEN);
    }
    let b = items.number(&id("b")).unwrap();
    items.withdraw(b);
    let ids: Vec<&str> = items.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["a", "c"]);
}
