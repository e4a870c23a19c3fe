//! Bank accounts by ISO 13616: a length for each country, and MOD 97-10.

use crate::checks::mod_97;
use crate::finding::Reason;
use crate::kind::Kind;
use crate::scan::{Look, Span};
use crate::words::{DIGIT, LETTERS, Word};

/// Length by country, as SWIFT's registry of IBAN formats has them.
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// Longest number, in characters.
const CHARS_MAX: usize = 34;

/// Looks at a word with letters and digits.
pub fn look(index: usize, word: Word, look: &mut Look<'_>) {
    if !word.is(LETTERS | DIGIT) {
        return;
    }
    let first = look.words.str(index).as_bytes();
    let Some([a, b, c, d]) = first.get(..4).and_then(|head| <[u8; 4]>::try_from(head).ok()) else {
        return;
    };
    if ![a, b].iter().all(u8::is_ascii_alphabetic) || ![c, d].iter().all(u8::is_ascii_digit) {
        return;
    }
    let country = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
    let Some((_, length)) = LENGTHS.iter().find(|(code, _)| code.as_bytes() == country) else {
        return;
    };
    let Some((text, last)) = gather(index, *length, look) else { return };
    let (head, body) = text.split_at_checked(4).unwrap_or_default();
    if mod_97(body.iter().chain(head).copied()) != Some(1) {
        return;
    }
    let span = Span { start: word.start as usize, end: last };
    let score = if look.near(Kind::Iban, span) { 99 } else { 95 };
    look.push(span, Kind::Iban, (score, Reason::Checksum, "iban"));
}

/// Puts groups together until the length is reached exactly.
fn gather(index: usize, length: usize, look: &Look<'_>) -> Option<(Vec<u8>, usize)> {
    let mut text = Vec::with_capacity(CHARS_MAX);
    for next in index.. {
        let word = look.words.get(next)?;
        let bytes = look.words.str(next).as_bytes();
        if !bytes.is_ascii() || text.len() + bytes.len() > length {
            return None;
        }
        text.extend_from_slice(bytes);
        if text.len() == length {
            return Some((text, word.end as usize));
        }
        if !matches!(look.words.gap(next), " " | "-" | ".") || !bytes.len().is_multiple_of(2) {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests;
