//! The price of privacy in words: what was measured, the tables, and the digest by which two runs
//! are compared.

use std::fmt::Write as _;

use domain::hex;
use recommend::evaluation::compare::{Comparison, Difference};
use recommend::evaluation::tiers::{About, Point, Price, Series};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub struct Printed<'a> {
    /// Everything.
    #[serde(flatten)]
    pub found: &'a Price,
    /// The SHA-256 of `found` as JSON.
    pub digest: String,
}

impl<'a> Printed<'a> {
    /// Puts a report together.
    ///
    /// # Errors
    /// A number that JSON does not have.
    pub fn new(found: &'a Price) -> Result<Self, serde_json::Error> {
        let digest = hex::encode(&Sha256::digest(serde_json::to_vec(found)?));
        Ok(Self { found, digest })
    }
}

/// What a series is about, as a heading.
pub const fn heading(about: About) -> &'static str {
    match about {
        About::Tier => "by tier: what an answer may know",
        About::Share => "by percent of people who let their visits teach",
        About::Floor => "by floor: distinct people behind an item, at least",
    }
}

/// What has to be known to read the numbers, one sentence each.
pub fn notes(found: &Price) -> Vec<String> {
    let Price { train_sessions, people, test_sessions, list_len, .. } = found;
    let people = match found.named {
        true => format!("{people} people"),
        false => "nobody named; a session stands for a person".to_owned(),
    };
    let targets = found.series.iter().flat_map(|one| &one.points).map(|one| one.quality.targets);
    let mut notes = vec![
        format!("{train_sessions} sessions to learn ({people})"),
        format!(
            "{} predictions in {test_sessions} sessions, targets that differ from the current item, which is in no list",
            targets.max().unwrap_or(0)
        ),
        format!(
            "lists of {list_len} from the blend, without sequence and linear models, filled up with popular items that at least {} people had",
            found.popular_min
        ),
        format!(
            "where not said otherwise: tier visit, everybody consents, floor {}",
            found.supporters_min
        ),
    ];
    notes.push(match found.named {
        true => format!("{} of the test sessions have earlier ones", found.with_history),
        false => "tier history is left out: the files name nobody".to_owned(),
    });
    notes
}

/// A difference with its interval.
pub fn interval(one: &Difference) -> String {
    let Difference { found, low, high } = one;
    format!("{found:+.4} [{low:+.4} {high:+.4}]")
}

/// The report as tables for people.
pub fn table(printed: &Printed<'_>) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    write_table(&mut text, printed).ok();
    text
}

fn write_table(text: &mut String, printed: &Printed<'_>) -> std::fmt::Result {
    for note in notes(printed.found) {
        writeln!(text, "{note}")?;
    }
    for series in &printed.found.series {
        write_series(text, series, printed.found.list_len)?;
    }
    write!(text, "\ndigest of everything  {}", printed.digest)
}

fn write_series(text: &mut String, series: &Series, k: usize) -> std::fmt::Result {
    writeln!(text, "\n{}", heading(series.about))?;
    let (hr, mrr) = (format!("HR@{k}"), format!("MRR@{k}"));
    writeln!(
        text,
        "  {:<10}{:>9}{:>9}{hr:>9}{mrr:>9}{:>9}{:>7}{:>28}{:>28}",
        "", "sessions", "people", "popular", "empty", "HR minus the best (95 %)", "MRR minus it"
    )?;
    for point in &series.points {
        let Point { label, sessions, people, quality, popular, empty, against_best } = point;
        let (hit_rate, reciprocal_rank) = (quality.hit_rate, quality.reciprocal_rank);
        write!(
            text,
            "  {label:<10}{sessions:>9}{people:>9}{hit_rate:>9.4}{reciprocal_rank:>9.4}{popular:>9.4}{empty:>7.4}"
        )?;
        match against_best {
            Some(Comparison { hit_rate, reciprocal_rank }) => {
                writeln!(text, "{:>28}{:>28}", interval(hit_rate), interval(reciprocal_rank))?;
            }
            None => writeln!(text, "{:>28}", "the best")?,
        }
    }
    Ok(())
}
