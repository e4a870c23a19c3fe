//! Instants and whole days. Nobody here asks a clock: `now` is always an argument.

use serde::{Deserialize, Serialize};

/// Milliseconds in a day.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(from = "i64")]
pub struct Timestamp(i64);

impl From<i64> for Timestamp {
    fn from(ms: i64) -> Self {
        Self::from_ms(ms)
    }
}

impl Timestamp {
    /// From milliseconds since the epoch; dates outside of the years 1970 to 9999 are cut there.
    pub const fn from_ms(ms: i64) -> Self {
        const YEAR_9999_END_MS: i64 = 253_402_300_799_999;
        Self(if ms < 0 {
            0
        } else if ms > YEAR_9999_END_MS {
            YEAR_9999_END_MS
        } else {
            ms
        })
    }

    /// Milliseconds since the epoch.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// The instant `ms` later (or earlier when negative), within the years 1970 to 9999.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self::from_ms(self.0.saturating_add(ms))
    }

    /// How many milliseconds `self` lies after `earlier`; negative when before.
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The UTC day that holds this instant.
    pub fn day(self) -> Day {
        Day(u32::try_from(self.0 / DAY_MS).unwrap_or(u32::MAX))
    }
}

/// A whole UTC day: days since 1970-01-01. The unit of retention, decay and receipts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Day(u32);

impl Day {
    /// Days since 1970-01-01.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The day `days` later.
    #[must_use]
    pub const fn plus(self, days: u32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The first instant of the day.
    pub fn start(self) -> Timestamp {
        Timestamp::from_ms(i64::from(self.0).saturating_mul(DAY_MS))
    }
}

#[cfg(test)]
mod tests;
