//! The settings of a model, each with its unit and its limit.

use serde::{Deserialize, Serialize};

use crate::baskets::settings::{BasketSettings, BasketSettingsError};

/// Settings of a model. They are versioned rows of the shop; two models compare equal only under
/// the same settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Distinct subjects behind a collaborative candidate, at least.
    pub supporters_min: u32,
    /// Distinct subjects behind a reason that names another item, at least.
    pub reason_supporters_min: u32,
    /// Distinct subjects behind a popular item, at least.
    pub popular_min: u32,
    /// Days that popularity looks back, today included.
    pub popular_days: u32,
    /// Items that one answer by content looks at; the rarest words of the item come first.
    pub similar_items_max: u32,
    /// Bytes of learned sessions, by [`crate::index::SessionIndex::bytes`]; learning stops there.
    pub bytes_max: u64,
    /// How next baskets are found; its floor is at least `supporters_min`.
    pub baskets: BasketSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            supporters_min: 2,
            reason_supporters_min: 5,
            popular_min: 5,
            popular_days: 30,
            similar_items_max: 5_000,
            bytes_max: 1 << 30,
            baskets: BasketSettings::default(),
        }
    }
}

/// Why settings are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A floor of 0 would let answers come from nobody.
    #[error("supporters_min, reason_supporters_min and popular_min must be at least 1")]
    Floor,
    /// A window of no days.
    #[error("popular_days must be at least 1")]
    Window,
    /// The basket model.
    #[error("baskets: {0}")]
    Baskets(BasketSettingsError),
}

impl Settings {
    /// Refuses what the model could not honor.
    pub fn check(self) -> Result<Self, SettingsError> {
        if self.supporters_min.min(self.reason_supporters_min).min(self.popular_min) == 0 {
            return Err(SettingsError::Floor);
        }
        if self.popular_days == 0 {
            return Err(SettingsError::Window);
        }
        self.baskets.check().map_err(SettingsError::Baskets)?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
