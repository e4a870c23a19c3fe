//! Purposes of ours to which a TC string says no.
//!
//! # Privacy
//! A string only takes away. Whatever it allows, the gate still asks for a consent of ours; what
//! it denies, or does not say because it is unreadable, invalid or silent, counts as a no.

use std::collections::{BTreeMap, BTreeSet};

use personal::purpose::{LawfulBasis, PurposeName};

use super::decode::decode;
use super::enforce::{Denial, Party, enforce};
use super::error::TcError;
use super::sets::PurposeSet;
use super::validate::{PURPOSES, Rules};

/// Which TCF purposes must all be allowed for a purpose of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcfMap(BTreeMap<PurposeName, PurposeSet>);

/// Why a map cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TcfMapError {
    /// A purpose of ours that does not rest on consent.
    #[error("purpose {} does not rest on consent", .0.as_str())]
    Basis(PurposeName),
    /// A TCF purpose that the policies do not have.
    #[error("no TCF purpose has the number {0}")]
    PurposeUnknown(u8),
}

/// What we read the TCF purposes as. 1: store on a device; 2: select basic ads; 3 and 4: make and
/// use profiles for ads; 5 and 6: make and use profiles for content; 8: measure content; 9:
/// statistics about audiences; 10: improve services; 11: select content by limited data.
const DEFAULT: [(PurposeName, PurposeSet); 6] = [
    (PurposeName::Personalization, PurposeSet::of(&[1, 5, 6])),
    (PurposeName::SharedLearning, PurposeSet::of(&[1, 10])),
    (PurposeName::PrivateAggregates, PurposeSet::of(&[1, 9])),
    (PurposeName::Measurement, PurposeSet::of(&[1, 8])),
    (PurposeName::Marketing, PurposeSet::of(&[1, 3, 4])),
    (PurposeName::PersonalizedPricing, PurposeSet::of(&[1, 5, 6])),
];

impl Default for TcfMap {
    fn default() -> Self {
        Self(DEFAULT.into())
    }
}

impl TcfMap {
    /// The map with the entries of a shop's settings in the place of ours. An entry without TCF
    /// purposes takes a purpose of ours out of the map.
    ///
    /// # Errors
    /// [`TcfMapError`].
    pub fn with(
        mut self,
        entries: impl IntoIterator<Item = (PurposeName, PurposeSet)>,
    ) -> Result<Self, TcfMapError> {
        for (purpose, needs) in entries {
            if purpose.basis() != LawfulBasis::Consent {
                return Err(TcfMapError::Basis(purpose));
            }
            if let Some(unknown) = needs.without(PURPOSES).iter().next() {
                return Err(TcfMapError::PurposeUnknown(unknown));
            }
            self.0.insert(purpose, needs);
        }
        Ok(self)
    }
}

/// Why a purpose of ours is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The text is no TC string.
    #[error("the TC string cannot be read: {0}")]
    Unreadable(TcError),
    /// A TCF purpose that ours needs is denied.
    #[error("TCF purpose {purpose}: {denial}")]
    Purpose {
        /// The TCF purpose.
        purpose: u8,
        /// What says no.
        denial: Denial,
    },
}

/// What a TC string denies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Denied(BTreeMap<PurposeName, Why>);

impl Denied {
    /// The purposes that are denied.
    pub fn purposes(&self) -> BTreeSet<PurposeName> {
        self.0.keys().copied().collect()
    }

    /// Why a purpose is denied, if it is.
    pub fn why(&self, purpose: PurposeName) -> Option<Why> {
        self.0.get(&purpose).copied()
    }

    /// Purposes with the first reason for each, in the order of the list of purposes.
    pub fn iter(&self) -> impl Iterator<Item = (PurposeName, Why)> + '_ {
        self.0.iter().map(|(purpose, why)| (*purpose, *why))
    }
}

/// The purposes of ours to which `text` says no, each with the first reason.
pub fn denied(text: &str, party: &Party, map: &TcfMap, rules: &Rules) -> Denied {
    let needs = map.0.iter().filter(|(_, needs)| !needs.is_empty());
    let string = match decode(text) {
        Ok(string) => string,
        Err(error) => return Denied(needs.map(|(p, _)| (*p, Why::Unreadable(error))).collect()),
    };
    let enforced = enforce(&string, party, rules);
    let reason = |needs: PurposeSet| {
        needs.iter().find_map(|purpose| {
            let denial = enforced.purpose(purpose).err()?;
            Some(Why::Purpose { purpose, denial })
        })
    };
    Denied(needs.filter_map(|(purpose, needs)| Some((*purpose, reason(*needs)?))).collect())
}

#[cfg(test)]
mod tests;
