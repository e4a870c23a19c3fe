//! Where personal data may go from the European Economic Area: dated decisions on adequacy (GDPR
//! Art. 45) and the tools besides them (Art. 46 and 49).
//!
//! A decision counts between its days only; what is not listed is not adequate.

use std::fmt;
use std::sync::LazyLock;

use domain::time::Day;
use personal::transfer::{Decided, Standing};
use serde::Deserialize;

use crate::law::place::{Atlas, Place};
use crate::law::{NOT_LEGAL_ADVICE, PLACES};
use domain::date::Date;

/// The list that is part of the program.
pub const TRANSFERS: &str = include_str!("../../packs/transfers.toml");

/// One decision on adequacy.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The place that it is about.
    pub place: Place,
    /// The place in words.
    pub name: String,
    /// The first day on which it counts here.
    pub from: Date,
    /// The last day.
    #[serde(default)]
    pub to: Option<Date>,
    /// Whom it is limited to.
    #[serde(default)]
    pub only: Option<String>,
    /// The decision.
    pub source: String,
    /// Whether the source itself was read.
    pub verified: bool,
    /// What a reader should know besides.
    #[serde(default)]
    pub note: Option<String>,
}

/// What a transfer can rest on where there is no decision.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// A short name.
    pub id: String,
    /// The name in words.
    pub name: String,
    /// What it is.
    pub kind: ToolKind,
    /// The article.
    pub source: String,
    /// Whether the source itself was read.
    pub verified: bool,
}

/// What a tool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum ToolKind {
    /// An appropriate safeguard (GDPR Art. 46).
    Safeguard,
    /// An exception for a specific situation (GDPR Art. 49), never a habit.
    Derogation,
}

/// Decisions and tools, as a file holds them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    advice: String,
    verified_on: Date,
    inside: Vec<Place>,
    adequate: Vec<Decision>,
    tool: Vec<Tool>,
}

/// Whether data may go to a place without another tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adequacy<'a> {
    /// Within the European Economic Area: no transfer to a third country.
    Inside,
    /// A decision covers the place.
    Adequate(&'a Decision),
    /// A decision covers some recipients of the place only ([`Decision::only`]).
    Limited(&'a Decision),
    /// No decision: it takes a tool.
    Missing,
}

/// Why a list of transfers cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// Not TOML, or not these fields.
    #[error("list of transfers: {0}")]
    Malformed(String),
    /// An entry that contradicts itself or another one.
    #[error("list of transfers: {0} {1}")]
    Unsound(Place, &'static str),
    /// The list does not say what it is not.
    #[error("list of transfers has to say advice = \"not legal advice\"")]
    Advice,
}

/// The list of the program, with the groups of places.
#[derive(Clone, Debug)]
pub struct Transfers {
    list: List,
    atlas: Atlas,
}

impl Transfers {
    /// Reads a list.
    ///
    /// # Errors
    /// [`TransferError`].
    pub fn read(list: &str, places: &str) -> Result<Self, TransferError> {
        let malformed = |error: toml::de::Error| TransferError::Malformed(error.to_string());
        let list: List = toml::from_str(list).map_err(malformed)?;
        let atlas = Atlas::read(places).map_err(malformed)?;
        if list.advice != "not legal advice" {
            return Err(TransferError::Advice);
        }
        for (number, one) in list.adequate.iter().enumerate() {
            let unsound = |why| TransferError::Unsound(one.place.clone(), why);
            if one.to.is_some_and(|last| last < one.from) {
                return Err(unsound("ends before it begins"));
            }
            if one.source.is_empty() {
                return Err(unsound("has no source"));
            }
            let later = list.adequate.iter().skip(number + 1);
            let mut same = later.filter(|other| other.place == one.place);
            if same.any(|other| one.counts_on(other.from.0) || other.counts_on(one.from.0)) {
                return Err(unsound("has two decisions on one day"));
            }
        }
        Ok(Self { list, atlas })
    }

    /// Whether data may go to a place on a day.
    pub fn adequate(&self, place: &Place, day: Day) -> Adequacy<'_> {
        let place = self.atlas.canonical(place);
        let country = place.country();
        let groups = self.atlas.groups(&country, day);
        let inside = &self.list.inside;
        if inside.contains(&place) || inside.iter().any(|group| groups.contains(group)) {
            return Adequacy::Inside;
        }
        let mut decisions = self.list.adequate.iter().filter(|one| one.place == country);
        match decisions.find(|one| one.counts_on(day)) {
            Some(decision) if decision.only.is_some() => Adequacy::Limited(decision),
            Some(decision) => Adequacy::Adequate(decision),
            None => Adequacy::Missing,
        }
    }

    /// The same as the gate of transfers takes it.
    pub fn standing(&self, place: &Place, day: Day) -> Standing {
        let decided = |decision: &Decision| Decided {
            source: decision.source.clone(),
            until: decision.to.map(|last| last.0),
        };
        match self.adequate(place, day) {
            Adequacy::Inside => Standing::Inside,
            Adequacy::Adequate(decision) => Standing::Adequate(decided(decision)),
            Adequacy::Limited(decision) => Standing::Limited(decided(decision)),
            Adequacy::Missing => Standing::Missing,
        }
    }

    /// Every decision.
    pub fn decisions(&self) -> &[Decision] {
        &self.list.adequate
    }

    /// Every tool.
    pub fn tools(&self) -> &[Tool] {
        &self.list.tool
    }

    /// The day on which the list was last looked at.
    pub const fn verified_on(&self) -> Day {
        self.list.verified_on.0
    }
}

impl Decision {
    fn counts_on(&self, day: Day) -> bool {
        self.from.0 <= day && self.to.is_none_or(|last| day <= last.0)
    }
}

impl fmt::Display for Adequacy<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decision = match self {
            Self::Inside => return write!(out, "no transfer: within the European Economic Area"),
            Self::Missing => {
                return write!(out, "no decision on adequacy: the transfer needs a tool");
            }
            Self::Adequate(decision) | Self::Limited(decision) => decision,
        };
        write!(out, "{}: adequate since {}", decision.name, decision.from)?;
        if let Some(last) = decision.to {
            write!(out, " until {last}")?;
        }
        if let Some(only) = &decision.only {
            write!(out, ", only for {only}")?;
        }
        let mark = if decision.verified { "" } else { "; NOT VERIFIED" };
        write!(out, " [{}{mark}]. {NOT_LEGAL_ADVICE}", decision.source)
    }
}

static SHIPPED: LazyLock<Result<Transfers, TransferError>> =
    LazyLock::new(|| Transfers::read(TRANSFERS, PLACES));

/// The list of the program.
///
/// # Errors
/// [`TransferError`] when the file of the program contradicts itself.
pub fn shipped() -> Result<&'static Transfers, &'static TransferError> {
    SHIPPED.as_ref()
}

/// Whether personal data may go from the European Economic Area to a place on a day.
///
/// # Privacy
/// What cannot be read or is not listed is not adequate.
pub fn adequate(place: &str, day: Day) -> Adequacy<'static> {
    let (Ok(place), Ok(transfers)) = (Place::parse(place), shipped()) else {
        return Adequacy::Missing;
    };
    transfers.adequate(&place, day)
}

/// What is decided about a place on a day, as the gate of transfers takes it.
///
/// # Privacy
/// What cannot be read or is not listed is not adequate.
pub fn standing(place: &Place, day: Day) -> Standing {
    shipped().map_or(Standing::Missing, |transfers| transfers.standing(place, day))
}

#[cfg(test)]
mod tests;
