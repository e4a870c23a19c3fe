//! A file of cookies that another consent tool set: who, and what the cookie says.
//!
//! Columns: `cookie`, and one of `customer`, `session` or `browser`. A no always counts. A yes
//! counts only for purposes for which the shop asserts that the yes of that tool is consent of
//! this shop, because neither the notice nor the moment of the click can be proven by a cookie;
//! the evidence says that the shop asserts it, in which words, and which tool it was.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use consent::cookies::{self, Said, Tool};
use consent::record::ASSERTED_BYTES_MAX;
use consent::request::{CONSENT_DAYS_MAX, ChoiceRequest};
use domain::time::{DAY_MS, Timestamp};
use ingest::import::moment::{self, Zone};
use personal::evidence::DecidedBy;
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals, SignalsByPurpose};

use crate::commands::import::choices::{NotTold, named};
use crate::commands::import::report::Report;
use crate::commands::import::setting;
use crate::commands::import::source::{Source, bytes_bar};
use crate::commands::{Failure, OrFail as _};
use crate::engine::choosing::Setting;
use crate::engine::{Engine, EngineError};

/// Rows that become durable together.
const GROUP_ROWS: u32 = 1_000;

/// How a file of cookies is read.
#[derive(Clone, Copy, Debug)]
pub struct Cookies<'a> {
    /// Whose cookies.
    pub tool: Tool,
    /// The categories that the tool asked for.
    pub offered: &'a [String],
    /// Purposes for which a yes counts, and why.
    pub asserted: &'a [(PurposeName, String)],
}

/// Takes what the cookies of a file say.
///
/// # Errors
/// A file that cannot be read, or what the store says.
pub fn take(
    engine: &mut Engine,
    path: &Path,
    how: &Cookies<'_>,
    report: &mut Report,
) -> Result<(), Failure> {
    let bar = bytes_bar(path, "cookies");
    let source = Source::open(path, &bar)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source.into_reader());
    let header = reader.headers().or_fail("file of cookies")?.clone();
    let place = |name: &str| header.iter().position(|column| column.trim() == name);
    if place("cookie").is_none() {
        return Err(Failure::new("the file of cookies needs the column cookie"));
    }
    let (mut no, mut yes, mut staged) = (0_u64, 0_u64, 0);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).or_fail("file of cookies")? {
        let now = engine.shared.clock.now();
        let line = record.position().map_or(0, csv::Position::line);
        let cell =
            |name: &str| place(name).and_then(|place| record.get(place)).map_or("", str::trim);
        let Ok(name) = named(cell("customer"), cell("session"), cell("browser")) else {
            report.refuse(line, "choice_name_invalid", NotTold::Name)?;
            continue;
        };
        let said = match cookies::read(how.tool, cell("cookie"), how.offered) {
            Ok(said) => said,
            Err(wrong) => {
                report.refuse(line, "cookie_malformed", wrong)?;
                continue;
            }
        };
        let dated = moment::parse(&said.at, &Zone::UTC).ok();
        let at = dated.map_or(now, |at| at.min(now));
        for request in requests(engine, &said, how, now) {
            let given = request.choices.values().any(|yes| *yes);
            // Nobody knows whether a no without a time is older than what was chosen here.
            let chosen = engine.choices_of(&name).by_purpose;
            if dated.is_none() && request.choices.keys().any(|one| chosen.contains_key(one)) {
                continue;
            }
            let setting = seen(engine, &said, now);
            match engine.import_choice(&name, &request, at, &setting) {
                Ok(true) if given => yes += 1,
                Ok(true) => no += 1,
                Ok(false) => {}
                Err(EngineError::Choice(error)) => {
                    report.refuse(line, "choice_not_acceptable", error)?;
                }
                Err(error) => return Err(Failure::new(format!("the cookies stopped: {error}"))),
            }
        }
        staged += 1;
        if staged >= GROUP_ROWS {
            engine.commit_staged(now).or_fail("the choices cannot be written")?;
            staged = 0;
        }
    }
    let now = engine.shared.clock.now();
    engine.commit_staged(now).or_fail("the choices cannot be written")?;
    bar.finish_and_clear();
    report.notes.push(format!("{no} refusals taken, {yes} consents taken as the shop asserts"));
    Ok(())
}

/// The setting with the signal that the tool saw.
fn seen(engine: &Engine, said: &Said, now: Timestamp) -> Setting {
    let signals = if said.gpc { Signals::NONE.with(Signal::Gpc) } else { Signals::NONE };
    Setting { signals: SignalsByPurpose::everywhere(signals), ..setting(engine, now) }
}

/// The choices that a cookie stands for: one per purpose, so that a purpose on which the person
/// has decided here since does not keep the others out.
fn requests(engine: &Engine, said: &Said, how: &Cookies<'_>, now: Timestamp) -> Vec<ChoiceRequest> {
    let preferences: Vec<(String, bool)> =
        said.categories.iter().map(|(name, yes)| (name.clone(), *yes)).collect();
    let no = engine.shared.signals.categories.denied(&preferences);
    let word = format!("cookie of {}", how.tool.as_str());
    let refusal = |purpose| ChoiceRequest::of(BTreeMap::from([(purpose, false)]), &word);
    let mut requests: Vec<ChoiceRequest> = no.iter().copied().map(refusal).collect();
    // A yes whose moment is not known could be of any age.
    let Ok(at) = moment::parse(&said.at, &Zone::UTC) else { return requests };
    if at > now || now.ms_since(at) >= i64::from(CONSENT_DAYS_MAX) * DAY_MS {
        return requests;
    }
    let yes = granted(engine, &preferences);
    for (purpose, text) in how.asserted {
        if !yes.contains(purpose) || no.contains(purpose) {
            continue;
        }
        let mut source = format!("{word}: {text}");
        source.truncate(source.floor_char_boundary(ASSERTED_BYTES_MAX));
        let said = ChoiceRequest::of(BTreeMap::from([(*purpose, true)]), &word);
        requests.push(ChoiceRequest { decided_by: DecidedBy::Shop, source, ..said });
    }
    requests
}

/// The purposes of categories with a yes.
fn granted(engine: &Engine, preferences: &[(String, bool)]) -> BTreeSet<PurposeName> {
    let yes = preferences.iter().filter(|(_, yes)| *yes);
    // The map answers for a no, and means the same purposes for a yes.
    let turned: Vec<(String, bool)> = yes.map(|(name, _)| (name.clone(), false)).collect();
    engine.shared.signals.categories.denied(&turned)
}
