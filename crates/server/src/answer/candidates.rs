//! What the models of a placement offer for one answer, each item once, first come first.

use std::collections::BTreeSet;

use domain::id::ItemId;
use domain::time::Timestamp;
use recommend::answer::{Candidate, Query, Reason, recommend};
use recommend::baskets::again::{Cycle, Goods, Purchase, again};
use recommend::items::ItemNo;
use recommend::placement::Source;
use recommend::scratch::Scratch;

use crate::answer::reasons::Why;
use crate::shared::Taught;

/// One offer of one model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// The item.
    pub item: ItemNo,
    /// Comparable within one kind of reason only.
    pub score: u64,
    /// Why it is offered.
    pub why: Why,
    /// The model.
    pub source: Source,
}

/// What the models may know for one answer.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The shop's models and catalog.
    pub taught: &'a Taught,
    /// Items of the visit, oldest first.
    pub visit: Vec<ItemNo>,
    /// The item in view.
    pub current: Option<ItemNo>,
    /// Own purchases, in any order.
    pub purchases: Vec<Purchase>,
    /// Items that may not come back.
    pub exclude: Vec<ItemNo>,
    /// The time of the request.
    pub now: Timestamp,
}

/// The offers of one answer.
#[derive(Clone, Debug, Default)]
pub struct Offers {
    /// First come first.
    pub all: Vec<Offered>,
    /// Whether a longer list would hold nothing more.
    pub exhausted: bool,
}

impl Asked<'_> {
    /// Asks the models in turn for up to `count` items together.
    pub fn offers(&self, models: &[Source], count: usize, scratch: &mut Scratch) -> Offers {
        let mut all: Vec<Offered> = Vec::with_capacity(count);
        let mut known: BTreeSet<ItemNo> = BTreeSet::new();
        for source in models {
            if all.len() >= count {
                return Offers { all, exhausted: false };
            }
            for (item, score, why) in self.of(*source, count, scratch) {
                if all.len() < count && known.insert(item) {
                    all.push(Offered { item, score, why, source: *source });
                }
            }
        }
        let exhausted = all.len() < count;
        Offers { all, exhausted }
    }

    /// What one model offers, best first, at most `count` items.
    pub fn of(
        &self,
        source: Source,
        count: usize,
        scratch: &mut Scratch,
    ) -> Vec<(ItemNo, u64, Why)> {
        match source {
            Source::Blend => {
                let query = Query {
                    visit: &self.visit,
                    current: self.current,
                    count,
                    exclude: &self.exclude,
                };
                let offered = recommend(&self.taught.model, &query, scratch).into_iter();
                offered.filter(of_visits).map(worded).collect()
            }
            Source::Content => self.alike(count, scratch),
            Source::BuyAgain => self.due(count),
            Source::Popular => {
                let ranked = self.taught.model.popularity().ranking();
                let open = ranked.filter(|(item, _)| self.is_open(*item)).take(count);
                let why = Why::Model(Reason::Popular);
                open.map(|(item, subjects)| (item, u64::from(subjects), why)).collect()
            }
            Source::Range => {
                let items = self.taught.model.items().iter().map(|(_, item)| item);
                let open = items.filter(|item| self.is_open(*item)).take(count);
                open.map(|item| (item, 0, Why::Model(Reason::Catalog))).collect()
            }
            Source::GoesWith | Source::Trending | Source::Search => Vec::new(),
        }
    }

    /// What the catalog describes like the newest item.
    fn alike(&self, count: usize, scratch: &mut Scratch) -> Vec<(ItemNo, u64, Why)> {
        let Some(anchor) = self.current.or(self.visit.last().copied()) else { return Vec::new() };
        let query = Query { visit: &[], current: Some(anchor), count, exclude: &self.exclude };
        let offered = recommend(&self.taught.model, &query, scratch).into_iter();
        let alike = |one: &Candidate| matches!(one.reason, Reason::SimilarTo { .. });
        offered.filter(alike).map(worded).collect()
    }

    /// What the customer will buy again by its own cycle, likeliest first.
    fn due(&self, count: usize) -> Vec<(ItemNo, u64, Why)> {
        let due = again(&self.purchases, &Shelves(self.taught), self.now).into_iter();
        let open = due.filter(|due| self.is_open(due.item)).take(count);
        open.map(|due| {
            let interval_days = match due.cycle {
                Cycle::Own { .. } => Some(due.interval_days),
                Cycle::Category { .. } | Cycle::Released => None,
            };
            (due.item, due.score, Why::BuyAgain { interval_days })
        })
        .collect()
    }

    fn is_open(&self, item: ItemNo) -> bool {
        self.taught.model.items().is_answer(item) && !self.exclude.contains(&item)
    }
}

/// Whether the blend has learned something about a candidate, and did not only fill the list up.
const fn of_visits(candidate: &Candidate) -> bool {
    !matches!(candidate.reason, Reason::Popular | Reason::Catalog)
}

const fn worded(candidate: Candidate) -> (ItemNo, u64, Why) {
    (candidate.item, candidate.score, Why::Model(candidate.reason))
}

/// The categories of the catalog, as numbers.
struct Shelves<'a>(&'a Taught);

impl Goods for Shelves<'_> {
    fn category(&self, item: ItemNo) -> Option<u32> {
        let id: &ItemId = self.0.model.items().id(item)?;
        let path = self.0.catalog.get(id)?.categories.first()?;
        let hash = path
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Some(hash)
    }

    fn released_s(&self, _: ItemNo) -> Option<u64> {
        None
    }
}
