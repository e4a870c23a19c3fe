//! An evaluation of baskets in words: the table, and the digest by which two runs are compared.

use std::fmt::Write as _;

use domain::hex;
use domain::time::Timestamp;
use recommend::baskets::evaluation::bootstrap::Interval;
use recommend::baskets::evaluation::history::History;
use recommend::baskets::evaluation::measure::Quality;
use recommend::baskets::evaluation::{Difference, Row, SplitReport, Times};
use recommend::baskets::settings::{BasketSettings, Nearness};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::commands::evaluate::baskets::{Held, Outcome};
use crate::commands::evaluate::words::{micros, millis};

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub struct Printed<'a> {
    /// Everything that must come out the same again.
    #[serde(flatten)]
    pub found: Found<'a>,
    /// The SHA-256 of `found` as JSON.
    pub digest: String,
    /// As the splits.
    pub times: &'a [Times],
}

/// Everything that must come out the same again.
#[derive(Debug, Serialize)]
pub struct Found<'a> {
    /// Rows that were taken.
    pub rows: usize,
    /// Rows that could not be read.
    pub refused: usize,
    /// Rows that are no purchase.
    pub returned: usize,
    /// Rows of nobody in particular.
    pub guests: usize,
    /// Customers, baskets and items of the file.
    pub customers: usize,
    /// See `customers`.
    pub baskets: usize,
    /// See `customers`.
    pub items: usize,
    /// Chosen parameters.
    pub tuned: Vec<Chosen>,
    /// The last basket first, then the cuts.
    pub splits: Vec<&'a SplitReport>,
    /// Over all cuts together.
    pub rolling: &'a [Difference],
}

/// Parameters that were chosen.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Chosen {
    /// The parameters.
    pub settings: BasketSettings,
    /// Their quality on the validation baskets.
    pub quality: Quality,
    /// How many were tried.
    pub tried: usize,
}

impl<'a> Printed<'a> {
    /// Puts a report together.
    ///
    /// # Errors
    /// A number that JSON does not have.
    pub fn new(
        held: &Held,
        history: &History,
        outcome: &'a Outcome,
    ) -> Result<Self, serde_json::Error> {
        let chosen = outcome.tuned.iter().map(|tuned| Chosen {
            settings: tuned.settings,
            quality: tuned.quality,
            tried: tuned.tried,
        });
        let found = Found {
            rows: held.rows,
            refused: held.refused,
            returned: held.returned,
            guests: held.guests,
            customers: history.people.len(),
            baskets: history.baskets(),
            items: history.items.len(),
            tuned: chosen.collect(),
            splits: outcome.splits.iter().map(|split| &split.report).collect(),
            rolling: &outcome.rolling,
        };
        let digest = hex::encode(&Sha256::digest(serde_json::to_vec(&found)?));
        Ok(Self { found, digest, times: &outcome.times })
    }
}

/// The report as a table for people.
pub fn table(printed: &Printed<'_>) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    write_table(&mut text, printed).ok();
    text
}

fn write_table(text: &mut String, printed: &Printed<'_>) -> std::fmt::Result {
    let found = &printed.found;
    writeln!(
        text,
        "{} rows, {} sent back or canceled, {} of guests, {} refused",
        found.rows, found.returned, found.guests, found.refused
    )?;
    writeln!(
        text,
        "{} baskets of {} customers, {} items",
        found.baskets, found.customers, found.items
    )?;
    for (tuned, what) in found.tuned.iter().zip(["the last basket", "the cuts"]) {
        let Quality { baskets, recall, ndcg, .. } = tuned.quality;
        writeln!(
            text,
            "chosen for {what} on {baskets} validation baskets among {} settings: recall {recall:.4}, nDCG {ndcg:.4}",
            tuned.tried
        )?;
    }
    for (split, times) in found.splits.iter().zip(printed.times) {
        write_split(text, split, times)?;
    }
    if !found.rolling.is_empty() {
        writeln!(text, "\nall cuts together")?;
        write_differences(text, found.rolling)?;
    }
    write!(text, "\ndigest of everything but the times  {}", printed.digest)
}

fn write_split(text: &mut String, split: &SplitReport, times: &Times) -> std::fmt::Result {
    let what = match split.cut_ms {
        None => "last basket of each customer with three or more".to_owned(),
        Some(ms) => {
            let seconds = Timestamp::from_ms(ms).ms() / 1000;
            let day = jiff::Timestamp::from_second(seconds).unwrap_or_default();
            format!("first basket from {day} on of each customer with two or more before")
        }
    };
    writeln!(text, "\n{what}")?;
    writeln!(
        text,
        "learned {} baskets of {} customers, predicted {}; {}",
        split.learned,
        split.customers,
        split.predicted,
        settings(&split.settings)
    )?;
    let first = split.rows.first();
    for (name, group) in [
        ("all items", (|row| row.all) as fn(&Row) -> Quality),
        ("repeat items", |row| row.repeat),
        ("explore items", |row| row.explore),
    ] {
        let baskets = first.map_or(0, |row| group(row).baskets);
        writeln!(
            text,
            "  {:<28}{:>6}{:>5}{:>10}{:>10}{:>10}",
            format!("{name}, {baskets} baskets"),
            "floor",
            "k",
            "recall",
            "nDCG",
            "HR"
        )?;
        for row in &split.rows {
            let floor = row.supporters_min.map_or_else(|| "-".to_owned(), |min| min.to_string());
            let Quality { recall, ndcg, hit_rate, .. } = group(row);
            let Row { method, k, .. } = row;
            writeln!(
                text,
                "  {method:<28}{floor:>6}{k:>5}{recall:>10.4}{ndcg:>10.4}{hit_rate:>10.4}"
            )?;
        }
    }
    write_differences(text, &split.differences)?;
    writeln!(
        text,
        "  learned in {}, {} bytes; one answer p50 {}, p99 {}",
        millis(times.build_ns),
        times.index_bytes,
        micros(times.p50_ns),
        micros(times.p99_ns)
    )
}

fn write_differences(text: &mut String, differences: &[Difference]) -> std::fmt::Result {
    for one in differences {
        writeln!(
            text,
            "  TIFU-kNN, floor {}, minus {}, k {}: recall {}, nDCG {}",
            one.supporters_min,
            one.against,
            one.k,
            interval(one.recall),
            interval(one.ndcg)
        )?;
    }
    Ok(())
}

fn interval(Interval { mean, low, high }: Interval) -> String {
    format!("{mean:+.4} [{low:+.4}, {high:+.4}]")
}

/// The parameters in one line.
fn settings(settings: &BasketSettings) -> String {
    let BasketSettings { groups, basket_decay, group_decay, own_share, neighbors_max, .. } =
        settings;
    let nearness = match settings.nearness {
        Nearness::Cosine => "cosine",
        Nearness::Euclidean => "euclidean",
    };
    format!(
        "groups {groups}, basket decay {basket_decay}, group decay {group_decay}, own share {own_share}, {neighbors_max} neighbors by {nearness}"
    )
}
