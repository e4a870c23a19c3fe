//! The weights file: what `confidant tune` writes, `evaluate` and `serve` read, and a person can
//! follow.
//!
//! Fitted weights are settings, not a model of anyone: a few dozen whole numbers. They say when and
//! on what they were fitted, and end after [`KEEP_DAYS`] days.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use domain::hex;
use domain::time::Day;
use recommend::blend::VERSION;
use recommend::evaluation::Session;
use recommend::plan::Plan;
use recommend::sections::Blends;
use recommend::tune::Tuned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::commands::{Failure, OrFail as _};

/// Days after which fitted weights are not used any more.
pub const KEEP_DAYS: u32 = 90;
/// Longest weights file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024;

const HEAD: &str = "\
# Weights of Confidant's blend. Written by `confidant tune`; docs/recommendations.md explains them.
# Weights are hundredths. A model's `share` weighs the natural logarithm of an item's share of the
# model's scores, `relative` its score against the best item's, `missing` its not being known there.

";

/// A weights file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsFile {
    /// [`VERSION`].
    pub version: u32,
    /// The day of the fit.
    #[serde(with = "rights::date")]
    pub made: Day,
    /// The first day on which the weights are not used any more.
    #[serde(with = "rights::date")]
    pub expires: Day,
    /// SHA-256 of the sessions that were used.
    pub corpus: String,
    /// Sessions that were used.
    pub sessions: u64,
    /// People among them; where nobody is named, sessions.
    pub people: u32,
    /// Steps that the weights were fitted on.
    pub steps: u64,
    /// What is learned and how it is blended.
    #[serde(flatten)]
    pub plan: Plan,
}

impl WeightsFile {
    /// The file of a fit.
    pub fn new(tuned: Tuned, sessions: &[Session], today: Day) -> Self {
        let count = sessions.len() as u64;
        Self {
            version: VERSION,
            made: today,
            expires: today.plus(KEEP_DAYS),
            corpus: digest(sessions),
            sessions: count,
            people: tuned.subjects,
            steps: tuned.choices as u64,
            plan: tuned.plan,
        }
    }

    /// Reads a file and refuses what it cannot mean.
    ///
    /// # Errors
    /// A file that cannot be read or followed.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let failed = format!("cannot read the weights in {}", path.display());
        let mut text = String::new();
        let file = File::open(path).or_fail(&failed)?;
        file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).or_fail(&failed)?;
        if text.len() as u64 > FILE_BYTES_MAX {
            return Err(Failure::new(format!("{failed}: it has more than {FILE_BYTES_MAX} bytes")));
        }
        let read: Self = toml::from_str(&text).or_fail(&failed)?;
        read.check().or_fail(&failed)?;
        Ok(read)
    }

    /// Refuses what the file cannot mean.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn check(&self) -> Result<(), String> {
        if self.version != VERSION {
            let version = self.version;
            return Err(format!("it has version {version}, and this program reads {VERSION}"));
        }
        if self.expires > self.made.plus(KEEP_DAYS) {
            return Err(format!("expires: fitted weights end {KEEP_DAYS} days after made"));
        }
        Blends::new(&self.plan).map_err(|error| error.to_string())?;
        if let Some(sequence) = self.plan.sequence {
            sequence.check().map_err(|error| format!("sequence: {error}"))?;
        }
        if let Some(linear) = self.plan.linear {
            linear.check().map_err(|error| format!("linear: {error}"))?;
        }
        Ok(())
    }

    /// Writes the file beside its place and moves it there, so that it is never half there.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let failed = format!("cannot write {}", path.display());
        let body = toml::to_string_pretty(self).or_fail(&failed)?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut file = tempfile::NamedTempFile::new_in(folder).or_fail(&failed)?;
        file.write_all(HEAD.as_bytes()).or_fail(&failed)?;
        file.write_all(body.as_bytes()).or_fail(&failed)?;
        file.as_file().sync_all().or_fail(&failed)?;
        file.persist(path).map_err(|error| error.error).or_fail(&failed)?;
        Ok(())
    }

    /// Whether the weights do not count on a day: they have ended, or say that they are from later.
    /// Clocks that differ get a day; without this, a date far ahead would never end.
    pub fn is_over(&self, today: Day) -> bool {
        today >= self.expires || self.made > today.plus(1)
    }
}

/// What names a set of sessions: their times, items and order.
fn digest(sessions: &[Session]) -> String {
    let mut hash = Sha256::new();
    for session in sessions {
        hash.update(session.at.ms().to_be_bytes());
        hash.update((session.items.len() as u64).to_be_bytes());
        for item in &session.items {
            hash.update((item.as_str().len() as u64).to_be_bytes());
            hash.update(item.as_str().as_bytes());
        }
    }
    hex::encode(&hash.finalize())
}

#[cfg(test)]
mod tests;
