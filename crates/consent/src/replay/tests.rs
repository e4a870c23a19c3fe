use std::collections::BTreeMap;

use domain::time::{DAY_MS, Timestamp};
use personal::gate::{Age, Choice, ChoiceState, Choices, Refusal, judge};
use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::{Signal, Signals};
use proptest::prelude::*;

use crate::law::{PACKS, law_for, named};
use crate::replay::{Case, Decision};
use crate::signals::combine::{Combined, Statement, combine};
use domain::date::day;

const GPC: Signals = Signals::NONE.with(Signal::Gpc);

fn noon() -> Timestamp {
    day(2026, 11, 22).start().plus_ms(DAY_MS / 2)
}

fn chose(state: ChoiceState, acknowledged: Signals) -> Choices {
    let at = day(2026, 10, 1).start();
    let choice = Choice { state, at, expires: day(2027, 10, 1).start(), acknowledged };
    let by_purpose = BTreeMap::from([(PurposeName::Personalization, choice)]);
    Choices { by_purpose, ..Choices::default() }
}

fn decided(place: &str, choices: &Choices, signals: &Combined, age: Age) -> Decision {
    let pack = law_for(Some(place), day(2026, 11, 22));
    let all = Case { pack, choices, signals, age, child_directed: false, now: noon() }.decide();
    assert_eq!(all.len(), PurposeName::ALL.len());
    all.into_iter().find(|one| one.purpose == PurposeName::Personalization).unwrap()
}

#[track_caller]
fn check(decision: &Decision, verdict: Result<(), Refusal>, rule: &str, source: &str) {
    assert_eq!(decision.verdict, verdict);
    assert!(decision.rule.contains(rule), "{rule:?} is not in {:?}", decision.rule);
    assert!(decision.source.contains(source), "{source:?} is not in {:?}", decision.source);
}

#[test]
fn the_rule_that_decided_is_named_with_its_article() {
    let (none, gpc) = (combine([]), combine([Statement::gpc()]));
    let nobody = Choices::default();
    let yes = chose(ChoiceState::Given, Signals::NONE);
    let over = chose(ChoiceState::Given, GPC);
    let no = chose(ChoiceState::Refused, Signals::NONE);
    let back = chose(ChoiceState::Withdrawn, Signals::NONE);
    let adult = Age::Adult;
    let signal = Err(Refusal::Signal(Signal::Gpc));
    check(&decided("DE", &nobody, &none, adult), Err(Refusal::Missing), "without a yes", "5(3)");
    check(&decided("US-CA", &nobody, &none, adult), Ok(()), "until a no", "[");
    let refused = decided("US-CA", &nobody, &gpc, adult);
    check(&refused, signal, "never asked, and gpc says no", "7025");
    assert_eq!(refused.against, [(Signal::Gpc, "Sec-GPC".to_owned())]);
    check(&decided("DE", &yes, &none, adult), Ok(()), "yes of 2026-10-01 counts until 2027", "[");
    check(&decided("DE", &yes, &gpc, adult), signal, "did not acknowledge gpc", "[");
    check(&decided("DE", &over, &gpc, adult), Ok(()), "above gpc, which it acknowledged", "[");
    check(&decided("XX", &over, &gpc, adult), signal, "no yes outranks a signal", "[");
    check(&decided("DE", &no, &none, adult), Err(Refusal::Refused), "no of 2026-10-01", "7(3)");
    check(&decided("DE", &back, &none, adult), Err(Refusal::Withdrawn), "withdrawal of", "7(3)");
    let child = Age::Child { parental_consent: false };
    check(&decided("DE", &yes, &none, child), Err(Refusal::Child), "a parent decides", "8");
}

#[test]
fn a_yes_that_ran_out_says_when() {
    let pack = law_for(Some("DE"), day(2026, 11, 22));
    let choices = chose(ChoiceState::Given, Signals::NONE);
    let now = day(2027, 10, 1).start();
    let signals = combine([]);
    let (age, child_directed) = (Age::Adult, false);
    let case = Case { pack, choices: &choices, signals: &signals, age, child_directed, now };
    let one = case.decide().into_iter().next().unwrap();
    check(&one, Err(Refusal::Expired), "the yes ended on 2027-10-01", "[");
}

#[test]
fn a_past_decision_is_made_again_from_the_digest_that_evidence_names() {
    let old = law_for(Some("US-CA"), day(2025, 6, 1));
    let new = law_for(Some("US-CA"), day(2026, 6, 1));
    assert_ne!(old.digest, new.digest);
    let choices = chose(ChoiceState::Given, GPC);
    let signals = combine([Statement::gpc()]);
    let now = noon();
    for pack in [old, new] {
        let found = named(&pack.digest).unwrap();
        assert_eq!(found.id, pack.id);
        let (age, child_directed) = (Age::Adult, false);
        let case =
            |pack| Case { pack, choices: &choices, signals: &signals, age, child_directed, now };
        assert_eq!(case(found).decide(), case(pack).decide());
    }
}

fn any_choice() -> impl Strategy<Value = Choice> {
    let states = [ChoiceState::Given, ChoiceState::Refused, ChoiceState::Withdrawn];
    let state = prop::sample::select(states.to_vec());
    (state, -400_i64..400, any::<bool>()).prop_map(|(state, days, told)| {
        let at = noon().plus_ms(-DAY_MS * 400);
        let acknowledged = if told { GPC } else { Signals::NONE };
        Choice { state, at, expires: noon().plus_ms(days * DAY_MS), acknowledged }
    })
}

proptest! {
    /// The tester never says something else than the gate does, and never says nothing.
    #[test]
    fn the_gate_decides(
        pack in 0..PACKS.len(),
        choice in prop::option::of(any_choice()),
        (gpc, parent, child, directed) in any::<(bool, bool, bool, bool)>(),
    ) {
        let by_purpose =
            PurposeName::ALL.into_iter().filter_map(|purpose| Some((purpose, choice?))).collect();
        let choices = Choices { by_purpose, ..Choices::default() };
        let signals = combine(gpc.then(Statement::gpc));
        let age = if child { Age::Child { parental_consent: parent } } else { Age::Unknown };
        let (pack, now) = (&PACKS[pack], noon());
        let (choices, signals) = (&choices, &signals);
        let case = Case { pack, choices, signals, age, child_directed: directed, now };
        for one in case.decide() {
            let facts = case.facts(one.purpose);
            prop_assert_eq!(one.verdict, judge(one.purpose, &facts, noon()));
            prop_assert!(!one.rule.is_empty() && one.source.starts_with('['), "{one:?}");
            let consent = one.purpose.basis() == LawfulBasis::Consent;
            prop_assert_eq!(one.against.is_empty(), !(gpc && consent));
        }
    }
}
