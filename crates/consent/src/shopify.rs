//! The customer privacy interface of Shopify: four topics, each yes, no or not said.
//!
//! As an input: what `analyticsProcessingAllowed()` and its three siblings answer, the object of
//! `currentVisitorConsent()` or the detail of `visitorConsentCollected`. As a projection: what
//! `setTrackingConsent` takes.

use std::collections::BTreeSet;

use personal::purpose::PurposeName;
use serde_json::{Map, Value, json};

use crate::signals::allowed::{Allowed, on_consent};

/// Longest text, in bytes.
pub const TEXT_BYTES_MAX: usize = 4 * 1024;

/// A topic of consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Statistics.
    Analytics,
    /// Advertising and messages.
    Marketing,
    /// Remembering what the visitor likes.
    Preferences,
    /// Sale or sharing of data with others.
    SaleOfData,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 4] =
        [Self::Analytics, Self::Marketing, Self::Preferences, Self::SaleOfData];

    /// The topic as `setTrackingConsent` writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Analytics => "analytics",
            Self::Marketing => "marketing",
            Self::Preferences => "preferences",
            Self::SaleOfData => "sale_of_data",
        }
    }

    /// Every name under which the interface says something of the topic.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Analytics => &["analytics", "analyticsAllowed", "analyticsProcessingAllowed"],
            Self::Marketing => &["marketing", "marketingAllowed"],
            Self::Preferences => {
                &["preferences", "preferencesAllowed", "preferencesProcessingAllowed"]
            }
            Self::SaleOfData => &["sale_of_data", "saleOfData", "saleOfDataAllowed"],
        }
    }

    /// The purposes of ours that a no denies.
    pub fn denies(self) -> BTreeSet<PurposeName> {
        let purposes: &[PurposeName] = match self {
            Self::Analytics => &[
                PurposeName::Measurement,
                PurposeName::PrivateAggregates,
                PurposeName::SharedLearning,
            ],
            Self::Marketing => &[PurposeName::Marketing, PurposeName::PersonalizedPricing],
            Self::Preferences => &[PurposeName::Personalization],
            Self::SaleOfData => return on_consent(),
        };
        purposes.iter().copied().collect()
    }
}

/// What Shopify knows of a visitor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shopify([Option<bool>; Topic::ALL.len()]);

/// Why a text says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShopifyError {
    /// Longer than [`TEXT_BYTES_MAX`].
    #[error("text has {bytes} bytes, at most {TEXT_BYTES_MAX} are read")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// No object.
    #[error("text is no json object")]
    Malformed,
    /// A topic that is neither yes nor no nor open.
    #[error("{} is neither true, false, yes, no, empty nor null", .0.as_str())]
    Value(Topic),
}

impl Shopify {
    /// Reads what the interface says. Of two names for one topic, a no counts.
    ///
    /// # Errors
    /// [`ShopifyError`].
    pub fn read(text: &[u8]) -> Result<Self, ShopifyError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(ShopifyError::TooLong { bytes: text.len() });
        }
        let said: Map<String, Value> =
            serde_json::from_slice(text).map_err(|_| ShopifyError::Malformed)?;
        let mut read = Self::default();
        for topic in Topic::ALL {
            for value in topic.names().iter().filter_map(|name| said.get(*name)) {
                if let Some(yes) = answer(topic, value)? {
                    let before = read.get(topic).unwrap_or(true);
                    read = read.with(topic, yes && before);
                }
            }
        }
        Ok(read)
    }

    /// What our record allows: never more than it. Data is not sold, whatever the record says.
    pub fn of(allowed: &Allowed) -> Self {
        let says = |topic: Topic| match topic {
            Topic::Analytics => allowed.contains(PurposeName::Measurement),
            Topic::Marketing => allowed.contains(PurposeName::Marketing),
            Topic::Preferences => allowed.contains(PurposeName::Personalization),
            Topic::SaleOfData => false,
        };
        Self(Topic::ALL.map(|topic| Some(says(topic))))
    }

    /// What is said of a topic; `None` where the visitor was not asked or did not answer.
    pub fn get(self, topic: Topic) -> Option<bool> {
        let mut said = Topic::ALL.into_iter().zip(self.0);
        said.find(|(one, _)| *one == topic).and_then(|(_, yes)| yes)
    }

    /// The same with one topic set.
    #[must_use]
    pub fn with(mut self, topic: Topic, yes: bool) -> Self {
        for (one, place) in Topic::ALL.into_iter().zip(&mut self.0) {
            if one == topic {
                *place = Some(yes);
            }
        }
        self
    }

    /// What `setTrackingConsent` takes; a topic that nothing is said of is left out.
    pub fn tracking_consent(self) -> String {
        let said = Topic::ALL.into_iter().filter_map(|topic| Some((topic, self.get(topic)?)));
        let members: Map<String, Value> =
            said.map(|(topic, yes)| (topic.as_str().to_owned(), json!(yes))).collect();
        Value::from(members).to_string()
    }
}

/// Yes, no, or `None` where the visitor left it open.
fn answer(topic: Topic, value: &Value) -> Result<Option<bool>, ShopifyError> {
    match (value, value.as_str()) {
        (Value::Null, _) | (_, Some("")) => Ok(None),
        (Value::Bool(yes), _) => Ok(Some(*yes)),
        (_, Some("yes")) => Ok(Some(true)),
        (_, Some("no")) => Ok(Some(false)),
        _ => Err(ShopifyError::Value(topic)),
    }
}

#[cfg(test)]
mod tests;
