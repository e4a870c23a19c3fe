//! Lists of names, of places and of words that are neither.
//!
//! `words/SOURCES.md` says where each list comes from and under which license. A word is found by
//! a hash of its small letters.

use std::hash::Hasher as _;

use rustc_hash::{FxHashMap, FxHasher};

/// A given name.
pub const GIVEN: u16 = 1;
/// A surname.
pub const SURNAME: u16 = 2;
/// A city.
pub const CITY: u16 = 4;
/// A country or a state.
pub const COUNTRY: u16 = 8;
/// A word of everyday English; as a name it needs more than itself.
pub const COMMON: u16 = 16;
/// The first word of a place of several words.
pub const BEGINS: u16 = 32;
/// A nationality, religion or political group.
pub const GROUP: u16 = 64;
/// A form of address.
pub const TITLE: u16 = 128;
/// What a company is called at its end: `Ltd`, `GmbH`.
pub const COMPANY: u16 = 256;
/// A kind of street that stands behind its name: `Road`.
pub const STREET: u16 = 512;
/// A kind of street that stands before its name: `Rue`.
pub const STREET_FIRST: u16 = 1024;
/// A particle inside of names: `van`, `de`.
pub const PARTICLE: u16 = 2048;
/// A day of the week or a month.
pub const CALENDAR: u16 = 4096;
/// A part of a building: `Apt`, `Suite`.
pub const UNIT: u16 = 8192;
/// What somebody does for a living.
pub const OCCUPATION: u16 = 16384;

/// Longest word that is looked up, in bytes.
const WORD_BYTES_MAX: usize = 48;

const LISTS: &[(u16, &str)] = &[
    (GIVEN, include_str!("../words/given.txt")),
    (SURNAME, include_str!("../words/surnames.txt")),
    (CITY, include_str!("../words/cities.txt")),
    (COUNTRY, include_str!("../words/countries.txt")),
    (COMMON, include_str!("../words/everyday.txt")),
    (GROUP, include_str!("../words/groups.txt")),
    (TITLE, include_str!("../words/titles.txt")),
    (COMPANY, include_str!("../words/companies.txt")),
    (STREET, include_str!("../words/streets.txt")),
    (STREET_FIRST, include_str!("../words/streets_first.txt")),
    (PARTICLE, include_str!("../words/particles.txt")),
    (CALENDAR, include_str!("../words/calendar.txt")),
    (UNIT, include_str!("../words/units.txt")),
    (OCCUPATION, include_str!("../words/occupations.txt")),
];

/// The lists, ready to be asked.
pub struct Gazetteer {
    bits: FxHashMap<u64, u16>,
}

impl std::fmt::Debug for Gazetteer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gazetteer({} entries)", self.bits.len())
    }
}

impl Gazetteer {
    /// Reads the lists.
    pub fn new() -> Self {
        let mut bits: FxHashMap<u64, u16> = FxHashMap::default();
        for (bit, list) in LISTS {
            for line in list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
                *bits.entry(hash(line)).or_insert(0) |= bit;
                if let Some((first, _)) = line.split_once([' ', '-', '\'']) {
                    *bits.entry(hash(first)).or_insert(0) |= BEGINS;
                }
            }
        }
        Self { bits }
    }

    /// What is known of a word or a phrase with single spaces; capitals do not matter.
    pub fn of(&self, text: &str) -> u16 {
        if text.len() > WORD_BYTES_MAX {
            return 0;
        }
        self.bits.get(&hash(text)).copied().unwrap_or(0)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.bits.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }
}

impl Default for Gazetteer {
    fn default() -> Self {
        Self::new()
    }
}

/// A hash of a text in small letters; newlines and runs of blanks are not expected.
pub fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    if text.is_ascii() {
        let mut small = [0_u8; WORD_BYTES_MAX];
        let len = text.len().min(WORD_BYTES_MAX);
        for (place, byte) in small.iter_mut().zip(text.bytes()) {
            *place = byte.to_ascii_lowercase();
        }
        hasher.write(small.get(..len).unwrap_or_default());
    } else {
        hasher.write(text.to_lowercase().as_bytes());
    }
    hasher.finish()
}

#[cfg(test)]
mod tests;
