//! What a shop learns besides its sessions, and how the models are blended: the body of a weights
//! file.

use serde::{Deserialize, Serialize};

use crate::blend::BlendSettings;
use crate::linear::LinearSettings;
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
}

impl Plan {
    /// What a shop has before it fits its own: the shipped blend of scorers that need no training.
    pub fn shipped() -> Self {
        Self { sequence: None, linear: None, blend: BlendSettings::shipped() }
    }
}
