//! What the operations on documents read and answer.

use consent::law::LawPack;
use domain::date::Date;
use recommend::placement::Placements;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::documents::effect::Effect;
use crate::documents::{Format, Key, Kind, Text, Version, reading};
use crate::problem::{self, Problem};
use crate::shared::Shared;

/// Where what a document is about comes from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComesFrom {
    /// A version that was put.
    Document,
    /// The settings file.
    Settings,
    /// The program.
    Shipped,
}

/// One version without its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionLine {
    /// 1, 2, 3 and so on.
    pub version: u64,
    /// The commit that made it durable.
    pub seq: u64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who made it: a stated role.
    pub role: String,
    /// Why.
    pub reason: String,
    /// The version whose text it is again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored: Option<u64>,
    /// SHA-256 of the text; missing where the version went back to the settings file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// One document without its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentLine {
    /// What it is about.
    pub kind: Kind,
    /// A placement, a name for a file of law packs, or `blend`.
    pub name: String,
    /// The newest version; 0 when there is none.
    pub version: u64,
    /// What counts now.
    pub from: ComesFrom,
    /// The newest version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<VersionLine>,
    /// Why the newest version cannot be honored; the settings file counts then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// One document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentOut {
    /// What stands in the list.
    #[serde(flatten)]
    pub line: DocumentLine,
    /// The text of the newest version.
    #[serde(flatten)]
    pub text: TextOut,
    /// What answers go by, documents, settings file and shipped values together.
    #[schema(value_type = Object)]
    pub effective: serde_json::Value,
}

/// A text: one of the two, or none.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct TextOut {
    /// A text in TOML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toml: Option<String>,
    /// A text in JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<String>,
}

/// One version with its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionOut {
    /// What stands in the list.
    #[serde(flatten)]
    pub line: VersionLine,
    /// What it says.
    #[serde(flatten)]
    pub text: TextOut,
}

/// One law pack of a document.
#[derive(Clone, Debug, Serialize)]
struct PackLine {
    id: &'static str,
    digest: &'static str,
    places: Vec<&'static str>,
    valid_from: String,
    valid_to: Option<String>,
}

impl PackLine {
    fn of(pack: &'static LawPack) -> Self {
        Self {
            id: pack.id,
            digest: &pack.digest,
            places: pack.places.iter().map(consent::law::place::Place::as_str).collect(),
            valid_from: Date(pack.valid_from).to_string(),
            valid_to: pack.valid_to.map(|last| Date(last).to_string()),
        }
    }
}

/// What became of a change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Changed {
    /// Whether it counts from the next answer on; false when it was only looked whether it could.
    pub changed: bool,
    /// The version that it is, or would be.
    #[serde(flatten)]
    pub line: VersionLine,
}

/// What a document becomes: exactly one of `toml`, `json` and `version`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentIn {
    /// The role of the staff member.
    pub role: String,
    /// Why it is changed; 8 to 500 characters.
    pub reason: String,
    /// The document as TOML, as in a settings file or a weights file.
    pub toml: Option<String>,
    /// The same as JSON.
    #[schema(value_type = Option<Object>)]
    pub json: Option<serde_json::Value>,
    /// An older version that counts again.
    pub version: Option<u64>,
}

/// Whether to look only.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PutIn {
    /// Looks whether it could be done and changes nothing.
    pub check: Option<bool>,
}

/// Who goes back to the settings file, and why.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeleteIn {
    /// The role of the staff member.
    pub role: String,
    /// Why; 8 to 500 characters.
    pub reason: String,
    /// Looks whether it could be done and changes nothing.
    pub check: Option<bool>,
}

/// A version without its text.
pub(super) fn version_line(version: &Version) -> VersionLine {
    VersionLine {
        version: version.version,
        seq: version.seq,
        at_ms: version.at_ms,
        role: version.author.role.clone(),
        reason: version.author.reason.clone(),
        restored: version.restored,
        digest: version.text.as_ref().map(Text::digest),
    }
}

/// A text as it was written.
pub(super) fn written(text: &Text) -> TextOut {
    let own = Some(text.text.clone());
    match text.format {
        Format::Toml => TextOut { toml: own, json: None },
        Format::Json => TextOut { toml: None, json: own },
    }
}

/// A document without its text.
pub(super) fn line(shared: &Shared, effect: &Effect, key: &Key) -> DocumentLine {
    let newest = effect.newest.get(key);
    let refused = effect.refused.get(key).cloned();
    DocumentLine {
        kind: key.kind,
        name: key.name.clone(),
        version: newest.map_or(0, |version| version.version),
        from: from(shared, effect, key),
        newest: newest.map(|version| version_line(version)),
        refused,
    }
}

fn from(shared: &Shared, effect: &Effect, key: &Key) -> ComesFrom {
    let own = effect.newest.get(key).is_some_and(|version| version.text.is_some());
    if key.kind == Kind::Weights {
        return match effect.weights(&shared.base, shared.clock.now().day()) {
            Some((_, true)) => ComesFrom::Document,
            Some((_, false)) => ComesFrom::Settings,
            None => ComesFrom::Shipped,
        };
    }
    if own && !effect.refused.contains_key(key) {
        return ComesFrom::Document;
    }
    if key.kind == Kind::Law {
        return ComesFrom::Shipped;
    }
    let shipped = Placements::default();
    let (base, shipped) = (shared.base.placements.get(&key.name), shipped.get(&key.name));
    let same = match key.kind {
        Kind::Rules => base.map(|one| &one.rules) == shipped.map(|one| &one.rules),
        Kind::Placement | Kind::Weights | Kind::Law => base == shipped,
    };
    if same { ComesFrom::Shipped } else { ComesFrom::Settings }
}

/// What answers go by.
pub(super) fn effective(
    shared: &Shared,
    effect: &Effect,
    key: &Key,
) -> Result<serde_json::Value, Problem> {
    let placement = || effect.placements.get(&key.name).ok_or(problem::NOT_FOUND);
    let value = match key.kind {
        Kind::Placement => serde_json::to_value(placement()?),
        Kind::Rules => Ok(serde_json::json!({ "rules": placement()?.rules })),
        Kind::Weights => match effect.weights(&shared.base, shared.clock.now().day()) {
            Some((file, _)) => serde_json::to_value(file),
            None => serde_json::to_value(effect.plan(&shared.base, shared.clock.now().day())),
        },
        Kind::Law => {
            let newest = effect.newest.get(key).ok_or(problem::NOT_FOUND)?;
            let own = newest.text.as_ref().filter(|_| !effect.refused.contains_key(key));
            let packs = own.and_then(|text| reading::law(text).ok()).unwrap_or_default();
            serde_json::to_value(packs.into_iter().map(PackLine::of).collect::<Vec<_>>())
        }
    };
    value.map_err(|_| problem::INTERNAL.into())
}
