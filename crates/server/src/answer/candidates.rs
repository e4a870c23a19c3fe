//! What the models of a placement offer for one answer, each item once, first come first.

use std::collections::BTreeSet;

use domain::id::Pseudonym;
use domain::time::Timestamp;
use recommend::answer::{Candidate, Query, Reason, recommend};
use recommend::baskets::again::{Cycle, Goods, Purchase, again};
use recommend::baskets::rank::Parts;
use recommend::blend::rank::Blended;
use recommend::content::ANCHORS_MAX;
use recommend::content::query::{ContentScratch, Match};
use recommend::content::similar::Anchor;
use recommend::items::ItemNo;
use recommend::neighbors::Wanted;
use recommend::placement::Source;
use recommend::popularity::scopes::Scope;
use recommend::rules::condition::is_under;
use recommend::scratch::Scratch;
use recommend::sections::Which;

use crate::answer::candidates::orders::OrderMemory;
use crate::answer::reasons::Why;
use crate::shared::Taught;

mod orders;

/// Weight of the newest item among those that the catalog describes others like.
const ANCHOR_WEIGHT: u16 = 9;

/// So many candidates are looked at for each one of another kind.
const OTHER_KINDS: usize = 4;

/// Working memory of one answer, made once per worker and reused.
#[derive(Debug, Default)]
pub struct Memory {
    models: Scratch,
    content: ContentScratch,
    orders: OrderMemory,
}

/// One offer of one model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// The item.
    pub item: ItemNo,
    /// Comparable within one model and one kind of reason only.
    pub score: u64,
    /// Why it is offered.
    pub why: Why,
    /// Distinct people behind it, where the model says how many.
    pub people: Option<u32>,
}

/// One candidate of the blend, for a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fused {
    /// The item.
    pub item: ItemNo,
    /// Distinct people behind it.
    pub people: u32,
    /// The fused score; comparable within one answer only.
    pub score: i64,
    /// What each model gave to it, greatest first.
    pub parts: Vec<(String, i64)>,
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
    /// Items in the cart.
    pub cart: Vec<ItemNo>,
    /// Own purchases, in any order.
    pub purchases: Vec<Purchase>,
    /// The name under which the shared model may know the person.
    pub learner: Option<Pseudonym>,
    /// The category that the page, or the item in view, is of.
    pub category: Option<&'a str>,
    /// The category that every item must be of.
    pub listing: Option<&'a str>,
    /// The words of a search.
    pub words: Option<&'a str>,
    /// Items that may not come back.
    pub exclude: Vec<ItemNo>,
    /// Under which weights the models of the blend are added up.
    pub weights: Which,
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
    /// Asks the models in turn for up to `count` items together; the next basket takes turns with
    /// the models that are named after it.
    pub fn offers(&self, models: &[Source], count: usize, memory: &mut Memory) -> Offers {
        let place = models.iter().position(|source| orders::is_of_next_basket(*source));
        let (before, after) = models.split_at(place.unwrap_or(models.len()));
        let mut all = self.first_come(before, count, memory);
        if all.len() < count && !after.is_empty() {
            let (turns, rest): (Vec<_>, Vec<_>) =
                after.iter().copied().partition(|source| orders::is_of_next_basket(*source));
            let turns = self.first_come(&turns, count, memory);
            let rest = self.first_come(&rest, count, memory);
            let mut known = all.iter().map(|offered| offered.item).collect();
            let left = count - all.len();
            all.extend(orders::in_turn((rest, turns), (left, &mut known)));
        }
        let exhausted = all.len() < count;
        Offers { all, exhausted }
    }

    fn first_come(&self, models: &[Source], count: usize, memory: &mut Memory) -> Vec<Offered> {
        let mut all: Vec<Offered> = Vec::with_capacity(count);
        let mut known: BTreeSet<ItemNo> = BTreeSet::new();
        for source in models {
            if all.len() >= count {
                break;
            }
            for offered in self.of(*source, count, memory) {
                if all.len() < count && known.insert(offered.item) {
                    all.push(offered);
                }
            }
        }
        all
    }

    /// What one model offers, best first, at most `count` items.
    pub fn of(&self, source: Source, count: usize, memory: &mut Memory) -> Vec<Offered> {
        match source {
            Source::Blend => self.learned(count, memory),
            Source::Content => self.alike(count, memory),
            Source::Search => self.found(count, memory),
            Source::BoughtWith => self.bought_with(count, memory),
            Source::BuyAgain => self.due(count),
            Source::BasketRepeat => self.next_basket(Parts::Repeat, count, memory),
            Source::BasketExplore => self.next_basket(Parts::Explore, count, memory),
            Source::Trending => self.trending(count),
            Source::Popular => self.popular(count),
            Source::Range => {
                let items = self.taught.model.items().iter().map(|(_, item)| item);
                let open = items.filter(|item| self.is_open(*item) && self.is_listed(*item));
                open.take(count)
                    .map(|item| Offered { item, score: 0, why: Why::Range, people: None })
                    .collect()
            }
            Source::GoesWith => self.goes_with(count, memory),
        }
    }

    /// Candidates of a model whose people lie below the floor: how many, and no name. None for a
    /// model that does not count people, or has left them out before it makes a list.
    pub fn below_floor(&self, source: Source, memory: &mut Memory) -> Option<usize> {
        match source {
            Source::Blend => Some(self.learned_below_floor(memory)),
            Source::BoughtWith => Some(self.bought_below_floor(memory)),
            Source::Content
            | Source::GoesWith
            | Source::BuyAgain
            | Source::BasketRepeat
            | Source::BasketExplore
            | Source::Trending
            | Source::Popular
            | Source::Search
            | Source::Range => None,
        }
    }

    fn learned_below_floor(&self, memory: &mut Memory) -> usize {
        let floor = self.taught.model.settings().supporters_min;
        let wanted = Wanted { count: usize::MAX, supporters_min: 1, exclude: &self.exclude };
        let visit: Vec<ItemNo> = self.visit.iter().copied().chain(self.current).collect();
        let ranked =
            self.taught.model.blender(self.weights).rank(&visit, &wanted, &mut memory.models);
        ranked.iter().filter(|blended| blended.supporters < floor).count()
    }

    /// The best candidates of the blend above the floor, each with its people, its fused score and
    /// what every model of the blend gave to it, for a trace.
    pub fn fused(&self, count: usize, memory: &mut Memory) -> Vec<Fused> {
        let supporters_min = self.taught.model.settings().supporters_min;
        let wanted = Wanted { count, supporters_min, exclude: &self.exclude };
        let newest = self.current.filter(|item| self.visit.last() != Some(item));
        let visit: Vec<ItemNo> = self.visit.iter().copied().chain(newest).collect();
        let blender = self.taught.model.blender(self.weights);
        let ranked = blender.rank(&visit, &wanted, &mut memory.models);
        let fused = |one: &Blended| Fused {
            item: one.item,
            people: one.supporters,
            score: one.score,
            parts: blender
                .contributions(visit.len(), one)
                .into_iter()
                .map(|part| (part.model.to_owned(), part.score))
                .collect(),
        };
        ranked.iter().map(fused).collect()
    }

    /// What the models learned from visits.
    fn learned(&self, count: usize, memory: &mut Memory) -> Vec<Offered> {
        let query = Query {
            visit: &self.visit,
            current: self.current,
            count,
            exclude: &self.exclude,
            weights: self.weights,
        };
        let offered = recommend(&self.taught.model, &query, &mut memory.models).into_iter();
        offered.filter(of_visits).map(worded).collect()
    }

    /// What visits with the cart's items, or with the item in view, lead to, of other kinds.
    fn goes_with(&self, count: usize, memory: &mut Memory) -> Vec<Offered> {
        let anchors = match (self.cart.as_slice(), self.current) {
            ([], None) => return Vec::new(),
            ([], Some(current)) => vec![current],
            (cart, _) => cart.to_vec(),
        };
        let count_of_all = count.saturating_mul(OTHER_KINDS);
        let query = Query {
            visit: &anchors,
            current: None,
            count: count_of_all,
            exclude: &self.exclude,
            weights: self.weights,
        };
        let offered = recommend(&self.taught.model, &query, &mut memory.models).into_iter();
        let learned = |one: &Candidate| {
            matches!(one.reason, Reason::ViewedTogether { .. } | Reason::ThisVisit)
        };
        let other = |one: &Candidate| {
            let theirs = self.categories(one.item);
            let same = |anchor: &ItemNo| {
                *anchor == one.item
                    || self.categories(*anchor).iter().any(|path| theirs.contains(path))
            };
            !anchors.iter().any(same)
        };
        offered.filter(learned).filter(other).take(count).map(worded).collect()
    }

    fn categories(&self, item: ItemNo) -> &[String] {
        let entry = self.taught.catalog.at(item);
        entry.map_or(&[], |entry| entry.categories.as_slice())
    }

    /// What the catalog describes like the item in view, or like the newest of the visit.
    fn alike(&self, count: usize, memory: &mut Memory) -> Vec<Offered> {
        let newest = self.visit.iter().rev().filter(|item| Some(**item) != self.current);
        let items = self.current.into_iter().chain(newest.copied()).take(ANCHORS_MAX);
        let anchors: Vec<Anchor> = items
            .zip((1..=ANCHOR_WEIGHT).rev())
            .map(|(item, weight)| Anchor { item, weight })
            .collect();
        let model = &self.taught.model;
        let wanted = Wanted { count, supporters_min: 1, exclude: &self.exclude };
        let alike = model.content().similar(model.items(), &anchors, &wanted, &mut memory.content);
        let worded = |found: &Match| {
            let with = anchors.get(found.anchor)?.item;
            let why = Why::Model(Reason::SimilarTo { with, shared: found.shared });
            Some(Offered { item: found.item, score: found.score, why, people: None })
        };
        alike.iter().filter_map(worded).collect()
    }

    /// What the catalog has for the words of a search.
    fn found(&self, count: usize, memory: &mut Memory) -> Vec<Offered> {
        let Some(words) = self.words else { return Vec::new() };
        let model = &self.taught.model;
        let wanted = Wanted { count, supporters_min: 1, exclude: &self.exclude };
        let found = model.content().search(model.items(), words, &wanted, &mut memory.content);
        let worded = |one: &Match| Offered {
            item: one.item,
            score: one.score,
            why: Why::Search,
            people: None,
        };
        found.iter().map(worded).collect()
    }

    /// What many people look at: of the page's category first, then of the shop.
    fn popular(&self, count: usize) -> Vec<Offered> {
        let popularity = self.taught.model.popularity();
        let of = |scope: Scope<'_>, in_category: bool| {
            let open = popularity.popular(scope).filter(|(item, _)| self.is_open(*item));
            let worded = |(item, people)| Offered {
                item,
                score: u64::from(people),
                why: Why::Popular { in_category },
                people: Some(people),
            };
            open.take(count).map(worded).collect::<Vec<_>>()
        };
        let mut all = self.category.map_or_else(Vec::new, |path| of(Scope::Category(path), true));
        all.extend(of(Scope::Shop, false));
        all
    }

    /// What is looked at more than usual: of the page's category first, then of the shop.
    fn trending(&self, count: usize) -> Vec<Offered> {
        let popularity = self.taught.model.popularity();
        let of = |scope: Scope<'_>, in_category: bool| {
            let open = popularity.trending(scope).filter(|one| self.is_open(one.item));
            open.take(count)
                .map(|one| Offered {
                    item: one.item,
                    score: one.score,
                    why: Why::Trending { in_category },
                    people: Some(one.subjects),
                })
                .collect::<Vec<_>>()
        };
        let mut all = self.category.map_or_else(Vec::new, |path| of(Scope::Category(path), true));
        all.extend(of(Scope::Shop, false));
        all
    }

    /// What the customer will buy again by its own cycle, likeliest first.
    fn due(&self, count: usize) -> Vec<Offered> {
        let due = again(&self.purchases, &Shelves(self.taught), self.now).into_iter();
        let open = due.filter(|due| self.is_open(due.item)).take(count);
        open.map(|due| {
            let interval_days = match due.cycle {
                Cycle::Own { .. } => Some(due.interval_days),
                Cycle::Category { .. } | Cycle::Released => None,
            };
            let why = Why::BuyAgain { interval_days };
            Offered { item: due.item, score: due.score, why, people: None }
        })
        .collect()
    }

    /// Whether an item is of the category that every item must be of.
    fn is_listed(&self, item: ItemNo) -> bool {
        self.listing.is_none_or(|path| is_under(self.categories(item), path))
    }

    fn is_open(&self, item: ItemNo) -> bool {
        self.taught.model.items().is_answer(item) && !self.exclude.contains(&item)
    }
}

/// Whether the blend has learned something about a candidate, and did not only fill the list up.
const fn of_visits(candidate: &Candidate) -> bool {
    !matches!(candidate.reason, Reason::Popular | Reason::Catalog)
}

const fn worded(candidate: Candidate) -> Offered {
    let Candidate { item, score, reason } = candidate;
    Offered { item, score, why: Why::Model(reason), people: None }
}

/// The categories of the catalog, as numbers.
struct Shelves<'a>(&'a Taught);

impl Goods for Shelves<'_> {
    fn category(&self, item: ItemNo) -> Option<u32> {
        let path = self.0.catalog.at(item)?.categories.first()?;
        let hash = path
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Some(hash)
    }

    fn released_s(&self, _: ItemNo) -> Option<u64> {
        None
    }
}
