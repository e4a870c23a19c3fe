//! Each item regressed on the few items that it shares most voters with.
//!
//! For an item j with neighbors S the weights solve (G[S][S] + λI) b = G[S][j], the normal
//! equations of ridge regression: what EASE does with S = all other items. They are solved by
//! Cholesky's method; a pivot that is not above 0 says that there is no solution in this
//! precision. Sums run in a fixed order, so the bits are the same everywhere.

use crate::items::ItemNo;
use crate::linear::gram::Gram;
use crate::linear::solver::{NOWHERE, Weight, fixed};
use crate::linear::{LinearError, LinearSettings};

/// Items that one step solves.
pub(super) const ITEMS_PER_STEP: usize = 256;
/// Partial sums of an inner product.
const LANES: usize = 4;

/// The counts of the chosen items by place, both ways, without the diagonal.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    /// By place: where its row ends.
    ends: Vec<usize>,
    /// (other place, voters of both), by place.
    cells: Vec<(u32, u32)>,
    /// By place: voters of the item.
    voters: Vec<u32>,
}

impl Rows {
    pub(super) fn new(gram: &Gram, chosen: &[ItemNo], places: &[u32]) -> Self {
        let place = |item: ItemNo| places.get(item.at()).copied().filter(|at| *at != NOWHERE);
        let mut pairs = Vec::new();
        for (one, other, count) in gram.pairs() {
            if let (Some(one), Some(other)) = (place(one), place(other)) {
                pairs.push((one, other, count));
                pairs.push((other, one, count));
            }
        }
        pairs.sort_unstable();
        let voters = chosen.iter().map(|item| gram.voters(*item)).collect();
        let mut rows = Self { ends: Vec::with_capacity(chosen.len()), cells: Vec::new(), voters };
        rows.cells.reserve_exact(pairs.len());
        let mut rest = pairs.into_iter().peekable();
        for place in (0_u32..).take(chosen.len()) {
            while let Some((_, to, count)) = rest.next_if(|(from, ..)| *from == place) {
                rows.cells.push((to, count));
            }
            rows.ends.push(rows.cells.len());
        }
        rows
    }

    /// Chosen items.
    pub(super) fn len(&self) -> usize {
        self.voters.len()
    }

    /// The counts of one item with others.
    pub(super) fn row(&self, place: usize) -> &[(u32, u32)] {
        let end = |place: usize| self.ends.get(place).copied().unwrap_or(0);
        let start = place.checked_sub(1).map_or(0, end);
        self.cells.get(start..end(place)).unwrap_or_default()
    }

    fn together(&self, one: u32, other: u32) -> u32 {
        if one == other {
            return self.voters.get(one as usize).copied().unwrap_or(0);
        }
        let row = self.row(one as usize);
        let found = row.binary_search_by_key(&other, |(to, _)| *to).ok();
        found.and_then(|place| row.get(place)).map_or(0, |(_, count)| *count)
    }
}

/// Weights found so far.
#[derive(Clone, Debug)]
pub(super) struct Local {
    neighbors_max: usize,
    lambda: f64,
    found: Vec<(u32, Weight)>,
}

impl Local {
    pub(super) fn new(settings: &LinearSettings) -> Self {
        let lambda = f64::from(settings.lambda);
        Self { neighbors_max: settings.neighbors_max as usize, lambda, found: Vec::new() }
    }

    /// Solves the items of one step.
    pub(super) fn step(
        &mut self,
        step: usize,
        rows: &Rows,
        supporters_min: u32,
    ) -> Result<(), LinearError> {
        let first = step * ITEMS_PER_STEP;
        for place in first..rows.len().min(first + ITEMS_PER_STEP) {
            self.solve(place, rows, supporters_min)?;
        }
        Ok(())
    }

    /// (from, weight) in no order.
    pub(super) fn finish(self) -> Vec<(u32, Weight)> {
        self.found
    }

    fn solve(&mut self, to: usize, rows: &Rows, supporters_min: u32) -> Result<(), LinearError> {
        let mut neighbors: Vec<(u32, u32)> =
            rows.row(to).iter().copied().filter(|(_, count)| *count >= supporters_min).collect();
        // Places stand by voters and id, so ties are cut the same everywhere.
        neighbors.sort_unstable_by_key(|(place, count)| (std::cmp::Reverse(*count), *place));
        neighbors.truncate(self.neighbors_max);
        let size = neighbors.len();
        if size == 0 {
            return Ok(());
        }
        let mut matrix = vec![0.0; size * size];
        for (row, (cells, (one, _))) in matrix.chunks_exact_mut(size).zip(&neighbors).enumerate() {
            for (cell, (other, _)) in cells.iter_mut().zip(&neighbors).take(row + 1) {
                *cell = f64::from(rows.together(*one, *other));
            }
            if let Some(diagonal) = cells.get_mut(row) {
                *diagonal += self.lambda;
            }
        }
        let mut weights: Vec<f64> = neighbors.iter().map(|(_, count)| f64::from(*count)).collect();
        cholesky(&mut matrix, size)?;
        substitute(&matrix, &mut weights);
        let to = u32::try_from(to).unwrap_or(NOWHERE);
        for ((from, supporters), weight) in neighbors.into_iter().zip(weights) {
            self.found.push((from, Weight { to, value: fixed(weight), supporters }));
        }
        Ok(())
    }
}

/// Replaces the lower triangle of a positive definite matrix by its factor L, A = L Lᵀ.
fn cholesky(matrix: &mut [f64], size: usize) -> Result<(), LinearError> {
    for number in 0..size {
        let (above, rest) = matrix.split_at_mut(number * size);
        let Some(row) = rest.get_mut(..=number) else { break };
        for (column, other) in above.chunks_exact(size).enumerate() {
            let (Some((before, cell)), Some((other, pivot))) =
                (head(row, column), other.get(..=column).and_then(<[f64]>::split_last).map(flip))
            else {
                break;
            };
            let value = (cell - product(before, other)) / pivot;
            if let Some(cell) = row.get_mut(column) {
                *cell = value;
            }
        }
        let Some((last, before)) = row.split_last_mut() else { break };
        let square = *last - product(before, before);
        if square.is_nan() || square <= 0.0 {
            return Err(LinearError::NotPositive);
        }
        *last = square.sqrt();
    }
    Ok(())
}

/// Solves L Lᵀ x = b in place.
fn substitute(factor: &[f64], right: &mut [f64]) {
    let size = right.len();
    for (number, row) in factor.chunks_exact(size).enumerate() {
        let Some((before, cell)) = head(right, number) else { break };
        let Some((known, pivot)) = head(row, number) else { break };
        let value = (cell - product(known, before)) / pivot;
        if let Some(cell) = right.get_mut(number) {
            *cell = value;
        }
    }
    for (number, row) in factor.chunks_exact(size).enumerate().rev() {
        let Some((known, pivot)) = head(row, number) else { break };
        let Some((cell, before)) = right.get_mut(..=number).and_then(<[f64]>::split_last_mut)
        else {
            break;
        };
        *cell /= pivot;
        for (other, known) in before.iter_mut().zip(known) {
            *other -= known * *cell;
        }
    }
}

/// What stands before a place, and what stands there.
fn head(row: &[f64], place: usize) -> Option<(&[f64], f64)> {
    row.get(..=place).and_then(<[f64]>::split_last).map(flip)
}

const fn flip<'a>((last, before): (&f64, &'a [f64])) -> (&'a [f64], f64) {
    (before, *last)
}

/// The inner product, in four partial sums of fixed order.
fn product(one: &[f64], other: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (ones, others) = (one.chunks_exact(LANES), other.chunks_exact(LANES));
    let rest = ones.remainder().iter().zip(others.remainder());
    for (one, other) in ones.zip(others) {
        for (sum, (one, other)) in sums.iter_mut().zip(one.iter().zip(other)) {
            *sum += one * other;
        }
    }
    let [a, b, c, d] = sums;
    let mut total = (a + b) + (c + d);
    for (one, other) in rest {
        total += one * other;
    }
    total
}

#[cfg(test)]
mod tests;
