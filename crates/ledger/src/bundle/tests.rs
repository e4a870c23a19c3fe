//! Entries of any length, and bundles that do not add up.

use proptest::prelude::*;

use super::{ENTRY_BYTES_MAX, entries, push};
use crate::error::LedgerError;
use crate::tile::Width;

fn width(places: usize) -> Width {
    Width::new(u16::try_from(places).unwrap()).unwrap()
}

#[test]
fn lengths_have_two_bytes() {
    let mut bundle = Vec::new();
    push(&mut bundle, b"").unwrap();
    push(&mut bundle, b"ab").unwrap();
    assert_eq!(bundle, [0, 0, 0, 2, b'a', b'b']);
    push(&mut bundle, &vec![7; ENTRY_BYTES_MAX]).unwrap();
    let len = ENTRY_BYTES_MAX + 1;
    assert_eq!(push(&mut bundle, &vec![7; len]), Err(LedgerError::EntryTooLong { len }));
    assert_eq!(entries(&bundle, width(3)).unwrap()[1], b"ab");
    for places in [1, 2, 4] {
        assert_eq!(entries(&bundle, width(places)), Err(LedgerError::Bundle));
    }
    for cut in 1..7 {
        assert_eq!(entries(&bundle[..cut], width(2)).is_ok(), cut == 6, "{cut}");
    }
}

proptest! {
    #[test]
    fn bundles_are_read_as_written(all in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..40)) {
        let mut bundle = Vec::new();
        for entry in &all {
            push(&mut bundle, entry).unwrap();
        }
        prop_assert_eq!(entries(&bundle, width(all.len())).unwrap(), all);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), places in 1_usize..=256) {
        let _unused = entries(&bytes, width(places));
    }
}
