use crate::segment::depth;

#[track_caller]
fn check(text: &str, max: usize, expected: bool) {
    assert_eq!(depth::check(text.as_bytes(), max).is_ok(), expected, "{text}");
}

#[test]
fn levels_are_counted_outside_of_texts() {
    check("", 0, true);
    check("{}", 0, false);
    check("{}", 1, true);
    check("[{}]", 1, false);
    check("[{},{},[]]", 2, true);
    check(r#"{"a":"[[[["}"#, 1, true);
    check(r#"{"a":"\"[[[["}"#, 1, true);
    check(r#"{"a":"\\"  ,"b":[]}"#, 1, false);
    check("]]]]{}", 1, true);
}
