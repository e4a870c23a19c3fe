//! The consent banner: what people are told, and the script that shows it.
//!
//! One path: [`texts`] reads the words of every language, the program's own and the shop's, at the
//! start; [`notice`] computes what one person is told out of words, law pack, signals and the
//! declarations of `personal::kinds`; [`script`] is what browsers run.
//!
//! What this must never do: keep or count anything about who was shown a notice. A notice is a
//! pure function, so a recorded digest can be matched again without such a list.

pub mod notice;
pub mod script;
pub mod texts;

use std::path::PathBuf;

use domain::date::Date;
use domain::time::Day;
use personal::purpose::{LawfulBasis, PurposeName};
use serde::Deserialize;

/// The day on which this program last changed how it honors Global Privacy Control: 2026-11-22.
const GPC_LAST_UPDATE: Day = Day::from_number(20_779);

/// Settings of the banner.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BannerSettings {
    /// A folder with one file of texts per language, added to those of the program or instead.
    pub texts: Option<PathBuf>,
    /// The language where the one that is asked for is not there.
    pub language: String,
    /// The purposes that people are asked about, in this order.
    pub purposes: Vec<PurposeName>,
    /// The day that `/.well-known/gpc.json` names.
    pub gpc_last_update: Date,
}

impl Default for BannerSettings {
    fn default() -> Self {
        Self {
            texts: None,
            language: "en".to_owned(),
            purposes: vec![
                PurposeName::Personalization,
                PurposeName::SharedLearning,
                PurposeName::Measurement,
                PurposeName::Marketing,
            ],
            gpc_last_update: Date(GPC_LAST_UPDATE),
        }
    }
}

/// Why the settings of the banner cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BannerSettingsError {
    /// A purpose that nobody is asked about.
    #[error("banner.purposes: {} does not rest on consent", .0.as_str())]
    NoConsent(PurposeName),
    /// A purpose stands twice.
    #[error("banner.purposes: {} stands twice", .0.as_str())]
    Twice(PurposeName),
}

impl BannerSettings {
    /// Checks what the types do not.
    ///
    /// # Errors
    /// [`BannerSettingsError`].
    pub fn check(&self) -> Result<(), BannerSettingsError> {
        let mut seen = Vec::new();
        for &purpose in &self.purposes {
            if purpose.basis() != LawfulBasis::Consent {
                return Err(BannerSettingsError::NoConsent(purpose));
            }
            if seen.contains(&purpose) {
                return Err(BannerSettingsError::Twice(purpose));
            }
            seen.push(purpose);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
