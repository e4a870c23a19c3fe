//! What a shop learns besides its sessions, and how the models are blended: the body of a weights
//! file.

use serde::{Deserialize, Serialize};

use crate::blend::{BlendSettings, GroupWeights, ModelWeights};
use crate::linear::LinearSettings;
use crate::sections::Section;
use crate::sequence::settings::TrainerSettings;

/// What is learned and how it is blended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// How the sequence model is trained; none leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<TrainerSettings>,
    /// How the linear model is solved; none leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linear: Option<LinearSettings>,
    /// The scorers and the weights.
    pub blend: BlendSettings,
    /// Weights for single placements and tiers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
}

impl Plan {
    /// What a shop has before it fits its own: the shipped blend of scorers that need no training.
    pub fn shipped() -> Self {
        let blend = BlendSettings::shipped();
        Self { sequence: None, linear: None, blend, sections: Vec::new() }
    }

    /// The same with every fitted weight rounded to a multiple of so many hundredths, so that a
    /// weight says less about the sessions behind it.
    #[must_use]
    pub fn rounded(mut self, hundredths: i32) -> Self {
        let unit = hundredths.max(1);
        let round = |weight: &mut i32| {
            let half = unit / 2;
            let away = if *weight < 0 { -half } else { half };
            *weight = (*weight + away) / unit * unit;
        };
        let own = self.sections.iter_mut().flat_map(|section| &mut section.groups);
        for group in self.blend.groups.iter_mut().chain(own) {
            let GroupWeights { visit_items_min: _, current, seen, popular, models } = group;
            [current, seen, popular].into_iter().for_each(round);
            for ModelWeights { share, relative, missing } in models.values_mut() {
                [share, relative, missing].into_iter().for_each(round);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests;
