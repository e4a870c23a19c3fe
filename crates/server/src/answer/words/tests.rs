use std::collections::BTreeSet;

use super::table::TABLE;
use super::{Language, Sentence};

#[track_caller]
fn asked(header: &str, expected: Option<Language>) {
    assert_eq!(Language::negotiated(header), expected, "{header:?}");
}

#[test]
fn the_language_with_the_greatest_weight_answers() {
    asked("de", Some(Language::German));
    asked("de-CH, fr;q=0.9, en;q=0.8", Some(Language::German));
    asked("ja, nl;q=0.5, it;q=0.7", Some(Language::Italian));
    asked("fr;q=0, es;q=0.1", Some(Language::Spanish));
    asked("FR_ca", Some(Language::French));
    asked("*, ja", None);
    asked("", None);
    asked("en;q=abc, de;q=0.001", Some(Language::German));
    asked("en;q=7, de", Some(Language::English));
}

/// The slots of a template, such as `item`.
fn slots(template: &str) -> Vec<&str> {
    template.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

#[test]
fn every_sentence_says_the_same_in_every_language() {
    let mut all = BTreeSet::new();
    for sentence in TABLE.map(|(sentence, _)| sentence) {
        let english = slots(sentence.template(Language::English));
        for language in Language::ALL {
            let template = sentence.template(language);
            assert_eq!(slots(template), english, "{sentence:?} in {language:?}");
            assert!(template.chars().count() >= 5, "{sentence:?} in {language:?}");
            assert!(!template.ends_with('.'), "{sentence:?} in {language:?}");
            let said = sentence.say(language, "Linen shirt", 4);
            assert!(!said.contains(['{', '}']), "{said}");
        }
        // No two sentences are one by an arm that was forgotten.
        assert!(all.insert(sentence.template(Language::English)), "{sentence:?}");
    }
}

#[test]
fn titles_are_isolated() {
    let said = Sentence::ViewedWith.say(Language::English, "חולצה", 0);
    assert_eq!(said, "Often looked at with \u{2068}חולצה\u{2069}");
    // A title cannot end its isolation itself.
    let said = Sentence::SameKind.say(Language::Dutch, "a\u{2069}\u{202e}é", 0);
    assert_eq!(said, "Van dezelfde soort als \u{2068}aé\u{2069}");
    let said = Sentence::EveryWeeks.say(Language::German, "", 4);
    assert_eq!(said, "Sie kaufen das etwa alle 4 Wochen");
}
