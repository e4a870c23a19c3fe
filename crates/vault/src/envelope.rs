//! How sealed bytes look, and the only code that calls the cipher.
//!
//! ```text
//! version 1 | algorithm 1 | key version 2 | salt 16 | commitment 32 | text n | tag 16
//! ```
//!
//! HKDF-SHA-256 turns the key and the random salt into a key for this one text (32 bytes), the
//! commitment (32) and the nonce (12). The extract step and the key blocks of the MAC are computed
//! once per key. A repeated salt would not break the cipher (GCM-SIV), only show that two texts of
//! one context are equal.
//!
//! Every part of the associated data carries its length, so that no two contexts read the same.

use aes_gcm_siv::aead::{AeadInOut, KeyInit};
use aes_gcm_siv::{Aes256GcmSiv, Nonce, Tag};
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::error::VaultError;

/// Version of the layout.
const VERSION: u8 = 1;
/// AES-256-GCM-SIV with an HKDF-SHA-256 commitment.
const ALGORITHM: u8 = 1;
/// Version of the key above; rotation will raise it.
const KEY_VERSION: u16 = 1;

const HEADER_BYTES: usize = 4;
const SALT_BYTES: usize = 16;
const COMMITMENT_BYTES: usize = 32;
const TAG_BYTES: usize = 16;
const FRONT_BYTES: usize = HEADER_BYTES + SALT_BYTES + COMMITMENT_BYTES;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

/// How many bytes an envelope adds to what it seals.
pub const OVERHEAD_BYTES: usize = FRONT_BYTES + TAG_BYTES;

/// Longest text that is sealed, in bytes. Far above any record, far below the cipher's own limit.
pub const PLAIN_BYTES_MAX: usize = 16 << 20;

/// Room for every context that occurs, so that it is allocated once.
const CONTEXT_BYTES: usize = 256;

/// The associated data under construction.
pub(crate) struct Context(Vec<u8>);

impl Context {
    /// An empty context for one kind of text; different kinds never open each other.
    pub(crate) fn new(kind: &str) -> Self {
        let mut context = Self(Vec::with_capacity(CONTEXT_BYTES));
        context.part(kind.as_bytes());
        context
    }

    /// The same parts, with room for more.
    pub(crate) fn fork(&self) -> Self {
        let mut bytes = Vec::with_capacity(CONTEXT_BYTES);
        bytes.extend_from_slice(&self.0);
        Self(bytes)
    }

    /// Adds one part behind its length.
    pub(crate) fn part(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }
}

/// A key that seals envelopes, ready for use.
pub(crate) struct EnvelopeKey(Hkdf<Sha256>);

/// What HKDF gives for one text.
struct TextKey {
    cipher: Aes256GcmSiv,
    commitment: Zeroizing<[u8; COMMITMENT_BYTES]>,
    nonce: Nonce,
}

impl EnvelopeKey {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(Hkdf::new(Some(b"confidant/envelope/1"), key))
    }

    /// Seals `plain` in a context.
    pub(crate) fn seal(
        &self,
        mut context: Context,
        plain: &[u8],
        salt: &[u8; SALT_BYTES],
    ) -> Result<Vec<u8>, VaultError> {
        if plain.len() > PLAIN_BYTES_MAX {
            return Err(VaultError);
        }
        let header = header();
        let text_key = self.text_key(header, salt)?;
        context.part(&header);
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD_BYTES);
        sealed.extend_from_slice(&header);
        sealed.extend_from_slice(salt);
        sealed.extend_from_slice(text_key.commitment.as_slice());
        sealed.extend_from_slice(plain);
        let text = sealed.get_mut(FRONT_BYTES..).ok_or(VaultError)?;
        let tag = text_key
            .cipher
            .encrypt_inout_detached(&text_key.nonce, &context.0, text.into())
            .map_err(|_| VaultError)?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens what [`EnvelopeKey::seal`] made in the same context.
    pub(crate) fn open(&self, mut context: Context, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (found, rest) = sealed.split_first_chunk::<HEADER_BYTES>().ok_or(VaultError)?;
        let (salt, rest) = rest.split_first_chunk::<SALT_BYTES>().ok_or(VaultError)?;
        let (commitment, rest) = rest.split_first_chunk::<COMMITMENT_BYTES>().ok_or(VaultError)?;
        let (text, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(VaultError)?;
        let header = header();
        if *found != header || text.len() > PLAIN_BYTES_MAX {
            return Err(VaultError);
        }
        let text_key = self.text_key(header, salt)?;
        if !bool::from(text_key.commitment.as_slice().ct_eq(commitment)) {
            return Err(VaultError);
        }
        context.part(&header);
        let mut plain = text.to_vec();
        text_key
            .cipher
            .decrypt_inout_detached(
                &text_key.nonce,
                &context.0,
                plain.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .map_err(|_| VaultError)?;
        Ok(plain)
    }

    fn text_key(
        &self,
        header: [u8; HEADER_BYTES],
        salt: &[u8; SALT_BYTES],
    ) -> Result<TextKey, VaultError> {
        let mut bytes = Zeroizing::new([0u8; KEY_BYTES + COMMITMENT_BYTES + NONCE_BYTES]);
        // 20 bytes of info: with the previous block they fit into one block of SHA-256.
        self.0.expand_multi_info(&[&header, salt], bytes.as_mut_slice()).map_err(|_| VaultError)?;
        let (key, rest) = bytes.split_first_chunk::<KEY_BYTES>().ok_or(VaultError)?;
        let (commitment, rest) = rest.split_first_chunk::<COMMITMENT_BYTES>().ok_or(VaultError)?;
        let nonce = rest.first_chunk::<NONCE_BYTES>().ok_or(VaultError)?;
        Ok(TextKey {
            cipher: Aes256GcmSiv::new(key.into()),
            commitment: Zeroizing::new(*commitment),
            nonce: Nonce::from(*nonce),
        })
    }
}

const fn header() -> [u8; HEADER_BYTES] {
    let [high, low] = KEY_VERSION.to_be_bytes();
    [VERSION, ALGORITHM, high, low]
}

#[cfg(test)]
mod tests;
