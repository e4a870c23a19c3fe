//! `confidant notices`: what the shop has to write down and tell, and what a change of it means.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use notices::diff::{Change, Diff, Effect, between};
use notices::document::Kind;

use crate::banner::texts::Library;
use crate::clock::Clock;
use crate::commands::{Failure, OrFail as _, say};
use crate::papers::{Paper, nearest, paper, processing, speech};
use crate::settings::Settings;

/// Largest document from before, in bytes.
const OLDER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Prints inventory, record of processing, retention table, privacy notice or impact assessment.
#[derive(Clone, Debug, Args)]
pub struct Notices {
    /// Which one; without it every one is listed with its digest and what is missing in it.
    #[arg(value_enum)]
    pub which: Option<Which>,
    /// The language, such as de; the nearest one that there is. That of the banner when missing.
    #[arg(long)]
    pub language: Option<String>,
    /// The format; a document is JSON and a comparison is text when this is missing.
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Compares with a document that was printed as JSON before, and says what a yes that was
    /// given under it does not cover.
    #[arg(long, value_name = "OLD.json", requires = "which")]
    pub diff: Option<PathBuf>,
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = "confidant.toml")]
    pub config: PathBuf,
}

/// Which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// Everything that is stored.
    Inventory,
    /// The record of processing activities (GDPR Art. 30).
    Ropa,
    /// What is kept for how long.
    Retention,
    /// The privacy notice (GDPR Art. 13).
    Notice,
    /// The draft of an impact assessment (GDPR Art. 35).
    Dpia,
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// JSON, with words and without; what `--diff` reads.
    Json,
    /// One page that loads nothing.
    Html,
    /// JSON-LD in the Data Privacy Vocabulary, of the record of processing only.
    Dpv,
}

impl Which {
    const fn kind(self) -> Kind {
        match self {
            Self::Inventory => Kind::Inventory,
            Self::Ropa => Kind::Ropa,
            Self::Retention => Kind::Retention,
            Self::Notice => Kind::Notice,
            Self::Dpia => Kind::Dpia,
        }
    }
}

/// Prints.
///
/// # Errors
/// Files that cannot be used.
pub fn run(command: &Notices) -> Result<(), Failure> {
    let settings = Settings::read(&command.config).or_fail("--config")?;
    let banner = &settings.banner;
    let library = Library::read(banner.texts.as_deref(), &banner.language).or_fail("texts")?;
    let tag = nearest(&library, command.language.as_deref().unwrap_or(&banner.language));
    let speech = speech(&library, &tag).or_fail("words")?;
    let done = processing(&settings, Clock::machine().now().day());
    let make = |kind| paper(kind, &done, &speech).or_fail("notices");
    let Some(which) = command.which else {
        for kind in Kind::ALL {
            list(kind, &make(kind)?);
        }
        return Ok(());
    };
    let made = make(which.kind())?;
    if let Some(older) = &command.diff {
        let diff = between(&read(older)?, &made.json).or_fail("--diff")?;
        return match command.format {
            None => {
                compare(&diff);
                Ok(())
            }
            Some(Format::Json) => say_json(&serde_json::to_value(&diff).or_fail("--diff")?),
            Some(Format::Html | Format::Dpv) => {
                Err(Failure::new("--diff: a comparison is text or JSON"))
            }
        };
    }
    match command.format.unwrap_or(Format::Json) {
        Format::Json => say_json(&made.json),
        Format::Html => {
            say(made.html.trim_end());
            Ok(())
        }
        Format::Dpv => match &made.dpv {
            Some(record) => say_json(record),
            None => Err(Failure::new("--format dpv: only ropa is written in that vocabulary")),
        },
    }
}

fn say_json(value: &serde_json::Value) -> Result<(), Failure> {
    say(serde_json::to_string_pretty(value).or_fail("JSON")?);
    Ok(())
}

fn list(kind: Kind, paper: &Paper) {
    say(format_args!("{:9}  {}  {}", kind.as_str(), paper.language, paper.digest));
    for key in &paper.missing {
        say(format_args!("           missing: {key}"));
    }
}

/// Prints what is different, what does more first.
fn compare(diff: &Diff) {
    say(format_args!("before: {}\nafter:  {}", diff.before, diff.after));
    match (diff.widens, diff.uncovered.is_empty()) {
        (false, _) => say("does no more than before"),
        (true, true) => say("does more than before; no purpose that rests on consent is touched"),
        (true, false) => say(format_args!(
            "does more than before; a yes from before does not cover it: {}",
            diff.uncovered.join(", ")
        )),
    }
    let mut changes: Vec<&Change> = diff.changes.iter().collect();
    changes.sort_by_key(|one| one.effect);
    for one in changes {
        let effect = match one.effect {
            Effect::Widens => "more ",
            Effect::Judge => "judge",
            Effect::Narrows => "less ",
            Effect::Same => "same ",
        };
        let line = match (&one.before, &one.after) {
            (Some(before), Some(after)) => format!("{}: {before} > {after}", one.what),
            (None, _) => format!("{}: added", one.what),
            (_, None) => format!("{}: removed", one.what),
        };
        say(format_args!("  {effect}  {line}"));
    }
    if !diff.words.is_empty() {
        say(format_args!("  other words in: {}", diff.words.join(", ")));
    }
}

fn read(path: &std::path::Path) -> Result<String, Failure> {
    use std::io::Read as _;
    let file = std::fs::File::open(path).or_fail("--diff")?;
    let mut text = String::new();
    file.take(OLDER_BYTES_MAX + 1).read_to_string(&mut text).or_fail("--diff")?;
    match text.len() as u64 > OLDER_BYTES_MAX {
        true => Err(Failure::new("--diff: the file has more than 4 MiB")),
        false => Ok(text),
    }
}
