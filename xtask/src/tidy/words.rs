//! Words that must not reach the repository, in source and in documents.
//!
//! Marks of unfinished work; promises that nobody can keep; paths and hosts of one machine; and
//! in Rust: re-exports, ignored tests, and tests that wait for time to pass.

use super::Finding;
use super::code;
use super::tree::{File, Tree};

/// This rule has to name what it refuses.
const OWN_FILES: &[&str] = &["xtask/src/tidy/words.rs", "xtask/src/tidy/words/tests.rs"];

const UNFINISHED: &[&str] = &["TODO", "FIXME", "XXX", "HACK"];

const PROMISES: &[&str] = &["100 % secure", "100% secure", "malware-free", "ddos-proof"];

/// Where one machine keeps its work and its users.
const PLACES: &[&str] = &["/work/", "/root/"];

/// What a lock file says of where a package came from; the registry is the machine's to choose.
const RESOLVED: &str = "\"resolved\":";

/// Checks every text file line by line, then Rust code without comments and strings.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !OWN_FILES.contains(&file.path.as_str())) {
        let is_lock = file.path.ends_with("Cargo.lock") || file.path.ends_with("package-lock.json");
        for (index, line) in file.text.lines().enumerate() {
            let found = if is_lock { place(line) } else { word(line) };
            let finding =
                found.map(|(rule, advice)| Finding::new(&file.path, index + 1, rule, advice));
            findings.extend(finding);
        }
        if file.extension() == "rs" {
            rust(file, &mut findings);
        }
    }
    findings
}

type Found = Option<(&'static str, String)>;

fn word(line: &str) -> Found {
    // Quoted, it is the ISO 4217 code for "no currency".
    let line = &line.replace("\"XXX\"", "");
    let unfinished = UNFINISHED
        .iter()
        .find(|mark| code::identifiers(line).any(|(_, word)| word == **mark))
        .map(|mark| ("unfinished", format!("{mark}: finish it, or file an issue")));
    let promise = || {
        let line = line.to_lowercase();
        let found = PROMISES.iter().find(|promise| line.contains(*promise));
        found.map(|promise| ("promise", format!("{promise:?}: say what was checked, against what")))
    };
    unfinished.or_else(promise).or_else(|| place(line))
}

fn place(line: &str) -> Found {
    let mut places = PLACES.iter().chain([&RESOLVED]);
    let found = places.find(|place| line.contains(**place));
    found.map(|place| ("place", format!("{place:?} is of one machine or registry: leave it out")))
}

fn rust(file: &File, findings: &mut Vec<Finding>) {
    let code = code::mask(&file.text);
    let mut report = |offset: usize, rule, advice: &str| {
        findings.push(Finding::new(&file.path, code::line_at(&code, offset), rule, advice));
    };
    for (offset, _) in code.match_indices("pub use ") {
        report(offset, "re-export", "one name per thing: let callers write its own path");
    }
    for (offset, _) in code.match_indices("#[ignore") {
        report(offset, "ignored-test", "a test runs or is deleted");
    }
    if file.is_test() {
        for (offset, _) in code::identifiers(&code).filter(|(_, word)| *word == "sleep") {
            report(offset, "sleep-in-test", "wait for an event, never for time");
        }
    }
}

#[cfg(test)]
mod tests;
