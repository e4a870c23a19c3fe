//! Nearest sessions: VMIS-kNN (Kersbergen, Sprangers, Schelter, SIGMOD 2022) in exact integers.
//!
//! A visit is its newest L items. The sample is the m newest sessions that share one of them: the
//! posting lists of the items are merged from their newest ends, which gives the sample in order
//! of time and every similarity whole, without a heap. An item of the visit at offset p (0 is the
//! newest) weighs L − p; the common divisor of the paper changes no order and is left out. The k
//! most similar sessions vote, ties to the newer one. A vote is the similarity times
//! 10 − (1 + p) for the newest shared item, and 0 from p = 9 on (the paper's linear position
//! weight). Several sessions of one subject give one vote per item, the largest. The sum is
//! multiplied by the logarithmic rarity of the item in fixed point. Ranking is by score, then by
//! item id bytewise: a total order, so the same inputs give the same list everywhere.

use crate::index::read::Newest;
use crate::index::{Posting, SessionIndex};
use crate::items::{ItemNo, Items};
use crate::scratch::{Cell, Head, Neighbor, Scratch};
use crate::settings::{Idf, LAST_ITEMS_LIMIT, VmisSettings};

/// One in the fixed point of logarithms.
const ONE: u32 = 1 << 20;

/// An item with what its neighbors gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scored {
    /// The item.
    pub item: ItemNo,
    /// Fixed-point score; comparable within one list only.
    pub score: u64,
    /// Distinct subjects behind it.
    pub supporters: u32,
}

/// What a list may hold.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Length of the list, at most.
    pub count: usize,
    /// Distinct subjects behind an item, at least.
    pub supporters_min: u32,
    /// Items that must not appear.
    pub exclude: &'a [ItemNo],
}

/// The scorer over an index.
#[derive(Clone, Copy, Debug)]
pub struct Vmis<'a> {
    /// The sessions.
    pub index: &'a SessionIndex,
    /// The catalog.
    pub items: &'a Items,
    /// The parameters.
    pub settings: VmisSettings,
}

impl Vmis<'_> {
    /// The best items for a visit (newest item last), best first.
    pub fn rank<'s>(
        &self,
        visit: &[ItemNo],
        wanted: &Wanted<'_>,
        scratch: &'s mut Scratch,
    ) -> &'s [Scored] {
        let first_group = scratch.group + 1;
        self.sample(visit, scratch);
        self.nearest(scratch);
        self.vote(scratch);
        debug_assert!(scratch.group + 1 >= first_group);
        self.select(wanted, scratch);
        &scratch.ranked
    }

    /// Fills `neighbors` with the m newest sessions that share an item with the visit.
    fn sample(&self, visit: &[ItemNo], scratch: &mut Scratch) {
        let length =
            visit.len().min(usize::from(self.settings.last_items_max.min(LAST_ITEMS_LIMIT)));
        scratch.heads.clear();
        scratch.neighbors.clear();
        for (offset, item) in (0_u8..).zip(visit.iter().rev().take(length)) {
            let known = self.items.is_learnable(*item);
            if known && !scratch.heads.iter().any(|head| head.item == *item) {
                scratch.heads.push(Head { item: *item, offset });
            }
        }
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        let Scratch { heads, neighbors, .. } = scratch;
        let mut lists: Vec<(Option<Posting>, Newest<'_>)> = heads
            .iter()
            .map(|head| {
                let mut left = self.index.newest(head.item);
                (left.next(), left)
            })
            .collect();
        while neighbors.len() < usize::from(self.settings.sample_max) {
            let Some(newest) = self.newest(&lists) else { break };
            let mut neighbor = Neighbor {
                slot: newest.slot,
                voter: 0,
                age: u32::try_from(neighbors.len()).unwrap_or(u32::MAX),
                similarity: 0,
                vote: 0,
                shared: 0,
            };
            for (head, (next, left)) in heads.iter().zip(&mut lists) {
                if next.is_some_and(|posting| posting.slot == newest.slot) {
                    *next = left.next();
                    neighbor.similarity += length - u32::from(head.offset);
                    neighbor.shared |= 1 << head.offset;
                }
            }
            neighbors.push(neighbor);
        }
    }

    /// The newest posting of all lists by (time, row id).
    fn newest(&self, lists: &[(Option<Posting>, Newest<'_>)]) -> Option<Posting> {
        let mut newest: Option<Posting> = None;
        for posting in lists.iter().filter_map(|(next, _)| *next) {
            if newest.is_none_or(|best| self.index.newer(posting, best)) {
                newest = Some(posting);
            }
        }
        newest
    }

    /// Keeps the k most similar neighbors, brings those of one subject together, largest vote
    /// first.
    fn nearest(&self, scratch: &mut Scratch) {
        let neighbors = &mut scratch.neighbors;
        let kept = usize::from(self.settings.neighbors_max);
        if neighbors.len() > kept {
            neighbors.select_nth_unstable_by(kept, |a, b| {
                b.similarity.cmp(&a.similarity).then(a.age.cmp(&b.age))
            });
            neighbors.truncate(kept);
        }
        for neighbor in neighbors.iter_mut() {
            let position = neighbor.shared.trailing_zeros() + 1;
            neighbor.vote = neighbor.similarity * 10_u32.saturating_sub(position);
            neighbor.voter = self.index.voter(neighbor.slot);
        }
        neighbors.retain(|neighbor| neighbor.vote > 0);
        neighbors.sort_unstable_by(|a, b| {
            a.voter.cmp(&b.voter).then(b.vote.cmp(&a.vote)).then(a.age.cmp(&b.age))
        });
    }

    /// Adds the votes up per item: the first, largest vote of each subject counts.
    fn vote(&self, scratch: &mut Scratch) {
        let Scratch { group, cells, neighbors, touched, session, .. } = scratch;
        if cells.len() < self.items.numbers() {
            cells.resize_with(self.items.numbers(), Cell::default);
        }
        touched.clear();
        let before = *group;
        let mut voter = None;
        for neighbor in neighbors.iter() {
            if voter != Some(neighbor.voter) {
                *group += 1;
                voter = Some(neighbor.voter);
            }
            session.clear();
            self.index.items_into(self.items, neighbor.slot, session);
            for item in session.iter() {
                let Some(cell) = cells.get_mut(item.at()) else { continue };
                if cell.group == *group {
                    continue;
                }
                if cell.group <= before {
                    *cell = Cell::default();
                    touched.push(*item);
                }
                cell.group = *group;
                cell.votes += neighbor.vote;
                cell.supporters += 1;
            }
        }
    }

    /// Turns the touched cells into the ranked list.
    fn select(&self, wanted: &Wanted<'_>, scratch: &mut Scratch) {
        let sessions = logarithm(self.index.linked_sessions().saturating_add(1));
        let Scratch { cells, touched, ranked, logarithms, .. } = scratch;
        ranked.clear();
        for item in touched.iter() {
            let Some(cell) = cells.get(item.at()) else { continue };
            let refused = cell.supporters < wanted.supporters_min
                || !self.items.is_answer(*item)
                || wanted.exclude.contains(item);
            if refused {
                continue;
            }
            let rarity = match self.settings.idf {
                Idf::Off => ONE,
                Idf::Log => sessions - self.item_logarithm(*item, logarithms),
                Idf::OnePlusLog => ONE + sessions - self.item_logarithm(*item, logarithms),
            };
            let score = u64::from(cell.votes) * u64::from(rarity);
            ranked.push(Scored { item: *item, score, supporters: cell.supporters });
        }
        let order = |a: &Scored, b: &Scored| {
            b.score.cmp(&a.score).then_with(|| self.items.id(a.item).cmp(&self.items.id(b.item)))
        };
        if ranked.len() > wanted.count {
            ranked.select_nth_unstable_by(wanted.count, order);
            ranked.truncate(wanted.count);
        }
        ranked.sort_unstable_by(order);
    }

    /// The logarithm of the sessions with an item, from a table that grows as needed.
    fn item_logarithm(&self, item: ItemNo, table: &mut Vec<u32>) -> u32 {
        let count = self.index.linked_count(item) as usize;
        while table.len() <= count {
            table.push(logarithm(u32::try_from(table.len()).unwrap_or(u32::MAX)));
        }
        table.get(count).copied().unwrap_or(0)
    }
}

/// ln(count) in fixed point, rounded down; 0 for 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ln of 1 to 2^32 is 0 to 22.2, so the product fits 25 bits"
)]
pub(crate) fn logarithm(count: u32) -> u32 {
    (libm::log(f64::from(count.max(1))) * f64::from(ONE)) as u32
}

#[cfg(test)]
mod tests;
