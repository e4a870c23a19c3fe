//! An age file on disk (age-encryption.org/v1), written and read as a stream.
//!
//! Backups and recovery copies are sealed to people and not to this server: what opens them is
//! kept elsewhere, and any program that knows the format opens them without us.

use std::io::{self, Read, Write};

use age::x25519::{Identity, Recipient};
use age::{DecryptError, Decryptor, Encryptor};
use sha2::{Digest as _, Sha256};

use crate::backup::BackupError;

/// Most recipients of one file.
pub const RECIPIENTS_MAX: usize = 32;

/// Counts and hashes what goes through it.
struct Counted<W> {
    out: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Seals what is written to it; counts and hashes what leaves it.
pub struct SealedWriter<W: Write>(age::stream::StreamWriter<Counted<W>>);

impl<W: Write> SealedWriter<W> {
    /// Begins a file for these recipients.
    ///
    /// # Errors
    /// No recipient, too many, or what the writer says.
    pub fn begin(out: W, recipients: &[Recipient]) -> Result<Self, BackupError> {
        if recipients.len() > RECIPIENTS_MAX {
            return Err(BackupError::Refused(format!("at most {RECIPIENTS_MAX} recipients")));
        }
        let people = recipients.iter().map(|one| one as &dyn age::Recipient);
        let encryptor = Encryptor::with_recipients(people).map_err(io::Error::other)?;
        let counted = Counted { out, hash: Sha256::new(), bytes: 0 };
        Ok(Self(encryptor.wrap_output(counted)?))
    }

    /// Seals the last chunk; gives the writer, the SHA-256 of the file and its bytes.
    ///
    /// # Errors
    /// What the writer says.
    pub fn end(self) -> io::Result<(W, [u8; 32], u64)> {
        let mut counted = self.0.finish()?;
        counted.flush()?;
        Ok((counted.out, counted.hash.finalize().into(), counted.bytes))
    }
}

impl<W: Write> Write for SealedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        // A chunk is only sealed when it is full or the last.
        Ok(())
    }
}

impl<W: Write> std::fmt::Debug for SealedWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedWriter(..)")
    }
}

/// Opens a file as it is read.
///
/// # Privacy
/// Gives out nothing whose tag was not checked; the end of a file that was cut is an error.
pub struct SealedReader<R: Read>(age::stream::StreamReader<R>);

impl<R: Read> SealedReader<R> {
    /// Opens the front of a file; `None` when it is for others, or is no such file.
    ///
    /// # Errors
    /// What the reader says.
    pub fn open(from: R, identities: &[Identity]) -> io::Result<Option<Self>> {
        let closed = |error| {
            if let DecryptError::Io(error) = error
                && error.kind() != io::ErrorKind::UnexpectedEof
            {
                return Err(error);
            }
            Ok(None)
        };
        let decryptor = match Decryptor::new(from) {
            Ok(decryptor) => decryptor,
            Err(error) => return closed(error),
        };
        let keys = identities.iter().map(|one| one as &dyn age::Identity);
        match decryptor.decrypt(keys) {
            Ok(reader) => Ok(Some(Self(reader))),
            Err(error) => closed(error),
        }
    }
}

impl<R: Read> Read for SealedReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl<R: Read> std::fmt::Debug for SealedReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedReader(..)")
    }
}

/// The identities in the text of a file as `age-keygen` and `confidant keys identity` write it;
/// `None` when there is none, or a line that is something else.
pub fn identities(text: &str) -> Option<Vec<Identity>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let found: Result<Vec<Identity>, _> =
        lines.filter(|line| !line.starts_with('#')).map(str::parse).collect();
    found.ok().filter(|found| !found.is_empty())
}

#[cfg(test)]
mod tests;
