//! Dates, dates of birth and ages.

use crate::checks::{is_day, number};
use crate::finding::Reason;
use crate::gazetteer::{CALENDAR, SURNAME};
use crate::kind::Kind;
use crate::scan::{Look, Span};
use crate::words::{DIGITS, LETTERS, Word};

/// Looks at a word of digits: the first part of a date, a year, an age.
pub fn look(index: usize, look: &mut Look<'_>) {
    if !look.kinds.any(&[Kind::Date, Kind::DateOfBirth, Kind::Age]) {
        return;
    }
    if let Some(last) = numeric(index, look) {
        let last = clock(last, look);
        date(look.span(index, last), look, (70, "numeric"));
    } else if !year(index, look) {
        age(index, look);
    }
}

/// A finding of a date is one of birth when a word nearby says so.
fn date(span: Span, look: &mut Look<'_>, (score, rule): (u8, &'static str)) {
    if look.near(Kind::DateOfBirth, span) && look.kinds.has(Kind::DateOfBirth) {
        look.push(span, Kind::DateOfBirth, (85, Reason::Cue, rule));
    } else {
        look.push(span, Kind::Date, (score, Reason::Form, rule));
    }
}

/// `2018-02-24`, `10/5/1971`, `24.12.18`: gives the last word.
fn numeric(index: usize, look: &Look<'_>) -> Option<usize> {
    let words = look.words;
    let gap = words.gap(index);
    if !matches!(gap, "-" | "/" | ".") || words.gap(index + 1) != gap {
        return None;
    }
    let part = |at: usize| {
        let text = words.str(at);
        let plain = words.get(at)?.is(DIGITS) && text.len() <= 4;
        plain.then(|| (text.len(), text.parse::<u32>().unwrap_or(0)))
    };
    let (a, b, c) = (part(index)?, part(index + 1)?, part(index + 2)?);
    let before = index.checked_sub(1).map_or("", |before| words.gap(before));
    if before == gap && words.get(index - 1).is_some_and(|word| word.is(DIGITS)) {
        return None;
    }
    if words.gap(index + 2) == gap && words.get(index + 3).is_some_and(|word| word.is(DIGITS)) {
        return None;
    }
    let short = |part: (usize, u32)| part.0 <= 2;
    let year = |part: (usize, u32)| part.0 == 4 && (1850..=2100).contains(&part.1);
    let both = |day: u32, month: u32| is_day(day, month) || is_day(month, day);
    let right = if year(a) {
        short(b) && short(c) && is_day(c.1, b.1)
    } else if year(c) {
        short(a) && short(b) && both(a.1, b.1)
    } else {
        // Two digits of a year only with two digits of day or month beside: 1.2.3 is a version.
        c.0 == 2 && short(a) && short(b) && a.0 + b.0 >= 3 && both(a.1, b.1)
    };
    right.then_some(index + 2)
}

/// Takes the time of day behind a date as well.
fn clock(last: usize, look: &Look<'_>) -> usize {
    let words = look.words;
    let pair =
        |at: usize| words.get(at).is_some_and(|word| word.is(DIGITS)) && words.str(at).len() == 2;
    if !matches!(words.gap(last), " " | "T" | ", ") || !pair(last + 1) || words.gap(last + 1) != ":"
    {
        return last;
    }
    let with_seconds = words.gap(last + 2) == ":" && pair(last + 3);
    if with_seconds { last + 3 } else { last + 2 }
}

/// A year on its own, behind a word that makes it one.
fn year(index: usize, look: &mut Look<'_>) -> bool {
    let words = look.words;
    let text = words.str(index);
    let value: u32 = text.parse().unwrap_or(0);
    if text.len() != 4
        || !(1900..=2035).contains(&value)
        || index == 0
        || words.gap(index - 1) != " "
    {
        return false;
    }
    let before = words.str(index - 1).to_lowercase();
    let cued = matches!(
        before.as_str(),
        "in" | "since"
            | "of"
            | "until"
            | "from"
            | "by"
            | "around"
            | "a"
            | "year"
            | "the"
            | "im"
            | "seit"
            | "en"
            | "early"
            | "late"
            | "before"
            | "after"
            | "during"
            | "summer"
            | "winter"
            | "spring"
            | "autumn"
            | "circa"
            | "till"
    );
    let calendar = look.gazetteer.of(&before) & CALENDAR != 0;
    if cued || calendar {
        date(look.span(index, index), look, (55, "year"));
    }
    cued
}

/// `turned 35`, `58 y/o`, `20 year old`, `he was 78`.
fn age(index: usize, look: &mut Look<'_>) {
    let words = look.words;
    let text = words.str(index);
    let value: u32 = text.parse().unwrap_or(0);
    if text.len() > 3 || !(1..=120).contains(&value) || !look.kinds.has(Kind::Age) {
        return;
    }
    let word = |at: Option<usize>| at.map(|at| words.str(at).to_lowercase()).unwrap_or_default();
    let (next, third) = (word(Some(index + 1)), word(Some(index + 2)));
    let behind =
        matches!(next.as_str(), "year" | "years" | "yr" | "yrs" | "jahre" | "ans" | "años")
            && matches!(third.as_str(), "old" | "of" | "alt")
            || matches!(next.as_str(), "y" | "yo" | "jährige" | "jähriger")
            || matches!(next.as_str(), "ans" | "años")
                && matches!(word(index.checked_sub(1)).as_str(), "a" | "ai" | "tengo" | "tiene");
    let previous = word(index.checked_sub(1));
    let one = |word: &str| matches!(word, "turned" | "turning" | "turns" | "aged" | "age" | "ages");
    let before = index > 0 && words.gap(index - 1).trim() == "" && one(&previous)
        || words.gap_before(index).contains(':') && previous == "age";
    let who = word(index.checked_sub(2));
    let goes_on = ["when", "now", "on", "this", "next", "today", "tomorrow", "and", "but", "so"];
    let was = matches!(previous.as_str(), "was" | "am" | "is" | "m" | "be" | "s" | "re")
        && ["he", "she", "i", "they", "when", "who", "will", "ll", "we"].contains(&who.as_str())
        && (words.gap(index).starts_with(['.', ',', ';', '!', '\n'])
            || words.gap(index) == " " && goes_on.contains(&next.as_str()))
        && !words.get(index + 1).is_some_and(|word| word.is(DIGITS) && words.gap(index).len() == 1);
    let of = matches!(previous.as_str(), "of" | "is") && who == "age";
    // "Anna Berg, 45, said": as newspapers write it.
    let told = index > 0
        && words.gap(index - 1) == ", "
        && words.gap(index).starts_with(", ")
        && look.gazetteer.of(&previous) & SURNAME != 0
        && words.get(index - 1).is_some_and(Word::is_name_like)
        && text.len() == 2;
    let was = was || of || told;
    let end_of_text = words.gap(index).is_empty() && previous == "m";
    if behind || before || was || end_of_text {
        look.push(look.span(index, index), Kind::Age, (70, Reason::Cue, "age"));
    }
}

/// Days of the week, and dates with the name of a month: `24 December 2018`, `March 3rd, 2020`.
pub fn look_words(look: &mut Look<'_>) {
    if !look.kinds.any(&[Kind::Date, Kind::DateOfBirth]) {
        return;
    }
    let words = look.words;
    for (index, word) in words.all().iter().enumerate() {
        let text = words.str(index);
        if !word.is(LETTERS) || text.len() < 3 || look.gazetteer.of(text) & CALENDAR == 0 {
            continue;
        }
        let day = |at: usize| {
            let text = words.str(at).trim_end_matches(|c: char| c.is_ascii_alphabetic());
            text.len() <= 2 && text.parse::<u32>().is_ok_and(|day| (1..=31).contains(&day))
        };
        let is_year = |at: usize| {
            words.str(at).len() == 4 && (1850..=2100).contains(&number_of(words.str(at)))
        };
        let (mut first, mut last) = (index, index);
        let close = |gap: &str| matches!(gap, " " | "-" | ", " | ". " | "." | "/");
        if index > 0 && day(index - 1) && close(words.gap(index - 1)) {
            first = index - 1;
        } else if close(words.gap(index)) && day(index + 1) {
            last = index + 1;
        }
        let of = matches!(words.str(index.saturating_sub(1)), "of" | "de");
        if first == last && of && index > 1 && day(index - 2) && words.gap(index - 2) == " " {
            first = index - 2;
        }
        if close(words.gap(last)) && is_year(last + 1) {
            last += 1;
        }
        let weekday = text.ends_with("day") && word.is_name_like();
        if first != last || weekday {
            date(look.span(first, last), look, (if weekday { 55 } else { 70 }, "words"));
        }
    }
}

fn number_of(text: &str) -> u64 {
    let digits: Vec<u8> = text.bytes().map(|byte| byte.wrapping_sub(b'0')).collect();
    if digits.iter().all(|digit| *digit < 10) { number(&digits) } else { 0 }
}

#[cfg(test)]
mod tests;
