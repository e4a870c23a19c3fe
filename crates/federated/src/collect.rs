//! The collector: puts two sums with noise together, and says what in them is more than noise.

use crate::batch::Share;
use crate::circuit::Circuit;
use crate::error::FederatedError;
use crate::task::Task;

/// A pair release is worth its budget when at least so many pairs are expected to show (from
/// simulations on a dense and on a sparse shop: below, even ideal pairs are no better than
/// popularity).
pub const PAIRS_WORTH: usize = 300;

/// Counts that may be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Reports that were counted.
    pub reports: u64,
    /// For each cell the count with the noise of both aggregators; it may be negative.
    pub counts: Vec<i64>,
}

/// Puts the leader's and the helper's sum together.
///
/// # Errors
/// [`FederatedError::OtherTask`], or [`FederatedError::Differ`] when they are not sums of the same
/// reports.
pub fn open(
    (task, circuit): (&Task, &Circuit),
    leader: &Share,
    helper: &Share,
) -> Result<Release, FederatedError> {
    if leader.task != task.id || helper.task != task.id {
        return Err(FederatedError::OtherTask);
    }
    if leader.tally != helper.tally {
        return Err(FederatedError::Differ);
    }
    let counts = circuit.open([&leader.sum, &helper.sum])?;
    Ok(Release { reports: leader.tally.reports, counts })
}

/// The standard deviation of a published count, in thousandths: the noise of both aggregators.
pub fn deviation_milli(task: &Task) -> u64 {
    let squared = 2 * u128::from(task.noise.milli()).pow(2);
    u64::try_from(squared.isqrt()).unwrap_or(u64::MAX).saturating_add(1)
}

/// The least count that is told: three and a half deviations, which chance alone reaches in one of
/// four thousand cells.
pub fn told_from(task: &Task) -> i64 {
    halves(task, 7)
}

/// The least count that makes a pair a candidate for the next release: two and a half deviations.
/// Here a pair too many costs a cell, and a pair too few is lost.
pub fn candidate_from(task: &Task) -> i64 {
    halves(task, 5)
}

fn halves(task: &Task, deviations: u64) -> i64 {
    let milli = deviation_milli(task).saturating_mul(deviations).div_ceil(2);
    i64::try_from(milli.div_ceil(1000)).unwrap_or(i64::MAX)
}

/// How many of these expected counts would show: those above four deviations.
pub fn showing(task: &Task, expected: &[u64]) -> usize {
    let least = deviation_milli(task).saturating_mul(4).div_ceil(1000);
    expected.iter().filter(|count| **count > least).count()
}

#[cfg(test)]
mod tests;
