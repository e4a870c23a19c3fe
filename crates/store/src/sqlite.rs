//! The embedded back end: SQLite, one file for rows and one for keys.
//!
//! Durability: write-ahead log with `synchronous=FULL`, so that a commit is on the disk when it
//! returns. Privacy: `secure_delete` overwrites deleted cells, and `scrub` truncates the log. That
//! is not all: when SQLite splits or merges pages it can leave old copies of moved cells in the
//! gap of a page, where `secure_delete` does not reach. Only writing the file anew removes them,
//! which the keys do at every scrub and the rows (sealed under a destroyed key) in `compact`.
//! One writer: `locking_mode=EXCLUSIVE` holds the lock of the file for as long as the store is
//! open; the operating system frees it when the process dies.
//!
//! While a store is open, nothing else in this process may open its two files, not even to read:
//! closing any handle of a file gives up the process's lock on it (POSIX).

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use domain::id::ShopId;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use crate::error::StoreError;

pub mod keys;
pub mod live;
mod remains;
pub mod tables;

/// The layout that this program writes, and the newest that it reads.
pub const LAYOUT: u32 = 1;

/// SQLite writes the log into the file after so many pages of 4 KiB.
const CHECKPOINT_PAGES: u32 = 4_000;
/// Size of the page cache, in KiB.
const CACHE_KIB: u32 = 32 * 1024;

/// One of the two files.
#[derive(Clone, Copy)]
pub(crate) struct StoreFile {
    pub(crate) name: &'static str,
    pub(crate) log: &'static str,
    /// Tells the file from other SQLite files and from the other of the two.
    pub(crate) application_id: i32,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            _ => Self::Sqlite { code: error.sqlite_error().map_or(-1, |one| one.extended_code) },
        }
    }
}

/// Opens one file of the shop's store and makes it when it is missing.
///
/// `tables` is the SQL that makes what the file holds beside the table `shop`; it runs at every
/// open, so that new declarations get their tables.
pub(crate) fn open(
    dir: &Path,
    file: StoreFile,
    shop: &ShopId,
    tables: &str,
) -> Result<Connection, StoreError> {
    make_private(dir, file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(dir.join(file.name), flags)
        .map_err(StoreError::from)
        .and_then(|mut connection| {
            configure(&connection)?;
            adopt(&mut connection, file, shop, tables)?;
            Ok(connection)
        });
    opened.map_err(|error| if is_damage(&error) { damaged(file) } else { error })
}

/// What SQLite says of a file that is none, or that lost bytes; the low byte is the kind.
fn is_damage(error: &StoreError) -> bool {
    matches!(error, StoreError::Sqlite { code } if matches!(code & 0xff, 11 | 26))
}

const fn damaged(file: StoreFile) -> StoreError {
    StoreError::Damaged { file: file.name }
}

/// Settings that both files and the baseline of the benchmark share.
pub(crate) fn configure(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(std::time::Duration::ZERO)?;
    connection.pragma_update(None, "page_size", 4_096)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    connection.pragma_update(None, "cell_size_check", "ON")?;
    connection.pragma_update(None, "cache_size", -i64::from(CACHE_KIB))?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

/// Makes folder and file for the owner only. SQLite gives its log the permissions of the file.
fn make_private(dir: &Path, file: StoreFile) -> Result<(), StoreError> {
    if !dir.is_dir() {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(dir.join(file.name)) {
        Ok(made) => {
            made.sync_all()?;
            sync_folder(dir)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(dir: &Path) -> Result<(), StoreError> {
    Ok(File::open(dir)?.sync_all()?)
}

/// Checks whose file it is, or makes it this shop's when it is new.
fn adopt(
    connection: &mut Connection,
    file: StoreFile,
    shop: &ShopId,
    tables: &str,
) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(IMMEDIATE)?;
    let application_id: i32 = transaction.pragma_query_value(None, "application_id", first)?;
    let layout: u32 = transaction.pragma_query_value(None, "user_version", first)?;
    let objects: u32 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], first)?;
    if objects == 0 {
        transaction.execute_batch(
            "CREATE TABLE shop (
                 one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, seq INTEGER NOT NULL
             ) STRICT;",
        )?;
        transaction.execute("INSERT INTO shop VALUES (1, ?1, 0)", [shop.as_str()])?;
        transaction.pragma_update(None, "application_id", file.application_id)?;
        transaction.pragma_update(None, "user_version", LAYOUT)?;
    } else if application_id != file.application_id {
        return Err(damaged(file));
    } else if layout > LAYOUT {
        return Err(StoreError::TooNew { found: layout, known: LAYOUT });
    }
    let owner: Option<String> =
        transaction.query_row("SELECT id FROM shop", [], first).optional()?;
    match owner {
        None => return Err(damaged(file)),
        Some(id) if id != shop.as_str() => return Err(StoreError::OtherShop),
        Some(_) => {}
    }
    transaction.execute_batch(tables)?;
    Ok(transaction.commit()?)
}

pub(crate) const IMMEDIATE: rusqlite::TransactionBehavior =
    rusqlite::TransactionBehavior::Immediate;

/// The first column of a row.
pub(crate) fn first<T: rusqlite::types::FromSql>(row: &rusqlite::Row<'_>) -> rusqlite::Result<T> {
    row.get(0)
}

/// The first column of a row, which counts something.
pub(crate) fn number(row: &rusqlite::Row<'_>) -> rusqlite::Result<u64> {
    let number: i64 = row.get(0)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, number))
}

/// Writes every page anew, in memory and then in place. Old copies of moved cells are gone then.
pub(crate) fn rewrite(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.execute_batch("VACUUM")?)
}

/// Copies the log into the file and cuts it to nothing, durably.
pub(crate) fn scrub(
    connection: &Connection,
    dir: &Path,
    file: StoreFile,
) -> Result<(), StoreError> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], first)?;
    if busy != 0 {
        return Err(StoreError::Locked);
    }
    // SQLite does not sync the cut. The log itself carries no lock, so it may be opened.
    match File::open(dir.join(file.log)) {
        Ok(log) => Ok(log.sync_all()?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Scrubs and stops writing the log into the file, so that the file stays as it is.
pub(crate) fn hold(connection: &Connection, dir: &Path, file: StoreFile) -> Result<(), StoreError> {
    scrub(connection, dir, file)?;
    Ok(connection.pragma_update(None, "wal_autocheckpoint", 0)?)
}

/// The log may go into the file again.
pub(crate) fn release(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?)
}

/// Reads every page and says whether the file is whole. Takes time that grows with the file.
pub(crate) fn check(connection: &Connection, file: StoreFile) -> Result<(), StoreError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], first)?;
    if verdict == "ok" { Ok(()) } else { Err(damaged(file)) }
}

/// Whether the folder holds a store already.
pub fn exists(dir: &Path) -> bool {
    fs::exists(dir.join(tables::FILE.name)).unwrap_or(false)
}

#[cfg(test)]
mod tests;
