//! Which rules of TCF 2.3 a string breaks that can be read.
//!
//! A finding either takes all effect from the string ([`Finding::invalidates`]) or is a note to
//! whoever runs the CMP. Source: TC string format, field by field, and the TCF Policies.

use std::fmt;
use std::ops::RangeInclusive;

use domain::time::{DAY_MS, Timestamp};

use super::restrictions::RestrictionKind;
use super::sets::{IdSet, PurposeSet, SpecialFeatureSet};
use super::{Deciseconds, TcString};

/// Purposes of the policies (1 to 11).
pub const PURPOSES: PurposeSet = PurposeSet::of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
/// Special features of the policies (1 and 2).
pub const SPECIAL_FEATURES: SpecialFeatureSet = SpecialFeatureSet::of(&[1, 2]);
/// Purposes that never rest on legitimate interest: 1, and since TCF 2.2 also 3 to 6.
pub const CONSENT_ONLY: PurposeSet = PurposeSet::of(&[1, 3, 4, 5, 6]);
/// Policy versions that are understood: TCF 2.2 and 2.3.
pub const POLICY_VERSIONS: RangeInclusive<u8> = 4..=5;
/// Strings since 1 March 2026 without disclosed vendors are invalid (day number).
pub const DISCLOSED_VENDORS_SINCE_DAY: u32 = 20_513;
/// After thirteen months, in days, a person must be asked again.
pub const AGE_DAYS_MAX: i64 = 396;
/// How far a clock of another machine may run ahead, in days.
pub const AHEAD_DAYS_MAX: i64 = 1;

/// What a string is judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// When it is judged.
    pub now: Timestamp,
    /// Versions of the policies that are understood.
    pub policy_versions: RangeInclusive<u8>,
}

impl Rules {
    /// The rules of TCF 2.3.
    pub const fn at(now: Timestamp) -> Self {
        Self { now, policy_versions: POLICY_VERSIONS }
    }
}

/// A rule that a string breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// The segment of disclosed vendors is missing in a string of 1 March 2026 or later.
    DisclosedVendorsMissing,
    /// It is missing in an older string, which may stay until it is asked again.
    DisclosedVendorsMissingBefore23,
    /// IsServiceSpecific is 0; global strings are of the past.
    NotServiceSpecific,
    /// A version of the policies that is too old or unknown.
    PolicyVersion {
        /// The version.
        version: u8,
    },
    /// CmpId is 0 or 1, which no CMP has.
    CmpIdReserved {
        /// The id.
        cmp_id: u16,
    },
    /// Made or changed more than [`AHEAD_DAYS_MAX`] after now.
    FromTheFuture,
    /// Last changed more than [`AGE_DAYS_MAX`] before now.
    TooOld,
    /// Changed before it was made.
    UpdatedBeforeCreated,
    /// Created and LastUpdated differ.
    UpdatedLater,
    /// Created or LastUpdated is not the start of a day.
    NotDayPrecise,
    /// Legitimate interest is claimed for a purpose that needs consent.
    LegitimateInterestForbidden {
        /// The purpose.
        purpose: u8,
    },
    /// A purpose that the policies do not have.
    PurposeUnknown {
        /// Its number.
        purpose: u8,
    },
    /// A special feature that the policies do not have.
    SpecialFeatureUnknown {
        /// Its number.
        feature: u8,
    },
    /// A restriction of kind 3, which means nothing.
    RestrictionUndefined {
        /// The purpose.
        purpose: u8,
    },
    /// A restriction of a purpose that the policies do not have.
    RestrictionPurposeUnknown {
        /// Its number.
        purpose: u8,
    },
    /// A restriction asks for legitimate interest where only consent is possible.
    RestrictionLegitimateInterestForbidden {
        /// The purpose.
        purpose: u8,
    },
    /// Vendors have a yes but were never shown.
    VendorsNotDisclosed {
        /// How many by consent.
        consent: usize,
        /// How many by legitimate interest.
        legitimate_interest: usize,
    },
    /// AllowedVendors is of TCF 2.0 to 2.2.
    AllowedVendorsObsolete,
    /// A segment of a type that the standard does not name.
    SegmentUnknown {
        /// The type.
        kind: u8,
    },
}

impl Finding {
    /// Whether the string has no effect because of it.
    ///
    /// # Privacy
    /// Where the choice cannot be trusted the whole string says no; a finding that only concerns
    /// a part of it (a purpose, a vendor, a restriction) denies that part in `enforce`.
    pub const fn invalidates(self) -> bool {
        match self {
            Self::DisclosedVendorsMissing
            | Self::NotServiceSpecific
            | Self::PolicyVersion { .. }
            | Self::CmpIdReserved { .. }
            | Self::FromTheFuture
            | Self::TooOld
            | Self::UpdatedBeforeCreated => true,
            Self::DisclosedVendorsMissingBefore23
            | Self::UpdatedLater
            | Self::NotDayPrecise
            | Self::LegitimateInterestForbidden { .. }
            | Self::PurposeUnknown { .. }
            | Self::SpecialFeatureUnknown { .. }
            | Self::RestrictionUndefined { .. }
            | Self::RestrictionPurposeUnknown { .. }
            | Self::RestrictionLegitimateInterestForbidden { .. }
            | Self::VendorsNotDisclosed { .. }
            | Self::AllowedVendorsObsolete
            | Self::SegmentUnknown { .. } => false,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DisclosedVendorsMissing => {
                f.write_str("the segment of disclosed vendors is missing")
            }
            Self::DisclosedVendorsMissingBefore23 => f.write_str(
                "the segment of disclosed vendors is missing in a string of before TCF 2.3",
            ),
            Self::NotServiceSpecific => f.write_str("the string is not service-specific"),
            Self::PolicyVersion { version } => {
                write!(f, "policy version {version} is too old or unknown")
            }
            Self::CmpIdReserved { cmp_id } => write!(f, "no CMP has the id {cmp_id}"),
            Self::FromTheFuture => f.write_str("the string is from the future"),
            Self::TooOld => write!(f, "the string is older than {AGE_DAYS_MAX} days"),
            Self::UpdatedBeforeCreated => f.write_str("the string was changed before it was made"),
            Self::UpdatedLater => f.write_str("Created and LastUpdated differ"),
            Self::NotDayPrecise => f.write_str("Created or LastUpdated is not the start of a day"),
            Self::LegitimateInterestForbidden { purpose } => {
                write!(f, "purpose {purpose} cannot rest on legitimate interest")
            }
            Self::PurposeUnknown { purpose } => write!(f, "no purpose has the number {purpose}"),
            Self::SpecialFeatureUnknown { feature } => {
                write!(f, "no special feature has the number {feature}")
            }
            Self::RestrictionUndefined { purpose } => {
                write!(f, "a restriction of purpose {purpose} is of kind 3, which means nothing")
            }
            Self::RestrictionPurposeUnknown { purpose } => {
                write!(f, "a restriction names purpose {purpose}, which does not exist")
            }
            Self::RestrictionLegitimateInterestForbidden { purpose } => {
                write!(f, "a restriction asks for legitimate interest for purpose {purpose}")
            }
            Self::VendorsNotDisclosed { consent, legitimate_interest } => write!(
                f,
                "{consent} vendors have consent and {legitimate_interest} legitimate interest \
                 but were not disclosed"
            ),
            Self::AllowedVendorsObsolete => {
                f.write_str("the segment of allowed vendors is obsolete")
            }
            Self::SegmentUnknown { kind } => write!(f, "a segment has the unknown type {kind}"),
        }
    }
}

/// Every rule that the string breaks, those that take all effect from it first.
pub fn validate(string: &TcString, rules: &Rules) -> Vec<Finding> {
    let mut findings = Vec::new();
    segments(string, &mut findings);
    let core = &string.core;
    if !core.is_service_specific {
        findings.push(Finding::NotServiceSpecific);
    }
    if !rules.policy_versions.contains(&core.policy_version) {
        findings.push(Finding::PolicyVersion { version: core.policy_version });
    }
    if core.cmp_id < 2 {
        findings.push(Finding::CmpIdReserved { cmp_id: core.cmp_id });
    }
    times(string, rules.now, &mut findings);
    purposes(string, &mut findings);
    restrictions(string, &mut findings);
    findings.sort_by_key(|finding| !finding.invalidates());
    findings
}

/// The first rule that takes all effect from the string, if there is one.
pub fn invalid(string: &TcString, rules: &Rules) -> Option<Finding> {
    validate(string, rules).into_iter().find(|finding| finding.invalidates())
}

fn segments(string: &TcString, findings: &mut Vec<Finding>) {
    match &string.disclosed_vendors {
        None => {
            let since = u64::from(DISCLOSED_VENDORS_SINCE_DAY) * Deciseconds::DAY;
            findings.push(if string.core.last_updated.get() < since {
                Finding::DisclosedVendorsMissingBefore23
            } else {
                Finding::DisclosedVendorsMissing
            });
        }
        Some(disclosed) => {
            let consent = string.core.vendor_consents.missing_in(disclosed);
            let legitimate_interest = string.core.vendor_li.missing_in(disclosed);
            if consent + legitimate_interest > 0 {
                findings.push(Finding::VendorsNotDisclosed { consent, legitimate_interest });
            }
        }
    }
    if string.allowed_vendors.is_some() {
        findings.push(Finding::AllowedVendorsObsolete);
    }
    let unknown = string.unknown_segments.iter();
    findings.extend(unknown.map(|&kind| Finding::SegmentUnknown { kind }));
}

fn times(string: &TcString, now: Timestamp, findings: &mut Vec<Finding>) {
    let (created, updated) = (string.core.created, string.core.last_updated);
    let latest = created.max(updated).timestamp();
    if latest.ms_since(now) > AHEAD_DAYS_MAX * DAY_MS {
        findings.push(Finding::FromTheFuture);
    }
    if now.ms_since(updated.timestamp()) > AGE_DAYS_MAX * DAY_MS {
        findings.push(Finding::TooOld);
    }
    match updated.cmp(&created) {
        std::cmp::Ordering::Less => findings.push(Finding::UpdatedBeforeCreated),
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Greater => findings.push(Finding::UpdatedLater),
    }
    if !(created.is_start_of_day() && updated.is_start_of_day()) {
        findings.push(Finding::NotDayPrecise);
    }
}

fn purposes(string: &TcString, findings: &mut Vec<Finding>) {
    let core = &string.core;
    let (mut consent, mut li) = (core.purposes_consent, core.purposes_li_transparency);
    if let Some(publisher) = &string.publisher {
        consent = consent.or(publisher.purposes_consent);
        li = li.or(publisher.purposes_li_transparency);
    }
    let forbidden = li.and(CONSENT_ONLY);
    let forbidden = ids(forbidden, |purpose| Finding::LegitimateInterestForbidden { purpose });
    findings.extend(forbidden);
    let unknown = consent.or(li).without(PURPOSES);
    findings.extend(ids(unknown, |purpose| Finding::PurposeUnknown { purpose }));
    let unknown = core.special_feature_opt_ins.without(SPECIAL_FEATURES);
    findings.extend(ids(unknown, |feature| Finding::SpecialFeatureUnknown { feature }));
}

fn restrictions(string: &TcString, findings: &mut Vec<Finding>) {
    for (purpose, kind, _) in string.core.restrictions.iter() {
        if !PURPOSES.contains(purpose) {
            findings.push(Finding::RestrictionPurposeUnknown { purpose });
        }
        match kind {
            RestrictionKind::Undefined => {
                findings.push(Finding::RestrictionUndefined { purpose });
            }
            RestrictionKind::RequireLegitimateInterest if CONSENT_ONLY.contains(purpose) => {
                findings.push(Finding::RestrictionLegitimateInterestForbidden { purpose });
            }
            RestrictionKind::NotAllowed
            | RestrictionKind::RequireConsent
            | RestrictionKind::RequireLegitimateInterest => {}
        }
    }
}

fn ids<const WIDTH_BITS: u32>(
    set: IdSet<WIDTH_BITS>,
    finding: impl Fn(u8) -> Finding,
) -> impl Iterator<Item = Finding> {
    set.iter().map(finding)
}

#[cfg(test)]
mod tests;
