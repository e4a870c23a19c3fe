//! One US section: national or of a state.
//!
//! The table of [`crate::gpp::layout`] says what stands where; here it is read, written and
//! asked. US national is read by its length: encoders have written the long lists of version 2
//! under the number 1. Short lists are version 1, whatever the number.

use crate::bits::{Bits, Equals, Pad, Reader, Writer};
use crate::gpp::error::{GppError, Why};
use crate::gpp::layout::{
    Extra, Layout, REVERSED_ADDITIONAL, SENSITIVE_CONSENTS, USNAT_V1, UsField, layout,
};
use crate::gpp::section::SectionId;

/// Most values of 2 bits of one section.
pub const VALUES_MAX: usize = 34;
const VERSION_BITS: u32 = 6;
const VALUE_BITS: u32 = 2;
/// The only value of 2 bits that no specification uses.
const RESERVED: u64 = 3;
const GPC_TYPE: u64 = 1;
/// A core of US national that is at least so long holds the lists of version 2.
const USNAT_V2_BITS: usize = 70;
/// What a core of version 1 holds behind its version.
const USNAT_V1_REST_BITS: u32 = 54;
const NOT_GIVEN: u8 = 0;

/// Whether a person has opted out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptOut {
    /// 0: does not apply, or no notice was given.
    NotApplicable,
    /// 1.
    OptedOut,
    /// 2.
    NotOptedOut,
}

/// Whether a person has consented to something that needs consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// 0: the shop does not do it.
    NotApplicable,
    /// 1; in Iowa and Utah: opted out.
    Denied,
    /// 2; in Iowa and Utah: did not opt out.
    Given,
}

/// What the section says of the Multi-State Privacy Agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mspa {
    /// Whether the transaction is covered; `None` where it is not said.
    pub is_covered: Option<bool>,
    /// Whether the opt-out option mode is on; `None` where it is not said.
    pub is_opt_out_option: Option<bool>,
    /// Whether the service provider mode is on; `None` where it is not said.
    pub is_service_provider: Option<bool>,
}

/// A US section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsSection {
    layout: &'static Layout,
    version: u8,
    /// The values of the core and then those of the sensitive data consents, as the layout says.
    values: [u8; VALUES_MAX],
    /// The GPC sub-section, where there is one.
    gpc: Option<bool>,
    /// Whether there is a sub-section of sensitive data consents.
    has_consents: bool,
}

impl UsSection {
    /// A section of the newest version in which nothing is said. `None` where `id` is no US
    /// section.
    pub fn new(id: SectionId) -> Option<Self> {
        layout(id).map(Self::empty)
    }

    /// US national of version 1, with its shorter lists.
    pub const fn usnat_v1() -> Self {
        Self::empty(&USNAT_V1)
    }

    const fn empty(layout: &'static Layout) -> Self {
        let values = [NOT_GIVEN; VALUES_MAX];
        Self { layout, version: layout.version, values, gpc: None, has_consents: false }
    }

    /// Reads the text of a section, sub-sections and all.
    ///
    /// The header that Maryland, Indiana, Kentucky and Rhode Island are specified with cannot be
    /// written (its list begins with 0, Fibonacci coding with 1); encoders leave it out. Both read.
    ///
    /// # Errors
    /// [`GppError`].
    pub fn decode(id: SectionId, text: &str) -> Result<Self, GppError> {
        let name = id.as_str();
        let unknown = || GppError::new(name, "Version", 0, Why::SubSection { found: 0 });
        let newest = layout(id).ok_or_else(unknown)?;
        let mut parts = text.split('.');
        let mut core = bits(name, parts.next().unwrap_or_default())?;
        let is_header =
            newest.is_mspa_version && core.reader().int(VERSION_BITS) == Ok(u64::from(id.number()));
        if is_header {
            core = bits(name, parts.next().unwrap_or_default())?;
        }
        let mut section = Self::empty(by_length(newest, &core));
        section.read_core(core.reader())?;
        for part in parts {
            section.read_extra(bits(name, part)?.reader())?;
        }
        Ok(section)
    }

    /// Writes the section as deployed readers expect it.
    pub fn encode(&self, pad: Pad) -> String {
        let core = self.layout.core_values();
        let mut writer = Writer::new();
        put(&mut writer, self.version.into(), VERSION_BITS);
        for value in self.values.iter().take(core) {
            put(&mut writer, (*value).into(), VALUE_BITS);
        }
        let mut text = writer.base64url(pad);
        if let Some(gpc) = self.gpc {
            let mut writer = Writer::new();
            put(&mut writer, GPC_TYPE, VALUE_BITS);
            writer.flag(gpc);
            text.push('.');
            text.push_str(&writer.base64url(pad));
        }
        if self.has_consents {
            let mut writer = Writer::new();
            for value in self.values.iter().skip(core).take(SENSITIVE_CONSENTS) {
                put(&mut writer, (*value).into(), VALUE_BITS);
            }
            text.push('.');
            text.push_str(&writer.base64url(pad));
        }
        text
    }

    /// Which section it is.
    pub const fn id(&self) -> SectionId {
        self.layout.id
    }

    /// The version of the section, or of the agreement in sections that begin with that.
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// What stands where.
    pub const fn layout(&self) -> &'static Layout {
        self.layout
    }

    /// The values of a field; `None` where the section has no such field.
    pub fn get(&self, field: UsField) -> Option<&[u8]> {
        let (at, count) = self.place(field)?;
        self.values.get(at..at + count)
    }

    /// Sets the values of a field.
    ///
    /// # Errors
    /// [`Why::NoSuchField`], [`Why::Reserved`] for a value above 2 and for 0 in
    /// `MspaCoveredTransaction`, which the specification does not allow to be written.
    pub fn set(&mut self, field: UsField, values: &[u8]) -> Result<(), GppError> {
        let name = self.id().as_str();
        let wrong = |why| GppError::new(name, field.as_str(), 0, why);
        let no_such = wrong(Why::NoSuchField { count: values.len() });
        let (at, count) = self.place_with_consents(field).ok_or(no_such)?;
        let least = if field == UsField::MspaCoveredTransaction { 1 } else { 0 };
        if let Some(&value) = values.iter().find(|value| !(least..=2).contains(*value)) {
            return Err(wrong(Why::Reserved { value: value.into() }));
        }
        let place = self.values.get_mut(at..at + count).filter(|p| p.len() == values.len());
        place.ok_or(no_such)?.copy_from_slice(values);
        self.has_consents |= at >= self.layout.core_values();
        Ok(())
    }

    /// What the GPC sub-section says, where there is one.
    pub const fn gpc(&self) -> Option<bool> {
        self.gpc
    }

    /// Sets or removes the GPC sub-section.
    ///
    /// # Errors
    /// [`Why::NoSuchField`] where the section has none.
    pub fn set_gpc(&mut self, gpc: Option<bool>) -> Result<(), GppError> {
        if gpc.is_some() && self.layout.extra != Extra::Gpc {
            let why = Why::NoSuchField { count: 1 };
            return Err(GppError::new(self.id().as_str(), "Gpc", 0, why));
        }
        self.gpc = gpc;
        Ok(())
    }

    /// Whether the person has opted out of sale.
    pub fn sale_opt_out(&self) -> OptOut {
        self.opt_out(UsField::SaleOptOut)
    }

    /// Whether the person has opted out of sharing, which few sections ask.
    pub fn sharing_opt_out(&self) -> OptOut {
        self.opt_out(UsField::SharingOptOut)
    }

    /// Whether the person has opted out of targeted advertising; California does not ask.
    pub fn targeted_advertising_opt_out(&self) -> OptOut {
        self.opt_out(UsField::TargetedAdvertisingOptOut)
    }

    /// Consent per category of sensitive data, in the order of the section's specification.
    pub fn sensitive_data(&self) -> impl Iterator<Item = Consent> + '_ {
        self.consents(UsField::SensitiveDataProcessing)
    }

    /// Consent per age group, where the shop knows that the person is a child.
    pub fn known_child(&self) -> impl Iterator<Item = Consent> + '_ {
        self.consents(UsField::KnownChildSensitiveDataConsents)
    }

    /// Consent to uses that the disclosed purposes do not cover.
    pub fn further_use(&self) -> Consent {
        let field = match self.get(UsField::PersonalDataConsents) {
            Some(_) => UsField::PersonalDataConsents,
            None => UsField::AdditionalDataProcessingConsent,
        };
        let is_reversed = REVERSED_ADDITIONAL.contains(&self.id());
        match self.consents(field).next().unwrap_or(Consent::NotApplicable) {
            Consent::NotApplicable => Consent::NotApplicable,
            Consent::Denied if is_reversed => Consent::Given,
            Consent::Given if is_reversed => Consent::Denied,
            as_written @ (Consent::Denied | Consent::Given) => as_written,
        }
    }

    /// What is said of the Multi-State Privacy Agreement.
    pub fn mspa(&self) -> Mspa {
        let yes = |field| match self.first(field) {
            Some(1) => Some(true),
            Some(2) => Some(false),
            _ => None,
        };
        let mode = self.first(UsField::MspaMode).filter(|mode| *mode != NOT_GIVEN);
        Mspa {
            is_covered: yes(UsField::MspaCoveredTransaction),
            is_opt_out_option: yes(UsField::MspaOptOutOptionMode).or(mode.map(|mode| mode == 1)),
            is_service_provider: yes(UsField::MspaServiceProviderMode)
                .or(mode.map(|mode| mode == 2)),
        }
    }

    fn opt_out(&self, field: UsField) -> OptOut {
        match self.first(field) {
            Some(1) => OptOut::OptedOut,
            Some(2) => OptOut::NotOptedOut,
            _ => OptOut::NotApplicable,
        }
    }

    fn consents(&self, field: UsField) -> impl Iterator<Item = Consent> + '_ {
        self.get(field).unwrap_or_default().iter().map(|value| match value {
            1 => Consent::Denied,
            2 => Consent::Given,
            _ => Consent::NotApplicable,
        })
    }

    fn first(&self, field: UsField) -> Option<u8> {
        self.get(field)?.first().copied()
    }

    /// Where a field's values lie, and how many there are.
    fn place(&self, field: UsField) -> Option<(usize, usize)> {
        self.place_with_consents(field)
            .filter(|(at, _)| self.has_consents || *at < self.layout.core_values())
    }

    /// The same, whether or not the sub-section of sensitive data consents is there.
    fn place_with_consents(&self, field: UsField) -> Option<(usize, usize)> {
        let mut at = 0;
        for (name, count) in self.layout.core {
            if *name == field {
                return Some((at, *count));
            }
            at += count;
        }
        let is_extra = self.layout.extra == Extra::SensitiveConsents
            && field == UsField::SensitiveDataProcessing;
        is_extra.then_some((at, SENSITIVE_CONSENTS))
    }

    fn read_core(&mut self, mut reader: Reader<'_>) -> Result<(), GppError> {
        let layout = self.layout;
        let name = layout.id.as_str();
        let first = if layout.is_mspa_version { "MspaVersion" } else { "Version" };
        let version = reader.int(VERSION_BITS);
        let version = version.map_err(|why| GppError::new(name, first, 0, Why::Bits(why)))?;
        self.version = u8::try_from(version).unwrap_or(u8::MAX);
        // A version of the agreement may be any but the section's number, which begins a header.
        let newest = if layout.id == SectionId::UsNat { 2 } else { layout.version };
        let is_known = match layout.is_mspa_version {
            true => version != u64::from(layout.id.number()),
            false => (1..=newest).contains(&self.version),
        };
        if !is_known {
            return Err(GppError::new(name, first, 0, Why::Version { found: version }));
        }
        if layout == &USNAT_V1 {
            self.version = USNAT_V1.version;
        }
        let mut places = self.values.iter_mut();
        for (field, count) in layout.core {
            for place in places.by_ref().take(*count) {
                *place = value(name, *field, &mut reader)?;
            }
        }
        end(name, reader)
    }

    fn read_extra(&mut self, mut reader: Reader<'_>) -> Result<(), GppError> {
        let name = self.layout.id.as_str();
        let at = |why| GppError::new(name, "SubsectionType", 0, why);
        match self.layout.extra {
            Extra::None => return Err(at(Why::SubSection { found: 0 })),
            Extra::Gpc => {
                let found = reader.int(VALUE_BITS).map_err(|why| at(Why::Bits(why)))?;
                if found != GPC_TYPE || self.gpc.is_some() {
                    return Err(at(Why::SubSection { found }));
                }
                let gpc = reader.flag();
                let gpc = gpc.map_err(|why| GppError::new(name, "Gpc", 2, Why::Bits(why)))?;
                self.gpc = Some(gpc);
            }
            Extra::SensitiveConsents => {
                if self.has_consents {
                    return Err(at(Why::SubSection { found: 1 }));
                }
                self.has_consents = true;
                let core = self.layout.core_values();
                for place in self.values.iter_mut().skip(core).take(SENSITIVE_CONSENTS) {
                    *place = value(name, UsField::SensitiveDataProcessing, &mut reader)?;
                }
            }
        }
        end(name, reader)
    }
}

/// The short lists of US national, or what the section has.
///
/// A core of version 1 that was padded to a group of 24 bits is as long as one with long lists;
/// read so it would say 0 in `MspaCoveredTransaction`, which no encoder of long lists wrote.
fn by_length(newest: &'static Layout, core: &Bits) -> &'static Layout {
    let is_short = || {
        let mut reader = core.reader();
        reader.int(VERSION_BITS) == Ok(1)
            && reader.int(USNAT_V1_REST_BITS).is_ok()
            && reader.rest_is_zero()
    };
    let is_national = newest.id == SectionId::UsNat;
    if is_national && (core.len() < USNAT_V2_BITS || is_short()) { &USNAT_V1 } else { newest }
}

fn bits(name: &'static str, text: &str) -> Result<Bits, GppError> {
    let bits = Bits::decode(text.as_bytes(), Equals::Allowed);
    bits.map_err(|why| GppError::new(name, "Version", 0, Why::Bits(why)))
}

fn value(name: &'static str, field: UsField, reader: &mut Reader<'_>) -> Result<u8, GppError> {
    let at = reader.at();
    let wrong = |why| GppError::new(name, field.as_str(), at, why);
    let value = reader.int(VALUE_BITS).map_err(|why| wrong(Why::Bits(why)))?;
    if value == RESERVED {
        return Err(wrong(Why::Reserved { value }));
    }
    Ok(u8::try_from(value).unwrap_or(NOT_GIVEN))
}

/// Behind the last field there is only padding.
fn end(name: &'static str, reader: Reader<'_>) -> Result<(), GppError> {
    if reader.rest_is_zero() {
        return Ok(());
    }
    Err(GppError::new(name, "padding", reader.at(), Why::Trailing))
}

/// Writes a value that its field holds.
fn put(writer: &mut Writer, value: u64, width_bits: u32) {
    let fits = writer.int(value, width_bits);
    debug_assert!(fits.is_ok(), "the section holds only values that were checked");
}

#[cfg(test)]
pub(crate) mod tests;
