//! Arrows that are refused.

use crate::tidy::tests::check as findings;

/// Writes `name: normal; dev` rows as manifests. The first dependency is on line 4.
#[track_caller]
fn check(crates: &[(&str, &[&str], &[&str])], expected: &[&str]) {
    let mut files = Vec::new();
    for (name, normal, dev) in crates {
        let mut text = format!("[package]\nname = \"{name}\"\n[dependencies]\n");
        normal.iter().for_each(|to| text += &format!("{to} = {{ workspace = true }}\n"));
        text += "[dev-dependencies]\n";
        dev.iter().for_each(|to| text += &format!("{to} = {{ workspace = true }}\n"));
        let folder = if *name == "xtask" { "xtask".into() } else { format!("crates/{name}") };
        files.push((format!("{folder}/Cargo.toml"), text));
    }
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    findings(super::check, &files, expected);
}

#[test]
fn declared_arrows_pass() {
    check(
        &[
            ("domain", &["serde"], &["testkit"]),
            ("personal", &["domain"], &[]),
            ("ingest", &["domain", "personal"], &["testkit"]),
            ("recommend", &["domain"], &["testkit"]),
            ("testkit", &["domain", "recommend"], &[]),
            ("server", &["domain", "ingest", "recommend"], &["testkit"]),
        ],
        &[],
    );
}

#[test]
fn an_arrow_that_is_not_declared_is_refused() {
    check(
        &[("domain", &["personal"], &[]), ("personal", &[], &[])],
        &["crates/domain/Cargo.toml:4 arrow"],
    );
    check(&[("xtask", &["domain"], &[]), ("domain", &[], &[])], &["xtask/Cargo.toml:4 arrow"]);
    check(
        &[("ingest", &["testkit"], &[]), ("testkit", &[], &[])],
        &["crates/ingest/Cargo.toml:4 arrow"],
    );
}

#[test]
fn a_crate_without_a_row_is_refused() {
    check(&[("attic", &[], &[])], &["crates/attic/Cargo.toml:1 arrow"]);
}

#[test]
fn a_room_that_imports_a_room_is_refused_even_in_tests() {
    let refused = "crates/rights/Cargo.toml:4 room-imports-room";
    check(&[("rights", &["vault"], &[]), ("vault", &[], &[])], &[refused]);
    let refused = "crates/rights/Cargo.toml:5 room-imports-room";
    check(&[("rights", &[], &["vault"]), ("vault", &[], &[])], &[refused]);
}

#[test]
fn a_learning_room_reaches_no_personal_data_by_any_path() {
    let [direct, test] = ["crates/recommend/Cargo.toml:4", "crates/recommend/Cargo.toml:5"];
    let rule = "learning-imports-personal";
    check(
        &[("recommend", &["personal"], &[]), ("personal", &[], &[])],
        &[&format!("{direct} arrow"), &format!("{direct} {rule}")],
    );
    check(
        &[("recommend", &[], &["personal"]), ("personal", &[], &[])],
        &[&format!("{test} arrow"), &format!("{test} {rule}")],
    );
    check(
        &[
            ("recommend", &[], &["testkit"]),
            ("testkit", &["personal"], &[]),
            ("personal", &[], &[]),
        ],
        &[&format!("{test} {rule}")],
    );
    // What the testkit's own tests use does not reach the room.
    check(
        &[
            ("recommend", &[], &["testkit"]),
            ("testkit", &[], &["personal"]),
            ("personal", &[], &[]),
        ],
        &[],
    );
}
