//! What a browser or a consent tool says on a person's behalf.
//!
//! Global Privacy Control is the request header `Sec-GPC: 1` (W3C GPC, section 3). A consent tool
//! says yes or no per category of its own; a [`CategoryMap`] says which purposes that means. Only
//! a no counts: a yes of a tool is no consent of ours.

pub mod allowed;
pub mod combine;
pub mod sent;

use std::collections::{BTreeMap, BTreeSet};

use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::{Signal, Signals};

use allowed::Allowed;

/// Most categories of a map.
pub const CATEGORIES_MAX: usize = 64;
/// Longest name of a category, in bytes of UTF-8.
pub const CATEGORY_BYTES_MAX: usize = 64;

/// The Global Privacy Control signal of all `Sec-GPC` headers of a request. Exactly `1` counts,
/// once, however often it is sent and whatever stands beside it.
pub fn gpc<'h>(headers: impl IntoIterator<Item = &'h [u8]>) -> Signals {
    match headers.into_iter().any(|value| value == b"1") {
        true => Signals::NONE.with(Signal::Gpc),
        false => Signals::NONE,
    }
}

/// Which purposes a category of a consent tool means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryMap(BTreeMap<String, Vec<PurposeName>>);

/// Why a map of categories cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CategoryError {
    /// A purpose that does not rest on consent.
    #[error("purpose {} does not rest on consent", .0.as_str())]
    Basis(PurposeName),
    /// A category without a name.
    #[error("category has no letters or digits, or more than {CATEGORY_BYTES_MAX} bytes")]
    Name,
    /// More than [`CATEGORIES_MAX`].
    #[error("map has more than {CATEGORIES_MAX} categories")]
    TooMany,
}

/// Names that consent tools and the Segment documentation use, and what they mean here. The
/// numbered ones are the defaults of a widespread tool.
const COMMON: [(&str, &[PurposeName]); 17] = [
    ("advertising", &[PurposeName::Marketing, PurposeName::PersonalizedPricing]),
    ("marketing", &[PurposeName::Marketing, PurposeName::PersonalizedPricing]),
    ("targeting", &[PurposeName::Marketing, PurposeName::PersonalizedPricing]),
    ("c0004", &[PurposeName::Marketing, PurposeName::PersonalizedPricing]),
    ("analytics", ANALYTICS),
    ("measurement", ANALYTICS),
    ("performance", ANALYTICS),
    ("statistics", ANALYTICS),
    ("c0002", ANALYTICS),
    ("datasharing", &[PurposeName::SharedLearning, PurposeName::PrivateAggregates]),
    ("sharedlearning", &[PurposeName::SharedLearning]),
    ("functional", &[PurposeName::Personalization]),
    ("preferences", &[PurposeName::Personalization]),
    ("c0003", &[PurposeName::Personalization]),
    ("personalisation", PERSONAL),
    ("personalization", PERSONAL),
    ("personalizedpricing", &[PurposeName::PersonalizedPricing]),
];
const ANALYTICS: &[PurposeName] =
    &[PurposeName::Measurement, PurposeName::PrivateAggregates, PurposeName::SharedLearning];
const PERSONAL: &[PurposeName] = &[PurposeName::Personalization, PurposeName::PersonalizedPricing];

impl Default for CategoryMap {
    fn default() -> Self {
        let entries = COMMON.iter().map(|(name, means)| ((*name).to_owned(), means.to_vec()));
        Self(entries.collect())
    }
}

impl CategoryMap {
    /// The common names with those of a shop's settings added or put in their place.
    ///
    /// # Errors
    /// [`CategoryError`].
    pub fn with<'n>(
        mut self,
        entries: impl IntoIterator<Item = (&'n str, Vec<PurposeName>)>,
    ) -> Result<Self, CategoryError> {
        for (name, means) in entries {
            let letters = letters(name);
            if letters.is_empty() || name.len() > CATEGORY_BYTES_MAX {
                return Err(CategoryError::Name);
            }
            if let Some(&purpose) = means.iter().find(|p| p.basis() != LawfulBasis::Consent) {
                return Err(CategoryError::Basis(purpose));
            }
            self.0.insert(letters, means);
            if self.0.len() > CATEGORIES_MAX {
                return Err(CategoryError::TooMany);
            }
        }
        Ok(self)
    }

    /// What a consent tool is told of our record: yes for a category whose purposes are all
    /// allowed, in the words of the tool. Names that mean no purpose are left out.
    ///
    /// # Privacy
    /// A category says no as soon as one of its purposes is not allowed.
    pub fn preferences(&self, names: &[&str], allowed: &Allowed) -> BTreeMap<String, bool> {
        let known = names.iter().filter_map(|name| Some((*name, self.0.get(&letters(name))?)));
        let known = known.filter(|(_, means)| !means.is_empty());
        known.map(|(name, means)| (name.to_owned(), allowed.all(means))).collect()
    }

    /// The purposes to which a consent tool said no.
    ///
    /// # Privacy
    /// A no counts even where another category of the same purpose says yes; a yes adds nothing.
    pub fn denied(&self, preferences: &[(String, bool)]) -> BTreeSet<PurposeName> {
        let no = preferences.iter().filter(|(_, yes)| !yes);
        no.filter_map(|(name, _)| self.0.get(&letters(name))).flatten().copied().collect()
    }
}

/// Case, spaces and punctuation do not matter in the name of a category.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests;
