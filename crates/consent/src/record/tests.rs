use domain::hex;
use domain::id::Pseudonym;
use domain::time::{DAY_MS, Timestamp};
use personal::evidence::{DecidedBy, Lasting, RecordState};
use personal::gate::{Age, Choices, Facts, Law, Refusal, Regime, judge};
use personal::kinds::ConsentEvidence;
use personal::permit::ConsentVersion;
use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::{Signal, Signals, SignalsByPurpose};
use personal::subject::SubjectRef;
use proptest::prelude::{Just, Strategy, any, prop, proptest};

use crate::law::named;
use crate::record::{
    ASSERTED_BYTES_MAX, ChooseError, Context, ask, assert_basis, by_parent, choose, ended, expire,
    fold, has_ended, invalidate,
};
use crate::request::{CONSENT_DAYS_MAX, ChoiceRequest, Notice};

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);
const GPC: Signals = Signals::NONE.with(Signal::Gpc);
const LAW: Law = Law { regime: Regime::OptIn, choice_outranks_signal: true, child_directed: false };

fn request(choices: &[(PurposeName, bool)]) -> ChoiceRequest {
    ChoiceRequest {
        notice: Some(Notice { digest: [7; 32], language: "en".to_owned() }),
        ..ChoiceRequest::of(choices.iter().copied().collect(), "banner")
    }
}

fn context(day: i64) -> Context<'static> {
    let law = named("eu-2018-05-25").unwrap();
    Context {
        now: NOW.plus_ms(day * DAY_MS),
        law,
        place: Some("DE"),
        signals: SignalsByPurpose::NONE,
    }
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
fn a_pause_rests_a_yes_for_thirty_days_and_no_longer() {
    let purpose = PurposeName::Personalization;
    let pause = ChoiceRequest { pauses: [purpose].into(), ..request(&[]) };
    let none = Choices::default();
    assert_eq!(choose(&none, &pause, &context(0)).unwrap_err(), ChooseError::NotOn(purpose));
    let yes = choose(&none, &request(&[(purpose, true)]), &context(0)).unwrap();
    let paused = choose(&yes.choices, &pause, &context(1)).unwrap();
    let row = &paused.evidence[0];
    assert_eq!((row.state, row.expires), (RecordState::Paused, NOW.plus_ms(31 * DAY_MS)));
    assert_eq!(fold(yes.evidence.iter().chain(&paused.evidence)), paused.choices);
    assert_eq!(verdict(&paused.choices, purpose, 30), Err(Refusal::Paused));
    assert_eq!(verdict(&paused.choices, purpose, 31), Err(Refusal::Withdrawn));
    let longer = choose(&paused.choices, &pause, &context(2));
    assert_eq!(longer.unwrap_err(), ChooseError::NotOn(purpose));
    let back = choose(&paused.choices, &request(&[(purpose, true)]), &context(3)).unwrap();
    assert_eq!(back.evidence[0].state, RecordState::Given);
    assert_eq!(verdict(&back.choices, purpose, 40), Ok(()));
    let no = choose(&paused.choices, &request(&[(purpose, false)]), &context(3)).unwrap();
    assert_eq!(no.evidence[0].state, RecordState::Withdrawn);
    let fraud = PurposeName::FraudPrevention;
    let contract = ChoiceRequest { pauses: [fraud].into(), ..request(&[]) };
    assert_eq!(choose(&none, &contract, &context(0)).unwrap_err(), ChooseError::NotGiven(fraud));
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
    let chosen = choose(
        &current,
        &asked,
        &Context { signals: SignalsByPurpose::everywhere(GPC), ..context(0) },
    )
    .unwrap();
    assert_eq!(chosen.choices.version.number(), 5, "once per request");
    assert_eq!(chosen.choices.signals, GPC);
    let [first, second] = chosen.evidence.as_slice() else { panic!("two rows") };
    for row in [first, second] {
        assert_eq!((row.version, row.at, row.signals), (4, NOW, GPC));
        assert_eq!((row.notice.as_slice(), row.language.as_str()), ([7; 32].as_slice(), "en"));
        assert_eq!(hex::encode(&row.law_digest), named("eu-2018-05-25").unwrap().digest);
        assert_eq!((row.place.as_str(), row.decided_by), ("DE", DecidedBy::Person));
        assert_eq!((row.law.as_str(), row.how.as_str()), ("eu-2018-05-25", "banner"));
    }
    assert_eq!((first.purpose, first.state, first.acknowledged), (a, RecordState::Given, GPC));
    assert_eq!(
        (second.purpose, second.state, second.acknowledged),
        (b, RecordState::Refused, Signals::NONE),
        "a no outranks nothing"
    );
}

#[test]
fn a_signal_stands_until_it_is_acknowledged() {
    let purpose = PurposeName::Personalization;
    let none = Choices::default();
    let seen = Context { signals: SignalsByPurpose::everywhere(GPC), ..context(0) };
    let mut asked = request(&[(purpose, true)]);
    let yes = choose(&none, &asked, &seen).unwrap().choices;
    assert_eq!(verdict(&yes, purpose, 1), Err(Refusal::Signal(Signal::Gpc)));
    asked.acknowledged = GPC;
    let yes = choose(&none, &asked, &seen).unwrap().choices;
    assert_eq!(verdict(&yes, purpose, 1), Ok(()));
    let strict = Facts { law: Law::STRICTEST, ..facts(Some(&yes)) };
    assert_eq!(judge(purpose, &strict, NOW), Err(Refusal::Signal(Signal::Gpc)));
}

/// The states of the rows of one choice after the other.
#[track_caller]
fn check_states(yeses: &[bool], expected: &[RecordState]) {
    let purpose = PurposeName::Personalization;
    let mut choices = Choices::default();
    let mut states = Vec::new();
    for (&yes, day) in yeses.iter().zip(0..) {
        let chosen = choose(&choices, &request(&[(purpose, yes)]), &context(day)).unwrap();
        states.extend(chosen.evidence.iter().map(|row| row.state));
        choices = chosen.choices;
    }
    assert_eq!(states, expected);
}

#[test]
fn states_are_told_apart() {
    use RecordState::{Given, Refused, Renewed, Withdrawn};
    check_states(&[true, true, false, true], &[Given, Renewed, Withdrawn, Given]);
    check_states(&[false, false, true], &[Refused, Refused, Given]);
    check_states(&[true, false, false], &[Given, Withdrawn, Withdrawn]);
}

#[test]
fn a_yes_that_ended_is_written_down_once() {
    let purpose = PurposeName::Personalization;
    let mut asked = request(&[(purpose, true)]);
    asked.for_days = 30;
    let yes = choose(&Choices::default(), &asked, &context(0)).unwrap();
    let at = |day: i64| NOW.plus_ms(day * DAY_MS);
    assert_eq!(ended(&yes.choices, at(29)).count(), 0);
    let gone: Vec<_> = ended(&yes.choices, at(31)).collect();
    assert_eq!(gone, [purpose]);
    let expired = expire(&yes.choices, &yes.evidence, &gone, at(31));
    let [row] = expired.evidence.as_slice() else { panic!("one row") };
    assert_eq!((row.state, row.at, row.expires), (RecordState::Expired, at(31), at(30)));
    assert_eq!((row.decided_by, row.notice.as_slice()), (DecidedBy::Nobody, [7; 32].as_slice()));
    assert_eq!(verdict(&expired.choices, purpose, 31), Err(Refusal::Withdrawn));
    assert_eq!(verdict(&expired.choices, purpose, 1), Err(Refusal::Withdrawn), "a clock set back");
    assert!(has_ended(&expired.choices.by_purpose[&purpose], at(31)));
    assert_eq!(ask(&expired.choices, &asked, &context(32), |_| None).map(|rows| rows.len()), Ok(1));
    assert_eq!(ended(&expired.choices, at(40)).count(), 0, "once");
    assert!(expire(&expired.choices, &yes.evidence, &gone, at(40)).evidence.is_empty());
    let rows: Vec<_> = yes.evidence.iter().chain(&expired.evidence).cloned().collect();
    assert_eq!(fold(&rows), expired.choices);
    // A new yes is a new one, and is not called renewed.
    let again = choose(&expired.choices, &asked, &context(40)).unwrap();
    assert_eq!(again.evidence[0].state, RecordState::Given);
    assert_eq!(verdict(&again.choices, purpose, 41), Ok(()));
}

#[test]
fn a_yes_for_a_visit_ends_within_a_day() {
    let purpose = PurposeName::Personalization;
    let asked = ChoiceRequest { lasting: Lasting::Visit, ..request(&[(purpose, true)]) };
    let yes = choose(&Choices::default(), &asked, &context(0)).unwrap();
    assert_eq!(yes.evidence[0].lasting, Lasting::Visit);
    assert_eq!(verdict(&yes.choices, purpose, 0), Ok(()));
    assert_eq!(verdict(&yes.choices, purpose, 1), Err(Refusal::Expired));
    // The visit is over before its day is.
    let over = NOW.plus_ms(31 * 60 * 1_000);
    let expired = expire(&yes.choices, &yes.evidence, &[purpose], over);
    assert_eq!((expired.evidence[0].at, expired.evidence[0].expires), (over, over.plus_ms(-1)));
    assert_eq!(judge(purpose, &facts(Some(&expired.choices)), over), Err(Refusal::Withdrawn));
    assert_eq!(ended(&expired.choices, over).count(), 0);
}

#[test]
fn a_refusal_rests() {
    let purpose = PurposeName::Marketing;
    let asked = request(&[(purpose, false)]);
    let none = Choices::default();
    let asks = |choices: &Choices, day, law: &str| {
        let context = Context { law: named(law).unwrap(), ..context(day) };
        ask(choices, &asked, &context, |_| named("us-ca-2026-01-01")).map(|rows| rows.len())
    };
    assert_eq!(asks(&none, 0, "eu-2018-05-25"), Ok(1), "never chosen");
    let no = choose(&none, &asked, &context(0)).unwrap().choices;
    let pack = named("us-ca-2026-01-01").unwrap();
    let free = pack.may_ask_again(NOW.day()).unwrap();
    let other = named("eu-2018-05-25").unwrap().may_ask_again(NOW.day());
    let later = other.map(|day| day.max(free));
    assert_eq!(asks(&no, 1, "eu-2018-05-25"), Err(ChooseError::NotYet(purpose, later)));
    let open = i64::from(later.unwrap().number() - NOW.day().number());
    assert!(asks(&no, open - 1, "eu-2018-05-25").is_err());
    assert_eq!(asks(&no, open, "eu-2018-05-25"), Ok(1));
    let yes = choose(&none, &request(&[(purpose, true)]), &context(0)).unwrap().choices;
    assert_eq!(asks(&yes, 1, "eu-2018-05-25"), Ok(1), "a yes may be asked for again");
    let withdrawn = choose(&yes, &asked, &context(0)).unwrap().choices;
    assert!(asks(&withdrawn, 1, "eu-2018-05-25").is_err());
    let fraud = request(&[(PurposeName::FraudPrevention, false)]);
    let told = ask(&none, &fraud, &context(0), |_| None).map(|_| ());
    assert_eq!(told, Err(ChooseError::NotGiven(PurposeName::FraudPrevention)));
    // Being asked changes nothing of what is allowed.
    let rows = ask(&none, &asked, &context(0), |_| None).unwrap();
    assert_eq!(rows[0].state, RecordState::Requested);
    assert_eq!(fold(&rows), none);
}

#[test]
fn what_does_not_count_is_invalidated() {
    let purpose = PurposeName::Personalization;
    let mut asked = request(&[(purpose, true)]);
    let none = Choices::default();
    let told = invalidate(&none, &asked, &context(0)).map(|_| ());
    assert_eq!(told, Err(ChooseError::NotStanding(purpose)));
    let yes = choose(&none, &asked, &context(0)).unwrap();
    asked.source = "a parent said so".to_owned();
    let gone = invalidate(&yes.choices, &asked, &context(1)).unwrap();
    assert_eq!(gone.evidence[0].state, RecordState::Invalidated);
    assert_eq!(gone.evidence[0].decided_by, DecidedBy::Shop);
    assert_eq!(verdict(&gone.choices, purpose, 1), Err(Refusal::Withdrawn));
    assert!(!has_ended(&gone.choices.by_purpose[&purpose], NOW.plus_ms(2 * DAY_MS)));
    assert!(gone.choices.version > yes.choices.version, "open permits die");
    let rows: Vec<_> = yes.evidence.into_iter().chain(gone.evidence).collect();
    assert_eq!(fold(&rows), gone.choices);
}

#[test]
fn a_parent_decides_every_yes_that_stands_or_none() {
    let (a, b) = (PurposeName::Personalization, PurposeName::SharedLearning);
    let says = |current: &Choices, who, choices: &[(PurposeName, bool)], day| {
        let asked = ChoiceRequest { decided_by: who, ..request(choices) };
        choose(current, &asked, &context(day)).unwrap()
    };
    let none = Choices::default();
    let parent = says(&none, DecidedBy::Parent, &[(a, true), (b, false)], 0);
    assert!(by_parent(&parent.evidence));
    assert!(!by_parent(&[]), "nobody decided");
    let child = says(&parent.choices, DecidedBy::Person, &[(b, true)], 1);
    let both: Vec<_> = parent.evidence.iter().chain(&child.evidence).collect();
    assert!(!by_parent(both.iter().copied()));
    assert!(!by_parent(both.iter().rev().copied()), "in any order");
    let gone = says(&parent.choices, DecidedBy::Person, &[(a, false)], 1);
    assert!(!by_parent(parent.evidence.iter().chain(&gone.evidence)), "no yes is left");
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
    assert_eq!((row.source.as_str(), row.notice.len()), ("asked at the till", 0));
    assert_eq!((row.language.as_str(), row.decided_by), ("", DecidedBy::Shop));
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
        let seen = Context { signals: SignalsByPurpose::everywhere(*signals), ..context(*day) };
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
