//! Which two files belong together: one random name in both.
//!
//! Rows without their keys are noise, and keys beside foreign rows would be swept as orphans. The
//! name is made at the first backup; files that never saw one have none and are not compared.

use crate::error::StoreError;
use crate::keys::Keys;
use crate::port::{Batch, Document, Tables, Write};

const KIND: &str = "store";
const NAME: &str = "lineage";

/// The common name of both files.
pub type Lineage = [u8; 16];

/// The name of the rows and the name of the keys.
///
/// # Errors
/// What the back end says.
pub fn read(
    tables: &dyn Tables,
    keys: &dyn Keys,
) -> Result<(Option<Lineage>, Option<Lineage>), StoreError> {
    let rows = tables.document(KIND, NAME)?.and_then(|body| body.try_into().ok());
    Ok((rows, keys.secret(NAME)?.and_then(|body| body.try_into().ok())))
}

/// Whether the two files may be used together.
///
/// # Errors
/// What the back end says.
pub fn fits(tables: &dyn Tables, keys: &dyn Keys) -> Result<bool, StoreError> {
    Ok(match read(tables, keys)? {
        (Some(rows), Some(keys)) => rows == keys,
        (None, _) | (_, None) => true,
    })
}

/// Gives both files a name when they have none: that of the other, or `fresh`.
///
/// # Errors
/// What the back end says.
pub fn name(
    tables: &mut dyn Tables,
    keys: &mut dyn Keys,
    fresh: Lineage,
) -> Result<Lineage, StoreError> {
    let (of_rows, of_keys) = read(tables, keys)?;
    let lineage = of_keys.or(of_rows).unwrap_or(fresh);
    if of_keys.is_none() {
        keys.put_secret(NAME, &lineage)?;
    }
    if of_rows.is_none() {
        let (kind, key, body) = (KIND.to_owned(), NAME.to_owned(), lineage.to_vec());
        tables.commit(&Batch { writes: vec![Write::PutDocument(Document { kind, key, body })] })?;
    }
    Ok(lineage)
}

#[cfg(test)]
mod tests;
