//! What an import took and what it did not: counts, reasons and lines, never a value.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use crate::commands::{Failure, OrFail as _};

/// How many lines the printed report names per reason.
pub const LINES_SHOWN: usize = 20;

/// Rows that were not taken for one reason.
#[derive(Debug, Default)]
struct Refused {
    words: String,
    rows: u64,
    lines: Vec<u64>,
}

/// What became of the rows of a file.
#[derive(Debug, Default)]
pub struct Report {
    /// Rows that were taken in this run.
    pub taken: u64,
    /// Rows that an earlier run took.
    pub taken_before: u64,
    /// What else there is to say, one line each.
    pub notes: Vec<String>,
    refused: BTreeMap<&'static str, Refused>,
    out: Option<BufWriter<File>>,
}

impl Report {
    /// A report that writes every refused row to `out` as well.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn new(out: Option<&Path>) -> Result<Self, Failure> {
        let mut report = Self::default();
        if let Some(path) = out {
            let failed = format!("cannot write {}", path.display());
            let mut file = BufWriter::new(File::create(path).or_fail(&failed)?);
            writeln!(file, "line,reason").or_fail(&failed)?;
            report.out = Some(file);
        }
        Ok(report)
    }

    /// Notes a row that was not taken.
    ///
    /// # Privacy
    /// `words` says what is wrong and never holds a value of the row.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn refuse(
        &mut self,
        line: u64,
        code: &'static str,
        words: impl Display,
    ) -> Result<(), Failure> {
        let refused = self.refused.entry(code).or_default();
        if refused.rows == 0 {
            refused.words = words.to_string();
        }
        refused.rows += 1;
        if refused.lines.len() < LINES_SHOWN {
            refused.lines.push(line);
        }
        match &mut self.out {
            Some(out) => writeln!(out, "{line},{code}").or_fail("cannot write the report"),
            None => Ok(()),
        }
    }

    /// Rows that were not taken.
    pub fn refused(&self) -> u64 {
        self.refused.values().map(|refused| refused.rows).sum()
    }

    /// The report in words; `ns` is how long it took.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn finish(&mut self, ns: u64) -> Result<String, Failure> {
        if let Some(out) = &mut self.out {
            out.flush().or_fail("cannot write the report")?;
        }
        let mut text = String::new();
        self.words(&mut text, ns).or_fail("report")?;
        Ok(text.trim_end().to_owned())
    }

    fn words(&self, text: &mut String, ns: u64) -> std::fmt::Result {
        writeln!(text, "taken    {:>10} rows", self.taken)?;
        if self.taken_before > 0 {
            writeln!(text, "before   {:>10} rows, by an earlier run", self.taken_before)?;
        }
        writeln!(text, "refused  {:>10} rows", self.refused())?;
        for (code, refused) in &self.refused {
            let Refused { words, rows, lines } = refused;
            let mut lines = lines.clone();
            lines.sort_unstable();
            let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
            let more = if *rows > lines.len() as u64 { ", ..." } else { "" };
            writeln!(text, "  {rows:>8} {code}: {words}")?;
            writeln!(text, "           lines {}{more}", lines.join(", "))?;
        }
        for note in &self.notes {
            writeln!(text, "{note}")?;
        }
        let seconds = ns / 1_000_000_000;
        let tenths = ns / 100_000_000 % 10;
        let rows = u128::from(self.taken + self.refused());
        let speed = rows * 1_000_000_000 / u128::from(ns.max(1));
        write!(text, "in {seconds}.{tenths} s, {speed} rows a second")
    }
}

#[cfg(test)]
mod tests;
