//! Arrows between crates point down, along a declared table (ARCHITECTURE.md draws it).
//!
//! Three rules: an arrow must be declared; a room never imports a room; a learning room never
//! reaches the crate that opens personal data, by any path and not even in its tests.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Finding;
use super::manifest::{Dependency, Kind, Manifest};
use super::tree::Tree;

const ROOMS: &[&str] = &[
    "ingest",
    "consent",
    "rights",
    "notices",
    "vault",
    "staff",
    "ledger",
    "recommend",
    "federated",
    "pricing",
    "demand",
    "experiments",
    "audit",
    "risk",
    "guard",
    "assistant",
];

const LEARNING: &[&str] = &["recommend", "federated", "pricing", "demand", "experiments", "audit"];

/// Where a crate's arrows may end.
enum Ends {
    At(&'static [&'static str]),
    Anywhere,
}

/// What a crate may use in its product and in its build. A new crate gets a row here.
const PRODUCT: &[(&str, Ends)] = &[
    ("domain", Ends::At(&[])),
    ("personal", Ends::At(&["domain"])),
    ("privacy", Ends::At(&[])),
    ("pii", Ends::At(&[])),
    ("ingest", Ends::At(&["domain", "personal"])),
    ("consent", Ends::At(&["domain", "personal"])),
    ("rights", Ends::At(&["domain", "personal"])),
    ("vault", Ends::At(&["domain", "personal"])),
    ("notices", Ends::At(&["domain", "personal"])),
    ("ledger", Ends::At(&["domain"])),
    ("recommend", Ends::At(&["domain"])),
    ("federated", Ends::At(&["domain", "privacy"])),
    ("store", Ends::At(&["domain", "personal"])),
    ("testkit", Ends::At(&["domain", "personal", "recommend"])),
    ("server", Ends::Anywhere),
    ("xtask", Ends::At(&[])),
];

/// What a crate may use in its tests, besides its product's arrows.
const TESTS: &[(&str, Ends)] = &[
    ("domain", Ends::At(&["testkit"])),
    ("personal", Ends::At(&["testkit"])),
    ("pii", Ends::At(&[])),
    ("ingest", Ends::At(&["testkit"])),
    ("consent", Ends::At(&["testkit"])),
    ("rights", Ends::At(&["testkit"])),
    ("vault", Ends::At(&["testkit"])),
    ("privacy", Ends::At(&[])),
    ("notices", Ends::At(&[])),
    ("ledger", Ends::At(&[])),
    ("recommend", Ends::At(&["testkit"])),
    ("federated", Ends::At(&[])),
    ("store", Ends::At(&["testkit", "vault"])),
    ("testkit", Ends::At(&["personal"])),
    ("server", Ends::Anywhere),
    ("xtask", Ends::At(&[])),
];

/// Checks every arrow of every crate.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let (manifests, mut findings) = split(Manifest::all(tree));
    let house: BTreeSet<&str> = manifests.iter().map(|manifest| manifest.name.as_str()).collect();
    for manifest in &manifests {
        let Some(product) = row(PRODUCT, &manifest.name) else {
            let advice = "this crate has no row in the table of arrows; declare what it may use in \
                xtask/src/tidy/arrows.rs";
            findings.push(Finding::new(&manifest.path, 1, "arrow", advice));
            continue;
        };
        let arrows = manifest.dependencies.iter();
        for arrow in arrows.filter(|arrow| house.contains(arrow.package.as_str())) {
            findings.extend(check_arrow(manifest, product, arrow));
        }
    }
    findings.extend(manifests.iter().filter_map(|manifest| check_learning(manifest, &manifests)));
    findings
}

fn split(all: Vec<Result<Manifest, Finding>>) -> (Vec<Manifest>, Vec<Finding>) {
    let mut manifests = Vec::new();
    let mut findings = Vec::new();
    for one in all {
        match one {
            Ok(manifest) => manifests.push(manifest),
            Err(finding) => findings.push(finding),
        }
    }
    (manifests, findings)
}

fn row<'a>(table: &'a [(&str, Ends)], name: &str) -> Option<&'a Ends> {
    table.iter().find(|(row, _)| *row == name).map(|(_, ends)| ends)
}

fn check_arrow(from: &Manifest, product: &Ends, arrow: &Dependency) -> Option<Finding> {
    let (name, to) = (from.name.as_str(), arrow.package.as_str());
    let finding = |rule, advice| Some(Finding::new(&from.path, arrow.line, rule, advice));
    if ROOMS.contains(&name) && ROOMS.contains(&to) {
        let advice = format!(
            "the room {name} imports the room {to}: move what they share to domain or personal, \
             or let the server pass it in as a value"
        );
        return finding("room-imports-room", advice);
    }
    let tests = row(TESTS, name).filter(|_| arrow.kind == Kind::Dev);
    let declared = std::iter::once(product).chain(tests).any(|ends| match ends {
        Ends::Anywhere => true,
        Ends::At(names) => names.contains(&to),
    });
    if declared {
        return None;
    }
    let advice = format!(
        "{name} -> {to} is not a declared arrow: do without it, or declare it in \
         xtask/src/tidy/arrows.rs with a reviewer"
    );
    finding("arrow", advice)
}

/// Follows a learning room's arrows of every kind, then the product arrows of what they reach.
fn check_learning(room: &Manifest, all: &[Manifest]) -> Option<Finding> {
    if !LEARNING.contains(&room.name.as_str()) {
        return None;
    }
    let by_name: BTreeMap<&str, &Manifest> =
        all.iter().map(|manifest| (manifest.name.as_str(), manifest)).collect();
    let mut seen = BTreeSet::new();
    let mut open: Vec<(&Dependency, usize, String)> = Vec::new();
    for arrow in &room.dependencies {
        open.push((arrow, arrow.line, format!("{} -> {}", room.name, arrow.package)));
    }
    while let Some((arrow, line, way)) = open.pop() {
        if arrow.package == "personal" {
            let advice = format!("a learning room reaches personal data ({way}): it must not");
            return Some(Finding::new(&room.path, line, "learning-imports-personal", advice));
        }
        if !seen.insert(arrow.package.as_str()) {
            continue;
        }
        let next = by_name.get(arrow.package.as_str()).into_iter();
        for arrow in next.flat_map(|manifest| &manifest.dependencies) {
            if arrow.kind != Kind::Dev {
                open.push((arrow, line, format!("{way} -> {}", arrow.package)));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
