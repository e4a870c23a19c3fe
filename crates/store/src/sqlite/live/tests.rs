//! What is on disk and not declared is found: a table, a column, a view.

use std::path::Path;

use domain::id::ShopId;
use rusqlite::Connection;

use crate::schema::{DECLARED, TECHNICAL};
use crate::sqlite::keys::SqliteKeys;
use crate::sqlite::live::{schema, undeclared};
use crate::sqlite::tables::SqliteTables;

fn store() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shop = ShopId::parse("clothes").unwrap();
    drop(SqliteTables::open(folder.path(), &shop).unwrap());
    drop(SqliteKeys::open(folder.path(), &shop).unwrap());
    folder
}

fn change(dir: &Path, file: &str, sql: &str) -> Vec<String> {
    Connection::open(dir.join(file)).unwrap().execute_batch(sql).unwrap();
    undeclared(&schema(dir).unwrap())
}

#[test]
fn a_new_store_holds_what_is_declared_and_what_is_listed() {
    let folder = store();
    let live = schema(folder.path()).unwrap();
    let databases = TECHNICAL.iter().filter(|one| one.file.ends_with(".db")).count();
    assert_eq!(live.len(), DECLARED.len() + databases, "{live:?}");
    assert_eq!(undeclared(&live), Vec::<String>::new());
}

#[test]
fn what_is_not_declared_is_named() {
    let folder = store();
    let dir = folder.path();
    let found = change(dir, "data.db", "CREATE TABLE looks (at INTEGER)");
    assert_eq!(found, ["data.db: the table looks is not declared"]);
    let found = change(dir, "keys.db", "CREATE TABLE rows_history_event (pseudonym BLOB)");
    assert!(found.contains(&"keys.db: the table rows_history_event is not declared".to_owned()));
    let found = change(dir, "keys.db", "CREATE VIEW names AS SELECT blind FROM key");
    assert!(found.contains(&"keys.db: the table names is not declared".to_owned()), "{found:?}");
    let found = change(dir, "data.db", "ALTER TABLE rows_preferences ADD COLUMN email TEXT");
    let column = "data.db: the table rows_preferences has the columns pseudonym, id, expires, \
        sealed, email, declared are pseudonym, id, expires, sealed";
    assert!(found.contains(&column.to_owned()), "{found:?}");
}
