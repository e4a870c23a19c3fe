//! The archive encrypted for the person alone, in the age format (age-encryption.org/v1): with a
//! passphrase, or for the person's own public key. Nothing of either is kept.

use std::io::Write as _;
use std::iter;

use age::secrecy::SecretString;
use age::{Encryptor, Recipient, scrypt, x25519};
use tokio::sync::Semaphore;

/// Shortest passphrase, in characters.
pub const PASSPHRASE_CHARS_MIN: usize = 12;
/// Longest passphrase, in bytes.
const PASSPHRASE_BYTES_MAX: usize = 1_024;
/// Longest recipient, in bytes; those of X25519 have 62.
const RECIPIENT_BYTES_MAX: usize = 128;
/// How hard a passphrase is to try: 2^16 rounds and 64 MiB. The same on every machine, because a
/// server has many at a time.
const WORK_FACTOR: u8 = 16;
/// Passphrases that are worked on at one time.
static AT_ONCE: Semaphore = Semaphore::const_new(1);

/// Why nothing can be locked like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Both were given.
    #[error("give either a passphrase or a recipient, not both")]
    Both,
    /// The passphrase.
    #[error(
        "passphrase has {PASSPHRASE_CHARS_MIN} characters or more, and at most \
         {PASSPHRASE_BYTES_MAX} bytes"
    )]
    Passphrase,
    /// The recipient.
    #[error("recipient is no public key of age, which begins with age1")]
    Recipient,
}

/// What opens the archive.
#[derive(Clone)]
pub enum Lock {
    /// A passphrase of the person.
    Passphrase(SecretString),
    /// A public key of the person.
    Recipient(x25519::Recipient),
}

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lock(..)")
    }
}

impl Lock {
    /// Reads what a person gave; empty counts as not given.
    ///
    /// # Errors
    /// [`LockError`], which repeats nothing of it.
    pub fn read(
        passphrase: Option<&str>,
        recipient: Option<&str>,
    ) -> Result<Option<Self>, LockError> {
        let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        match (given(passphrase), given(recipient)) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(LockError::Both),
            (Some(text), None) => {
                let long = text.chars().count() >= PASSPHRASE_CHARS_MIN;
                if !long || text.len() > PASSPHRASE_BYTES_MAX {
                    return Err(LockError::Passphrase);
                }
                Ok(Some(Self::Passphrase(SecretString::from(text))))
            }
            (None, Some(text)) => {
                let text = text.trim();
                if text.len() > RECIPIENT_BYTES_MAX {
                    return Err(LockError::Recipient);
                }
                let key = text.parse().map_err(|_| LockError::Recipient)?;
                Ok(Some(Self::Recipient(key)))
            }
        }
    }

    /// Encrypts; what comes out opens with the `age` command.
    ///
    /// # Errors
    /// What the format says; nothing of it is personal.
    pub async fn seal(self, plain: Vec<u8>) -> std::io::Result<Vec<u8>> {
        let turn = match self {
            Self::Passphrase(_) => AT_ONCE.acquire().await.ok(),
            Self::Recipient(_) => None,
        };
        let sealed = tokio::task::spawn_blocking(move || match &self {
            Self::Recipient(key) => seal(key, &plain),
            Self::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(passphrase.clone());
                recipient.set_work_factor(WORK_FACTOR);
                seal(&recipient, &plain)
            }
        });
        let sealed = sealed.await.map_err(std::io::Error::other)?;
        drop(turn);
        sealed
    }
}

fn seal(recipient: &dyn Recipient, plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let encryptor = Encryptor::with_recipients(iter::once(recipient));
    let encryptor = encryptor.map_err(std::io::Error::other)?;
    let mut sealed = Vec::with_capacity(plain.len() + 1_024);
    let mut writer = encryptor.wrap_output(&mut sealed)?;
    writer.write_all(plain)?;
    writer.finish()?;
    Ok(sealed)
}

#[cfg(test)]
mod tests;
