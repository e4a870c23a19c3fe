//! The blocked inverse against the schoolbook one.

use crate::linear::LinearError;
use crate::linear::sweep::{Sweep, TILE};

type Dense = Vec<Vec<f64>>;

/// A positive definite matrix from rows of 0 and 1, with 3 on the diagonal besides.
pub(crate) fn gram(size: usize, seed: u64) -> Dense {
    let mut state = seed;
    let mut matrix = vec![vec![0.0; size]; size];
    for (number, row) in matrix.iter_mut().enumerate() {
        row[number] = 3.0;
    }
    for _ in 0..3 * size {
        let mut row = Vec::new();
        for _ in 0..5 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
            row.push(usize::try_from(state >> 33).unwrap() % size);
        }
        row.sort_unstable();
        row.dedup();
        for one in &row {
            for other in &row {
                matrix[*one][*other] += 1.0;
            }
        }
    }
    matrix
}

/// Gauss-Jordan elimination with the largest pivot.
pub(crate) fn inverse(matrix: &Dense) -> Dense {
    let size = matrix.len();
    let mut left = matrix.clone();
    let mut right: Dense =
        (0..size).map(|row| (0..size).map(|c| f64::from(u8::from(row == c))).collect()).collect();
    for pivot in 0..size {
        let best =
            (pivot..size).max_by(|a, b| left[*a][pivot].abs().total_cmp(&left[*b][pivot].abs()));
        left.swap(pivot, best.unwrap());
        right.swap(pivot, best.unwrap());
        let value = left[pivot][pivot];
        for column in 0..size {
            left[pivot][column] /= value;
            right[pivot][column] /= value;
        }
        for row in (0..size).filter(|row| *row != pivot) {
            let factor = left[row][pivot];
            for column in 0..size {
                left[row][column] -= factor * left[pivot][column];
                right[row][column] -= factor * right[pivot][column];
            }
        }
    }
    right
}

fn swept(matrix: &Dense) -> Result<Sweep, LinearError> {
    let mut sweep = Sweep::new(matrix.len());
    for (row, values) in matrix.iter().enumerate() {
        for (column, value) in values.iter().enumerate().take(row + 1) {
            sweep.set(column, row, *value);
        }
    }
    for block in 0..sweep.blocks() {
        sweep.step(block)?;
    }
    Ok(sweep)
}

#[track_caller]
fn check(size: usize) {
    let matrix = gram(size, size as u64);
    let (sweep, expected) = (swept(&matrix).unwrap(), inverse(&matrix));
    for (row, values) in expected.iter().enumerate() {
        for (column, value) in values.iter().enumerate() {
            let difference = sweep.get(row, column) + value;
            assert!(difference.abs() < 1e-12, "{size}: {row} {column} {difference}");
        }
    }
}

#[test]
fn the_inverse_is_the_schoolbook_one() {
    for size in [0, 1, 2, 5, TILE - 1, TILE, TILE + 1, 2 * TILE + 7, 200] {
        check(size);
    }
}

#[test]
fn a_matrix_that_is_not_positive_definite_is_refused() {
    let mut matrix = gram(70, 1);
    matrix[69][69] = -1.0;
    assert_eq!(swept(&matrix).err(), Some(LinearError::NotPositive));
    matrix[69][69] = f64::NAN;
    assert_eq!(swept(&matrix).err(), Some(LinearError::NotPositive));
}
