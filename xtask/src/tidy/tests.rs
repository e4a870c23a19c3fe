//! What every rule's tests use: the rule's findings on a small tree, as `path:line rule`.

use super::tree::Tree;
use super::{Finding, Rule};

#[track_caller]
pub(super) fn check(rule: Rule, files: &[(&str, &str)], expected: &[&str]) {
    let mut findings = rule(&Tree::of(files));
    findings.sort();
    let found: Vec<String> =
        findings.iter().map(|one| format!("{}:{} {}", one.path, one.line, one.rule)).collect();
    assert_eq!(found, expected, "{findings:#?}");
}

#[test]
fn a_finding_names_its_place_its_rule_and_what_to_do() {
    let finding = Finding::new("crates/a/src/lib.rs", 7, "size", "split it");
    assert_eq!(finding.to_string(), "crates/a/src/lib.rs:7: [size] split it");
}
