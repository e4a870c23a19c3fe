//! What items share.

use domain::catalog::Item;
use domain::id::ItemId;

use crate::items::ItemNo;
use crate::words::{Shared, Words};

fn item(categories: &[&str], brand: Option<&str>, attributes: &[(&str, &str)]) -> Item {
    let mut item = Item::new(ItemId::parse("x").unwrap(), "X".to_owned());
    item.categories = categories.iter().map(|&c| c.to_owned()).collect();
    item.brand = brand.map(str::to_owned);
    item.attributes = attributes.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    item
}

#[track_caller]
fn check(one: &Item, other: &Item, expected: Option<Shared>) {
    let mut words = Words::default();
    words.declare(ItemNo(0), one);
    words.declare(ItemNo(1), other);
    assert_eq!(words.shared(ItemNo(0), ItemNo(1)), expected);
    assert_eq!(words.shared(ItemNo(1), ItemNo(0)), expected);
}

#[test]
fn shared_words_are_found() {
    let boots = item(&["Women/Shoes/Boots"], Some("Lark"), &[("color", "Red")]);
    check(&boots, &item(&["women / shoes / Pumps"], None, &[]), Some(Shared::Category));
    check(&boots, &item(&["Men/Shoes"], Some(" lark"), &[]), Some(Shared::Brand));
    check(&boots, &item(&["Men"], Some("Wren"), &[("Color", "red")]), Some(Shared::Attribute));
    check(&boots, &item(&["Shoes"], Some("Red"), &[("size", "red")]), None);
    let mut hidden = boots.clone();
    hidden.sensitive = true;
    check(&boots, &hidden, None);
}

#[test]
fn rare_words_come_first_and_fit_the_budget() {
    let mut words = Words::default();
    for number in 0..10 {
        words.declare(ItemNo(number), &item(&["All"], None, &[]));
    }
    words.declare(ItemNo(0), &item(&["All"], Some("Lark"), &[]));
    words.declare(ItemNo(1), &item(&["All"], Some("Lark"), &[]));
    let lengths = |budget| -> Vec<usize> {
        words.rarest(ItemNo(0), budget).into_iter().map(<[ItemNo]>::len).collect()
    };
    assert_eq!(lengths(12), [2, 10]);
    assert_eq!(lengths(11), [2]);
    assert_eq!(lengths(1), [] as [usize; 0]);
}

#[test]
fn words_leave_with_their_last_item() {
    let mut words = Words::default();
    words.declare(ItemNo(0), &item(&["All"], Some("Lark"), &[]));
    words.declare(ItemNo(1), &item(&["All"], None, &[]));
    words.declare(ItemNo(0), &item(&["All"], Some("Wren"), &[]));
    assert_eq!(words.by_word.len(), 2);
    words.withdraw(ItemNo(0));
    assert_eq!((words.by_word.len(), words.shared(ItemNo(0), ItemNo(1))), (1, None));
    words.withdraw(ItemNo(1));
    assert!(words.by_word.is_empty());
}
