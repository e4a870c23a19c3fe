//! Where a visit begins and ends.
//!
//! A session is a pure function of one person's steps, sorted by time and message: a new one
//! begins after [`IDLE_MS`] without a step, or when [`STEPS_MAX`] are full. Events come late and
//! in any order, so [`recut`] says which closed sessions have to be taken back and which come in
//! their place; the result is always what [`cut`] would have made of all steps at once.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::ItemId;
use domain::time::Timestamp;
use personal::kinds::Step;

/// A pause of this many milliseconds ends a session.
pub const IDLE_MS: i64 = 30 * 60 * 1000;
/// Most steps of a session.
pub const STEPS_MAX: usize = 200;

/// Cuts one person's steps into sessions, oldest first. Of a step that was told twice (same
/// message, same item) the earliest counts.
pub fn cut(mut steps: Vec<Step>) -> Vec<Vec<Step>> {
    steps.sort_unstable();
    let mut seen = BTreeSet::new();
    steps.retain(|step| seen.insert((step.message, step.item.clone())));
    let mut sessions: Vec<Vec<Step>> = Vec::new();
    for step in steps {
        match sessions.last_mut() {
            Some(open) if joins(open, &step) => open.push(step),
            Some(_) | None => sessions.push(vec![step]),
        }
    }
    sessions
}

fn joins(open: &[Step], step: &Step) -> bool {
    let close = open.last().is_some_and(|last| step.at.ms_since(last.at) < IDLE_MS);
    close && open.len() < STEPS_MAX
}

/// Whether a session whose last step was at `last` has ended by `now`.
pub const fn is_closed(last: Timestamp, now: Timestamp) -> bool {
    now.ms_since(last) >= IDLE_MS
}

/// Sessions that have ended, and the steps of the one that may still grow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Ended by a pause, or full.
    pub closed: Vec<Vec<Step>>,
    /// The steps of the visit that is going on.
    pub open: Vec<Step>,
}

/// Parts the sessions that have ended by `now` from the one that has not.
pub fn settle(mut sessions: Vec<Vec<Step>>, now: Timestamp) -> Settled {
    let ended = |session: &Vec<Step>| {
        session.len() >= STEPS_MAX || session.last().is_none_or(|last| is_closed(last.at, now))
    };
    let open = sessions.pop_if(|last| !ended(last)).unwrap_or_default();
    Settled { closed: sessions, open }
}

/// What late steps change about the closed sessions of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recut {
    /// Places of the closed sessions that go, in rising order.
    pub remove: Vec<usize>,
    /// The sessions that come, oldest first.
    pub add: Vec<Vec<Step>>,
}

/// Takes late steps, or the steps of a visit that just ended, into a person's closed sessions.
///
/// Because a full session pushes the rest of its visit into the next one, a late step can move
/// every session of the chain that hangs together by pauses shorter than [`IDLE_MS`]; chains that
/// no late step touches are left alone.
pub fn recut(late: Vec<Step>, closed: &[Vec<Step>]) -> Recut {
    let told: BTreeMap<(u64, &ItemId), (Timestamp, usize)> = closed
        .iter()
        .enumerate()
        .flat_map(|(place, steps)| steps.iter().map(move |step| (step, place)))
        .map(|(step, place)| ((step.message, &step.item), (step.at, place)))
        .collect();
    let mut touched = BTreeSet::new();
    let mut pool = Vec::new();
    for step in late {
        match told.get(&(step.message, &step.item)) {
            Some((at, _)) if *at <= step.at => {}
            Some((_, place)) => {
                touched.insert(*place);
                pool.push(step);
            }
            None => pool.push(step),
        }
    }
    if pool.is_empty() {
        return Recut::default();
    }
    pool.sort_unstable();
    let remove: BTreeSet<usize> = chains(closed)
        .into_iter()
        .filter(|chain| {
            chain.places.iter().any(|place| touched.contains(place)) || chain.is_near(&pool)
        })
        .flat_map(|chain| chain.places)
        .collect();
    let gone = remove.iter().filter_map(|&place| closed.get(place)).flatten().cloned();
    difference(cut(pool.into_iter().chain(gone).collect()), &remove, closed)
}

/// Sessions that came out as they were neither go nor come.
fn difference(new: Vec<Vec<Step>>, old: &BTreeSet<usize>, closed: &[Vec<Step>]) -> Recut {
    let mut same: BTreeMap<&[Step], usize> =
        old.iter().filter_map(|&place| closed.get(place).map(|s| (s.as_slice(), place))).collect();
    let mut kept = BTreeSet::new();
    let add: Vec<_> = new
        .into_iter()
        .filter(|session| match same.remove(session.as_slice()) {
            Some(place) => !kept.insert(place),
            None => true,
        })
        .collect();
    Recut { remove: old.difference(&kept).copied().collect(), add }
}

/// Sessions that hang together by pauses shorter than [`IDLE_MS`].
struct Chain {
    first: Timestamp,
    last: Timestamp,
    places: Vec<usize>,
}

impl Chain {
    /// Whether one of the sorted steps lies in the chain or less than a pause beside it.
    fn is_near(&self, sorted: &[Step]) -> bool {
        let from = self.first.plus_ms(1 - IDLE_MS);
        let next = sorted.partition_point(|step| step.at < from);
        sorted.get(next).is_some_and(|step| step.at.ms_since(self.last) < IDLE_MS)
    }
}

fn chains(closed: &[Vec<Step>]) -> Vec<Chain> {
    let span = |(place, steps): (usize, &Vec<Step>)| {
        let (first, last) = (steps.first()?.at, steps.last()?.at);
        Some((first, last, place))
    };
    let mut spans: Vec<_> = closed.iter().enumerate().filter_map(span).collect();
    spans.sort_unstable();
    let mut chains: Vec<Chain> = Vec::new();
    for (first, last, place) in spans {
        match chains.last_mut() {
            Some(chain) if first.ms_since(chain.last) < IDLE_MS => {
                chain.last = chain.last.max(last);
                chain.places.push(place);
            }
            Some(_) | None => chains.push(Chain { first, last, places: vec![place] }),
        }
    }
    chains
}

/// The items of a session in their order; an item that follows itself counts once.
pub fn items_of(steps: &[Step]) -> Vec<ItemId> {
    let mut items: Vec<ItemId> = Vec::with_capacity(steps.len());
    for step in steps {
        if items.last() != Some(&step.item) {
            items.push(step.item.clone());
        }
    }
    items
}

#[cfg(test)]
mod tests;
