//! `confidant evaluate baskets`: how good next-basket guesses are on orders that were held back.
//!
//! Reads a file of orders as `confidant import orders` does and runs the two protocols of
//! [`recommend::baskets::evaluation`]: the last basket of each customer, and a rolling split of
//! time. An order is a basket; what was sent back or canceled is no purchase, and orders of
//! guests are left out. The digest covers everything but the times.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use domain::event::Action;
use domain::id::Pseudonym;
use ingest::import::Kind;
use recommend::baskets::evaluation::history::{History, Order, Split};
use recommend::baskets::evaluation::tune::{Tuned, tries_max, tune};
use recommend::baskets::evaluation::{
    BasketEvaluation, Difference, Measured, Times, cuts, measure_split, pooled,
};
use recommend::baskets::settings::{BasketSettings, Nearness};
use sha2::{Digest as _, Sha256};

use crate::clock::Stopwatch;
use crate::commands::evaluate::baskets::words::Printed;
use crate::commands::import::gather::{Gathered, PersonRows};
use crate::commands::import::source::bytes_bar;
use crate::commands::import::table::{Form, Table};
use crate::commands::{Failure, OrFail as _, progress, say};

pub mod held;
pub mod words;

/// A file of orders and how to evaluate on it.
#[derive(Clone, Debug, Args)]
pub struct Baskets {
    /// Orders, one row per bought item.
    #[arg(long)]
    pub orders: PathBuf,
    /// Lengths of the lists.
    #[arg(long = "k", value_delimiter = ',', default_values_t = [10, 20], value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub lengths: Vec<u16>,
    /// The floor of distinct supporters that is reported beside floor 1.
    #[arg(long, default_value_t = BasketSettings::default().supporters_min, value_parser = clap::value_parser!(u32).range(1..))]
    pub supporters_min: u32,
    /// Chooses the parameters on the basket before the last (for the rolling split: on the last
    /// basket before its first cut) and prints them.
    #[arg(long)]
    pub tune: bool,
    /// Seed of the bootstrap.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Writes the last-basket split and our lists as CSV files, for a comparison with others.
    #[arg(long, value_name = "DIR")]
    pub split_out: Option<PathBuf>,
    /// Prints JSON.
    #[arg(long)]
    pub json: bool,
    /// How the file is read.
    #[command(flatten)]
    pub form: Form,
    /// Parameters of TIFU-kNN.
    #[command(flatten)]
    pub shape: Shape,
}

/// Parameters of TIFU-kNN.
#[derive(Clone, Debug, Args)]
pub struct Shape {
    /// Groups that a history is cut into.
    #[arg(long, default_value_t = BasketSettings::default().groups)]
    pub groups: u16,
    /// What a basket weighs beside the next newer one of its group, in thousandths.
    #[arg(long, default_value_t = BasketSettings::default().basket_decay)]
    pub basket_decay: u16,
    /// What a group weighs beside the next newer one, in thousandths.
    #[arg(long, default_value_t = BasketSettings::default().group_decay)]
    pub group_decay: u16,
    /// The share of the customer's own vector, in thousandths.
    #[arg(long, default_value_t = BasketSettings::default().own_share)]
    pub own_share: u16,
    /// Neighbors that are averaged.
    #[arg(long, default_value_t = BasketSettings::default().neighbors_max)]
    pub neighbors_max: u16,
    /// When two customers are alike.
    #[arg(long, value_enum, default_value_t = Alike::Cosine)]
    pub nearness: Alike,
}

/// When two customers are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Alike {
    /// By the angle between their vectors.
    Cosine,
    /// By the distance between them.
    Euclidean,
}

impl Shape {
    const fn settings(&self, supporters_min: u32, start: BasketSettings) -> BasketSettings {
        BasketSettings {
            groups: self.groups,
            basket_decay: self.basket_decay,
            group_decay: self.group_decay,
            own_share: self.own_share,
            neighbors_max: self.neighbors_max,
            nearness: match self.nearness {
                Alike::Cosine => Nearness::Cosine,
                Alike::Euclidean => Nearness::Euclidean,
            },
            supporters_min,
            ..start
        }
    }
}

/// Orders of a file.
#[derive(Debug)]
pub struct Held {
    /// The orders.
    pub orders: Vec<Order>,
    /// Rows that were taken.
    pub rows: usize,
    /// Rows that could not be read.
    pub refused: usize,
    /// Rows that are no purchase: sent back or canceled.
    pub returned: usize,
    /// Rows of nobody in particular.
    pub guests: usize,
}

/// What was found, and how long it took.
#[derive(Debug)]
pub struct Outcome {
    /// Parameters that were chosen for the last basket and for the cuts.
    pub tuned: Vec<Tuned>,
    /// The last basket first, then the cuts.
    pub splits: Vec<Measured>,
    /// Over all cuts together.
    pub rolling: Vec<Difference>,
    /// As the splits.
    pub times: Vec<Times>,
}

/// Evaluates and prints.
///
/// # Errors
/// A file that cannot be followed, or parameters that the model cannot honor.
pub fn run(command: &Baskets) -> Result<(), Failure> {
    let held = read(&command.orders, &command.form)?;
    let history = History::new(&held.orders);
    let outcome = measure(&history, command)?;
    if let Some(folder) = &command.split_out {
        held::write(folder, &history, command, &outcome)?;
    }
    let printed = Printed::new(&held, &history, &outcome).or_fail("report")?;
    if command.json {
        say(serde_json::to_string_pretty(&printed).or_fail("report")?);
    } else {
        say(words::table(&printed));
    }
    Ok(())
}

fn measure(history: &History, command: &Baskets) -> Result<Outcome, Failure> {
    let mut lengths: Vec<usize> = command.lengths.iter().map(|k| usize::from(*k)).collect();
    lengths.sort_unstable();
    lengths.dedup();
    let longest = lengths.last().copied().unwrap_or(1);
    let settings = command.shape.settings(command.supporters_min, BasketSettings::default());
    let moments = cuts(history);
    let (mut last, mut rolling) = (settings, settings);
    let mut tuned = Vec::new();
    if command.tune {
        let bar = progress(2 * tries_max() as u64, "choosing parameters");
        let choose = |history: &History, back| {
            let split = Split::LastBasket { back };
            let found = tune(history, split, settings, longest, &mut || bar.inc(1));
            found.or_fail("parameters")
        };
        let for_last = choose(history, 1)?;
        last = for_last.settings;
        tuned.push(for_last);
        if let Some(first) = moments.first() {
            let for_cuts = choose(&history.before(*first), 0)?;
            rolling = for_cuts.settings;
            tuned.push(for_cuts);
        }
        bar.finish_and_clear();
    }
    let mut splits = vec![(Split::LastBasket { back: 0 }, last)];
    splits.extend(moments.into_iter().map(|at| (Split::Cut { at }, rolling)));
    let floors = if command.supporters_min > 1 { 2 } else { 1 };
    let cases: usize = splits.iter().map(|(split, _)| history.cases(*split).len()).sum();
    let bar = progress((cases * floors) as u64, "predicting");
    let watch = Stopwatch::start();
    let mut measured = Vec::new();
    for (split, settings) in splits {
        let how = BasketEvaluation { settings, lengths: lengths.clone(), seed: command.seed };
        let mut done = || bar.inc(1);
        let found = measure_split(history, split, &how, &mut || watch.ns(), &mut done);
        measured.push(found.or_fail("parameters")?);
    }
    bar.finish_and_clear();
    let times = measured.iter().map(|split| split.times).collect();
    let rolling = pooled(measured.get(1..).unwrap_or_default(), command.seed);
    Ok(Outcome { tuned, splits: measured, rolling, times })
}

/// Reads the orders of a file.
///
/// # Errors
/// A file that cannot be followed.
pub fn read(path: &Path, form: &Form) -> Result<Held, Failure> {
    let bar = bytes_bar(path, "reading");
    let Table::Columns(rows) = form.open(path, Kind::Orders, &bar)? else {
        return Err(Failure::new("evaluate reads columns; this file holds Segment events"));
    };
    let mut gathered = Gathered::default();
    let (mut refused, mut returned, mut guests) = (0, 0, 0);
    rows.each(|line, columns, row| {
        let Some(row) = row.ok().and_then(|row| columns.row(Kind::Orders, row).ok()) else {
            refused += 1;
            return Ok(());
        };
        match (row.action, &row.customer) {
            (Action::Purchase, Some(_)) => {
                refused += usize::from(gathered.add(line, row).is_err());
            }
            (Action::Purchase, None) => guests += 1,
            _ => returned += 1,
        }
        Ok(())
    })?;
    bar.finish_and_clear();
    let rows = gathered.len();
    let orders = gathered.into_people().flat_map(orders_of).collect();
    Ok(Held { orders, rows, refused, returned, guests })
}

/// The orders of one person, at the time of their first row. Where the file does not name orders,
/// all that was bought on one day is one.
fn orders_of(person: PersonRows) -> Vec<Order> {
    let digest = Sha256::digest(person.subject().mac_input());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(digest.first_chunk::<16>().unwrap_or(&[0; 16]));
    let subject = Pseudonym::from_bytes(bytes);
    let mut orders = Vec::new();
    for (name, rows) in person.visits {
        let mut days: BTreeMap<Option<u32>, Order> = BTreeMap::new();
        for row in rows.into_iter().map(|placed| placed.row) {
            let day = name.is_empty().then(|| row.at.day().number());
            let order =
                days.entry(day).or_insert_with(|| Order { subject, at: row.at, items: Vec::new() });
            order.at = order.at.min(row.at);
            order.items.push(row.item);
        }
        orders.extend(days.into_values());
    }
    orders
}

#[cfg(test)]
mod tests;
