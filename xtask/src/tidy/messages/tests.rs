//! Messages with capitals and full stops.

use crate::tidy::tests::check as findings;

#[track_caller]
fn check(text: &str, good: bool) {
    let path = "crates/server/src/jobs.rs";
    let expected: &[&str] = if good { &[] } else { &["crates/server/src/jobs.rs:2 message"] };
    findings(super::check, &[(path, &format!("\n{text}"))], expected);
}

#[test]
fn messages_are_lower_case_without_a_full_stop() {
    check("tracing::info!(\"started\");", true);
    check("tracing::info!(\"Started\");", false);
    check("tracing::warn!(\"started.\");", false);
    check("tracing::error!(at = %\"X.\", rows = f(1, \"Y.\"), \"refused\");", true);
    check("tracing::error!(target: \"Store\", code = 1, \"Refused\");", false);
    check("tracing::debug!(rows, \"SQLite is open\");", true);
    check("tracing::debug!(rows = 1);", true);
    check("// tracing::info!(\"Started.\");", true);
    check("#[error(\"Refused\")] A,", false);
    check("#[error(\"refused at byte {at}\")] A,", true);
}

#[test]
fn tests_may_say_what_they_like() {
    findings(super::check, &[("crates/a/src/x/tests.rs", "info!(\"Bad.\");")], &[]);
}
