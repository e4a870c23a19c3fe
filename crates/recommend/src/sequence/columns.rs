//! The items that one step compares: all of a small catalog, or a sample of a large one.
//!
//! The sample draws each item by itself with a known chance (Poisson sampling), and what is drawn
//! stands for one over its chance of items, so the sum under the softmax is right on average
//! (importance sampling after Bengio and Senécal, 2008). The positions of a step share it.

use super::matrix::LANES;
use super::random::Random;

/// What an item that is not among the alternatives has as correction: its share becomes zero.
const ABSENT: f32 = -1e30;
/// A padding column.
pub(super) const NOBODY: u32 = u32::MAX;

/// Which items are compared, and how much each stands for.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// Per item: the chance in 2^-32 and the correction ln(1 / chance). Empty: all, always.
    chances: Vec<(u32, f32)>,
    /// Per item: its column in this step, or [`NOBODY`].
    column_of: Vec<u32>,
    /// Item per column, padded to full lanes with [`NOBODY`].
    items: Vec<u32>,
    corrections: Vec<f32>,
}

impl Columns {
    /// Draws about `sample` of the items that `counts` has; 0 takes all.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "chances are between 0 and 1 and rounded on purpose"
    )]
    pub(super) fn new(counts: &[u32], sample: u32) -> Self {
        let mut chances = Vec::new();
        if sample > 0 {
            // Popular items are the hard alternatives; the root of the root cubed keeps the tail.
            let flat = |count: &u32| {
                let root = f64::from(*count).sqrt();
                root * root.sqrt()
            };
            let sum: f64 = counts.iter().map(flat).sum();
            let even = 0.5 / counts.len().max(1) as f64;
            for count in counts {
                let share = even + 0.5 * flat(count) / sum.max(1.0);
                let chance = (share * f64::from(sample)).min(1.0);
                let threshold = (chance * f64::from(u32::MAX)) as u32;
                chances.push((threshold, -libm::log(chance) as f32));
            }
        }
        Self {
            chances,
            column_of: vec![NOBODY; counts.len()],
            items: Vec::new(),
            corrections: Vec::new(),
        }
    }

    /// Chooses the columns of one step; the `needed` items always have one.
    pub(super) fn draw(&mut self, needed: &[u32], random: &mut Random) {
        self.items.clear();
        self.corrections.clear();
        for item in needed {
            if let Some(column) = self.column_of.get_mut(*item as usize) {
                *column = 0;
            }
        }
        let all = self.chances.is_empty();
        let mut chances = self.chances.iter();
        for (item, column) in (0_u32..).zip(&mut self.column_of) {
            let correction = match chances.next() {
                Some((chance, correction)) if (random.bits() >> 32) <= u64::from(*chance) => {
                    *correction
                }
                None if all => 0.0,
                Some(_) | None => ABSENT,
            };
            if *column == NOBODY && correction <= ABSENT {
                continue;
            }
            *column = u32::try_from(self.items.len()).unwrap_or(NOBODY);
            self.items.push(item);
            self.corrections.push(correction);
        }
        while self.items.len() % LANES != 0 {
            self.items.push(NOBODY);
            self.corrections.push(ABSENT);
        }
    }

    /// Forgets the columns of the step.
    pub(super) fn clear(&mut self) {
        for item in &self.items {
            if let Some(column) = self.column_of.get_mut(*item as usize) {
                *column = NOBODY;
            }
        }
    }

    /// The column of an item that was needed.
    pub(super) fn of(&self, item: u32) -> u32 {
        self.column_of.get(item as usize).copied().unwrap_or(NOBODY)
    }

    /// Item per column.
    pub(super) fn items(&self) -> &[u32] {
        &self.items
    }

    /// What is added to the logit of a column.
    pub(super) fn corrections(&self) -> &[f32] {
        &self.corrections
    }
}

#[cfg(test)]
mod tests;
