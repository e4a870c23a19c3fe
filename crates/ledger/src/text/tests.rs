//! One spelling per value.

use super::{base64, from_base64, number};

#[test]
fn numbers_have_one_spelling() {
    let cases = [
        ("0", Some(0)),
        ("20852163", Some(20_852_163)),
        ("9223372036854775807", Some(9_223_372_036_854_775_807)),
        ("9223372036854775808", None),
        ("18446744073709551616", None),
        ("", None),
        ("00", None),
        ("01", None),
        ("+1", None),
        ("-1", None),
        (" 1", None),
        ("1_0", None),
        ("\u{661}", None),
    ];
    for (text, expected) in cases {
        assert_eq!(number(text), expected, "{text:?}");
    }
}

#[test]
fn base64_has_one_spelling() {
    assert_eq!(from_base64(&base64(b"any carnal pleas")).unwrap(), b"any carnal pleas");
    for text in ["YQ", "YR==", "YQ= =", "YQ==\n", "YQ===", "_w=="] {
        assert_eq!(from_base64(text), None, "{text:?}");
    }
}
