//! Proofs out of tiles are the proofs of RFC 6962.

use proptest::prelude::*;

use super::Plan;
use crate::error::LedgerError;
use crate::hash::Hash;
use crate::merkle::{verify_consistency, verify_inclusion};
use crate::oracle::{grow, leaves, path, proof};
use crate::tile::{Resource, Width};
use crate::tree::Read;

#[test]
fn small_trees_are_exhausted() {
    for size in 1..=40 {
        let (_, stored) = grow(&[size]);
        let all = leaves(size);
        for index in 0..size {
            let plan = Plan::inclusion(index as u64, size as u64).unwrap();
            assert_eq!(plan.prove(&stored), Ok(path(index, &all)), "{index} of {size}");
        }
        for old in 0..=size {
            let plan = Plan::consistency(old as u64, size as u64).unwrap();
            assert_eq!(plan.prove(&stored), Ok(proof(old, &all)), "{old} to {size}");
        }
    }
}

#[test]
fn outside_of_the_tree_there_is_no_plan() {
    assert_eq!(Plan::inclusion(5, 5).unwrap_err(), LedgerError::Range);
    assert_eq!(Plan::inclusion(0, 0).unwrap_err(), LedgerError::Range);
    assert_eq!(Plan::inclusion(0, u64::MAX).unwrap_err(), LedgerError::Range);
    assert_eq!(Plan::consistency(6, 5).unwrap_err(), LedgerError::Range);
    assert!(Plan::consistency(5, 5).unwrap().tiles().is_empty());
    // The largest tree that can be said: eight tiles at most, one a level.
    let size = i64::MAX.unsigned_abs();
    assert_eq!(Plan::inclusion(0, size).unwrap().tiles().len(), 15);
    assert!(Plan::consistency(1 << 40, size).unwrap().tiles().len() < 16);
}

#[test]
fn a_tile_may_have_grown_in_the_meantime() {
    let (_, mut stored) = grow(&[100, 300]);
    let plan = Plan::inclusion(3, 100).unwrap();
    let partial = Resource::Tile { level: 0, index: 0, width: Width::new(100).unwrap() };
    assert!(plan.tiles().contains(&partial));
    stored.remove(&partial).unwrap();
    assert_eq!(plan.prove(&stored), Ok(path(3, &leaves(100))));
    assert_eq!(plan.prove(&Read::new()), Err(LedgerError::Missing));
    let short = Read::from([(partial, vec![0; 32])]);
    assert_eq!(plan.prove(&short), Err(LedgerError::Tile));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn large_trees_by_chance(size in 1_usize..140_000, at in any::<prop::sample::Index>(), old in any::<prop::sample::Index>()) {
        let (tree, stored) = grow(&[size]);
        let (index, old) = (at.index(size), old.index(size + 1));
        let needed = |plan: &Plan| -> Read {
            plan.tiles().into_iter().map(|tile| (tile, stored[&tile].clone())).collect()
        };
        let plan = Plan::inclusion(index as u64, size as u64).unwrap();
        let hashes = plan.prove(&needed(&plan)).unwrap();
        let leaf = Hash::leaf(&leaves(size)[index]);
        prop_assert_eq!(verify_inclusion(&leaf, index as u64, &hashes, &tree.head()), Ok(()));
        let (before, _) = grow(&[old]);
        let plan = Plan::consistency(old as u64, size as u64).unwrap();
        let hashes = plan.prove(&needed(&plan)).unwrap();
        prop_assert_eq!(verify_consistency(&before.head(), &tree.head(), &hashes), Ok(()));
    }
}
