//! Where the next page begins: an opaque token, sealed with the shop's key.
//!
//! The token carries the placement, the time at which it ends, the seed of chance, and a mark of
//! 40 bits for each item that was shown, so that models which learn in between cannot bring an
//! item back. It names nobody. It is sealed and not only signed, so that a page cannot read which
//! items another page showed.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::time::Timestamp;
use vault::key::ShopKeys;

/// Most items that a list shows over all its pages.
pub const SHOWN_MAX: usize = 200;
/// How long a cursor counts.
pub const KEEP_MS: i64 = 30 * 60 * 1_000;
/// Longest cursor that is read: 200 marks, sealed and written as base64, have about 1,500.
pub const CURSOR_BYTES_MAX: usize = 2_048;
/// The name under which cursors are sealed.
const LABEL: &str = "cursor";
/// Bytes of a mark.
const MARK_BYTES: usize = 5;

/// What a cursor carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Name of the placement.
    pub placement: String,
    /// Where chance comes from.
    pub seed: u64,
    /// Marks of the items that were shown.
    pub shown: BTreeSet<u64>,
}

/// Why a cursor is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// Not one of ours, or changed.
    #[error("cursor is not one that this shop gave")]
    Foreign,
    /// Older than [`KEEP_MS`].
    #[error("cursor has expired; begin again without one")]
    Expired,
    /// Of another placement.
    #[error("cursor belongs to another placement")]
    Placement,
}

impl Cursor {
    /// Seals the cursor; `salt` is random.
    pub fn seal(&self, keys: &ShopKeys, now: Timestamp, salt: [u8; 16]) -> Option<String> {
        let mut plain = Vec::with_capacity(64 + self.shown.len() * MARK_BYTES);
        plain.extend(now.plus_ms(KEEP_MS).ms().to_be_bytes());
        plain.extend(self.seed.to_be_bytes());
        plain.push(u8::try_from(self.placement.len()).ok()?);
        plain.extend(self.placement.as_bytes());
        for mark in &self.shown {
            plain.extend(mark.to_be_bytes().into_iter().skip(8 - MARK_BYTES));
        }
        let sealed = keys.seal_secret(LABEL, &plain, salt).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens a cursor of this shop for a placement.
    ///
    /// # Errors
    /// [`CursorError`].
    pub fn open(
        text: &str,
        placement: &str,
        keys: &ShopKeys,
        now: Timestamp,
    ) -> Result<Self, CursorError> {
        if text.len() > CURSOR_BYTES_MAX {
            return Err(CursorError::Foreign);
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError::Foreign)?;
        let plain = keys.open_secret(LABEL, &sealed).map_err(|_| CursorError::Foreign)?;
        let (until, cursor) = Self::read(&plain).ok_or(CursorError::Foreign)?;
        if now >= until {
            return Err(CursorError::Expired);
        }
        if cursor.placement != placement {
            return Err(CursorError::Placement);
        }
        Ok(cursor)
    }

    fn read(plain: &[u8]) -> Option<(Timestamp, Self)> {
        let (until, rest) = plain.split_first_chunk::<8>()?;
        let (seed, rest) = rest.split_first_chunk::<8>()?;
        let (len, rest) = rest.split_first()?;
        let (placement, marks) = rest.split_at_checked(usize::from(*len))?;
        let shown = marks
            .chunks_exact(MARK_BYTES)
            .map(|mark| mark.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte)));
        let cursor = Self {
            placement: String::from_utf8(placement.to_vec()).ok()?,
            seed: u64::from_be_bytes(*seed),
            shown: shown.collect(),
        };
        Some((Timestamp::from_ms(i64::from_be_bytes(*until)), cursor))
    }
}

#[cfg(test)]
mod tests;
