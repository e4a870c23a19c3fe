use proptest::prelude::*;

use super::*;

fn bits(text: &str) -> Bits {
    Bits::decode(text.as_bytes(), Equals::Refused).unwrap()
}

#[track_caller]
fn check_text(written: &[(u64, u32)], pad: Pad, expected: &str) {
    let mut writer = Writer::new();
    for (value, width_bits) in written {
        writer.int(*value, *width_bits).unwrap();
    }
    assert_eq!(writer.base64url(pad), expected, "{written:?} {pad:?}");
}

#[test]
fn text_ends_as_its_flavor_says() {
    check_text(&[], Pad::Group, "");
    check_text(&[(3, 6), (1, 6)], Pad::Sextet, "DB");
    check_text(&[(3, 6), (1, 6)], Pad::Byte, "DBA");
    check_text(&[(3, 6), (1, 6)], Pad::Equals, "DBA=");
    check_text(&[(3, 6), (1, 6)], Pad::Group, "DBAA");
    check_text(&[(0xff, 8)], Pad::Equals, "_w==");
    check_text(&[(0xff_ffff, 24)], Pad::Equals, "____");
    check_text(&[(62, 6), (63, 6), (0, 6)], Pad::Sextet, "-_A");
}

#[track_caller]
fn check_fibonacci(value: u32, code: &str) {
    let mut writer = Writer::new();
    writer.fibonacci(value).unwrap();
    assert_eq!(writer.len(), code.len(), "{value}");
    let text = writer.base64url(Pad::Byte);
    let bits = bits(&text);
    let mut reader = bits.reader();
    assert_eq!(reader.fibonacci(), Ok(value));
    assert_eq!(reader.at(), code.len(), "{value}");
    let mut reader = bits.reader();
    let read: String =
        (0..code.len()).map(|_| if reader.flag().unwrap() { '1' } else { '0' }).collect();
    assert_eq!(read, code, "{value}");
}

#[test]
fn fibonacci_codes_are_those_of_the_specification() {
    check_fibonacci(1, "11");
    check_fibonacci(2, "011");
    check_fibonacci(3, "0011");
    check_fibonacci(4, "1011");
    check_fibonacci(5, "00011");
    check_fibonacci(6, "10011");
    check_fibonacci(7, "01011");
    check_fibonacci(8, "000011");
    check_fibonacci(12, "101011");
    check_fibonacci(46_368, &format!("{}11", "0".repeat(22)));
}

#[test]
fn fibonacci_has_bounds() {
    let mut writer = Writer::new();
    assert!(writer.fibonacci(0).is_err());
    assert!(writer.fibonacci(FIBONACCI_MAX + 1).is_err());
    assert_eq!(bits("AA").reader().fibonacci(), Err(BitError::Short { at: 0, len: 12 }));
    assert_eq!(bits("AAAAAA").reader().fibonacci(), Err(BitError::Fibonacci { at: 0 }));
    assert_eq!(bits("qqqqqq").reader().fibonacci(), Err(BitError::Fibonacci { at: 0 }));
    assert_eq!(bits("AAAB").reader().fibonacci(), Err(BitError::Fibonacci { at: 0 }));
}

#[test]
fn foreign_characters_are_named() {
    let decode = |text: &str, equals| Bits::decode(text.as_bytes(), equals).map(|bits| bits.len());
    assert_eq!(decode("ABCD", Equals::Refused), Ok(24));
    assert_eq!(decode("A", Equals::Refused), Ok(6));
    assert_eq!(decode("", Equals::Refused), Ok(0));
    assert_eq!(decode("AB+D", Equals::Refused), Err(BitError::Character { at: 2 }));
    assert_eq!(decode("ABCD/", Equals::Refused), Err(BitError::Character { at: 4 }));
    assert_eq!(decode("ABCDE\u{e9}", Equals::Refused), Err(BitError::Character { at: 5 }));
    assert_eq!(decode("DBA=", Equals::Refused), Err(BitError::Character { at: 3 }));
    assert_eq!(decode("DBA=", Equals::Allowed), Ok(18));
    assert_eq!(decode("_w==", Equals::Allowed), Ok(12));
    assert_eq!(decode("_===", Equals::Allowed), Err(BitError::Character { at: 1 }));
    assert_eq!(decode("DB=", Equals::Allowed), Err(BitError::Character { at: 2 }));
    let long = "A".repeat(TEXT_BYTES_MAX + 1);
    assert_eq!(decode(&long, Equals::Refused), Err(BitError::TooLong { bytes: long.len() }));
}

#[test]
fn reads_end_with_the_bits() {
    let bits = bits("____");
    let mut reader = bits.reader();
    assert_eq!(reader.int(20), Ok(0xf_ffff));
    assert_eq!(reader.int(5), Err(BitError::Short { at: 20, len: 24 }));
    assert_eq!(reader.words(5), Err(BitError::Short { at: 20, len: 24 }));
    assert_eq!((reader.at(), reader.left()), (20, 4));
    assert!(!reader.rest_is_zero());
    assert_eq!(reader.int(4), Ok(15));
    assert_eq!(reader.int(0), Ok(0));
    assert!(reader.rest_is_zero());
    assert!(Writer::new().int(2, 1).is_err());
    assert!(Writer::new().int(0, 57).is_err());
}

fn fields() -> impl Strategy<Value = Vec<(u64, u32)>> {
    let field = (any::<u64>(), 0..=WIDTH_BITS_MAX);
    proptest::collection::vec(field.prop_map(|(value, w)| (value & ((1 << w) - 1), w)), 0..40)
}

proptest! {
    #[test]
    fn what_is_written_is_read(fields in fields(), flag: bool, words: Vec<u64>, cut in 0_usize..64,
                               number in 1..=FIBONACCI_MAX) {
        let count = (words.len() * 64).saturating_sub(cut);
        let mut expected = words.clone();
        expected.truncate(count.div_ceil(64));
        if let Some(last) = expected.last_mut() {
            *last &= u64::MAX >> ((64 - count % 64) % 64);
        }
        for pad in [Pad::Sextet, Pad::Byte, Pad::Group, Pad::Equals] {
            let mut writer = Writer::new();
            for (value, width_bits) in &fields {
                writer.int(*value, *width_bits).unwrap();
            }
            writer.flag(flag);
            writer.words(&words, count);
            writer.fibonacci(number).unwrap();
            let len = writer.len();
            let text = writer.base64url(pad);
            let bits = Bits::decode(text.as_bytes(), Equals::Allowed).unwrap();
            let mut reader = bits.reader();
            for (value, width_bits) in &fields {
                prop_assert_eq!(reader.int(*width_bits), Ok(*value));
            }
            prop_assert_eq!(reader.flag(), Ok(flag));
            prop_assert_eq!(reader.words(count), Ok(expected.clone()));
            prop_assert_eq!(reader.fibonacci(), Ok(number));
            prop_assert_eq!(reader.at(), len);
            prop_assert!(reader.rest_is_zero());
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text: Vec<u8>, widths in proptest::collection::vec(0..=WIDTH_BITS_MAX, 0..20)) {
        let Ok(bits) = Bits::decode(&text, Equals::Allowed) else { return Ok(()) };
        let mut reader = bits.reader();
        for width_bits in widths {
            reader.int(width_bits).ok();
            reader.fibonacci().ok();
            reader.words(width_bits as usize * 3).ok();
        }
        prop_assert!(reader.at() <= bits.len());
    }
}
