//! The scanner: settings, one pass over a text, and what recognizers see.

use std::sync::LazyLock;

use regex::Regex;

use crate::cues::{Cues, Found};
use crate::finding::{Finding, Reason, resolve};
use crate::gazetteer::Gazetteer;
use crate::kind::{Kind, Kinds};
use crate::plain::Plain;
use crate::scan::run::Run;
use crate::words::{DIGIT, DIGITS, LETTERS, SHOUTED, Words};
use crate::{
    address, card, crypto, document, iban, national, net, occupation, person, phone, place, time,
};

pub mod run;

/// Longest text of one scan, in bytes; a longer one is cut by the caller, who knows where.
pub const TEXT_BYTES_MAX: usize = 8 << 20;
/// Longest pattern of a shop's order numbers, in bytes.
pub const PATTERN_BYTES_MAX: usize = 256;
/// Most memory of that pattern's automaton, in bytes.
const PATTERN_MEMORY_BYTES_MAX: usize = 1 << 20;
/// The score from which on a finding counts, in percent.
pub const SCORE_MIN: u8 = 50;

/// Why a scan cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// The text is too long.
    #[error("the text has {bytes} bytes, at most {TEXT_BYTES_MAX} are scanned at once")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// The shop's pattern cannot be used.
    #[error(
        "the pattern of order numbers is no regular expression of at most {PATTERN_BYTES_MAX} bytes that finds something"
    )]
    Pattern,
    /// The scanner's own tables do not fit its automaton.
    #[error("the tables of the scanner cannot be built")]
    Tables,
}

/// What to look for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The kinds to look for.
    pub kinds: Kinds,
    /// The score from which on a finding counts, in percent.
    pub score_min: u8,
    /// How order numbers of this shop look, as a regular expression.
    pub order_number: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { kinds: Kinds::ALL, score_min: SCORE_MIN, order_number: None }
    }
}

/// What every scanner looks things up in; made from the crate's own lists at first use.
struct Tables {
    cues: Option<Cues>,
    gazetteer: Gazetteer,
}

static TABLES: LazyLock<Tables> =
    LazyLock::new(|| Tables { cues: Cues::new(), gazetteer: Gazetteer::new() });

/// Finds personal data in texts.
#[derive(Clone, Debug)]
pub struct Scanner {
    settings: Settings,
    order_number: Option<Regex>,
    cues: &'static Cues,
    gazetteer: &'static Gazetteer,
}

impl Scanner {
    /// Builds the tables.
    ///
    /// # Errors
    /// [`ScanError::Pattern`] when the shop's pattern is too long, wrong or finds nothing.
    pub fn new(settings: Settings) -> Result<Self, ScanError> {
        let order_number = match settings.order_number.as_deref() {
            None => None,
            Some(pattern) if pattern.len() > PATTERN_BYTES_MAX => return Err(ScanError::Pattern),
            Some(pattern) => {
                let built = regex::RegexBuilder::new(pattern)
                    .size_limit(PATTERN_MEMORY_BYTES_MAX)
                    .dfa_size_limit(PATTERN_MEMORY_BYTES_MAX)
                    .build();
                let pattern = built.map_err(|_wrong| ScanError::Pattern)?;
                if pattern.is_match("") {
                    return Err(ScanError::Pattern);
                }
                Some(pattern)
            }
        };
        let cues = TABLES.cues.as_ref().ok_or(ScanError::Tables)?;
        Ok(Self { settings, order_number, cues, gazetteer: &TABLES.gazetteer })
    }

    /// Finds what is there, in the order of the text and without overlaps.
    ///
    /// # Errors
    /// [`ScanError::TooLong`] when the text is longer than [`TEXT_BYTES_MAX`].
    pub fn scan(&self, text: &str) -> Result<Vec<Finding>, ScanError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(ScanError::TooLong { bytes: text.len() });
        }
        let plain = Plain::new(text);
        let words = Words::new(plain.text());
        let cues = self.cues.of(plain.text());
        let mut look = Look {
            words: &words,
            cues: &cues,
            gazetteer: self.gazetteer,
            kinds: self.settings.kinds,
            found: Vec::new(),
        };
        numbers(&mut look);
        net::look(&mut look);
        names(&mut look);
        if let Some(pattern) = &self.order_number {
            for found in pattern.find_iter(plain.text()).filter(|found| !found.is_empty()) {
                let span = Span { start: found.start(), end: found.end() };
                look.push(span, Kind::OrderNumber, (90, Reason::Form, "shop"));
            }
        }
        let mut found = look.found;
        found.retain(|finding| finding.score >= self.settings.score_min);
        let mut found = resolve(found);
        for finding in &mut found {
            (finding.start, finding.end) = plain.back(finding.start, finding.end);
        }
        Ok(found)
    }

    /// What the scanner looks for.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }
}

fn numbers(look: &mut Look<'_>) {
    let words = look.words;
    for (index, word) in words.all().iter().enumerate() {
        if word.is(DIGITS) {
            Run::each(words, index, |run| {
                card::look(run, look);
                phone::look(run, look);
                national::look(run, look);
                document::look_digits(run, look);
            });
            time::look(index, look);
        } else if word.is(DIGIT) {
            iban::look(index, *word, look);
            crypto::look(index, *word, look);
            national::look_mixed(index, look);
            document::look(index, *word, look);
        } else if word.is(SHOUTED) && word.end - word.start == 2 {
            // `AB 12 34 56 C`: the prefix stands alone.
            national::look_mixed(index, look);
        } else if word.is(LETTERS) && word.end - word.start > 20 {
            crypto::look(index, *word, look);
        }
    }
}

fn names(look: &mut Look<'_>) {
    time::look_words(look);
    if look.kinds.any(&[Kind::Address, Kind::PostalCode]) {
        address::look(look);
    }
    if look.kinds.any(&[Kind::Person, Kind::Place, Kind::Organization, Kind::Group, Kind::Title]) {
        let mut notes = person::Notes::default();
        place::look(look);
        occupation::look(look);
        person::look(look, &mut notes);
        person::look_again(look, &notes);
    }
}

/// A piece of the plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

/// What a recognizer sees, and where it puts what it finds.
#[derive(Debug)]
pub struct Look<'a> {
    /// The words of the text.
    pub words: &'a Words<'a>,
    /// The cues of the text.
    pub cues: &'a Found,
    /// The lists of names.
    pub gazetteer: &'a Gazetteer,
    /// What is asked for.
    pub kinds: Kinds,
    /// What was found.
    pub found: Vec<Finding>,
}

/// How sure, why, and by which rule.
pub type Verdict = (u8, Reason, &'static str);

impl Look<'_> {
    /// Whether a cue of a kind stands near a piece of text.
    pub fn near(&self, kind: Kind, span: Span) -> bool {
        self.cues.near(kind, span.start, span.end)
    }

    /// Whether a cue of a kind stands near a run of digits.
    pub fn cue(&self, kind: Kind, run: &Run) -> bool {
        self.cues.near(kind, run.span.start, run.span.end)
    }

    /// Puts a finding down for a run of digits.
    pub fn found(&mut self, run: &Run, kind: Kind, verdict: Verdict) {
        self.push(run.span, kind, verdict);
    }

    /// Puts a finding down, when its kind was asked for.
    pub fn push(&mut self, span: Span, kind: Kind, (score, reason, rule): Verdict) {
        if self.kinds.has(kind) {
            let Span { start, end } = span;
            self.found.push(Finding { start, end, kind, score, reason, rule });
        }
    }

    /// The words from one to another, without what stands around them.
    pub fn span(&self, first: usize, last: usize) -> Span {
        let start = self.words.get(first).map_or(0, |word| word.start);
        let end = self.words.get(last).map_or(start, |word| word.end);
        Span { start: start as usize, end: end as usize }
    }
}

#[cfg(test)]
pub(crate) mod tests;
