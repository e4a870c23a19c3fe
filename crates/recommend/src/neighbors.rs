//! Past sessions that are like a visit, and what they vote for: one family of scorers.
//!
//! VMIS-kNN (Kersbergen, Sprangers, Schelter, SIGMOD 2022), V-SKNN and S-KNN (Ludewig, Jannach,
//! UMUAI 2018), STAN (Garg et al., SIGIR 2019), VSTAN (Ludewig et al., UMUAI 2020), sequential
//! rules (Ludewig, Jannach, UMUAI 2018) and damped item-to-item cosine are settings of the same
//! three steps over one index:
//!
//! 1. *sample*: the m newest sessions that share one of the last L items of the visit. The
//!    posting lists are merged from their newest ends, so the sample comes in order of time.
//! 2. *nearest*: each session gets a similarity from the items that it shares; the k most similar
//!    ones stay, ties to the newer.
//! 3. *vote*: each of them votes for its items, by how recent the shared item is in the visit, by
//!    its age and by the place of the item in it. Of several sessions of one subject the largest
//!    vote counts, once per item. The sum is weighted by the rarity of the item.
//!
//! All numbers are integers in fixed point, from tables that are computed once, so the same inputs
//! give the same bits everywhere. A scorer is a *column*: several of them share one walk through
//! the sample (see [`Walk`]). Ranking is by score, then by item id bytewise: a total order.

use domain::time::Timestamp;

use crate::index::SessionIndex;
use crate::items::{ItemNo, Items};
use crate::neighbors::settings::{Rarity, ScorerSettings};
use crate::neighbors::tables::{LOG_ONE, Tables, log_fixed, root_fixed};
use crate::scratch::Scratch;

pub mod settings;
mod tables;
mod walk;

/// Most scorers that share one walk.
pub const COLUMNS_MAX: usize = 6;
/// Items and sessions are damped by this many more, so that one coincidence proves little.
const DAMPING: u32 = 20;

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

/// Up to [`COLUMNS_MAX`] scorers with their tables, made once per model.
#[derive(Clone, Debug)]
pub struct Scorers {
    columns: Vec<Tables>,
}

impl Scorers {
    /// Scorers of these settings; those beyond [`COLUMNS_MAX`] are left out.
    pub fn new(settings: &[ScorerSettings]) -> Self {
        Self { columns: settings.iter().take(COLUMNS_MAX).map(Tables::new).collect() }
    }

    /// How many scorers there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
}

/// A query over an index: the sample of a visit, shared by several scorers.
#[derive(Clone, Copy, Debug)]
pub struct Walk<'a> {
    /// The sessions.
    pub index: &'a SessionIndex,
    /// The catalog.
    pub items: &'a Items,
    /// The scorers.
    pub scorers: &'a Scorers,
    /// Sessions age until here.
    pub now: Timestamp,
}

impl Walk<'_> {
    /// The best items of the first scorer for a visit (newest item last), best first.
    pub fn rank<'s>(
        &self,
        visit: &[ItemNo],
        wanted: &Wanted<'_>,
        scratch: &'s mut Scratch,
    ) -> &'s [Scored] {
        self.vote(visit, scratch);
        self.select(0, wanted, scratch);
        &scratch.ranked
    }

    /// Fills the cells of `scratch` with the votes of every scorer.
    pub fn vote(&self, visit: &[ItemNo], scratch: &mut Scratch) {
        walk::sample(self, visit, scratch);
        walk::nearest(self, scratch);
        walk::vote(self, scratch);
    }

    /// The score of a touched item by one scorer.
    pub fn score(&self, column: usize, item: ItemNo, scratch: &mut Scratch) -> u64 {
        let Some(cell) = scratch.cells.get(item.at()) else { return 0 };
        let votes = cell.votes.get(column).copied().unwrap_or(0);
        let Some(tables) = self.scorers.columns.get(column) else { return 0 };
        if votes == 0 {
            return 0;
        }
        let holding = self.index.linked_count(item);
        let rarity = match tables.settings.rarity {
            Rarity::Off => return votes,
            Rarity::Damped => return votes / u64::from(root_fixed(holding + DAMPING)).max(1),
            Rarity::Log => self.rarity(holding, scratch),
            Rarity::OnePlusLog(weight) => {
                LOG_ONE + u64::from(weight) * self.rarity(holding, scratch)
            }
        };
        votes.saturating_mul(rarity)
    }

    /// ln((sessions + 1) / holding) in fixed point.
    fn rarity(&self, holding: u32, scratch: &mut Scratch) -> u64 {
        let sessions = log_fixed(self.index.linked_sessions().saturating_add(1));
        let table = &mut scratch.logarithms;
        while table.len() <= holding as usize && table.len() < LOGARITHMS_MAX {
            table.push(log_fixed(u32::try_from(table.len()).unwrap_or(u32::MAX)));
        }
        let log = table.get(holding as usize).copied().unwrap_or_else(|| log_fixed(holding));
        u64::from(sessions.saturating_sub(log))
    }

    /// Turns the touched cells into the ranked list of one scorer.
    pub(crate) fn select(&self, column: usize, wanted: &Wanted<'_>, scratch: &mut Scratch) {
        let mut ranked = std::mem::take(&mut scratch.ranked);
        let touched = std::mem::take(&mut scratch.touched);
        ranked.clear();
        for item in &touched {
            let supporters = scratch.cells.get(item.at()).map_or(0, |cell| cell.supporters);
            let refused = supporters < wanted.supporters_min
                || !self.items.is_answer(*item)
                || wanted.exclude.contains(item);
            if refused {
                continue;
            }
            let score = self.score(column, *item, scratch);
            if score > 0 {
                ranked.push(Scored { item: *item, score, supporters });
            }
        }
        scratch.touched = touched;
        self.cut(&mut ranked, wanted.count);
        scratch.ranked = ranked;
    }

    /// The best `count` in order.
    fn cut(&self, ranked: &mut Vec<Scored>, count: usize) {
        let order = |a: &Scored, b: &Scored| {
            b.score.cmp(&a.score).then_with(|| self.items.id(a.item).cmp(&self.items.id(b.item)))
        };
        if ranked.len() > count {
            ranked.select_nth_unstable_by(count, order);
            ranked.truncate(count);
        }
        ranked.sort_unstable_by(order);
    }
}

/// Logarithms that a scratch keeps.
const LOGARITHMS_MAX: usize = 1 << 16;

#[cfg(test)]
mod tests;
