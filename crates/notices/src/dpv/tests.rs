//! The record in terms of the vocabulary: every term is known, everything of Art. 30 is there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::canonical;
use crate::document::{Kind, document};
use crate::dpv::{Terms, record};
use crate::facts::{Ground, Processing, Recipient, Role};
use crate::fixture::{all, english, host};

fn terms() -> Terms {
    let purposes = [("Personalization", "dpv:ProvidePersonalisedRecommendations")];
    let categories = [("pseudonymous_browsing", "pd:BrowsingBehaviour")];
    Terms {
        purposes: purposes.map(|(name, term)| (name.to_owned(), term)).into(),
        categories: BTreeMap::from(categories.map(|(name, term)| (name.to_owned(), term))),
    }
}

fn written(processing: &Processing) -> Value {
    record(&document(Kind::Ropa, processing, &english()), &english(), &terms())
}

fn note(text: &str, into: &mut BTreeSet<String>) {
    let known = ["dpv:", "eu-gdpr:", "pd:"].iter().any(|prefix| text.starts_with(prefix));
    if known && !text.contains(' ') {
        into.insert(text.to_owned());
    }
}

/// Everything that looks like a term, as key or value.
fn named(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => note(text, into),
        Value::Array(values) => values.iter().for_each(|value| named(value, into)),
        Value::Object(fields) => {
            for (key, value) in fields {
                note(key, into);
                if key != "@context" {
                    named(value, into);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn recipients() -> Vec<Recipient> {
    let grounds = [
        Ground::Inside,
        Ground::Adequacy { by: "a decision".to_owned() },
        Ground::Safeguard { by: "clauses".to_owned() },
        Ground::Derogation { by: "an exception".to_owned() },
        Ground::Missing,
    ];
    let roles = [Role::Processor, Role::JointController, Role::Controller, Role::Authority];
    let roles = roles.into_iter().cycle();
    grounds
        .into_iter()
        .zip(roles)
        .map(|(ground, role)| Recipient { role, ground, ..host() })
        .collect()
}

#[test]
fn every_term_is_one_that_was_looked_up() {
    let mut shop = all();
    shop.recipients = Some(recipients());
    shop.controller.representative = "Rep, Kiel".to_owned();
    for (purpose, basis) in shop.purposes.iter_mut().zip([
        "consent",
        "contract",
        "legal_obligation",
        "legitimate_interests",
    ]) {
        purpose.basis = basis.to_owned();
    }
    let mut found = BTreeSet::new();
    named(&written(&shop), &mut found);
    let known: BTreeSet<String> = include_str!("terms.txt").lines().map(str::to_owned).collect();
    assert_eq!(found, known, "dpv/terms.txt lists what is written");
}

#[test]
fn a_record_has_what_article_30_asks_for() {
    let record = written(&all());
    assert_eq!(record["@type"], "dpv:ROPA");
    assert_eq!(record["digest"], canonical::digest(&record));
    assert_eq!(record["dpv:hasDataController"]["dpv:hasName"], "Nordlicht <Mode> GmbH");
    let officer = &record["dpv:hasDataController"]["dpv:hasDataProtectionOfficer"];
    assert_eq!(officer["dpv:hasContact"], "dpv@shop.example".replace("dpv", "dpo"));
    assert!(record["dpv:hasDataController"]["dpv:hasRepresentative"].is_null(), "there is none");
    let activities = record["dpv:hasProcess"].as_array().unwrap();
    assert_eq!(activities.len(), all().purposes.len());
    for activity in activities {
        for key in ["dpv:hasPurpose", "dpv:hasLegalBasis", "dpv:hasDataSubject"] {
            assert!(!activity[key].is_null(), "{key}");
        }
        assert_eq!(activity["dpv:hasRecipient"][0]["dpv:hasName"], "Host & Co");
    }
    let first = &activities[0];
    let broader = &first["dpv:hasPurpose"]["skos:broader"]["@id"];
    assert_eq!(broader, "dpv:ProvidePersonalisedRecommendations");
    assert_eq!(first["dpv:hasPersonalData"][0]["dct:hasPart"].as_array().unwrap().len(), 4);
    let kept = &first["dpv:hasStorageCondition"][0]["dpv:hasDuration"]["rdf:value"];
    assert_eq!(kept, "P90D");
    assert!(record["dct:description"].is_null());
}

#[test]
fn what_is_missing_is_said() {
    let mut silent = all();
    silent.controller.name.clear();
    let record = written(&silent);
    assert!(record["dct:description"].as_str().unwrap().ends_with("controller.name"));
}
