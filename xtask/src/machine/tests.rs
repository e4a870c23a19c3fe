//! What counts as there, and what someone without root is told.

use super::{FOR_TESTS, FOR_WASM, Package, Seen, advice, is_seen};
use crate::shell::Shell;

#[track_caller]
fn check(seen: Seen, expected: bool) {
    let package = Package { name: "no-such-package", seen, why: "a test" };
    let shell = Shell::new().unwrap();
    assert_eq!(is_seen(&shell, &package), expected, "{:?}", package.seen);
}

#[test]
fn packages_are_recognized_by_what_they_bring() {
    check(Seen::Program("sh"), true);
    check(Seen::Program("no-such-program"), false);
    check(Seen::Path("/"), true);
    check(Seen::Path("/no/such/path"), false);
    check(Seen::Python("no_such_module"), false);
    check(Seen::Installed, false);
}

#[test]
fn without_root_the_command_is_named() {
    let missing: Vec<&Package> = FOR_TESTS.iter().chain(FOR_WASM).take(2).collect();
    let text = advice(&missing);
    let command = "sudo apt-get install --no-install-recommends chromium chromium-driver";
    assert!(text.ends_with(command), "{text}");
}
