//! Model to text: one text for one model, always the shorter form of each vendor section.
//!
//! Only a registered CMP may make TC strings (TC string format, "Who should create a TC
//! string?"), so writing needs a [`CmpId`] and refuses the model of another. [`issue`] also
//! refuses what TCF 2.3 forbids.

use domain::time::Timestamp;

use crate::bits::{Pad, Writer};

use super::error::{EncodeError, Field};
use super::restrictions::{RESTRICTED_PURPOSE_MAX, Restrictions};
use super::sets::{CustomPurposeSet, IdSet, VendorId, VendorRange, VendorSet};
use super::validate::{Finding, Rules, validate};
use super::{CmpId, Core, FORMAT_VERSION, PublisherTc, RANGES_MAX, TC_STRING_BYTES_MAX, TcString};

/// Why a string is not issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// It breaks a rule of TCF 2.3.
    #[error("string is not issued: {0}")]
    Rule(Finding),
    /// It cannot be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// Writes a string that keeps every rule of TCF 2.3.
///
/// # Errors
/// [`IssueError::Rule`] with the first finding of [`validate`], [`IssueError::Encode`].
pub fn issue(string: &TcString, own: CmpId, now: Timestamp) -> Result<String, IssueError> {
    match validate(string, &Rules::at(now)).into_iter().next() {
        Some(finding) => Err(IssueError::Rule(finding)),
        None => Ok(encode(string, own)?),
    }
}

/// Writes a string of the shop's own CMP, valid or not.
///
/// # Errors
/// [`EncodeError`].
pub fn encode(string: &TcString, own: CmpId) -> Result<String, EncodeError> {
    if string.core.cmp_id != own.get() {
        return Err(EncodeError::OtherCmp { model: string.core.cmp_id, own });
    }
    if let Some(&kind) = string.unknown_segments.first() {
        return Err(EncodeError::UnknownSegment { kind });
    }
    let mut text = core(&string.core)?;
    if let Some(vendors) = &string.disclosed_vendors {
        push(&mut text, &segment(1, vendors));
    }
    if let Some(vendors) = &string.allowed_vendors {
        push(&mut text, &segment(2, vendors));
    }
    if let Some(publisher) = &string.publisher {
        push(&mut text, &publisher_tc(publisher)?);
    }
    if text.len() > TC_STRING_BYTES_MAX {
        return Err(EncodeError::TooLong { bytes: text.len() });
    }
    Ok(text)
}

fn push(text: &mut String, segment: &str) {
    text.push('.');
    text.push_str(segment);
}

fn core(core: &Core) -> Result<String, EncodeError> {
    let mut fields = Fields(Writer::new());
    fields.int(Field::Version, u64::from(FORMAT_VERSION), 6)?;
    fields.int(Field::Created, core.created.get(), 36)?;
    fields.int(Field::LastUpdated, core.last_updated.get(), 36)?;
    fields.int(Field::CmpId, u64::from(core.cmp_id), 12)?;
    fields.int(Field::CmpVersion, u64::from(core.cmp_version), 12)?;
    fields.int(Field::ConsentScreen, u64::from(core.consent_screen), 6)?;
    fields.int(Field::ConsentLanguage, core.consent_language.bits(), 12)?;
    fields.int(Field::VendorListVersion, u64::from(core.vendor_list_version), 12)?;
    fields.int(Field::TcfPolicyVersion, u64::from(core.policy_version), 6)?;
    fields.0.flag(core.is_service_specific);
    fields.0.flag(core.use_non_standard_texts);
    fields.set(core.special_feature_opt_ins);
    fields.set(core.purposes_consent);
    fields.set(core.purposes_li_transparency);
    fields.0.flag(core.purpose_one_treatment);
    fields.int(Field::PublisherCC, core.publisher_cc.bits(), 12)?;
    fields.vendors(&core.vendor_consents);
    fields.vendors(&core.vendor_li);
    fields.restrictions(&core.restrictions)?;
    Ok(fields.0.base64url(Pad::Group))
}

fn segment(kind: u64, vendors: &VendorSet) -> String {
    let mut fields = Fields(Writer::new());
    fields.known(kind, 3);
    fields.vendors(vendors);
    fields.0.base64url(Pad::Group)
}

fn publisher_tc(publisher: &PublisherTc) -> Result<String, EncodeError> {
    let mut fields = Fields(Writer::new());
    fields.known(3, 3);
    fields.set(publisher.purposes_consent);
    fields.set(publisher.purposes_li_transparency);
    let count = publisher.custom_purposes;
    fields.int(Field::NumCustomPurposes, u64::from(count), 6)?;
    for set in [publisher.custom_consent, publisher.custom_li_transparency] {
        fields.custom(set, count)?;
    }
    Ok(fields.0.base64url(Pad::Group))
}

struct Fields(Writer);

impl Fields {
    fn int(&mut self, field: Field, value: u64, width_bits: u32) -> Result<(), EncodeError> {
        let written = self.0.int(value, width_bits);
        written.map_err(|_| EncodeError::DoesNotFit { field, value })
    }

    /// Writes a number whose type or range cannot exceed the width.
    fn known(&mut self, value: u64, width_bits: u32) {
        let written = self.0.int(value, width_bits);
        debug_assert_eq!(written, Ok(()));
    }

    fn set<const WIDTH_BITS: u32>(&mut self, set: IdSet<WIDTH_BITS>) {
        self.known(set.low_bits().reverse_bits() >> (u64::BITS - WIDTH_BITS), WIDTH_BITS);
    }

    fn custom(&mut self, set: CustomPurposeSet, count: u8) -> Result<(), EncodeError> {
        if set.low_bits() >> count != 0 {
            return Err(EncodeError::CustomPurpose { count });
        }
        self.0.words(&[set.low_bits()], usize::from(count));
        Ok(())
    }

    /// MaxVendorId, then a bit field, or ranges where those are shorter.
    fn vendors(&mut self, vendors: &VendorSet) {
        let max = vendors.max().map_or(0, VendorId::get);
        self.known(u64::from(max), 16);
        let ranges = vendors.ranges();
        let size = RangesSize::of(vendors);
        let is_range = size.bits < usize::from(max) && size.entries <= RANGES_MAX;
        self.0.flag(is_range);
        if !is_range {
            self.0.words(vendors.words(), usize::from(max));
            return;
        }
        self.known(size.entries as u64, 12);
        for range in ranges {
            self.range(range);
        }
    }

    fn range(&mut self, range: VendorRange) {
        let is_range = range.first != range.last;
        self.0.flag(is_range);
        self.known(u64::from(range.first.get()), 16);
        if is_range {
            self.known(u64::from(range.last.get()), 16);
        }
    }

    fn restrictions(&mut self, restrictions: &Restrictions) -> Result<(), EncodeError> {
        // At most 256 pairs of purpose and kind: they always fit the 12 bits of the count.
        self.int(Field::PublisherRestrictions, restrictions.len() as u64, 12)?;
        for (purpose, kind, vendors) in restrictions.iter() {
            if purpose > RESTRICTED_PURPOSE_MAX {
                let (field, value) = (Field::PublisherRestrictions, u64::from(purpose));
                return Err(EncodeError::DoesNotFit { field, value });
            }
            let ranges = RangesSize::of(vendors).entries;
            if ranges > RANGES_MAX {
                return Err(EncodeError::TooManyRanges { purpose, ranges });
            }
            self.known(u64::from(purpose), 6);
            self.known(u64::from(kind.code()), 2);
            self.known(ranges as u64, 12);
            for range in vendors.ranges() {
                self.range(range);
            }
        }
        Ok(())
    }
}

/// What the ranges of a set need, NumEntries included.
struct RangesSize {
    entries: usize,
    bits: usize,
}

impl RangesSize {
    fn of(vendors: &VendorSet) -> Self {
        let mut size = Self { entries: 0, bits: 12 };
        for range in vendors.ranges() {
            size.entries += 1;
            size.bits += if range.first == range.last { 17 } else { 33 };
        }
        size
    }
}

#[cfg(test)]
mod tests;
