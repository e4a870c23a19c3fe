//! What the replay tester answers.

use serde::Serialize;
use utoipa::ToSchema;

/// The decisions, and what would be kept. Nothing of it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Replayed {
    /// The day, such as `2026-11-22`; decisions are those of its noon (UTC).
    pub day: String,
    /// The law pack that counts.
    pub pack: PackOut,
    /// Every signal that was seen, whatever it said.
    pub signals: Vec<SignalOut>,
    /// What the gate says about every purpose.
    pub purposes: Vec<PurposeOut>,
    /// What would become of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventOut>,
}

/// A law pack.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PackOut {
    /// Its id.
    pub id: &'static str,
    /// The place in plain words.
    pub place: String,
    /// SHA-256 of its canonical bytes: asking again with it as `pack` gives the same decisions.
    pub digest: String,
    /// The first day on which it counts.
    pub valid_from: String,
    /// The last day on which it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// The day on which its sources were last looked at.
    pub verified_on: String,
    /// The articles that it reads.
    pub source: String,
    /// Why it is that one.
    pub why: String,
    /// That it is not legal advice.
    pub advice: &'static str,
}

/// One signal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignalOut {
    /// Its word, such as `gpc`.
    pub signal: &'static str,
    /// What it denies; empty when it says no no.
    pub denies: Vec<DenialOut>,
}

/// One no of a signal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DenialOut {
    /// What says no, in the signal's own words.
    pub what: String,
    /// The purposes that it denies.
    pub purposes: Vec<&'static str>,
}

/// What the gate says about one purpose.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PurposeOut {
    /// The purpose.
    pub purpose: &'static str,
    /// The lawful basis.
    pub basis: &'static str,
    /// The verdict.
    pub allowed: bool,
    /// The refusal as answers and metrics write it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<&'static str>,
    /// The rule that decided.
    pub rule: String,
    /// The article behind it.
    pub source: String,
    /// The signals that say no to the purpose, each in its own words.
    pub against: Vec<AgainstOut>,
    /// The parts of the purpose that can be switched.
    pub features: Vec<FeatureOut>,
}

/// What the gate says about one feature.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeatureOut {
    /// The feature.
    pub feature: &'static str,
    /// The verdict.
    pub allowed: bool,
    /// The refusal as answers and metrics write it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<&'static str>,
}

/// A signal that says no to a purpose.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgainstOut {
    /// The signal.
    pub signal: &'static str,
    /// Its own words.
    pub what: String,
}

/// What would become of an event.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct EventOut {
    /// Why nothing of it would be kept: a word of the closed list of `dropped`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<&'static str>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Items and categories that would be left out because they are sensitive goods.
    pub sensitive: usize,
    /// What would be kept, by table.
    pub kept: Vec<KeptOut>,
    /// Fields of the event whose value stands in no row as it was sent, at most 100.
    pub left_out: Vec<String>,
}

/// What would be kept in one table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KeptOut {
    /// Name of the table.
    pub table: &'static str,
    /// What it holds.
    pub what: &'static str,
    /// The only purpose that it is kept for.
    pub purpose: &'static str,
    /// Category of the data.
    pub category: &'static str,
    /// How many rows.
    pub rows: usize,
    /// The fields of a row, and what they would hold. A row names the person by a pseudonym.
    pub fields: Vec<FieldOut>,
    /// For how long at most, in days.
    pub keep_days_max: u32,
    /// The first day without it.
    pub until: String,
    /// What an erasure does with it.
    pub on_erasure: String,
    /// The purposes that may open it, one person at a time, with a permit.
    pub read_by: Vec<&'static str>,
    /// Whether staff may open a row.
    pub staff: bool,
    /// What becomes of it before that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<&'static str>,
}

/// One field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldOut {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub what: &'static str,
    /// What it would hold, each value once.
    pub holds: Vec<String>,
}
