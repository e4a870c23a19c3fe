use std::collections::BTreeSet;

use consent::law::{PACKS, law_for};
use domain::hex;
use domain::time::Day;
use personal::kinds::DECLARATIONS;
use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::{Signal, Signals};
use sha2::{Digest as _, Sha256};

use super::{Asked, Notice, Show, notice};
use crate::banner::BannerSettings;
use crate::banner::texts::Library;

/// 1 March 2026.
const TODAY: Day = Day::from_number(20_513);

fn library() -> Library {
    Library::read(None, "en").unwrap()
}

fn made(language: &str, place: &str, gpc: bool) -> Notice {
    let signals = if gpc { Signals::NONE.with(Signal::Gpc) } else { Signals::NONE };
    let purposes = BannerSettings::default().purposes;
    let asked =
        Asked { pack: law_for(Some(place), TODAY), signals, purposes: &purposes, today: TODAY };
    notice(library().nearest(Some(language)).unwrap(), &asked)
}

#[test]
fn the_digest_is_that_of_every_word_in_its_order() {
    for texts in library().all() {
        for place in ["DE", "US-CA", "somewhere"] {
            for gpc in [false, true] {
                let made = made(&texts.language, place, gpc);
                let text = made.text();
                assert_eq!(made.digest, hex::encode(&Sha256::digest(&text)));
                let (_, shown) = text.split_once("\n\n").unwrap();
                assert_eq!(made.words(), shown.lines().collect::<Vec<_>>());
                assert!(!shown.contains(['{', '}']), "{shown}");
            }
        }
    }
}

#[test]
fn every_word_of_the_answer_is_in_the_notice_or_said_after_the_choice() {
    /// Every text at the end of a path, with the path.
    fn leaves(value: &serde_json::Value, path: &str, found: &mut Vec<(String, String)>) {
        match value {
            serde_json::Value::String(text) => found.push((path.to_owned(), text.clone())),
            serde_json::Value::Array(list) => {
                list.iter().for_each(|one| leaves(one, path, found));
            }
            serde_json::Value::Object(map) => {
                map.iter().for_each(|(key, one)| leaves(one, &format!("{path}/{key}"), found));
            }
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
            }
        }
    }
    let made = made("de", "US-CA", true);
    let mut found = Vec::new();
    leaves(&serde_json::to_value(&made).unwrap(), "", &mut found);
    let text = made.text();
    let apart = [
        "/status/",
        "/digest",
        "/law/advice",
        "/category",
        "/table",
        "/regime",
        "/way",
        "/features/feature",
    ];
    let named = ["/show", "/direction"];
    for (path, words) in found {
        if !apart.iter().chain(&named).any(|part| path.contains(part)) {
            assert!(text.contains(&words), "{path}: {words}");
        }
    }
}

#[test]
fn the_digest_depends_on_words_law_signals_and_purposes_and_not_on_the_day() {
    let one = made("de", "DE", false);
    assert_eq!(one.digest, made("de-AT", "FR", false).digest);
    for other in [made("fr", "DE", false), made("de", "CH", false), made("de", "DE", true)] {
        assert_ne!(one.digest, other.digest);
    }
    let library = library();
    let texts = library.nearest(Some("de")).unwrap();
    let purposes = [PurposeName::Personalization, PurposeName::SharedLearning];
    let pack = law_for(Some("DE"), TODAY);
    let asked = Asked { pack, signals: Signals::NONE, purposes: &purposes, today: TODAY };
    let fewer = notice(texts, &asked);
    assert_ne!(one.digest, fewer.digest);
    let later = notice(texts, &Asked { today: TODAY.plus(200), ..asked });
    assert_eq!(later.digest, fewer.digest);
}

#[test]
fn silence_and_signals_follow_the_law_pack() {
    let german = made("en", "DE", false);
    assert_eq!((german.show, german.law.id), (Show::Banner, "eu-2018-05-25"));
    assert!(german.purposes.iter().all(|one| one.regime == "opt_in"));
    assert!(german.purposes.iter().all(|one| one.silence == "Off until you say yes."));
    assert_eq!(german.banner.lines.len(), 1);
    assert!(german.banner.ok.is_none() && german.settings.signal.is_none());
    // A signal has answered: nobody is asked, and a yes can be said in the preferences.
    let told = made("en", "DE", true);
    assert_eq!((told.show, told.yes_counts), (Show::Nothing, true));
    assert_eq!(told.banner.lines.as_slice(), told.settings.signal.as_slice());
    assert!(told.settings.signal.unwrap().contains("your yes counts above the signal"));
    let californian = made("en", "US-CA", false);
    assert_eq!(californian.show, Show::Banner);
    assert!(californian.purposes.iter().all(|one| one.silence == "On until you say no."));
    assert!(californian.banner.lines[0].starts_with("Until you say no"));
    let honored = made("en", "US-CA", true);
    assert_eq!((honored.show, honored.signals.as_slice()), (Show::Honored, &["gpc"][..]));
    assert_eq!(
        (honored.banner.title.as_str(), honored.banner.ok.as_deref()),
        ("Opt-out honored", Some("OK"))
    );
    assert!(honored.purposes.iter().all(|one| one.silence == "Off until you say yes."));
    let virginian = made("en", "US-VA", true);
    assert_eq!(virginian.show, Show::Nothing);
    // Where nothing is known, a signal wins over everything.
    let unknown = made("en", "", true);
    assert_eq!((unknown.yes_counts, unknown.law.id), (false, "strictest-1"));
    assert!(unknown.settings.signal.unwrap().contains("nothing outranks it"));
}

#[test]
fn periods_are_those_of_the_law_pack() {
    let made = made("en", "DE", false);
    assert_eq!((made.ask_again_days, made.yes_days), (Some(365), 395));
    let facts = made.settings.facts.join("\n");
    for part in ["at most 1460 days", "after 395 days", "not asked again for 12 months"] {
        assert!(facts.contains(part), "{facts} lacks {part}");
    }
}

#[test]
fn what_is_kept_is_what_is_declared() {
    let purposes: Vec<PurposeName> = PurposeName::ALL
        .into_iter()
        .filter(|purpose| purpose.basis() == LawfulBasis::Consent)
        .collect();
    for texts in library().all() {
        for pack in PACKS.iter() {
            let asked = Asked { pack, signals: Signals::NONE, purposes: &purposes, today: TODAY };
            let made = notice(texts, &asked);
            let shown: BTreeSet<(&str, &str, u32)> = made
                .purposes
                .iter()
                .flat_map(|one| one.data.iter().map(|d| (one.purpose, d.table, d.keep_days_max)))
                .collect();
            let declared: BTreeSet<(&str, &str, u32)> = DECLARATIONS
                .iter()
                .filter(|kind| kind.purpose.basis() == LawfulBasis::Consent)
                .map(|kind| (kind.purpose.as_str(), kind.table, kind.keep_days_max))
                .collect();
            assert_eq!(shown, declared);
            for one in &made.purposes {
                assert_eq!(one.data.is_empty(), one.nothing_kept.is_some());
                for data in &one.data {
                    assert!(data.text.contains(&data.keep_days_max.to_string()));
                }
            }
        }
    }
}

#[test]
fn a_shop_that_asks_nothing_shows_nothing() {
    let asked = Asked {
        pack: law_for(Some("DE"), TODAY),
        signals: Signals::NONE,
        purposes: &[],
        today: TODAY,
    };
    assert_eq!(notice(library().nearest(None).unwrap(), &asked).show, Show::Nothing);
}
