//! The minimum moves forward and never past what is signed.

use super::MinimumIndex;
use crate::hash::Hash;
use crate::merkle::Head;
use crate::tile::Resource;

#[test]
fn the_minimum_is_a_bound_from_below() {
    let head = Head { size: 1_000, root: Hash::empty() };
    let minimum = MinimumIndex::default().advance(600, &head);
    assert_eq!(minimum.index(), 600);
    assert_eq!(minimum.advance(10, &head).index(), 600);
    assert_eq!(minimum.advance(5_000, &head).index(), 1_000);
    let check = |path: &str, expected: bool| {
        assert_eq!(minimum.is_pruned(&Resource::parse(path).unwrap()), expected, "{path}");
    };
    check("checkpoint", false);
    check("tile/0/000", true);
    check("tile/0/001", true);
    check("tile/0/002", false);
    check("tile/0/001.p/7", true);
    check("tile/0/003.p/232", false);
    check("tile/entries/001", true);
    check("tile/entries/002", false);
    check("tile/1/000", false);
    check("tile/1/000.p/3", false);
    assert!(!MinimumIndex::default().is_pruned(&Resource::parse("tile/0/000").unwrap()));
}
