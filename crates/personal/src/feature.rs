//! The closed list of features: the parts of a purpose that a person can switch one by one.
//!
//! A feature belongs to exactly one purpose and narrows its yes; it never widens it. Every feature
//! is something that answers really do now, and owns rows of its own (the lines of
//! [`crate::register`] say which), so that switching it off takes away what only it kept. A purpose
//! whose data cannot be told apart has none: the steps of a closed visit do not say what was
//! bought, so `SharedLearning` is one switch.
//!
//! **Missing means denied**, as everywhere: a yes covers the features that were there when it was
//! said. One that came later waits until it is asked for, where the law is opt-in.

use domain::event::Action;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::purpose::PurposeName;

/// A part of a purpose that a person can switch by itself.
///
/// Stored as a bit of [`Features`]: a bit never changes its meaning, new ones come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u16)]
pub enum Feature {
    /// Answers from what the person looked at, put into the cart or onto the wish list.
    BrowsingHistory = 1,
    /// Answers from what the person bought: what to buy again, what like customers bought.
    PurchaseHistory = 2,
    /// Answers led by the categories, and later the sizes, that the person told the shop.
    StatedPreferences = 4,
}

/// The text names no feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no feature has this name")]
pub struct FeatureError;

impl Feature {
    /// Every feature, in the order in which people are asked.
    pub const ALL: [Self; 3] =
        [Self::BrowsingHistory, Self::PurchaseHistory, Self::StatedPreferences];

    /// The one purpose that it is a part of.
    pub const fn purpose(self) -> PurposeName {
        match self {
            Self::BrowsingHistory | Self::PurchaseHistory | Self::StatedPreferences => {
                PurposeName::Personalization
            }
        }
    }

    /// The feature as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BrowsingHistory => "browsing_history",
            Self::PurchaseHistory => "purchase_history",
            Self::StatedPreferences => "stated_preferences",
        }
    }

    /// What it does, in plain words.
    pub const fn what(self) -> &'static str {
        match self {
            Self::BrowsingHistory => {
                "answers from what the person looked at, put into the cart or onto the wish list"
            }
            Self::PurchaseHistory => "answers from what the person bought",
            Self::StatedPreferences => "answers from the categories and sizes the person stated",
        }
    }

    /// Reads the name of a feature as the API writes it.
    ///
    /// # Errors
    /// [`FeatureError`].
    pub fn parse(text: &str) -> Result<Self, FeatureError> {
        Self::ALL.into_iter().find(|feature| feature.as_str() == text).ok_or(FeatureError)
    }

    /// The features of a purpose.
    pub fn of(purpose: PurposeName) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |feature| feature.purpose() == purpose)
    }

    /// The feature that an action with an item serves.
    pub const fn of_action(action: Action) -> Self {
        match action {
            Action::View | Action::AddToCart | Action::RemoveFromCart | Action::AddToWishlist => {
                Self::BrowsingHistory
            }
            Action::Purchase | Action::Refund => Self::PurchaseHistory,
        }
    }

    const fn place(self) -> usize {
        (self as u16).trailing_zeros() as usize
    }
}

/// A set of features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Features(u16);

impl Features {
    /// No feature.
    pub const NONE: Self = Self(0);
    /// What every purpose did before features could be switched. Frozen: it is what a yes covered
    /// that was said then, or that was said to another tool.
    pub const FIRST: Self = Self::NONE
        .with(Feature::BrowsingHistory)
        .with(Feature::PurchaseHistory)
        .with(Feature::StatedPreferences);

    /// Every feature of a purpose.
    pub fn of(purpose: PurposeName) -> Self {
        Feature::of(purpose).collect()
    }

    /// The set with `feature` added.
    #[must_use]
    pub const fn with(self, feature: Feature) -> Self {
        Self(self.0 | feature as u16)
    }

    /// The set without the features of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What is in both sets.
    #[must_use]
    pub const fn in_both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `feature` is in the set.
    pub const fn holds(self, feature: Feature) -> bool {
        self.0 & feature as u16 != 0
    }

    /// Whether no feature is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The features of the set, in the order of [`Feature::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Feature> {
        Feature::ALL.into_iter().filter(move |feature| self.holds(*feature))
    }
}

impl FromIterator<Feature> for Features {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Self {
        features.into_iter().fold(Self::NONE, Self::with)
    }
}

/// What a person last said about one feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Covered by a yes, or switched on by itself.
    pub on: bool,
    /// When that was said.
    pub at: Timestamp,
}

/// What a person last said about every feature; one that is missing was never asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Switches([Option<Switch>; Feature::ALL.len()]);

impl Switches {
    /// What a yes to `purpose` leaves that covers all of its features.
    pub fn covered(purpose: PurposeName, at: Timestamp) -> Self {
        let mut switches = Self::default();
        switches.set(Features::of(purpose), Switch { on: true, at });
        switches
    }

    /// What was last said about a feature.
    pub fn get(&self, feature: Feature) -> Option<Switch> {
        self.0.get(feature.place()).copied().flatten()
    }

    /// Says the same about every feature of a set.
    pub fn set(&mut self, features: Features, switch: Switch) {
        for feature in features.iter() {
            if let Some(slot) = self.0.get_mut(feature.place()) {
                *slot = Some(switch);
            }
        }
    }

    /// The features that the person switched off.
    pub fn off(&self) -> Features {
        let off = |feature: &Feature| self.get(*feature).is_some_and(|switch| !switch.on);
        Feature::ALL.into_iter().filter(off).collect()
    }

    /// Without what was switched on after `since`: no yes is retroactive.
    #[must_use]
    pub fn until(mut self, since: Timestamp) -> Self {
        for slot in &mut self.0 {
            *slot = slot.filter(|switch| !switch.on || switch.at <= since);
        }
        self
    }
}

#[cfg(test)]
mod tests;
