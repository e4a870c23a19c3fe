//! `confidant tune`: fits the weights of the blend on a shop's own sessions.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::time::Day;
use recommend::tune::{TuneSettings, Tuned, tune};

use crate::clock::Clock;
use crate::commands::evaluate::read;
use crate::commands::import::table::Form;
use crate::commands::weights::WeightsFile;
use crate::commands::{Failure, OrFail as _, Stages, say};

/// Fits weights.
#[derive(Clone, Debug, Args)]
pub struct Tune {
    /// The kind of data.
    #[command(subcommand)]
    pub what: What,
}

/// The kind of data.
#[derive(Clone, Debug, Subcommand)]
pub enum What {
    /// Next-item prediction on the newest sessions of a file.
    Sessions(Sessions),
}

/// A file of sessions, and where the weights go.
#[derive(Clone, Debug, Args)]
pub struct Sessions {
    /// Sessions; the newest tenth is held back and predicted.
    #[arg(long)]
    pub train: PathBuf,
    /// Where the weights are written.
    #[arg(long)]
    pub out: PathBuf,
    /// Leaves the sequence model out: much faster, and worse where order matters.
    #[arg(long)]
    pub no_sequence: bool,
    /// Leaves the linear model of whole profiles out.
    #[arg(long)]
    pub no_linear: bool,
    /// How the file is read.
    #[command(flatten)]
    pub form: Form,
}

/// Fits, writes and prints.
///
/// # Errors
/// A file that cannot be followed, too few people, or a place that cannot be written.
pub fn run(command: &Tune) -> Result<(), Failure> {
    let What::Sessions(command) = &command.what;
    let held = read(&command.train, &command.form)?;
    say(format!(
        "{} rows in {} sessions, {} rows refused",
        held.rows,
        held.sessions.len(),
        held.refused
    ));
    let defaults = TuneSettings::default();
    let settings = TuneSettings {
        sequence: defaults.sequence.filter(|_| !command.no_sequence),
        linear: !command.no_linear,
        ..defaults
    };
    let mut stages = Stages::new();
    let tuned = tune(&held.sessions, &settings, &mut |stage, done, all| {
        stages.at(stage, done, all);
    });
    stages.end();
    let tuned = tuned.or_fail("nothing was fitted")?;
    print(&tuned);
    let today: Day = Clock::machine().now().day();
    let file = WeightsFile::new(tuned, &held.sessions, today);
    file.write(&command.out)?;
    say(format!(
        "weights written to {}; they end on {}",
        command.out.display(),
        rights::date::write(file.expires)
    ));
    Ok(())
}

fn print(tuned: &Tuned) {
    let (older, newer) = tuned.sessions;
    say(format!("{older} sessions learned, {newer} held back, {} steps", tuned.choices));
    say(format!("{:<12}{:>10}{:>10}", "", "HR@20", "MRR@20"));
    for one in &tuned.reached {
        let (hit_rate, reciprocal_rank) = (one.hit_rate, one.reciprocal_rank);
        say(format!("{:<12}{hit_rate:>10.4}{reciprocal_rank:>10.4}", one.name));
    }
    say(format!("log-likelihood of a step with all models {:.4}", tuned.log_likelihood));
}
