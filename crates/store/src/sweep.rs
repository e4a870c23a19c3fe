//! The retention sweep and the collection of orphaned keys, written once for every back end.
//!
//! Both work in bounded steps, so that the one writer is never away for long; the caller goes on
//! until a step has no `more`.

use std::collections::BTreeSet;

use domain::id::Pseudonym;
use domain::time::Day;

use crate::erase::TableCount;
use crate::error::StoreError;
use crate::keys::Keys;
use crate::port::{Batch, Tables, Write};
use crate::schema::DECLARED;

/// What one step of the retention sweep did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Deleted rows, for every table that had some.
    pub tables: Vec<TableCount>,
    /// Who lost rows, and where: the caller unlearns them.
    pub touched: BTreeSet<(&'static str, Pseudonym)>,
    /// Whether rows that expired are left.
    pub more: bool,
}

/// Deletes at most `limit` rows whose last day was before `today` (GDPR Art. 5(1)(e)).
///
/// The bytes are gone from the write-ahead log after the next `scrub`.
///
/// # Errors
/// What the back end says.
pub fn retention(tables: &mut dyn Tables, today: Day, limit: usize) -> Result<Swept, StoreError> {
    let mut swept = Swept::default();
    let mut batch = Batch::default();
    for declaration in &DECLARED {
        let table = declaration.table;
        let room = limit.saturating_sub(batch.writes.len());
        let keys = tables.expired(table, today, room.saturating_add(1))?;
        swept.more |= keys.len() > room;
        let mut rows = 0;
        for (pseudonym, id) in keys.into_iter().take(room) {
            batch.writes.push(Write::Delete { table, pseudonym, id });
            swept.touched.insert((table, pseudonym));
            rows += 1;
        }
        if rows > 0 {
            swept.tables.push(TableCount { table, rows });
        }
    }
    if !batch.writes.is_empty() {
        tables.commit(&batch)?;
    }
    Ok(swept)
}

/// One step through the key store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orphans {
    /// Keys without any row.
    pub pseudonyms: Vec<Pseudonym>,
    /// Where the next step begins; none when this one was the last.
    pub next: Option<Pseudonym>,
}

/// Looks at the `limit` keys behind `after` and lists those that seal no row.
///
/// A key is written before its first row, so only the writer may ask, between two batches. Keys of
/// a purpose without a declared table are not judged.
///
/// # Errors
/// What the back ends say.
pub fn orphans(
    tables: &dyn Tables,
    keys: &dyn Keys,
    after: Option<Pseudonym>,
    limit: usize,
) -> Result<Orphans, StoreError> {
    let page = keys.page(after, limit)?;
    let next = if page.len() < limit { None } else { page.last().map(|row| row.pseudonym) };
    let mut orphans = Orphans { pseudonyms: Vec::new(), next };
    for row in page {
        let mut has_table = false;
        let mut rows = 0;
        for declaration in DECLARED.iter().filter(|one| one.purpose == row.purpose) {
            has_table = true;
            rows += tables.count_of(declaration.table, row.pseudonym)?;
        }
        if has_table && rows == 0 {
            orphans.pseudonyms.push(row.pseudonym);
        }
    }
    Ok(orphans)
}

#[cfg(test)]
mod tests;
