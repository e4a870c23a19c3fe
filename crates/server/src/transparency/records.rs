//! Which bytes of a record are committed to: JSON that a person can read, in one spelling.
//!
//! The bytes are made again from the row whenever a proof is asked for, so they must never change
//! for a row that exists: fields keep their names and places, and a new field is left out where
//! it says nothing.

use std::collections::BTreeMap;

use consent::law::LawPack;
use domain::hex;
use domain::time::Timestamp;
use personal::evidence::{Lasting, RecordState};
use personal::feature::{Feature, Features};
use personal::kinds::{ConsentEvidence, OwnRead, RequestStep, StaffRead};
use personal::signal::{Signal, Signals};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::documents::Version;
use crate::transparency::LogError;

#[derive(Serialize)]
struct Consent<'a> {
    format: &'static str,
    version: u64,
    purpose: &'static str,
    state: &'static str,
    at_ms: i64,
    expires_ms: i64,
    lasts_for_the_visit: bool,
    signals: Vec<&'static str>,
    acknowledged: Vec<&'static str>,
    notice: String,
    language: &'a str,
    law: &'a str,
    law_digest: String,
    place: &'a str,
    how: &'a str,
    decided_by: &'static str,
    source: &'a str,
    // Left out of rows without switches: they keep the spelling that was committed to before.
    #[serde(skip_serializing_if = "Option::is_none")]
    features_on: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    features_off: Option<Vec<&'static str>>,
    /// Days, or `declared`.
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_days: Option<String>,
}

/// One step in the life of a choice.
///
/// # Errors
/// What the JSON writer says.
pub fn of_consent(row: &ConsentEvidence) -> Result<Vec<u8>, LogError> {
    let switched = row.state == RecordState::Switched || !row.off.is_empty();
    let features = |set: Features| switched.then(|| set.iter().map(Feature::as_str).collect());
    let record = Consent {
        format: "confidant-log-consent-v1",
        version: row.version,
        purpose: row.purpose.as_str(),
        state: row.state.as_str(),
        at_ms: row.at.ms(),
        expires_ms: row.expires.ms(),
        lasts_for_the_visit: row.lasting == Lasting::Visit,
        signals: words(row.signals),
        acknowledged: words(row.acknowledged),
        notice: hex::encode(&row.notice),
        language: &row.language,
        law: &row.law,
        law_digest: hex::encode(&row.law_digest),
        place: &row.place,
        how: &row.how,
        decided_by: row.decided_by.as_str(),
        source: &row.source,
        features_on: features(row.on),
        features_off: features(row.off),
        keep_days: row
            .keep
            .map(|keep| keep.days().map_or_else(|| "declared".to_owned(), |days| days.to_string())),
    };
    Ok(serde_json::to_vec(&record)?)
}

#[derive(Serialize)]
struct Look<'a> {
    format: &'static str,
    at_ms: i64,
    role: &'a str,
    table: &'a str,
    reason: &'a str,
}

/// One look of a staff member at a person's row.
///
/// # Errors
/// What the JSON writer says.
pub fn of_look(row: &StaffRead) -> Result<Vec<u8>, LogError> {
    let record = Look {
        format: "confidant-log-look-v1",
        at_ms: row.at.ms(),
        role: &row.role,
        table: &row.table,
        reason: &row.reason,
    };
    Ok(serde_json::to_vec(&record)?)
}

#[derive(Serialize)]
struct Step<'a> {
    format: &'static str,
    request: &'a str,
    event: &'a str,
    receipts: &'a str,
}

/// One step of a request about data.
///
/// # Errors
/// What the JSON writer says.
pub fn of_request(step: &RequestStep) -> Result<Vec<u8>, LogError> {
    let record = Step {
        format: "confidant-log-request-v1",
        request: &step.request,
        event: &step.event,
        receipts: &step.receipt,
    };
    Ok(serde_json::to_vec(&record)?)
}

#[derive(Serialize)]
struct Answered<'a> {
    format: &'static str,
    at_ms: i64,
    what: &'a str,
    how: &'a str,
    rows: u64,
}

/// What was done for a person who asked for it, such as a correction.
///
/// # Errors
/// What the JSON writer says.
pub fn of_answered(row: &OwnRead) -> Result<Vec<u8>, LogError> {
    let record = Answered {
        format: "confidant-log-answered-v1",
        at_ms: row.at.ms(),
        what: &row.why,
        how: &row.how,
        rows: row.rows,
    };
    Ok(serde_json::to_vec(&record)?)
}

#[derive(Serialize)]
struct Change<'a> {
    format: &'static str,
    document: String,
    version: u64,
    at_ms: i64,
    role: &'a str,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    restored: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

/// One change of a placement, of rules or of weights.
///
/// # Errors
/// What the JSON writer says.
pub fn of_change(version: &Version) -> Result<Vec<u8>, LogError> {
    let record = Change {
        format: "confidant-log-change-v1",
        document: version.key.to_string(),
        version: version.version,
        at_ms: version.at_ms,
        role: &version.author.role,
        reason: &version.author.reason,
        restored: version.restored,
        sha256: version.text.as_ref().map(crate::documents::Text::digest),
    };
    Ok(serde_json::to_vec(&record)?)
}

#[derive(Serialize)]
struct Start<'a> {
    format: &'static str,
    at_ms: i64,
    program: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    settings_sha256: Option<&'a str>,
    law_packs: BTreeMap<&'a str, &'a str>,
}

/// What a server runs with: its version, the digests of its settings and of the law packs in it.
///
/// # Errors
/// What the JSON writer says.
pub fn of_start(
    settings_sha256: Option<&str>,
    packs: &[LawPack],
    now: Timestamp,
) -> Result<Vec<u8>, LogError> {
    let program = env!("CARGO_PKG_VERSION");
    let law_packs = packs.iter().map(|pack| (pack.id, pack.digest.as_str())).collect();
    let format = "confidant-log-start-v2";
    let at_ms = now.ms();
    Ok(serde_json::to_vec(&Start { format, at_ms, program, settings_sha256, law_packs })?)
}

#[derive(Serialize)]
struct Key<'a> {
    format: &'static str,
    at_ms: i64,
    key: &'static str,
    event: &'static str,
    says: &'a str,
}

/// A key of the shop that is in use from now on. `says` is its public half, or a check value that
/// only who holds the key can compute.
///
/// # Errors
/// What the JSON writer says.
pub fn of_key(
    key: &'static str,
    event: &'static str,
    says: &str,
    now: Timestamp,
) -> Result<Vec<u8>, LogError> {
    let format = "confidant-log-key-v1";
    Ok(serde_json::to_vec(&Key { format, at_ms: now.ms(), key, event, says })?)
}

#[derive(Serialize)]
struct Policy<'a> {
    format: &'static str,
    at_ms: i64,
    law_packs: &'a BTreeMap<String, String>,
    notices: &'a BTreeMap<&'static str, String>,
}

/// The law packs that count from now on, and what people are told, each with its digest.
///
/// # Errors
/// What the JSON writer says.
pub fn of_policy(
    law_packs: &BTreeMap<String, String>,
    notices: &BTreeMap<&'static str, String>,
    now: Timestamp,
) -> Result<Vec<u8>, LogError> {
    let format = "confidant-log-policy-v1";
    Ok(serde_json::to_vec(&Policy { format, at_ms: now.ms(), law_packs, notices })?)
}

#[derive(Serialize)]
struct Released<'a> {
    format: &'static str,
    at_ms: i64,
    plan_sha256: &'a str,
    from: &'static str,
}

/// The models and weights that answer from now on, and where they come from.
///
/// # Errors
/// What the JSON writer says.
pub fn of_model(
    plan_sha256: &str,
    from: &'static str,
    now: Timestamp,
) -> Result<Vec<u8>, LogError> {
    let format = "confidant-log-model-v1";
    Ok(serde_json::to_vec(&Released { format, at_ms: now.ms(), plan_sha256, from })?)
}

#[derive(Serialize)]
struct Order<'a> {
    format: &'static str,
    shop: &'a str,
    at_ms: i64,
    order: &'a RawValue,
}

/// An order in the words of the shop. Only the customer keeps these bytes.
///
/// # Errors
/// What the JSON writer says.
pub fn of_order(shop: &str, order: &RawValue, now: Timestamp) -> Result<Vec<u8>, LogError> {
    let format = "confidant-log-order-v1";
    Ok(serde_json::to_vec(&Order { format, shop, at_ms: now.ms(), order })?)
}

fn words(signals: Signals) -> Vec<&'static str> {
    signals.iter().map(Signal::as_str).collect()
}

#[cfg(test)]
mod tests;
