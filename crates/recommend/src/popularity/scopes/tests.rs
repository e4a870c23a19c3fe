//! Laws 1 and 9 on the rankings of every scope, against a ledger of who was where and when.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

use domain::catalog::Item;
use domain::id::ItemId;
use domain::time::Day;

use crate::items::{ItemNo, Items, Traits};
use crate::popularity::Popularity;
use crate::popularity::scopes::{Scope, paths};
use crate::popularity::trend::{Trend, TrendSettings};

const ITEMS: u8 = 6;
const DAYS: u32 = 6;
const FLOOR: u32 = 2;
const TREND: TrendSettings =
    TrendSettings { recent_days: 2, half_life_days: 1, baseline_days: 5, prior_subjects: 1 };
const PATHS: [&str; 4] = ["Women/Shoes", "women / shoes > Boots", "Men", ""];
const SCOPES: [Scope<'static>; 5] = [
    Scope::Shop,
    Scope::Category("Women"),
    Scope::Category("women/SHOES"),
    Scope::Category("Women/Shoes/Boots"),
    Scope::Category("Men"),
];

fn id(item: u8) -> ItemId {
    ItemId::parse(&format!("item-{}", item.reverse_bits())).unwrap()
}

fn entry(item: u8, path: usize) -> Item {
    let mut entry = Item::new(id(item), String::new());
    entry.categories = vec![PATHS[path].to_owned()];
    entry
}

#[derive(Clone, Debug)]
enum Step {
    See { subject: u8, item: u8, day: u32 },
    Unsee { subject: u8, item: u8, day: u32 },
    Forget(u8),
    Declare { item: u8, path: usize },
    Withdraw(u8),
    Advance(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = || (0_u8..5, 0..ITEMS, 0..DAYS);
    let step = prop_oneof![
        8 => who().prop_map(|(subject, item, day)| Step::See { subject, item, day }),
        3 => who().prop_map(|(subject, item, day)| Step::Unsee { subject, item, day }),
        1 => (0_u8..5).prop_map(Step::Forget),
        3 => (0..ITEMS, 0..PATHS.len()).prop_map(|(item, path)| Step::Declare { item, path }),
        1 => (0..ITEMS).prop_map(Step::Withdraw),
        1 => (0..DAYS + 2).prop_map(Step::Advance),
    ];
    vec(step, 0..80)
}

/// The live rankings, and what a slow reader knows.
struct World {
    items: Items,
    popularity: Popularity,
    seen: BTreeSet<(u8, u8, u32)>,
    catalog: BTreeMap<u8, usize>,
    today: u32,
}

impl World {
    fn new() -> Self {
        Self {
            items: Items::new(),
            popularity: Popularity::with_trend(4, FLOOR, TREND),
            seen: BTreeSet::new(),
            catalog: BTreeMap::new(),
            today: 0,
        }
    }

    /// The last day of a subject with an item.
    fn last(&self, subject: u8, item: u8) -> Option<Day> {
        let days = self.seen.range((subject, item, 0)..=(subject, item, u32::MAX));
        days.last().map(|(_, _, day)| Day::from_number(*day))
    }

    fn change(&mut self, subject: u8, item: u8, change: impl FnOnce(&mut Self)) {
        let before = self.last(subject, item);
        change(self);
        let after = self.last(subject, item);
        if let (Some(number), true) = (self.items.any_number(&id(item)), before != after) {
            self.popularity.shift(number, before, after);
            self.popularity.rank(&self.items, number);
        }
    }

    fn declare(&mut self, item: u8, path: usize) {
        let number = self.items.declare(&id(item), Traits { answers: true, sensitive: false });
        self.popularity.declare(&self.items, number, &entry(item, path));
        self.catalog.insert(item, path);
    }

    fn apply(&mut self, step: &Step) {
        match *step {
            Step::See { subject, item, day } => {
                self.change(subject, item, |world| {
                    world.seen.insert((subject, item, day));
                });
            }
            Step::Unsee { subject, item, day } => {
                self.change(subject, item, |world| {
                    world.seen.remove(&(subject, item, day));
                });
            }
            Step::Forget(subject) => {
                for item in 0..ITEMS {
                    self.change(subject, item, |world| {
                        world.seen.retain(|(who, what, _)| (*who, *what) != (subject, item));
                    });
                }
            }
            Step::Declare { item, path } => self.declare(item, path),
            Step::Withdraw(item) => {
                self.catalog.remove(&item);
                if let Some(number) = self.items.number(&id(item)) {
                    self.items.withdraw(number);
                    self.popularity.rank(&self.items, number);
                }
            }
            Step::Advance(day) => {
                self.today = day;
                self.popularity.advance(&self.items, Day::from_number(day));
            }
        }
    }

    /// The subjects of an item by their last day.
    fn histogram(&self, item: u8) -> Vec<(Day, u32)> {
        let mut days = BTreeMap::new();
        for subject in 0..5 {
            if let Some(day) = self.last(subject, item) {
                *days.entry(day).or_insert(0) += 1;
            }
        }
        days.into_iter().collect()
    }

    fn subjects(&self, item: u8, days: u32) -> u32 {
        let within = |day: Day| day.number() + days > self.today;
        self.histogram(item).iter().filter(|(day, _)| within(*day)).map(|(_, n)| n).sum()
    }

    /// Items of a scope, by reading everything.
    fn in_scope(&self, scope: Scope<'_>) -> Vec<u8> {
        let is_in = |path: &str| match scope {
            Scope::Shop => true,
            Scope::Category(category) => {
                paths(path).iter().any(|prefix| paths(category).last() == Some(prefix))
            }
        };
        self.catalog
            .iter()
            .filter(|(_, path)| is_in(PATHS[**path]))
            .map(|(item, _)| *item)
            .collect()
    }

    fn slow_popular(&self, scope: Scope<'_>, days: u32) -> Vec<(ItemId, u32)> {
        let counted =
            self.in_scope(scope).into_iter().map(|item| (id(item), self.subjects(item, days)));
        let mut counted: Vec<_> = counted.filter(|(_, subjects)| *subjects >= FLOOR).collect();
        counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counted
    }

    fn slow_trending(&self, scope: Scope<'_>) -> Vec<(ItemId, u64, u32)> {
        let mut rated = Vec::new();
        for item in self.in_scope(scope) {
            let score =
                Trend::new(TREND).score(&self.histogram(item), Day::from_number(self.today));
            let recent = self.subjects(item, TREND.recent_days);
            if score > 0 && recent >= FLOOR {
                rated.push((id(item), score, recent));
            }
        }
        rated.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        rated
    }

    fn name(&self, item: ItemNo) -> ItemId {
        self.items.id(item).unwrap().clone()
    }

    fn check(&self) {
        for scope in SCOPES {
            let named = |ranked: Vec<(ItemNo, u32)>| -> Vec<(ItemId, u32)> {
                ranked.into_iter().map(|(item, subjects)| (self.name(item), subjects)).collect()
            };
            let popular = named(self.popularity.popular(scope).collect());
            assert_eq!(popular, self.slow_popular(scope, 4), "{scope:?}");
            let within = named(self.popularity.popular_within(scope, 1));
            assert_eq!(within, self.slow_popular(scope, 1), "{scope:?}");
            let trending = self.popularity.trending(scope);
            let trending: Vec<_> =
                trending.map(|one| (self.name(one.item), one.score, one.subjects)).collect();
            assert_eq!(trending, self.slow_trending(scope), "{scope:?}");
        }
    }
}

proptest! {
    #[test]
    fn rankings_are_those_of_a_slow_reader(steps in steps()) {
        let mut world = World::new();
        for item in 0..ITEMS {
            world.declare(item, usize::from(item) % PATHS.len());
        }
        for step in &steps {
            world.apply(step);
        }
        world.check();
        world.popularity.clear();
        prop_assert_eq!(world.popularity.ranking().count(), 0);
        for item in 0..ITEMS {
            let Some(number) = world.items.any_number(&id(item)) else { continue };
            for subject in 0..5 {
                world.popularity.shift(number, None, world.last(subject, item));
            }
            world.popularity.rank(&world.items, number);
        }
        world.check();
    }
}

#[test]
fn unknown_and_empty_categories_have_no_ranking() {
    let mut world = World::new();
    world.declare(0, 0);
    for subject in 0..3 {
        world.apply(&Step::See { subject, item: 0, day: 0 });
    }
    let count = |path| world.popularity.popular(Scope::Category(path)).count();
    assert_eq!((count("Women"), count("Women/Shoes"), count("Shoes"), count("")), (1, 1, 0, 0));
    assert_eq!(world.popularity.trending(Scope::Category(" / ")).count(), 0);
}
