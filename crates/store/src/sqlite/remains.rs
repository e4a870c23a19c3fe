//! Whether bytes of destroyed keys are left in the file of the keys.
//!
//! SQLite overwrites a cell that it deletes, but a page that was split can hold an old copy of a
//! cell where nothing is read. To write the whole file anew at every erasure would make an erasure
//! as slow as the shop is large; so the file is searched for the bytes that were destroyed, and
//! written anew only where some are found. What is searched for are pieces of eight bytes of
//! pseudonym, blind index and wrapped key, all of them random: none stands anywhere by chance, and
//! what is left of a key without a whole piece opens nothing.
//!
//! The handle stays open for as long as the store is: to close it would give up the lock.

use std::fmt;
use std::fs::File;
use std::os::unix::fs::FileExt as _;

use aho_corasick::AhoCorasick;

use crate::error::StoreError;
use crate::keys::KeyRow;

/// Bytes of a piece.
const PIECE: usize = 8;
/// Pieces that are searched for at once; with more the file is written anew without a look.
const PIECES_MAX: usize = 4_096;
/// Bytes that are read at once.
const BLOCK: usize = 1 << 20;

/// Bytes of keys that were destroyed since the file was last known to be clean of them.
pub(crate) struct Remains {
    file: File,
    pieces: Vec<[u8; PIECE]>,
    unsure: bool,
}

impl Remains {
    /// Nothing was destroyed yet; `unsure` when something was and its bytes are not known.
    pub(crate) const fn of(file: File, unsure: bool) -> Self {
        Self { file, pieces: Vec::new(), unsure }
    }

    /// A key is about to be destroyed.
    pub(crate) fn add(&mut self, row: &KeyRow) {
        for field in [row.pseudonym.as_bytes().as_slice(), &row.blind, &row.wrapped] {
            self.replace(field);
        }
    }

    /// Bytes are about to be written over.
    pub(crate) fn replace(&mut self, bytes: &[u8]) {
        if self.unsure {
            return;
        }
        self.pieces.extend(bytes.as_chunks::<PIECE>().0);
        if self.pieces.len() > PIECES_MAX {
            self.lose();
        }
    }

    /// Bytes are left somewhere that cannot be searched for.
    pub(crate) fn lose(&mut self) {
        self.unsure = true;
        self.pieces.clear();
    }

    /// Whether the file has to be written anew without a look.
    pub(crate) const fn is_unsure(&self) -> bool {
        self.unsure
    }

    /// Whether a piece of a destroyed key stands in the file.
    pub(crate) fn are_left(&self) -> Result<bool, StoreError> {
        if self.pieces.is_empty() {
            return Ok(false);
        }
        let failed = |_| StoreError::Damaged { file: "keys.db" };
        let wanted = AhoCorasick::new(&self.pieces).map_err(failed)?;
        let mut block = vec![0; BLOCK];
        let (mut at, mut kept) = (0_u64, 0_usize);
        loop {
            let read = match block.get_mut(kept..) {
                Some(space) => self.file.read_at(space, at)?,
                None => 0,
            };
            if read == 0 {
                return Ok(false);
            }
            let filled = kept + read;
            if wanted.is_match(block.get(..filled).unwrap_or_default()) {
                return Ok(true);
            }
            at += read as u64;
            // A piece that begins in the last bytes ends in the next block.
            kept = filled.min(PIECE - 1);
            block.copy_within(filled - kept..filled, 0);
        }
    }

    /// The file is clean of everything that was destroyed before.
    pub(crate) fn forget(&mut self) {
        self.pieces.clear();
        self.unsure = false;
    }
}

impl fmt::Debug for Remains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Remains(..)")
    }
}
