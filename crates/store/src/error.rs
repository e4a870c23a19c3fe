//! Why the store refused. No message carries a value of a row.

/// Why the store refused.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The key row would take the blind index of another key.
    #[error("another key of this purpose has the same blind index")]
    Conflict,
    /// The file exists and is damaged, or is not a store.
    #[error("{file} is damaged or not a store")]
    Damaged {
        /// Name of the file in the store's folder.
        file: &'static str,
    },
    /// Reading or writing a file failed.
    #[error("store file: {0}")]
    Io(#[from] std::io::Error),
    /// Somebody else writes here.
    #[error("another process has this store open")]
    Locked,
    /// The store was made for another shop.
    #[error("this store belongs to another shop")]
    OtherShop,
    /// SQLite refused. Its text stays out, because it may quote.
    #[error("sqlite refused with code {code}")]
    Sqlite {
        /// The extended result code of SQLite.
        code: i32,
    },
    /// The file was written by a newer program.
    #[error("store has layout {found}, this program knows layouts up to {known}")]
    TooNew {
        /// The layout of the file.
        found: u32,
        /// The newest layout that this program reads.
        known: u32,
    },
    /// No declaration names this table.
    #[error("no declaration names this table")]
    Undeclared,
    /// The file holds rows that nobody answers for any more.
    #[error("store holds the table {table}, which this program does not declare")]
    UndeclaredOnDisk {
        /// Name of the table.
        table: String,
    },
}
