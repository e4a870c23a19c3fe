use std::collections::BTreeSet;

use domain::id::{ItemId, ShopId};
use domain::time::Timestamp;
use recommend::page::presence::mark;
use vault::key::{RootSecret, ShopKeys};

use super::{CURSOR_BYTES_MAX, Cursor, CursorError, KEEP_MS, SHOWN_MAX};

const NOW: Timestamp = Timestamp::from_ms(1_772_366_400_000);

fn keys(byte: u8) -> ShopKeys {
    let shop = ShopId::parse("clothes").unwrap();
    ShopKeys::derive(&RootSecret::from_bytes([byte; 32]), &shop).unwrap()
}

fn full() -> Cursor {
    let shown: BTreeSet<u64> = (0..SHOWN_MAX)
        .map(|number| mark(&ItemId::parse(&format!("item-{number}")).unwrap()))
        .collect();
    assert_eq!(shown.len(), SHOWN_MAX);
    Cursor { placement: "complete_the_look".to_owned(), seed: u64::MAX, shown }
}

#[track_caller]
fn check(text: &str, placement: &str, now: Timestamp, expected: &Result<Cursor, CursorError>) {
    assert_eq!(&Cursor::open(text, placement, &keys(1), now), expected);
}

#[test]
fn a_cursor_comes_back_whole_and_small() {
    for cursor in [full(), Cursor { placement: "home".to_owned(), ..Cursor::default() }] {
        let text = cursor.seal(&keys(1), NOW, [7; 16]).unwrap();
        assert!(text.len() <= CURSOR_BYTES_MAX, "{} bytes", text.len());
        let placement = cursor.placement.clone();
        check(&text, &placement, NOW.plus_ms(KEEP_MS - 1), &Ok(cursor));
        check(&text, &placement, NOW.plus_ms(KEEP_MS), &Err(CursorError::Expired));
        check(&text, "cart", NOW, &Err(CursorError::Placement));
    }
}

#[test]
fn a_cursor_that_was_touched_is_foreign() {
    let text = full().seal(&keys(1), NOW, [7; 16]).unwrap();
    let placement = "complete_the_look";
    for place in (0..text.len()).step_by(7) {
        let mut bytes = text.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        check(&String::from_utf8(bytes).unwrap(), placement, NOW, &Err(CursorError::Foreign));
    }
    let other = full().seal(&keys(2), NOW, [7; 16]).unwrap();
    let shorter = text.chars().skip(1).collect::<String>();
    for foreign in ["", "AAAA", "not base64!", &shorter, &other, &"A".repeat(3_000)] {
        check(foreign, placement, NOW, &Err(CursorError::Foreign));
    }
}
