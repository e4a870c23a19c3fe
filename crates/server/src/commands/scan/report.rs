//! What was found where: counted whole, shown in samples, without values.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pii::finding::Finding;
use pii::kind::{Kind, Kinds};
use pii::operators::{KEPT_CHARS_MAX, mask};
use serde::Serialize;

use crate::commands::scan::Show;

/// Most places that a report lists; findings of further ones are counted only.
pub const PLACES_MAX: usize = 10_000;
/// Most things that were left out and are named.
const SKIPPED_MAX: usize = 1_000;

/// What of a finding is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// What of its value.
    pub show: Show,
    /// How many of each kind in each place.
    pub samples: u16,
}

/// Where a finding stands in a place: line and column of a file, or the row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// From 1 on; columns count characters.
    Line(u64, u64),
    /// In the order of reading, from 1 on.
    Row(u64),
}

#[derive(Debug, Serialize)]
struct Sample {
    at: At,
    value: String,
    score: u8,
    reason: &'static str,
    rule: &'static str,
}

#[derive(Debug, Default, Serialize)]
struct Hits {
    count: u64,
    samples: Vec<Sample>,
}

#[derive(Debug, Serialize)]
struct Skipped {
    name: String,
    why: String,
}

/// What was found where.
#[derive(Debug)]
pub struct Report {
    shown: Shown,
    places: BTreeMap<String, BTreeMap<&'static str, Hits>>,
    totals: BTreeMap<Kind, u64>,
    unlisted: u64,
    skipped: Vec<Skipped>,
    skipped_count: u64,
    files: u64,
    columns: u64,
    bytes: u64,
}

/// The report as JSON has it.
#[derive(Serialize)]
struct Json<'a> {
    files: u64,
    columns: u64,
    bytes: u64,
    findings: BTreeMap<&'static str, u64>,
    unlisted: u64,
    places: &'a BTreeMap<String, BTreeMap<&'static str, Hits>>,
    skipped_count: u64,
    skipped: &'a [Skipped],
}

impl Report {
    /// A report of nothing yet.
    pub const fn new(shown: Shown) -> Self {
        Self {
            shown,
            places: BTreeMap::new(),
            totals: BTreeMap::new(),
            unlisted: 0,
            skipped: Vec::new(),
            skipped_count: 0,
            files: 0,
            columns: 0,
            bytes: 0,
        }
    }

    /// Puts one finding down.
    ///
    /// # Privacy
    /// Of the value only what [`Shown`] allows is kept; by default one star a character.
    pub fn add(&mut self, place: &str, value: &str, finding: &Finding, at: At) {
        *self.totals.entry(finding.kind).or_insert(0) += 1;
        if !self.places.contains_key(place) && self.places.len() >= PLACES_MAX {
            self.unlisted += 1;
            return;
        }
        let kinds = self.places.entry(place.to_owned()).or_default();
        let hits = kinds.entry(finding.kind.code()).or_default();
        hits.count += 1;
        if hits.samples.len() < usize::from(self.shown.samples) {
            let value = match self.shown.show {
                Show::Stars => mask(value, 0),
                Show::Last => mask(value, KEPT_CHARS_MAX),
                Show::Values => value.to_owned(),
            };
            let (score, reason, rule) = (finding.score, finding.reason.code(), finding.rule);
            hits.samples.push(Sample { at, value, score, reason, rule });
        }
    }

    /// Notes what was not read, or not to its end, and why.
    pub fn skip(&mut self, name: &str, why: impl std::fmt::Display) {
        self.skipped_count += 1;
        if self.skipped.len() < SKIPPED_MAX {
            self.skipped.push(Skipped { name: name.to_owned(), why: why.to_string() });
        }
    }

    /// Counts a file or a member of an archive.
    pub const fn read_file(&mut self) {
        self.files += 1;
    }

    /// Counts a column of a table.
    pub const fn read_column(&mut self) {
        self.columns += 1;
    }

    /// Counts text that was looked through.
    pub const fn read_bytes(&mut self, bytes: u64) {
        self.bytes += bytes;
    }

    /// What was found of some kinds: `card 2, email 14`; empty when nothing was.
    pub fn of_kinds(&self, kinds: Kinds) -> String {
        let of = self.totals.iter().filter(|(kind, _)| kinds.has(**kind));
        let list: Vec<String> =
            of.map(|(kind, count)| format!("{} {count}", kind.code())).collect();
        list.join(", ")
    }

    /// The report for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (place, kinds) in &self.places {
            line(&mut text, place);
            for (kind, hits) in kinds {
                line(&mut text, &format!("  {kind:<16}{:>9}", hits.count));
                for sample in &hits.samples {
                    let at = match sample.at {
                        At::Line(number, column) => format!("line {number} column {column}"),
                        At::Row(number) => format!("row {number}"),
                    };
                    let Sample { value, score, reason, rule, .. } = sample;
                    line(&mut text, &format!("    {at}: {value}  ({reason}, {rule}, {score} %)"));
                }
            }
        }
        for skipped in &self.skipped {
            line(&mut text, &format!("not read: {}: {}", skipped.name, skipped.why));
        }
        let more = self.skipped_count.saturating_sub(self.skipped.len() as u64);
        if more > 0 {
            line(&mut text, &format!("not read: {more} more"));
        }
        if self.unlisted > 0 {
            let unlisted = self.unlisted;
            line(
                &mut text,
                &format!("{unlisted} findings in places beyond the first {PLACES_MAX}"),
            );
        }
        let found = self.of_kinds(Kinds::ALL);
        let found = if found.is_empty() { "nothing found".to_owned() } else { found };
        let (files, columns, kilobytes) = (self.files, self.columns, self.bytes.div_ceil(1_000));
        line(&mut text, &format!("{files} files, {columns} columns, {kilobytes} kB: {found}"));
        line(&mut text, "what no recognizer knows is not in this report");
        text
    }

    /// The report for programs.
    ///
    /// # Errors
    /// Never in practice.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(&Json {
            files: self.files,
            columns: self.columns,
            bytes: self.bytes,
            findings: self.totals.iter().map(|(kind, count)| (kind.code(), *count)).collect(),
            unlisted: self.unlisted,
            places: &self.places,
            skipped_count: self.skipped_count,
            skipped: &self.skipped,
        })
    }
}

fn line(text: &mut String, line: &str) {
    // Writing into a string cannot fail.
    let _written = writeln!(text, "{line}");
}
