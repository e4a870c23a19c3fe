//! The three steps of a walk. See the parent for what they mean.

use crate::items::ItemNo;
use crate::neighbors::settings::{LAST_ITEMS_LIMIT, Similarity, Spread};
use crate::neighbors::tables::{ROOT_BITS, Tables, WEIGHT_BITS, inverse_root_fixed, root_fixed};
use crate::neighbors::{COLUMNS_MAX, DAMPING, Walk};
use crate::scratch::{Cell, Head, Neighbor, Scratch};

/// Fills `heads` with the items of the visit and `neighbors` with the sample, newest first.
pub(super) fn sample(walk: &Walk<'_>, visit: &[ItemNo], scratch: &mut Scratch) {
    let columns = &walk.scorers.columns;
    let last = columns.iter().map(|tables| tables.settings.last_items_max).max().unwrap_or(0);
    let length = visit.len().min(usize::from(last.min(LAST_ITEMS_LIMIT)));
    let Scratch { heads, neighbors, arena, visit_length, .. } = scratch;
    heads.clear();
    neighbors.clear();
    arena.clear();
    *visit_length = length;
    for (offset, item) in (0_u8..).zip(visit.iter().rev().take(length)) {
        let known = walk.items.is_learnable(*item);
        if known && !heads.iter().any(|head| head.item == *item) {
            heads.push(Head { item: *item, offset });
        }
    }
    let mut streams: Vec<_> = heads
        .iter()
        .map(|head| {
            let mut newest = walk.index.newest(head.item);
            (newest.next(), newest)
        })
        .collect();
    // How many more sessions each scorer takes.
    let mut room = [0_u16; COLUMNS_MAX];
    for (room, tables) in room.iter_mut().zip(columns) {
        *room = tables.settings.sample_max;
    }
    while room.iter().any(|room| *room > 0) {
        let postings = streams.iter().filter_map(|(posting, _)| *posting);
        let newest = newest(walk, postings);
        let Some(newest) = newest else { return };
        let mut shared = 0_u16;
        for ((posting, stream), head) in streams.iter_mut().zip(heads.iter()) {
            if *posting == Some(newest) {
                *posting = stream.next();
                shared |= 1 << head.offset;
            }
        }
        let mut taken = 0_u8;
        let mut full = false;
        for (column, (room, tables)) in room.iter_mut().zip(columns).enumerate() {
            if *room > 0 && shared & seen_by(tables) != 0 {
                *room -= 1;
                full |= *room == 0;
                taken |= 1 << column;
            }
        }
        if full {
            // Items at which only full scorers look are not read to their oldest session.
            let open = columns.iter().zip(&room).filter(|(_, room)| **room > 0);
            let open = open.fold(0, |bits, (tables, _)| bits | seen_by(tables));
            for ((posting, _), head) in streams.iter_mut().zip(heads.iter()) {
                if open >> head.offset & 1 == 0 {
                    *posting = None;
                }
            }
        }
        if taken != 0 {
            let age = u32::try_from(neighbors.len()).unwrap_or(u32::MAX);
            neighbors.push(Neighbor { slot: newest, age, shared, taken, ..Neighbor::default() });
        }
    }
}

/// The newest of the next sessions of all lists.
fn newest(walk: &Walk<'_>, postings: impl Iterator<Item = u32>) -> Option<u32> {
    let mut newest: Option<u32> = None;
    for posting in postings {
        let older = |best| posting != best && walk.index.newer(posting, best);
        if newest.is_none_or(older) {
            newest = Some(posting);
        }
    }
    newest
}

/// The items of a visit that a scorer looks at, as bits.
fn seen_by(tables: &Tables) -> u16 {
    u16::MAX >> (u16::BITS - u32::from(tables.settings.last_items_max.clamp(1, LAST_ITEMS_LIMIT)))
}

/// Gives every neighbor the vote of each scorer: 0 where it is not among the k most similar.
/// Then brings the sessions of one subject together.
pub(super) fn nearest(walk: &Walk<'_>, scratch: &mut Scratch) {
    let Scratch { heads, neighbors, arena, order, visit_length, .. } = scratch;
    for neighbor in neighbors.iter_mut() {
        neighbor.start = u32::try_from(arena.len()).unwrap_or(u32::MAX);
        let met = walk.index.meet(walk.items, neighbor.slot, arena);
        (neighbor.at, neighbor.voter, neighbor.items) = (met.at, met.voter, met.items);
    }
    let now_s = u32::try_from(walk.now.ms() / 1_000).unwrap_or(u32::MAX);
    for (column, tables) in walk.scorers.columns.iter().enumerate() {
        let mut weights = [0_u32; LAST_ITEMS_LIMIT as usize];
        for head in heads.iter() {
            let Some(weight) = weights.get_mut(usize::from(head.offset)) else { continue };
            *weight = tables.visit(head.offset, *visit_length);
            if tables.settings.similarity == Similarity::Damped {
                let holding = walk.index.linked_count(head.item);
                *weight = (*weight << 12) / root_fixed(holding + DAMPING).max(1);
            }
        }
        order.clear();
        for (place, neighbor) in (0_u32..).zip(neighbors.iter_mut()) {
            if neighbor.taken >> column & 1 == 1 {
                let similarity = similarity(tables, &weights, neighbor);
                order.push((similarity, place));
            }
        }
        let kept = usize::from(tables.settings.neighbors_max);
        if order.len() > kept {
            order.select_nth_unstable_by(kept, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            order.truncate(kept);
        }
        for (similarity, place) in order.iter() {
            let Some(neighbor) = neighbors.get_mut(*place as usize) else { continue };
            let first = (neighbor.shared & seen_by(tables)).trailing_zeros();
            let matched = u64::from(tables.matched(first));
            let faded = u64::from(tables.fade(now_s.saturating_sub(neighbor.at)));
            let vote = (((u64::from(*similarity) * matched) >> WEIGHT_BITS) * faded) >> WEIGHT_BITS;
            if let Some(place) = neighbor.votes.get_mut(column) {
                *place = u32::try_from(vote).unwrap_or(u32::MAX);
            }
        }
    }
    neighbors.retain(|neighbor| neighbor.votes.iter().any(|vote| *vote > 0));
    neighbors.sort_unstable_by(|a, b| a.voter.cmp(&b.voter).then(a.age.cmp(&b.age)));
}

fn similarity(tables: &Tables, weights: &[u32; 16], neighbor: &Neighbor) -> u32 {
    let mut shared = neighbor.shared & seen_by(tables);
    let mut sum = 0_u32;
    while shared != 0 {
        sum += weights.get(shared.trailing_zeros() as usize).copied().unwrap_or(0);
        shared &= shared - 1;
    }
    match tables.settings.similarity {
        Similarity::Dot | Similarity::Damped => sum << 8,
        Similarity::Cosine => {
            let root = u64::from(inverse_root_fixed(neighbor.items));
            u32::try_from((u64::from(sum) * root) >> (ROOT_BITS - 8)).unwrap_or(u32::MAX)
        }
    }
}

/// Adds the votes up per item; of one subject the largest vote of each scorer counts.
pub(super) fn vote(walk: &Walk<'_>, scratch: &mut Scratch) {
    let current = scratch.heads.iter().find(|head| head.offset == 0).map(|head| head.item);
    let visited: Vec<ItemNo> = scratch.heads.iter().map(|head| head.item).collect();
    let Scratch { group, cells, neighbors, touched, arena, .. } = scratch;
    if cells.len() < walk.items.numbers() {
        cells.resize_with(walk.items.numbers(), Cell::default);
    }
    touched.clear();
    let before = *group;
    let mut voter = None;
    for neighbor in neighbors.iter() {
        if voter != Some(neighbor.voter) {
            *group += 1;
            voter = Some(neighbor.voter);
        }
        let start = neighbor.start as usize;
        let items = arena.get(start..start + neighbor.items as usize).unwrap_or_default();
        for (column, tables) in walk.scorers.columns.iter().enumerate() {
            let vote = neighbor.votes.get(column).copied().unwrap_or(0);
            if vote == 0 {
                continue;
            }
            let mut ballot = Ballot { group: *group, before, column, cells, touched };
            match tables.settings.spread {
                Spread::Everywhere => {
                    for item in items {
                        ballot.cast(*item, vote);
                    }
                }
                Spread::Near { .. } => {
                    let anchor = items.iter().rposition(|item| visited.contains(item));
                    for (place, item) in items.iter().enumerate() {
                        let distance = anchor.map_or(0, |anchor| anchor.abs_diff(place));
                        ballot.cast(*item, scaled(vote, tables.spread(distance)));
                    }
                }
                Spread::After { .. } => {
                    let mut last = None;
                    for (place, item) in items.iter().enumerate() {
                        if let Some(last) = last {
                            ballot.cast(*item, scaled(vote, tables.spread(place - last)));
                        }
                        if Some(*item) == current {
                            last = Some(place);
                        }
                    }
                }
            }
        }
    }
}

fn scaled(vote: u32, weight: u32) -> u32 {
    u32::try_from((u64::from(vote) * u64::from(weight)) >> WEIGHT_BITS).unwrap_or(u32::MAX)
}

/// One subject's votes of one scorer.
struct Ballot<'a> {
    group: u64,
    before: u64,
    column: usize,
    cells: &'a mut [Cell],
    touched: &'a mut Vec<ItemNo>,
}

impl Ballot<'_> {
    fn cast(&mut self, item: ItemNo, vote: u32) {
        if vote == 0 {
            return;
        }
        let Some(cell) = self.cells.get_mut(item.at()) else { return };
        if cell.group != self.group {
            if cell.group <= self.before {
                *cell = Cell::default();
                self.touched.push(item);
            }
            cell.group = self.group;
            cell.supporters += 1;
            cell.best = [0; COLUMNS_MAX];
        }
        let (Some(votes), Some(best)) =
            (cell.votes.get_mut(self.column), cell.best.get_mut(self.column))
        else {
            return;
        };
        if vote > *best {
            *votes += u64::from(vote - *best);
            *best = vote;
        }
    }
}
