//! Seals and opens the rows of one person in one purpose.

use std::fmt;

use personal::record::RecordError;
use personal::row::{RowContext, Seal};

use crate::envelope::Context;
use crate::key::ShopKeys;
use crate::subject::SubjectKey;

/// The person's key at work, for as long as the rows of that person are read or written.
///
/// Bound into every seal are shop, purpose, pseudonym, table, row id, layout version and header,
/// so that no row can stand in for another.
pub struct SubjectVault<'a> {
    key: &'a SubjectKey,
    /// The parts that all rows of the person share.
    context: Context,
    salts: &'a dyn Fn() -> [u8; 16],
}

impl<'a> SubjectVault<'a> {
    /// Takes the person's key; `salts` gives sixteen random bytes at each call.
    pub fn new(keys: &ShopKeys, key: &'a SubjectKey, salts: &'a dyn Fn() -> [u8; 16]) -> Self {
        let mut context = Context::new("row");
        context.part(keys.shop.as_str().as_bytes());
        context.part(&[key.purpose().code()]);
        context.part(key.pseudonym().as_bytes());
        Self { key, context, salts }
    }

    /// The context of one row; none when the row is not this person's in this purpose.
    fn of(&self, row: &RowContext) -> Result<Context, RecordError> {
        if row.pseudonym != self.key.pseudonym() || row.purpose != self.key.purpose() {
            return Err(RecordError::Seal);
        }
        let mut context = self.context.fork();
        context.part(row.table.as_bytes());
        context.part(row.id.as_bytes());
        context.part(&row.schema.to_be_bytes());
        Ok(context)
    }
}

impl Seal for SubjectVault<'_> {
    fn seal(&self, context: &RowContext, plain: &[u8]) -> Result<Vec<u8>, RecordError> {
        let salt = (self.salts)();
        self.key.envelope.seal(self.of(context)?, plain, &salt).map_err(|_| RecordError::Seal)
    }

    fn open(&self, context: &RowContext, sealed: &[u8]) -> Result<Vec<u8>, RecordError> {
        self.key.envelope.open(self.of(context)?, sealed).map_err(|_| RecordError::Seal)
    }
}

impl fmt::Debug for SubjectVault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectVault(..)")
    }
}

#[cfg(test)]
mod tests;
