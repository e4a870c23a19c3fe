//! `cargo xtask tidy`: what the compiler cannot know about the shape of this repository.
//!
//! One path: `tree::read` loads every file that git tracks or would track; each rule is a pure
//! function from the tree to findings; a finding names its place, its rule and what to do.
//! Rules read text, not syntax trees: `code` blanks comments and strings, which is enough here
//! and builds in a second.

pub(crate) mod manifest;
pub(crate) mod tree;

mod arrows;
mod beside;
mod code;
mod manifests;
mod messages;
mod names;
mod operations;
mod register;
mod sizes;
mod words;

use std::fmt;

use crate::shell::{Error, Shell};
use tree::Tree;

/// One thing to repair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    rule: &'static str,
    advice: String,
}

impl Finding {
    fn new(path: &str, line: usize, rule: &'static str, advice: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, rule, advice: advice.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: [{}] {}", self.path, self.line, self.rule, self.advice)
    }
}

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[Rule] = &[
    arrows::check,
    beside::check,
    manifests::check,
    messages::check,
    names::check,
    operations::check,
    register::check,
    sizes::check,
    words::check,
];

/// Runs every rule and prints what they found.
pub(crate) fn run(shell: &Shell) -> Result<(), Error> {
    let tree = tree::read(shell)?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {} files, {} findings", tree.files.len(), findings.len());
    if findings.is_empty() {
        return Ok(());
    }
    Err(Error::Advice(
        "the places above are to be repaired; the rules are in xtask/src/tidy".into(),
    ))
}

#[cfg(test)]
mod tests;
