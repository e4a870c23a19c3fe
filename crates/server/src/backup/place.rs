//! What lies in the folder of the backups: archives, and beside each a description.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use domain::date::Date;
use domain::hex;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::backup::archive::Digest;
use crate::backup::{BackupError, Description, Half};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// What an archive is called until it is whole.
const UNFINISHED: &str = "part";

/// An archive and what stands beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is.
    #[serde(flatten)]
    pub description: Description,
    /// SHA-256 of the sealed file, in hexadecimal.
    pub sha256: String,
    /// Bytes of the sealed file.
    pub bytes: u64,
    /// A MAC over `sha256` under a key of the shop: only the shop makes it.
    pub tag: String,
    /// The pieces in the archive, as one text; empty for archives of keys.
    pub pieces: String,
    /// Where it lies.
    #[serde(skip)]
    pub path: PathBuf,
}

impl Kept {
    /// The name that both halves share.
    pub fn name(&self) -> String {
        name(&self.description)
    }

    /// The pieces that the archive holds.
    pub fn held(&self) -> Vec<Digest> {
        let (chunks, _) = self.pieces.as_bytes().as_chunks::<64>();
        let read = |chunk: &[u8; 64]| hex::decode(std::str::from_utf8(chunk).ok()?).ok();
        chunks.iter().filter_map(read).collect()
    }

    /// Reads the whole file and compares it with what was written.
    ///
    /// # Errors
    /// [`BackupError::Damaged`] when it is not that.
    pub fn verify(&self) -> Result<(), BackupError> {
        let found = digest_of(&self.path)?;
        match found == (hex::decode(&self.sha256).unwrap_or_default(), self.bytes) {
            true => Ok(()),
            false => Err(BackupError::Damaged { file: self.path.clone() }),
        }
    }

    fn is_older(&self, days: u32, now: Timestamp) -> bool {
        now.ms().saturating_sub(self.description.taken_ms) >= i64::from(days) * DAY_MS
    }
}

/// `20261122T173320Z-` and the pair.
pub fn name(description: &Description) -> String {
    let taken = Timestamp::from_ms(description.taken_ms);
    let (days, ms) = (taken.day(), taken.ms().rem_euclid(DAY_MS) / 1_000);
    let (hour, minute, second) = (ms / 3_600, ms / 60 % 60, ms % 60);
    let day = Date(days).to_string().replace('-', "");
    format!("{day}T{hour:02}{minute:02}{second:02}Z-{}", description.pair)
}

/// The folder of one half, made when it is missing.
///
/// # Errors
/// What the system says.
pub fn folder(dir: &Path, half: Half) -> Result<PathBuf, BackupError> {
    let path = dir.join(half.folder());
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
    made.map_err(failed("cannot make the folder", &path))?;
    Ok(path)
}

/// The archives of one half, oldest first. What is unfinished is none.
///
/// # Errors
/// What the system says, or a description that is none.
pub fn list(dir: &Path, half: Half) -> Result<Vec<Kept>, BackupError> {
    let folder = dir.join(half.folder());
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("cannot read the folder", &folder)(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read(&path).map_err(failed("cannot read", &path))?;
            let kept: Kept = serde_json::from_slice(&text)?;
            found.push(Kept { path: path.with_extension("age"), ..kept });
        }
    }
    found.retain(|kept| kept.description.half == half);
    found.sort_by_key(|kept| (kept.description.taken_ms, kept.description.pair.clone()));
    Ok(found)
}

/// An archive that is being written.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Begins an archive; what an earlier run left unfinished is removed.
    ///
    /// # Errors
    /// What the system says.
    pub fn begin(dir: &Path, description: &Description) -> Result<(Self, File), BackupError> {
        let folder = folder(dir, description.half)?;
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == UNFINISHED) {
                fs::remove_file(&path).map_err(failed("cannot remove", &path))?;
            }
        }
        let path = folder.join(format!("{}.{UNFINISHED}", name(description)));
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(failed("cannot write", &path))?;
        Ok((Self { path }, file))
    }

    /// Gives the archive its name, after reading it once more from the disk.
    ///
    /// # Errors
    /// [`BackupError::Damaged`] when the disk does not give back what was written.
    pub fn finish(self, kept: Kept) -> Result<Kept, BackupError> {
        Kept { path: self.path.clone(), ..kept.clone() }.verify()?;
        let path = self.path.with_extension("age");
        fs::rename(&self.path, &path).map_err(failed("cannot name", &path))?;
        let beside = self.path.with_extension("json");
        let text = serde_json::to_vec_pretty(&kept)?;
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&beside);
        let mut file = file.map_err(failed("cannot write", &beside))?;
        file.write_all(&text)?;
        file.sync_all()?;
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(Kept { path, ..kept })
    }

    /// Removes it.
    pub fn discard(self) {
        fs::remove_file(&self.path).ok();
    }
}

/// Deletes what is too old, and says what was deleted. A series of the data goes as a whole with
/// its first archive, so that no byte of it is kept for longer than was promised.
///
/// # Errors
/// What the system says.
pub fn prune(
    dir: &Path,
    (half, days): (Half, u32),
    now: Timestamp,
) -> Result<Vec<String>, BackupError> {
    let all = list(dir, half)?;
    let old: Vec<&Kept> = all.iter().filter(|kept| kept.is_older(days, now)).collect();
    let is_over = |kept: &&Kept| {
        old.iter().any(|old| {
            old.description.pair == kept.description.pair
                || (half == Half::Data && old.description.series == kept.description.series)
        })
    };
    let mut gone = Vec::new();
    for kept in all.iter().filter(is_over) {
        for path in [kept.path.with_extension("json"), kept.path.clone()] {
            fs::remove_file(&path).map_err(failed("cannot delete", &path))?;
        }
        gone.push(format!("{}/{}", half.folder(), kept.name()));
    }
    Ok(gone)
}

/// The series of the data that goes on: its archives, when the newest whole one is young enough
/// that everything that needs it is deleted in time. A quarter of the retention.
///
/// # Errors
/// What the system says.
pub fn series(
    dir: &Path,
    (lineage, shop_key): (&str, &str),
    keep_days: u32,
    now: Timestamp,
) -> Result<Vec<Kept>, BackupError> {
    let all = list(dir, Half::Data)?;
    let begins = |kept: &&Kept| kept.description.series == kept.description.pair;
    let Some(first) = all.iter().rfind(begins) else { return Ok(Vec::new()) };
    let young = !first.is_older((keep_days / 4).max(1), now);
    let fits = first.description.lineage == lineage && first.description.shop_key == shop_key;
    if !young || !fits {
        return Ok(Vec::new());
    }
    let same = |kept: &&Kept| kept.description.series == first.description.series;
    let found: Vec<Kept> = all.iter().filter(same).cloned().collect();
    let there = found.iter().all(|kept| kept.path.is_file());
    Ok(if there { found } else { Vec::new() })
}

/// The SHA-256 and the bytes of a file.
fn digest_of(path: &Path) -> Result<([u8; 32], u64), BackupError> {
    let mut file = File::open(path).map_err(failed("cannot read", path))?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut piece).map_err(failed("cannot read", path))?;
        if read == 0 {
            return Ok((hash.finalize().into(), bytes));
        }
        hash.update(piece.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
}

/// Names the file of a failure.
pub(super) fn failed(
    what: &'static str,
    path: &Path,
) -> impl FnOnce(std::io::Error) -> BackupError {
    move |error| BackupError::File { what, path: path.to_owned(), error }
}

#[cfg(test)]
mod tests;
