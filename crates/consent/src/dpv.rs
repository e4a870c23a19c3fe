//! A consent record as JSON-LD, in the words of the W3C Data Privacy Vocabulary.
//!
//! The four profiles are those of the report "Consent Records and Receipts as per ISO/IEC TS
//! 27560:2023 using DPV" of the W3C DPV community group: which field holds what, which must be
//! there, and the names of the profiles (`schema/dpv-27560`). The text of ISO/IEC TS 27560 itself
//! was not read; where the report and the standard differ, this follows the report.
//!
//! One record per purpose that rests on consent, because a status counts for everything in its
//! record. A receipt is the copy of the records for the person.
//!
//! What this must never do: name a field that the report does not have, or claim a profile whose
//! mandatory fields are not all there ([`Document::missing`]).

use domain::date::Date;
use domain::hex;
use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::evidence::{DecidedBy, Lasting, RecordState};
use personal::feature::{Feature, Features};
use personal::keeping::Keep;
use personal::kinds::{ConsentEvidence, DECLARATIONS};
use personal::purpose::{LawfulBasis, PurposeName};
use personal::record::Declaration;
use personal::signal::Signal;
use serde_json::{Map, Value, json};

use crate::dpv::terms::{category, context, meaning, status};
use crate::law::{self, LawPack};

pub mod terms;

/// One of the four profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// The record.
    Record,
    /// The record with what the GDPR asks for besides.
    RecordEuGdpr,
    /// The person's copy.
    Receipt,
    /// The person's copy with what the GDPR asks for besides.
    ReceiptEuGdpr,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 4] =
        [Self::Record, Self::RecordEuGdpr, Self::Receipt, Self::ReceiptEuGdpr];

    /// The profile by its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == text)
    }

    /// The name, also the last part of its IRI.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::RecordEuGdpr => "record-eu-gdpr",
            Self::Receipt => "receipt",
            Self::ReceiptEuGdpr => "receipt-eu-gdpr",
        }
    }

    const fn gdpr(self) -> bool {
        matches!(self, Self::RecordEuGdpr | Self::ReceiptEuGdpr)
    }

    const fn receipt(self) -> bool {
        matches!(self, Self::Receipt | Self::ReceiptEuGdpr)
    }

    /// The profile of each record inside.
    const fn of_record(self) -> Self {
        if self.gdpr() { Self::RecordEuGdpr } else { Self::Record }
    }

    fn iri(self) -> Value {
        json!({ "@id": format!("https://w3id.org/dpv/schema/dpv-27560#{}", self.as_str()) })
    }
}

/// Who is responsible, and where a person can turn. Empty texts count as missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Controller {
    /// Name of the company.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// E-mail, telephone or page.
    pub contact: String,
    /// The page where consent is given and taken back.
    pub consent_page: String,
    /// The page where rights are exercised.
    pub rights_page: String,
    /// Where data is stored: places (ISO 3166).
    pub stored_in: Vec<String>,
    /// The supervisory authority.
    pub authority: String,
}

/// What is exported.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Who is responsible.
    pub controller: &'a Controller,
    /// What stands for the person.
    pub subject: Pseudonym,
    /// All evidence, oldest first.
    pub evidence: &'a [ConsentEvidence],
    /// Now.
    pub now: Timestamp,
    /// Random name of a receipt.
    pub receipt: [u8; 16],
}

/// An export.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The JSON-LD.
    pub json: Value,
    /// What the profile demands and nobody told the server. When it is not empty, the document
    /// does not claim the profile; a record inside may still be complete.
    pub missing: Vec<&'static str>,
}

/// Writes a person's record in a profile.
pub fn export(profile: Profile, source: &Source<'_>) -> Document {
    let mut missing = missing(profile, source);
    let complete = missing.is_empty();
    let asked = |row: &&ConsentEvidence| row.purpose.basis() == LawfulBasis::Consent;
    let mut purposes: Vec<PurposeName> =
        source.evidence.iter().filter(asked).map(|row| row.purpose).collect();
    purposes.sort_unstable();
    purposes.dedup();
    let shown = |purpose: PurposeName| {
        source.evidence.iter().any(|row| row.purpose == purpose && !row.notice.is_empty())
    };
    if !purposes.iter().all(|purpose| shown(*purpose)) {
        missing.push("the notice of a choice that was made elsewhere");
    }
    let written = profile.of_record();
    let one = |purpose| record(written, complete && shown(purpose), purpose, source);
    let records: Vec<Value> = purposes.into_iter().map(one).collect();
    let mut document = Map::new();
    document.insert("@context".to_owned(), context());
    if profile.receipt() {
        document.insert("@type".to_owned(), json!("dpv:ConsentReceipt"));
        document.insert("dpv:hasIdentifier".to_owned(), json!(hex::encode(&source.receipt)));
        document.insert("dct:created".to_owned(), time(source.now));
        document.insert("dct:publisher".to_owned(), controller(source.controller));
        document.insert("dct:audience".to_owned(), id("dpv:DataSubject"));
        document.insert("dpv:hasRecordOfActivity".to_owned(), Value::Array(records));
        if missing.is_empty() {
            document.insert("dct:conformsTo".to_owned(), profile.iri());
        }
    } else {
        document.insert("@graph".to_owned(), Value::Array(records));
    }
    Document { json: Value::Object(document), missing }
}

fn missing(profile: Profile, source: &Source<'_>) -> Vec<&'static str> {
    let Controller { name, address, contact, consent_page, rights_page, stored_in, authority } =
        source.controller;
    let empty = String::new();
    let place = stored_in.first().unwrap_or(&empty);
    let always = [
        ("controller.name", name),
        ("controller.address", address),
        ("controller.contact", contact),
        ("controller.consent_page", consent_page),
        ("controller.rights_page", rights_page),
        ("controller.stored_in", place),
    ];
    let gdpr = [("controller.authority", authority)];
    let gdpr = gdpr.into_iter().filter(|_| profile.gdpr());
    let wanted = always.into_iter().chain(gdpr);
    wanted.filter(|(_, text)| text.trim().is_empty()).map(|(name, _)| name).collect()
}

fn record(profile: Profile, claimed: bool, purpose: PurposeName, source: &Source<'_>) -> Value {
    let rows: Vec<&ConsentEvidence> =
        source.evidence.iter().filter(|row| row.purpose == purpose).collect();
    let newest = rows.last().copied();
    let by_parent = rows.iter().any(|row| row.decided_by == DecidedBy::Parent);
    let subject = if by_parent { "dpv:Child" } else { "dpv:DataSubject" };
    let person = hex::encode(source.subject.as_bytes());
    let pack = newest.and_then(|row| law::named(&row.law));
    let from = &source.controller;
    let mut record = json!({
        "@type": "dpv:ConsentRecord",
        "dct:identifier": format!("{person}/{}", purpose.as_str()),
        "dpv:hasDataSubject": { "@type": subject, "dct:identifier": person },
        "dpv:hasDataController": controller(from),
        "dpv:hasLegalBasis": basis(profile, pack),
        "dpv:hasJurisdiction": jurisdiction(newest, pack),
        "dpv:hasProcess": process(purpose, from),
        "dpv:hasConsentControl": {
            "@type": ["dpv:ProvideConsent", "dpv:WithdrawConsent"],
            "dpv:isExercisedAt": from.consent_page,
        },
        "dpv:hasRight": rights(profile, from),
        "dpv:hasConsentStatus": events(&rows),
    });
    if let Some(fields) = record.as_object_mut() {
        let with_notice = rows.iter().rev().find(|row| !row.notice.is_empty());
        if let Some(row) = with_notice {
            fields.insert("dpv:hasNotice".to_owned(), notice(row));
        }
        if let Some(pack) = pack {
            fields.insert("dpv:hasApplicableLaw".to_owned(), applicable(pack));
        }
        if profile.gdpr() && !from.authority.is_empty() {
            let authority = json!({ "@type": "dpv:Authority", "dpv:hasName": from.authority });
            fields.insert("dpv:hasAuthority".to_owned(), authority);
        }
        if claimed {
            fields.insert("dct:conformsTo".to_owned(), profile.iri());
        }
    }
    record
}

fn events(rows: &[&ConsentEvidence]) -> Vec<Value> {
    let mut standing = None;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        events.push(event(row, standing));
        if row.state.choice().is_some() {
            standing = Some(row.state);
        }
    }
    events
}

fn event(row: &ConsentEvidence, standing: Option<RecordState>) -> Value {
    let by = match row.decided_by {
        DecidedBy::Person => "dpv:DataSubject",
        DecidedBy::Parent => "dpv:ParentOfDataSubject",
        // Nobody ends a yes that runs out; who has to write that down is the controller.
        DecidedBy::Shop | DecidedBy::Nobody => "dpv:DataController",
    };
    let mut event = json!({
        "@type": status(row, standing),
        "dpv:isIndicatedAtTime": time(row.at),
        "dpv:isIndicatedBy": id(by),
        "dpv:hasIndicationMethod": row.how,
        "dct:identifier": row.version,
    });
    let Some(fields) = event.as_object_mut() else { return event };
    if matches!(row.state, RecordState::Given | RecordState::Renewed) {
        let until = json!({ "@type": "dpv:UntilTimeDuration", "rdf:value": time(row.expires) });
        let duration = match row.lasting {
            Lasting::Days => until,
            Lasting::Visit => json!([until, {
                "@type": "dpv:UntilEventDuration", "rdf:value": "end of the visit",
            }]),
        };
        fields.insert("dpv:hasDuration".to_owned(), duration);
    }
    if !row.notice.is_empty() {
        fields.insert("dpv:hasNotice".to_owned(), notice(row));
    }
    if !row.source.is_empty() {
        fields.insert("dct:source".to_owned(), json!(row.source));
    }
    let mut law = json!({ "@type": "dpv:Law", "dct:identifier": row.law });
    if let (Some(law), false) = (law.as_object_mut(), row.law_digest.is_empty()) {
        law.insert("schema:sha256".to_owned(), json!(hex::encode(&row.law_digest)));
    }
    fields.insert("dpv:hasApplicableLaw".to_owned(), law);
    let words = words(row);
    if !words.is_empty() {
        fields.insert("dct:description".to_owned(), json!(words));
    }
    event
}

/// What the vocabulary has no terms for: signals, and features that are parts of a purpose.
fn words(row: &ConsentEvidence) -> String {
    let list = |features: Features| features.iter().map(Feature::as_str).collect::<Vec<_>>();
    let period = match row.keep.and_then(Keep::days) {
        Some(days) => format!("at most {days} days"),
        None => "as long as declared".to_owned(),
    };
    let signals: Vec<&str> = row.signals.iter().map(Signal::as_str).collect();
    let parts = [
        ("opt-out signals present", signals),
        ("features on", list(row.on)),
        ("features off", list(row.off)),
        ("kept for", row.keep.map(|_| period.as_str()).into_iter().collect()),
    ];
    let said = parts.into_iter().filter(|(_, names)| !names.is_empty());
    let said: Vec<String> =
        said.map(|(what, names)| format!("{what}: {}", names.join(", "))).collect();
    said.join("; ")
}

fn process(purpose: PurposeName, from: &Controller) -> Value {
    let tables: Vec<&Declaration> =
        DECLARATIONS.iter().filter(|table| table.purpose == purpose).collect();
    let data: Vec<Value> = tables
        .iter()
        .map(|table| {
            json!({
                "@type": "dpv:PersonalData",
                "skos:broader": id(category(table.category)),
                "dct:title": table.table,
                "dct:description": table.what.trim(),
            })
        })
        .collect();
    let nothing = json!({
        "@type": "dpv:PersonalData",
        "dct:description": "nothing is stored under this purpose",
    });
    let mut storage: Vec<Value> = tables
        .iter()
        .map(|table| {
            let days = format!("P{}D", table.keep_days_max);
            json!({
                "@type": "dpv:StorageDuration",
                "dct:title": table.table,
                "dpv:hasDuration": { "@type": "dpv:TemporalDuration", "rdf:value": days },
            })
        })
        .collect();
    let places: Vec<Value> =
        from.stored_in.iter().map(|place| id(&format!("loc:{place}"))).collect();
    storage.push(json!({ "@type": "dpv:StorageLocation", "dpv:hasLocation": places }));
    json!({
        "@type": "dpv:Process",
        "dpv:hasPurpose": purpose_with_features(purpose),
        "dpv:hasPersonalData": if data.is_empty() { vec![nothing] } else { data },
        "dpv:hasDataSource": { "@type": "dpv:DataSubjectDataSource" },
        "dpv:hasStorageCondition": storage,
        "dpv:hasRecipient": controller(from),
    })
}

/// The purpose, and the parts of it that a person can switch off.
fn purpose_with_features(purpose: PurposeName) -> Value {
    let (broader, words) = meaning(purpose);
    let mut written = json!({
        "@type": "dpv:Purpose",
        "skos:broader": id(broader),
        "dct:title": purpose.as_str(),
        "dct:description": words,
    });
    let part = |feature: Feature| {
        json!({
            "@type": "dpv:Purpose",
            "dct:title": feature.as_str(),
            "dct:description": feature.what(),
        })
    };
    let parts: Vec<Value> = Feature::of(purpose).map(part).collect();
    if let (Some(fields), false) = (written.as_object_mut(), parts.is_empty()) {
        fields.insert("skos:narrower".to_owned(), Value::Array(parts));
    }
    written
}

fn controller(from: &Controller) -> Value {
    json!({
        "@type": "dpv:DataController",
        "dpv:hasName": from.name,
        "dpv:hasAddress": from.address,
        "dpv:hasContact": from.contact,
    })
}

fn european(pack: Option<&LawPack>) -> bool {
    pack.is_some_and(|pack| pack.source.contains("2016/679"))
}

fn basis(profile: Profile, pack: Option<&LawPack>) -> Value {
    if profile.gdpr() || european(pack) { id("eu-gdpr:A6-1-a") } else { id("dpv:ExpressedConsent") }
}

fn jurisdiction(row: Option<&ConsentEvidence>, pack: Option<&LawPack>) -> Value {
    match row.map(|row| row.place.as_str()) {
        Some(place) if !place.is_empty() => id(&format!("loc:{place}")),
        _ => json!({ "@type": "dpv:Location", "dct:title": pack.map(|pack| pack.place.clone()) }),
    }
}

fn applicable(pack: &LawPack) -> Value {
    let mut law = json!({
        "@type": "dpv:Law",
        "dct:title": pack.place,
        "dct:source": pack.source,
    });
    if let (Some(law), true) = (law.as_object_mut(), european(Some(pack))) {
        law.insert("@id".to_owned(), json!("eu-gdpr:GDPR"));
    }
    law
}

fn rights(profile: Profile, from: &Controller) -> Value {
    let titles = [
        ("eu-gdpr:A7-3", "Right to withdraw consent"),
        ("eu-gdpr:A15", "Right of access"),
        ("eu-gdpr:A16", "Right to rectification"),
        ("eu-gdpr:A17", "Right to erasure"),
        ("eu-gdpr:A18", "Right to restriction of processing"),
        ("eu-gdpr:A20", "Right to data portability"),
    ];
    let right = |(article, title): &(&str, &str)| {
        let kinds = match profile.gdpr() {
            true => json!(["dpv:DataSubjectRight", article]),
            false => json!("dpv:DataSubjectRight"),
        };
        json!({ "@type": kinds, "dct:title": title, "dpv:isExercisedAt": from.rights_page })
    };
    Value::Array(titles.iter().map(right).collect())
}

fn notice(row: &ConsentEvidence) -> Value {
    json!({
        "@type": "dpv:ConsentNotice",
        "dct:language": row.language,
        "schema:sha256": hex::encode(&row.notice),
    })
}

fn id(term: &str) -> Value {
    json!({ "@id": term })
}

/// A moment in UTC (ISO 8601), as a typed value.
fn time(at: Timestamp) -> Value {
    json!({ "@type": "xsd:dateTime", "@value": moment(at) })
}

/// A moment in UTC as ISO 8601 writes it, to the millisecond.
pub fn moment(at: Timestamp) -> String {
    let ms = at.ms().rem_euclid(domain::time::DAY_MS);
    let (hour, minute) = (ms / 3_600_000, ms / 60_000 % 60);
    let (second, ms) = (ms / 1_000 % 60, ms % 1_000);
    format!("{}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z", Date(at.day()))
}

#[cfg(test)]
mod tests;
