//! Laws of the whole scanner.

use std::sync::LazyLock;

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use proptest::strategy::Strategy as _;

use super::{ScanError, Scanner, Settings, TEXT_BYTES_MAX};
use crate::finding::Finding;
use crate::kind::{Kind, Kinds};
use crate::operators::{Conversation, Operator, replace};

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| Scanner::new(Settings::default()).unwrap());

fn scanner() -> &'static Scanner {
    &SCANNER
}

fn scan(text: &str) -> Vec<Finding> {
    scanner().scan(text).unwrap()
}

#[track_caller]
pub(crate) fn finds(text: &str, kind: Kind, expected: &str) {
    let settings = Settings { kinds: Kinds::NONE.with(kind), ..Settings::default() };
    let found = Scanner::new(settings).unwrap().scan(text).unwrap();
    let texts: Vec<&str> = found.iter().filter_map(|one| text.get(one.range())).collect();
    assert!(texts.contains(&expected), "{text:?}: {texts:?}, not {expected:?}");
}

#[track_caller]
pub(crate) fn nothing(text: &str, kind: Kind) {
    let found = scan(text);
    assert!(!found.iter().any(|one| one.kind == kind), "{text:?}: {found:?}");
}

pub(crate) fn rule_of(text: &str, kind: Kind, value: &str) -> Option<String> {
    let found = scan(text);
    let one = found.iter().find(|one| one.kind == kind && text.get(one.range()) == Some(value))?;
    Some(one.rule.to_owned())
}

#[test]
fn order_numbers_follow_the_shops_own_pattern() {
    let settings =
        Settings { order_number: Some("ORD-[0-9]{6}".to_owned()), ..Settings::default() };
    let found = Scanner::new(settings).unwrap().scan("where is ORD-123456?").unwrap();
    assert!(found.iter().any(|one| one.kind == Kind::OrderNumber), "{found:?}");
    for wrong in ["(", "", "a*", &"a".repeat(300)] {
        let settings = Settings { order_number: Some(wrong.to_owned()), ..Settings::default() };
        assert_eq!(Scanner::new(settings).unwrap_err(), ScanError::Pattern, "{wrong:?}");
    }
}

#[test]
fn too_long_a_text_is_refused() {
    let text = " ".repeat(TEXT_BYTES_MAX + 1);
    assert_eq!(scanner().scan(&text).unwrap_err(), ScanError::TooLong { bytes: text.len() });
}

/// Inputs of 1 MB on which a careless recognizer would look back or ahead without end.
#[test]
fn hostile_texts_take_no_longer_than_their_length() {
    let pieces = [
        "@",
        "a@",
        "@a.b",
        "a.",
        "1",
        "1 ",
        "1-",
        "0 ",
        "(",
        "://",
        "a://a",
        "a:",
        "1:",
        "f:f",
        ".",
        "-",
        "00-",
        "Anna ",
        "van ",
        "Rue ",
        "Apt 1 ",
        "St ",
        "DE89 ",
        "DE",
        "0x",
        "card ",
        "ä",
        "\u{200b}1",
        "٤ ",
        "A. ",
        "12 Anna ",
        "www.a",
        "+1",
        "bc1",
        "Mr. ",
        "4111 1111 1111 1111 ",
        "1.1.1.1.",
        "in In ",
        "a'",
    ];
    let scanner = scanner();
    for piece in pieces {
        let text = piece.repeat(1_000_000 / piece.len());
        // A quadratic step would be 10^12 of them: the test would not end.
        let found = scanner.scan(&text).unwrap();
        assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start), "{piece:?}");
    }
}

fn hard_text() -> impl proptest::strategy::Strategy<Value = String> {
    let pieces = [
        "Laura Carvalho",
        "4111 1111 1111 1111",
        "a@example.com",
        "+46 70 123 45 67",
        "card",
        "10 Downing Street",
        "\u{200b}",
        "é",
        "٤",
        "DE89370400440532013000",
        "born 10/5/1971",
        "811228-9874",
        "203.0.113.7",
        " ",
        ", ",
        "\n",
        "@",
        "1",
        "-",
        "Mr. ",
        "日本",
        "00:1B:44:11:3A:B7",
        "[",
        "]",
        ".",
        "in Helsinki",
        "Anna",
        "0",
    ];
    let piece = proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned);
    let piece = proptest::prop_oneof![6 => piece, 1 => any::<char>().prop_map(String::from)];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn findings_stand_between_characters_in_order(text in hard_text()) {
        let found = scan(&text);
        for one in &found {
            prop_assert!(text.get(one.range()).is_some_and(|piece| !piece.is_empty()));
            prop_assert!(one.score <= 100 && one.score >= super::SCORE_MIN);
        }
        prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
    }

    #[test]
    fn operators_leave_nothing_to_find(text in hard_text()) {
        let scanner = scanner();
        for operator in [Operator::Redact, Operator::Mask, Operator::KeepLast(4), Operator::Pseudonym] {
            let mut conversation = Conversation::new([1; 32]);
            let (answer, _) = replace(scanner, &text, operator, &mut conversation).unwrap();
            prop_assert_eq!(scanner.scan(&answer).unwrap(), vec![], "{:?} {:?}", operator, answer);
        }
    }

    #[test]
    fn any_text_can_be_scanned(text in any::<String>()) {
        scan(&text);
    }
}
