//! A tiny seeded generator, so that a shop, a world or a failing test is one number.
//!
//! `SplitMix64` (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA
//! 2014): one addition and three mixing steps per number, passes the usual statistical batteries.
//! The sequence of a seed is part of what tests rely on and never changes.
//!
//! Never for secrets: keys, pseudonyms and browser ids come from the operating system.

/// The odd constant that `SplitMix64` walks by: 2^64 divided by the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A stream of numbers that depends on its seed only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream of `seed`.
    pub const fn from_seed(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }

    /// A number under `n`; 0 when `n` is 0. The bias is under one in 2^32.
    pub fn below(&mut self, n: u32) -> u32 {
        let high = self.bits() >> 32;
        u32::try_from((high * u64::from(n)) >> 32).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included; `low` when they are the wrong way round.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        low.saturating_add(self.below(high.saturating_sub(low).saturating_add(1)))
    }

    /// True in `numerator` of `denominator` cases.
    pub fn chance(&mut self, numerator: u32, denominator: u32) -> bool {
        self.below(denominator) < numerator
    }

    /// One of `choices`, each as likely; none when there is none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let count = u32::try_from(choices.len()).unwrap_or(u32::MAX);
        choices.get(self.below(count) as usize)
    }

    /// The index of one of `weights`, as likely as its weight; none when all are 0.
    pub fn pick_weighted(&mut self, weights: &[u32]) -> Option<usize> {
        let total = weights.iter().fold(0u32, |sum, weight| sum.saturating_add(*weight));
        let mut rest = self.below(total);
        for (index, &weight) in weights.iter().enumerate() {
            if rest < weight {
                return Some(index);
            }
            rest -= weight;
        }
        None
    }

    /// A stream of its own for the part that `label` names. What one part draws never moves what
    /// another gets, so a new part of the world leaves the old ones as they were.
    #[must_use]
    pub fn fork(&self, label: &str) -> Self {
        // FNV-1a: enough to part labels, and the mixer does the rest.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in label.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Self { state: mix(self.state ^ mix(hash)) }
    }

    /// The stream of the part `label` with this number, such as the visit 17.
    #[must_use]
    pub fn fork_nth(&self, label: &str, number: u64) -> Self {
        let part = self.fork(label);
        Self { state: mix(part.state ^ mix(number.wrapping_add(STEP))) }
    }
}

/// The output function of `SplitMix64`.
const fn mix(state: u64) -> u64 {
    let mut z = state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests;
