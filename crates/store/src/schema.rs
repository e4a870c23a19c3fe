//! The tables that exist: one per declaration, and the few technical ones that are listed here.

use personal::kinds::DECLARATIONS;
use personal::record::Declaration;

use crate::error::StoreError;

/// Every declaration, in the order of the inventory.
pub static DECLARED: [Declaration; DECLARATIONS.len()] = DECLARATIONS;

/// The columns of a declared table on disk; everything that a declaration names is in `sealed`.
pub const ROW_COLUMNS: [&str; 4] = ["pseudonym", "id", "expires", "sealed"];

/// A table that no declaration covers, because no field of it was said by or about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Technical {
    /// The file in the folder of the store.
    pub file: &'static str,
    /// The table; for a file that is no database, what its records are called.
    pub table: &'static str,
    /// Its columns.
    pub columns: &'static [&'static str],
    /// Why it is there.
    pub why: &'static str,
}

/// A table as it lies on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// The file.
    pub file: &'static str,
    /// The table.
    pub table: String,
    /// Its columns, in their order.
    pub columns: Vec<String>,
}

/// Every technical table. A table on disk that is neither here nor declared fails a test.
pub const TECHNICAL: [Technical; 8] = [
    Technical {
        file: "data.db",
        table: "shop",
        columns: &["one", "id", "seq"],
        why: "whose file it is, and the number of the last commit",
    },
    Technical {
        file: "data.db",
        table: "document",
        columns: &["kind", "key", "body"],
        why: "catalog, placements, rules, weights, law packs, canary runs: the shop's own documents",
    },
    Technical {
        file: "keys.db",
        table: "shop",
        columns: &["one", "id", "seq"],
        why: "whose file it is",
    },
    Technical {
        file: "keys.db",
        table: "key",
        columns: &["pseudonym", "purpose", "blind", "wrapped"],
        why: "opens the rows of one person and purpose; destroyed first by an erasure",
    },
    Technical {
        file: "keys.db",
        table: "intent",
        columns: &["id", "body"],
        why: "an erasure that has begun, sealed, until its receipt is signed",
    },
    Technical {
        file: "keys.db",
        table: "tombstone",
        columns: &["mac", "cutoff", "expires"],
        why: "keeps late messages and restored backups from bringing back what was erased",
    },
    Technical {
        file: "keys.db",
        table: "secret",
        columns: &["name", "sealed"],
        why: "keys of the shop itself",
    },
    Technical {
        file: "tombstones.log",
        table: "tombstone",
        columns: &["mac", "cutoff", "expires"],
        why: "the tombstones a second time, for a key store that is older than an erasure",
    },
];

/// Finds a declaration and its place in [`DECLARED`].
///
/// # Errors
/// [`StoreError::Undeclared`].
pub fn declared(table: &str) -> Result<(usize, &'static Declaration), StoreError> {
    DECLARED
        .iter()
        .enumerate()
        .find(|(_, declaration)| declaration.table == table)
        .ok_or(StoreError::Undeclared)
}
