//! Erasure over the declarations (GDPR Art. 17), written once for every back end.
//!
//! The order decides what a crash can leave behind: the intent is durable before this begins
//! (`Keys::begin`), then the keys go, then the rows, then the write-ahead logs. Each step may be
//! done twice.

use std::collections::BTreeSet;

use domain::id::Pseudonym;
use personal::purpose::PurposeName;
use personal::record::{Declaration, OnErasure};

use crate::error::StoreError;
use crate::keys::Keys;
use crate::port::{Batch, Tables, Write};
use crate::schema::DECLARED;

/// Whose data goes: the person's pseudonym in each purpose. One pair only is a withdrawal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasePlan {
    /// The pairs; a purpose may come more than once.
    pub people: Vec<(PurposeName, Pseudonym)>,
}

/// How many rows of one table an erasure concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableCount {
    /// Name of the table.
    pub table: &'static str,
    /// How many rows.
    pub rows: u64,
}

/// Rows that stay, with the reason that the receipt names (GDPR Art. 17(3)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Name of the table.
    pub table: &'static str,
    /// How many rows.
    pub rows: u64,
    /// The article that allows it.
    pub basis: &'static str,
    /// For how long at most, in days from writing.
    pub days: u32,
}

/// What an erasure concerns, or what it did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Rows that go, for every table of the plan's purposes that does not keep them.
    pub tables: Vec<TableCount>,
    /// Rows that stay, for every table of the plan's purposes that keeps them.
    pub kept: Vec<Kept>,
    /// How many keys were destroyed.
    pub keys: u64,
}

/// Counts what [`erase`] would delete and keep, and changes nothing. A caller that seals these
/// numbers into the intent can still name them in the receipt when a crash came between.
///
/// # Errors
/// What the back end says.
pub fn survey(tables: &dyn Tables, plan: &ErasePlan) -> Result<Erased, StoreError> {
    let mut erased = Erased::default();
    for declaration in &DECLARED {
        let mut found = false;
        let mut rows = 0;
        for &pseudonym in of_purpose(plan, declaration.purpose) {
            found = true;
            rows += tables.count_of(declaration.table, pseudonym)?;
        }
        if found {
            match declaration.on_erasure {
                OnErasure::Delete => {
                    erased.tables.push(TableCount { table: declaration.table, rows });
                }
                OnErasure::Keep { basis, days } => {
                    erased.kept.push(Kept { table: declaration.table, rows, basis, days });
                }
            }
        }
    }
    Ok(erased)
}

/// Destroys keys, deletes rows and truncates both logs. May be done again at any time.
///
/// # Privacy
/// When it returns, no row of the plan's pseudonyms is left in a table that is declared `Delete`,
/// no key of a purpose that keeps nothing, and neither is in a write-ahead log.
///
/// # Errors
/// What the back ends say. Then the intent must stay, so that the erasure is done again.
pub fn erase(
    tables: &mut dyn Tables,
    keys: &mut dyn Keys,
    plan: &ErasePlan,
) -> Result<Erased, StoreError> {
    let erased = remove(tables, keys, plan)?;
    scrub(tables, keys)?;
    Ok(erased)
}

/// The first half of [`erase`] for a caller that unlearns before the logs are truncated.
///
/// # Errors
/// See [`erase`].
pub fn remove(
    tables: &mut dyn Tables,
    keys: &mut dyn Keys,
    plan: &ErasePlan,
) -> Result<Erased, StoreError> {
    let mut erased = survey(tables, plan)?;
    let shredded: BTreeSet<Pseudonym> = plan
        .people
        .iter()
        .filter(|(purpose, _)| !keeps_rows(*purpose))
        .map(|(_, pseudonym)| *pseudonym)
        .collect();
    erased.keys = keys.destroy(&shredded.into_iter().collect::<Vec<_>>())?;

    let mut batch = Batch::default();
    for declaration in DECLARED.iter().filter(|declaration| deletes(declaration)) {
        for &pseudonym in of_purpose(plan, declaration.purpose) {
            batch.writes.push(Write::DeleteAll { table: declaration.table, pseudonym });
        }
    }
    if !batch.writes.is_empty() {
        tables.commit(&batch)?;
    }
    Ok(erased)
}

/// The second half of [`erase`]: what was deleted is in no file any more.
///
/// # Errors
/// See [`erase`].
pub fn scrub(tables: &mut dyn Tables, keys: &mut dyn Keys) -> Result<(), StoreError> {
    keys.scrub()?;
    tables.scrub()
}

/// Whether a purpose has a table whose rows outlive an erasure; its keys must stay as well.
fn keeps_rows(purpose: PurposeName) -> bool {
    DECLARED.iter().any(|declaration| declaration.purpose == purpose && !deletes(declaration))
}

fn deletes(declaration: &Declaration) -> bool {
    matches!(declaration.on_erasure, OnErasure::Delete)
}

fn of_purpose(plan: &ErasePlan, purpose: PurposeName) -> impl Iterator<Item = &Pseudonym> {
    plan.people.iter().filter(move |(of, _)| *of == purpose).map(|(_, pseudonym)| pseudonym)
}

#[cfg(test)]
mod tests;
