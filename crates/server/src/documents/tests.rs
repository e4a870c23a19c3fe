//! Texts are read or refused by field; documents stand on the settings file, rules on placements.

use std::sync::Arc;

use domain::time::Day;
use recommend::placement::Placements;

use super::effect::{Base, Effect, Newest, blend};
use super::{Author, Format, Key, Kind, TEXT_BYTES_MAX, Text, Version, reading};
use crate::commands::weights::WeightsFile;

fn toml(text: &str) -> Text {
    Text { format: Format::Toml, text: text.to_owned() }
}

fn json(text: &str) -> Text {
    Text { format: Format::Json, text: text.to_owned() }
}

fn key(kind: &str, name: &str) -> Key {
    Key::parse(kind, name).unwrap()
}

fn version(key: Key, text: Option<Text>) -> (Key, Arc<Version>) {
    let author = Author { role: "merchandiser".to_owned(), reason: "a test".to_owned() };
    let version =
        Version { key: key.clone(), version: 1, seq: 1, at_ms: 0, author, restored: None, text };
    (key, Arc::new(version))
}

fn base() -> Base {
    let changes = toml::from_str("[home]\ncount = 7\n").unwrap();
    Base { placements: Placements::with(changes).unwrap(), weights: None, jurisdiction: None }
}

#[track_caller]
fn check(text: &Text, parts: &[&str]) {
    let refused = reading::placement(text).unwrap_err();
    for part in parts {
        assert!(refused.contains(part), "{refused}");
    }
}

#[test]
fn a_wrong_field_is_named_with_its_place() {
    check(
        &toml("count = 5\n\n[diversity]\nlambda_per_mille = \"x\"\n"),
        &["diversity.lambda_per_mille", "line 4"],
    );
    check(&toml("count = \n"), &["line 1"]);
    check(&toml("colour = 1\n"), &["colour", "count"]);
    check(&toml("[[rules]]\nname = \"a\"\nthen = { boost_per_mille = -1 }\n"), &["rules[0].then"]);
    check(
        &json(r#"{"rules": [{"name": "a", "then": "exclude", "when": {"brand": 5}}]}"#),
        &["rules[0].when.brand"],
    );
    check(&json("{}x"), &["trailing"]);
    check(&toml(&"#".repeat(TEXT_BYTES_MAX + 1)), &["bytes"]);
    assert!(reading::rules(&toml("count = 5")).unwrap_err().contains("count"));
    assert!(reading::weights(&json("{}")).unwrap_err().contains("version"));
}

#[test]
fn kinds_and_names_that_mean_nothing_are_no_document() {
    let wrong = [("placement", "Home"), ("placement", ""), ("prices", "home"), ("weights", "home")];
    for (kind, name) in wrong {
        assert_eq!(Key::parse(kind, name), None, "{kind} {name}");
    }
    assert_eq!(key("weights", "blend"), blend());
}

#[test]
fn rows_are_read_as_they_were_written_and_sort_by_number() {
    let (_, one) = version(key("rules", "home"), Some(toml("rules = []")));
    assert_eq!(Version::from_row(&one.to_row().unwrap()).unwrap(), *one);
    let later = Version { version: 10, ..(*one).clone() };
    let second = Version { version: 9, ..later.clone() };
    assert!(second.stored_key() < later.stored_key());
}

#[test]
fn a_document_stands_on_the_settings_file() {
    let of =
        |versions: Vec<(Key, Arc<Version>)>| Effect::of(&base(), Newest::from_iter(versions), &[]);
    let home = |effect: &Effect| {
        let home = effect.placements.get("home").unwrap();
        (home.count, home.rules.all().len())
    };
    assert_eq!(home(&of(vec![])), (7, 0));
    let rules = "[[rules]]\nname = \"a\"\nthen = \"exclude\"\nwhen = { brand = [\"B\"] }\n";
    let own = version(key("rules", "home"), Some(toml(rules)));
    assert_eq!(home(&of(vec![own.clone()])), (7, 1));
    let count = version(key("placement", "home"), Some(json(r#"{"count": 3, "rules": []}"#)));
    assert_eq!(home(&of(vec![own.clone(), count])), (3, 1), "rules go before the placement's");
    assert_eq!(home(&of(vec![version(key("placement", "home"), None)])), (7, 0));
}

#[test]
fn what_does_not_fit_changes_nothing_and_is_named() {
    let none = version(key("rules", "nowhere"), Some(toml("rules = []")));
    let wrong = version(key("placement", "cart"), Some(toml("count = 0")));
    let unread = version(blend(), Some(toml("version = 1")));
    let effect = Effect::of(&base(), Newest::from_iter([none, wrong, unread]), &[]);
    assert_eq!(*effect.placements, base().placements);
    let refused: Vec<Kind> = effect.refused.keys().map(|key| key.kind).collect();
    assert_eq!(refused, [Kind::Placement, Kind::Rules, Kind::Weights]);
    assert!(effect.refused[&key("placement", "cart")].contains("count is 1 to 200"));
}

#[test]
fn fitted_weights_end_by_themselves() {
    let made = Day::from_number(20_000);
    let tuned = recommend::tune::Tuned {
        plan: recommend::plan::Plan::shipped(),
        reached: vec![],
        sessions: (1, 1),
        subjects: 1_000,
        choices: 1,
        log_likelihood: 0.0,
    };
    let file = WeightsFile::new(tuned, &[], made);
    let text = json(&serde_json::to_string(&file).unwrap());
    let effect = Effect::of(&base(), Newest::from_iter([version(blend(), Some(text))]), &[]);
    assert_eq!(effect.refused.get(&blend()), None);
    let from = |base: &Base, day: u32| effect.weights(base, Day::from_number(day)).map(|it| it.1);
    assert_eq!(from(&base(), 20_089), Some(true));
    assert_eq!(from(&base(), 20_090), None);
    let lasting = WeightsFile { expires: made.plus(95), ..file };
    let with_file = Base { weights: Some(lasting), ..base() };
    assert_eq!(from(&with_file, 20_089), Some(true), "a document goes before the settings file");
    assert_eq!(from(&with_file, 20_090), Some(false));
    assert_eq!(from(&with_file, 20_095), None);
}
