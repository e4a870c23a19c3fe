//! Postal codes on their own: announced by a word, of the British form, or behind a state.

use crate::address::{is_long_number, joined};
use crate::finding::Reason;
use crate::gazetteer::CITY;
use crate::kind::Kind;
use crate::scan::Look;
use crate::words::{CAPITAL, DIGIT, DIGITS, SHOUTED};

/// Looks at a word that may begin a postal code.
pub fn look(index: usize, look: &mut Look<'_>) {
    let words = look.words;
    let text = words.str(index);
    let word = words.get(index).unwrap_or_default();
    if !word.is(DIGIT) || !look.kinds.has(Kind::PostalCode) {
        return;
    }
    let span = look.span(index, index);
    if let Some(last) = announced(index, look) {
        look.push(look.span(index, last), Kind::PostalCode, (75, Reason::Cue, "announced"));
    } else if word.is(DIGITS) && text.len() == 5 && is_state(index, look) {
        look.push(span, Kind::PostalCode, (62, Reason::Form, "state"));
    } else if word.is(CAPITAL) && (2..=4).contains(&text.len()) && words.gap(index) == " " {
        let inward = words.str(index + 1).as_bytes();
        let outward = text.as_bytes();
        let form = matches!(inward, [d, a, b] if d.is_ascii_digit() && a.is_ascii_uppercase() && b.is_ascii_uppercase());
        let letters = outward.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        if form
            && (1..=2).contains(&letters)
            && outward.get(letters).is_some_and(u8::is_ascii_digit)
        {
            let span = look.span(index, index + 1);
            look.push(span, Kind::PostalCode, (65, Reason::Form, "british"));
        }
    }
}

/// `Boston, MA 02108`: whether a code of two letters behind a place stands before.
fn is_state(index: usize, look: &Look<'_>) -> bool {
    let words = look.words;
    let Some(state) = index.checked_sub(1) else { return false };
    let short = words.get(state).is_some_and(|word| word.is(SHOUTED) && word.end - word.start == 2);
    let place = state > 0
        && matches!(words.gap(state - 1), ", " | " ")
        && look.gazetteer.of(words.str(state - 1)) & CITY != 0;
    short && place && words.gap(state) == " " && !joined(index, look)
}

/// The last word of a code behind `zip`: `94041`, `394 13`, `00-950`, `1012 AB`, `K1A 0B1`.
fn announced(index: usize, look: &Look<'_>) -> Option<usize> {
    let words = look.words;
    let text = words.str(index);
    let before = index.checked_sub(1).map(|at| words.str(at).to_lowercase()).unwrap_or_default();
    let cues = ["zip", "code", "postcode", "plz", "zipcode", "is", "cap", "postnummer", "postal"];
    if !(2..=6).contains(&text.len()) || !look.near(Kind::PostalCode, look.span(index, index)) {
        return None;
    }
    if !cues.contains(&before.as_str()) {
        let whole = !joined(index, look) && !is_long_number(index, look);
        let digits = words.get(index).is_some_and(|word| word.is(DIGITS));
        return (digits && whole && (4..=6).contains(&text.len())).then_some(index);
    }
    let next = words.str(index + 1);
    let group = |part: &str| {
        (2..=4).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
    };
    let more = matches!(words.gap(index), " " | "-") && group(next) && text.len() <= 5;
    let all = text.len() + if more { next.len() } else { 0 };
    ((3..=10).contains(&all)).then_some(index + usize::from(more))
}

#[cfg(test)]
mod tests;
