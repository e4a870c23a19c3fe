//! What is inside the sealed file: frames, one behind the other.
//!
//! ```text
//! kind 1 | length 4 | bytes
//! D  the description, in JSON              first
//! C  SHA-256 of a piece 32 | the piece     each piece once, and none that the series has already
//! F  a file: name, length, its pieces      after its pieces
//! E  SHA-256 of all frames before          last
//! ```
//!
//! Files are cut into pieces of 64 KiB at fixed places, because the pages of SQLite stay where
//! they are. Numbers are big-endian.

use std::collections::BTreeSet;
use std::io::{Read, Write};

use domain::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::backup::{BackupError, Description};

/// Bytes of a piece.
pub const PIECE_BYTES: usize = 64 * 1024;
/// Longest frame that is read.
const FRAME_BYTES_MAX: usize = 1 << 30;

/// The SHA-256 of a piece.
pub type Digest = [u8; 32];

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its name below the data folder.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
    /// The digests of its pieces in their order, in hexadecimal and without gaps.
    pieces: String,
}

impl FileEntry {
    /// The pieces in their order.
    ///
    /// # Errors
    /// `None` for text that is no list of digests.
    pub fn pieces(&self) -> Option<Vec<Digest>> {
        let (chunks, []) = self.pieces.as_bytes().as_chunks::<64>() else { return None };
        let read = |chunk: &[u8; 64]| hex::decode(std::str::from_utf8(chunk).ok()?).ok();
        chunks.iter().map(read).collect()
    }
}

/// A frame that was read.
#[derive(Debug)]
pub enum Frame {
    /// The description.
    Description(Description),
    /// A piece that has the digest which stands before it.
    Piece(Digest, Vec<u8>),
    /// A file.
    File(FileEntry),
    /// The end: every frame was as it was written.
    End,
}

/// Writes an archive.
#[derive(Debug)]
pub struct ArchiveWriter<W> {
    out: W,
    hash: Sha256,
    known: BTreeSet<Digest>,
    /// The pieces that this archive holds.
    pub added: Vec<Digest>,
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins with the description; `known` are the pieces that the series holds already.
    ///
    /// # Errors
    /// What the writer says.
    pub fn begin(
        out: W,
        description: &Description,
        known: BTreeSet<Digest>,
    ) -> Result<Self, BackupError> {
        let mut archive = Self { out, hash: Sha256::new(), known, added: Vec::new() };
        archive.frame(b'D', &[&serde_json::to_vec(description)?])?;
        Ok(archive)
    }

    /// Adds a file; `copied` hears how many bytes were read.
    ///
    /// # Errors
    /// What the reader or the writer says.
    pub fn file(
        &mut self,
        name: &str,
        mut from: impl Read,
        mut copied: impl FnMut(u64),
    ) -> Result<(), BackupError> {
        let mut entry = FileEntry { name: name.to_owned(), bytes: 0, pieces: String::new() };
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        loop {
            piece.clear();
            let read = from.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut piece)?;
            if read == 0 {
                break;
            }
            let digest: Digest = Sha256::digest(&piece).into();
            entry.bytes += read as u64;
            entry.pieces.push_str(&hex::encode(&digest));
            if self.known.insert(digest) {
                self.frame(b'C', &[&digest, &piece])?;
                self.added.push(digest);
            }
            copied(read as u64);
        }
        self.frame(b'F', &[&serde_json::to_vec(&entry)?])
    }

    /// Writes the end and gives the writer and the pieces that this archive holds.
    ///
    /// # Errors
    /// What the writer says.
    pub fn end(mut self) -> Result<(W, Vec<Digest>), BackupError> {
        let digest: Digest = self.hash.clone().finalize().into();
        self.frame(b'E', &[&digest])?;
        Ok((self.out, self.added))
    }

    fn frame(&mut self, kind: u8, parts: &[&[u8]]) -> Result<(), BackupError> {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        let len = u32::try_from(len).map_err(std::io::Error::other)?.to_be_bytes();
        for part in [&[kind][..], &len].iter().chain(parts) {
            self.out.write_all(part)?;
            self.hash.update(part);
        }
        Ok(())
    }
}

/// Reads an archive.
#[derive(Debug)]
pub struct ArchiveReader<R> {
    from: R,
    hash: Sha256,
}

impl<R: Read> ArchiveReader<R> {
    /// Reads from the beginning.
    pub fn new(from: R) -> Self {
        Self { from, hash: Sha256::new() }
    }

    /// The next frame; `None` for anything that is not as it was written.
    pub fn read_frame(&mut self) -> Option<Frame> {
        let before: Digest = self.hash.clone().finalize().into();
        let mut head = [0; 5];
        self.from.read_exact(&mut head).ok()?;
        let [kind, length @ ..] = head;
        let len = usize::try_from(u32::from_be_bytes(length)).ok()?;
        if len > FRAME_BYTES_MAX {
            return None;
        }
        let mut bytes = Vec::new();
        self.from.by_ref().take(len as u64).read_to_end(&mut bytes).ok()?;
        if bytes.len() != len {
            return None;
        }
        self.hash.update(head);
        self.hash.update(&bytes);
        match kind {
            b'D' => serde_json::from_slice(&bytes).ok().map(Frame::Description),
            b'F' => serde_json::from_slice(&bytes).ok().map(Frame::File),
            b'E' => {
                let whole = bytes == before && self.from.read(&mut [0]).ok()? == 0;
                whole.then_some(Frame::End)
            }
            b'C' => {
                let (digest, piece) = bytes.split_first_chunk::<32>()?;
                let same = *digest == Digest::from(Sha256::digest(piece));
                same.then(|| Frame::Piece(*digest, piece.to_vec()))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
