//! What is learned from: whole sessions within the budget, and the batches they make.

use super::settings::TrainerSettings;

/// One session as it is trained on.
#[derive(Clone, Debug)]
pub(super) struct Lesson {
    pub(super) items: Vec<u32>,
    pub(super) weight: f32,
}

/// The sessions of one step, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    pub(super) inputs: Vec<u32>,
    pub(super) nexts: Vec<u32>,
    pub(super) weights: Vec<f32>,
    pub(super) lengths: Vec<usize>,
}

impl Lesson {
    pub(super) fn positions(&self) -> u64 {
        self.items.len().saturating_sub(1) as u64
    }
}

impl Batch {
    pub(super) fn clear(&mut self) {
        self.inputs.clear();
        self.nexts.clear();
        self.weights.clear();
        self.lengths.clear();
    }

    pub(super) fn add(&mut self, lesson: &Lesson) {
        for (item, next) in lesson.items.iter().zip(lesson.items.iter().skip(1)) {
            self.inputs.push(*item);
            self.nexts.push(*next);
            self.weights.push(lesson.weight);
        }
        self.lengths.push(lesson.items.len() - 1);
    }

    /// Every item that must have a column.
    pub(super) fn needed(&self) -> Vec<u32> {
        self.inputs.iter().chain(&self.nexts).copied().collect()
    }
}

/// The newest sessions within the budget, cut to their newest items, and the passes over them.
pub(super) fn lessons(
    settings: TrainerSettings,
    items: u32,
    sessions: Vec<Vec<u32>>,
) -> (Vec<Lesson>, u16) {
    let length = usize::from(settings.places) + 1;
    let mut lessons = Vec::new();
    let mut positions = 0_u64;
    for mut session in sessions.into_iter().rev() {
        session.retain(|item| *item < items);
        if session.len() < 2 {
            continue;
        }
        session.drain(..session.len().saturating_sub(length));
        let lesson = Lesson { items: session, weight: 1.0 };
        positions += lesson.positions();
        if lessons.len() >= settings.sessions_max as usize
            || (positions > settings.positions_max && !lessons.is_empty())
        {
            positions -= lesson.positions();
            break;
        }
        lessons.push(lesson);
    }
    weigh(&mut lessons, settings.half_life_percent);
    lessons.reverse();
    let affordable = settings.positions_max / positions.max(1);
    let epochs = u64::from(settings.epochs).min(affordable.max(1));
    (lessons, u16::try_from(epochs).unwrap_or(1))
}

/// Older sessions count less; the list is newest first.
#[expect(clippy::cast_precision_loss, reason = "a weight needs few digits")]
fn weigh(lessons: &mut [Lesson], half_life_percent: u16) {
    if half_life_percent == 0 {
        return;
    }
    let half_life = lessons.len() as f32 * f32::from(half_life_percent) / 100.0;
    for (age, lesson) in lessons.iter_mut().enumerate() {
        lesson.weight = libm::exp2f(-(age as f32) / half_life);
    }
}

#[cfg(test)]
mod tests;
