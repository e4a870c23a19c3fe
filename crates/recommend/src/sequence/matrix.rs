//! Matrix products and vector sums with one fixed order of operations.
//!
//! The product packs both sides into narrow panels and keeps a small tile of sums in registers
//! (Goto and van de Geijn, ACM TOMS 2008). The tile is an array of independent sums, so the
//! compiler may use vector registers of any width without changing a bit of the result; nothing
//! is fused or reassociated.

/// Independent sums of a dot product.
pub(super) const LANES: usize = 8;
/// Rows of the register tile.
const TILE_ROWS: usize = 4;
/// Columns of the register tile.
const TILE_COLUMNS: usize = 8;
/// Terms of a sum that are packed at a time.
const DEPTH: usize = 256;

/// A matrix, stored row by row, that may be read flipped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matrix<'a> {
    data: &'a [f32],
    stored_columns: usize,
    flipped: bool,
}

impl<'a> Matrix<'a> {
    /// The rows of `data`, each of `columns` values.
    pub(super) const fn new(data: &'a [f32], columns: usize) -> Self {
        Self { data, stored_columns: columns, flipped: false }
    }

    /// Rows become columns.
    pub(super) const fn flip(self) -> Self {
        Self { flipped: !self.flipped, ..self }
    }

    /// Rows and columns as they are read.
    const fn size(self) -> (usize, usize) {
        let stored_rows = match self.data.len().checked_div(self.stored_columns) {
            Some(rows) => rows,
            None => 0,
        };
        if self.flipped {
            (self.stored_columns, stored_rows)
        } else {
            (stored_rows, self.stored_columns)
        }
    }
}

/// What becomes of the values that were there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Into {
    /// They are replaced.
    Fresh,
    /// The product is added to them.
    Sum,
}

/// Multiplies matrices; holds the packed panels so that they are allocated once.
#[derive(Clone, Debug, Default)]
pub(super) struct Multiplier {
    left: Vec<[f32; TILE_ROWS]>,
    right: Vec<[f32; TILE_COLUMNS]>,
}

impl Multiplier {
    /// Writes `left` times `right` into `out`, row by row.
    pub(super) fn multiply(
        &mut self,
        out: &mut [f32],
        into: Into,
        left: Matrix<'_>,
        right: Matrix<'_>,
    ) {
        let (rows, depth) = left.size();
        let (right_depth, columns) = right.size();
        debug_assert_eq!(depth, right_depth, "inner sizes differ");
        debug_assert_eq!(out.len(), rows * columns, "the result has another size");
        if into == Into::Fresh {
            out.fill(0.0);
        }
        let mut first = 0;
        while first < depth {
            let taken = DEPTH.min(depth - first);
            pack(&mut self.left, left.flip(), first, taken);
            pack(&mut self.right, right, first, taken);
            self.tiles(out, columns, taken, rows < columns);
            first += taken;
        }
    }

    /// All tiles of one packed slab; the smaller side is walked innermost and stays in the cache.
    fn tiles(&self, out: &mut [f32], columns: usize, depth: usize, left_inside: bool) {
        if left_inside {
            for (right_no, right) in self.right.chunks_exact(depth).enumerate() {
                for (left, rows) in
                    self.left.chunks_exact(depth).zip(out.chunks_mut(columns * TILE_ROWS))
                {
                    add_tile(rows, columns, right_no * TILE_COLUMNS, &tile(left, right));
                }
            }
        } else {
            for (left, rows) in
                self.left.chunks_exact(depth).zip(out.chunks_mut(columns * TILE_ROWS))
            {
                for (right_no, right) in self.right.chunks_exact(depth).enumerate() {
                    add_tile(rows, columns, right_no * TILE_COLUMNS, &tile(left, right));
                }
            }
        }
    }
}

/// One register tile: the only place where the time goes.
#[inline]
fn tile(
    left: &[[f32; TILE_ROWS]],
    right: &[[f32; TILE_COLUMNS]],
) -> [[f32; TILE_COLUMNS]; TILE_ROWS] {
    let mut sums = [[0.0_f32; TILE_COLUMNS]; TILE_ROWS];
    for (left, right) in left.iter().zip(right) {
        for (sums, left) in sums.iter_mut().zip(left) {
            for (sum, right) in sums.iter_mut().zip(right) {
                *sum += left * right;
            }
        }
    }
    sums
}

#[inline]
fn add_tile(rows: &mut [f32], columns: usize, at: usize, sums: &[[f32; TILE_COLUMNS]; TILE_ROWS]) {
    for (row, sums) in rows.chunks_mut(columns).zip(sums) {
        for (value, sum) in row.iter_mut().skip(at).zip(sums) {
            *value += sum;
        }
    }
}

/// Packs `taken` rows of a (depth x lines) matrix into panels of `W` lines; missing lines are 0.
fn pack<const W: usize>(panels: &mut Vec<[f32; W]>, from: Matrix<'_>, first: usize, taken: usize) {
    let (_, lines) = from.size();
    panels.clear();
    panels.resize(lines.div_ceil(W) * taken, [0.0; W]);
    let stored = from.data.chunks_exact(from.stored_columns.max(1));
    if from.flipped {
        let mut lines = stored;
        for panel in panels.chunks_exact_mut(taken) {
            for (lane, line) in lines.by_ref().take(W).enumerate() {
                for (slot, value) in panel.iter_mut().zip(line.iter().skip(first)) {
                    if let Some(slot) = slot.get_mut(lane) {
                        *slot = *value;
                    }
                }
            }
        }
    } else {
        for (term, row) in stored.skip(first).take(taken).enumerate() {
            for (panel, values) in panels.chunks_exact_mut(taken).zip(row.chunks(W)) {
                let Some(slot) = panel.get_mut(term) else { continue };
                for (slot, value) in slot.iter_mut().zip(values) {
                    *slot = *value;
                }
            }
        }
    }
}

/// The dot product in [`LANES`] independent sums; the lengths are equal.
pub(super) fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let (left, right) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    let mut rest = 0.0;
    for (left, right) in left.remainder().iter().zip(right.remainder()) {
        rest += left * right;
    }
    for (left, right) in left.zip(right) {
        for ((sum, left), right) in sums.iter_mut().zip(left).zip(right) {
            *sum += left * right;
        }
    }
    total(sums) + rest
}

/// Adds `values` times `factor`.
pub(super) fn add_scaled(out: &mut [f32], values: &[f32], factor: f32) {
    for (out, value) in out.iter_mut().zip(values) {
        *out += value * factor;
    }
}

/// Adds the rows of `values` up.
pub(super) fn add_rows(out: &mut [f32], values: &[f32]) {
    for row in values.chunks_exact(out.len().max(1)) {
        for (out, value) in out.iter_mut().zip(row) {
            *out += value;
        }
    }
}

/// The sum of the lanes, always in this order.
pub(super) fn total(lanes: [f32; LANES]) -> f32 {
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

#[cfg(test)]
mod tests;
