//! What a string lets one party do: a vendor of the Global Vendor List, or the publisher itself.
//!
//! For a vendor, restrictions come before every other signal (TC string format, Publisher
//! Restrictions; TCF Policies for vendors): they choose the legal basis or forbid. Then the
//! person's choice for the purpose and for the vendor must both be there, and the vendor must
//! have been shown.

use super::TcString;
use super::error::Segment;
use super::restrictions::RestrictionKind;
use super::sets::{PurposeSet, SpecialFeatureSet, VendorId};
use super::validate::{CONSENT_ONLY, Finding, PURPOSES, Rules, SPECIAL_FEATURES, invalid};

/// The two legal bases of the framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// The person said yes.
    Consent,
    /// The person was told and did not object.
    LegitimateInterest,
}

/// What a vendor registered in the Global Vendor List (there: `purposes`, `legIntPurposes`,
/// `flexiblePurposes`, `specialFeatures`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VendorDeclaration {
    vendor: VendorId,
    consent: PurposeSet,
    legitimate_interest: PurposeSet,
    flexible: PurposeSet,
    special_features: SpecialFeatureSet,
}

/// Why a declaration cannot be one of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeclarationError {
    /// A purpose with both legal bases.
    #[error("purpose {0} is declared with both legal bases")]
    Both(u8),
    /// A purpose that the policies do not have.
    #[error("no purpose has the number {0}")]
    PurposeUnknown(u8),
    /// A special feature that the policies do not have.
    #[error("no special feature has the number {0}")]
    SpecialFeatureUnknown(u8),
    /// A purpose by legitimate interest that needs consent.
    #[error("purpose {0} cannot rest on legitimate interest")]
    LegitimateInterestForbidden(u8),
    /// A flexible purpose that is not declared.
    #[error("purpose {0} is flexible but not declared")]
    FlexibleUndeclared(u8),
    /// A flexible purpose that has only one possible legal basis.
    #[error("purpose {0} cannot be flexible")]
    FlexibleForbidden(u8),
}

impl VendorDeclaration {
    /// A vendor without any purpose.
    pub const fn new(vendor: VendorId) -> Self {
        Self {
            vendor,
            consent: PurposeSet::EMPTY,
            legitimate_interest: PurposeSet::EMPTY,
            flexible: PurposeSet::EMPTY,
            special_features: SpecialFeatureSet::EMPTY,
        }
    }

    /// The declaration with these purposes.
    ///
    /// # Errors
    /// [`DeclarationError`].
    pub fn with_purposes(
        self,
        consent: PurposeSet,
        legitimate_interest: PurposeSet,
        flexible: PurposeSet,
    ) -> Result<Self, DeclarationError> {
        let declared = consent.or(legitimate_interest);
        type Error = fn(u8) -> DeclarationError;
        let rules: [(PurposeSet, Error); 5] = [
            (declared.without(PURPOSES), DeclarationError::PurposeUnknown),
            (consent.and(legitimate_interest), DeclarationError::Both),
            (legitimate_interest.and(CONSENT_ONLY), DeclarationError::LegitimateInterestForbidden),
            (flexible.without(declared), DeclarationError::FlexibleUndeclared),
            (flexible.and(CONSENT_ONLY), DeclarationError::FlexibleForbidden),
        ];
        for (wrong, error) in rules {
            if let Some(purpose) = wrong.iter().next() {
                return Err(error(purpose));
            }
        }
        Ok(Self { consent, legitimate_interest, flexible, ..self })
    }

    /// The declaration with these special features.
    ///
    /// # Errors
    /// [`DeclarationError::SpecialFeatureUnknown`].
    pub fn with_special_features(
        self,
        special_features: SpecialFeatureSet,
    ) -> Result<Self, DeclarationError> {
        match special_features.without(SPECIAL_FEATURES).iter().next() {
            Some(feature) => Err(DeclarationError::SpecialFeatureUnknown(feature)),
            None => Ok(Self { special_features, ..self }),
        }
    }

    /// The vendor.
    pub const fn vendor(&self) -> VendorId {
        self.vendor
    }

    /// The purposes, whatever their basis.
    pub const fn purposes(&self) -> PurposeSet {
        self.consent.or(self.legitimate_interest)
    }
}

/// For whom a string is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Party {
    /// A vendor of the Global Vendor List.
    Vendor(VendorDeclaration),
    /// The shop as the publisher of its own pages: its segment counts, and where that is missing
    /// the person's choice for the purpose.
    #[default]
    Publisher,
}

/// Why something may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Denial {
    /// The string has no effect.
    #[error("the string is invalid: {0}")]
    Invalid(Finding),
    /// The party did not register it, or the policies do not have it.
    #[error("it is not declared")]
    NotDeclared,
    /// The publisher forbids it.
    #[error("the publisher forbids it")]
    Restricted,
    /// The publisher asks for a legal basis that the vendor does not offer.
    #[error("the publisher asks for another legal basis, and the declaration is not flexible")]
    NotFlexible,
    /// Restrictions contradict each other or mean nothing.
    #[error("restrictions contradict each other or mean nothing")]
    RestrictionUnclear,
    /// The vendor is not among those that were shown.
    #[error("the vendor was not disclosed")]
    NotDisclosed,
    /// The string does not say who was shown, and legitimate interest needs that.
    #[error("the string has no {}", Segment::DisclosedVendors)]
    DisclosureUnknown,
    /// No consent to the purpose.
    #[error("no consent to the purpose")]
    PurposeConsent,
    /// Purpose 1 was not shown, so nobody could say yes.
    #[error("purpose 1 was not disclosed")]
    PurposeOneNotDisclosed,
    /// No consent to the vendor.
    #[error("no consent to the vendor")]
    VendorConsent,
    /// Not told, or objected to, for the purpose.
    #[error("legitimate interest was not shown or was objected to for the purpose")]
    PurposeLegitimateInterest,
    /// Not told, or objected to, for the vendor.
    #[error("legitimate interest was not shown or was objected to for the vendor")]
    VendorLegitimateInterest,
    /// A purpose that needs consent was to rest on legitimate interest.
    #[error("the purpose cannot rest on legitimate interest")]
    LegitimateInterestForbidden,
    /// No opt-in to the special feature.
    #[error("no opt-in to the special feature")]
    NoOptIn,
}

/// A string, read for one party under the rules of a moment.
#[derive(Clone, Copy, Debug)]
pub struct Enforced<'s> {
    string: &'s TcString,
    party: Party,
    invalid: Option<Finding>,
}

/// Reads a string for a party.
pub fn enforce<'s>(string: &'s TcString, party: &Party, rules: &Rules) -> Enforced<'s> {
    Enforced { string, party: *party, invalid: invalid(string, rules) }
}

impl Enforced<'_> {
    /// Whether a TCF purpose may be used, and on which legal basis.
    ///
    /// # Errors
    /// [`Denial`]: what says no.
    pub fn purpose(&self, purpose: u8) -> Result<Basis, Denial> {
        if let Some(finding) = self.invalid {
            return Err(Denial::Invalid(finding));
        }
        if !PURPOSES.contains(purpose) {
            return Err(Denial::NotDeclared);
        }
        match &self.party {
            Party::Vendor(declaration) => self.vendor_purpose(declaration, purpose),
            Party::Publisher => self.publisher_purpose(purpose),
        }
    }

    /// Whether a special feature (1: precise location, 2: scanning of the device) may be used.
    ///
    /// # Errors
    /// [`Denial`]: what says no.
    pub fn special_feature(&self, feature: u8) -> Result<(), Denial> {
        if let Some(finding) = self.invalid {
            return Err(Denial::Invalid(finding));
        }
        if !SPECIAL_FEATURES.contains(feature) {
            return Err(Denial::NotDeclared);
        }
        if let Party::Vendor(declaration) = &self.party {
            if !declaration.special_features.contains(feature) {
                return Err(Denial::NotDeclared);
            }
            self.disclosed(declaration.vendor, Denial::DisclosureUnknown)?;
        }
        let opted_in = self.string.core.special_feature_opt_ins.contains(feature);
        if opted_in { Ok(()) } else { Err(Denial::NoOptIn) }
    }

    fn vendor_purpose(&self, own: &VendorDeclaration, purpose: u8) -> Result<Basis, Denial> {
        let basis = self.basis(own, purpose)?;
        let core = &self.string.core;
        match basis {
            Basis::Consent => {
                // An old string without the segment: consent to a vendor implies that it was
                // shown.
                self.disclosed_or_old(own.vendor)?;
                self.consented(purpose)?;
                if !core.vendor_consents.contains(own.vendor) {
                    return Err(Denial::VendorConsent);
                }
            }
            Basis::LegitimateInterest => {
                self.disclosed(own.vendor, Denial::DisclosureUnknown)?;
                if CONSENT_ONLY.contains(purpose) {
                    return Err(Denial::LegitimateInterestForbidden);
                }
                if !core.purposes_li_transparency.contains(purpose) {
                    return Err(Denial::PurposeLegitimateInterest);
                }
                if !core.vendor_li.contains(own.vendor) {
                    return Err(Denial::VendorLegitimateInterest);
                }
            }
        }
        Ok(basis)
    }

    /// The declared basis, or the one that the publisher asks for.
    fn basis(&self, own: &VendorDeclaration, purpose: u8) -> Result<Basis, Denial> {
        let declared = if own.consent.contains(purpose) {
            Basis::Consent
        } else if own.legitimate_interest.contains(purpose) {
            Basis::LegitimateInterest
        } else {
            return Err(Denial::NotDeclared);
        };
        let restrictions = &self.string.core.restrictions;
        let holds = |kind| restrictions.holds(purpose, kind, own.vendor);
        if holds(RestrictionKind::NotAllowed) {
            return Err(Denial::Restricted);
        }
        let consent = holds(RestrictionKind::RequireConsent);
        let legitimate_interest = holds(RestrictionKind::RequireLegitimateInterest);
        let asked = match (consent, legitimate_interest) {
            _ if holds(RestrictionKind::Undefined) => return Err(Denial::RestrictionUnclear),
            (true, true) => return Err(Denial::RestrictionUnclear),
            (true, false) => Basis::Consent,
            (false, true) => Basis::LegitimateInterest,
            (false, false) => declared,
        };
        if asked != declared && !own.flexible.contains(purpose) {
            return Err(Denial::NotFlexible);
        }
        Ok(asked)
    }

    fn publisher_purpose(&self, purpose: u8) -> Result<Basis, Denial> {
        let Some(publisher) = &self.string.publisher else {
            self.consented(purpose)?;
            return Ok(Basis::Consent);
        };
        if publisher.purposes_consent.contains(purpose) {
            return Ok(Basis::Consent);
        }
        if !publisher.purposes_li_transparency.contains(purpose) {
            return Err(Denial::PurposeConsent);
        }
        if CONSENT_ONLY.contains(purpose) {
            return Err(Denial::LegitimateInterestForbidden);
        }
        Ok(Basis::LegitimateInterest)
    }

    fn consented(&self, purpose: u8) -> Result<(), Denial> {
        if self.string.core.purposes_consent.contains(purpose) {
            return Ok(());
        }
        let is_hidden = purpose == 1 && self.string.core.purpose_one_treatment;
        Err(if is_hidden { Denial::PurposeOneNotDisclosed } else { Denial::PurposeConsent })
    }

    fn disclosed(&self, vendor: VendorId, unknown: Denial) -> Result<(), Denial> {
        match &self.string.disclosed_vendors {
            None => Err(unknown),
            Some(disclosed) if disclosed.contains(vendor) => Ok(()),
            Some(_) => Err(Denial::NotDisclosed),
        }
    }

    fn disclosed_or_old(&self, vendor: VendorId) -> Result<(), Denial> {
        match self.disclosed(vendor, Denial::DisclosureUnknown) {
            Err(Denial::DisclosureUnknown) => Ok(()),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests;
