//! How unlike the items of a list are, and a list that is varied for it.
//!
//! The data sets name items and say nothing else of them, so two items are as alike as the
//! sessions that hold them: the cosine of the two sets of linked sessions, both over the root of
//! one times the other. The diversity of a list is the mean of one minus that over all pairs
//! (intra-list similarity, Ziegler et al., WWW 2005). A running server compares by what the catalog
//! says instead ([`crate::diversity`]); what varying a list costs is measured here by the same
//! maximal marginal relevance.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::diversity::diversify;
use crate::index::SessionIndex;
use crate::items::ItemNo;
use crate::page::standing;

/// Pairs that are remembered.
const PAIRS_MAX: usize = 4_000_000;
/// What items that share all their sessions are alike, in millionths.
const ONE: f64 = 1e6;

/// Likeness of items by the sessions that hold them.
#[derive(Debug)]
pub(super) struct Alike<'a> {
    index: &'a SessionIndex,
    /// By item: its sessions in order, once they were asked for.
    sessions: Vec<Option<Box<[u32]>>>,
    /// In millionths, by the numbers of both items.
    pairs: FxHashMap<u64, u32>,
}

impl<'a> Alike<'a> {
    pub(super) fn new(index: &'a SessionIndex, items: usize) -> Self {
        Self { index, sessions: vec![None; items], pairs: FxHashMap::default() }
    }

    /// The mean unlikeness of all pairs of a list; none for a list of fewer than two.
    pub(super) fn diversity(&mut self, list: &[ItemNo]) -> Option<f64> {
        let mut pairs = 0_u32;
        let mut sum = 0_u64;
        for (at, one) in list.iter().enumerate() {
            for other in list.iter().skip(at + 1) {
                sum += u64::from(self.millionths(*one, *other));
                pairs += 1;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a list has a thousand pairs at most")]
        let sum = sum as f64;
        (pairs > 0).then(|| 1.0 - sum / ONE / f64::from(pairs))
    }

    /// The best `count` of a ranking, each next one relevant and unlike those before it.
    pub(super) fn varied(
        &mut self,
        ranked: &[ItemNo],
        lambda_per_mille: u32,
        count: usize,
    ) -> Vec<ItemNo> {
        let standings: Vec<u64> = (0..ranked.len() as u64).map(standing).collect();
        let alike = RefCell::new(self);
        let likeness = |one: usize, other: usize| match (ranked.get(one), ranked.get(other)) {
            (Some(one), Some(other)) => alike.borrow_mut().millionths(*one, *other) / 1_000,
            (None, _) | (_, None) => 0,
        };
        let order = diversify(&standings, likeness, lambda_per_mille, count);
        order.into_iter().filter_map(|at| ranked.get(at).copied()).collect()
    }

    fn millionths(&mut self, one: ItemNo, other: ItemNo) -> u32 {
        let (low, high) = (one.min(other), one.max(other));
        let pair = u64::from(low.number()) << 32 | u64::from(high.number());
        if let Some(known) = self.pairs.get(&pair) {
            return *known;
        }
        self.read(low);
        self.read(high);
        let of = |item: ItemNo| self.sessions.get(item.at()).and_then(Option::as_deref);
        let found = cosine(of(low).unwrap_or_default(), of(high).unwrap_or_default());
        if self.pairs.len() >= PAIRS_MAX {
            self.pairs.clear();
        }
        self.pairs.insert(pair, found);
        found
    }

    fn read(&mut self, item: ItemNo) {
        if let Some(place @ None) = self.sessions.get_mut(item.at()) {
            let mut slots: Vec<u32> = self.index.newest(item).collect();
            slots.sort_unstable();
            *place = Some(slots.into());
        }
    }
}

/// The cosine of two sorted sets, in millionths.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a cosine of sets is 0 to 1, and there are fewer than 2^32 sessions"
)]
fn cosine(one: &[u32], other: &[u32]) -> u32 {
    let (mut left, mut right) = (one, other);
    let mut both = 0_u32;
    while let ([a, after_a @ ..], [b, after_b @ ..]) = (left, right) {
        both += u32::from(a == b);
        if a <= b {
            left = after_a;
        }
        if b <= a {
            right = after_b;
        }
    }
    let root = (one.len() as f64 * other.len() as f64).sqrt();
    if both == 0 { 0 } else { (f64::from(both) / root * ONE) as u32 }
}

#[cfg(test)]
mod tests;
