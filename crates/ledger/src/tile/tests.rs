//! Paths have one spelling; the widths are those of the specification's examples.

use proptest::prelude::*;

use super::{Resource, TILE_WIDTH, Width, bytes, hashes, width_at};
use crate::error::LedgerError;
use crate::hash::Hash;

fn width(places: u16) -> Width {
    Width::new(places).unwrap()
}

#[track_caller]
fn check(path: &str, expected: Option<Resource>) {
    assert_eq!(Resource::parse(path).ok(), expected, "{path:?}");
    if let Some(resource) = expected {
        assert_eq!(resource.to_string(), path);
    }
}

#[test]
fn paths_are_read_or_refused() {
    let tile = |level, index, width| Some(Resource::Tile { level, index, width });
    let entries = |index, width| Some(Resource::Entries { index, width });
    check("checkpoint", Some(Resource::Checkpoint));
    check("tile/0/000", tile(0, 0, Width::FULL));
    check("tile/0/x001/x234/067", tile(0, 1_234_067, Width::FULL));
    check("tile/1/x001/000.p/255", tile(1, 1_000, width(255)));
    check("tile/63/000.p/1", tile(63, 0, width(1)));
    check("tile/entries/x001/x234/067", entries(1_234_067, Width::FULL));
    check("tile/entries/273.p/112", entries(273, width(112)));
    for path in [
        "",
        "/checkpoint",
        "checkpoint/",
        "Checkpoint",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/64/000",
        "tile/00/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/x001/x002",
        "tile/0/x1/002",
        "tile/0/xx01/002",
        "tile/0/+01",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/1/2",
        "tile/0/000.p/1.p/1",
        "tile/0/000/../001",
        "tile/entries",
        "tile/data/000",
        "tile/0/x036/x028/x797/x018/x963/968",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/\u{661}\u{662}\u{663}",
        "tile/8/0/000",
        " tile/0/000",
    ] {
        check(path, None);
    }
}

/// The example of the specification: 70,000 entries.
#[test]
fn seventy_thousand_entries() {
    assert_eq!(width_at(0, 272, 70_000), Some(Width::FULL));
    assert_eq!(width_at(0, 273, 70_000), Some(width(112)));
    assert_eq!(width_at(0, 274, 70_000), None);
    assert_eq!(width_at(1, 0, 70_000), Some(Width::FULL));
    assert_eq!(width_at(1, 1, 70_000), Some(width(17)));
    assert_eq!(width_at(2, 0, 70_000), Some(width(1)));
    assert_eq!(width_at(3, 0, 70_000), None);
    assert_eq!(width_at(1, 0, 256), Some(width(1)));
    assert_eq!(width_at(0, 1, 256), None);
    assert_eq!(width_at(63, 0, u64::MAX), None);
    assert_eq!(width_at(0, u64::MAX, u64::MAX), None);
}

#[test]
fn ends_say_how_far_a_resource_reaches() {
    let end = |path: &str| Resource::parse(path).unwrap().end();
    assert_eq!(end("tile/0/000"), 256);
    assert_eq!(end("tile/entries/001"), 512);
    assert_eq!(end("tile/1/000"), 65_536);
    assert_eq!(end("tile/7/000"), u64::MAX);
    assert_eq!(end("tile/63/000"), u64::MAX);
    assert_eq!(end("checkpoint"), u64::MAX);
}

#[test]
fn tiles_are_whole_hashes() {
    let three = [Hash::leaf(b"a"), Hash::leaf(b"b"), Hash::empty()];
    assert_eq!(hashes(&bytes(&three), width(3)), Ok(three.to_vec()));
    assert_eq!(hashes(&bytes(&three), width(2)), Err(LedgerError::Tile));
    assert_eq!(hashes(&bytes(&three)[1..], width(3)), Err(LedgerError::Tile));
    assert_eq!(hashes(&[0; 8192], Width::FULL).unwrap().len(), usize::from(TILE_WIDTH));
    assert_eq!((Width::new(0), Width::new(257)), (None, None));
}

proptest! {
    #[test]
    fn every_resource_is_read_as_written(level in 0_u8..=63, index in 0_u64..1 << 55, places in 1_u16..=256) {
        let width = width(places);
        for resource in [Resource::Tile { level, index, width }, Resource::Entries { index, width }] {
            prop_assert_eq!(Resource::parse(&resource.to_string()), Ok(resource));
        }
    }

    #[test]
    fn no_text_panics(text in "(tile/|entries/|x?[0-9]{1,4}/?|\\.p/|[0-9]|.){0,12}") {
        if let Ok(resource) = Resource::parse(&text) {
            prop_assert_eq!(resource.to_string(), text);
        }
    }
}
