//! Text to model. Reads every version of TCF 2; what TCF 2.3 forbids is `validate`'s to say.
//!
//! Strict where a string would otherwise mean more than it says (ranges, trailing bits, repeated
//! segments); tolerant of padding and of segments that the standard does not name yet.

use crate::bits::{BitError, Bits, Equals, Reader};

use super::error::{Field, Problem, Segment, TcError};
use super::restrictions::{RestrictionKind, Restrictions};
use super::sets::{CustomPurposeSet, IdSet, VendorId, VendorRange, VendorSet};
use super::{
    Core, Deciseconds, FORMAT_VERSION, PublisherTc, SEGMENTS_MAX, TC_STRING_BYTES_MAX, TcString,
    TwoLetters,
};

/// Reads a TC string.
///
/// # Errors
/// [`TcError`]: the text is no TC string.
pub fn decode(text: &str) -> Result<TcString, TcError> {
    if text.len() > TC_STRING_BYTES_MAX {
        return Err(TcError::TooLong { bytes: text.len() });
    }
    let mut begin = 0;
    let mut read = None;
    for (index, part) in text.split('.').enumerate() {
        if index >= SEGMENTS_MAX {
            return Err(TcError::TooManySegments);
        }
        if part.is_empty() {
            return Err(TcError::EmptySegment { index });
        }
        let bits = bits(part, begin)?;
        match &mut read {
            None => read = Some(TcString::of(core(&bits)?)),
            Some(string) => string.read_segment(&bits)?,
        }
        begin += part.len() + 1;
    }
    read.ok_or(TcError::EmptySegment { index: 0 })
}

impl TcString {
    /// A string of nothing but its core.
    pub const fn of(core: Core) -> Self {
        Self {
            core,
            disclosed_vendors: None,
            allowed_vendors: None,
            publisher: None,
            unknown_segments: Vec::new(),
        }
    }

    fn read_segment(&mut self, bits: &Bits) -> Result<(), TcError> {
        let segment = Segment::Unknown(0);
        let mut fields = Fields { reader: bits.reader(), segment };
        match fields.int(Field::SegmentType, 3)? {
            1 => {
                fields.segment = Segment::DisclosedVendors;
                let vendors = fields.vendors(Field::DisclosedVendors)?;
                fields.end(Field::DisclosedVendors)?;
                once(&mut self.disclosed_vendors, vendors, fields.segment)
            }
            2 => {
                fields.segment = Segment::AllowedVendors;
                let vendors = fields.vendors(Field::AllowedVendors)?;
                fields.end(Field::AllowedVendors)?;
                once(&mut self.allowed_vendors, vendors, fields.segment)
            }
            3 => {
                fields.segment = Segment::PublisherTc;
                let publisher = fields.publisher()?;
                once(&mut self.publisher, publisher, fields.segment)
            }
            kind => {
                self.unknown_segments.push(small(kind));
                Ok(())
            }
        }
    }
}

fn once<T>(place: &mut Option<T>, value: T, segment: Segment) -> Result<(), TcError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(TcError::Repeated { segment }),
    }
}

fn bits(part: &str, begin: usize) -> Result<Bits, TcError> {
    Bits::decode(part.as_bytes(), Equals::Refused).map_err(|error| match error {
        BitError::Character { at } => TcError::Character { at: begin + at },
        BitError::TooLong { bytes } => TcError::TooLong { bytes },
        BitError::Short { .. } | BitError::Fibonacci { .. } | BitError::DoesNotFit { .. } => {
            TcError::Character { at: begin }
        }
    })
}

fn core(bits: &Bits) -> Result<Core, TcError> {
    let mut fields = Fields { reader: bits.reader(), segment: Segment::Core };
    let version = small(fields.int(Field::Version, 6)?);
    if version != FORMAT_VERSION {
        return Err(TcError::Version { version });
    }
    let core = Core {
        created: fields.time(Field::Created)?,
        last_updated: fields.time(Field::LastUpdated)?,
        cmp_id: short(fields.int(Field::CmpId, 12)?),
        cmp_version: short(fields.int(Field::CmpVersion, 12)?),
        consent_screen: small(fields.int(Field::ConsentScreen, 6)?),
        consent_language: fields.letters(Field::ConsentLanguage)?,
        vendor_list_version: short(fields.int(Field::VendorListVersion, 12)?),
        policy_version: small(fields.int(Field::TcfPolicyVersion, 6)?),
        is_service_specific: fields.flag(Field::IsServiceSpecific)?,
        use_non_standard_texts: fields.flag(Field::UseNonStandardTexts)?,
        special_feature_opt_ins: fields.set(Field::SpecialFeatureOptIns)?,
        purposes_consent: fields.set(Field::PurposesConsent)?,
        purposes_li_transparency: fields.set(Field::PurposesLITransparency)?,
        purpose_one_treatment: fields.flag(Field::PurposeOneTreatment)?,
        publisher_cc: fields.letters(Field::PublisherCC)?,
        vendor_consents: fields.vendors(Field::VendorConsent)?,
        vendor_li: fields.vendors(Field::VendorLegitimateInterest)?,
        restrictions: fields.restrictions()?,
    };
    fields.end(Field::PublisherRestrictions)?;
    Ok(core)
}

/// Reads the fields of one segment and says where one went wrong.
struct Fields<'b> {
    reader: Reader<'b>,
    segment: Segment,
}

impl Fields<'_> {
    fn int(&mut self, field: Field, width_bits: u32) -> Result<u64, TcError> {
        let read = self.reader.int(width_bits);
        read.map_err(|_| self.wrong(field, Problem::Short, self.reader.at()))
    }

    fn flag(&mut self, field: Field) -> Result<bool, TcError> {
        Ok(self.int(field, 1)? == 1)
    }

    fn time(&mut self, field: Field) -> Result<Deciseconds, TcError> {
        Ok(Deciseconds(self.int(field, 36)?))
    }

    fn letters(&mut self, field: Field) -> Result<TwoLetters, TcError> {
        let at_bit = self.reader.at();
        let bits = self.int(field, 12)?;
        TwoLetters::from_bits(bits).ok_or_else(|| self.wrong(field, Problem::Letter, at_bit))
    }

    fn set<const WIDTH_BITS: u32>(&mut self, field: Field) -> Result<IdSet<WIDTH_BITS>, TcError> {
        let bits = self.int(field, WIDTH_BITS)?;
        Ok(IdSet::from_low_bits(bits.reverse_bits() >> (u64::BITS - WIDTH_BITS)))
    }

    /// MaxVendorId, then a bit field or ranges.
    fn vendors(&mut self, field: Field) -> Result<VendorSet, TcError> {
        let max = short(self.int(field, 16)?);
        if !self.flag(field)? {
            let at_bit = self.reader.at();
            let words = self.reader.words(usize::from(max));
            let words = words.map_err(|_| self.wrong(field, Problem::Short, at_bit))?;
            return Ok(VendorSet::from_words(words));
        }
        let mut vendors = VendorSet::new();
        self.ranges(field, max, &mut vendors)?;
        Ok(vendors)
    }

    /// NumEntries, then as many ranges, of vendors up to `max`.
    fn ranges(&mut self, field: Field, max: u16, to: &mut VendorSet) -> Result<(), TcError> {
        let entries = self.int(field, 12)?;
        for _ in 0..entries {
            let at_bit = self.reader.at();
            let is_range = self.flag(field)?;
            let first = short(self.int(field, 16)?);
            let last = if is_range { short(self.int(field, 16)?) } else { first };
            if last > max {
                return Err(self.wrong(field, Problem::BeyondMax, at_bit));
            }
            let (Some(first), Some(last)) = (VendorId::new(first), VendorId::new(last)) else {
                return Err(self.wrong(field, Problem::VendorZero, at_bit));
            };
            if last < first {
                return Err(self.wrong(field, Problem::RangeReversed, at_bit));
            }
            to.insert_range(VendorRange { first, last });
        }
        Ok(())
    }

    fn restrictions(&mut self) -> Result<Restrictions, TcError> {
        let field = Field::PublisherRestrictions;
        let mut restrictions = Restrictions::new();
        for _ in 0..self.int(field, 12)? {
            let purpose = small(self.int(field, 6)?);
            let kind = RestrictionKind::from_low_bits(self.int(field, 2)?);
            self.ranges(field, u16::MAX, restrictions.vendors_mut(purpose, kind))?;
        }
        Ok(restrictions)
    }

    fn publisher(&mut self) -> Result<PublisherTc, TcError> {
        let purposes_consent = self.set(Field::PubPurposesConsent)?;
        let purposes_li_transparency = self.set(Field::PubPurposesLITransparency)?;
        let custom_purposes = small(self.int(Field::NumCustomPurposes, 6)?);
        let consent = self.custom(Field::CustomPurposesConsent, custom_purposes)?;
        let li = self.custom(Field::CustomPurposesLITransparency, custom_purposes)?;
        self.end(Field::CustomPurposesLITransparency)?;
        Ok(PublisherTc {
            purposes_consent,
            purposes_li_transparency,
            custom_purposes,
            custom_consent: consent,
            custom_li_transparency: li,
        })
    }

    fn custom(&mut self, field: Field, count: u8) -> Result<CustomPurposeSet, TcError> {
        let at_bit = self.reader.at();
        let words = self.reader.words(usize::from(count));
        let words = words.map_err(|_| self.wrong(field, Problem::Short, at_bit))?;
        Ok(IdSet::from_low_bits(words.first().copied().unwrap_or(0)))
    }

    /// Only padding may follow: a bit that no field claims could be a choice that we miss.
    fn end(&self, last: Field) -> Result<(), TcError> {
        if self.reader.rest_is_zero() {
            return Ok(());
        }
        Err(self.wrong(last, Problem::Trailing, self.reader.at()))
    }

    const fn wrong(&self, field: Field, problem: Problem, at_bit: usize) -> TcError {
        TcError::Field { segment: self.segment, field, at_bit, problem }
    }
}

/// A number of at most 16 bits, as the field that it comes from.
fn short(bits: u64) -> u16 {
    u16::try_from(bits).unwrap_or(u16::MAX)
}

/// A number of at most 8 bits, as the field that it comes from.
fn small(bits: u64) -> u8 {
    u8::try_from(bits).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests;
