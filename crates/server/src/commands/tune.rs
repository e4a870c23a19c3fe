//! `confidant tune`: fits the weights of the blend on a shop's own sessions, out of its store or a
//! file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use domain::time::Day;
use recommend::evaluation::Session;
use recommend::tune::share::capped;
use recommend::tune::{TuneSettings, Tuned, tune};

use crate::clock::Clock;
use crate::commands::evaluate::read;
use crate::commands::import::stop_first;
use crate::commands::import::table::Form;
use crate::commands::weights::WeightsFile;
use crate::commands::{Failure, OrFail as _, Stages, say};
use crate::opening;
use crate::settings::Settings;

/// Visits of one person that count, the newest.
const VISITS_OF_ONE_MAX: u32 = 20;
/// Weights that are fitted on people are multiples of so many hundredths.
const ROUNDED_TO: i32 = 5;

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
    /// The same on the visits in the shop's own store, of people who let them teach.
    Shop(Shop),
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
    /// Fits weights for the tiers `anonymous` and `history` too, by what each of them sees.
    #[arg(long)]
    pub tiers: bool,
    /// Which models take part.
    #[command(flatten)]
    pub models: Models,
    /// How the file is read.
    #[command(flatten)]
    pub form: Form,
}

/// The store of a shop, and where the weights go.
#[derive(Clone, Debug, Args)]
pub struct Shop {
    /// The configuration file.
    #[arg(long, default_value = "confidant.toml")]
    pub config: PathBuf,
    /// Folder of the store, in place of that of the configuration; such as a restored backup, so
    /// that the server need not stop.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Where the weights are written.
    #[arg(long)]
    pub out: PathBuf,
    /// Which models take part.
    #[command(flatten)]
    pub models: Models,
}

/// Which models take part.
#[derive(Clone, Copy, Debug, Args)]
pub struct Models {
    /// Leaves the sequence model out: much faster, and worse where order matters.
    #[arg(long)]
    pub no_sequence: bool,
    /// Leaves the linear model of whole profiles out.
    #[arg(long)]
    pub no_linear: bool,
}

/// Fits, writes and prints.
///
/// # Errors
/// A file or store that cannot be followed, too few people, or a place that cannot be written.
pub fn run(command: &Tune) -> Result<(), Failure> {
    match &command.what {
        What::Sessions(command) => {
            let held = read(&command.train, &command.form)?;
            let (rows, refused) = (held.rows, held.refused);
            say(format!("{rows} rows in {} sessions, {refused} rows refused", held.sessions.len()));
            let settings = command.models.settings(command.tiers);
            let tuned = fit(&held.sessions, &settings)?;
            keep(tuned, &held.sessions, &command.out)
        }
        What::Shop(command) => {
            let visits = visits(command)?;
            let tuned = fit(&visits, &command.models.settings(true))?;
            let plan = tuned.plan.clone().rounded(ROUNDED_TO);
            keep(Tuned { plan, ..tuned }, &visits, &command.out)
        }
    }
}

impl Models {
    fn settings(self, tiers: bool) -> TuneSettings {
        let defaults = TuneSettings::default();
        TuneSettings {
            sequence: defaults.sequence.filter(|_| !self.no_sequence),
            linear: !self.no_linear,
            tiers,
            ..defaults
        }
    }
}

/// The visits in the store of a shop, each person's newest ones, where enough people let theirs
/// teach.
fn visits(command: &Shop) -> Result<Vec<Session>, Failure> {
    let mut settings = Settings::read(&command.config)
        .or_fail(&format!("the configuration {} is not usable", command.config.display()))?;
    if let Some(dir) = &command.data {
        settings.data_dir.clone_from(dir);
    }
    if !store::sqlite::exists(&settings.data_dir) {
        let dir = settings.data_dir.display();
        return Err(Failure::new(format!("there is no store in {dir}")));
    }
    let mut opened = opening::open(settings, Clock::machine()).map_err(|error| {
        let how = match stop_first(&error) {
            "" => "",
            _ => "; stop its server first, or give a restored backup with --data",
        };
        Failure::new(format!("the shop cannot be opened: {error}{how}"))
    })?;
    let now = opened.shared.clock.now();
    let all = opened.engine.visits_that_teach(now).or_fail("the visits cannot be read")?;
    let people: BTreeSet<_> = all.iter().filter_map(|visit| visit.subject).collect();
    let (read, people) = (all.len(), people.len());
    let visits = capped(all, VISITS_OF_ONE_MAX);
    say(format!(
        "{read} visits of {people} people who let them teach; {} of them count, at most \
         {VISITS_OF_ONE_MAX} of one person",
        visits.len()
    ));
    Ok(visits)
}

fn fit(sessions: &[Session], settings: &TuneSettings) -> Result<Tuned, Failure> {
    let mut stages = Stages::new();
    let tuned = tune(sessions, settings, &mut |stage, done, all| {
        stages.at(stage, done, all);
    });
    stages.end();
    tuned.or_fail("nothing was fitted")
}

fn keep(tuned: Tuned, sessions: &[Session], out: &Path) -> Result<(), Failure> {
    print(&tuned);
    let today: Day = Clock::machine().now().day();
    let file = WeightsFile::new(tuned, sessions, today);
    file.write(out)?;
    let (out, end) = (out.display(), rights::date::write(file.expires));
    say(format!("weights written to {out}; they end on {end}"));
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
    for section in &tuned.plan.sections {
        say(format!("weights of their own: {}", section.name()));
    }
    say(format!("log-likelihood of a step with all models {:.4}", tuned.log_likelihood));
}
