//! What is written instead.

use super::{Conversation, Operator, mask, replace};
use crate::kind::Kind;
use crate::scan::{Scanner, Settings};

const TEXT: &str = "I am Laura Carvalho, card 4111 1111 1111 1111, mail laura@example.com; Laura \
    Carvalho, born 10/5/1971, +46 70 123 45 67, at 10 Downing Street, London.";

fn scanner() -> Scanner {
    Scanner::new(Settings::default()).unwrap()
}

fn run(operator: Operator) -> (String, Conversation) {
    let mut conversation = Conversation::new([7; 32]);
    let (text, _) = replace(&scanner(), TEXT, operator, &mut conversation).unwrap();
    (text, conversation)
}

#[test]
fn nothing_is_found_afterwards() {
    for operator in [Operator::Redact, Operator::Mask, Operator::KeepLast(4), Operator::Pseudonym] {
        let (text, _) = run(operator);
        assert_eq!(scanner().scan(&text).unwrap(), [], "{operator:?}: {text}");
        assert!(!text.contains("Laura") && !text.contains("example.com"), "{text}");
    }
}

#[test]
fn kinds_and_counts_are_told() {
    let mut conversation = Conversation::new([7; 32]);
    let (text, counts) = replace(&scanner(), TEXT, Operator::Redact, &mut conversation).unwrap();
    assert!(text.contains("card [card], mail [email]"), "{text}");
    assert_eq!(counts.get(&Kind::Email), Some(&1));
}

#[test]
fn the_last_characters_stay_when_there_are_enough() {
    assert_eq!(mask("4111 1111 1111 1111", 4), "***************1111");
    assert_eq!(mask("4111 1111 1111 1111", 400), "***************1111");
    assert_eq!(mask("Zoë", 4), "***");
    assert_eq!(mask("", 4), "");
}

#[test]
fn pseudonyms_are_consistent_and_can_be_taken_back() {
    let (text, conversation) = run(Operator::Pseudonym);
    let token = text.split(',').next().unwrap().trim_start_matches("I am ").to_owned();
    assert!(token.starts_with("[person:"), "{text}");
    assert_eq!(text.matches(&token).count(), 2, "{text}");
    assert_eq!(conversation.restore(&text), TEXT);
    assert_eq!(Conversation::new([7; 32]).restore(&text), text);
    let mut other = Conversation::new([8; 32]);
    let (elsewhere, _) = replace(&scanner(), TEXT, Operator::Pseudonym, &mut other).unwrap();
    assert_ne!(text, elsewhere);
}

#[test]
fn synthetic_values_have_the_form_and_nobody_has_them() {
    let (text, _) = run(Operator::Synthetic);
    let found = scanner().scan(&text).unwrap();
    let card =
        found.iter().find(|one| one.kind == Kind::Card).and_then(|one| text.get(one.range()));
    assert!(card.is_some_and(|card| card.starts_with("400000")), "{text}");
    assert!(!text.contains("Laura") && !text.contains("4111 1111"), "{text}");
    assert_eq!(run(Operator::Synthetic).0, text);
}
