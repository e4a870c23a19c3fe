use super::{ItemId, ItemIdError, Pseudonym, ShopId};

#[track_caller]
fn check(text: &str, expected: Result<(), ItemIdError>) {
    assert_eq!(ItemId::parse(text).map(|_| ()), expected, "{text:?}");
}

#[test]
fn item_ids_are_read_or_refused() {
    check("15056bl", Ok(()));
    check("Ärmel ✂ 3", Ok(()));
    check(&"a".repeat(128), Ok(()));
    check("", Err(ItemIdError::Empty));
    check("a\nb", Err(ItemIdError::Control));
    check("a\u{85}b", Err(ItemIdError::Control));
    check(&"a".repeat(129), Err(ItemIdError::TooLong { len: 129 }));
}

#[test]
fn item_ids_are_never_case_folded() {
    assert_ne!(ItemId::parse("ab"), ItemId::parse("AB"));
}

#[test]
fn shop_ids_are_folder_names() {
    for good in ["a", "my-shop-2", &"x".repeat(32)] {
        assert!(ShopId::parse(good).is_ok(), "{good}");
    }
    for bad in ["", "-a", "A", "a/b", "..", "a b", "ä", &"x".repeat(33)] {
        assert!(ShopId::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_pseudonym_prints_none_of_its_bytes() {
    assert_eq!(format!("{:?}", Pseudonym::from_bytes([7; 16])), "Pseudonym(..)");
}
