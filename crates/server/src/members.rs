//! Who works here: named keys of the staff listener.
//!
//! The shared staff key opens everything that staff may read. What changes a request of a person
//! needs the key of somebody, because two different people have to agree on what is weighed.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use domain::hex;
use rights::request::names::StaffId;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::chance::{self, ChanceError};
use crate::settings::members::{MemberSettings, StaffRole};

/// Shortest key, in characters.
pub const KEY_CHARS_MIN: usize = 32;
/// Longest key, in characters.
pub const KEY_CHARS_MAX: usize = 128;

/// Why the keys cannot be used. Names the file, never the key.
#[derive(Debug, thiserror::Error)]
pub enum MembersError {
    /// No random bytes.
    #[error(transparent)]
    Chance(#[from] ChanceError),
    /// A file.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// Not a key.
    #[error("{0} does not hold one line of {KEY_CHARS_MIN} to {KEY_CHARS_MAX} characters")]
    Key(PathBuf),
    /// Two people with one key are one person.
    #[error("{0} holds the key of somebody else")]
    Same(PathBuf),
}

/// Somebody who showed a key of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The short name.
    pub id: StaffId,
    /// What they may do.
    pub role: StaffRole,
}

/// Everybody with a key of their own. Prints nothing.
#[derive(Clone, Default)]
pub struct Members(Vec<(Member, [u8; 32])>);

impl Members {
    /// Reads the keys; a file that is not there is made, for its owner alone.
    ///
    /// # Errors
    /// [`MembersError`].
    pub fn read(settings: &MemberSettings, made: &mut Vec<PathBuf>) -> Result<Self, MembersError> {
        let mut members: Vec<(Member, [u8; 32])> = Vec::with_capacity(settings.len());
        for (id, one) in settings {
            let path = &one.key_file;
            let text = match std::fs::read_to_string(path) {
                Ok(text) => text,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    let key = format!("st_{}", hex::encode(&chance::bytes::<32>()?));
                    write(path, &key).map_err(|error| MembersError::File(path.clone(), error))?;
                    made.push(path.clone());
                    key
                }
                Err(error) => return Err(MembersError::File(path.clone(), error)),
            };
            let key = text.trim_end();
            let plain = key.bytes().all(|byte| byte.is_ascii_graphic());
            if !(KEY_CHARS_MIN..=KEY_CHARS_MAX).contains(&key.len()) || !plain {
                return Err(MembersError::Key(path.clone()));
            }
            let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
            if members.iter().any(|(_, known)| *known == digest) {
                return Err(MembersError::Same(path.clone()));
            }
            members.push((Member { id: id.clone(), role: one.role }, digest));
        }
        Ok(Self(members))
    }

    /// Whose key it is. Every key is compared, in constant time.
    pub fn find(&self, key: &str) -> Option<&Member> {
        let given: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let mut found = None;
        for (member, digest) in &self.0 {
            if bool::from(given.ct_eq(digest)) {
                found = Some(member);
            }
        }
        found
    }
}

impl std::fmt::Debug for Members {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Members({})", self.0.len())
    }
}

fn write(path: &Path, key: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(format!("{key}\n").as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
