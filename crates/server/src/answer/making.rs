//! One answer: models offer, the page chooses, reasons say why.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use domain::catalog::Item;
use domain::id::ItemId;
use domain::time::Timestamp;
use recommend::baskets::again::Purchase;
use recommend::exposure::Draws;
use recommend::items::ItemNo;
use recommend::page::presence::{Visit, mark};
use recommend::page::trace::Trace;
use recommend::page::{By, Offer, Page, Placed, Shelf, Terms, page};
use recommend::placement::{Known, Placement};
use recommend::rules::condition::{Circumstances, age_days};

use crate::answer::candidates::{Asked, Memory, Offered, Offers};
use crate::answer::cursor::{Cursor, SHOWN_MAX};
use crate::answer::explain::Explanation;
use crate::answer::reasons::{Speaker, Why};
use crate::answer::{Answer, Ask, PageOf, Recommended, Tier, VisitItems};
use crate::chance;
use crate::shared::{Shared, Taught};
use crate::telemetry::{Exposed, Metrics};

/// Preferred categories choose among so many times the candidates that are shown.
const WIDER: usize = 20;
/// Candidates that rules, diversity and floors choose from, at least.
const POOL_MIN: usize = 200;
/// Candidates that are asked for when a page stays short, at most.
const POOL_MAX: usize = 8_192;
/// What vanishes from a plain page is rarely more.
const SLACK: usize = 4;

/// An answer in the making.
struct Making<'a> {
    taught: &'a Taught,
    tier: &'a Tier,
    used: &'a VisitItems,
    ask: &'a Ask,
    /// Items of this page, at most.
    count: usize,
    cursor: Cursor,
    now: Timestamp,
}

impl Tier {
    /// Asks the models, makes one page and puts it into words.
    pub fn answer(
        &self,
        shared: &Shared,
        (used, ask): (&VisitItems, &Ask),
        now: Timestamp,
        memory: &mut Memory,
    ) -> Answer {
        let taught = shared.taught();
        let cursor = match &ask.page {
            PageOf::Only | PageOf::First => Cursor {
                placement: ask.placement.name.clone(),
                seed: ask.seed,
                shown: BTreeSet::new(),
            },
            PageOf::After(cursor) => cursor.clone(),
        };
        let count = ask.count.min(SHOWN_MAX.saturating_sub(cursor.shown.len()));
        let making = Making { taught: &taught, tier: self, used, ask, count, cursor, now };
        let (made, trace) = making.make(shared, memory);
        let items: Vec<Recommended> =
            made.items.iter().filter_map(|placed| making.word(placed)).collect();
        let explanation = ask.explain.then(|| making.explain(&made, &trace, memory));
        let next = making.next(shared, &made);
        making.count_exposure(shared, &made);
        drop(taught);
        Metrics::count(&shared.metrics.answers, self.name().as_str());
        let (basis, language) = (self.basis(used), ask.language.tag());
        Answer { items, basis, language, next, explanation }
    }
}

impl<'a> Making<'a> {
    fn placement(&self) -> &'a Placement {
        &self.ask.placement
    }

    fn number(&self, id: &ItemId) -> Option<ItemNo> {
        self.taught.model.items().number(id)
    }

    fn entry(&self, item: ItemNo) -> Option<&'a Item> {
        self.taught.catalog.at(item).map(AsRef::as_ref)
    }

    /// Asks for more candidates until the page is full or nobody has more.
    fn make(&self, shared: &Shared, memory: &mut Memory) -> (Page<'a, Offered>, Trace) {
        let visit = self.visit();
        let terms = Terms {
            placement: self.placement(),
            circumstances: self.circumstances(),
            visit: &visit,
            first_place: self.cursor.shown.len() + 1,
            count: self.count,
            seed: self.seed(),
        };
        let reserve = self.reserve(shared);
        let find = |id: &ItemId| self.taught.catalog.get(id).map(AsRef::as_ref);
        let asked = self.asked();
        let mut pool = self.pool();
        loop {
            let Offers { all, exhausted } = asked.offers(&self.placement().models, pool, memory);
            let ordered = self.led(all);
            let offers: Vec<Offer<'a, Offered>> = ordered
                .into_iter()
                .filter_map(|from| Some(Offer { item: self.entry(from.item)?, from }))
                .collect();
            let mut trace = if self.ask.explain { Trace::on() } else { Trace::off() };
            let shelf = Shelf { offers: &offers, reserve: &reserve, find: &find };
            let made = page(&shelf, &terms, &mut trace);
            if made.items.len() >= self.count || exhausted || pool >= POOL_MAX {
                return (made, trace);
            }
            pool = (pool * 4).min(POOL_MAX);
        }
    }

    fn circumstances(&self) -> Circumstances {
        Circumstances { now: self.now, market: self.ask.market }
    }

    /// Each page of a list has chances of its own, which follow from those of the first.
    fn seed(&self) -> u64 {
        self.cursor.seed.wrapping_add(self.cursor.shown.len() as u64)
    }

    /// What the visitor knows, as far as the tier may use it.
    fn visit(&self) -> Visit<'a> {
        let current = self.ask.current.as_ref();
        let used = self.used;
        let seen = used.items.iter().filter(|item| !used.cart.contains(item));
        Visit {
            current,
            current_entry: current.and_then(|id| self.taught.catalog.get(id)).map(AsRef::as_ref),
            cart: used.cart.iter().collect(),
            seen: seen.collect(),
            bought: used.purchases.iter().map(|(item, _)| item).collect(),
            shown: self.cursor.shown.clone(),
            category: self.ask.category.as_deref(),
        }
    }

    fn asked(&self) -> Asked<'a> {
        let visit: Vec<ItemNo> =
            self.used.items.iter().filter_map(|item| self.number(item)).collect();
        let cart: Vec<ItemNo> =
            self.used.cart.iter().filter_map(|item| self.number(item)).collect();
        let current = self.ask.current.as_ref().and_then(|item| self.number(item));
        let purchases: Vec<Purchase> = self
            .used
            .purchases
            .iter()
            .filter_map(|(id, at)| Some(Purchase { item: self.number(id)?, at: *at, quantity: 1 }))
            .collect();
        let placement = self.placement();
        let mut exclude = Vec::new();
        if !placement.lets_return(Known::Bought) {
            exclude.extend(purchases.iter().map(|purchase| purchase.item));
        }
        if !placement.lets_return(Known::Seen) {
            exclude.extend(&visit);
        }
        if !placement.lets_return(Known::Cart) {
            exclude.extend(&cart);
        }
        if !placement.lets_return(Known::Current) {
            exclude.extend(current);
        }
        exclude.sort_unstable();
        exclude.dedup();
        Asked {
            taught: self.taught,
            visit,
            current,
            cart,
            purchases,
            learner: self.used.learner,
            category: self.category(),
            listing: self.ask.category.as_deref(),
            words: self.ask.words.as_deref(),
            exclude,
            weights: self.taught.model.weights_for(&placement.name, self.tier.name().blended()),
            now: self.now,
        }
    }

    /// The category that the page is about, or that of the item in view when it is harmless.
    fn category(&self) -> Option<&'a str> {
        let of_current = || {
            let entry = self.taught.catalog.get(self.ask.current.as_ref()?)?;
            let path = entry.categories.first().filter(|_| !entry.sensitive)?;
            Some(path.as_str())
        };
        self.ask.category.as_deref().or_else(of_current)
    }

    fn pool(&self) -> usize {
        let plain = self.count + self.cursor.shown.len() + SLACK;
        let wider = if self.used.categories.is_empty() { 0 } else { self.count * WIDER };
        let shaped = match self.placement().shapes_pages() || self.ask.category.is_some() {
            true => POOL_MIN + self.cursor.shown.len(),
            false => 0,
        };
        plain.max(wider).max(shaped)
    }

    /// Gives the first half of the page to the best offers of preferred categories; all others
    /// follow in their order, so that a taste leads and does not rule.
    fn led(&self, offers: Vec<Offered>) -> Vec<Offered> {
        let categories = &self.used.categories;
        if categories.is_empty() {
            return offers;
        }
        let mut room = self.count.div_ceil(2);
        let leads = |offered: &Offered| {
            let leads = room > 0
                && self.entry(offered.item).is_some_and(|item| preferred(item, categories));
            room -= usize::from(leads);
            leads
        };
        let (mut led, rest): (Vec<_>, Vec<_>) = offers.into_iter().partition(leads);
        led.extend(rest);
        led
    }

    /// Items drawn from the catalog, the seldomest shown first, where the placement needs some.
    fn reserve(&self, shared: &Shared) -> Vec<&'a Item> {
        if !self.placement().draws_items() {
            return Vec::new();
        }
        let numbers = u32::try_from(self.taught.model.items().numbers()).unwrap_or(u32::MAX);
        // Its own stream, so that which items are drawn says nothing about which places are.
        let mut draws = Draws::of(self.seed() ^ 0x5bd1_e995_7ea3_1f2d);
        let shown = shared.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let drawn = shown.draw(numbers, &mut draws);
        drop(shown);
        let number = |number: u32| self.taught.model.items().at(number);
        drawn.into_iter().filter_map(number).filter_map(|item| self.entry(item)).collect()
    }

    /// Why a placed item is there.
    pub(super) fn why(&self, placed: &Placed<'_, Offered>) -> Why {
        match placed.by {
            By::Model(offered) => offered.why,
            By::Pinned => Why::Pinned,
            By::Drawn => {
                let new_days = self.placement().exploration.new_days;
                match age_days(placed.item, self.now).is_some_and(|days| days <= new_days) {
                    true => Why::NewHere,
                    false => Why::Explore,
                }
            }
        }
    }

    fn word(&self, placed: &Placed<'_, Offered>) -> Option<Recommended> {
        let catalog = &self.taught.catalog;
        let (item, score) = match placed.by {
            By::Model(offered) => (catalog.at(offered.item)?, offered.score),
            By::Pinned | By::Drawn => (catalog.get(&placed.item.id)?, 0),
        };
        let speaker = Speaker {
            taught: self.taught,
            tier: self.tier.name(),
            placement: self.placement(),
            language: self.ask.language,
            category: self.category(),
        };
        let reason = speaker.say(self.why(placed), placed.item);
        Some(Recommended { id: item.id.clone(), score, reason, item: Arc::clone(item) })
    }

    /// The cursor of the next page. Without random bytes for its seal there is none.
    fn next(&self, shared: &Shared, made: &Page<'_, Offered>) -> Option<String> {
        if self.ask.page == PageOf::Only || !made.more || made.items.is_empty() {
            return None;
        }
        let mut cursor = self.cursor.clone();
        cursor.shown.extend(made.items.iter().map(|placed| mark(&placed.item.id)));
        let salt = chance::bytes().ok().filter(|_| cursor.shown.len() < SHOWN_MAX)?;
        cursor.seal(&shared.ring, self.now, salt)
    }

    /// Counts whom the page showed, where the placement has floors or explores.
    fn count_exposure(&self, shared: &Shared, made: &Page<'_, Offered>) {
        let placement = self.placement();
        if !placement.draws_items() {
            return;
        }
        let mut shown = shared.shown.lock().unwrap_or_else(PoisonError::into_inner);
        for placed in &made.items {
            if let Some(item) = self.number(&placed.item.id) {
                shown.count(item.number());
            }
        }
        drop(shown);
        let count = |group: &str, items: usize| {
            let label = Exposed { placement: placement.name.clone(), group: group.to_owned() };
            shared.metrics.exposures.get_or_create(&label).inc_by(items as u64);
        };
        count("all", made.items.len());
        let drawn = made.items.iter().filter(|placed| placed.by == By::Drawn).count();
        count("drawn", drawn);
        for floor in &placement.floors {
            let circumstances = self.circumstances();
            let belongs =
                |placed: &&Placed<'_, Offered>| floor.when.holds(placed.item, &circumstances);
            count(&floor.group, made.items.iter().filter(belongs).count());
        }
    }

    fn explain(&self, made: &Page<'_, Offered>, trace: &Trace, memory: &mut Memory) -> Explanation {
        let asked = self.asked();
        let places =
            made.items.iter().map(|placed| (placed.item.id.clone(), self.why(placed).code()));
        Explanation::of(
            (self.placement(), self.tier, self.cursor.seed),
            (&asked, self.pool()),
            trace,
            places.collect(),
            memory,
        )
    }
}

fn preferred(item: &Item, categories: &[String]) -> bool {
    let wanted = |category: &String| categories.iter().any(|one| category.starts_with(one));
    item.categories.iter().any(wanted)
}
