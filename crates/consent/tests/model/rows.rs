//! Evidence in every order, also rows that claim one version and one time.

use personal::evidence::RecordState;
use personal::gate::{Age, Choices};
use personal::kinds::ConsentEvidence;

use crate::rules::{BROKEN, REAL, Rules};
use crate::world::{Event, PURPOSES, State, at, events, facts, laws, mask, signals};

const STATES: [RecordState; 4] =
    [RecordState::Given, RecordState::Refused, RecordState::Withdrawn, RecordState::Expired];

/// Rows that differ in everything that counts: purpose, version, time, state, end and signals.
fn rows() -> Vec<ConsentEvidence> {
    let asked = events(1).into_iter().find_map(|event| match event {
        Event::Choice { request, .. } => Some(request),
        Event::Day | Event::WriteDown | Event::Asked(_) | Event::Invalid(_) => None,
    });
    let context = State::first().context(0);
    let (made, _) = (REAL.choose)(&Choices::default(), &asked.unwrap(), &context);
    let pattern = made.first().unwrap();
    let mut rows = Vec::new();
    for (purpose, version) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        for state in STATES {
            for bits in 0..16_u8 {
                let bit = |number: u8| bits >> number & 1;
                rows.push(ConsentEvidence {
                    purpose: PURPOSES[purpose],
                    version,
                    state,
                    at: at(bit(0)),
                    expires: at(2 + bit(1)),
                    signals: signals(bit(2)),
                    acknowledged: signals(bit(3)),
                    ..pattern.clone()
                });
            }
        }
    }
    rows
}

const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// How many sets of three rows were folded; `None` when one folds to more than one record.
fn orders_agree(rules: &Rules) -> Option<u64> {
    let rows = rows();
    let mut sets = 0;
    for (first, a) in rows.iter().enumerate() {
        for (second, b) in rows.iter().enumerate().skip(first) {
            for c in rows.iter().skip(second) {
                let three = [a, b, c];
                let folded = ORDERS.map(|order| (rules.fold)(&order.map(|place| three[place])));
                sets += 1;
                if folded.iter().any(|other| *other != folded[0]) {
                    return None;
                }
            }
        }
    }
    Some(sets)
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let sets = orders_agree(&REAL).unwrap();
    println!("{sets} sets of three rows, six orders each");
    assert!(sets > 1_000_000);
    let broken = BROKEN.iter().find(|(name, ..)| *name == "the last row read wins").unwrap();
    assert!(orders_agree(&broken.1).is_none());
}

/// Two rows of one version and one time are a clash. A no beats a yes, and of two yes the one that
/// ends first counts, with what it acknowledges: where one row is more protective in both, what it
/// denies stays denied.
#[test]
fn of_rows_that_clash_the_more_protective_counts() {
    let rows = rows();
    let opens = |rows: &[&ConsentEvidence], purpose, request| {
        let choices = (REAL.fold)(rows);
        let one = |law| {
            let facts = facts(&choices, request, law, Age::Adult);
            (REAL.judge)(purpose, &facts, at(2)).is_ok()
        };
        laws().into_iter().any(one)
    };
    let is_yes = |row: &ConsentEvidence| row.state == RecordState::Given;
    let mut clashes = 0;
    for a in &rows {
        for b in &rows {
            let clash = (a.version, a.at, a.purpose) == (b.version, b.at, b.purpose);
            let of_two_minds = is_yes(a)
                && is_yes(b)
                && (a.expires < b.expires) != (mask(a.acknowledged) < mask(b.acknowledged));
            let alike = a.expires == b.expires || a.acknowledged == b.acknowledged;
            if !clash || (of_two_minds && !alike) {
                continue;
            }
            clashes += 1;
            for request in [0, 1] {
                let both = opens(&[a, b], a.purpose, request);
                let each = [a, b].into_iter().all(|one| opens(&[one], a.purpose, request));
                assert!(each || !both, "{a:?} {b:?}");
            }
        }
    }
    assert!(clashes > 1_000, "{clashes}");
}
