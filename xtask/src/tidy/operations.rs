//! Every operation of the OpenAPI document appears in the refusal table.
//!
//! An endpoint whose refusals nobody wrote down is an endpoint that nobody tried to break.

use serde_json::Value;

use super::Finding;
use super::tree::Tree;

const DOCUMENT: &str = "docs/openapi.json";
const TABLE: &str = "crates/server/tests/it/refusals.rs";
/// Where further rows of the table may stand.
const MORE: &str = "crates/server/tests/it/refusals/";

/// Compares the document with the table; before there is a document there is nothing to do.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(document) = tree.get(DOCUMENT) else { return Vec::new() };
    let finding = |path, advice: String| Finding::new(path, 1, "refusal-table", advice);
    let Ok(json) = serde_json::from_str::<Value>(&document.text) else {
        return vec![finding(DOCUMENT, "this is not JSON: generate it again".into())];
    };
    let Some(table) = tree.get(TABLE) else {
        return vec![finding(DOCUMENT, format!("there are operations but no {TABLE}: write it"))];
    };
    let mut findings = Vec::new();
    for (place, id) in operations(&json) {
        let Some(id) = id else {
            findings.push(finding(DOCUMENT, format!("{place} has no operationId: give it one")));
            continue;
        };
        let named = format!("\"{id}\"");
        let more = tree.files.iter().filter(|file| file.path.starts_with(MORE));
        if !std::iter::once(table).chain(more).any(|file| file.text.contains(&named)) {
            findings.push(finding(TABLE, format!("{id} ({place}) is missing: add its refusals")));
        }
    }
    findings
}

const METHODS: &[&str] =
    &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

fn operations(document: &Value) -> Vec<(String, Option<&str>)> {
    let paths = document.get("paths").and_then(Value::as_object);
    let mut found = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) {
                let id = operation.get("operationId").and_then(Value::as_str);
                found.push((format!("{} {path}", method.to_uppercase()), id));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
