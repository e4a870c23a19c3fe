use domain::id::ItemId;
use domain::time::Timestamp;
use personal::kinds::Step;
use proptest::prelude::{Strategy, any, prop, proptest};

use crate::sessions::{IDLE_MS, Recut, STEPS_MAX, cut, is_closed, items_of, recut, settle};

const START: i64 = 1_700_000_000_000;

fn step(minute: i64, message: u64, item: &str) -> Step {
    let at = Timestamp::from_ms(START + minute * 60_000);
    Step { at, message, item: ItemId::parse(item).unwrap() }
}

fn lengths(sessions: &[Vec<Step>]) -> Vec<usize> {
    sessions.iter().map(Vec::len).collect()
}

#[test]
fn thirty_idle_minutes_end_a_session() {
    let steps = vec![step(0, 1, "a"), step(29, 2, "b"), step(59, 3, "c"), step(88, 4, "d")];
    assert_eq!(lengths(&cut(steps)), [2, 2]);
    let just_before = Timestamp::from_ms(START + IDLE_MS - 1);
    assert!(!is_closed(Timestamp::from_ms(START), just_before));
    assert!(is_closed(Timestamp::from_ms(START), just_before.plus_ms(1)));
}

#[test]
fn a_full_session_ends() {
    let steps: Vec<_> = (0..450).map(|n| step(n, n.unsigned_abs(), "a")).collect();
    assert_eq!(lengths(&cut(steps)), [STEPS_MAX, STEPS_MAX, 50]);
}

#[test]
fn a_step_told_twice_counts_once_and_early() {
    let steps = vec![step(5, 1, "a"), step(0, 1, "a"), step(0, 1, "b"), step(1, 2, "a")];
    let sessions = cut(steps);
    assert_eq!(sessions, [vec![step(0, 1, "a"), step(0, 1, "b"), step(1, 2, "a")]]);
    assert_eq!(cut(vec![]), Vec::<Vec<Step>>::new());
}

#[test]
fn the_visit_that_goes_on_stays_open() {
    let sessions = cut(vec![step(0, 1, "a"), step(60, 2, "b"), step(61, 3, "c")]);
    let now = Timestamp::from_ms(START + 90 * 60_000);
    let settled = settle(sessions.clone(), now);
    assert_eq!(settled.closed, sessions[..1]);
    assert_eq!(settled.open, sessions[1]);
    let settled = settle(sessions.clone(), now.plus_ms(60_000));
    assert_eq!((settled.closed, settled.open), (sessions, vec![]));
    let full = cut((0..200).map(|n| step(0, n, "a")).collect());
    assert_eq!(settle(full, Timestamp::from_ms(START)).closed.len(), 1);
}

#[test]
fn a_late_step_joins_two_sessions() {
    let closed = cut(vec![step(0, 1, "a"), step(40, 2, "b"), step(500, 3, "c")]);
    let change = recut(vec![step(20, 9, "z")], &closed);
    assert_eq!(change.remove, [0, 1]);
    assert_eq!(change.add, [vec![step(0, 1, "a"), step(20, 9, "z"), step(40, 2, "b")]]);
    assert_eq!(recut(vec![step(500, 3, "c"), step(501, 3, "c")], &closed), Recut::default());
    let alone = recut(vec![step(250, 9, "z")], &closed);
    assert_eq!((alone.remove.len(), lengths(&alone.add)), (0, vec![1]));
}

#[test]
fn a_late_step_moves_the_whole_chain() {
    let closed = cut((0..401).map(|n| step(n, n.unsigned_abs(), "a")).collect());
    let change = recut(vec![step(0, 1_000, "z")], &closed);
    assert_eq!(change.remove, [0, 1, 2]);
    assert_eq!(lengths(&change.add), [STEPS_MAX, STEPS_MAX, 2]);
    let tail = recut(vec![step(400, 1_000, "z")], &closed);
    assert_eq!(tail.remove, [2], "full sessions before it stay as they are");
}

#[test]
fn an_item_that_follows_itself_counts_once() {
    let steps = ["a", "a", "b", "a", "a"].map(|item| step(0, 0, item));
    let told: Vec<_> = items_of(&steps).iter().map(ToString::to_string).collect();
    assert_eq!(told, ["a", "b", "a"]);
}

/// Steps around a few instants, so that pauses, ties, repeats and full sessions all occur.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let sparse = prop::collection::vec((0_i64..400, 0_u64..60, 0_u8..3), 0..80);
    let dense = prop::collection::vec((0_i64..60, 0_u64..2_000, 0_u8..3), 0..500);
    prop::strategy::Union::new([sparse.boxed(), dense.boxed()]).prop_map(|steps| {
        steps.into_iter().map(|(m, id, i)| step(m, id, ["a", "b", "c"][usize::from(i)])).collect()
    })
}

proptest! {
    #[test]
    fn any_arrival_and_any_closing_give_the_same_sessions(
        steps in steps(),
        order in any::<prop::sample::Index>(),
        closings in prop::collection::vec(1_usize..60, 0..40),
    ) {
        let expected = cut(steps.clone());
        let mut arriving = steps;
        if !arriving.is_empty() {
            let by = order.index(arriving.len());
            arriving.rotate_left(by);
        }
        if order.index(2) == 1 {
            arriving.reverse();
        }
        let mut closed: Vec<Vec<Step>> = Vec::new();
        let mut closings = closings.into_iter();
        while !arriving.is_empty() {
            let some = closings.next().unwrap_or(arriving.len()).min(arriving.len());
            let change = recut(arriving.drain(..some).collect(), &closed);
            for place in change.remove.into_iter().rev() {
                closed.swap_remove(place);
            }
            closed.extend(change.add);
        }
        closed.sort();
        assert_eq!(closed, expected);
    }

    #[test]
    fn sessions_keep_their_two_rules(steps in steps()) {
        let sessions = cut(steps);
        for session in &sessions {
            assert!((1..=STEPS_MAX).contains(&session.len()));
            assert!(session.is_sorted());
            assert!(session.windows(2).all(|w| w[1].at.ms_since(w[0].at) < IDLE_MS));
        }
        for pair in sessions.windows(2) {
            let pause = pair[1][0].at.ms_since(pair[0][pair[0].len() - 1].at);
            assert!(pause >= IDLE_MS || pair[0].len() == STEPS_MAX);
        }
    }
}
