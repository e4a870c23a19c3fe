//! A changed byte anywhere is found.

use super::Audit;
use crate::error::LedgerError;
use crate::merkle::Head;
use crate::oracle::grow;
use crate::prune::MinimumIndex;
use crate::tile::Resource;
use crate::tree::{Read, Tree};

fn audit(head: &Head, stored: &Read) -> Result<usize, LedgerError> {
    run(Audit::new(*head), stored)
}

fn run(mut audit: Audit, stored: &Read) -> Result<usize, LedgerError> {
    let mut compared = 0;
    while let Some(bundle) = audit.next() {
        let bytes = stored.get(&bundle).ok_or(LedgerError::Missing)?;
        for write in audit.step(bytes)? {
            compared += 1;
            if stored.get(&write.resource) != Some(&write.bytes) {
                return Err(LedgerError::Forked);
            }
        }
    }
    audit.finish().map(|()| compared)
}

#[test]
fn an_honest_log_passes() {
    for batches in [&[][..], &[1], &[255, 1], &[256], &[40, 1_000, 7], &[66_000]] {
        let (tree, stored) = grow(batches);
        assert!(audit(&tree.head(), &stored).is_ok(), "{batches:?}");
    }
    let (tree, stored) = grow(&[600]);
    assert_eq!(audit(&tree.head(), &stored), Ok(7));
}

#[test]
fn a_changed_byte_is_found_and_a_missing_file_too() {
    let (tree, stored) = grow(&[600]);
    for resource in stored.keys() {
        let mut damaged = stored.clone();
        *damaged.get_mut(resource).unwrap().last_mut().unwrap() ^= 1;
        assert_eq!(audit(&tree.head(), &damaged), Err(LedgerError::Forked), "{resource}");
        damaged.remove(resource);
        assert!(audit(&tree.head(), &damaged).is_err(), "{resource}");
    }
    assert_eq!(Audit::new(tree.head()).finish(), Err(LedgerError::Forked));
    assert_eq!(audit(&Tree::new().head(), &stored), Ok(0));
    let mut over = Audit::new(Head::empty());
    assert_eq!(over.step(b"").unwrap_err(), LedgerError::Range);
}

#[test]
fn an_entry_that_moved_is_found() {
    let (tree, mut stored) = grow(&[2]);
    let place = stored.keys().find(|one| matches!(one, Resource::Entries { .. })).copied().unwrap();
    let bytes = stored[&place].clone();
    let (first, second) = bytes.split_at(bytes.len() / 2);
    stored.insert(place, [second, first].concat());
    assert_eq!(audit(&tree.head(), &stored), Err(LedgerError::Forked));
}

#[test]
fn a_pruned_log_passes_and_its_tiles_still_count() {
    let (tree, mut stored) = grow(&[1_000, 70_000]);
    let head = tree.head();
    let minimum = MinimumIndex::default().advance(700, &head);
    let pruned = |one: &Resource| matches!(one, Resource::Entries { .. }) && minimum.is_pruned(one);
    stored.retain(|resource, _| !pruned(resource));
    assert!(audit(&head, &stored).is_err(), "entries are missing");
    assert!(run(Audit::pruned(head, minimum), &stored).is_ok());
    for name in ["tile/0/001", "tile/1/000", "tile/entries/002"] {
        let mut damaged = stored.clone();
        damaged.get_mut(&Resource::parse(name).unwrap()).unwrap()[40] ^= 1;
        assert!(run(Audit::pruned(head, minimum), &damaged).is_err(), "{name}");
    }
}
