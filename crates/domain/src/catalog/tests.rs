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
    let margin = Item { margin_per_mille: Some(1_001), ..item() }.admit();
    assert_eq!(margin, Err(CatalogError::Margin));
}

#[test]
fn what_only_the_shop_may_know_is_read_stored_and_never_answered() {
    let text = r#"{"id":"a","title":"A","margin_per_mille":345,"stock_units":678,
        "added_ms":1772366400000,"hidden":true}"#;
    let item: Item = serde_json::from_str(text).unwrap();
    assert_eq!((item.margin_per_mille, item.stock_units), (Some(345), Some(678)));
    let answered = serde_json::to_string(&item).unwrap();
    assert!(!answered.contains("345") && !answered.contains("678"), "{answered}");
    assert!(!answered.contains("margin") && !answered.contains("stock_units"), "{answered}");
    let stored = serde_json::to_string(&item.row()).unwrap();
    assert_eq!(serde_json::from_str::<Item>(&stored).unwrap(), item);
}

#[test]
fn a_plain_item_is_written_as_it_always_was() {
    let plain = serde_json::to_value(item()).unwrap();
    assert_eq!(plain.as_object().unwrap().len(), 10, "{plain}");
}
