//! The fifth door: the shop that leaves.
//!
//! A shop is responsible for what it holds (GDPR Art. 4(7)) and takes all of it along when it goes,
//! also what rests or waits for a person who paused: left behind, it would be lost to the people
//! whom it is about. The door opens for the command of a machine on which the server is stopped,
//! to whoever shows the shop's key; it counts what it opens, and the count stands in the manifest.
//! Only `confidant export` uses it; `tidy` holds that.

use std::collections::BTreeMap;

use crate::record::Stored;
use crate::value::Personal;

/// A shop taking everything along.
#[derive(Debug, Default)]
#[must_use = "what was opened has to be counted"]
pub struct Handover {
    rows: BTreeMap<&'static str, u64>,
}

impl Handover {
    /// Opens the door. That the shop itself stands there was verified before.
    pub fn begin() -> Self {
        Self::default()
    }

    /// Opens one row.
    pub fn open<T: Stored>(&mut self, value: Personal<T>) -> T {
        *self.rows.entry(T::DECLARATION.table).or_default() += 1;
        value.into_value()
    }

    /// Closes the door: how many rows of each table were opened.
    pub fn end(self) -> BTreeMap<&'static str, u64> {
        self.rows
    }
}
