//! `confidant evaluate sessions`: how good the neighbors are on sessions that were held back.
//!
//! Reads two files as `confidant import` does, runs the next-item protocol of
//! [`recommend::evaluation`] and prints quality, floors and times. The digest covers everything
//! but the times, so two runs can be compared bit for bit.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use domain::hex;
use domain::id::Pseudonym;
use ingest::import::Kind;
use ingest::sessions::IDLE_MS;
use recommend::evaluation::rows::{Row, sessions};
use recommend::evaluation::{EvaluationSettings, Listed, Report, Session, evaluate};
use recommend::settings::{Idf, VmisSettings};
use sha2::{Digest as _, Sha256};

use crate::clock::Stopwatch;
use crate::commands::evaluate::words::{digest_of, table};
use crate::commands::import::gather::{Gathered, PersonRows};
use crate::commands::import::source::bytes_bar;
use crate::commands::import::table::{Form, Table};
use crate::commands::{Failure, OrFail as _, progress, say};

pub mod baskets;
pub mod words;

/// Evaluates recommendations on files of what really happened.
#[derive(Clone, Debug, Args)]
pub struct Evaluate {
    /// The kind of data.
    #[command(subcommand)]
    pub what: What,
}

/// The kind of data.
#[derive(Clone, Debug, Subcommand)]
pub enum What {
    /// Next-item prediction on sessions that were held back.
    Sessions(Sessions),
    /// Next-basket prediction on orders that were held back.
    Baskets(baskets::Baskets),
}

/// Two files and how to evaluate on them.
#[derive(Clone, Debug, Args)]
pub struct Sessions {
    /// Sessions to learn.
    #[arg(long)]
    pub train: PathBuf,
    /// Sessions to predict, item by item.
    #[arg(long)]
    pub test: PathBuf,
    /// Length of the lists.
    #[arg(long = "k", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub list_len: u16,
    /// The floor of distinct supporters that is reported beside floor 1.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    pub supporters_min: u32,
    /// Writes one line per prediction: recommended ids, `;`, the rest of the session, `;`, the
    /// current item.
    #[arg(long, value_name = "OUT")]
    pub predictions: Option<PathBuf>,
    /// The lists of the predictions may hold the current item.
    #[arg(long)]
    pub allow_current: bool,
    /// Prints JSON.
    #[arg(long)]
    pub json: bool,
    /// How the files are read.
    #[command(flatten)]
    pub form: Form,
    /// How neighbors are found.
    #[command(flatten)]
    pub scorer: Scorer,
}

/// Parameters of the neighbors.
#[derive(Clone, Debug, Args)]
pub struct Scorer {
    /// Newest sessions that are sampled.
    #[arg(long, default_value_t = VmisSettings::default().sample_max)]
    pub sample_max: u16,
    /// Neighbors that vote.
    #[arg(long, default_value_t = VmisSettings::default().neighbors_max)]
    pub neighbors_max: u16,
    /// Newest items of the visit that are looked at.
    #[arg(long, default_value_t = VmisSettings::default().last_items_max)]
    pub last_items_max: u8,
    /// How much rarer items weigh.
    #[arg(long, value_enum, default_value_t = Rarity::Log)]
    pub idf: Rarity,
}

/// How much rarer items weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Rarity {
    /// All weigh the same.
    Off,
    /// By the logarithm of their rarity.
    Log,
    /// By one and that logarithm.
    OnePlusLog,
}

impl Scorer {
    const fn settings(&self) -> VmisSettings {
        VmisSettings {
            sample_max: self.sample_max,
            neighbors_max: self.neighbors_max,
            last_items_max: self.last_items_max,
            idf: match self.idf {
                Rarity::Off => Idf::Off,
                Rarity::Log => Idf::Log,
                Rarity::OnePlusLog => Idf::OnePlusLog,
            },
        }
    }
}

/// Sessions of a file.
#[derive(Debug)]
pub struct Held {
    /// The sessions.
    pub sessions: Vec<Session>,
    /// Rows that were taken.
    pub rows: usize,
    /// Rows that were not.
    pub refused: usize,
}

/// Evaluates and prints.
///
/// # Errors
/// A file that cannot be followed, or parameters that the scorer cannot honor.
pub fn run(command: &Evaluate) -> Result<(), Failure> {
    let command = match &command.what {
        What::Sessions(command) => command,
        What::Baskets(command) => return baskets::run(command),
    };
    let train = read(&command.train, &command.form)?;
    let test = read(&command.test, &command.form)?;
    let settings = EvaluationSettings {
        vmis: command.scorer.settings(),
        supporters_min: command.supporters_min,
        list_len: usize::from(command.list_len),
        listed: match command.allow_current {
            true => Listed::CurrentAllowed,
            false => Listed::CurrentExcluded,
        },
    };
    let report = predict(&train.sessions, &test.sessions, &settings, command)?;
    let digest = digest_of(&report).or_fail("report")?;
    if command.json {
        let printed = words::Printed { report: &report, digest: &digest };
        say(serde_json::to_string_pretty(&printed).or_fail("report")?);
        return Ok(());
    }
    for (name, held) in [("train", &train), ("test", &test)] {
        say(format!(
            "{name:<6}{} rows in {} sessions, {} rows refused",
            held.rows,
            held.sessions.len(),
            held.refused
        ));
    }
    say(table(&report));
    say(format!("digest of everything but the times  {digest}"));
    Ok(())
}

fn predict(
    train: &[Session],
    test: &[Session],
    settings: &EvaluationSettings,
    command: &Sessions,
) -> Result<Report, Failure> {
    let mut out: Option<BufWriter<File>> = match &command.predictions {
        Some(path) => {
            let failed = format!("cannot write {}", path.display());
            Some(BufWriter::new(File::create(path).or_fail(&failed)?))
        }
        None => None,
    };
    let targets: usize = test.iter().map(|one| one.items.len().saturating_sub(1)).sum();
    let bar = progress(targets as u64, "predicting");
    let mut written = Ok(());
    let watch = Stopwatch::start();
    let report = evaluate(train, test, settings, &mut || watch.ns(), &mut |line| {
        if let (Some(out), true) = (&mut out, written.is_ok()) {
            written = writeln!(out, "{line}");
        }
        bar.inc(1);
    });
    bar.finish_and_clear();
    if let (Some(out), true) = (&mut out, written.is_ok()) {
        written = out.flush();
    }
    written.or_fail("cannot write the predictions")?;
    report.or_fail("parameters")
}

/// Reads the sessions of a file.
///
/// # Errors
/// A file that cannot be followed.
pub fn read(path: &Path, form: &Form) -> Result<Held, Failure> {
    let bar = bytes_bar(path, "reading");
    let Table::Columns(rows) = form.open(path, Kind::Events, &bar)? else {
        return Err(Failure::new("evaluate reads columns; this file holds Segment events"));
    };
    let mut gathered = Gathered::default();
    let mut refused = 0;
    rows.each(|line, columns, row| {
        let row = row.ok().and_then(|row| columns.row(Kind::Events, row).ok());
        let taken = row.filter(|row| row.action.joins_session());
        if taken.is_none_or(|row| gathered.add(line, row).is_err()) {
            refused += 1;
        }
        Ok(())
    })?;
    bar.finish_and_clear();
    let rows = gathered.len();
    let (people, guests) = gathered.people();
    let named = people > guests;
    let rows_of = gathered.into_people().flat_map(|person| rows_of(person, named));
    Ok(Held { sessions: sessions(rows_of), rows, refused })
}

/// The rows of one person with the names of their sessions. Where the file has no visits, a pause
/// of half an hour ends one.
fn rows_of(person: PersonRows, named: bool) -> Vec<Row> {
    let digest = Sha256::digest(person.subject().mac_input());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(digest.first_chunk::<16>().unwrap_or(&[0; 16]));
    // Where nobody is named every session counts as somebody else's by itself.
    let subject = named.then(|| Pseudonym::from_bytes(bytes));
    let mut rows = Vec::new();
    for (visit, placed) in person.visits {
        let (mut part, mut last) = (0, None);
        for placed in placed {
            let at = placed.row.at;
            if visit.is_empty() && last.is_some_and(|last| at.ms_since(last) >= IDLE_MS) {
                part += 1;
            }
            last = Some(at);
            let session = match subject {
                None => visit.clone(),
                Some(_) => format!("{visit} {} {part:06}", hex::encode(&bytes)),
            };
            rows.push(Row { session, subject, item: placed.row.item, at });
        }
    }
    rows
}

#[cfg(test)]
mod tests;
