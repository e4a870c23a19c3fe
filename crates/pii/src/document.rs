//! Passports, driving licenses and vehicles.
//!
//! Their numbers have few forms of their own, so most need a word nearby; machine readable zones
//! (ICAO 9303) and vehicle identification numbers of North America have check digits.

use crate::finding::Reason;
use crate::kind::Kind;
use crate::national::letters::icao;
use crate::scan::run::Run;
use crate::scan::{Look, Span};
use crate::words::{LETTERS, Word};

/// Looks at a word with digits and letters.
pub fn look(index: usize, word: Word, look: &mut Look<'_>) {
    let text = look.words.str(index);
    if !text.is_ascii() || !word.is(LETTERS) {
        return;
    }
    let span = Span { start: word.start as usize, end: word.end as usize };
    zone(span, look);
    let is_upper = !text.bytes().any(|byte| byte.is_ascii_lowercase());
    let counted = text.bytes().filter(u8::is_ascii_digit).count();
    if text.len() == 17 && is_upper && vehicle(text.as_bytes()) {
        look.push(span, Kind::Vehicle, (75, Reason::Checksum, "vin"));
    } else if text.len() == 17 && is_upper && look.near(Kind::Vehicle, span) {
        look.push(span, Kind::Vehicle, (70, Reason::Cue, "vin"));
    } else if (5..=8).contains(&text.len()) && is_upper && look.near(Kind::Vehicle, span) {
        look.push(span, Kind::Vehicle, (60, Reason::Cue, "plate"));
    }
    if (7..=9).contains(&text.len()) && counted >= 5 && look.near(Kind::Passport, span) {
        look.push(span, Kind::Passport, (70, Reason::Cue, "passport"));
    }
    if (6..=18).contains(&text.len()) && counted >= 4 && look.near(Kind::DriverLicense, span) {
        look.push(span, Kind::DriverLicense, (75, Reason::Cue, "license"));
    }
}

/// Looks at a run of digits: licenses and passports of digits alone need a word nearby.
pub fn look_digits(run: &Run, look: &mut Look<'_>) {
    let count = run.digits().len();
    if (6..=12).contains(&count) && look.cue(Kind::DriverLicense, run) {
        look.found(run, Kind::DriverLicense, (78, Reason::Cue, "license"));
    } else if count == 9 && run.groups().len() == 1 && look.cue(Kind::Passport, run) {
        look.found(run, Kind::Passport, (70, Reason::Cue, "passport"));
    }
}

/// The check digit of 49 CFR 565.15: the ninth character.
fn vehicle(text: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let value = |byte: u8| match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'H' => Some(u32::from(byte - b'A') + 1),
        b'J'..=b'N' => Some(u32::from(byte - b'J') + 1),
        b'P' => Some(7),
        b'R' => Some(9),
        b'S'..=b'Z' => Some(u32::from(byte - b'S') + 2),
        _ => None,
    };
    let mut sum = 0;
    for (byte, weight) in text.iter().zip(WEIGHTS) {
        let Some(value) = value(*byte) else { return false };
        sum += value * weight;
    }
    let check = match sum % 11 {
        10 => b'X',
        rest => u8::try_from(rest).unwrap_or(0) + b'0',
    };
    text.get(8) == Some(&check)
}

/// The second line of a passport's machine readable zone: 44 characters, three check digits.
fn zone(span: Span, look: &mut Look<'_>) {
    let Some(line) = look.words.text.get(span.start..span.start + 44) else { return };
    let text = line.as_bytes();
    let is_zone = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'<';
    if !text.iter().all(is_zone) || !text.contains(&b'<') {
        return;
    }
    let part = |from: usize, to: usize| {
        let check = text.get(to).copied().unwrap_or(b' ');
        text.get(from..to).is_some_and(|body| icao(body) + b'0' == check)
    };
    if part(0, 9) && part(13, 19) && part(21, 27) {
        let span = Span { start: span.start, end: span.start + 44 };
        look.push(span, Kind::Passport, (98, Reason::Checksum, "icao_9303"));
    }
}

#[cfg(test)]
mod tests;
