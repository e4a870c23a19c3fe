//! An evaluation in words: the table, and the digest by which two runs are compared.

use std::fmt::Write as _;

use domain::hex;
use recommend::evaluation::{FloorReport, ListReport, Quality, Report};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub struct Printed<'a> {
    /// The report.
    #[serde(flatten)]
    pub report: &'a Report,
    /// See [`digest_of`].
    pub digest: &'a str,
}

/// Everything of a report that must come out the same again.
#[derive(Serialize)]
struct Repeatable<'a> {
    train_sessions: u32,
    train_items: usize,
    test_sessions: usize,
    predictions: u64,
    list_len: usize,
    floors: &'a [FloorReport],
}

/// The SHA-256 of the report without its times and bytes.
///
/// # Errors
/// A number that JSON does not have.
pub fn digest_of(report: &Report) -> Result<String, serde_json::Error> {
    let repeatable = Repeatable {
        train_sessions: report.train_sessions,
        train_items: report.train_items,
        test_sessions: report.test_sessions,
        predictions: report.predictions,
        list_len: report.list_len,
        floors: &report.floors,
    };
    let text = serde_json::to_vec(&repeatable)?;
    Ok(hex::encode(&Sha256::digest(text)))
}

/// The report as a table for people.
pub fn table(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    write_table(&mut text, report).ok();
    text
}

fn write_table(text: &mut String, report: &Report) -> std::fmt::Result {
    let k = report.list_len;
    writeln!(
        text,
        "learned {} sessions, {} items can be ranked; {} predictions in {} sessions",
        report.train_sessions, report.train_items, report.predictions, report.test_sessions
    )?;
    for floor in &report.floors {
        writeln!(text)?;
        writeln!(text, "at least {} supporter(s) behind each item", floor.supporters_min)?;
        writeln!(text, "  {:<34}{:>10}{:>10}{:>10}", "", "targets", hr(k), mrr(k))?;
        for (name, list) in
            [("allowed", &floor.current_allowed), ("excluded", &floor.current_excluded)]
        {
            write_list(text, name, list)?;
        }
    }
    let latency = &report.latency;
    writeln!(text)?;
    writeln!(
        text,
        "one prediction  p50 {}  p90 {}  p99.5 {}",
        micros(latency.p50_ns),
        micros(latency.p90_ns),
        micros(latency.p99_5_ns)
    )?;
    write!(
        text,
        "index           built in {}, {} bytes",
        millis(report.build_ns),
        report.index_bytes
    )
}

fn write_list(text: &mut String, name: &str, list: &ListReport) -> std::fmt::Result {
    for (targets, quality) in
        [("all", list.all), ("non-repeat", list.non_repeat), ("repeat", list.repeat)]
    {
        let label = format!("current item {name}, {targets}");
        let Quality { targets, hit_rate, reciprocal_rank, .. } = quality;
        writeln!(text, "  {label:<34}{targets:>10}{hit_rate:>10.4}{reciprocal_rank:>10.4}")?;
    }
    writeln!(
        text,
        "  {:<34}recall of the rest {:.4}, coverage {:.4}, empty lists {}",
        "", list.recall_rest, list.coverage, list.empty_lists
    )
}

fn hr(k: usize) -> String {
    format!("HR@{k}")
}

fn mrr(k: usize) -> String {
    format!("MRR@{k}")
}

/// Nanoseconds as microseconds with one decimal.
pub fn micros(ns: u64) -> String {
    format!("{}.{} us", ns / 1_000, ns % 1_000 / 100)
}

/// Nanoseconds as milliseconds with one decimal.
pub fn millis(ns: u64) -> String {
    format!("{}.{} ms", ns / 1_000_000, ns % 1_000_000 / 100_000)
}

#[cfg(test)]
mod tests;
