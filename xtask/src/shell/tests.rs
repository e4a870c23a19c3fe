//! Programs are found, shown and told apart from their failures.

use std::ffi::OsStr;
use std::process::Command;

use super::{Error, describe, find, is_about_this_package, output, run, succeeds};

#[test]
fn a_command_is_shown_as_it_is_typed() {
    let mut command = Command::new("/usr/bin/cargo");
    command.args(["build", "-p", "domain"]);
    assert_eq!(describe(&command), "cargo build -p domain");
}

#[test]
fn a_bad_exit_and_a_missing_program_are_errors() {
    assert!(matches!(run(&mut Command::new("false")), Err(Error::Failed { .. })));
    assert!(matches!(output(&mut Command::new("no-such-program")), Err(Error::Io { .. })));
    assert!(!succeeds(&mut Command::new("false")));
    assert_eq!(output(Command::new("echo").arg("x")).unwrap(), b"x\n");
}

#[test]
fn programs_are_found_on_the_path() {
    assert!(find("sh").is_some());
    assert_eq!(find("no-such-program"), None);
}

#[test]
fn variables_about_this_package_are_taken_away() {
    let check = |key: &str, expected: bool| {
        assert_eq!(is_about_this_package(OsStr::new(key)), expected, "{key}");
    };
    check("CARGO_PKG_NAME", true);
    check("CARGO_MANIFEST_DIR", true);
    check("CARGO_TARGET_DIR", false);
    check("CARGO_HOME", false);
}
