//! From counts to weights, step by step.
//!
//! A solver owns a copy of the counts that it needs, so it can run on another thread while the
//! model goes on learning. It has one step per block of the matrix, all about equally long.

use crate::items::{ItemNo, Items};
use crate::linear::gram::Gram;
use crate::linear::sweep::Sweep;
use crate::linear::{LinearError, LinearSettings};

/// One in the fixed point of weights.
const WEIGHT_ONE: f64 = 16_777_216.0;
/// Marks an item that is not in the solution.
const NOWHERE: u32 = u32::MAX;

/// What an item of the visit gives another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// Place of the other item in [`Solved::items`].
    pub to: u32,
    /// The weight in fixed point, 24 bits of fraction.
    pub value: i32,
    /// Distinct voters that have both.
    pub supporters: u32,
}

/// Weights between the items of a solution; sparse, since pairs below the floor have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solved {
    version: u64,
    items: Vec<ItemNo>,
    /// By item number: its place, or [`NOWHERE`].
    places: Vec<u32>,
    /// By place: where its weights end.
    ends: Vec<u32>,
    weights: Vec<Weight>,
}

impl Solved {
    /// The items of the solution by place: most voters first, ties by id.
    pub fn items(&self) -> &[ItemNo] {
        &self.items
    }

    /// What an item gives the others.
    pub fn weights(&self, from: ItemNo) -> &[Weight] {
        let Some(place) = self.place(from) else { return &[] };
        let end = |place: usize| self.ends.get(place).copied().unwrap_or(0) as usize;
        let start = place.checked_sub(1).map_or(0, end);
        self.weights.get(start..end(place)).unwrap_or_default()
    }

    /// Memory of the solution, in bytes.
    pub fn bytes(&self) -> u64 {
        let numbers = self.items.len() + self.places.len() + self.ends.len();
        4 * numbers as u64 + 12 * self.weights.len() as u64
    }

    pub(super) fn has(&self, item: ItemNo) -> bool {
        self.place(item).is_some()
    }

    pub(super) const fn version(&self) -> u64 {
        self.version
    }

    fn place(&self, item: ItemNo) -> Option<usize> {
        self.places.get(item.at()).copied().filter(|place| *place != NOWHERE).map(|at| at as usize)
    }
}

/// A solution under way.
#[derive(Clone, Debug)]
pub struct Solver {
    solved: Solved,
    /// (from, to, voters) by place, both ways.
    pairs: Vec<(u32, u32, u32)>,
    matrix: Sweep,
    next: usize,
}

impl Solver {
    /// `state` is the version of the counts and the floor of a pair.
    pub(super) fn new(
        gram: &Gram,
        items: &Items,
        settings: &LinearSettings,
        state: (u64, u32),
    ) -> Self {
        let (version, supporters_min) = state;
        let chosen = choose(gram, items, settings);
        let mut places = vec![NOWHERE; items.numbers()];
        let mut matrix = Sweep::new(chosen.len());
        for (place, item) in chosen.iter().enumerate() {
            if let Some(at) = places.get_mut(item.at()) {
                *at = u32::try_from(place).unwrap_or(NOWHERE);
            }
            let voters = f64::from(gram.voters(*item)) + f64::from(settings.lambda);
            matrix.set(place, place, voters);
        }
        let place = |item: ItemNo| places.get(item.at()).copied().filter(|at| *at != NOWHERE);
        let mut pairs = Vec::new();
        for (one, other, count) in gram.pairs() {
            let (Some(one), Some(other)) = (place(one), place(other)) else { continue };
            matrix.set(one as usize, other as usize, f64::from(count));
            if count >= supporters_min.max(1) {
                pairs.push((one, other, count));
                pairs.push((other, one, count));
            }
        }
        pairs.sort_unstable();
        let solved =
            Solved { version, items: chosen, places, ends: Vec::new(), weights: Vec::new() };
        Self { solved, pairs, matrix, next: 0 }
    }

    /// Does one step; says whether there are more.
    pub fn step(&mut self) -> Result<bool, LinearError> {
        if self.next < self.matrix.blocks() {
            self.matrix.step(self.next)?;
            self.next += 1;
        }
        Ok(self.next < self.matrix.blocks())
    }

    /// Steps done and steps in all.
    pub const fn progress(&self) -> (usize, usize) {
        (self.next, self.matrix.blocks())
    }

    /// The solution, when all steps are done.
    pub fn finish(self) -> Result<Solved, LinearError> {
        let Self { mut solved, pairs, matrix, next } = self;
        if next < matrix.blocks() {
            return Err(LinearError::Unfinished);
        }
        let count = u32::try_from(solved.items.len()).unwrap_or(NOWHERE);
        let mut rest = pairs.iter().peekable();
        for place in 0..count {
            while let Some((from, to, supporters)) = rest.next_if(|(from, ..)| *from == place) {
                let (from, to_place) = (*from as usize, *to as usize);
                // The sweep leaves minus the inverse; the sign falls out of the quotient.
                let weight = -matrix.get(from, to_place) / matrix.get(to_place, to_place);
                let value = fixed(weight);
                solved.weights.push(Weight { to: *to, value, supporters: *supporters });
            }
            solved.ends.push(u32::try_from(solved.weights.len()).unwrap_or(NOWHERE));
        }
        Ok(solved)
    }
}

/// The items of a solution: enough voters, most voters first, ties by id.
fn choose(gram: &Gram, items: &Items, settings: &LinearSettings) -> Vec<ItemNo> {
    let mut chosen: Vec<ItemNo> = items
        .iter()
        .map(|(_, item)| item)
        .filter(|item| gram.voters(*item) >= settings.voters_min && items.is_learnable(*item))
        .collect();
    // A stable sort keeps the order of ids among equals.
    chosen.sort_by_key(|item| std::cmp::Reverse(gram.voters(*item)));
    chosen.truncate(settings.items_max as usize);
    chosen
}

/// A weight in fixed point, to the nearest, cut at ±127.
#[expect(clippy::cast_possible_truncation, reason = "the value is clamped into the range")]
fn fixed(weight: f64) -> i32 {
    libm::round(weight.clamp(-127.0, 127.0) * WEIGHT_ONE) as i32
}

#[cfg(test)]
mod tests;
