//! Text as recognizers read it: one script of digits, nothing invisible, one kind of dash.
//!
//! Digits of other scripts, full-width forms and typographic dashes become ASCII; characters of no
//! width vanish. Every byte knows where it came from, so that a finding points at the text as it
//! was sent. A text without such characters is borrowed.

use std::borrow::Cow;

/// Text to look at, with the way back.
#[derive(Debug)]
pub struct Plain<'a> {
    text: Cow<'a, str>,
    /// Per byte of the text where its character started and ended; empty when borrowed.
    origin: Vec<(u32, u32)>,
}

/// What happens to a character.
enum Change {
    Stays,
    Vanishes,
    Becomes(char),
}

impl<'a> Plain<'a> {
    /// Makes a text plain.
    pub fn new(text: &'a str) -> Self {
        let changed = !text.is_ascii() && text.chars().any(|c| !matches!(change(c), Change::Stays));
        if !changed {
            return Self { text: Cow::Borrowed(text), origin: Vec::new() };
        }
        let mut plain = String::with_capacity(text.len());
        let mut origin = Vec::with_capacity(text.len());
        for (start, c) in text.char_indices() {
            let c = match change(c) {
                Change::Vanishes => continue,
                Change::Stays => c,
                Change::Becomes(other) => other,
            };
            let end = start + text.get(start..).map_or(1, width);
            let span = (narrow(start), narrow(end));
            plain.push(c);
            origin.resize(plain.len(), span);
        }
        Self { text: Cow::Owned(plain), origin }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where a piece of the plain text stands in the text as it was sent.
    pub fn back(&self, start: usize, end: usize) -> (usize, usize) {
        if self.origin.is_empty() {
            return (start, end);
        }
        let first = self.origin.get(start).map_or(0, |span| span.0);
        let last = self.origin.get(end.saturating_sub(1)).map_or(first, |span| span.1);
        (first as usize, last as usize)
    }
}

fn width(rest: &str) -> usize {
    rest.chars().next().map_or(1, char::len_utf8)
}

/// Texts are shorter than [`crate::scan::TEXT_BYTES_MAX`].
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// First digit of each script whose ten digits stand in a row (Unicode category Nd).
const ZEROS: &[u32] = &[
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
    0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6,
];

fn change(c: char) -> Change {
    if c.is_ascii() {
        return Change::Stays;
    }
    let code = c as u32;
    match code {
        // Soft hyphen, zero-width characters, direction marks, joiners, variation selectors.
        0xAD
        | 0x034F
        | 0x061C
        | 0x180E
        | 0x200B..=0x200F
        | 0x202A..=0x202E
        | 0x2060..=0x2064
        | 0x2066..=0x206F
        | 0xFE00..=0xFE0F
        | 0xFEFF => Change::Vanishes,
        0xA0 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 => Change::Becomes(' '),
        0x2028 | 0x2029 => Change::Becomes('\n'),
        0x2010..=0x2015 | 0x2212 | 0xFE58 | 0xFE63 => Change::Becomes('-'),
        0x2018 | 0x2019 | 0x201B | 0x02BC => Change::Becomes('\''),
        0x201C..=0x201F => Change::Becomes('"'),
        0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).map_or(Change::Stays, Change::Becomes),
        _ if c.is_numeric() => digit(code).map_or(Change::Stays, Change::Becomes),
        _ => Change::Stays,
    }
}

fn digit(code: u32) -> Option<char> {
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests;
