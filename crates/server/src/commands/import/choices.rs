//! A file of choices: one row per person and purpose, with the evidence that the shop holds.
//!
//! Columns, by these names and in any order: `customer`, `session` or `browser` (one of them
//! filled), `purpose`, `state` (`given`, `refused`, `withdrawn`, or `none` where only what follows is
//! known), `at` (a time), `notice`
//! (SHA-256 of what was shown, 64 hexadecimal characters), `language`, and if the shop knows it
//! `how` and `days`. A yes needs notice and language (GDPR Art. 7(1)). `keep_days` is the person's
//! own period for the purpose, `restricted` (`yes`) says that its data are kept and not used: a
//! request for restriction is made of it, so that it can be lifted like any other.

use std::collections::BTreeMap;
use std::path::Path;

use consent::request::{
    CONSENT_DAYS_MAX, ChoiceRequest, HOW_BYTES_MAX, KEEP_DAYS_MAX, LANGUAGE_BYTES_MAX, Notice,
};
use domain::hex;
use domain::time::Timestamp;
use ingest::import::moment::{self, Zone};
use personal::keeping::{KEEP_DAYS_MIN, Keep, is_chosen};
use personal::purpose::PurposeName;
use personal::subject::{BrowserId, CustomerId, Subject};
use rights::plan::Scope;
use rights::proof::Strength;
use rights::request::kind::{About, Kind};
use rights::request::names::Asker;

use crate::commands::import::gather::guest;
use crate::commands::import::report::Report;
use crate::commands::import::setting;
use crate::commands::import::source::{Source, bytes_bar};
use crate::commands::{Failure, OrFail as _};
use crate::engine::requests::NewRequest;
use crate::engine::{Engine, EngineError};

/// Choices that become durable together.
const GROUP_CHOICES: u32 = 2_000;
/// The columns, as the header writes them.
const COLUMNS: [&str; 9] =
    ["customer", "session", "browser", "purpose", "state", "at", "notice", "language", "how"];
/// The column of the days that a yes counts.
const DAYS: &str = "days";
/// The column of the person's own period.
const KEEP: &str = "keep_days";
/// The column that says that the data rest.
const RESTRICTED: &str = "restricted";

/// One row that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The person.
    pub name: Subject,
    /// The choice.
    pub request: ChoiceRequest,
    /// When it was made.
    pub at: Timestamp,
    /// The purpose whose data are kept and not used.
    pub restricts: Option<PurposeName>,
}

/// Why a row was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTold {
    /// Nobody, or two names.
    #[error("row names nobody, or the name is malformed")]
    Name,
    /// Not a purpose.
    #[error("purpose is not on the list")]
    Purpose,
    /// Not a state.
    #[error("state is not given, refused, withdrawn or none")]
    State,
    /// Not a time, or one that has not come.
    #[error("at is not a time in the past")]
    At,
    /// A yes without its notice, or a malformed one.
    #[error("a yes needs notice (64 hexadecimal characters) and language")]
    Notice,
    /// Not a period, or for a purpose that knows none.
    #[error(
        "keep_days is not {KEEP_DAYS_MIN} to {KEEP_DAYS_MAX}, or the purpose knows no own period"
    )]
    Keep,
    /// Not a restriction, or of a purpose that goes on by law.
    #[error("restricted is not yes, or the purpose cannot rest")]
    Restricted,
    /// Not a number of days, or a word that is too long.
    #[error("days is not 1 to {CONSENT_DAYS_MAX}, or how is too long")]
    Days,
}

impl NotTold {
    const fn code(self) -> &'static str {
        match self {
            Self::Name => "choice_name_invalid",
            Self::Purpose => "choice_purpose_unknown",
            Self::State => "choice_state_unknown",
            Self::At => "choice_time_invalid",
            Self::Notice => "choice_without_notice",
            Self::Days => "choice_days_invalid",
            Self::Keep => "choice_period_invalid",
            Self::Restricted => "choice_restriction_invalid",
        }
    }
}

/// Takes the choices of a file; what a person chose since then stays.
///
/// # Errors
/// A file that cannot be read, or what the store says.
pub fn take(engine: &mut Engine, path: &Path, report: &mut Report) -> Result<(), Failure> {
    let bar = bytes_bar(path, "choices");
    let source = Source::open(path, &bar)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source.into_reader());
    let header = reader.headers().or_fail("consent file")?.clone();
    let place = |name: &str| header.iter().position(|column| column.trim() == name);
    if place("purpose").is_none() || place("state").is_none() || place("at").is_none() {
        return Err(Failure::new("the consent file needs the columns purpose, state and at"));
    }
    let (mut news, mut old, mut staged) = (0_u64, 0_u64, 0);
    let mut record = csv::StringRecord::new();
    loop {
        let now = engine.shared.clock.now();
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(Failure::new(format!("consent file: {error}"))),
        }
        let line = record.position().map_or(0, csv::Position::line);
        let cell =
            |name: &str| place(name).and_then(|place| record.get(place)).map_or("", str::trim);
        let told = match understand(&cell, now) {
            Ok(told) => told,
            Err(wrong) => {
                report.refuse(line, wrong.code(), wrong)?;
                continue;
            }
        };
        match engine.import_choice(&told.name, &told.request, told.at, &setting(engine, now)) {
            Ok(true) => news += 1,
            Ok(false) => old += 1,
            Err(EngineError::Choice(error)) => {
                report.refuse(line, "choice_not_acceptable", error)?;
            }
            Err(error) => return Err(Failure::new(format!("the choices stopped: {error}"))),
        }
        if let Some(purpose) = told.restricts {
            restrict(engine, &told.name, purpose, now).or_fail("a restriction cannot be made")?;
        }
        staged += 1;
        if staged >= GROUP_CHOICES {
            engine.commit_staged(now).or_fail("the choices cannot be written")?;
            staged = 0;
        }
    }
    let now = engine.shared.clock.now();
    engine.commit_staged(now).or_fail("the choices cannot be written")?;
    bar.finish_and_clear();
    report
        .notes
        .push(format!("{news} choices taken, {old} were known or older than what is known"));
    Ok(())
}

/// Lets the data of one purpose rest, by a request that can be lifted like any other.
fn restrict(
    engine: &mut Engine,
    name: &Subject,
    purpose: PurposeName,
    now: Timestamp,
) -> Result<(), EngineError> {
    engine.commit_staged(now)?;
    if engine.choices_of(name).restricts(purpose) {
        return Ok(());
    }
    let new = NewRequest {
        kind: Kind::Restriction,
        about: About::Scope(Scope::Purpose(purpose)),
        asker: Asker::Shop,
        law: engine.shared.law(now.day()).pack,
        proven: Strength::Fresh,
        words: None,
        agent_request: None,
    };
    engine.file_request(name, new, now).map(|_| ())
}

/// Reads one row; `cell` gives the text of a column, empty when there is none.
///
/// # Errors
/// [`NotTold`].
pub fn understand<'r>(cell: &impl Fn(&str) -> &'r str, now: Timestamp) -> Result<Told, NotTold> {
    let [customer, session, browser, purpose, state, at, notice, language, how] = COLUMNS.map(cell);
    let name = named(customer, session, browser)?;
    let purpose = PurposeName::parse(purpose).map_err(|_| NotTold::Purpose)?;
    let yes = match state {
        "given" => Some(true),
        "refused" | "withdrawn" => Some(false),
        "none" => None,
        _ => return Err(NotTold::State),
    };
    let at = moment::parse(at, &Zone::UTC).map_err(|_| NotTold::At)?;
    if at > now {
        return Err(NotTold::At);
    }
    let digest: Option<[u8; 32]> = hex::decode(notice).ok();
    let fits = !language.is_empty() && language.len() <= LANGUAGE_BYTES_MAX;
    let notice = digest.filter(|_| fits);
    let notice = notice.map(|digest| Notice { digest, language: language.to_owned() });
    if yes == Some(true) && notice.is_none() {
        return Err(NotTold::Notice);
    }
    let for_days = match cell(DAYS) {
        "" => CONSENT_DAYS_MAX,
        days => days.parse().map_err(|_| NotTold::Days)?,
    };
    if !(1..=CONSENT_DAYS_MAX).contains(&for_days) || how.len() > HOW_BYTES_MAX {
        return Err(NotTold::Days);
    }
    let how = if how.is_empty() { "file of choices" } else { how }.to_owned();
    let keep = match cell(KEEP) {
        "" => None,
        days => Some(days.parse().map_err(|_| NotTold::Keep)?),
    };
    let fits = |days: &u16| (KEEP_DAYS_MIN..=KEEP_DAYS_MAX).contains(days) && is_chosen(purpose);
    if keep.as_ref().is_some_and(|days| !fits(days)) {
        return Err(NotTold::Keep);
    }
    let restricts = match cell(RESTRICTED) {
        "" => None,
        "yes" if purpose.can_rest() => Some(purpose),
        _ => return Err(NotTold::Restricted),
    };
    let choices: BTreeMap<PurposeName, bool> = yes.map(|yes| (purpose, yes)).into_iter().collect();
    let said = ChoiceRequest::of(choices, &how);
    let keep = keep.map(|days| (purpose, Keep::Days(days))).into_iter().collect();
    let request = ChoiceRequest { notice, for_days, keep, ..said };
    Ok(Told { name, request, at, restricts })
}

/// The person of a row: exactly one of the three is filled.
///
/// # Errors
/// [`NotTold::Name`].
pub(crate) fn named(customer: &str, session: &str, browser: &str) -> Result<Subject, NotTold> {
    match (customer, session, browser) {
        (id, "", "") => CustomerId::parse(id).map(Subject::Customer).map_err(|_| NotTold::Name),
        ("", id, "") => guest(id).map(Subject::Customer).map_err(|_| NotTold::Name),
        ("", "", id) => BrowserId::parse(id).map(Subject::Browser).map_err(|_| NotTold::Name),
        _ => Err(NotTold::Name),
    }
}

#[cfg(test)]
mod tests;
