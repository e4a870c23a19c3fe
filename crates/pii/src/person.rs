//! Names of people: known names, forms of address, and words that introduce somebody.
//!
//! A single word that is a name as well as a good ("Rose", "Ruby") needs a second word or one that
//! introduces it. In text of capitals only, names are looked for behind such words alone.

use rustc_hash::FxHashSet;

use crate::finding::Reason;
use crate::gazetteer::{
    CALENDAR, CITY, COMMON, COMPANY, COUNTRY, GIVEN, GROUP, PARTICLE, STREET, SURNAME, TITLE, hash,
};
use crate::kind::Kind;
use crate::scan::{Look, Span};
use crate::words::{CAPITAL, LETTERS, SHOUTED, Word};

/// Most words of a name.
const NAME_WORDS_MAX: usize = 6;
/// Most names of one text that are looked for again.
const NOTES_MAX: usize = 4_096;

/// Names of a text, so that a part of one is known again.
#[derive(Debug, Default)]
pub struct Notes {
    hashes: FxHashSet<u64>,
}

/// What is known of the words of a possible name.
struct Candidate {
    first: usize,
    last: usize,
    titled: bool,
    introduced: bool,
}

/// Looks for names.
pub fn look(look: &mut Look<'_>, notes: &mut Notes) {
    let count = look.words.len();
    let mut index = 0;
    while index < count {
        index = step(index, look, notes).max(index + 1);
    }
}

fn step(index: usize, look: &mut Look<'_>, notes: &mut Notes) -> usize {
    let words = look.words;
    let Some(word) = words.get(index) else { return index + 1 };
    if !word.is(LETTERS) {
        return index + 1;
    }
    if let Some(name) = titled(index, look) {
        return finish(&name, look, notes);
    }
    let introduced = is_introduced(index, look);
    if word.is_name_like() || word.is(SHOUTED) && introduced {
        let bits = look.gazetteer.of(words.str(index));
        let shouting = word.is(SHOUTED);
        if bits & (CALENDAR | COMMON) != 0 && bits & GIVEN == 0 {
            return index + 1;
        }
        let last = extend(index, shouting, look);
        return finish(&Candidate { first: index, last, titled: false, introduced }, look, notes);
    }
    if !word.any(CAPITAL) {
        return lower(index, introduced, look, notes);
    }
    index + 1
}

/// `Mr. Baker`, `ms. Marcela`: the form of address is a finding of its own.
fn titled(index: usize, look: &mut Look<'_>) -> Option<Candidate> {
    let words = look.words;
    let text = words.str(index);
    if text.len() < 2
        || look.gazetteer.of(text) & TITLE == 0
        || !matches!(words.gap(index), " " | ". " | ".")
    {
        return None;
    }
    let next = words.get(index + 1)?;
    let capital = words.get(index)?.is(CAPITAL) || words.gap(index) == ". ";
    let bits = look.gazetteer.of(words.str(index + 1));
    if !next.is_name_like() || !capital || bits & COMMON != 0 && bits & (GIVEN | SURNAME) == 0 {
        return None;
    }
    let mut span = look.span(index, index);
    span.end += usize::from(words.gap(index).starts_with('.'));
    look.push(span, Kind::Title, (70, Reason::List, "form_of_address"));
    let last = extend(index + 1, false, look);
    Some(Candidate { first: index + 1, last, titled: true, introduced: false })
}

/// The last word of the name that starts here.
fn extend(first: usize, shouting: bool, look: &Look<'_>) -> usize {
    let words = look.words;
    let mut last = first;
    while last + 1 < first + NAME_WORDS_MAX {
        let gap = words.gap(last);
        let initial = words.str(last).chars().count() == 1;
        let joined = matches!(gap, " " | "-" | "'") || gap == ". " && initial;
        let Some(next) = words.get(last + 1).filter(|_| joined) else { break };
        let bits = look.gazetteer.of(words.str(last + 1));
        let plain = bits & COMMON == 0 || bits & (GIVEN | SURNAME) != 0;
        let one = words.str(last + 1).chars().count() == 1 && next.is(CAPITAL) && gap == " ";
        if (next.is_name_like() || one || shouting && next.is(SHOUTED)) && plain {
            last += 1;
            continue;
        }
        if gap != " " || bits & PARTICLE == 0 || next.any(CAPITAL) {
            break;
        }
        let more = bits_of_particle(last + 2, look);
        let end = last + 2 + usize::from(more);
        if !words.get(end).is_some_and(Word::is_name_like) || words.gap(end - 1) != " " {
            break;
        }
        last = end;
    }
    last
}

fn bits_of_particle(index: usize, look: &Look<'_>) -> bool {
    let small = look.words.get(index).is_some_and(|word| !word.any(CAPITAL));
    small && look.gazetteer.of(look.words.str(index)) & PARTICLE != 0
}

/// `my name is olga`: what follows is a name even in small letters and on no list.
fn is_called(index: usize, look: &Look<'_>) -> bool {
    let back = |step: usize| index.checked_sub(step).map_or("", |at| look.words.str(at));
    let is = ["is", "ist", "est", "es", "heter", "to"];
    is.contains(&back(1)) && ["name", "nom", "nombre", "it"].contains(&back(2))
}

/// Whether the words before say that a name follows.
fn is_introduced(index: usize, look: &Look<'_>) -> bool {
    let words = look.words;
    let Some(before) = index.checked_sub(1) else { return false };
    let gap = words.gap(before);
    if gap.len() > 4 || gap.contains(['.', '!', '?', ')', '/']) {
        return false;
    }
    let is = |at: Option<usize>, list: &[&str]| {
        at.is_some_and(|at| list.iter().any(|one| one.eq_ignore_ascii_case(words.str(at))))
    };
    let (second, third) = (before.checked_sub(1), before.checked_sub(2));
    if gap.contains(':') {
        return is(
            Some(before),
            &["name", "customer", "recipient", "contact", "attn", "nom", "nombre", "kunde"],
        );
    }
    if is(
        Some(before),
        &[
            "dear",
            "named",
            "hi",
            "hello",
            "sincerely",
            "regards",
            "mit",
            "liebe",
            "lieber",
            "estimado",
            "cher",
            "chère",
            "attn",
            "guardian",
        ],
    ) {
        return !is(Some(before), &["mit", "hi", "hello"])
            || words.gap(index).starts_with([',', '.', '!', '?', '\n']);
    }
    if is(Some(before), &["is", "to", "ist", "est", "es", "under", "heter", "hedder"]) {
        return is(second, &["name", "its", "it", "this", "nom", "nombre", "s"])
            && !gap.contains(',')
            && (is(second, &["name", "nom", "nombre"]) || is(Some(before), &["under"]))
            || is(Some(before), &["is"]) && is(second, &["name"])
            || is(Some(before), &["to"])
                && is(second, &["it"])
                && is(third, &["change", "correct", "update"]);
    }
    if is(Some(before), &["heiße", "heisse", "llamo", "appelle", "chiamo", "heet"]) {
        return true;
    }
    is(Some(before), &["m", "am"]) && is(second, &["i"])
}

fn finish(name: &Candidate, look: &mut Look<'_>, notes: &mut Notes) -> usize {
    let last_bits = look.gazetteer.of(look.words.str(name.last));
    let many = name.last > name.first;
    if many && last_bits & COMPANY != 0 && last_bits & SURNAME == 0 {
        return name.last + 1;
    }
    if many && last_bits & STREET != 0 && last_bits & COMMON != 0 && !name.titled {
        return name.last + 1;
    }
    let Some((score, reason, rule)) = judge(name, look) else { return name.last + 1 };
    let Span { start, end } = look.span(name.first, name.last);
    look.push(Span { start, end }, Kind::Person, (score, reason, rule));
    if score >= 60 && (many || score >= 65) && notes.hashes.len() < NOTES_MAX {
        for index in name.first..=name.last {
            let text = look.words.str(index);
            let known = look.gazetteer.of(text) & (COMMON | PARTICLE) != 0;
            if text.len() > 2 && !known {
                notes.hashes.insert(hash(text));
            }
        }
    }
    name.last + 1
}

/// How surnames end in languages that make them of other words; English words end so seldom.
const ENDINGS: &[&str] = &[
    "ov", "ova", "ev", "eva", "iev", "enko", "chuk", "yan", "shvili", "adze", "idze", "ski", "ska",
    "sky", "skaya", "wicz", "czyk", "vić", "vic", "ić", "nen", "sson", "sdóttir", "dóttir",
    "dottir", "ová", "escu", "poulos", "idis", "akis", "sen", "gaard", "gård", "ström", "qvist",
    "quist", "lund", "berg", "mann", "stein", "meier", "huber", "nagy", "oğlu", "oglu",
];

/// What the lists know of a word, or what its end says when they know nothing.
fn known(text: &str, look: &Look<'_>) -> u16 {
    let bits = look.gazetteer.of(text);
    let long = text.chars().count() >= 6;
    if bits == 0 && long && ENDINGS.iter().any(|ending| text.ends_with(ending)) {
        return SURNAME;
    }
    bits
}

fn judge(name: &Candidate, look: &Look<'_>) -> Option<(u8, Reason, &'static str)> {
    let words = look.words;
    let bits = |index: usize| known(words.str(index), look);
    let (first, last) = (bits(name.first), bits(name.last));
    let many = name.last > name.first;
    if name.titled {
        return Some((88, Reason::Cue, "titled"));
    }
    if name.introduced && (many || first & (COMMON | COUNTRY | GROUP) == 0 || first & GIVEN != 0) {
        return Some((80, Reason::Cue, "introduced"));
    }
    if name.last == name.first + 1
        && words.gap(name.first) == "-"
        && first & (GIVEN | SURNAME) == SURNAME
    {
        return Some((50, Reason::List, "double"));
    }
    let two_common = first & COMMON != 0 && last & COMMON != 0;
    if many && !two_common && last & COUNTRY == 0 {
        if first & GIVEN != 0 && last & (SURNAME | GIVEN) != 0 {
            return Some((if first & COMMON == 0 { 85 } else { 70 }, Reason::List, "full_name"));
        }
        if first & GIVEN != 0 && first & COMMON == 0 {
            return Some((75, Reason::List, "given_and_unknown"));
        }
        if last & SURNAME != 0 && first & (COMMON | CITY) == 0 {
            return Some((65, Reason::List, "unknown_and_surname"));
        }
        let initials = words.str(name.last).len() > 1
            && (name.first..=name.last).any(|index| words.str(index).len() == 1);
        if initials && last & CITY == 0 {
            return Some((60, Reason::Form, "initials"));
        }
        return unlisted(name, first | last, look);
    }
    if many || first & (COMMON | CALENDAR | GROUP) != 0 || words.str(name.first).chars().count() < 3
    {
        return None;
    }
    if first & (CITY | COUNTRY | STREET | COMPANY) == 0 && acts(name, look) {
        return Some((58, Reason::Cue, "acts"));
    }
    if first & GIVEN != 0 {
        let place = first & COUNTRY != 0 && crate::place::is_in(name.first, look)
            || crate::place::is_moved(name.first, look)
            || first & CITY != 0 && crate::place::is_inside(name.first, look);
        return (!place).then_some((60, Reason::List, "given"));
    }
    if first & SURNAME != 0 && first & (CITY | COUNTRY) == 0 {
        return Some((50, Reason::List, "surname"));
    }
    None
}

/// Two words or three that no list knows: a name when the text treats them as one.
fn unlisted(name: &Candidate, bits: u16, look: &Look<'_>) -> Option<(u8, Reason, &'static str)> {
    let words = look.words;
    if bits & (COMMON | COUNTRY | CITY | STREET | COMPANY | CALENDAR | GROUP) != 0
        || name.last > name.first + 2
        || (name.first..=name.last).any(|index| words.str(index).chars().count() < 3)
    {
        return None;
    }
    if acts(name, look) {
        return Some((60, Reason::Cue, "acts"));
    }
    let gap = words.gap_before(name.first);
    let before = name.first.checked_sub(1).map_or("", |at| words.str(at));
    let behind = [
        "by", "with", "add", "heard", "ask", "asked", "told", "call", "contact", "meet", "met",
        "starring", "to", "for", "von", "mit", "av", "med", "par", "por",
    ];
    if gap == " " && behind.iter().any(|one| one.eq_ignore_ascii_case(before)) {
        return Some((54, Reason::Cue, "behind"));
    }
    // A line of its own above other lines, as in a signature or on an envelope.
    let starts = gap.is_empty() || gap.ends_with('\n');
    let end = words.gap(name.last);
    let alone = starts && end.starts_with(['\n', '\r']) && name.last > name.first;
    alone.then_some((52, Reason::Form, "line"))
}

/// `Olga lives on`, `Olga said`, `said Olga`, `Olga Orlova's`: what only people do.
fn acts(name: &Candidate, look: &Look<'_>) -> bool {
    let words = look.words;
    let verbs = [
        "lives", "lived", "said", "says", "told", "asked", "spent", "thinks", "thought", "wrote",
        "writes", "wants", "wanted", "moved", "works", "worked", "replied", "called", "married",
        "sagt", "sagte", "wohnt", "habite", "vive", "bor", "sagde", "sa",
    ];
    let among = |word: &str| verbs.iter().any(|one| one.eq_ignore_ascii_case(word));
    let next = words.str(name.last + 1);
    let gap = words.gap(name.last);
    if gap == " " && among(next) {
        return true;
    }
    let many = name.last > name.first;
    if many && gap == "'" && next == "s" {
        return true;
    }
    let said =
        name.first.checked_sub(1).is_some_and(|at| matches!(words.str(at), "said" | "asked"));
    said && words.gap_before(name.first) == " "
}

/// Names in small letters: both words must be known as names and as nothing else.
fn lower(index: usize, introduced: bool, look: &mut Look<'_>, notes: &mut Notes) -> usize {
    let words = look.words;
    let first = look.gazetteer.of(words.str(index));
    let alone = |bits: u16| bits & (COMMON | PARTICLE | CITY | COUNTRY | GROUP | STREET) == 0;
    if introduced && alone(first) && words.str(index).len() > 2 && is_called(index, look) {
        let known = look.gazetteer.of(words.str(index + 1));
        let second = words.gap(index) == " "
            && known & (SURNAME | GIVEN) != 0
            && alone(known)
            && words.get(index + 1).is_some_and(|word| word.is(LETTERS));
        let last = index + usize::from(second);
        look.push(look.span(index, last), Kind::Person, (65, Reason::Cue, "called"));
        notes.hashes.insert(hash(words.str(index)));
        return last + 1;
    }
    if first & GIVEN == 0 || first & (COMMON | PARTICLE) != 0 || words.str(index).len() < 4 {
        return index + 1;
    }
    let mut last = index + 1;
    let initial =
        words.str(last).len() == 1 && words.get(last).is_some_and(|word| word.is(LETTERS));
    if initial && matches!(words.gap(last), " " | ". ") {
        last += 1;
    }
    let gap = words.gap(index) == " ";
    let second = look.gazetteer.of(words.str(last));
    let small = words.get(last).is_some_and(|word| word.is(LETTERS) && !word.any(CAPITAL));
    if gap && small && second & (SURNAME | GIVEN) != 0 && alone(second) && words.str(last).len() > 3
    {
        let candidate = Candidate { first: index, last, titled: false, introduced };
        let span = look.span(candidate.first, candidate.last);
        look.push(span, Kind::Person, (55, Reason::List, "small_letters"));
        notes.hashes.insert(hash(words.str(last)));
        return last + 1;
    }
    index + 1
}

/// Finds parts of the names that were found before.
pub fn look_again(look: &mut Look<'_>, notes: &Notes) {
    if notes.hashes.is_empty() {
        return;
    }
    let words = look.words;
    for (index, word) in words.all().iter().enumerate() {
        if word.is(LETTERS) && notes.hashes.contains(&hash(words.str(index))) {
            look.push(look.span(index, index), Kind::Person, (65, Reason::Repeated, "repeated"));
        }
    }
}

#[cfg(test)]
mod tests;
