//! Spots where a law could break, played on purpose: each one a handful of steps and the laws.

use domain::event::Action;
use domain::time::DAY_MS;
use personal::purpose::PurposeName;
use testkit::world::{Choosing, Says, Standing, Step, Told, World, item};

use crate::world::faults::play;
use crate::world::laws;
use crate::world::play::Played;

const MINUTE_MS: i64 = 60_000;
const WHO: usize = 8;

/// A shop with four items under an opt-in law (seed 1) or an opt-out law (seed 3).
fn shop(seed: u64) -> Played {
    let mut played = Played::open(&World::from_seed(seed, 0));
    for number in 0..4 {
        play(&mut played, 1, Step::Put(item(number), Standing::Sold)).unwrap();
    }
    played
}

fn choose(history: Option<bool>, teaching: Option<bool>) -> Choosing {
    Choosing { who: WHO, history, teaching, gpc: false, acknowledged: false, days: 395 }
}

/// A view of an item, so many milliseconds ago.
fn view(played: &Played, number: usize, ago_ms: i64) -> Told {
    let happened = played.now.plus_ms(-ago_ms);
    let message = u64::try_from(happened.ms()).unwrap() * 100 + number as u64;
    let says = Says::Items(Action::View, vec![item(number)]);
    let (by_shop, gpc) = (false, false);
    Told { who: WHO, message, happened, sent: played.now, says, by_shop, gpc }
}

/// Plays steps after a pause each; the laws hold after every one of them, and after a restart.
#[track_caller]
fn check(played: &mut Played, steps: Vec<(i64, Step)>) {
    for (ms, step) in steps {
        let said = format!("{step:?}");
        play(played, ms, step)
            .and_then(|()| laws::hold(played, 0))
            .and_then(|()| played.again(true))
            .and_then(|()| laws::hold(played, 0))
            .unwrap_or_else(|law| panic!("law {law}; after {said}"));
    }
}

#[test]
fn late_steps_bridge_two_closed_visits() {
    let mut played = shop(1);
    check(&mut played, vec![(1, Step::Choose(choose(Some(true), Some(true))))]);
    let first = view(&played, 0, 0);
    check(&mut played, vec![(1, Step::Tell(vec![first]))]);
    play(&mut played, 50 * MINUTE_MS, Step::Wait).unwrap();
    let second = view(&played, 1, 0);
    check(&mut played, vec![(1, Step::Tell(vec![second])), (31 * MINUTE_MS, Step::Wait)]);
    assert_eq!(played.book.sessions(WHO).len(), 2);
    let bridge = view(&played, 2, 56 * MINUTE_MS);
    check(&mut played, vec![(1, Step::Tell(vec![bridge]))]);
    assert_eq!(played.book.sessions(WHO).len(), 1);
}

#[test]
fn a_visit_of_exactly_two_hundred_steps_is_full() {
    let mut played = shop(1);
    check(&mut played, vec![(MINUTE_MS, Step::Choose(choose(Some(true), Some(true))))]);
    // Repeats in a row count once, so the learning door lets it in.
    for part in 0..4 {
        play(&mut played, 51_000, Step::Wait).unwrap();
        let told = (0..50).map(|step| view(&played, part, 1_000 * (50 - step))).collect();
        check(&mut played, vec![(0, Step::Tell(told))]);
    }
    assert_eq!(played.book.sessions(WHO)[0].deeds.len(), 200);
    play(&mut played, MINUTE_MS, Step::Wait).unwrap();
    let more = view(&played, 1, 0);
    check(&mut played, vec![(0, Step::Tell(vec![more])), (31 * MINUTE_MS, Step::Wait)]);
    assert_eq!(played.book.sessions(WHO).len(), 2);
    // A late step in the full visit pushes its last one over.
    let late = view(&played, 3, 34 * MINUTE_MS);
    check(&mut played, vec![(0, Step::Tell(vec![late]))]);
    // What turns sensitive makes room again.
    check(&mut played, vec![(1, Step::Put(item(0), Standing::Sensitive))]);
    assert_eq!(played.book.sessions(WHO).len(), 1);
}

#[test]
fn old_bytes_do_not_come_back_after_a_second_yes() {
    for forget in [Step::Erase(WHO), Step::Choose(choose(Some(false), Some(false)))] {
        let mut played = shop(1);
        check(&mut played, vec![(1, Step::Choose(choose(Some(true), Some(true))))]);
        let told = Step::Tell(vec![view(&played, 0, 0)]);
        check(
            &mut played,
            vec![
                (1, told.clone()),
                (MINUTE_MS, forget),
                (MINUTE_MS, told.clone()),
                (MINUTE_MS, Step::Choose(choose(Some(true), Some(true)))),
                (MINUTE_MS, told),
                (31 * MINUTE_MS, Step::Wait),
            ],
        );
        assert!(played.book.recent(WHO).is_empty());
        assert!(played.book.sessions(WHO).is_empty());
    }
}

#[test]
fn a_no_reaches_back_under_an_opt_out_law() {
    let mut played = shop(3);
    play(&mut played, MINUTE_MS, Step::Choose(choose(Some(false), Some(false)))).unwrap();
    // It happened before the no, under a law that asks for none, and comes in after it.
    let late = view(&played, 0, 2 * MINUTE_MS);
    check(&mut played, vec![(1, Step::Tell(vec![late])), (31 * MINUTE_MS, Step::Wait)]);
    assert!(played.book.sessions(WHO).is_empty());
}

#[test]
fn who_only_teaches_is_not_served() {
    let mut played = shop(1);
    check(&mut played, vec![(1, Step::Choose(choose(None, Some(true))))]);
    let told = vec![view(&played, 0, 2), view(&played, 1, 1)];
    check(&mut played, vec![(9, Step::Tell(told)), (31 * MINUTE_MS, Step::Wait)]);
    assert!(!played.book.allows(WHO, PurposeName::Personalization, false, played.now));
    assert_eq!(played.book.sessions(WHO).len(), 1);
}

#[test]
fn a_signal_with_another_choice_ends_what_did_not_outrank_it() {
    let mut played = shop(1);
    check(&mut played, vec![(1, Step::Choose(choose(Some(true), Some(true))))]);
    let told = vec![view(&played, 0, 2), view(&played, 1, 1)];
    check(&mut played, vec![(9, Step::Tell(told)), (31 * MINUTE_MS, Step::Wait)]);
    let under_signal = Choosing { gpc: true, acknowledged: true, ..choose(Some(true), None) };
    check(&mut played, vec![(1, Step::Choose(under_signal))]);
    assert_eq!(played.book.recent(WHO).len(), 2, "the acknowledged yes outranks the signal");
    assert!(played.book.sessions(WHO).is_empty(), "the other one does not");
}

#[test]
fn a_consent_that_ends_at_noon_ends_at_noon() {
    let mut played = shop(1);
    let for_a_day = Choosing { days: 1, ..choose(Some(true), Some(true)) };
    check(&mut played, vec![(1, Step::Choose(for_a_day))]);
    let told = vec![view(&played, 0, 2), view(&played, 1, 1)];
    check(&mut played, vec![(9, Step::Tell(told)), (31 * MINUTE_MS, Step::Wait)]);
    assert_eq!(played.book.sessions(WHO).len(), 1);
    for ms in [DAY_MS - 40 * MINUTE_MS, 20 * MINUTE_MS] {
        play(&mut played, ms, Step::Wait).and_then(|()| laws::hold(&mut played, 0)).unwrap();
    }
    assert!(played.book.sessions(WHO).is_empty());
}

#[test]
fn a_sensitive_item_stays_forgotten_when_it_is_harmless_again() {
    let mut played = shop(1);
    check(&mut played, vec![(1, Step::Choose(choose(Some(true), Some(true))))]);
    play(&mut played, 60 * MINUTE_MS, Step::Wait).unwrap();
    let told = vec![view(&played, 0, 40 * MINUTE_MS), view(&played, 1, 20 * MINUTE_MS)];
    let last = vec![view(&played, 2, 1)];
    check(
        &mut played,
        vec![
            (1, Step::Tell(told)),
            (1, Step::Tell(last)),
            (1, Step::Put(item(1), Standing::Sensitive)),
            (1, Step::Put(item(1), Standing::Sold)),
            (31 * MINUTE_MS, Step::Wait),
        ],
    );
    assert_eq!(played.book.recent(WHO), [item(0), item(2)]);
    assert_eq!(played.book.sessions(WHO).len(), 2, "without the middle it is two visits");
}

#[test]
fn an_unknown_item_is_learned_when_the_catalog_names_it() {
    let mut played = shop(1);
    check(&mut played, vec![(1, Step::Choose(choose(Some(true), Some(true))))]);
    let told = vec![view(&played, 0, 2), view(&played, 9, 1)];
    check(
        &mut played,
        vec![
            (9, Step::Tell(told)),
            (31 * MINUTE_MS, Step::Wait),
            (1, Step::Put(item(9), Standing::Sold)),
            (1, Step::Delete(item(0))),
            (1, Step::Put(item(0), Standing::OutOfStock)),
        ],
    );
}
