//! The third door: staff.
//!
//! Staff page through plain columns only. Opening one row needs a permit and a reason, and gives
//! back the entry that the person can read; who drops the entry gets a compiler warning, and the
//! shell writes it before it shows the value.

use domain::time::Timestamp;

use crate::kinds::StaffRead;
use crate::permit::{ConsentVersion, Permit, PermitError};
use crate::record::Stored;
use crate::register::Covers;
use crate::value::Personal;

/// Shortest reason, in characters.
pub const REASON_CHARS_MIN: usize = 8;
/// Longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 500;

/// Why the desk stayed closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// The permit did not open.
    #[error(transparent)]
    Permit(#[from] PermitError),
    /// No reason, or none that a person could read.
    #[error("reason must have {REASON_CHARS_MIN} to {REASON_CHARS_MAX} characters")]
    Reason,
    /// The role is empty.
    #[error("role is empty")]
    Role,
}

/// A staff member at work, by role and with a reason.
#[derive(Clone, Debug)]
pub struct Desk {
    role: String,
    reason: String,
}

impl Desk {
    /// Sits down with a role and a reason.
    ///
    /// # Errors
    /// [`DeskError::Reason`] or [`DeskError::Role`].
    pub fn sit(role: &str, reason: &str) -> Result<Self, DeskError> {
        let (role, reason) = (role.trim(), reason.trim());
        if role.is_empty() {
            return Err(DeskError::Role);
        }
        let chars = reason.chars().count();
        if !(REASON_CHARS_MIN..=REASON_CHARS_MAX).contains(&chars) {
            return Err(DeskError::Reason);
        }
        Ok(Self { role: role.to_owned(), reason: reason.to_owned() })
    }

    /// Opens one row and gives the entry that has to be written first.
    ///
    /// # Errors
    /// [`DeskError::Permit`] when the permit does not open the value.
    pub fn open<P: Covers<T>, T: Stored>(
        &self,
        value: Personal<T>,
        permit: &Permit<P>,
        (now, current): (Timestamp, ConsentVersion),
    ) -> Result<DeskRead<T>, DeskError> {
        let value = value.open(permit, now, current)?;
        let entry = StaffRead {
            at: now,
            role: self.role.clone(),
            table: T::DECLARATION.table.to_owned(),
            reason: self.reason.clone(),
        };
        Ok(DeskRead { value, entry })
    }
}

/// A row that staff opened, locked behind its entry.
#[must_use = "the entry has to be written"]
pub struct DeskRead<T> {
    value: T,
    entry: StaffRead,
}

impl<T> DeskRead<T> {
    /// Writes the entry with `write`; only when that worked the value comes out.
    ///
    /// # Errors
    /// What `write` says; the value is dropped then.
    pub fn after_writing<E>(self, write: impl FnOnce(StaffRead) -> Result<(), E>) -> Result<T, E> {
        write(self.entry)?;
        Ok(self.value)
    }
}

impl<T> std::fmt::Debug for DeskRead<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeskRead(..)")
    }
}

#[cfg(test)]
mod tests;
