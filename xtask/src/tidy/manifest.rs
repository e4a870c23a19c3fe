//! Crate manifests as the rules read them.

use toml::{Table, Value};

use super::Finding;
use super::tree::{File, Tree};

/// The part of a build that a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Build,
    Dev,
}

impl Kind {
    fn key(self) -> &'static str {
        match self {
            Self::Normal => "dependencies",
            Self::Build => "build-dependencies",
            Self::Dev => "dev-dependencies",
        }
    }
}

/// One line of a dependency table.
#[derive(Debug)]
pub(crate) struct Dependency {
    /// The package, whatever it is called in this crate.
    pub(crate) package: String,
    pub(crate) kind: Kind,
    pub(crate) line: usize,
    pub(crate) value: Value,
}

/// The manifest of one crate of the workspace.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) table: Table,
}

impl Manifest {
    /// Every crate's manifest; one that cannot be read is a finding.
    pub(crate) fn all(tree: &Tree) -> Vec<Result<Self, Finding>> {
        tree.files.iter().filter(|file| is_crate(&file.path)).map(Self::parse).collect()
    }

    fn parse(file: &File) -> Result<Self, Finding> {
        let broken = |advice: String| Finding::new(&file.path, 1, "manifest", advice);
        let table: Table = file.text.parse().map_err(|error| broken(format!("{error}")))?;
        let name = table.get("package").and_then(|package| package.get("name"));
        let name = name.and_then(Value::as_str);
        let name = name.ok_or_else(|| broken("give the package a name".into()))?.to_owned();
        let dependencies = dependencies(&table, &file.text);
        Ok(Self { path: file.path.clone(), name, dependencies, table })
    }

    /// Whether `cargo test --doc` has anything to do here; the workbench is no library.
    pub(crate) fn has_documentation_tests(&self) -> bool {
        let switch = self.table.get("lib").and_then(|lib| lib.get("doctest"));
        self.name != "xtask" && switch.and_then(Value::as_bool) != Some(false)
    }
}

fn is_crate(path: &str) -> bool {
    let inside = path.strip_prefix("crates/").and_then(|rest| rest.strip_suffix("/Cargo.toml"));
    path == "xtask/Cargo.toml" || inside.is_some_and(|name| !name.contains('/'))
}

fn dependencies(table: &Table, text: &str) -> Vec<Dependency> {
    let targets = table.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(Table::values).filter_map(Value::as_table);
    let mut found = Vec::new();
    for table in std::iter::once(table).chain(targets) {
        for kind in [Kind::Normal, Kind::Build, Kind::Dev] {
            let entries = table.get(kind.key()).and_then(Value::as_table);
            for (name, value) in entries.into_iter().flatten() {
                let package = value.get("package").and_then(Value::as_str).unwrap_or(name);
                let line = line_of(text, kind, name);
                found.push(Dependency {
                    package: package.into(),
                    kind,
                    line,
                    value: value.clone(),
                });
            }
        }
    }
    found
}

/// The line of an entry in the sections of its kind; 1 when it is written in an unusual way.
fn line_of(text: &str, kind: Kind, name: &str) -> usize {
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        if let Some(header) = line.trim().strip_prefix('[') {
            let header = header.trim_end_matches(']');
            let section = header.strip_suffix(&format!(".{name}")).unwrap_or(header);
            inside = section == kind.key() || section.ends_with(&format!(".{}", kind.key()));
            if inside && section != header {
                return index + 1;
            }
        }
        let key = line.split(['=', '.']).next().unwrap_or_default().trim().trim_matches('"');
        if inside && key == name {
            return index + 1;
        }
    }
    1
}

#[cfg(test)]
mod tests;
