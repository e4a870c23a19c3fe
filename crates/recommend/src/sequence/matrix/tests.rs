use super::*;

/// Small whole numbers, so that every order of sums gives the same.
fn numbers(count: usize, step: usize) -> Vec<f32> {
    (0..count).map(|at| f32::from(u8::try_from(at * step % 11).unwrap()) - 5.0).collect()
}

/// Rows of a matrix as it is read.
fn rows(matrix: Matrix<'_>) -> Vec<Vec<f32>> {
    let (rows, columns) = matrix.size();
    let at = |row: usize, column: usize| {
        let place = if matrix.flipped {
            column * matrix.stored_columns + row
        } else {
            row * matrix.stored_columns + column
        };
        matrix.data[place]
    };
    (0..rows).map(|row| (0..columns).map(|column| at(row, column)).collect()).collect()
}

#[track_caller]
fn check(size: (usize, usize, usize), flips: (bool, bool)) {
    let (height, depth, width) = size;
    let (left, right) = (numbers(height * depth, 3), numbers(depth * width, 7));
    let left = if flips.0 { Matrix::new(&left, height).flip() } else { Matrix::new(&left, depth) };
    let right =
        if flips.1 { Matrix::new(&right, depth).flip() } else { Matrix::new(&right, width) };
    let (left_rows, right_rows) = (rows(left), rows(right));
    let mut expected = Vec::new();
    for row in &left_rows {
        for column in 0..width {
            expected.push(row.iter().zip(&right_rows).map(|(a, b)| a * b[column]).sum::<f32>());
        }
    }
    let mut out = vec![9.0; height * width];
    let mut multiplier = Multiplier::default();
    multiplier.multiply(&mut out, Into::Fresh, left, right);
    assert_eq!(out, expected, "{size:?} {flips:?}");
    multiplier.multiply(&mut out, Into::Sum, left, right);
    let doubled: Vec<f32> = expected.iter().map(|value| value * 2.0).collect();
    assert_eq!(out, doubled, "{size:?} {flips:?}, summed");
}

#[test]
fn products_equal_the_plain_ones() {
    for size in [(1, 1, 1), (4, 8, 8), (5, 9, 3), (3, 300, 17), (40, 2, 9), (9, 257, 40)] {
        for flips in [(false, false), (false, true), (true, false), (true, true)] {
            check(size, flips);
        }
    }
}

#[test]
fn dots_take_every_value() {
    for len in [0, 1, 7, 8, 9, 16, 30] {
        let (left, right) = (numbers(len, 3), numbers(len, 5));
        let plain: f32 = left.iter().zip(&right).map(|(a, b)| a * b).sum();
        assert!((dot(&left, &right) - plain).abs() < f32::EPSILON, "{len}");
    }
}

#[test]
fn rows_are_added_up() {
    let mut sums = vec![1.0, 2.0];
    add_rows(&mut sums, &[1.0, 10.0, 2.0, 20.0]);
    assert_eq!(sums, [4.0, 32.0]);
    add_scaled(&mut sums, &[1.0, -1.0], 3.0);
    assert_eq!(sums, [7.0, 29.0]);
}
