//! A file fits a reader: 500 lines of source, 800 of tests. (Clippy counts functions.)

use super::Finding;
use super::tree::Tree;

const SOURCE_LINES_MAX: usize = 500;
const TEST_LINES_MAX: usize = 800;

/// Source and assets that people write; generated documents and data are not counted.
const WRITTEN: &[&str] = &["rs", "js", "mjs", "ts", "css", "html", "py", "sh"];

/// Counts the lines of every written file.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| WRITTEN.contains(&file.extension())) {
        let lines = file.text.lines().count();
        let lines_max = if file.is_test() { TEST_LINES_MAX } else { SOURCE_LINES_MAX };
        if lines > lines_max {
            let advice = format!("{lines} lines, at most {lines_max}: split it by responsibility");
            findings.push(Finding::new(&file.path, lines_max + 1, "size", advice));
        }
    }
    findings
}

#[cfg(test)]
mod tests;
