use std::collections::BTreeMap;

use domain::id::Pseudonym;
use domain::time::Timestamp;
use proptest::prelude::*;

use super::{Sweep, SweepEntry};
use crate::gate::{Age, Choice, ChoiceState, Choices, Facts, Law, Refusal};
use crate::kinds::ClosedSession;
use crate::permit::ConsentVersion;
use crate::purpose::{PurposeName, SharedLearning};
use crate::signal::{Signal, Signals};
use crate::subject::SubjectRef;
use crate::value::Personal;

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);

fn choices(state: ChoiceState, expires_ms: i64) -> Choices {
    let choice = Choice {
        state,
        at: NOW.plus_ms(-1),
        expires: NOW.plus_ms(expires_ms),
        acknowledged: Signals::NONE,
    };
    Choices {
        version: ConsentVersion::from_number(1),
        by_purpose: BTreeMap::from([(PurposeName::SharedLearning, choice)]),
        ..Choices::default()
    }
}

fn facts(who: u8, choices: Option<&Choices>) -> Facts<'_> {
    Facts {
        subject: SubjectRef::from_bytes([who; 16]),
        pseudonym: Pseudonym::from_bytes([who; 16]),
        choices,
        signals: Signals::NONE,
        law: Law::STRICTEST,
        age: Age::Adult,
    }
}

fn session(who: u8) -> Personal<ClosedSession> {
    Personal::new(Pseudonym::from_bytes([who; 16]), ClosedSession { steps: vec![] })
}

/// Feeds one row and says whether the sink got it.
fn feed(
    sweep: &mut Sweep<SharedLearning>,
    owner: u8,
    facts: &Facts<'_>,
) -> (Result<(), Refusal>, bool) {
    let mut fed = false;
    let verdict = sweep.feed(session(owner), facts, NOW, |_| fed = true);
    (verdict, fed)
}

#[test]
fn every_person_is_decided_anew() {
    let mut sweep = Sweep::begin("rebuild", NOW);
    let yes = choices(ChoiceState::Given, 1);
    let no = choices(ChoiceState::Refused, 1);
    let back = choices(ChoiceState::Withdrawn, 1);
    let ended = choices(ChoiceState::Given, 0);
    let mut gpc = yes.clone();
    gpc.signals = gpc.signals.with(Signal::Gpc);
    for (choices, expected) in [
        (Some(&yes), Ok(())),
        (Some(&no), Err(Refusal::Refused)),
        (Some(&back), Err(Refusal::Withdrawn)),
        (Some(&ended), Err(Refusal::Expired)),
        (Some(&gpc), Err(Refusal::Signal(Signal::Gpc))),
        (None, Err(Refusal::Missing)),
        (Some(&yes), Ok(())),
    ] {
        let (verdict, fed) = feed(&mut sweep, 1, &facts(1, choices));
        assert_eq!((verdict, fed), (expected, expected.is_ok()));
    }
    let expected = SweepEntry {
        job: "rebuild",
        purpose: PurposeName::SharedLearning,
        began: NOW,
        read: 2,
        refused: 5,
    };
    assert_eq!(sweep.finish(), expected);
}

#[test]
fn a_row_of_somebody_else_stays_closed() {
    let mut sweep = Sweep::begin("rebuild", NOW);
    let yes = choices(ChoiceState::Given, 1);
    let fed = feed(&mut sweep, 2, &facts(1, Some(&yes)));
    assert_eq!(fed, (Err(Refusal::Missing), false));
    assert_eq!((sweep.entry.read, sweep.entry.refused), (0, 1));
}

#[test]
fn a_run_without_rows_leaves_an_entry_too() {
    let entry = Sweep::<SharedLearning>::begin("retention", NOW).finish();
    assert_eq!((entry.job, entry.read, entry.refused), ("retention", 0, 0));
}

proptest! {
    #[test]
    fn the_sink_gets_what_was_permitted_and_every_row_is_counted(
        rows in proptest::collection::vec((0..3_u8, 0..3_u8, any::<bool>(), -2_i64..3), 0..40),
    ) {
        let mut sweep = Sweep::begin("tune", NOW);
        let (mut permitted, mut refused) = (0, 0);
        for (owner, asked, given, expires_ms) in rows {
            let state = if given { ChoiceState::Given } else { ChoiceState::Withdrawn };
            let choices = choices(state, expires_ms);
            let expected = owner == asked && given && expires_ms > 0;
            let (verdict, fed) = feed(&mut sweep, owner, &facts(asked, Some(&choices)));
            prop_assert_eq!((verdict.is_ok(), fed), (expected, expected));
            permitted += u64::from(expected);
            refused += u64::from(!expected);
        }
        let entry = sweep.finish();
        prop_assert_eq!((entry.read, entry.refused), (permitted, refused));
    }
}
