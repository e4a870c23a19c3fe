//! TC strings of the IAB Europe Transparency and Consent Framework, version 2.3.
//!
//! The one path: text becomes a [`TcString`] ([`decode`]), [`validate`] says which rules of
//! TCF 2.3 it breaks, [`enforce`] says what the string lets the shop do, and [`denied`] turns that
//! into purposes of ours to which it says no. [`encode`] writes strings, for a shop that is a
//! registered CMP.
//!
//! Source: IAB Tech Lab, "Transparency and Consent String with Global Vendor and CMP List
//! Formats" (TC string format), version 2.3, and the TCF Policies. Section names are given where
//! a rule comes from one.
//!
//! What this must never do: make a yes of a TC string a consent of ours. It only takes away.

pub mod decode;
pub mod denied;
pub mod encode;
pub mod enforce;
pub mod error;
pub mod restrictions;
pub mod sets;
pub mod validate;

use domain::time::{DAY_MS, Timestamp};

use restrictions::Restrictions;
use sets::{CustomPurposeSet, PurposeSet, SpecialFeatureSet, VendorSet};

/// Longest string that is read or written, in bytes. Three bit fields of 2,000 vendors and a
/// hundred restrictions stay below a fifth of it.
pub const TC_STRING_BYTES_MAX: usize = 16_384;
/// Most segments of a string: each of the four types once, and four that we do not know.
pub const SEGMENTS_MAX: usize = 8;
/// Most ranges of a vendor section or a restriction (NumEntries, 12 bits).
pub const RANGES_MAX: usize = 4_095;
/// The version of the format (first six bits).
pub const FORMAT_VERSION: u8 = 2;

/// A TC string, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcString {
    /// The core segment.
    pub core: Core,
    /// Vendors that the person was shown. TCF 2.3 demands the segment; older strings lack it.
    pub disclosed_vendors: Option<VendorSet>,
    /// Vendors that may work outside of the framework (AllowedVendors, TCF 2.0 to 2.2). Read so
    /// that old strings stay readable; nothing follows from it.
    pub allowed_vendors: Option<VendorSet>,
    /// The publisher's own purposes.
    pub publisher: Option<PublisherTc>,
    /// Types of segments that the standard does not name, in the order of the string.
    pub unknown_segments: Vec<u8>,
}

/// The core segment (TC string format, "The Core String").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Core {
    /// When the string was first made (Created, 36 bits).
    pub created: Deciseconds,
    /// When it was last changed (LastUpdated, 36 bits); since TCF 2.2 the same day.
    pub last_updated: Deciseconds,
    /// Which CMP wrote it (CmpId, 12 bits).
    pub cmp_id: u16,
    /// The CMP's own version (CmpVersion, 12 bits).
    pub cmp_version: u16,
    /// The CMP's screen on which the person chose (ConsentScreen, 6 bits).
    pub consent_screen: u8,
    /// Language of the screen (ConsentLanguage, two letters of 6 bits, ISO 639-1).
    pub consent_language: TwoLetters,
    /// Version of the Global Vendor List (VendorListVersion, 12 bits).
    pub vendor_list_version: u16,
    /// Version of the policies (TcfPolicyVersion, 6 bits): 4 is TCF 2.2, 5 is TCF 2.3.
    pub policy_version: u8,
    /// Whether the choices count for this service only (IsServiceSpecific); must be so.
    pub is_service_specific: bool,
    /// Whether the CMP used texts of its own (UseNonStandardTexts).
    pub use_non_standard_texts: bool,
    /// Special features that the person opted in to (SpecialFeatureOptIns, 12 bits).
    pub special_feature_opt_ins: SpecialFeatureSet,
    /// Purposes that the person consented to (PurposesConsent, 24 bits).
    pub purposes_consent: PurposeSet,
    /// Purposes by legitimate interest that were shown and not objected to
    /// (PurposesLITransparency, 24 bits).
    pub purposes_li_transparency: PurposeSet,
    /// Whether purpose 1 was not shown at all (PurposeOneTreatment).
    pub purpose_one_treatment: bool,
    /// Country whose law counts (PublisherCC, two letters of 6 bits, ISO 3166-1 alpha-2).
    pub publisher_cc: TwoLetters,
    /// Vendors that the person consented to (Vendor Consent Section).
    pub vendor_consents: VendorSet,
    /// Vendors whose legitimate interest was shown and not objected to (Vendor Legitimate
    /// Interest Section).
    pub vendor_li: VendorSet,
    /// What the publisher forbids or asks of vendors.
    pub restrictions: Restrictions,
}

/// The publisher's own purposes (TC string format, "Publisher Purposes Transparency and
/// Consent").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublisherTc {
    /// Standard purposes that the person consented to (PubPurposesConsent, 24 bits).
    pub purposes_consent: PurposeSet,
    /// Standard purposes by legitimate interest, not objected to (PubPurposesLITransparency, 24
    /// bits).
    pub purposes_li_transparency: PurposeSet,
    /// How many purposes of its own the publisher has (NumCustomPurposes, 6 bits).
    pub custom_purposes: u8,
    /// Those that the person consented to (CustomPurposesConsent).
    pub custom_consent: CustomPurposeSet,
    /// Those by legitimate interest, not objected to (CustomPurposesLITransparency).
    pub custom_li_transparency: CustomPurposeSet,
}

/// The id of a registered CMP. 0 is nobody and 1 is reserved, so neither can be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CmpId(u16);

/// The id is not one of a registered CMP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("CMP id {id} is not one of 2 to 4095")]
pub struct CmpIdError {
    /// The refused id.
    pub id: u16,
}

impl CmpId {
    /// The largest that a string can carry (12 bits).
    pub const MAX: u16 = 4_095;

    /// Reads an id.
    ///
    /// # Errors
    /// [`CmpIdError`] for 0, 1 and everything above [`Self::MAX`].
    pub const fn new(id: u16) -> Result<Self, CmpIdError> {
        if id < 2 || id > Self::MAX { Err(CmpIdError { id }) } else { Ok(Self(id)) }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// A time as TC strings write it: tenths of a second since 1970, in 36 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deciseconds(u64);

impl Deciseconds {
    /// The largest (36 bits): a day of the year 2187.
    pub const MAX: Self = Self((1 << 36) - 1);
    /// Tenths of a second of a day.
    pub const DAY: u64 = 864_000;

    /// Reads a number of tenths of a second; what is above [`Self::MAX`] is not a time.
    pub const fn new(deciseconds: u64) -> Option<Self> {
        if deciseconds > Self::MAX.0 { None } else { Some(Self(deciseconds)) }
    }

    /// The start of the day of `now`, as strings since TCF 2.2 carry it.
    pub fn day_of(now: Timestamp) -> Self {
        let days = u64::try_from(now.ms() / DAY_MS).unwrap_or(0);
        Self((days * Self::DAY).min(Self::MAX.0))
    }

    /// The number of tenths of a second.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Whether it is the start of a day in UTC.
    pub const fn is_start_of_day(self) -> bool {
        self.0.is_multiple_of(Self::DAY)
    }

    /// The same time in milliseconds.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_ms(i64::try_from(self.0 * 100).unwrap_or(i64::MAX))
    }
}

/// Two letters from A to Z: a language or a country.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TwoLetters([u8; 2]);

impl TwoLetters {
    /// Reads two ASCII letters of either case.
    pub fn parse(text: &str) -> Option<Self> {
        let letters = <[u8; 2]>::try_from(text.as_bytes()).ok()?;
        let is_letters = letters.iter().all(u8::is_ascii_alphabetic);
        is_letters.then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The letters in upper case.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The twelve bits of the string, A = 0.
    pub(crate) const fn bits(self) -> u64 {
        let [first, second] = self.0;
        ((first - b'A') as u64) << 6 | (second - b'A') as u64
    }

    pub(crate) fn from_bits(bits: u64) -> Option<Self> {
        let letter = |bits: u64| match u8::try_from(bits & 63) {
            Ok(number) if number < 26 => Some(b'A' + number),
            Ok(_) | Err(_) => None,
        };
        Some(Self([letter(bits >> 6)?, letter(bits)?]))
    }
}

impl std::fmt::Debug for TwoLetters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
