//! Opt-out signals: what a browser or a consent tool says on a person's behalf.

use serde::{Deserialize, Serialize};

use crate::purpose::PurposeName;

/// A set of opt-out signals that were present with a request.
///
/// Stored in consent evidence as one byte, a bit per signal: a bit never changes its meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signals(u8);

/// One opt-out signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Signal {
    /// Global Privacy Control: the header `Sec-GPC: 1`.
    Gpc = 1,
    /// A consent tool said no to the purpose (Segment `context.consent`).
    ConsentTool = 2,
    /// A section of a string of the Global Privacy Platform (IAB GPP).
    Gpp = 4,
    /// A string of the Transparency and Consent Framework (IAB TCF).
    Tcf = 8,
    /// A US privacy string (IAB, version 1).
    UsPrivacy = 16,
    /// Google Consent Mode.
    ConsentMode = 32,
    /// The customer privacy interface of Shopify.
    Shopify = 64,
}

impl Signal {
    /// Every signal; new ones come last.
    pub const ALL: [Self; 7] = [
        Self::Gpc,
        Self::ConsentTool,
        Self::Gpp,
        Self::Tcf,
        Self::UsPrivacy,
        Self::ConsentMode,
        Self::Shopify,
    ];

    /// The signal as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gpc => "gpc",
            Self::ConsentTool => "consent_tool",
            Self::Gpp => "gpp",
            Self::Tcf => "tcf",
            Self::UsPrivacy => "us_privacy",
            Self::ConsentMode => "consent_mode",
            Self::Shopify => "shopify",
        }
    }
}

impl Signals {
    /// No signal.
    pub const NONE: Self = Self(0);
    /// Every signal.
    const EVERY: Self = Self(0b0111_1111);

    /// The set with `signal` added.
    #[must_use]
    pub const fn with(self, signal: Signal) -> Self {
        Self(self.0 | signal as u8)
    }

    /// Whether `signal` is in the set.
    pub const fn holds(self, signal: Signal) -> bool {
        self.0 & signal as u8 != 0
    }

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The set without every signal but `signal`.
    #[must_use]
    pub const fn only(self, signal: Signal) -> Self {
        Self(self.0 & signal as u8)
    }

    /// Whether no signal is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The signals of the set, in the order of [`Signal::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        Signal::ALL.into_iter().filter(move |signal| self.holds(*signal))
    }

    /// The first signal of the set that is not in `acknowledged`.
    pub fn first_not_in(self, acknowledged: Self) -> Option<Signal> {
        Signal::ALL.into_iter().find(|&s| self.holds(s) && !acknowledged.holds(s))
    }
}

/// The opt-out signals that say no, for each purpose. A signal of a consent tool may deny one
/// purpose and say nothing of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignalsByPurpose([Signals; PurposeName::ALL.len()]);

impl SignalsByPurpose {
    /// Nothing says no to anything.
    pub const NONE: Self = Self([Signals::NONE; PurposeName::ALL.len()]);

    /// The same signals for every purpose, as Global Privacy Control says it.
    pub const fn everywhere(signals: Signals) -> Self {
        Self([signals; PurposeName::ALL.len()])
    }

    /// The signals that say no to a purpose.
    pub fn of(&self, purpose: PurposeName) -> Signals {
        // Codes of purposes count from 1; were one beyond the list, it would be denied.
        let place = usize::from(purpose.code()).wrapping_sub(1);
        self.0.get(place).copied().unwrap_or(Signals::EVERY)
    }

    /// The set with `signals` added for one purpose.
    #[must_use]
    pub fn with(mut self, purpose: PurposeName, signals: Signals) -> Self {
        let place = usize::from(purpose.code()).wrapping_sub(1);
        if let Some(slot) = self.0.get_mut(place) {
            *slot = slot.and(signals);
        }
        self
    }

    /// Both sets together: what either denies is denied.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        PurposeName::ALL.into_iter().fold(self, |all, purpose| all.with(purpose, other.of(purpose)))
    }

    /// Whether nothing says no to anything.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|signals| signals.is_empty())
    }
}

impl FromIterator<(PurposeName, Signals)> for SignalsByPurpose {
    fn from_iter<I: IntoIterator<Item = (PurposeName, Signals)>>(said: I) -> Self {
        said.into_iter().fold(Self::NONE, |all, (purpose, signals)| all.with(purpose, signals))
    }
}

#[cfg(test)]
mod tests;
