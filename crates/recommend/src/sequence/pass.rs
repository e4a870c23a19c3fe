//! One pass of a mini-batch through the block, forwards and backwards.
//!
//! All sessions of the batch lie one after the other without padding; only attention and the
//! places know where one ends.

use super::matrix::{Into, Matrix, Multiplier, add_rows};
use super::parameters::{Block, Shape};
use super::random::Random;
use super::{attention, norm};

/// Where values are dropped while training, in shares of 65,536.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drops {
    /// Of the item vectors.
    pub(super) input: u16,
    /// Of what attention and the inner layer add.
    pub(super) hidden: u16,
}

/// A normalization with what its way back needs.
#[derive(Clone, Debug, Default)]
struct Normed {
    out: Vec<f32>,
    normal: Vec<f32>,
    inverses: Vec<f32>,
}

impl Normed {
    fn forward(&mut self, rows: &[f32], norm: &[f32]) {
        self.out.resize(rows.len(), 0.0);
        self.normal.resize(rows.len(), 0.0);
        norm::forward(&mut self.out, &mut self.normal, &mut self.inverses, rows, norm);
    }

    fn backward(&self, out: &mut [f32], norm_out: &mut [f32], given: &[f32], norm: &[f32]) {
        norm::backward(out, norm_out, given, (&self.normal, &self.inverses), norm);
    }
}

/// Everything between the item vectors and the result; buffers live as long as training.
#[derive(Clone, Debug)]
pub(super) struct Pass {
    shape: Shape,
    multiplier: Multiplier,
    /// The stream that every layer adds to.
    stream: Vec<f32>,
    input_mask: Vec<f32>,
    attended_mask: Vec<f32>,
    inner_mask: Vec<f32>,
    before_attention: Normed,
    query_key_value: Vec<f32>,
    shares: Vec<f32>,
    attended: Vec<f32>,
    before_inner: Normed,
    inner: Vec<f32>,
    result: Normed,
    added: Vec<f32>,
    /// Gradients on their way back.
    back: Vec<f32>,
    back_wide: Vec<f32>,
    back_stream: Vec<f32>,
}

impl Pass {
    pub(super) fn new(shape: Shape) -> Self {
        Self {
            shape,
            multiplier: Multiplier::default(),
            stream: Vec::new(),
            input_mask: Vec::new(),
            attended_mask: Vec::new(),
            inner_mask: Vec::new(),
            before_attention: Normed::default(),
            query_key_value: Vec::new(),
            shares: Vec::new(),
            attended: Vec::new(),
            before_inner: Normed::default(),
            inner: Vec::new(),
            result: Normed::default(),
            added: Vec::new(),
            back: Vec::new(),
            back_wide: Vec::new(),
            back_stream: Vec::new(),
        }
    }

    /// The result for every position, to be compared with item vectors.
    pub(super) fn result(&self) -> &[f32] {
        &self.result.out
    }

    /// Draws new masks for `positions` positions.
    pub(super) fn draw(&mut self, positions: usize, drops: Drops, random: &mut Random) {
        let values = positions * self.shape.width;
        for (mask, drop) in [
            (&mut self.input_mask, drops.input),
            (&mut self.attended_mask, drops.hidden),
            (&mut self.inner_mask, drops.hidden),
        ] {
            mask.resize(values, 0.0);
            let kept = 65_536.0 / (65_536.0 - f32::from(drop));
            random.mask(mask, drop, kept);
        }
    }

    /// Item vectors in, results out; the masks were drawn.
    pub(super) fn forward(&mut self, block: &Block, inputs: &[f32], lengths: &[usize]) {
        let Shape { width, inner, .. } = self.shape;
        let positions = inputs.len() / width;
        self.stream.clear();
        let mut masks = self.input_mask.chunks_exact(width);
        let mut rows = inputs.chunks_exact(width);
        for length in lengths {
            let places = block.places.chunks_exact(width).take(*length);
            for ((row, place), mask) in rows.by_ref().take(*length).zip(places).zip(masks.by_ref())
            {
                let values = row.iter().zip(place).zip(mask);
                self.stream.extend(values.map(|((value, place), mask)| (value + place) * mask));
            }
        }

        self.before_attention.forward(&self.stream, &block.norm_in);
        let normed = Matrix::new(&self.before_attention.out, width);
        self.query_key_value.resize(positions * 3 * width, 0.0);
        let weights = Matrix::new(&block.attention, 3 * width);
        self.multiplier.multiply(&mut self.query_key_value, Into::Fresh, normed, weights);
        self.attended.resize(positions * width, 0.0);
        attention::forward(
            &mut self.attended,
            &mut self.shares,
            &self.query_key_value,
            lengths,
            &block.distances,
        );
        self.added.resize(positions * width, 0.0);
        let attended = Matrix::new(&self.attended, width);
        let weights = Matrix::new(&block.merge, width);
        self.multiplier.multiply(&mut self.added, Into::Fresh, attended, weights);
        add_masked(&mut self.stream, &self.added, &self.attended_mask);

        self.before_inner.forward(&self.stream, &block.norm_mid);
        let normed = Matrix::new(&self.before_inner.out, width);
        self.inner.resize(positions * inner, 0.0);
        spread(&mut self.inner, &block.widen_bias);
        let weights = Matrix::new(&block.widen, inner);
        self.multiplier.multiply(&mut self.inner, Into::Sum, normed, weights);
        self.inner.iter_mut().for_each(|value| *value = if *value > 0.0 { *value } else { 0.0 });
        spread(&mut self.added, &block.narrow_bias);
        let hidden = Matrix::new(&self.inner, inner);
        let weights = Matrix::new(&block.narrow, width);
        self.multiplier.multiply(&mut self.added, Into::Sum, hidden, weights);
        add_masked(&mut self.stream, &self.added, &self.inner_mask);

        self.result.forward(&self.stream, &block.norm_out);
    }

    /// The gradient of the result in; that of the item vectors out, those of the block in `to`.
    pub(super) fn backward(
        &mut self,
        block: &Block,
        to: &mut Block,
        given: &[f32],
        lengths: &[usize],
    ) -> &[f32] {
        let Shape { width, inner, .. } = self.shape;
        let positions = given.len() / width;
        self.back_stream.clear();
        self.back_stream.resize(positions * width, 0.0);
        self.result.backward(&mut self.back_stream, &mut to.norm_out, given, &block.norm_out);

        self.back.resize(positions * width, 0.0);
        multiply_mask(&mut self.back, &self.back_stream, &self.inner_mask);
        add_rows(&mut to.narrow_bias, &self.back);
        let back = Matrix::new(&self.back, width);
        let hidden = Matrix::new(&self.inner, inner).flip();
        self.multiplier.multiply(&mut to.narrow, Into::Sum, hidden, back);
        self.back_wide.resize(positions * inner, 0.0);
        let weights = Matrix::new(&block.narrow, width).flip();
        self.multiplier.multiply(&mut self.back_wide, Into::Fresh, back, weights);
        for (back, value) in self.back_wide.iter_mut().zip(&self.inner) {
            *back = if *value > 0.0 { *back } else { 0.0 };
        }
        add_rows(&mut to.widen_bias, &self.back_wide);
        let back = Matrix::new(&self.back_wide, inner);
        let normed = Matrix::new(&self.before_inner.out, width).flip();
        self.multiplier.multiply(&mut to.widen, Into::Sum, normed, back);
        let weights = Matrix::new(&block.widen, inner).flip();
        self.multiplier.multiply(&mut self.back, Into::Fresh, back, weights);
        let (stream, back) = (&mut self.back_stream, &self.back);
        self.before_inner.backward(stream, &mut to.norm_mid, back, &block.norm_mid);

        self.backward_attention(block, to, lengths);
        self.backward_input(to, lengths);
        &self.back_stream
    }

    fn backward_attention(&mut self, block: &Block, to: &mut Block, lengths: &[usize]) {
        let width = self.shape.width;
        multiply_mask(&mut self.back, &self.back_stream, &self.attended_mask);
        let back = Matrix::new(&self.back, width);
        let attended = Matrix::new(&self.attended, width).flip();
        self.multiplier.multiply(&mut to.merge, Into::Sum, attended, back);
        let weights = Matrix::new(&block.merge, width).flip();
        self.multiplier.multiply(&mut self.added, Into::Fresh, back, weights);
        self.back_wide.resize(self.query_key_value.len(), 0.0);
        attention::backward(
            &mut self.back_wide,
            &mut to.distances,
            &self.added,
            (&self.query_key_value, &self.shares),
            lengths,
        );
        let back = Matrix::new(&self.back_wide, 3 * width);
        let normed = Matrix::new(&self.before_attention.out, width).flip();
        self.multiplier.multiply(&mut to.attention, Into::Sum, normed, back);
        let weights = Matrix::new(&block.attention, 3 * width).flip();
        self.multiplier.multiply(&mut self.back, Into::Fresh, back, weights);
        let (stream, back) = (&mut self.back_stream, &self.back);
        self.before_attention.backward(stream, &mut to.norm_in, back, &block.norm_in);
    }

    fn backward_input(&mut self, to: &mut Block, lengths: &[usize]) {
        let width = self.shape.width;
        for (back, mask) in self.back_stream.iter_mut().zip(&self.input_mask) {
            *back *= mask;
        }
        let mut rows = self.back_stream.chunks_exact(width);
        for length in lengths {
            for (place, row) in to.places.chunks_exact_mut(width).zip(rows.by_ref().take(*length)) {
                for (place, back) in place.iter_mut().zip(row) {
                    *place += back;
                }
            }
        }
    }
}

/// Adds what is not masked.
fn add_masked(stream: &mut [f32], added: &[f32], mask: &[f32]) {
    for ((stream, added), mask) in stream.iter_mut().zip(added).zip(mask) {
        *stream += added * mask;
    }
}

fn multiply_mask(out: &mut [f32], values: &[f32], mask: &[f32]) {
    for ((out, value), mask) in out.iter_mut().zip(values).zip(mask) {
        *out = value * mask;
    }
}

/// Copies the bias into every row.
fn spread(rows: &mut [f32], bias: &[f32]) {
    for row in rows.chunks_exact_mut(bias.len()) {
        row.copy_from_slice(bias);
    }
}
