//! The one place that reads the clock. Everything below takes `now` as an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use domain::time::Timestamp;

/// Where `now` comes from: the machine, or a test or demo that moves time by hand.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    by_hand: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The clock of the machine.
    pub const fn machine() -> Self {
        Self { by_hand: None }
    }

    /// A clock that stands still at `start` until [`Clock::set`] moves it.
    pub fn by_hand(start: Timestamp) -> Self {
        Self { by_hand: Some(Arc::new(AtomicI64::new(start.ms()))) }
    }

    /// The time now.
    #[expect(clippy::disallowed_methods, reason = "the one clock of the shell")]
    pub fn now(&self) -> Timestamp {
        if let Some(by_hand) = &self.by_hand {
            return Timestamp::from_ms(by_hand.load(Ordering::SeqCst));
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// Moves a clock by hand; the machine's clock stays as it is.
    pub fn set(&self, now: Timestamp) {
        if let Some(by_hand) = &self.by_hand {
            by_hand.store(now.ms(), Ordering::SeqCst);
        }
    }
}

/// Measures a duration, for metrics and benches.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "the one stopwatch of the shell")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Nanoseconds since the start.
    pub fn ns(self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
