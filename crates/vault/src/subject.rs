//! The random key of one person in one purpose, and how it lies wrapped in the key store.

use std::fmt;

use domain::id::{Pseudonym, RowId};
use hkdf::Hkdf;
use personal::purpose::PurposeName;
use personal::subject::SubjectRef;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::envelope::EnvelopeKey;
use crate::error::VaultError;

pub(crate) const SUBJECT_BYTES: usize = 16;
pub(crate) const DEK_BYTES: usize = 32;

/// The key that seals the rows of one person in one purpose. Prints nothing.
///
/// # Privacy
/// Its bytes are random and come from the caller. When its wrapped form is gone, what it sealed
/// cannot be opened again, not even by who holds the shop key.
pub struct SubjectKey {
    pub(crate) pseudonym: Pseudonym,
    pub(crate) purpose: PurposeName,
    pub(crate) subject: SubjectRef,
    pub(crate) dek: Zeroizing<[u8; DEK_BYTES]>,
    pub(crate) envelope: EnvelopeKey,
}

impl SubjectKey {
    /// A key from random bytes for a random pseudonym.
    pub fn new(
        pseudonym: Pseudonym,
        purpose: PurposeName,
        subject: SubjectRef,
        dek: [u8; DEK_BYTES],
    ) -> Self {
        let dek = Zeroizing::new(dek);
        Self { pseudonym, purpose, subject, envelope: EnvelopeKey::new(&dek), dek }
    }

    /// The person's name in this purpose.
    pub const fn pseudonym(&self) -> Pseudonym {
        self.pseudonym
    }

    /// The purpose that the key belongs to.
    pub const fn purpose(&self) -> PurposeName {
        self.purpose
    }

    /// The person inside the running server.
    pub const fn subject(&self) -> SubjectRef {
        self.subject
    }

    /// What opens the transparency log's commitment to one row of this person.
    ///
    /// # Privacy
    /// Computed from the random key and stored nowhere: when the key is destroyed, no opening can
    /// be computed again, and what stands in the log is a random value from then on. One opening
    /// says nothing about another, so it may be given to the person, or shown to an auditor.
    ///
    /// # Errors
    /// [`VaultError`] when the key derivation refuses, which its fixed lengths rule out.
    pub fn log_opening(
        &self,
        table: &str,
        row: RowId,
    ) -> Result<Zeroizing<[u8; DEK_BYTES]>, VaultError> {
        let hkdf = Hkdf::<Sha256>::new(Some(b"confidant/log-opening/1"), self.dek.as_slice());
        let mut opening = Zeroizing::new([0; DEK_BYTES]);
        let info: [&[u8]; 2] = [row.as_bytes(), table.as_bytes()];
        hkdf.expand_multi_info(&info, opening.as_mut_slice()).map_err(|_| VaultError)?;
        Ok(opening)
    }
}

#[cfg(test)]
impl SubjectKey {
    fn dek(&self) -> &[u8; DEK_BYTES] {
        &self.dek
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(..)")
    }
}

#[cfg(test)]
mod tests;
