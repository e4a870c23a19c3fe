//! What a shop says about its own shelves: include, exclude, pin, boost, bury.
//!
//! Rules are data (at most [`RULES_MAX`] a placement), read once and judged over catalog entries
//! in integers. An exclusion always wins; every inclusion that is in force must hold; boosts and
//! burials add up, so that their order in the file does not matter. A rule that names markets is
//! in force only for a request that comes with one of them.
//!
//! Rules know the catalog and the request's day and market, and nothing of a person.

use std::collections::{BTreeMap, BTreeSet};

use domain::catalog::Item;
use domain::id::ItemId;
use domain::market::Market;
use domain::money::Currency;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Most rules of one placement.
pub const RULES_MAX: usize = 100;
/// Most entries of one list in a condition.
pub const LIST_MAX: usize = 200;
/// Last place that an item can be pinned to.
pub const PIN_PLACE_MAX: u16 = 200;
/// A standing that no rule touches.
pub const UNCHANGED_PER_MILLE: u32 = 1_000;
/// Most that all boosts of an item together can make of its standing.
pub const WEIGHT_PER_MILLE_MAX: u32 = 10_000;
/// Longest name of a rule, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// One rule: what it does with which items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name in a trace; unique in its placement, 1 to 64 bytes.
    pub name: String,
    /// What it does.
    pub then: Effect,
    /// With which items, and in which markets.
    #[serde(default)]
    pub when: Condition,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Only these items may appear.
    Include,
    /// These items do not appear.
    Exclude,
    /// The one item of the condition stands at this place of the list, counted from 1 over all
    /// pages.
    PinToPlace(u16),
    /// These items rise: so many thousandths are added to their standing, 1 to 9,000.
    BoostPerMille(u32),
    /// These items sink: so many thousandths are taken from their standing, 1 to 1,000.
    BuryPerMille(u32),
}

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

/// The checked rules of one placement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Rule>", into = "Vec<Rule>")]
pub struct Rules(Vec<Rule>);

/// What the rules say of one item, pins aside. Rules are named by their place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An exclusion holds.
    Excluded {
        /// The first exclusion that holds.
        rule: usize,
    },
    /// An inclusion does not hold.
    NotIncluded {
        /// The first inclusion that does not hold.
        rule: usize,
    },
    /// It may appear, with its standing changed to so many thousandths.
    Weighs {
        /// 0 to [`WEIGHT_PER_MILLE_MAX`]; [`UNCHANGED_PER_MILLE`] when no rule touches it.
        per_mille: u32,
    },
}

/// An item that is to stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin<'a> {
    /// The place, from 1.
    pub place: u16,
    /// The item.
    pub item: &'a ItemId,
    /// Place of the rule in the file.
    pub rule: usize,
}

/// Why rules are refused. Says which one and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// More than [`RULES_MAX`].
    #[error("{count} rules, at most {RULES_MAX} are allowed")]
    TooMany {
        /// Rules that were given.
        count: usize,
    },
    /// The rule at this place has no proper name.
    #[error("rule {place} needs a name of 1 to {NAME_BYTES_MAX} bytes without control characters")]
    Name {
        /// From 1.
        place: usize,
    },
    /// Two rules of one name.
    #[error("two rules are named {name:?}")]
    Twice {
        /// The name.
        name: String,
    },
    /// Something in a rule is wrong.
    #[error("rule {name:?}: {wrong}")]
    Wrong {
        /// Name of the rule.
        name: String,
        /// What is wrong and what would be right.
        wrong: &'static str,
    },
    /// Two rules pin in one market to one place, or pin one item twice.
    #[error("rules {one:?} and {other:?} pin to one place, or pin one item twice")]
    PinsMeet {
        /// Name of the first.
        one: String,
        /// Name of the second.
        other: String,
    },
}

impl Condition {
    /// Whether it says nothing about items.
    fn is_about_nothing(&self) -> bool {
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

impl Rules {
    /// The rules in the order of the file.
    pub fn all(&self) -> &[Rule] {
        &self.0
    }

    /// The name of a rule by its place.
    pub fn name(&self, rule: usize) -> &str {
        self.0.get(rule).map_or("", |rule| &rule.name)
    }

    /// What the rules say of an item.
    pub fn judge(&self, item: &Item, circumstances: &Circumstances) -> Verdict {
        let mut not_included = None;
        let mut per_mille = i64::from(UNCHANGED_PER_MILLE);
        for (rule, one) in self.0.iter().enumerate() {
            if matches!(one.then, Effect::PinToPlace(_)) || !one.when.is_in_force(circumstances) {
                continue;
            }
            let holds = one.when.holds(item, circumstances);
            match one.then {
                Effect::Exclude if holds => return Verdict::Excluded { rule },
                Effect::Include if !holds => not_included = not_included.or(Some(rule)),
                Effect::BoostPerMille(by) if holds => per_mille += i64::from(by),
                Effect::BuryPerMille(by) if holds => per_mille -= i64::from(by),
                Effect::Include
                | Effect::Exclude
                | Effect::PinToPlace(_)
                | Effect::BoostPerMille(_)
                | Effect::BuryPerMille(_) => {}
            }
        }
        if let Some(rule) = not_included {
            return Verdict::NotIncluded { rule };
        }
        let per_mille = per_mille.clamp(0, i64::from(WEIGHT_PER_MILLE_MAX));
        Verdict::Weighs { per_mille: u32::try_from(per_mille).unwrap_or(WEIGHT_PER_MILLE_MAX) }
    }

    /// The boosts and burials that touch an item, for a trace.
    pub fn weighing(&self, item: &Item, circumstances: &Circumstances) -> Vec<usize> {
        let touches = |rule: &Rule| {
            matches!(rule.then, Effect::BoostPerMille(_) | Effect::BuryPerMille(_))
                && rule.when.is_in_force(circumstances)
                && rule.when.holds(item, circumstances)
        };
        (0..).zip(&self.0).filter(|(_, rule)| touches(rule)).map(|(at, _)| at).collect()
    }

    /// The pins that are in force, by place.
    pub fn pins(&self, circumstances: &Circumstances) -> Vec<Pin<'_>> {
        let pin = |(rule, one): (usize, &'_ Rule)| match one.then {
            Effect::PinToPlace(place) if one.when.is_in_force(circumstances) => Some((place, rule)),
            Effect::PinToPlace(_)
            | Effect::Include
            | Effect::Exclude
            | Effect::BoostPerMille(_)
            | Effect::BuryPerMille(_) => None,
        };
        let places = self.0.iter().enumerate().filter_map(pin);
        let mut pins: Vec<Pin<'_>> = places
            .filter_map(|(place, rule)| {
                let item = self.0.get(rule)?.when.item.first()?;
                Some(Pin { place, item, rule })
            })
            .collect();
        pins.sort_unstable_by_key(|pin| (pin.place, pin.rule));
        pins
    }

    fn check(rules: &[Rule]) -> Result<(), RuleError> {
        if rules.len() > RULES_MAX {
            return Err(RuleError::TooMany { count: rules.len() });
        }
        let mut names = BTreeSet::new();
        for (place, rule) in (1..).zip(rules) {
            let proper = (1..=NAME_BYTES_MAX).contains(&rule.name.len());
            if !proper || rule.name.chars().any(char::is_control) {
                return Err(RuleError::Name { place });
            }
            if !names.insert(&rule.name) {
                return Err(RuleError::Twice { name: rule.name.clone() });
            }
            rule.check().map_err(|wrong| RuleError::Wrong { name: rule.name.clone(), wrong })?;
        }
        for (at, one) in rules.iter().enumerate() {
            if let Some(other) = rules.iter().skip(at + 1).find(|other| one.meets(other)) {
                let (one, other) = (one.name.clone(), other.name.clone());
                return Err(RuleError::PinsMeet { one, other });
            }
        }
        Ok(())
    }
}

impl Rule {
    fn check(&self) -> Result<(), &'static str> {
        self.when.check()?;
        match self.then {
            Effect::PinToPlace(place) => {
                let only_item = Condition {
                    item: self.when.item.clone(),
                    market: self.when.market.clone(),
                    ..Condition::default()
                };
                if self.when.item.len() != 1 || self.when != only_item {
                    return Err("a pin needs exactly one item, and besides it at most markets");
                }
                let fits = (1..=PIN_PLACE_MAX).contains(&place);
                if fits { Ok(()) } else { Err("pin_to_place is 1 to 200") }
            }
            _ if self.when.is_about_nothing() => Err("it needs a condition about items"),
            Effect::BoostPerMille(by) if !(1..=9_000).contains(&by) => {
                Err("boost_per_mille is 1 to 9000")
            }
            Effect::BuryPerMille(by) if !(1..=1_000).contains(&by) => {
                Err("bury_per_mille is 1 to 1000")
            }
            Effect::Include
            | Effect::Exclude
            | Effect::BoostPerMille(_)
            | Effect::BuryPerMille(_) => Ok(()),
        }
    }

    /// Whether both pin in one market and want one place or one item.
    fn meets(&self, other: &Self) -> bool {
        let (Effect::PinToPlace(place), Effect::PinToPlace(others)) = (self.then, other.then)
        else {
            return false;
        };
        let (mine, theirs) = (&self.when.market, &other.when.market);
        let apart = !mine.is_empty()
            && !theirs.is_empty()
            && !mine.iter().any(|market| theirs.contains(market));
        !apart && (place == others || self.when.item == other.when.item)
    }
}

impl TryFrom<Vec<Rule>> for Rules {
    type Error = RuleError;

    fn try_from(rules: Vec<Rule>) -> Result<Self, RuleError> {
        Self::check(&rules)?;
        Ok(Self(rules))
    }
}

impl From<Rules> for Vec<Rule> {
    fn from(rules: Rules) -> Self {
        rules.0
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

#[cfg(test)]
mod tests;
