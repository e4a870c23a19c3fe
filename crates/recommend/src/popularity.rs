//! What many people look at lately, in the whole shop and in each category.
//!
//! For each item there is a histogram over days: how many subjects had their *last* session with
//! the item on that day. The subjects of a window that ends today are then a sum of its buckets,
//! each subject counted once, and taking a session out moves at most one subject per item to an
//! earlier bucket. Days after today count as today.
//!
//! Two rankings follow from the histograms and the day: [`Popularity::popular`] by the subjects of
//! the window, [`Popularity::trending`] by how much the last days exceed the usual, older days
//! weighing less ([`trend`]). Both are kept for the shop and for every prefix of a category path
//! ([`scopes`]), and a changed item moves in those that it is in, so no answer waits for a count.
//!
//! What it must never do: rank an item, or give its count away, below the floor of distinct
//! subjects, in the window of popularity and for a trend in its last days as well.

use domain::catalog::Item;
use domain::time::Day;

use crate::index::canonical_text;
use crate::items::{ItemNo, Items};
use crate::popularity::scopes::{Scope, Scopes, Standing};
use crate::popularity::trend::{Trend, TrendSettings};

pub mod scopes;
pub mod trend;

/// An item that is more looked at than usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trending {
    /// The item.
    pub item: ItemNo,
    /// Fixed-point score, above 0; see [`trend`].
    pub score: u64,
    /// Distinct subjects of the last days.
    pub subjects: u32,
}

/// The histograms of a model and the rankings that follow from them today.
#[derive(Clone, Debug)]
pub struct Popularity {
    days: u32,
    subjects_min: u32,
    trend: Trend,
    today: Day,
    /// Per item: (day, subjects), by day.
    histograms: Vec<Vec<(Day, u32)>>,
    scopes: Scopes,
}

impl Popularity {
    /// Nothing is popular; a window of `days` and a floor of `subjects_min` will apply.
    pub fn new(days: u32, subjects_min: u32) -> Self {
        Self::with_trend(days, subjects_min, TrendSettings::default())
    }

    /// The same with other settings of trends, which the caller has checked.
    pub fn with_trend(days: u32, subjects_min: u32, trend: TrendSettings) -> Self {
        Self {
            days,
            subjects_min,
            trend: Trend::new(trend),
            today: Day::from_number(0),
            histograms: Vec::new(),
            scopes: Scopes::default(),
        }
    }

    /// The day that the window ends with.
    pub const fn today(&self) -> Day {
        self.today
    }

    /// Distinct subjects of an item in the window.
    pub fn subjects(&self, item: ItemNo) -> u32 {
        self.subjects_within(item, self.days)
    }

    /// Items of the shop above the floor, most subjects first, ties by id.
    pub fn ranking(&self) -> impl Iterator<Item = (ItemNo, u32)> {
        self.scopes.popular(Scope::Shop)
    }

    /// Items of a scope above the floor, most subjects first, ties by id.
    pub fn popular(&self, scope: Scope<'_>) -> impl Iterator<Item = (ItemNo, u32)> {
        self.scopes.popular(scope)
    }

    /// The same for a window of `days`, at most that of the settings: counted now, among the
    /// items that [`Self::popular`] has.
    pub fn popular_within(&self, scope: Scope<'_>, days: u32) -> Vec<(ItemNo, u32)> {
        let days = days.min(self.days);
        let counted = self.popular(scope).map(|(item, _)| (item, self.subjects_within(item, days)));
        let floor = self.subjects_min;
        let mut counted: Vec<(ItemNo, u32)> =
            counted.filter(|(_, subjects)| *subjects >= floor).collect();
        counted.sort_by(|a, b| {
            b.1.cmp(&a.1).then_with(|| self.scopes.id(a.0).cmp(&self.scopes.id(b.0)))
        });
        counted
    }

    /// Items of a scope whose last days exceed the usual, the highest score first, ties by id.
    pub fn trending(&self, scope: Scope<'_>) -> impl Iterator<Item = Trending> {
        self.scopes.trending(scope).map(|(item, score)| {
            let subjects = self.subjects_within(item, self.trend.settings().recent_days);
            Trending { item, score, subjects }
        })
    }

    /// Moves the window.
    pub fn advance(&mut self, items: &Items, today: Day) {
        if today == self.today {
            return;
        }
        self.today = today;
        let all: Vec<ItemNo> = items.iter().map(|(_, item)| item).collect();
        for item in all {
            self.rank(items, item);
        }
    }

    /// Tells the categories of an item that was declared or has changed.
    pub fn declare(&mut self, items: &Items, item: ItemNo, entry: &Item) {
        self.scopes.classify(item, entry);
        self.rank(items, item);
    }

    /// Moves one subject of an item from the bucket of one day to another; None is nowhere.
    pub(crate) fn shift(&mut self, item: ItemNo, from: Option<Day>, to: Option<Day>) {
        if self.histograms.len() <= item.at() {
            self.histograms.resize_with(item.at() + 1, Vec::new);
        }
        let Some(histogram) = self.histograms.get_mut(item.at()) else { return };
        if let Some(day) = from {
            if let Ok(place) = histogram.binary_search_by_key(&day, |(day, _)| *day) {
                if let Some((_, count)) = histogram.get_mut(place) {
                    *count = count.saturating_sub(1);
                }
                histogram.retain(|(_, count)| *count > 0);
            }
        }
        if let Some(day) = to {
            match histogram.binary_search_by_key(&day, |(day, _)| *day) {
                Err(place) => histogram.insert(place, (day, 1)),
                Ok(place) => {
                    if let Some((_, count)) = histogram.get_mut(place) {
                        *count += 1;
                    }
                }
            }
        }
    }

    /// Drops all subjects and keeps the catalog and the day, before all are counted anew.
    pub fn clear(&mut self) {
        self.histograms.clear();
        self.scopes.clear();
    }

    /// Drops all that is known of an item.
    pub(crate) fn forget(&mut self, items: &Items, item: ItemNo) {
        if let Some(histogram) = self.histograms.get_mut(item.at()) {
            histogram.clear();
        }
        self.rank(items, item);
    }

    /// Brings the places of one item in the rankings up to date.
    pub(crate) fn rank(&mut self, items: &Items, item: ItemNo) {
        let Some(id) = items.id(item).filter(|_| items.is_declared(item)) else {
            self.scopes.remove(item);
            return;
        };
        let mut standing = Standing::default();
        let subjects = self.subjects(item);
        if subjects >= self.subjects_min {
            standing.subjects = subjects;
            let recent_days = self.trend.settings().recent_days;
            if self.subjects_within(item, recent_days) >= self.subjects_min {
                standing.trend = self.trend.score(self.histogram(item), self.today);
            }
        }
        self.scopes.place(item, id, standing);
    }

    /// Streams the histograms of the declared items by id.
    pub(crate) fn canonical(&self, items: &Items, sink: &mut dyn FnMut(&[u8])) {
        for (id, item) in items.iter() {
            let histogram = self.histogram(item);
            if histogram.is_empty() {
                continue;
            }
            canonical_text(id.as_str(), sink);
            sink(&(histogram.len() as u64).to_be_bytes());
            for (day, count) in histogram {
                sink(&day.number().to_be_bytes());
                sink(&count.to_be_bytes());
            }
        }
    }

    fn histogram(&self, item: ItemNo) -> &[(Day, u32)] {
        self.histograms.get(item.at()).map_or(&[], Vec::as_slice)
    }

    fn subjects_within(&self, item: ItemNo, days: u32) -> u32 {
        let first = (self.today.number() + 1).saturating_sub(days);
        let within = self.histogram(item).iter().rev().take_while(|(day, _)| day.number() >= first);
        within.map(|(_, subjects)| subjects).sum()
    }
}

#[cfg(test)]
mod tests;
