//! Training: one mini-batch per call, so that the shell can show, pause or stop it.

use super::SequenceError;
use super::adam::Adam;
use super::columns::{Columns, NOBODY};
use super::lessons::{Batch, lessons};
use super::loss::{Target, softmax_loss};
use super::matrix::{Into, Matrix, Multiplier, add_scaled, dot};
use super::parameters::{Block, Shape, fill};
use super::pass::{Drops, Pass};
use super::random::Random;
use super::settings::{ITEMS_LIMIT, TrainerSettings};
use super::weights::Weights;

/// Part of training in which the rate rises.
const WARM_UP: f32 = 0.05;

/// How far training is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Positions that were trained on.
    pub done: u64,
    /// Positions that will be.
    pub total: u64,
    /// Loss of the last step, in nats per position.
    pub loss: f32,
}

impl Progress {
    /// Nothing is left to do.
    pub const fn is_finished(&self) -> bool {
        self.done >= self.total
    }
}

/// A training under way.
#[derive(Clone, Debug)]
pub struct Trainer {
    settings: TrainerSettings,
    shape: Shape,
    lessons: Vec<Vec<u32>>,
    order: Vec<u32>,
    next: usize,
    progress: Progress,
    items: Vec<f32>,
    block: Block,
    adam: Adam,
    columns: Columns,
    batch: Batch,
    order_random: Random,
    mask_random: Random,
    column_random: Random,
    pass: Pass,
    multiplier: Multiplier,
    step: StepBuffers,
}

/// What one step fills.
#[derive(Clone, Debug)]
struct StepBuffers {
    /// Vectors of the columns, their lengths before scaling, and their gradient.
    rows: Vec<f32>,
    row_lengths: Vec<f32>,
    row_slopes: Vec<f32>,
    inputs: Vec<f32>,
    logits: Vec<f32>,
    targets: Vec<Target>,
    result_slopes: Vec<f32>,
    block_slopes: Block,
}

impl Trainer {
    /// Prepares training on sessions over items 0 to `items`, oldest session first, each in the
    /// order of its clicks. Items beyond the catalog are left out, then sessions of one item.
    pub fn new(
        settings: TrainerSettings,
        items: u32,
        sessions: Vec<Vec<u32>>,
    ) -> Result<Self, SequenceError> {
        let settings = settings.check()?;
        if items == 0 || items > ITEMS_LIMIT {
            return Err(SequenceError::Items);
        }
        let needed = settings.training_bytes(items);
        if needed > settings.bytes_max {
            return Err(SequenceError::Budget { needed });
        }
        let shape = settings.shape();
        let (lessons, epochs) = lessons(settings, items, sessions);
        let positions: u64 = lessons.iter().map(|lesson| lesson.len() as u64 - 1).sum();
        if positions == 0 {
            return Err(SequenceError::Sessions);
        }
        let mut counts = vec![0_u32; items as usize];
        for item in lessons.iter().flatten() {
            if let Some(count) = counts.get_mut(*item as usize) {
                *count = count.saturating_add(1);
            }
        }
        let total = positions * u64::from(epochs);
        let affordable = total.saturating_mul(u64::from(items)) <= settings.compared_max;
        let all = items <= settings.compare_all_max && affordable;
        let sample = if all { 0 } else { settings.sample };
        let mut random = Random::new(settings.seed, 1);
        let mut table = vec![0.0; items as usize * shape.width];
        fill(&mut table, &mut random);
        let lesson_count = u32::try_from(lessons.len()).unwrap_or(u32::MAX);
        let mut trainer = Self {
            settings,
            shape,
            order: (0..lesson_count).collect(),
            next: 0,
            progress: Progress { done: 0, total, loss: 0.0 },
            items: table,
            block: Block::start(shape, &mut random),
            adam: Adam::new(shape, items as usize),
            columns: Columns::new(&counts, sample),
            batch: Batch::default(),
            order_random: Random::new(settings.seed, 2),
            mask_random: Random::new(settings.seed, 3),
            column_random: Random::new(settings.seed, 4),
            pass: Pass::new(shape),
            multiplier: Multiplier::default(),
            step: StepBuffers::new(shape),
            lessons,
        };
        trainer.order_random.shuffle(&mut trainer.order);
        Ok(trainer)
    }

    /// Where training is.
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    /// Trains on the next mini-batch; does nothing when training is finished.
    #[expect(clippy::cast_possible_truncation, reason = "a loss is shown, not computed with")]
    pub fn step(&mut self) -> Progress {
        if self.progress.is_finished() {
            return self.progress;
        }
        self.fill_batch();
        let share = self.rate_share();
        self.columns.draw(&self.batch.needed(), &mut self.column_random);
        let drops = Drops {
            input: drop_share(self.settings.drop_input_percent),
            hidden: drop_share(self.settings.drop_hidden_percent),
        };
        self.pass.draw(self.batch.inputs.len(), drops, &mut self.mask_random);
        let loss = self.slopes();
        self.apply(share);
        self.columns.clear();
        self.progress.done += self.batch.inputs.len() as u64;
        self.progress.loss = loss as f32;
        self.progress
    }

    /// The weights as they are now; training may go on.
    pub fn weights(&self, trained_on: [u8; 16]) -> Weights {
        let mut items = self.items.clone();
        for row in items.chunks_exact_mut(self.shape.width) {
            let length = length(row);
            row.iter_mut().for_each(|value| *value /= length);
        }
        Weights::new(self.shape, &items, self.block.clone(), trained_on)
    }

    /// Trains to the end.
    pub fn finish(mut self, trained_on: [u8; 16]) -> Weights {
        while !self.step().is_finished() {}
        self.weights(trained_on)
    }

    /// Takes sessions in random order until the batch is full.
    fn fill_batch(&mut self) {
        self.batch.clear();
        let full = usize::from(self.settings.batch_positions);
        while self.batch.inputs.len() < full {
            let Some(lesson) =
                self.order.get(self.next).and_then(|at| self.lessons.get(*at as usize))
            else {
                // The last batch of an epoch may be short.
                self.next = 0;
                self.order_random.shuffle(&mut self.order);
                break;
            };
            self.next += 1;
            self.batch.add(lesson);
        }
        if self.next >= self.order.len() {
            self.next = 0;
            self.order_random.shuffle(&mut self.order);
        }
    }

    /// The share of the learning rates at this step: up in the beginning, then down to zero on a line.
    #[expect(clippy::cast_precision_loss, reason = "a share needs few digits")]
    fn rate_share(&self) -> f32 {
        let middle = self.progress.done as f32 + self.batch.inputs.len() as f32 * 0.5;
        let part = middle / self.progress.total as f32;
        let rising = part / WARM_UP;
        let falling = (1.0 - part) / (1.0 - WARM_UP);
        let factor = if rising < falling { rising } else { falling };
        if factor > 0.0 { factor } else { 0.0 }
    }

    /// The gradient of everything for the drawn columns and masks; returns the loss.
    #[expect(clippy::cast_precision_loss, reason = "a step has at most some thousand positions")]
    fn slopes(&mut self) -> f64 {
        let width = self.shape.width;
        let step = &mut self.step;
        step.gather(&self.items, width, &self.columns);
        step.inputs.clear();
        for item in &self.batch.inputs {
            let column = self.columns.of(*item) as usize;
            let row = step.rows.chunks_exact(width).nth(column);
            step.inputs.extend_from_slice(row.unwrap_or_default());
        }
        let weight = 1.0 / self.batch.nexts.len() as f32;
        step.targets.clear();
        for item in &self.batch.nexts {
            step.targets.push(Target { column: self.columns.of(*item), weight });
        }

        self.pass.forward(&self.block, &step.inputs, &self.batch.lengths);
        let columns = self.columns.items().len();
        step.logits.resize(self.batch.inputs.len() * columns, 0.0);
        let results = Matrix::new(self.pass.result(), width);
        let rows = Matrix::new(&step.rows, width);
        self.multiplier.multiply(&mut step.logits, Into::Fresh, results, rows.flip());
        let loss = softmax_loss(&mut step.logits, self.columns.corrections(), &step.targets);

        let logits = Matrix::new(&step.logits, columns);
        step.result_slopes.resize(self.batch.inputs.len() * width, 0.0);
        self.multiplier.multiply(&mut step.result_slopes, Into::Fresh, logits, rows);
        step.row_slopes.resize(columns * width, 0.0);
        self.multiplier.multiply(&mut step.row_slopes, Into::Fresh, logits.flip(), results);
        for group in step.block_slopes.groups_mut() {
            group.fill(0.0);
        }
        let given = &step.result_slopes;
        let to = &mut step.block_slopes;
        let inputs = self.pass.backward(&self.block, to, given, &self.batch.lengths);
        for (item, slope) in self.batch.inputs.iter().zip(inputs.chunks_exact(width)) {
            let at = self.columns.of(*item) as usize * width;
            if let Some(row) = step.row_slopes.get_mut(at..at + width) {
                add_scaled(row, slope, 1.0);
            }
        }
        step.unscale(width);
        loss
    }

    /// Moves everything against its gradient.
    #[expect(clippy::cast_precision_loss, reason = "a rate needs few digits")]
    fn apply(&mut self, share: f32) {
        let peak = |millionths: u32| share * (millionths as f32 * 1e-6);
        let settings = self.settings;
        let rate =
            self.adam.begin(peak(settings.rate_millionths), peak(settings.item_rate_millionths));
        self.adam.move_block(rate, &mut self.block, &self.step.block_slopes);
        let slopes = self.step.row_slopes.chunks_exact(self.shape.width);
        for (item, slope) in self.columns.items().iter().zip(slopes) {
            if *item != NOBODY {
                self.adam.move_row(rate, &mut self.items, *item as usize, slope);
            }
        }
    }
}

impl StepBuffers {
    fn new(shape: Shape) -> Self {
        Self {
            rows: Vec::new(),
            row_lengths: Vec::new(),
            row_slopes: Vec::new(),
            inputs: Vec::new(),
            logits: Vec::new(),
            targets: Vec::new(),
            result_slopes: Vec::new(),
            block_slopes: Block::zero(shape),
        }
    }

    /// Collects the vectors of the columns, scaled to length one.
    fn gather(&mut self, items: &[f32], width: usize, columns: &Columns) {
        self.rows.clear();
        self.row_lengths.clear();
        for item in columns.items() {
            let at = *item as usize;
            match at.checked_mul(width).and_then(|from| items.get(from..from + width)) {
                Some(row) => {
                    let length = length(row);
                    self.row_lengths.push(length);
                    self.rows.extend(row.iter().map(|value| value / length));
                }
                None => {
                    self.row_lengths.push(1.0);
                    self.rows.resize(self.rows.len() + width, 0.0);
                }
            }
        }
    }

    /// From the gradient of scaled vectors to that of the vectors.
    fn unscale(&mut self, width: usize) {
        let rows = self.rows.chunks_exact(width).zip(&self.row_lengths);
        for (slopes, (row, length)) in self.row_slopes.chunks_exact_mut(width).zip(rows) {
            let along = dot(slopes, row);
            for (slope, value) in slopes.iter_mut().zip(row) {
                *slope = (*slope - along * value) / length;
            }
        }
    }
}

/// The length of a vector, never zero.
fn length(row: &[f32]) -> f32 {
    (dot(row, row) + 1e-12).sqrt()
}

/// Percent as a share of 65,536.
fn drop_share(percent: u8) -> u16 {
    u16::try_from(u32::from(percent) * 65_536 / 100).unwrap_or(u16::MAX)
}

#[cfg(test)]
pub(super) mod tests;
