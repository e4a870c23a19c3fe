use std::collections::BTreeSet;

use domain::id::Pseudonym;
use domain::time::{DAY_MS, Timestamp};
use personal::evidence::{DecidedBy, Lasting, RecordState};
use personal::feature::Feature;
use personal::gate::Choices;
use personal::kinds::ConsentEvidence;
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals, SignalsByPurpose};
use serde_json::{Value, json};

use crate::dpv::{Controller, Profile, Source, export, moment};
use crate::law::named;
use crate::record::{Context, choose};
use crate::request::{ChoiceRequest, Notice};

/// Noon of 1 March 2026.
const NOW: Timestamp = Timestamp::from_ms(1_772_366_400_000);

fn shop() -> Controller {
    Controller {
        name: "Example Ltd".to_owned(),
        address: "1 Example Street, Dublin".to_owned(),
        contact: "privacy@shop.example".to_owned(),
        consent_page: "https://shop.example/consent".to_owned(),
        rights_page: "https://shop.example/rights".to_owned(),
        stored_in: vec!["IE".to_owned()],
        authority: "Data Protection Commission".to_owned(),
    }
}

fn evidence() -> Vec<ConsentEvidence> {
    let law = named("eu-2018-05-25").unwrap();
    let signals = Signals::NONE.with(Signal::Gpc);
    let mut rows = Vec::new();
    let mut choices = Choices::default();
    let steps = [
        (PurposeName::Personalization, true),
        (PurposeName::Marketing, false),
        (PurposeName::FraudPrevention, false),
        (PurposeName::Personalization, true),
        (PurposeName::Personalization, false),
    ];
    for ((purpose, yes), day) in steps.into_iter().zip(0..) {
        let now = NOW.plus_ms(day * DAY_MS);
        let asked = ChoiceRequest {
            notice: Some(Notice { digest: [7; 32], language: "en".to_owned() }),
            ..ChoiceRequest::of([(purpose, yes)].into(), "banner")
        };
        let context =
            Context { now, law, place: Some("IE"), signals: SignalsByPurpose::everywhere(signals) };
        let chosen = choose(&choices, &asked, &context).unwrap();
        rows.extend(chosen.evidence);
        choices = chosen.choices;
    }
    rows
}

fn written(profile: Profile, controller: &Controller, rows: &[ConsentEvidence]) -> (Value, usize) {
    let source = Source {
        controller,
        subject: Pseudonym::from_bytes([9; 16]),
        evidence: rows,
        now: NOW,
        receipt: [4; 16],
    };
    let document = export(profile, &source);
    (document.json, document.missing.len())
}

fn records(profile: Profile, document: &Value) -> &Vec<Value> {
    let at = if profile.receipt() { "dpv:hasRecordOfActivity" } else { "@graph" };
    document[at].as_array().unwrap()
}

/// What the report says MUST be present in a record.
const MANDATORY: [&str; 11] = [
    "dct:conformsTo",
    "dct:identifier",
    "dpv:hasDataSubject",
    "dpv:hasNotice",
    "dpv:hasProcess",
    "dpv:hasDataController",
    "dpv:hasConsentControl",
    "dpv:hasJurisdiction",
    "dpv:hasRight",
    "dpv:hasLegalBasis",
    "dpv:hasConsentStatus",
];
const MANDATORY_OF_PROCESS: [&str; 4] =
    ["dpv:hasPurpose", "dpv:hasPersonalData", "dpv:hasStorageCondition", "dpv:hasRecipient"];
const MANDATORY_OF_EVENT: [&str; 3] = ["@type", "dpv:isIndicatedAtTime", "dpv:isIndicatedBy"];

#[test]
fn every_profile_has_its_mandatory_fields() {
    for profile in Profile::ALL {
        let (document, missing) = written(profile, &shop(), &evidence());
        assert_eq!(missing, 0, "{profile:?}");
        let iri = format!("https://w3id.org/dpv/schema/dpv-27560#{}", profile.as_str());
        if profile.receipt() {
            assert_eq!(document["@type"], "dpv:ConsentReceipt");
            assert_eq!(document["dct:conformsTo"]["@id"], iri);
            assert_eq!(document["dpv:hasIdentifier"], "04".repeat(16));
            assert_eq!(document["dct:created"]["@value"], "2026-03-01T12:00:00.000Z");
        }
        let records = records(profile, &document);
        assert_eq!(records.len(), 2, "an objection is no consent");
        for record in records {
            assert_eq!(record["@type"], "dpv:ConsentRecord");
            let iri = iri.replace("receipt", "record");
            assert_eq!(record["dct:conformsTo"]["@id"], iri, "{profile:?}");
            for field in MANDATORY {
                assert!(!record[field].is_null(), "{profile:?}: {field}");
            }
            for field in MANDATORY_OF_PROCESS {
                assert!(!record["dpv:hasProcess"][field].is_null(), "{profile:?}: {field}");
            }
            for event in record["dpv:hasConsentStatus"].as_array().unwrap() {
                for field in MANDATORY_OF_EVENT {
                    assert!(!event[field].is_null(), "{profile:?}: {field}");
                }
            }
            assert_eq!(record["dpv:hasLegalBasis"]["@id"], "eu-gdpr:A6-1-a");
            assert_eq!(record["dpv:hasJurisdiction"]["@id"], "loc:IE");
            let authority = &record["dpv:hasAuthority"]["dpv:hasName"];
            assert_eq!(authority.is_null(), !profile.gdpr(), "{profile:?}");
        }
    }
}

#[test]
fn the_history_of_a_choice_is_told_in_order() {
    let (document, _) = written(Profile::Record, &shop(), &evidence());
    let events = document["@graph"][0]["dpv:hasConsentStatus"].as_array().unwrap();
    let states: Vec<Value> = events.iter().map(|event| event["@type"].clone()).collect();
    assert_eq!(
        states,
        [
            json!(["dpv:ConsentGiven", "dpv:ExpressedConsent"]),
            json!(["dpv:RenewedConsentGiven", "dpv:ExpressedConsent"]),
            json!("dpv:ConsentWithdrawn"),
        ]
    );
    assert_eq!(events[0]["dpv:isIndicatedBy"]["@id"], "dpv:DataSubject");
    assert_eq!(events[0]["dpv:hasIndicationMethod"], "banner");
    assert_eq!(events[0]["dpv:hasDuration"]["@type"], "dpv:UntilTimeDuration");
    assert_eq!(events[0]["dpv:hasDuration"]["rdf:value"]["@value"], "2027-03-31T12:00:00.000Z");
    assert_eq!(events[0]["dpv:hasNotice"]["schema:sha256"], "07".repeat(32));
    assert_eq!(events[0]["dpv:hasNotice"]["dct:language"], "en");
    assert_eq!(
        events[0]["dct:description"],
        "opt-out signals present: gpc; features on: browsing_history, purchase_history, stated_preferences"
    );
    let pack = named("eu-2018-05-25").unwrap();
    assert_eq!(events[0]["dpv:hasApplicableLaw"]["dct:identifier"], "eu-2018-05-25");
    assert_eq!(events[0]["dpv:hasApplicableLaw"]["schema:sha256"], pack.digest);
    assert!(events[2]["dpv:hasDuration"].is_null(), "a no has no end");
}

#[test]
fn who_decided_is_told() {
    let mut rows = evidence();
    rows[0].decided_by = DecidedBy::Parent;
    rows[0].lasting = Lasting::Visit;
    rows[3].decided_by = DecidedBy::Shop;
    rows[3].source = "on paper".to_owned();
    rows[4].decided_by = DecidedBy::Nobody;
    rows[4].state = RecordState::Expired;
    let (document, _) = written(Profile::Record, &shop(), &rows);
    let record = &document["@graph"][0];
    assert_eq!(record["dpv:hasDataSubject"]["@type"], "dpv:Child");
    let events = &record["dpv:hasConsentStatus"];
    assert_eq!(events[0]["dpv:isIndicatedBy"]["@id"], "dpv:ParentOfDataSubject");
    assert_eq!(events[0]["dpv:hasDuration"][1]["@type"], "dpv:UntilEventDuration");
    assert_eq!(events[1]["dpv:isIndicatedBy"]["@id"], "dpv:DataController");
    assert_eq!(events[1]["@type"], "dpv:RenewedConsentGiven", "not known to be expressed");
    assert_eq!(events[1]["dct:source"], "on paper");
    assert_eq!(events[2]["dpv:isIndicatedBy"]["@id"], "dpv:DataController");
    assert_eq!(events[2]["@type"], "dpv:ConsentExpired");
}

#[test]
fn a_choice_without_its_notice_claims_no_profile() {
    let mut rows = evidence();
    for row in rows.iter_mut().filter(|row| row.purpose == PurposeName::Marketing) {
        row.notice.clear();
    }
    for profile in Profile::ALL {
        let (document, missing) = written(profile, &shop(), &rows);
        assert_eq!(missing, 1, "{profile:?}");
        assert!(document["dct:conformsTo"].is_null(), "{profile:?}");
        let claims: Vec<bool> = records(profile, &document)
            .iter()
            .map(|record| !record["dct:conformsTo"].is_null())
            .collect();
        assert_eq!(claims, [true, false], "{profile:?}");
    }
}

#[test]
fn an_incomplete_document_claims_no_profile() {
    let nobody = Controller::default();
    for profile in Profile::ALL {
        let (document, missing) = written(profile, &nobody, &evidence());
        assert_eq!(missing, if profile.gdpr() { 7 } else { 6 });
        assert!(!document.to_string().contains("conformsTo"), "{profile:?}");
    }
    let no_authority = Controller { authority: String::new(), ..shop() };
    let (document, missing) = written(Profile::Record, &no_authority, &evidence());
    assert_eq!(missing, 0);
    assert!(document.to_string().contains("conformsTo"));
    let (document, missing) = written(Profile::RecordEuGdpr, &no_authority, &evidence());
    assert_eq!(missing, 1);
    assert!(!document.to_string().contains("conformsTo"));
}

/// Every term that is written, so that a new one is looked up before it ships.
#[test]
fn only_terms_that_were_looked_up_are_written() {
    let mut rows = evidence();
    for (row, state) in rows.iter_mut().zip(RecordState::ALL) {
        row.state = state;
    }
    let mut found = BTreeSet::new();
    for profile in Profile::ALL {
        collect(&written(profile, &shop(), &rows).0, &mut found);
    }
    let known: BTreeSet<String> = include_str!("terms.txt").lines().map(str::to_owned).collect();
    let unknown: Vec<_> = found.difference(&known).collect();
    assert!(unknown.is_empty(), "not in terms.txt: {unknown:?}");
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    let term =
        |text: &str| ["dpv:", "pd:", "eu-gdpr:"].iter().any(|prefix| text.starts_with(prefix));
    match value {
        Value::Object(fields) => {
            for (name, inside) in fields {
                if term(name) {
                    found.insert(name.clone());
                }
                collect(inside, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|one| collect(one, found)),
        Value::String(text) if term(text) => {
            found.insert(text.clone());
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn moments_are_written_in_utc() {
    assert_eq!(moment(NOW.plus_ms(1_234)), "2026-03-01T12:00:01.234Z");
    assert_eq!(moment(Timestamp::from_ms(0)), "1970-01-01T00:00:00.000Z");
}

/// Features stand in words: the vocabulary has no terms for parts of a purpose of ours.
#[test]
fn a_switch_keeps_the_status_of_the_choice() {
    let law = named("eu-2018-05-25").unwrap();
    let place = Some("IE");
    let context = Context { now: NOW, law, place, signals: SignalsByPurpose::NONE };
    let off = ChoiceRequest {
        features: [(Feature::PurchaseHistory, false)].into(),
        ..ChoiceRequest::of([].into(), "panel")
    };
    let switched = |before: &[(PurposeName, bool)]| {
        let asked = ChoiceRequest::of(before.iter().copied().collect(), "banner");
        let first = choose(&Choices::default(), &asked, &context).unwrap();
        let second = choose(&first.choices, &off, &context).unwrap();
        let rows = [first.evidence, second.evidence].concat();
        let (document, _) = written(Profile::Record, &shop(), &rows);
        records(Profile::Record, &document)[0].clone()
    };
    for (before, status) in [
        (&[(PurposeName::Personalization, true)][..], "dpv:ConsentGiven"),
        (&[(PurposeName::Personalization, false)], "dpv:ConsentRefused"),
        (&[], "dpv:ConsentUnknown"),
    ] {
        let record = switched(before);
        let event = record["dpv:hasConsentStatus"].as_array().unwrap().last().unwrap();
        assert_eq!(event["@type"], status);
        assert_eq!(event["dct:description"], "features off: purchase_history");
        let parts = &record["dpv:hasProcess"]["dpv:hasPurpose"]["skos:narrower"];
        assert_eq!(parts.as_array().unwrap().len(), Feature::ALL.len());
        assert_eq!(parts[1]["dct:title"], "purchase_history");
    }
}
