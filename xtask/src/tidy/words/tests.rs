//! Words that are refused.

use crate::tidy::tests::check as findings;

#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|rule| format!("{path}:2 {rule}")).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    findings(super::check, &[(path, &format!("first\n{text}\n"))], &expected);
}

#[test]
fn unfinished_work_is_refused() {
    check("README.md", "TODO: write", &["unfinished"]);
    check("crates/a/src/lib.rs", "// FIXME later", &["unfinished"]);
    check("crates/a/src/lib.rs", "// XXX", &["unfinished"]);
    check("crates/a/src/lib.rs", "let none = \"XXX\"; // HACK", &["unfinished"]);
    check("crates/a/src/lib.rs", "let none = \"XXX\";", &[]);
    check("README.md", "XXXL is a size, todo is Spanish", &[]);
}

#[test]
fn promises_that_nobody_can_keep_are_refused() {
    check("README.md", "It is 100 % secure", &["promise"]);
    check("README.md", "Malware-free and more", &["promise"]);
    check("docs/a.html", "<p>DDoS-proof</p>", &["promise"]);
}

#[test]
fn places_of_one_machine_are_refused() {
    check("docs/a.md", &format!("see /{}/main", "work"), &["place"]);
    check(".ci/run", "ls /root/.cargo", &["place"]);
    check("a/package-lock.json", "\"resolved\": \"https://registry.example/axe\"", &["place"]);
    check("a/package-lock.json", "\"integrity\": \"sha512-XXX+TODO\"", &[]);
    check("Cargo.lock", "source = \"registry+https://registry.example/index\"", &[]);
}

#[test]
fn rust_code_that_hides_things_is_refused() {
    let path = "crates/a/src/lib.rs";
    check(path, "pub use domain::ItemId;", &["re-export"]);
    check(path, "// pub use domain::ItemId;", &[]);
    check(path, "#[ignore = \"slow\"]", &["ignored-test"]);
}

#[test]
fn tests_that_wait_for_time_are_refused() {
    let path = "crates/a/src/lib/tests.rs";
    check(path, "std::thread::sleep(d);", &["sleep-in-test"]);
    check(path, "tokio::time::sleep(d).await;", &["sleep-in-test"]);
    check("crates/a/src/lib.rs", "tokio::time::sleep(d).await;", &[]);
}
