//! Manifests that go their own way.

use crate::tidy::tests::check as findings;

#[track_caller]
fn check(body: &str, expected: &[&str]) {
    let text = format!("[package]\nname = \"domain\"\n{body}\n");
    findings(super::check, &[("crates/domain/Cargo.toml", &text)], expected);
}

const LINTS: &str = "[lints]\nworkspace = true";

#[test]
fn lints_come_from_the_workspace() {
    check(LINTS, &[]);
    check("", &["crates/domain/Cargo.toml:1 lints"]);
    check("[lints.clippy]\npanic = \"allow\"", &["crates/domain/Cargo.toml:1 lints"]);
}

#[test]
fn versions_come_from_the_workspace() {
    let refused = ["crates/domain/Cargo.toml:6 version"];
    check(&format!("{LINTS}\n[dependencies]\nserde = \"1\""), &refused);
    check(&format!("{LINTS}\n[dev-dependencies]\nserde = {{ version = \"1\" }}"), &refused);
    check(&format!("{LINTS}\n[dependencies]\nserde = {{ path = \"../serde\" }}"), &refused);
    check(
        &format!("{LINTS}\n[dependencies]\nserde = {{ workspace = true, optional = true }}"),
        &[],
    );
}

#[test]
fn features_come_from_the_workspace() {
    let refused = ["crates/domain/Cargo.toml:6 features"];
    let line = "serde = { workspace = true, features = [\"rc\"] }";
    check(&format!("{LINTS}\n[dependencies]\n{line}"), &refused);
    let line = "serde = { workspace = true, default-features = true }";
    check(&format!("{LINTS}\n[build-dependencies]\n{line}"), &refused);
}
