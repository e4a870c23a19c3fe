//! Signed notes (`c2sp.org/signed-note`): a text, an empty line, and one line per signature.
//!
//! Reading says nothing about trust. [`Note::verify`] does: signatures of unknown keys are passed
//! over, a known key's signature that does not fit refuses the whole note, and at least one must
//! fit.

use crate::error::LedgerError;
use crate::key::{KeyId, KeyName, Said, SignerKey, VerifierKey};
use crate::text;

/// Largest note that is read, in bytes: room for [`SIGNATURES_MAX`] post-quantum signatures.
pub const NOTE_BYTES_MAX: usize = 512 * 1024;
/// Most signatures that a note may carry. The specification asks for 16 at least.
pub const SIGNATURES_MAX: usize = 64;

const DASH: &str = "\u{2014} ";

/// One signature line: who, which key, and bytes that only that key's algorithm understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: KeyName,
    id: KeyId,
    bytes: Vec<u8>,
}

impl NoteSignature {
    /// Reads one line without its line end.
    ///
    /// # Errors
    /// [`LedgerError::Note`].
    pub fn parse(line: &str) -> Result<Self, LedgerError> {
        let rest = line.strip_prefix(DASH).ok_or(LedgerError::Note)?;
        let (name, data) = rest.split_once(' ').ok_or(LedgerError::Note)?;
        let name = KeyName::parse(name).map_err(|_| LedgerError::Note)?;
        let data = text::from_base64(data).ok_or(LedgerError::Note)?;
        match data.split_first_chunk() {
            Some((id, bytes)) if !bytes.is_empty() => {
                Ok(Self { name, id: KeyId::from_bytes(*id), bytes: bytes.to_vec() })
            }
            _ => Err(LedgerError::Note),
        }
    }

    /// The line with its line end.
    pub fn to_line(&self) -> String {
        let data = [self.id.as_bytes().as_slice(), &self.bytes].concat();
        format!("{DASH}{} {}\n", self.name.as_str(), text::base64(&data))
    }

    /// Whether this key is the one that the line names.
    pub fn is_by(&self, key: &VerifierKey) -> bool {
        self.name == *key.name() && self.id == key.id()
    }

    /// Verifies the line over the text of a note.
    ///
    /// # Errors
    /// [`LedgerError::Signature`], also when the line names another key.
    pub fn verify(&self, note: &str, key: &VerifierKey) -> Result<Said, LedgerError> {
        match self.is_by(key) {
            true => key.verify(note, &self.bytes),
            false => Err(LedgerError::Signature),
        }
    }
}

/// A text with its signatures, not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature that fits: which of the given keys, and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<'a> {
    /// The key.
    pub key: &'a VerifierKey,
    /// What its signature says.
    pub said: Said,
}

impl Note {
    /// Signs a text, which must end with a line end. The time is only used by cosignatures.
    ///
    /// # Errors
    /// [`LedgerError::Note`] for a text that could not be read back.
    pub fn sign(text: String, signer: &SignerKey, now_s: u64) -> Result<Self, LedgerError> {
        is_text(&text)?;
        let signature = cosign(&text, signer, now_s);
        Ok(Self { text, signatures: vec![signature] })
    }

    /// Reads a note strictly.
    ///
    /// # Errors
    /// [`LedgerError::Note`] for anything that the format does not allow, or a limit.
    pub fn parse(bytes: &[u8]) -> Result<Self, LedgerError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(LedgerError::Note);
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| LedgerError::Note)?;
        is_text(whole)?;
        // The last empty line separates; the text before keeps its own line end.
        let (text, lines) = whole.rsplit_once("\n\n").ok_or(LedgerError::Note)?;
        let lines = lines.strip_suffix('\n').ok_or(LedgerError::Note)?;
        if lines.split('\n').count() > SIGNATURES_MAX {
            return Err(LedgerError::Note);
        }
        let signatures = lines.split('\n').map(NoteSignature::parse).collect::<Result<_, _>>()?;
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The note as it is published.
    pub fn to_text(&self) -> String {
        let lines = self.signatures.iter().map(NoteSignature::to_line);
        [self.text.clone(), "\n".to_owned()].into_iter().chain(lines).collect()
    }

    /// The signed text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, in the order of their lines.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a line; one that is already there is not repeated.
    ///
    /// # Errors
    /// [`LedgerError::Note`] when the note has [`SIGNATURES_MAX`] lines already.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), LedgerError> {
        if self.signatures.contains(&signature) {
            return Ok(());
        }
        if self.signatures.len() >= SIGNATURES_MAX {
            return Err(LedgerError::Note);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Verifies with every key that is known; each counts once, by its first line.
    ///
    /// # Errors
    /// [`LedgerError::Signature`] when no known key signed, or when one of them did not sign this.
    pub fn verify<'a>(&self, keys: &'a [VerifierKey]) -> Result<Vec<Verified<'a>>, LedgerError> {
        let mut verified: Vec<Verified<'a>> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = keys.iter().find(|key| signature.is_by(key)) else { continue };
            if verified.iter().any(|earlier| earlier.key == key) {
                continue;
            }
            verified.push(Verified { key, said: signature.verify(&self.text, key)? });
        }
        match verified.is_empty() {
            true => Err(LedgerError::Signature),
            false => Ok(verified),
        }
    }
}

/// One signature over a text: what a log puts under a checkpoint, or a witness adds to it.
pub fn cosign(text: &str, signer: &SignerKey, now_s: u64) -> NoteSignature {
    let key = signer.verifier();
    NoteSignature { name: key.name().clone(), id: key.id(), bytes: signer.sign(text, now_s) }
}

/// Ends with a line end and has no other control character of ASCII.
fn is_text(text: &str) -> Result<(), LedgerError> {
    let is_control = |byte: u8| byte < 0x20 && byte != b'\n';
    match text.ends_with('\n') && !text.bytes().any(is_control) {
        true => Ok(()),
        false => Err(LedgerError::Note),
    }
}

#[cfg(test)]
mod tests;
