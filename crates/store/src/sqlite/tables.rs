//! Rows and documents in `data.db`.

use std::fmt;
use std::path::{Path, PathBuf};

use domain::id::{Pseudonym, RowId, ShopId};
use domain::time::Day;
use personal::row::SealedRow;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, Transaction, params};

use crate::error::StoreError;
use crate::port::{Batch, Committed, Document, Seq, Tables, Write};
use crate::schema::{DECLARED, declared};
use crate::sqlite::{
    IMMEDIATE, StoreFile, check, first, hold, number, open, release, rewrite, scrub,
};

/// `Conf` in ASCII.
pub(crate) const FILE: StoreFile =
    StoreFile { name: "data.db", log: "data.db-wal", application_id: 0x436f_6e66 };

/// Rows and documents of one shop in a SQLite file.
pub struct SqliteTables {
    connection: Connection,
    dir: PathBuf,
    seq: Seq,
    statements: Vec<Statements>,
    held: bool,
}

/// The SQL of one table, written once. Table names are words of the program, never input.
struct Statements {
    put: String,
    insert: String,
    delete: String,
    delete_all: String,
    row: String,
    rows_of: String,
    count_of: String,
    page: String,
    expired: String,
    count: String,
}

impl Statements {
    fn of(table: &str) -> Self {
        let name = on_disk(table);
        let columns = "pseudonym, id, expires, sealed";
        Self {
            put: format!("INSERT OR REPLACE INTO {name} VALUES (?1, ?2, ?3, ?4)"),
            insert: format!("INSERT INTO {name} VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING"),
            delete: format!("DELETE FROM {name} WHERE pseudonym = ?1 AND id = ?2"),
            delete_all: format!("DELETE FROM {name} WHERE pseudonym = ?1"),
            row: format!("SELECT {columns} FROM {name} WHERE pseudonym = ?1 AND id = ?2"),
            rows_of: format!("SELECT {columns} FROM {name} WHERE pseudonym = ?1 ORDER BY id"),
            count_of: format!("SELECT count(*) FROM {name} WHERE pseudonym = ?1"),
            page: format!(
                "SELECT {columns} FROM {name} WHERE (pseudonym, id) > (?1, ?2)
                 ORDER BY pseudonym, id LIMIT ?3"
            ),
            expired: format!(
                "SELECT pseudonym, id FROM {name} WHERE expires <= ?1
                 ORDER BY expires, pseudonym, id LIMIT ?2"
            ),
            count: format!("SELECT count(*) FROM {name}"),
        }
    }
}

/// Tables of rows carry a prefix, so that no declaration can take the name of another table.
pub(crate) const PREFIX: &str = "rows_";

fn on_disk(table: &str) -> String {
    format!("{PREFIX}{table}")
}

/// The SQL that makes the table of a declaration and its only index.
pub(crate) fn layout(table: &str) -> String {
    let name = on_disk(table);
    format!(
        "CREATE TABLE IF NOT EXISTS {name} (
             pseudonym BLOB NOT NULL, id BLOB NOT NULL, expires INTEGER NOT NULL,
             sealed BLOB NOT NULL, PRIMARY KEY (pseudonym, id)
         ) STRICT, WITHOUT ROWID;
         CREATE INDEX IF NOT EXISTS {name}_expires ON {name} (expires);"
    )
}

impl SqliteTables {
    /// Opens the rows of `shop` in the folder `dir` and makes them when they are missing.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when somebody else has the store open, [`StoreError::OtherShop`],
    /// [`StoreError::TooNew`], [`StoreError::Damaged`], [`StoreError::UndeclaredOnDisk`].
    pub fn open(dir: &Path, shop: &ShopId) -> Result<Self, StoreError> {
        let mut sql: String = DECLARED.iter().map(|one| layout(one.table)).collect();
        sql.push_str(
            "CREATE TABLE IF NOT EXISTS document (
                 kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,
                 PRIMARY KEY (kind, key)
             ) STRICT, WITHOUT ROWID;",
        );
        let connection = open(dir, FILE, shop, &sql)?;
        refuse_undeclared(&connection)?;
        let seq = connection.query_row("SELECT seq FROM shop", [], seq)?;
        let statements = DECLARED.iter().map(|one| Statements::of(one.table)).collect();
        Ok(Self { connection, dir: dir.to_owned(), seq, statements, held: false })
    }

    /// Reads every page and says whether the file is whole.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it is not.
    pub fn check(&self) -> Result<(), StoreError> {
        check(&self.connection, FILE)
    }

    fn find(&self, table: &str) -> Result<(&'static str, &Statements), StoreError> {
        let (place, declaration) = declared(table)?;
        let statements = self.statements.get(place).ok_or(StoreError::Undeclared)?;
        Ok((declaration.table, statements))
    }

    fn read(
        &self,
        table: &'static str,
        sql: &str,
        values: &[&dyn ToSql],
    ) -> Result<Vec<SealedRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(values, |row| sealed_row(table, row))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Rows that no declaration names would be in no inventory and outlive every erasure.
fn refuse_undeclared(connection: &Connection) -> Result<(), StoreError> {
    let mut statement = connection.prepare(
        "SELECT substr(name, 6) FROM sqlite_schema
         WHERE type = 'table' AND substr(name, 1, 5) = 'rows_'",
    )?;
    let tables = statement.query_map([], first::<String>)?;
    for table in tables {
        let table = table?;
        if declared(&table).is_err() {
            return Err(StoreError::UndeclaredOnDisk { table });
        }
    }
    Ok(())
}

fn sealed_row(table: &'static str, row: &Row<'_>) -> rusqlite::Result<SealedRow> {
    Ok(SealedRow {
        table,
        pseudonym: Pseudonym::from_bytes(row.get(0)?),
        id: RowId::from_bytes(row.get(1)?),
        expires: Day::from_number(row.get(2)?),
        sealed: row.get(3)?,
    })
}

fn seq(row: &Row<'_>) -> rusqlite::Result<Seq> {
    number(row).map(Seq::from_number)
}

fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Applies one write inside the transaction of its batch.
fn apply(
    transaction: &Transaction<'_>,
    statements: &[Statements],
    write: &Write,
    committed: &mut Committed,
) -> Result<(), StoreError> {
    let find = |table: &str| {
        let (place, _) = declared(table)?;
        statements.get(place).ok_or(StoreError::Undeclared)
    };
    let run = |sql: &str, values: &[&dyn ToSql]| -> Result<usize, StoreError> {
        Ok(transaction.prepare_cached(sql)?.execute(values)?)
    };
    let write_row = |sql: &str, row: &SealedRow| {
        let (pseudonym, id) = (row.pseudonym.as_bytes(), row.id.as_bytes());
        run(sql, params![pseudonym, id, row.expires.number(), row.sealed])
    };
    match write {
        Write::Put(row) => {
            write_row(&find(row.table)?.put, row)?;
        }
        Write::Insert(row) => {
            let new = write_row(&find(row.table)?.insert, row)?;
            committed.inserts.push(new > 0);
        }
        Write::Delete { table, pseudonym, id } => {
            let gone = run(&find(table)?.delete, params![pseudonym.as_bytes(), id.as_bytes()])?;
            committed.deleted += gone as u64;
        }
        Write::DeleteAll { table, pseudonym } => {
            let gone = run(&find(table)?.delete_all, params![pseudonym.as_bytes()])?;
            committed.deleted += gone as u64;
        }
        Write::PutDocument(Document { kind, key, body }) => {
            run("INSERT OR REPLACE INTO document VALUES (?1, ?2, ?3)", params![kind, key, body])?;
        }
        Write::DeleteDocument { kind, key } => {
            run("DELETE FROM document WHERE kind = ?1 AND key = ?2", params![kind, key])?;
        }
    }
    Ok(())
}

impl Tables for SqliteTables {
    fn commit(&mut self, batch: &Batch) -> Result<Committed, StoreError> {
        let transaction = self.connection.transaction_with_behavior(IMMEDIATE)?;
        // The number comes from the file, so that a failed commit cannot make a gap.
        let seq = transaction
            .prepare_cached("UPDATE shop SET seq = seq + 1 RETURNING seq")?
            .query_row([], seq)?;
        let mut committed = Committed { seq, inserts: Vec::new(), deleted: 0 };
        for write in &batch.writes {
            apply(&transaction, &self.statements, write, &mut committed)?;
        }
        transaction.commit()?;
        self.seq = seq;
        Ok(committed)
    }

    fn seq(&self) -> Seq {
        self.seq
    }

    fn row(
        &self,
        table: &str,
        pseudonym: Pseudonym,
        id: RowId,
    ) -> Result<Option<SealedRow>, StoreError> {
        let (table, sql) = self.find(table)?;
        let mut statement = self.connection.prepare_cached(&sql.row)?;
        let values = params![pseudonym.as_bytes(), id.as_bytes()];
        Ok(statement.query_row(values, |row| sealed_row(table, row)).optional()?)
    }

    fn rows_of(&self, table: &str, pseudonym: Pseudonym) -> Result<Vec<SealedRow>, StoreError> {
        let (table, sql) = self.find(table)?;
        self.read(table, &sql.rows_of, params![pseudonym.as_bytes()])
    }

    fn count_of(&self, table: &str, pseudonym: Pseudonym) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(&self.find(table)?.1.count_of)?;
        Ok(statement.query_row(params![pseudonym.as_bytes()], number)?)
    }

    fn page(
        &self,
        table: &str,
        after: Option<(Pseudonym, RowId)>,
        limit: usize,
    ) -> Result<Vec<SealedRow>, StoreError> {
        let (table, sql) = self.find(table)?;
        // The empty blob sorts before every key.
        let (pseudonym, id) = match &after {
            Some((pseudonym, id)) => (pseudonym.as_bytes().as_slice(), id.as_bytes().as_slice()),
            None => (&[][..], &[][..]),
        };
        self.read(table, &sql.page, params![pseudonym, id, limit_of(limit)])
    }

    fn expired(
        &self,
        table: &str,
        today: Day,
        limit: usize,
    ) -> Result<Vec<(Pseudonym, RowId)>, StoreError> {
        let mut statement = self.connection.prepare_cached(&self.find(table)?.1.expired)?;
        let keys = statement.query_map(params![today.number(), limit_of(limit)], |row| {
            Ok((Pseudonym::from_bytes(row.get(0)?), RowId::from_bytes(row.get(1)?)))
        })?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    fn count(&self, table: &str) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(&self.find(table)?.1.count)?;
        Ok(statement.query_row([], number)?)
    }

    fn document(&self, kind: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT body FROM document WHERE kind = ?1 AND key = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([kind, key], first).optional()?)
    }

    fn documents(
        &self,
        kind: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let sql = match after {
            Some(_) => {
                "SELECT kind, key, body FROM document
                 WHERE kind = ?1 AND key > ?2 ORDER BY key LIMIT ?3"
            }
            None => {
                "SELECT kind, key, body FROM document
                 WHERE kind = ?1 AND key >= ?2 ORDER BY key LIMIT ?3"
            }
        };
        let mut statement = self.connection.prepare_cached(sql)?;
        let values = params![kind, after.unwrap_or(""), limit_of(limit)];
        let documents = statement.query_map(values, |row| {
            Ok(Document { kind: row.get(0)?, key: row.get(1)?, body: row.get(2)? })
        })?;
        Ok(documents.collect::<Result<_, _>>()?)
    }

    fn scrub(&mut self) -> Result<(), StoreError> {
        self.release()?;
        scrub(&self.connection, &self.dir, FILE)
    }

    fn compact(&mut self) -> Result<(), StoreError> {
        self.release()?;
        rewrite(&self.connection)?;
        self.scrub()
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
}

impl fmt::Debug for SqliteTables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteTables(..)")
    }
}
