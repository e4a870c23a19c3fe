//! Items that the public catalog describes alike.

use crate::answer::{Candidate, Reason, open};
use crate::items::ItemNo;
use crate::model::Model;
use crate::scratch::{Cell, Scratch};
use crate::vmis::{Scored, Wanted, logarithm};

/// Fills the answer with items that share words with the anchor; rarer words weigh more.
pub(super) fn append(
    model: &Model,
    anchor: ItemNo,
    wanted: &Wanted<'_>,
    scratch: &mut Scratch,
    answer: &mut Vec<Candidate>,
) {
    if answer.len() >= wanted.count {
        return;
    }
    weigh(model, anchor, scratch);
    let Scratch { cells, touched, ranked, .. } = scratch;
    ranked.clear();
    for item in touched.iter().filter(|item| **item != anchor) {
        let Some(cell) = cells.get(item.at()) else { continue };
        if open(model, *item, wanted, answer) {
            ranked.push(Scored { item: *item, score: u64::from(cell.votes), supporters: 0 });
        }
    }
    let order = |a: &Scored, b: &Scored| {
        b.score.cmp(&a.score).then_with(|| model.items().id(a.item).cmp(&model.items().id(b.item)))
    };
    let room = wanted.count - answer.len();
    if ranked.len() > room {
        ranked.select_nth_unstable_by(room, order);
        ranked.truncate(room);
    }
    ranked.sort_unstable_by(order);
    for scored in ranked.iter() {
        if let Some(shared) = model.words().shared(anchor, scored.item) {
            let reason = Reason::SimilarTo { with: anchor, shared };
            answer.push(Candidate { item: scored.item, score: scored.score, reason });
        }
    }
}

fn weigh(model: &Model, anchor: ItemNo, scratch: &mut Scratch) {
    let Scratch { group, cells, touched, .. } = scratch;
    if cells.len() < model.items().numbers() {
        cells.resize_with(model.items().numbers(), Cell::default);
    }
    touched.clear();
    *group += 1;
    let all = u32::try_from(model.items().len()).unwrap_or(u32::MAX);
    for postings in model.words().rarest(anchor, model.settings().similar_items_max as usize) {
        let sharing = u32::try_from(postings.len()).unwrap_or(u32::MAX);
        let weight = logarithm(all.saturating_add(1)).saturating_sub(logarithm(sharing));
        for item in postings {
            let Some(cell) = cells.get_mut(item.at()) else { continue };
            if cell.group != *group {
                *cell = Cell { group: *group, ..Cell::default() };
                touched.push(*item);
            }
            // At most 160 words of at most 22 in 20 bits of fraction: below 2^32.
            cell.votes = cell.votes.saturating_add(weight);
        }
    }
}
