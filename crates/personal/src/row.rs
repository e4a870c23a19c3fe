//! How a record lies on disk: sealed, under a key of its own, with nothing to read beside it.

use domain::id::{Pseudonym, RowId};
use domain::time::Day;

use crate::purpose::PurposeName;
use crate::record::{RecordError, Stored};

/// What is bound into the seal of a row, so that no row can stand in for another.
#[derive(Clone, Copy, Debug)]
pub struct RowContext {
    /// Name of the table.
    pub table: &'static str,
    /// Purpose of the table.
    pub purpose: PurposeName,
    /// Version of the record's layout.
    pub schema: u16,
    /// Whose row it is.
    pub pseudonym: Pseudonym,
    /// Which row it is.
    pub id: RowId,
}

impl RowContext {
    /// The context of a row of kind `T`.
    pub const fn of<T: Stored>(pseudonym: Pseudonym, id: RowId) -> Self {
        let declaration = T::DECLARATION;
        Self {
            table: declaration.table,
            purpose: declaration.purpose,
            schema: declaration.schema,
            pseudonym,
            id,
        }
    }
}

/// Seals and opens rows. The `vault` room implements it over a person's key.
pub trait Seal {
    /// Seals `plain` so that it opens only in the same context.
    ///
    /// # Errors
    /// [`RecordError::Seal`] without a reason, on purpose.
    fn seal(&self, context: &RowContext, plain: &[u8]) -> Result<Vec<u8>, RecordError>;

    /// Opens what [`Seal::seal`] made in the same context.
    ///
    /// # Errors
    /// [`RecordError::Seal`] without a reason, on purpose.
    fn open(&self, context: &RowContext, sealed: &[u8]) -> Result<Vec<u8>, RecordError>;
}

/// One row as the store keeps it. Plain are only pseudonym, random id and expiry day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// Name of the table.
    pub table: &'static str,
    /// Whose row it is.
    pub pseudonym: Pseudonym,
    /// Which row it is.
    pub id: RowId,
    /// The first day on which the retention sweep deletes it.
    pub expires: Day,
    /// The sealed record.
    pub sealed: Vec<u8>,
}
