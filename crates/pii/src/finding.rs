//! One finding: where, what, how sure and why.

use std::ops::Range;

use crate::kind::Kind;

/// Why something was taken for personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Form and checksum are right.
    Checksum,
    /// The form can hardly be anything else.
    Form,
    /// A word nearby says what it is.
    Cue,
    /// It stands in a list of names.
    List,
    /// The same name was found elsewhere in the text.
    Repeated,
}

impl Reason {
    /// The reason as reports write it: a closed list of words.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Checksum => "checksum",
            Self::Form => "form",
            Self::Cue => "cue",
            Self::List => "list",
            Self::Repeated => "repeated",
        }
    }
}

/// A piece of text that was taken for personal data. Holds no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where it starts, in bytes; always between two characters.
    pub start: usize,
    /// Where it ends, in bytes; always between two characters.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
    /// How sure that is, in percent; no probability, only an order.
    pub score: u8,
    /// Why.
    pub reason: Reason,
    /// Which rule of the recognizer: `visa`, `fi_hetu`, `nanp`.
    pub rule: &'static str,
}

impl Finding {
    /// Its place in the text.
    pub const fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    const fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Keeps findings that do not overlap, in the order of the text.
///
/// Of two that overlap the one with a checksum stays, then the longer one, then the one with the
/// higher score, then the kind that identifies better: a name inside of an address is part of the
/// address, and a card number is never half a telephone number.
pub fn resolve(mut findings: Vec<Finding>) -> Vec<Finding> {
    let rank = |finding: &Finding| {
        let unchecked = finding.reason != Reason::Checksum;
        let length = finding.end.saturating_sub(finding.start);
        (unchecked, usize::MAX - length, u8::MAX - finding.score, finding.kind, finding.start)
    };
    findings.sort_by_key(|finding| finding.start);
    let mut kept = Vec::with_capacity(findings.len());
    // Findings that touch form one cluster; no recognizer's reach makes a cluster long.
    let mut cluster: Vec<Finding> = Vec::new();
    let mut reach = 0;
    for finding in findings {
        if finding.start >= reach {
            settle(&mut cluster, rank, &mut kept);
        }
        reach = reach.max(finding.end);
        cluster.push(finding);
    }
    settle(&mut cluster, rank, &mut kept);
    kept
}

/// Most findings that one cluster compares with each other.
const CLUSTER_MAX: usize = 64;

fn settle<K: Ord>(
    cluster: &mut Vec<Finding>,
    rank: impl Fn(&Finding) -> K,
    kept: &mut Vec<Finding>,
) {
    for part in cluster.chunks_mut(CLUSTER_MAX) {
        part.sort_by_key(&rank);
        let from = kept.len();
        for finding in part.iter() {
            // The end of the part before may reach into this one.
            let near = kept.get(from.saturating_sub(CLUSTER_MAX)..).unwrap_or_default();
            if !near.iter().any(|other| other.overlaps(finding)) {
                kept.push(*finding);
            }
        }
        if let Some(new) = kept.get_mut(from..) {
            new.sort_by_key(|finding| finding.start);
        }
    }
    cluster.clear();
}

#[cfg(test)]
mod tests;
