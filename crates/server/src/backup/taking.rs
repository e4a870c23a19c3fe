//! Copies the two halves of a shop while somebody keeps the files as they are.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use age::x25519::Recipient;
use domain::hex;
use domain::id::ShopId;
use domain::time::Timestamp;
use store::lineage;
use store::sqlite::keys::SqliteKeys;
use store::sqlite::tables::SqliteTables;
use vault::kek::Kek;
use vault::key::ShopKey;

use store::keys::Keys as _;
use store::port::Tables as _;

use crate::backup::archive::{ArchiveWriter, Digest};
use crate::backup::place::{self, Kept, Unfinished, failed};
use crate::backup::sealed::SealedWriter;
use crate::backup::{BackupError, Description, FORMAT, Half};
use crate::chance;
use crate::closing::{self, Closing};
use crate::engine::backup::Standing;
use crate::engine::exchanging::ExchangeError;
use crate::opening::OpeningError;
use crate::settings::Settings;

/// How often the copying is tried when erasures come in between.
const TRIES: u32 = 5;
/// The folder of the transparency log.
const LOG: &str = "ledger";

/// Who keeps the files as they are.
pub trait Holder {
    /// From now on the files stay as they are.
    ///
    /// # Errors
    /// Why they do not.
    fn hold(&mut self) -> Result<Standing, BackupError>;

    /// They need not any more. Gives a tag of the shop for each digest, or `None` when the files
    /// did change.
    ///
    /// # Errors
    /// Why nobody can say.
    fn end(&mut self, hold: &str, digests: &[Digest])
    -> Result<Option<Vec<[u8; 32]>>, BackupError>;

    /// Keeps a file that was read open: closing it would give up this process's lock on it.
    fn keep(&mut self, file: File);
}

/// Where from and where to.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The shop.
    pub shop: ShopId,
    /// The data folder.
    pub data_dir: PathBuf,
    /// The folder of the backups.
    pub dir: PathBuf,
    /// The folder of the backups of the keys.
    pub keys_dir: PathBuf,
    /// Whom they are sealed to.
    pub recipients: Vec<Recipient>,
    /// How long backups of the data are kept, in days.
    pub keep_days: u32,
    /// How long backups of the keys are kept, in days.
    pub keys_keep_days: u32,
    /// Whether a new series begins.
    pub whole: bool,
}

/// What was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The archive of the data.
    pub data: Kept,
    /// The archive of the keys.
    pub keys: Kept,
    /// What was deleted because it is too old.
    pub pruned: Vec<String>,
}

/// Takes a backup: holds, copies, lets go, verifies, prunes. `progress` hears how many bytes of
/// how many were read.
///
/// # Errors
/// [`BackupError`]; then nothing that looks like a backup is left.
pub fn take(
    plan: &Plan,
    holder: &mut dyn Holder,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Taken, BackupError> {
    if plan.recipients.is_empty() {
        let words = "backup.recipients is empty: make an identity with `confidant keys identity`, \
                     keep it away from this machine and put its recipient (age1...) there";
        return Err(BackupError::Refused(words.to_owned()));
    }
    for _ in 0..TRIES {
        let standing = holder.hold()?;
        let (data, keys) = copy(plan, &standing, holder, progress)?;
        let digests = [data.digest, keys.digest];
        match holder.end(&standing.hold, &digests)? {
            Some(tags) => {
                let [data_tag, keys_tag] = tags.as_slice() else {
                    return Err(BackupError::Disturbed);
                };
                let data = data.finish(data_tag)?;
                let keys = keys.finish(keys_tag)?;
                let now = standing.taken;
                let mut pruned = place::prune(&plan.dir, (Half::Data, plan.keep_days), now)?;
                let of_keys = (Half::Keys, plan.keys_keep_days);
                pruned.extend(place::prune(&plan.keys_dir, of_keys, now)?);
                return Ok(Taken { data, keys, pruned });
            }
            None => {
                data.unfinished.discard();
                keys.unfinished.discard();
            }
        }
    }
    Err(BackupError::Disturbed)
}

/// An archive that is written and not yet named.
struct Written {
    unfinished: Unfinished,
    description: Description,
    digest: Digest,
    bytes: u64,
    pieces: Vec<Digest>,
}

impl Written {
    fn finish(self, tag: &[u8; 32]) -> Result<Kept, BackupError> {
        let pieces = self.pieces.iter().map(|piece| hex::encode(piece)).collect();
        let kept = Kept {
            description: self.description,
            sha256: hex::encode(&self.digest),
            bytes: self.bytes,
            tag: hex::encode(tag),
            pieces,
            path: PathBuf::new(),
        };
        self.unfinished.finish(kept)
    }
}

fn copy(
    plan: &Plan,
    standing: &Standing,
    holder: &mut dyn Holder,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(Written, Written), BackupError> {
    let pair = hex::encode(&chance::bytes::<8>()?);
    let lineage = hex::encode(&standing.lineage);
    let series = match plan.whole {
        true => Vec::new(),
        false => {
            let of = (lineage.as_str(), standing.shop_key.as_str());
            place::series(&plan.dir, of, plan.keep_days, standing.taken)?
        }
    };
    let known: BTreeSet<Digest> = series.iter().flat_map(Kept::held).collect();
    let begun = series.first().map(|first| first.description.series.clone());
    let description = Description {
        format: FORMAT.to_owned(),
        half: Half::Data,
        shop: plan.shop.as_str().to_owned(),
        pair: pair.clone(),
        lineage,
        shop_key: standing.shop_key.clone(),
        taken_ms: standing.taken.ms(),
        seq: standing.seq,
        series: begun.unwrap_or_else(|| pair.clone()),
    };
    let of_keys = Description { half: Half::Keys, series: pair, ..description.clone() };
    let mut data_files = vec!["data.db".to_owned()];
    walk(&plan.data_dir, LOG, &mut data_files)?;
    let keys_files = vec!["keys.db".to_owned(), store::tombstones::NAME.to_owned()];
    let mut all = 0;
    for name in data_files.iter().chain(&keys_files) {
        let path = plan.data_dir.join(name);
        all += fs::metadata(&path).map_err(failed("cannot read", &path))?.len();
    }
    let mut done = 0;
    let mut copied = |bytes: u64| {
        done += bytes;
        progress(done, all);
    };
    let data = write(plan, (&plan.dir, description, known), &data_files, holder, &mut copied)?;
    let nothing = BTreeSet::new();
    let keys = (plan.keys_dir.as_path(), of_keys, nothing);
    let keys = write(plan, keys, &keys_files, holder, &mut copied);
    match keys {
        Ok(keys) => Ok((data, keys)),
        Err(error) => {
            data.unfinished.discard();
            Err(error)
        }
    }
}

fn write(
    plan: &Plan,
    (dir, description, known): (&Path, Description, BTreeSet<Digest>),
    files: &[String],
    holder: &mut dyn Holder,
    copied: &mut dyn FnMut(u64),
) -> Result<Written, BackupError> {
    let (unfinished, file) = Unfinished::begin(dir, &description)?;
    let fill = || -> Result<(Digest, u64, Vec<Digest>), BackupError> {
        let out = std::io::BufWriter::with_capacity(1 << 20, file);
        let sealed = SealedWriter::begin(out, &plan.recipients)?;
        let mut archive = ArchiveWriter::begin(sealed, &description, known)?;
        for name in files {
            let path = plan.data_dir.join(name);
            let from = File::open(&path).map_err(failed("cannot read", &path))?;
            let taken = archive.file(name, &from, &mut *copied);
            holder.keep(from);
            taken?;
        }
        let (sealed, pieces) = archive.end()?;
        let (mut out, digest, bytes) = sealed.end()?;
        out.flush()?;
        out.get_ref().sync_all()?;
        Ok((digest, bytes, pieces))
    };
    match fill() {
        Ok((digest, bytes, pieces)) => {
            // Archives of keys are whole: nobody needs to know their pieces.
            let pieces = if description.half == Half::Data { pieces } else { Vec::new() };
            Ok(Written { unfinished, description, digest, bytes, pieces })
        }
        Err(error) => {
            unfinished.discard();
            Err(error)
        }
    }
}

/// The files below a folder, by name.
fn walk(data_dir: &Path, below: &str, found: &mut Vec<String>) -> Result<(), BackupError> {
    let mut waiting = vec![below.to_owned()];
    let before = found.len();
    while let Some(folder) = waiting.pop() {
        let Ok(entries) = fs::read_dir(data_dir.join(&folder)) else { continue };
        for entry in entries {
            let entry = entry?;
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            match entry.file_type()?.is_dir() {
                true => waiting.push(name),
                false if name.ends_with(".new") => {}
                false => found.push(name),
            }
        }
    }
    if let Some(names) = found.get_mut(before..) {
        names.sort_unstable();
    }
    Ok(())
}

/// Holds the files of a shop that nobody serves.
#[derive(Debug)]
pub struct Stopped {
    // Dropped before the files: see [`Holder::keep`].
    tables: SqliteTables,
    keys: SqliteKeys,
    kek: Kek,
    now: Timestamp,
    kept: Vec<File>,
}

impl Stopped {
    /// Opens the store.
    ///
    /// # Errors
    /// What the store says; [`store::error::StoreError::Locked`] while a server holds it.
    pub fn open(settings: &Settings, key: &ShopKey, now: Timestamp) -> Result<Self, BackupError> {
        let (data_dir, mirror) = (&settings.data_dir, settings.backup.tombstones_dir.as_deref());
        let tables = SqliteTables::open(data_dir, &settings.shop)?;
        let keys = SqliteKeys::open_mirrored(data_dir, &settings.shop, mirror)?;
        let refused = |error: OpeningError| BackupError::Refused(error.to_string());
        let Closing { now: kek, next } =
            closing::unlock(settings, key, &keys).map_err(refused)?.closing;
        if next.is_some() {
            return Err(BackupError::Refused(ExchangeError::Going.to_string()));
        }
        Ok(Self { tables, keys, kek, now, kept: Vec::new() })
    }
}

impl Holder for Stopped {
    fn hold(&mut self) -> Result<Standing, BackupError> {
        let lineage = lineage::name(&mut self.tables, &mut self.keys, chance::bytes()?)?;
        self.keys.mark(self.now)?;
        self.tables.hold()?;
        self.keys.hold()?;
        let seq = self.tables.seq().number();
        let shop_key = self.kek.name();
        Ok(Standing { hold: String::new(), taken: self.now, seq, lineage, shop_key })
    }

    fn end(
        &mut self,
        _hold: &str,
        digests: &[Digest],
    ) -> Result<Option<Vec<[u8; 32]>>, BackupError> {
        let whole = self.tables.release()? && self.keys.release()?;
        let tags = digests.iter().map(|digest| self.kek.tag(digest)).collect();
        Ok(whole.then_some(tags))
    }

    fn keep(&mut self, file: File) {
        self.kept.push(file);
    }
}
