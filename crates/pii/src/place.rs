//! Places, organizations, nationalities and other groups.
//!
//! None of them points at a person alone; beside a name they do.

use crate::finding::Reason;
use crate::gazetteer::{
    BEGINS, CALENDAR, CITY, COMMON, COMPANY, COUNTRY, GIVEN, GROUP, PARTICLE, STREET, SURNAME,
    TITLE,
};
use crate::kind::Kind;
use crate::scan::Look;
use crate::words::{CAPITAL, LETTERS, SHOUTED, Word};

/// Most words of a place or an organization.
const WORDS_MAX: usize = 4;

/// Looks for all three.
pub fn look(look: &mut Look<'_>) {
    let words = look.words;
    let mut index = 0;
    while index < words.len() {
        let word = words.get(index).unwrap_or_default();
        if !word.is(LETTERS) {
            index += 1;
            continue;
        }
        let bits = look.gazetteer.of(words.str(index));
        if bits & GROUP != 0 && !word.is(SHOUTED) {
            let score = if word.is(CAPITAL) { 65 } else { 55 };
            look.push(look.span(index, index), Kind::Group, (score, Reason::List, "group"));
        }
        let after = place(index, bits, look).or_else(|| organization(index, bits, look));
        index = after.unwrap_or(index + 1);
    }
}

/// Whether a word before says that a place follows.
pub fn is_in(index: usize, look: &Look<'_>) -> bool {
    let Some(before) = index.checked_sub(1) else { return false };
    let word = look.words.str(before);
    let list = [
        "in", "from", "to", "near", "around", "visit", "visiting", "serving", "leaving", "via",
        "southern", "northern", "eastern", "western", "aus", "nach", "till", "från", "à", "en",
        "i", "at",
    ];
    look.words.gap(before) == " " && list.iter().any(|one| one.eq_ignore_ascii_case(word))
}

/// `originally from`, `arrived at`, `moved to`: what nobody says of a person.
pub fn is_moved(index: usize, look: &Look<'_>) -> bool {
    let before = index.checked_sub(2).map(|at| look.words.str(at)).unwrap_or_default();
    let verbs = ["originally", "arrived", "moved", "born", "lived", "live", "lives", "returned"];
    verbs.iter().any(|one| one.eq_ignore_ascii_case(before))
}

/// The same, when the word leads to places more often than to people.
pub fn is_inside(index: usize, look: &Look<'_>) -> bool {
    let before = index.checked_sub(1).map(|at| look.words.str(at)).unwrap_or_default();
    is_in(index, look)
        && (!matches!(before, "to" | "at" | "i" | "en" | "visit") || is_moved(index, look))
}

fn place(index: usize, bits: u16, look: &mut Look<'_>) -> Option<usize> {
    let words = look.words;
    let word = words.get(index)?;
    let inside = is_in(index, look);
    let named = word.is_name_like() || word.is(SHOUTED) && inside;
    if !named {
        let small = word.any(CAPITAL | SHOUTED) || bits & (COMMON | GIVEN | PARTICLE) != 0;
        let known = bits & COUNTRY != 0 || bits & CITY != 0 && inside;
        if known && !small && words.str(index).len() > 3 {
            look.push(look.span(index, index), Kind::Place, (50, Reason::List, "small_letters"));
        }
        return None;
    }
    if bits & BEGINS != 0 {
        let mut phrase = words.str(index).to_owned();
        let mut best = None;
        for last in index + 1..index + WORDS_MAX {
            let gap = words.gap(last - 1);
            if !matches!(gap, " " | "-" | "'" | "\n") {
                break;
            }
            phrase.push_str(if gap == "\n" { " " } else { gap });
            phrase.push_str(words.str(last));
            let found = look.gazetteer.of(&phrase);
            if found & (CITY | COUNTRY) != 0
                && words.get(last).is_some_and(|word| word.any(CAPITAL))
            {
                best = Some((last, found));
            }
        }
        if let Some((last, found)) = best {
            let score = if found & COUNTRY != 0 || inside { 75 } else { 60 };
            look.push(look.span(index, last), Kind::Place, (score, Reason::List, "several_words"));
            return Some(last + 1);
        }
    }
    let weak = bits & (COMMON | GIVEN | SURNAME) != 0;
    let score = match (bits & COUNTRY != 0, bits & CITY != 0) {
        (true, _) if bits & COMMON == 0 => {
            if weak && !inside {
                52
            } else {
                75
            }
        }
        (_, true)
            if bits & COMMON == 0 && inside && (bits & GIVEN == 0 || is_inside(index, look)) =>
        {
            70
        }
        (_, true) if !weak => 55,
        _ => return unknown(index, bits, look),
    };
    look.push(look.span(index, index), Kind::Place, (score, Reason::List, "known"));
    None
}

/// A word that no list knows, behind one that a place follows.
fn unknown(index: usize, bits: u16, look: &mut Look<'_>) -> Option<usize> {
    let words = look.words;
    let known = COMMON | GIVEN | CALENDAR | GROUP | TITLE | COMPANY | STREET;
    let before = words.str(index.checked_sub(1)?).to_ascii_lowercase();
    if bits & known != 0
        || !matches!(before.as_str(), "in" | "from" | "to" | "near") && !is_moved(index, look)
        || !is_in(index, look)
    {
        return None;
    }
    let mut last = index;
    while last + 1 < index + WORDS_MAX && matches!(words.gap(last), " " | "-" | "'" | "' ") {
        let next = words.get(last + 1).unwrap_or_default();
        let bits = look.gazetteer.of(words.str(last + 1));
        if !next.is(CAPITAL) || bits & (COMMON | COMPANY) != 0 {
            break;
        }
        last += 1;
    }
    let end = look.gazetteer.of(words.str(last + 1));
    if end & COMPANY != 0 && words.get(last + 1).is_some_and(|word| word.is(CAPITAL)) {
        return None;
    }
    let surname = last == index && bits & SURNAME != 0;
    let score = if before == "in" && !surname { 58 } else { 50 };
    look.push(look.span(index, last), Kind::Place, (score, Reason::Cue, "unknown"));
    None
}

fn organization(index: usize, bits: u16, look: &mut Look<'_>) -> Option<usize> {
    let words = look.words;
    let word = words.get(index)?;
    if !word.is(CAPITAL) || word.is(SHOUTED) && !is_employer(index, look) {
        return None;
    }
    let mut last = index;
    while last + 1 < index + WORDS_MAX + 1 && matches!(words.gap(last), " " | "-" | " & " | ", ") {
        let next = words.get(last + 1).unwrap_or_default();
        let company = look.gazetteer.of(words.str(last + 1)) & COMPANY != 0 && next.is(CAPITAL);
        if words.gap(last) == ", " && !company || !next.is(CAPITAL) {
            break;
        }
        last += 1;
    }
    if let Some(last) = partners(index, look) {
        let verdict = (60, Reason::Form, "partners");
        look.push(look.span(index, last), Kind::Organization, verdict);
        return Some(last + 1);
    }
    let company = last > index && look.gazetteer.of(words.str(last)) & COMPANY != 0;
    let own = bits & COMMON == 0 || last > index + 1;
    if company && own {
        let mut span = look.span(index, last);
        span.end += usize::from(words.gap(last).starts_with('.') && words.str(last).len() < 5);
        look.push(span, Kind::Organization, (80, Reason::List, "company"));
        return Some(last + 1);
    }
    if bits & (COMMON | CALENDAR) == 0 && is_employer(index, look) {
        look.push(look.span(index, last), Kind::Organization, (62, Reason::Cue, "employer"));
    } else if bits & (COMMON | CALENDAR | GIVEN | GROUP) == 0 && is_described(last, look) {
        look.push(look.span(index, last), Kind::Organization, (55, Reason::Cue, "described"));
    }
    None
}

/// `Baker, Reed and Moss`, `Baker-Moss`: surnames alone, as companies of partners are called.
fn partners(index: usize, look: &Look<'_>) -> Option<usize> {
    let words = look.words;
    let surname = |at: usize| {
        words.get(at).is_some_and(Word::is_name_like)
            && look.gazetteer.of(words.str(at)) & SURNAME != 0
    };
    let alone =
        |at: usize| words.gap(at) != " " || !words.get(at + 1).is_some_and(Word::is_name_like);
    let before = words.gap_before(index);
    let first = index == 0 || before.ends_with([' ', '\n', '"', '(']) && !before.contains(':');
    let named = before == " " && index > 0 && {
        let bits = look.gazetteer.of(words.str(index - 1));
        bits & (GIVEN | TITLE) != 0 && words.get(index - 1).is_some_and(|word| word.is(CAPITAL))
    };
    if !first || named || !surname(index) || !surname(index + 1) {
        return None;
    }
    let given = look.gazetteer.of(words.str(index)) & GIVEN != 0;
    if words.gap(index) == "-" {
        return (!given && alone(index + 1)).then_some(index + 1);
    }
    let three = words.gap(index) == ", "
        && matches!(words.str(index + 2), "and" | "und" | "et" | "y")
        && words.gap(index + 1) == " "
        && words.gap(index + 2) == " "
        && surname(index + 3);
    (three && alone(index + 3)).then_some(index + 3)
}

/// `work for`, `employed by`, `a year at`.
fn is_employer(index: usize, look: &Look<'_>) -> bool {
    let words = look.words;
    let word = |back: usize| {
        index.checked_sub(back).map(|at| words.str(at).to_lowercase()).unwrap_or_default()
    };
    if words.gap_before(index) != " " {
        return false;
    }
    let (one, two, three) = (word(1), word(2), word(3));
    let works = |word: &str| {
        matches!(
            word,
            "work"
                | "works"
                | "worked"
                | "working"
                | "employed"
                | "job"
                | "manager"
                | "engineer"
                | "year"
                | "years"
                | "founder"
                | "ceo"
                | "office"
                | "address"
        )
    };
    matches!(one.as_str(), "for" | "at" | "by" | "of" | "from" | "with")
        && (works(&two) || works(&three) && two != "the")
        || matches!(one.as_str(), "joined" | "joining" | "bei" | "chez")
}

/// `... is a design agency`, `... was founded`, `... office`.
fn is_described(last: usize, look: &Look<'_>) -> bool {
    let words = look.words;
    if words.gap(last) != " " {
        return false;
    }
    let word = |step: usize| words.str(last + step).to_lowercase();
    let one = word(1);
    if matches!(one.as_str(), "office" | "employees" | "headquarters" | "announced" | "orchestra") {
        return true;
    }
    let what = [
        "company",
        "agency",
        "startup",
        "firm",
        "brainchild",
        "founded",
        "organization",
        "bank",
        "manufacturer",
        "platform",
    ];
    matches!(one.as_str(), "is" | "was") && (2..=6).any(|step| what.contains(&word(step).as_str()))
}

#[cfg(test)]
mod tests;
