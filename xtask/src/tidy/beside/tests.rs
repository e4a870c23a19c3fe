//! Tests inside source files.

use crate::tidy::tests::check as findings;

#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    findings(super::check, &[(path, text)], expected);
}

#[test]
fn test_modules_with_a_body_are_refused() {
    let path = "crates/a/src/lib.rs";
    let refused = ["crates/a/src/lib.rs:2 inline-tests"];
    check(path, "#[cfg(test)]\nmod tests {\n}", &refused);
    check(path, "#[cfg(test)]\nmod laws {\n}", &refused);
    check(path, "#[cfg(test)]\nmod tests;", &[]);
    check(path, "mod sealed {\n}", &[]);
    check("crates/a/tests/it/main.rs", "mod tests {\n}", &[]);
}
