//! Exact discrete noise.
//!
//! The samplers are those of `prio` (Canonne, Kamath and Steinke 2020, algorithms 1 to 3, over big
//! integers), so no low-order bit of a floating point number tells what was added (Mironov 2012).
//! How long a draw takes depends on what is drawn (Jin et al. 2021, arXiv 2112.05307), so noise is
//! made in a job whose duration nobody outside can see, never on the path of a request.

use prio::dp::Rational;
use prio::dp::distributions::{DiscreteGaussian, DiscreteLaplace};
use prio::vdaf::xof::{SeedStreamTurboShake128, Xof, XofTurboShake128};
use rand::distr::Distribution;

use crate::dp::rho::Rho;
use crate::dp::sensitivity::{Adjacency, Sensitivity};

/// Bytes of a seed. They come from the operating system, once for each vector of noise.
pub const SEED_BYTES: usize = 32;

/// Largest deviation, in thousandths: a million counts.
const MILLI_MAX: u32 = 1_000_000_000;

/// The scale of noise: the standard deviation of a Gaussian, the scale of a Laplace distribution,
/// in thousandths of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deviation(u32);

impl Deviation {
    /// From thousandths of a count: 1 to 10^9.
    pub fn from_milli(milli: u32) -> Option<Self> {
        (1..=MILLI_MAX).contains(&milli).then_some(Self(milli))
    }

    /// In thousandths of a count.
    pub fn milli(self) -> u32 {
        self.0
    }

    /// The smallest deviation with which a release costs at most `rho`.
    ///
    /// `None` where that would need more noise than a million counts, or `rho` is nothing.
    pub fn within<A: Adjacency>(rho: Rho, sensitivity: &Sensitivity<A>) -> Option<Self> {
        let twice = 2 * u128::from(rho.nano());
        // milli^2 >= squared * 10^15 / (2 rho)
        let least =
            (u128::from(sensitivity.squared()) * 1_000_000_000_000_000).checked_div(twice)?;
        let root = u32::try_from(least.isqrt()).ok()?;
        let fits = |milli: &u32| {
            Self::from_milli(*milli).is_some_and(|one| Rho::of_gaussian(sensitivity, one) <= rho)
        };
        (root.max(1)..=root.saturating_add(2)).find(fits).map(Self)
    }

    fn rational(self) -> Result<Rational, NoiseError> {
        Rational::from_unsigned(u128::from(self.0), 1000_u128).map_err(|_| NoiseError::Sampler)
    }
}

/// Why no noise was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoiseError {
    /// The sampler refused its parameters.
    #[error("the sampler of noise refused its parameters")]
    Sampler,
    /// A draw did not fit 64 bits, which a correct sampler does less than once in 2^100.
    #[error("a draw of noise is out of range")]
    Range,
}

/// Draws `cells` numbers of the discrete Gaussian with this deviation.
///
/// `label` names the release and the role that draws, so that one seed used twice by mistake
/// still gives two vectors.
///
/// # Privacy
/// The counts plus these numbers are `Rho::of_gaussian`-zCDP. Whoever knows the seed knows the
/// noise: it is drawn anew for each vector and forgotten.
///
/// # Errors
/// [`NoiseError`]; then nothing may be released.
pub fn gaussian(
    deviation: Deviation,
    cells: usize,
    (seed, label): (&[u8; SEED_BYTES], &[u8]),
) -> Result<Vec<i64>, NoiseError> {
    let sampler = DiscreteGaussian::new(deviation.rational()?).map_err(|_| NoiseError::Sampler)?;
    let mut stream = stream(seed, b"confidant discrete gaussian 1", label);
    (0..cells)
        .map(|_| i64::try_from(sampler.sample(&mut stream)).map_err(|_| NoiseError::Range))
        .collect()
}

/// Draws `cells` numbers of the discrete Laplace distribution with this scale.
///
/// # Privacy
/// A count plus one number is `change / scale`-differentially private, where `change` is the most
/// that one profile moves it.
///
/// # Errors
/// [`NoiseError`]; then nothing may be released.
pub fn laplace(
    scale: Deviation,
    cells: usize,
    (seed, label): (&[u8; SEED_BYTES], &[u8]),
) -> Result<Vec<i64>, NoiseError> {
    let sampler = DiscreteLaplace::new(scale.rational()?).map_err(|_| NoiseError::Sampler)?;
    let mut stream = stream(seed, b"confidant discrete laplace 1", label);
    (0..cells)
        .map(|_| i64::try_from(sampler.sample(&mut stream)).map_err(|_| NoiseError::Range))
        .collect()
}

fn stream(seed: &[u8; SEED_BYTES], use_: &[u8], label: &[u8]) -> SeedStreamTurboShake128 {
    XofTurboShake128::seed_stream(seed, &[use_], &[label])
}

#[cfg(test)]
mod tests;
