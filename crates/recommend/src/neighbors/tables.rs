//! The weights of a scorer in fixed point, computed once.

use crate::neighbors::settings::{LAST_ITEMS_LIMIT, ScorerSettings, Spread, Weighting};

/// Fraction bits of weights.
pub(super) const WEIGHT_BITS: u32 = 12;
/// Fraction bits of logarithms.
const LOG_BITS: u32 = 16;
/// One in the fixed point of logarithms.
pub(super) const LOG_ONE: u64 = 1 << LOG_BITS;
/// Fraction bits of one over a root.
pub(super) const ROOT_BITS: u32 = 16;
/// Steps of one neighbor that distances are told apart for; farther is as far.
const STEPS: usize = 64;
/// Steps of age.
const AGES: usize = 1_024;
const ITEMS: usize = LAST_ITEMS_LIMIT as usize;

/// A scorer's weights.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    pub(super) settings: ScorerSettings,
    /// By distance from the newest item; of `div` and `quadratic` the length decides.
    visit: [u32; ITEMS],
    matched: [u32; ITEMS],
    /// By distance in the neighbor, from 0.
    spread: Vec<u32>,
    /// By age in steps of `age_s` seconds.
    fade: Vec<u32>,
    age_s: u32,
}

impl Tables {
    pub(super) fn new(settings: &ScorerSettings) -> Self {
        let (mut visit, mut matched) = ([0; ITEMS], [0; ITEMS]);
        for (place, weight) in visit.iter_mut().enumerate() {
            *weight = fixed(visit_weight(settings.visit, place));
        }
        for (place, weight) in matched.iter_mut().enumerate() {
            *weight = match settings.matched {
                // A whole multiple of one weight, so that products keep the exact order.
                Weighting::Linear => {
                    409 * u32::try_from(9_usize.saturating_sub(place)).unwrap_or(0)
                }
                by @ (Weighting::Same
                | Weighting::Div
                | Weighting::Quadratic
                | Weighting::Log
                | Weighting::Exponential { .. }) => fixed(match_weight(by, place)),
            };
        }
        let spread = (0..STEPS).map(|step| fixed(spread_weight(settings.spread, step))).collect();
        // Half a percent of the scale is one step, so the table ends where the weight does.
        let age_s = settings.fade_hours.map_or(u32::MAX, |hours| (hours * 3_600 / 100).max(1));
        let age = |step: usize| fixed(libm::exp(-float(step) / 100.0));
        let fade =
            if settings.fade_hours.is_some() { (0..AGES).map(age).collect() } else { Vec::new() };
        Self { settings: *settings, visit, matched, spread, fade, age_s }
    }

    /// The weight of the item at a distance from the newest of so many.
    pub(super) fn visit(&self, place: u8, length: usize) -> u32 {
        if place >= self.settings.last_items_max {
            return 0;
        }
        let length = length.min(usize::from(self.settings.last_items_max));
        let left = u32::try_from(length.saturating_sub(usize::from(place))).unwrap_or(0);
        match self.settings.visit {
            // The common divisor changes no order and is left out.
            Weighting::Div => left << 8,
            Weighting::Quadratic => (left * left) << 4,
            Weighting::Same
            | Weighting::Linear
            | Weighting::Log
            | Weighting::Exponential { .. } => {
                self.visit.get(usize::from(place)).copied().unwrap_or(0)
            }
        }
    }

    /// The weight of a neighbor whose newest shared item is at a distance.
    pub(super) fn matched(&self, place: u32) -> u32 {
        self.matched.get(place as usize).copied().unwrap_or(0)
    }

    /// The weight of an item at a distance within the neighbor.
    pub(super) fn spread(&self, distance: usize) -> u32 {
        self.spread.get(distance).or(self.spread.last()).copied().unwrap_or(0)
    }

    /// The weight of an age in seconds.
    pub(super) fn fade(&self, age_s: u32) -> u32 {
        let step = (age_s / self.age_s) as usize;
        if self.fade.is_empty() {
            1 << WEIGHT_BITS
        } else {
            self.fade.get(step).copied().unwrap_or(0)
        }
    }
}

fn visit_weight(by: Weighting, place: usize) -> f64 {
    let p = float(place);
    match by {
        Weighting::Linear => (1.0 - 0.1 * p).max(0.0),
        Weighting::Log => 1.0 / libm::log10(p + 1.7),
        Weighting::Exponential { scale_milli } => exponential(p, scale_milli),
        Weighting::Same | Weighting::Div | Weighting::Quadratic => 1.0,
    }
}

fn match_weight(by: Weighting, place: usize) -> f64 {
    let position = float(place) + 1.0;
    match by {
        Weighting::Same => 1.0,
        Weighting::Linear => (1.0 - 0.1 * position).max(0.0),
        Weighting::Div => 1.0 / position,
        Weighting::Quadratic => 1.0 / (position * position),
        Weighting::Log => 1.0 / libm::log10(position + 1.7),
        Weighting::Exponential { scale_milli } => exponential(float(place), scale_milli),
    }
}

fn spread_weight(spread: Spread, step: usize) -> f64 {
    match spread {
        Spread::Everywhere => 1.0,
        Spread::Near { scale_milli } => exponential(float(step), scale_milli),
        Spread::After { steps_max, .. } if step == 0 || step > usize::from(steps_max) => 0.0,
        Spread::After { by, .. } => match_weight(by, step - 1),
    }
}

fn exponential(steps: f64, scale_milli: u32) -> f64 {
    libm::exp(-steps * 1_000.0 / f64::from(scale_milli.max(1)))
}

#[expect(clippy::cast_precision_loss, reason = "table places are at most a thousand")]
fn float(place: usize) -> f64 {
    place as f64
}

/// A weight in fixed point, rounded to the nearest.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "weights are 0 to 4.4, so the product fits 15 bits"
)]
fn fixed(weight: f64) -> u32 {
    libm::round(weight * f64::from(1 << WEIGHT_BITS)) as u32
}

/// ln(count) in fixed point, rounded down; 0 for 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ln of 1 to 2^32 is 0 to 22.2, so the product fits 21 bits"
)]
pub(super) fn log_fixed(count: u32) -> u32 {
    (libm::log(f64::from(count.max(1))) * f64::from(1 << LOG_BITS)) as u32
}

/// The root of a count in fixed point of 8 bits, rounded down.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the root of 2^32 is 2^16, so the product fits 24 bits"
)]
pub(super) fn root_fixed(count: u32) -> u32 {
    (f64::from(count).sqrt() * 256.0) as u32
}

/// One over the root of a count in fixed point; 1 for 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "one over a root is at most 1, so the product fits 17 bits"
)]
pub(super) fn inverse_root_fixed(count: u32) -> u32 {
    (f64::from(1 << ROOT_BITS) / f64::from(count.max(1)).sqrt()) as u32
}
