//! Tests stand beside the code, in a file of their own: `#[cfg(test)] mod tests;`.

use super::Finding;
use super::code;
use super::tree::Tree;

/// Looks for test modules with a body in source files.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust().filter(|file| file.path.contains("src/") && !file.is_test()) {
        let masked = code::mask(&file.text);
        for offset in inline_tests(&masked) {
            let line = code::line_at(&masked, offset);
            let advice = "move these tests to a sibling file and write `mod tests;` at the bottom";
            findings.push(Finding::new(&file.path, line, "inline-tests", advice));
        }
    }
    findings
}

/// Offsets of `mod name {` where the name is `tests` or the module is under `#[cfg(test)]`.
fn inline_tests(code: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut previous = (0, "");
    for (offset, word) in code::identifiers(code) {
        let (start, keyword) = std::mem::replace(&mut previous, (offset, word));
        let after = code.get(offset + word.len()..).unwrap_or_default();
        if keyword != "mod" || !after.trim_start().starts_with('{') {
            continue;
        }
        let before = code.get(..start).unwrap_or_default().trim_end();
        if word == "tests" || before.ends_with("#[cfg(test)]") {
            found.push(offset);
        }
    }
    found
}

#[cfg(test)]
mod tests;
