//! What is learned from: whole sessions within the budget, and the batches they make.

use super::settings::TrainerSettings;

/// The sessions of one step, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    pub(super) inputs: Vec<u32>,
    pub(super) nexts: Vec<u32>,
    pub(super) lengths: Vec<usize>,
}

impl Batch {
    pub(super) fn clear(&mut self) {
        self.inputs.clear();
        self.nexts.clear();
        self.lengths.clear();
    }

    pub(super) fn add(&mut self, lesson: &[u32]) {
        for (item, next) in lesson.iter().zip(lesson.iter().skip(1)) {
            self.inputs.push(*item);
            self.nexts.push(*next);
        }
        self.lengths.push(lesson.len().saturating_sub(1));
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
) -> (Vec<Vec<u32>>, u16) {
    let length = usize::from(settings.places) + 1;
    let mut lessons = Vec::new();
    let mut positions = 0_u64;
    for mut session in sessions.into_iter().rev() {
        session.retain(|item| *item < items);
        if session.len() < 2 {
            continue;
        }
        session.drain(..session.len().saturating_sub(length));
        let added = session.len() as u64 - 1;
        positions += added;
        if lessons.len() >= settings.sessions_max as usize
            || (positions > settings.positions_max && !lessons.is_empty())
        {
            positions -= added;
            break;
        }
        lessons.push(session);
    }
    lessons.reverse();
    let affordable = settings.positions_max / positions.max(1);
    let epochs = u64::from(settings.epochs).min(affordable.max(1));
    (lessons, u16::try_from(epochs).unwrap_or(1))
}

#[cfg(test)]
mod tests;
