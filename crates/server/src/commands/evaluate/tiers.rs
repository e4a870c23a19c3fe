//! `confidant evaluate tiers`: the price of privacy, in numbers and as a drawing.
//!
//! Reads two files as `confidant evaluate sessions` does, runs [`recommend::evaluation::tiers`] and
//! prints quality by tier, by the share of people who consent and by the floor of supporters. The
//! digest covers everything that is printed; there are no times in it.

use std::path::{Path, PathBuf};

use clap::Args;
use recommend::evaluation::tiers::{Price, PriceSettings, price};
use recommend::plan::Plan;

use crate::commands::evaluate::tiers::words::Printed;
use crate::commands::evaluate::{Held, read};
use crate::commands::import::table::Form;
use crate::commands::weights::WeightsFile;
use crate::commands::{Failure, OrFail as _, Stages, say};

pub mod chart;
pub mod page;
pub mod words;

/// Two files and how to measure on them.
#[derive(Clone, Debug, Args)]
pub struct Tiers {
    /// Sessions to learn.
    #[arg(long)]
    pub train: PathBuf,
    /// Sessions to predict, item by item.
    #[arg(long)]
    pub test: PathBuf,
    /// A file of `confidant tune`; its sequence and linear models are left out.
    #[arg(long, value_name = "WEIGHTS")]
    pub weights: Option<PathBuf>,
    /// Length of the lists.
    #[arg(long = "k", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub list_len: u16,
    /// The floor of distinct supporters where it is not what is measured.
    #[arg(long, default_value_t = PriceSettings::default().supporters_min, value_parser = clap::value_parser!(u32).range(1..))]
    pub supporters_min: u32,
    /// Decides who consents first, and the draws of the bootstrap.
    #[arg(long, default_value_t = PriceSettings::default().seed)]
    pub seed: u64,
    /// Writes a page with the drawing and the table.
    #[arg(long, value_name = "OUT.html")]
    pub html: Option<PathBuf>,
    /// Writes the drawing.
    #[arg(long, value_name = "OUT.svg")]
    pub svg: Option<PathBuf>,
    /// Prints JSON.
    #[arg(long)]
    pub json: bool,
    /// How the files are read.
    #[command(flatten)]
    pub form: Form,
}

/// Measures, prints and draws.
///
/// # Errors
/// A file that cannot be followed or written, or parameters that a model cannot honor.
pub fn run(command: &Tiers) -> Result<(), Failure> {
    let plan = match &command.weights {
        Some(path) => WeightsFile::read(path)?.plan,
        None => Plan::shipped(),
    };
    let train = read(&command.train, &command.form)?;
    let test = read(&command.test, &command.form)?;
    let found = measure(command, &plan, [&train, &test])?;
    let printed = Printed::new(&found).or_fail("report")?;
    if let Some(path) = &command.svg {
        write(path, &chart::draw(&found))?;
    }
    if let Some(path) = &command.html {
        let names = [&command.train, &command.test].map(|path| name(path));
        write(path, &page::html(&printed, &names))?;
    }
    if command.json {
        say(serde_json::to_string_pretty(&printed).or_fail("report")?);
        return Ok(());
    }
    for (name, held) in [("train", &train), ("test", &test)] {
        let (rows, refused, sessions) = (held.rows, held.refused, held.sessions.len());
        say(format!("{name:<6}{rows} rows in {sessions} sessions, {refused} rows refused"));
    }
    say(words::table(&printed));
    Ok(())
}

fn measure(command: &Tiers, plan: &Plan, [train, test]: [&Held; 2]) -> Result<Price, Failure> {
    let settings = PriceSettings {
        list_len: usize::from(command.list_len),
        supporters_min: command.supporters_min,
        seed: command.seed,
        ..PriceSettings::default()
    };
    let mut stages = Stages::new();
    let mut watch = |stage: &'static str, done, all| stages.at(stage, done, all);
    let found = price(&train.sessions, &test.sessions, plan, &settings, &mut watch);
    stages.end();
    found.or_fail("parameters")
}

/// The file's own name, without the folders of a machine.
fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).or_fail(&format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests;
