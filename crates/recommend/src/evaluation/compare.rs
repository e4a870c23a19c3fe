//! How sure a difference between two methods is: the paired bootstrap over test sessions.
//!
//! Both methods predict the same sessions. Sessions are drawn with replacement, the same ones for
//! both, and the difference is taken anew; the middle 95 percent of many such differences are the
//! interval (Efron, Tibshirani, 1993). A claim of "better" needs an interval that does not reach 0.

use serde::Serialize;

/// Draws of a bootstrap.
pub const ROUNDS: usize = 1_000;

/// Hits of some steps.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// Steps.
    pub steps: u32,
    /// Targets that stood in the list.
    pub hits: u32,
    /// Sum of 1 / rank.
    pub ranks: f64,
}

impl Sums {
    /// Counts one step by the rank of its target, from 0.
    pub(super) fn add(&mut self, rank: Option<usize>) {
        self.steps += 1;
        if let Some(rank) = rank {
            self.hits += 1;
            self.ranks += 1.0 / f64::from(u32::try_from(rank + 1).unwrap_or(u32::MAX));
        }
    }
}

/// Hits of one test session.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PerSession {
    /// Non-repeat targets, current item excluded.
    pub excluded: Sums,
    /// All targets, current item allowed.
    pub allowed: Sums,
}

/// A difference with its interval of 95 percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Difference {
    /// What was measured.
    pub found: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// One method minus another on the same sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// Hits per target.
    pub hit_rate: Difference,
    /// Mean of 1 / rank.
    pub reciprocal_rank: Difference,
}

/// `one` minus `other`, by the sums that `of` takes from each session.
pub fn compare(
    one: &[PerSession],
    other: &[PerSession],
    of: fn(&PerSession) -> Sums,
    seed: u64,
) -> Comparison {
    let pairs: Vec<(Sums, Sums)> =
        one.iter().zip(other).map(|(one, other)| (of(one), of(other))).collect();
    let found = difference(pairs.iter());
    let mut draws = Draws(seed);
    let (mut hits, mut ranks) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        let drawn = (0..pairs.len()).filter_map(|_| pairs.get(draws.below(pairs.len())));
        let (hit_rate, reciprocal_rank) = difference(drawn);
        hits.push(hit_rate);
        ranks.push(reciprocal_rank);
    }
    hits.sort_by(f64::total_cmp);
    ranks.sort_by(f64::total_cmp);
    Comparison { hit_rate: interval(found.0, &hits), reciprocal_rank: interval(found.1, &ranks) }
}

fn difference<'a>(pairs: impl Iterator<Item = &'a (Sums, Sums)>) -> (f64, f64) {
    let (mut steps, mut hits, mut ranks) = (0_u64, 0_i64, 0.0);
    for (one, other) in pairs {
        steps += u64::from(one.steps);
        hits += i64::from(one.hits) - i64::from(other.hits);
        ranks += one.ranks - other.ranks;
    }
    if steps == 0 { (0.0, 0.0) } else { (float(hits) / whole(steps), ranks / whole(steps)) }
}

fn interval(found: f64, sorted: &[f64]) -> Difference {
    let at = |per_mille: usize| sorted.get(ROUNDS * per_mille / 1_000).copied().unwrap_or(found);
    Difference { found, low: at(25), high: at(974) }
}

/// Numbers by `SplitMix64`.
struct Draws(u64);

impl Draws {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = u128::from(mixed ^ (mixed >> 31));
        usize::try_from((mixed * count as u128) >> 64).unwrap_or(0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of steps are far below 2^52")]
fn float(count: i64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts of steps are far below 2^52")]
fn whole(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
