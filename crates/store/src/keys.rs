//! The port of wrapped keys, erasure intents, tombstones and sealed secrets of the shop.
//!
//! It lies in a file of its own, so that backups of rows never hold the keys that open them.

use domain::id::{Pseudonym, RequestId};
use domain::time::{Day, Timestamp};
use personal::purpose::PurposeName;

use crate::error::StoreError;

/// The wrapped key of one person in one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// The person's name in the purpose.
    pub pseudonym: Pseudonym,
    /// The purpose.
    pub purpose: PurposeName,
    /// The keyed MAC by which the row is found; unique in its purpose.
    pub blind: [u8; 16],
    /// The key, wrapped by the vault.
    pub wrapped: Vec<u8>,
}

/// An erasure that began. Until it is finished it is done again whenever the store opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The request behind it.
    pub id: RequestId,
    /// The plan, sealed by the caller.
    pub body: Vec<u8>,
}

/// Says that a person was erased, to stop what was written before and comes back late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// The person, as a MAC under the erasure-only key.
    pub mac: [u8; 16],
    /// Only what is older than this instant is stopped.
    pub cutoff: Timestamp,
    /// The first day on which the tombstone is swept.
    pub expires: Day,
}

impl Tombstone {
    /// The tombstone that stops what either of two of one person stops.
    #[must_use]
    pub fn united(self, other: Self) -> Self {
        Self {
            mac: self.mac,
            cutoff: self.cutoff.max(other.cutoff),
            expires: self.expires.max(other.expires),
        }
    }
}

/// Wrapped keys, intents and tombstones of one shop, behind one writer.
///
/// Every change is durable when its call returns.
pub trait Keys: Send {
    /// Writes key rows together. A row whose pseudonym exists gets the new wrapped key.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a blind index is taken by another pseudonym, or a pseudonym
    /// by another purpose or blind index; then nothing was written.
    fn put(&mut self, rows: &[KeyRow]) -> Result<(), StoreError>;

    /// Finds the key of the person with this blind index.
    ///
    /// # Errors
    /// What the back end says.
    fn by_blind(
        &self,
        purpose: PurposeName,
        blind: &[u8; 16],
    ) -> Result<Option<KeyRow>, StoreError>;

    /// Finds the key of a pseudonym.
    ///
    /// # Errors
    /// What the back end says.
    fn by_pseudonym(&self, pseudonym: Pseudonym) -> Result<Option<KeyRow>, StoreError>;

    /// At most `limit` key rows behind the pseudonym `after`, ordered by pseudonym.
    ///
    /// # Errors
    /// What the back end says.
    fn page(&self, after: Option<Pseudonym>, limit: usize) -> Result<Vec<KeyRow>, StoreError>;

    /// Begins an erasure: intent and tombstones are durable together, the tombstones in a second
    /// place as well. An intent that exists gets the new body.
    ///
    /// # Errors
    /// What the back end says.
    fn begin(&mut self, intent: &Intent, tombstones: &[Tombstone]) -> Result<(), StoreError>;

    /// The erasures that began and did not finish, by id.
    ///
    /// # Errors
    /// What the back end says.
    fn intents(&self) -> Result<Vec<Intent>, StoreError>;

    /// Deletes the keys of these pseudonyms; says how many there were.
    ///
    /// # Errors
    /// What the back end says.
    fn destroy(&mut self, pseudonyms: &[Pseudonym]) -> Result<u64, StoreError>;

    /// Forgets an intent whose erasure is complete.
    ///
    /// # Errors
    /// What the back end says.
    fn finish(&mut self, id: RequestId) -> Result<(), StoreError>;

    /// The tombstone with this MAC.
    ///
    /// # Errors
    /// What the back end says.
    fn tombstone(&self, mac: &[u8; 16]) -> Result<Option<Tombstone>, StoreError>;

    /// Every tombstone, by MAC.
    ///
    /// # Errors
    /// What the back end says.
    fn tombstones(&self) -> Result<Vec<Tombstone>, StoreError>;

    /// Deletes the tombstones whose last day was before `today`; says how many there were.
    ///
    /// # Errors
    /// What the back end says.
    fn sweep_tombstones(&mut self, today: Day) -> Result<u64, StoreError>;

    /// A sealed secret of the shop.
    ///
    /// # Errors
    /// What the back end says.
    fn secret(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Writes a sealed secret of the shop, over the old one if there is one.
    ///
    /// # Errors
    /// What the back end says.
    fn put_secret(&mut self, name: &str, sealed: &[u8]) -> Result<(), StoreError>;

    /// Truncates the write-ahead log, and writes the keys anew where that alone leaves something.
    ///
    /// # Privacy
    /// When it returns, no byte of a destroyed key is in any file of the key store.
    ///
    /// # Errors
    /// What the back end says.
    fn scrub(&mut self) -> Result<(), StoreError>;

    /// Like [`crate::port::Tables::hold`], for the file of the keys.
    ///
    /// # Errors
    /// What the back end says.
    fn hold(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Like [`crate::port::Tables::release`], for the file of the keys.
    ///
    /// # Errors
    /// What the back end says.
    fn release(&mut self) -> Result<bool, StoreError> {
        Ok(false)
    }

    /// Marks in both places of the tombstones that they are complete up to `now`: a log without the
    /// mark of a backup is older than the backup.
    ///
    /// # Errors
    /// What the back end says.
    fn mark(&mut self, _now: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }
}
