//! Counting hits.

use crate::evaluation::learned::Learned;
use crate::evaluation::{ListReport, Quality};
use crate::items::ItemNo;

/// Hits by rank, so that the mean is taken once, in one order.
#[derive(Debug)]
struct Group {
    targets: u64,
    by_rank: Vec<u64>,
}

/// The counts of one way of making lists.
#[derive(Debug)]
pub(super) struct Tally {
    non_repeat: Group,
    repeat: Group,
    recall_sum: f64,
    lists: u64,
    empty_lists: u64,
    listed: Vec<bool>,
    /// By item: -log2 of the share of sessions that hold it.
    surprise: Vec<f64>,
    surprise_sum: f64,
    surprised: u64,
    diversity_sum: f64,
    /// Lists of at least two items.
    compared: u64,
}

impl Tally {
    pub(super) fn new(list_len: usize, learned: &Learned) -> Self {
        let group = || Group { targets: 0, by_rank: vec![0; list_len] };
        let numbers = learned.items.numbers();
        let sessions = f64::from(learned.index.linked_sessions().max(1));
        let mut surprise = vec![0.0; numbers];
        for (_, item) in learned.items.iter() {
            if let Some(bits) = surprise.get_mut(item.at()) {
                let holding = f64::from(learned.index.linked_count(item).max(1));
                *bits = libm::log2(sessions / holding);
            }
        }
        Self {
            non_repeat: group(),
            repeat: group(),
            recall_sum: 0.0,
            lists: 0,
            empty_lists: 0,
            listed: vec![false; numbers],
            surprise,
            surprise_sum: 0.0,
            surprised: 0,
            diversity_sum: 0.0,
            compared: 0,
        }
    }

    /// Counts how unlike the items of one list are; none where there are not two.
    pub(super) fn count_diversity(&mut self, diversity: Option<f64>) {
        self.diversity_sum += diversity.unwrap_or(0.0);
        self.compared += u64::from(diversity.is_some());
    }

    /// Counts one list against the rest of the session, whose first item is the target. None
    /// stands for an item that training never saw. Gives the rank of the target, from 0.
    pub(super) fn count(
        &mut self,
        list: &[ItemNo],
        rest: &[Option<ItemNo>],
        repeat: bool,
    ) -> Option<usize> {
        let group = if repeat { &mut self.repeat } else { &mut self.non_repeat };
        group.targets += 1;
        let target = rest.first().copied().flatten();
        let rank = list.iter().position(|item| Some(*item) == target);
        if let Some(count) = rank.and_then(|rank| group.by_rank.get_mut(rank)) {
            *count += 1;
        }
        self.lists += 1;
        self.empty_lists += u64::from(list.is_empty());
        for item in list {
            if let Some(listed) = self.listed.get_mut(item.at()) {
                *listed = true;
            }
            self.surprise_sum += self.surprise.get(item.at()).copied().unwrap_or(0.0);
            self.surprised += 1;
        }
        let mut left = rest.to_vec();
        left.sort_unstable();
        left.dedup();
        let found = left.iter().flatten().filter(|item| list.contains(item)).count();
        self.recall_sum += ratio(found as u64, left.len() as u64);
        rank
    }

    pub(super) fn report(&self, items: usize) -> ListReport {
        let sums = self.non_repeat.by_rank.iter().zip(&self.repeat.by_rank);
        let all = Group {
            targets: self.non_repeat.targets + self.repeat.targets,
            by_rank: sums.map(|(one, other)| one + other).collect(),
        };
        let listed = self.listed.iter().filter(|listed| **listed).count();
        ListReport {
            all: all.quality(),
            non_repeat: self.non_repeat.quality(),
            repeat: self.repeat.quality(),
            recall_rest: if self.lists == 0 { 0.0 } else { self.recall_sum / float(self.lists) },
            coverage: ratio(listed as u64, items as u64),
            novelty_bits: if self.surprised == 0 {
                0.0
            } else {
                self.surprise_sum / float(self.surprised)
            },
            diversity: if self.compared == 0 {
                0.0
            } else {
                self.diversity_sum / float(self.compared)
            },
            empty_lists: self.empty_lists,
        }
    }
}

impl Group {
    fn quality(&self) -> Quality {
        let hits = self.by_rank.iter().sum();
        let ranks = (1_u64..).zip(&self.by_rank);
        let reciprocal: f64 = ranks.map(|(rank, count)| float(*count) / float(rank)).sum();
        Quality {
            targets: self.targets,
            hits,
            hit_rate: ratio(hits, self.targets),
            reciprocal_rank: if self.targets == 0 { 0.0 } else { reciprocal / float(self.targets) },
        }
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { float(part) / float(whole) }
}

#[expect(clippy::cast_precision_loss, reason = "counts of predictions are far below 2^52")]
fn float(count: u64) -> f64 {
    count as f64
}
