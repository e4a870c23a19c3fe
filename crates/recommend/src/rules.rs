//! What a shop says about its own shelves: include, exclude, pin, boost, bury.
//!
//! Rules are data (at most [`RULES_MAX`] a placement), read once and judged over catalog entries
//! in integers. An exclusion always wins; every inclusion that is in force must hold; boosts and
//! burials add up, so that their order in the file does not matter. A rule that names markets is
//! in force only for a request that comes with one of them.
//!
//! Rules know the catalog and the request's day and market, and nothing of a person.

use std::collections::BTreeSet;

use domain::catalog::Item;
use domain::id::ItemId;
use serde::{Deserialize, Serialize};

use crate::rules::condition::{Circumstances, Condition};

pub mod condition;

/// Most rules of one placement.
pub const RULES_MAX: usize = 100;
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

#[cfg(test)]
mod tests;
