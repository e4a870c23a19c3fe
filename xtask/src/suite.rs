//! `cargo xtask test`: sets the machine up and runs every test.
//!
//! One path: Debian packages, node packages, a Python environment; then the documentation
//! tests of the crates that have them; then everything else with nextest where it is installed
//! and with plain `cargo test` otherwise. Benches are built by clippy and never run as tests.
//!
//! Tests find the outside world in these variables:
//! `CONFIDANT_CHROMIUM`, `CONFIDANT_CHROMEDRIVER`, `CONFIDANT_VALGRIND` and `CONFIDANT_GO` are
//! programs,
//! `CONFIDANT_NODE_MODULES` is the first installed `node_modules` (the folders under `tests` in
//! the order of their paths), and `CONFIDANT_VENV` is the folder of the Python environment.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::machine::{self, FOR_TESTS};
use crate::shell::{self, Error, Shell};
use crate::tidy::manifest::Manifest;
use crate::tidy::tree;
use crate::{node, python};

/// Runs the tests; `rest` goes to the runner (`-p domain`, a filter).
pub(crate) fn run(shell: &Shell, rest: &[String]) -> Result<(), Error> {
    let variables = set_up(shell)?;
    if rest.is_empty() {
        documentation(shell)?;
    }
    let mut command = runner(shell, rest);
    command.envs(variables);
    shell::run(&mut command)
}

fn set_up(shell: &Shell) -> Result<Vec<(&'static str, OsString)>, Error> {
    machine::install(shell, FOR_TESTS)?;
    let modules = node::install(shell, &tree::list(shell)?)?;
    let venv = python::install(shell)?;
    let found: [(&str, Option<PathBuf>); 6] = [
        ("CONFIDANT_CHROMIUM", shell::find("chromium")),
        ("CONFIDANT_CHROMEDRIVER", shell::find("chromedriver")),
        ("CONFIDANT_NODE_MODULES", modules.into_iter().next()),
        ("CONFIDANT_VENV", venv),
        ("CONFIDANT_VALGRIND", shell::find("valgrind")),
        ("CONFIDANT_GO", shell::find("go")),
    ];
    let found = found.into_iter().filter_map(|(name, path)| Some((name, path?.into_os_string())));
    Ok(found.collect())
}

/// Nextest does not run documentation tests. They go first, so that the suite's own summary,
/// not this small one, closes the output.
fn documentation(shell: &Shell) -> Result<(), Error> {
    let manifests = tree::read(shell)?;
    let manifests: Vec<Manifest> = Manifest::all(&manifests).into_iter().flatten().collect();
    let mut arguments = vec!["test", "--doc", "--release"];
    for manifest in manifests.iter().filter(|manifest| manifest.has_documentation_tests()) {
        arguments.extend(["-p", &manifest.name]);
    }
    if !arguments.contains(&"-p") {
        println!("documentation tests: every crate declares that it has none");
        return Ok(());
    }
    shell::run(&mut shell.cargo(&arguments))
}

fn runner(shell: &Shell, rest: &[String]) -> Command {
    let nextest = shell::succeeds(&mut shell.cargo(&["nextest", "--version"]));
    let arguments: &[&str] = if nextest {
        &["nextest", "run", "--release", "--profile", "ci"]
    } else {
        &["test", "--release", "--lib", "--bins", "--tests", "--no-fail-fast"]
    };
    let mut command = shell.cargo(arguments);
    // A package or a filter narrows the run; without one it is the whole workspace.
    if !rest.iter().any(|word| word == "-p" || word == "--package") {
        command.arg("--workspace");
    }
    command.args(rest);
    command
}
