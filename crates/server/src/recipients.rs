//! Recipients of personal data as the shop declares them, and the permit to send them something.
//!
//! A declaration says where a recipient is, what it is to the shop, for which purposes it receives
//! data, and on which tool of chapter V of the GDPR a transfer rests. Whether data may go is decided
//! anew for every transfer, by `personal::transfer`.

use std::collections::{BTreeMap, BTreeSet};

use consent::law::place::{Place, PlaceError};
use consent::law::transfer::standing;
use domain::date::Date;
use domain::time::{Day, Timestamp};
use personal::purpose::PurposeName;
use personal::subject::Subject;
use personal::transfer::{
    CHECKED_DAYS_MAX, Destination, Ground, Recipient, RecipientName, Role, Tool, TransferPermit,
    TransferRefusal, decide, judge,
};
use rights::preview::Telling;
use serde::Deserialize;

use crate::settings::Settings;

/// One recipient in the settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientSettings {
    /// Where it is (ISO 3166), such as `US`.
    pub country: String,
    /// `processor` or `controller`.
    pub role: String,
    /// The purposes that it receives data for.
    pub purposes: Vec<String>,
    /// What a transfer rests on where no decision on adequacy covers it.
    #[serde(default)]
    pub tool: Option<String>,
    /// The day on which the shop last looked whether the tool holds, such as `2026-11-22`.
    #[serde(default)]
    pub checked: Option<String>,
}

/// Why a declaration is refused. Names the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    /// Not a name.
    #[error("recipients: {0:?} is not a name of 1 to 32 of a-z, 0-9, _ and -")]
    Name(String),
    /// Not a place.
    #[error("recipients.{0}.country: {1}")]
    Country(String, PlaceError),
    /// Not a role.
    #[error("recipients.{0}.role is processor or controller")]
    Role(String),
    /// Not a purpose, or none.
    #[error("recipients.{0}.purposes names one purpose or more, such as LegalObligation")]
    Purposes(String),
    /// Not a tool.
    #[error("recipients.{0}.tool is scc, bcr, code, certification, covered or derogation")]
    Tool(String),
    /// Not a day, or one of the two is missing.
    #[error("recipients.{0}.checked is a day such as 2026-11-22, and goes with tool")]
    Checked(String),
}

/// A recipient, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The recipient.
    pub recipient: Recipient,
    /// Where it is.
    pub country: Place,
}

/// Recipients by name.
pub type Recipients = BTreeMap<String, RecipientSettings>;

/// Reads one declaration.
///
/// # Errors
/// [`RecipientError`].
pub fn declared(name: &str, settings: &RecipientSettings) -> Result<Declared, RecipientError> {
    let own = || name.to_owned();
    let known = RecipientName::parse(name).ok_or_else(|| RecipientError::Name(own()))?;
    let country = Place::parse(&settings.country);
    let country = country.map_err(|error| RecipientError::Country(own(), error))?;
    let role = match settings.role.as_str() {
        "processor" => Role::Processor,
        "controller" => Role::Controller,
        _ => return Err(RecipientError::Role(own())),
    };
    let purposes = settings.purposes.iter().map(|purpose| PurposeName::parse(purpose));
    let purposes: Result<BTreeSet<_>, _> = purposes.collect();
    let purposes = purposes.ok().filter(|purposes| !purposes.is_empty());
    let purposes = purposes.ok_or_else(|| RecipientError::Purposes(own()))?;
    let tool = match (&settings.tool, &settings.checked) {
        (None, None) => None,
        (Some(tool), Some(checked)) => {
            let known = tool_of(tool).ok_or_else(|| RecipientError::Tool(own()))?;
            let day = Date::parse(checked).map_err(|_| RecipientError::Checked(own()))?;
            Some((known, day.0))
        }
        (Some(_), None) | (None, Some(_)) => return Err(RecipientError::Checked(own())),
    };
    Ok(Declared { recipient: Recipient { name: known, role, purposes, tool }, country })
}

/// The tool of a word.
pub fn tool_of(word: &str) -> Option<Tool> {
    Tool::ALL.into_iter().find(|tool| tool.as_str() == word)
}

impl Declared {
    /// Decides whether data for a purpose may go there now.
    ///
    /// # Errors
    /// [`TransferRefusal`].
    pub fn permit<D: Destination>(
        &self,
        purpose: PurposeName,
        now: Timestamp,
    ) -> Result<TransferPermit<D>, TransferRefusal> {
        decide(&self.recipient, purpose, &standing(&self.country, now.day()), now)
    }

    /// The same verdict without a permit, for who only wants to know.
    ///
    /// # Errors
    /// [`TransferRefusal`].
    pub fn verdict(&self, purpose: PurposeName, today: Day) -> Result<Ground, TransferRefusal> {
        judge(&self.recipient, purpose, &standing(&self.country, today), today)
    }

    /// The last day on which the look at the tool counts.
    pub fn looked_until(&self) -> Option<Day> {
        self.recipient.tool.map(|(_, checked)| checked.plus(CHECKED_DAYS_MAX))
    }
}

/// Who hears of an erasure, and how (GDPR Art. 17(2) and 19).
pub fn tellings(settings: &Settings, name: &Subject, today: Day) -> Vec<Telling> {
    let one = |(name_of, said): (&String, &RecipientSettings)| Telling {
        name: name_of.clone(),
        country: said.country.clone(),
        how: how(name_of, said, name, today),
        by_program: false,
    };
    settings.recipients.iter().map(one).collect()
}

fn how(_name: &str, _said: &RecipientSettings, person: &Subject, _today: Day) -> String {
    match person {
        Subject::Browser(_) => "not told: a browser's random id is known here only".to_owned(),
        Subject::Customer(_) => "told by the shop itself".to_owned(),
    }
}

#[cfg(test)]
mod tests;
