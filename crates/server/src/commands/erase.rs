//! `confidant erase`: erases one person while the server is stopped.
//!
//! The same path as `POST /v1/erasures`: keys, rows, models, logs, receipt (GDPR Art. 17).

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use personal::subject::{BrowserId, CustomerId, Subject};
use rights::machine::Verification;
use rights::plan::Scope;
use rights::preview::describe;
use rights::receipt::{public_key, verify};
use rights::words;

use crate::clock::Clock;
use crate::commands::import::stop_first;
use crate::commands::{Failure, OrFail as _, say};
use crate::engine::forgetting::ErasureRequest;
use crate::opening;
use crate::path;
use crate::settings::Settings;

/// Erases one person.
#[derive(Clone, Debug, Args)]
pub struct Erase {
    /// The configuration file.
    #[arg(long, default_value = "confidant.toml")]
    pub config: PathBuf,
    /// Whom.
    #[command(flatten)]
    pub who: Who,
    /// Says what would go and what would stay, and erases nothing.
    #[arg(long, conflicts_with = "receipt")]
    pub dry_run: bool,
    /// Writes the signed receipt; never over a file that exists.
    #[arg(long, value_name = "OUT")]
    pub receipt: Option<PathBuf>,
}

/// Whom: one of the two.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Who {
    /// A customer by the shop's own id; session:ID for an imported visit of a guest.
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// A browser by the random id that it keeps.
    #[arg(long, value_name = "HEX")]
    pub browser: Option<String>,
}

impl Who {
    /// The person.
    ///
    /// # Errors
    /// A name that is malformed.
    pub fn subject(&self) -> Result<Subject, Failure> {
        match (&self.customer, &self.browser) {
            (Some(id), _) => Ok(Subject::Customer(CustomerId::parse(id).or_fail("--customer")?)),
            (None, Some(id)) => Ok(Subject::Browser(BrowserId::parse(id).or_fail("--browser")?)),
            (None, None) => Err(Failure::new("whom? give --customer ID or --browser HEX")),
        }
    }
}

/// Erases, verifies the receipt and prints what it says.
///
/// # Errors
/// A store that cannot be used. An erasure that has begun is completed at the next start.
pub fn run(command: &Erase) -> Result<(), Failure> {
    let name = command.who.subject()?;
    if let Some(path) = command.receipt.as_deref().filter(|path| path.exists()) {
        return Err(Failure::new(format!("{} exists already", path.display())));
    }
    let settings = Settings::read(&command.config)
        .or_fail(&format!("the configuration {} is not usable", command.config.display()))?;
    let mut opened = opening::open(settings, Clock::machine()).map_err(|error| {
        Failure::new(format!("the shop cannot be opened: {error}{}", stop_first(&error)))
    })?;
    if command.dry_run {
        let now = opened.shared.clock.now();
        let said = opened.engine.preview(&name, Scope::Everything, now);
        say(describe(&said.or_fail("the plan cannot be made")?).trim_end());
        return Ok(());
    }
    let request = ErasureRequest { name, scope: Scope::Everything, how: Verification::Operator };
    let now = opened.shared.clock.now();
    let receipt = path::forget(&mut opened.engine, &request, now).or_fail("the erasure stopped")?;
    let json = receipt.to_json().or_fail("the receipt cannot be written")?;
    if let Some(path) = &command.receipt {
        write(path, &json)?;
    }
    let key = public_key(&opened.shared.ring.receipt_seed());
    let payload = verify(&json, Some(&key)).or_fail("the receipt does not verify")?;
    say(words::describe(&payload).trim_end());
    say(format!("Signed by  {key}"));
    if payload.keys_destroyed == 0 && payload.deleted.iter().all(|table| table.rows == 0) {
        say("Nothing was stored under this name; look whether it is spelled as the shop has it.");
    }
    if let Some(path) = &command.receipt {
        say(format!("The receipt is in {}.", path.display()));
    }
    Ok(())
}

fn write(path: &Path, json: &str) -> Result<(), Failure> {
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        writeln!(file, "{json}")?;
        file.sync_all()
    };
    write().or_fail(&format!("everything is erased, but {} cannot be written", path.display()))
}

#[cfg(test)]
mod tests;
