//! `confidant simulate`: what private aggregates would bring to this shop, before it asks anybody.
//!
//! Plays a file of sessions through devices. Some people let their visits teach the server, as
//! today; of all others a share sends reports. Each epsilon buys three releases a year: popular
//! products, a sketch of pairs, exact counts of the pairs that the sketch points at. The device
//! then answers with what was published and its own visit, and is measured on sessions that were
//! held back, beside the tiers that the server answers.
//!
//! The tasks, cells, proofs, sums and noise are those of the product. `--proofs` reports of each
//! release go through both aggregators, the cells of the others are added in the clear: the sum
//! is the same (tests of `federated::circuit`), and noise is added once, to all of it.

use std::path::PathBuf;

use clap::Args;
use recommend::evaluation::Session;
use recommend::evaluation::compare::{Comparison, PerSession, compare};
use recommend::evaluation::device;
use recommend::evaluation::tiers::{About, PriceSettings, consenting, price};
use recommend::plan::Plan;

use crate::commands::evaluate::read;
use crate::commands::import::table::Form;
use crate::commands::simulate::release::{Costs, Devices, Public, publish};
use crate::commands::simulate::words::{Printed, Row};
use crate::commands::{Failure, OrFail as _, Stages, say};

pub mod release;
pub mod words;

/// Two files and what to assume.
#[derive(Clone, Debug, Args)]
pub struct Simulate {
    /// Sessions that people had.
    #[arg(long)]
    pub train: PathBuf,
    /// Sessions to predict, item by item.
    #[arg(long)]
    pub test: PathBuf,
    /// Percent of people who let their visits teach the server.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub consent: u8,
    /// Percent of all others who take part in private aggregates.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub participation: u8,
    /// Epsilons of a year, at one in a million.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2, 4, 8])]
    pub epsilon: Vec<u32>,
    /// Cells of the sketch and of the list of pairs.
    #[arg(long, default_value_t = 16_384, value_parser = clap::value_parser!(u32).range(64..=32_768))]
    pub cells: u32,
    /// Reports of each release that go through real proofs.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(100..))]
    pub proofs: u32,
    /// Length of the lists.
    #[arg(long = "k", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub list_len: u16,
    /// Decides who consents and who takes part, the noise, and the draws of the bootstrap.
    #[arg(long, default_value_t = PriceSettings::default().seed)]
    pub seed: u64,
    /// Prints JSON.
    #[arg(long)]
    pub json: bool,
    /// How the files are read.
    #[command(flatten)]
    pub form: Form,
}

/// Plays, measures and prints.
///
/// # Errors
/// A file that cannot be followed, or fewer devices than the smallest batch.
pub fn run(command: &Simulate) -> Result<(), Failure> {
    let train = read(&command.train, &command.form)?.sessions;
    let test = read(&command.test, &command.form)?.sessions;
    let [consented, others] = consenting(&train, command.consent, command.seed);
    let [taking_part, _] = consenting(&others, command.participation, !command.seed);
    let devices = Devices::new(&taking_part);
    if devices.len() < release::BATCH_LEAST {
        let (have, least) = (devices.len(), release::BATCH_LEAST);
        return Err(Failure::new(format!("{have} devices take part; a batch needs {least}")));
    }
    let mut stages = Stages::new();
    let mut rows = server_rows(command, (&consented, &test), &mut stages)?;
    let mut costs = Costs::default();
    let alone = Public::of_consented(&consented, &train);
    let mut runs = vec![("device, no aggregates".to_owned(), alone.index(), None)];
    for (done, epsilon) in (0_u64..).zip(&command.epsilon) {
        stages.at("releases", done, command.epsilon.len() as u64);
        let published = publish(command, *epsilon, (&devices, &alone), &mut costs)?;
        let told = Some(published.told());
        runs.push((format!("device, epsilon {epsilon}"), published.and(&alone).index(), told));
    }
    let mut base: Option<Vec<PerSession>> = None;
    for (label, index, told) in runs {
        stages.at("devices", rows.len() as u64, 0);
        let found = device::measure(&index, &test, usize::from(command.list_len));
        let (quality, sessions) = found;
        let against = base.as_ref().map(|base| difference(&sessions, base, command.seed));
        rows.push(Row { label, quality, told, against });
        base.get_or_insert(sessions);
    }
    stages.end();
    let printed = Printed::new(command, rows, (consented.len(), devices.len()), costs);
    if command.json {
        say(serde_json::to_string_pretty(&printed).or_fail("report")?);
    } else {
        say(words::table(&printed));
    }
    Ok(())
}

fn difference(one: &[PerSession], base: &[PerSession], seed: u64) -> Comparison {
    compare(one, base, |sums| sums.excluded, seed)
}

/// The tiers that the server answers, taught by those who consented.
fn server_rows(
    command: &Simulate,
    (consented, test): (&[Session], &[Session]),
    stages: &mut Stages,
) -> Result<Vec<Row>, Failure> {
    let settings = PriceSettings {
        list_len: usize::from(command.list_len),
        shares: Vec::new(),
        floors: Vec::new(),
        seed: command.seed,
        ..PriceSettings::default()
    };
    let mut watch = |stage: &'static str, done, all| stages.at(stage, done, all);
    let found = price(consented, test, &Plan::shipped(), &settings, &mut watch);
    let found = found.or_fail("parameters")?;
    let tiers = found.series.into_iter().filter(|series| series.about == About::Tier);
    let points = tiers.flat_map(|series| series.points);
    let row = |label: String, quality| Row {
        label: match label.as_str() {
            "nothing" => "popular items".to_owned(),
            tier => format!("server, {tier}"),
        },
        quality,
        told: None,
        against: None,
    };
    Ok(points.map(|point| row(point.label, point.quality)).collect())
}
