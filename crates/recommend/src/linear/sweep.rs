//! The inverse of a symmetric positive definite matrix, block by block, in place.
//!
//! The symmetric sweep (Goodnight, "A tutorial on the SWEEP operator", 1979) over blocks of 64:
//! with the pivot block D = M[K][K]⁻¹ every other block becomes M[i][j] − M[i][K] D M[K][j], the
//! pivot column M[i][K] D, the pivot −D; after all pivots the matrix is minus the inverse. The
//! pivots are those of Cholesky's method, so none needs exchanging, and one that is not above 0
//! says that the matrix is not positive definite. Only blocks on and below the diagonal are kept:
//! 4 n² bytes and n³/2 multiplications, half of what a general inverse takes.
//!
//! Every sum runs in one fixed order of plain additions and multiplications, so the result is the
//! same, bit for bit, on every machine and in WASM.

use crate::linear::LinearError;

/// Rows of a block.
const TILE: usize = 64;
/// Rows and columns that the inner loop holds in registers.
const LANES: usize = 4;

/// A block in rows.
type Tile = Vec<f64>;

/// A symmetric matrix in blocks; the last block is filled up with the unit matrix.
#[derive(Clone, Debug)]
pub(super) struct Sweep {
    blocks: usize,
    /// Row by row of blocks, up to the diagonal.
    tiles: Vec<Tile>,
}

/// A block column during one step, packed for the inner loop: W = M[i][K] and V = W D.
struct Column {
    plain: Tile,
    packed_w: Tile,
    packed_v: Tile,
}

impl Sweep {
    /// The zero matrix of `size` rows.
    pub(super) fn new(size: usize) -> Self {
        let blocks = size.div_ceil(TILE);
        let tiles = vec![vec![0.0; TILE * TILE]; blocks * (blocks + 1) / 2];
        let mut sweep = Self { blocks, tiles };
        for filler in size..blocks * TILE {
            sweep.set(filler, filler, 1.0);
        }
        sweep
    }

    /// Steps that the inverse takes.
    pub(super) const fn blocks(&self) -> usize {
        self.blocks
    }

    /// Sets a value and its mirror image.
    pub(super) fn set(&mut self, row: usize, column: usize, value: f64) {
        for (row, column) in [(row, column), (column, row)] {
            if row / TILE < column / TILE {
                continue;
            }
            let place = row % TILE * TILE + column % TILE;
            let tile = self.tiles.get_mut(index(row / TILE, column / TILE));
            if let Some(cell) = tile.and_then(|tile| tile.get_mut(place)) {
                *cell = value;
            }
        }
    }

    /// A value; after the last step one of minus the inverse.
    pub(super) fn get(&self, row: usize, column: usize) -> f64 {
        let (row, column) = (row.max(column), row.min(column));
        let place = row % TILE * TILE + column % TILE;
        self.tile(row / TILE, column / TILE).get(place).copied().unwrap_or(0.0)
    }

    /// Sweeps one block; blocks must come in order, each once.
    pub(super) fn step(&mut self, pivot: usize) -> Result<(), LinearError> {
        // `negative` is −D.
        let mut negative = self.tile(pivot, pivot).to_vec();
        invert(&mut negative)?;
        // Columns of −D are its rows, up to rounding; pack them as columns all the same.
        let packed_negative = packed(&transposed(&negative));
        let columns: Vec<Option<Column>> =
            (0..self.blocks).map(|row| self.column(row, pivot, &packed_negative)).collect();
        for (row, one) in columns.iter().enumerate() {
            let Some(one) = one else { continue };
            for (column, other) in columns.iter().enumerate().take(row + 1) {
                let Some(other) = other else { continue };
                if let Some(tile) = self.tiles.get_mut(index(row, column)) {
                    subtract_product(tile, &one.packed_v, &other.packed_w);
                }
            }
        }
        for (row, column) in columns.into_iter().enumerate() {
            let Some(column) = column else { continue };
            let (place, tile) = if row > pivot {
                (index(row, pivot), column.plain)
            } else {
                (index(pivot, row), transposed(&column.plain))
            };
            if let Some(old) = self.tiles.get_mut(place) {
                *old = tile;
            }
        }
        if let Some(old) = self.tiles.get_mut(index(pivot, pivot)) {
            *old = negative;
        }
        Ok(())
    }

    /// One block of the pivot column; None for the pivot itself.
    fn column(&self, row: usize, pivot: usize, packed_negative: &[f64]) -> Option<Column> {
        let w = match row.cmp(&pivot) {
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Greater => self.tile(row, pivot).to_vec(),
            std::cmp::Ordering::Less => transposed(self.tile(pivot, row)),
        };
        let packed_w = packed(&w);
        let mut plain = vec![0.0; TILE * TILE];
        subtract_product(&mut plain, &packed_w, packed_negative);
        let packed_v = packed(&plain);
        Some(Column { plain, packed_w, packed_v })
    }

    fn tile(&self, row: usize, column: usize) -> &[f64] {
        self.tiles.get(index(row, column)).map_or(&[], Vec::as_slice)
    }
}

const fn index(row: usize, column: usize) -> usize {
    row * (row + 1) / 2 + column
}

/// Sweeps a block by itself: afterwards it is minus its inverse.
fn invert(tile: &mut [f64]) -> Result<(), LinearError> {
    for pivot in 0..TILE {
        let Some(pivot_row) = tile.chunks_exact(TILE).nth(pivot).map(<[f64]>::to_vec) else {
            return Err(LinearError::NotPositive);
        };
        let value = pivot_row.get(pivot).copied().unwrap_or(0.0);
        if value.is_nan() || value <= 0.0 {
            return Err(LinearError::NotPositive);
        }
        for (number, row) in tile.chunks_exact_mut(TILE).enumerate() {
            if number == pivot {
                for cell in row.iter_mut() {
                    *cell /= value;
                }
                set(row, pivot, -1.0 / value);
                continue;
            }
            let factor = row.get(pivot).copied().unwrap_or(0.0) / value;
            for (cell, other) in row.iter_mut().zip(&pivot_row) {
                *cell -= factor * other;
            }
            set(row, pivot, factor);
        }
    }
    Ok(())
}

fn set(row: &mut [f64], place: usize, value: f64) {
    if let Some(cell) = row.get_mut(place) {
        *cell = value;
    }
}

fn transposed(tile: &[f64]) -> Tile {
    let columns = (0..TILE).flat_map(|column| tile.iter().skip(column).step_by(TILE));
    columns.copied().collect()
}

/// Groups of four rows, each group column by column.
fn packed(tile: &[f64]) -> Tile {
    let mut packed = Vec::with_capacity(TILE * TILE);
    for group in tile.chunks_exact(LANES * TILE) {
        for column in 0..TILE {
            packed.extend(group.iter().skip(column).step_by(TILE));
        }
    }
    packed
}

/// Subtracts A·Bᵀ, both packed.
fn subtract_product(tile: &mut [f64], a: &[f64], b: &[f64]) {
    let groups = tile.chunks_exact_mut(LANES * TILE).zip(a.chunks_exact(LANES * TILE));
    for (rows, a_group) in groups {
        for (column, b_group) in b.chunks_exact(LANES * TILE).enumerate() {
            let sums = product(a_group, b_group);
            for (row, sums) in rows.chunks_exact_mut(TILE).zip(&sums) {
                let cells = row.iter_mut().skip(column * LANES);
                for (cell, sum) in cells.zip(sums) {
                    *cell -= sum;
                }
            }
        }
    }
}

/// Four rows times four columns.
fn product(a_group: &[f64], b_group: &[f64]) -> [[f64; LANES]; LANES] {
    let mut sums = [[0.0; LANES]; LANES];
    for (a, b) in a_group.chunks_exact(LANES).zip(b_group.chunks_exact(LANES)) {
        let (Ok(a), Ok(b)) = (<&[f64; LANES]>::try_from(a), <&[f64; LANES]>::try_from(b)) else {
            continue;
        };
        for (row, a) in sums.iter_mut().zip(a) {
            for (sum, b) in row.iter_mut().zip(b) {
                *sum += a * b;
            }
        }
    }
    sums
}

#[cfg(test)]
pub(crate) mod tests;
