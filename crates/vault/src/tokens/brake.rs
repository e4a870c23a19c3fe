//! The brake on bulk reads: how many values one key may see in an hour, and from when on a second
//! person has to agree.

use std::collections::BTreeMap;

use domain::time::Timestamp;

const MINUTE_MS: i64 = 60_000;
const MINUTES: i64 = 60;

/// How many values a key may see within sixty minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrakeLimits {
    /// Alone.
    pub alone_per_hour: u32,
    /// With the agreement of a second person; nobody sees more.
    pub per_hour_max: u32,
}

/// What the brake says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Go,
    /// A second person has to agree first.
    NeedsApproval,
    /// Not within this hour.
    Stop,
}

/// Counts what each key saw, by minute. A restart counts anew from the ledger.
#[derive(Clone, Debug, Default)]
pub struct Brake {
    /// Minute since 1970 and values, per key.
    seen: BTreeMap<u8, BTreeMap<i64, u32>>,
}

impl Brake {
    /// Whether `key` may see `count` more values now, `approved` of them agreed on. Counts nothing.
    pub fn ask(
        &mut self,
        limits: BrakeLimits,
        (key, count, approved): (u8, u32, u32),
        now: Timestamp,
    ) -> Verdict {
        let minutes = self.seen.entry(key).or_default();
        // A clock that goes backwards frees nothing: later minutes still count.
        let oldest = now.ms() / MINUTE_MS - MINUTES;
        minutes.retain(|minute, _| *minute > oldest);
        let seen: u32 = minutes.values().fold(0, |sum, values| sum.saturating_add(*values));
        let then = seen.saturating_add(count);
        if then > limits.per_hour_max {
            return Verdict::Stop;
        }
        let alone = limits.alone_per_hour.saturating_add(approved);
        if then > alone { Verdict::NeedsApproval } else { Verdict::Go }
    }

    /// Counts values that were seen.
    pub fn count(&mut self, key: u8, count: u32, at: Timestamp) {
        let minutes = self.seen.entry(key).or_default();
        let values = minutes.entry(at.ms() / MINUTE_MS).or_insert(0);
        *values = values.saturating_add(count);
    }
}

#[cfg(test)]
mod tests;
