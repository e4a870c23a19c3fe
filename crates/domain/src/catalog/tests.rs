use super::{CatalogError, Item};
use crate::id::ItemId;

fn item() -> Item {
    Item::new(ItemId::parse("shirt-1").unwrap(), "Linen shirt".to_owned())
}

#[test]
fn links_that_run_script_are_refused() {
    for (url, good) in [
        ("https://shop.example/a", true),
        ("/a", true),
        ("//evil.example/a", false),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("", false),
    ] {
        let result = Item { url: Some(url.to_owned()), ..item() }.admit();
        assert_eq!(result.is_ok(), good, "{url}");
    }
}

#[test]
fn sensitive_goods_are_marked_by_their_category() {
    for (category, expected) in [
        ("Women/Maternity", true),
        ("Health > Vitamins", true),
        ("Sexual Wellness", true),
        ("Women/Dresses", false),
        ("Healthy snacks", false),
    ] {
        let item = Item { categories: vec![category.to_owned()], ..item() }.admit().unwrap();
        assert_eq!(item.sensitive, expected, "{category}");
    }
    assert!(Item { sensitive: true, ..item() }.admit().unwrap().sensitive);
}

#[test]
fn limits_are_named() {
    let long = Item { title: "x".repeat(2_049), ..item() }.admit();
    assert_eq!(long, Err(CatalogError::TextTooLong { field: "title", len: 2_049 }));
    let many = Item { categories: vec![String::new(); 17], ..item() }.admit();
    assert_eq!(many, Err(CatalogError::TooManyCategories { count: 17 }));
}
