//! Words of a text: runs of letters and digits, with what stands between them.

/// All digits.
pub const DIGITS: u8 = 1;
/// Has a letter.
pub const LETTERS: u8 = 2;
/// Starts with a capital letter.
pub const CAPITAL: u8 = 4;
/// Two letters or more and no small one.
pub const SHOUTED: u8 = 8;
/// Has a digit.
pub const DIGIT: u8 = 16;
/// Has a character outside of ASCII.
pub const WIDE: u8 = 32;

/// One word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Where it starts, in bytes.
    pub start: u32,
    /// Where it ends, in bytes.
    pub end: u32,
    /// What it consists of.
    pub shape: u8,
}

impl Word {
    /// Whether it has every bit of `shape`.
    pub const fn is(self, shape: u8) -> bool {
        self.shape & shape == shape
    }

    /// Whether it has any bit of `shape`.
    pub const fn any(self, shape: u8) -> bool {
        self.shape & shape != 0
    }

    /// A word with a capital letter first and small letters behind.
    pub const fn is_name_like(self) -> bool {
        self.is(CAPITAL) && !self.any(SHOUTED | DIGIT)
    }
}

/// A text and its words.
#[derive(Debug)]
pub struct Words<'a> {
    /// The text.
    pub text: &'a str,
    list: Vec<Word>,
}

impl<'a> Words<'a> {
    /// Cuts a text into words.
    pub fn new(text: &'a str) -> Self {
        let mut list = Vec::with_capacity(text.len() / 6 + 4);
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let class = CLASS.get(usize::from(byte)).copied().unwrap_or(0);
            if class == 0 {
                at += 1;
                continue;
            }
            let (end, shape) = extension(bytes, at).unwrap_or_else(|| word(text, at));
            if shape != 0 {
                list.push(Word { start: narrow(at), end: narrow(end), shape });
            }
            at = end;
        }
        Self { text, list }
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is no word.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All words in order.
    pub fn all(&self) -> &[Word] {
        &self.list
    }

    /// The word at an index.
    pub fn get(&self, index: usize) -> Option<Word> {
        self.list.get(index).copied()
    }

    /// The text of a word; empty behind the last one.
    pub fn str(&self, index: usize) -> &'a str {
        self.get(index).map_or("", |word| self.piece(word.start, word.end))
    }

    /// The text between a word and the next one.
    pub fn gap(&self, index: usize) -> &'a str {
        let from = self.get(index).map_or(0, |word| word.end);
        let to = self.get(index + 1).map_or(self.text.len(), |word| word.start as usize);
        self.text.get(from as usize..to).unwrap_or_default()
    }

    /// The text between a word and the one before it.
    pub fn gap_before(&self, index: usize) -> &'a str {
        match index.checked_sub(1) {
            Some(before) => self.gap(before),
            None => {
                let to = self.get(0).map_or(0, |word| word.start as usize);
                self.text.get(..to).unwrap_or_default()
            }
        }
    }

    /// The index of the first word that starts at or after an offset.
    pub fn at_or_after(&self, offset: usize) -> usize {
        self.list.partition_point(|word| (word.start as usize) < offset)
    }

    fn piece(&self, from: u32, to: u32) -> &'a str {
        self.text.get(from as usize..to as usize).unwrap_or_default()
    }
}

/// Texts are shorter than [`crate::scan::TEXT_BYTES_MAX`].
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

const SMALL: u8 = 1;
const LARGE: u8 = 2;
const NUMBER: u8 = 4;
const OUTSIDE: u8 = 8;

const CLASS: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "computed while compiling")]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let c = byte as u8;
        classes[byte] = match c {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => LARGE,
            b'0'..=b'9' => NUMBER,
            0x80.. => OUTSIDE,
            _ => 0,
        };
        byte += 1;
    }
    classes
}

/// The number before the extension that is glued to it: `5272` of `5272x565`.
fn extension(bytes: &[u8], start: usize) -> Option<(usize, u8)> {
    let digits = |from: usize| {
        let rest = bytes.get(from..from + 12).or_else(|| bytes.get(from..)).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let first = digits(start);
    if !(3..=11).contains(&first) || bytes.get(start + first) != Some(&b'x') {
        return None;
    }
    let tail = digits(start + first + 1);
    let end = bytes.get(start + first + 1 + tail).copied().unwrap_or(b' ');
    let ends = CLASS.get(usize::from(end)).copied().unwrap_or(0) == 0;
    (tail > 0 && ends).then_some((start + first, DIGITS | DIGIT))
}

/// The end and the shape of the word that starts here; no shape when it is none after all.
fn word(text: &str, start: usize) -> (usize, u8) {
    let bytes = text.as_bytes();
    let mut seen = 0;
    let mut at = start;
    let mut first = 0;
    while let Some(&byte) = bytes.get(at) {
        let mut class = CLASS.get(usize::from(byte)).copied().unwrap_or(0);
        if class == 0 {
            break;
        }
        let mut width = 1;
        if class == OUTSIDE {
            let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
            width = c.len_utf8();
            if !is_part(c) {
                at = if at == start { at + width } else { at };
                break;
            }
            class = OUTSIDE | if c.is_uppercase() { LARGE } else { SMALL };
        }
        if at == start {
            first = class;
        }
        seen |= class;
        at += width;
    }
    (at, shape(seen, first, at - start))
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c as u32, 0x0300..=0x036F)
}

fn shape(seen: u8, first: u8, bytes: usize) -> u8 {
    if seen == 0 {
        return 0;
    }
    let letters = seen & (SMALL | LARGE) != 0;
    let mut shape = 0;
    if !letters {
        shape |= DIGITS;
    } else {
        shape |= LETTERS;
    }
    if seen & NUMBER != 0 {
        shape |= DIGIT;
    }
    if first & LARGE != 0 {
        shape |= CAPITAL;
    }
    if seen & (SMALL | LARGE) == LARGE && bytes > 1 {
        shape |= SHOUTED;
    }
    if seen & OUTSIDE != 0 {
        shape |= WIDE;
    }
    shape
}

#[cfg(test)]
mod tests;
