//! Causal attention with one head inside each session, forwards and backwards.
//!
//! Each place asks all places up to itself; a learned number per distance is added, so that the
//! newest items can count most without being learned place by place.

use super::exponential::exp;
use super::matrix::{add_scaled, dot};

/// Attends within sessions; rows are query, key and value side by side.
pub(super) fn forward(
    out: &mut [f32],
    shares: &mut Vec<f32>,
    rows: &[f32],
    lengths: &[usize],
    distances: &[f32],
) {
    shares.clear();
    out.fill(0.0);
    let width = row_width(out, lengths);
    let scale = scale(width);
    let (mut rows, mut out) = (rows, out);
    for length in lengths {
        let (session, rest) = rows.split_at(length * 3 * width);
        let (answers, after) = core::mem::take(&mut out).split_at_mut(length * width);
        for (place, (asking, answer)) in
            session.chunks_exact(3 * width).zip(answers.chunks_exact_mut(width)).enumerate()
        {
            let (query, _) = asking.split_at(width);
            let start = shares.len();
            for (asked, distance) in
                session.chunks_exact(3 * width).take(place + 1).zip((0..=place).rev())
            {
                let (_, key_value) = asked.split_at(width);
                let (key, _) = key_value.split_at(width);
                let near = distances.get(distance).copied().unwrap_or_default();
                shares.push(dot(query, key) * scale + near);
            }
            let shares = shares.get_mut(start..).unwrap_or_default();
            softmax(shares);
            for (asked, share) in session.chunks_exact(3 * width).zip(shares) {
                add_scaled(answer, asked.split_at(2 * width).1, *share);
            }
        }
        (rows, out) = (rest, after);
    }
}

/// Gradients of query, key and value (into `out`) and of the distances.
pub(super) fn backward(
    out: &mut [f32],
    distances_out: &mut [f32],
    given: &[f32],
    (rows, shares): (&[f32], &[f32]),
    lengths: &[usize],
) {
    out.fill(0.0);
    let width = row_width(given, lengths);
    let scale = scale(width);
    let (mut out, mut given, mut rows, mut shares) = (out, given, rows, shares);
    let mut slopes = Vec::new();
    let mut asked = vec![0.0; width];
    for length in lengths {
        let (session, rows_rest) = rows.split_at(length * 3 * width);
        let (answers, given_rest) = given.split_at(length * width);
        let (outs, out_rest) = core::mem::take(&mut out).split_at_mut(length * 3 * width);
        for (place, (row, answer)) in
            session.chunks_exact(3 * width).zip(answers.chunks_exact(width)).enumerate()
        {
            let (own, shares_rest) = shares.split_at(place + 1);
            shares = shares_rest;
            slopes_of(&mut slopes, own, answer, session);
            asked.fill(0.0);
            for ((other, slope), distance) in
                session.chunks_exact(3 * width).zip(&slopes).zip((0..=place).rev())
            {
                let (_, key_value) = other.split_at(width);
                add_scaled(&mut asked, key_value.split_at(width).0, slope * scale);
                if let Some(distance_out) = distances_out.get_mut(distance) {
                    *distance_out += slope;
                }
            }
            let query = row.split_at(width).0;
            for ((out, slope), share) in outs.chunks_exact_mut(3 * width).zip(&slopes).zip(own) {
                let (_, key_value) = out.split_at_mut(width);
                let (key, value) = key_value.split_at_mut(width);
                add_scaled(key, query, slope * scale);
                add_scaled(value, answer, *share);
            }
            if let Some(out) = outs.chunks_exact_mut(3 * width).nth(place) {
                add_scaled(out.split_at_mut(width).0, &asked, 1.0);
            }
        }
        (rows, given, out) = (rows_rest, given_rest, out_rest);
    }
}

/// The gradient of the shares before the softmax, for one asking place.
fn slopes_of(slopes: &mut Vec<f32>, shares: &[f32], answer: &[f32], session: &[f32]) {
    let width = answer.len();
    slopes.clear();
    let mut mean = 0.0;
    for (asked, share) in session.chunks_exact(3 * width).zip(shares) {
        let slope = dot(answer, asked.split_at(2 * width).1);
        mean += slope * share;
        slopes.push(slope);
    }
    for (slope, share) in slopes.iter_mut().zip(shares) {
        *slope = (*slope - mean) * share;
    }
}

/// Turns numbers into shares of one.
pub(super) fn softmax(values: &mut [f32]) {
    let mut most = f32::NEG_INFINITY;
    for value in values.iter() {
        most = if *value > most { *value } else { most };
    }
    let mut sum = 0.0;
    for value in values.iter_mut() {
        *value = exp(*value - most);
        sum += *value;
    }
    for value in values {
        *value /= sum;
    }
}

/// One over the square root of the width.
#[expect(clippy::cast_precision_loss, reason = "a row has at most a few hundred values")]
pub(super) fn scale(width: usize) -> f32 {
    1.0 / (width as f32).sqrt()
}

fn row_width(rows: &[f32], lengths: &[usize]) -> usize {
    rows.len() / lengths.iter().sum::<usize>().max(1)
}
