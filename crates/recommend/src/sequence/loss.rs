//! The loss: the negative logarithm of the share that the softmax gives to the next item.

use super::exponential::exp;
use super::matrix::{LANES, total};

/// What a position must find.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// The column of the next item.
    pub(super) column: u32,
    /// How much the position counts; all positions of a step together count 1.
    pub(super) weight: f32,
}

/// Turns each row of logits into its gradient and returns the loss of all rows.
///
/// The target column stands for itself alone, whatever its correction says.
pub(super) fn softmax_loss(logits: &mut [f32], corrections: &[f32], targets: &[Target]) -> f64 {
    let mut loss = 0.0;
    for (row, target) in logits.chunks_exact_mut(corrections.len().max(1)).zip(targets) {
        let at = target.column as usize;
        let found = row.get(at).copied().unwrap_or_default();
        for (logit, correction) in row.iter_mut().zip(corrections) {
            *logit += correction;
        }
        if let Some(logit) = row.get_mut(at) {
            *logit = found;
        }
        let most = most(row);
        let mut sums = [0.0_f32; LANES];
        for chunk in row.chunks_exact_mut(LANES) {
            for (sum, logit) in sums.iter_mut().zip(chunk) {
                *logit = exp(*logit - most);
                *sum += *logit;
            }
        }
        let sum = total(sums);
        let share = target.weight / sum;
        for logit in row.iter_mut() {
            *logit *= share;
        }
        if let Some(logit) = row.get_mut(at) {
            *logit -= target.weight;
        }
        loss += f64::from(target.weight) * f64::from(libm::logf(sum) + most - found);
    }
    loss
}

/// The greatest value of a row of full lanes.
fn most(row: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for chunk in row.chunks_exact(LANES) {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = if *value > *lane { *value } else { *lane };
        }
    }
    lanes.into_iter().fold(f32::NEG_INFINITY, |most, lane| if lane > most { lane } else { most })
}

#[cfg(test)]
mod tests;
