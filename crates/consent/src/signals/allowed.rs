//! The purposes that a person's record allows: what our record is shown to other tools as.
//!
//! Consent Mode, Shopify and Segment know categories of their own; each projection turns this one
//! view into theirs. What a projection must never do: say yes where the view does not.

use std::collections::BTreeSet;

use domain::time::Timestamp;
use personal::gate::{Choice, ChoiceState, Choices, Facts, judge};
use personal::purpose::{LawfulBasis, PurposeName};

use crate::signals::combine::Combined;

/// The purposes that are allowed now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(BTreeSet<PurposeName>);

impl Allowed {
    /// What the person chose and nothing else: yes that has not run out, and no objection where
    /// no consent is needed.
    pub fn chosen(choices: &Choices, now: Timestamp) -> Self {
        let is_allowed = |purpose: &PurposeName| {
            let choice = choices.by_purpose.get(purpose);
            match purpose.basis() {
                LawfulBasis::Consent => choice.is_some_and(|choice| is_yes(choice, now)),
                LawfulBasis::LegitimateInterests => {
                    choice.is_none_or(|choice| choice.state == ChoiceState::Given)
                }
                LawfulBasis::Contract | LawfulBasis::LegalObligation => true,
            }
        };
        Self(PurposeName::ALL.into_iter().filter(is_allowed).collect())
    }

    /// What the gate permits: choices, signals, law and age together.
    pub fn judged(facts: &Facts<'_>, combined: &Combined, now: Timestamp) -> Self {
        let is_allowed = |purpose: &PurposeName| {
            let signals = facts.signals.and(combined.against(*purpose));
            judge(*purpose, &Facts { signals, ..*facts }, now).is_ok()
        };
        Self(PurposeName::ALL.into_iter().filter(is_allowed).collect())
    }

    /// Whether a purpose is allowed.
    pub fn contains(&self, purpose: PurposeName) -> bool {
        self.0.contains(&purpose)
    }

    /// Whether all of them are allowed.
    pub fn all(&self, purposes: &[PurposeName]) -> bool {
        purposes.iter().all(|purpose| self.contains(*purpose))
    }

    /// The purposes, in the order of the list.
    pub fn iter(&self) -> impl Iterator<Item = PurposeName> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<PurposeName> for Allowed {
    fn from_iter<I: IntoIterator<Item = PurposeName>>(purposes: I) -> Self {
        Self(purposes.into_iter().collect())
    }
}

fn is_yes(choice: &Choice, now: Timestamp) -> bool {
    choice.state == ChoiceState::Given && now < choice.expires
}

/// Every purpose that rests on consent: what an opt-out of sale and sharing denies, as Global
/// Privacy Control does (11 CCR 7025(c)(1): pseudonymous profiles too).
pub fn on_consent() -> BTreeSet<PurposeName> {
    let consent = |purpose: &PurposeName| purpose.basis() == LawfulBasis::Consent;
    PurposeName::ALL.into_iter().filter(consent).collect()
}

#[cfg(test)]
mod tests;
