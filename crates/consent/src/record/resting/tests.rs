use std::collections::BTreeSet;

use domain::time::{Day, Timestamp};
use personal::evidence::{DecidedBy, RecordState};
use personal::gate::Choices;
use personal::purpose::PurposeName;
use personal::signal::SignalsByPurpose;
use proptest::prelude::*;

use crate::law;
use crate::record::{Context, choose, fold, resting::restrict};
use crate::request::ChoiceRequest;

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);

fn context() -> Context<'static> {
    let (law, signals) = (law::law_for(None, Day::from_number(19_000)), SignalsByPurpose::NONE);
    Context { now: NOW, law, place: None, signals }
}

fn rest(current: &Choices, purposes: &[PurposeName], rests: bool) -> crate::record::Chosen {
    let purposes: BTreeSet<PurposeName> = purposes.iter().copied().collect();
    restrict(current, (&purposes, rests), ("request", DecidedBy::Person), &context())
}

#[test]
fn a_restriction_leaves_the_choice_as_it_is_and_is_told_again_from_the_rows() {
    let yes = ChoiceRequest::of([(PurposeName::Personalization, true)].into(), "banner");
    let given = choose(&Choices::default(), &yes, &context()).unwrap();
    let all = PurposeName::ALL;
    let rested = rest(&given.choices, &all, true);
    let can: BTreeSet<_> = all.into_iter().filter(|one| one.can_rest()).collect();
    let rests = |choices: &Choices| -> BTreeSet<_> {
        all.into_iter().filter(|one| choices.restricts(*one)).collect()
    };
    assert_eq!(rests(&rested.choices), can);
    assert_eq!(rested.choices.by_purpose, given.choices.by_purpose);
    assert!(rested.choices.version > given.choices.version, "open permits die");
    assert!(rest(&rested.choices, &all, true).evidence.is_empty(), "once is enough");
    let released = rest(&rested.choices, &[PurposeName::Personalization], false);
    assert_eq!(released.evidence.len(), 1);
    assert_eq!(released.evidence[0].state, RecordState::Released);
    let rows = || given.evidence.iter().chain(&rested.evidence);
    assert_eq!(fold(rows()), rested.choices);
    assert_eq!(fold(rows().chain(&released.evidence)), released.choices);
    assert!(!released.choices.restricts(PurposeName::Personalization));
    assert_eq!(rests(&released.choices).len(), can.len() - 1);
}

proptest! {
    #[test]
    fn the_rows_say_it_in_any_order(
        steps in proptest::collection::vec((0..PurposeName::ALL.len(), any::<bool>()), 0..12),
        turn in any::<prop::sample::Index>(),
    ) {
        let (mut choices, mut rows) = (Choices::default(), Vec::new());
        for (purpose, rests) in steps {
            let next = rest(&choices, &[PurposeName::ALL[purpose]], rests);
            choices = next.choices;
            rows.extend(next.evidence);
        }
        if !rows.is_empty() {
            let by = turn.index(rows.len());
            rows.rotate_left(by);
        }
        prop_assert_eq!(fold(&rows).restrictions, choices.restrictions);
    }
}
