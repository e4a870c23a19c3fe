//! What is different between two versions of what a shop does, and whether the newer one does more.
//!
//! A yes covers what was said when it was given (GDPR Art. 4(11) and 7). Where a newer version does
//! more for a purpose, a yes from before does not cover that; where a person has to judge, it says
//! so and leaves it open. Other words for the same processing widen nothing; they are listed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::canonical;
use crate::facts::{Erased, Ground, Processing};

/// Why a document from before cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// No JSON.
    #[error("the older document is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// No document of this program, or one that lacks what is compared.
    #[error("the older document says nothing of processing: {0}")]
    NoDocument(serde_json::Error),
    /// Its digest is not that of its bytes.
    #[error("the older document was changed after it was written: its digest is another")]
    Changed,
}

/// What a change means for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// More is done than before.
    Widens,
    /// Only the shop can say.
    Judge,
    /// Less is done than before.
    Narrows,
    /// Neither.
    Same,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it is about, such as `tables.history_event.keep_days_max`.
    pub what: String,
    /// What it was; missing when it was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it is; missing when it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// What it means.
    pub effect: Effect,
    /// The purposes that it touches.
    pub purposes: Vec<String>,
}

/// What is different between two documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Digest of the older document.
    pub before: String,
    /// Digest of the newer document.
    pub after: String,
    /// Whether the newer version does more.
    pub widens: bool,
    /// Purposes that rest on consent and of which a yes from before does not cover everything.
    pub uncovered: Vec<String>,
    /// The differences in what is done.
    pub changes: Vec<Change>,
    /// Sections with other words, when both are the same document in the same language.
    pub words: Vec<String>,
}

/// Reads a document that was written before and compares it with a newer one, both as JSON.
///
/// # Errors
/// [`DiffError`].
pub fn between(older: &str, newer: &Value) -> Result<Diff, DiffError> {
    let older: Value = serde_json::from_str(older)?;
    let before = text_at(&older, canonical::DIGEST).to_owned();
    if before != canonical::digest(&older) {
        return Err(DiffError::Changed);
    }
    let processing = |document: &Value| {
        let found = document.get("processing").cloned().unwrap_or_default();
        serde_json::from_value::<Processing>(found).map_err(DiffError::NoDocument)
    };
    let (old, new) = (processing(&older)?, processing(newer)?);
    let changes = changes(&old, &new);
    let widening = changes.iter().filter(|one| one.effect == Effect::Widens);
    let touched: BTreeSet<&String> = widening.clone().flat_map(|one| &one.purposes).collect();
    let consent = new.purposes.iter().filter(|one| one.basis == "consent");
    let uncovered = consent.map(|one| one.purpose.clone()).filter(|one| touched.contains(one));
    Ok(Diff {
        before,
        after: text_at(newer, canonical::DIGEST).to_owned(),
        widens: widening.count() > 0,
        uncovered: uncovered.collect(),
        words: words(&older, newer),
        changes,
    })
}

fn text_at<'a>(document: &'a Value, key: &str) -> &'a str {
    document.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The sections whose words differ.
fn words(older: &Value, newer: &Value) -> Vec<String> {
    let same = |key| older.get(key) == newer.get(key);
    if !(same("kind") && same("language")) {
        return Vec::new();
    }
    let sections = |document: &Value| -> BTreeMap<String, Value> {
        let all = document.get("sections").and_then(Value::as_array).cloned().unwrap_or_default();
        all.into_iter().map(|one| (text_at(&one, "id").to_owned(), one)).collect()
    };
    let (old, new) = (sections(older), sections(newer));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names.into_iter().filter(|name| old.get(*name) != new.get(*name)).cloned().collect()
}

/// How a difference of a value is judged.
#[derive(Clone, Copy)]
enum Rule {
    /// Being there is doing more.
    Presence,
    /// A larger number is doing more.
    More,
    /// A smaller number is doing more.
    Less,
    /// Any other value is doing more.
    Other,
    /// Somebody has to judge.
    Judge,
    /// Somebody has to judge that it is there or not.
    Listed,
    /// It changes nothing for people.
    Same,
}

/// One comparable thing.
struct Fact {
    value: String,
    rule: Rule,
    purposes: Vec<String>,
}

type Facts = BTreeMap<String, Fact>;

fn changes(old: &Processing, new: &Processing) -> Vec<Change> {
    let (old, new) = (facts(old), facts(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut changes = Vec::new();
    for name in names {
        let (before, after) = (old.get(name), new.get(name));
        let values = (before.map(|fact| &fact.value), after.map(|fact| &fact.value));
        if values.0 == values.1 {
            continue;
        }
        let Some(fact) = after.or(before) else { continue };
        let both = before.is_some() && after.is_some();
        if !both && !matches!(fact.rule, Rule::Presence | Rule::Listed) {
            // It came or went with the thing that it belongs to.
            continue;
        }
        let known = [before, after].into_iter().flatten().flat_map(|fact| &fact.purposes);
        let purposes: BTreeSet<String> = known.cloned().collect();
        changes.push(Change {
            what: name.clone(),
            before: values.0.cloned(),
            after: values.1.cloned(),
            effect: judge(fact.rule, values),
            purposes: purposes.into_iter().collect(),
        });
    }
    changes
}

fn judge(rule: Rule, values: (Option<&String>, Option<&String>)) -> Effect {
    let number = |text: Option<&String>| text.and_then(|text| text.parse::<u64>().ok());
    let more = number(values.1) > number(values.0);
    let widens = match rule {
        Rule::Presence => values.1.is_some(),
        Rule::More => more,
        Rule::Less => !more,
        Rule::Other => true,
        Rule::Judge | Rule::Listed => return Effect::Judge,
        Rule::Same => return Effect::Same,
    };
    if widens { Effect::Widens } else { Effect::Narrows }
}

/// Everything that is compared, by name.
fn facts(of: &Processing) -> Facts {
    let mut facts = Facts::new();
    let all: Vec<String> = of.purposes.iter().map(|one| one.purpose.clone()).collect();
    let mut put = |name: String, value: String, rule: Rule, purposes: &[String]| {
        facts.insert(name, Fact { value, rule, purposes: purposes.to_vec() });
    };
    let from = &of.controller;
    for (name, value, rule) in [
        // Another controller needs a consent of its own; a corrected name does not.
        ("name", &from.name, Rule::Judge),
        ("address", &from.address, Rule::Same),
        ("contact", &from.contact, Rule::Same),
        ("consent_page", &from.consent_page, Rule::Same),
        ("rights_page", &from.rights_page, Rule::Same),
        ("stored_in", &from.stored_in.join(", "), Rule::Judge),
        ("authority", &from.authority, Rule::Same),
        ("officer", &from.officer, Rule::Same),
        ("representative", &from.representative, Rule::Same),
    ] {
        put(format!("controller.{name}"), value.clone(), rule, &[]);
    }
    for one in &of.purposes {
        let (name, own) = (&one.purpose, std::slice::from_ref(&one.purpose));
        put(format!("purposes.{name}"), "used".to_owned(), Rule::Presence, own);
        put(format!("purposes.{name}.basis"), one.basis.clone(), Rule::Judge, own);
        let asked = if one.asked { "asked" } else { "not asked" };
        put(format!("purposes.{name}.asked"), asked.to_owned(), Rule::Judge, own);
    }
    let limits = &of.limits;
    for (name, value, rule) in [
        ("backup_keep_days", limits.backup_keep_days.to_string(), Rule::More),
        ("consent_days_max", limits.consent_days_max.to_string(), Rule::Judge),
        ("supporters_min", limits.supporters_min.to_string(), Rule::Less),
        ("popular_min", limits.popular_min.to_string(), Rule::Less),
        ("child_directed", limits.child_directed.to_string(), Rule::Judge),
        ("tls", limits.tls.to_string(), Rule::Judge),
    ] {
        put(format!("limits.{name}"), value, rule, &all);
    }
    for text in &of.security {
        put(format!("security.{text}"), text.clone(), Rule::Listed, &[]);
    }
    for one in &of.technical {
        for column in &one.columns {
            let name = format!("technical.{}.{}.{column}", one.file, one.table);
            put(name, column.clone(), Rule::Listed, &[]);
        }
    }
    tables(of, &mut put);
    recipients(of, &all, &mut put);
    facts
}

fn tables(of: &Processing, put: &mut impl FnMut(String, String, Rule, &[String])) {
    for one in &of.tables {
        let (name, own) = (format!("tables.{}", one.table), std::slice::from_ref(&one.purpose));
        put(name.clone(), one.table.clone(), Rule::Presence, own);
        put(format!("{name}.purpose"), one.purpose.clone(), Rule::Other, own);
        put(format!("{name}.category"), one.category.clone(), Rule::Judge, own);
        let days = one.keep_days_max.to_string();
        put(format!("{name}.keep_days_max"), days, Rule::More, own);
        // What is deleted counts as kept for no day.
        let (days, basis) = match &one.on_erasure {
            Erased::Delete => (0, ""),
            Erased::Keep { basis, days } => (*days, basis.as_str()),
        };
        put(format!("{name}.kept_after_erasure_days"), days.to_string(), Rule::More, own);
        put(format!("{name}.kept_after_erasure_by"), basis.to_owned(), Rule::Judge, own);
        for field in &one.fields {
            put(format!("{name}.fields.{field}"), field.clone(), Rule::Presence, own);
        }
        for reader in &one.readers {
            let both = [one.purpose.clone(), reader.clone()];
            put(format!("{name}.readers.{reader}"), reader.clone(), Rule::Presence, &both);
        }
    }
}

fn recipients(
    of: &Processing,
    all: &[String],
    put: &mut impl FnMut(String, String, Rule, &[String]),
) {
    for one in of.recipients.iter().flatten() {
        let name = format!("recipients.{}", one.name);
        let own = if one.purposes.is_empty() { all } else { &one.purposes };
        put(name.clone(), one.name.clone(), Rule::Presence, own);
        put(format!("{name}.role"), format!("{:?}", one.role), Rule::Judge, own);
        put(format!("{name}.what_for"), one.what_for.clone(), Rule::Judge, own);
        put(format!("{name}.place"), one.place.clone(), Rule::Judge, own);
        let third_country = match &one.ground {
            Ground::Inside => None,
            Ground::Adequacy { by } | Ground::Safeguard { by } | Ground::Derogation { by } => {
                Some(by.as_str())
            }
            Ground::Missing => Some("missing"),
        };
        if let Some(ground) = third_country {
            put(format!("{name}.third_country"), "yes".to_owned(), Rule::Presence, own);
            put(format!("{name}.ground"), ground.to_owned(), Rule::Judge, own);
        }
        for purpose in own {
            let single = std::slice::from_ref(purpose);
            put(format!("{name}.purposes.{purpose}"), purpose.clone(), Rule::Presence, single);
        }
    }
}

#[cfg(test)]
mod tests;
