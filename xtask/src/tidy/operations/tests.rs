//! Operations without refusals.

use crate::tidy::tests::check as findings;

const DOCUMENT: &str = r#"{"paths": {"/v1/track": {"post": {"operationId": "track"}, "parameters": []},
    "/v1/consents": {"get": {"operationId": "consents_read"}}}}"#;

#[track_caller]
fn check(document: &str, table: Option<&str>, expected: &[&str]) {
    let mut files = vec![("docs/openapi.json", document)];
    files.extend(table.map(|table| ("crates/server/tests/it/refusals.rs", table)));
    findings(super::check, &files, expected);
}

#[test]
fn operations_without_refusals_are_refused() {
    let missing = "crates/server/tests/it/refusals.rs:1 refusal-table";
    check(DOCUMENT, Some("row(\"track\"); row(\"consents_read\");"), &[]);
    check(DOCUMENT, Some("row(\"track\");"), &[missing]);
    check(DOCUMENT, Some("row(\"track_all\"); // consents_read"), &[missing, missing]);
    check(DOCUMENT, None, &["docs/openapi.json:1 refusal-table"]);
    check("{", Some(""), &["docs/openapi.json:1 refusal-table"]);
    let nameless = r#"{"paths": {"/": {"get": {}}}}"#;
    check(nameless, Some(""), &["docs/openapi.json:1 refusal-table"]);
}

#[test]
fn without_a_document_there_is_nothing_to_do() {
    findings(super::check, &[], &[]);
}
