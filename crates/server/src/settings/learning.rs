//! Settings of what is recommended and of what the shared model learns.

use std::path::PathBuf;

use recommend::baskets::settings::BasketSettings;
use recommend::door::DoorCaps;
use serde::Deserialize;

/// Settings of the recommender.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecommendSettings {
    /// Distinct people behind a collaborative candidate.
    pub supporters_min: u32,
    /// Distinct people behind a popular item and behind a reason that names another item.
    pub popular_min: u32,
    /// Memory budget of the session index.
    pub bytes_max: u64,
    /// How next baskets are found; the floor is at least `supporters_min`.
    pub baskets: BasketSettings,
    /// A file of `confidant tune`: the shop's own weights, and which models are trained.
    pub weights: Option<PathBuf>,
}

impl Default for RecommendSettings {
    fn default() -> Self {
        Self {
            supporters_min: 2,
            popular_min: 5,
            bytes_max: 2 * 1024 * 1024 * 1024,
            baskets: BasketSettings::default(),
            weights: None,
        }
    }
}

/// Settings of the learning door: what one sender can teach the shared model.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LearningSettings {
    /// Closed sessions of one person that are learned per day.
    pub sessions_per_subject_day_max: u32,
    /// Closed sessions of one network prefix that are learned per hour.
    pub sessions_per_prefix_hour_max: u32,
}

impl Default for LearningSettings {
    fn default() -> Self {
        let caps = DoorCaps::default();
        Self {
            sessions_per_subject_day_max: caps.subject_sessions_per_day_max,
            sessions_per_prefix_hour_max: caps.prefix_sessions_per_hour_max,
        }
    }
}
