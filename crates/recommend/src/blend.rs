//! Several models, one ranking: a log-linear blend with weights that a person can read.
//!
//! Every model says how much of its score an item has; from that come three features per model
//! (the logarithm of its share, its height relative to the best item, whether it is missing), and
//! a few of the item itself (is it the current one, was it seen in this visit, how many sessions
//! hold it). The score of an item is the weighted sum of its features: a conditional logit model
//! (McFadden, 1974), whose weights [`fit`] finds on held-out sessions. All features are integers
//! in fixed point and all weights are whole hundredths, so the ranking is the same everywhere.
//!
//! The models are the scorers of [`crate::neighbors`], which share one walk, and where they are
//! ready the linear model and the sequence model. A model that is not ready (see
//! [`crate::model`]) is left out and says so; its weights then fall away for all items alike.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::neighbors::settings::{ScorerError, ScorerSettings};
use crate::neighbors::{COLUMNS_MAX, Scorers};

pub mod features;
pub mod fit;
pub mod rank;
mod shipped;

/// The layout of the weights file that this version reads and writes.
pub const VERSION: u32 = 1;
/// Most groups of weights by length of the visit.
pub const GROUPS_MAX: usize = 8;
/// The greatest weight, in hundredths.
pub const WEIGHT_MAX: i32 = 10_000;

/// The weights of one model, in hundredths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelWeights {
    /// Of the natural logarithm of the item's share of the model's scores; of the sequence model
    /// of the logarithm of its probability relative to the best item.
    pub share: i32,
    /// Of the score relative to the best item, 0 to 1.
    pub relative: i32,
    /// Of the model not knowing the item.
    pub missing: i32,
}

/// The weights for visits of some length.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupWeights {
    /// Visits of at least so many items, up to the next group.
    pub visit_items_min: u16,
    /// Of being the item in view.
    #[serde(default)]
    pub current: i32,
    /// Of having been seen earlier in this visit.
    #[serde(default)]
    pub seen: i32,
    /// Of the natural logarithm of the sessions that hold the item.
    #[serde(default)]
    pub popular: i32,
    /// By model.
    pub models: BTreeMap<String, ModelWeights>,
}

/// A scorer by the name under which its weights stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedScorer {
    /// The name.
    pub name: String,
    /// What it does.
    #[serde(flatten)]
    pub settings: ScorerSettings,
}

/// What is blended and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlendSettings {
    /// At most [`COLUMNS_MAX`].
    pub scorers: Vec<NamedScorer>,
    /// Ordered by `visit_items_min`; the first is 0 or 1.
    pub groups: Vec<GroupWeights>,
}

/// Why blend settings are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlendError {
    /// No scorer or too many.
    #[error("a blend has 1 to {COLUMNS_MAX} scorers with different names")]
    Scorers,
    /// A scorer's own settings.
    #[error("scorer {name}: {error}")]
    Scorer {
        /// Which.
        name: String,
        /// Why.
        error: ScorerError,
    },
    /// See [`BlendSettings::groups`].
    #[error(
        "a blend has 1 to {GROUPS_MAX} groups of weights, in order, the first from 0 or 1 item"
    )]
    Groups,
    /// Weights for a model that is not in the blend.
    #[error("weights name the model {0}, which the blend does not have")]
    Unknown(String),
    /// See [`WEIGHT_MAX`].
    #[error("weights must lie within {WEIGHT_MAX} hundredths of 0")]
    Weight,
}

/// The name of the sequence model among the weights.
pub const SEQUENCE: &str = "sequence";
/// The name of the linear model among the weights.
pub const LINEAR: &str = "linear";

/// A blend with its tables, made once per model.
#[derive(Clone, Debug)]
pub struct Blend {
    settings: BlendSettings,
    scorers: Scorers,
    tables: features::Logarithms,
    /// By group: every weight in the order of the features.
    weights: Vec<(u16, features::Row)>,
}

impl Blend {
    /// A blend of these settings.
    pub fn new(settings: BlendSettings) -> Result<Self, BlendError> {
        let settings = settings.check()?;
        let scorers: Vec<ScorerSettings> =
            settings.scorers.iter().map(|named| named.settings).collect();
        let weights = settings
            .groups
            .iter()
            .map(|group| (group.visit_items_min, features::weights(&settings, group)))
            .collect();
        let tables = features::Logarithms::new();
        Ok(Self { scorers: Scorers::new(&scorers), settings, tables, weights })
    }

    /// The settings it was made with.
    pub const fn settings(&self) -> &BlendSettings {
        &self.settings
    }

    /// The scorers of its walk.
    pub const fn scorers(&self) -> &Scorers {
        &self.scorers
    }

    /// The weights for a visit of so many items.
    pub(crate) fn weights(&self, visit_items: usize) -> &features::Row {
        let fits = |(min, _): &&(u16, features::Row)| usize::from(*min) <= visit_items;
        let found = self.weights.iter().rev().find(fits).or(self.weights.first());
        found.map_or(&features::EMPTY, |(_, row)| row)
    }
}

impl BlendSettings {
    /// Refuses what the blend could not honor.
    pub fn check(self) -> Result<Self, BlendError> {
        let mut names: Vec<&str> = self.scorers.iter().map(|named| named.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let fits = (1..=COLUMNS_MAX).contains(&self.scorers.len());
        if !fits || names.len() != self.scorers.len() {
            return Err(BlendError::Scorers);
        }
        for NamedScorer { name, settings } in &self.scorers {
            let refused = |error| BlendError::Scorer { name: name.clone(), error };
            settings.check().map_err(refused)?;
        }
        let ordered = self.groups.is_sorted_by(|a, b| a.visit_items_min < b.visit_items_min);
        let first = self.groups.first().is_some_and(|group| group.visit_items_min <= 1);
        if !ordered || !first || self.groups.len() > GROUPS_MAX {
            return Err(BlendError::Groups);
        }
        for group in &self.groups {
            for (name, weights) in &group.models {
                if !names.contains(&name.as_str()) && name != SEQUENCE && name != LINEAR {
                    return Err(BlendError::Unknown(name.clone()));
                }
                let ModelWeights { share, relative, missing } = *weights;
                within(&[share, relative, missing])?;
            }
            within(&[group.current, group.seen, group.popular])?;
        }
        Ok(self)
    }
}

fn within(weights: &[i32]) -> Result<(), BlendError> {
    let fits = weights.iter().all(|weight| weight.unsigned_abs() <= WEIGHT_MAX.unsigned_abs());
    if fits { Ok(()) } else { Err(BlendError::Weight) }
}

#[cfg(test)]
mod tests;
