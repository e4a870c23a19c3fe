//! Why text is no TC string, and why a model cannot be written as one.
//!
//! A string that can be read but breaks the rules of TCF 2.3 is another matter: see
//! `tcf::validate`.

use std::fmt;

use super::CmpId;

/// A part of the string between two dots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// The first: what the person chose.
    Core,
    /// Type 1: vendors that the person was shown.
    DisclosedVendors,
    /// Type 2, of TCF 2.0 to 2.2: vendors that may work outside of the framework.
    AllowedVendors,
    /// Type 3: the publisher's own purposes.
    PublisherTc,
    /// A type that the standard does not name.
    Unknown(u8),
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core => f.write_str("core segment"),
            Self::DisclosedVendors => f.write_str("disclosed vendors segment"),
            Self::AllowedVendors => f.write_str("allowed vendors segment"),
            Self::PublisherTc => f.write_str("publisher segment"),
            Self::Unknown(kind) => write!(f, "segment of unknown type {kind}"),
        }
    }
}

/// A field, by the name that the standard gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub enum Field {
    Version,
    Created,
    LastUpdated,
    CmpId,
    CmpVersion,
    ConsentScreen,
    ConsentLanguage,
    VendorListVersion,
    TcfPolicyVersion,
    IsServiceSpecific,
    UseNonStandardTexts,
    SpecialFeatureOptIns,
    PurposesConsent,
    PurposesLITransparency,
    PurposeOneTreatment,
    PublisherCC,
    VendorConsent,
    VendorLegitimateInterest,
    PublisherRestrictions,
    SegmentType,
    DisclosedVendors,
    AllowedVendors,
    PubPurposesConsent,
    PubPurposesLITransparency,
    NumCustomPurposes,
    CustomPurposesConsent,
    CustomPurposesLITransparency,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The bits end before the field does.
    #[error("the bits end")]
    Short,
    /// A number that stands for no letter of A to Z.
    #[error("a letter is not one of A to Z")]
    Letter,
    /// Vendor 0 in a range.
    #[error("a range holds vendor 0")]
    VendorZero,
    /// A range that ends before it begins.
    #[error("a range ends before it begins")]
    RangeReversed,
    /// A range that goes beyond the section's MaxVendorId.
    #[error("a range goes beyond the largest vendor of the section")]
    BeyondMax,
    /// Bits that belong to no field.
    #[error("bits that belong to no field follow")]
    Trailing,
}

/// Why text is no TC string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TcError {
    /// More bytes than [`super::TC_STRING_BYTES_MAX`].
    #[error("string has {bytes} bytes, at most {} are read", super::TC_STRING_BYTES_MAX)]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// More dots than [`super::SEGMENTS_MAX`] allows.
    #[error("string has more than {} segments", super::SEGMENTS_MAX)]
    TooManySegments,
    /// Nothing between two dots, or no text at all.
    #[error("segment {index} is empty")]
    EmptySegment {
        /// Which segment, from 0.
        index: usize,
    },
    /// A character outside of base64url.
    #[error("byte {at} of the string is not of base64url")]
    Character {
        /// Which byte of the whole string, from 0.
        at: usize,
    },
    /// Another version of the format than 2.
    #[error("version of the format is {version}, not 2")]
    Version {
        /// What the first six bits say.
        version: u8,
    },
    /// A segment that may stand once stands twice.
    #[error("{segment} stands twice")]
    Repeated {
        /// Which one.
        segment: Segment,
    },
    /// A field that cannot be read.
    #[error("{segment}, field {field:?} at bit {at_bit}: {problem}")]
    Field {
        /// The segment.
        segment: Segment,
        /// The field.
        field: Field,
        /// Where in the segment the trouble is, in bits from 0.
        at_bit: usize,
        /// The trouble.
        problem: Problem,
    },
}

/// Why a model cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The model names another CMP than the one that writes it.
    #[error("string of CMP {model} cannot be written by CMP {}", .own.get())]
    OtherCmp {
        /// What the model says.
        model: u16,
        /// Who wants to write.
        own: CmpId,
    },
    /// A number that its field cannot carry.
    #[error("{value} does not fit the field {field:?}")]
    DoesNotFit {
        /// The field.
        field: Field,
        /// The number.
        value: u64,
    },
    /// A restriction with more than 4095 ranges.
    #[error("a restriction of purpose {purpose} needs {ranges} ranges, at most 4095 fit")]
    TooManyRanges {
        /// The purpose.
        purpose: u8,
        /// How many ranges its vendors are.
        ranges: usize,
    },
    /// A custom purpose above the number of custom purposes.
    #[error("a custom purpose is above their number, {count}")]
    CustomPurpose {
        /// The number of custom purposes.
        count: u8,
    },
    /// A segment that was read but not understood is never written.
    #[error("segment of unknown type {kind} cannot be written")]
    UnknownSegment {
        /// The type.
        kind: u8,
    },
    /// The text would be longer than [`super::TC_STRING_BYTES_MAX`].
    #[error("string would have {bytes} bytes, at most {} are allowed", super::TC_STRING_BYTES_MAX)]
    TooLong {
        /// Its length.
        bytes: usize,
    },
}
