//! Who is a stranger for this visit: answered as if the shop knew nothing, and nothing is kept.
//!
//! In memory only: it is no choice about a purpose, leaves no evidence and changes no row. A
//! restart of the server ends it, and so do 30 minutes without a step, 24 hours and the logout.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

use domain::time::{DAY_MS, Timestamp};
use ingest::sessions::IDLE_MS;
use personal::subject::SubjectRef;
use rustc_hash::FxHashMap;

/// Most strangers at one time; above it those whose visit is over are forgotten first.
const STRANGERS_MAX: usize = 100_000;

/// A visit as a stranger.
#[derive(Debug)]
struct Visit {
    began: Timestamp,
    /// The last step, in milliseconds.
    seen: AtomicI64,
}

impl Visit {
    fn is_over(&self, now: Timestamp) -> bool {
        let seen = Timestamp::from_ms(self.seen.load(Ordering::Relaxed));
        now.ms_since(seen) >= IDLE_MS || now.ms_since(self.began) >= DAY_MS
    }
}

/// Too many are strangers already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many people are strangers at this moment; try again in some minutes")]
pub struct Crowded;

/// Everybody who is a stranger for this visit.
#[derive(Debug, Default)]
pub struct Strangers {
    /// Nearly always nobody is; then an answer looks no further.
    count: AtomicUsize,
    visits: RwLock<FxHashMap<SubjectRef, Visit>>,
}

impl Strangers {
    /// From now on the person is one.
    ///
    /// # Errors
    /// [`Crowded`].
    pub fn begin(&self, who: SubjectRef, now: Timestamp) -> Result<(), Crowded> {
        let mut visits = self.visits.write().unwrap_or_else(PoisonError::into_inner);
        if visits.len() >= STRANGERS_MAX {
            visits.retain(|_, visit| !visit.is_over(now));
        }
        let crowded = visits.len() >= STRANGERS_MAX;
        if !crowded {
            visits.insert(who, Visit { began: now, seen: AtomicI64::new(now.ms()) });
        }
        self.count.store(visits.len(), Ordering::Release);
        if crowded { Err(Crowded) } else { Ok(()) }
    }

    /// The person is known again, or was erased.
    pub fn end(&self, who: SubjectRef) {
        let mut visits = self.visits.write().unwrap_or_else(PoisonError::into_inner);
        visits.remove(&who);
        self.count.store(visits.len(), Ordering::Release);
    }

    /// Whether the person is one now. With `step`, the visit goes on.
    pub fn holds(&self, who: SubjectRef, step: bool, now: Timestamp) -> bool {
        if self.count.load(Ordering::Acquire) == 0 {
            return false;
        }
        let visits = self.visits.read().unwrap_or_else(PoisonError::into_inner);
        let Some(visit) = visits.get(&who).filter(|visit| !visit.is_over(now)) else {
            return false;
        };
        if step {
            visit.seen.fetch_max(now.ms(), Ordering::Relaxed);
        }
        true
    }

    /// Forgets visits that are over.
    pub fn sweep(&self, now: Timestamp) {
        if self.count.load(Ordering::Acquire) == 0 {
            return;
        }
        let mut visits = self.visits.write().unwrap_or_else(PoisonError::into_inner);
        visits.retain(|_, visit| !visit.is_over(now));
        self.count.store(visits.len(), Ordering::Release);
    }
}

#[cfg(test)]
mod tests;
