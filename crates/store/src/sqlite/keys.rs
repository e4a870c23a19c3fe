//! Wrapped keys, intents, tombstones and secrets in `keys.db`.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use domain::id::{Pseudonym, RequestId, ShopId};
use domain::time::{Day, Timestamp};
use personal::purpose::PurposeName;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::StoreError;
use crate::keys::{Intent, KeyRow, Keys, Tombstone};
use crate::sqlite::remains::Remains;
use crate::sqlite::{IMMEDIATE, StoreFile, check, first, hold, open, release, rewrite, scrub};
use crate::tombstones::{self, TombstoneLog};

/// `Keys` in ASCII.
pub(crate) const FILE: StoreFile =
    StoreFile { name: "keys.db", log: "keys.db-wal", application_id: 0x4b65_7973 };

const LAYOUT: &str = "
    CREATE TABLE IF NOT EXISTS key (
        pseudonym BLOB NOT NULL PRIMARY KEY, purpose INTEGER NOT NULL, blind BLOB NOT NULL,
        wrapped BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX IF NOT EXISTS key_blind ON key (purpose, blind);
    CREATE TABLE IF NOT EXISTS intent (
        id BLOB NOT NULL PRIMARY KEY, body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS tombstone (
        mac BLOB NOT NULL PRIMARY KEY, cutoff INTEGER NOT NULL, expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS secret (
        name TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;";

/// Updates only where nothing but the wrapped key differs; otherwise no row changes.
const PUT_KEY: &str = "
    INSERT INTO key VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (pseudonym) DO UPDATE SET wrapped = excluded.wrapped
    WHERE purpose = excluded.purpose AND blind = excluded.blind";
const PUT_TOMBSTONE: &str = "
    INSERT INTO tombstone VALUES (?1, ?2, ?3)
    ON CONFLICT (mac) DO UPDATE
    SET cutoff = max(cutoff, excluded.cutoff), expires = max(expires, excluded.expires)";
const PUT_INTENT: &str = "INSERT OR REPLACE INTO intent VALUES (?1, ?2)";
const PUT_SECRET: &str = "INSERT OR REPLACE INTO secret VALUES (?1, ?2)";
const DESTROY: &str = "DELETE FROM key WHERE pseudonym = ?1";
const FINISH: &str = "DELETE FROM intent WHERE id = ?1";
const SWEEP: &str = "DELETE FROM tombstone WHERE expires <= ?1";
const BY_BLIND: &str =
    "SELECT pseudonym, purpose, blind, wrapped FROM key WHERE purpose = ?1 AND blind = ?2";
const BY_PSEUDONYM: &str =
    "SELECT pseudonym, purpose, blind, wrapped FROM key WHERE pseudonym = ?1";
const PAGE: &str = "
    SELECT pseudonym, purpose, blind, wrapped FROM key WHERE pseudonym > ?1
    ORDER BY pseudonym LIMIT ?2";
const INTENTS: &str = "SELECT id, body FROM intent ORDER BY id";
const TOMBSTONE: &str = "SELECT mac, cutoff, expires FROM tombstone WHERE mac = ?1";
const TOMBSTONES: &str = "SELECT mac, cutoff, expires FROM tombstone ORDER BY mac";
const SECRET: &str = "SELECT sealed FROM secret WHERE name = ?1";

/// Keys of one shop in a SQLite file, with the tombstones in a second file as well.
pub struct SqliteKeys {
    connection: Connection,
    /// After the connection: what closes last gives up the lock.
    remains: Remains,
    dir: PathBuf,
    log: TombstoneLog,
    /// The tombstones a third time, on another volume.
    mirror: Option<TombstoneLog>,
    held: bool,
}

impl SqliteKeys {
    /// Opens the keys of `shop` in the folder `dir` and makes them when they are missing.
    ///
    /// The tombstones of both places are united, so that either may come from an older backup.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when somebody else has the store open, [`StoreError::OtherShop`],
    /// [`StoreError::TooNew`], [`StoreError::Damaged`].
    pub fn open(dir: &Path, shop: &ShopId) -> Result<Self, StoreError> {
        Self::open_mirrored(dir, shop, None)
    }

    /// The same with the tombstones in a further folder, best on another volume: what is left of
    /// them when this one is lost.
    ///
    /// # Errors
    /// See [`SqliteKeys::open`].
    pub fn open_mirrored(
        dir: &Path,
        shop: &ShopId,
        mirror: Option<&Path>,
    ) -> Result<Self, StoreError> {
        let connection = open(dir, FILE, shop, LAYOUT)?;
        let log = TombstoneLog::open(dir, shop)?;
        let file = File::open(dir.join(FILE.name))?;
        let mirror = mirror.map(|dir| TombstoneLog::open(dir, shop)).transpose()?;
        let remains = Remains::of(file, false);
        let mut keys = Self { connection, remains, dir: dir.to_owned(), log, mirror, held: false };
        keys.unite()?;
        if !keys.intents()?.is_empty() {
            keys.remains.lose(); // keys may have gone before the process did
        }
        Ok(keys)
    }

    /// Reads every page and says whether the file is whole.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it is not.
    pub fn check(&self) -> Result<(), StoreError> {
        check(&self.connection, FILE)
    }

    fn unite(&mut self) -> Result<(), StoreError> {
        let transaction = self.connection.transaction_with_behavior(IMMEDIATE)?;
        for log in std::iter::once(&self.log).chain(&self.mirror) {
            for tombstone in log.known().values() {
                put_tombstone(&transaction, tombstone)?;
            }
        }
        transaction.commit()?;
        let all = self.tombstones()?;
        self.append(&all)
    }

    fn append(&mut self, tombstones: &[Tombstone]) -> Result<(), StoreError> {
        self.log.append(tombstones)?;
        self.mirror.as_mut().map_or(Ok(()), |mirror| mirror.append(tombstones))
    }

    fn key(&self, sql: &str, values: impl rusqlite::Params) -> Result<Option<KeyRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row(values, key_row).optional()?)
    }
}

fn key_row(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    let code = row.get(1)?;
    let purpose = PurposeName::from_code(code).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(1, Type::Integer, Box::new(error))
    })?;
    Ok(KeyRow {
        pseudonym: Pseudonym::from_bytes(row.get(0)?),
        purpose,
        blind: row.get(2)?,
        wrapped: row.get(3)?,
    })
}

fn tombstone_row(row: &Row<'_>) -> rusqlite::Result<Tombstone> {
    Ok(Tombstone {
        mac: row.get(0)?,
        cutoff: Timestamp::from_ms(row.get(1)?),
        expires: Day::from_number(row.get(2)?),
    })
}

fn put_tombstone(connection: &Connection, tombstone: &Tombstone) -> Result<(), StoreError> {
    let Tombstone { mac, cutoff, expires } = tombstone;
    connection.prepare_cached(PUT_TOMBSTONE)?.execute(params![
        mac,
        cutoff.ms(),
        expires.number()
    ])?;
    Ok(())
}

/// A unique index refused, or the row exists for another person.
fn conflict(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => StoreError::Conflict,
        _ => error.into(),
    }
}

impl Keys for SqliteKeys {
    fn put(&mut self, rows: &[KeyRow]) -> Result<(), StoreError> {
        for row in rows {
            let old = self.by_pseudonym(row.pseudonym)?;
            if let Some(old) = old.filter(|old| old.wrapped != row.wrapped) {
                self.remains.replace(&old.wrapped);
            }
        }
        let transaction = self.connection.transaction_with_behavior(IMMEDIATE)?;
        for row in rows {
            let values =
                params![row.pseudonym.as_bytes(), row.purpose.code(), row.blind, row.wrapped];
            let written = transaction.prepare_cached(PUT_KEY)?.execute(values).map_err(conflict)?;
            if written == 0 {
                return Err(StoreError::Conflict);
            }
        }
        Ok(transaction.commit()?)
    }

    fn by_blind(
        &self,
        purpose: PurposeName,
        blind: &[u8; 16],
    ) -> Result<Option<KeyRow>, StoreError> {
        self.key(BY_BLIND, params![purpose.code(), blind])
    }

    fn by_pseudonym(&self, pseudonym: Pseudonym) -> Result<Option<KeyRow>, StoreError> {
        self.key(BY_PSEUDONYM, params![pseudonym.as_bytes()])
    }

    fn page(&self, after: Option<Pseudonym>, limit: usize) -> Result<Vec<KeyRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(PAGE)?;
        // The empty blob sorts before every pseudonym.
        let start = after.as_ref().map_or(&[][..], |pseudonym| pseudonym.as_bytes());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![start, limit], key_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn begin(&mut self, intent: &Intent, tombstones: &[Tombstone]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction_with_behavior(IMMEDIATE)?;
        transaction
            .prepare_cached(PUT_INTENT)?
            .execute(params![intent.id.as_bytes(), intent.body])?;
        for tombstone in tombstones {
            put_tombstone(&transaction, tombstone)?;
        }
        transaction.commit()?;
        self.append(tombstones)
    }

    fn intents(&self) -> Result<Vec<Intent>, StoreError> {
        let mut statement = self.connection.prepare_cached(INTENTS)?;
        let intents = statement.query_map([], |row| {
            Ok(Intent { id: RequestId::from_bytes(row.get(0)?), body: row.get(1)? })
        })?;
        Ok(intents.collect::<Result<_, _>>()?)
    }

    fn destroy(&mut self, pseudonyms: &[Pseudonym]) -> Result<u64, StoreError> {
        for pseudonym in pseudonyms {
            if let Some(row) = self.by_pseudonym(*pseudonym)? {
                self.remains.add(&row);
            }
        }
        let transaction = self.connection.transaction_with_behavior(IMMEDIATE)?;
        let mut destroyed = 0;
        for pseudonym in pseudonyms {
            let gone =
                transaction.prepare_cached(DESTROY)?.execute(params![pseudonym.as_bytes()])?;
            destroyed += gone as u64;
        }
        transaction.commit()?;
        Ok(destroyed)
    }

    fn finish(&mut self, id: RequestId) -> Result<(), StoreError> {
        self.connection.prepare_cached(FINISH)?.execute(params![id.as_bytes()])?;
        Ok(())
    }

    fn tombstone(&self, mac: &[u8; 16]) -> Result<Option<Tombstone>, StoreError> {
        let mut statement = self.connection.prepare_cached(TOMBSTONE)?;
        Ok(statement.query_row(params![mac], tombstone_row).optional()?)
    }

    fn tombstones(&self) -> Result<Vec<Tombstone>, StoreError> {
        let mut statement = self.connection.prepare_cached(TOMBSTONES)?;
        let tombstones = statement.query_map([], tombstone_row)?;
        Ok(tombstones.collect::<Result<_, _>>()?)
    }

    fn sweep_tombstones(&mut self, today: Day) -> Result<u64, StoreError> {
        // The log first: what is left in the key store alone comes back into the log.
        self.log.sweep(today)?;
        self.mirror.as_mut().map_or(Ok(()), |mirror| mirror.sweep(today))?;
        let swept = self.connection.prepare_cached(SWEEP)?.execute([today.number()])?;
        Ok(swept as u64)
    }

    fn secret(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self.connection.prepare_cached(SECRET)?;
        Ok(statement.query_row([name], first).optional()?)
    }

    fn put_secret(&mut self, name: &str, sealed: &[u8]) -> Result<(), StoreError> {
        self.connection.prepare_cached(PUT_SECRET)?.execute(params![name, sealed])?;
        Ok(())
    }

    fn scrub(&mut self) -> Result<(), StoreError> {
        self.release()?;
        // A wrapped key that was left anywhere would undo the erasure, hence not the log alone.
        if self.remains.is_unsure() {
            rewrite(&self.connection)?;
        }
        scrub(&self.connection, &self.dir, FILE)?;
        if self.remains.are_left()? {
            rewrite(&self.connection)?;
            scrub(&self.connection, &self.dir, FILE)?;
        }
        self.remains.forget();
        Ok(())
    }

    fn hold(&mut self) -> Result<(), StoreError> {
        hold(&self.connection, &self.dir, FILE)?;
        self.held = true;
        Ok(())
    }

    fn release(&mut self) -> Result<bool, StoreError> {
        if !std::mem::take(&mut self.held) {
            return Ok(false);
        }
        release(&self.connection)?;
        Ok(true)
    }

    fn mark(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let mark = tombstones::mark(now);
        put_tombstone(&self.connection, &mark)?;
        self.append(&[mark])
    }
}

impl fmt::Debug for SqliteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteKeys(..)")
    }
}
