//! The settings of a model, each with its unit and its limit.

use serde::{Deserialize, Serialize};

/// Most items of the current visit that are looked at: older ones would weigh nothing.
pub const LAST_ITEMS_LIMIT: u8 = 9;
/// Most sessions that one query samples.
pub const SAMPLE_LIMIT: u16 = 20_000;

/// How much rarer items weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Idf {
    /// All items weigh the same.
    Off,
    /// Times ln((sessions + 1) / sessions with the item).
    Log,
    /// Times 1 + that logarithm.
    OnePlusLog,
}

/// Parameters of VMIS-kNN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VmisSettings {
    /// Newest sessions that share an item with the visit (m).
    pub sample_max: u16,
    /// Most similar sessions of the sample that vote (k); at most `sample_max`.
    pub neighbors_max: u16,
    /// Newest items of the visit that are looked at (L); 1 to [`LAST_ITEMS_LIMIT`].
    pub last_items_max: u8,
    /// Weight of rare items.
    pub idf: Idf,
}

impl Default for VmisSettings {
    /// Chosen on the validation split of the Serenade example sessions, where looking at four
    /// items gives the best HR@20 (three would give 0.003 more MRR@20 and 0.007 less HR@20).
    fn default() -> Self {
        Self { sample_max: 500, neighbors_max: 500, last_items_max: 4, idf: Idf::Log }
    }
}

/// Settings of a model. They are versioned rows of the shop; two models compare equal only under
/// the same settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How neighbors are found and vote.
    pub vmis: VmisSettings,
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
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            vmis: VmisSettings::default(),
            supporters_min: 2,
            reason_supporters_min: 5,
            popular_min: 5,
            popular_days: 30,
            similar_items_max: 5_000,
            bytes_max: 1 << 30,
        }
    }
}

/// Why settings are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// See [`VmisSettings::last_items_max`].
    #[error("last_items_max must be 1 to {LAST_ITEMS_LIMIT}")]
    LastItems,
    /// See [`VmisSettings::sample_max`] and [`VmisSettings::neighbors_max`].
    #[error("sample_max must be 1 to {SAMPLE_LIMIT} and neighbors_max 1 to sample_max")]
    Sample,
    /// A floor of 0 would let answers come from nobody.
    #[error("supporters_min, reason_supporters_min and popular_min must be at least 1")]
    Floor,
    /// A window of no days.
    #[error("popular_days must be at least 1")]
    Window,
}

impl VmisSettings {
    /// Refuses what the scorer could not honor.
    pub fn check(self) -> Result<Self, SettingsError> {
        if !(1..=LAST_ITEMS_LIMIT).contains(&self.last_items_max) {
            return Err(SettingsError::LastItems);
        }
        let fits = (1..=SAMPLE_LIMIT).contains(&self.sample_max);
        if !fits || !(1..=self.sample_max).contains(&self.neighbors_max) {
            return Err(SettingsError::Sample);
        }
        Ok(self)
    }
}

impl Settings {
    /// Refuses what the model could not honor.
    pub fn check(self) -> Result<Self, SettingsError> {
        self.vmis.check()?;
        if self.supporters_min.min(self.reason_supporters_min).min(self.popular_min) == 0 {
            return Err(SettingsError::Floor);
        }
        if self.popular_days == 0 {
            return Err(SettingsError::Window);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
