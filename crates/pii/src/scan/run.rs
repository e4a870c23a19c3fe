//! A run of digits: groups with separators between them, as people write numbers.

use crate::scan::Span;
use crate::words::{DIGITS, Words};

/// Most digits of a run.
pub const DIGITS_MAX: usize = 24;
/// Most groups of a run.
pub const GROUPS_MAX: usize = 10;
/// Longest text between two groups, in bytes.
const SEPARATOR_BYTES_MAX: usize = 3;

/// Groups of digits that may be one number.
#[derive(Clone, Debug)]
pub struct Run {
    digits: [u8; DIGITS_MAX],
    len: usize,
    groups: [usize; GROUPS_MAX],
    count: usize,
    /// The first separator, and whether all are the same.
    separator: [u8; SEPARATOR_BYTES_MAX],
    separator_len: usize,
    even: bool,
    /// The index of its first word.
    pub first: usize,
    /// The index of its last word.
    pub last: usize,
    /// Where it stands.
    pub span: Span,
    /// Whether a digit is joined to it from the left.
    joined_left: bool,
}

impl Run {
    /// Calls `see` with every run that starts at a word of digits and stands alone.
    pub fn each(words: &Words<'_>, first: usize, mut see: impl FnMut(&Self)) {
        let Some(word) = words.get(first) else { return };
        let mut run = Self {
            digits: [0; DIGITS_MAX],
            len: 0,
            groups: [0; GROUPS_MAX],
            count: 0,
            separator: [0; SEPARATOR_BYTES_MAX],
            separator_len: 0,
            even: true,
            first,
            last: first,
            span: Span { start: word.start as usize, end: word.end as usize },
            joined_left: joined(words, first.checked_sub(1)),
        };
        if run.joined_left {
            return;
        }
        for index in first.. {
            if !run.add(words, index) {
                return;
            }
            if !joined(words, Some(index)) {
                see(&run);
            }
            let gap = words.gap(index);
            let next = words.get(index + 1).is_some_and(|word| word.is(DIGITS));
            if !next || !is_separator(gap) {
                return;
            }
            run.separate(gap);
        }
    }

    fn add(&mut self, words: &Words<'_>, index: usize) -> bool {
        let text = words.str(index).as_bytes();
        if self.len + text.len() > DIGITS_MAX || !text.is_ascii() {
            return false;
        }
        let Some(group) = self.groups.get_mut(self.count) else { return false };
        *group = text.len();
        self.count += 1;
        for (place, byte) in self.digits.iter_mut().skip(self.len).zip(text) {
            *place = byte.wrapping_sub(b'0');
        }
        self.len += text.len();
        self.last = index;
        self.span.end = words.get(index).map_or(self.span.end, |word| word.end as usize);
        true
    }

    fn separate(&mut self, gap: &str) {
        if self.count == 1 {
            self.separator_len = gap.len();
            for (place, byte) in self.separator.iter_mut().zip(gap.bytes()) {
                *place = byte;
            }
        } else if self.separator() != gap.as_bytes() {
            self.even = false;
        }
    }

    /// The digits as numbers from 0 to 9.
    pub fn digits(&self) -> &[u8] {
        self.digits.get(..self.len).unwrap_or_default()
    }

    /// How many digits each group has.
    pub fn groups(&self) -> &[usize] {
        self.groups.get(..self.count).unwrap_or_default()
    }

    fn separator(&self) -> &[u8] {
        self.separator.get(..self.separator_len).unwrap_or_default()
    }

    /// Whether there is one group, or the same separator of a list between all.
    pub fn same_separator(&self, of: &[&str]) -> bool {
        self.count == 1 || self.even && of.iter().any(|one| one.as_bytes() == self.separator())
    }
}

/// Whether a word of digits is bound to the digits behind it: `12.34`, `1:2`, `1,000`.
fn joined(words: &Words<'_>, index: Option<usize>) -> bool {
    let Some(index) = index else { return false };
    let both = words.get(index).is_some_and(|word| word.is(DIGITS))
        && words.get(index + 1).is_some_and(|word| word.is(DIGITS));
    both && matches!(words.gap(index), "-" | "." | "/" | ":" | ",")
}

fn is_separator(gap: &str) -> bool {
    gap.len() <= SEPARATOR_BYTES_MAX
        && gap.bytes().all(|byte| matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')'))
}
