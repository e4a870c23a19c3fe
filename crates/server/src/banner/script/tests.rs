use std::collections::BTreeMap;
use std::io::Read as _;

use consent::consent_mode::Kind;
use consent::law::law_for;
use domain::time::Day;
use personal::feature::Feature;
use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::Signals;

use super::{PARTS, compress, lean, script};
use crate::banner::BannerSettings;
use crate::banner::notice::{Asked, notice};
use crate::banner::texts::Library;

/// Script, styles and the words of one language.
const ALL_BYTES_MAX: usize = 12_000;

#[test]
fn script_styles_and_words_are_small_in_every_language() {
    let purposes = BannerSettings::default().purposes;
    for texts in Library::read(None, "en").unwrap().all() {
        for place in ["DE", "US-CA"] {
            let today = Day::from_number(20_779);
            let pack = law_for(Some(place), today);
            let asked = Asked { pack, signals: Signals::NONE, purposes: &purposes, today };
            let words = serde_json::to_vec(&notice(texts, &asked)).unwrap();
            let (script, words) = (script().gzip.len(), compress(&words).len());
            println!("{} {place}: script {script}, notice {words}", texts.language);
            assert!(script + words < ALL_BYTES_MAX, "{script} + {words} bytes");
        }
    }
}

#[test]
fn only_comments_and_indentation_are_left_out() {
    let part = "// A.\n/** B\n * c */\n  * { d }\n\n  e // f\n/* g */\n/*\nh\n*/\ni\n";
    assert_eq!(lean(part), "* { d }\ne // f\ni\n");
}

#[test]
fn both_forms_are_the_same_script() {
    let script = script();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*script.gzip).read_to_string(&mut text).unwrap();
    assert_eq!(text, script.plain);
    assert!(script.tag.starts_with('"') && script.tag.len() == 34);
}

#[test]
fn no_part_has_what_a_strict_policy_forbids_or_what_joining_would_break() {
    for part in PARTS {
        for forbidden in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
        {
            assert!(!part.contains(forbidden), "{forbidden}");
        }
        for line in part.lines() {
            assert!(line.matches('`').count() % 2 == 0, "a text spans lines: {line}");
        }
    }
}

/// The types and what they need, as the script lists them.
#[test]
fn consent_mode_of_the_page_is_that_of_the_record() {
    let part = PARTS.iter().find(|part| part.contains("const TYPES")).unwrap();
    let (_, list) = part.split_once("const TYPES = {\n").unwrap();
    let (list, _) = list.split_once("};").unwrap();
    let listed: BTreeMap<&str, Vec<&str>> = list
        .lines()
        .map(|line| {
            let (name, needs) = line.trim().split_once(": ").unwrap();
            (name, needs.split('\'').skip(1).step_by(2).collect())
        })
        .collect();
    let expected: BTreeMap<&str, Vec<&str>> = Kind::ALL
        .into_iter()
        .map(|kind| {
            // What rests on no consent cannot be refused in a banner.
            let asked = kind.needs().iter().filter(|one| one.basis() == LawfulBasis::Consent);
            (kind.as_str(), asked.map(|purpose| purpose.as_str()).collect())
        })
        .collect();
    assert_eq!(listed, expected);
}

#[test]
fn the_script_knows_the_purposes_that_rest_on_consent() {
    let names: Vec<String> = PurposeName::ALL
        .into_iter()
        .filter(|purpose| purpose.basis() == LawfulBasis::Consent)
        .map(|purpose| format!("'{}'", purpose.as_str()))
        .collect();
    let line = format!("const PURPOSES = [{}];", names.join(", "));
    assert!(PARTS.iter().any(|part| part.contains(&line)), "{line}");
    // The script takes every part that is left out for one of this purpose.
    assert!(Feature::ALL.into_iter().all(|one| one.purpose() == PurposeName::Personalization));
}
