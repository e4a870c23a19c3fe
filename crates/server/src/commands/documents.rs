//! `confidant documents`: placements, rules, weights and law packs of a shop while its server is stopped.
//!
//! The same versions as `/staff/documents` of the API, which works while the server runs.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::time::Timestamp;

use crate::clock::Clock;
use crate::commands::import::stop_first;
use crate::commands::{Failure, OrFail as _, say};
use crate::documents::{Asked, Author, BLEND, Change, Format, Key, Text, Version};
use crate::opening::{self, Opened};
use crate::settings::Settings;

/// The stated role of who types.
const ROLE: &str = "operator";

/// Lists and changes placements, rules, weights and law packs; the server of the shop must be stopped.
#[derive(Clone, Debug, Args)]
pub struct Documents {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
    /// The configuration file.
    #[arg(long, global = true, default_value = "confidant.toml")]
    pub config: PathBuf,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum What {
    /// Lists what has versions.
    List,
    /// Prints the text of a document.
    Show {
        /// Which one.
        #[command(flatten)]
        which: Which,
        /// An older version.
        #[arg(long)]
        version: Option<u64>,
    },
    /// Lists the versions of a document that are kept.
    History {
        /// Which one.
        #[command(flatten)]
        which: Which,
    },
    /// Puts a document out of a file, or goes back to an older version.
    Put {
        /// Which one.
        #[command(flatten)]
        which: Which,
        /// TOML, or JSON when its name ends in .json.
        #[arg(long, conflicts_with = "version", required_unless_present = "version")]
        file: Option<PathBuf>,
        /// The version that counts again.
        #[arg(long)]
        version: Option<u64>,
        /// Why and how.
        #[command(flatten)]
        how: How,
    },
    /// Goes back to what the configuration file says.
    Delete {
        /// Which one.
        #[command(flatten)]
        which: Which,
        /// Why and how.
        #[command(flatten)]
        how: How,
    },
}

/// Which document.
#[derive(Clone, Debug, Args)]
pub struct Which {
    /// placement, rules, law or weights.
    pub kind: String,
    /// The name of the placement or of the file of law packs; nothing for weights.
    #[arg(default_value = BLEND)]
    pub name: String,
}

/// Why a document is changed, and whether it is.
#[derive(Clone, Debug, Args)]
pub struct How {
    /// Why; it is kept with the version.
    #[arg(long)]
    pub reason: String,
    /// Looks whether it could be done and changes nothing.
    #[arg(long)]
    pub check: bool,
}

/// Opens the shop and does it.
///
/// # Errors
/// A store that cannot be used, or a document that cannot be honored.
pub fn run(command: &Documents) -> Result<(), Failure> {
    let settings = Settings::read(&command.config)
        .or_fail(&format!("the configuration {} is not usable", command.config.display()))?;
    if !store::sqlite::exists(&settings.data_dir) {
        let dir = settings.data_dir.display();
        return Err(Failure::new(format!("there is no store in {dir}")));
    }
    let mut opened = opening::open(settings, Clock::machine()).map_err(|error| {
        Failure::new(format!("the shop cannot be opened: {error}{}", stop_first(&error)))
    })?;
    match &command.what {
        What::List => {
            list(&opened);
            Ok(())
        }
        What::Show { which, version } => show(&opened, &which.key()?, *version),
        What::History { which } => history(&opened, &which.key()?),
        What::Put { which, file, version, how } => {
            let change = match (file, version) {
                (Some(path), _) => Change::To(text(path)?),
                (None, Some(version)) => Change::BackTo(*version),
                (None, None) => return Err(Failure::new("give --file or --version")),
            };
            change_document(&mut opened, &which.key()?, change, how)
        }
        What::Delete { which, how } => {
            change_document(&mut opened, &which.key()?, Change::ToDefault, how)
        }
    }
}

impl Which {
    fn key(&self) -> Result<Key, Failure> {
        let wrong = "a document is placement NAME, rules NAME, law NAME or weights; NAME is 1 to 32 \
            of a-z, 0-9 and _";
        Key::parse(&self.kind, &self.name).ok_or_else(|| Failure::new(wrong))
    }
}

fn text(path: &PathBuf) -> Result<Text, Failure> {
    let text = std::fs::read_to_string(path).or_fail(&path.display().to_string())?;
    let json = path.extension().is_some_and(|end| end == "json");
    Ok(Text { format: if json { Format::Json } else { Format::Toml }, text })
}

fn list(opened: &Opened) {
    let effect = opened.shared.effect();
    if effect.newest.is_empty() {
        say("no document has a version; the configuration file counts");
    }
    for (key, version) in &effect.newest {
        say(format!("{key}: {}", line(version)));
        if let Some(why) = effect.refused.get(key) {
            say(format!("  not honored: {why}"));
        }
    }
}

fn line(version: &Version) -> String {
    let day = rights::date::write(Timestamp::from_ms(version.at_ms).day());
    let what = match (&version.text, version.restored) {
        (None, _) => "back to the configuration file".to_owned(),
        (Some(_), Some(older)) => format!("as version {older} again"),
        (Some(text), None) => format!("{} bytes", text.text.len()),
    };
    let Author { role, reason } = &version.author;
    format!("version {} of {day}, {what}, by {role}: {reason}", version.version)
}

fn show(opened: &Opened, key: &Key, version: Option<u64>) -> Result<(), Failure> {
    let versions = opened.engine.document_versions(key).or_fail("the store cannot be read")?;
    let found = match version {
        Some(number) => versions.iter().find(|one| one.version == number),
        None => versions.last(),
    };
    let text = found.and_then(|version| version.text.as_ref());
    let text = text.ok_or_else(|| Failure::new(format!("{key} has no such text")))?;
    say(text.text.trim_end());
    Ok(())
}

fn history(opened: &Opened, key: &Key) -> Result<(), Failure> {
    let versions = opened.engine.document_versions(key).or_fail("the store cannot be read")?;
    versions.iter().rev().map(line).for_each(say);
    Ok(())
}

fn change_document(
    opened: &mut Opened,
    key: &Key,
    change: Change,
    how: &How,
) -> Result<(), Failure> {
    personal::desk::Desk::sit(ROLE, &how.reason).or_fail("--reason")?;
    let based_on = opened.shared.effect().newest.get(key).map_or(0, |newest| newest.version);
    let author = Author { role: ROLE.to_owned(), reason: how.reason.trim().to_owned() };
    let now = opened.shared.clock.now();
    let asked = Asked { key: key.clone(), based_on, change, author, check: how.check };
    let version = opened.engine.change_document(asked, now).or_fail("nothing was changed")?;
    let done = if how.check { "could be put" } else { "counts from the next start on" };
    say(format!("{key}: version {} {done}", version.version));
    Ok(())
}
