//! The access package: everything that is held about one person, for that person (GDPR Art. 15
//! and 20).
//!
//! One value for the API, the page and the archive. Tables and fields carry the words of their
//! declarations, so nothing can be held that the package does not name.

use std::collections::{BTreeMap, BTreeSet};

use domain::date::Date;
use domain::hex;
use domain::id::ItemId;
use domain::time::{Day, Timestamp};
use personal::gate::{Choice, ChoiceState};
use personal::kinds::DECLARATIONS;
use personal::purpose::{LawfulBasis, PurposeName};
use personal::record::{Declaration, OnErasure};
use personal::register;
use personal::subject::Subject;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::access::rows::Shown;
use crate::engine::own::{Held, OwnData};
use crate::recipients::named;
use crate::settings::Settings;
use crate::shared::Shared;

pub mod archive;
pub mod page;
pub(crate) mod rows;
pub mod sealed;

/// The layout of the package.
pub const FORMAT: &str = "confidant-access-v1";

/// Everything that is held about one person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Package {
    /// Always `confidant-access-v1`.
    pub format: &'static str,
    /// The shop.
    pub shop: String,
    /// Who answers for it, with address and contact; empty fields were not set by the shop.
    pub controller: Responsible,
    /// When the package was made (RFC 3339, UTC).
    pub made_at: String,
    /// Whose data: `browser` or `customer`.
    pub person: &'static str,
    /// Whether anything is held.
    pub held: bool,
    /// What the person chose.
    pub choices: Vec<ChoiceOut>,
    /// Every table that can hold something about a person, also those without a row.
    pub tables: Vec<TableOut>,
    /// Names of the items in the rows, as the catalog has them now.
    pub items: BTreeMap<String, String>,
    /// What the models know.
    pub models: ModelsOut,
    /// Where the data came from.
    pub sources: Vec<&'static str>,
    /// Who else gets it.
    pub recipients: Vec<String>,
    /// Until when backups from before a change can hold what it took away, in days.
    pub backups_days: u32,
    /// What a person can do, with the article.
    pub rights: Vec<&'static str>,
    /// What this package does not hold.
    pub not_included: Vec<&'static str>,
}

/// Who answers for the data.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Responsible {
    /// Name of the company.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// E-mail, telephone or page for questions about data.
    pub contact: String,
    /// The supervisory authority.
    pub authority: String,
}

/// One choice as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChoiceOut {
    /// The purpose.
    pub purpose: &'static str,
    /// `given`, `refused`, `withdrawn` or `paused`.
    pub state: &'static str,
    /// Since when.
    pub since: String,
    /// When it ends by itself.
    pub until: String,
}

/// One table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableOut {
    /// Its name.
    pub table: &'static str,
    /// What it holds.
    pub what: &'static str,
    /// The category of the data.
    pub category: &'static str,
    /// What it is kept for.
    pub purpose: &'static str,
    /// Why that is lawful.
    pub basis: &'static str,
    /// Which purposes may read it.
    pub read_for: Vec<&'static str>,
    /// How long a row is kept at most, in days.
    pub kept_days_max: u32,
    /// What an erasure does with it.
    pub on_erasure: String,
    /// Whether the purpose rests, so that nobody but the person reads it.
    pub rests: bool,
    /// The fields of a row.
    pub fields: Vec<DeclaredField>,
    /// The rows, oldest first.
    pub rows: Vec<RowOut>,
}

/// One field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeclaredField {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub what: &'static str,
}

/// One row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RowOut {
    /// The first day without it.
    pub kept_until: String,
    /// Its values by field.
    #[schema(value_type = Object)]
    pub values: BTreeMap<&'static str, Value>,
}

/// What the models know of the person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelsOut {
    /// Visits that the shared models learned.
    pub visits: usize,
    /// Orders that they learned.
    pub orders: usize,
    /// What that means.
    pub words: Vec<&'static str>,
}

const SOURCES: &[&str] = &[
    "What you did in the shop was sent by the shop's pages in your browser, or by the shop's own \
     server.",
    "What you stated was entered by you or sent by the shop's server from your account.",
    "What you chose was said by you in the banner, in the settings or in the privacy center; where \
     it was said elsewhere, the row names the source.",
];
const NOBODY: &str = "Confidant gave none of this to anybody. Who else the shop works with stands \
                      in its privacy notice.";
const RIGHTS: &[&str] = &[
    "See and take with you what is held about you (GDPR Art. 15 and 20).",
    "Have single entries corrected or taken out (GDPR Art. 16).",
    "Take back a yes at any time, or let it rest (GDPR Art. 7(3) and 18).",
    "Object to what does not rest on a yes (GDPR Art. 21).",
    "Have everything erased (GDPR Art. 17).",
    "Complain to a supervisory authority (GDPR Art. 77).",
];
const MODELS: &[&str] = &[
    "No profile of interests is stored. Each answer is computed at the moment it is asked for, \
     from the rows of history_event and preferences.",
    "The shared models count which items go together. They hold your visits and orders under a \
     random name and give none of them to anybody; what the shop's customers see needs several \
     people.",
    "No decision with legal effect is made from this (GDPR Art. 22).",
];
const NOT_INCLUDED: &[&str] = &[
    "What the shop keeps in other systems, such as its order and payment software.",
    "Copies in backups, which end on their own.",
    "Keys, random names and checksums that the server works with.",
];

/// Who receives data, as the shop declared it (GDPR Art. 15(1)(c)).
fn recipients(settings: &Settings, today: Day) -> Vec<String> {
    let line = |one: notices::facts::Recipient| {
        let purposes = match one.purposes.is_empty() {
            true => "every purpose".to_owned(),
            false => one.purposes.join(", "),
        };
        format!("{} ({}): {}; for {purposes}.", one.name, one.place, one.what_for)
    };
    let named = named(settings, today).unwrap_or_default();
    match named.is_empty() {
        true => vec![NOBODY.to_owned()],
        false => named.into_iter().map(line).collect(),
    }
}

/// Puts everything together.
pub fn package(shared: &Shared, name: &Subject, data: &OwnData, now: Timestamp) -> Package {
    let settings = &shared.settings;
    let tables: Vec<TableOut> = DECLARATIONS
        .iter()
        .map(|declaration| {
            let purpose = declaration.purpose;
            let choice = data.choices.by_purpose.get(&purpose);
            let rests = choice.is_some_and(|choice| choice.state == ChoiceState::Paused);
            table(declaration, rests, rows::of(declaration.table, data))
        })
        .collect();
    let controller = &settings.controller;
    Package {
        format: FORMAT,
        shop: settings.shop.to_string(),
        controller: Responsible {
            name: controller.name.clone(),
            address: controller.address.clone(),
            contact: controller.contact.clone(),
            authority: controller.authority.clone(),
        },
        made_at: instant(now),
        person: person(name),
        held: tables.iter().any(|table| !table.rows.is_empty()),
        choices: data.choices.by_purpose.iter().map(choice).collect(),
        items: names(shared, &tables),
        tables,
        models: ModelsOut {
            visits: data.visits_learned,
            orders: data.orders_learned,
            words: MODELS.to_vec(),
        },
        sources: SOURCES.to_vec(),
        recipients: recipients(settings, now.day()),
        backups_days: settings.backup_keep_days,
        rights: RIGHTS.to_vec(),
        not_included: NOT_INCLUDED.to_vec(),
    }
}

const fn person(name: &Subject) -> &'static str {
    match name {
        Subject::Browser(_) => "browser",
        Subject::Customer(_) => "customer",
    }
}

fn choice((purpose, choice): (&PurposeName, &Choice)) -> ChoiceOut {
    ChoiceOut {
        purpose: purpose.as_str(),
        state: match choice.state {
            ChoiceState::Given => "given",
            ChoiceState::Refused => "refused",
            ChoiceState::Withdrawn => "withdrawn",
            ChoiceState::Paused => "paused",
        },
        since: instant(choice.at),
        until: instant(choice.expires),
    }
}

fn table(declaration: &Declaration, rests: bool, rows: Vec<Held<Shown>>) -> TableOut {
    TableOut {
        table: declaration.table,
        what: declaration.what.trim(),
        category: declaration.category.as_str(),
        purpose: declaration.purpose.as_str(),
        basis: basis(declaration.purpose),
        read_for: register::readers(declaration.table).map(PurposeName::as_str).collect(),
        kept_days_max: declaration.keep_days_max,
        on_erasure: match declaration.on_erasure {
            OnErasure::Delete => "deleted".to_owned(),
            OnErasure::Keep { basis, days } => format!("kept for at most {days} days ({basis})"),
        },
        rests,
        fields: declaration
            .fields
            .iter()
            .map(|field| DeclaredField { name: field.name, what: field.what.trim() })
            .collect(),
        rows: rows
            .into_iter()
            .map(|held| RowOut {
                kept_until: date(held.until),
                values: declaration.fields.iter().map(|field| field.name).zip(held.value).collect(),
            })
            .collect(),
    }
}

/// Why processing for a purpose is lawful, with its article.
const fn basis(purpose: PurposeName) -> &'static str {
    match purpose.basis() {
        LawfulBasis::Consent => "consent (GDPR Art. 6(1)(a))",
        LawfulBasis::Contract => "contract (GDPR Art. 6(1)(b))",
        LawfulBasis::LegalObligation => "legal obligation (GDPR Art. 6(1)(c))",
        LawfulBasis::LegitimateInterests => "legitimate interests (GDPR Art. 6(1)(f))",
    }
}

/// The names of every item that a row holds.
fn names(shared: &Shared, tables: &[TableOut]) -> BTreeMap<String, String> {
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for row in tables.iter().flat_map(|table| &table.rows) {
        ids.extend(row.values.get("item").and_then(Value::as_str));
        let lists = ["items", "steps"].into_iter().filter_map(|name| row.values.get(name));
        for one in lists.filter_map(Value::as_array).flatten() {
            ids.extend(one.as_str().or_else(|| one.get("item").and_then(Value::as_str)));
        }
    }
    let taught = shared.taught();
    let named = ids.into_iter().filter_map(|id| {
        let item = taught.catalog.get(&ItemId::parse(id).ok()?)?;
        Some((id.to_owned(), item.title.clone()))
    });
    named.collect()
}

/// An instant as people and machines read it.
pub(crate) fn instant(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.ms());
    at.map(|at| at.strftime("%FT%TZ").to_string()).unwrap_or_default()
}

fn date(day: Day) -> String {
    Date(day).to_string()
}

/// A keyed number of a message, as the package and corrections write it.
pub fn signal(message: u64) -> String {
    hex::encode(&message.to_be_bytes())
}

#[cfg(test)]
mod tests;
