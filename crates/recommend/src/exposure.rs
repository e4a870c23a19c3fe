//! Who is seen: exploration at a stated rate, and a floor of places for those whom models pass by.
//!
//! Models show what was shown before. Two counterweights, both settings of a placement:
//! *exploration* gives each place, with a stated chance, to an item that was shown seldom; a
//! *floor* keeps a share of every page for a group, such as new items or small brands. Both are
//! off in the shipped placements. Randomness comes in as one seed, so that a page can be made
//! again; nothing here knows who looks.

use serde::{Deserialize, Serialize};

use crate::rules::condition::Condition;

/// Most floors of one placement.
pub const FLOORS_MAX: usize = 8;
/// Items that are drawn from the catalog for one page that explores or keeps a floor.
pub const DRAWS: usize = 128;

/// How often a place goes to an item that was shown seldom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Exploration {
    /// The chance of each place, in thousandths: 0 is off, at most 500.
    pub rate_per_mille: u32,
    /// Days for which an item is called new in a reason.
    pub new_days: u32,
}

impl Default for Exploration {
    fn default() -> Self {
        Self { rate_per_mille: 0, new_days: 30 }
    }
}

/// A share of every page that a group gets at least.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// Name of the group in traces and metrics: 1 to 32 of a-z, 0-9 and `_`.
    pub group: String,
    /// Share of the places of a page, in thousandths, rounded up to whole places: 1 to 500.
    pub share_per_mille: u32,
    /// Who belongs to the group.
    pub when: Condition,
}

impl Floor {
    /// Places of a page of `count` that the group gets at least.
    pub fn places(&self, count: usize) -> usize {
        (count * self.share_per_mille as usize).div_ceil(1_000).min(count)
    }

    /// Says what is wrong with it.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(&self) -> Result<(), &'static str> {
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !(1..=32).contains(&self.group.len()) || !self.group.bytes().all(known) {
            return Err("the group of a floor is 1 to 32 of a-z, 0-9 and _");
        }
        if !(1..=500).contains(&self.share_per_mille) {
            return Err("share_per_mille of a floor is 1 to 500");
        }
        if self.when == Condition::default() {
            return Err("a floor needs a condition");
        }
        self.when.check()
    }
}

impl Exploration {
    /// Says what is wrong with it.
    ///
    /// # Errors
    /// One sentence.
    pub const fn check(&self) -> Result<(), &'static str> {
        if self.rate_per_mille > 500 {
            return Err("exploration.rate_per_mille is 0 to 500");
        }
        Ok(())
    }
}

/// A stream of numbers that follows from a seed: `SplitMix64` (Steele, Lea, Flood, OOPSLA 2014).
#[derive(Clone, Copy, Debug)]
pub struct Draws(u64);

impl Draws {
    /// The stream of a seed.
    pub const fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, or 0 when there is none.
    pub fn below(&mut self, bound: u32) -> u32 {
        // The high half times the bound: a bias of at most bound in 2^32.
        let high = self.number() >> 32;
        u32::try_from((high * u64::from(bound)) >> 32).unwrap_or(0)
    }

    /// Whether a chance of so many thousandths came true.
    pub fn happens(&mut self, per_mille: u32) -> bool {
        self.below(1_000) < per_mille
    }
}

/// How often items were shown, by item number. Counts of the shop's own pages, about nobody.
#[derive(Clone, Debug, Default)]
pub struct Shown(Vec<u32>);

impl Shown {
    /// How often an item was shown.
    pub fn times(&self, item: u32) -> u32 {
        self.0.get(item as usize).copied().unwrap_or(0)
    }

    /// Counts one showing.
    pub fn count(&mut self, item: u32) {
        let at = item as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        if let Some(times) = self.0.get_mut(at) {
            *times = times.saturating_add(1);
        }
    }

    /// Draws up to [`DRAWS`] of the numbers below `numbers`, the seldomest shown first; ties stay
    /// in the order of the draw.
    pub fn draw(&self, numbers: u32, draws: &mut Draws) -> Vec<u32> {
        let mut drawn: Vec<u32> = if numbers as usize <= DRAWS {
            let mut all: Vec<u32> = (0..numbers).collect();
            shuffle(&mut all, draws);
            all
        } else {
            let mut some: Vec<u32> = Vec::with_capacity(DRAWS);
            for _ in 0..DRAWS {
                let number = draws.below(numbers);
                if !some.contains(&number) {
                    some.push(number);
                }
            }
            some
        };
        drawn.sort_by_key(|item| self.times(*item));
        drawn
    }
}

fn shuffle(numbers: &mut [u32], draws: &mut Draws) {
    for at in (1..numbers.len()).rev() {
        let bound = u32::try_from(at + 1).unwrap_or(u32::MAX);
        numbers.swap(at, draws.below(bound) as usize);
    }
}

#[cfg(test)]
mod tests;
