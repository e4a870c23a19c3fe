//! The lists.

use super::{CITY, COMMON, COUNTRY, GIVEN, Gazetteer, SURNAME};

#[test]
fn words_are_found_whatever_their_capitals() {
    let lists = Gazetteer::new();
    assert!(lists.len() > 50_000, "{}", lists.len());
    assert_ne!(lists.of("Emma") & GIVEN, 0);
    assert_ne!(lists.of("EMMA") & GIVEN, 0);
    assert_ne!(lists.of("Hämäläinen") & SURNAME, 0);
    assert_ne!(lists.of("helsinki") & CITY, 0);
    assert_ne!(lists.of("New Zealand") & COUNTRY, 0);
    assert_ne!(lists.of("the") & COMMON, 0);
    assert_eq!(lists.of("qqqqqq"), 0);
    assert_eq!(lists.of(&"a".repeat(1_000)), 0);
}
