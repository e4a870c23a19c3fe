//! Numbers that states give to persons, with their check digits.
//!
//! [`digits`] holds the rules of numbers of digits only, [`letters`] those with letters. A rule
//! says how the number is written, what must be right in it, and how sure that makes it: a check
//! digit alone is right by chance in one of ten numbers, so such a number needs a word nearby,
//! and one with a date of birth and two check digits does not.

use crate::finding::Reason;
use crate::kind::Kind;
use crate::scan::run::Run;
use crate::scan::{Look, Span};

pub mod digits;
pub mod letters;

/// One country's number of digits.
#[derive(Debug)]
pub struct Rule {
    /// Its name: the country and the number.
    pub name: &'static str,
    /// The groups in which it is written; the first is without separators.
    pub groups: &'static [&'static [usize]],
    /// What must be right.
    pub check: fn(&[u8]) -> bool,
    /// The score without a word nearby: in one group, and in the groups that are its own.
    pub scores: (u8, u8),
}

/// The score of a number with a word nearby that announces it.
const WITH_CUE: u8 = 92;

/// Looks at a run of digits.
pub fn look(run: &Run, look: &mut Look<'_>) {
    let count = run.digits().len();
    if !(7..=15).contains(&count) || !look.kinds.has(Kind::NationalId) {
        return;
    }
    // `+46 ...` is a telephone number, `-5` an amount.
    if look.words.gap_before(run.first).ends_with('+') {
        return;
    }
    let fits = |rule: &&Rule| rule.groups.contains(&run.groups()) && (rule.check)(run.digits());
    let mut best: Option<(u8, &Rule)> = None;
    for rule in digits::RULES.iter().filter(fits) {
        let score = if run.groups().len() == 1 { rule.scores.0 } else { rule.scores.1 };
        let same = run.same_separator(&[" ", "-", "."]) || has_own_separators(rule);
        let score = if same { score } else { 0 };
        if best.is_none_or(|(other, _)| score > other) {
            best = Some((score, rule));
        }
    }
    let Some((score, rule)) = best else { return };
    let cue = look.cue(Kind::NationalId, run);
    let score = if cue { WITH_CUE } else { score };
    let reason = if rule.name == "us_ssn" { Reason::Form } else { Reason::Checksum };
    look.found(run, Kind::NationalId, (score, reason, rule.name));
}

/// Belgium writes `85.07.30-033.28`, Greece and others mix as well.
fn has_own_separators(rule: &Rule) -> bool {
    matches!(rule.name, "be_register" | "ch_ahv" | "se_personal")
}

/// Looks at a word with letters and digits, and at the one behind it.
pub fn look_mixed(index: usize, look: &mut Look<'_>) {
    if !look.kinds.has(Kind::NationalId) {
        return;
    }
    let Some((first, last, rule, score)) = letters::find(index, look.words) else { return };
    let span: Span = look.span(first, last);
    let score = if look.near(Kind::NationalId, span) { WITH_CUE } else { score };
    let reason = if rule == "uk_nino" { Reason::Form } else { Reason::Checksum };
    look.push(span, Kind::NationalId, (score, reason, rule));
}

#[cfg(test)]
mod tests;
