//! `[shop_key]`: where the 32 bytes come from that open everything.

use std::path::PathBuf;

use serde::Deserialize;

/// Where the 32 bytes of the shop key come from. One of the ways; a file when none is said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShopKeySource {
    /// A file with 64 hexadecimal characters; made at the first start when missing. Default:
    /// `shop.key` in a folder `keys` of the data folder.
    pub file: Option<PathBuf>,
    /// The name of an environment variable that holds the 64 characters instead.
    pub environment: Option<String>,
    /// A file of `confidant keys seal` that a passphrase or an age identity opens.
    pub sealed_file: Option<PathBuf>,
    /// A file with the passphrase of `sealed_file`: its first line.
    pub passphrase_file: Option<PathBuf>,
    /// The name of an environment variable with that passphrase instead.
    pub passphrase_environment: Option<String>,
    /// A file with the age identity of `sealed_file`.
    pub identity_file: Option<PathBuf>,
    /// Whether `serve` demands that a recovery was tested.
    pub recovery: Recovery,
    /// Files with one share each; as many as were agreed on open together.
    pub share_files: Vec<PathBuf>,
}

/// Whether a shop is served whose key nobody could bring back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recovery {
    /// Only when a recovery of the key was tested.
    #[default]
    Tested,
    /// Also when it was not: for tests and for a shop that may be lost.
    Untested,
}

/// Why `[shop_key]` cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShopKeySourceError {
    /// More than one way.
    #[error("shop_key: give either file or environment, or sealed_file, or share_files")]
    TwoWays,
    /// What opens a sealed file is missing, or said twice.
    #[error(
        "shop_key: sealed_file needs one of passphrase_file, passphrase_environment and \
         identity_file"
    )]
    Opener,
}

impl ShopKeySource {
    /// Whether exactly one way is said, or none.
    ///
    /// # Errors
    /// [`ShopKeySourceError`].
    pub fn check(&self) -> Result<(), ShopKeySourceError> {
        let ways = [
            self.file.is_some(),
            self.environment.is_some(),
            self.sealed_file.is_some(),
            !self.share_files.is_empty(),
        ];
        if ways.into_iter().filter(|way| *way).count() > 1 {
            return Err(ShopKeySourceError::TwoWays);
        }
        let openers = [
            self.passphrase_file.is_some(),
            self.passphrase_environment.is_some(),
            self.identity_file.is_some(),
        ];
        let openers = openers.into_iter().filter(|opener| *opener).count();
        if openers != usize::from(self.sealed_file.is_some()) {
            return Err(ShopKeySourceError::Opener);
        }
        Ok(())
    }

    /// Whether the key lies in a file of its own, plain or sealed.
    pub const fn is_file(&self) -> bool {
        self.environment.is_none() && self.share_files.is_empty()
    }

    /// Whether the key lies in a plain file that the first start may make.
    pub fn is_plain_file(&self) -> bool {
        self.environment.is_none() && self.sealed_file.is_none() && self.share_files.is_empty()
    }
}
