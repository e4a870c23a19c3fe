//! An access package in the form of WordPress's personal-data exporters: pages of groups of names
//! and values.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::access::Package;

/// Rows of one page.
pub const PAGE_ROWS: usize = 100;

/// One name and its value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NamedValue {
    /// What it is.
    pub name: &'static str,
    /// Its value.
    pub value: String,
}

/// One row of a table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExportItem {
    /// The table.
    pub group_id: String,
    /// What the table holds.
    pub group_label: &'static str,
    /// Table and place of the row.
    pub item_id: String,
    /// Names and values.
    pub data: Vec<NamedValue>,
}

/// One page of an export.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExportPage {
    /// The rows.
    pub data: Vec<ExportItem>,
    /// Whether there is no page after this one.
    pub done: bool,
}

/// A page of a package; pages begin at 1.
pub fn page(package: &Package, number: usize) -> ExportPage {
    let skip = number.saturating_sub(1).saturating_mul(PAGE_ROWS);
    let rows = package.tables.iter().flat_map(|table| {
        table.rows.iter().enumerate().map(move |(place, row)| (table, place, row))
    });
    let mut rows = rows.skip(skip);
    let data = rows
        .by_ref()
        .take(PAGE_ROWS)
        .map(|(table, place, row)| ExportItem {
            group_id: format!("confidant-{}", table.table),
            group_label: table.what,
            item_id: format!("{}-{place}", table.table),
            data: table
                .fields
                .iter()
                .filter_map(|field| {
                    let value = text(row.values.get(field.name)?);
                    Some(NamedValue { name: field.what, value })
                })
                .collect(),
        })
        .collect();
    ExportPage { data, done: rows.next().is_none() }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}
