//! Names that say nothing are refused, for files, modules, types and functions.
//!
//! Whole words count, in snake case and camel case. `helper` is a party of a VDAF, so the crate
//! `federated` may use it.

use super::Finding;
use super::code;
use super::tree::{File, Tree};

const BANNED: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"];

const RUST_KEYWORDS: &[&str] =
    &["fn", "mod", "struct", "enum", "union", "trait", "type", "macro_rules"];

const SCRIPT_KEYWORDS: &[&str] = &["function", "class"];

/// Checks paths, then definitions.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        if let Some(word) = file.path.split('/').find_map(|part| banned(part, file)) {
            findings.push(Finding::new(&file.path, 1, "name", advice("a path", word)));
        }
        if file.path.ends_with("/mod.rs") {
            let advice = "name the file after its module, beside its folder";
            findings.push(Finding::new(&file.path, 1, "mod-rs", advice));
        }
        match file.extension() {
            "rs" => definitions(file, &code::mask(&file.text), RUST_KEYWORDS, &mut findings),
            "js" | "mjs" | "ts" => definitions(file, &file.text, SCRIPT_KEYWORDS, &mut findings),
            _ => {}
        }
    }
    findings
}

fn definitions(file: &File, code: &str, keywords: &[&str], findings: &mut Vec<Finding>) {
    let mut after_keyword = false;
    for (offset, name) in code::identifiers(code) {
        if let Some(word) = banned(name, file).filter(|_| after_keyword) {
            let line = code::line_at(code, offset);
            findings.push(Finding::new(&file.path, line, "name", advice(name, word)));
        }
        after_keyword = keywords.contains(&name);
    }
}

fn advice(name: &str, word: &str) -> String {
    format!("{name} contains {word:?}: say what it does")
}

fn banned(name: &str, file: &File) -> Option<&'static str> {
    let words = words(name);
    let found = BANNED.iter().find(|word| words.iter().any(|own| own == *word));
    let is_vdaf = file.path.starts_with("crates/federated/");
    found.copied().filter(|word| !(is_vdaf && matches!(*word, "helper" | "helpers")))
}

/// Splits `snake_case`, `kebab-case`, `camelCase` and dots into lower-case words.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_lower) {
            words.push(String::new());
        }
        after_lower = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests;
