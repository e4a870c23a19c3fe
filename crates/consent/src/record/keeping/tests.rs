use domain::time::Timestamp;
use personal::evidence::RecordState;
use personal::gate::Choices;
use personal::keeping::Keep;
use personal::kinds::ConsentEvidence;
use personal::purpose::PurposeName;
use personal::signal::SignalsByPurpose;

use crate::law::named;
use crate::record::{ChooseError, Context, choose, fold};
use crate::request::ChoiceRequest;

const PURPOSE: PurposeName = PurposeName::Personalization;
const OTHER: PurposeName = PurposeName::SharedLearning;

fn context(ms: i64) -> Context<'static> {
    let now = Timestamp::from_ms(1_700_000_000_000 + ms);
    let law = named("eu-2018-05-25").unwrap();
    Context { now, law, place: None, signals: SignalsByPurpose::NONE }
}

fn asks(keep: &[(PurposeName, Keep)]) -> ChoiceRequest {
    let keep = keep.iter().copied().collect();
    ChoiceRequest { keep, ..ChoiceRequest::of([].into(), "privacy_center") }
}

#[test]
fn a_period_is_evidence_and_changes_nothing_of_the_choice() {
    let yes = ChoiceRequest::of([(PURPOSE, true)].into(), "banner");
    let given = choose(&Choices::default(), &yes, &context(0)).unwrap();
    let request = asks(&[(PURPOSE, Keep::Days(30))]);
    let chosen = choose(&given.choices, &request, &context(1)).unwrap();
    let [row] = chosen.evidence.as_slice() else { panic!("{}", chosen.evidence.len()) };
    assert_eq!((row.state, row.keep), (RecordState::Period, Some(Keep::Days(30))));
    assert_eq!(row.how, "privacy_center");
    assert_eq!(chosen.choices.by_purpose, given.choices.by_purpose);
    assert_eq!(chosen.choices.version, given.choices.version.next(), "open permits die");
    assert_eq!(chosen.choices.keep(PURPOSE), Keep::Days(30));
    assert_eq!(chosen.choices.keep(OTHER), Keep::Declared);
    // Neither a no nor a fresh yes ends it: only the person does.
    let no = ChoiceRequest::of([(PURPOSE, false)].into(), "banner");
    let withdrawn = choose(&chosen.choices, &no, &context(2)).unwrap();
    let again = choose(&withdrawn.choices, &yes, &context(3)).unwrap();
    assert_eq!(again.choices.keep(PURPOSE), Keep::Days(30));
    let request = asks(&[(PURPOSE, Keep::Declared)]);
    let longest = choose(&again.choices, &request, &context(4)).unwrap();
    assert_eq!(longest.choices.keep(PURPOSE), Keep::Declared);
}

#[test]
fn evidence_folds_to_the_same_in_any_order() {
    let mut rows: Vec<ConsentEvidence> = Vec::new();
    let mut choices = Choices::default();
    let steps = [
        asks(&[(PURPOSE, Keep::Days(180)), (OTHER, Keep::Days(90))]),
        ChoiceRequest::of([(PURPOSE, true), (OTHER, true)].into(), "banner"),
        asks(&[(PURPOSE, Keep::Days(30))]),
        asks(&[(OTHER, Keep::Declared)]),
    ];
    for (ms, request) in (0..).zip(steps) {
        let chosen = choose(&choices, &request, &context(ms)).unwrap();
        rows.extend(chosen.evidence);
        choices = chosen.choices;
    }
    for turn in 0..rows.len() {
        rows.rotate_left(turn);
        assert_eq!(fold(&rows), choices);
        rows.reverse();
        assert_eq!(fold(&rows), choices);
    }
    // Two that claim to be the newest: the shorter one counts.
    let newest = rows.iter().find(|row| row.keep == Some(Keep::Days(30))).unwrap();
    let longer = ConsentEvidence { keep: Some(Keep::Days(60)), ..newest.clone() };
    for both in [[newest, &longer], [&longer, newest]] {
        assert_eq!(fold(both).keep(PURPOSE), Keep::Days(30));
    }
}

#[test]
fn what_a_law_demands_has_no_period_of_ones_own() {
    let request = asks(&[(PurposeName::LegalProof, Keep::Days(30))]);
    let refused = choose(&Choices::default(), &request, &context(0)).map(|_| ());
    assert_eq!(refused, Err(ChooseError::NotShortened(PurposeName::LegalProof)));
}
