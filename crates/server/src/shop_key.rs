//! Where the shop key comes from, and what opens it.
//!
//! The key lies in a plain file or an environment variable, in a file that is sealed by a
//! passphrase (Argon2id) or to an age identity, or in shares of which some open together. Each
//! sealed form is a [`Provider`]: it wraps the key into bytes for a file and unwraps them.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use age::x25519::{Identity, Recipient};
use vault::kek::Kek;
use vault::key::ShopKey;
use vault::passphrase::{self, Cost};
use vault::shares::{Share, join};
use zeroize::Zeroizing;

use crate::backup::sealed::{self, SealedReader, SealedWriter};
use crate::chance;
use crate::opening::{OpeningError, private_dir, write_private};
use crate::settings::Settings;

pub mod next;

/// Longest file with a sealed key, in bytes.
const SEALED_BYTES_MAX: u64 = 64 * 1024;

/// Why a sealed shop key stays closed.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The wrong passphrase, identity or shares, or a damaged file: nobody says which.
    #[error("{0} does not open the shop key: wrong secret, or a damaged file")]
    Closed(&'static str),
    /// What opens it cannot be had.
    #[error("{what}: {why}")]
    Missing {
        /// What was looked for.
        what: String,
        /// What the system says.
        why: String,
    },
}

/// Something that keeps a shop key closed until it is needed.
pub trait Provider {
    /// Its name in messages.
    fn name(&self) -> &'static str;

    /// Closes a key; the bytes may lie beside the data.
    ///
    /// # Errors
    /// [`ProviderError`].
    fn wrap(&self, key: &ShopKey) -> Result<Vec<u8>, ProviderError>;

    /// Opens what [`Provider::wrap`] made.
    ///
    /// # Errors
    /// [`ProviderError`].
    fn unwrap(&self, wrapped: &[u8]) -> Result<ShopKey, ProviderError>;
}

/// A passphrase, by Argon2id.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes the passphrase.
    pub fn new(passphrase: Zeroizing<String>) -> Self {
        Self(passphrase)
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

impl Provider for Passphrase {
    fn name(&self) -> &'static str {
        "the passphrase"
    }

    fn wrap(&self, key: &ShopKey) -> Result<Vec<u8>, ProviderError> {
        let closed = |_| ProviderError::Closed(self.name());
        let salt = chance::bytes().map_err(|_| ProviderError::Closed(self.name()))?;
        let text = passphrase::seal(key, &self.0, Cost::RECOMMENDED, salt).map_err(closed)?;
        Ok(text.into_bytes())
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<ShopKey, ProviderError> {
        let text = std::str::from_utf8(wrapped).ok();
        let key = text.and_then(|text| passphrase::open(text, &self.0).ok());
        key.ok_or(ProviderError::Closed(self.name()))
    }
}

/// An age identity; several recipients may be able to open it.
pub struct Age {
    /// Whom it is sealed to.
    pub recipients: Vec<Recipient>,
    /// What opens it here.
    pub identities: Vec<Identity>,
}

impl std::fmt::Debug for Age {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Age(..)")
    }
}

impl Provider for Age {
    fn name(&self) -> &'static str {
        "the age identity"
    }

    fn wrap(&self, key: &ShopKey) -> Result<Vec<u8>, ProviderError> {
        let mut out = SealedWriter::begin(Vec::new(), &self.recipients)
            .map_err(|_| ProviderError::Closed(self.name()))?;
        let written = out.write_all(key.to_text().as_bytes()).and_then(|()| out.end());
        let (bytes, ..) = written.map_err(|_| ProviderError::Closed(self.name()))?;
        Ok(bytes)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<ShopKey, ProviderError> {
        let closed = || ProviderError::Closed(self.name());
        let sealed = SealedReader::open(wrapped, &self.identities).ok().flatten();
        let mut text = Zeroizing::new(String::new());
        sealed.ok_or_else(closed)?.read_to_string(&mut text).map_err(|_| closed())?;
        ShopKey::parse(&text).map_err(|_| closed())
    }
}

/// Reads the shop key of a configuration, and makes it at the first start of a shop whose key is a
/// plain file; `made` hears of the new file.
///
/// # Errors
/// A key that is missing, malformed, or stays closed.
pub fn read(settings: &Settings, made: &mut Vec<PathBuf>) -> Result<ShopKey, OpeningError> {
    let source = &settings.shop_key;
    if let Some(variable) = &source.environment {
        let text =
            variable_of(variable).ok_or_else(|| OpeningError::KeyVariable(variable.clone()))?;
        return parse(text.as_bytes());
    }
    if let Some(sealed) = &source.sealed_file {
        if let (false, Some(key)) = (sealed.exists(), next::read_next(settings)?) {
            return Ok(key); // a crash between two renames of an exchange
        }
        let wrapped = read_sealed(sealed)?;
        return Ok(opener(settings)?.unwrap(&wrapped)?);
    }
    if !source.share_files.is_empty() {
        return Ok(of_shares(&source.share_files)?);
    }
    let path = file(settings);
    match std::fs::read_to_string(&path).map(Zeroizing::new) {
        Ok(text) => parse(text.as_bytes()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if let Some(key) = next::read_next(settings)? {
                return Ok(key); // a crash between two renames of an exchange
            }
            if store::sqlite::exists(&settings.data_dir) {
                return Err(OpeningError::KeyMissing(settings.data_dir.clone()));
            }
            let key = ShopKey::from_bytes(chance::bytes()?);
            if let Some(parent) = path.parent() {
                private_dir(parent)?;
            }
            write_private(&path, key.to_text().as_bytes())?;
            made.push(path);
            Ok(key)
        }
        Err(error) => Err(OpeningError::File { what: "cannot read the shop key", path, error }),
    }
}

/// The key of a shop that exists; makes nothing.
///
/// # Errors
/// A shop key that is missing or malformed.
pub fn present(settings: &Settings) -> Result<ShopKey, OpeningError> {
    let there = file(settings).is_file() || next::next_file(settings).is_file();
    if settings.shop_key.is_plain_file() && !there {
        return Err(OpeningError::KeyMissing(settings.data_dir.clone()));
    }
    read(settings, &mut Vec::new())
}

/// What the key of a shop that exists closes.
///
/// # Errors
/// See [`present`].
pub fn kek(settings: &Settings) -> Result<Kek, OpeningError> {
    Kek::derive(&present(settings)?, &settings.shop).map_err(|_| OpeningError::KeyWrong)
}

fn parse(bytes: &[u8]) -> Result<ShopKey, OpeningError> {
    let text = std::str::from_utf8(bytes).map_err(|_| OpeningError::KeyWrong)?;
    ShopKey::parse(text).map_err(|_| OpeningError::KeyWrong)
}

/// Where the shop key lies when it is a file, plain or sealed.
pub fn file(settings: &Settings) -> PathBuf {
    let default = || settings.data_dir.join("keys").join("shop.key");
    let source = &settings.shop_key;
    source.sealed_file.clone().or_else(|| source.file.clone()).unwrap_or_else(default)
}

/// Reads a file with a sealed key.
///
/// # Errors
/// [`ProviderError::Missing`].
pub fn read_sealed(path: &Path) -> Result<Vec<u8>, ProviderError> {
    let missing = |error: std::io::Error| ProviderError::Missing {
        what: path.display().to_string(),
        why: error.to_string(),
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(missing)?;
    file.take(SEALED_BYTES_MAX).read_to_end(&mut bytes).map_err(missing)?;
    Ok(bytes)
}

/// The identities of a file, to open what is sealed to them.
///
/// # Errors
/// [`ProviderError`].
pub fn identities(path: &Path) -> Result<Age, ProviderError> {
    let text = Zeroizing::new(String::from_utf8_lossy(&read_sealed(path)?).into_owned());
    let identities = sealed::identities(&text).ok_or_else(|| ProviderError::Missing {
        what: path.display().to_string(),
        why: "is no file of age identities".to_owned(),
    })?;
    Ok(Age { recipients: Vec::new(), identities })
}

/// The passphrase in the first line of a file.
///
/// # Errors
/// [`ProviderError`].
pub fn passphrase(path: &Path) -> Result<Passphrase, ProviderError> {
    let bytes = Zeroizing::new(read_sealed(path)?);
    let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
    let line = text.lines().next().unwrap_or_default();
    Ok(Passphrase::new(Zeroizing::new(line.to_owned())))
}

/// Joins shares out of files with one share each.
///
/// # Errors
/// [`ProviderError`].
pub fn of_shares(paths: &[PathBuf]) -> Result<ShopKey, ProviderError> {
    let closed = |_| ProviderError::Closed("this set of shares");
    let mut shares = Vec::new();
    for path in paths {
        let text = Zeroizing::new(String::from_utf8_lossy(&read_sealed(path)?).into_owned());
        shares.push(Share::parse(&text).map_err(closed)?);
    }
    join(&shares).map_err(closed)
}

fn opener(settings: &Settings) -> Result<Box<dyn Provider>, ProviderError> {
    let source = &settings.shop_key;
    if let Some(path) = &source.identity_file {
        return Ok(Box::new(identities(path)?));
    }
    if let Some(path) = &source.passphrase_file {
        return Ok(Box::new(passphrase(path)?));
    }
    let name = source.passphrase_environment.clone().unwrap_or_default();
    let found = variable_of(&name).ok_or_else(|| ProviderError::Missing {
        what: format!("shop_key.passphrase_environment: {name}"),
        why: "the variable is not set".to_owned(),
    })?;
    Ok(Box::new(Passphrase::new(found)))
}

#[expect(clippy::disallowed_methods, reason = "the configuration names the variable")]
fn variable_of(name: &str) -> Option<Zeroizing<String>> {
    std::env::var(name).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests;
