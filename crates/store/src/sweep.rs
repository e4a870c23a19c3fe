//! The retention sweep and the collection of orphaned keys, written once for every back end.
//!
//! Both work in bounded steps, so that the one writer is never away for long; the caller goes on
//! until a step has no `more`.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{Pseudonym, RowId};
use domain::time::Day;
use personal::keeping::Keep;
use personal::purpose::PurposeName;

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

/// How long one person lets data of one purpose be kept: shorter than declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnPeriod {
    /// Who, in that purpose.
    pub pseudonym: Pseudonym,
    /// Which purpose.
    pub purpose: PurposeName,
    /// How long.
    pub keep: Keep,
}

/// Rows of one person that are older than the person lets them be kept.
///
/// # Errors
/// What the back end says.
pub fn overdue(
    tables: &dyn Tables,
    period: &OwnPeriod,
    today: Day,
) -> Result<Vec<(&'static str, RowId)>, StoreError> {
    let mut overdue = Vec::new();
    for declaration in DECLARED.iter().filter(|one| one.purpose == period.purpose) {
        if period.keep.of(declaration) == declaration.keep_days_max {
            continue;
        }
        let rows = tables.rows_of(declaration.table, period.pseudonym)?;
        let over = rows.iter().filter(|row| period.keep.ends(declaration, row.expires) <= today);
        overdue.extend(over.map(|row| (declaration.table, row.id)));
    }
    Ok(overdue)
}

/// Deletes what people let nobody keep any longer, in one commit.
///
/// The bytes are gone from the write-ahead log after the next `scrub`.
///
/// # Errors
/// What the back end says.
pub fn shortened(
    tables: &mut dyn Tables,
    periods: &[OwnPeriod],
    today: Day,
) -> Result<Swept, StoreError> {
    let mut swept = Swept::default();
    let mut batch = Batch::default();
    let mut rows: BTreeMap<&'static str, u64> = BTreeMap::new();
    for period in periods {
        let pseudonym = period.pseudonym;
        for (table, id) in overdue(tables, period, today)? {
            batch.writes.push(Write::Delete { table, pseudonym, id });
            swept.touched.insert((table, pseudonym));
            *rows.entry(table).or_default() += 1;
        }
    }
    swept.tables = rows.into_iter().map(|(table, rows)| TableCount { table, rows }).collect();
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
