//! The key that closes keys: what the shop key itself is used for.
//!
//! It wraps the random keys of people and the shop's root secret, and nothing else. Names and
//! signatures come from the root, so that the shop key can be exchanged: every wrapped key is
//! opened with the old key and wrapped with the new one, and no name changes.

use std::fmt;

use domain::hex;
use domain::id::{Pseudonym, ShopId};
use personal::purpose::PurposeName;
use personal::subject::SubjectRef;
use zeroize::Zeroizing;

use crate::envelope::{Context, EnvelopeKey};
use crate::error::VaultError;
use crate::key::{Keyed, Labels, RootSecret, ShopKey};
use crate::subject::{DEK_BYTES, SUBJECT_BYTES, SubjectKey};

/// The key that closes keys. Prints nothing.
pub struct Kek {
    shop: ShopId,
    wrap: EnvelopeKey,
    root: EnvelopeKey,
    marks: Keyed,
}

impl Kek {
    /// Derives it from the shop key.
    ///
    /// # Errors
    /// [`VaultError`] when the key derivation refuses, which its fixed lengths rule out.
    pub fn derive(key: &ShopKey, shop: &ShopId) -> Result<Self, VaultError> {
        let labels = Labels::of(key.bytes(), shop);
        Ok(Self {
            shop: shop.clone(),
            wrap: EnvelopeKey::new(&*labels.key("wrap", None)?),
            root: EnvelopeKey::new(&*labels.key("root-seal", None)?),
            marks: Keyed::new(&*labels.key("backup", None)?),
        })
    }

    /// The shop.
    pub const fn shop(&self) -> &ShopId {
        &self.shop
    }

    /// A short name of the shop key, which says nothing about it: 16 hexadecimal characters.
    pub fn name(&self) -> String {
        hex::encode(&self.marks.tag::<8>(&[b"name", b"of", b"this", b"shop key"]))
    }

    /// What shows that a backup, or a test of a recovery, with this digest is of this shop key.
    pub fn tag(&self, digest: &[u8; 32]) -> [u8; 32] {
        self.marks.tag(&[digest])
    }

    /// Wraps a person's key for the key store. `salt` is sixteen random bytes.
    ///
    /// # Errors
    /// [`VaultError`] when the cipher refuses, which the fixed lengths rule out.
    pub fn wrap(&self, key: &SubjectKey, salt: [u8; 16]) -> Result<Vec<u8>, VaultError> {
        let mut plain = Zeroizing::new([0u8; SUBJECT_BYTES + DEK_BYTES]);
        let bytes = key.subject.as_bytes().iter().chain(key.dek.iter());
        plain.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        let context = self.key_context(key.pseudonym, key.purpose);
        self.wrap.seal(context, plain.as_slice(), &salt)
    }

    /// Unwraps the key of `pseudonym` in `purpose`.
    ///
    /// # Errors
    /// [`VaultError`] without a reason, on purpose.
    pub fn unwrap_key(
        &self,
        pseudonym: Pseudonym,
        purpose: PurposeName,
        wrapped: &[u8],
    ) -> Result<SubjectKey, VaultError> {
        let plain = Zeroizing::new(self.wrap.open(self.key_context(pseudonym, purpose), wrapped)?);
        let (subject, rest) = plain.split_first_chunk::<SUBJECT_BYTES>().ok_or(VaultError)?;
        let (dek, []) = rest.split_first_chunk::<DEK_BYTES>().ok_or(VaultError)? else {
            return Err(VaultError);
        };
        Ok(SubjectKey::new(pseudonym, purpose, SubjectRef::from_bytes(*subject), *dek))
    }

    /// Wraps the root secret. `salt` is sixteen random bytes.
    ///
    /// # Errors
    /// [`VaultError`] when the cipher refuses, which the fixed lengths rule out.
    pub fn seal_root(&self, root: &RootSecret, salt: [u8; 16]) -> Result<Vec<u8>, VaultError> {
        self.root.seal(self.root_context(), root.bytes(), &salt)
    }

    /// Opens what [`Kek::seal_root`] made.
    ///
    /// # Errors
    /// [`VaultError`] without a reason, on purpose.
    pub fn open_root(&self, sealed: &[u8]) -> Result<RootSecret, VaultError> {
        let plain = Zeroizing::new(self.root.open(self.root_context(), sealed)?);
        let bytes: Result<[u8; 32], _> = plain.as_slice().try_into();
        bytes.map(RootSecret::from_bytes).map_err(|_| VaultError)
    }

    fn root_context(&self) -> Context {
        let mut context = Context::new("root-secret");
        context.part(self.shop.as_str().as_bytes());
        context
    }

    fn key_context(&self, pseudonym: Pseudonym, purpose: PurposeName) -> Context {
        let mut context = Context::new("subject-key");
        context.part(self.shop.as_str().as_bytes());
        context.part(&[purpose.code()]);
        context.part(pseudonym.as_bytes());
        context
    }
}

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kek(..)")
    }
}

#[cfg(test)]
mod tests;
