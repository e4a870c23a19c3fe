//! Which items a rule or a floor is about, and what may be known of a request.

use std::collections::BTreeMap;

use domain::catalog::Item;
use domain::id::ItemId;
use domain::market::Market;
use domain::money::Currency;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Most entries of one list in a condition.
pub const LIST_MAX: usize = 200;

/// Which items. All that is given must hold; of a list, one entry must.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    /// Items by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub item: Vec<ItemId>,
    /// Category paths as the catalog writes them; a path holds everything below it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<String>,
    /// Brands as the catalog writes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brand: Vec<String>,
    /// Attributes by name, each with the values that fit.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attribute: BTreeMap<String, Vec<String>>,
    /// The currency of the price bounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Lowest price, in minor units of `currency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_minor_min: Option<i64>,
    /// Highest price, in minor units of `currency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_minor_max: Option<i64>,
    /// Fewest units in stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_units_min: Option<u32>,
    /// Most units in stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_units_max: Option<u32>,
    /// Lowest margin, in thousandths of the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin_per_mille_min: Option<i32>,
    /// Highest margin, in thousandths of the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin_per_mille_max: Option<i32>,
    /// Fewest whole days since the item entered the catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_days_min: Option<u32>,
    /// Most whole days since the item entered the catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_days_max: Option<u32>,
    /// Markets of the request in which the rule is in force; none means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub market: Vec<Market>,
}

/// What a rule may know of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The time of the request.
    pub now: Timestamp,
    /// Where the goods would go, when the request says so.
    pub market: Option<Market>,
}

impl Condition {
    /// Whether it says nothing about items.
    pub(super) fn is_about_nothing(&self) -> bool {
        let bare = Self { market: Vec::new(), ..self.clone() };
        bare == Self::default()
    }

    /// Says what is wrong with it.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(&self) -> Result<(), &'static str> {
        let attributes = self.attribute.values().map(Vec::len);
        let lists = [self.item.len(), self.category.len(), self.brand.len(), self.market.len()];
        if lists.into_iter().chain(attributes).any(|len| len > LIST_MAX)
            || self.attribute.len() > LIST_MAX
        {
            return Err("a list has at most 200 entries");
        }
        if self.attribute.values().any(Vec::is_empty) {
            return Err("an attribute needs at least one value");
        }
        let priced = self.price_minor_min.is_some() || self.price_minor_max.is_some();
        if priced != self.currency.is_some() {
            return Err("currency and price_minor_min or price_minor_max belong together");
        }
        let empty = turned(self.price_minor_min, self.price_minor_max)
            || turned(self.stock_units_min, self.stock_units_max)
            || turned(self.margin_per_mille_min, self.margin_per_mille_max)
            || turned(self.age_days_min, self.age_days_max);
        if empty { Err("a lowest value is above its highest") } else { Ok(()) }
    }

    /// Whether a request's market lets it count.
    pub fn is_in_force(&self, circumstances: &Circumstances) -> bool {
        self.market.is_empty()
            || circumstances.market.is_some_and(|market| self.market.contains(&market))
    }

    /// Whether an item fits. What the catalog does not say never fits a bound.
    pub fn holds(&self, item: &Item, circumstances: &Circumstances) -> bool {
        one_of(&self.item, &item.id)
            && (self.category.is_empty()
                || self.category.iter().any(|path| is_under(&item.categories, path)))
            && (self.brand.is_empty()
                || item.brand.as_ref().is_some_and(|brand| self.brand.contains(brand)))
            && self.attribute.iter().all(|(name, values)| {
                item.attributes.get(name).is_some_and(|value| values.contains(value))
            })
            && self.price_holds(item)
            && within(item.stock_units, self.stock_units_min, self.stock_units_max)
            && within(item.margin_per_mille, self.margin_per_mille_min, self.margin_per_mille_max)
            && within(age_days(item, circumstances.now), self.age_days_min, self.age_days_max)
    }

    fn price_holds(&self, item: &Item) -> bool {
        let price = item.price.filter(|price| Some(price.currency) == self.currency);
        within(price.map(|price| price.minor), self.price_minor_min, self.price_minor_max)
    }
}

/// Whether one of an item's category paths is `path` or below it.
pub fn is_under(categories: &[String], path: &str) -> bool {
    categories.iter().any(|category| {
        category
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.trim_start().starts_with(['/', '>']))
    })
}

/// Whole days since the item entered the catalog, when that is known.
pub fn age_days(item: &Item, now: Timestamp) -> Option<u32> {
    let added = item.added_ms?.day().number();
    Some(now.day().number().saturating_sub(added))
}

fn one_of(list: &[ItemId], id: &ItemId) -> bool {
    list.is_empty() || list.contains(id)
}

fn turned<T: PartialOrd>(min: Option<T>, max: Option<T>) -> bool {
    min.zip(max).is_some_and(|(min, max)| min > max)
}

fn within<T: PartialOrd>(value: Option<T>, min: Option<T>, max: Option<T>) -> bool {
    match (value, min, max) {
        (_, None, None) => true,
        (None, _, _) => false,
        (Some(value), min, max) => {
            min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max)
        }
    }
}
