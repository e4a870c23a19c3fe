//! Log and error messages: lower case, no full stop.
//!
//! They are parts of longer lines, written by whoever prints them. A first word with a second
//! capital (`SQLite`, `TLS`) is a name and stays.

use super::Finding;
use super::code;
use super::tree::{File, Tree};

const MACROS: &[&str] = &["trace", "debug", "info", "warn", "error"];

/// Checks the messages of `tracing` macros and of `thiserror` attributes in the crates' source.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let files = tree.rust().filter(|file| file.path.starts_with("crates/"));
    for file in files.filter(|file| file.path.contains("/src/") && !file.is_test()) {
        let masked = code::mask(&file.text);
        for offset in messages(&masked) {
            findings.extend(problem(file, &masked, offset));
        }
    }
    findings
}

/// Offsets of the opening quotes of messages.
fn messages(code: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for (offset, word) in code::identifiers(code).filter(|(_, word)| MACROS.contains(word)) {
        let start = offset + word.len();
        let after = code.get(start..).unwrap_or_default();
        let is_attribute = code.get(..offset).is_some_and(|before| before.ends_with("#["));
        if is_attribute && after.starts_with("(\"") {
            found.push(start + 1);
        } else if after.starts_with("!(") {
            found.extend(message(after).map(|inside| start + inside));
        }
    }
    found
}

/// The first argument of a macro call that is a literal by itself (`field = "x"` is not).
fn message(call: &str) -> Option<usize> {
    let mut depth = 0_u32;
    let mut starts_argument = false;
    let mut in_text = false;
    for (offset, c) in call.char_indices() {
        match c {
            '"' if starts_argument && depth == 1 && !in_text => return Some(offset),
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && c == ')' {
            return None;
        }
        let is_separator = c == ',' || (c == '(' && depth == 1);
        starts_argument = is_separator || (starts_argument && c.is_whitespace());
    }
    None
}

fn problem(file: &File, masked: &str, offset: usize) -> Option<Finding> {
    let end = offset + 1 + masked.get(offset + 1..)?.find('"')?;
    let text = file.text.get(offset + 1..end)?;
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_name = first.chars().filter(|c| c.is_uppercase()).count() > 1;
    let capital = first.starts_with(char::is_uppercase) && !is_name;
    if !capital && !text.ends_with('.') {
        return None;
    }
    let advice = format!("{text:?}: start in lower case and end without a full stop");
    Some(Finding::new(&file.path, code::line_at(masked, offset), "message", advice))
}

#[cfg(test)]
mod tests;
