//! The settings of training, each with its unit and its limit.

use serde::{Deserialize, Serialize};

use super::SequenceError;
use super::parameters::Shape;

/// Most values per item.
pub const WIDTH_LIMIT: u16 = 256;
/// Most items of a visit that are read.
pub const PLACES_LIMIT: u16 = 100;
/// Most items of a catalog.
pub const ITEMS_LIMIT: u32 = 1 << 20;

/// How a sequence model is trained. Equal settings and sessions give equal weights, bit by bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainerSettings {
    /// Where all random numbers start.
    pub seed: u64,
    /// Values per item; a multiple of 8, 8 to [`WIDTH_LIMIT`].
    pub width: u16,
    /// Values of the inner layer, in multiples of `width`; 1 to 4.
    pub inner_factor: u16,
    /// Newest items of a session that are read; 1 to [`PLACES_LIMIT`].
    pub places: u16,
    /// Passes over the sessions; 1 to 100.
    pub epochs: u16,
    /// Positions of one step; a session is never divided.
    pub batch_positions: u16,
    /// Peak learning rate of the block, in millionths.
    pub rate_millionths: u32,
    /// Peak learning rate of the item vectors, in millionths; they meet fewer positions.
    pub item_rate_millionths: u32,
    /// Item vectors values that are dropped, in percent, below 100.
    pub drop_input_percent: u8,
    /// Values that attention and the inner layer add and that are dropped, in percent, below 100.
    pub drop_hidden_percent: u8,
    /// Up to this many items are compared all; of more, only a sample.
    pub compare_all_max: u32,
    /// Positions times epochs times items up to which all are compared; above, only a sample.
    pub compared_max: u64,
    /// About how many items a sample has.
    pub sample: u32,
    /// Newest sessions that are used.
    pub sessions_max: u32,
    /// Newest positions times epochs that are trained on: fewer epochs, at least one, then fewer
    /// sessions.
    pub positions_max: u64,
    /// Bytes that training may need.
    pub bytes_max: u64,
}

impl Default for TrainerSettings {
    fn default() -> Self {
        Self {
            seed: 1,
            width: 128,
            inner_factor: 2,
            places: 30,
            epochs: 12,
            batch_positions: 256,
            rate_millionths: 1_000,
            item_rate_millionths: 4_000,
            drop_input_percent: 39,
            drop_hidden_percent: 24,
            compare_all_max: 5_000,
            compared_max: 5_000_000_000,
            sample: 1_024,
            sessions_max: 200_000,
            positions_max: 3_000_000,
            bytes_max: 1 << 30,
        }
    }
}

impl TrainerSettings {
    /// Refuses what training could not honor.
    pub fn check(self) -> Result<Self, SequenceError> {
        let width = (8..=WIDTH_LIMIT).contains(&self.width) && self.width % 8 == 0;
        let places = (1..=PLACES_LIMIT).contains(&self.places);
        let counts = (1..=4).contains(&self.inner_factor)
            && (1..=100).contains(&self.epochs)
            && (1..=8_192).contains(&self.batch_positions)
            && (1..=100_000).contains(&self.rate_millionths)
            && (1..=100_000).contains(&self.item_rate_millionths)
            && self.sample >= 1
            && self.sessions_max >= 1
            && self.positions_max >= 1;
        let drops = self.drop_input_percent < 100 && self.drop_hidden_percent < 100;
        if width && places && counts && drops { Ok(self) } else { Err(SequenceError::Settings) }
    }

    /// Bytes that training on a catalog needs, about.
    pub fn training_bytes(self, items: u32) -> u64 {
        let width = u64::from(self.width);
        let compared = if items > self.compare_all_max {
            u64::from(self.sample) * 2 + u64::from(self.batch_positions) * 2
        } else {
            u64::from(items)
        };
        // The table and both moments; the rows of a step with gradient and panels; the logits.
        let tables = u64::from(items) * (width * 12 + 16) + compared * width * 16;
        tables + compared * u64::from(self.batch_positions) * 8 + width * width * 200
    }

    /// The sizes of the model.
    pub(super) fn shape(self) -> Shape {
        Shape {
            width: usize::from(self.width),
            inner: usize::from(self.width) * usize::from(self.inner_factor),
            places: usize::from(self.places),
        }
    }
}

#[cfg(test)]
mod tests;
