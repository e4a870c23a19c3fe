//! The yardstick of `confidant bench ingest`: the same table, index and durability, and nothing
//! else. No sealing, no numbers, no declarations; prepared inserts in one transaction per call.

use std::fmt;
use std::path::Path;

use personal::row::SealedRow;
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::sqlite::{IMMEDIATE, configure, tables};

/// A plain SQLite file with the table of one declaration.
pub struct RawBaseline {
    connection: Connection,
}

impl RawBaseline {
    /// Makes `raw.db` in the folder `dir`, with the layout and the settings of the store.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let connection = Connection::open(dir.join("raw.db"))?;
        configure(&connection)?;
        connection.execute_batch(&tables::layout("baseline"))?;
        Ok(Self { connection })
    }

    /// Inserts the rows in one durable transaction. Their table's name is not used.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn insert(&mut self, rows: &[SealedRow]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction_with_behavior(IMMEDIATE)?;
        {
            let mut statement =
                transaction.prepare_cached("INSERT INTO rows_baseline VALUES (?1, ?2, ?3, ?4)")?;
            for row in rows {
                let (pseudonym, id) = (row.pseudonym.as_bytes(), row.id.as_bytes());
                statement.execute(params![pseudonym, id, row.expires.number(), row.sealed])?;
            }
        }
        Ok(transaction.commit()?)
    }
}

impl fmt::Debug for RawBaseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawBaseline(..)")
    }
}
