//! From candidates to one page: what vanishes, what rules say, who stands where.
//!
//! The steps, each a pure function of the last: candidates lose what has vanished since the
//! models learned it (hidden, expired, out of stock, bought, shown on an earlier page) > rules
//! exclude and weigh > diversity and quotas choose > floors lift > explored and pinned items take
//! their places. A candidate's *standing* is 10 / (10 + its rank in the models' list) in fixed
//! point: candidates of several models have no common score, a place in a list they have. So a
//! standing that is doubled halves the rank, plus five places.
//!
//! The same candidates, terms and seed give the same page, bit for bit. What a page did stands in
//! its [`Trace`] when one is asked for.

use std::collections::BTreeSet;

use domain::catalog::Item;
use domain::id::ItemId;

use crate::diversity::{Features, diversify, within_quotas};
use crate::exposure::Draws;
use crate::page::presence::{Absence, Visit};
use crate::page::trace::{Note, Trace};
use crate::placement::Placement;
use crate::rules::condition::{Circumstances, Condition};
use crate::rules::{Pin, UNCHANGED_PER_MILLE, Verdict};

pub mod presence;
pub mod trace;

/// What the candidate at a place of the models' list, from 0, stands for.
pub(crate) const fn standing(rank: u64) -> u64 {
    HEAD * ONE / (HEAD + rank)
}

/// One in the fixed point of standings.
const ONE: u64 = 1 << 24;
/// The ranks over which a standing halves.
const HEAD: u64 = 10;
/// Diversity looks at so many candidates for each place of the page.
const DIVERSE_POOL: usize = 5;

/// A candidate of a model, with whatever the caller wants to know of it later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer<'a, C> {
    /// The catalog entry.
    pub item: &'a Item,
    /// The caller's own note, such as score and reason.
    pub from: C,
}

/// What there is to choose from.
#[derive(Clone, Copy)]
pub struct Shelf<'a, 's, C> {
    /// The models' candidates, best first, each item once.
    pub offers: &'s [Offer<'a, C>],
    /// Items that were drawn from the catalog for exploration and floors, seldomest shown first.
    pub reserve: &'s [&'a Item],
    /// Finds a catalog entry, for pins.
    pub find: &'s dyn Fn(&ItemId) -> Option<&'a Item>,
}

impl<C> std::fmt::Debug for Shelf<'_, '_, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (offers, reserve) = (self.offers.len(), self.reserve.len());
        write!(f, "Shelf({offers} offers, {reserve} in reserve)")
    }
}

/// What is asked of a page.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// What the shop wants here.
    pub placement: &'a Placement,
    /// Day and market of the request.
    pub circumstances: Circumstances,
    /// What the visitor knows already.
    pub visit: &'a Visit<'a>,
    /// Place of the page's first item in the whole list, from 1.
    pub first_place: usize,
    /// Places of the page.
    pub count: usize,
    /// Where chance comes from.
    pub seed: u64,
}

/// Why an item stands where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By<C> {
    /// A model offered it.
    Model(C),
    /// A rule pinned it.
    Pinned,
    /// It was drawn, for exploration or for a floor.
    Drawn,
}

/// One item of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed<'a, C> {
    /// The catalog entry.
    pub item: &'a Item,
    /// Why it is here.
    pub by: By<C>,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<'a, C> {
    /// The items in order.
    pub items: Vec<Placed<'a, C>>,
    /// Whether candidates are left for another page.
    pub more: bool,
}

/// A candidate that may appear.
#[derive(Clone, Copy)]
struct Open<'a, C> {
    item: &'a Item,
    by: By<C>,
    standing: u64,
}

/// Makes one page.
pub fn page<'a, C: Copy>(
    shelf: &Shelf<'a, '_, C>,
    terms: &Terms<'_>,
    trace: &mut Trace,
) -> Page<'a, C> {
    let pins = pins(shelf, terms, trace);
    let pinned: BTreeSet<&ItemId> = pins.iter().map(|(_, item)| &item.id).collect();
    let mut open = candidates(shelf, terms, &pinned, trace);
    let last_place = terms.first_place + terms.count;
    let on_page = pins.iter().filter(|(place, _)| *place < last_place);
    let on_page: Vec<(usize, &Item)> = on_page.copied().collect();
    let free = terms.count.saturating_sub(on_page.len());

    let explored = explored(shelf, terms, (&open, &pinned, free), trace);
    open.retain(|one| !explored.iter().any(|(_, item)| item.id == one.item.id));
    let mut chosen = choose(&open, terms, free - explored.len().min(free), trace);
    let fixed: Vec<&Item> =
        on_page.iter().map(|(_, item)| *item).chain(explored.iter().map(|(_, i)| *i)).collect();
    lift(shelf, terms, (&open, &pinned, &fixed), &mut chosen, trace);

    let used = chosen.len();
    let waiting = pins.len() > on_page.len();
    let items = seated(terms, chosen, &on_page, &explored);
    Page { items, more: waiting || open.len() > used }
}

/// The pinned items that may appear, with their places; those of earlier places are candidates
/// like others.
fn pins<'a, C>(
    shelf: &Shelf<'a, '_, C>,
    terms: &Terms<'_>,
    trace: &mut Trace,
) -> Vec<(usize, &'a Item)> {
    let rules = &terms.placement.rules;
    let mut pins = Vec::new();
    for Pin { place, item, rule } in rules.pins(&terms.circumstances) {
        let place = usize::from(place);
        let Some(item) = (shelf.find)(item) else { continue };
        if let Some(why) = terms.absence(item) {
            trace.note(|| Note::Vanished { item: item.id.clone(), why });
            continue;
        }
        if let Verdict::Excluded { rule } = rules.judge(item, &terms.circumstances) {
            trace.note(|| Note::Excluded { item: item.id.clone(), rule });
            continue;
        }
        if place < terms.first_place {
            continue;
        }
        trace.note(|| Note::Pinned { item: item.id.clone(), place, rule });
        pins.push((place, item));
    }
    pins
}

/// The offers that may appear, best standing first.
fn candidates<'a, C: Copy>(
    shelf: &Shelf<'a, '_, C>,
    terms: &Terms<'_>,
    pinned: &BTreeSet<&ItemId>,
    trace: &mut Trace,
) -> Vec<Open<'a, C>> {
    let mut open = Vec::with_capacity(shelf.offers.len());
    for Offer { item, from } in shelf.offers {
        if pinned.contains(&item.id) {
            continue;
        }
        let Some(per_mille) = terms.weight(item, trace) else { continue };
        let rank = open.len() as u64;
        let standing = standing(rank) * u64::from(per_mille);
        open.push(Open { item, by: By::Model(*from), standing });
    }
    let before: Vec<&ItemId> = match trace.is_on() {
        true => open.iter().map(|one| &one.item.id).collect(),
        false => Vec::new(),
    };
    // Stable: ties stay in the models' order.
    open.sort_by_key(|one| std::cmp::Reverse(one.standing));
    for (to, one) in open.iter().enumerate().take(before.len()) {
        let from = before.iter().position(|id| **id == one.item.id).unwrap_or(to);
        if from != to {
            trace.note(|| Note::Weighed { item: one.item.id.clone(), from, to });
        }
    }
    open
}

/// The places that chance gives to drawn items, and which item each gets.
fn explored<'a, C>(
    shelf: &Shelf<'a, '_, C>,
    terms: &Terms<'_>,
    (open, pinned, free): (&[Open<'_, C>], &BTreeSet<&ItemId>, usize),
    trace: &mut Trace,
) -> Vec<(usize, &'a Item)> {
    let rate = terms.placement.exploration.rate_per_mille;
    if rate == 0 {
        return Vec::new();
    }
    let mut draws = Draws::of(terms.seed);
    // Drawn items accompany a list; where it has ended they do not go on with it.
    let free = free.min(open.len());
    // Chance never takes the places that floors need.
    let floors = terms.placement.floors.iter().map(|floor| floor.places(terms.count)).sum();
    let room = free.saturating_sub(floors);
    let places: Vec<usize> = (0..free).filter(|_| draws.happens(rate)).take(room).collect();
    // What the models show here anyway is not explored.
    let shown: BTreeSet<&ItemId> = open.iter().take(free).map(|one| &one.item.id).collect();
    let may = |item: &&&Item| {
        !shown.contains(&item.id) && !pinned.contains(&item.id) && terms.lets_in(item)
    };
    let items: Vec<&Item> = shelf.reserve.iter().filter(may).copied().collect();
    let explored: Vec<(usize, &Item)> = places.into_iter().zip(items).collect();
    for (_, item) in &explored {
        trace.note(|| Note::Explored { item: item.id.clone() });
    }
    explored
}

/// The best `count` of the candidates, not too much alike.
fn choose<'a, C: Copy>(
    open: &[Open<'a, C>],
    terms: &Terms<'_>,
    count: usize,
    trace: &mut Trace,
) -> Vec<Open<'a, C>> {
    let diversity = &terms.placement.diversity;
    if diversity.is_off() {
        return open.iter().take(count).copied().collect();
    }
    let quota = diversity.category_max > 0 || diversity.brand_max > 0;
    let pool = open.len().min(terms.count * DIVERSE_POOL);
    let order: Vec<usize> = if diversity.lambda_per_mille > 0 {
        let features: Vec<Features> =
            open.iter().take(pool).map(|one| Features::of(one.item)).collect();
        let standings: Vec<u64> = open.iter().take(pool).map(|one| one.standing).collect();
        let likeness = |one: usize, other: usize| match (features.get(one), features.get(other)) {
            (Some(one), Some(other)) => one.likeness_per_mille(other),
            (None, _) | (_, None) => 0,
        };
        let wanted = if quota { pool } else { count };
        diversify(&standings, likeness, diversity.lambda_per_mille, wanted)
    } else {
        (0..pool).collect()
    };
    let mut order: Vec<usize> = order.into_iter().chain(pool..open.len()).collect();
    if quota {
        let items: Vec<&Item> =
            order.iter().filter_map(|at| open.get(*at)).map(|one| one.item).collect();
        let kept = within_quotas(&items, diversity, count);
        order = kept.into_iter().filter_map(|at| order.get(at).copied()).collect();
    }
    order.truncate(count);
    for (to, from) in order.iter().enumerate().filter(|(to, from)| to != *from) {
        let Some(one) = open.get(*from) else { continue };
        trace.note(|| Note::Diversified { item: one.item.id.clone(), from: *from, to });
    }
    order.into_iter().filter_map(|at| open.get(at).copied()).collect()
}

/// Lifts items of groups that have less than their floor, in the place of the last ones of no
/// group.
fn lift<'a, C: Copy>(
    shelf: &Shelf<'a, '_, C>,
    terms: &Terms<'_>,
    (open, pinned, fixed): (&[Open<'a, C>], &BTreeSet<&ItemId>, &[&Item]),
    chosen: &mut Vec<Open<'a, C>>,
    trace: &mut Trace,
) {
    let floors = &terms.placement.floors;
    if chosen.is_empty() {
        return;
    }
    let room = terms.count.saturating_sub(fixed.len());
    for floor in floors {
        let belongs = |item: &Item| terms.is_in(&floor.when, item);
        let have = fixed.iter().filter(|item| belongs(item)).count()
            + chosen.iter().filter(|one| belongs(one.item)).count();
        for _ in have..floor.places(terms.count) {
            let used = |item: &Item| {
                pinned.contains(&item.id)
                    || fixed.iter().any(|other| other.id == item.id)
                    || chosen.iter().any(|other| other.item.id == item.id)
            };
            let offered = open.iter().find(|one| belongs(one.item) && !used(one.item)).copied();
            let drawn = || {
                let may = |item: &&&Item| belongs(item) && !used(item) && terms.lets_in(item);
                let item = shelf.reserve.iter().find(may)?;
                Some(Open { item, by: By::Drawn, standing: 0 })
            };
            let Some(lifted) = offered.or_else(drawn) else { break };
            let of_none =
                |one: &Open<'_, C>| !floors.iter().any(|floor| terms.is_in(&floor.when, one.item));
            if chosen.len() >= room {
                let Some(last) = chosen.iter().rposition(of_none) else { break };
                chosen.remove(last);
            }
            trace
                .note(|| Note::Lifted { item: lifted.item.id.clone(), group: floor.group.clone() });
            chosen.push(lifted);
        }
    }
}

/// Puts everyone in place: pins where they belong, explored items where chance put them, the
/// others in their order. Pins behind the end of a short list close up.
fn seated<'a, C: Copy>(
    terms: &Terms<'_>,
    chosen: Vec<Open<'a, C>>,
    pins: &[(usize, &'a Item)],
    explored: &[(usize, &'a Item)],
) -> Vec<Placed<'a, C>> {
    let mut rest = chosen.into_iter().map(|one| Placed { item: one.item, by: one.by });
    let mut items = Vec::with_capacity(terms.count);
    let mut free = 0;
    for place in terms.first_place..terms.first_place + terms.count {
        if let Some((_, item)) = pins.iter().find(|(at, _)| *at == place) {
            items.push(Placed { item, by: By::Pinned });
            continue;
        }
        let drawn = explored.iter().find(|(at, _)| *at == free);
        let drawn = drawn.map(|(_, item)| Placed { item, by: By::Drawn });
        free += 1;
        items.extend(drawn.or_else(|| rest.next()));
    }
    items
}

impl Terms<'_> {
    /// Why an item may not appear whatever the rules say.
    fn absence(&self, item: &Item) -> Option<Absence> {
        self.visit.absence(item, self.placement, &self.circumstances)
    }

    /// The weight of an item that may appear.
    fn weight(&self, item: &Item, trace: &mut Trace) -> Option<u32> {
        if let Some(why) = self.absence(item) {
            trace.note(|| Note::Vanished { item: item.id.clone(), why });
            return None;
        }
        let rules = &self.placement.rules;
        if rules.all().is_empty() {
            return Some(UNCHANGED_PER_MILLE);
        }
        match rules.judge(item, &self.circumstances) {
            Verdict::Excluded { rule } => {
                trace.note(|| Note::Excluded { item: item.id.clone(), rule });
                None
            }
            Verdict::NotIncluded { rule } => {
                trace.note(|| Note::NotIncluded { item: item.id.clone(), rule });
                None
            }
            Verdict::Weighs { per_mille } => {
                if per_mille != UNCHANGED_PER_MILLE {
                    trace.note(|| Note::Touched {
                        item: item.id.clone(),
                        per_mille,
                        rules: rules.weighing(item, &self.circumstances),
                    });
                }
                Some(per_mille)
            }
        }
    }

    /// Whether a drawn item may appear; a buried one is not drawn.
    fn lets_in(&self, item: &Item) -> bool {
        self.absence(item).is_none()
            && matches!(
                self.placement.rules.judge(item, &self.circumstances),
                Verdict::Weighs { per_mille } if per_mille >= UNCHANGED_PER_MILLE
            )
    }

    fn is_in(&self, group: &Condition, item: &Item) -> bool {
        group.is_in_force(&self.circumstances) && group.holds(item, &self.circumstances)
    }
}

#[cfg(test)]
mod tests;
