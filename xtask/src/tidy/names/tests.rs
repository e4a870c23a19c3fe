//! Names that say nothing.

use crate::tidy::tests::check as findings;

#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    findings(super::check, &[(path, text)], expected);
}

#[test]
fn files_and_folders_with_empty_names_are_refused() {
    check("crates/a/src/utils.rs", "", &["crates/a/src/utils.rs:1 name"]);
    check("crates/a/tests/common/world.rs", "", &["crates/a/tests/common/world.rs:1 name"]);
    check("docs/misc-notes.md", "", &["docs/misc-notes.md:1 name"]);
    check("crates/a/src/utility.rs", "", &[]);
    check("crates/a/src/a/mod.rs", "", &["crates/a/src/a/mod.rs:1 mod-rs"]);
}

#[test]
fn definitions_with_empty_names_are_refused() {
    let path = "crates/a/src/lib.rs";
    let refused = ["crates/a/src/lib.rs:2 name"];
    check(path, "\nstruct ShopManager;", &refused);
    check(path, "\nfn date_utils() {}", &refused);
    check(path, "\npub(crate) mod helpers;", &refused);
    check(path, "\nmacro_rules! misc { () => {} }", &refused);
    check(path, "// a helper fn utils() of common::misc\nlet common = \"fn utils\";", &[]);
    check("assets/shop.js", "\nfunction getHelper() {}", &["assets/shop.js:2 name"]);
}

#[test]
fn the_second_party_of_a_vdaf_keeps_its_name() {
    check("crates/federated/src/helper.rs", "struct HelperShare;", &[]);
    check("crates/federated/src/utils.rs", "", &["crates/federated/src/utils.rs:1 name"]);
}
