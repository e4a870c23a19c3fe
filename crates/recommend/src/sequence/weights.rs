//! Trained weights: what a visit asks for, and how well each item answers.
//!
//! The table of items is rounded to twelve bits, and so is the visit, so that a score is an exact
//! integer: the same on every machine, and fast without special instructions.

use super::attention;
use super::exponential::exp;
use super::matrix::{LANES, add_scaled, dot, total};
use super::norm::moments;
use super::parameters::{Block, Shape};

/// Greatest rounded value: 128 products of two such values stay far below 2^31.
pub(super) const WHOLE: i16 = 2_047;

/// Weights of a finished training.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    pub(super) shape: Shape,
    pub(super) block: Block,
    /// What one unit of the table is.
    pub(super) unit: f32,
    /// One row per item.
    pub(super) table: Vec<i16>,
    pub(super) trained_on: [u8; 16],
}

/// A visit as the items are compared with it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    values: &'a [i16],
    /// What one unit of a score is.
    unit: f32,
}

/// Room to work in, so that answers allocate nothing.
#[derive(Clone, Debug, Default)]
pub struct SequenceScratch {
    known: Vec<u32>,
    rows: Vec<f32>,
    last: Vec<f32>,
    query: Vec<f32>,
    asks: Vec<f32>,
    shares: Vec<f32>,
    mixed: Vec<f32>,
    normal: Vec<f32>,
    inner: Vec<f32>,
    rounded: Vec<i16>,
}

impl Weights {
    /// Rounds trained parameters.
    pub(super) fn new(shape: Shape, items: &[f32], block: Block, trained_on: [u8; 16]) -> Self {
        let mut table = Vec::new();
        let unit = round(&mut table, items);
        Self { shape, block, unit, table, trained_on }
    }

    /// Items that the weights know: 0 to this.
    pub fn items(&self) -> u32 {
        u32::try_from(self.table.len() / self.shape.width).unwrap_or(u32::MAX)
    }

    /// The fingerprint of the sessions, as the trainer was told.
    pub const fn trained_on(&self) -> [u8; 16] {
        self.trained_on
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> u64 {
        let block: usize = self.block.groups().iter().map(|group| group.len()).sum();
        (block * 4 + self.table.len() * 2) as u64
    }

    /// What a visit asks for, its items oldest first. None when no item is known.
    pub fn represent<'s>(
        &self,
        visit: &[u32],
        scratch: &'s mut SequenceScratch,
    ) -> Option<Asked<'s>> {
        let width = self.shape.width;
        let items = self.items();
        scratch.known.clear();
        let newest = visit.iter().rev().filter(|item| **item < items).take(self.shape.places);
        scratch.known.extend(newest);
        scratch.known.reverse();
        if scratch.known.is_empty() {
            return None;
        }
        self.attend(scratch);
        self.think(scratch);
        scratch.rounded.clear();
        let unit = round(&mut scratch.rounded, &scratch.last) * self.unit;
        debug_assert_eq!(scratch.rounded.len(), width);
        Some(Asked { values: &scratch.rounded, unit })
    }

    /// How well an item answers: an exact integer, greater is better; 0 for an unknown item.
    pub fn score(&self, asked: Asked<'_>, item: u32) -> i32 {
        let at = item as usize * self.shape.width;
        self.table.get(at..at + self.shape.width).map_or(0, |row| whole_dot(row, asked.values))
    }

    /// The scores of all items, by number.
    pub fn score_all(&self, asked: Asked<'_>, scores: &mut Vec<i32>) {
        scores.clear();
        let rows = self.table.chunks_exact(self.shape.width);
        scores.extend(rows.map(|row| whole_dot(row, asked.values)));
    }

    /// A score in nats, up to a number that is the same for all items of one visit.
    #[expect(clippy::cast_precision_loss, reason = "a score has 29 bits, a logit needs fewer")]
    pub fn logit(asked: Asked<'_>, score: i32) -> f32 {
        score as f32 * asked.unit
    }

    /// That number: a logit less this is the logarithm of the item's probability. Takes the
    /// scores of all items.
    pub fn log_normalizer(asked: Asked<'_>, scores: &[i32]) -> f32 {
        let most = scores.iter().copied().max().unwrap_or_default();
        let share = |score: &i32| exp(Self::logit(asked, score.wrapping_sub(most)));
        let mut sums = [0.0_f32; LANES];
        let chunks = scores.chunks_exact(LANES);
        let rest: f32 = chunks.remainder().iter().map(share).sum();
        for chunk in chunks {
            for (sum, score) in sums.iter_mut().zip(chunk) {
                *sum += share(score);
            }
        }
        let sum = total(sums) + rest;
        libm::logf(sum) + Self::logit(asked, most)
    }

    /// The newest item asks all items of the visit; the answer joins its vector.
    fn attend(&self, scratch: &mut SequenceScratch) {
        let width = self.shape.width;
        let SequenceScratch { known, rows, last, query, asks, shares, mixed, normal, .. } = scratch;
        rows.clear();
        let places = self.block.places.chunks_exact(width);
        for (item, place) in known.iter().zip(places) {
            let at = *item as usize * width;
            let row = self.table.get(at..at + width).unwrap_or_default();
            last.clear();
            last.extend(
                row.iter().zip(place).map(|(value, place)| f32::from(*value) * self.unit + place),
            );
            normalize(normal, last, &self.block.norm_in);
            rows.extend_from_slice(normal);
        }
        // The keys are never made: what the query would ask of them is asked of the rows.
        query.clear();
        query.resize(width, 0.0);
        let weights = || self.block.attention.chunks_exact(3 * width);
        for (value, row) in normal.iter().zip(weights()) {
            add_scaled(query, row.split_at(width).0, *value);
        }
        asks.clear();
        asks.extend(weights().map(|row| {
            let (_, key_value) = row.split_at(width);
            dot(query, key_value.split_at(width).0)
        }));
        shares.clear();
        let nears = self.block.distances.iter().take(known.len()).rev();
        let scale = attention::scale(width);
        for (row, near) in rows.chunks_exact(width).zip(nears) {
            shares.push(dot(row, asks) * scale + near);
        }
        attention::softmax(shares);
        mixed.clear();
        mixed.resize(width, 0.0);
        for (row, share) in rows.chunks_exact(width).zip(shares) {
            add_scaled(mixed, row, *share);
        }
        query.fill(0.0);
        for (value, row) in mixed.iter().zip(weights()) {
            add_scaled(query, row.split_at(2 * width).1, *value);
        }
        for (value, row) in query.iter().zip(self.block.merge.chunks_exact(width)) {
            add_scaled(last, row, *value);
        }
    }

    /// The inner layer and the last normalization.
    fn think(&self, scratch: &mut SequenceScratch) {
        let SequenceScratch { last, normal, inner, .. } = scratch;
        normalize(normal, last, &self.block.norm_mid);
        inner.clear();
        inner.extend_from_slice(&self.block.widen_bias);
        for (value, row) in normal.iter().zip(self.block.widen.chunks_exact(self.shape.inner)) {
            add_scaled(inner, row, *value);
        }
        add_scaled(last, &self.block.narrow_bias, 1.0);
        for (value, row) in inner.iter().zip(self.block.narrow.chunks_exact(self.shape.width)) {
            if *value > 0.0 {
                add_scaled(last, row, *value);
            }
        }
        normalize(normal, last, &self.block.norm_out);
        core::mem::swap(last, normal);
    }
}

/// Normalizes one row.
fn normalize(out: &mut Vec<f32>, row: &[f32], norm: &[f32]) {
    let (gain, shift) = norm.split_at(row.len());
    let (mean, inverse) = moments(row);
    out.clear();
    let values = row.iter().zip(gain).zip(shift);
    out.extend(values.map(|((value, gain), shift)| (value - mean) * inverse * gain + shift));
}

/// Rounds values to whole numbers of at most [`WHOLE`] and returns the unit.
#[expect(clippy::cast_possible_truncation, reason = "rounded values are at most WHOLE")]
fn round(out: &mut Vec<i16>, values: &[f32]) -> f32 {
    let mut most = 0.0_f32;
    for value in values {
        let size = value.abs();
        most = if size > most { size } else { most };
    }
    let unit = if most > 0.0 { most / f32::from(WHOLE) } else { 1.0 };
    out.extend(values.iter().map(|value| {
        let steps = value / unit;
        (if steps < 0.0 { steps - 0.5 } else { steps + 0.5 }) as i16
    }));
    unit
}

/// The exact dot product of two rounded rows.
fn whole_dot(left: &[i16], right: &[i16]) -> i32 {
    let mut sum = 0_i32;
    for (left, right) in left.iter().zip(right) {
        sum = sum.wrapping_add(i32::from(*left).wrapping_mul(i32::from(*right)));
    }
    sum
}

#[cfg(test)]
mod tests;
