//! The package as a page that opens anywhere: no script, nothing from elsewhere.

use std::collections::BTreeMap;

use askama::Template;
use serde_json::Value;

use crate::access::{Package, RowOut, TableOut};

/// The page of a package.
#[derive(Debug, Template)]
#[template(path = "access/package.html")]
struct PackagePage<'a> {
    package: &'a Package,
    held: Vec<Drawn<'a>>,
    empty: Vec<&'a TableOut>,
}

/// A table with rows.
#[derive(Debug)]
struct Drawn<'a> {
    table: &'a TableOut,
    rows: Vec<Vec<String>>,
}

/// Draws the page.
///
/// # Errors
/// What the template says.
pub fn html(package: &Package) -> Result<String, askama::Error> {
    let (held, empty): (Vec<_>, Vec<_>) =
        package.tables.iter().partition(|table| !table.rows.is_empty());
    let held = held.into_iter().map(|table| drawn(table, &package.items)).collect();
    PackagePage { package, held, empty }.render()
}

fn drawn<'a>(table: &'a TableOut, items: &BTreeMap<String, String>) -> Drawn<'a> {
    let cell = |row: &RowOut, name: &str| {
        row.values.get(name).map(|value| words(value, items)).unwrap_or_default()
    };
    let cells = |row: &RowOut| {
        let fields = table.fields.iter().map(|field| cell(row, field.name));
        fields.chain([row.kept_until.clone()]).collect()
    };
    Drawn { table, rows: table.rows.iter().map(cells).collect() }
}

/// A value in one line; items by their name.
fn words(value: &Value, items: &BTreeMap<String, String>) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => items.get(text).unwrap_or(text).clone(),
        Value::Array(list) => {
            let list: Vec<String> = list.iter().map(|one| words(one, items)).collect();
            list.join(", ")
        }
        Value::Object(map) => match (map.get("item"), map.get("at")) {
            (Some(item), Some(at)) => format!("{} ({})", words(item, items), words(at, items)),
            _ => value.to_string(),
        },
    }
}
