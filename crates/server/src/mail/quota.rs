//! How often an address, a network or a person may cause a mail in an hour. In memory only.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::time::Timestamp;

/// Keys that are counted in one hour; then nobody new is admitted until the next.
const KEYS_MAX: usize = 100_000;
const HOUR_MS: i64 = 3_600_000;

/// What is counted, by a keyed name and never by the thing itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// Links to one address.
    Address([u8; 16]),
    /// Links that one network asks for.
    Network(u64),
    /// Notices of one kind to one person.
    Notice([u8; 16], u8),
}

#[derive(Debug, Default)]
struct Hour {
    number: i64,
    counts: BTreeMap<Counted, u32>,
}

/// The counts of this clock hour.
#[derive(Debug, Default)]
pub struct Quota(Mutex<Hour>);

impl Quota {
    /// Counts one more, when it is one of the first `max` of this hour.
    pub fn admits(&self, what: Counted, max: u32, now: Timestamp) -> bool {
        let mut hour = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.ms().div_euclid(HOUR_MS);
        if hour.number != number {
            *hour = Hour { number, counts: BTreeMap::new() };
        }
        if hour.counts.len() >= KEYS_MAX && !hour.counts.contains_key(&what) {
            return false;
        }
        let count = hour.counts.entry(what).or_insert(0);
        if *count >= max {
            return false;
        }
        *count += 1;
        true
    }
}
