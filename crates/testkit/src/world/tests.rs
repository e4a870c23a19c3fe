use std::collections::BTreeSet;

use super::{Step, World};

#[test]
fn a_seed_is_a_world() {
    assert_eq!(World::from_seed(7, 200), World::from_seed(7, 200));
    assert_ne!(World::from_seed(7, 200), World::from_seed(8, 200));
    let world = World::from_seed(7, 200);
    assert!(world.moments.is_sorted_by_key(|moment| moment.now));
}

#[test]
fn markers_betray_one_person_each() {
    let world = World::from_seed(1, 10);
    let markers: BTreeSet<_> = world.people.iter().map(|person| &person.marker).collect();
    assert_eq!(markers.len(), world.people.len());
}

#[test]
fn every_kind_of_step_happens() {
    let kinds: BTreeSet<_> = (0..4)
        .flat_map(|seed| World::from_seed(seed, 250).moments)
        .map(|moment| std::mem::discriminant(&moment.step))
        .map(|kind| format!("{kind:?}"))
        .collect();
    assert_eq!(kinds.len(), 8);
}

#[test]
fn a_twin_never_met_the_person() {
    let twin = World::from_seed(3, 250).without(2);
    let met = |step: &Step| match step {
        Step::Tell(told) => told.iter().any(|one| one.who == 2),
        Step::Choose(choosing) => choosing.who == 2,
        Step::Erase(who) => *who == 2,
        Step::Put(..) | Step::Delete(_) | Step::Wait | Step::Crash | Step::Restart => false,
    };
    assert!(!twin.moments.iter().any(|moment| met(&moment.step)));
}
