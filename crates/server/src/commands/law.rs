//! `confidant law`: which law pack counts, what it says, and what another one would change.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use consent::law::diff::diff;
use consent::law::explain::explain_found;
use consent::law::laws::Laws;
use consent::law::place::Place;
use consent::law::{LawPack, NOT_LEGAL_ADVICE, PACKS, named, shelf};
use domain::date::Date;
use personal::purpose::PurposeName;

use crate::clock::Clock;
use crate::commands::law::transfer::Transfer;
use crate::commands::{Failure, OrFail as _, say};

pub mod transfer;

/// Shows dated law packs: data with sources, not legal advice.
#[derive(Clone, Debug, Args)]
pub struct Law {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
    /// Lists the packs of this program, past ones and proposals too.
    List,
    /// Says which pack counts for a place, a purpose and a day, why, and what it says.
    Explain(Explain),
    /// Says what changes for stored choices when pack B takes the place of pack A.
    Diff(Diff),
    /// Says whether personal data may go to a place or to a recipient, and by which rule.
    Transfer(Transfer),
}

#[derive(Clone, Debug, Args)]
struct Explain {
    /// The place: DE, US-CA, EU; without it the strictest pack counts.
    #[arg(long, value_name = "PLACE")]
    jurisdiction: Option<String>,
    /// The purpose, such as Personalization.
    #[arg(long)]
    purpose: String,
    /// The day, such as 2026-11-22; today when missing.
    #[arg(long, value_name = "DAY")]
    date: Option<String>,
    /// A file with law packs of the shop, over those of the program.
    #[arg(long, value_name = "FILE.toml")]
    with: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
struct Diff {
    /// Id or digest of a pack, or FILE.toml, or FILE.toml#ID.
    a: String,
    /// Id or digest of a pack, or FILE.toml, or FILE.toml#ID.
    b: String,
}

/// Prints what was asked for.
///
/// # Errors
/// A purpose, day or pack that does not exist, or a file that is no pack.
pub fn run(command: &Law) -> Result<(), Failure> {
    match &command.command {
        Command::List => list(),
        Command::Explain(asked) => explained(asked)?,
        Command::Transfer(asked) => transfer::run(asked)?,
        Command::Diff(asked) => say(diff(&pack(&asked.a)?, &pack(&asked.b)?)),
    }
    Ok(())
}

fn list() {
    for pack in PACKS.iter() {
        let last = pack.valid_to.map_or_else(|| "-".to_owned(), |day| Date(day).to_string());
        let (first, digest) = (Date(pack.valid_from), &pack.digest);
        say(format_args!("{:<20} {first} {last:<10} {digest} {}", pack.id, pack.place));
    }
    say(NOT_LEGAL_ADVICE);
}

fn explained(asked: &Explain) -> Result<(), Failure> {
    let purpose = PurposeName::parse(&asked.purpose).map_err(|_| {
        let known = PurposeName::ALL.map(PurposeName::as_str).join(", ");
        Failure::new(format_args!("--purpose: no purpose has this name; known are {known}"))
    })?;
    let day = match &asked.date {
        Some(text) => Date::parse(text).or_fail("--date")?.0,
        None => Clock::machine().now().day(),
    };
    let own = match &asked.with {
        Some(path) => {
            let name = path.display().to_string();
            let packs = shelf::read(&fs::read_to_string(path).or_fail(&name)?).or_fail(&name)?;
            // A command reads them once and ends.
            packs.into_iter().map(|pack| &*Box::leak(Box::new(pack))).collect()
        }
        None => Vec::new(),
    };
    let laws = Laws::with(own, Vec::new()).or_fail("--with")?;
    let place = asked.jurisdiction.as_deref();
    let parsed = place.and_then(|place| Place::parse(place).ok());
    say(explain_found(place, purpose, day, laws.find(parsed.as_ref(), day)));
    Ok(())
}

/// A pack of the program, or one of a file.
fn pack(name: &str) -> Result<LawPack, Failure> {
    if let Some(pack) = named(name) {
        return Ok(pack.clone());
    }
    let (path, id) = name.split_once('#').map_or((name, None), |(path, id)| (path, Some(id)));
    if !Path::new(path).is_file() {
        let line = format!(
            "{name}: no law pack has this id or digest (see confidant law list), and no file"
        );
        return Err(Failure::new(line));
    }
    let text = fs::read_to_string(path).or_fail(path)?;
    let mut packs = shelf::read(&text).or_fail(path)?;
    match id {
        Some(id) => packs.retain(|pack| pack.id == id),
        None if packs.len() > 1 => {
            let ids: Vec<_> = packs.iter().map(|pack| pack.id).collect();
            let line = format!("{path}: has several packs, name one: {path}#{}", ids.join(" #"));
            return Err(Failure::new(line));
        }
        None => {}
    }
    packs.pop().ok_or_else(|| Failure::new(format_args!("{path}: has no such pack")))
}
