//! The fourth door: the person.
//!
//! People may see and correct what is held about them, whatever they allowed (GDPR Art. 15 and
//! 16): a missing yes or a pause closes the other doors and leaves this one open. It opens rows of
//! that one person only, counts them, and ends with the entry that the shell writes before
//! anything leaves the server. Only the engine's work on requests of people uses it; `tidy` holds
//! that.

use std::collections::BTreeMap;

use domain::id::Pseudonym;
use domain::time::Timestamp;

use crate::kinds::OwnRead;
use crate::purpose::PurposeName;
use crate::record::Stored;
use crate::value::Personal;

/// The value is about somebody else, or of a purpose in which the person has no such name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the row is not about the person who asks")]
pub struct NotOwn;

/// One person looking at what is held about them.
#[must_use = "the entry has to be written"]
pub struct OwnCopy {
    names: Vec<(PurposeName, Pseudonym)>,
    rows: BTreeMap<&'static str, u64>,
}

impl OwnCopy {
    /// Opens the door for the person with these pseudonyms. Who asks was verified before.
    pub fn of(names: &[(PurposeName, Pseudonym)]) -> Self {
        Self { names: names.to_vec(), rows: BTreeMap::new() }
    }

    /// Opens one row of the person.
    ///
    /// # Errors
    /// [`NotOwn`].
    pub fn open<T: Stored>(&mut self, value: Personal<T>) -> Result<T, NotOwn> {
        let name = (T::DECLARATION.purpose, value.pseudonym());
        if !self.names.contains(&name) {
            return Err(NotOwn);
        }
        *self.rows.entry(T::DECLARATION.table).or_default() += 1;
        Ok(value.into_value())
    }

    /// Closes the door: the entry to write, before anything that was opened goes out.
    pub fn entry(self, why: &str, how: &str, now: Timestamp) -> OwnRead {
        OwnRead {
            at: now,
            why: why.to_owned(),
            how: how.to_owned(),
            rows: self.rows.values().sum(),
        }
    }
}

impl std::fmt::Debug for OwnCopy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnCopy(..)")
    }
}

#[cfg(test)]
mod tests;
