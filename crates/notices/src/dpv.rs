//! The record of processing activities as JSON-LD, in the words of the W3C Data Privacy Vocabulary.
//!
//! Terms were looked up in DPV 2.3; a test compares every term that is written with a list. Which
//! term stands for a purpose or a category is lent by the shell, which takes it from the records of
//! consent, so that both exports call one thing by one term.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::document::Document;
use crate::facts::{Controller, Erased, Ground, Processing, Recipient, Role, Said, Table, said};
use crate::speech::Speech;

/// Which term of the vocabulary stands for which of our words.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// By name of the purpose.
    pub purposes: BTreeMap<String, &'static str>,
    /// By category, with `_` for spaces.
    pub categories: BTreeMap<String, &'static str>,
}

/// What the program does for security, in terms.
const MEASURES: [&str; 5] = [
    "dpv:EncryptionAtRest",
    "dpv:CryptographicKeyManagement",
    "dpv:RNGPseudonymisation",
    "dpv:AccessControlMethod",
    "dpv:DataErasurePolicy",
];

/// Writes the record of a document (of any kind: what it says of processing is the same).
pub fn record(document: &Document, speech: &Speech, terms: &Terms) -> Value {
    let processing = &document.processing;
    let activities: Vec<Value> = processing
        .purposes
        .iter()
        .map(|one| activity((&one.purpose, &one.basis), processing, speech, terms))
        .collect();
    let mut measures: Vec<Value> = MEASURES.iter().map(|term| id(term)).collect();
    if processing.limits.tls {
        measures.push(id("dpv:EncryptionInTransfer"));
    }
    let own = processing.security.iter();
    measures.extend(own.map(
        |text| json!({ "@type": "dpv:TechnicalOrganisationalMeasure", "dct:description": text }),
    ));
    let mut record = json!({
        "@context": {
            "dpv": "https://w3id.org/dpv#",
            "pd": "https://w3id.org/dpv/pd#",
            "loc": "https://w3id.org/dpv/loc#",
            "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
            "dct": "http://purl.org/dc/terms/",
            "skos": "http://www.w3.org/2004/02/skos/core#",
            "schema": "https://schema.org/",
            "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        },
        "@type": "dpv:ROPA",
        "dct:title": speech.words.title.ropa,
        "dct:language": document.language,
        "dpv:hasDataController": controller(&processing.controller),
        "dpv:hasProcess": activities,
        "dpv:hasTechnicalOrganisationalMeasure": measures,
    });
    let Some(fields) = record.as_object_mut() else { return record };
    let authority = &processing.controller.authority;
    if !authority.is_empty() {
        let authority = json!({ "@type": "dpv:DataProtectionAuthority", "dpv:hasName": authority });
        fields.insert("dpv:hasAuthority".to_owned(), authority);
    }
    let missing = processing.missing();
    if !missing.is_empty() {
        let text = format!("{}: {}", speech.words.label.missing_title, missing.join(", "));
        fields.insert("dct:description".to_owned(), json!(text));
    }
    let digest = crate::canonical::digest(&record);
    if let Some(fields) = record.as_object_mut() {
        fields.insert(crate::canonical::DIGEST.to_owned(), json!(digest));
    }
    record
}

fn controller(from: &Controller) -> Value {
    let mut fields = Map::new();
    fields.insert("@type".to_owned(), json!("dpv:DataController"));
    for (term, text) in [
        ("dpv:hasName", &from.name),
        ("dpv:hasAddress", &from.address),
        ("dpv:hasContact", &from.contact),
    ] {
        if !text.is_empty() {
            fields.insert(term.to_owned(), json!(text));
        }
    }
    for (term, kind, text) in [
        ("dpv:hasDataProtectionOfficer", "dpv:DataProtectionOfficer", &from.officer),
        ("dpv:hasRepresentative", "dpv:Representative", &from.representative),
    ] {
        if let Said::Who(who) = said(text) {
            fields.insert(term.to_owned(), json!({ "@type": kind, "dpv:hasContact": who }));
        }
    }
    Value::Object(fields)
}

fn activity(
    (purpose, basis): (&str, &str),
    processing: &Processing,
    speech: &Speech,
    terms: &Terms,
) -> Value {
    let tables: Vec<&Table> = processing.tables_of(purpose).collect();
    let data = tables.iter().map(|one| data(one, speech, terms));
    let mut storage: Vec<Value> = tables.iter().map(|one| kept(one, speech)).collect();
    let places = processing.controller.stored_in.iter().map(|place| id(&format!("loc:{place}")));
    let places: Vec<Value> = places.collect();
    if !places.is_empty() {
        storage.push(json!({ "@type": "dpv:StorageLocation", "dpv:hasLocation": places }));
    }
    let mut whom = vec![json!({ "@type": "dpv:Visitor" }), json!({ "@type": "dpv:Customer" })];
    if tables.iter().any(|one| one.category == "access_log") {
        whom.push(json!({ "@type": "dpv:Employee" }));
    }
    let broader = terms.purposes.get(purpose).copied().unwrap_or("dpv:Purpose");
    json!({
        "@type": "dpv:Process",
        "dct:title": speech.purpose(purpose),
        "dpv:hasPurpose": {
            "@type": "dpv:Purpose",
            "skos:broader": id(broader),
            "dct:title": purpose,
            "dct:description": speech.purpose_text(purpose),
        },
        "dpv:hasLegalBasis": id(article(basis)),
        "dpv:hasDataSubject": whom,
        "dpv:hasDataSource": { "@type": "dpv:DataSubjectDataSource" },
        "dpv:hasPersonalData": data.collect::<Vec<Value>>(),
        "dpv:hasStorageCondition": storage,
        "dpv:hasRecipient": processing.recipients_of(purpose).map(recipient).collect::<Vec<_>>(),
    })
}

fn data(table: &Table, speech: &Speech, terms: &Terms) -> Value {
    let broader = terms.categories.get(&table.category).copied().unwrap_or("dpv:PersonalData");
    let fields = table.fields.iter().map(|field| {
        json!({
            "@type": "dpv:PersonalData",
            "dct:title": field,
            "dct:description": speech.field(&table.table, field),
        })
    });
    json!({
        "@type": ["dpv:PersonalData", "dpv:PseudonymisedData"],
        "skos:broader": id(broader),
        "dct:title": table.table,
        "dct:description": speech.table(&table.table),
        "dct:hasPart": fields.collect::<Vec<Value>>(),
    })
}

fn kept(table: &Table, speech: &Speech) -> Value {
    let days =
        |days: u32| json!({ "@type": "dpv:TemporalDuration", "rdf:value": format!("P{days}D") });
    let mut condition = json!({
        "@type": "dpv:StorageDuration",
        "dct:title": table.table,
        "dpv:hasDuration": days(table.keep_days_max),
    });
    if let (Some(fields), Erased::Keep { basis, .. }) =
        (condition.as_object_mut(), &table.on_erasure)
    {
        let text = format!("{}: {basis}", speech.words.label.on_erasure);
        fields.insert("dct:description".to_owned(), json!(text));
    }
    condition
}

fn recipient(one: &Recipient) -> Value {
    let kind = match one.role {
        Role::Processor => "dpv:DataProcessor",
        Role::JointController => "dpv:JointDataControllers",
        Role::Controller => "dpv:DataController",
        Role::Authority => "dpv:Authority",
    };
    let mut recipient = json!({
        "@type": kind,
        "dpv:hasName": one.name,
        "dct:description": one.what_for,
        "dpv:hasLocation": id(&format!("loc:{}", one.place)),
    });
    let Some(fields) = recipient.as_object_mut() else { return recipient };
    let ground = match &one.ground {
        Ground::Inside | Ground::Missing => None,
        Ground::Adequacy { by } => Some(("eu-gdpr:A45-3", by)),
        Ground::Safeguard { by } => Some(("dpv:SafeguardForDataTransfer", by)),
        Ground::Derogation { by } => Some(("eu-gdpr:A49", by)),
    };
    if one.ground != Ground::Inside {
        let country = json!({ "@id": format!("loc:{}", one.place), "@type": "dpv:ThirdCountry" });
        fields.insert("dpv:hasThirdCountry".to_owned(), country);
    }
    if let Some((term, by)) = ground {
        let basis = json!({ "@type": ["dpv:DataTransferLegalBasis", term], "dct:description": by });
        fields.insert("dpv:hasLegalBasis".to_owned(), basis);
    }
    recipient
}

fn article(basis: &str) -> &'static str {
    match basis {
        "consent" => "eu-gdpr:A6-1-a",
        "contract" => "eu-gdpr:A6-1-b",
        "legal_obligation" => "eu-gdpr:A6-1-c",
        "legitimate_interests" => "eu-gdpr:A6-1-f",
        _ => "dpv:LegalBasis",
    }
}

fn id(term: &str) -> Value {
    json!({ "@id": term })
}

#[cfg(test)]
mod tests;
