//! The closed list of purposes, each with its lawful basis (GDPR Art. 5(1)(b) and 6(1)).

use serde::{Deserialize, Serialize};

/// Why processing for a purpose is lawful (GDPR Art. 6(1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LawfulBasis {
    /// Art. 6(1)(a).
    Consent,
    /// Art. 6(1)(b).
    Contract,
    /// Art. 6(1)(c).
    LegalObligation,
    /// Art. 6(1)(f); the person may object (Art. 21).
    LegitimateInterests,
}

mod sealed {
    /// Keeps the list of purposes closed.
    #[expect(unnameable_types, reason = "a sealed trait is unnameable on purpose")]
    pub trait Sealed {}
}

/// A purpose of processing. Its implementors are empty enums: words for the compiler.
pub trait Purpose: sealed::Sealed + Send + Sync + 'static {
    /// The purpose as a word of the running program.
    const NAME: PurposeName;
}

macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $basis:ident, $keep:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $name {}
            impl sealed::Sealed for $name {}
            impl Purpose for $name {
                const NAME: PurposeName = PurposeName::$name;
            }
        )+

        /// A purpose where it must be a value: in records, settings and answers.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum PurposeName {
            $($(#[$doc])* $name = $code,)+
        }

        impl PurposeName {
            /// Every purpose, in the order of the list.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$name),+];

            /// The stable number that associated data and stored keys carry.
            pub const fn code(self) -> u8 {
                match self { $(Self::$name => $code,)+ }
            }

            /// Why processing for this purpose is lawful.
            pub const fn basis(self) -> LawfulBasis {
                match self { $(Self::$name => LawfulBasis::$basis,)+ }
            }

            /// The longest that data of this purpose is kept unless a record says less, in days.
            pub const fn keep_days_max(self) -> u32 {
                match self { $(Self::$name => $keep,)+ }
            }

            /// The purpose as the API writes it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }
        }
    };
}

purposes! {
    /// May this serve me: recommendations and search from my own history.
    Personalization = 1, Consent, 395;
    /// May my closed sessions teach the shop's models.
    SharedLearning = 2, Consent, 395;
    /// May my device send private aggregate reports.
    PrivateAggregates = 3, Consent, 395;
    /// May my visit be counted in statistics.
    Measurement = 4, Consent, 395;
    /// May the shop write to me.
    Marketing = 5, Consent, 730;
    /// May a price depend on me. Off unless the shop turns it on.
    PersonalizedPricing = 6, Consent, 90;
    /// What an order needs.
    OrderFulfilment = 7, Contract, 3_650;
    /// What a question to the shop needs.
    Support = 8, Contract, 1_095;
    /// What keeps payments and accounts safe.
    FraudPrevention = 9, LegitimateInterests, 395;
    /// What a law demands: tax, trade, and writing to people about their own data.
    LegalObligation = 10, LegalObligation, 3_650;
    /// Evidence of consent and of requests (GDPR Art. 7(1) and 5(2)).
    LegalProof = 11, LegalObligation, 1_460;
}

/// The text names no purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no purpose has this name")]
pub struct PurposeError;

impl PurposeName {
    /// Reads the name of a purpose as the API writes it.
    pub fn parse(text: &str) -> Result<Self, PurposeError> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text).ok_or(PurposeError)
    }

    /// Whether its use can be restricted (GDPR Art. 18(2)): what a contract or a law needs goes on.
    pub const fn can_rest(self) -> bool {
        matches!(self.basis(), LawfulBasis::Consent | LawfulBasis::LegitimateInterests)
    }

    /// Finds a purpose by its stable number.
    pub fn from_code(code: u8) -> Result<Self, PurposeError> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code).ok_or(PurposeError)
    }
}

#[cfg(test)]
mod tests;
