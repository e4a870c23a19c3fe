use domain::time::Timestamp;

use super::{Address, Field, Small};
use crate::tokens::name::Kind;

/// 1 March 2026.
const NOW: Timestamp = Timestamp::from_ms(1_772_366_400_000);

#[track_caller]
fn normalizes(kind: Kind, text: &str, expected: Option<&str>) {
    let read = Field::parse(kind, text).ok().map(|field| field.normalized());
    let read = read.as_ref().map(|bytes| std::str::from_utf8(bytes).unwrap());
    assert_eq!(read, expected, "{text:?}");
}

#[test]
fn equal_values_are_written_one_way() {
    normalizes(Kind::Email, " Anna.Berg@Example.ORG ", Some("anna.berg@example.org"));
    normalizes(Kind::Email, "ä@bücher.example", Some("ä@bücher.example"));
    for text in ["", "anna", "@example.org", "a b@example.org", "a@b@c.org", "a@localhost", "a@.x"]
    {
        normalizes(Kind::Email, text, None);
    }
    normalizes(Kind::Phone, "+49 30 901820", Some("+4930901820"));
    normalizes(Kind::Phone, "0049-30/901820", Some("+4930901820"));
    for text in ["030 901820", "+1", "+49 30 x", "+0 30 901820", "+1234567890123456"] {
        normalizes(Kind::Phone, text, None);
    }
    normalizes(Kind::Birthday, "1968-02-29", Some("1968-02-29"));
    for text in ["1967-02-29", "1968-13-01", "68-02-29", "1968-2-9", "1968-02-29-1", "1700-01-01"] {
        normalizes(Kind::Birthday, text, None);
    }
    normalizes(Kind::Card, "4111111111111111", None);
    normalizes(Kind::Address, "Main street", None);
}

fn address(line: &str, city: &str, country: &str) -> Address {
    let (lines, postal_code) = (vec![line.to_owned()], "10115".to_owned());
    Address { lines, postal_code, city: city.to_owned(), country: country.to_owned() }
}

#[test]
fn addresses_are_found_however_they_are_punctuated() {
    let one = Field::address(address("Invalidenstr. 1", "Berlin", "DE")).unwrap();
    let same = Field::address(address("INVALIDENSTR 1 ", " berlin", "DE")).unwrap();
    let other = Field::address(address("Invalidenstr. 11", "Berlin", "DE")).unwrap();
    assert_eq!(one.normalized(), same.normalized());
    assert_ne!(one.normalized(), other.normalized());
    let city = Small::City { city: "Berlin".to_owned(), country: "DE".to_owned() };
    assert_eq!(one.small(NOW), city);
    assert!(Field::address(address("x", " ", "DE")).is_err());
    assert!(Field::address(address("x", "Berlin", "de")).is_err());
    assert!(Field::address(address("x\n", "Berlin", "DE")).is_err());
    assert!(Field::address(address(&"x".repeat(2_000), "Berlin", "DE")).is_err());
}

#[test]
fn the_small_form_says_little() {
    let small = |kind, text: &str| Field::parse(kind, text).unwrap().small(NOW);
    let masked = |text: &str| Small::Masked(text.to_owned());
    assert_eq!(small(Kind::Email, "Anna@Example.org"), masked("A***@example.org"));
    assert_eq!(small(Kind::Phone, "+49 30 901820"), masked("+49***20"));
    let band = |from, to| Small::AgeBand { from, to };
    assert_eq!(small(Kind::Birthday, "2008-03-02"), band(0, Some(17)));
    assert_eq!(small(Kind::Birthday, "2008-03-01"), band(18, Some(24)));
    assert_eq!(small(Kind::Birthday, "1961-03-01"), band(65, None));
    assert_eq!(small(Kind::Birthday, "1961-03-02"), band(55, Some(64)));
    assert_eq!(small(Kind::Birthday, "2030-01-01"), band(0, Some(17)));
    assert_eq!(format!("{:?}", Field::parse(Kind::Email, "a@b.cd").unwrap()), "Field(..)");
}
