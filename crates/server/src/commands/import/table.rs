//! How a file is read: format, columns, zone and delimiter as the command line gives them, then
//! row by row with the number of each line.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;
use ingest::import::Kind;
use ingest::import::detect::{Format, Layout};
use ingest::import::mapping::{Columns, Mapping};
use ingest::segment::EVENT_BYTES_MAX;

use crate::commands::import::source::Source;
use crate::commands::{Failure, OrFail as _};

/// Longest row, in bytes; a quote that never ends would swallow the file otherwise.
pub const ROW_BYTES_MAX: usize = 256 * 1024;
/// Longest mapping file that is looked at, in bytes.
const MAPPING_FILE_BYTES_MAX: u64 = 64 * 1024;

/// The reason that reports give for bytes that are no text.
pub const NOT_UTF8: &str = "not_utf8";
/// The reason that reports give for a row longer than [`ROW_BYTES_MAX`].
pub const ROW_TOO_LONG: &str = "row_too_long";

/// How a file is read.
#[derive(Clone, Debug, Default, Args)]
pub struct Form {
    /// auto, segment-jsonl, csv or tsv.
    #[arg(long, default_value = "auto")]
    pub format: String,
    /// Which column means what, as in session=SessionId,item=ItemId,time=year+month+day.
    #[arg(long, conflicts_with = "mapping")]
    pub columns: Option<String>,
    /// A file with one such pair per line.
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Where the shop's clocks hang, as in Europe/Berlin; UTC when missing.
    #[arg(long)]
    pub zone: Option<String>,
    /// What parts the columns: one character, or tab.
    #[arg(long)]
    pub delimiter: Option<String>,
}

impl Form {
    /// The pairs as the lines of a mapping file; what the command line says comes last.
    ///
    /// # Errors
    /// A mapping file that cannot be read.
    pub fn text(&self) -> Result<String, Failure> {
        let mut text = match (&self.columns, &self.mapping) {
            (Some(columns), _) => columns.replace(',', "\n"),
            (None, Some(path)) => read_small(path)?,
            (None, None) => String::new(),
        };
        for (key, value) in [("zone", &self.zone), ("delimiter", &self.delimiter)] {
            if let Some(value) = value {
                text.push_str(&format!("\n{key}={value}"));
            }
        }
        Ok(text)
    }

    /// Opens a file and finds its columns.
    ///
    /// # Errors
    /// A file, format or mapping that cannot be followed.
    pub fn open(&self, path: &Path, kind: Kind, bar: &ProgressBar) -> Result<Table, Failure> {
        let mapping = Mapping::parse_file(&self.text()?).or_fail("columns")?;
        let format = Format::parse(&self.format).or_fail("format")?;
        let source = Source::open(path, bar)?;
        let layout = format
            .settle(source.sample(), mapping.delimiter())
            .or_fail(&format!("cannot read {}", path.display()))?;
        let reader: Box<dyn Read> = Box::new(source.into_reader());
        match layout {
            Layout::SegmentJsonl => Ok(Table::Lines(Lines { reader: BufReader::new(reader) })),
            Layout::Columns { delimiter } => {
                let mut reader = csv::ReaderBuilder::new()
                    .delimiter(delimiter)
                    .flexible(true)
                    .from_reader(reader);
                let header = reader.headers().or_fail("header")?.clone();
                let header: Vec<&str> = header.iter().collect();
                let columns = mapping.bind(&header, kind).or_fail(&path.display().to_string())?;
                Ok(Table::Columns(Rows { reader, columns }))
            }
        }
    }
}

fn read_small(path: &Path) -> Result<String, Failure> {
    let failed = format!("cannot read {}", path.display());
    let mut text = String::new();
    let file = std::fs::File::open(path).or_fail(&failed)?;
    file.take(MAPPING_FILE_BYTES_MAX).read_to_string(&mut text).or_fail(&failed)?;
    Ok(text)
}

/// A file that is open.
#[derive(Debug)]
pub enum Table {
    /// Columns under a header.
    Columns(Rows),
    /// One Segment event per line.
    Lines(Lines),
}

/// Rows under a header.
pub struct Rows {
    reader: csv::Reader<Box<dyn Read>>,
    columns: Columns,
}

impl Rows {
    /// The columns that were found.
    pub const fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Gives every row with the number of its line, or why it is no row.
    ///
    /// # Errors
    /// What the system says, and what `take` says.
    pub fn each(
        mut self,
        mut take: impl FnMut(u64, &Columns, Result<&[&str], &'static str>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut record = csv::ByteRecord::new();
        while self.reader.read_byte_record(&mut record).or_fail("the file cannot be read")? {
            let line = record.position().map_or(0, csv::Position::line);
            let row: Result<Vec<&str>, _> = record.iter().map(std::str::from_utf8).collect();
            let row = match &row {
                _ if record.as_slice().len() > ROW_BYTES_MAX => Err(ROW_TOO_LONG),
                Ok(row) => Ok(row.as_slice()),
                Err(_) => Err(NOT_UTF8),
            };
            take(line, &self.columns, row)?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rows(..)")
    }
}

/// One Segment event per line.
pub struct Lines {
    reader: BufReader<Box<dyn Read>>,
}

impl Lines {
    /// Gives every line that is not empty with its number, or why it is none.
    ///
    /// # Errors
    /// What the system says, and what `take` says.
    pub fn each(
        mut self,
        mut take: impl FnMut(u64, Result<&[u8], &'static str>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        // One byte more than an event may have, and its end.
        let most = EVENT_BYTES_MAX as u64 + 2;
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let failed = "the file cannot be read";
            let read =
                self.reader.by_ref().take(most).read_until(b'\n', &mut line).or_fail(failed)?;
            if read == 0 {
                return Ok(());
            }
            if read as u64 == most && !line.ends_with(b"\n") {
                self.reader.skip_until(b'\n').or_fail(failed)?;
                take(number, Err(ROW_TOO_LONG))?;
                continue;
            }
            let text = line.trim_ascii();
            if !text.is_empty() {
                take(number, Ok(text))?;
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lines(..)")
    }
}

#[cfg(test)]
mod tests;
