//! `confidant scan`: personal data in logs, exports, dumps and databases, where it should not be.
//!
//! ```text
//! targets > files of a folder, members of archives, columns of a database
//!         > pieces of text > pii::scan > report
//! ```
//!
//! Reads only, and writes no value into its report unless `--show values` asks for it. A report
//! without findings is no proof: recognizers know forms and lists, not every person.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pii::kind::{Kind, Kinds};
use pii::scan::{Scanner, Settings};

use crate::commands::scan::report::{Report, Shown};
use crate::commands::{Failure, OrFail as _, say};

pub mod files;
pub mod postgres;
pub mod report;

/// Finds personal data in files, folders, archives and PostgreSQL databases.
#[derive(Clone, Debug, Args)]
pub struct Scan {
    /// Files, folders, `-` for standard input, or `postgres://USER@HOST/DATABASE`.
    #[arg(required = true)]
    pub targets: Vec<String>,
    /// Kinds with commas, such as `card,iban,email`, or `all`; without it those of which one value
    /// alone points at one person.
    #[arg(long, value_delimiter = ',', value_name = "KINDS")]
    pub kinds: Vec<String>,
    /// The score from which on a finding counts, in percent.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub score_min: u8,
    /// How order numbers of this shop look, as a regular expression.
    #[arg(long, value_name = "PATTERN")]
    pub order_number: Option<String>,
    /// Exit code 1 when one of these kinds was found; `any` for every kind that was looked for.
    #[arg(long, value_delimiter = ',', value_name = "KINDS")]
    pub fail_on: Vec<String>,
    /// Prints the report as JSON.
    #[arg(long)]
    pub json: bool,
    /// Writes the report into a file instead.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// What the report shows of a value.
    #[arg(long, value_enum, default_value_t = Show::Stars)]
    pub show: Show,
    /// Findings that the report shows of each kind in each place; all are counted.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(..=1000))]
    pub samples: u16,
    /// Most megabytes that are read of one file, unpacked.
    #[arg(long, default_value_t = 1_024, value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    pub file_mb_max: u64,
    /// Most rows that are read of one table.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub rows_max: u64,
}

/// What the report shows of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Show {
    /// A star for each character.
    Stars,
    /// The last characters, at most four and never more than a quarter.
    Last,
    /// The value itself.
    Values,
}

/// What every source of text is looked through with.
#[derive(Debug)]
pub struct Looking {
    /// The recognizers.
    pub scanner: Scanner,
    /// Most bytes of one file, unpacked.
    pub bytes_max: u64,
    /// Most rows of one table.
    pub rows_max: u64,
}

/// Looks through the targets and reports.
///
/// # Errors
/// A target that is not there, a wrong kind or pattern, and what `--fail-on` names.
pub fn run(command: &Scan) -> Result<(), Failure> {
    let kinds = kinds_of(&command.kinds)?.unwrap_or_else(Kinds::direct);
    let kinds = command.order_number.as_ref().map_or(kinds, |_| kinds.with(Kind::OrderNumber));
    let fail_on = kinds_of(&command.fail_on)?;
    let settings = Settings {
        kinds,
        score_min: command.score_min,
        order_number: command.order_number.clone(),
    };
    let looking = Looking {
        scanner: Scanner::new(settings).or_fail("what to look for")?,
        bytes_max: command.file_mb_max.saturating_mul(1_000_000),
        rows_max: command.rows_max,
    };
    let mut report = Report::new(Shown { show: command.show, samples: command.samples });
    let mut paths = Vec::new();
    for target in &command.targets {
        if postgres::is_url(target) {
            postgres::look(target, &looking, &mut report)?;
        } else {
            paths.push(target.as_str());
        }
    }
    files::look(&paths, &looking, &mut report)?;
    let text = if command.json { report.json().or_fail("the report")? } else { report.text() };
    match &command.out {
        Some(path) => std::fs::write(path, text).or_fail("the report")?,
        None => say(text.trim_end()),
    }
    let Some(fail_on) = fail_on else { return Ok(()) };
    let found = report.of_kinds(fail_on);
    if found.is_empty() { Ok(()) } else { Err(Failure::new(format!("found {found}"))) }
}

/// The kinds of a list, or `None` when the list is empty.
fn kinds_of(codes: &[String]) -> Result<Option<Kinds>, Failure> {
    let mut kinds = Kinds::NONE;
    for code in codes {
        if matches!(code.as_str(), "all" | "any") {
            return Ok(Some(Kinds::ALL));
        }
        let Some(kind) = Kind::of_code(code) else {
            let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code()).collect();
            return Err(Failure::new(format!(
                "no kind is called {code}; known: {}",
                known.join(", ")
            )));
        };
        kinds = kinds.with(kind);
    }
    Ok((!codes.is_empty()).then_some(kinds))
}

#[cfg(test)]
mod tests;
