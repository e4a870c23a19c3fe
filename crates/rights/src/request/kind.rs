//! What a person may ask for, and what the request is about.

use std::fmt;

use domain::id::RowId;
use personal::purpose::PurposeName;
use serde::{Deserialize, Serialize};

use crate::plan::Scope;

/// What a person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// To see what is known, and to get a copy.
    Access,
    /// To take the data elsewhere.
    Portability,
    /// To have something wrong put right.
    Rectification,
    /// To be forgotten.
    Erasure,
    /// To have data kept but not used.
    Restriction,
    /// To say no to a use that does not ask.
    Objection,
    /// To say no to sale and sharing.
    OptOut,
    /// To limit the use of sensitive data.
    LimitUse,
    /// To have a human look at an automated decision.
    HumanReview,
    /// To take a yes back.
    Withdrawal,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Access,
        Self::Portability,
        Self::Rectification,
        Self::Erasure,
        Self::Restriction,
        Self::Objection,
        Self::OptOut,
        Self::LimitUse,
        Self::HumanReview,
        Self::Withdrawal,
    ];

    /// The kind as records and the API write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Portability => "portability",
            Self::Rectification => "rectification",
            Self::Erasure => "erasure",
            Self::Restriction => "restriction",
            Self::Objection => "objection",
            Self::OptOut => "opt_out",
            Self::LimitUse => "limit_use",
            Self::HumanReview => "human_review",
            Self::Withdrawal => "withdrawal",
        }
    }

    /// The articles that give the right.
    pub const fn source(self) -> &'static str {
        match self {
            Self::Access => "GDPR Art. 15; Cal. Civ. Code 1798.110",
            Self::Portability => "GDPR Art. 20",
            Self::Rectification => "GDPR Art. 16; Cal. Civ. Code 1798.106",
            Self::Erasure => "GDPR Art. 17; Cal. Civ. Code 1798.105",
            Self::Restriction => "GDPR Art. 18",
            Self::Objection => "GDPR Art. 21",
            Self::OptOut => "Cal. Civ. Code 1798.120",
            Self::LimitUse => "Cal. Civ. Code 1798.121",
            Self::HumanReview => "GDPR Art. 22(3)",
            Self::Withdrawal => "GDPR Art. 7(3)",
        }
    }

    /// Reads a kind.
    ///
    /// # Errors
    /// [`KindError`].
    pub fn parse(text: &str) -> Result<Self, KindError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(KindError)
    }

    /// Whether carrying it out changes or destroys data, which a hold stands against.
    pub const fn destroys(self) -> bool {
        matches!(self, Self::Rectification | Self::Erasure | Self::Withdrawal)
    }

    /// Whether every recipient of the data has to be told (GDPR Art. 19).
    pub const fn tells_recipients(self) -> bool {
        matches!(self, Self::Rectification | Self::Erasure | Self::Restriction)
    }
}

/// The text names no kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no request has this kind")]
pub struct KindError;

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum About {
    /// Everything, or one purpose.
    Scope(Scope),
    /// The kinds of data rather than the data (California's right to know categories).
    Categories,
    /// One row: a click, an order line, an automated decision.
    One(RowId),
}

/// The text says nothing that a request can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a request is about everything, categories, a purpose, or one: and 32 hexadecimal characters"
)]
pub struct AboutError;

impl About {
    /// Everything about the person.
    pub const EVERYTHING: Self = Self::Scope(Scope::Everything);

    /// Whether a request of `kind` can be about this. An objection names one purpose: to direct
    /// marketing it counts at once, to others it is weighed.
    pub const fn fits(self, kind: Kind) -> bool {
        match (self, kind) {
            (Self::Categories, Kind::Access)
            | (
                Self::One(_),
                Kind::Rectification | Kind::Erasure | Kind::Restriction | Kind::HumanReview,
            )
            | (Self::Scope(Scope::Everything), Kind::OptOut | Kind::LimitUse) => true,
            (Self::Categories | Self::One(_), _)
            | (Self::Scope(Scope::Purpose(_)), Kind::OptOut | Kind::LimitUse)
            | (Self::Scope(Scope::Everything), Kind::Objection)
            | (Self::Scope(_), Kind::Rectification | Kind::HumanReview) => false,
            (Self::Scope(_), _) => true,
        }
    }

    /// Whether this reaches data of `purpose`. One row has a purpose that only its table knows.
    pub fn reaches(self, purpose: PurposeName) -> bool {
        match self {
            Self::Scope(scope) => scope.reaches(purpose),
            Self::Categories => true,
            Self::One(_) => false,
        }
    }
}

/// Whether nobody may weigh the request: who withdraws, opts out, limits the use of sensitive
/// data or objects to direct marketing is right by asking (GDPR Art. 7(3) and 21(3); 11 CCR 7026
/// and 7027).
pub fn is_absolute(kind: Kind, about: About) -> bool {
    match kind {
        Kind::Withdrawal | Kind::OptOut | Kind::LimitUse => true,
        Kind::Objection => about == About::Scope(Scope::Purpose(PurposeName::Marketing)),
        Kind::Access
        | Kind::Portability
        | Kind::Rectification
        | Kind::Erasure
        | Kind::Restriction
        | Kind::HumanReview => false,
    }
}

impl fmt::Display for About {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scope(scope) => out.write_str(scope.as_str()),
            Self::Categories => out.write_str("categories"),
            Self::One(row) => write!(out, "one:{}", row.to_hex()),
        }
    }
}

impl TryFrom<String> for About {
    type Error = AboutError;

    fn try_from(text: String) -> Result<Self, AboutError> {
        if text == "categories" {
            return Ok(Self::Categories);
        }
        match text.strip_prefix("one:") {
            Some(row) => RowId::parse(row).map(Self::One).map_err(|_| AboutError),
            None => Scope::parse(&text).map(Self::Scope).map_err(|_| AboutError),
        }
    }
}

impl From<About> for String {
    fn from(about: About) -> Self {
        about.to_string()
    }
}
