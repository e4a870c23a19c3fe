use proptest::prelude::*;

use super::{Kind, Shape, TokenName};
use crate::tokens::card::{CardNumber, holds_card, is_luhn};

#[test]
fn names_say_what_they_are() {
    let name = TokenName::opaque(Kind::Card, [0x5a; 16]);
    assert_eq!(name.as_str(), format!("tok_card_{}", "fk".repeat(16)));
    assert_eq!(name.kind(), Some(Kind::Card));
    assert_eq!(format!("{name:?}"), "TokenName(..)");
    for kind in Kind::ALL {
        assert_eq!(TokenName::opaque(kind, [1; 16]).kind(), Some(kind));
        assert_eq!(Kind::parse(kind.as_str()), Ok(kind));
    }
    assert!(Kind::parse("Card").is_err());
    for other in ["tok_card_ab", "tok_gold_abababababababababababababababab", "9912345678"] {
        assert_eq!(TokenName::parse(other).unwrap().kind(), None, "{other}");
    }
}

#[test]
fn what_cannot_be_a_name_is_refused() {
    for text in ["", "abc", "tok-card", "tok card", "a'b\"c", "4111111111111111", "ö123456"] {
        assert!(TokenName::parse(text).is_err(), "{text:?}");
    }
    assert!(TokenName::parse(&"a".repeat(257)).is_err());
    assert!(TokenName::parse("5555555555554444").is_err());
}

proptest! {
    #[test]
    fn no_name_can_be_taken_for_a_card(bits in any::<[u8; 16]>(), last in 0u32..10_000) {
        let mut digits = format!("45590000000{last:04}").into_bytes();
        let check = crate::tokens::card::check_digit(&digits);
        digits.push(check);
        let card = CardNumber::parse(std::str::from_utf8(&digits).unwrap()).unwrap();
        for shape in [Shape::Opaque, Shape::Luhn, Shape::LastFour, Shape::LuhnLastFour] {
            let name = TokenName::shaped(&card, shape, bits).unwrap();
            let text = name.as_str();
            prop_assert!(!holds_card(text.as_bytes()));
            prop_assert_eq!(TokenName::parse(text), Ok(name.clone()));
            match shape {
                Shape::Opaque => prop_assert!(!text.contains(|c: char| c.is_ascii_digit())),
                Shape::Luhn => prop_assert!(is_luhn(text.as_bytes())),
                Shape::LastFour => {
                    prop_assert!(!is_luhn(text.as_bytes()) && text.ends_with(card.last_four()));
                }
                Shape::LuhnLastFour => {
                    prop_assert!(is_luhn(text.as_bytes()) && text.ends_with(card.last_four()));
                }
            }
        }
    }
}
