//! Proofs to take away (`c2sp.org/tlog-proof`): an index, the hashes, and the signed checkpoint.

use crate::checkpoint::Checkpoint;
use crate::error::LedgerError;
use crate::hash::Hash;
use crate::merkle::{PROOF_HASHES_MAX, verify_inclusion};
use crate::note::{NOTE_BYTES_MAX, Note};
use crate::policy::Policy;
use crate::text;

/// The first line.
pub const FORMAT: &str = "c2sp.org/tlog-proof@v1";
/// Most bytes that a proof may carry beside itself.
pub const EXTRA_BYTES_MAX: usize = 64 * 1024;
/// Largest proof that is read, in bytes.
pub const PROOF_BYTES_MAX: usize = NOTE_BYTES_MAX + 2 * EXTRA_BYTES_MAX;

/// A portable proof, not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// What the application adds; nothing signs it.
    pub extra: Option<Vec<u8>>,
    /// The place of the entry.
    pub index: u64,
    /// From the leaf's neighbor up to below the root.
    pub path: Vec<Hash>,
    /// The checkpoint with its signatures.
    pub checkpoint: Note,
}

impl TlogProof {
    /// Reads a proof strictly.
    ///
    /// # Errors
    /// [`LedgerError::ProofFormat`], [`LedgerError::Note`] or [`LedgerError::Checkpoint`].
    pub fn parse(bytes: &[u8]) -> Result<Self, LedgerError> {
        if bytes.len() > PROOF_BYTES_MAX {
            return Err(LedgerError::ProofFormat);
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| LedgerError::ProofFormat)?;
        let (front, note) = whole.split_once("\n\n").ok_or(LedgerError::ProofFormat)?;
        let mut lines = front.split('\n').peekable();
        if lines.next() != Some(FORMAT) {
            return Err(LedgerError::ProofFormat);
        }
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => Some(extra(line).ok_or(LedgerError::ProofFormat)?),
            None => None,
        };
        let index = lines.next().and_then(|line| text::number(line.strip_prefix("index ")?));
        let index = index.ok_or(LedgerError::ProofFormat)?;
        let path: Option<Vec<Hash>> = lines.take(PROOF_HASHES_MAX + 1).map(Hash::parse).collect();
        let path = path.filter(|path| path.len() <= PROOF_HASHES_MAX);
        let path = path.ok_or(LedgerError::ProofFormat)?;
        let checkpoint = Note::parse(note.as_bytes())?;
        Checkpoint::parse(checkpoint.text())?;
        Ok(Self { extra, index, path, checkpoint })
    }

    /// The proof as a file holds it.
    pub fn to_text(&self) -> String {
        let mut text = format!("{FORMAT}\n");
        if let Some(extra) = &self.extra {
            text.push_str(&format!("extra {}\n", text::base64(extra)));
        }
        text.push_str(&format!("index {}\n", self.index));
        for hash in &self.path {
            text.push_str(&hash.to_base64());
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint.to_text());
        text
    }

    /// Verifies that an entry stands in a log that the policy trusts.
    ///
    /// # Errors
    /// [`LedgerError`]: whose signature is missing, or that the hashes do not lead to the root.
    pub fn verify(&self, entry: &[u8], policy: &Policy) -> Result<(), LedgerError> {
        let checkpoint = policy.check(&self.checkpoint)?;
        verify_inclusion(&Hash::leaf(entry), self.index, &self.path, &checkpoint.head)
    }
}

fn extra(line: &str) -> Option<Vec<u8>> {
    let bytes = text::from_base64(line.strip_prefix("extra ")?)?;
    (bytes.len() <= EXTRA_BYTES_MAX).then_some(bytes)
}

#[cfg(test)]
mod tests;
