//! The numbers that training moves, in named groups.

use super::random::Random;

/// Sizes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Values per item.
    pub(super) width: usize,
    /// Values of the inner layer.
    pub(super) inner: usize,
    /// Newest items of a visit that are read.
    pub(super) places: usize,
}

/// Every group that is not a table of items, or its gradient.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    /// One vector per place in the visit, counted from its start.
    pub(super) places: Vec<f32>,
    /// One number per distance between two places.
    pub(super) distances: Vec<f32>,
    /// Gain and shift before attention.
    pub(super) norm_in: Vec<f32>,
    /// Query, key and value.
    pub(super) attention: Vec<f32>,
    /// Back from attention.
    pub(super) merge: Vec<f32>,
    /// Gain and shift before the inner layer.
    pub(super) norm_mid: Vec<f32>,
    /// Into the inner layer, and its bias.
    pub(super) widen: Vec<f32>,
    pub(super) widen_bias: Vec<f32>,
    /// Out of the inner layer, and its bias.
    pub(super) narrow: Vec<f32>,
    pub(super) narrow_bias: Vec<f32>,
    /// Gain and shift of the result.
    pub(super) norm_out: Vec<f32>,
}

/// How many groups a block has.
pub(super) const GROUPS: usize = 11;

impl Block {
    /// All zero: a gradient, or the memory of the optimizer.
    pub(super) fn zero(shape: Shape) -> Self {
        let Shape { width, inner, places } = shape;
        Self {
            places: vec![0.0; places * width],
            distances: vec![0.0; places],
            norm_in: vec![0.0; 2 * width],
            attention: vec![0.0; width * 3 * width],
            merge: vec![0.0; width * width],
            norm_mid: vec![0.0; 2 * width],
            widen: vec![0.0; width * inner],
            widen_bias: vec![0.0; inner],
            narrow: vec![0.0; inner * width],
            narrow_bias: vec![0.0; width],
            norm_out: vec![0.0; 2 * width],
        }
    }

    /// Small random weights; gains are one, shifts and biases zero.
    pub(super) fn start(shape: Shape, random: &mut Random) -> Self {
        let mut block = Self::zero(shape);
        for weights in [
            &mut block.places,
            &mut block.attention,
            &mut block.merge,
            &mut block.widen,
            &mut block.narrow,
        ] {
            fill(weights, random);
        }
        for norm in [&mut block.norm_in, &mut block.norm_mid, &mut block.norm_out] {
            norm.iter_mut().take(shape.width).for_each(|gain| *gain = 1.0);
        }
        block
    }

    /// The groups in the order of their bytes.
    pub(super) const fn groups(&self) -> [&Vec<f32>; GROUPS] {
        [
            &self.places,
            &self.distances,
            &self.norm_in,
            &self.attention,
            &self.merge,
            &self.norm_mid,
            &self.widen,
            &self.widen_bias,
            &self.narrow,
            &self.narrow_bias,
            &self.norm_out,
        ]
    }

    /// The same, to be changed.
    pub(super) const fn groups_mut(&mut self) -> [&mut Vec<f32>; GROUPS] {
        [
            &mut self.places,
            &mut self.distances,
            &mut self.norm_in,
            &mut self.attention,
            &mut self.merge,
            &mut self.norm_mid,
            &mut self.widen,
            &mut self.widen_bias,
            &mut self.narrow,
            &mut self.narrow_bias,
            &mut self.norm_out,
        ]
    }
}

/// Uniform numbers with a standard deviation of 0.02 times the square root of three.
pub(super) fn fill(weights: &mut [f32], random: &mut Random) {
    for weight in weights {
        *weight = random.signed_unit() * 0.06;
    }
}
