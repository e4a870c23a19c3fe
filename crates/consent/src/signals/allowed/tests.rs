use domain::id::Pseudonym;
use domain::time::Timestamp;
use personal::gate::{Age, Choice, ChoiceState, Choices, Facts, Law, Regime};
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals};
use personal::subject::SubjectRef;
use serde_json::{Map, Value};

use super::{Allowed, on_consent};
use crate::consent_mode::ConsentMode;
use crate::shopify::Shopify;
use crate::signals::CategoryMap;
use crate::signals::combine::{Combined, Statement, combine};

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);

fn choices(of: &[(PurposeName, ChoiceState)]) -> Choices {
    let choice = |state| Choice {
        state,
        at: NOW,
        expires: NOW.plus_ms(1000),
        acknowledged: Signals::NONE.with(Signal::ConsentTool),
    };
    let by_purpose = of.iter().map(|(purpose, state)| (*purpose, choice(*state))).collect();
    Choices { by_purpose, ..Choices::default() }
}

#[track_caller]
fn check(of: &[(PurposeName, ChoiceState)], at: Timestamp, expected: &[PurposeName]) {
    let allowed = Allowed::chosen(&choices(of), at);
    let asked = |purpose: &PurposeName| {
        on_consent().contains(purpose) || *purpose == PurposeName::FraudPrevention
    };
    assert_eq!(allowed.iter().filter(asked).collect::<Vec<_>>(), expected);
    assert!(allowed.contains(PurposeName::OrderFulfilment), "rests on no consent");
}

#[test]
fn a_choice_allows_until_it_ends() {
    use PurposeName::{FraudPrevention, Marketing, Measurement, Personalization};
    let said = [
        (Personalization, ChoiceState::Given),
        (Measurement, ChoiceState::Refused),
        (Marketing, ChoiceState::Withdrawn),
    ];
    check(&said, NOW, &[Personalization, FraudPrevention]);
    check(&said, NOW.plus_ms(999), &[Personalization, FraudPrevention]);
    check(&said, NOW.plus_ms(1000), &[FraudPrevention]);
    check(&[(FraudPrevention, ChoiceState::Refused)], NOW, &[]);
    check(&[], NOW, &[FraudPrevention]);
}

const OPT_OUT: Law =
    Law { regime: Regime::OptOut, choice_outranks_signal: true, child_directed: false };

fn judged(choices: &Choices, combined: &Combined, law: Law) -> Allowed {
    let facts = Facts {
        subject: SubjectRef::from_bytes([1; 16]),
        pseudonym: Pseudonym::from_bytes([2; 16]),
        choices: Some(choices),
        signals: Signals::NONE,
        law,
        age: Age::Adult,
    };
    Allowed::judged(&facts, combined, NOW)
}

/// A signal denies its purposes; a choice that acknowledged it outranks it where the law lets it.
#[test]
fn the_gate_decides_with_the_signals_of_each_purpose() {
    use PurposeName::{Marketing, Measurement, Personalization};
    let tool = |name: &str| Statement::tool(&CategoryMap::default(), &[(name.to_owned(), false)]);
    let combined = combine([tool("Advertising"), tool("Functional")]);
    let nothing = choices(&[]);
    let allowed = judged(&nothing, &combined, OPT_OUT);
    assert!(allowed.contains(Measurement));
    assert!(!allowed.contains(Marketing) && !allowed.contains(Personalization));
    let yes = choices(&[(Personalization, ChoiceState::Given)]);
    assert!(judged(&yes, &combined, OPT_OUT).contains(Personalization));
    let strict = Law { choice_outranks_signal: false, ..OPT_OUT };
    assert!(!judged(&yes, &combined, strict).contains(Personalization));
    // The choice did not acknowledge Global Privacy Control.
    let more = combine([tool("Functional"), Statement::gpc()]);
    assert!(!judged(&yes, &more, OPT_OUT).contains(Personalization));
    assert!(!judged(&nothing, &Combined::default(), Law::STRICTEST).contains(Measurement));
}

#[test]
fn a_tool_is_told_yes_only_where_every_purpose_of_a_category_is_allowed() {
    use PurposeName::{Marketing, Measurement, Personalization, PersonalizedPricing};
    let names = ["Advertising", "Functional", "My Analytics", "Analytics", "Necessary"];
    let told = |allowed: &[PurposeName]| {
        CategoryMap::default().preferences(&names, &allowed.iter().copied().collect())
    };
    let expected = [("Advertising", false), ("Analytics", false), ("Functional", true)];
    let expected = expected.map(|(name, yes)| (name.to_owned(), yes));
    assert_eq!(told(&[Marketing, Measurement, Personalization]), expected.into());
    assert_eq!(told(&[Marketing, PersonalizedPricing]).get("Advertising"), Some(&true));
    let map = CategoryMap::default().with([("nothing", vec![])]).unwrap();
    assert!(map.preferences(&["nothing"], &PurposeName::ALL.into_iter().collect()).is_empty());
}

/// What is shown to another tool comes back as a signal when that tool is asked. Whatever comes
/// back, nobody is allowed more than the record that was shown, of the purposes the tool speaks of.
#[test]
fn a_projection_that_comes_back_allows_no_more_than_the_record() {
    let spoken = [PurposeName::Personalization, PurposeName::Measurement, PurposeName::Marketing];
    let purposes: Vec<PurposeName> = on_consent().into_iter().collect();
    let everything: Vec<_> = purposes.iter().map(|one| (*one, ChoiceState::Given)).collect();
    let everything = choices(&everything);
    let names = ["Advertising", "Analytics", "Functional", "DataSharing"];
    for bits in 0..1_u32 << purposes.len() {
        let held = |place: usize| bits & (1 << place) != 0;
        let held = purposes.iter().enumerate().filter(|(place, _)| held(*place));
        let allowed: Allowed = held.map(|(_, purpose)| *purpose).collect();
        let mode = ConsentMode::of(&allowed);
        let types: Map<String, Value> = mode
            .iter()
            .map(|(kind, state)| (kind.as_str().to_owned(), state.as_str().into()))
            .collect();
        let read = ConsentMode::read(Value::from(types).to_string().as_bytes(), None);
        assert_eq!(read, Ok(mode));
        let shopify = Shopify::of(&allowed);
        assert_eq!(Shopify::read(shopify.tracking_consent().as_bytes()), Ok(shopify));
        let told: Vec<_> =
            CategoryMap::default().preferences(&names, &allowed).into_iter().collect();
        let back = [
            Statement::consent_mode(read),
            Statement::shopify(Ok(shopify)),
            Statement::tool(&CategoryMap::default(), &told),
        ];
        for statement in back {
            let signal = statement.signal;
            // Nothing is acknowledged under this law.
            let law = Law { choice_outranks_signal: false, ..OPT_OUT };
            let left = judged(&everything, &combine([statement]), law);
            for purpose in spoken.into_iter().filter(|purpose| left.contains(*purpose)) {
                assert!(allowed.contains(purpose), "{signal:?} of {allowed:?} allows {purpose:?}");
            }
            // Data is not sold, so Shopify's answer says no to everything that rests on consent.
            if signal != Signal::Shopify {
                let personal = PurposeName::Personalization;
                assert_eq!(left.contains(personal), allowed.contains(personal), "{allowed:?}");
            }
        }
    }
}
