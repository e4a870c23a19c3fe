//! Rules of numbers with letters.

use crate::checks::{is_day, number, pair, weighted};
use crate::words::{DIGIT, DIGITS, Words};

/// First word, last word, rule, score without a cue.
type Hit = (usize, usize, &'static str, u8);

/// Longest number, in characters.
const CHARS_MAX: usize = 16;
/// Most words of a number, as in `AB 12 34 56 C`.
const WORDS_MAX: usize = 5;

/// Looks at a word with a letter and a digit, and at the words that are joined to it.
pub fn find(index: usize, words: &Words<'_>) -> Option<Hit> {
    // `131052-308T`, `12345678-Z`, `00123456-T`: digits, a sign, the rest.
    let back = index.checked_sub(1).filter(|back| {
        words.get(*back).is_some_and(|word| word.is(DIGITS))
            && matches!(words.gap(*back), "-" | "+")
    });
    if let Some(back) = back {
        let sign = words.gap(back);
        let (left, right) = (words.str(back), words.str(index));
        if let Some(score) = finnish(left, sign, right) {
            return Some((back, index, "fi_hetu", score));
        }
    }
    let word = words.str(index);
    if let Some(hit) = one(word) {
        return Some((index, index, hit.0, hit.1));
    }
    let mut text = String::new();
    for last in index..index + WORDS_MAX {
        let piece = words.str(last);
        if piece.is_empty() || text.len() + piece.len() > CHARS_MAX || !piece.is_ascii() {
            return None;
        }
        text.push_str(piece);
        if last > index
            && let Some((rule, score)) = one(&text).filter(|(rule, _)| *rule != "es_dni")
        {
            return Some((index, last, rule, score));
        }
        let next = words.get(last + 1)?;
        if !matches!(words.gap(last), " " | "-") || !next.any(DIGIT) && piece.len() > 4 {
            return None;
        }
    }
    None
}

fn one(text: &str) -> Option<(&'static str, u8)> {
    let upper = text.to_ascii_uppercase();
    let bytes = upper.as_bytes();
    match bytes.len() {
        8 if irish(bytes) => Some(("ie_pps", 60)),
        9 if spanish(bytes) => Some(("es_dni", 85)),
        9 if irish(bytes) => Some(("ie_pps", 60)),
        9 if british(bytes) => Some(("uk_nino", 70)),
        9 if cypriot(bytes) => Some(("cy_tic", 45)),
        10 if german(bytes) => Some(("de_identity_card", 45)),
        11 => {
            let (left, right) = upper.split_at_checked(6)?;
            let (sign, right) = right.split_at_checked(1)?;
            finnish(left, sign, right).map(|score| ("fi_hetu", score))
        }
        15 if french(bytes) => Some(("fr_nir", 90)),
        16 if italian(bytes) => Some(("it_codice_fiscale", 95)),
        _ => None,
    }
}

fn digits(bytes: &[u8]) -> Option<Vec<u8>> {
    bytes.iter().map(|byte| byte.is_ascii_digit().then(|| byte.wrapping_sub(b'0'))).collect()
}

/// Finland, Digital and Population Data Services Agency: ddmmyy, the century's sign (more signs
/// since 2023), three digits, and the rest by 31.
fn finnish(left: &str, sign: &str, right: &str) -> Option<u8> {
    const CHECKS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let (date, tail) = (digits(left.as_bytes())?, right.as_bytes());
    let (body, check) = tail.split_at_checked(3)?;
    let body = digits(body)?;
    let century =
        matches!(sign, "+" | "-" | "A" | "B" | "C" | "D" | "E" | "F" | "U" | "V" | "W" | "X" | "Y");
    let value = number(&date) * 1000 + number(&body);
    let expected = CHECKS.get(usize::try_from(value % 31).ok()?)?;
    let right = date.len() == 6 && is_day(pair(&date, 0), pair(&date, 2)) && century;
    (right && check.len() == 1 && check.first()?.to_ascii_uppercase() == *expected).then_some(95)
}

/// Spain: eight digits, or X, Y, Z and seven, and the rest by 23.
fn spanish(text: &[u8]) -> bool {
    const CHECKS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let Some((last, body)) = text.split_last() else { return false };
    let mut body = body.to_vec();
    if let Some(first) = body.first_mut() {
        *first = match *first {
            b'X' => b'0',
            b'Y' => b'1',
            b'Z' => b'2',
            other => other,
        };
    }
    let Some(body) = digits(&body) else { return false };
    let rest = usize::try_from(number(&body) % 23).unwrap_or(0);
    CHECKS.get(rest) == Some(last)
}

/// Ireland: seven digits, a check letter, and since 2013 one more letter.
fn irish(text: &[u8]) -> bool {
    let Some(body) = text.get(..7).and_then(digits) else { return false };
    let letter = |at: usize| text.get(at).filter(|byte| byte.is_ascii_uppercase());
    let second = match (text.len(), letter(8)) {
        (8, _) => 0,
        (9, Some(b'W')) => 0,
        (9, Some(letter @ b'A'..=b'I')) => u32::from(letter - b'A') + 1,
        _ => return false,
    };
    let rest = (weighted(&body, &[8, 7, 6, 5, 4, 3, 2]) + second * 9) % 23;
    let expected = if rest == 0 { b'W' } else { u8::try_from(rest).unwrap_or(0) + b'A' - 1 };
    letter(7) == Some(&expected)
}

/// United Kingdom, HMRC manual NIM39110: prefixes that were never given out; no check digit.
fn british(text: &[u8]) -> bool {
    let [a, b, middle @ .., last] = text else { return false };
    let prefix = [*a, *b];
    let never = [b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"].iter().any(|one| **one == prefix);
    let first = a.is_ascii_uppercase() && !b"DFIQUV".contains(a);
    let second = b.is_ascii_uppercase() && !b"DFIQUVO".contains(b);
    !never
        && first
        && second
        && matches!(last, b'A'..=b'D')
        && middle.iter().all(u8::is_ascii_digit)
}

/// Cyprus: digits in odd places count by a table, and the rest by 26 is a letter.
fn cypriot(text: &[u8]) -> bool {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let Some((last, body)) = text.split_last() else { return false };
    let Some(body) = digits(body) else { return false };
    let count = |(place, digit): (usize, &u8)| {
        let odd = ODD.get(usize::from(*digit)).copied().unwrap_or(0);
        if place % 2 == 0 { odd } else { u32::from(*digit) }
    };
    let sum: u32 = body.iter().enumerate().map(count).sum();
    !body.starts_with(&[1, 2]) && u32::from(*last) == u32::from(b'A') + sum % 26
}

/// Germany, identity card and passport: letters count from 10, weights 7, 3, 1 (ICAO 9303-3).
fn german(text: &[u8]) -> bool {
    let Some((last, body)) = text.split_last() else { return false };
    let letters = b"CFGHJKLMNPRTVWXYZ";
    let form = body.iter().all(|byte| byte.is_ascii_digit() || letters.contains(byte));
    let first = body.first().is_some_and(u8::is_ascii_uppercase);
    form && first && last.is_ascii_digit() && icao(body) == last - b'0'
}

/// The check digit of ICAO 9303 part 3.
pub fn icao(text: &[u8]) -> u8 {
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    };
    let weights = [7, 3, 1].into_iter().cycle();
    let sum: u32 = text.iter().zip(weights).map(|(byte, weight)| value(*byte) * weight).sum();
    u8::try_from(sum % 10).unwrap_or(0)
}

/// France, people born in Corsica: department 2A or 2B.
fn french(text: &[u8]) -> bool {
    let (Some(letter), mut text) = (text.get(6).copied(), text.to_vec()) else { return false };
    let less = match letter {
        b'A' => 1_000_000,
        b'B' => 2_000_000,
        _ => return false,
    };
    if text.get(5) != Some(&b'2') {
        return false;
    }
    if let Some(place) = text.get_mut(6) {
        *place = b'0';
    }
    let Some(body) = digits(&text) else { return false };
    let value = number(body.get(..13).unwrap_or_default()).saturating_sub(less);
    97 - value % 97 == u64::from(pair(&body, 13))
}

/// Italy, decree of 23 December 1976: letters and digits in odd places count by a table.
fn italian(text: &[u8]) -> bool {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let Some((last, body)) = text.split_last() else { return false };
    // Digits give way to letters when two people would have the same code.
    let is_number = |byte: &u8| byte.is_ascii_digit() || b"LMNPQRSTUV".contains(byte);
    let form = body.iter().enumerate().all(|(place, byte)| match place {
        6 | 7 | 9 | 10 | 12..=14 => is_number(byte),
        8 => b"ABCDEHLMPRST".contains(byte),
        _ => byte.is_ascii_uppercase(),
    });
    let value =
        |byte: u8| usize::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' });
    if !form || !last.is_ascii_uppercase() {
        return false;
    }
    let count = |(place, byte): (usize, &u8)| {
        let value = value(*byte);
        if place % 2 == 0 { ODD.get(value).copied() } else { u32::try_from(value).ok() }
            .unwrap_or(0)
    };
    let sum: u32 = body.iter().enumerate().map(count).sum();
    u32::from(*last) == u32::from(b'A') + sum % 26
}
