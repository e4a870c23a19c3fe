//! The permit: proof that the gate allowed one purpose for one person, for at most a minute.

use std::fmt;
use std::marker::PhantomData;

use domain::id::Pseudonym;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::feature::{Feature, Features};
use crate::purpose::{Purpose, PurposeName};
use crate::subject::SubjectRef;

/// How long a permit lives, in milliseconds.
pub const PERMIT_MS_MAX: i64 = 60_000;

/// Counts the consent changes of one person; every change raises it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct ConsentVersion(u64);

impl ConsentVersion {
    /// The version with this number.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// How many changes there were.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The version after one more change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Why a permit opened nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PermitError {
    /// The minute, or the consent behind it, is over.
    #[error("permit has expired")]
    Expired,
    /// The person's consent changed since the permit was minted.
    #[error("consent changed since the permit was minted")]
    Stale,
    /// The value belongs to a feature of the purpose that the person did not allow.
    #[error("permit does not reach feature {}", .0.as_str())]
    Feature(Feature),
    /// The value belongs to somebody else.
    #[error("permit is for another person")]
    WrongSubject,
}

/// Proof that the gate allowed purpose `P` for one person.
///
/// Only [`crate::gate::decide`] makes one. It has no `Clone`, no `Serialize` and no public field,
/// and its `Debug` prints the purpose only.
#[must_use]
pub struct Permit<P: Purpose> {
    subject: SubjectRef,
    pseudonym: Pseudonym,
    version: ConsentVersion,
    features: Features,
    minted: Timestamp,
    expires: Timestamp,
    purpose: PhantomData<fn() -> P>,
}

impl<P: Purpose> Permit<P> {
    pub(crate) fn mint(
        (subject, pseudonym): (SubjectRef, Pseudonym),
        (version, features): (ConsentVersion, Features),
        (minted, consent_ends): (Timestamp, Option<Timestamp>),
    ) -> Self {
        let minute = minted.plus_ms(PERMIT_MS_MAX);
        let expires = consent_ends.map_or(minute, |ends| ends.min(minute));
        Self { subject, pseudonym, version, features, minted, expires, purpose: PhantomData }
    }

    /// The person's pseudonym in this purpose, while the permit lives.
    ///
    /// A clock that went backwards past the minting makes the permit expire, too.
    ///
    /// # Errors
    /// [`PermitError::Expired`] after its minute, [`PermitError::Stale`] when `current`, the
    /// person's consent version now, is not the one the permit was minted under.
    pub fn open(&self, now: Timestamp, current: ConsentVersion) -> Result<Pseudonym, PermitError> {
        if current != self.version {
            return Err(PermitError::Stale);
        }
        if now < self.minted || now >= self.expires {
            return Err(PermitError::Expired);
        }
        Ok(self.pseudonym)
    }

    /// The person, inside the running server.
    pub const fn subject(&self) -> SubjectRef {
        self.subject
    }

    /// The consent version that the permit was minted under.
    pub const fn version(&self) -> ConsentVersion {
        self.version
    }

    /// Whether the gate allowed a feature of the purpose.
    pub const fn allows(&self, feature: Feature) -> bool {
        self.features.holds(feature)
    }

    /// The purpose as a word.
    pub const fn purpose(&self) -> PurposeName {
        P::NAME
    }
}

impl<P: Purpose> fmt::Debug for Permit<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permit<{}>(..)", P::NAME.as_str())
    }
}

#[cfg(test)]
mod tests;
