//! The learning door: who may teach the shared model, and how much.
//!
//! A visitor's own answers change at once; the shared model learns a session only when it closed
//! and passed here. The caps bound what one subject or one network can teach. Network prefixes
//! come as keyed hashes made by the shell and are counted for the clock hour only, in memory; the
//! shell calls [`Door::forget`] on its timer so that they go even when nobody knocks. Whoever is
//! refused is not told: the session is simply not learned.

use std::collections::BTreeMap;

use domain::id::Pseudonym;
use domain::time::{Day, Timestamp};
use serde::{Deserialize, Serialize};

const HOUR_MS: i64 = 60 * 60 * 1000;

/// What the door lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DoorCaps {
    /// Sessions of one subject per UTC day.
    pub subject_sessions_per_day_max: u32,
    /// Sessions from one network prefix per clock hour.
    pub prefix_sessions_per_hour_max: u32,
    /// Items of a session; longer ones are robots or worse.
    pub session_items_max: u32,
    /// Subjects and prefixes that are counted at one time, each.
    pub counted_max: u32,
}

impl Default for DoorCaps {
    fn default() -> Self {
        Self {
            subject_sessions_per_day_max: 12,
            prefix_sessions_per_hour_max: 20,
            session_items_max: 40,
            counted_max: 200_000,
        }
    }
}

/// What the door looks at.
#[derive(Clone, Copy, Debug)]
pub struct Knock {
    /// Whose session it is.
    pub subject: Option<Pseudonym>,
    /// Keyed hash of the network prefix; none for imports and for server-to-server traffic.
    pub prefix: Option<u64>,
    /// Items of the session, immediate repeats collapsed.
    pub items: usize,
    /// The instant of closing.
    pub now: Timestamp,
}

/// Why a session does not teach the shared model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DoorRefusal {
    /// See [`DoorCaps::session_items_max`].
    #[error("session has {items} items, at most {items_max} are learned")]
    TooManyItems {
        /// Items of the session.
        items: usize,
        /// Items that are allowed.
        items_max: u32,
    },
    /// See [`DoorCaps::subject_sessions_per_day_max`].
    #[error("subject has taught {sessions_max} sessions today")]
    SubjectSpent {
        /// Sessions that are allowed.
        sessions_max: u32,
    },
    /// See [`DoorCaps::prefix_sessions_per_hour_max`].
    #[error("network prefix has taught {sessions_max} sessions this hour")]
    PrefixSpent {
        /// Sessions that are allowed.
        sessions_max: u32,
    },
    /// The counters are full; learning waits rather than growing.
    #[error("door counts {counted_max} subjects or prefixes already")]
    Crowded {
        /// Subjects or prefixes that are counted.
        counted_max: u32,
    },
}

/// The counters of one shop.
#[derive(Clone, Debug)]
pub struct Door {
    caps: DoorCaps,
    day: Day,
    hour: i64,
    subjects: BTreeMap<Pseudonym, u32>,
    prefixes: BTreeMap<u64, u32>,
}

impl Door {
    /// A door that has seen nobody.
    pub const fn new(caps: DoorCaps) -> Self {
        Self {
            caps,
            day: Day::from_number(0),
            hour: 0,
            subjects: BTreeMap::new(),
            prefixes: BTreeMap::new(),
        }
    }

    /// The caps it was made with.
    pub const fn caps(&self) -> &DoorCaps {
        &self.caps
    }

    /// Subjects and prefixes that are counted now.
    pub fn counted(&self) -> (usize, usize) {
        (self.subjects.len(), self.prefixes.len())
    }

    /// Drops the counts of past days and hours. A clock that goes back drops nothing.
    pub fn forget(&mut self, now: Timestamp) {
        if now.day() > self.day {
            self.day = now.day();
            self.subjects.clear();
        }
        let hour = now.ms() / HOUR_MS;
        if hour > self.hour {
            self.hour = hour;
            self.prefixes.clear();
        }
    }

    /// Forgets a subject that is erased.
    pub fn forget_subject(&mut self, subject: Pseudonym) {
        self.subjects.remove(&subject);
    }
}

/// Lets a session teach, and counts it; a refused session counts nowhere.
pub fn admit(door: &mut Door, knock: &Knock) -> Result<(), DoorRefusal> {
    door.forget(knock.now);
    let caps = door.caps;
    if u32::try_from(knock.items).map_or(true, |items| items > caps.session_items_max) {
        let items_max = caps.session_items_max;
        return Err(DoorRefusal::TooManyItems { items: knock.items, items_max });
    }
    let crowded = DoorRefusal::Crowded { counted_max: caps.counted_max };
    if let Some(prefix) = knock.prefix {
        let spent = DoorRefusal::PrefixSpent { sessions_max: caps.prefix_sessions_per_hour_max };
        let limit = caps.prefix_sessions_per_hour_max;
        room(&door.prefixes, &prefix, limit, caps.counted_max).map_err(|full| match full {
            Full::Spent => spent,
            Full::Crowded => crowded,
        })?;
    }
    if let Some(subject) = knock.subject {
        let spent = DoorRefusal::SubjectSpent { sessions_max: caps.subject_sessions_per_day_max };
        let limit = caps.subject_sessions_per_day_max;
        room(&door.subjects, &subject, limit, caps.counted_max).map_err(|full| match full {
            Full::Spent => spent,
            Full::Crowded => crowded,
        })?;
    }
    if let Some(prefix) = knock.prefix {
        *door.prefixes.entry(prefix).or_insert(0) += 1;
    }
    if let Some(subject) = knock.subject {
        *door.subjects.entry(subject).or_insert(0) += 1;
    }
    Ok(())
}

enum Full {
    Spent,
    Crowded,
}

fn room<K: Ord>(
    counts: &BTreeMap<K, u32>,
    key: &K,
    limit: u32,
    counted_max: u32,
) -> Result<(), Full> {
    let count = counts.get(key).copied().unwrap_or(0);
    if count >= limit {
        return Err(Full::Spent);
    }
    if count == 0 && counts.len() >= counted_max as usize {
        return Err(Full::Crowded);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
