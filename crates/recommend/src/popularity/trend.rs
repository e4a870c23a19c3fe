//! How much an item is looked at beyond its usual.
//!
//! The last days give a rate of subjects per day in which a day weighs half of the day one
//! half-life after it; the usual is the plain rate of the longer baseline, the last days included.
//! The score is (rate − usual) / √(usual + prior): the excess in units of the noise that counts of
//! this size have anyway (Poisson), damped for items that nobody knows yet. A subject stands at
//! the day of its last session with the item only, so people who come back raise the last days
//! and lower the usual: interest that lasts in the same people counts as new interest of today.
//!
//! Weights come from `libm` and are rounded to fixed point once; the rest is integers.

use domain::time::Day;
use serde::{Deserialize, Serialize};

/// Longest baseline, in days.
pub const BASELINE_DAYS_LIMIT: u32 = 400;

/// Bits of fraction of weights, rates and scores.
const FRACTION: u32 = 16;

/// What counts as lately and what as usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrendSettings {
    /// Days that count as lately, today included; 1 to `baseline_days`.
    pub recent_days: u32,
    /// After so many days a day of these weighs half; at least 1.
    pub half_life_days: u32,
    /// Days of the usual rate, today included; at most [`BASELINE_DAYS_LIMIT`].
    pub baseline_days: u32,
    /// Subjects in the baseline that every item gets on top; more damp small items more.
    pub prior_subjects: u32,
}

impl Default for TrendSettings {
    fn default() -> Self {
        Self { recent_days: 7, half_life_days: 3, baseline_days: 28, prior_subjects: 10 }
    }
}

/// Why settings of trends are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "recent_days must be 1 to baseline_days, baseline_days at most {BASELINE_DAYS_LIMIT}, \
     half_life_days and prior_subjects 1 to 1000"
)]
pub struct TrendSettingsError;

impl TrendSettings {
    /// Refuses what could not be honored.
    pub fn check(self) -> Result<Self, TrendSettingsError> {
        let damped = (1..=1_000).contains(&self.half_life_days)
            && (1..=1_000).contains(&self.prior_subjects);
        let fits = (1..=self.baseline_days).contains(&self.recent_days);
        let good = damped && fits && self.baseline_days <= BASELINE_DAYS_LIMIT;
        if good { Ok(self) } else { Err(TrendSettingsError) }
    }
}

/// Settings with the weights that follow from them.
#[derive(Clone, Debug)]
pub(super) struct Trend {
    settings: TrendSettings,
    /// By age in days, as long as it counts as lately.
    weights: Vec<u64>,
    total: u128,
}

impl Trend {
    pub(super) fn new(settings: TrendSettings) -> Self {
        let half_life = f64::from(settings.half_life_days);
        let weight = |age: u32| fixed(libm::exp2(-f64::from(age) / half_life));
        let weights: Vec<u64> = (0..settings.recent_days).map(weight).collect();
        let total = weights.iter().map(|weight| u128::from(*weight)).sum::<u128>().max(1);
        Self { settings, weights, total }
    }

    pub(super) const fn settings(&self) -> &TrendSettings {
        &self.settings
    }

    /// The score of a histogram, sorted by day; 0 when the last days are not above the usual.
    pub(super) fn score(&self, histogram: &[(Day, u32)], today: Day) -> u64 {
        let (mut recent, mut long) = (0_u128, 0_u128);
        for (day, subjects) in histogram.iter().rev() {
            let age = today.number().saturating_sub(day.number());
            if age >= self.settings.baseline_days {
                break;
            }
            long += u128::from(*subjects);
            let weight = self.weights.get(age as usize).copied().unwrap_or(0);
            recent += u128::from(*subjects) * u128::from(weight);
        }
        let baseline_days = u128::from(self.settings.baseline_days.max(1));
        let rate = (recent << FRACTION) / self.total;
        let usual = (long << FRACTION) / baseline_days;
        let prior = (u128::from(self.settings.prior_subjects) << FRACTION) / baseline_days;
        let noise = ((usual + prior) << FRACTION).isqrt().max(1);
        let score = (rate.saturating_sub(usual) << FRACTION) / noise;
        u64::try_from(score).unwrap_or(u64::MAX)
    }
}

/// A weight of at most 1 in fixed point, above 0 so that no day of the window is lost.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the weight is between 0 and 1"
)]
fn fixed(weight: f64) -> u64 {
    ((weight * 65_536.0) as u64).max(1)
}

#[cfg(test)]
mod tests;
