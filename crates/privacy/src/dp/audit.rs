//! Attacks a release from outside and says what epsilon it surely exceeds.
//!
//! The audit of one run (Steinke, Nasr and Jagielski 2023): canaries are put in or left out by the
//! toss of a coin, an attacker sees the release and guesses for the clearest of them. A mechanism
//! with a given epsilon and delta bounds how often the guesses can be right, so a count of right
//! guesses gives a lower bound of epsilon at a chosen confidence. A bound above what is claimed
//! proves a fault. One below proves nothing.

use std::iter;

/// The outcome of one round of guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guesses {
    /// Canaries that could be in or out.
    pub canaries: u32,
    /// For how many of them a guess was made.
    pub made: u32,
    /// How many of the guesses were right.
    pub right: u32,
}

/// Epsilon in steps of this, up to [`EPSILON_STEPS`] of them.
const EPSILON_STEP: f64 = 0.01;
const EPSILON_STEPS: u32 = 3000;

/// The largest epsilon that these guesses refute at `delta`, with a chance of being wrong of at
/// most `error`; zero when they refute none.
pub fn epsilon_lower_bound(guesses: Guesses, delta: f64, error: f64) -> f64 {
    let epsilon = |step: u32| f64::from(step) * EPSILON_STEP;
    // The chance falls nowhere as epsilon rises, so the refuted values are a prefix.
    let (mut refuted, mut kept) = (0, EPSILON_STEPS);
    if chance(guesses, 0.0, delta) > error {
        return 0.0;
    }
    while kept - refuted > 1 {
        let middle = refuted + (kept - refuted) / 2;
        if chance(guesses, epsilon(middle), delta) <= error {
            refuted = middle;
        } else {
            kept = middle;
        }
    }
    epsilon(refuted)
}

/// An upper bound of the chance that a mechanism with `epsilon` and `delta` lets an attacker be
/// right at least so often (the paper's Theorem 5.2 and its appendix D).
pub fn chance(guesses: Guesses, epsilon: f64, delta: f64) -> f64 {
    let Guesses { canaries, made, right } = guesses;
    if made == 0 || right > made {
        return 1.0;
    }
    let one = 1.0 / (1.0 + libm::exp(-epsilon));
    let tail: f64 = (right..=made).map(|hits| binomial(made, hits, one)).sum();
    // How much delta can add: the largest average of the probabilities just below `right`.
    let below = (0..right).rev().map(|hits| binomial(made, hits, one));
    let sums = below.scan(0.0, |sum, each| {
        *sum += each;
        Some(*sum)
    });
    let averages = iter::zip(sums, 1_u32..).map(|(sum, count)| sum / f64::from(count));
    let slack = averages.fold(0.0, f64::max);
    (tail + slack * delta * 2.0 * f64::from(canaries)).min(1.0)
}

/// The probability of exactly `hits` of `tries` at `one` each.
fn binomial(tries: u32, hits: u32, one: f64) -> f64 {
    let choose = ln_factorial(tries) - ln_factorial(hits) - ln_factorial(tries - hits);
    let ln =
        choose + f64::from(hits) * libm::log(one) + f64::from(tries - hits) * libm::log1p(-one);
    libm::exp(ln)
}

fn ln_factorial(number: u32) -> f64 {
    libm::lgamma(f64::from(number) + 1.0)
}

#[cfg(test)]
mod tests;
