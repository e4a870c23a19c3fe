use super::alone;

#[track_caller]
fn check(bytes: &[u8], wanted: &str, expected: usize) {
    assert_eq!(alone(bytes, wanted.as_bytes()), expected, "{wanted:?} in {bytes:?}");
}

#[test]
fn marks_are_found_on_their_own() {
    check(b"17850", "17850", 1);
    check(b"\"17850\",17850;", "17850", 2);
    check(b"117850 178501 x17850", "17850", 0);
    check(b"", "17850", 0);
    check(b"abc", "", 0);
}
