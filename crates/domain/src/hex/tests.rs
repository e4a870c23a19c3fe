use super::{HexError, decode, encode};

#[track_caller]
fn check(text: &str, expected: Result<[u8; 2], HexError>) {
    assert_eq!(decode::<2>(text), expected, "{text:?}");
}

#[test]
fn hexadecimal_is_read_or_refused() {
    check("00ff", Ok([0, 255]));
    check("beef", Ok([0xbe, 0xef]));
    let wrong = Err(HexError { chars: 4 });
    check("", wrong);
    check("0ff", wrong);
    check("00fff", wrong);
    check("00FF", wrong);
    check("00g0", wrong);
    check("é0f", wrong);
}

proptest::proptest! {
    #[test]
    fn what_is_written_is_read_again(bytes: [u8; 16]) {
        proptest::prop_assert_eq!(decode::<16>(&encode(&bytes)), Ok(bytes));
    }
}
