//! `confidant evaluate sessions`: how good every model and the blend are on sessions that were
//! held back.
//!
//! Reads two files as `confidant import` does, runs the next-item protocol of
//! [`recommend::evaluation`] and prints quality, floors and times. The digest covers everything
//! but the times, so two runs can be compared bit for bit.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use domain::hex;
use domain::id::Pseudonym;
use ingest::import::Kind;
use ingest::sessions::IDLE_MS;
use recommend::evaluation::learned::Learned;
use recommend::evaluation::methods::Method;
use recommend::evaluation::rows::{Row, sessions};
use recommend::evaluation::{Ears, EvaluationSettings, Listed, Report, Session, evaluate};
use recommend::neighbors::settings::{Rarity, ScorerSettings};
use recommend::plan::Plan;
use sha2::{Digest as _, Sha256};

use crate::clock::Stopwatch;
use crate::commands::evaluate::words::{digest_of, table};
use crate::commands::import::gather::{Gathered, PersonRows};
use crate::commands::import::source::bytes_bar;
use crate::commands::import::table::{Form, Table};
use crate::commands::weights::WeightsFile;
use crate::commands::{Failure, OrFail as _, Stages, say};

pub mod baskets;
pub mod pii;
pub mod tiers;
pub mod words;

/// Evaluates recommendations on files of what really happened.
#[derive(Clone, Debug, Args)]
pub struct Evaluate {
    /// The kind of data.
    #[command(subcommand)]
    pub what: What,
}

/// The kind of data.
#[derive(Clone, Debug, Subcommand)]
pub enum What {
    /// Next-item prediction on sessions that were held back.
    Sessions(Sessions),
    /// Next-basket prediction on orders that were held back.
    Baskets(baskets::Baskets),
    /// The price of privacy: quality by tier, by share of consent and by floor.
    Tiers(tiers::Tiers),
    /// Personal data in labeled sentences, and falsely in product texts.
    Pii(pii::Pii),
}

/// Two files and how to evaluate on them.
#[derive(Clone, Debug, Args)]
pub struct Sessions {
    /// Sessions to learn.
    #[arg(long)]
    pub train: PathBuf,
    /// Sessions to predict, item by item.
    #[arg(long, required_unless_present = "rolling")]
    pub test: Option<PathBuf>,
    /// Instead of a second file: so many windows of time at the end of the first one, each
    /// predicted from everything before it.
    #[arg(long, conflicts_with = "test", value_parser = clap::value_parser!(u8).range(1..=20))]
    pub rolling: Option<u8>,
    /// A file of `confidant tune`: which models are trained and how they are blended.
    #[arg(long, value_name = "WEIGHTS")]
    pub weights: Option<PathBuf>,
    /// Length of the lists.
    #[arg(long = "k", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub list_len: u16,
    /// The floor of distinct supporters that is reported beside floor 1.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    pub supporters_min: u32,
    /// Writes one line per prediction: recommended ids, `;`, the rest of the session, `;`, the
    /// current item.
    #[arg(long, value_name = "OUT")]
    pub predictions: Option<PathBuf>,
    /// The model whose lists the predictions are.
    #[arg(long, default_value = "blend")]
    pub model: String,
    /// The lists of the predictions may hold the current item.
    #[arg(long)]
    pub allow_current: bool,
    /// Prints JSON.
    #[arg(long)]
    pub json: bool,
    /// How the files are read.
    #[command(flatten)]
    pub form: Form,
    /// How the scorer `vmis` finds neighbors.
    #[command(flatten)]
    pub scorer: Scorer,
}

/// Parameters of the scorer `vmis`; what is not given stays as the blend has it.
#[derive(Clone, Debug, Args)]
pub struct Scorer {
    /// Newest sessions that are sampled.
    #[arg(long)]
    pub sample_max: Option<u16>,
    /// Neighbors that vote.
    #[arg(long)]
    pub neighbors_max: Option<u16>,
    /// Newest items of the visit that are looked at.
    #[arg(long)]
    pub last_items_max: Option<u8>,
    /// How much rarer items weigh.
    #[arg(long, value_enum)]
    pub idf: Option<Idf>,
}

/// How much rarer items weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Idf {
    /// All weigh the same.
    Off,
    /// By the logarithm of their rarity.
    Log,
    /// By one and that logarithm.
    OnePlusLog,
}

impl Scorer {
    fn change(&self, settings: &mut ScorerSettings) {
        settings.sample_max = self.sample_max.unwrap_or(settings.sample_max);
        let most = settings.neighbors_max.min(settings.sample_max);
        settings.neighbors_max = self.neighbors_max.unwrap_or(most);
        settings.last_items_max = self.last_items_max.unwrap_or(settings.last_items_max);
        settings.rarity = match self.idf {
            None => settings.rarity,
            Some(Idf::Off) => Rarity::Off,
            Some(Idf::Log) => Rarity::Log,
            Some(Idf::OnePlusLog) => Rarity::OnePlusLog(1),
        };
    }
}

/// Sessions of a file.
#[derive(Debug)]
pub struct Held {
    /// The sessions.
    pub sessions: Vec<Session>,
    /// Rows that were taken.
    pub rows: usize,
    /// Rows that were not.
    pub refused: usize,
}

/// Evaluates and prints.
///
/// # Errors
/// A file that cannot be followed, or parameters that a model cannot honor.
pub fn run(command: &Evaluate) -> Result<(), Failure> {
    match &command.what {
        What::Sessions(command) => sessions_of_files(command),
        What::Baskets(command) => baskets::run(command),
        What::Tiers(command) => tiers::run(command),
        What::Pii(command) => pii::run(command),
    }
}

fn sessions_of_files(command: &Sessions) -> Result<(), Failure> {
    let plan = plan(command)?;
    let train = read(&command.train, &command.form)?;
    let test = command.test.as_ref().map(|path| read(path, &command.form)).transpose()?;
    if !command.json {
        let files = [("train", Some(&train)), ("test", test.as_ref())];
        for (name, held) in files.into_iter().filter_map(|(name, held)| Some((name, held?))) {
            let (rows, refused, sessions) = (held.rows, held.refused, held.sessions.len());
            say(format!("{name:<6}{rows} rows in {sessions} sessions, {refused} rows refused"));
        }
    }
    let windows = match (&test, command.rolling) {
        (Some(test), _) => vec![(train.sessions, test.sessions.clone())],
        (None, Some(count)) => windows(train.sessions, usize::from(count)),
        (None, None) => return Err(Failure::new("--test FILE or --rolling N is needed")),
    };
    let mut predictions = Predictions::create(command.predictions.as_deref())?;
    let mut reports = Vec::new();
    for (train, test) in &windows {
        reports.push(predict((train, test), &plan, command, &mut predictions)?);
    }
    predictions.end()?;
    let digest = digest_of(&reports).or_fail("report")?;
    let compared = words::compared(&reports);
    if command.json {
        let printed = words::Printed { reports: &reports, compared: &compared, digest: &digest };
        say(serde_json::to_string_pretty(&printed).or_fail("report")?);
        return Ok(());
    }
    for report in &reports {
        say(table(report));
    }
    say(words::comparisons(&compared));
    say(format!("digest of everything but the times  {digest}"));
    Ok(())
}

/// What is learned: as the weights file says, or the shipped blend.
fn plan(command: &Sessions) -> Result<Plan, Failure> {
    let mut plan = match &command.weights {
        Some(path) => WeightsFile::read(path)?.plan,
        None => Plan::shipped(),
    };
    for scorer in plan.blend.scorers.iter_mut().filter(|scorer| scorer.name == "vmis") {
        command.scorer.change(&mut scorer.settings);
    }
    plan.blend = plan.blend.check().or_fail("parameters")?;
    Ok(plan)
}

/// The last part of the sessions in windows of a twentieth each, with what came before each.
fn windows(mut sessions: Vec<Session>, count: usize) -> Vec<(Vec<Session>, Vec<Session>)> {
    sessions.sort_by_key(|session| session.at);
    let length = (sessions.len() / 20).max(1);
    let start = sessions.len().saturating_sub(length * count);
    let cut = |window: usize| {
        let (before, rest) = sessions.split_at(start + window * length);
        (before.to_vec(), rest.iter().take(length).cloned().collect())
    };
    (0..count).map(cut).collect()
}

/// Where the lines of the predictions go.
struct Predictions(Option<BufWriter<File>>, std::io::Result<()>);

impl Predictions {
    fn create(path: Option<&Path>) -> Result<Self, Failure> {
        let create = |path: &Path| {
            let failed = format!("cannot write {}", path.display());
            Ok(BufWriter::new(File::create(path).or_fail(&failed)?))
        };
        Ok(Self(path.map(create).transpose()?, Ok(())))
    }

    fn line(&mut self, line: &str) {
        if let (Some(out), true) = (&mut self.0, self.1.is_ok()) {
            self.1 = writeln!(out, "{line}");
        }
    }

    fn end(mut self) -> Result<(), Failure> {
        if let (Some(out), true) = (&mut self.0, self.1.is_ok()) {
            self.1 = out.flush();
        }
        self.1.or_fail("cannot write the predictions")
    }
}

fn predict(
    (train, test): (&[Session], &[Session]),
    plan: &Plan,
    command: &Sessions,
    predictions: &mut Predictions,
) -> Result<Report, Failure> {
    let mut stages = Stages::new();
    let learned = Learned::new(train, plan, &mut |stage, done, all| stages.at(stage, done, all))
        .or_fail("sequence model")?;
    let methods = Method::all(&learned, plan).or_fail("blend")?;
    if !methods.iter().any(|method| method.name() == command.model) {
        let names: Vec<&str> = methods.iter().map(Method::name).collect();
        return Err(Failure::new(format!("--model is one of {}", names.join(", "))));
    }
    let mut floors = vec![1];
    floors.extend((command.supporters_min > 1).then_some(command.supporters_min));
    let settings = EvaluationSettings {
        floors,
        list_len: usize::from(command.list_len),
        listed: match command.allow_current {
            true => Listed::CurrentAllowed,
            false => Listed::CurrentExcluded,
        },
        predicts: command.model.clone(),
    };
    let watch = Stopwatch::start();
    let mut ears = Ears {
        clock: &mut || watch.ns(),
        prediction: &mut |line| predictions.line(line),
        watch: &mut |method, done, all| stages.at(method, done, all),
    };
    let report = evaluate(&learned, &methods, test, &settings, &mut ears);
    stages.end();
    Ok(report)
}

/// Reads the sessions of a file.
///
/// # Errors
/// A file that cannot be followed.
pub fn read(path: &Path, form: &Form) -> Result<Held, Failure> {
    let bar = bytes_bar(path, "reading");
    let Table::Columns(rows) = form.open(path, Kind::Events, &bar)? else {
        return Err(Failure::new("evaluate reads columns; this file holds Segment events"));
    };
    let mut gathered = Gathered::default();
    let mut refused = 0;
    rows.each(|line, columns, row| {
        let row = row.ok().and_then(|row| columns.row(Kind::Events, row).ok());
        let taken = row.filter(|row| row.action.joins_session());
        if taken.is_none_or(|row| gathered.add(line, row).is_err()) {
            refused += 1;
        }
        Ok(())
    })?;
    bar.finish_and_clear();
    let rows = gathered.len();
    let (people, guests) = gathered.people();
    let named = people > guests;
    let rows_of = gathered.into_people().flat_map(|person| rows_of(person, named));
    Ok(Held { sessions: sessions(rows_of), rows, refused })
}

/// The rows of one person with the names of their sessions. Where the file has no visits, a pause
/// of half an hour ends one.
fn rows_of(person: PersonRows, named: bool) -> Vec<Row> {
    let digest = Sha256::digest(person.subject().mac_input());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(digest.first_chunk::<16>().unwrap_or(&[0; 16]));
    // Where nobody is named every session counts as somebody else's by itself.
    let subject = named.then(|| Pseudonym::from_bytes(bytes));
    let mut rows = Vec::new();
    for (visit, placed) in person.visits {
        let (mut part, mut last) = (0, None);
        for placed in placed {
            let at = placed.row.at;
            if visit.is_empty() && last.is_some_and(|last| at.ms_since(last) >= IDLE_MS) {
                part += 1;
            }
            last = Some(at);
            let session = match subject {
                None => visit.clone(),
                Some(_) => format!("{visit} {} {part:06}", hex::encode(&bytes)),
            };
            rows.push(Row { session, subject, item: placed.row.item, at });
        }
    }
    rows
}

#[cfg(test)]
mod tests;
