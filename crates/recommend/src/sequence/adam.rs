//! The optimizer Adam (Kingma and Ba, arXiv 1412.6980). Item rows that a step did not touch keep
//! their moments as they are.

use super::parameters::{Block, Shape};

/// Decay of the first and of the second moment.
const FIRST: f32 = 0.9;
const SECOND: f32 = 0.98;
/// Keeps the divisor from zero.
const FLOOR: f32 = 1e-8;

/// The moments of every number that training moves.
#[derive(Clone, Debug)]
pub(super) struct Adam {
    block_first: Block,
    block_second: Block,
    items_first: Vec<f32>,
    items_second: Vec<f32>,
    first_power: f64,
    second_power: f64,
}

/// One step's rate, with both corrections for young moments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    block: f32,
    items: f32,
    first: f32,
    second: f32,
}

impl Adam {
    pub(super) fn new(shape: Shape, items: usize) -> Self {
        Self {
            block_first: Block::zero(shape),
            block_second: Block::zero(shape),
            items_first: vec![0.0; items * shape.width],
            items_second: vec![0.0; items * shape.width],
            first_power: 1.0,
            second_power: 1.0,
        }
    }

    /// Begins a step with the rates of the block and of the items.
    #[expect(clippy::cast_possible_truncation, reason = "a correction needs no more than f32")]
    pub(super) fn begin(&mut self, block: f32, items: f32) -> Rate {
        self.first_power *= f64::from(FIRST);
        self.second_power *= f64::from(SECOND);
        Rate {
            block,
            items,
            first: (1.0 / (1.0 - self.first_power)) as f32,
            second: (1.0 / (1.0 - self.second_power)) as f32,
        }
    }

    /// Moves the block against its gradient.
    pub(super) fn move_block(&mut self, rate: Rate, block: &mut Block, slope: &Block) {
        let moments = self.block_first.groups_mut().into_iter().zip(self.block_second.groups_mut());
        let groups = block.groups_mut().into_iter().zip(slope.groups());
        for ((weights, slopes), (first, second)) in groups.zip(moments) {
            update(rate.block, rate, (weights, slopes), (first, second));
        }
    }

    /// Moves one item's row against its gradient.
    pub(super) fn move_row(&mut self, rate: Rate, items: &mut [f32], row: usize, slope: &[f32]) {
        let at = row * slope.len()..(row + 1) * slope.len();
        let moments = (self.items_first.get_mut(at.clone()), self.items_second.get_mut(at.clone()));
        if let (Some(weights), (Some(first), Some(second))) = (items.get_mut(at), moments) {
            update(rate.items, rate, (weights, slope), (first, second));
        }
    }
}

fn update(
    step: f32,
    rate: Rate,
    (weights, slopes): (&mut [f32], &[f32]),
    (first, second): (&mut [f32], &mut [f32]),
) {
    let moments = first.iter_mut().zip(second);
    for ((weight, slope), (first, second)) in weights.iter_mut().zip(slopes).zip(moments) {
        *first = *first * FIRST + slope * (1.0 - FIRST);
        *second = *second * SECOND + slope * slope * (1.0 - SECOND);
        let deviation = (*second * rate.second).sqrt() + FLOOR;
        *weight -= step * (*first * rate.first) / deviation;
    }
}
