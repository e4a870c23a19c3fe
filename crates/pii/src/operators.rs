//! What is done with a finding: redact, mask, keep the last characters, a pseudonym of this
//! conversation, a synthetic value.
//!
//! [`replace`] scans and replaces until nothing is found, because what one finding hid can be one
//! itself. The key of a conversation comes from the shell and dies with the conversation.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::finding::Finding;
use crate::kind::Kind;
use crate::scan::{ScanError, Scanner};

pub mod synthetic;

/// Most characters that [`Operator::KeepLast`] leaves.
pub const KEPT_CHARS_MAX: usize = 4;
/// Most values that one conversation remembers.
pub const VALUES_MAX: usize = 10_000;
/// Most times a text is scanned again.
const ROUNDS_MAX: usize = 8;

/// What a finding becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// The name of its kind in brackets.
    Redact,
    /// A star for each character.
    Mask,
    /// A star for each character but the last ones, at most [`KEPT_CHARS_MAX`] and never more
    /// than a quarter.
    KeepLast(usize),
    /// A token that is the same for the same value in one conversation, and can be taken back.
    Pseudonym,
    /// An invented value of the same form, from ranges that belong to nobody.
    Synthetic,
}

/// The memory of one conversation: its key, and which token stands for which value.
pub struct Conversation {
    key: [u8; 32],
    /// In the order in which they were made; later values can hold earlier tokens.
    tokens: Vec<(String, String)>,
    of: BTreeMap<(Kind, String), usize>,
}

impl std::fmt::Debug for Conversation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Conversation({} values)", self.tokens.len())
    }
}

impl Conversation {
    /// A conversation that has said nothing; the key is random and used for no other.
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key, tokens: Vec::new(), of: BTreeMap::new() }
    }

    /// Puts the values back where their tokens stand.
    ///
    /// # Privacy
    /// Only tokens of this conversation are known; those of another stay as they are.
    pub fn restore(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (token, value) in self.tokens.iter().rev() {
            if text.contains(token.as_str()) {
                text = text.replace(token.as_str(), value);
            }
        }
        text
    }

    /// Twelve letters of a keyed hash: no digit, so that no recognizer reads a token.
    fn letters(&self, kind: Kind, value: &str, round: u8) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return [0; 32] };
        for part in [kind.code().as_bytes(), &[0, round], value.as_bytes()] {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    fn token(&mut self, kind: Kind, value: &str) -> String {
        let name = (kind, value.to_owned());
        if let Some((token, _)) = self.of.get(&name).and_then(|at| self.tokens.get(*at)) {
            return token.clone();
        }
        if self.tokens.len() >= VALUES_MAX {
            return label(kind);
        }
        for round in 0..=u8::MAX {
            let hash = self.letters(kind, value, round);
            let letters: String =
                hash.iter().take(12).map(|byte| char::from(b'a' + byte % 26)).collect();
            let token = format!("[{}:{letters}]", kind.code());
            if self.tokens.iter().all(|(other, _)| *other != token) {
                self.of.insert(name, self.tokens.len());
                self.tokens.push((token.clone(), value.to_owned()));
                return token;
            }
        }
        label(kind)
    }
}

fn label(kind: Kind) -> String {
    format!("[{}]", kind.code())
}

/// Replaces everything that the scanner finds, and says how often which kind was replaced.
///
/// # Privacy
/// With every operator but [`Operator::Synthetic`] the scanner finds nothing in the answer. What
/// it cannot recognize stays.
///
/// # Errors
/// [`ScanError::TooLong`] when the text is too long.
pub fn replace(
    scanner: &Scanner,
    text: &str,
    operator: Operator,
    conversation: &mut Conversation,
) -> Result<(String, BTreeMap<Kind, u64>), ScanError> {
    let mut text = text.to_owned();
    let mut counts = BTreeMap::new();
    for round in 0..ROUNDS_MAX {
        let found = scanner.scan(&text)?;
        if found.is_empty() {
            break;
        }
        for finding in &found {
            *counts.entry(finding.kind).or_insert(0) += 1;
        }
        // What is still there after some rounds stands too close to what was written.
        let operator = if round < ROUNDS_MAX / 2 { operator } else { Operator::Mask };
        text = apply(&text, &found, operator, conversation);
        if operator == Operator::Synthetic {
            break;
        }
    }
    Ok((text, counts))
}

/// Replaces findings of a text once. They must be in its order and not overlap.
pub fn apply(
    text: &str,
    findings: &[Finding],
    operator: Operator,
    conversation: &mut Conversation,
) -> String {
    let mut answer = String::with_capacity(text.len());
    let mut at = 0;
    for finding in findings {
        let Some(value) = text.get(finding.range()) else { continue };
        answer.push_str(text.get(at..finding.start).unwrap_or_default());
        match operator {
            Operator::Redact => answer.push_str(&label(finding.kind)),
            Operator::Mask => answer.push_str(&mask(value, 0)),
            Operator::KeepLast(count) => answer.push_str(&mask(value, count)),
            Operator::Pseudonym => answer.push_str(&conversation.token(finding.kind, value)),
            Operator::Synthetic => {
                let hash = conversation.letters(finding.kind, value, 0);
                answer.push_str(&synthetic::value(finding.kind, value, hash));
            }
        }
        at = finding.end;
    }
    answer.push_str(text.get(at..).unwrap_or_default());
    answer
}

/// Stars for all characters but the last ones.
pub fn mask(value: &str, kept: usize) -> String {
    let count = value.chars().count();
    let kept = kept.min(KEPT_CHARS_MAX).min(count / 4);
    let star = |(place, c)| if place + kept < count { '*' } else { c };
    value.chars().enumerate().map(star).collect()
}

#[cfg(test)]
mod tests;
