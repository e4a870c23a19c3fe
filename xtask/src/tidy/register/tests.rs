//! `Covers` and `Stored` outside their files.

use super::implementations;
use crate::tidy::tests::check;

#[test]
fn a_covers_line_outside_the_register_is_refused() {
    let line = "use x;\nimpl Covers<Basket> for Marketing {}\n";
    check(super::check, &[("crates/personal/src/register.rs", line)], &[]);
    check(super::check, &[("crates/personal/tests/ui/forged.rs", line)], &[]);
    let refused = "crates/server/src/path.rs:2 covers-outside-register";
    check(super::check, &[("crates/server/src/path.rs", line)], &[refused]);
}

#[test]
fn a_stored_implementation_by_hand_is_refused() {
    let by_macro = "macro_rules! record { () => { impl $crate::record::Stored for $name {} } }";
    check(super::check, &[("crates/personal/src/record.rs", by_macro)], &[]);
    let by_hand = "impl<T: Kind<Of = fn() -> u8>>\n    personal::Stored for Row<T> {}";
    let refused = "crates/store/src/rows/tests.rs:1 stored-by-hand";
    check(super::check, &[("crates/store/src/rows/tests.rs", by_hand)], &[refused]);
}

#[test]
fn only_trait_implementations_count() {
    let names = |code: &'static str| -> Vec<&str> {
        implementations(code).into_iter().map(|(_, name)| name).collect()
    };
    assert_eq!(names("impl Covers<A<B>> for P {} impl Row { }"), ["Covers"]);
    assert_eq!(names("fn f(x: impl Covers<A>, y: u8) { for i in 0..1 {} }"), [""; 0]);
    assert_eq!(names("fn f() -> impl Iterator<Item = u8> { }"), [""; 0]);
    assert_eq!(names("impl Stored\n    for Row {}"), ["Stored"]);
}

#[test]
fn the_door_without_consent_is_used_in_one_place() {
    let line = "use personal::own::OwnCopy;\n";
    check(super::check, &[("crates/server/src/engine/own.rs", line)], &[]);
    let refused = "crates/server/src/answer.rs:1 own-door";
    check(super::check, &[("crates/server/src/answer.rs", line)], &[refused]);
}

#[test]
fn the_door_of_a_shop_that_leaves_is_used_by_the_export() {
    let line = "use personal::handover::Handover;\n";
    check(super::check, &[("crates/server/src/commands/export.rs", line)], &[]);
    let refused = "crates/server/src/answer.rs:1 handover-door";
    check(super::check, &[("crates/server/src/answer.rs", line)], &[refused]);
}

#[test]
fn notices_take_declarations_and_no_door() {
    let types =
        "use personal::kinds::DECLARATIONS;\nuse personal::record::{Category, Declaration};\n";
    check(super::check, &[("crates/notices/src/facts.rs", types)], &[]);
    let door = "use x;\nuse personal::permit::Permit;\n";
    check(super::check, &[("crates/server/src/answer.rs", door)], &[]);
    let refused = "crates/notices/src/facts.rs:2 notices-types-only";
    check(super::check, &[("crates/notices/src/facts.rs", door)], &[refused]);
    let group = "use personal::{desk, kinds};\n";
    let refused = "crates/notices/src/facts.rs:1 notices-types-only";
    check(super::check, &[("crates/notices/src/facts.rs", group)], &[refused]);
}
