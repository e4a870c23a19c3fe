//! The files of an exchange of the shop key: the next key beside the present one, and the one of
//! before after it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use age::x25519::Identity;
use vault::key::ShopKey;
use zeroize::Zeroizing;

use crate::chance;
use crate::opening::{OpeningError, write_private};
use crate::settings::Settings;
use crate::shop_key::{Age, Provider as _, file, identities, opener, parse, read_sealed};

/// Where the next key lies: beside the present one, closed in the same way.
pub fn next_file(settings: &Settings) -> PathBuf {
    with(&file(settings), ".next")
}

/// Where the key of before lies.
pub fn before_file(settings: &Settings) -> PathBuf {
    with(&file(settings), ".before")
}

fn with(path: &Path, more: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(more);
    PathBuf::from(name)
}

/// The next key, when there is one.
///
/// # Errors
/// A file that cannot be read or stays closed.
pub fn read_next(settings: &Settings) -> Result<Option<ShopKey>, OpeningError> {
    let path = next_file(settings);
    if !settings.shop_key.is_file() || !path.is_file() {
        return Ok(None);
    }
    let bytes = Zeroizing::new(read_sealed(&path)?);
    match settings.shop_key.is_plain_file() {
        true => parse(&bytes).map(Some),
        false => Ok(Some(opener(settings)?.unwrap(&bytes)?)),
    }
}

/// Makes the next key, closed as the present one is.
///
/// # Errors
/// What the system says.
pub fn make_next(settings: &Settings) -> Result<(), OpeningError> {
    let key = ShopKey::from_bytes(chance::bytes()?);
    let bytes = match &settings.shop_key.identity_file {
        _ if settings.shop_key.is_plain_file() => Zeroizing::new(key.to_text().as_bytes().to_vec()),
        Some(path) => {
            let identities = identities(path)?.identities;
            let recipients = identities.iter().map(Identity::to_public).collect();
            Zeroizing::new(Age { recipients, identities }.wrap(&key)?)
        }
        None => Zeroizing::new(opener(settings)?.wrap(&key)?),
    };
    write_private(&next_file(settings), &bytes)
}

/// Puts the next key in the place of the present one, which becomes the one of before. Says
/// whether the files are as they should be now.
pub fn exchange_files(settings: &Settings) -> bool {
    let (present, next, before) = (file(settings), next_file(settings), before_file(settings));
    let exchange = || -> std::io::Result<bool> {
        if !next.is_file() {
            return Ok(true);
        }
        if present.exists() {
            if before.exists() {
                return Ok(false);
            }
            fs::rename(&present, &before)?;
        }
        fs::rename(&next, &present)?;
        // A bare name has the empty folder.
        let folder = present.parent().filter(|folder| *folder != Path::new(""));
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(true)
    };
    exchange().unwrap_or(false)
}
