//! Where an answer is shown, and what the shop wants there: placements as data.
//!
//! A placement names the models that answer and their order, how long the list is, which of the
//! items that the visitor knows may come back (on purpose: a shirt in the cart is no news, a
//! coffee that was bought is), rules, diversity, exploration and floors. Eight are shipped
//! ([`shipped`]); a shop changes single keys of them or adds its own by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diversity::Diversity;
use crate::exposure::{Exploration, FLOORS_MAX, Floor};
use crate::rules::{Rule, RuleError, Rules};

pub mod shipped;

/// Most placements of a shop.
pub const PLACEMENTS_MAX: usize = 50;
/// Longest list that a placement may ask for.
pub const COUNT_LIMIT: usize = 200;
/// Longest name of a placement, in bytes.
const NAME_BYTES_MAX: usize = 32;

/// A model that offers candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The blend of all that learned from visits, for this visit.
    Blend,
    /// What the catalog describes like the item in view.
    Content,
    /// What visits with the cart's items, or with the item in view, lead to, of other kinds.
    GoesWith,
    /// What is bought in one order with the cart's items, or with the item in view.
    BoughtWith,
    /// What this customer buys again and again.
    BuyAgain,
    /// What this customer's own orders will hold again (TIFU-kNN, the part that was bought).
    BasketRepeat,
    /// What customers with like orders buy and this one never did (TIFU-kNN, the other part).
    BasketExplore,
    /// What is looked at more than usual.
    Trending,
    /// What many people look at.
    Popular,
    /// What fits the words of a search.
    Search,
    /// The catalog in the order of ids, so that a list is never empty.
    Range,
}

/// Items that a visitor knows already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// The item in view.
    Current,
    /// Items in the cart.
    Cart,
    /// Items that the visitor looked at.
    Seen,
    /// Items that the visitor bought.
    Bought,
}

/// How the answers' categories relate to the item in view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// They do not.
    #[default]
    Any,
    /// The same category.
    Same,
    /// Another category: a shirt is not completed by a shirt.
    Other,
}

/// Whether a reason may name another item that the visitor met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// Wherever the floors allow it.
    #[default]
    Always,
    /// Only in answers of the tier `history`, to which the person consented.
    History,
    /// Never.
    Never,
}

/// What a shop wants at one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Placement {
    /// Its name: 1 to 32 of a-z, 0-9 and `_`.
    pub name: String,
    /// The models that offer candidates, first come first.
    pub models: Vec<Source>,
    /// Length of the list when a request does not say.
    pub count: usize,
    /// Which known items may appear.
    pub may_return: Vec<Known>,
    /// How the answers relate to the category of the item in view.
    pub category_of_current: Relation,
    /// Whether reasons may name known items.
    pub reasons_name: Naming,
    /// How unlike the items are made to be.
    pub diversity: Diversity,
    /// How often a place goes to an item that was shown seldom.
    pub exploration: Exploration,
    /// Groups with a share of every page.
    pub floors: Vec<Floor>,
    /// What the shop says about its shelves.
    pub rules: Rules,
}

/// What a settings file says of one placement; what is missing stays as shipped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlacementChange {
    /// See [`Placement::models`].
    pub models: Option<Vec<Source>>,
    /// See [`Placement::count`].
    pub count: Option<usize>,
    /// See [`Placement::may_return`].
    pub may_return: Option<Vec<Known>>,
    /// See [`Placement::category_of_current`].
    pub category_of_current: Option<Relation>,
    /// See [`Placement::reasons_name`].
    pub reasons_name: Option<Naming>,
    /// See [`Placement::diversity`].
    pub diversity: Option<Diversity>,
    /// See [`Placement::exploration`].
    pub exploration: Option<Exploration>,
    /// See [`Placement::floors`].
    pub floors: Option<Vec<Floor>>,
    /// See [`Placement::rules`].
    pub rules: Option<Vec<Rule>>,
}

/// The placements of a shop, by name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, PlacementChange>")]
pub struct Placements(BTreeMap<String, Arc<Placement>>);

/// Why placements are refused. Says which one and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlacementError {
    /// Not a name.
    #[error("placements: {name:?} is not a name; write 1 to {NAME_BYTES_MAX} of a-z, 0-9 and _")]
    Name {
        /// What was given.
        name: String,
    },
    /// More than [`PLACEMENTS_MAX`].
    #[error("placements: {count} of them, at most {PLACEMENTS_MAX} are allowed")]
    TooMany {
        /// Placements that were given, the shipped ones included.
        count: usize,
    },
    /// A rule is wrong.
    #[error("placements.{name}: {error}")]
    Rule {
        /// Name of the placement.
        name: String,
        /// Which rule, and why.
        error: RuleError,
    },
    /// A key has a wrong value.
    #[error("placements.{name}: {wrong}")]
    Wrong {
        /// Name of the placement.
        name: String,
        /// What is wrong and what would be right.
        wrong: &'static str,
    },
}

impl Placements {
    /// The placement of this name.
    pub fn get(&self, name: &str) -> Option<&Arc<Placement>> {
        self.0.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Placement> {
        self.0.values().map(AsRef::as_ref)
    }

    /// The names, parted by commas, for a refusal.
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
        names.join(", ")
    }

    /// The shipped placements with a shop's changes.
    ///
    /// # Errors
    /// [`PlacementError`].
    pub fn with(changes: BTreeMap<String, PlacementChange>) -> Result<Self, PlacementError> {
        let mut placements = shipped::placements();
        for (name, change) in changes {
            let before = placements.remove(&name).unwrap_or_else(|| shipped::custom(&name));
            placements.insert(name.clone(), before.named_and_changed(&name, change)?);
        }
        if placements.len() > PLACEMENTS_MAX {
            return Err(PlacementError::TooMany { count: placements.len() });
        }
        Ok(Self::of(placements))
    }

    /// These placements with a change of one of them, or with one more.
    ///
    /// # Errors
    /// [`PlacementError`].
    pub fn with_one(&self, name: &str, change: PlacementChange) -> Result<Self, PlacementError> {
        let before = self.get(name).map_or_else(|| shipped::custom(name), |one| (**one).clone());
        let mut placements = self.clone();
        let changed = before.named_and_changed(name, change)?;
        placements.0.insert(name.to_owned(), Arc::new(changed));
        match placements.0.len() {
            count if count > PLACEMENTS_MAX => Err(PlacementError::TooMany { count }),
            _ => Ok(placements),
        }
    }

    fn of(placements: BTreeMap<String, Placement>) -> Self {
        Self(placements.into_iter().map(|(name, one)| (name, Arc::new(one))).collect())
    }
}

impl Default for Placements {
    fn default() -> Self {
        Self::of(shipped::placements())
    }
}

impl TryFrom<BTreeMap<String, PlacementChange>> for Placements {
    type Error = PlacementError;

    fn try_from(changes: BTreeMap<String, PlacementChange>) -> Result<Self, PlacementError> {
        Self::with(changes)
    }
}

/// What is wrong with a placement whose name is not at hand.
enum Wrong {
    Rule(RuleError),
    Words(&'static str),
}

impl Wrong {
    fn of(self, name: &str) -> PlacementError {
        let name = name.to_owned();
        match self {
            Self::Rule(error) => PlacementError::Rule { name, error },
            Self::Words(wrong) => PlacementError::Wrong { name, wrong },
        }
    }
}

impl Placement {
    /// Whether items that the visitor knows in this way may appear.
    pub fn lets_return(&self, known: Known) -> bool {
        self.may_return.contains(&known)
    }

    /// Whether a page is more than the models' list without what vanished.
    pub fn shapes_pages(&self) -> bool {
        !self.rules.all().is_empty()
            || !self.diversity.is_off()
            || self.draws_items()
            || self.category_of_current != Relation::Any
    }

    /// Whether pages need items drawn from the catalog.
    pub fn draws_items(&self) -> bool {
        self.exploration.rate_per_mille > 0 || !self.floors.is_empty()
    }

    fn named_and_changed(
        self,
        name: &str,
        change: PlacementChange,
    ) -> Result<Self, PlacementError> {
        if !is_name(name) {
            return Err(PlacementError::Name { name: name.to_owned() });
        }
        self.changed(change).map_err(|wrong| wrong.of(name))
    }

    fn changed(self, change: PlacementChange) -> Result<Self, Wrong> {
        let rules = match change.rules {
            Some(rules) => Rules::try_from(rules).map_err(Wrong::Rule)?,
            None => self.rules,
        };
        let placement = Self {
            name: self.name,
            models: change.models.unwrap_or(self.models),
            count: change.count.unwrap_or(self.count),
            may_return: change.may_return.unwrap_or(self.may_return),
            category_of_current: change.category_of_current.unwrap_or(self.category_of_current),
            reasons_name: change.reasons_name.unwrap_or(self.reasons_name),
            diversity: change.diversity.unwrap_or(self.diversity),
            exploration: change.exploration.unwrap_or(self.exploration),
            floors: change.floors.unwrap_or(self.floors),
            rules,
        };
        placement.check().map_err(Wrong::Words)?;
        Ok(placement)
    }

    fn check(&self) -> Result<(), &'static str> {
        if self.models.is_empty() {
            return Err("models names at least one model");
        }
        let twice =
            |at: usize| self.models.iter().skip(at + 1).any(|m| Some(m) == self.models.get(at));
        if (0..self.models.len()).any(twice) {
            return Err("models names no model twice");
        }
        if !(1..=COUNT_LIMIT).contains(&self.count) {
            return Err("count is 1 to 200");
        }
        if self.floors.len() > FLOORS_MAX {
            return Err("at most 8 floors");
        }
        for floor in &self.floors {
            floor.check()?;
        }
        let shares: u32 = self.floors.iter().map(|floor| floor.share_per_mille).sum();
        if shares > 1_000 {
            return Err("the floors together are at most 1000 per mille");
        }
        self.diversity.check()?;
        self.exploration.check()
    }
}

/// Whether a placement may have this name: 1 to 32 of a-z, 0-9 and `_`.
pub fn is_name(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(known)
}

#[cfg(test)]
mod tests;
