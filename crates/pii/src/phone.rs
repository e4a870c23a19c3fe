//! Telephone numbers: E.164 with every country code, and the shapes in which nations write theirs.
//!
//! With a plus sign the country code and the length of what follows decide; without one a shape
//! that nothing else has, or a word nearby that says what it is.

use crate::finding::Reason;
use crate::kind::Kind;
use crate::scan::run::Run;
use crate::scan::{Look, Span, Verdict};
use crate::words::Word;

/// Country code, shortest and longest number behind it (ITU-T E.164 and the nations' plans).
const COUNTRIES: &[(u16, usize, usize)] = &[
    (1, 7, 10),
    (7, 10, 14),
    (20, 8, 10),
    (27, 5, 10),
    (30, 10, 12),
    (31, 5, 11),
    (32, 8, 9),
    (33, 9, 9),
    (34, 9, 9),
    (36, 8, 9),
    (39, 6, 12),
    (40, 6, 9),
    (41, 9, 12),
    (43, 4, 13),
    (44, 7, 10),
    (45, 8, 8),
    (46, 6, 12),
    (47, 5, 8),
    (48, 6, 10),
    (49, 4, 15),
    (51, 8, 9),
    (52, 10, 10),
    (53, 6, 10),
    (54, 10, 11),
    (55, 8, 11),
    (56, 9, 11),
    (57, 8, 11),
    (58, 10, 10),
    (60, 8, 10),
    (61, 5, 12),
    (62, 7, 17),
    (63, 6, 13),
    (64, 5, 10),
    (65, 8, 11),
    (66, 8, 13),
    (81, 8, 17),
    (82, 5, 14),
    (84, 7, 10),
    (86, 7, 12),
    (90, 7, 13),
    (91, 8, 13),
    (92, 8, 12),
    (93, 9, 9),
    (94, 9, 9),
    (95, 6, 10),
    (98, 4, 10),
    (211, 9, 9),
    (212, 9, 9),
    (213, 8, 9),
    (216, 8, 8),
    (218, 9, 9),
    (220, 7, 9),
    (221, 9, 9),
    (222, 8, 8),
    (223, 8, 8),
    (224, 8, 9),
    (225, 10, 10),
    (226, 8, 8),
    (227, 8, 8),
    (228, 8, 8),
    (229, 10, 10),
    (230, 7, 10),
    (231, 7, 9),
    (232, 8, 8),
    (233, 8, 9),
    (234, 10, 14),
    (235, 8, 8),
    (236, 8, 8),
    (237, 8, 9),
    (238, 7, 7),
    (239, 7, 7),
    (240, 9, 9),
    (241, 7, 8),
    (242, 9, 9),
    (243, 7, 10),
    (244, 9, 9),
    (245, 7, 9),
    (246, 7, 7),
    (247, 5, 6),
    (248, 7, 7),
    (249, 9, 9),
    (250, 8, 9),
    (251, 9, 9),
    (252, 6, 9),
    (253, 8, 8),
    (254, 7, 10),
    (255, 9, 9),
    (256, 9, 9),
    (257, 8, 8),
    (258, 8, 9),
    (260, 9, 9),
    (261, 9, 9),
    (262, 9, 9),
    (263, 7, 10),
    (264, 8, 9),
    (265, 7, 9),
    (266, 8, 8),
    (267, 7, 10),
    (268, 8, 9),
    (269, 7, 7),
    (290, 4, 5),
    (291, 7, 7),
    (297, 7, 7),
    (298, 6, 6),
    (299, 6, 6),
    (350, 8, 8),
    (351, 9, 9),
    (352, 4, 11),
    (353, 7, 10),
    (354, 7, 9),
    (355, 6, 9),
    (356, 8, 8),
    (357, 8, 8),
    (358, 5, 12),
    (359, 6, 12),
    (370, 8, 8),
    (371, 8, 8),
    (372, 7, 10),
    (373, 8, 8),
    (374, 8, 8),
    (375, 6, 11),
    (376, 6, 9),
    (377, 8, 9),
    (378, 8, 10),
    (380, 9, 10),
    (381, 6, 12),
    (382, 8, 9),
    (383, 8, 12),
    (385, 7, 9),
    (386, 5, 8),
    (387, 8, 9),
    (389, 8, 8),
    (420, 9, 12),
    (421, 6, 9),
    (423, 7, 9),
    (500, 5, 5),
    (501, 7, 11),
    (502, 8, 11),
    (503, 7, 11),
    (504, 8, 11),
    (505, 8, 8),
    (506, 8, 10),
    (507, 7, 11),
    (508, 6, 9),
    (509, 8, 8),
    (590, 9, 9),
    (591, 8, 9),
    (592, 7, 7),
    (593, 8, 11),
    (594, 9, 9),
    (595, 6, 11),
    (596, 9, 9),
    (597, 6, 7),
    (598, 4, 13),
    (599, 7, 8),
    (670, 7, 8),
    (672, 6, 6),
    (673, 7, 7),
    (674, 7, 7),
    (675, 7, 8),
    (676, 5, 7),
    (677, 5, 7),
    (678, 5, 7),
    (679, 7, 11),
    (680, 7, 7),
    (681, 6, 9),
    (682, 5, 5),
    (683, 4, 7),
    (685, 5, 10),
    (686, 5, 8),
    (687, 6, 6),
    (688, 5, 7),
    (689, 6, 9),
    (690, 4, 7),
    (691, 7, 7),
    (692, 7, 7),
    (800, 8, 8),
    (808, 8, 8),
    (850, 8, 10),
    (852, 5, 11),
    (853, 7, 8),
    (855, 8, 10),
    (856, 8, 10),
    (870, 9, 12),
    (878, 12, 12),
    (880, 6, 10),
    (881, 9, 10),
    (882, 7, 12),
    (883, 8, 12),
    (886, 7, 11),
    (888, 11, 11),
    (960, 7, 10),
    (961, 7, 8),
    (962, 8, 9),
    (963, 8, 9),
    (964, 8, 10),
    (965, 7, 8),
    (966, 9, 10),
    (967, 7, 9),
    (968, 7, 9),
    (970, 8, 10),
    (971, 5, 12),
    (972, 7, 12),
    (973, 8, 8),
    (974, 7, 11),
    (975, 7, 8),
    (976, 8, 10),
    (977, 8, 11),
    (979, 9, 9),
    (992, 9, 9),
    (993, 8, 8),
    (994, 9, 9),
    (995, 9, 9),
    (996, 9, 10),
    (998, 9, 9),
];

/// Longest extension, in bytes.
const EXTENSION_BYTES_MAX: usize = 6;

/// Looks at a run of digits.
pub fn look(run: &Run, look: &mut Look<'_>) {
    let count = run.digits().len();
    if !(5..=17).contains(&count) || run.groups().len() > 7 {
        return;
    }
    let verdict = international(run, look).or_else(|| national(run, look));
    let Some((verdict, start)) = verdict else { return };
    let end = extension(run, look).unwrap_or(run.span.end);
    look.push(Span { start, end }, Kind::Phone, verdict);
}

fn international(run: &Run, look: &Look<'_>) -> Option<(Verdict, usize)> {
    let before = look.words.gap_before(run.first);
    let digits = run.digits();
    let (plus, body) = if let Some(at) = opening(before, '+') {
        (Some(at), digits)
    } else if digits.starts_with(&[0, 0]) {
        (None, digits.get(2..)?)
    } else {
        return None;
    };
    let fits = |take: usize| {
        let code = body.get(..take)?.iter().fold(0, |code, digit| code * 10 + u16::from(*digit));
        let at = COUNTRIES.binary_search_by_key(&code, |(code, ..)| *code).ok()?;
        let (_, min, max) = COUNTRIES.get(at)?;
        // People write the trunk zero as well: +44 (0)20.
        let rest = body.len() - take;
        let rest = if body.get(take) == Some(&0) && code != 39 { rest - 1 } else { rest };
        (rest >= *min.max(&5) && rest <= *max).then_some(())
    };
    (1..=3).find_map(fits)?;
    let cue = look.cue(Kind::Phone, run);
    match plus {
        Some(bytes) => Some(((95, Reason::Form, "e164"), run.span.start - bytes)),
        None if cue => Some(((90, Reason::Cue, "e164_zeros"), run.span.start)),
        None if run.groups().len() > 2 => Some(((60, Reason::Form, "e164_zeros"), run.span.start)),
        None => None,
    }
}

/// How many bytes before a number belong to it when it opens with a sign: `+`, `+(`, `(+`.
fn opening(before: &str, sign: char) -> Option<usize> {
    if before.ends_with(sign) {
        return Some(if before.len() > 1 && before.ends_with("(+") { 2 } else { 1 });
    }
    before.ends_with("+(").then_some(2)
}

fn national(run: &Run, look: &Look<'_>) -> Option<(Verdict, usize)> {
    let before = look.words.gap_before(run.first);
    let open = usize::from(before.ends_with('('));
    let start = run.span.start - open;
    let (groups, digits) = (run.groups(), run.digits());
    let cue = look.cue(Kind::Phone, run);
    let verdict = if north_american(groups, digits) && !run.same_separator(&[" ", "/"]) {
        (if cue { 85 } else { 70 }, Reason::Form, "nanp")
    } else if north_american(groups, digits) && (cue || open == 1) {
        (75, Reason::Cue, "nanp")
    } else if trunk(groups, digits) && run.same_separator(&[" ", "-", "."]) {
        (if cue { 80 } else { 60 }, Reason::Form, "trunk")
    } else if trunk(groups, digits) && open == 1 {
        (65, Reason::Form, "trunk")
    } else if cue && by_cue(run) {
        (65, Reason::Cue, "cue")
    } else {
        return None;
    };
    Some((verdict, start))
}

/// `201-948-1927`, `(201) 948-1927`, `1 201 948 1927` (North American Numbering Plan).
fn north_american(groups: &[usize], digits: &[u8]) -> bool {
    let (groups, digits) = match (groups, digits) {
        ([1, groups @ ..], [1, digits @ ..]) => (groups, digits),
        both => both,
    };
    groups == [3, 3, 4]
        && digits.first().is_some_and(|digit| *digit > 1)
        && digits.get(3).is_some_and(|digit| *digit > 0)
}

/// `0496 46 46 70`, `020 7946 0018`, `02-9999-1234`: a trunk zero and groups.
fn trunk(groups: &[usize], digits: &[u8]) -> bool {
    let first = groups.first().copied().unwrap_or(0);
    digits.first() == Some(&0)
        && digits.get(1).is_some_and(|digit| *digit > 0)
        && groups.len() >= 3
        && (2..=5).contains(&first)
        && (9..=11).contains(&digits.len())
        && groups.iter().skip(1).all(|len| (2..=4).contains(len))
}

/// Anything of the length of a number that no other kind writes like this.
fn by_cue(run: &Run) -> bool {
    let (groups, digits) = (run.groups(), run.digits());
    let date = matches!(groups, [4, 2, 2] | [2, 2, 4] | [1, 1, 4] | [1, 2, 4] | [2, 1, 4]);
    let decimal = run.same_separator(&["."]) && groups.len() == 2;
    let same = digits.iter().all(|digit| Some(digit) == digits.first());
    let length = if groups.len() == 1 { 7..=12 } else { 7..=13 };
    !date
        && !decimal
        && !same
        && length.contains(&digits.len())
        && groups.iter().skip(1).all(|len| *len >= 2)
        && (groups.len() == 1 || !run.same_separator(&["/"]))
}

/// Where an extension behind a number ends: `-5272x565`, ` ext. 12`.
fn extension(run: &Run, look: &Look<'_>) -> Option<usize> {
    let next = run.last + 1;
    let word: Word = look.words.get(next)?;
    let text = look.words.str(next);
    let gap = look.words.gap(run.last);
    if gap.len() > 2 {
        return None;
    }
    let tail = text.strip_prefix('x').or_else(|| text.strip_prefix("ext")).unwrap_or_default();
    if is_extension(tail) {
        return Some(word.end as usize);
    }
    if matches!(text, "x" | "ext" | "Ext" | "extension") {
        let end = look.words.get(next + 1)?.end as usize;
        return is_extension(look.words.str(next + 1)).then_some(end);
    }
    None
}

fn is_extension(text: &str) -> bool {
    (1..=EXTENSION_BYTES_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests;
