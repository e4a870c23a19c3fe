//! The second place of tombstones: `tombstones.log`, append-only, beside the key store.
//!
//! A restored key store may be older than an erasure; this file is what still knows of it.
//!
//! ```text
//! header: "confidant tombstones 1" filled up with zeros 28 | checksum 8
//! record: mac 16 | cutoff in ms 8 | expiry day 4           | checksum 8
//! ```
//!
//! Numbers are big-endian. The checksum (FNV-1a, 64 bits) covers the shop's id as well, so that
//! the file of another shop is refused. It finds accidents, not intruders. A record that is cut
//! short at the end was never acknowledged and is dropped; any other damage is refused.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use domain::id::ShopId;
use domain::time::{Day, Timestamp};

use crate::error::StoreError;
use crate::keys::Tombstone;
use crate::sqlite::sync_folder;

/// Name of the file.
pub const NAME: &str = "tombstones.log";
const NEW_NAME: &str = "tombstones.new";

/// The mark stands under the name of nobody.
const MARK: [u8; 16] = [0; 16];

const BODY_BYTES: usize = 28;
const RECORD_BYTES: usize = BODY_BYTES + 8;

/// Says that the log is complete up to `now`; see [`crate::keys::Keys::mark`].
pub(crate) const fn mark(now: Timestamp) -> Tombstone {
    Tombstone { mac: MARK, cutoff: now, expires: Day::from_number(u32::MAX) }
}

/// Up to when tombstones are complete for certain, as the newest mark says.
pub fn complete_until(tombstones: &[Tombstone]) -> Option<Timestamp> {
    tombstones.iter().find(|one| one.mac == MARK).map(|one| one.cutoff)
}

/// Reads a log that nobody has open.
///
/// # Errors
/// [`StoreError::Io`], or [`StoreError::Damaged`] for a log of another shop as well.
pub fn read_log(path: &Path, shop: &ShopId) -> Result<Vec<Tombstone>, StoreError> {
    Ok(read(&fs::read(path)?, shop)?.into_values().collect())
}

/// Writes the log of a folder anew.
///
/// # Errors
/// [`StoreError::Io`].
pub fn write_log(dir: &Path, shop: &ShopId, tombstones: &[Tombstone]) -> Result<(), StoreError> {
    let mut known: BTreeMap<[u8; 16], Tombstone> = BTreeMap::new();
    for new in tombstones {
        let old = known.get(&new.mac).copied();
        known.insert(new.mac, old.map_or(*new, |old| old.united(*new)));
    }
    replace(dir, shop, &known).map(|_| ())
}

/// The open file and what it says.
pub(crate) struct TombstoneLog {
    dir: PathBuf,
    shop: ShopId,
    file: File,
    known: BTreeMap<[u8; 16], Tombstone>,
}

impl TombstoneLog {
    /// Opens the log and makes it when it is missing.
    pub(crate) fn open(dir: &Path, shop: &ShopId) -> Result<Self, StoreError> {
        let bytes = match fs::read(dir.join(NAME)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let known = read(&bytes, shop)?;
        if bytes.len() >= RECORD_BYTES && bytes.len().is_multiple_of(RECORD_BYTES) {
            let file = OpenOptions::new().append(true).open(dir.join(NAME))?;
            return Ok(Self { dir: dir.to_owned(), shop: shop.clone(), file, known });
        }
        // New, or cut short in its last record.
        let file = replace(dir, shop, &known)?;
        Ok(Self { dir: dir.to_owned(), shop: shop.clone(), file, known })
    }

    /// What the log says, united by person.
    pub(crate) const fn known(&self) -> &BTreeMap<[u8; 16], Tombstone> {
        &self.known
    }

    /// Appends what the log does not say yet; durable when it returns.
    pub(crate) fn append(&mut self, tombstones: &[Tombstone]) -> Result<(), StoreError> {
        let mut bytes = Vec::new();
        for tombstone in tombstones {
            let old = self.known.get(&tombstone.mac).copied();
            let united = old.map_or(*tombstone, |old| old.united(*tombstone));
            if old != Some(united) {
                bytes.extend_from_slice(&record(&united, &self.shop));
                self.known.insert(united.mac, united);
            }
        }
        if !bytes.is_empty() {
            self.file.write_all(&bytes)?;
            self.file.sync_all()?;
        }
        Ok(())
    }

    /// Writes the log anew without what was swept.
    pub(crate) fn sweep(&mut self, today: Day) -> Result<(), StoreError> {
        let live = |tombstone: &Tombstone| tombstone.expires > today;
        if self.known.values().all(live) {
            return Ok(());
        }
        self.known.retain(|_, tombstone| live(tombstone));
        self.file = replace(&self.dir, &self.shop, &self.known)?;
        Ok(())
    }
}

/// Writes a new file and puts it in the old one's place in one step.
fn replace(
    dir: &Path,
    shop: &ShopId,
    known: &BTreeMap<[u8; 16], Tombstone>,
) -> Result<File, StoreError> {
    let mut bytes = sealed_body(header(), shop).to_vec();
    for tombstone in known.values() {
        bytes.extend_from_slice(&record(tombstone, shop));
    }
    let new = dir.join(NEW_NAME);
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&new, dir.join(NAME))?;
    sync_folder(dir)?;
    Ok(OpenOptions::new().append(true).open(dir.join(NAME))?)
}

fn read(bytes: &[u8], shop: &ShopId) -> Result<BTreeMap<[u8; 16], Tombstone>, StoreError> {
    const DAMAGED: StoreError = StoreError::Damaged { file: NAME };
    let mut known: BTreeMap<[u8; 16], Tombstone> = BTreeMap::new();
    let (records, _cut_short) = bytes.as_chunks::<RECORD_BYTES>();
    for (at, bytes) in records.iter().enumerate() {
        let (body, _) = bytes.split_first_chunk::<BODY_BYTES>().ok_or(DAMAGED)?;
        if sealed_body(*body, shop) != *bytes || (at == 0 && *body != header()) {
            return Err(DAMAGED);
        }
        if at > 0 {
            let new = tombstone(body).ok_or(DAMAGED)?;
            let old = known.get(&new.mac).copied();
            known.insert(new.mac, old.map_or(new, |old| old.united(new)));
        }
    }
    Ok(known)
}

fn header() -> [u8; BODY_BYTES] {
    *b"confidant tombstones 1\0\0\0\0\0\0"
}

fn record(tombstone: &Tombstone, shop: &ShopId) -> [u8; RECORD_BYTES] {
    let mut body = [0; BODY_BYTES];
    let cutoff = tombstone.cutoff.ms().to_be_bytes();
    let expires = tombstone.expires.number().to_be_bytes();
    let bytes = tombstone.mac.iter().chain(&cutoff).chain(&expires);
    body.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    sealed_body(body, shop)
}

fn tombstone(body: &[u8; BODY_BYTES]) -> Option<Tombstone> {
    let (mac, rest) = body.split_first_chunk::<16>()?;
    let (cutoff, rest) = rest.split_first_chunk::<8>()?;
    let expires = rest.first_chunk::<4>()?;
    Some(Tombstone {
        mac: *mac,
        cutoff: Timestamp::from_ms(i64::from_be_bytes(*cutoff)),
        expires: Day::from_number(u32::from_be_bytes(*expires)),
    })
}

/// The body with its checksum.
fn sealed_body(body: [u8; BODY_BYTES], shop: &ShopId) -> [u8; RECORD_BYTES] {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in shop.as_str().bytes().chain([0]).chain(body) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let mut bytes = [0; RECORD_BYTES];
    let parts = body.into_iter().chain(hash.to_be_bytes());
    bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    bytes
}

#[cfg(test)]
mod tests;
