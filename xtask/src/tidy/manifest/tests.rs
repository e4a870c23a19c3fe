//! Manifests are read in every spelling that cargo allows.

use super::{Kind, Manifest};
use crate::tidy::tree::Tree;

#[test]
fn dependencies_of_every_kind_are_found_with_their_lines() {
    let text = "[package]\nname = \"a\"\n[dependencies]\nb = \"1\"\nx = { package = \"c\" }\n\
        [target.'cfg(unix)'.build-dependencies]\nd.workspace = true\n[dev-dependencies.e]\npath = \"\"\n";
    let tree = Tree::of(&[("crates/a/Cargo.toml", text), ("crates/a/fuzz/Cargo.toml", "bad =")]);
    let all: Vec<Manifest> = Manifest::all(&tree).into_iter().map(Result::unwrap).collect();
    let found: Vec<(&str, Kind, usize)> =
        all[0].dependencies.iter().map(|one| (one.package.as_str(), one.kind, one.line)).collect();
    let expected = [
        ("b", Kind::Normal, 4),
        ("c", Kind::Normal, 5),
        ("e", Kind::Dev, 8),
        ("d", Kind::Build, 7),
    ];
    assert_eq!(found, expected);
    assert_eq!(all.len(), 1);
}

#[test]
fn a_broken_manifest_is_a_finding() {
    let tree = Tree::of(&[("xtask/Cargo.toml", "x ="), ("crates/a/Cargo.toml", "[package]")]);
    assert!(Manifest::all(&tree).iter().all(Result::is_err));
}

#[test]
fn documentation_tests_run_unless_switched_off() {
    let check = |lib: &str, expected: bool| {
        let text = format!("[package]\nname = \"a\"\n{lib}");
        let tree = Tree::of(&[("crates/a/Cargo.toml", &text)]);
        let manifest = Manifest::all(&tree).remove(0).unwrap();
        assert_eq!(manifest.has_documentation_tests(), expected, "{lib}");
    };
    check("", true);
    check("[lib]\ndoctest = true", true);
    check("[lib]\ndoctest = false", false);
}
