//! What must not compile. Every file in `tests/ui` is an attempt; the message beside it is what
//! the compiler answers. After an intended change: `TRYBUILD=overwrite cargo test --test ui`.

#[test]
fn what_must_not_compile_does_not() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
