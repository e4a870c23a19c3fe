//! The witness protocol (`c2sp.org/tlog-witness`), both sides, as values.
//!
//! A witness remembers one head per log and confirms only heads that continue it. Its answer is
//! locked inside [`Persist`] until the caller says that the new head is on disk, because a witness
//! that forgets what it signed could be made to sign a fork. Between loading the latest head and
//! storing the new one nothing else may be decided for that log.
//!
//! A log asks with [`AddCheckpoint`] and reads the answer with [`read_reply`].

use crate::checkpoint::Checkpoint;
use crate::error::LedgerError;
use crate::hash::Hash;
use crate::key::{SignerKey, VerifierKey};
use crate::merkle::{Head, PROOF_HASHES_MAX, verify_consistency};
use crate::note::{self, NOTE_BYTES_MAX, Note, NoteSignature, SIGNATURES_MAX};
use crate::text;

/// Largest request that is read, in bytes.
pub const REQUEST_BYTES_MAX: usize = NOTE_BYTES_MAX + 4096;
/// Largest answer that is read, in bytes.
pub const REPLY_BYTES_MAX: usize = NOTE_BYTES_MAX;

/// What a log asks of a witness: confirm this checkpoint, which continues that size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness confirmed last.
    pub old: u64,
    /// From there to the checkpoint.
    pub proof: Vec<Hash>,
    /// The checkpoint, signed by the log.
    pub checkpoint: Note,
}

impl AddCheckpoint {
    /// Reads the body of a request strictly.
    ///
    /// # Errors
    /// [`LedgerError::Witness`] or [`LedgerError::Note`].
    pub fn parse(body: &[u8]) -> Result<Self, LedgerError> {
        if body.len() > REQUEST_BYTES_MAX {
            return Err(LedgerError::Witness);
        }
        let whole = std::str::from_utf8(body).map_err(|_| LedgerError::Witness)?;
        let (front, note) = whole.split_once("\n\n").ok_or(LedgerError::Witness)?;
        let mut lines = front.split('\n');
        let old = lines.next().and_then(|line| text::number(line.strip_prefix("old ")?));
        let proof: Option<Vec<Hash>> = lines.take(PROOF_HASHES_MAX + 1).map(Hash::parse).collect();
        let proof = proof.filter(|proof| proof.len() <= PROOF_HASHES_MAX);
        Ok(Self {
            old: old.ok_or(LedgerError::Witness)?,
            proof: proof.ok_or(LedgerError::Witness)?,
            checkpoint: Note::parse(note.as_bytes())?,
        })
    }

    /// The body of a request.
    pub fn to_text(&self) -> String {
        let hashes = self.proof.iter().flat_map(|hash| [hash.to_base64(), "\n".to_owned()]);
        let front: String = hashes.collect();
        format!("old {}\n{front}\n{}", self.old, self.checkpoint.to_text())
    }
}

/// An answer as HTTP carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 200, 400, 403, 404, 409 or 422.
    pub status: u16,
    /// The content type, where the protocol names one.
    pub content_type: Option<&'static str>,
    /// The body.
    pub body: String,
}

/// A confirmation that waits for the disk.
#[derive(Debug)]
pub struct Persist {
    origin: String,
    head: Head,
    answer: Answer,
}

impl Persist {
    /// What to store durably: the latest head of this log.
    pub fn write(&self) -> (&str, &Head) {
        (&self.origin, &self.head)
    }

    /// The answer, for a caller who has stored [`Persist::write`].
    pub fn persisted(self) -> Answer {
        self.answer
    }
}

/// What a witness does with a request.
#[derive(Debug)]
pub enum Decision {
    /// Store, then answer.
    Confirm(Persist),
    /// Answer; nothing changed.
    Refuse(Answer),
}

/// A witness: its key and the logs that it knows.
#[derive(Debug)]
pub struct Witness {
    signer: SignerKey,
    logs: Vec<VerifierKey>,
}

impl Witness {
    /// A witness that signs with `signer`, which must be a cosignature key.
    ///
    /// # Errors
    /// [`LedgerError::Key`] for a key of another kind.
    pub fn new(signer: SignerKey, logs: Vec<VerifierKey>) -> Result<Self, LedgerError> {
        match signer.verifier().algorithm().is_cosignature() {
            true => Ok(Self { signer, logs }),
            false => Err(LedgerError::Key),
        }
    }

    /// The log that a body speaks of, to load its latest head. What cannot be read, or is not
    /// known, is answered at once.
    ///
    /// # Errors
    /// The answer: 400 or 404.
    pub fn read(&self, body: &[u8]) -> Result<(AddCheckpoint, Checkpoint), Answer> {
        let request = AddCheckpoint::parse(body).map_err(|_| refuse(400))?;
        let checkpoint = Checkpoint::parse(request.checkpoint.text()).map_err(|_| refuse(400))?;
        match self.logs.iter().any(|log| log.name().as_str() == checkpoint.origin) {
            true => Ok((request, checkpoint)),
            false => Err(refuse(404)),
        }
    }

    /// Decides about what [`Witness::read`] gave, against the latest stored head of that log.
    pub fn decide(
        &self,
        (request, checkpoint): &(AddCheckpoint, Checkpoint),
        latest: Option<&Head>,
        now_s: u64,
    ) -> Decision {
        let is_log = |log: &&VerifierKey| log.name().as_str() == checkpoint.origin;
        let keys: Vec<VerifierKey> = self.logs.iter().filter(is_log).cloned().collect();
        if request.checkpoint.verify(&keys).is_err() {
            return Decision::Refuse(refuse(403));
        }
        let new = checkpoint.head;
        if request.old > new.size {
            return Decision::Refuse(refuse(400));
        }
        let latest = latest.copied().unwrap_or_else(Head::empty);
        if request.old != latest.size || (new.size == latest.size && new.root != latest.root) {
            return Decision::Refuse(conflict(latest.size));
        }
        if verify_consistency(&latest, &new, &request.proof).is_err() {
            return Decision::Refuse(refuse(422));
        }
        let signature = note::cosign(request.checkpoint.text(), &self.signer, now_s);
        let answer = Answer { status: 200, content_type: None, body: signature.to_line() };
        Decision::Confirm(Persist { origin: checkpoint.origin.clone(), head: new, answer })
    }
}

fn refuse(status: u16) -> Answer {
    Answer { status, content_type: None, body: String::new() }
}

fn conflict(size: u64) -> Answer {
    let content_type = Some("text/x.tlog.size");
    Answer { status: 409, content_type, body: format!("{size}\n") }
}

/// What a witness said, read by the log that asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Confirmations by known witnesses, each verified.
    Confirmed(Vec<NoteSignature>),
    /// The witness is at another size: ask again from there. At the same size, it saw a fork.
    Conflict {
        /// The size that it confirmed last.
        size: u64,
    },
    /// Anything else, by its status.
    Refused {
        /// The status.
        status: u16,
    },
}

/// Reads an answer to a request for `checkpoint`. Signatures of unknown keys are passed over.
///
/// # Errors
/// [`LedgerError::Witness`] for an answer that breaks the format, [`LedgerError::Signature`] when
/// no known witness confirmed, or one of them signed something else.
pub fn read_reply(
    (status, body): (u16, &[u8]),
    checkpoint: &Note,
    witnesses: &[VerifierKey],
) -> Result<Reply, LedgerError> {
    if body.len() > REPLY_BYTES_MAX {
        return Err(LedgerError::Witness);
    }
    let read = || std::str::from_utf8(body).ok()?.strip_suffix('\n');
    match status {
        200 => {
            let lines = read().ok_or(LedgerError::Witness)?;
            let signatures = confirmations(lines, checkpoint, witnesses)?;
            Ok(Reply::Confirmed(signatures))
        }
        409 => {
            let size = read().and_then(text::number).ok_or(LedgerError::Witness)?;
            Ok(Reply::Conflict { size })
        }
        _ => Ok(Reply::Refused { status }),
    }
}

fn confirmations(
    lines: &str,
    checkpoint: &Note,
    witnesses: &[VerifierKey],
) -> Result<Vec<NoteSignature>, LedgerError> {
    if lines.split('\n').count() > SIGNATURES_MAX {
        return Err(LedgerError::Witness);
    }
    let mut known = Vec::new();
    for line in lines.split('\n') {
        let signature = NoteSignature::parse(line).map_err(|_| LedgerError::Witness)?;
        let Some(key) = witnesses.iter().find(|key| signature.is_by(key)) else { continue };
        signature.verify(checkpoint.text(), key)?;
        known.push(signature);
    }
    match known.is_empty() {
        true => Err(LedgerError::Signature),
        false => Ok(known),
    }
}

#[cfg(test)]
mod tests;
