//! How good findings are on a text whose personal data somebody else has labeled.
//!
//! Counted word by word, as the owners of the labeled sentences do it: a word that is labeled and
//! found as the same kind is right. So it does not matter whether an address was labeled as one
//! piece or as four. Beside it stands how many labeled pieces were found from end to end.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::finding::Finding;
use crate::kind::Kind;
use crate::words::Words;

/// A piece of text and its kind, as somebody labeled it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where, in bytes.
    pub range: Range<usize>,
    /// What.
    pub kind: Kind,
}

/// Counts of words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Labeled.
    pub labeled: u64,
    /// Found.
    pub found: u64,
    /// Labeled and found.
    pub both: u64,
}

impl Tally {
    /// The share of what was found that is labeled.
    pub fn precision(&self) -> f64 {
        share(self.both, self.found)
    }

    /// The share of what is labeled that was found.
    pub fn recall(&self) -> f64 {
        share(self.both, self.labeled)
    }

    /// The mean of both in which recall counts four times (van Rijsbergen's F with beta 2).
    pub fn f2(&self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        let all = 4.0 * precision + recall;
        if all > 0.0 { 5.0 * precision * recall / all } else { 0.0 }
    }

    fn add(&mut self, labeled: bool, found: bool) {
        self.labeled += u64::from(labeled);
        self.found += u64::from(found);
        self.both += u64::from(labeled && found);
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// What was counted over many texts.
#[derive(Clone, Debug, Default)]
pub struct Measure {
    /// Texts.
    pub texts: u64,
    /// Words of each kind; a word that is found as another kind is wrong for both.
    pub by_kind: BTreeMap<Kind, Tally>,
    /// Pieces of each kind: labeled, and of these found as that kind from end to end.
    pub pieces: BTreeMap<Kind, (u64, u64)>,
    /// Words whatever their kind.
    pub any: Tally,
}

impl Measure {
    /// Counts one text.
    pub fn add(&mut self, text: &str, labels: &[Label], findings: &[Finding]) {
        self.texts += 1;
        let words = Words::new(text);
        for word in words.all() {
            let (start, end) = (word.start as usize, word.end as usize);
            let inside = |range: &Range<usize>| range.start < end && start < range.end;
            let labeled = labels.iter().find(|label| inside(&label.range)).map(|label| label.kind);
            let found = findings.iter().find(|one| inside(&one.range())).map(|one| one.kind);
            self.any.add(labeled.is_some(), found.is_some());
            for kind in [labeled, found.filter(|kind| Some(*kind) != labeled)].into_iter().flatten()
            {
                let tally = self.by_kind.entry(kind).or_default();
                tally.add(labeled == Some(kind), found == Some(kind));
            }
        }
        for label in labels {
            let whole = |one: &&Finding| {
                one.kind == label.kind
                    && one.start <= label.range.start
                    && label.range.end <= one.end
            };
            let (all, right) = self.pieces.entry(label.kind).or_default();
            *all += 1;
            *right += u64::from(findings.iter().any(|one| whole(&one)));
        }
    }

    /// All kinds together: a word counts when its kind is right.
    pub fn same_kind(&self) -> Tally {
        let mut all = Tally::default();
        for tally in self.by_kind.values() {
            all.labeled += tally.labeled;
            all.found += tally.found;
            all.both += tally.both;
        }
        all
    }
}

#[cfg(test)]
mod tests;
