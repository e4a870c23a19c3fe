//! Postal addresses by their shape: numbers, kinds of street, parts of buildings, postal codes.
//!
//! A core (a street with a number, a box, a part of a building) is found first; what follows it
//! in the manner of addresses, and a number right before it, then belongs to it.

use crate::finding::Reason;
use crate::gazetteer::{BEGINS, CITY, COMMON, COUNTRY, PARTICLE, STREET, STREET_FIRST, UNIT};
use crate::kind::Kind;
use crate::postal;
use crate::scan::Look;
use crate::words::{CAPITAL, DIGIT, DIGITS, LETTERS, SHOUTED, Word};

/// Most words before a kind of street, and behind one that stands first.
const NAME_WORDS_MAX: usize = 5;
/// Most words that follow a core.
const TAIL_WORDS_MAX: usize = 14;
/// Longest text between two parts, in bytes.
const GAP_BYTES_MAX: usize = 6;

/// A core: its words and how sure it is.
type Core = (usize, usize, u8);

/// Looks for addresses and postal codes.
pub fn look(look: &mut Look<'_>) {
    let words = look.words;
    let mut index = 0;
    while index < words.len() {
        postal::look(index, look);
        let Some((first, last, score)) = core(index, look) else {
            index += 1;
            continue;
        };
        let first = lead(first, look);
        let last = tail(last, look).max(last);
        let span = look.span(first, last);
        let score = if look.near(Kind::Address, span) { score + 15 } else { score };
        look.push(span, Kind::Address, (score, Reason::Form, "street"));
        index = last + 1;
    }
}

fn core(index: usize, look: &Look<'_>) -> Option<Core> {
    let words = look.words;
    let word = words.get(index)?;
    if word.is(DIGITS) {
        return numbered(index, look);
    }
    if !word.is(LETTERS) {
        return None;
    }
    let bits = look.gazetteer.of(words.str(index));
    if bits & UNIT != 0
        && let Some(core) = unit(index, look)
    {
        return Some(core);
    }
    if let Some(core) = military(index, look).or_else(|| corner(index, look)) {
        return Some(core);
    }
    if bits & STREET_FIRST != 0
        && let Some(core) = street_first(index, look)
    {
        return Some(core);
    }
    if word.is(CAPITAL)
        && bits & STREET == 0
        && let Some(core) = suffixed(index, look).or_else(|| unnumbered(index, look))
    {
        return Some(core);
    }
    None
}

/// `the corner of Mill Lane and Kent Street`.
fn corner(index: usize, look: &Look<'_>) -> Option<Core> {
    let words = look.words;
    let is = |at: usize, word: &str| words.str(at).eq_ignore_ascii_case(word);
    if !is(index, "corner") || !is(index + 1, "of") {
        return None;
    }
    let part = |at: usize| is_house(at, look) || is_name(at, look);
    let mut last = index + 1;
    let mut both = false;
    while last < index + TAIL_WORDS_MAX {
        let gap = words.gap(last);
        let and = is(last + 1, "and") || is(last + 1, "&");
        if !matches!(gap, " " | ". " | "-" | "'" | " & ") || !(and || part(last + 1)) {
            break;
        }
        both |= and || gap == " & ";
        last += 1;
    }
    let the = index.checked_sub(1).filter(|at| is(*at, "the"));
    (both && part(last)).then_some((the.unwrap_or(index), last, 75))
}

fn is_house(index: usize, look: &Look<'_>) -> bool {
    let text = look.words.str(index);
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    digits.len() + 1 >= text.len()
        && !(text.ends_with('s') && digits.ends_with('0'))
        && (1..=6).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name(index: usize, look: &Look<'_>) -> bool {
    let word = look.words.get(index).unwrap_or_default();
    word.is(CAPITAL) && !word.any(DIGIT) || look.gazetteer.of(look.words.str(index)) & PARTICLE != 0
}

/// `2450 Crown St`, `5100 Quadra 104`.
fn numbered(index: usize, look: &Look<'_>) -> Option<Core> {
    let words = look.words;
    if !is_house(index, look) || words.gap(index) != " " {
        return None;
    }
    if look.gazetteer.of(words.str(index + 1)) & STREET_FIRST != 0
        && let Some(core) = street_first(index + 1, look)
    {
        return Some((index, core.1, 75));
    }
    let mut best = None;
    for last in index + 1..=index + NAME_WORDS_MAX {
        if !is_name(last, look) {
            break;
        }
        let bits = look.gazetteer.of(words.str(last));
        // In capitals only a word nearby tells a street from a set of lights.
        let shouted = words.get(last).is_some_and(|word| word.is(SHOUTED))
            && !look.near(Kind::Address, look.span(index, last));
        let named = last > index + 1 && words.gap(last - 1) == " " && !shouted;
        if bits & STREET != 0 && named && words.get(last).is_some_and(|word| word.is(CAPITAL)) {
            best = Some((index, last, 72));
        }
        if !matches!(words.gap(last), " " | "-" | "'" | ". ") {
            break;
        }
        // "9 X 14" is a size.
        let capital = words.get(last).is_some_and(Word::is_name_like) && words.str(last).len() > 2;
        let house = is_house(last + 1, look) && words.str(last + 1).len() <= 5;
        let common = bits & COMMON != 0 && bits & STREET == 0 && last == index + 1;
        // Behind a number of things or a size stands a unit: "4 Candles 12 cm".
        let unit = words.get(last + 2).is_some_and(|word| !word.any(CAPITAL | DIGIT))
            && matches!(words.gap(last + 1), " " | "");
        if house && capital && !common && !unit && !goes_on(last + 1, look) {
            best = Some((index, last + 1, 62));
            break;
        }
    }
    best
}

/// Whether a number is the beginning of something longer than a house number.
fn goes_on(index: usize, look: &Look<'_>) -> bool {
    joined(index, look) || is_long_number(index, look)
}

/// Whether digits go on behind a number: a date, a time, a price.
pub fn joined(index: usize, look: &Look<'_>) -> bool {
    let digits = look.words.get(index + 1).is_some_and(|word| word.is(DIGITS));
    digits && matches!(look.words.gap(index), "-" | "/" | ":" | "." | ",")
}

/// `Apt. 864`, `Box 2708`, `PSC 5420`, `Unit 1293 Box 4311`.
fn unit(index: usize, look: &Look<'_>) -> Option<Core> {
    let words = look.words;
    let text = words.str(index).to_lowercase();
    let close = |gap: &str| matches!(gap, " " | ". " | "." | " #");
    if !close(words.gap(index)) {
        return None;
    }
    if text == "p"
        && words.gap(index) == "."
        && words.str(index + 1).eq_ignore_ascii_case("o")
        && words.str(index + 2).eq_ignore_ascii_case("box")
        && is_house(index + 3, look)
    {
        return Some((index, index + 3, 75));
    }
    if text == "po" && words.str(index + 1).eq_ignore_ascii_case("box") && is_house(index + 2, look)
    {
        return Some((index, index + 2, 75));
    }
    if !is_house(index + 1, look) || words.gap(index).contains('\n') {
        return None;
    }
    let next = words.str(index + 2).to_lowercase();
    let boxed = next == "box" && is_house(index + 3, look) && words.gap(index + 1).len() <= 2;
    match text.as_str() {
        "psc" | "cmr" | "unit" if boxed => Some((index, index + 3, 75)),
        "postbox" | "boks" | "postboks" | "postfach" => Some((index, index + 1, 70)),
        "apt" | "apartment" | "suite" | "ste" | "psc" | "bldg" => Some((index, index + 1, 60)),
        _ => None,
    }
}

/// `USNS Sekerková\nFPO AA 65728`: the mail of armed forces.
fn military(index: usize, look: &Look<'_>) -> Option<Core> {
    let words = look.words;
    if !["fpo", "apo", "dpo"].iter().any(|one| one.eq_ignore_ascii_case(words.str(index))) {
        return None;
    }
    let area = ["aa", "ae", "ap"].iter().any(|one| one.eq_ignore_ascii_case(words.str(index + 1)));
    let code = words.get(index + 2).is_some_and(|word| word.is(DIGITS));
    let ships = ["usns", "usnv", "uss", "usav", "uscgc"];
    let ship = |back: usize| {
        let at = index.checked_sub(back)?;
        ships.iter().any(|one| one.eq_ignore_ascii_case(words.str(at))).then_some(at)
    };
    let first = ship(2).or_else(|| ship(3)).unwrap_or(index);
    (area && code).then_some((first, index + 2, 75))
}

/// `Rue Dielhère 130`, `ul. Chrzanowska 61`, `Via Roma, 7`.
fn street_first(index: usize, look: &Look<'_>) -> Option<Core> {
    let words = look.words;
    let text = words.str(index);
    let capital = words.get(index)?.is(CAPITAL);
    let small = ["ul", "al", "os", "rue", "via", "улица", "calle", "rua", "avenue", "boulevard"];
    let slash = words.gap(index).starts_with('/');
    if !capital && !small.contains(&text) || slash != text.eq_ignore_ascii_case("c") {
        return None;
    }
    let mut last = index;
    let mut names = 0;
    while last < index + NAME_WORDS_MAX + 1 {
        let gap = words.gap(last);
        let dotted = gap == ". " && words.str(last).len() <= 3;
        let slashed = slash && last == index && matches!(gap, "/" | "/ ");
        if !matches!(gap, " " | "-" | "'" | " '") && !dotted && !slashed {
            break;
        }
        if names > 0 && is_house(last + 1, look) {
            break;
        }
        if !is_name(last + 1, look) {
            break;
        }
        let word = words.get(last + 1).unwrap_or_default();
        names += usize::from(word.is(CAPITAL));
        last += 1;
    }
    if names == 0 {
        return None;
    }
    let house = is_house(last + 1, look)
        && matches!(words.gap(last), " " | ", ")
        && !goes_on(last + 1, look);
    if house {
        return Some((index, last + 1, 75));
    }
    let sure = matches!(
        text.to_lowercase().as_str(),
        "rue" | "calle" | "avenida" | "rua" | "piazza" | "ul" | "viale" | "via"
    );
    let lead = index.checked_sub(1).is_some_and(|at| is_house(at, look));
    (sure && capital || lead).then_some((index, last, 55))
}

const SUFFIXES: &[&str] = &[
    "strasse", "straße", "gasse", "gata", "gatan", "vägen", "gade", "katu", "tie", "laan",
    "straat", "gracht", "kade", "plein", "hove", "steenweg", "platz", "allee", "utca", "veien",
    "vegen", "weg", "gate", "vej", "hof", "singel", "dreef", "braut", "vegur", "stígur", "strand",
    "markt", "damm", "ufer", "ring", "steig", "graben", "berg", "kuja", "polku", "backen",
    "stræde", "dijk", "lei", "vangen", "bakken", "lia", "veg", "gränd", "torg", "stien", "svingen",
    "egaten", "gaten",
];

/// `Strickstrasse 61`, `Koskikatu 25`.
fn suffixed(index: usize, look: &Look<'_>) -> Option<Core> {
    let words = look.words;
    if words.gap(index) != " " || !is_house(index + 1, look) || goes_on(index + 1, look) {
        return None;
    }
    let text = words.str(index).to_lowercase();
    let ends = |suffix: &&str| text.len() >= suffix.len() + 3 && text.ends_with(*suffix);
    if SUFFIXES.iter().any(ends) {
        return Some((index, index + 1, 70));
    }
    let span = look.span(index, index + 1);
    let known = look.gazetteer.of(&text) & COMMON != 0;
    let near = !known && look.near(Kind::Address, span);
    near.then_some((index, index + 1, 45))
}

/// `Ane Flats Street`: no number, so the kind of street must be written out.
fn unnumbered(index: usize, look: &Look<'_>) -> Option<Core> {
    let words = look.words;
    let sure = ["street", "road", "avenue", "lane", "boulevard", "crescent", "coves", "terrace"];
    let bits = look.gazetteer.of(words.str(index));
    for last in index + 1..index + 4 {
        let word = words.get(last)?;
        let kind = matches!(
            words.str(last),
            "u" | "út"
                | "útja"
                | "utca"
                | "tér"
                | "tere"
                | "trg"
                | "tee"
                | "tn"
                | "tänav"
                | "sokak"
        );
        if kind && words.gap(last - 1) == " " && matches!(words.gap(last), " " | ". ") {
            return is_house(last + 1, look).then_some((index, last + 1, 75));
        }
        if words.gap(last - 1) != " " || !word.is(LETTERS) {
            break;
        }
        if !word.is_name_like() {
            continue;
        }
        let text = words.str(last).to_lowercase();
        if sure.contains(&text.as_str()) && bits & COMMON == 0 {
            return Some((index, last, 55));
        }
        if bits & COMMON == 0
            && is_house(last + 1, look)
            && words.gap(last) == " "
            && !goes_on(last + 1, look)
        {
            let near = look.near(Kind::Address, look.span(index, last + 1));
            return near.then_some((index, last + 1, 45));
        }
    }
    None
}

/// A number right before a core belongs to it.
fn lead(first: usize, look: &Look<'_>) -> usize {
    let mut first = first;
    for _ in 0..2 {
        let Some(before) = first.checked_sub(1) else { break };
        if look.words.gap(before) != " " || !is_house(before, look) {
            break;
        }
        first = before;
    }
    first
}

/// What follows a core: parts of the building, the city, the country, the postal code.
fn tail(last: usize, look: &Look<'_>) -> usize {
    let words = look.words;
    let mut good = last;
    let mut at = last;
    while at < last + TAIL_WORDS_MAX {
        let gap = words.gap(at);
        let Some(next) = words.get(at + 1) else { break };
        let plain = gap.bytes().all(|byte| {
            matches!(byte, b' ' | b',' | b'.' | b'\n' | b'\r' | b'(' | b')' | b'-' | b'#' | b'\'')
        });
        if gap.len() > GAP_BYTES_MAX || !plain || gap.contains("\n\n") && gap.len() > 3 {
            break;
        }
        let labels = ["tel", "phone", "fax", "mobile", "mobil", "desk", "email", "mail", "office"];
        if labels.iter().any(|label| label.eq_ignore_ascii_case(words.str(at + 1))) {
            break;
        }
        let bits = look.gazetteer.of(words.str(at + 1));
        let sentence = gap.starts_with(". ") || gap == ".";
        let known = bits & (CITY | COUNTRY | UNIT) != 0;
        let number = next.is(DIGITS) && words.str(at + 1).len() <= 6;
        let before = look.gazetteer.of(words.str(at));
        if sentence && !(number || bits & UNIT != 0 || before & STREET != 0 && known) {
            break;
        }
        if number || is_house(at + 1, look) {
            if joined(at + 1, look) || gap.contains('(') || is_long_number(at + 1, look) {
                break;
            }
            good = at + 1;
        } else if let Some(last) = several(at + 1, look) {
            good = last;
            at = last;
            continue;
        } else if next.is(CAPITAL) {
            let side = before & STREET != 0 && is_side(words.str(at + 1));
            if bits & COMMON != 0 && !known && !side {
                break;
            }
            let broken = gap.contains(['\n', ',']);
            if known
                || next.is(SHOUTED)
                || broken
                || gap == " "
                || gap == "-"
                || gap == "'"
                || gap.contains('(')
            {
                good = at + 1;
            }
        } else if known && gap.len() <= 2 && !gap.contains('.') && bits & COMMON == 0 {
            good = at + 1;
        } else if bits & PARTICLE == 0 || gap != " " {
            break;
        }
        at += 1;
    }
    good
}

/// The last word of a country or city of two words or three: `New Zealand`.
fn several(first: usize, look: &Look<'_>) -> Option<usize> {
    let words = look.words;
    if look.gazetteer.of(words.str(first)) & BEGINS == 0 {
        return None;
    }
    let mut phrase = words.str(first).to_owned();
    let mut best = None;
    for last in first + 1..first + 3 {
        if !matches!(words.gap(last - 1), " " | "-") {
            break;
        }
        phrase.push_str(words.gap(last - 1));
        phrase.push_str(words.str(last));
        if look.gazetteer.of(&phrase) & (CITY | COUNTRY) != 0 {
            best = Some(last);
        }
    }
    best
}

/// Whether groups of digits go on like those of a telephone number.
pub fn is_long_number(first: usize, look: &Look<'_>) -> bool {
    let words = look.words;
    let (mut digits, mut groups) = (0, 0);
    for at in first..first + 5 {
        if !words.get(at).is_some_and(|word| word.is(DIGITS)) {
            break;
        }
        digits += words.str(at).len();
        groups += 1;
        if !matches!(words.gap(at), " " | "." | "-") {
            break;
        }
    }
    groups > 2 || groups == 2 && digits > 6
}

/// `Devon Street West`, `Main St NW`.
fn is_side(text: &str) -> bool {
    let sides = ["north", "south", "east", "west", "n", "s", "e", "w", "ne", "nw", "se", "sw"];
    sides.iter().any(|side| side.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests;
