//! Several blends of one shop: the default, and sections for a placement, a tier, or both.
//!
//! What leads on from an item in view is another question than what leads on from a whole history,
//! so a weights file may hold weights for either (DESIGN, section 5), and a shop may add weights
//! for a placement by hand. An answer uses the most specific section: placement and tier, then
//! placement, then tier, then the default.

use serde::{Deserialize, Serialize};

use crate::blend::{Blend, BlendError, BlendSettings, GroupWeights, NamedScorer};
use crate::placement::is_name;
use crate::plan::Plan;

/// Most sections of a weights file.
pub const SECTIONS_MAX: usize = 64;

/// What of a visitor an answer may use, lowest first; the consent gate decides which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The item in view.
    Anonymous,
    /// The items of this visit.
    Visit,
    /// The person's own history as well.
    History,
}

impl Tier {
    /// The tier as a weights file writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Visit => "visit",
            Self::History => "history",
        }
    }
}

/// Weights for a part of the answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The only placement that it is for; any when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<String>,
    /// The only tier that it is for; any when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Its own scorers; those of the default blend when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scorers: Vec<NamedScorer>,
    /// Its weights; see [`BlendSettings::groups`].
    pub groups: Vec<GroupWeights>,
}

impl Section {
    /// What it is for, in words.
    pub fn name(&self) -> String {
        match (&self.placement, self.tier) {
            (Some(placement), Some(tier)) => {
                format!("placement {placement}, tier {}", tier.as_str())
            }
            (Some(placement), None) => format!("placement {placement}"),
            (None, Some(tier)) => format!("tier {}", tier.as_str()),
            (None, None) => DEFAULT.to_owned(),
        }
    }

    fn is_for(&self, placement: Option<&str>, tier: Option<Tier>) -> bool {
        self.placement.as_deref() == placement && self.tier == tier
    }
}

/// The name of the weights that no section outranks.
const DEFAULT: &str = "default";

/// The weights of one answer: those of a section, or the default ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Which(Option<usize>);

/// Why sections are refused. Says which one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SectionError {
    /// More than [`SECTIONS_MAX`].
    #[error("{count} sections of weights, at most {SECTIONS_MAX} are allowed")]
    TooMany {
        /// Sections that were given.
        count: usize,
    },
    /// It says neither.
    #[error("section {place} of the weights names neither a placement nor a tier")]
    Everywhere {
        /// From 1.
        place: usize,
    },
    /// No placement can have this name.
    #[error("section {place} of the weights: placement is 1 to 32 of a-z, 0-9 and _")]
    Name {
        /// From 1.
        place: usize,
    },
    /// Two for the same answers.
    #[error("two sections of the weights are for {name}")]
    Twice {
        /// What both are for.
        name: String,
    },
    /// The default blend.
    #[error(transparent)]
    Default(BlendError),
    /// The blend of a section.
    #[error("weights for {name}: {error}")]
    Blend {
        /// What they are for.
        name: String,
        /// Why.
        error: BlendError,
    },
}

/// All blends of a plan, each with its tables.
#[derive(Clone, Debug)]
pub struct Blends {
    default: Blend,
    sections: Vec<(Section, Blend)>,
}

impl Blends {
    /// The blends of a plan.
    ///
    /// # Errors
    /// [`SectionError`].
    pub fn new(plan: &Plan) -> Result<Self, SectionError> {
        let count = plan.sections.len();
        if count > SECTIONS_MAX {
            return Err(SectionError::TooMany { count });
        }
        let default = Blend::new(plan.blend.clone()).map_err(SectionError::Default)?;
        let mut sections: Vec<(Section, Blend)> = Vec::with_capacity(count);
        for (place, section) in (1..).zip(&plan.sections) {
            let (placement, tier) = (section.placement.as_deref(), section.tier);
            if placement.is_none() && tier.is_none() {
                return Err(SectionError::Everywhere { place });
            }
            if placement.is_some_and(|name| !is_name(name)) {
                return Err(SectionError::Name { place });
            }
            if sections.iter().any(|(known, _)| known.is_for(placement, tier)) {
                return Err(SectionError::Twice { name: section.name() });
            }
            let blend = Blend::new(settings(plan, section))
                .map_err(|error| SectionError::Blend { name: section.name(), error })?;
            sections.push((section.clone(), blend));
        }
        Ok(Self { default, sections })
    }

    /// The most specific weights for an answer.
    pub fn choose(&self, placement: &str, tier: Tier) -> Which {
        let wanted = [(Some(placement), Some(tier)), (Some(placement), None), (None, Some(tier))];
        let find = |(placement, tier): (Option<&str>, Option<Tier>)| {
            self.sections.iter().position(|(one, _)| one.is_for(placement, tier))
        };
        Which(wanted.into_iter().find_map(find))
    }

    /// The blend of a choice.
    pub fn of(&self, which: Which) -> &Blend {
        let own = which.0.and_then(|place| self.sections.get(place));
        own.map_or(&self.default, |(_, blend)| blend)
    }

    /// What a choice is for, in words.
    pub fn name(&self, which: Which) -> String {
        let own = which.0.and_then(|place| self.sections.get(place));
        own.map_or_else(|| DEFAULT.to_owned(), |(section, _)| section.name())
    }
}

/// The blend of a section: its own scorers or the default ones, under its weights.
fn settings(plan: &Plan, section: &Section) -> BlendSettings {
    let scorers = match section.scorers.is_empty() {
        true => plan.blend.scorers.clone(),
        false => section.scorers.clone(),
    };
    BlendSettings { scorers, groups: section.groups.clone() }
}

#[cfg(test)]
mod tests;
