//! Placements, rules, weights and law packs as versioned documents: what a shop changes without a
//! restart.
//!
//! A document has a kind and a name, and every change of it is a new version: a plain row with its
//! number, the commit, the time, who and why, the text as it was written, and a digest. The one
//! writer puts it (see `engine::documents`); the newest version counts, on top of what the
//! settings file says, which stands on what is shipped ([`effect`]). A version without a text goes
//! back to that. [`reading`] turns texts into what they mean, or into a line that names the field.
//!
//! Documents are about shelves and models, never about a person.

use std::fmt;

use recommend::placement::is_name;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::port::Document;
use utoipa::ToSchema;

pub mod effect;
pub mod reading;

/// The kind under which the store keeps every version.
pub const STORED_AS: &str = "document";
/// Versions of one document that are kept, the newest included.
pub const VERSIONS_MAX: usize = 50;
/// Documents of one kind that have versions, those that are back at the default included.
pub const NAMES_MAX: usize = 100;
/// Longest text, in bytes.
pub const TEXT_BYTES_MAX: usize = 256 * 1024;
/// The only document of its kind: the weights of the blend.
pub const BLEND: &str = "blend";
/// Digits of a version in its key, so that keys sort like numbers.
const DIGITS: usize = 20;

/// What a document is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Keys of one placement, as `placements.NAME` of a settings file.
    Placement,
    /// The rules of one placement, in place of all that it has otherwise.
    Rules,
    /// The weights of the blend, as `confidant tune` writes them.
    Weights,
    /// Law packs of the shop, over those of the program.
    Law,
}

impl Kind {
    /// The kind as paths and keys write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placement => "placement",
            Self::Rules => "rules",
            Self::Weights => "weights",
            Self::Law => "law",
        }
    }
}

/// Which document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// What it is about.
    pub kind: Kind,
    /// A placement, a name for a file of law packs, or [`BLEND`].
    pub name: String,
}

impl Key {
    /// Reads kind and name; none when there can be no such document.
    pub fn parse(kind: &str, name: &str) -> Option<Self> {
        let kinds = [Kind::Placement, Kind::Rules, Kind::Weights, Kind::Law];
        let kind = kinds.into_iter().find(|known| known.as_str() == kind)?;
        let fits = if kind == Kind::Weights { name == BLEND } else { is_name(name) };
        fits.then(|| Self { kind, name: name.to_owned() })
    }

    /// Where a version lies in the store.
    fn of_version(&self, version: u64) -> String {
        format!("{}{version:0DIGITS$}", self.stem())
    }

    /// What the keys of all its versions begin with.
    pub fn stem(&self) -> String {
        format!("{}/{}/", self.kind.as_str(), self.name)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.name)
    }
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// TOML, as in a settings file.
    Toml,
    /// JSON with the same keys.
    Json,
}

/// A text as somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// How it is written.
    pub format: Format,
    /// At most [`TEXT_BYTES_MAX`].
    pub text: String,
}

impl Text {
    /// SHA-256 of the bytes, in hexadecimal.
    pub fn digest(&self) -> String {
        domain::hex::encode(&Sha256::digest(self.text.as_bytes()))
    }
}

/// Who changed a document, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The stated role.
    pub role: String,
    /// The stated reason.
    pub reason: String,
}

/// One version, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Which document.
    #[serde(flatten)]
    pub key: Key,
    /// 1, 2, 3 and so on.
    pub version: u64,
    /// The commit that made it durable.
    pub seq: u64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who and why.
    #[serde(flatten)]
    pub author: Author,
    /// The version whose text it is again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<u64>,
    /// What it says; nothing goes back to the settings file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

impl Version {
    /// The row of the store.
    ///
    /// # Errors
    /// [`DocumentError::Layout`].
    pub fn to_row(&self) -> Result<Document, DocumentError> {
        let body = serde_json::to_vec(self).map_err(|_| DocumentError::Layout)?;
        let key = self.key.of_version(self.version);
        Ok(Document { kind: STORED_AS.to_owned(), key, body })
    }

    /// Reads a row of the store.
    ///
    /// # Errors
    /// [`DocumentError::Layout`].
    pub fn from_row(row: &Document) -> Result<Self, DocumentError> {
        serde_json::from_slice(&row.body).map_err(|_| DocumentError::Layout)
    }

    /// Where it lies in the store.
    pub fn stored_key(&self) -> String {
        self.key.of_version(self.version)
    }
}

/// What a change makes of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It says this.
    To(Text),
    /// It says again what an older version said.
    BackTo(u64),
    /// It says nothing: the settings file counts.
    ToDefault,
}

/// A change that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which document.
    pub key: Key,
    /// The version that it changes; 0 when there is none.
    pub based_on: u64,
    /// What it becomes.
    pub change: Change,
    /// Who and why.
    pub author: Author,
    /// Whether it is only looked whether it could be done.
    pub check: bool,
}

/// Why a document is not changed. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Somebody was faster.
    #[error("version {current} is the newest, not {given}")]
    Stale {
        /// What the change was based on.
        given: u64,
        /// The newest.
        current: u64,
    },
    /// It cannot be honored; names the document and the field.
    #[error("{0}")]
    Wrong(String),
    /// No such version is kept.
    #[error("there is no such version of this document, or it says nothing")]
    NoVersion,
    /// Too many documents of a kind.
    #[error("at most {NAMES_MAX} documents of one kind")]
    Full,
    /// A row cannot be written or read.
    #[error("document does not have the expected layout")]
    Layout,
}

#[cfg(test)]
mod tests;
