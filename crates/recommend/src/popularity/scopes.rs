//! Rankings of the shop and of every prefix of its category paths.
//!
//! `Women/Shoes/Boots` puts an item into three categories. Only items above the floor stand in a
//! ranking, so the long tail costs nothing; an item that changes moves in its own scopes only.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::catalog::Item;
use domain::id::ItemId;

use crate::content::tokens::plain;
use crate::items::ItemNo;

/// Part of a shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// All of it.
    Shop,
    /// A category path or a prefix of one, as the catalog writes it; case does not matter.
    Category(&'a str),
}

/// What an item is ranked by; 0 keeps it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) subjects: u32,
    pub(super) trend: u64,
}

/// An item in a ranking: highest number first, ties by id.
type Rank = (Reverse<u64>, Arc<ItemId>, ItemNo);

#[derive(Clone, Debug, Default)]
struct Ranking {
    popular: BTreeSet<Rank>,
    trending: BTreeSet<Rank>,
}

impl Ranking {
    fn is_empty(&self) -> bool {
        self.popular.is_empty() && self.trending.is_empty()
    }

    fn insert(&mut self, placed: &Placed, item: ItemNo) {
        let Some(id) = &placed.id else { return };
        if placed.standing.subjects > 0 {
            let subjects = u64::from(placed.standing.subjects);
            self.popular.insert((Reverse(subjects), id.clone(), item));
        }
        if placed.standing.trend > 0 {
            self.trending.insert((Reverse(placed.standing.trend), id.clone(), item));
        }
    }

    fn remove(&mut self, placed: &Placed, item: ItemNo) {
        let Some(id) = &placed.id else { return };
        let subjects = u64::from(placed.standing.subjects);
        self.popular.remove(&(Reverse(subjects), id.clone(), item));
        self.trending.remove(&(Reverse(placed.standing.trend), id.clone(), item));
    }
}

/// Where an item stands now.
#[derive(Clone, Debug, Default)]
struct Placed {
    /// None while it stands nowhere.
    id: Option<Arc<ItemId>>,
    standing: Standing,
    /// Its categories, each prefix of each path.
    categories: Vec<Arc<str>>,
}

/// All rankings.
#[derive(Clone, Debug, Default)]
pub(super) struct Scopes {
    shop: Ranking,
    categories: BTreeMap<Arc<str>, Ranking>,
    placed: Vec<Placed>,
}

impl Scopes {
    pub(super) fn popular(&self, scope: Scope<'_>) -> impl Iterator<Item = (ItemNo, u32)> {
        let ranks = self.ranking(scope).into_iter().flat_map(|ranking| &ranking.popular);
        ranks.map(|(subjects, _, item)| (*item, u32::try_from(subjects.0).unwrap_or(u32::MAX)))
    }

    pub(super) fn trending(&self, scope: Scope<'_>) -> impl Iterator<Item = (ItemNo, u64)> {
        let ranks = self.ranking(scope).into_iter().flat_map(|ranking| &ranking.trending);
        ranks.map(|(score, _, item)| (*item, score.0))
    }

    /// The id of an item that stands in a ranking.
    pub(super) fn id(&self, item: ItemNo) -> Option<&ItemId> {
        self.placed.get(item.at())?.id.as_deref()
    }

    /// Puts an item into the categories of its entry; sensitive goods are in none.
    pub(super) fn classify(&mut self, item: ItemNo, entry: &Item) {
        let categories = if entry.sensitive { BTreeSet::new() } else { prefixes(entry) };
        let Some(mut placed) = self.take(item) else { return };
        if !placed.categories.iter().map(AsRef::as_ref).eq(categories.iter().map(String::as_str)) {
            self.leave(&placed, item);
            let known = |path: &String| self.categories.get_key_value(path.as_str());
            placed.categories = categories
                .iter()
                .map(|path| {
                    known(path).map_or_else(|| path.as_str().into(), |(key, _)| key.clone())
                })
                .collect();
            self.enter(&placed, item);
        }
        self.put(item, placed);
    }

    /// Moves an item to a new standing in all of its scopes.
    pub(super) fn place(&mut self, item: ItemNo, id: &ItemId, standing: Standing) {
        if self.placed.get(item.at()).map_or(Standing::default(), |old| old.standing) == standing {
            return;
        }
        let Some(mut placed) = self.take(item) else { return };
        self.leave(&placed, item);
        placed.standing = standing;
        if standing == Standing::default() {
            placed.id = None;
        } else if placed.id.is_none() {
            placed.id = Some(Arc::new(id.clone()));
        }
        self.enter(&placed, item);
        self.put(item, placed);
    }

    /// Takes an item that left the catalog out of everything.
    pub(super) fn remove(&mut self, item: ItemNo) {
        let old = self.placed.get_mut(item.at()).map(std::mem::take).unwrap_or_default();
        self.leave(&old, item);
    }

    /// Empties all rankings and keeps what is in which category.
    pub(super) fn clear(&mut self) {
        self.shop = Ranking::default();
        self.categories.clear();
        for placed in &mut self.placed {
            placed.id = None;
            placed.standing = Standing::default();
        }
    }

    fn ranking(&self, scope: Scope<'_>) -> Option<&Ranking> {
        match scope {
            Scope::Shop => Some(&self.shop),
            Scope::Category(path) => self.categories.get(paths(path).last()?.as_str()),
        }
    }

    fn enter(&mut self, placed: &Placed, item: ItemNo) {
        if placed.id.is_none() {
            return;
        }
        self.shop.insert(placed, item);
        for category in &placed.categories {
            self.categories.entry(category.clone()).or_default().insert(placed, item);
        }
    }

    fn leave(&mut self, placed: &Placed, item: ItemNo) {
        if placed.id.is_none() {
            return;
        }
        self.shop.remove(placed, item);
        for category in &placed.categories {
            let Some(ranking) = self.categories.get_mut(category) else { continue };
            ranking.remove(placed, item);
            if ranking.is_empty() {
                self.categories.remove(category);
            }
        }
    }

    fn take(&mut self, item: ItemNo) -> Option<Placed> {
        if self.placed.len() <= item.at() {
            self.placed.resize_with(item.at() + 1, Placed::default);
        }
        self.placed.get_mut(item.at()).map(std::mem::take)
    }

    fn put(&mut self, item: ItemNo, placed: Placed) {
        if let Some(place) = self.placed.get_mut(item.at()) {
            *place = placed;
        }
    }
}

/// Every prefix of every category path of an entry.
fn prefixes(entry: &Item) -> BTreeSet<String> {
    entry.categories.iter().flat_map(|category| paths(category)).collect()
}

/// The prefixes of a path, shortest first.
fn paths(category: &str) -> Vec<String> {
    let mut path = String::new();
    let parts = category.split(['/', '>']).map(plain).filter(|part| !part.is_empty());
    let prefix = |part: String| {
        path.push('/');
        path.push_str(&part);
        path.clone()
    };
    parts.map(prefix).collect()
}

#[cfg(test)]
mod tests;
