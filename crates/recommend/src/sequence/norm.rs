//! Layer normalization (Ba, Kiros, Hinton, arXiv 1607.06450), forwards and backwards.

use super::matrix::{LANES, total};

/// Keeps the variance from zero.
const FLOOR: f32 = 1e-5;

/// Normalizes each row; `norm` holds the gain and then the shift. `inverses` receives one over the
/// deviation of each row, `normal` the row before gain and shift.
pub(super) fn forward(
    out: &mut [f32],
    normal: &mut [f32],
    inverses: &mut Vec<f32>,
    rows: &[f32],
    norm: &[f32],
) {
    let width = norm.len() / 2;
    let (gain, shift) = norm.split_at(width);
    inverses.clear();
    let outs = out.chunks_exact_mut(width).zip(normal.chunks_exact_mut(width));
    for ((out, normal), row) in outs.zip(rows.chunks_exact(width)) {
        let (mean, inverse) = moments(row);
        inverses.push(inverse);
        for (normal, value) in normal.iter_mut().zip(row) {
            *normal = (value - mean) * inverse;
        }
        for (((out, normal), gain), shift) in out.iter_mut().zip(normal).zip(gain).zip(shift) {
            *out = *normal * gain + shift;
        }
    }
}

/// Adds the gradient of the rows to `out` and that of gain and shift to `norm_out`.
pub(super) fn backward(
    out: &mut [f32],
    norm_out: &mut [f32],
    given: &[f32],
    (normal, inverses): (&[f32], &[f32]),
    norm: &[f32],
) {
    let width = norm.len() / 2;
    let (gain, _) = norm.split_at(width);
    let (gain_out, shift_out) = norm_out.split_at_mut(width);
    let rows = given.chunks_exact(width).zip(normal.chunks_exact(width)).zip(inverses);
    for (out, ((given, normal), inverse)) in out.chunks_exact_mut(width).zip(rows) {
        let sums = gain_out.iter_mut().zip(shift_out.iter_mut());
        for ((gain_out, shift_out), (given, normal)) in sums.zip(given.iter().zip(normal)) {
            *gain_out += given * normal;
            *shift_out += given;
        }
        let (mean, along) = means(given, gain, normal);
        for (((out, given), gain), normal) in out.iter_mut().zip(given).zip(gain).zip(normal) {
            *out += (given * gain - mean - normal * along) * inverse;
        }
    }
}

/// The mean of a row and one over its deviation.
#[expect(clippy::cast_precision_loss, reason = "a row has at most a few hundred values")]
pub(super) fn moments(row: &[f32]) -> (f32, f32) {
    let mut sums = [0.0_f32; LANES];
    for chunk in row.chunks_exact(LANES) {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += value;
        }
    }
    let mean = total(sums) / row.len() as f32;
    let mut squares = [0.0_f32; LANES];
    for chunk in row.chunks_exact(LANES) {
        for (square, value) in squares.iter_mut().zip(chunk) {
            *square += (value - mean) * (value - mean);
        }
    }
    (mean, 1.0 / (total(squares) / row.len() as f32 + FLOOR).sqrt())
}

/// The means of `given * gain` and of that times `normal`.
#[expect(clippy::cast_precision_loss, reason = "a row has at most a few hundred values")]
fn means(given: &[f32], gain: &[f32], normal: &[f32]) -> (f32, f32) {
    let (mut sums, mut along) = ([0.0_f32; LANES], [0.0_f32; LANES]);
    let chunks = given.chunks_exact(LANES).zip(gain.chunks_exact(LANES));
    for ((given, gain), normal) in chunks.zip(normal.chunks_exact(LANES)) {
        let values = given.iter().zip(gain).zip(normal);
        for ((sum, along), ((given, gain), normal)) in
            sums.iter_mut().zip(along.iter_mut()).zip(values)
        {
            *sum += given * gain;
            *along += given * gain * normal;
        }
    }
    let width = given.len() as f32;
    (total(sums) / width, total(along) / width)
}
