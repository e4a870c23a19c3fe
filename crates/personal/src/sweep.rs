//! The second door: jobs that read many people.
//!
//! A sweep decides consent anew for every person while it reads, feeds one sink, and closes with
//! one entry for the log. It never hands out a permit.

use std::marker::PhantomData;

use domain::time::Timestamp;

use crate::gate::{self, Facts, Refusal};
use crate::purpose::{Purpose, PurposeName};
use crate::register::Covers;
use crate::value::Personal;

/// A job that reads many people for purpose `P`.
#[derive(Debug)]
pub struct Sweep<P: Purpose> {
    entry: SweepEntry,
    purpose: PhantomData<fn() -> P>,
}

/// What one run of a job did: the one entry in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SweepEntry {
    /// Which job.
    pub job: &'static str,
    /// For which purpose.
    pub purpose: PurposeName,
    /// When it began.
    pub began: Timestamp,
    /// Rows that were read.
    pub read: u64,
    /// Rows that stayed closed because the gate refused.
    pub refused: u64,
}

impl<P: Purpose> Sweep<P> {
    /// Begins a run of `job`.
    pub const fn begin(job: &'static str, now: Timestamp) -> Self {
        let entry = SweepEntry { job, purpose: P::NAME, began: now, read: 0, refused: 0 };
        Self { entry, purpose: PhantomData }
    }

    /// Decides on one row; gives its value to `sink` or counts the refusal and says why.
    ///
    /// # Errors
    /// The gate's [`Refusal`]. A value whose pseudonym is not that of `facts` counts as
    /// [`Refusal::Missing`].
    pub fn feed<T>(
        &mut self,
        value: Personal<T>,
        facts: &Facts<'_>,
        now: Timestamp,
        sink: impl FnOnce(T),
    ) -> Result<(), Refusal>
    where
        P: Covers<T>,
    {
        let verdict = match value.pseudonym() == facts.pseudonym {
            true => match value.feature::<P>() {
                Some(feature) => gate::judge_feature(feature, facts, now),
                None => gate::judge(P::NAME, facts, now),
            },
            false => Err(Refusal::Missing),
        };
        match verdict {
            Ok(()) => {
                self.entry.read += 1;
                sink(value.into_value());
                Ok(())
            }
            Err(refusal) => {
                self.entry.refused += 1;
                Err(refusal)
            }
        }
    }

    /// Ends the run with its entry for the log.
    #[must_use]
    pub const fn finish(self) -> SweepEntry {
        self.entry
    }
}

#[cfg(test)]
mod tests;
