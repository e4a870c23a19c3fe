//! Working memory of one query, made once per worker and reused, so that answers allocate little.
//!
//! The dense cells carry the number of the voting group that touched them last; a number from
//! before the current query means empty, so nothing is ever cleared. One scratch may serve
//! several models in turn.

use crate::content::query::ContentScratch;
use crate::items::ItemNo;
use crate::settings::LAST_ITEMS_LIMIT;
use crate::vmis::Scored;

/// Working memory of [`crate::answer::recommend`] and [`crate::vmis::Vmis::rank`].
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) group: u64,
    pub(crate) cells: Vec<Cell>,
    pub(crate) heads: Vec<Head>,
    pub(crate) neighbors: Vec<Neighbor>,
    pub(crate) touched: Vec<ItemNo>,
    pub(crate) ranked: Vec<Scored>,
    pub(crate) logarithms: Vec<u32>,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) visit: Vec<ItemNo>,
    pub(crate) exclude: Vec<ItemNo>,
    pub(crate) content: ContentScratch,
    pub(crate) session: Vec<ItemNo>,
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
    /// Sum of the votes.
    pub(crate) votes: u32,
    /// Distinct subjects that voted.
    pub(crate) supporters: u32,
}

/// One item of the visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) item: ItemNo,
    /// Distance from the newest item of the visit, 0 for the newest.
    pub(crate) offset: u8,
}

/// A past session that shares items with the visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neighbor {
    pub(crate) slot: u32,
    /// See [`crate::index::SessionIndex::voter`].
    pub(crate) voter: u32,
    /// Place in the sample, 0 for the newest session.
    pub(crate) age: u32,
    pub(crate) similarity: u32,
    /// Similarity times the position weight: what each of its items gets.
    pub(crate) vote: u32,
    /// Bit p stands for the item of the visit at offset p.
    pub(crate) shared: u16,
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
