use domain::id::Pseudonym;
use domain::time::{DAY_MS, Timestamp};
use personal::gate::{Age, ChoiceState, Choices, Facts, Law, Refusal, Regime, judge};
use personal::kinds::ConsentEvidence;
use personal::permit::ConsentVersion;
use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::{Signal, Signals};
use personal::subject::SubjectRef;
use proptest::prelude::{Just, Strategy, any, prop, proptest};

use crate::record::{ASSERTED_BYTES_MAX, ChooseError, Context, assert_basis, choose, fold};
use crate::request::{CONSENT_DAYS_MAX, ChoiceRequest, Notice};

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);
const GPC: Signals = Signals::NONE.with(Signal::Gpc);
const LAW: Law = Law { regime: Regime::OptIn, choice_outranks_signal: true, child_directed: false };

fn request(choices: &[(PurposeName, bool)]) -> ChoiceRequest {
    ChoiceRequest {
        subject: None,
        choices: choices.iter().copied().collect(),
        notice: Some(Notice { digest: [7; 32], language: "en".to_owned() }),
        acknowledged: Signals::NONE,
        for_days: CONSENT_DAYS_MAX,
        how: "banner".to_owned(),
    }
}

const fn context(day: i64) -> Context<'static> {
    Context { now: NOW.plus_ms(day * DAY_MS), law: "eu-2018-05-25", signals: Signals::NONE }
}

fn facts(choices: Option<&Choices>) -> Facts<'_> {
    Facts {
        subject: SubjectRef::from_bytes([1; 16]),
        pseudonym: Pseudonym::from_bytes([2; 16]),
        choices,
        signals: Signals::NONE,
        law: LAW,
        age: Age::Unknown,
    }
}

fn verdict(choices: &Choices, purpose: PurposeName, day: i64) -> Result<(), Refusal> {
    judge(purpose, &facts(Some(choices)), NOW.plus_ms(day * DAY_MS))
}

#[test]
fn a_yes_opens_the_gate_and_a_withdrawal_closes_it() {
    let purpose = PurposeName::Personalization;
    let none = Choices::default();
    let yes = choose(&none, &request(&[(purpose, true)]), &context(0)).unwrap().choices;
    assert_eq!(verdict(&yes, purpose, 1), Ok(()));
    let other = PurposeName::SharedLearning;
    assert_eq!(verdict(&yes, other, 1), Err(Refusal::Missing), "a switch of its own");
    let no = choose(&yes, &request(&[(purpose, false)]), &context(1)).unwrap().choices;
    assert_eq!(verdict(&no, purpose, 1), Err(Refusal::Withdrawn));
    let again = choose(&no, &request(&[(purpose, false)]), &context(2)).unwrap().choices;
    assert_eq!(verdict(&again, purpose, 2), Err(Refusal::Withdrawn));
    let refused = choose(&none, &request(&[(purpose, false)]), &context(0)).unwrap().choices;
    assert_eq!(verdict(&refused, purpose, 0), Err(Refusal::Refused));
}

#[test]
fn a_yes_ends_after_thirteen_months_or_when_asked() {
    let purpose = PurposeName::Personalization;
    let none = Choices::default();
    let mut asked = request(&[(purpose, true)]);
    let yes = choose(&none, &asked, &context(0)).unwrap().choices;
    let days = i64::from(CONSENT_DAYS_MAX);
    assert_eq!(verdict(&yes, purpose, days - 1), Ok(()));
    assert_eq!(verdict(&yes, purpose, days), Err(Refusal::Expired));
    asked.for_days = 30;
    let yes = choose(&none, &asked, &context(0)).unwrap().choices;
    assert_eq!(verdict(&yes, purpose, 29), Ok(()));
    assert_eq!(verdict(&yes, purpose, 30), Err(Refusal::Expired));
    asked.for_days = u32::MAX;
    let yes = choose(&none, &asked, &context(0)).unwrap().choices;
    assert_eq!(verdict(&yes, purpose, days), Err(Refusal::Expired));
}

#[test]
fn evidence_says_what_was_shown() {
    let (a, b) = (PurposeName::Personalization, PurposeName::Marketing);
    let mut asked = request(&[(a, true), (b, false)]);
    asked.acknowledged = GPC;
    let current = Choices { version: ConsentVersion::from_number(4), ..Choices::default() };
    let chosen = choose(&current, &asked, &Context { signals: GPC, ..context(0) }).unwrap();
    assert_eq!(chosen.choices.version.number(), 5, "once per request");
    assert_eq!(chosen.choices.signals, GPC);
    let [first, second] = chosen.evidence.as_slice() else { panic!("two rows") };
    for row in [first, second] {
        assert_eq!((row.version, row.at, row.signals), (4, NOW, GPC));
        assert_eq!((row.notice.as_slice(), row.shown.as_str()), ([7; 32].as_slice(), "en"));
        assert_eq!((row.law.as_str(), row.how.as_str()), ("eu-2018-05-25", "banner"));
    }
    assert_eq!((first.purpose, first.state, first.acknowledged), (a, ChoiceState::Given, GPC));
    assert_eq!(
        (second.purpose, second.state, second.acknowledged),
        (b, ChoiceState::Refused, Signals::NONE),
        "a no outranks nothing"
    );
}

#[test]
fn a_signal_stands_until_it_is_acknowledged() {
    let purpose = PurposeName::Personalization;
    let none = Choices::default();
    let seen = Context { signals: GPC, ..context(0) };
    let mut asked = request(&[(purpose, true)]);
    let yes = choose(&none, &asked, &seen).unwrap().choices;
    assert_eq!(verdict(&yes, purpose, 1), Err(Refusal::Signal(Signal::Gpc)));
    asked.acknowledged = GPC;
    let yes = choose(&none, &asked, &seen).unwrap().choices;
    assert_eq!(verdict(&yes, purpose, 1), Ok(()));
    let strict = Facts { law: Law::STRICTEST, ..facts(Some(&yes)) };
    assert_eq!(judge(purpose, &strict, NOW), Err(Refusal::Signal(Signal::Gpc)));
}

#[track_caller]
fn refused(purpose: PurposeName, yes: bool, expected: ChooseError) {
    let both = request(&[(PurposeName::Personalization, true), (purpose, yes)]);
    let told = choose(&Choices::default(), &both, &context(0)).map(|_| ());
    assert_eq!(told, Err(expected), "nothing of the request counts");
}

#[test]
fn what_rests_on_no_consent_cannot_be_given() {
    for purpose in PurposeName::ALL {
        match purpose.basis() {
            LawfulBasis::Consent => continue,
            LawfulBasis::LegitimateInterests => {
                let objection = request(&[(purpose, false)]);
                let choices = choose(&Choices::default(), &objection, &context(0)).unwrap().choices;
                assert_eq!(verdict(&choices, purpose, 0), Err(Refusal::Refused));
            }
            LawfulBasis::Contract | LawfulBasis::LegalObligation => {
                refused(purpose, false, ChooseError::NotRefused(purpose));
            }
        }
        refused(purpose, true, ChooseError::NotGiven(purpose));
    }
}

#[test]
fn an_asserted_basis_is_evidence_too() {
    let purpose = PurposeName::SharedLearning;
    let none = Choices::default();
    let said = |text: &str| assert_basis(&none, (purpose, text), &context(0));
    let chosen = said(" asked at the till ").unwrap();
    assert_eq!(verdict(&chosen.choices, purpose, 1), Ok(()));
    let row = &chosen.evidence[0];
    assert_eq!((row.shown.as_str(), row.notice.len()), ("asked at the till", 0));
    assert_eq!(said(" ").map(|_| ()), Err(ChooseError::Asserted));
    let long = "x".repeat(ASSERTED_BYTES_MAX + 1);
    assert_eq!(said(&long).map(|_| ()), Err(ChooseError::Asserted));
    let fraud = PurposeName::FraudPrevention;
    let told = assert_basis(&none, (fraud, "safety"), &context(0)).map(|_| ());
    assert_eq!(told, Err(ChooseError::NotGiven(fraud)));
}

#[test]
fn nothing_on_record_folds_to_nothing() {
    assert_eq!(fold(&[]), Choices::default());
}

fn consented() -> impl Strategy<Value = PurposeName> {
    let all = PurposeName::ALL.into_iter().filter(|p| p.basis() == LawfulBasis::Consent);
    prop::sample::select(all.collect::<Vec<_>>())
}

fn signals() -> impl Strategy<Value = Signals> {
    let tool = Signals::NONE.with(Signal::ConsentTool);
    prop::sample::select(vec![Signals::NONE, GPC, tool, GPC.and(tool)])
}

fn history() -> impl Strategy<Value = Vec<(ChoiceRequest, Signals, i64)>> {
    let choices = prop::collection::btree_map(consented(), any::<bool>(), 1..4);
    let one = (choices, signals(), signals(), 1_u32..500, -2_i64..40).prop_map(
        |(choices, acknowledged, present, for_days, day)| {
            let choices: Vec<_> = choices.into_iter().collect();
            let asked = ChoiceRequest { acknowledged, for_days, ..request(&choices) };
            (asked, present, day)
        },
    );
    prop::collection::vec(one, 0..12)
}

/// Makes the choices one after the other; gives all evidence and what the person ends with.
fn live(history: &[(ChoiceRequest, Signals, i64)]) -> (Vec<ConsentEvidence>, Choices) {
    let (mut rows, mut choices) = (Vec::new(), Choices::default());
    for (asked, signals, day) in history {
        let seen = Context { signals: *signals, ..context(*day) };
        let chosen = choose(&choices, asked, &seen).unwrap();
        rows.extend(chosen.evidence);
        choices = chosen.choices;
    }
    (rows, choices)
}

fn regime() -> impl Strategy<Value = Law> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(opt_out, outranks, child)| Law {
        regime: if opt_out { Regime::OptOut } else { Regime::OptIn },
        choice_outranks_signal: outranks,
        child_directed: child,
    })
}

proptest! {
    #[test]
    fn folding_gives_what_was_chosen_in_any_order(
        (rows, choices, shuffled) in history().prop_flat_map(|history| {
            let (rows, choices) = live(&history);
            (Just(rows.clone()), Just(choices), Just(rows).prop_shuffle())
        })
    ) {
        assert_eq!(fold(&rows), choices);
        assert_eq!(fold(&shuffled), choices);
    }

    #[test]
    fn rows_that_claim_the_same_moment_fold_in_any_order(
        (rows, shuffled) in history().prop_flat_map(|history| {
            let (mut rows, _) = live(&history);
            for row in &mut rows {
                row.version %= 2;
                row.at = NOW;
            }
            (Just(rows.clone()), Just(rows).prop_shuffle())
        })
    ) {
        assert_eq!(fold(&rows), fold(&shuffled));
    }

    #[test]
    fn after_a_withdrawal_the_gate_denies(
        history in history(), purpose in consented(), law in regime(), day in 0_i64..1_000,
    ) {
        let (_, choices) = live(&history);
        let no = choose(&choices, &request(&[(purpose, false)]), &context(41)).unwrap().choices;
        let facts = Facts { law, ..facts(Some(&no)) };
        assert!(judge(purpose, &facts, NOW.plus_ms(day * DAY_MS)).is_err());
        assert!(no.version > choices.version, "open permits die");
    }

    #[test]
    fn a_signal_never_widens(
        history in history(), purpose in consented(), law in regime(),
        present in signals(), more in signals(), day in 0_i64..500,
    ) {
        let (_, choices) = live(&history);
        let now = NOW.plus_ms(day * DAY_MS);
        for choices in [None, Some(&choices)] {
            let before = Facts { law, signals: present, ..facts(choices) };
            let after = Facts { signals: present.and(more), ..before };
            let (before, after) = (judge(purpose, &before, now), judge(purpose, &after, now));
            assert!(after.is_err() || before.is_ok());
        }
    }

    #[test]
    fn no_yes_outlives_thirteen_months(history in history(), purpose in consented()) {
        let (rows, choices) = live(&history);
        let last = rows.iter().map(|row| row.at).max().unwrap_or(NOW);
        let later = last.plus_ms(i64::from(CONSENT_DAYS_MAX) * DAY_MS);
        assert!(judge(purpose, &facts(Some(&choices)), later).is_err());
    }
}
