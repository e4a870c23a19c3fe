//! Paired bootstrap: how sure a difference between two methods is.
//!
//! Customers are drawn with replacement, each with all differences of theirs, and the mean is
//! taken anew; the interval holds the middle 95 of 100 of those means (percentile method; Efron,
//! Tibshirani: "An introduction to the bootstrap", 1993).

use std::collections::BTreeMap;

use serde::Serialize;

/// How often customers are drawn.
pub const ROUNDS: usize = 2_000;

/// A mean difference and where it lies in 95 of 100 cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Interval {
    /// The mean difference.
    pub mean: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Whether zero lies below it.
    pub fn is_better(&self) -> bool {
        self.low > 0.0
    }
}

/// The interval of differences, each with the customer that it belongs to.
pub fn interval(differences: &[(usize, f64)], seed: u64) -> Interval {
    let mut by_person: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for (person, difference) in differences {
        let (sum, count) = by_person.entry(*person).or_default();
        *sum += difference;
        *count += 1.0;
    }
    let people: Vec<(f64, f64)> = by_person.into_values().collect();
    if people.is_empty() {
        return Interval::default();
    }
    let mut state = seed;
    let mut means: Vec<f64> = (0..ROUNDS)
        .map(|_| mean((0..people.len()).filter_map(|_| people.get(draw(&mut state, people.len())))))
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    let at = |per_mille: usize| {
        means.get(ROUNDS * per_mille / 1000).or(means.last()).copied().unwrap_or(0.0)
    };
    Interval { mean: mean(people.iter()), low: at(25), high: at(975) }
}

fn mean<'a>(people: impl Iterator<Item = &'a (f64, f64)>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (differences, how_many) in people {
        sum += differences;
        count += how_many;
    }
    sum / count
}

/// The next number below `below`, by `SplitMix64` (Steele, Lea, Flood, OOPSLA 2014).
fn draw(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^= bits >> 31;
    usize::try_from((u128::from(bits) * below as u128) >> 64).unwrap_or(0)
}

#[cfg(test)]
mod tests;
