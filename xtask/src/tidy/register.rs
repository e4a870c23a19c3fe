//! The record of processing stands in one file, and only the declaration macro makes storage.
//!
//! A `Covers` line says that a purpose may read a kind of data (GDPR Art. 30); all of them are in
//! `crates/personal/src/register.rs`. `Stored` is implemented by `record!` in
//! `crates/personal/src/record.rs` and nowhere else: what is not declared cannot be stored.
//! `OwnCopy`, the door that asks no consent because the person stands before it, is used by the
//! engine's work on requests of people alone, and `Handover` by the command with which a shop takes
//! everything along. The room `notices` takes declarations of `personal`
//! and no door: it writes about data and never opens any.
//! Programs that must not compile (`tests/ui`) may try.

use super::Finding;
use super::code;
use super::tree::Tree;

const REGISTER: &str = "crates/personal/src/register.rs";
const RECORD: &str = "crates/personal/src/record.rs";
const OWN: [&str; 3] = [
    "crates/personal/src/own.rs",
    "crates/personal/src/own/tests.rs",
    "crates/server/src/engine/own.rs",
];

/// The door of a shop that leaves, which asks no consent either.
const HANDOVER: [&str; 5] = [
    "crates/personal/src/handover.rs",
    "crates/server/src/commands/export.rs",
    "crates/server/src/leaving/again.rs",
    "crates/server/src/leaving/taking.rs",
    "crates/server/src/leaving/tests.rs",
];

/// The room that writes about personal data, and what it may take of `personal`.
const NOTICES: &str = "crates/notices/src/";
const TYPES: [&str; 4] = ["kinds", "purpose", "record", "register"];

/// Looks at every `impl Trait for Type` of the repository.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust().filter(|file| !file.is_compile_fail()) {
        let masked = code::mask(&file.text);
        let own = code::identifiers(&masked).find(|(_, word)| *word == "OwnCopy");
        if let Some((offset, _)) = own.filter(|_| !OWN.contains(&file.path.as_str())) {
            let line = code::line_at(&masked, offset);
            let advice = "`OwnCopy` opens without consent: only the engine's `own.rs` uses it";
            findings.push(Finding::new(&file.path, line, "own-door", advice.to_owned()));
        }
        let leaves = code::identifiers(&masked).find(|(_, word)| *word == "Handover");
        if let Some((offset, _)) = leaves.filter(|_| !HANDOVER.contains(&file.path.as_str())) {
            let line = code::line_at(&masked, offset);
            let advice = "`Handover` opens without consent: only `confidant export` uses it";
            findings.push(Finding::new(&file.path, line, "handover-door", advice.to_owned()));
        }
        let door = doors(&masked).next().filter(|_| file.path.starts_with(NOTICES));
        if let Some((offset, name)) = door {
            let line = code::line_at(&masked, offset);
            let advice = format!("notices takes declarations of `personal` only, not `{name}`");
            findings.push(Finding::new(&file.path, line, "notices-types-only", advice));
        }
        for (offset, name) in implementations(&masked) {
            let (rule, home, advice) = match name {
                "Covers" => ("covers-outside-register", REGISTER, "write this line there"),
                "Stored" => ("stored-by-hand", RECORD, "declare the struct with its `record!`"),
                _ => continue,
            };
            if file.path != home {
                let line = code::line_at(&masked, offset);
                let advice = format!("`{name}` is implemented only in {home}: {advice}");
                findings.push(Finding::new(&file.path, line, rule, advice));
            }
        }
    }
    findings
}

/// What stands behind `personal::` and is no declaration, with its offset.
fn doors(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let paths = code.match_indices("personal::").map(|(offset, path)| offset + path.len());
    let named = paths.filter_map(|offset| {
        let (_, name) = code::identifiers(code.get(offset..)?).next()?;
        Some((offset, name))
    });
    named.filter(|(_, name)| !TYPES.contains(name))
}

/// The last name of each implemented trait, with the offset of its `impl`.
fn implementations(code: &str) -> Vec<(usize, &str)> {
    let words = code::identifiers(code).filter(|(_, word)| *word == "impl");
    let found = words.filter_map(|(offset, word)| {
        let name = trait_name(code.get(offset + word.len()..)?)?;
        Some((offset, name))
    });
    found.collect()
}

/// Reads `<generics> path::Name<arguments> for`; an `impl` of a type itself has no `for`.
fn trait_name(header: &str) -> Option<&str> {
    let header = skip_generics(header.trim_start())?.trim_start();
    let path_end = header.find(['<', ' ', '\n', '{', ')', ',', ';', '>'])?;
    let (path, rest) = header.split_at_checked(path_end)?;
    let rest = skip_generics(rest.trim_start())?.trim_start();
    let implements = rest.strip_prefix("for").is_some_and(|next| !next.starts_with(['<', '_']));
    if implements { path.rsplit("::").next() } else { None }
}

fn skip_generics(text: &str) -> Option<&str> {
    if !text.starts_with('<') {
        return Some(text);
    }
    let mut depth = 0_u32;
    let mut last = ' ';
    for (offset, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if last != '-' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(offset + 1..);
        }
        last = c;
    }
    None
}

#[cfg(test)]
mod tests;
