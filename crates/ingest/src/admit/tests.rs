use std::collections::BTreeMap;

use domain::date::Date;
use domain::id::{ItemId, Pseudonym};
use domain::time::{DAY_MS, Timestamp};
use personal::feature::{Feature, Features, Switch, Switches};
use personal::gate::{Age, Choice, ChoiceState, Choices, Law, Refusal, Regime};
use personal::keeping::Keep;
use personal::permit::ConsentVersion;
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals, SignalsByPurpose};
use personal::subject::SubjectRef;
use proptest::prelude::proptest;

use crate::admit::{Admitted, Door, Laws, Pseudonyms};
use crate::error::IngestError;
use crate::event::{Event, Ignored};
use crate::segment::{Endpoint, parse};

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);

fn choices(given: &[PurposeName]) -> Choices {
    let choice = Choice {
        state: ChoiceState::Given,
        at: NOW,
        expires: NOW.plus_ms(DAY_MS),
        acknowledged: Signals::NONE,
    };
    Choices {
        version: ConsentVersion::from_number(3),
        by_purpose: given.iter().map(|purpose| (*purpose, choice)).collect::<BTreeMap<_, _>>(),
        features: Switches::covered(PurposeName::Personalization, NOW),
        ..Choices::default()
    }
}

const LAW: Law = Law { regime: Regime::OptIn, choice_outranks_signal: true, child_directed: false };

/// A consent tool that says no to some purposes.
fn tool(denies: &[PurposeName]) -> SignalsByPurpose {
    denies.iter().map(|purpose| (*purpose, Signals::NONE.with(Signal::ConsentTool))).collect()
}

const fn door(choices: Option<&Choices>) -> Door<'_> {
    Door {
        subject: SubjectRef::from_bytes([1; 16]),
        pseudonyms: Pseudonyms {
            personalization: Pseudonym::from_bytes([2; 16]),
            learning: Pseudonym::from_bytes([3; 16]),
        },
        choices,
        signals: SignalsByPurpose::NONE,
        laws: Laws { personalization: LAW, learning: LAW },
        age: Age::Unknown,
        trusted: false,
    }
}

fn event(endpoint: Endpoint, body: &str) -> Event {
    parse(endpoint, body.as_bytes(), "m").unwrap().events.remove(0).unwrap()
}

fn viewed() -> Event {
    event(Endpoint::Track, r#"{"event":"Product Viewed","properties":{"product_id":"p"}}"#)
}

fn admit(event: Event, door: &Door<'_>) -> Result<Admitted, IngestError> {
    event.admit(door, |item: &ItemId| item.as_str().starts_with("sensitive"), NOW)
}

/// Which of the two purposes a view of a product reaches: serving, teaching.
#[track_caller]
fn check(door: &Door<'_>, expected: Result<(bool, bool), Refusal>) {
    let told = admit(viewed(), door).map(|a| (a.may_serve(), a.may_teach()));
    assert_eq!(told, expected.map_err(IngestError::Refused));
}

const BOTH: [PurposeName; 2] = [PurposeName::Personalization, PurposeName::SharedLearning];

#[test]
fn each_purpose_has_its_own_switch() {
    check(&door(None), Err(Refusal::Missing));
    check(&door(Some(&choices(&[]))), Err(Refusal::Missing));
    check(&door(Some(&choices(&BOTH[..1]))), Ok((true, false)));
    check(&door(Some(&choices(&BOTH[1..]))), Ok((false, true)));
    check(&door(Some(&choices(&BOTH))), Ok((true, true)));
}

#[test]
fn signals_of_request_and_consent_tool_narrow() {
    let both = choices(&BOTH);
    let signals = SignalsByPurpose::everywhere(Signals::NONE.with(Signal::Gpc));
    let gpc = Door { signals, ..door(Some(&both)) };
    check(&gpc, Err(Refusal::Signal(Signal::Gpc)));
    let denied = |denies| Door { signals: tool(denies), ..door(Some(&both)) };
    check(&denied(&BOTH[1..]), Ok((true, false)));
    check(&denied(&BOTH[..1]), Ok((false, true)));
    check(&denied(&BOTH), Err(Refusal::Signal(Signal::ConsentTool)));
}

#[test]
fn what_is_older_than_its_person_lets_be_kept_stays_out() {
    let days_ago = |days: i64, choices: &Choices| {
        let at = format!("{}T10:00:00Z", Date(NOW.plus_ms(-days * DAY_MS).day()));
        let body = format!(
            r#"{{"event":"Product Viewed","timestamp":"{at}","properties":{{"product_id":"p"}}}}"#
        );
        let shop = Door { trusted: true, ..door(Some(choices)) };
        let told = admit(event(Endpoint::Track, &body), &shop);
        told.map(|a| (a.may_serve(), a.may_teach()))
    };
    let mut both = choices(&BOTH);
    assert_eq!(days_ago(40, &both), Ok((true, true)));
    both.keep.insert(BOTH[0], Keep::Days(30));
    assert_eq!(days_ago(29, &both), Ok((true, true)));
    assert_eq!(days_ago(30, &both), Ok((false, true)));
    both.keep.insert(BOTH[1], Keep::Days(20));
    assert_eq!(days_ago(30, &both), Err(IngestError::Refused(Refusal::TooOld)));
    assert_eq!(days_ago(20, &both), Ok((true, false)));
}

#[test]
fn children_are_not_admitted() {
    let both = choices(&BOTH);
    let child = Age::Child { parental_consent: false };
    check(&Door { age: child, ..door(Some(&both)) }, Err(Refusal::Child));
}

#[test]
fn sensitive_goods_are_left_out() {
    let both = choices(&BOTH);
    let body = |ids: &str| {
        let body = format!(r#"{{"event":"Order Completed","properties":{{"products":[{ids}]}}}}"#);
        event(Endpoint::Track, &body)
    };
    let mixed = body(r#"{"id":"p"},{"id":"sensitive-1"},{"id":"sensitive-2"}"#);
    assert_eq!(admit(mixed, &door(Some(&both))).unwrap().sensitive(), 2);
    let only = body(r#"{"id":"sensitive-1"}"#);
    assert_eq!(admit(only, &door(Some(&both))).unwrap_err(), IngestError::Sensitive);
}

#[test]
fn what_a_person_states_never_teaches() {
    let stated = || event(Endpoint::Identify, r#"{"traits":{"sizes":["M"]}}"#);
    let both = choices(&BOTH);
    let admitted = admit(stated(), &door(Some(&both))).unwrap();
    assert_eq!((admitted.may_serve(), admitted.may_teach()), (true, false));
    let teaching = choices(&BOTH[1..]);
    let refused = admit(stated(), &door(Some(&teaching))).unwrap_err();
    assert_eq!(refused, IngestError::Refused(Refusal::Missing));
}

#[test]
fn sensitive_categories_are_not_remembered() {
    let stated = |traits: &str| event(Endpoint::Identify, &format!(r#"{{"traits":{traits}}}"#));
    let both = choices(&BOTH);
    let mixed = stated(r#"{"categories":["Coats","Women/Maternity","Health & Care"]}"#);
    assert_eq!(admit(mixed, &door(Some(&both))).unwrap().sensitive(), 2);
    let sized = stated(r#"{"size":"M","categories":["Pregnancy"]}"#);
    assert_eq!(admit(sized, &door(Some(&both))).unwrap().sensitive(), 1);
    let emptied = stated(r#"{"sizes":[],"categories":[]}"#);
    assert_eq!(admit(emptied, &door(Some(&both))).unwrap().sensitive(), 0);
    let only = stated(r#"{"categories":["Pregnancy"]}"#);
    assert_eq!(admit(only, &door(Some(&both))).unwrap_err(), IngestError::Sensitive);
}

#[test]
fn what_is_ignored_is_not_admitted() {
    let both = choices(&BOTH);
    let error = admit(event(Endpoint::Page, "{}"), &door(Some(&both))).unwrap_err();
    assert_eq!(error, IngestError::Ignored(Ignored::PageWithoutProduct));
}

proptest! {
    #[test]
    fn a_consent_tool_never_widens(given in 0_usize..4, gpc: bool, opt_out: bool, denies in 0_usize..4) {
        let pick = |bits: usize| -> Vec<PurposeName> {
            BOTH.into_iter().enumerate().filter(|(n, _)| bits >> n & 1 == 1).map(|(_, p)| p).collect()
        };
        let (given, denies) = (choices(&pick(given)), pick(denies));
        let mut open = door(Some(&given));
        if gpc {
            open.signals = SignalsByPurpose::everywhere(Signals::NONE.with(Signal::Gpc));
        }
        if opt_out {
            let law = Law { regime: Regime::OptOut, ..LAW };
            open.laws = Laws { personalization: law, learning: law };
        }
        let narrowed = Door { signals: open.signals.and(tool(&denies)), ..open };
        let reach = |door: &Door<'_>| {
            admit(viewed(), door).map_or((false, false), |a| (a.may_serve(), a.may_teach()))
        };
        let (before, after) = (reach(&open), reach(&narrowed));
        assert!(before.0 >= after.0 && before.1 >= after.1);
        assert!(!(denies.contains(&BOTH[0]) && after.0));
        assert!(!(denies.contains(&BOTH[1]) && after.1));
    }
}

/// What is switched off is not kept for the person; what the event teaches is another purpose.
#[test]
fn a_feature_that_is_off_keeps_its_events_out() {
    let off = |features: &[Feature], given: &[PurposeName]| {
        let mut choices = choices(given);
        let features = features.iter().copied().collect::<Features>();
        choices.features.set(features, Switch { on: false, at: NOW });
        choices
    };
    let both = [PurposeName::Personalization, PurposeName::SharedLearning];
    let admitted =
        |choices: &Choices, event: Event| event.admit(&door(Some(choices)), |_| false, NOW);
    let refused = |feature| IngestError::Refused(Refusal::FeatureOff(feature));
    let bought = r#"{"event":"Order Completed","properties":{"products":[{"product_id":"p"}]}}"#;
    let states = r#"{"traits":{"size":"M"}}"#;
    let cases = [
        (Feature::BrowsingHistory, viewed(), event(Endpoint::Track, bought)),
        (Feature::PurchaseHistory, event(Endpoint::Track, bought), viewed()),
        (Feature::StatedPreferences, event(Endpoint::Identify, states), viewed()),
    ];
    for (feature, hit, other) in cases {
        let choices = off(&[feature], &both[..1]);
        let error = admitted(&choices, hit).err();
        assert_eq!(error, Some(refused(feature)));
        assert!(admitted(&choices, other).unwrap().may_serve(), "{feature:?}");
    }
    let choices = off(&[Feature::BrowsingHistory], &both);
    let taught = admitted(&choices, viewed()).unwrap();
    assert!(taught.may_teach() && !taught.may_serve());
}
