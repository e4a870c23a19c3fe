//! The port of sealed rows and plain documents.

use domain::id::{Pseudonym, RowId};
use domain::time::Day;
use personal::row::SealedRow;

use crate::error::StoreError;

/// Number of a commit: 1, 2, 3 and so on without a gap. 0 means that nothing was committed yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(u64);

impl Seq {
    /// The commit with this number.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The number of the next commit.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// One plain document of the shop, such as a catalog item or a version of the settings.
///
/// # Privacy
/// Never about a person: documents are not sealed, swept or erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is, such as `catalog`.
    pub kind: String,
    /// Which one it is.
    pub key: String,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// One change. Writes of a batch apply in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Writes a row, over the old one if there is one.
    Put(SealedRow),
    /// Writes a row unless its key exists already, as a repeated message does.
    Insert(SealedRow),
    /// Deletes one row.
    Delete {
        /// Name of the table.
        table: &'static str,
        /// Whose row it is.
        pseudonym: Pseudonym,
        /// Which row it is.
        id: RowId,
    },
    /// Deletes every row of one person in one table.
    DeleteAll {
        /// Name of the table.
        table: &'static str,
        /// Whose rows they are.
        pseudonym: Pseudonym,
    },
    /// Writes a document, over the old one if there is one.
    PutDocument(Document),
    /// Deletes a document.
    DeleteDocument {
        /// What it is.
        kind: String,
        /// Which one it is.
        key: String,
    },
}

/// Changes that become durable together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The changes, in order.
    pub writes: Vec<Write>,
}

/// What a commit did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The number of the commit.
    pub seq: Seq,
    /// For each [`Write::Insert`] of the batch, in order: whether the row is new.
    pub inserts: Vec<bool>,
    /// How many rows were deleted; documents are not counted.
    pub deleted: u64,
}

impl Committed {
    /// How many inserted rows were new.
    pub fn inserted(&self) -> usize {
        self.inserts.iter().filter(|new| **new).count()
    }
}

/// Sealed rows and plain documents of one shop, behind one writer.
pub trait Tables: Send {
    /// Applies a batch. When it returns, the batch is durable and has its number.
    ///
    /// # Errors
    /// [`StoreError::Undeclared`], or what the back end says; then nothing of it was applied.
    fn commit(&mut self, batch: &Batch) -> Result<Committed, StoreError>;

    /// The number of the last commit.
    fn seq(&self) -> Seq;

    /// One row.
    ///
    /// # Errors
    /// [`StoreError::Undeclared`], or what the back end says.
    fn row(
        &self,
        table: &str,
        pseudonym: Pseudonym,
        id: RowId,
    ) -> Result<Option<SealedRow>, StoreError>;

    /// Every row of one person in one table, by id.
    ///
    /// # Errors
    /// [`StoreError::Undeclared`], or what the back end says.
    fn rows_of(&self, table: &str, pseudonym: Pseudonym) -> Result<Vec<SealedRow>, StoreError>;

    /// How many rows one person has in one table.
    ///
    /// # Errors
    /// [`StoreError::Undeclared`], or what the back end says.
    fn count_of(&self, table: &str, pseudonym: Pseudonym) -> Result<u64, StoreError>;

    /// At most `limit` rows behind the key `after`, ordered by (pseudonym, id).
    ///
    /// # Errors
    /// [`StoreError::Undeclared`], or what the back end says.
    fn page(
        &self,
        table: &str,
        after: Option<(Pseudonym, RowId)>,
        limit: usize,
    ) -> Result<Vec<SealedRow>, StoreError>;

    /// At most `limit` keys of rows whose last day was before `today`, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Undeclared`], or what the back end says.
    fn expired(
        &self,
        table: &str,
        today: Day,
        limit: usize,
    ) -> Result<Vec<(Pseudonym, RowId)>, StoreError>;

    /// How many rows a table has.
    ///
    /// # Errors
    /// [`StoreError::Undeclared`], or what the back end says.
    fn count(&self, table: &str) -> Result<u64, StoreError>;

    /// The body of one document.
    ///
    /// # Errors
    /// What the back end says.
    fn document(&self, kind: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// At most `limit` documents of a kind behind the key `after`, ordered by key.
    ///
    /// # Errors
    /// What the back end says.
    fn documents(
        &self,
        kind: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError>;

    /// Truncates the write-ahead log, so that it holds no deleted row any more.
    ///
    /// # Privacy
    /// A back end may have moved rows between pages before they were deleted, and an old copy may
    /// lie where no row is read. It is sealed under a key that an erasure destroyed, and
    /// [`Tables::compact`] removes it as well.
    ///
    /// # Errors
    /// What the back end says.
    fn scrub(&mut self) -> Result<(), StoreError>;

    /// Writes everything anew and scrubs, so that deleted bytes are in no file any more.
    ///
    /// Takes time and memory that grow with the store: a job for quiet hours.
    ///
    /// # Errors
    /// What the back end says.
    fn compact(&mut self) -> Result<(), StoreError>;

    /// Scrubs, and from then on leaves the file as it is, so that another process can copy it:
    /// commits go to the log alone, until [`Tables::release`] or the next scrub. A back end without
    /// a file does nothing.
    ///
    /// # Errors
    /// What the back end says.
    fn hold(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Ends a hold and says whether the file was left alone for all of it.
    ///
    /// # Errors
    /// What the back end says.
    fn release(&mut self) -> Result<bool, StoreError> {
        Ok(false)
    }
}
