//! What an onlooker learns from the sizes and the order of batches.

use std::collections::BTreeMap;

use domain::time::Timestamp;
use proptest::prelude::*;

use super::{FLOOR_MAX, Leaf, Pending, Rule, publish};
use crate::entry::{Commitment, EntryKind, Hour};

fn rule(floor: u32) -> Rule {
    Rule { interval_s: 60, floor, kinds: vec![EntryKind::Consent, EntryKind::Receipt] }
}

fn pending(kind: EntryKind, count: u8) -> Vec<Pending> {
    (0..count)
        .map(|number| Pending { kind, commitment: Commitment::from_bytes([number; 32]) })
        .collect()
}

fn batch(pending: &[Pending], rule: &Rule) -> Vec<Leaf> {
    let plan = publish(pending, rule, Timestamp::from_ms(7_200_000));
    let random: Vec<[u8; 32]> =
        (100_u8..=250).cycle().map(|byte| [byte; 32]).take(plan.decoys()).collect();
    plan.fill(random)
}

fn counts(leaves: &[Leaf]) -> BTreeMap<EntryKind, usize> {
    let mut counts = BTreeMap::new();
    for leaf in leaves {
        *counts.entry(leaf.entry.kind).or_default() += 1;
    }
    counts
}

#[test]
fn a_batch_is_due_once_an_interval() {
    let at = |s: i64| Timestamp::from_ms(s * 1000);
    assert!(rule(1).is_due(None, at(0)));
    assert!(!rule(1).is_due(Some(at(60)), at(119)));
    assert!(rule(1).is_due(Some(at(119)), at(120)));
    assert!(rule(1).is_due(Some(at(0)), at(100_000)));
    assert!(!rule(1).is_due(Some(at(500)), at(60)), "a clock that went back publishes nothing");
    assert!(Rule { interval_s: 0, ..rule(1) }.is_due(Some(at(1)), at(2)));
}

#[test]
fn counts_are_powers_of_two() {
    let padded: Vec<usize> = (0..=9).map(|real| rule(2).padded(real)).collect();
    assert_eq!(padded, [2, 2, 2, 4, 4, 8, 8, 8, 8, 16]);
    assert_eq!(rule(0).padded(0), 1);
    assert_eq!(rule(u32::MAX).padded(0), FLOOR_MAX as usize);
    assert_eq!(rule(1).padded(usize::MAX), usize::MAX);
}

#[test]
fn a_quiet_interval_looks_like_a_nearly_quiet_one() {
    let quiet = batch(&[], &rule(2));
    let nearly = batch(&pending(EntryKind::Consent, 2), &rule(2));
    assert_eq!(counts(&quiet), counts(&nearly));
    assert!(quiet.iter().all(|leaf| leaf.pending.is_none()));
    let forms = |leaves: &[Leaf]| -> Vec<usize> {
        leaves.iter().map(|leaf| leaf.entry.to_bytes().len()).collect()
    };
    assert_eq!(forms(&quiet), forms(&nearly));
    assert!(nearly.iter().all(|leaf| leaf.entry.hour == Hour::from_number(2)));
}

#[test]
fn a_kind_that_is_off_appears_only_with_a_record() {
    let orders = batch(&pending(EntryKind::Order, 3), &rule(1));
    assert_eq!(counts(&orders)[&EntryKind::Order], 4);
    assert!(!counts(&batch(&[], &rule(1))).contains_key(&EntryKind::Order));
}

proptest! {
    #[test]
    fn everything_pending_is_published_once(
        bytes in prop::collection::vec((any::<[u8; 32]>(), 0_usize..9), 0..50),
        random in prop::collection::vec(any::<[u8; 32]>(), 500), floor in 0_u32..5,
    ) {
        let pending: Vec<Pending> = bytes
            .iter()
            .map(|(bytes, kind)| Pending { kind: EntryKind::ALL[*kind], commitment: Commitment::from_bytes(*bytes) })
            .collect();
        let plan = publish(&pending, &rule(floor), Timestamp::from_ms(0));
        let decoys = plan.decoys();
        let leaves = plan.fill(random);
        prop_assert_eq!(leaves.len(), pending.len() + decoys);
        prop_assert!(leaves.is_sorted_by_key(|leaf| leaf.entry.commitment));
        let mut places: Vec<usize> = leaves.iter().filter_map(|leaf| leaf.pending).collect();
        places.sort_unstable();
        prop_assert_eq!(places, (0..pending.len()).collect::<Vec<_>>());
        for leaf in leaves.iter().filter(|leaf| leaf.pending.is_some()) {
            let one = pending[leaf.pending.unwrap()];
            prop_assert_eq!((leaf.entry.kind, leaf.entry.commitment), (one.kind, one.commitment));
        }
        for count in counts(&leaves).values() {
            prop_assert!(count.is_power_of_two() || *count == floor as usize, "{}", count);
        }
    }
}
