//! The command line: one module per command.
//!
//! Commands print for people on standard output and draw progress on standard error; a failure is
//! one line that says what to do, and exit code 1.

use std::fmt::Display;
use std::io::Write as _;

pub mod backup;
pub mod bench;
pub mod canary;
pub mod consents;
pub mod demo;
pub mod doctor;
pub mod documents;
pub mod drawing;
pub mod erase;
pub mod evaluate;
pub mod explain;
pub mod export;
pub mod import;
pub mod keys;
pub mod law;
pub mod notice;
pub mod notices;
pub mod openapi;
pub mod restore;
pub mod scan;
pub mod serve;
pub mod simulate;
pub mod tune;
pub mod uninstall;
pub mod verify;
pub mod weights;
pub mod witness;

/// Why a command failed: one line for the person who typed it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    /// A failure with its one line.
    pub fn new(line: impl Display) -> Self {
        Self(line.to_string())
    }
}

/// Makes a failure out of any error, with a word on what was tried.
pub trait OrFail<T> {
    /// Says what was tried when it failed.
    ///
    /// # Errors
    /// The error behind `what`.
    fn or_fail(self, what: &str) -> Result<T, Failure>;
}

impl<T, E: Display> OrFail<T> for Result<T, E> {
    fn or_fail(self, what: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure(format!("{what}: {error}")))
    }
}

/// Prints one line for the person at the terminal; a closed pipe is no failure.
pub fn say(line: impl Display) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        tracing::debug!("standard output is closed");
    }
}

/// A progress bar on standard error for `len` things.
pub fn progress(len: u64, what: &'static str) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(len);
    let template = "{msg} [{wide_bar}] {human_pos}/{human_len} {elapsed}";
    if let Ok(style) = indicatif::ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(what);
    bar
}

/// One progress bar for work in stages.
#[derive(Debug)]
pub struct Stages {
    stage: String,
    bar: indicatif::ProgressBar,
}

impl Stages {
    /// No stage yet.
    pub fn new() -> Self {
        Self { stage: String::new(), bar: indicatif::ProgressBar::hidden() }
    }

    /// Shows how far a stage is; a new stage gets a new bar.
    pub fn at(&mut self, stage: &str, done: u64, all: u64) {
        if self.stage != stage {
            self.bar.finish_and_clear();
            self.bar = progress(all, "");
            self.bar.set_message(stage.to_owned());
            stage.clone_into(&mut self.stage);
        }
        self.bar.set_position(done);
    }

    /// Clears the last bar.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Default for Stages {
    fn default() -> Self {
        Self::new()
    }
}
