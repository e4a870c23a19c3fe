//! Which messages were taken already, remembered for seven days.

use std::collections::VecDeque;

use domain::time::{Day, Timestamp};
use rustc_hash::FxHashSet;

/// How long a message id is remembered, in days.
pub const SEEN_DAYS: u32 = 7;
/// Most messages that are remembered at one time; the oldest day goes first.
pub const SEEN_MAX: usize = 20_000_000;

/// The keyed numbers of messages, by the day on which they came in.
#[derive(Debug, Default)]
pub struct Seen {
    days: VecDeque<(Day, FxHashSet<u64>)>,
}

impl Seen {
    /// Whether the message was taken before.
    pub fn holds(&self, message: u64) -> bool {
        self.days.iter().any(|(_, messages)| messages.contains(&message))
    }

    /// Remembers a message that came in at `received`.
    pub fn remember(&mut self, message: u64, received: Timestamp) {
        let today = received.day();
        if self.days.back().is_none_or(|(day, _)| *day < today) {
            self.days.push_back((today, FxHashSet::default()));
        }
        if let Some((_, messages)) = self.days.back_mut() {
            messages.insert(message);
        }
        while self.too_old(today) || self.len() > SEEN_MAX {
            self.days.pop_front();
        }
    }

    fn too_old(&self, today: Day) -> bool {
        self.days.front().is_some_and(|(day, _)| day.plus(SEEN_DAYS) < today)
    }

    fn len(&self) -> usize {
        self.days.iter().map(|(_, messages)| messages.len()).sum()
    }
}

#[cfg(test)]
mod tests;
