//! How the US sections are laid out: one table instead of twenty-one copies.
//!
//! Every core sub-section is a version of 6 bits and then values of 2 bits each; the table names
//! them in their order with how many values each holds (GPP, the specifications of the sections).

use crate::gpp::section::SectionId;

/// A field of a US section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UsField {
    /// `SharingNotice`.
    SharingNotice,
    /// `ProcessingNotice`.
    ProcessingNotice,
    /// `SaleOptOutNotice`.
    SaleOptOutNotice,
    /// `SharingOptOutNotice`.
    SharingOptOutNotice,
    /// `TargetedAdvertisingOptOutNotice`.
    TargetedAdvertisingOptOutNotice,
    /// `SensitiveDataProcessingOptOutNotice`; Iowa calls it `SensitiveDataOptOutNotice`.
    SensitiveDataProcessingOptOutNotice,
    /// `SensitiveDataLimitUseNotice`.
    SensitiveDataLimitUseNotice,
    /// `SaleOptOut`.
    SaleOptOut,
    /// `SharingOptOut`.
    SharingOptOut,
    /// `TargetedAdvertisingOptOut`.
    TargetedAdvertisingOptOut,
    /// `SensitiveDataProcessing`, one value per category.
    SensitiveDataProcessing,
    /// `KnownChildSensitiveDataConsents`, one value per age group.
    KnownChildSensitiveDataConsents,
    /// `PersonalDataConsents`.
    PersonalDataConsents,
    /// `AdditionalDataProcessingConsent`.
    AdditionalDataProcessingConsent,
    /// `MspaCoveredTransaction`.
    MspaCoveredTransaction,
    /// `MspaOptOutOptionMode`.
    MspaOptOutOptionMode,
    /// `MspaServiceProviderMode`.
    MspaServiceProviderMode,
    /// `MspaMode`: both modes in one value.
    MspaMode,
}

impl UsField {
    /// Every field.
    pub const ALL: [Self; 18] = [
        Self::SharingNotice,
        Self::ProcessingNotice,
        Self::SaleOptOutNotice,
        Self::SharingOptOutNotice,
        Self::TargetedAdvertisingOptOutNotice,
        Self::SensitiveDataProcessingOptOutNotice,
        Self::SensitiveDataLimitUseNotice,
        Self::SaleOptOut,
        Self::SharingOptOut,
        Self::TargetedAdvertisingOptOut,
        Self::SensitiveDataProcessing,
        Self::KnownChildSensitiveDataConsents,
        Self::PersonalDataConsents,
        Self::AdditionalDataProcessingConsent,
        Self::MspaCoveredTransaction,
        Self::MspaOptOutOptionMode,
        Self::MspaServiceProviderMode,
        Self::MspaMode,
    ];

    /// The field's name in the specification.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SharingNotice => "SharingNotice",
            Self::ProcessingNotice => "ProcessingNotice",
            Self::SaleOptOutNotice => "SaleOptOutNotice",
            Self::SharingOptOutNotice => "SharingOptOutNotice",
            Self::TargetedAdvertisingOptOutNotice => "TargetedAdvertisingOptOutNotice",
            Self::SensitiveDataProcessingOptOutNotice => "SensitiveDataProcessingOptOutNotice",
            Self::SensitiveDataLimitUseNotice => "SensitiveDataLimitUseNotice",
            Self::SaleOptOut => "SaleOptOut",
            Self::SharingOptOut => "SharingOptOut",
            Self::TargetedAdvertisingOptOut => "TargetedAdvertisingOptOut",
            Self::SensitiveDataProcessing => "SensitiveDataProcessing",
            Self::KnownChildSensitiveDataConsents => "KnownChildSensitiveDataConsents",
            Self::PersonalDataConsents => "PersonalDataConsents",
            Self::AdditionalDataProcessingConsent => "AdditionalDataProcessingConsent",
            Self::MspaCoveredTransaction => "MspaCoveredTransaction",
            Self::MspaOptOutOptionMode => "MspaOptOutOptionMode",
            Self::MspaServiceProviderMode => "MspaServiceProviderMode",
            Self::MspaMode => "MspaMode",
        }
    }
}

/// What may follow the core, behind a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// Nothing.
    None,
    /// The GPC sub-section: type 1 in 2 bits, then one bit.
    Gpc,
    /// The sensitive data consents: [`SENSITIVE_CONSENTS`] values of 2 bits.
    SensitiveConsents,
}

/// The values of the sub-section of sensitive data consents.
pub const SENSITIVE_CONSENTS: usize = 8;

/// The fields of one section in their order, each with how many values it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The section.
    pub id: SectionId,
    /// The version that a new section carries, and the highest that is read.
    pub version: u8,
    /// Whether the first field is the version of the agreement (`MspaVersion`), not that of the
    /// section: then every version is read.
    pub is_mspa_version: bool,
    /// The fields behind the version.
    pub core: &'static [(UsField, usize)],
    /// What may follow the core.
    pub extra: Extra,
}

/// Sections whose specification gives `AdditionalDataProcessingConsent` the other way round: 1 is
/// consent there and 2 is none.
pub const REVERSED_ADDITIONAL: [SectionId; 2] = [SectionId::UsFl, SectionId::UsMt];

impl Layout {
    /// How many values of 2 bits the core holds.
    pub fn core_values(&self) -> usize {
        self.core.iter().map(|(_, count)| count).sum()
    }

    /// How many values the core and its sensitive data consents hold.
    pub fn values(&self) -> usize {
        let extra = if self.extra == Extra::SensitiveConsents { SENSITIVE_CONSENTS } else { 0 };
        self.core_values() + extra
    }
}

/// US national of version 1: 12 categories of sensitive data and 2 age groups.
pub static USNAT_V1: Layout = us(SectionId::UsNat, USNAT_V1_CORE, Extra::Gpc);

/// The layout of a section's newest version; `None` for sections that are no US section.
pub fn layout(id: SectionId) -> Option<&'static Layout> {
    LAYOUTS.iter().find(|layout| layout.id == id)
}

/// Every layout, by number.
pub static LAYOUTS: [Layout; 21] = [
    Layout {
        id: SectionId::UsNat,
        version: 2,
        is_mspa_version: false,
        core: USNAT_V2_CORE,
        extra: Extra::Gpc,
    },
    us(SectionId::UsCa, USCA_CORE, Extra::Gpc),
    us(SectionId::UsVa, USVA_CORE, Extra::None),
    us(SectionId::UsCo, USCO_CORE, Extra::Gpc),
    us(SectionId::UsUt, USUT_CORE, Extra::None),
    us(SectionId::UsCt, USCT_CORE, Extra::Gpc),
    us(SectionId::UsFl, &processing(8, 3), Extra::None),
    us(SectionId::UsMt, USMT_CORE, Extra::Gpc),
    us(SectionId::UsOr, &processing(11, 3), Extra::Gpc),
    us(SectionId::UsTx, &processing(8, 1), Extra::Gpc),
    us(SectionId::UsDe, &processing(9, 5), Extra::Gpc),
    us(SectionId::UsIa, USIA_CORE, Extra::Gpc),
    us(SectionId::UsNe, &processing(8, 1), Extra::Gpc),
    us(SectionId::UsNh, &processing(8, 3), Extra::Gpc),
    us(SectionId::UsNj, &processing(10, 5), Extra::Gpc),
    us(SectionId::UsTn, &processing(8, 1), Extra::Gpc),
    us(SectionId::UsMn, &processing(8, 1), Extra::Gpc),
    mspa(SectionId::UsMd, USMD_CORE, Extra::Gpc),
    mspa(SectionId::UsIn, MSPA_CORE, Extra::SensitiveConsents),
    mspa(SectionId::UsKy, MSPA_CORE, Extra::SensitiveConsents),
    mspa(SectionId::UsRi, MSPA_CORE, Extra::SensitiveConsents),
];

const fn us(id: SectionId, core: &'static [(UsField, usize)], extra: Extra) -> Layout {
    Layout { id, version: 1, is_mspa_version: false, core, extra }
}

const fn mspa(id: SectionId, core: &'static [(UsField, usize)], extra: Extra) -> Layout {
    Layout { id, version: 1, is_mspa_version: true, core, extra }
}

/// The layout that most states of 2023 and later share; they differ in two lengths.
const fn processing(sensitive: usize, children: usize) -> [(UsField, usize); 11] {
    [
        (UsField::ProcessingNotice, 1),
        (UsField::SaleOptOutNotice, 1),
        (UsField::TargetedAdvertisingOptOutNotice, 1),
        (UsField::SaleOptOut, 1),
        (UsField::TargetedAdvertisingOptOut, 1),
        (UsField::SensitiveDataProcessing, sensitive),
        (UsField::KnownChildSensitiveDataConsents, children),
        (UsField::AdditionalDataProcessingConsent, 1),
        (UsField::MspaCoveredTransaction, 1),
        (UsField::MspaOptOutOptionMode, 1),
        (UsField::MspaServiceProviderMode, 1),
    ]
}

const USNAT_V1_CORE: &[(UsField, usize)] = &national(12, 2);
const USNAT_V2_CORE: &[(UsField, usize)] = &national(16, 3);

const fn national(sensitive: usize, children: usize) -> [(UsField, usize); 15] {
    [
        (UsField::SharingNotice, 1),
        (UsField::SaleOptOutNotice, 1),
        (UsField::SharingOptOutNotice, 1),
        (UsField::TargetedAdvertisingOptOutNotice, 1),
        (UsField::SensitiveDataProcessingOptOutNotice, 1),
        (UsField::SensitiveDataLimitUseNotice, 1),
        (UsField::SaleOptOut, 1),
        (UsField::SharingOptOut, 1),
        (UsField::TargetedAdvertisingOptOut, 1),
        (UsField::SensitiveDataProcessing, sensitive),
        (UsField::KnownChildSensitiveDataConsents, children),
        (UsField::PersonalDataConsents, 1),
        (UsField::MspaCoveredTransaction, 1),
        (UsField::MspaOptOutOptionMode, 1),
        (UsField::MspaServiceProviderMode, 1),
    ]
}

const USCA_CORE: &[(UsField, usize)] = &[
    (UsField::SaleOptOutNotice, 1),
    (UsField::SharingOptOutNotice, 1),
    (UsField::SensitiveDataLimitUseNotice, 1),
    (UsField::SaleOptOut, 1),
    (UsField::SharingOptOut, 1),
    (UsField::SensitiveDataProcessing, 9),
    (UsField::KnownChildSensitiveDataConsents, 2),
    (UsField::PersonalDataConsents, 1),
    (UsField::MspaCoveredTransaction, 1),
    (UsField::MspaOptOutOptionMode, 1),
    (UsField::MspaServiceProviderMode, 1),
];

const USVA_CORE: &[(UsField, usize)] = &sharing(8, 1);
const USCO_CORE: &[(UsField, usize)] = &sharing(7, 1);
const USCT_CORE: &[(UsField, usize)] = &sharing(8, 3);

/// The layout of the states of 2022; they differ in two lengths.
const fn sharing(sensitive: usize, children: usize) -> [(UsField, usize); 10] {
    [
        (UsField::SharingNotice, 1),
        (UsField::SaleOptOutNotice, 1),
        (UsField::TargetedAdvertisingOptOutNotice, 1),
        (UsField::SaleOptOut, 1),
        (UsField::TargetedAdvertisingOptOut, 1),
        (UsField::SensitiveDataProcessing, sensitive),
        (UsField::KnownChildSensitiveDataConsents, children),
        (UsField::MspaCoveredTransaction, 1),
        (UsField::MspaOptOutOptionMode, 1),
        (UsField::MspaServiceProviderMode, 1),
    ]
}

const USUT_CORE: &[(UsField, usize)] = &opt_out(UsField::SharingNotice);
const USIA_CORE: &[(UsField, usize)] = &opt_out(UsField::ProcessingNotice);

/// Utah and Iowa let people opt out of sensitive data too, so they must be told.
const fn opt_out(first: UsField) -> [(UsField, usize); 11] {
    [
        (first, 1),
        (UsField::SaleOptOutNotice, 1),
        (UsField::TargetedAdvertisingOptOutNotice, 1),
        (UsField::SensitiveDataProcessingOptOutNotice, 1),
        (UsField::SaleOptOut, 1),
        (UsField::TargetedAdvertisingOptOut, 1),
        (UsField::SensitiveDataProcessing, 8),
        (UsField::KnownChildSensitiveDataConsents, 1),
        (UsField::MspaCoveredTransaction, 1),
        (UsField::MspaOptOutOptionMode, 1),
        (UsField::MspaServiceProviderMode, 1),
    ]
}

const USMT_CORE: &[(UsField, usize)] = &[
    (UsField::SharingNotice, 1),
    (UsField::SaleOptOutNotice, 1),
    (UsField::TargetedAdvertisingOptOutNotice, 1),
    (UsField::SaleOptOut, 1),
    (UsField::TargetedAdvertisingOptOut, 1),
    (UsField::SensitiveDataProcessing, 8),
    (UsField::KnownChildSensitiveDataConsents, 3),
    (UsField::AdditionalDataProcessingConsent, 1),
    (UsField::MspaCoveredTransaction, 1),
    (UsField::MspaOptOutOptionMode, 1),
    (UsField::MspaServiceProviderMode, 1),
];

const USMD_CORE: &[(UsField, usize)] = &[
    (UsField::MspaCoveredTransaction, 1),
    (UsField::MspaMode, 1),
    (UsField::ProcessingNotice, 1),
    (UsField::SaleOptOutNotice, 1),
    (UsField::TargetedAdvertisingOptOutNotice, 1),
    (UsField::SaleOptOut, 1),
    (UsField::TargetedAdvertisingOptOut, 1),
    (UsField::AdditionalDataProcessingConsent, 1),
];

/// Indiana, Kentucky and Rhode Island.
const MSPA_CORE: &[(UsField, usize)] = &[
    (UsField::MspaCoveredTransaction, 1),
    (UsField::MspaMode, 1),
    (UsField::ProcessingNotice, 1),
    (UsField::SaleOptOutNotice, 1),
    (UsField::TargetedAdvertisingOptOutNotice, 1),
    (UsField::SaleOptOut, 1),
    (UsField::TargetedAdvertisingOptOut, 1),
    (UsField::KnownChildSensitiveDataConsents, 1),
    (UsField::AdditionalDataProcessingConsent, 1),
];

#[cfg(test)]
mod tests;
