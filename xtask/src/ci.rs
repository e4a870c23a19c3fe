//! `cargo xtask ci`: what CI runs, in order; the first failure ends it.
//!
//! The cheap steps come first. All compile with the `release` profile, so that a fresh machine
//! builds the dependencies once for tests and once as metadata for clippy and the documentation.

use std::time::{Duration, Instant};

use crate::shell::{self, Error, Shell};
use crate::{suite, tidy, wasm};

type Step = fn(&Shell) -> Result<(), Error>;

const STEPS: &[(&str, Step)] = &[
    ("fmt", fmt),
    ("tidy", tidy::run),
    ("clippy", clippy),
    ("test", test),
    ("doc", doc),
    ("wasm", wasm::run),
    ("deny", deny),
];

/// Runs every step, then prints how long each took, also after a failure.
pub(crate) fn run(shell: &Shell) -> Result<(), Error> {
    let mut times = Vec::new();
    let mut outcome = Ok(());
    for (name, step) in STEPS {
        println!("\n== {name} ==");
        let start = now();
        outcome = step(shell);
        times.push((*name, start.elapsed()));
        if outcome.is_err() {
            break;
        }
    }
    print_times(&times, outcome.is_ok());
    outcome
}

fn print_times(times: &[(&str, Duration)], good: bool) {
    println!("\n== steps ==");
    for (name, time) in times {
        println!("{name:8} {:8.1} s", time.as_secs_f64());
    }
    let total: Duration = times.iter().map(|(_, time)| *time).sum();
    println!("{:8} {:8.1} s", "total", total.as_secs_f64());
    let ran = times.len();
    println!("ci {}: {ran} of {} steps ran", if good { "passed" } else { "FAILED" }, STEPS.len());
}

#[expect(clippy::disallowed_methods, reason = "the duration of a step is what we print")]
fn now() -> Instant {
    Instant::now()
}

fn fmt(shell: &Shell) -> Result<(), Error> {
    shell::run(&mut shell.cargo(&["fmt", "--all", "--check"]))
}

fn clippy(shell: &Shell) -> Result<(), Error> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--release", "--locked"];
    shell::run(shell.cargo(&arguments).args(["--", "-D", "warnings"]))
}

fn test(shell: &Shell) -> Result<(), Error> {
    suite::run(shell, &[])
}

fn doc(shell: &Shell) -> Result<(), Error> {
    let arguments = ["doc", "--workspace", "--no-deps", "--release", "--locked"];
    shell::run(shell.cargo(&arguments).env("RUSTDOCFLAGS", "-D warnings"))
}

/// Licences, bans and sources change only with the lock file. Advisories need a network that CI
/// does not have; they belong to a release.
fn deny(shell: &Shell) -> Result<(), Error> {
    let installed = shell::find("cargo-deny").is_some();
    let range = ["diff", "--quiet", "HEAD~1", "--", "Cargo.lock"];
    let unchanged = shell::succeeds(shell.program("git").args(range));
    if !installed || unchanged {
        println!(
            "skipped: a release step (cargo-deny installed: {installed}, Cargo.lock unchanged: {unchanged})"
        );
        return Ok(());
    }
    let arguments = ["deny", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"];
    shell::run(&mut shell.cargo(&arguments))
}
