//! When a batch is published, and how large it looks.
//!
//! Batches come at fixed intervals whether or not something happened, and the number of leaves of
//! each kind is a power of two, at least a floor: decoys fill it up. So the log's growth tells an
//! onlooker the order of magnitude of a busy interval, and nothing of a quiet one. The leaves of a
//! batch are in the order of their commitments, which is a random order.

use std::collections::BTreeMap;

use domain::time::Timestamp;

use crate::entry::{Commitment, Entry, EntryKind, Hour};

/// Shortest interval, in seconds.
pub const INTERVAL_S_MIN: u32 = 1;
/// Most leaves that an empty batch may have of each kind.
pub const FLOOR_MAX: u32 = 1024;

/// How batches look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Seconds between two batches.
    pub interval_s: u32,
    /// Fewest leaves of a kind in a batch.
    pub floor: u32,
    /// The kinds that always appear. Others appear only in batches that have one.
    pub kinds: Vec<EntryKind>,
}

impl Rule {
    /// Whether a batch is due: once in each interval of the clock, counted from 1970.
    pub fn is_due(&self, last: Option<Timestamp>, now: Timestamp) -> bool {
        let length_ms = i64::from(self.interval_s.max(INTERVAL_S_MIN)) * 1000;
        last.is_none_or(|last| last.ms() / length_ms < now.ms() / length_ms)
    }

    /// How many leaves stand for `real` records of a kind.
    pub fn padded(&self, real: usize) -> usize {
        let floor = usize::try_from(self.floor.min(FLOOR_MAX)).unwrap_or(usize::MAX);
        // A power of two that does not fit cannot be reached: the records themselves would not.
        real.max(1).checked_next_power_of_two().unwrap_or(real).max(floor)
    }
}

/// A commitment that waits for its batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What it is about.
    pub kind: EntryKind,
    /// The hash.
    pub commitment: Commitment,
}

/// A leaf of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// What is published.
    pub entry: Entry,
    /// Which of the pending ones it is; a decoy is none.
    pub pending: Option<usize>,
}

/// A batch that still needs its decoys.
#[derive(Clone, Debug)]
pub struct Plan {
    leaves: Vec<Leaf>,
    missing: Vec<EntryKind>,
    hour: Hour,
}

/// Plans the batch of an interval.
pub fn publish(pending: &[Pending], rule: &Rule, now: Timestamp) -> Plan {
    let hour = Hour::of(now);
    let mut counts: BTreeMap<EntryKind, usize> = rule.kinds.iter().map(|kind| (*kind, 0)).collect();
    let mut leaves = Vec::with_capacity(pending.len());
    for (place, one) in pending.iter().enumerate() {
        *counts.entry(one.kind).or_default() += 1;
        let entry = Entry { commitment: one.commitment, kind: one.kind, hour };
        leaves.push(Leaf { entry, pending: Some(place) });
    }
    let missing = counts
        .into_iter()
        .flat_map(|(kind, real)| std::iter::repeat_n(kind, rule.padded(real) - real))
        .collect();
    Plan { leaves, missing, hour }
}

impl Plan {
    /// How many times 32 random bytes [`Plan::fill`] needs.
    pub fn decoys(&self) -> usize {
        self.missing.len()
    }

    /// The batch, in the order of publication.
    ///
    /// Random values beyond [`Plan::decoys`] are left; with fewer the batch is smaller than its
    /// padding, so the caller draws exactly as many.
    pub fn fill(self, random: impl IntoIterator<Item = [u8; 32]>) -> Vec<Leaf> {
        let Self { mut leaves, missing, hour } = self;
        leaves.extend(missing.into_iter().zip(random).map(|(kind, bytes)| {
            let commitment = Commitment::from_bytes(bytes);
            Leaf { entry: Entry { commitment, kind, hour }, pending: None }
        }));
        leaves.sort_by_key(|leaf| leaf.entry);
        leaves
    }
}

#[cfg(test)]
mod tests;
