//! Opt-out signals: what a browser or a consent tool says on a person's behalf.

use serde::{Deserialize, Serialize};

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

    /// The signals of the set, in the order of [`Signal::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        Signal::ALL.into_iter().filter(move |signal| self.holds(*signal))
    }

    /// The first signal of the set that is not in `acknowledged`.
    pub fn first_not_in(self, acknowledged: Self) -> Option<Signal> {
        Signal::ALL.into_iter().find(|&s| self.holds(s) && !acknowledged.holds(s))
    }
}

#[cfg(test)]
mod tests;
