//! A tree grown in any batches is the tree of RFC 6962, and its files are the same.

use proptest::prelude::*;

use super::Tree;
use crate::bundle;
use crate::error::LedgerError;
use crate::merkle::Head;
use crate::oracle::{grow, leaves, root};
use crate::tile::{self, Resource, Width};
use crate::tree::Read;

fn head(size: usize) -> Head {
    Head { size: size as u64, root: root(&leaves(size)) }
}

#[test]
fn roots_are_those_of_the_definition() {
    let mut tree = Tree::new();
    for (size, leaf) in leaves(600).iter().enumerate() {
        assert_eq!(tree.head(), head(size));
        tree = tree.grow(&[leaf]).unwrap().0;
    }
    assert_eq!(grow(&[66_000]).0.head(), head(66_000));
}

#[test]
fn files_are_those_of_the_specification() {
    let (_, stored) = grow(&[70_000]);
    let count = |wanted: fn(&Resource) -> bool| stored.keys().filter(|one| wanted(one)).count();
    assert_eq!(count(|one| matches!(one, Resource::Tile { level: 0, .. })), 274);
    assert_eq!(count(|one| matches!(one, Resource::Entries { .. })), 274);
    assert_eq!(count(|one| matches!(one, Resource::Tile { level: 1, .. })), 2);
    assert_eq!(count(|one| matches!(one, Resource::Tile { level: 2, .. })), 1);
    let paths: Vec<String> = stored.keys().map(ToString::to_string).collect();
    for path in ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"]
    {
        assert!(paths.iter().any(|one| one == path), "{path}");
    }
    for (resource, bytes) in &stored {
        match resource {
            Resource::Tile { width, .. } => assert!(tile::hashes(bytes, *width).is_ok()),
            Resource::Entries { width, .. } => assert!(bundle::entries(bytes, *width).is_ok()),
            Resource::Checkpoint => panic!("a tree writes no checkpoint"),
        }
    }
}

#[test]
fn an_empty_batch_writes_nothing() {
    let (tree, _) = grow(&[300]);
    let (same, writes) = tree.grow::<Vec<u8>>(&[]).unwrap();
    assert_eq!((same, writes), (tree, Vec::new()));
}

#[test]
fn what_does_not_lead_to_the_signed_root_is_not_taken_up() {
    let (tree, stored) = grow(&[1_000]);
    assert_eq!(Tree::resume(&tree.head(), &stored), Ok(tree.clone()));
    assert_eq!(Tree::resume(&Head::empty(), &Read::new()), Ok(Tree::new()));
    for needed in Tree::needed(1_000) {
        let mut missing = stored.clone();
        missing.remove(&needed);
        assert_eq!(Tree::resume(&tree.head(), &missing), Err(LedgerError::Missing), "{needed}");
        let mut damaged = stored.clone();
        *damaged.get_mut(&needed).unwrap().last_mut().unwrap() ^= 1;
        assert_eq!(Tree::resume(&tree.head(), &damaged), Err(LedgerError::Forked), "{needed}");
    }
    let other = Head { root: root(&leaves(3)), ..tree.head() };
    assert_eq!(Tree::resume(&other, &stored), Err(LedgerError::Forked));
    let huge = Head { size: u64::MAX, ..other };
    assert_eq!(Tree::resume(&huge, &stored), Err(LedgerError::Range));
}

#[test]
fn a_long_entry_changes_nothing() {
    let (tree, _) = grow(&[3]);
    let batch = [vec![1], vec![0; 65_536]];
    assert_eq!(tree.grow(&batch).unwrap_err(), LedgerError::EntryTooLong { len: 65_536 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn batches_do_not_matter(batches in prop::collection::vec(0_usize..700, 0..6)) {
        let total = batches.iter().sum::<usize>();
        let (tree, stored) = grow(&batches);
        let (whole, at_once) = grow(&[total]);
        prop_assert_eq!(&tree, &whole);
        prop_assert_eq!(tree.head(), head(total));
        // What is written at once is there in either case, with the same bytes.
        for (resource, bytes) in &at_once {
            prop_assert_eq!(stored.get(resource), Some(bytes), "{}", resource);
        }
        prop_assert_eq!(Tree::resume(&tree.head(), &stored), Ok(whole));
        for resource in Tree::needed(tree.size()) {
            prop_assert!(resource != resource.filled() && at_once.contains_key(&resource));
        }
    }
}

#[test]
fn a_full_tile_leaves_the_edge_empty() {
    let (tree, stored) = grow(&[256]);
    assert_eq!(
        Tree::needed(256),
        [Resource::Tile { level: 1, index: 0, width: Width::new(1).unwrap() }]
    );
    assert_eq!(Tree::resume(&tree.head(), &stored), Ok(tree));
}
