//! Dated law packs: what a missing choice means where, since when, and by which article.
//!
//! A pack is data with a source, and [`NOT_LEGAL_ADVICE`]. Unknown places get the strictest one.

use domain::time::Day;
use personal::gate::{Law, Regime};

/// The sentence that stands beside every pack.
pub const NOT_LEGAL_ADVICE: &str =
    "A law pack is a dated reading of public sources by engineers. It is not legal advice.";

/// One dated reading of the law of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LawPack {
    /// Name of the pack as evidence records it.
    pub id: &'static str,
    /// The place in plain words.
    pub place: &'static str,
    /// The first day on which it counts.
    pub valid_from: Day,
    /// What the gate takes.
    pub law: Law,
    /// The articles that it reads.
    pub source: &'static str,
}

const OPT_IN: Law =
    Law { regime: Regime::OptIn, choice_outranks_signal: true, child_directed: false };
const OPT_OUT: Law =
    Law { regime: Regime::OptOut, choice_outranks_signal: true, child_directed: false };

/// What counts where nothing is known: opt-in, and signals always win.
pub const STRICTEST: LawPack = LawPack {
    id: "strictest-1",
    place: "anywhere else",
    valid_from: Day::from_number(0),
    law: Law::STRICTEST,
    source: "the most protective reading of all packs",
};

const EU: LawPack = LawPack {
    id: "eu-2018-05-25",
    place: "European Union and European Economic Area",
    valid_from: day(2018, 5, 25),
    law: OPT_IN,
    source: "Regulation (EU) 2016/679 Art. 4(11), 6(1)(a) and 7; Directive 2002/58/EC Art. 5(3)",
};
const UK: LawPack = LawPack {
    id: "uk-2021-01-01",
    place: "United Kingdom",
    valid_from: day(2021, 1, 1),
    law: OPT_IN,
    source: "UK GDPR Art. 6(1)(a) and 7; PECR 2003 reg. 6",
};
const SWITZERLAND: LawPack = LawPack {
    id: "ch-2023-09-01",
    place: "Switzerland",
    valid_from: day(2023, 9, 1),
    law: OPT_IN,
    source: "FADP (SR 235.1) Art. 6(6) and 30; TCA (SR 784.10) Art. 45c; read as opt-in",
};
const BRAZIL: LawPack = LawPack {
    id: "br-2020-09-18",
    place: "Brazil",
    valid_from: day(2020, 9, 18),
    law: OPT_IN,
    source: "Lei 13.709/2018 (LGPD) Art. 7 I and 8",
};
const CALIFORNIA: LawPack = LawPack {
    id: "us-ca-2023-01-01",
    place: "California",
    valid_from: day(2023, 1, 1),
    law: OPT_OUT,
    source: "Cal. Civ. Code 1798.120 and 1798.135; 11 CCR 7025 (opt-out preference signals)",
};
const UNITED_STATES: LawPack = LawPack {
    id: "us-2023-07-01",
    place: "United States, other states",
    valid_from: day(2023, 7, 1),
    law: OPT_OUT,
    source: "Colo. Rev. Stat. 6-1-1306(1)(a), read for every state so that GPC counts everywhere",
};

/// Every pack, for the documentation and the notice.
pub const PACKS: [LawPack; 7] = [EU, UK, SWITZERLAND, BRAZIL, CALIFORNIA, UNITED_STATES, STRICTEST];

/// Members of the European Union and the European Economic Area, ISO 3166-1 alpha-2, and the
/// two words `EU` and `EEA`.
const EU_AND_EEA: [&str; 32] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EEA", "ES", "EU", "FI", "FR", "GR", "HR",
    "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI",
    "SK",
];

/// The pack for a jurisdiction (ISO 3166-1 alpha-2 such as `DE`, or ISO 3166-2 such as `US-CA`)
/// on a day. Case does not matter; before its first day a pack does not count.
///
/// # Privacy
/// What is not known is [`STRICTEST`].
pub fn law_for(jurisdiction: Option<&str>, day: Day) -> &'static LawPack {
    static ORDER: [LawPack; 7] = PACKS;
    let strictest = ORDER.last().unwrap_or(&STRICTEST);
    let Some(jurisdiction) = jurisdiction else { return strictest };
    let place = jurisdiction.trim().to_ascii_uppercase();
    let (country, _) = place.split_once('-').unwrap_or((&place, ""));
    let id = match (country, place.as_str()) {
        (_, "US-CA") => CALIFORNIA.id,
        ("US", _) => UNITED_STATES.id,
        ("GB" | "UK", _) if day >= UK.valid_from => UK.id,
        // Until the end of 2020 the law of the Union counted there.
        ("GB" | "UK", _) => EU.id,
        ("CH", _) => SWITZERLAND.id,
        ("BR", _) => BRAZIL.id,
        (country, _) if EU_AND_EEA.contains(&country) => EU.id,
        _ => STRICTEST.id,
    };
    ORDER.iter().find(|pack| pack.id == id && day >= pack.valid_from).unwrap_or(strictest)
}

/// The day of a date of the Gregorian calendar (days from civil, H. Hinnant).
const fn day(year: u32, month: u32, of_month: u32) -> Day {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = (153 * month + 2) / 5 + of_month - 1;
    Day::from_number(year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468)
}

#[cfg(test)]
mod tests;
