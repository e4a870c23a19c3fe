//! How long a person lets data of one purpose be kept: shorter than declared, never longer.
//!
//! Rows keep the day of expiry that their declaration gives them; the person's own period is
//! counted from the same day of writing. So it holds for every row from the moment it is chosen,
//! and nothing has to be sealed anew.

use domain::time::{Day, Timestamp};
use serde::{Deserialize, Serialize};

use crate::gate::Choices;
use crate::purpose::{LawfulBasis, PurposeName};
use crate::record::Declaration;

/// Fewest days that a person can choose: as long as the steps of an open visit are kept.
pub const KEEP_DAYS_MIN: u16 = 2;

/// How long data of one purpose is kept for one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Keep {
    /// At most so many days.
    Days(u16),
    /// As long as declared.
    #[default]
    Declared,
}

impl Keep {
    /// The number of days, where the person named one.
    pub const fn days(self) -> Option<u16> {
        match self {
            Self::Days(days) => Some(days),
            Self::Declared => None,
        }
    }

    /// How long rows of a table are kept then, in days.
    pub fn of(self, declaration: &Declaration) -> u32 {
        let declared = declaration.keep_days_max;
        self.days().map_or(declared, |days| u32::from(days).min(declared))
    }

    /// The first day on which a row is deleted then that expires on `declared` by itself.
    pub fn ends(self, declaration: &Declaration, declared: Day) -> Day {
        let earlier = declaration.keep_days_max - self.of(declaration);
        Day::from_number(declared.number().saturating_sub(earlier))
    }
}

/// Whether a person can choose a period for a purpose: one that rests on consent. What a law
/// demands is kept as long as the law demands.
pub fn is_chosen(purpose: PurposeName) -> bool {
    purpose.basis() == LawfulBasis::Consent
}

impl Choices {
    /// How long the person lets data of a purpose be kept.
    pub fn keep(&self, purpose: PurposeName) -> Keep {
        self.keep.get(&purpose).copied().unwrap_or_default()
    }

    /// Whether what happened then may still be kept: it is not older than the person's own period.
    pub fn reaches_back(&self, purpose: PurposeName, happened: Timestamp, now: Timestamp) -> bool {
        let days = self.keep(purpose).days();
        days.is_none_or(|days| happened.day().plus(u32::from(days)) > now.day())
    }
}

#[cfg(test)]
mod tests;
