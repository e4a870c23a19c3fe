//! The proof that a recovery copy of the shop key was tried, and when.
//!
//! Losing the shop key is the one loss that nothing can mend, so a shop is not served for long
//! before somebody showed that a copy of it, kept elsewhere, opens the store. The mark is a small
//! file with a date and a MAC under the shop key: it cannot be carried to another key, so after a
//! change of the key the recovery is tried again.

use std::path::{Path, PathBuf};

use domain::hex;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use vault::kek::Kek;

const NAME: &str = "recovery.json";

/// When a recovery was tried, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// When, in milliseconds since 1970.
    pub tested_ms: i64,
    /// How: `age`, `passphrase`, `shares` or `file`.
    pub way: String,
    tag: String,
}

/// Where the mark lies.
pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(NAME)
}

impl Mark {
    /// A mark of now.
    pub fn of(kek: &Kek, way: &str, now: Timestamp) -> Self {
        let mut mark = Self { tested_ms: now.ms(), way: way.to_owned(), tag: String::new() };
        mark.tag = hex::encode(&kek.tag(&mark.digest()));
        mark
    }

    /// The mark of a data folder, when there is one of this shop key.
    pub fn read(data_dir: &Path, kek: &Kek) -> Option<Self> {
        let text = std::fs::read(path(data_dir)).ok()?;
        let mark: Self = serde_json::from_slice(&text).ok()?;
        let tag: [u8; 32] = hex::decode(&mark.tag).ok()?;
        bool::from(kek.tag(&mark.digest()).ct_eq(&tag)).then_some(mark)
    }

    fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"confidant recovery mark 1\n");
        hash.update(self.tested_ms.to_be_bytes());
        hash.update(self.way.as_bytes());
        hash.finalize().into()
    }
}

/// What a start says that is refused.
pub const UNTESTED: &str = "no recovery of the shop key was ever tested, and losing that key is the \
    one loss that nothing can mend. Make a copy that lies elsewhere (confidant keys seal, or \
    confidant keys split), then show that it opens the store: confidant keys recover --check. \
    A shop that may be lost says shop_key.recovery = \"untested\"";
