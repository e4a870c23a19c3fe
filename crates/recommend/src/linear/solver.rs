//! From counts to weights, step by step.
//!
//! A solver owns a copy of the counts that it needs, so it can run on another thread while the
//! model goes on learning. A step is a block of the matrix or a few hundred items.

use crate::items::{ItemNo, Items};
use crate::linear::gram::Gram;
use crate::linear::local::{ITEMS_PER_STEP, Local, Rows};
use crate::linear::sweep::Sweep;
use crate::linear::{LinearError, LinearMethod, LinearSettings};

/// One in the fixed point of weights.
const WEIGHT_ONE: f64 = 16_777_216.0;
/// Marks an item that is not in the solution.
pub(super) const NOWHERE: u32 = u32::MAX;

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
    rows: Rows,
    supporters_min: u32,
    work: Work,
    next: usize,
}

#[derive(Clone, Debug)]
enum Work {
    Whole(Sweep),
    Local(Local),
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
        for (place, item) in (0_u32..).zip(&chosen) {
            if let Some(at) = places.get_mut(item.at()) {
                *at = place;
            }
        }
        let rows = Rows::new(gram, &chosen, &places);
        let work = match settings.method {
            LinearMethod::Whole => Work::Whole(matrix(gram, &chosen, &rows, settings)),
            LinearMethod::Local => Work::Local(Local::new(settings)),
        };
        let solved =
            Solved { version, items: chosen, places, ends: Vec::new(), weights: Vec::new() };
        Self { solved, rows, supporters_min: supporters_min.max(1), work, next: 0 }
    }

    /// Does one step; says whether there are more.
    pub fn step(&mut self) -> Result<bool, LinearError> {
        if self.next < self.steps() {
            match &mut self.work {
                Work::Whole(matrix) => matrix.step(self.next)?,
                Work::Local(local) => local.step(self.next, &self.rows, self.supporters_min)?,
            }
            self.next += 1;
        }
        Ok(self.next < self.steps())
    }

    /// Steps done and steps in all.
    pub fn progress(&self) -> (usize, usize) {
        (self.next, self.steps())
    }

    /// The solution, when all steps are done.
    pub fn finish(self) -> Result<Solved, LinearError> {
        if self.next < self.steps() {
            return Err(LinearError::Unfinished);
        }
        let Self { mut solved, rows, supporters_min, work, .. } = self;
        let mut found = match work {
            Work::Whole(matrix) => read(&matrix, &rows, supporters_min),
            Work::Local(local) => local.finish(),
        };
        found.sort_unstable_by_key(|(from, weight)| (*from, weight.to));
        let mut rest = found.into_iter().peekable();
        for place in (0_u32..).take(solved.items.len()) {
            while let Some((_, weight)) = rest.next_if(|(from, _)| *from == place) {
                solved.weights.push(weight);
            }
            solved.ends.push(u32::try_from(solved.weights.len()).unwrap_or(NOWHERE));
        }
        Ok(solved)
    }

    fn steps(&self) -> usize {
        match &self.work {
            Work::Whole(matrix) => matrix.blocks(),
            Work::Local(_) => self.solved.items.len().div_ceil(ITEMS_PER_STEP),
        }
    }
}

/// G + λI of the chosen items.
fn matrix(gram: &Gram, chosen: &[ItemNo], rows: &Rows, settings: &LinearSettings) -> Sweep {
    let mut matrix = Sweep::new(chosen.len());
    for (place, item) in chosen.iter().enumerate() {
        let voters = f64::from(gram.voters(*item)) + f64::from(settings.lambda);
        matrix.set(place, place, voters);
        for (other, count) in rows.row(place) {
            matrix.set(place, *other as usize, f64::from(*count));
        }
    }
    matrix
}

/// Weights of all pairs above the floor, from the inverse.
fn read(matrix: &Sweep, rows: &Rows, supporters_min: u32) -> Vec<(u32, Weight)> {
    let mut found = Vec::new();
    for (from, place) in (0_u32..).zip(0..rows.len()) {
        for (to, supporters) in rows.row(place).iter().filter(|(_, n)| *n >= supporters_min) {
            let column = *to as usize;
            // The sweep leaves minus the inverse; the sign falls out of the quotient.
            let weight = -matrix.get(place, column) / matrix.get(column, column);
            let weight = Weight { to: *to, value: fixed(weight), supporters: *supporters };
            found.push((from, weight));
        }
    }
    found
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
pub(super) fn fixed(weight: f64) -> i32 {
    libm::round(weight.clamp(-127.0, 127.0) * WEIGHT_ONE) as i32
}

#[cfg(test)]
mod tests;
