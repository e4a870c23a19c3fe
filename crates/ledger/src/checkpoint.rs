//! Checkpoints (`c2sp.org/tlog-checkpoint`): which log, how many entries, which root; signed.
//!
//! Extension lines of other logs are kept as they are, because they are part of what was signed;
//! ours has none, since nobody can audit them.

use crate::error::LedgerError;
use crate::hash::Hash;
use crate::key::{SignerKey, VerifierKey};
use crate::merkle::Head;
use crate::note::Note;
use crate::text;

/// What a log states about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log, by its own name.
    pub origin: String,
    /// Size and root.
    pub head: Head,
    /// Further lines that the log signed; nothing follows from them.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// Reads the text of a note strictly.
    ///
    /// # Errors
    /// [`LedgerError::Checkpoint`].
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        let body = text.strip_suffix('\n').ok_or(LedgerError::Checkpoint)?;
        let mut lines = body.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty());
        let (origin, size, root) = (line(), line(), line());
        let read = || {
            let head = Head { size: text::number(size?)?, root: Hash::parse(root?)? };
            Some(Self { origin: origin?.to_owned(), head, extensions: Vec::new() })
        };
        let mut checkpoint = read().ok_or(LedgerError::Checkpoint)?;
        for extension in lines {
            if extension.is_empty() {
                return Err(LedgerError::Checkpoint);
            }
            checkpoint.extensions.push(extension.to_owned());
        }
        Ok(checkpoint)
    }

    /// The text that is signed.
    pub fn to_text(&self) -> String {
        let Head { size, root } = &self.head;
        let mut text = format!("{}\n{size}\n{}\n", self.origin, root.to_base64());
        for extension in &self.extensions {
            text.push_str(extension);
            text.push('\n');
        }
        text
    }

    /// Signs a head as the log that the key names.
    ///
    /// The caller keeps the promise of the format: no head may be signed that is inconsistent with
    /// one that was signed before. [`crate::tree::Tree`] grows only forward and
    /// [`crate::tree::Tree::resume`] refuses stored tiles that do not lead to the signed root.
    ///
    /// # Errors
    /// [`LedgerError::Note`], which a key's name cannot cause.
    pub fn sign(head: Head, signer: &SignerKey) -> Result<Note, LedgerError> {
        let origin = signer.verifier().name().as_str().to_owned();
        Note::sign(Self { origin, head, extensions: Vec::new() }.to_text(), signer, 0)
    }

    /// Verifies a note as a checkpoint of the log with this key and reads it.
    ///
    /// # Errors
    /// [`LedgerError::Signature`] also when the checkpoint names another log.
    pub fn open(note: &Note, log: &VerifierKey) -> Result<Self, LedgerError> {
        note.verify(std::slice::from_ref(log))?;
        let checkpoint = Self::parse(note.text())?;
        match checkpoint.origin == log.name().as_str() {
            true => Ok(checkpoint),
            false => Err(LedgerError::Signature),
        }
    }
}

#[cfg(test)]
mod tests;
