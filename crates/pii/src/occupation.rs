//! What somebody does for a living, where the text says it of a person.
//!
//! The word alone is no finding: a shop sells a "Nurse" costume and a "Painter" easel. It counts
//! on a line of its own among others, between a name and a comma, and behind `as a`.

use crate::finding::Reason;
use crate::gazetteer::OCCUPATION;
use crate::kind::Kind;
use crate::scan::Look;
use crate::words::LETTERS;

/// Most words of an occupation.
const WORDS_MAX: usize = 7;

/// Looks for occupations.
pub fn look(look: &mut Look<'_>) {
    let words = look.words;
    for (index, word) in words.all().iter().enumerate() {
        if word.is(LETTERS)
            && look.gazetteer.of(words.str(index)) & OCCUPATION != 0
            && let Some((first, score, rule)) = start(index, look)
        {
            look.push(look.span(first, index), Kind::Title, (score, Reason::List, rule));
        }
    }
}

/// The first word of the occupation that ends at a word, how sure that is, and why.
fn start(last: usize, look: &Look<'_>) -> Option<(usize, u8, &'static str)> {
    let words = look.words;
    let behind = words.gap(last);
    let line_ends = behind.starts_with(['\n', '\r']);
    if words.gap(last) == " " && look.gazetteer.of(words.str(last + 1)) & OCCUPATION != 0 {
        return None;
    }
    let mut first = last;
    while last - first < WORDS_MAX {
        let gap = words.gap_before(first);
        if gap.ends_with('\n') {
            return line_ends.then_some((first, 60, "line"));
        }
        let before = first.checked_sub(1).map_or("", |at| words.str(at));
        let article = matches!(before, "the" | "a" | "an");
        if article && gap == " " {
            return introduced(first - 1, behind, look).then_some((first, 58, "introduced"));
        }
        if !matches!(gap, " " | "-" | ", " | "/" | "'") || before.is_empty() {
            return None;
        }
        first -= 1;
    }
    None
}

/// Whether the article stands behind a name and a comma, or behind `as`.
fn introduced(article: usize, behind: &str, look: &Look<'_>) -> bool {
    let words = look.words;
    let gap = words.gap_before(article);
    let before = article.checked_sub(1).map_or("", |at| words.str(at));
    let said = gap == ", " && before.starts_with(char::is_uppercase) && behind.starts_with(',');
    let works = ["as", "am", "m"].contains(&before) && matches!(gap, " ");
    said || works && !words.str(article).eq_ignore_ascii_case("the")
}

#[cfg(test)]
mod tests;
