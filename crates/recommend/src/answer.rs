//! One query, one list, one true reason each.
//!
//! First the blend of what was learned, with enough supporters, then what is like the item in view (public
//! catalog words), then what is popular, then the catalog in the order of ids, so that a shop
//! with goods always gets an answer. Scores compare within one kind of reason only; the order of
//! the list is the answer. Sensitive items are in no answer, in no reason, and do not count as
//! part of the visit.

use crate::blend::features::FEATURE_BITS;
use crate::content::Shared;
use crate::items::ItemNo;
use crate::model::Model;
use crate::neighbors::Wanted;
use crate::scratch::{Pair, Scratch};
use crate::sections::Which;

mod similar;

/// A request for recommendations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<'a> {
    /// Items of the current visit, newest last.
    pub visit: &'a [ItemNo],
    /// The item in view; it is the newest of the visit and is not recommended.
    pub current: Option<ItemNo>,
    /// Length of the list, at most.
    pub count: usize,
    /// Items that must not appear.
    pub exclude: &'a [ItemNo],
    /// Under which weights the models are blended.
    pub weights: Which,
}

/// One recommended item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The item.
    pub item: ItemNo,
    /// Comparable within one kind of reason only.
    pub score: u64,
    /// Why it is here.
    pub reason: Reason,
}

/// Why an item is recommended: what the model used, said no more precisely than the floors allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// At least `reason_supporters_min` distinct subjects had both items in one session.
    ViewedTogether {
        /// The newest item of the visit of which that is true.
        with: ItemNo,
    },
    /// Sessions like this visit have it, and at least `supporters_min` distinct subjects.
    ThisVisit,
    /// The catalog describes both alike.
    SimilarTo {
        /// The item in view.
        with: ItemNo,
        /// The field that makes them alike most.
        shared: Shared,
    },
    /// At least `popular_min` distinct subjects had it in the window.
    Popular,
    /// Nothing is known; taken from the catalog by id.
    Catalog,
}

/// Answers a query.
pub fn recommend(model: &Model, query: &Query<'_>, scratch: &mut Scratch) -> Vec<Candidate> {
    let mut answer = Vec::with_capacity(query.count.min(model.items().len()));
    if query.count == 0 {
        return answer;
    }
    let mut visit = std::mem::take(&mut scratch.visit);
    visit.clear();
    visit.extend(query.visit.iter().copied().filter(|item| model.items().is_learnable(*item)));
    if let Some(current) = query.current.filter(|item| model.items().is_learnable(*item)) {
        if visit.last() != Some(&current) {
            visit.push(current);
        }
    }
    let mut exclude = std::mem::take(&mut scratch.exclude);
    exclude.clear();
    exclude.extend_from_slice(query.exclude);
    exclude.extend(query.current);

    let wanted = Wanted {
        count: query.count,
        supporters_min: model.settings().supporters_min,
        exclude: &exclude,
    };
    neighbors((model, query.weights), &visit, &wanted, scratch, &mut answer);
    if let Some(anchor) = visit.last() {
        similar::append(model, *anchor, &wanted, scratch, &mut answer);
    }
    popular(model, &wanted, &mut answer);
    catalog(model, &wanted, &mut answer);
    scratch.visit = visit;
    scratch.exclude = exclude;
    answer
}

fn neighbors(
    (model, weights): (&Model, Which),
    visit: &[ItemNo],
    wanted: &Wanted<'_>,
    scratch: &mut Scratch,
    answer: &mut Vec<Candidate>,
) {
    if visit.is_empty() || model.blender(weights).rank(visit, wanted, scratch).is_empty() {
        return;
    }
    count_pairs(scratch);
    let best = scratch.blended.first().map_or(0, |blended| blended.score);
    for (blended, pair) in scratch.blended.iter().zip(&scratch.pairs) {
        let mut shared = scratch.heads.iter().filter(|head| {
            head.item != blended.item
                && pair
                    .subjects
                    .get(usize::from(head.offset))
                    .is_some_and(|subjects| *subjects >= model.settings().reason_supporters_min)
        });
        // Heads stand newest first.
        let reason = shared
            .next()
            .map_or(Reason::ThisVisit, |head| Reason::ViewedTogether { with: head.item });
        let score = likelihood(blended.score - best);
        answer.push(Candidate { item: blended.item, score, reason });
    }
}

/// How likely an item is against the best one, 2^50 for the best: what rules can multiply.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "e to the power of at most 0 is 0 to 1, so the product fits 51 bits"
)]
fn likelihood(below: i64) -> u64 {
    const BEST: f64 = (1_u64 << 50) as f64;
    // Weights are hundredths of features with FEATURE_BITS of fraction.
    let nats = below.min(0) as f64 / (100.0 * f64::from(1 << FEATURE_BITS));
    (libm::exp(nats) * BEST) as u64
}

/// For each ranked item and each item of the visit: how many distinct subjects among the voting
/// neighbors had both.
fn count_pairs(scratch: &mut Scratch) {
    let Scratch { group, cells, neighbors, blended, pairs, arena, .. } = scratch;
    *group += 1;
    let mark = *group;
    pairs.clear();
    for (place, one) in (0_u32..).zip(blended.iter()) {
        pairs.push(Pair::default());
        if let Some(cell) = cells.get_mut(one.item.at()) {
            cell.group = mark;
            cell.place = place;
        }
    }
    let mut voter = None;
    let mut number = 0_u32;
    for neighbor in neighbors.iter() {
        // Neighbors of one subject stand together.
        if voter != Some(neighbor.voter) {
            voter = Some(neighbor.voter);
            number += 1;
        }
        let start = neighbor.start as usize;
        for item in arena.get(start..start + neighbor.items as usize).unwrap_or_default() {
            let Some(cell) = cells.get(item.at()).filter(|cell| cell.group == mark) else {
                continue;
            };
            if let Some(pair) = pairs.get_mut(cell.place as usize) {
                pair.add(number, neighbor.shared);
            }
        }
    }
}

fn popular(model: &Model, wanted: &Wanted<'_>, answer: &mut Vec<Candidate>) {
    for (item, subjects) in model.popularity().ranking() {
        if answer.len() >= wanted.count {
            return;
        }
        if open(model, item, wanted, answer) {
            let score = u64::from(subjects);
            answer.push(Candidate { item, score, reason: Reason::Popular });
        }
    }
}

fn catalog(model: &Model, wanted: &Wanted<'_>, answer: &mut Vec<Candidate>) {
    if answer.len() >= wanted.count {
        return;
    }
    for (_, item) in model.items().iter() {
        if open(model, item, wanted, answer) {
            answer.push(Candidate { item, score: 0, reason: Reason::Catalog });
        }
        if answer.len() >= wanted.count {
            return;
        }
    }
}

/// Whether an item may still enter the answer.
fn open(model: &Model, item: ItemNo, wanted: &Wanted<'_>, answer: &[Candidate]) -> bool {
    model.items().is_answer(item)
        && !wanted.exclude.contains(&item)
        && !answer.iter().any(|candidate| candidate.item == item)
}

#[cfg(test)]
mod tests;
