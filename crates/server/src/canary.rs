//! The opt-out canary: invented visitors who opt out in every place and by every signal, through
//! the real HTTP path, and a run that proves that nothing personal came of them.
//!
//! [`play`] plays one run against a server: per law pack in force and way to opt out one visitor,
//! named with the secret key under [`NAME_PREFIX`]. After the opt-out their events have to be
//! refused with the right word, their answers have to stay anonymous, and the server must hold
//! nothing of them but the evidence of the choice. [`job`] plays a run a day inside of `serve`;
//! `confidant canary` plays one against a running server. Each run is kept as evidence, without
//! a person in it; a run that failed alarms on `/readyz`, in the metrics and to staff.
//!
//! What a visitor leaves: nothing. They opt out before a visit closes, so no lesson is ever
//! counted, and when the run is handed in, evidence and key of their choices are deleted, which is
//! right for nobody else.

use std::sync::{PoisonError, RwLock};

use consent::law::LawPack;
use consent::law::laws::Laws;
use consent::law::place::Place;
use domain::time::{Day, Timestamp};
use personal::subject::{CustomerId, Subject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub mod job;
pub mod play;

/// What the names of invented visitors begin with. A shop must name no customer so: whatever is
/// known of such a name is deleted when a run is handed in.
pub const NAME_PREFIX: &str = "confidant-canary-";
/// Runs that are kept: a year of days and some on demand.
pub const RUNS_MAX: usize = 400;
/// Visitors of a run, at most.
pub const VISITORS_MAX: usize = 1_000;
/// Failures that a run names, at most.
pub const FAILURES_MAX: usize = 300;
/// Longest text of a run, in bytes.
pub const TEXT_BYTES_MAX: usize = 300;
/// The word of a run in which every promise held.
const HELD: &str = "held";
/// The word of a run that ended before it was through.
const CUT_SHORT: &str = "cut_short";
/// A server that played no run for so long says so.
const OVERDUE_MS: i64 = 50 * 60 * 60 * 1_000;
/// A place that no pack names, where the strictest pack counts.
const NOWHERE: &str = "XX";

/// One law pack that was in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackPlayed {
    /// Its id.
    pub id: String,
    /// SHA-256 of its canonical bytes.
    pub digest: String,
    /// The place where the visitors were.
    pub place: String,
}

/// One promise that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Broken {
    /// Where the visitor was; empty when the run itself failed.
    pub place: String,
    /// How the visitor opted out; empty when the run itself failed.
    pub way: String,
    /// What happened.
    pub what: String,
}

/// One run, as it is handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Its random name: 16 hexadecimal characters.
    #[schema(pattern = "^[0-9a-f]{16}$")]
    pub run: String,
    /// `daily` or `on demand`.
    pub how: String,
    /// The packs in force on the day.
    pub packs: Vec<PackPlayed>,
    /// The ways to opt out.
    pub ways: Vec<String>,
    /// The invented visitors.
    pub visitors: Vec<String>,
    /// Visitors whose yes opened something before they took it back: who opened nothing proves
    /// less.
    pub opened: u32,
    /// Visitors around whom nobody else wrote anything, so that rows, lessons and the model's
    /// fingerprint could be compared whole.
    pub quiet: u32,
    /// What did not hold; empty is good.
    pub failures: Vec<Broken>,
}

/// A run as it is kept: without the names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Kept {
    /// Its random name.
    pub run: String,
    /// When it was handed in, in milliseconds since 1970.
    pub at_ms: i64,
    /// The day, as `2026-11-22`.
    pub day: String,
    /// `held`, `failed`, or `cut_short`: a run without a way, which is not kept.
    pub outcome: String,
    /// `daily` or `on demand`.
    pub how: String,
    /// The packs in force on the day.
    pub packs: Vec<PackPlayed>,
    /// The ways to opt out.
    pub ways: Vec<String>,
    /// How many visitors there were.
    pub visitors: u32,
    /// How many of them opened something with a yes before they took it back.
    pub opened: u32,
    /// Around how many of them the whole shop could be compared.
    pub quiet: u32,
    /// What did not hold.
    pub failures: Vec<Broken>,
}

impl Kept {
    /// Whether the run is evidence at all.
    pub fn is_evidence(&self) -> bool {
        self.outcome != CUT_SHORT
    }

    /// How the last run ended, when this was it.
    pub fn last(&self) -> Last {
        Last { at: Timestamp::from_ms(self.at_ms), held: self.outcome == HELD }
    }
}

/// A run is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// A text or list is too long, or the name is none.
    #[error("run is 16 hexadecimal characters, texts have at most {TEXT_BYTES_MAX} bytes")]
    Malformed,
    /// A name that is no invented visitor's.
    #[error("visitors need names that begin with {NAME_PREFIX}")]
    NotInvented,
}

impl Run {
    /// Reads what was handed in once more: short texts, and names of nobody but invented visitors.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn checked(self) -> Result<(Self, Vec<Subject>), RunError> {
        let hex = self.run.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let few = self.packs.len() <= VISITORS_MAX
            && self.ways.len() <= VISITORS_MAX
            && self.visitors.len() <= VISITORS_MAX
            && self.failures.len() <= FAILURES_MAX;
        if !hex || self.run.len() != 16 || !few || !self.is_short() {
            return Err(RunError::Malformed);
        }
        let names = self.visitors.iter().map(|name| visitor(name).ok_or(RunError::NotInvented));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        Ok((self, names))
    }

    fn is_short(&self) -> bool {
        let packs = self.packs.iter().flat_map(|pack| [&pack.id, &pack.digest, &pack.place]);
        let broken = self.failures.iter().flat_map(|one| [&one.place, &one.way, &one.what]);
        let mut texts = packs.chain(broken).chain(&self.ways).chain([&self.how]);
        texts.all(|text| text.len() <= TEXT_BYTES_MAX)
    }

    /// How it ended, in one word.
    const fn outcome(&self) -> &'static str {
        match (self.failures.is_empty(), self.ways.is_empty()) {
            (true, false) => HELD,
            (true, true) => CUT_SHORT,
            (false, _) => "failed",
        }
    }

    /// The run as it is kept.
    pub fn kept(self, now: Timestamp) -> Kept {
        Kept {
            at_ms: now.ms(),
            day: domain::date::Date(now.day()).to_string(),
            outcome: self.outcome().to_owned(),
            run: self.run,
            how: self.how,
            packs: self.packs,
            ways: self.ways,
            visitors: u32::try_from(self.visitors.len()).unwrap_or(u32::MAX),
            opened: self.opened,
            quiet: self.quiet,
            failures: self.failures,
        }
    }
}

/// The invented visitor of a name; `None` for a name that could be anybody's.
pub fn visitor(name: &str) -> Option<Subject> {
    let rest = name.strip_prefix(NAME_PREFIX)?;
    let plain = rest.bytes().all(|b| b == b'-' || b.is_ascii_lowercase() || b.is_ascii_digit());
    let fits = plain && !rest.is_empty();
    CustomerId::parse(name).ok().filter(|_| fits).map(Subject::Customer)
}

/// The packs in force on a day, each with a place where it counts.
pub fn packs_of(laws: &Laws, day: Day) -> Vec<(&'static LawPack, String)> {
    let place = |place: Option<Place>| place.map_or_else(|| NOWHERE.to_owned(), String::from);
    laws.in_force(day).into_iter().map(|(pack, at)| (pack, place(at))).collect()
}

/// How the last run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    /// When it was handed in.
    pub at: Timestamp,
    /// Whether every promise held.
    pub held: bool,
}

/// The last run, for the job, the readiness and whoever asks.
#[derive(Debug, Default)]
pub struct Board(RwLock<Option<Last>>);

impl Board {
    /// The last run.
    pub fn last(&self) -> Option<Last> {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A run was handed in.
    pub fn set(&self, last: Last) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(last);
    }

    /// The state in one word: `held`, `failed`, `overdue` or `never_played`.
    pub fn word(&self, now: Timestamp) -> &'static str {
        match self.last() {
            None => "never_played",
            Some(Last { held: false, .. }) => "failed",
            Some(Last { at, .. }) if now.ms_since(at) > OVERDUE_MS => "overdue",
            Some(_) => "held",
        }
    }
}

#[cfg(test)]
mod tests;
