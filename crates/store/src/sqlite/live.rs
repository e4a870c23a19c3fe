//! What really lies in the files of a store, read from the files and not from the declarations.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;
use crate::schema::{Live, ROW_COLUMNS, TECHNICAL};
use crate::sqlite::{keys, tables};

/// The tables of the two files in the folder `dir`, with their columns in their order. The store
/// must be closed.
///
/// # Errors
/// What SQLite says.
pub fn schema(dir: &Path) -> Result<Vec<Live>, StoreError> {
    let mut found = Vec::new();
    for file in [tables::FILE, keys::FILE] {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(dir.join(file.name), flags)?;
        let mut statement = connection.prepare(
            "SELECT m.name, p.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS p
             WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             ORDER BY m.name, p.cid",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (table, column): (String, String) = (row.get(0)?, row.get(1)?);
            match found.last_mut() {
                Some(Live { file: known, table: last, columns })
                    if *known == file.name && *last == table =>
                {
                    columns.push(column);
                }
                Some(_) | None => {
                    found.push(Live { file: file.name, table, columns: vec![column] });
                }
            }
        }
    }
    Ok(found)
}

/// What lies on disk and is neither declared nor listed as technical, each in a line. An empty list
/// is what a shop should see.
pub fn undeclared(live: &[Live]) -> Vec<String> {
    let mut lines = Vec::new();
    for one in live {
        let known = match one.table.strip_prefix(tables::PREFIX) {
            Some(table) if one.file == tables::FILE.name => {
                crate::schema::declared(table).is_ok().then_some(&ROW_COLUMNS[..])
            }
            Some(_) | None => TECHNICAL
                .iter()
                .find(|known| known.file == one.file && known.table == one.table)
                .map(|known| known.columns),
        };
        match known {
            None => lines.push(format!("{}: the table {} is not declared", one.file, one.table)),
            Some(known) if one.columns != known => {
                let (columns, known) = (one.columns.join(", "), known.join(", "));
                lines.push(format!(
                    "{}: the table {} has the columns {columns}, declared are {known}",
                    one.file, one.table
                ));
            }
            Some(_) => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests;
