//! The sections of the Global Privacy Platform: their numbers and names.

use crate::gpp::canada::TcfCa;
use crate::gpp::us::UsSection;
use crate::us_privacy::UsPrivacy;

/// A section that the specification names (GPP, section information).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u16)]
pub enum SectionId {
    /// TCF of the European Economic Area.
    TcfEu = 2,
    /// TCF of Canada.
    TcfCa = 5,
    /// US privacy string, version 1.
    UsPrivacy = 6,
    /// US national.
    UsNat = 7,
    /// California.
    UsCa = 8,
    /// Virginia.
    UsVa = 9,
    /// Colorado.
    UsCo = 10,
    /// Utah.
    UsUt = 11,
    /// Connecticut.
    UsCt = 12,
    /// Florida.
    UsFl = 13,
    /// Montana.
    UsMt = 14,
    /// Oregon.
    UsOr = 15,
    /// Texas.
    UsTx = 16,
    /// Delaware.
    UsDe = 17,
    /// Iowa.
    UsIa = 18,
    /// Nebraska.
    UsNe = 19,
    /// New Hampshire.
    UsNh = 20,
    /// New Jersey.
    UsNj = 21,
    /// Tennessee.
    UsTn = 22,
    /// Minnesota.
    UsMn = 23,
    /// Maryland.
    UsMd = 24,
    /// Indiana.
    UsIn = 25,
    /// Kentucky.
    UsKy = 26,
    /// Rhode Island.
    UsRi = 27,
}

impl SectionId {
    /// Every section, by number.
    pub const ALL: [Self; 24] = [
        Self::TcfEu,
        Self::TcfCa,
        Self::UsPrivacy,
        Self::UsNat,
        Self::UsCa,
        Self::UsVa,
        Self::UsCo,
        Self::UsUt,
        Self::UsCt,
        Self::UsFl,
        Self::UsMt,
        Self::UsOr,
        Self::UsTx,
        Self::UsDe,
        Self::UsIa,
        Self::UsNe,
        Self::UsNh,
        Self::UsNj,
        Self::UsTn,
        Self::UsMn,
        Self::UsMd,
        Self::UsIn,
        Self::UsKy,
        Self::UsRi,
    ];

    /// The number that a header lists.
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// Finds a section by its number.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|id| id.number() == number)
    }

    /// The name that the client-side interface uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TcfEu => "tcfeuv2",
            Self::TcfCa => "tcfcav1",
            Self::UsPrivacy => "uspv1",
            Self::UsNat => "usnat",
            Self::UsCa => "usca",
            Self::UsVa => "usva",
            Self::UsCo => "usco",
            Self::UsUt => "usut",
            Self::UsCt => "usct",
            Self::UsFl => "usfl",
            Self::UsMt => "usmt",
            Self::UsOr => "usor",
            Self::UsTx => "ustx",
            Self::UsDe => "usde",
            Self::UsIa => "usia",
            Self::UsNe => "usne",
            Self::UsNh => "usnh",
            Self::UsNj => "usnj",
            Self::UsTn => "ustn",
            Self::UsMn => "usmn",
            Self::UsMd => "usmd",
            Self::UsIn => "usin",
            Self::UsKy => "usky",
            Self::UsRi => "usri",
        }
    }
}

/// One section of a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Section {
    /// A TC string, kept as it was written; `crate::tcf` reads it.
    TcfEu(String),
    /// TCF of Canada.
    TcfCa(Box<TcfCa>),
    /// A US privacy string.
    UsPrivacy(UsPrivacy),
    /// US national or one of the states.
    Us(UsSection),
    /// A section that no specification names yet, kept as it was written.
    Unknown {
        /// Its number.
        number: u16,
        /// Its text.
        text: String,
    },
}

impl Section {
    /// The number that a header lists.
    pub fn number(&self) -> u16 {
        match self {
            Self::TcfEu(_) => SectionId::TcfEu.number(),
            Self::TcfCa(_) => SectionId::TcfCa.number(),
            Self::UsPrivacy(_) => SectionId::UsPrivacy.number(),
            Self::Us(section) => section.id().number(),
            Self::Unknown { number, .. } => *number,
        }
    }

    /// The section's name in errors and decisions.
    pub fn name(&self) -> &'static str {
        SectionId::from_number(self.number()).map_or("unknown", SectionId::as_str)
    }
}
