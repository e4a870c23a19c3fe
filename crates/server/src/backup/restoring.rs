//! The way back: which archives, which tombstones, and how the files come into their places.
//!
//! A backup is older than what happened since, and what must not come back are the people who were
//! erased since. Their tombstones are not in the backup; they are in a log that is newer: that of
//! the machine, its copy on another volume, or a file that the operator gives. Without one nothing
//! is restored unless the operator says that erasures may be unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use age::x25519::Identity;
use domain::hex;
use domain::id::ShopId;
use domain::time::Timestamp;
use store::error::StoreError;
use store::keys::Tombstone;
use store::lineage;
use store::port::Tables as _;
use store::sqlite::keys::SqliteKeys;
use store::sqlite::tables::SqliteTables;
use store::tombstones::{NAME, complete_until, read_log, write_log};
use subtle::ConstantTimeEq as _;
use vault::kek::Kek;

use crate::backup::archive::{ArchiveReader, Digest, FileEntry, Frame, PIECE_BYTES};
use crate::backup::place::{self, Kept, failed};
use crate::backup::sealed::SealedReader;
use crate::backup::{BackupError, Half};

/// Where files are put together before they take their places.
const WORKSHOP: &str = "restoring";

/// The two archives of a restore, with what the data builds on.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The archive of the data.
    pub data: Kept,
    /// The archives of its series before it, oldest first.
    pub before: Vec<Kept>,
    /// The archive of the keys: the newest, because who was erased since is not in it.
    pub keys: Kept,
}

/// Chooses the archives: the data of `pair` or the newest, and the newest keys.
///
/// # Errors
/// [`BackupError::Missing`], or [`BackupError::Misfit`].
pub fn choose((dir, keys_dir): (&Path, &Path), pair: Option<&str>) -> Result<Chosen, BackupError> {
    let all = place::list(dir, Half::Data)?;
    let wanted = |kept: &&Kept| pair.is_none_or(|pair| kept.description.pair == pair);
    let data = all.iter().rfind(wanted).cloned();
    let data = data.ok_or_else(|| {
        BackupError::Missing(format!("there is no such backup of the data in {}", dir.display()))
    })?;
    let mut all_keys = place::list(keys_dir, Half::Keys)?;
    let fits = |kept: &Kept| kept.description.shop_key == data.description.shop_key;
    let newest = all_keys.iter().rposition(fits).map(|at| all_keys.remove(at));
    let keys = newest.or_else(|| all_keys.pop()).ok_or_else(|| {
        let words = "there is no backup of the keys in {}; without it the data cannot be read";
        BackupError::Missing(words.replace("{}", &keys_dir.display().to_string()))
    })?;
    let misfit = |why| BackupError::Misfit { keys: keys.name(), data: data.name(), why };
    let (of_data, of_keys) = (&data.description, &keys.description);
    if of_data.lineage != of_keys.lineage || of_data.shop != of_keys.shop {
        return Err(misfit("they are of two different stores"));
    }
    if of_data.shop_key != of_keys.shop_key {
        return Err(misfit(
            "the shop key was exchanged between them; choose data from after it with --pair",
        ));
    }
    if of_keys.taken_ms < of_data.taken_ms {
        return Err(misfit(
            "the keys are older, so rows of people who came in between could not be read; \
             choose older data with --pair, or bring the newer keys",
        ));
    }
    let needed = |kept: &&Kept| {
        kept.description.series == of_data.series
            && kept.description.taken_ms <= of_data.taken_ms
            && kept.description.pair != of_data.pair
    };
    let before: Vec<Kept> = all.iter().filter(needed).cloned().collect();
    let begins = before.iter().chain([&data]).any(|kept| kept.description.pair == of_data.series);
    if !begins {
        let words = "the first backup of the series of {} is missing; it is incremental";
        return Err(BackupError::Missing(words.replace("{}", &data.name())));
    }
    Ok(Chosen { data, before, keys })
}

impl Chosen {
    /// Reads every file and checks digest and tag: nobody else made them, and nothing is damaged.
    ///
    /// # Errors
    /// [`BackupError::Damaged`], or [`BackupError::Refused`] for archives of another shop key.
    pub fn verify(&self, kek: &Kek) -> Result<(), BackupError> {
        for kept in self.all() {
            if kept.description.shop_key != kek.name() {
                return Err(BackupError::Refused(format!(
                    "{} was taken with another shop key; after an exchange of the key, give the \
                     one of before in [shop_key]",
                    kept.path.display()
                )));
            }
            kept.verify()?;
            let digest = hex::decode::<32>(&kept.sha256).unwrap_or_default();
            let tag = hex::decode::<32>(&kept.tag).unwrap_or_default();
            if !bool::from(kek.tag(&digest).ct_eq(&tag)) {
                return Err(BackupError::Refused(format!(
                    "{} was not taken by a shop with this shop key",
                    kept.path.display()
                )));
            }
        }
        Ok(())
    }

    fn all(&self) -> impl Iterator<Item = &Kept> {
        self.before.iter().chain([&self.data, &self.keys])
    }

    /// Bytes of the sealed files.
    pub fn bytes(&self) -> u64 {
        self.all().map(|kept| kept.bytes).sum()
    }

    /// When the data was as it is in the archive.
    pub fn taken(&self) -> Timestamp {
        Timestamp::from_ms(self.data.description.taken_ms)
    }
}

/// Reads the logs that know of erasures since the backup, and says how they stand.
///
/// # Errors
/// [`BackupError::Refused`] when there is none, or when they are older than the backup.
pub fn newer_tombstones(
    places: &[PathBuf],
    shop: &ShopId,
    taken: Timestamp,
) -> Result<Vec<Tombstone>, BackupError> {
    let mut found = Vec::new();
    let mut until = None;
    for path in places.iter().filter(|path| path.is_file()) {
        let log = read_log(path, shop)?;
        until = until.max(complete_until(&log));
        found.extend(log);
    }
    match until {
        Some(until) if until >= taken => Ok(found),
        Some(_) => Err(BackupError::Refused(
            "the tombstone log is older than the backup: erasures from between are not in it. \
             Give the newest one with --tombstones FILE"
                .to_owned(),
        )),
        None => Err(BackupError::Refused(
            "no tombstone log is newer than the backup, so people who were erased since would \
             come back. Give one with --tombstones FILE (the tombstones.log of the lost machine, \
             or its copy in backup.tombstones_dir); if none is left, --accept-unknown-erasures, \
             and erase again whoever has a receipt from after the backup"
                .to_owned(),
        )),
    }
}

/// Puts the files together in a folder of their own below the data folder.
///
/// # Errors
/// [`BackupError`]; the folder is removed then.
pub fn unpack(
    chosen: &Chosen,
    data_dir: &Path,
    identities: &[Identity],
    progress: &mut dyn FnMut(u64),
) -> Result<PathBuf, BackupError> {
    let workshop = data_dir.join(WORKSHOP);
    fs::remove_dir_all(&workshop).ok();
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&workshop);
    made.map_err(failed("cannot make the folder", &workshop))?;
    let mut all = || -> Result<(), BackupError> {
        unpack_half((&chosen.data, &chosen.before), &workshop, identities, progress)?;
        unpack_half((&chosen.keys, &[]), &workshop, identities, progress)
    };
    let done = all();
    if done.is_err() {
        fs::remove_dir_all(&workshop).ok();
    }
    done.map(|()| workshop)
}

/// Where pieces go: which file, and at which byte.
type Places = BTreeMap<Digest, Vec<(usize, u64)>>;

fn unpack_half(
    (kept, before): (&Kept, &[Kept]),
    workshop: &Path,
    identities: &[Identity],
    progress: &mut dyn FnMut(u64),
) -> Result<(), BackupError> {
    // The list of files stands behind the pieces, hence two readings of the newest archive.
    let entries = files_of(kept, identities)?;
    let damaged = || BackupError::Damaged { file: kept.path.clone() };
    let mut places = Places::new();
    let mut files = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        let path = workshop.join(safe(&entry.name).ok_or_else(damaged)?);
        if let Some(folder) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&path);
        let file = file.map_err(failed("cannot write", &path))?;
        file.set_len(entry.bytes)?;
        files.push(file);
        let mut at = 0;
        for piece in entry.pieces().ok_or_else(damaged)? {
            places.entry(piece).or_default().push((number, at));
            at += PIECE_BYTES as u64;
        }
        if entry.bytes > at || entry.bytes.saturating_add(PIECE_BYTES as u64) <= at {
            return Err(damaged());
        }
    }
    let mut missing: BTreeSet<Digest> = places.keys().copied().collect();
    for archive in before.iter().chain([kept]) {
        each_frame(archive, identities, |frame| {
            let Frame::Piece(digest, piece) = frame else { return Ok(()) };
            for (number, at) in places.get(&digest).into_iter().flatten() {
                if let Some(file) = files.get(*number) {
                    file.write_all_at(&piece, *at)?;
                }
            }
            missing.remove(&digest);
            Ok(())
        })?;
        progress(archive.bytes);
    }
    if !missing.is_empty() {
        return Err(damaged());
    }
    let whole = |(file, entry): (&File, &FileEntry)| {
        file.metadata().is_ok_and(|found| found.len() == entry.bytes) && file.sync_all().is_ok()
    };
    if files.iter().zip(&entries).all(whole) { Ok(()) } else { Err(damaged()) }
}

/// A name that stays below the folder.
fn safe(name: &str) -> Option<&str> {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    name.split('/').all(plain).then_some(name)
}

fn files_of(kept: &Kept, identities: &[Identity]) -> Result<Vec<FileEntry>, BackupError> {
    let mut entries = Vec::new();
    let mut described = false;
    each_frame(kept, identities, |frame| {
        match frame {
            Frame::Description(inside) => described = inside == kept.description,
            Frame::File(entry) => entries.push(entry),
            Frame::Piece(..) | Frame::End => {}
        }
        Ok(())
    })?;
    match described {
        true => Ok(entries),
        false => Err(BackupError::Damaged { file: kept.path.clone() }),
    }
}

/// Reads an archive to its end.
fn each_frame(
    kept: &Kept,
    identities: &[Identity],
    mut work: impl FnMut(Frame) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let path = &kept.path;
    let file = File::open(path).map_err(failed("cannot read", path))?;
    let file = std::io::BufReader::with_capacity(1 << 20, file);
    let sealed = SealedReader::open(file, identities).map_err(failed("cannot read", path))?;
    let sealed = sealed.ok_or_else(|| BackupError::NotOurs { file: path.clone() })?;
    let mut archive = ArchiveReader::new(sealed);
    loop {
        match archive.read_frame() {
            None => return Err(BackupError::Damaged { file: path.clone() }),
            Some(Frame::End) => return Ok(()),
            Some(frame) => work(frame)?,
        }
    }
}

/// Looks through what was put together, and adds the newer tombstones to it.
///
/// # Errors
/// [`BackupError`].
pub fn inspect(
    workshop: &Path,
    chosen: &Chosen,
    (shop, newer): (&ShopId, &[Tombstone]),
) -> Result<usize, BackupError> {
    let own = read_log(&workshop.join(NAME), shop)?;
    let since = newer.iter().filter(|one| !own.contains(one) && one.mac != [0; 16]).count();
    let all: Vec<Tombstone> = own.iter().chain(newer).copied().collect();
    write_log(workshop, shop, &all)?;
    let tables = SqliteTables::open(workshop, shop)?;
    let keys = SqliteKeys::open(workshop, shop)?;
    tables.check()?;
    keys.check()?;
    let same = tables.seq().number() == chosen.data.description.seq;
    if !same || !lineage::fits(&tables, &keys)? {
        let (keys, data) = (chosen.keys.name(), chosen.data.name());
        let why = "the files inside are not those that the descriptions name";
        return Err(BackupError::Misfit { keys, data, why });
    }
    Ok(since)
}

/// Whether a server, or another command, has the store of the folder open.
///
/// # Errors
/// [`BackupError::Refused`] when it has, or when there is one and `over` is not said.
pub fn make_room(data_dir: &Path, shop: &ShopId, over: bool) -> Result<(), BackupError> {
    if !store::sqlite::exists(data_dir) {
        return Ok(());
    }
    if !over {
        return Err(BackupError::Refused(format!(
            "{} holds a store already; --over replaces it",
            data_dir.display()
        )));
    }
    match SqliteTables::open(data_dir, shop) {
        Err(StoreError::Locked) => Err(BackupError::Refused(
            "a server holds the store; stop it first, because it would write over the restore"
                .to_owned(),
        )),
        // A damaged store is what a restore is for.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Moves the files to their places. The transparency log only goes forward: the folder that has
/// the larger tree stays.
///
/// # Errors
/// What the system says.
pub fn settle(workshop: &Path, data_dir: &Path) -> Result<LogStays, BackupError> {
    let (old, new) = (data_dir.join("ledger"), workshop.join("ledger"));
    let (own, restored) = (leaves(&old), leaves(&new));
    let stays = match (own, restored) {
        (Some(own), Some(restored)) if own >= restored => LogStays::Own,
        (Some(_), None) => LogStays::Own,
        _ => LogStays::Restored,
    };
    for name in ["data.db", "keys.db", NAME] {
        for suffix in ["-wal", "-shm", "-journal"] {
            fs::remove_file(data_dir.join(format!("{name}{suffix}"))).ok();
            fs::remove_file(workshop.join(format!("{name}{suffix}"))).ok();
        }
        let to = data_dir.join(name);
        fs::rename(workshop.join(name), &to).map_err(failed("cannot put in place", &to))?;
    }
    if stays == LogStays::Restored && new.is_dir() {
        fs::remove_dir_all(&old).ok();
        fs::rename(&new, &old).map_err(failed("cannot put in place", &old))?;
    }
    fs::remove_dir_all(workshop).map_err(failed("cannot remove", workshop))?;
    File::open(data_dir)?.sync_all()?;
    Ok(stays)
}

/// Which transparency log stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogStays {
    /// The one of the folder, which is as new or newer.
    Own,
    /// The one of the backup.
    Restored,
}

/// The second line of a checkpoint.
fn leaves(folder: &Path) -> Option<u64> {
    let text = fs::read_to_string(folder.join("checkpoint")).ok()?;
    text.lines().nth(1)?.parse().ok()
}
