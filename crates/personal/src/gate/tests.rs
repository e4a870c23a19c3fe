use std::collections::BTreeMap;

use domain::id::Pseudonym;
use domain::time::Timestamp;
use proptest::prelude::*;

use super::{
    Age, Choice, ChoiceState, Choices, Facts, Law, Refusal, Regime, Restriction, decide, judge,
    judge_feature,
};
use crate::feature::{Feature, Features, Switch, Switches};
use crate::permit::{ConsentVersion, PERMIT_MS_MAX, PermitError};
use crate::purpose::{
    FraudPrevention, LawfulBasis, LegalObligation, LegalProof, Marketing, Measurement,
    OrderFulfilment, Personalization, PersonalizedPricing, PrivateAggregates, Purpose, PurposeName,
    SharedLearning, Support,
};
use crate::signal::{Signal, Signals};
use crate::subject::SubjectRef;

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);
const GPC: Signals = Signals::NONE.with(Signal::Gpc);
const LENIENT: Law =
    Law { regime: Regime::OptOut, choice_outranks_signal: true, child_directed: false };

/// Facts that own their choices.
#[derive(Clone, Debug)]
struct Case {
    choices: Option<Choices>,
    signals: Signals,
    law: Law,
    age: Age,
}

impl Case {
    fn facts(&self) -> Facts<'_> {
        Facts {
            subject: SubjectRef::from_bytes([1; 16]),
            pseudonym: Pseudonym::from_bytes([2; 16]),
            choices: self.choices.as_ref(),
            signals: self.signals,
            law: self.law,
            age: self.age,
        }
    }

    fn judge(&self, purpose: PurposeName) -> Result<(), Refusal> {
        judge(purpose, &self.facts(), NOW)
    }

    fn choice(&self, purpose: PurposeName) -> Option<Choice> {
        self.choices.as_ref().and_then(|choices| choices.by_purpose.get(&purpose)).copied()
    }

    fn choose(&mut self, purpose: PurposeName, choice: Choice) {
        self.choices.get_or_insert_default().by_purpose.insert(purpose, choice);
    }

    fn without(mut self, purpose: PurposeName) -> Self {
        if let Some(choices) = &mut self.choices {
            choices.by_purpose.remove(&purpose);
        }
        self
    }
}

/// A yes of an adult, long valid, under the strictest law without any signal.
fn yes() -> Choice {
    Choice {
        state: ChoiceState::Given,
        at: NOW.plus_ms(-1000),
        expires: NOW.plus_ms(86_400_000),
        acknowledged: Signals::NONE,
    }
}

fn adult(law: Law, choice: Option<Choice>) -> Case {
    let mut case = Case { choices: None, signals: Signals::NONE, law, age: Age::Adult };
    if let Some(choice) = choice {
        case.choose(PurposeName::Personalization, choice);
    }
    case
}

fn any_signals() -> impl Strategy<Value = Signals> {
    any::<[bool; Signal::ALL.len()]>().prop_map(|present| {
        let held = Signal::ALL.into_iter().zip(present).filter(|(_, present)| *present);
        held.fold(Signals::NONE, |signals, (signal, _)| signals.with(signal))
    })
}

fn any_signal() -> impl Strategy<Value = Signal> {
    proptest::sample::select(&Signal::ALL[..])
}

fn any_purpose() -> impl Strategy<Value = PurposeName> {
    proptest::sample::select(&PurposeName::ALL[..])
}

fn consent_purpose() -> impl Strategy<Value = PurposeName> {
    any_purpose().prop_filter("rests on consent", |one| one.basis() == LawfulBasis::Consent)
}

fn any_law() -> impl Strategy<Value = Law> {
    any::<[bool; 3]>().prop_map(|[opt_out, choice_outranks_signal, child_directed]| Law {
        regime: if opt_out { Regime::OptOut } else { Regime::OptIn },
        choice_outranks_signal,
        child_directed,
    })
}

fn any_age() -> impl Strategy<Value = Age> {
    prop_oneof![
        Just(Age::Adult),
        Just(Age::Unknown),
        any::<bool>().prop_map(|parental_consent| Age::Child { parental_consent }),
    ]
}

/// Times around `NOW`, with the exact edge often among them.
fn near_now() -> impl Strategy<Value = Timestamp> {
    prop_oneof![-3_i64..=3, -120_000_i64..=120_000, -10_000_000_000_i64..=10_000_000_000]
        .prop_map(|ms| NOW.plus_ms(ms))
}

fn any_state() -> impl Strategy<Value = ChoiceState> {
    // Mostly a yes: the other two end the story early.
    prop_oneof![
        4 => Just(ChoiceState::Given),
        1 => Just(ChoiceState::Refused),
        1 => Just(ChoiceState::Withdrawn),
    ]
}

fn any_choice() -> impl Strategy<Value = Choice> {
    (any_state(), near_now(), near_now(), any_signals())
        .prop_map(|(state, at, expires, acknowledged)| Choice { state, at, expires, acknowledged })
}

fn any_switches() -> impl Strategy<Value = Switches> {
    let switch = (any::<bool>(), near_now()).prop_map(|(on, at)| Switch { on, at });
    proptest::collection::vec(proptest::option::of(switch), Feature::ALL.len()).prop_map(|said| {
        let mut switches = Switches::default();
        for (feature, switch) in Feature::ALL.into_iter().zip(said) {
            if let Some(switch) = switch {
                switches.set(Features::NONE.with(feature), switch);
            }
        }
        switches
    })
}

fn any_choices() -> impl Strategy<Value = Choices> {
    let by_purpose = proptest::collection::btree_map(any_purpose(), any_choice(), 0..12);
    (0..5_u64, by_purpose, any_signals(), any_switches()).prop_map(
        |(version, by_purpose, signals, features)| Choices {
            restrictions: BTreeMap::new(),
            version: ConsentVersion::from_number(version),
            by_purpose,
            signals,
            features,
            keep: BTreeMap::new(),
        },
    )
}

fn any_case() -> impl Strategy<Value = Case> {
    (proptest::option::weighted(0.9, any_choices()), any_signals(), any_law(), any_age())
        .prop_map(|(choices, signals, law, age)| Case { choices, signals, law, age })
}

#[track_caller]
fn check(case: &Case, expected: Result<(), Refusal>) {
    assert_eq!(case.judge(PurposeName::Personalization), expected, "{case:?}");
}

#[test]
fn missing_means_denied() {
    check(&adult(Law::STRICTEST, None), Err(Refusal::Missing));
    check(&adult(Law::STRICTEST, Some(yes())), Ok(()));
    check(&adult(LENIENT, None), Ok(()));
    assert_eq!(
        adult(Law::STRICTEST, Some(yes())).judge(PurposeName::SharedLearning),
        Err(Refusal::Missing),
        "a yes to one purpose is none to another"
    );
}

#[test]
fn a_no_and_a_withdrawal_are_kept_apart() {
    for law in [Law::STRICTEST, LENIENT] {
        let no = Choice { state: ChoiceState::Refused, ..yes() };
        check(&adult(law, Some(no)), Err(Refusal::Refused));
        let back = Choice { state: ChoiceState::Withdrawn, ..yes() };
        check(&adult(law, Some(back)), Err(Refusal::Withdrawn));
    }
}

#[test]
fn a_pause_denies_and_then_counts_as_a_withdrawal() {
    for (ms, expected) in [(1, Refusal::Paused), (0, Refusal::Withdrawn), (-1, Refusal::Withdrawn)]
    {
        for law in [Law::STRICTEST, LENIENT] {
            let state = ChoiceState::Paused;
            let choice = Choice { state, expires: NOW.plus_ms(ms), acknowledged: GPC, ..yes() };
            check(&adult(law, Some(choice)), Err(expected));
        }
    }
}

#[test]
fn a_yes_ends_at_its_instant() {
    for (ms, expected) in [(1, Ok(())), (0, Err(Refusal::Expired)), (-1, Err(Refusal::Expired))] {
        for law in [Law::STRICTEST, LENIENT] {
            let choice = Choice { expires: NOW.plus_ms(ms), ..yes() };
            check(&adult(law, Some(choice)), expected);
        }
    }
}

#[test]
fn a_signal_stands_unless_it_was_knowingly_outranked() {
    let knowing = Choice { acknowledged: GPC, ..yes() };
    let outranking = Law { choice_outranks_signal: true, ..Law::STRICTEST };
    let stands = Err(Refusal::Signal(Signal::Gpc));
    for (law, choice, expected) in [
        (LENIENT, None, stands),
        (LENIENT, Some(yes()), stands),
        (LENIENT, Some(knowing), Ok(())),
        (outranking, Some(yes()), stands),
        (outranking, Some(knowing), Ok(())),
        (Law::STRICTEST, Some(knowing), stands),
    ] {
        let mut case = adult(law, choice);
        case.signals = GPC;
        check(&case, expected);
        case.signals = Signals::NONE;
        case.choices.get_or_insert_default().signals = GPC;
        check(&case, expected);
    }
    let mut case = adult(LENIENT, Some(knowing));
    case.signals = GPC.with(Signal::ConsentTool);
    check(&case, Err(Refusal::Signal(Signal::ConsentTool)));
}

#[test]
fn a_child_is_asked_for_by_its_parents() {
    let directed = Law { child_directed: true, ..LENIENT };
    for (law, age, expected) in [
        (LENIENT, Age::Unknown, Ok(())),
        (LENIENT, Age::Child { parental_consent: false }, Err(Refusal::Child)),
        (LENIENT, Age::Child { parental_consent: true }, Ok(())),
        (directed, Age::Unknown, Err(Refusal::Child)),
        (directed, Age::Adult, Ok(())),
        (directed, Age::Child { parental_consent: false }, Err(Refusal::Child)),
        (directed, Age::Child { parental_consent: true }, Ok(())),
    ] {
        check(&Case { age, ..adult(law, Some(yes())) }, expected);
    }
}

#[test]
fn a_yes_that_ran_out_ends_nothing_that_needs_no_yes() {
    let ended = Choice { expires: NOW.plus_ms(-1), ..yes() };
    for purpose in [PurposeName::FraudPrevention, PurposeName::Support] {
        let mut case = adult(Law::STRICTEST, None);
        case.choose(purpose, ended);
        assert_eq!(open_by_name(purpose, &case, (0, 0)), Ok(Ok(())), "{purpose:?}");
    }
}

#[test]
fn every_refusal_has_its_own_word() {
    let refusals = [
        Refusal::Child,
        Refusal::Expired,
        Refusal::FeatureNotAsked(Feature::PurchaseHistory),
        Refusal::FeatureOff(Feature::PurchaseHistory),
        Refusal::Missing,
        Refusal::Stranger,
        Refusal::TooOld,
        Refusal::Paused,
        Refusal::Refused,
        Refusal::Restricted,
        Refusal::Signal(Signal::Gpc),
        Refusal::Signal(Signal::ConsentTool),
        Refusal::Withdrawn,
    ];
    let words: BTreeMap<_, _> = refusals.iter().map(|one| (one.code(), one.to_string())).collect();
    assert_eq!(words.len(), refusals.len());
    assert!(words.keys().all(|word| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
}

/// Whether the gate mints, and what the permit says now, after `later_ms` and at `version`.
type Opened = Result<(), PermitError>;

fn open<P: Purpose>(case: &Case, at: (i64, u64)) -> Result<Opened, Refusal> {
    let permit = decide::<P>(&case.facts(), NOW)?;
    assert_eq!(permit.purpose(), P::NAME);
    assert_eq!(permit.subject(), case.facts().subject);
    let opened = permit.open(NOW.plus_ms(at.0), ConsentVersion::from_number(at.1));
    Ok(opened.map(|pseudonym| assert_eq!(pseudonym, case.facts().pseudonym)))
}

fn open_by_name(purpose: PurposeName, case: &Case, at: (i64, u64)) -> Result<Opened, Refusal> {
    match purpose {
        PurposeName::Personalization => open::<Personalization>(case, at),
        PurposeName::SharedLearning => open::<SharedLearning>(case, at),
        PurposeName::PrivateAggregates => open::<PrivateAggregates>(case, at),
        PurposeName::Measurement => open::<Measurement>(case, at),
        PurposeName::Marketing => open::<Marketing>(case, at),
        PurposeName::PersonalizedPricing => open::<PersonalizedPricing>(case, at),
        PurposeName::OrderFulfilment => open::<OrderFulfilment>(case, at),
        PurposeName::Support => open::<Support>(case, at),
        PurposeName::FraudPrevention => open::<FraudPrevention>(case, at),
        PurposeName::LegalObligation => open::<LegalObligation>(case, at),
        PurposeName::LegalProof => open::<LegalProof>(case, at),
    }
}

fn version(case: &Case) -> u64 {
    case.choices.as_ref().map_or(0, |choices| choices.version.number())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn without_a_choice_an_opt_in_law_denies(case in any_case(), purpose in consent_purpose()) {
        let law = Law { regime: Regime::OptIn, ..case.law };
        let case = Case { law, ..case }.without(purpose);
        let expected = [Err(Refusal::Missing), Err(Refusal::Child)];
        prop_assert!(expected.contains(&case.judge(purpose)));
    }

    #[test]
    fn a_signal_never_widens(
        case in any_case(),
        purpose in any_purpose(),
        signal in any_signal(),
        on_record: bool,
    ) {
        let mut more = case.clone();
        if on_record {
            // No record at all and an empty record are the same to the gate.
            let choices = more.choices.get_or_insert_default();
            choices.signals = choices.signals.with(signal);
        } else {
            more.signals = more.signals.with(signal);
        }
        if case.judge(purpose).is_err() {
            prop_assert!(more.judge(purpose).is_err());
        }
    }

    #[test]
    fn a_signal_that_nobody_acknowledged_denies(
        case in any_case(),
        purpose in consent_purpose(),
        signal in any_signal(),
    ) {
        let case = Case { signals: case.signals.with(signal), ..case };
        let acknowledged =
            case.choice(purpose).is_some_and(|choice| choice.acknowledged.holds(signal));
        if !acknowledged || !case.law.choice_outranks_signal {
            prop_assert!(case.judge(purpose).is_err());
        }
    }

    #[test]
    fn only_a_standing_yes_opens_under_opt_in(case in any_case(), purpose in consent_purpose()) {
        let case = Case { law: Law { regime: Regime::OptIn, ..case.law }, ..case };
        if case.judge(purpose).is_ok() {
            let choice = case.choice(purpose).unwrap();
            prop_assert_eq!(choice.state, ChoiceState::Given);
            prop_assert!(NOW < choice.expires);
        }
    }

    #[test]
    fn a_withdrawal_denies_under_every_law(
        mut case in any_case(),
        purpose in consent_purpose(),
        choice in any_choice(),
    ) {
        case.choose(purpose, Choice { state: ChoiceState::Withdrawn, ..choice });
        prop_assert!(case.judge(purpose).is_err());
    }

    #[test]
    fn a_restriction_closes_its_purpose_whatever_was_chosen(
        case in any_case(),
        purpose in any_purpose(),
        other in any_purpose(),
    ) {
        let mut restricted = case.clone();
        let restriction = Restriction { holds: true, at: NOW };
        restricted.choices.get_or_insert_default().restrictions.insert(purpose, restriction);
        let rests = purpose.can_rest();
        prop_assert_eq!(rests, purpose.basis() == LawfulBasis::Consent || purpose == PurposeName::FraudPrevention);
        let expected = if rests { Err(Refusal::Restricted) } else { case.judge(purpose) };
        prop_assert_eq!(restricted.judge(purpose), expected);
        if other != purpose {
            prop_assert_eq!(restricted.judge(other), case.judge(other));
        }
    }

    #[test]
    fn a_child_without_parents_is_denied(case in any_case(), purpose in consent_purpose()) {
        let child = Case { age: Age::Child { parental_consent: false }, ..case.clone() };
        prop_assert_eq!(child.judge(purpose), Err(Refusal::Child));
        let law = Law { child_directed: true, ..case.law };
        let unknown = Case { age: Age::Unknown, law, ..case };
        prop_assert_eq!(unknown.judge(purpose), Err(Refusal::Child));
    }

    #[test]
    fn what_the_strictest_law_allows_every_law_allows(
        case in any_case(),
        purpose in any_purpose(),
    ) {
        let law = Law { child_directed: true, ..Law::STRICTEST };
        if (Case { law, ..case.clone() }).judge(purpose).is_ok() {
            prop_assert_eq!(case.judge(purpose), Ok(()));
        }
    }

    #[test]
    fn choices_about_other_purposes_do_not_matter(
        case in any_case(),
        purpose in any_purpose(),
        others in any_choices(),
    ) {
        let mut changed = case.clone();
        if let Some(choices) = &mut changed.choices {
            let own = choices.by_purpose.remove(&purpose);
            choices.by_purpose = others.by_purpose;
            choices.by_purpose.remove(&purpose);
            choices.by_purpose.extend(own.map(|own| (purpose, own)));
        }
        prop_assert_eq!(changed.judge(purpose), case.judge(purpose));
    }

    #[test]
    fn contract_and_law_need_no_choice(case in any_case(), purpose in any_purpose()) {
        if matches!(purpose.basis(), LawfulBasis::Contract | LawfulBasis::LegalObligation) {
            prop_assert_eq!(case.judge(purpose), Ok(()));
        }
    }

    #[test]
    fn legitimate_interests_end_with_an_objection(case in any_case()) {
        let purpose = PurposeName::FraudPrevention;
        prop_assert_eq!(purpose.basis(), LawfulBasis::LegitimateInterests);
        let objected = case.choice(purpose).is_some_and(|one| one.state != ChoiceState::Given);
        let expected = if objected { Err(Refusal::Refused) } else { Ok(()) };
        prop_assert_eq!(case.judge(purpose), expected);
    }

    #[test]
    fn a_permit_is_minted_where_the_verdict_is_yes(case in any_case(), purpose in any_purpose()) {
        let minted = open_by_name(purpose, &case, (0, version(&case)));
        prop_assert_eq!(minted.map(|_| ()), case.judge(purpose));
        if let Ok(opened) = minted {
            prop_assert_eq!(opened, Ok(()), "a new permit opens at once");
        }
    }

    #[test]
    fn a_permit_dies_in_time(
        case in any_case(),
        purpose in any_purpose(),
        later_ms in prop_oneof![-2_i64..=2, 59_990_i64..=60_010, -200_000_i64..=200_000],
    ) {
        let Ok(opened) = open_by_name(purpose, &case, (later_ms, version(&case))) else {
            return Ok(());
        };
        let ended = case.choice(purpose).is_some_and(|choice| {
            purpose.basis() == LawfulBasis::Consent && choice.expires <= NOW.plus_ms(later_ms)
        });
        let alive = (0..PERMIT_MS_MAX).contains(&later_ms) && !ended;
        prop_assert_eq!(opened, if alive { Ok(()) } else { Err(PermitError::Expired) });
    }

    #[test]
    fn a_permit_dies_with_every_consent_change(
        case in any_case(),
        purpose in any_purpose(),
        current in 0..6_u64,
        later_ms in -10_i64..70_000,
    ) {
        if current != version(&case) {
            let opened = open_by_name(purpose, &case, (later_ms, current));
            prop_assert!(!matches!(opened, Ok(Ok(()) | Err(PermitError::Expired))));
        }
    }
}

const BOUGHT: Feature = Feature::PurchaseHistory;

/// What is said of one feature: the switch, milliseconds after the yes, or nothing.
fn with_feature(law: Law, choice: Option<Choice>, said: Option<(bool, i64)>) -> Case {
    let mut case = adult(law, choice);
    if let Some((on, ms)) = said {
        let choices = case.choices.get_or_insert_default();
        let at = yes().at.plus_ms(ms);
        choices.features.set(Features::NONE.with(BOUGHT), Switch { on, at });
    }
    case
}

#[test]
fn a_feature_needs_its_own_yes_where_the_law_is_opt_in() {
    let asked = |law, choice, said| {
        let case = with_feature(law, choice, said);
        let verdict = judge_feature(BOUGHT, &case.facts(), NOW);
        let permit = decide::<Personalization>(&case.facts(), NOW);
        assert_eq!(permit.is_ok_and(|permit| permit.allows(BOUGHT)), verdict.is_ok());
        verdict
    };
    let not_asked = Err(Refusal::FeatureNotAsked(BOUGHT));
    let off = Err(Refusal::FeatureOff(BOUGHT));
    let strict = |said| asked(Law::STRICTEST, Some(yes()), said);
    assert_eq!(strict(None), not_asked, "the yes came before the feature");
    assert_eq!(strict(Some((true, 0))), Ok(()), "the yes covered it");
    assert_eq!(strict(Some((true, 1))), Ok(()), "switched on later");
    assert_eq!(strict(Some((true, -1))), not_asked, "an earlier yes covered it, this one does not");
    assert_eq!(strict(Some((false, -1))), off, "off before the yes stays off");
    assert_eq!(strict(Some((false, 1))), off);
    let lenient = |choice, said| asked(LENIENT, choice, said);
    assert_eq!(lenient(None, None), Ok(()), "silence is a yes there");
    assert_eq!(lenient(None, Some((false, 0))), off);
    assert_eq!(lenient(Some(yes()), None), Ok(()));
    let no = Choice { state: ChoiceState::Refused, ..yes() };
    assert_eq!(asked(LENIENT, Some(no), Some((true, 1))), Err(Refusal::Refused));
}

/// A yes that outranks a signal does so for what it covers.
#[test]
fn silence_about_a_feature_outranks_no_signal() {
    let knowing = Choice { acknowledged: GPC, ..yes() };
    let asked = |said| {
        let mut case = with_feature(LENIENT, Some(knowing), said);
        case.signals = GPC;
        judge_feature(BOUGHT, &case.facts(), NOW)
    };
    assert_eq!(asked(Some((true, 0))), Ok(()));
    assert_eq!(asked(None), Err(Refusal::Signal(Signal::Gpc)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever is said about features, nothing is allowed that the purpose does not allow, and
    /// an off never opens anything.
    #[test]
    fn features_narrow_and_never_widen(case in any_case(), said in any_switches()) {
        let mut other = case.clone();
        if let Some(choices) = &mut other.choices {
            choices.features = said;
        }
        for purpose in PurposeName::ALL {
            prop_assert_eq!(other.judge(purpose), case.judge(purpose));
        }
        for feature in Feature::ALL {
            let verdict = judge_feature(feature, &case.facts(), NOW);
            if let Err(refusal) = case.judge(feature.purpose()) {
                prop_assert_eq!(verdict, Err(refusal));
            }
            let mut off = case.clone();
            let switch = Switch { on: false, at: NOW };
            off.choices.get_or_insert_default().features.set(Features::NONE.with(feature), switch);
            prop_assert!(judge_feature(feature, &off.facts(), NOW).is_err());
            for another in Feature::ALL.into_iter().filter(|another| *another != feature) {
                prop_assert_eq!(
                    judge_feature(another, &off.facts(), NOW),
                    judge_feature(another, &case.facts(), NOW)
                );
            }
        }
    }
}

#[test]
fn the_end_of_a_restriction_reaches_nothing_from_before_it() {
    let purpose = PurposeName::Personalization;
    let lifted = Restriction { holds: false, at: NOW };
    let choices =
        Choices { restrictions: BTreeMap::from([(purpose, lifted)]), ..Choices::default() };
    assert!(!choices.restricts(purpose));
    assert!(choices.clone().until(NOW.plus_ms(-1)).restricts(purpose));
    assert!(!choices.until(NOW).restricts(purpose));
}
