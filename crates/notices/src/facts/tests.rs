//! What is done is computed from the declarations, and what the shop did not say is named.

use personal::kinds::DECLARATIONS;
use personal::purpose::PurposeName;

use crate::facts::{Controller, Erased, Ground, Processing, Said, processing, said};
use crate::fixture::{all, source};

#[test]
fn every_declared_table_and_field_is_there() {
    let all = all();
    assert_eq!(all.tables.len(), DECLARATIONS.len());
    for (table, declared) in all.tables.iter().zip(&DECLARATIONS) {
        assert_eq!(table.table, declared.table);
        assert_eq!(table.fields.len(), declared.fields.len(), "{}", table.table);
        assert_eq!(table.keep_days_max, declared.keep_days_max);
        assert!(!table.readers.is_empty(), "{}: nobody may open it", table.table);
    }
    let evidence = all.tables.iter().find(|one| one.table == "consent_evidence").unwrap();
    assert!(matches!(&evidence.on_erasure, Erased::Keep { days: 1_460, .. }));
    assert_eq!(evidence.readers, ["LegalProof", "Support"]);
}

#[test]
fn a_purpose_is_in_use_when_it_keeps_reads_or_is_asked_about() {
    let named: Vec<String> = all().purposes.into_iter().map(|one| one.purpose).collect();
    let expected = [
        "Personalization",
        "SharedLearning",
        "Measurement",
        "Marketing",
        "Support",
        "LegalObligation",
        "LegalProof",
    ];
    assert_eq!(named, expected);
    let alone = processing(&crate::facts::Source {
        asked: &[PurposeName::PersonalizedPricing],
        declarations: &[],
        readers: &[],
        ..source()
    });
    let named: Vec<&str> = alone.purposes.iter().map(|one| one.purpose.as_str()).collect();
    assert_eq!(named, ["PersonalizedPricing"]);
}

#[test]
fn what_the_shop_did_not_say_is_missing_by_its_key() {
    assert_eq!(all().missing(), Vec::<String>::new());
    let mut silent = all();
    silent.controller = Controller::default();
    silent.recipients = None;
    silent.security.clear();
    assert_eq!(silent.missing().len(), 11, "{:?}", silent.missing());
    let mut abroad = all();
    abroad.recipients.as_mut().unwrap()[0].ground = Ground::Missing;
    assert_eq!(abroad.missing(), ["notice.recipients[0].safeguard"]);
    abroad.recipients = Some(Vec::new());
    assert!(abroad.missing().is_empty(), "nobody receives data is an answer");
}

#[test]
fn none_is_an_answer_and_nothing_is_not() {
    assert_eq!(said(" none "), Said::Nobody);
    assert_eq!(said(" "), Said::Nothing);
    assert_eq!(said("dpo@shop.example"), Said::Who("dpo@shop.example"));
}

#[test]
fn it_is_written_and_read_again() {
    let text = serde_json::to_string(&all()).unwrap();
    assert_eq!(serde_json::from_str::<Processing>(&text).unwrap(), all());
}
