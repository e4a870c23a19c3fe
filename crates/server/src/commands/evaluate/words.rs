//! An evaluation in words: the table, the comparisons, and the digest by which two runs are
//! compared.

use std::fmt::Write as _;

use domain::hex;
use recommend::evaluation::compare::{Comparison, Difference, PerSession, compare};
use recommend::evaluation::{FloorReport, MethodReport, Report};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Where the draws of the bootstrap start.
const SEED: u64 = 20;

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub struct Printed<'a> {
    /// One report per window.
    pub reports: &'a [Report],
    /// The blend against every other method.
    pub compared: &'a [Compared],
    /// See [`digest_of`].
    pub digest: &'a str,
}

/// The blend minus another method, over all windows.
#[derive(Debug, Serialize)]
pub struct Compared {
    /// The other method.
    pub name: String,
    /// Non-repeat targets, current item excluded.
    pub excluded: Comparison,
    /// All targets, current item allowed.
    pub allowed: Comparison,
}

/// Everything of a report that must come out the same again.
#[derive(Serialize)]
struct Repeatable<'a> {
    train_sessions: u32,
    train_items: usize,
    test_sessions: usize,
    predictions: u64,
    list_len: usize,
    methods: Vec<(&'a str, &'a [FloorReport])>,
}

/// The SHA-256 of the reports without their times and bytes.
///
/// # Errors
/// A number that JSON does not have.
pub fn digest_of(reports: &[Report]) -> Result<String, serde_json::Error> {
    let mut hash = Sha256::new();
    for report in reports {
        let methods = report.methods.iter().map(|one| (one.name.as_str(), one.floors.as_slice()));
        let repeatable = Repeatable {
            train_sessions: report.train_sessions,
            train_items: report.train_items,
            test_sessions: report.test_sessions,
            predictions: report.predictions,
            list_len: report.list_len,
            methods: methods.collect(),
        };
        hash.update(serde_json::to_vec(&repeatable)?);
    }
    Ok(hex::encode(&hash.finalize()))
}

/// The blend against every other method, on the sessions of all windows together.
pub fn compared(reports: &[Report]) -> Vec<Compared> {
    let of = |name: &str| -> Vec<PerSession> {
        let methods = reports.iter().flat_map(|report| &report.methods);
        let named = methods.filter(|method| method.name == name);
        named.flat_map(|method| method.sessions.iter().copied()).collect()
    };
    let blend = of("blend");
    let names = reports.first().map(|report| report.methods.iter().map(|one| one.name.as_str()));
    let others = names.into_iter().flatten().filter(|name| *name != "blend");
    others
        .map(|name| {
            let other = of(name);
            Compared {
                name: name.to_owned(),
                excluded: compare(&blend, &other, |session| session.excluded, SEED),
                allowed: compare(&blend, &other, |session| session.allowed, SEED),
            }
        })
        .collect()
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
        "learned {} sessions, {} items can be ranked; {} predictions in {} sessions; index {} bytes",
        report.train_sessions,
        report.train_items,
        report.predictions,
        report.test_sessions,
        report.index_bytes
    )?;
    let floors = report.methods.iter().flat_map(|method| &method.floors);
    let mut floors: Vec<u32> = floors.map(|floor| floor.supporters_min).collect();
    floors.sort_unstable();
    floors.dedup();
    for floor in floors {
        writeln!(text)?;
        writeln!(
            text,
            "at least {floor} supporter(s) behind each item{:<8}current item excluded{:>22}allowed",
            "", ""
        )?;
        let (hr, mrr) = (format!("HR@{k}"), format!("MRR@{k}"));
        writeln!(
            text,
            "  {:<10}{:>18}{:>18}{:>18}{:>18}{:>8}{:>8}{:>9}{:>8}{:>7}{:>11}{:>11}",
            "",
            "non-repeat",
            "all",
            "all",
            "repeat",
            "recall",
            "cover",
            "novelty",
            "diverse",
            "empty",
            "p50",
            "p99.5"
        )?;
        let pair = format!("{hr:>8} {mrr:>8}");
        writeln!(text, "  {:<10}{pair:>18}{pair:>18}{pair:>18}{pair:>18}", "")?;
        for method in &report.methods {
            let found = method.floors.iter().find(|one| one.supporters_min == floor);
            if let Some(found) = found {
                write_method(text, method, found)?;
            }
        }
    }
    Ok(())
}

fn write_method(text: &mut String, method: &MethodReport, floor: &FloorReport) -> std::fmt::Result {
    let (excluded, allowed) = (&floor.current_excluded, &floor.current_allowed);
    write!(text, "  {:<10}", method.name)?;
    for quality in [excluded.non_repeat, excluded.all, allowed.all, allowed.repeat] {
        write!(text, "  {:>7.4} {:>8.4}", quality.hit_rate, quality.reciprocal_rank)?;
    }
    write!(
        text,
        "{:>8.4}{:>8.4}{:>9.2}{:>8.4}{:>7}",
        excluded.recall_rest,
        excluded.coverage,
        excluded.novelty_bits,
        excluded.diversity,
        excluded.empty_lists
    )?;
    if floor.supporters_min == 1 {
        let (p50, p99_5) = (micros(method.latency.p50_ns), micros(method.latency.p99_5_ns));
        write!(text, "{p50:>11}{p99_5:>11}")?;
    }
    writeln!(text)
}

/// The comparisons as a table for people.
pub fn comparisons(compared: &[Compared]) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    write_comparisons(&mut text, compared).ok();
    text
}

fn write_comparisons(text: &mut String, compared: &[Compared]) -> std::fmt::Result {
    writeln!(
        text,
        "blend minus another, with 95% of 1,000 paired draws of test sessions, floor 1"
    )?;
    writeln!(
        text,
        "  {:<10}{:>27}{:>27}{:>27}{:>27}",
        "", "HR non-repeat", "MRR non-repeat", "HR all, allowed", "MRR all, allowed"
    )?;
    for one in compared {
        write!(text, "  {:<10}", one.name)?;
        for comparison in [&one.excluded, &one.allowed] {
            for Difference { found, low, high } in [comparison.hit_rate, comparison.reciprocal_rank]
            {
                let interval = format!("{found:+.4} [{low:+.4} {high:+.4}]");
                write!(text, "{interval:>27}")?;
            }
        }
        writeln!(text)?;
    }
    Ok(())
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
