//! Backups of a shop: taken while it is served, sealed to somebody who is not here, and restored
//! so that nobody who was erased comes back.
//!
//! Rows and keys go into two archives, because a key must not outlive its person for long: the
//! rows of a destroyed key are noise in every backup, and a backup of the keys is what would give
//! it back. Hence the archives of keys are short-lived and whole, and those of the data are
//! incremental. [`taking`] copies, [`archive`] says how an archive looks, [`sealed`] is the file
//! around it, [`place`] what lies in the folder of the backups, [`restoring`] the way back.
//!
//! ```text
//! DIR/data/20261122T173320Z-5e1f....age    rows, documents, transparency log
//! DIR/keys/20261122T173320Z-5e1f....age    wrapped keys, tombstones
//! *.json                                   beside each: what it is, without a word about people
//! ```

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use vault::error::VaultError;

pub mod archive;
pub mod place;
pub mod restoring;
pub mod sealed;
pub mod taking;

/// Why a backup cannot be taken or restored. Says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// An archive that is not what was written.
    #[error("{file} is damaged or cut short; take another backup")]
    Damaged {
        /// The file.
        file: PathBuf,
    },
    /// The end of the hold was not reached.
    #[error(
        "erasures came in between each time the files were copied; try again in a quieter hour"
    )]
    Disturbed,
    /// A file.
    #[error("{what} {path}: {error}")]
    File {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The archive of the data and the archive of the keys are not of one store, or the keys are
    /// the older ones.
    #[error("the backup of the keys ({keys}) does not fit the backup of the data ({data}): {why}")]
    Misfit {
        /// The archive of the keys.
        keys: String,
        /// The archive of the data.
        data: String,
        /// What is wrong.
        why: &'static str,
    },
    /// There is none.
    #[error("{0}")]
    Missing(String),
    /// No identity opens it.
    #[error("{file} is sealed to other recipients than the identities given")]
    NotOurs {
        /// The file.
        file: PathBuf,
    },
    /// What is in the way.
    #[error("{0}")]
    Refused(String),
    /// Reading the files that are copied.
    #[error("copying: {0}")]
    Io(#[from] std::io::Error),
    /// JSON of a sidecar or a frame.
    #[error("description: {0}")]
    Json(#[from] serde_json::Error),
    /// No random bytes.
    #[error(transparent)]
    Chance(#[from] crate::chance::ChanceError),
    /// The store.
    #[error("store: {0}")]
    Store(#[from] store::error::StoreError),
    /// The seal.
    #[error("sealing: {0}")]
    Vault(#[from] VaultError),
}

/// Which half of a shop an archive holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Half {
    /// Rows, documents and the transparency log.
    Data,
    /// Wrapped keys and tombstones.
    Keys,
}

impl Half {
    /// The folder of its archives.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Keys => "keys",
        }
    }
}

/// What an archive is. Stands inside it, and beside it in a file that anybody may read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Always `confidant-backup-1`.
    pub format: String,
    /// Which half.
    pub half: Half,
    /// The shop.
    pub shop: String,
    /// The random name that both halves of one backup share.
    pub pair: String,
    /// The common name of the two files of the store.
    pub lineage: String,
    /// The name of the shop key that closes the keys of people.
    pub shop_key: String,
    /// When the files were as they are here, in milliseconds since 1970.
    pub taken_ms: i64,
    /// The number of the last commit.
    pub seq: u64,
    /// The pair whose archive of data begins the series that this one needs; its own when whole.
    pub series: String,
}

/// The format that this program writes.
pub const FORMAT: &str = "confidant-backup-1";
