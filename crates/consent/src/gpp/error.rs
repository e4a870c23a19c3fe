//! Why a GPP string cannot be read or written.

use crate::bits::BitError;
use crate::us_privacy::UsPrivacyError;

/// Where a string is wrong, and how. Holds no text of the string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("section {section}, field {field}, bit {at_bit}: {why}")]
pub struct GppError {
    /// The section's name, or `header`.
    pub section: &'static str,
    /// The field's name in the specification.
    pub field: &'static str,
    /// Where the field begins within its sub-section, in bits.
    pub at_bit: usize,
    /// What is wrong.
    pub why: Why,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The text is no bit string, or ends too early.
    #[error(transparent)]
    Bits(BitError),
    /// The string is longer than [`crate::gpp::TEXT_BYTES_MAX`].
    #[error("string has {bytes} bytes, at most {} are read", crate::gpp::TEXT_BYTES_MAX)]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The first field is not 3: no GPP string. A TC string alone begins with 2.
    #[error("a string of type {found} is no gpp string (type 3)")]
    Type {
        /// What was found.
        found: u64,
    },
    /// A version that the specification does not describe.
    #[error("version {found} is not known")]
    Version {
        /// What was found.
        found: u64,
    },
    /// The header lists another number of sections than there are.
    #[error("header lists {listed} sections, string has {found}")]
    Sections {
        /// How many the header lists.
        listed: usize,
        /// How many there are.
        found: usize,
    },
    /// Sections that are not in the order of their numbers, or twice.
    #[error("sections are not in the order of their numbers, each once")]
    Order,
    /// More sections than [`crate::gpp::SECTIONS_MAX`].
    #[error("more than {} sections", crate::gpp::SECTIONS_MAX)]
    TooManySections,
    /// More restrictions than there are purposes and types.
    #[error("{found} restrictions, at most {} are read", crate::gpp::canada::RESTRICTIONS_MAX)]
    TooManyRestrictions {
        /// How many there are.
        found: u64,
    },
    /// A range that runs backwards, or holds 0 or a number above 65535.
    #[error("a range is not of ascending numbers from 1 to 65535")]
    Range,
    /// A value that the specification reserves.
    #[error("value {value} is reserved")]
    Reserved {
        /// The value.
        value: u64,
    },
    /// Bits other than padding behind the last field.
    #[error("bits follow the last field")]
    Trailing,
    /// A sub-section that this section does not have, or has already.
    #[error("sub-section of type {found} is not known here, or stands twice")]
    SubSection {
        /// Its type.
        found: u64,
    },
    /// A field that this section does not have, or another number of values.
    #[error("the section has no such field of {count} values")]
    NoSuchField {
        /// How many values were given.
        count: usize,
    },
    /// Characters that would not come back the same.
    #[error("text is empty or holds characters that end it")]
    Text,
    /// The US privacy string is wrong.
    #[error(transparent)]
    UsPrivacy(UsPrivacyError),
}

impl GppError {
    pub(crate) const fn new(
        section: &'static str,
        field: &'static str,
        at_bit: usize,
        why: Why,
    ) -> Self {
        Self { section, field, at_bit, why }
    }
}
