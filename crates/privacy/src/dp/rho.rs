//! What a release costs, in zero-concentrated differential privacy, and what that means in epsilon.
//!
//! The loss of a Gaussian release is `sensitivity^2 / (2 sigma^2)` (Bun and Steinke 2016,
//! Proposition 1.6; for the discrete Gaussian Canonne, Kamath and Steinke 2020, Theorem 4), and
//! the losses of several releases about one profile add up (Lemma 2.3). The step to epsilon and
//! delta minimizes over all orders alpha (Canonne, Kamath and Steinke 2020, Proposition 12): any
//! order gives a true bound, a better one only a smaller number.

use std::iter;

use crate::dp::noise::Deviation;
use crate::dp::sensitivity::{Adjacency, Sensitivity};

/// So many units are one.
const NANO: u128 = 1_000_000_000;
const MICRO: f64 = 1e6;

/// A loss of privacy in zCDP, in billionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rho(u64);

impl Rho {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From billionths.
    pub const fn from_nano(nano: u64) -> Self {
        Self(nano)
    }

    /// In billionths.
    pub const fn nano(self) -> u64 {
        self.0
    }

    /// The loss of one release of counts with discrete Gaussian noise, rounded up.
    ///
    /// Saturates where the noise is next to nothing; no account can pay that.
    pub fn of_gaussian<A: Adjacency>(sensitivity: &Sensitivity<A>, noise: Deviation) -> Self {
        // sigma is in thousandths, so sigma^2 is in millionths.
        let twice_variance = 2 * u128::from(noise.milli()).pow(2);
        Self::ratio(u128::from(sensitivity.squared()) * 1_000_000, twice_variance)
    }

    /// The loss of one release of a count with discrete Laplace noise, rounded up: it is
    /// `epsilon`-private with `epsilon = change / scale`, and that is `epsilon^2 / 2` here (Bun
    /// and Steinke 2016, Proposition 1.4). `change` is the L1 sensitivity in counts.
    pub fn of_laplace(change: u32, scale: Deviation) -> Self {
        let twice_squared = 2 * u128::from(scale.milli()).pow(2);
        Self::ratio(u128::from(change).pow(2) * 1_000_000, twice_squared)
    }

    fn ratio(numerator: u128, denominator: u128) -> Self {
        let nano = (numerator * NANO).div_ceil(denominator.max(1));
        Self(u64::try_from(nano).unwrap_or(u64::MAX))
    }

    /// Both losses together. `None` when the sum is beyond all bounds.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// What is left of this after `spent`; nothing when more was spent.
    pub fn less(self, spent: Self) -> Self {
        Self(self.0.saturating_sub(spent.0))
    }

    /// The same share of this for each of `parts` releases, rounded down.
    pub fn share(self, parts: u32) -> Self {
        Self(self.0 / u64::from(parts.max(1)))
    }

    /// The loss as an epsilon at `delta`, rounded up to a millionth.
    pub fn epsilon(self, delta: Delta) -> Epsilon {
        if self.0 == 0 {
            return Epsilon(0);
        }
        #[expect(clippy::cast_precision_loss, reason = "rounded up below by more than this loses")]
        let rho = self.0 as f64 / 1e9;
        let best = orders().map(|order| at_order(rho, order, delta)).fold(f64::INFINITY, f64::min);
        Epsilon::ceil(best)
    }

    /// The largest loss whose epsilon at `delta` is not above `epsilon`.
    pub fn within(epsilon: Epsilon, delta: Delta) -> Self {
        // A loss of rho is at least an epsilon of rho, so the answer is not above epsilon.
        let (mut fits, mut too_much) = (0, epsilon.0.saturating_mul(1000).saturating_add(1));
        while too_much - fits > 1 {
            let middle = fits + (too_much - fits) / 2;
            if Self(middle).epsilon(delta) <= epsilon {
                fits = middle;
            } else {
                too_much = middle;
            }
        }
        Self(fits)
    }
}

/// The orders that are tried, less one: from a thousandth to about half a million in steps of half
/// a hundredth. The best of them is within a millionth of the best of all.
fn orders() -> impl Iterator<Item = f64> {
    iter::successors(Some(1.0 / 1024.0), |above| Some(above * 1.005)).take(4000)
}

/// Epsilon at the order `1 + above` (Canonne, Kamath and Steinke 2020, Proposition 12, solved for
/// epsilon).
fn at_order(rho: f64, above: f64, delta: Delta) -> f64 {
    let alpha = 1.0 + above;
    let tail = (delta.ln_inverse() - libm::log(alpha)) / above;
    rho * alpha + tail + libm::log(above / alpha)
}

/// The chance with which the bound of epsilon may fail: one in so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delta {
    one_in: u64,
}

impl Delta {
    /// One in a million.
    pub const MILLIONTH: Self = Self { one_in: 1_000_000 };

    /// One in `one_in`, at least a thousand. Below one in ten times the number of profiles it
    /// promises something; that is the caller's to see to.
    pub fn one_in(one_in: u64) -> Option<Self> {
        (one_in >= 1000).then_some(Self { one_in })
    }

    /// The number of cases with one failure.
    pub fn inverse(self) -> u64 {
        self.one_in
    }

    fn ln_inverse(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "of 53 bits of a logarithm")]
        libm::log(self.one_in as f64)
    }
}

/// An epsilon of approximate differential privacy, in millionths. Says nothing without its
/// [`Delta`] and its adjacency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Epsilon(u64);

/// Largest epsilon that is told apart from "none": a ratio of e^1000 hides nothing.
const EPSILON_MAX: u64 = 1_000_000_000;

impl Epsilon {
    /// From millionths.
    pub const fn from_micro(micro: u64) -> Self {
        Self(if micro < EPSILON_MAX { micro } else { EPSILON_MAX })
    }

    /// In millionths.
    pub const fn micro(self) -> u64 {
        self.0
    }

    /// For a formula or a page.
    pub fn value(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "at most 10^9 millionths")]
        {
            self.0 as f64 / MICRO
        }
    }

    /// Rounded up, with room for the rounding inside the formula.
    fn ceil(value: f64) -> Self {
        let micro = libm::ceil(value.max(0.0) * MICRO * (1.0 + 1e-9));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and a cast of a float saturates"
        )]
        Self::from_micro(micro as u64)
    }
}

#[cfg(test)]
mod tests;
