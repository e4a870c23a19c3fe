//! Which lock files belong to tests.

use std::path::PathBuf;

use super::folder;

#[track_caller]
fn check(file: &str, expected: Option<&str>) {
    assert_eq!(folder(file), expected.map(PathBuf::from), "{file:?}");
}

#[test]
fn lock_files_under_a_tests_folder_are_installed() {
    check("tests/node/package-lock.json", Some("tests/node"));
    check("crates/server/tests/node/package-lock.json", Some("crates/server/tests/node"));
    check("crates/server/tests/node/package.json", None);
    check("docs/package-lock.json", None);
}
