//! What the blend sees of an item, in fixed point.

use crate::blend::{BlendSettings, GroupWeights, LINEAR, ModelWeights, SEQUENCE};
use crate::neighbors::COLUMNS_MAX;

/// Fraction bits of features.
pub const FEATURE_BITS: u32 = 12;
/// Models with scores: the scorers of the walk, then the linear model.
pub const MODELS: usize = COLUMNS_MAX + 1;
/// Features of one item: three of each model, then those of the sequence model, then its own.
pub const FEATURES: usize = 3 * MODELS + 3 + 3;
/// A share below one in ten thousand counts as that.
const SHARE_MIN: u64 = 105;
const SHARE_BITS: u32 = 20;
/// The sequence model is never more certain than e^-16 against an item.
pub(crate) const SEQUENCE_MIN: i32 = -16 << FEATURE_BITS;

/// The features of one item, or the weights of them.
pub type Row = [i32; FEATURES];
/// No features.
pub(crate) const EMPTY: Row = [0; FEATURES];

/// Natural logarithms by table.
#[derive(Clone, Debug)]
pub(crate) struct Logarithms {
    /// ln(1 + i / 256).
    mantissas: Vec<i32>,
    /// ln 2.
    two: i32,
}

impl Logarithms {
    pub(crate) fn new() -> Self {
        let mantissa = |step: i32| fixed(libm::log(1.0 + f64::from(step) / 256.0));
        Self { mantissas: (0..256).map(mantissa).collect(), two: fixed(libm::log(2.0)) }
    }

    /// The natural logarithm of a count, to within 1/256; 0 for 0.
    pub(crate) fn ln(&self, count: u64) -> i32 {
        if count == 0 {
            return 0;
        }
        let bits = count.ilog2();
        // The eight bits after the leading one.
        let mantissa = if bits >= 8 { count >> (bits - 8) } else { count << (8 - bits) } & 255;
        let mantissa = self.mantissas.get(usize::try_from(mantissa).unwrap_or(0));
        i32::try_from(bits).unwrap_or(0) * self.two + mantissa.copied().unwrap_or(0)
    }

    /// The logarithm of a share of a sum.
    fn share(&self, score: u64, sum: u64) -> i32 {
        let share = scaled(score, sum, SHARE_BITS);
        self.ln(share + SHARE_MIN) - i32::try_from(SHARE_BITS).unwrap_or(0) * self.two
    }
}

/// The scores of one model over all candidates.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Total {
    pub(crate) sum: u64,
    pub(crate) best: u64,
}

impl Total {
    pub(crate) fn add(&mut self, score: u64) {
        self.sum = self.sum.saturating_add(score);
        self.best = self.best.max(score);
    }
}

/// Writes the three features of a model with scores.
pub(crate) fn of_model(row: &mut Row, model: usize, score: u64, total: Total, logs: &Logarithms) {
    // A model that says nothing at all says nothing against an item.
    if total.best == 0 {
        return;
    }
    let relative = scaled(score, total.best, FEATURE_BITS);
    let missing = if score == 0 { 1 << FEATURE_BITS } else { 0 };
    set(row, 3 * model, logs.share(score, total.sum));
    set(row, 3 * model + 1, i32::try_from(relative).unwrap_or(0));
    set(row, 3 * model + 2, missing);
}

/// Writes the features of the sequence model: how far its logarithm lies below the best one's.
pub(crate) fn of_sequence(row: &mut Row, below: Option<i32>, exp: impl Fn(i32) -> i32) {
    let below_or_min = below.unwrap_or(SEQUENCE_MIN).clamp(SEQUENCE_MIN, 0);
    set(row, 3 * MODELS, below_or_min);
    set(row, 3 * MODELS + 1, if below.is_some() { exp(below_or_min) } else { 0 });
    set(row, 3 * MODELS + 2, if below.is_none() { 1 << FEATURE_BITS } else { 0 });
}

/// Writes the features of the item itself.
pub(crate) fn of_item(row: &mut Row, current: bool, seen: bool, sessions: u32, logs: &Logarithms) {
    set(row, 3 * MODELS + 3, i32::from(current) << FEATURE_BITS);
    set(row, 3 * MODELS + 4, i32::from(seen) << FEATURE_BITS);
    set(row, 3 * MODELS + 5, logs.ln(u64::from(sessions) + 1));
}

/// The weights of a group in the order of the features.
pub(crate) fn weights(settings: &BlendSettings, group: &GroupWeights) -> Row {
    let mut row = EMPTY;
    let models = settings.scorers.iter().map(|named| named.name.as_str()).enumerate();
    for (model, name) in models.chain([(COLUMNS_MAX, LINEAR), (MODELS, SEQUENCE)]) {
        let ModelWeights { share, relative, missing } =
            group.models.get(name).copied().unwrap_or_default();
        set(&mut row, 3 * model, share);
        set(&mut row, 3 * model + 1, relative);
        set(&mut row, 3 * model + 2, missing);
    }
    set(&mut row, 3 * MODELS + 3, group.current);
    set(&mut row, 3 * MODELS + 4, group.seen);
    set(&mut row, 3 * MODELS + 5, group.popular);
    row
}

/// A group out of weights in the order of the features; models without any weight are left out.
pub(crate) fn group(settings: &BlendSettings, visit_items_min: u16, row: &Row) -> GroupWeights {
    let at = |place: usize| row.get(place).copied().unwrap_or(0);
    let mut models = std::collections::BTreeMap::new();
    let names = settings.scorers.iter().map(|named| named.name.as_str()).enumerate();
    for (model, name) in names.chain([(COLUMNS_MAX, LINEAR), (MODELS, SEQUENCE)]) {
        let weights = ModelWeights {
            share: at(3 * model),
            relative: at(3 * model + 1),
            missing: at(3 * model + 2),
        };
        if weights != ModelWeights::default() {
            models.insert(name.to_owned(), weights);
        }
    }
    GroupWeights {
        visit_items_min,
        current: at(3 * MODELS + 3),
        seen: at(3 * MODELS + 4),
        popular: at(3 * MODELS + 5),
        models,
    }
}

/// The weighted sum, in hundredths of the fixed point.
pub(crate) fn score(row: &Row, weights: &Row) -> i64 {
    row.iter().zip(weights).map(|(feature, weight)| i64::from(*feature) * i64::from(*weight)).sum()
}

fn set(row: &mut Row, place: usize, value: i32) {
    if let Some(to) = row.get_mut(place) {
        *to = value;
    }
}

/// `part / whole` in fixed point, rounded down.
fn scaled(part: u64, whole: u64, bits: u32) -> u64 {
    let scaled = (u128::from(part) << bits) / u128::from(whole.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[expect(clippy::cast_possible_truncation, reason = "logarithms of at most 2 fit 13 bits")]
fn fixed(value: f64) -> i32 {
    libm::round(value * f64::from(1 << FEATURE_BITS)) as i32
}
