//! Recipients of personal data as the shop declares them, and the permit to send them something.
//!
//! A declaration says where a recipient is, what it is to the shop, for which purposes it receives
//! data, and on which tool of chapter V of the GDPR a transfer rests. Whether data may go is decided
//! anew for every transfer, by `personal::transfer`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use consent::law::place::{Place, PlaceError};
use consent::law::transfer::standing;
use domain::date::Date;
use domain::time::{Day, Timestamp};
use notices::facts::{Recipient as Named, Role as Part};
use personal::purpose::PurposeName;
use personal::subject::Subject;
use personal::transfer::{
    CHECKED_DAYS_MAX, Destination, Ground, Recipient, RecipientName, Role, Tool, TransferPermit,
    TransferRefusal, decide, judge,
};
use rights::preview::Telling;
use rights::telling::Identity;
use serde::Deserialize;

use crate::outbound::address::{Address, AddressError};
use crate::papers::settings::{COVERED, ground};
use crate::settings::Settings;
use crate::settings::outbound::OutboundSettings;

/// One recipient in the settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientSettings {
    /// Where it is (ISO 3166), such as `US`.
    pub country: String,
    /// `processor`, `joint_controller`, `controller` or `authority`.
    pub role: String,
    /// What people call it; its name here when missing.
    #[serde(default)]
    pub title: Option<String>,
    /// What it does with the data, for people; its purposes when missing.
    #[serde(default)]
    pub what_for: Option<String>,
    /// The purposes that it receives data for.
    pub purposes: Vec<String>,
    /// What a transfer rests on where no decision on adequacy covers it.
    #[serde(default)]
    pub tool: Option<String>,
    /// The day on which the shop last looked whether the tool holds, such as `2026-11-22`.
    #[serde(default)]
    pub checked: Option<String>,
    /// Where it is told of erasures: an https address that takes requests of OpenDSR 2.0.
    #[serde(default)]
    pub erasure: Option<String>,
    /// How it knows customers: `customer_id` or `customer_id_sha256`.
    #[serde(default = "by_customer_id")]
    pub known_by: Identity,
    /// A file with the token that it wants to see, on one line.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// Days within which it should answer; later there is an alarm.
    #[serde(default = "two_weeks")]
    pub answer_days_max: u32,
}

const fn by_customer_id() -> Identity {
    Identity::CustomerId
}

const fn two_weeks() -> u32 {
    14
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
    #[error("recipients.{0}.role is processor, joint_controller, controller or authority")]
    Role(String),
    /// Not a purpose, or none.
    #[error("recipients.{0}.purposes names one purpose or more, such as LegalObligation")]
    Purposes(String),
    /// Not a tool.
    #[error("recipients.{0}.tool is scc, bcr, code, certification, covered or derogation")]
    Tool(String),
    /// Said twice, and not alike.
    #[error(
        "notice.recipients = [] says that nobody receives data, and [recipients] names somebody; \
         take the empty list away"
    )]
    Nobody,
    /// Without a word in it.
    #[error("recipients.{0}: title and what_for are words")]
    Words(String),
    /// Not an address that can be called.
    #[error("recipients.{0}.erasure: {1}")]
    Erasure(String, AddressError),
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
    let role = match part(&settings.role).ok_or_else(|| RecipientError::Role(own()))? {
        Part::Processor => Role::Processor,
        // Whoever decides, alone or with the shop, is no processor for a transfer.
        Part::JointController | Part::Controller | Part::Authority => Role::Controller,
    };
    let words = [&settings.title, &settings.what_for];
    if words.into_iter().flatten().any(|words| words.trim().is_empty()) {
        return Err(RecipientError::Words(own()));
    }
    let purposes = settings.purposes.iter().map(|purpose| PurposeName::parse(purpose));
    let purposes: Result<BTreeSet<_>, _> = purposes.collect();
    let purposes = purposes.ok().filter(|purposes| !purposes.is_empty());
    let mut purposes = purposes.ok_or_else(|| RecipientError::Purposes(own()))?;
    if settings.erasure.is_some() {
        // Whoever received data has to hear of its erasure (GDPR Art. 19).
        purposes.insert(PurposeName::LegalProof);
    }
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

/// What a recipient is, as people read it.
fn part(word: &str) -> Option<Part> {
    Some(match word {
        "processor" => Part::Processor,
        "joint_controller" => Part::JointController,
        "controller" => Part::Controller,
        "authority" => Part::Authority,
        _ => return None,
    })
}

/// Checks what two tables say together.
///
/// # Errors
/// [`RecipientError`].
pub fn check(settings: &Settings) -> Result<(), RecipientError> {
    for (name, one) in &settings.recipients {
        declared(name, one)?;
        callback(name, one, &settings.outbound)?;
    }
    let nobody = settings.notice.recipients.as_ref().is_some_and(Vec::is_empty);
    match nobody && !settings.recipients.is_empty() {
        true => Err(RecipientError::Nobody),
        false => Ok(()),
    }
}

/// Everybody who receives data, as people read it; `None` where the shop has not said. `[recipients]`
/// is the one table; what is left of the older `notice.recipients` follows it, but for who stands in
/// both by one name.
pub fn named(settings: &Settings, today: Day) -> Option<Vec<Named>> {
    let old = settings.notice.recipients(today);
    if settings.recipients.is_empty() {
        return old;
    }
    let mut all = Vec::new();
    let mut known = BTreeSet::new();
    for (name, said) in &settings.recipients {
        let (Ok(declared), Some(role)) = (declared(name, said), part(&said.role)) else { continue };
        let title = said.title.clone().unwrap_or_else(|| name.clone());
        // A look at a tool counts for a year, for people as for programs.
        let looked = declared.looked_until().is_none_or(|until| today <= until);
        let tool = said.tool.as_deref().filter(|_| looked);
        let tool = tool.map(|tool| if tool == "covered" { COVERED } else { tool });
        known.extend([name.to_lowercase(), title.to_lowercase()]);
        all.push(Named {
            name: title,
            role,
            what_for: said.what_for.clone().unwrap_or_else(|| said.purposes.join(", ")),
            place: declared.country.to_string(),
            purposes: said.purposes.clone(),
            ground: ground(&declared.country.to_string(), tool, today),
        });
    }
    let left = old.unwrap_or_default().into_iter();
    all.extend(left.filter(|one| !known.contains(&one.name.to_lowercase())));
    Some(all)
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
    let one = |(recipient, said): (&String, &RecipientSettings)| {
        let how = how((recipient.as_str(), said), &settings.outbound, name, today);
        let by_program = how.is_ok();
        let how = how.unwrap_or_else(|why| why);
        Telling { name: recipient.clone(), country: said.country.clone(), how, by_program }
    };
    settings.recipients.iter().map(one).collect()
}

fn how(
    (name, said): (&str, &RecipientSettings),
    outbound: &OutboundSettings,
    person: &Subject,
    today: Day,
) -> Result<String, String> {
    let Ok(Some(callback)) = callback(name, said, outbound) else {
        return Err("by the shop itself: no erasure address is declared".to_owned());
    };
    if let Subject::Browser(_) = person {
        return Err("not told: a browser's random id is known here only".to_owned());
    }
    let declared = declared(name, said).map_err(|error| error.to_string())?;
    match declared.verdict(PurposeName::LegalProof, today) {
        Ok(_) => {
            Ok(format!("a signed message to {}, until it has answered", callback.address.host()))
        }
        Err(refusal) => Err(format!("not told: {refusal}")),
    }
}

/// How one recipient is told of erasures.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The address as the shop wrote it, without a slash at its end.
    pub url: String,
    /// The address.
    pub address: Address,
    /// How it knows customers.
    pub known_by: Identity,
    token_file: Option<PathBuf>,
}

impl Callback {
    /// The token that the recipient wants to see, where it wants one.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn token(&self) -> std::io::Result<Option<String>> {
        let read = |file: &PathBuf| Ok(std::fs::read_to_string(file)?.trim().to_owned());
        self.token_file.as_ref().map(read).transpose()
    }
}

/// Reads how a recipient is told of erasures; `None` when it is told by the shop itself.
///
/// # Errors
/// [`RecipientError::Erasure`].
pub fn callback(
    name: &str,
    said: &RecipientSettings,
    outbound: &OutboundSettings,
) -> Result<Option<Callback>, RecipientError> {
    let Some(url) = &said.erasure else { return Ok(None) };
    let url = url.trim_end_matches('/').to_owned();
    let address = Address::parse(&url, outbound);
    let address = address.map_err(|error| RecipientError::Erasure(name.to_owned(), error))?;
    let (known_by, token_file) = (said.known_by, said.token_file.clone());
    Ok(Some(Callback { url, address, known_by, token_file }))
}

#[cfg(test)]
mod tests;
