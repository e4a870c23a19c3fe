//! What stands in the log: commitments, never people.
//!
//! A leaf is a tag, the kind of record, the hour of publication, and a commitment: the hash of a
//! random opening of 32 bytes and the record. Who holds the opening and the record can show that
//! they are in the log ([`Disclosure`]); without the opening the leaf is a random value, because
//! 32 unknown bytes cannot be guessed, however few records are possible. Destroying the opening
//! makes the leaf meaningless forever and leaves every proof of the log valid.
//!
//! # Privacy
//! Nothing of the record but its kind and hour can be learned from a leaf. Two leaves of one
//! record cannot be linked. A decoy has the same form and is as random.

use std::fmt;

use domain::time::Timestamp;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::LedgerError;

const ENTRY_TAG: &[u8] = b"confidant.entry/1\n";
const COMMITMENT_TAG: &[u8] = b"confidant.commitment/1\n";
const DISCLOSURE_VERSION: u8 = 1;
const HOUR_MS: i64 = 3_600_000;

/// Bytes of an entry; every entry has as many.
pub const ENTRY_BYTES: usize = ENTRY_TAG.len() + 1 + 4 + 32;
/// Bytes of a disclosure.
pub const DISCLOSURE_BYTES: usize = 1 + 1 + 4 + 32;

/// What a record is about. Codes are published, so they are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A person's choice changed.
    Consent,
    /// A person asked for something.
    Request,
    /// A request was answered.
    Receipt,
    /// A person of the staff opened somebody's data.
    HumanRead,
    /// A key was made, rotated or destroyed.
    Key,
    /// A policy or a law pack has a new version.
    Policy,
    /// A model was released or taken back.
    Model,
    /// Staff or configuration changed.
    Configuration,
    /// An order was placed; the customer holds the opening.
    Order,
}

impl EntryKind {
    /// Every kind, in the order of the codes.
    pub const ALL: [Self; 9] = [
        Self::Consent,
        Self::Request,
        Self::Receipt,
        Self::HumanRead,
        Self::Key,
        Self::Policy,
        Self::Model,
        Self::Configuration,
        Self::Order,
    ];

    /// The code in an entry.
    pub const fn code(self) -> u8 {
        match self {
            Self::Consent => 1,
            Self::Request => 2,
            Self::Receipt => 3,
            Self::HumanRead => 4,
            Self::Key => 5,
            Self::Policy => 6,
            Self::Model => 7,
            Self::Configuration => 8,
            Self::Order => 9,
        }
    }

    /// The kind with this code.
    pub fn of(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The name in documents and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Request => "request",
            Self::Receipt => "receipt",
            Self::HumanRead => "human_read",
            Self::Key => "key",
            Self::Policy => "policy",
            Self::Model => "model",
            Self::Configuration => "configuration",
            Self::Order => "order",
        }
    }
}

/// An hour since 1970: as much as a leaf says about time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hour(u32);

impl Hour {
    /// The hour that holds an instant.
    pub fn of(now: Timestamp) -> Self {
        Self(u32::try_from(now.ms() / HOUR_MS).unwrap_or(u32::MAX))
    }

    /// From hours since 1970.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Hours since 1970.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// 32 random bytes that open one commitment. Prints nothing; overwritten when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening(Zeroizing<[u8; 32]>);

impl Opening {
    /// Takes 32 random bytes, which must never be used twice.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, to be sealed.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Commits to a record in the spelling that will be shown.
    pub fn commit(&self, kind: EntryKind, record: &[u8]) -> Commitment {
        let hash = Sha256::new()
            .chain_update(COMMITMENT_TAG)
            .chain_update([kind.code()])
            .chain_update(self.0.as_slice())
            .chain_update(record);
        Commitment(hash.finalize().into())
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening(..)")
    }
}

/// The hash that hides a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Commitment([u8; 32]);

impl Commitment {
    /// Takes stored bytes, or random ones for a decoy.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// One leaf of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The hash comes first, so that entries in order are in random order.
    pub commitment: Commitment,
    /// What it is about.
    pub kind: EntryKind,
    /// When it was published.
    pub hour: Hour,
}

impl Entry {
    /// The bytes that are hashed into the tree.
    pub fn to_bytes(&self) -> Vec<u8> {
        let hour = self.hour.0.to_be_bytes();
        [ENTRY_TAG, &[self.kind.code()], &hour, &self.commitment.0].concat()
    }

    /// Reads the bytes of a leaf.
    ///
    /// # Errors
    /// [`LedgerError::Entry`].
    pub fn parse(bytes: &[u8]) -> Result<Self, LedgerError> {
        let read = || {
            let (kind, rest) = bytes.strip_prefix(ENTRY_TAG)?.split_first()?;
            let (hour, rest) = rest.split_first_chunk()?;
            let hour = Hour(u32::from_be_bytes(*hour));
            let commitment = Commitment(rest.try_into().ok()?);
            Some(Self { commitment, kind: EntryKind::of(*kind)?, hour })
        };
        read().ok_or(LedgerError::Entry)
    }
}

/// What the holder of a record needs besides the record to find its leaf: the extra data of a
/// `tlog-proof`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// What the record is about.
    pub kind: EntryKind,
    /// When it was published.
    pub hour: Hour,
    /// What opens the commitment.
    pub opening: Opening,
}

impl Disclosure {
    /// The bytes in a proof.
    pub fn to_bytes(&self) -> Vec<u8> {
        let front = [DISCLOSURE_VERSION, self.kind.code()];
        [front.as_slice(), &self.hour.0.to_be_bytes(), self.opening.as_bytes()].concat()
    }

    /// Reads the bytes of a proof.
    ///
    /// # Errors
    /// [`LedgerError::Entry`].
    pub fn parse(bytes: &[u8]) -> Result<Self, LedgerError> {
        let read = || {
            let (&[version, kind], rest) = bytes.split_first_chunk()?;
            let (hour, rest) = rest.split_first_chunk()?;
            let opening = Opening::from_bytes(rest.try_into().ok()?);
            let kind = EntryKind::of(kind).filter(|_| version == DISCLOSURE_VERSION)?;
            Some(Self { kind, hour: Hour(u32::from_be_bytes(*hour)), opening })
        };
        read().ok_or(LedgerError::Entry)
    }

    /// The leaf that a record must have.
    pub fn entry(&self, record: &[u8]) -> Entry {
        let commitment = self.opening.commit(self.kind, record);
        Entry { commitment, kind: self.kind, hour: self.hour }
    }
}

#[cfg(test)]
mod tests;
