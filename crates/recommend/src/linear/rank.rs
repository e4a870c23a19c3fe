//! Answers of a solution: the weights of the visit's items, added up.

use crate::items::{ItemNo, Items};
use crate::linear::Linear;
use crate::linear::solver::Solved;
use crate::neighbors::Wanted;

/// One in the fixed point of the weight of older items of a visit.
const DECAY_ONE: i64 = 1 << 10;

/// An item with what the profile says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinearScored {
    /// The item.
    pub item: ItemNo,
    /// Fixed-point score, above 0; comparable within one solution only.
    pub score: u64,
    /// The item of the visit that gave the most of it.
    pub with: ItemNo,
    /// Distinct voters that had both.
    pub supporters: u32,
}

impl Linear {
    /// The best items for a visit (newest item last), best first; nothing while unsolved.
    pub fn rank<'s>(
        &self,
        items: &Items,
        visit: &[ItemNo],
        wanted: &Wanted<'_>,
        scratch: &'s mut LinearScratch,
    ) -> &'s [LinearScored] {
        scratch.ranked.clear();
        if let Some(solved) = &self.solved {
            self.weigh(solved, visit, wanted, scratch);
            select(solved, items, wanted, scratch);
        }
        &scratch.ranked
    }

    /// Adds the weights of the visit's items up.
    fn weigh(
        &self,
        solved: &Solved,
        visit: &[ItemNo],
        wanted: &Wanted<'_>,
        scratch: &mut LinearScratch,
    ) {
        scratch.start(solved.items().len());
        let length = visit.len().min(usize::from(self.settings.visit_items_max));
        let newest = visit.get(visit.len() - length..).unwrap_or_default();
        let mut decay = DECAY_ONE;
        for (place, item) in newest.iter().enumerate().rev() {
            let again = newest.get(place + 1..).is_some_and(|newer| newer.contains(item));
            if again {
                continue;
            }
            for weight in solved.weights(*item) {
                if weight.supporters >= wanted.supporters_min {
                    let score = i64::from(weight.value) * decay;
                    scratch.add(*item, score, weight.to as usize, weight.supporters);
                }
            }
            decay = decay * i64::from(self.settings.decay_percent) / 100;
        }
    }
}

/// Keeps the wanted items that may answer, best first, ties by id.
fn select(solved: &Solved, items: &Items, wanted: &Wanted<'_>, scratch: &mut LinearScratch) {
    let LinearScratch { cells, touched, ranked, .. } = scratch;
    for place in touched.iter() {
        let Some(cell) = cells.get(*place) else { continue };
        let (Some(item), Ok(score)) = (solved.items().get(*place), u64::try_from(cell.score))
        else {
            continue;
        };
        if score > 0 && items.is_answer(*item) && !wanted.exclude.contains(item) {
            let (with, supporters) = (cell.with, cell.supporters);
            ranked.push(LinearScored { item: *item, score, with, supporters });
        }
    }
    let order = |a: &LinearScored, b: &LinearScored| {
        b.score.cmp(&a.score).then_with(|| items.id(a.item).cmp(&items.id(b.item)))
    };
    if ranked.len() > wanted.count {
        ranked.select_nth_unstable_by(wanted.count, order);
        ranked.truncate(wanted.count);
    }
    ranked.sort_unstable_by(order);
}

/// What the visit says of one item of the solution.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// The query that touched it last.
    query: u64,
    score: i64,
    /// The largest part of the score and where it comes from.
    part: i64,
    with: ItemNo,
    supporters: u32,
}

/// Working memory of [`Linear::rank`], made once per worker and reused.
#[derive(Debug, Default)]
pub struct LinearScratch {
    query: u64,
    cells: Vec<Cell>,
    touched: Vec<usize>,
    ranked: Vec<LinearScored>,
}

impl LinearScratch {
    /// Empty working memory; it grows with the first queries.
    pub fn new() -> Self {
        Self::default()
    }

    fn start(&mut self, places: usize) {
        self.query += 1;
        self.touched.clear();
        if self.cells.len() < places {
            let empty = Cell { query: 0, score: 0, part: 0, with: ItemNo(0), supporters: 0 };
            self.cells.resize(places, empty);
        }
    }

    fn add(&mut self, with: ItemNo, score: i64, place: usize, supporters: u32) {
        let Some(cell) = self.cells.get_mut(place) else { return };
        if cell.query != self.query {
            *cell = Cell { query: self.query, score: 0, part: i64::MIN, with, supporters };
            self.touched.push(place);
        }
        cell.score += score;
        if score > cell.part {
            cell.part = score;
            cell.with = with;
            cell.supporters = supporters;
        }
    }
}
