//! Every language says everything, with the same placeholders, and nothing that was not checked.

use std::collections::BTreeMap;

use toml::Value;

use crate::words::{FILES, Words};

/// Every text of a file by its key.
fn texts(file: &str) -> BTreeMap<String, String> {
    fn walk(key: &str, value: &Value, into: &mut BTreeMap<String, String>) {
        let Some(table) = value.as_table() else {
            into.insert(key.to_owned(), value.as_str().expect("a text").to_owned());
            return;
        };
        for (name, value) in table {
            let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            walk(&key, value, into);
        }
    }
    let mut into = BTreeMap::new();
    walk("", &toml::from_str(file).unwrap(), &mut into);
    into
}

fn placeholders(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for piece in text.split('{').skip(1) {
        found.push(piece.split('}').next().unwrap().to_owned());
    }
    found.sort();
    found
}

#[test]
fn the_languages_are_those_of_the_banner() {
    let tags: Vec<&str> = FILES.iter().map(|(tag, _)| *tag).collect();
    assert_eq!(tags, ["de", "en", "es", "fr", "it", "nb", "nl", "pl"]);
    for (tag, file) in FILES {
        assert_eq!(Words::parse(file).unwrap().language, tag);
    }
}

#[test]
fn every_text_is_there_once_with_the_placeholders_of_the_english_one() {
    let english = texts(include_str!("../../words/en.toml"));
    for (tag, file) in FILES {
        let own = texts(file);
        let keys = |all: &BTreeMap<String, String>| all.keys().cloned().collect::<Vec<String>>();
        assert_eq!(keys(&own), keys(&english), "{tag}");
        for (key, text) in &own {
            assert_eq!(placeholders(text), placeholders(&english[key]), "{tag}: {key}");
            assert!(!text.trim().is_empty(), "{tag}: {key}");
            assert_eq!(text.trim(), text, "{tag}: {key}");
            assert!(!text.contains(['<', '>', '\n']), "{tag}: {key}");
        }
    }
}

#[test]
fn sentences_are_translated() {
    let english = texts(include_str!("../../words/en.toml"));
    for (tag, file) in FILES.into_iter().filter(|(tag, _)| *tag != "en") {
        for (key, text) in texts(file) {
            let is_sentence = text.split(' ').count() > 3;
            assert!(!is_sentence || text != english[&key], "{tag}: {key} is English");
        }
    }
}

#[test]
fn a_word_that_is_missing_or_unknown_is_refused() {
    let english = include_str!("../../words/en.toml");
    let without = english.replace("basis = \"Lawful basis\"\n", "");
    assert!(Words::parse(&without).unwrap_err().to_string().contains("basis"));
    let more = english.replace("[title]\n", "[title]\nmore = \"More\"\n");
    assert!(Words::parse(&more).unwrap_err().to_string().contains("more"));
}

#[test]
fn no_language_promises_what_nobody_can_keep() {
    let never = ["100 %", "100%", "anonym"];
    for (tag, file) in FILES {
        for (key, text) in texts(file) {
            let text = text.to_lowercase();
            assert!(!never.iter().any(|word| text.contains(word)), "{tag}: {key}");
        }
    }
}
