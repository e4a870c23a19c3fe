//! Bundles of entries: each entry behind its length in two bytes, big end first.

use crate::error::LedgerError;
use crate::tile::Width;

/// Longest entry in bytes: what the two bytes of its length can say.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// Adds one entry to the bytes of a bundle.
///
/// # Errors
/// [`LedgerError::EntryTooLong`].
pub fn push(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), LedgerError> {
    let len =
        u16::try_from(entry.len()).map_err(|_| LedgerError::EntryTooLong { len: entry.len() })?;
    bundle.extend_from_slice(&len.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// Reads the entries of a bundle.
///
/// # Errors
/// [`LedgerError::Bundle`] unless there are exactly `width` of them and nothing behind.
pub fn entries(bytes: &[u8], width: Width) -> Result<Vec<&[u8]>, LedgerError> {
    let entries = all(bytes)?;
    match entries.len() == usize::from(width.places()) {
        true => Ok(entries),
        false => Err(LedgerError::Bundle),
    }
}

/// Reads entries that are written like a bundle, however many there are.
///
/// # Errors
/// [`LedgerError::Bundle`] when a length is not that of an entry.
pub fn all(bytes: &[u8]) -> Result<Vec<&[u8]>, LedgerError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (len, tail) = rest.split_first_chunk().ok_or(LedgerError::Bundle)?;
        let len = usize::from(u16::from_be_bytes(*len));
        let (entry, tail) = tail.split_at_checked(len).ok_or(LedgerError::Bundle)?;
        entries.push(entry);
        rest = tail;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests;
