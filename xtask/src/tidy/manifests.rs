//! Every crate takes its lints and its dependencies from the workspace.
//!
//! A version or a feature that one crate adds changes what every other crate is built with;
//! declared in one table, it is seen.

use toml::Value;

use super::Finding;
use super::manifest::{Dependency, Manifest};
use super::tree::Tree;

/// Checks each crate's manifest. One that cannot be read is reported by the rule of arrows.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in Manifest::all(tree).into_iter().flatten() {
        let lints = manifest.table.get("lints").and_then(|lints| lints.get("workspace"));
        if lints.and_then(Value::as_bool) != Some(true) {
            let advice = "add `[lints] workspace = true`";
            findings.push(Finding::new(&manifest.path, 1, "lints", advice));
        }
        for dependency in &manifest.dependencies {
            if let Some((rule, advice)) = problem(dependency) {
                let advice = format!("{}: {advice}", dependency.package);
                findings.push(Finding::new(&manifest.path, dependency.line, rule, advice));
            }
        }
    }
    findings
}

fn problem(dependency: &Dependency) -> Option<(&'static str, &'static str)> {
    let value = &dependency.value;
    if value.get("workspace").and_then(Value::as_bool) != Some(true) {
        return Some((
            "version",
            "declare it in `[workspace.dependencies]`, write `workspace = true`",
        ));
    }
    let widened = ["features", "default-features"].iter().any(|key| value.get(key).is_some());
    widened.then_some(("features", "declare its features in `[workspace.dependencies]`"))
}

#[cfg(test)]
mod tests;
