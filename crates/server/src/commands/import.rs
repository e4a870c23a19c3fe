//! `confidant import`: files that a shop already has.
//!
//! Opens the store itself, so the server must not run. Rows go down the same path as live events:
//! consent first (a file of choices, or a basis that the shop asserts), then the gate, then the
//! store. Every group of rows is durable together with a mark of how far the import came, so one
//! that was interrupted goes on where it stopped and takes nothing twice.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use domain::hex;
use domain::time::Timestamp;
use ingest::import::Kind;
use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::SignalsByPurpose;
use rights::machine::Verification;
use sha2::{Digest as _, Sha256};

use crate::clock::{Clock, Stopwatch};
use crate::commands::import::recording::Recording;
use crate::commands::import::report::Report;
use crate::commands::import::source::digest;
use crate::commands::import::table::{Form, Table};
use crate::commands::{Failure, OrFail as _, say};
use crate::engine::choosing::Setting;
use crate::engine::{Engine, EngineError};
use crate::opening;
use crate::settings::Settings;
use crate::telemetry::{Metrics, Word};

pub mod catalog;
pub mod choices;
pub mod gather;
pub mod recording;
pub mod report;
pub mod source;
pub mod table;

/// Takes a file into the shop.
#[derive(Clone, Debug, Args)]
pub struct Import {
    /// What the file holds.
    #[arg(value_enum)]
    pub what: What,
    /// The file: plain, or packed by zstd or gzip.
    pub file: PathBuf,
    /// The configuration file.
    #[arg(long, default_value = "confidant.toml")]
    pub config: PathBuf,
    /// Declares the items that rows name and the catalog does not know.
    #[arg(long)]
    pub declare_items: bool,
    /// Takes a file again that was imported before; what is known stays as it is.
    #[arg(long)]
    pub again: bool,
    /// Writes line and reason of every row that was not taken.
    #[arg(long, value_name = "OUT")]
    pub report: Option<PathBuf>,
    /// Why people's data may be taken.
    #[command(flatten)]
    pub basis: Basis,
    /// How the file is read.
    #[command(flatten)]
    pub form: Form,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Visits: one row per thing that was done.
    Events,
    /// Items.
    Catalog,
    /// Orders: one row per bought item.
    Orders,
}

impl What {
    const fn kind(self) -> Kind {
        match self {
            Self::Events => Kind::Events,
            Self::Catalog => Kind::Catalog,
            Self::Orders => Kind::Orders,
        }
    }
}

/// Why people's data may be taken. Both are stored as evidence.
#[derive(Clone, Debug, Default, Args)]
pub struct Basis {
    /// A file of choices: customer, session or browser; purpose; state; at; notice; language.
    #[arg(long, value_name = "FILE")]
    pub consent: Option<PathBuf>,
    /// A basis that the shop asserts for everybody in the file, as in
    /// SharedLearning="opted in on paper, 2024"; may be given several times.
    #[arg(long, value_name = "PURPOSE=TEXT", value_parser = asserted)]
    pub assert_basis: Vec<(PurposeName, String)>,
}

/// Reads `PURPOSE=TEXT`.
pub(crate) fn asserted(text: &str) -> Result<(PurposeName, String), String> {
    let (purpose, text) = text.split_once('=').ok_or("write PURPOSE=TEXT")?;
    let purpose = PurposeName::parse(purpose.trim()).map_err(|_| unknown_purpose())?;
    match text.trim() {
        "" => Err("the text that says where the basis comes from is empty".to_owned()),
        text => Ok((purpose, text.to_owned())),
    }
}

fn unknown_purpose() -> String {
    let asked = PurposeName::ALL.iter().filter(|one| one.basis() == LawfulBasis::Consent);
    let names: Vec<&str> = asked.map(|purpose| purpose.as_str()).collect();
    format!("the purposes that rest on consent are {}", names.join(", "))
}

/// Imports and prints what was taken and what was not.
///
/// # Errors
/// A file, configuration or store that cannot be used.
pub fn run(command: &Import) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    if command.what != What::Catalog {
        let basis = &command.basis;
        if basis.consent.is_none() && basis.assert_basis.is_empty() {
            return Err(Failure::new(
                "an import of people's data needs --consent FILE or --assert-basis PURPOSE=TEXT",
            ));
        }
    }
    let settings = Settings::read(&command.config)
        .or_fail(&format!("the configuration {} is not usable", command.config.display()))?;
    let mut report = Report::new(command.report.as_deref())?;
    let bar = source::bytes_bar(&command.file, "reading");
    let table = command.form.open(&command.file, command.what.kind(), &bar)?;
    let mut engine = opening::open(settings, Clock::machine()).map_err(|error| {
        Failure::new(format!("the shop cannot be opened: {error}{}", stop_first(&error)))
    })?;
    take(&mut engine.engine, table, command, &mut report)?;
    if command.what != What::Catalog {
        report.notes.push(lessons(&engine.shared.metrics));
    }
    bar.finish_and_clear();
    say(report.finish(watch.ns())?);
    Ok(())
}

/// What became of the visits that were over: the learning door refuses some, and says why.
fn lessons(metrics: &Metrics) -> String {
    let count = |word| (word, metrics.sessions.get_or_create(&Word { word }).get());
    let words = ["learned", "too_many_items", "subject_spent", "crowded"].map(count);
    let words: Vec<String> = words
        .into_iter()
        .filter(|(word, count)| *count > 0 || *word == "learned")
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    format!("visits at the learning door: {}", words.join(", "))
}

/// What to do when a server holds the store.
pub fn stop_first(error: &opening::OpeningError) -> &'static str {
    let locked = matches!(error, opening::OpeningError::Store(store::error::StoreError::Locked));
    if locked { "; stop the server of this shop first" } else { "" }
}

fn take(
    engine: &mut Engine,
    table: Table,
    command: &Import,
    report: &mut Report,
) -> Result<(), Failure> {
    let what = command.what;
    if what == What::Catalog {
        let Table::Columns(rows) = table else {
            return Err(Failure::new("a catalog has columns; this file holds Segment events"));
        };
        return catalog::take(engine, rows, report);
    }
    if let Some(path) = &command.basis.consent {
        choices::take(engine, path, report)?;
    }
    let file = digest(&command.file)?;
    let mut hash = Sha256::new();
    // The same file under other columns is another import.
    for part in [file.as_slice(), format!("{what:?}").as_bytes(), command.form.text()?.as_bytes()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let recording = Recording {
        import: hex::encode(&hash.finalize()),
        file: hex::encode(&file),
        kind: what.kind(),
        asserted: &command.basis.assert_basis,
        declare_items: command.declare_items,
        again: command.again,
    };
    match table {
        Table::Columns(rows) => recording.columns(engine, rows, report),
        Table::Lines(lines) => recording.lines(engine, lines, report),
    }
}

/// The law and the moment under which an import writes choices down.
pub(crate) fn setting(engine: &Engine, now: Timestamp) -> Setting {
    let law = engine.shared.law(now.day()).pack;
    let place = engine.shared.settings.jurisdiction.clone();
    let signals = SignalsByPurpose::NONE;
    Setting { law, place, signals, now, how: Verification::Operator }
}

/// Makes what is staged durable and lets the model learn the visits that are over.
pub(crate) fn settle(engine: &mut Engine, now: Timestamp) -> Result<(), EngineError> {
    engine.commit_staged(now)?;
    engine.close_visits(now)
}

#[cfg(test)]
mod tests;
