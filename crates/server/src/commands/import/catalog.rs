//! A file of items: the last row of an item counts.

use std::collections::BTreeMap;

use domain::catalog::Item;
use domain::id::ItemId;

use crate::commands::import::report::Report;
use crate::commands::import::table::Rows;
use crate::commands::{Failure, OrFail as _, progress};
use crate::engine::Engine;

/// Items that become durable together.
const GROUP_ITEMS: usize = 20_000;

/// Takes the items of a file into the catalog.
///
/// # Errors
/// A file that cannot be read, or what the store says.
pub fn take(engine: &mut Engine, rows: Rows, report: &mut Report) -> Result<(), Failure> {
    let mut items: BTreeMap<ItemId, Item> = BTreeMap::new();
    rows.each(|line, columns, row| {
        let row = match row {
            Ok(row) => row,
            Err(code) => return report.refuse(line, code, "row is not readable"),
        };
        match columns.catalog_item(row) {
            Ok(item) => {
                items.insert(item.id.clone(), item);
                report.taken += 1;
                Ok(())
            }
            Err(refusal) => report.refuse(line, refusal.code(), refusal),
        }
    })?;
    report.notes.push(format!("{} items", items.len()));
    put(engine, items.into_values().collect())
}

/// Declares the items that the catalog does not know yet, under their own id as title; says how
/// many.
///
/// # Errors
/// What the store says.
pub fn declare(engine: &mut Engine, ids: &[ItemId]) -> Result<usize, Failure> {
    let fresh: Vec<Item> = {
        let taught = engine.shared.taught();
        let unknown = ids.iter().filter(|id| !taught.catalog.contains_key(id));
        unknown
            .filter_map(|id| Item::new(id.clone(), id.as_str().to_owned()).admit().ok())
            .collect()
    };
    let count = fresh.len();
    put(engine, fresh)?;
    Ok(count)
}

fn put(engine: &mut Engine, items: Vec<Item>) -> Result<(), Failure> {
    let bar = progress(items.len() as u64, "items");
    let mut left = items;
    while !left.is_empty() {
        let rest = left.split_off(left.len().min(GROUP_ITEMS));
        let count = left.len() as u64;
        let now = engine.shared.clock.now();
        engine.put_items(left, now).or_fail("the catalog cannot be written")?;
        bar.inc(count);
        left = rest;
    }
    bar.finish_and_clear();
    Ok(())
}
