//! `confidant doctor`: looks a shop over and says what to do.
//!
//! One line per check. It changes nothing: a store that a server holds is left alone, and a shop
//! that does not exist yet is not made.

use std::path::PathBuf;

use clap::Args;

use crate::clock::Clock;
use crate::commands::doctor::checks::{
    clock, configuration, files, key_place, listeners, origins, recovery, room, shop_key_readable,
    store,
};
use crate::commands::{Failure, say};
use crate::settings::Settings;

pub mod checks;
pub mod places;
pub mod recipients;

/// Looks a shop over.
#[derive(Clone, Debug, Args)]
pub struct Doctor {
    /// The configuration file.
    #[arg(long, default_value = "confidant.toml")]
    pub config: PathBuf,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// It works, and should be looked at.
    Warning,
    /// It does not work, or is not safe.
    Failure,
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

/// What one check found, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How it ended.
    pub verdict: Verdict,
    /// What was looked at.
    pub what: &'static str,
    /// What was found and what to do.
    pub words: String,
}

impl Finding {
    /// As it should be.
    pub fn ok(what: &'static str, words: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, what, words: words.into() }
    }

    /// Works, and should be looked at.
    pub fn warning(what: &'static str, words: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warning, what, words: words.into() }
    }

    /// Does not work, or is not safe.
    pub fn failure(what: &'static str, words: impl Into<String>) -> Self {
        Self { verdict: Verdict::Failure, what, words: words.into() }
    }

    /// The line that is printed.
    pub fn line(&self) -> String {
        format!("{:<8} {:<16} {}", self.verdict.word(), self.what, self.words)
    }
}

/// Checks everything and prints a line for each.
///
/// # Errors
/// When one check failed.
pub fn run(command: &Doctor) -> Result<(), Failure> {
    let (settings, first) = configuration(&command.config);
    let mut findings = vec![first];
    if let Some(settings) = &settings {
        findings.extend(of_shop(settings));
    }
    for finding in &findings {
        say(finding.line());
    }
    let count = |verdict| findings.iter().filter(|one| one.verdict == verdict).count();
    match count(Verdict::Failure) {
        0 => Ok(()),
        1 => Err(Failure::new("1 check failed")),
        failed => Err(Failure::new(format!("{failed} checks failed"))),
    }
}

fn of_shop(settings: &Settings) -> Vec<Finding> {
    let mut findings = files(settings);
    findings.push(shop_key_readable(settings));
    findings.push(key_place(settings));
    findings.push(recovery(settings));
    let (held, looked) = store(settings);
    findings.extend(looked);
    findings.push(clock(&settings.data_dir));
    findings.push(room(&settings.data_dir));
    findings.extend(listeners(settings, held));
    findings.push(origins(settings));
    let today = Clock::machine().now().day();
    findings.extend(places::places(settings, today));
    findings.extend(recipients::recipients(settings, today));
    findings
}
