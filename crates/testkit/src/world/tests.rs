use std::collections::BTreeSet;

use super::book::Book;
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
    assert_eq!(kinds.len(), 10);
}

#[test]
fn a_twin_never_met_the_person() {
    let twin = World::from_seed(3, 250).without(2);
    let met = |step: &Step| match step {
        Step::Tell(told) => told.iter().any(|one| one.who == 2),
        Step::Choose(choosing) => choosing.who == 2,
        Step::Erase(who) | Step::Rest(who) | Step::Correct(who, _) => *who == 2,
        Step::Put(..) | Step::Delete(_) | Step::Wait | Step::Crash | Step::Restart => false,
    };
    assert!(!twin.moments.iter().any(|moment| met(&moment.step)));
}

/// Laws about orders would hold by themselves where nobody's order teaches.
#[test]
fn orders_teach_and_are_taken_back_in_the_worlds_that_are_played() {
    let (mut most_of_all, mut fell) = (Vec::new(), 0);
    for seed in 1..=8 {
        let world = World::from_seed(seed, 240);
        let mut book = Book::of(&world);
        let (mut most, mut before) = (0, 0);
        for moment in &world.moments {
            book.settle(moment.now);
            match &moment.step {
                Step::Tell(told) => told.iter().for_each(|one| book.tell(one, moment.now)),
                Step::Choose(choosing) => book.choose(choosing, moment.now),
                Step::Erase(who) => book.erase(*who, moment.now),
                Step::Rest(who) if book.rests(*who) => book.lift(*who, moment.now),
                Step::Rest(who) => book.rest(*who),
                Step::Put(item, standing) => book.stand(item, Some(*standing)),
                Step::Delete(item) => book.stand(item, None),
                Step::Correct(..) | Step::Wait | Step::Crash | Step::Restart => {}
            }
            book.settle(moment.now);
            let orders: usize = (0..world.people.len()).map(|who| book.orders(who).len()).sum();
            most = orders.max(most);
            fell += usize::from(orders < before);
            before = orders;
        }
        most_of_all.push(most);
    }
    assert!(most_of_all.iter().all(|most| *most >= 2), "{most_of_all:?}");
    assert!(fell >= 8, "{fell}");
}
