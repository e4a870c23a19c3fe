//! What closes the keys of a shop: its shop key, around a root secret and the keys of people.
//!
//! The root is random and lies closed in the key store; every name (blind index, tombstone) and
//! every signing seed comes from it, so that the shop key can be exchanged without changing one. A
//! shop that was made before there was a root has the shop key of that day as its root: the names
//! stay. While the shop key is exchanged two keys are valid, and each key of a person says by its
//! commitment which one closed it.
//!
//! ```text
//! secret "root"       the root, closed by the shop key that counts
//! secret "next root"  the root, closed by the shop key that will count; empty when none will
//! ```

use store::keys::{KeyRow, Keys};
use vault::error::VaultError;
use vault::kek::Kek;
use vault::key::{RootSecret, ShopKey, ShopKeys};
use vault::subject::SubjectKey;

use crate::chance;
use crate::opening::{API_KEYS, OpeningError};
use crate::settings::Settings;
use crate::shop_key::{self, next};

/// The root, closed by the shop key that counts.
pub const ROOT: &str = "root";
/// The root, closed by the shop key that will count.
pub const NEXT_ROOT: &str = "next root";

/// The key that closes keys, and the one that will.
#[derive(Debug)]
pub struct Closing {
    /// The one that counts.
    pub now: Kek,
    /// The one that will count, while the shop key is exchanged.
    pub next: Option<Kek>,
}

impl Closing {
    /// Wraps a person's key.
    ///
    /// # Errors
    /// [`VaultError`] when the cipher refuses.
    pub fn wrap(&self, key: &SubjectKey, salt: [u8; 16]) -> Result<Vec<u8>, VaultError> {
        self.next.as_ref().unwrap_or(&self.now).wrap(key, salt)
    }

    /// Opens the key of a person, whichever of the two closed it.
    ///
    /// # Errors
    /// [`VaultError`] without a reason, on purpose.
    pub fn unwrap(&self, row: &KeyRow) -> Result<SubjectKey, VaultError> {
        let opened = self.now.unwrap_key(row.pseudonym, row.purpose, &row.wrapped);
        match (&self.next, opened) {
            (Some(next), Err(_)) => next.unwrap_key(row.pseudonym, row.purpose, &row.wrapped),
            (_, opened) => opened,
        }
    }
}

/// The keys of a shop, open.
#[derive(Debug)]
pub struct Unlocked {
    /// What closes keys.
    pub closing: Closing,
    /// What names come from.
    pub ring: ShopKeys,
    /// Whether the key file that counts still waits beside the one of before.
    pub waits: bool,
}

/// Opens the root of a shop with its shop key; writes nothing.
///
/// # Errors
/// [`OpeningError::KeyWrong`], or [`OpeningError::NextMissing`] in the middle of an exchange.
pub fn unlock(
    settings: &Settings,
    key: &ShopKey,
    keys: &dyn Keys,
) -> Result<Unlocked, OpeningError> {
    let kek = |key: &ShopKey| Kek::derive(key, &settings.shop).map_err(|_| OpeningError::KeyWrong);
    let next_key = || next::read_next(settings);
    let mut now = kek(key)?;
    let mut waits = false;
    let root = match keys.secret(ROOT)? {
        None => RootSecret::of_first(key),
        Some(sealed) => match now.open_root(&sealed) {
            Ok(root) => root,
            Err(_) => {
                // The exchange was over, but not the change of the files.
                now = kek(&next_key()?.ok_or(OpeningError::KeyWrong)?)?;
                waits = true;
                now.open_root(&sealed).map_err(|_| OpeningError::KeyWrong)?
            }
        },
    };
    let ring = ShopKeys::derive(&root, &settings.shop).map_err(|_| OpeningError::KeyWrong)?;
    if let Some(sealed) = keys.secret(API_KEYS)? {
        ring.open_secret(API_KEYS, &sealed).map_err(|_| OpeningError::KeyWrong)?;
    }
    let will_count = match keys.secret(NEXT_ROOT)?.filter(|sealed| !sealed.is_empty()) {
        Some(sealed) if now.open_root(&sealed).is_err() => {
            let missing = || OpeningError::NextMissing(next::next_file(settings));
            let will_count = kek(&next_key()?.ok_or_else(missing)?)?;
            will_count.open_root(&sealed).map_err(|_| missing())?;
            Some(will_count)
        }
        _ => None,
    };
    Ok(Unlocked { closing: Closing { now, next: will_count }, ring, waits })
}

/// The same for a shop that is being opened: makes the root when there is none, and ends the
/// change of the files.
///
/// # Errors
/// See [`unlock`].
pub fn unlock_or_make(
    settings: &Settings,
    key: &ShopKey,
    keys: &mut dyn Keys,
) -> Result<Unlocked, OpeningError> {
    if keys.secret(ROOT)?.is_none() {
        let root = match keys.secret(API_KEYS)? {
            None => RootSecret::from_bytes(chance::bytes()?),
            Some(_) => {
                // Only the key of this store may become its root.
                unlock(settings, key, keys)?;
                RootSecret::of_first(key)
            }
        };
        let kek = Kek::derive(key, &settings.shop).map_err(|_| OpeningError::KeyWrong)?;
        let sealed = kek.seal_root(&root, chance::bytes()?).map_err(|_| OpeningError::KeyWrong)?;
        keys.put_secret(ROOT, &sealed)?;
    }
    let unlocked = unlock(settings, key, keys)?;
    if unlocked.closing.next.is_none() && keys.secret(NEXT_ROOT)?.is_some_and(|one| !one.is_empty())
    {
        keys.put_secret(NEXT_ROOT, &[])?;
        keys.scrub()?;
    }
    let between = unlocked.closing.next.is_none() && !shop_key::file(settings).exists();
    if (unlocked.waits || between) && !next::exchange_files(settings) {
        tracing::warn!(
            "the file of the shop key is the one of before; rename {} to {}",
            next::next_file(settings).display(),
            shop_key::file(settings).display()
        );
    }
    Ok(unlocked)
}

#[cfg(test)]
mod tests;
