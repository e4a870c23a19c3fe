//! What is declared has words in every language; what has none is refused.

use personal::kinds::DECLARATIONS;
use personal::record::{Declaration, Field};

use crate::fixture::{english, named, technical};
use crate::speech::{Named, Speech, SpeechError};
use crate::words::{FILES, Words};

#[track_caller]
fn refused(words: &str, named: &Named, declarations: &[Declaration]) -> String {
    let words = Words::parse(words).unwrap();
    Speech::new(words, named, declarations, &technical()).unwrap_err().to_string()
}

const ENGLISH: &str = include_str!("../../words/en.toml");

#[test]
fn every_language_names_everything_that_is_declared() {
    for (tag, file) in FILES {
        let words = Words::parse(file).unwrap();
        let speech = Speech::new(words, &named(), &DECLARATIONS, &technical());
        assert!(speech.is_ok(), "{tag}: {}", speech.unwrap_err());
    }
}

#[test]
fn a_new_field_without_words_is_refused() {
    static MORE: [Field; 1] = [Field { name: "shoe_size", what: "the size of the shoes" }];
    let mut declarations = DECLARATIONS;
    let history = declarations.iter_mut().find(|one| one.table == "history_event").unwrap();
    history.fields = &MORE;
    let said = refused(ENGLISH, &named(), &declarations);
    assert!(said.contains("fields.history_event.shoe_size is missing"), "{said}");
}

#[test]
fn a_new_table_without_words_is_refused() {
    let mut more = DECLARATIONS.to_vec();
    let mut new = *more.iter().find(|one| one.table == "staff_read").unwrap();
    new.table = "brand_new";
    more.push(new);
    let said = refused(ENGLISH, &named(), &more);
    assert!(said.contains("tables.brand_new is missing"), "{said}");
}

#[test]
fn words_for_what_is_gone_are_refused() {
    let fewer: Vec<_> = DECLARATIONS.into_iter().filter(|one| one.table != "staff_read").collect();
    let said = refused(ENGLISH, &named(), &fewer);
    assert!(said.contains("tables.staff_read names nothing"), "{said}");
}

#[test]
fn what_the_banner_names_has_its_words_from_there() {
    let mut lent = named();
    lent.tables.remove("preferences");
    let said = refused(ENGLISH, &lent, &DECLARATIONS);
    assert!(said.contains("the banner's kinds.preferences is missing"), "{said}");
    let error = Speech::new(Words::parse(ENGLISH).unwrap(), &Named::default(), &DECLARATIONS, &[]);
    assert!(matches!(error.unwrap_err(), SpeechError::Unknown { .. }), "technical without tables");
    let speech = english();
    assert_eq!(speech.purpose("Marketing"), "Banner's marketing");
    assert_eq!(speech.table("history_event"), "Banner's history_event");
    assert_eq!(speech.purpose("LegalProof"), "Proof of consent and of requests");
}
