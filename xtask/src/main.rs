//! The workbench: `cargo xtask ci|test|tidy|wasm|help`.
//!
//! CI runs `cargo xtask ci` and nothing else, so that a developer's machine can repeat every
//! step of it. `tidy` is pure (files in, findings out); the other commands start programs.
//! This crate depends on no crate of the house, so that it builds when the house does not.

#![expect(clippy::print_stdout, reason = "a command line tool speaks on standard output")]

mod ci;
mod machine;
mod node;
mod python;
mod shell;
mod suite;
mod tidy;
mod wasm;

use std::process::ExitCode;

use shell::{Error, Shell};

const HELP: &str = "\
cargo xtask COMMAND

  ci     what CI runs, in its order: fmt, tidy, clippy, test, doc, wasm, deny
  test   sets the machine up (Debian packages, node packages, a Python environment)
         and runs every test; words after it go to the runner: cargo xtask test -p domain
  tidy   checks the shape of the repository: arrows between crates, the register of
         processing, manifests, sizes, names, words, tests, the refusal table, messages
  wasm   builds the on-device crates for wasm32-unknown-unknown
  help   prints this text

CARGO_TARGET_DIR is respected. Missing Debian packages are installed only as root.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let command = arguments.first().map_or("help", String::as_str);
    let rest = arguments.get(1..).unwrap_or_default();
    match run(command, rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nxtask {command}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, rest: &[String]) -> Result<(), Error> {
    if matches!(command, "help" | "--help" | "-h") {
        println!("{HELP}");
        return Ok(());
    }
    let shell = Shell::new()?;
    match command {
        "ci" => ci::run(&shell),
        "test" => suite::run(&shell, rest),
        "tidy" => tidy::run(&shell),
        "wasm" => wasm::run(&shell),
        _ => Err(Error::Advice(format!("there is no command {command:?}\n\n{HELP}"))),
    }
}
