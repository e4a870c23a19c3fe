//! Working memory of one query, made once per worker and reused, so that answers allocate little.
//!
//! The dense cells carry the number of the voting group that touched them last; a number from
//! before the current query means empty, so nothing is ever cleared. One scratch may serve
//! several models in turn.

use crate::blend::features::MODELS;
use crate::blend::rank::Blended;
use crate::content::query::ContentScratch;
use crate::items::ItemNo;
use crate::linear::rank::LinearScratch;
use crate::neighbors::settings::LAST_ITEMS_LIMIT;
use crate::neighbors::{COLUMNS_MAX, Scored};
use crate::sequence::weights::SequenceScratch;

/// Working memory of [`crate::answer::recommend`] and [`crate::neighbors::Walk`].
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) group: u64,
    pub(crate) cells: Vec<Cell>,
    pub(crate) heads: Vec<Head>,
    pub(crate) neighbors: Vec<Neighbor>,
    /// The items of all neighbors, one after the other.
    pub(crate) arena: Vec<ItemNo>,
    /// (similarity, place in the sample) while the nearest are chosen.
    pub(crate) order: Vec<(u32, u32)>,
    pub(crate) visit_length: usize,
    pub(crate) touched: Vec<ItemNo>,
    pub(crate) ranked: Vec<Scored>,
    pub(crate) logarithms: Vec<u32>,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) visit: Vec<ItemNo>,
    pub(crate) exclude: Vec<ItemNo>,
    pub(crate) content: ContentScratch,
    /// Candidates of a blend, and what each model gives them.
    pub(crate) blended: Vec<Blended>,
    pub(crate) scores: Vec<[u64; MODELS]>,
    pub(crate) linear: LinearScratch,
    pub(crate) sequence: SequenceScratch,
    /// The visit in the numbers of the sequence model.
    pub(crate) asked: Vec<u32>,
    pub(crate) logits: Vec<i32>,
    pub(crate) proposals: Vec<(i32, u32)>,
}

impl Scratch {
    /// Empty working memory; it grows with the first queries.
    pub fn new() -> Self {
        Self::default()
    }
}

/// What the neighbors say of one item.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cell {
    /// The subject that voted last.
    pub(crate) group: u64,
    /// Sum of the votes, by scorer.
    pub(crate) votes: [u64; COLUMNS_MAX],
    /// The largest vote of the subject that voted last, by scorer.
    pub(crate) best: [u32; COLUMNS_MAX],
    /// Distinct subjects that voted.
    pub(crate) supporters: u32,
    /// Place among the candidates of a blend.
    pub(crate) place: u32,
}

/// One item of the visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) item: ItemNo,
    /// Distance from the newest item of the visit, 0 for the newest.
    pub(crate) offset: u8,
}

/// A past session that shares items with the visit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Neighbor {
    pub(crate) slot: u32,
    /// Seconds.
    pub(crate) at: u32,
    /// The same number for the sessions of one subject.
    pub(crate) voter: u32,
    /// Place in the sample, 0 for the newest session.
    pub(crate) age: u32,
    /// Bit p stands for the item of the visit at offset p.
    pub(crate) shared: u16,
    /// Bit c stands for scorer c, in whose sample it is.
    pub(crate) taken: u8,
    /// Where its items begin in the arena, and how many there are.
    pub(crate) start: u32,
    pub(crate) items: u32,
    /// By scorer: what an item of it gets at most.
    pub(crate) votes: [u32; COLUMNS_MAX],
}

/// For one ranked item: the distinct subjects that had it together with each item of the visit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pair {
    /// The subject that was counted last, and for which offsets.
    subject: u32,
    seen: u16,
    /// By offset.
    pub(crate) subjects: [u32; LAST_ITEMS_LIMIT as usize],
}

impl Pair {
    /// Counts a subject (numbered from 1) for the offsets of a bit set, each once.
    pub(crate) fn add(&mut self, subject: u32, offsets: u16) {
        if self.subject != subject {
            self.subject = subject;
            self.seen = 0;
        }
        let fresh = offsets & !self.seen;
        self.seen |= offsets;
        for (offset, count) in self.subjects.iter_mut().enumerate() {
            *count += u32::from(fresh >> offset & 1);
        }
    }
}
