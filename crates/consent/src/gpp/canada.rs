//! Section 5: TCF of Canada (IAB Canada TCF technical specification).
//!
//! The specification gives vendor lists in one coding, the reference encoders wrote another until
//! June 2026 and write a third since then ([`Coding`]). A string is read in the coding in which it
//! comes back the same; new strings are written in the one that deployed readers take.

use crate::bits::{Bits, Equals, Pad, Reader, Writer};
use crate::gpp::error::{GppError, Why};
use crate::gpp::ids::{Coding, read_fixed, read_vendors, write_fixed, write_vendors};
use crate::tcf::restrictions::{RestrictionKind, Restrictions};
use crate::tcf::sets::{CustomPurposeSet, IdSet, PurposeSet, SpecialFeatureSet, VendorSet};
use crate::tcf::{Deciseconds, TwoLetters};

const NAME: &str = "tcfcav1";
/// The version of the section that is read and written.
pub const VERSION: u8 = 1;
/// Most restrictions that are read: 64 purposes (6 bits) with 4 types (2 bits) each.
pub const RESTRICTIONS_MAX: u64 = 256;
const VERSION_BITS: u32 = 6;
const TYPE_BITS: u32 = 3;
const DISCLOSED_TYPE: u64 = 1;
const PUBLISHER_TYPE: u64 = 3;
const COUNT_BITS: u32 = 12;

/// A section of TCF Canada.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcfCa {
    /// When the string was first made.
    pub created: Deciseconds,
    /// When it was last changed.
    pub last_updated: Deciseconds,
    /// The consent tool that changed it last (12 bits).
    pub cmp_id: u16,
    /// That tool's version (12 bits).
    pub cmp_version: u16,
    /// The screen on which consent was given (6 bits).
    pub consent_screen: u8,
    /// The language of that screen.
    pub consent_language: TwoLetters,
    /// The version of the vendor list (12 bits).
    pub vendor_list_version: u16,
    /// The version of the policies (6 bits).
    pub tcf_policy_version: u8,
    /// Whether the tool describes purposes in words of its own.
    pub use_non_standard_stacks: bool,
    /// Special features with express consent.
    pub special_features: SpecialFeatureSet,
    /// Purposes with express consent.
    pub express: PurposeSet,
    /// Purposes with implied consent that was not objected to.
    pub implied: PurposeSet,
    /// Vendors with express consent.
    pub vendors_express: VendorSet,
    /// Vendors with implied consent that was not objected to.
    pub vendors_implied: VendorSet,
    /// What the publisher forbids vendors; strings of before this field have none.
    pub restrictions: Restrictions,
    /// Vendors that the person was shown.
    pub disclosed: Option<VendorSet>,
    /// What the publisher itself may do.
    pub publisher: Option<PublisherPurposes>,
}

/// The sub-section of the publisher's own purposes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublisherPurposes {
    /// Purposes with express consent.
    pub express: PurposeSet,
    /// Purposes with implied consent.
    pub implied: PurposeSet,
    /// How many purposes of its own the publisher has (6 bits).
    pub custom: u8,
    /// Those with express consent.
    pub custom_express: CustomPurposeSet,
    /// Those with implied consent.
    pub custom_implied: CustomPurposeSet,
}

impl TcfCa {
    /// A section in which nothing is consented to.
    pub fn new(created: Deciseconds, consent_language: TwoLetters) -> Self {
        Self {
            created,
            last_updated: created,
            cmp_id: 0,
            cmp_version: 0,
            consent_screen: 0,
            consent_language,
            vendor_list_version: 0,
            tcf_policy_version: 2,
            use_non_standard_stacks: false,
            special_features: SpecialFeatureSet::EMPTY,
            express: PurposeSet::EMPTY,
            implied: PurposeSet::EMPTY,
            vendors_express: VendorSet::new(),
            vendors_implied: VendorSet::new(),
            restrictions: Restrictions::new(),
            disclosed: None,
            publisher: None,
        }
    }

    /// Reads the text of a section, sub-sections and all.
    ///
    /// # Errors
    /// [`GppError`].
    pub fn decode(text: &str) -> Result<Self, GppError> {
        let mut parts = text.split('.');
        let mut section = core(parts.next().unwrap_or_default())?;
        for part in parts {
            let bits = bits(part)?;
            let mut reader = bits.reader();
            let found = int(&mut reader, "SubsectionType", TYPE_BITS)?;
            match found {
                DISCLOSED_TYPE if section.disclosed.is_none() => {
                    section.disclosed = Some(disclosed(part, reader)?);
                }
                PUBLISHER_TYPE if section.publisher.is_none() => {
                    section.publisher = Some(publisher(reader)?);
                }
                _ => return Err(wrong("SubsectionType", 0, Why::SubSection { found })),
            }
        }
        Ok(section)
    }

    /// Writes the section. The specification's padding is [`Pad::Sextet`].
    ///
    /// # Errors
    /// [`GppError`] for a number that its field cannot hold.
    pub fn encode(&self, pad: Pad) -> Result<String, GppError> {
        self.encode_in(Coding::Deployed, pad)
    }

    /// The same in a coding of one's choice.
    ///
    /// # Errors
    /// [`GppError`] for a number that its field cannot hold.
    pub fn encode_in(&self, coding: Coding, pad: Pad) -> Result<String, GppError> {
        let mut text = self.write_core(coding)?.base64url(pad);
        if let Some(publisher) = &self.publisher {
            text.push('.');
            text.push_str(&publisher.write()?.base64url(pad));
        }
        if let Some(disclosed) = &self.disclosed {
            text.push('.');
            text.push_str(&write_disclosed(disclosed, coding)?.base64url(pad));
        }
        Ok(text)
    }

    fn write_core(&self, coding: Coding) -> Result<Writer, GppError> {
        let mut writer = Writer::new();
        put(&mut writer, "Version", VERSION.into(), VERSION_BITS)?;
        put(&mut writer, "Created", self.created.get(), 36)?;
        put(&mut writer, "LastUpdated", self.last_updated.get(), 36)?;
        put(&mut writer, "CmpId", self.cmp_id.into(), 12)?;
        put(&mut writer, "CmpVersion", self.cmp_version.into(), 12)?;
        put(&mut writer, "ConsentScreen", self.consent_screen.into(), 6)?;
        put(&mut writer, "ConsentLanguage", self.consent_language.bits(), 12)?;
        put(&mut writer, "VendorListVersion", self.vendor_list_version.into(), 12)?;
        put(&mut writer, "TcfPolicyVersion", self.tcf_policy_version.into(), 6)?;
        writer.flag(self.use_non_standard_stacks);
        write_set(&mut writer, self.special_features, 12);
        write_set(&mut writer, self.express, 24);
        write_set(&mut writer, self.implied, 24);
        for (field, vendors) in [
            ("VendorExpressConsent", &self.vendors_express),
            ("VendorImpliedConsent", &self.vendors_implied),
        ] {
            let at = writer.len();
            write_vendors(&mut writer, vendors, coding).map_err(|why| wrong(field, at, why))?;
        }
        let at = writer.len();
        let written = write_restrictions(&mut writer, &self.restrictions, coding);
        written.map_err(|why| wrong("PubRestrictions", at, why))?;
        Ok(writer)
    }
}

impl PublisherPurposes {
    fn write(&self) -> Result<Writer, GppError> {
        let mut writer = Writer::new();
        put(&mut writer, "SubsectionType", PUBLISHER_TYPE, TYPE_BITS)?;
        write_set(&mut writer, self.express, 24);
        write_set(&mut writer, self.implied, 24);
        put(&mut writer, "NumCustomPurposes", self.custom.into(), 6)?;
        write_set(&mut writer, self.custom_express, self.custom.into());
        write_set(&mut writer, self.custom_implied, self.custom.into());
        Ok(writer)
    }
}

/// The core in the first coding in which it comes back the same, or else in the first in which it
/// can be read at all.
fn core(text: &str) -> Result<TcfCa, GppError> {
    let mut readable = Err(wrong("Version", 0, Why::Text));
    let bits = bits(text)?;
    for coding in Coding::ALL {
        let read = read_core(bits.reader(), coding);
        if let Ok(section) = &read
            && section.write_core(coding).is_ok_and(|writer| is_same(writer, text))
        {
            return read;
        }
        if readable.is_err() && (read.is_ok() || coding == Coding::Deployed) {
            readable = read;
        }
    }
    readable
}

fn disclosed(text: &str, reader: Reader<'_>) -> Result<VendorSet, GppError> {
    let mut readable = Err(Why::Text);
    let at = reader.at();
    for coding in Coding::ALL {
        let mut reader = reader;
        let read = read_vendors(&mut reader, coding);
        let read =
            read.and_then(|set| if reader.rest_is_zero() { Ok(set) } else { Err(Why::Trailing) });
        if let Ok(set) = &read
            && write_disclosed(set, coding).is_ok_and(|writer| is_same(writer, text))
        {
            return read.map_err(|why| wrong("DisclosedVendors", at, why));
        }
        if readable.is_err() && (read.is_ok() || coding == Coding::Deployed) {
            readable = read;
        }
    }
    readable.map_err(|why| wrong("DisclosedVendors", at, why))
}

/// Whether bits and text are the same but for padding: `A` is six zero bits.
fn is_same(writer: Writer, text: &str) -> bool {
    writer.base64url(Pad::Sextet).trim_end_matches('A')
        == text.trim_end_matches(['=']).trim_end_matches('A')
}

fn read_core(mut reader: Reader<'_>, coding: Coding) -> Result<TcfCa, GppError> {
    let reader = &mut reader;
    let version = int(reader, "Version", VERSION_BITS)?;
    if version != u64::from(VERSION) {
        return Err(wrong("Version", 0, Why::Version { found: version }));
    }
    let created = time(reader, "Created")?;
    let last_updated = time(reader, "LastUpdated")?;
    let cmp_id = narrow(int(reader, "CmpId", 12)?);
    let cmp_version = narrow(int(reader, "CmpVersion", 12)?);
    let consent_screen = narrow(int(reader, "ConsentScreen", 6)?);
    let at = reader.at();
    let language = int(reader, "ConsentLanguage", 12)?;
    let no_letters = || wrong("ConsentLanguage", at, Why::Reserved { value: language });
    let section = TcfCa {
        created,
        last_updated,
        cmp_id,
        cmp_version,
        consent_screen,
        consent_language: TwoLetters::from_bits(language).ok_or_else(no_letters)?,
        vendor_list_version: narrow(int(reader, "VendorListVersion", 12)?),
        tcf_policy_version: narrow(int(reader, "TcfPolicyVersion", 6)?),
        use_non_standard_stacks: int(reader, "UseNonStandardStacks", 1)? == 1,
        special_features: set(reader, "SpecialFeatureExpressConsent", 12)?,
        express: set(reader, "PurposesExpressConsent", 24)?,
        implied: set(reader, "PurposesImpliedConsent", 24)?,
        vendors_express: vendors(reader, "VendorExpressConsent", coding)?,
        vendors_implied: vendors(reader, "VendorImpliedConsent", coding)?,
        restrictions: restrictions(reader, coding)?,
        disclosed: None,
        publisher: None,
    };
    end(*reader)?;
    Ok(section)
}

fn publisher(mut reader: Reader<'_>) -> Result<PublisherPurposes, GppError> {
    let reader = &mut reader;
    let express = set(reader, "PubPurposesExpressConsent", 24)?;
    let implied = set(reader, "PubPurposesImpliedConsent", 24)?;
    let custom: u8 = narrow(int(reader, "NumCustomPurposes", 6)?);
    let custom_express = set(reader, "CustomPurposesExpressConsent", custom.into())?;
    let custom_implied = set(reader, "CustomPurposesImpliedConsent", custom.into())?;
    end(*reader)?;
    Ok(PublisherPurposes { express, implied, custom, custom_express, custom_implied })
}

fn restrictions(reader: &mut Reader<'_>, coding: Coding) -> Result<Restrictions, GppError> {
    let at = reader.at();
    let mut all = Restrictions::new();
    // Strings of before this field end here, but for padding.
    if reader.left() < COUNT_BITS as usize {
        return Ok(all);
    }
    let field = "PubRestrictions";
    let found = int(reader, field, COUNT_BITS)?;
    if found > RESTRICTIONS_MAX {
        return Err(wrong(field, at, Why::TooManyRestrictions { found }));
    }
    for _ in 0..found {
        let purpose = narrow(int(reader, field, 6)?);
        let kind = RestrictionKind::from_low_bits(int(reader, field, 2)?);
        let mut vendors = VendorSet::new();
        let read = match coding {
            Coding::Fixed => read_fixed(reader, &mut vendors),
            Coding::Deployed | Coding::Literal => {
                read_vendors(reader, coding).map(|read| vendors = read)
            }
        };
        read.map_err(|why| wrong(field, at, why))?;
        all.add(purpose, kind, &vendors);
    }
    Ok(all)
}

fn write_restrictions(
    writer: &mut Writer,
    restrictions: &Restrictions,
    coding: Coding,
) -> Result<(), Why> {
    writer.int(restrictions.len() as u64, COUNT_BITS).map_err(Why::Bits)?;
    for (purpose, kind, vendors) in restrictions.iter() {
        writer.int(purpose.into(), 6).map_err(Why::Bits)?;
        writer.int(kind.code().into(), 2).map_err(Why::Bits)?;
        match coding {
            Coding::Fixed => write_fixed(writer, vendors)?,
            Coding::Deployed | Coding::Literal => write_vendors(writer, vendors, coding)?,
        }
    }
    Ok(())
}

fn write_disclosed(vendors: &VendorSet, coding: Coding) -> Result<Writer, GppError> {
    let mut writer = Writer::new();
    put(&mut writer, "SubsectionType", DISCLOSED_TYPE, TYPE_BITS)?;
    let written = write_vendors(&mut writer, vendors, coding);
    written.map_err(|why| wrong("DisclosedVendors", 3, why))?;
    Ok(writer)
}

fn vendors(
    reader: &mut Reader<'_>,
    field: &'static str,
    coding: Coding,
) -> Result<VendorSet, GppError> {
    let at = reader.at();
    read_vendors(reader, coding).map_err(|why| wrong(field, at, why))
}

fn set<const WIDTH_BITS: u32>(
    reader: &mut Reader<'_>,
    field: &'static str,
    count: usize,
) -> Result<IdSet<WIDTH_BITS>, GppError> {
    let at = reader.at();
    let words = reader.words(count).map_err(|why| wrong(field, at, Why::Bits(why)))?;
    Ok(IdSet::from_low_bits(words.first().copied().unwrap_or(0)))
}

fn write_set<const WIDTH_BITS: u32>(writer: &mut Writer, set: IdSet<WIDTH_BITS>, count: usize) {
    writer.words(&[set.low_bits()], count);
}

fn time(reader: &mut Reader<'_>, field: &'static str) -> Result<Deciseconds, GppError> {
    let at = reader.at();
    let value = int(reader, field, 36)?;
    Deciseconds::new(value).ok_or_else(|| wrong(field, at, Why::Reserved { value }))
}

fn int(reader: &mut Reader<'_>, field: &'static str, width_bits: u32) -> Result<u64, GppError> {
    let at = reader.at();
    reader.int(width_bits).map_err(|why| wrong(field, at, Why::Bits(why)))
}

fn put(writer: &mut Writer, field: &'static str, value: u64, bits: u32) -> Result<(), GppError> {
    let at = writer.len();
    writer.int(value, bits).map_err(|why| wrong(field, at, Why::Bits(why)))
}

fn bits(text: &str) -> Result<Bits, GppError> {
    Bits::decode(text.as_bytes(), Equals::Allowed)
        .map_err(|why| wrong("Version", 0, Why::Bits(why)))
}

fn end(reader: Reader<'_>) -> Result<(), GppError> {
    if reader.rest_is_zero() { Ok(()) } else { Err(wrong("padding", reader.at(), Why::Trailing)) }
}

/// A value that was read with no more bits than its type has.
fn narrow<T: TryFrom<u64> + Default>(value: u64) -> T {
    T::try_from(value).unwrap_or_default()
}

const fn wrong(field: &'static str, at_bit: usize, why: Why) -> GppError {
    GppError::new(NAME, field, at_bit, why)
}

#[cfg(test)]
pub(crate) mod tests;
