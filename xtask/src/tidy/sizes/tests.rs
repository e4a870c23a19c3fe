//! Files that are too long.

use crate::tidy::tests::check as findings;

#[track_caller]
fn check(path: &str, lines: usize, expected: &[&str]) {
    findings(super::check, &[(path, &"x\n".repeat(lines))], expected);
}

#[test]
fn long_files_are_refused() {
    check("crates/a/src/lib.rs", 500, &[]);
    check("crates/a/src/lib.rs", 501, &["crates/a/src/lib.rs:501 size"]);
    check("crates/a/src/lib/tests.rs", 800, &[]);
    check("crates/a/src/lib/tests.rs", 801, &["crates/a/src/lib/tests.rs:801 size"]);
    check("crates/server/assets/shop.css", 501, &["crates/server/assets/shop.css:501 size"]);
    check("docs/openapi.json", 5_000, &[]);
}
