//! Hashes of the tree (RFC 6962, section 2.1): SHA-256 with a byte in front that keeps leaves and
//! nodes apart.

use std::fmt;

use domain::hex;
use sha2::{Digest, Sha256};

use crate::text;

/// Bytes of one hash.
pub const HASH_BYTES: usize = 32;

/// One SHA-256 hash of the tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash([u8; HASH_BYTES]);

impl Hash {
    /// Takes the bytes of a hash.
    pub const fn from_bytes(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }

    /// Reads the base64 of checkpoints and proofs.
    pub fn parse(base64: &str) -> Option<Self> {
        text::from_base64(base64)?.try_into().ok().map(Self)
    }

    /// The base64 of checkpoints and proofs.
    pub fn to_base64(&self) -> String {
        text::base64(&self.0)
    }

    /// The root of a tree without leaves.
    pub fn empty() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// The hash of one entry as a leaf.
    pub fn leaf(entry: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
    }

    /// The hash of two neighbors, left and right.
    pub fn node(left: &Self, right: &Self) -> Self {
        let both = Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0);
        Self(both.finalize().into())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}
