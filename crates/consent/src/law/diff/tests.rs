use domain::time::Timestamp;
use personal::gate::{Choice, ChoiceState, Choices, Law};
use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::{Signal, Signals};
use proptest::prelude::*;

use crate::law::diff::{Change, Reached, Shape, diff};
use crate::law::{LawPack, PACKS, named};

fn pack(id: &str) -> &'static LawPack {
    named(id).unwrap()
}

#[test]
fn an_opt_in_law_after_an_opt_out_law_ends_what_nobody_chose() {
    let found = diff(pack("us-ca-2026-01-01"), pack("eu-2018-05-25"));
    let asked = PurposeName::ALL.into_iter().filter(|p| p.basis() == LawfulBasis::Consent);
    let ended = [Shape::Never, Shape::Given, Shape::GivenOverSignal];
    let expected: Vec<_> = asked
        .flat_map(|p| ended.map(|shape| ((p, shape), Change::ToRefused { ask: true })))
        .collect();
    assert_eq!(found.changes.iter().map(|(k, v)| (*k, *v)).collect::<Vec<_>>(), expected);
    let text = found.to_string();
    for word in ["allowed > refused, asking is due", "only before: US-CA", "45 days > 1 month"] {
        assert!(text.contains(word), "{word:?} is not in:\n{text}");
    }
}

#[test]
fn under_the_strictest_law_no_yes_outranks_a_signal() {
    let found = diff(pack("eu-2018-05-25"), pack("strictest-1"));
    let change = found.changes.get(&(PurposeName::Marketing, Shape::GivenOverSignal));
    assert_eq!(change, Some(&Change::ToRefused { ask: false }));
    assert_eq!(found.changes.len(), 6);
    let back = diff(pack("strictest-1"), pack("eu-2018-05-25"));
    assert!(back.changes.values().all(|change| *change == Change::ToAllowed));
}

#[test]
fn a_proposal_can_be_compared_before_it_counts() {
    let found = diff(pack("eu-2018-05-25"), pack("eu-omnibus-proposed"));
    assert!(found.changes.is_empty());
    let text = found.to_string();
    for word in [
        "places, both: EEA EU",
        "no stored choice is judged otherwise",
        "ask again after a refusal: 12 months > 6 months",
        "tell the authority of a breach: 72 hours > 96 hours",
    ] {
        assert!(text.contains(word), "{word:?} is not in:\n{text}");
    }
}

#[test]
fn stored_choices_are_counted() {
    let found = diff(pack("us-2023-07-01"), pack("strictest-1"));
    let purpose = PurposeName::Personalization;
    let stored = [Shape::Never, Shape::Never, Shape::Given, Shape::GivenOverSignal, Shape::Refused];
    let reached = found.reach(stored.map(|shape| (purpose, shape)));
    assert_eq!(reached, Reached { to_refused: 4, to_allowed: 0, to_ask: 4, same: 1 });
}

fn choices() -> impl Strategy<Value = Choices> {
    let state = prop::sample::select(vec![
        None,
        Some(ChoiceState::Given),
        Some(ChoiceState::Refused),
        Some(ChoiceState::Withdrawn),
    ]);
    let signals = || {
        prop::collection::vec(prop::sample::select(Signal::ALL.to_vec()), 0..3)
            .prop_map(|all| all.into_iter().fold(Signals::NONE, Signals::with))
    };
    (state, 0i64..20, signals(), signals()).prop_map(|(state, ends, acknowledged, signals)| {
        let choice = |state| Choice {
            state,
            at: Timestamp::from_ms(1),
            expires: Timestamp::from_ms(ends),
            acknowledged,
        };
        let by_purpose = state.map(|state| (PurposeName::Marketing, choice(state)));
        Choices { by_purpose: by_purpose.into_iter().collect(), signals, ..Choices::default() }
    })
}

proptest! {
    #[test]
    fn nothing_changes_between_a_pack_and_itself(one in 0..PACKS.len()) {
        let found = diff(&PACKS[one], &PACKS[one]);
        prop_assert!(found.changes.is_empty() && found.reworded.is_empty());
    }

    /// What a law takes from silence another one gives back; a yes that ended stays ended.
    #[test]
    fn there_and_back_are_opposites(one in 0..PACKS.len(), two in 0..PACKS.len()) {
        let (there, back) = (diff(&PACKS[one], &PACKS[two]), diff(&PACKS[two], &PACKS[one]));
        let allowed = |change: &Change| *change == Change::ToAllowed;
        for (key @ (_, shape), change) in there.changes.iter().chain(&back.changes) {
            if shape.is_yes() {
                prop_assert!(!allowed(change));
            } else {
                prop_assert_ne!(allowed(&there.changes[key]), allowed(&back.changes[key]));
            }
        }
    }

    /// A shape stands for every record of that shape: the gate says the same about both.
    #[test]
    fn a_shape_is_all_that_a_law_sees(choices in choices(), opt_out: bool, outranks: bool) {
        use personal::gate::{Age, Facts, Regime, judge};
        let (purpose, now) = (PurposeName::Marketing, Timestamp::from_ms(10));
        let law = Law {
            regime: if opt_out { Regime::OptOut } else { Regime::OptIn },
            choice_outranks_signal: outranks,
            child_directed: false,
        };
        let facts = Facts {
            subject: personal::subject::SubjectRef::from_bytes([0; 16]),
            pseudonym: domain::id::Pseudonym::from_bytes([0; 16]),
            choices: Some(&choices),
            signals: Signals::NONE,
            law,
            age: Age::Adult,
        };
        let shape = Shape::of(&choices, purpose, Signals::NONE, now);
        prop_assert_eq!(judge(purpose, &facts, now).is_ok(), shape.judged(purpose, law).is_ok());
    }
}
