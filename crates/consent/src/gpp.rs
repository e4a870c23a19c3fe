//! Strings of the Global Privacy Platform (IAB GPP, consent string specification, version 1).
//!
//! The one path: text becomes a [`Gpp`], a list of [`Section`]s in the order of their numbers;
//! [`Gpp::encode`] writes it again. Sections that no specification names are kept as they are.
//!
//! What this room must never do: guess. A string that cannot be read is an error that names
//! section, field and bit; the caller counts it as a no.

pub mod canada;
pub mod error;
pub mod ids;
pub mod layout;
pub mod section;
pub mod us;

use crate::bits::{Bits, Equals, Pad, Writer};
use crate::us_privacy::UsPrivacy;
use canada::TcfCa;
use error::{GppError, Why};
use section::{Section, SectionId};
use us::UsSection;

/// Longest string that is read, in bytes.
pub const TEXT_BYTES_MAX: usize = 32 * 1024;
/// Most sections of a string.
pub const SECTIONS_MAX: usize = 64;

const HEADER: &str = "header";
const TYPE: u64 = 3;
const VERSION: u64 = 1;
const WORD_BITS: u32 = 6;

/// A GPP string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gpp {
    sections: Vec<Section>,
}

impl Gpp {
    /// A string of these sections.
    ///
    /// # Errors
    /// [`Why::Order`] unless they stand in the order of their numbers, each once and none 0;
    /// [`Why::TooManySections`]; [`Why::Text`] for a section kept as text that another reader
    /// would cut in two or take for none.
    pub fn new(sections: Vec<Section>) -> Result<Self, GppError> {
        if sections.len() > SECTIONS_MAX {
            return Err(header(0, Why::TooManySections));
        }
        let numbers = || sections.iter().map(Section::number);
        let ascends = numbers().zip(numbers().skip(1)).all(|(one, next)| one < next);
        if !ascends || numbers().next() == Some(0) {
            return Err(header(0, Why::Order));
        }
        for section in &sections {
            if let Section::TcfEu(text) | Section::Unknown { text, .. } = section {
                check_text(section.name(), text)?;
            }
        }
        Ok(Self { sections })
    }

    /// Reads a string. Both paddings are read, and `=` at the end of a part.
    ///
    /// # Errors
    /// [`GppError`].
    pub fn decode(text: &str) -> Result<Self, GppError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(header(0, Why::TooLong { bytes: text.len() }));
        }
        let mut parts = text.split('~');
        let numbers = read_header(parts.next().unwrap_or_default())?;
        let found = parts.clone().count();
        if found != numbers.len() {
            return Err(header(24, Why::Sections { listed: numbers.len(), found }));
        }
        let sections = numbers.into_iter().zip(parts).map(|(number, text)| read(number, text));
        Self::new(sections.collect::<Result<_, _>>()?)
    }

    /// Writes the string with the padding of the specification.
    ///
    /// # Errors
    /// [`GppError`] for a number of TCF Canada that its field cannot hold.
    pub fn encode(&self) -> Result<String, GppError> {
        self.encode_with(Pad::Sextet)
    }

    /// Writes the string with a padding of one's choice; the reference encoders use
    /// [`Pad::Byte`].
    ///
    /// # Errors
    /// [`GppError`] for a number of TCF Canada that its field cannot hold.
    pub fn encode_with(&self, pad: Pad) -> Result<String, GppError> {
        let mut text = self.write_header()?.base64url(pad);
        for section in &self.sections {
            text.push('~');
            match section {
                Section::TcfEu(kept) | Section::Unknown { text: kept, .. } => text.push_str(kept),
                Section::TcfCa(section) => text.push_str(&section.encode(pad)?),
                Section::UsPrivacy(section) => text.push_str(&section.encode()),
                Section::Us(section) => text.push_str(&section.encode(pad)),
            }
        }
        Ok(text)
    }

    /// The sections, in the order of their numbers.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The US sections, the national one and those of the states.
    pub fn us(&self) -> impl Iterator<Item = &UsSection> {
        self.sections.iter().filter_map(|section| match section {
            Section::Us(section) => Some(section),
            Section::TcfEu(_)
            | Section::TcfCa(_)
            | Section::UsPrivacy(_)
            | Section::Unknown { .. } => None,
        })
    }

    fn write_header(&self) -> Result<Writer, GppError> {
        let mut writer = Writer::new();
        let numbers: Vec<u16> = self.sections.iter().map(Section::number).collect();
        let written = [TYPE, VERSION].into_iter().try_for_each(|word| writer.int(word, WORD_BITS));
        written.map_err(|why| header(0, Why::Bits(why)))?;
        let groups = numbers.chunk_by(|one, next| one.checked_add(1) == Some(*next));
        let ends = groups.map(|group| (group.first(), group.last()));
        let ranges = ends.filter_map(|(first, last)| Some((*first?, *last?)));
        ids::write_ranges(&mut writer, ranges).map_err(|why| header(12, why))?;
        Ok(writer)
    }
}

/// The numbers of the sections that a header lists.
fn read_header(text: &str) -> Result<Vec<u16>, GppError> {
    let bits = Bits::decode(text.as_bytes(), Equals::Allowed);
    let bits = bits.map_err(|why| header(0, Why::Bits(why)))?;
    let mut reader = bits.reader();
    let found = reader.int(WORD_BITS).map_err(|why| header(0, Why::Bits(why)))?;
    if found != TYPE {
        return Err(GppError::new(HEADER, "Type", 0, Why::Type { found }));
    }
    let found = reader.int(WORD_BITS).map_err(|why| header(6, Why::Bits(why)))?;
    if found != VERSION {
        return Err(GppError::new(HEADER, "Version", 6, Why::Version { found }));
    }
    let mut numbers = Vec::new();
    let read = ids::read_ranges(&mut reader, |first, last| {
        if usize::from(last - first) >= SECTIONS_MAX - numbers.len() {
            return Err(Why::TooManySections);
        }
        numbers.extend(first..=last);
        Ok(())
    });
    read.map_err(|why| header(12, why))?;
    if !reader.rest_is_zero() {
        return Err(header(reader.at(), Why::Trailing));
    }
    Ok(numbers)
}

fn read(number: u16, text: &str) -> Result<Section, GppError> {
    match SectionId::from_number(number) {
        None => Ok(Section::Unknown { number, text: text.to_owned() }),
        Some(SectionId::TcfEu) => Ok(Section::TcfEu(text.to_owned())),
        Some(SectionId::TcfCa) => Ok(Section::TcfCa(Box::new(TcfCa::decode(text)?))),
        Some(id @ SectionId::UsPrivacy) => {
            let read = UsPrivacy::decode(text);
            let wrong = |why| GppError::new(id.as_str(), "String", 0, Why::UsPrivacy(why));
            Ok(Section::UsPrivacy(read.map_err(wrong)?))
        }
        Some(id) => Ok(Section::Us(UsSection::decode(id, text)?)),
    }
}

/// Text between two tildes, of the characters that a URL carries as they are.
fn check_text(section: &'static str, text: &str) -> Result<(), GppError> {
    let is_safe = |c: u8| c.is_ascii_alphanumeric() || b"-._=".contains(&c);
    if text.is_empty() || !text.bytes().all(is_safe) {
        return Err(GppError::new(section, "String", 0, Why::Text));
    }
    Ok(())
}

const fn header(at_bit: usize, why: Why) -> GppError {
    GppError::new(HEADER, "Sections", at_bit, why)
}

#[cfg(test)]
mod tests;
