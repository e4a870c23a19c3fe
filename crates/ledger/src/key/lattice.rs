//! ML-DSA-44 cosignatures (`c2sp.org/tlog-cosignature`, `subtree/v1`; FIPS 204).
//!
//! The message names the witness, so that one key cannot stand for two, and speaks of origin, size
//! and root alone: extension lines of a checkpoint are not signed. The crate behind it was never
//! audited by anyone outside, so all of this is behind the feature `ml-dsa`, which is off.

use ml_dsa::{
    EncodedSignature, EncodedVerifyingKey, ExpandedSigningKey, MlDsa44, Signature, VerifyingKey,
};
use zeroize::Zeroizing;

use crate::checkpoint::Checkpoint;
use crate::error::LedgerError;
use crate::key::KeyName;

const LABEL: &[u8; 12] = b"subtree/v1\n\0";

/// A public key, as its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LatticePublic(Vec<u8>);

impl LatticePublic {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, LedgerError> {
        decode(bytes).map(|_| Self(bytes.to_vec())).ok_or(LedgerError::Key)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), LedgerError> {
        let read = || {
            let bytes = EncodedSignature::<MlDsa44>::try_from(signature).ok()?;
            let signature = Signature::decode(&bytes)?;
            decode(&self.0)?.verify_with_context(message, b"", &signature).then_some(())
        };
        read().ok_or(LedgerError::Signature)
    }
}

fn decode(bytes: &[u8]) -> Option<VerifyingKey<MlDsa44>> {
    let bytes = EncodedVerifyingKey::<MlDsa44>::try_from(bytes).ok()?;
    Some(VerifyingKey::decode(&bytes))
}

/// A private key with the seed that made it.
pub(super) struct LatticeSecret {
    seed: Zeroizing<[u8; 32]>,
    key: ExpandedSigningKey<MlDsa44>,
}

impl LatticeSecret {
    pub(super) fn new(seed: &[u8; 32]) -> Self {
        let key = ExpandedSigningKey::from_seed(&(*seed).into());
        Self { seed: Zeroizing::new(*seed), key }
    }

    pub(super) fn seed(&self) -> Zeroizing<[u8; 32]> {
        self.seed.clone()
    }

    pub(super) fn public(&self) -> Vec<u8> {
        self.key.verifying_key().encode().to_vec()
    }

    /// Signs deterministically: a room draws no random bytes.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.key.sign_deterministic(message, b"");
        signature.map(|signature| signature.encode().to_vec()).unwrap_or_default()
    }
}

/// The `cosigned_message` for a checkpoint.
pub(super) fn message(witness: &KeyName, note: &str, at_s: u64) -> Result<Vec<u8>, LedgerError> {
    let Checkpoint { origin, head, .. } = Checkpoint::parse(note)?;
    let mut message = LABEL.to_vec();
    opaque(&mut message, witness.as_str())?;
    message.extend_from_slice(&at_s.to_be_bytes());
    opaque(&mut message, &origin)?;
    message.extend_from_slice(&0_u64.to_be_bytes());
    message.extend_from_slice(&head.size.to_be_bytes());
    message.extend_from_slice(head.root.as_bytes());
    Ok(message)
}

/// Up to 255 bytes behind their number.
fn opaque(message: &mut Vec<u8>, text: &str) -> Result<(), LedgerError> {
    let len = u8::try_from(text.len()).map_err(|_| LedgerError::Checkpoint)?;
    message.push(len);
    message.extend_from_slice(text.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests;
