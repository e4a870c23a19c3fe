use std::collections::BTreeSet;

use personal::purpose::PurposeName;
use personal::signal::Signal;
use proptest::prelude::{any, prop, proptest};

use crate::signals::{CategoryError, CategoryMap, gpc};

#[track_caller]
fn check(headers: &[&str], expected: bool) {
    let found = gpc(headers.iter().map(|header| header.as_bytes()));
    assert_eq!(found.holds(Signal::Gpc), expected, "{headers:?}");
    assert!(!found.holds(Signal::ConsentTool));
}

#[test]
fn only_a_one_is_the_signal() {
    check(&["1"], true);
    check(&["1", "1"], true);
    check(&["0", "1"], true);
    for none in ["", "0", "2", "true", "01", "1 ", " 1", "1,1", "\"1\"", "?1", "\u{661}"] {
        check(&[none], false);
    }
    check(&[], false);
}

#[track_caller]
fn denied(preferences: &[(&str, bool)], expected: &[PurposeName]) {
    let preferences: Vec<_> =
        preferences.iter().map(|(name, yes)| ((*name).to_owned(), *yes)).collect();
    let expected: BTreeSet<_> = expected.iter().copied().collect();
    assert_eq!(CategoryMap::default().denied(&preferences), expected, "{preferences:?}");
}

#[test]
fn a_no_of_a_tool_denies_what_its_category_means() {
    use PurposeName as P;
    denied(&[("Advertising", false)], &[P::Marketing, P::PersonalizedPricing]);
    denied(&[("Analytics", false)], &[P::SharedLearning, P::PrivateAggregates, P::Measurement]);
    denied(&[("Functional", false)], &[P::Personalization]);
    denied(&[("personalization", false)], &[P::Personalization, P::PersonalizedPricing]);
    denied(&[("Data Sharing", false)], &[P::SharedLearning, P::PrivateAggregates]);
    denied(&[("DATA_SHARING", false)], &[P::SharedLearning, P::PrivateAggregates]);
    denied(&[("C0003", false), ("C0002", true)], &[P::Personalization]);
    denied(&[("Necessary", false), ("Something", false), ("", false)], &[]);
    denied(&[("Advertising", true), ("Functional", true)], &[]);
}

#[test]
fn a_no_outranks_a_yes_for_the_same_purpose() {
    let both = [("Functional", true), ("Preferences", false)];
    denied(&both, &[PurposeName::Personalization]);
}

#[test]
fn a_shop_can_name_its_own_categories() {
    let own = CategoryMap::default()
        .with([("My Shop!", vec![PurposeName::SharedLearning]), ("functional", vec![])])
        .unwrap();
    let no = |name: &str| own.denied(&[(name.to_owned(), false)]);
    assert_eq!(no("myshop"), BTreeSet::from([PurposeName::SharedLearning]));
    assert_eq!(no("Functional"), BTreeSet::new());
    let refuse = |name: &str, purpose| CategoryMap::default().with([(name, vec![purpose])]);
    let fraud = PurposeName::FraudPrevention;
    assert_eq!(refuse("Security", fraud), Err(CategoryError::Basis(fraud)));
    assert_eq!(refuse("?!", PurposeName::Marketing), Err(CategoryError::Name));
    assert_eq!(refuse(&"x".repeat(65), PurposeName::Marketing), Err(CategoryError::Name));
    let many: Vec<_> = (0..65).map(|n| format!("c{n}")).collect();
    let many = many.iter().map(|name| (name.as_str(), vec![]));
    assert_eq!(CategoryMap::default().with(many), Err(CategoryError::TooMany));
}

proptest! {
    #[test]
    fn a_yes_of_a_tool_never_widens(
        said in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..12),
        more in any::<prop::sample::Index>(),
    ) {
        let names = ["Advertising", "Analytics", "Functional", "Personalization", "Other"];
        let name = |index: prop::sample::Index| names[index.index(names.len())].to_owned();
        let mut said: Vec<_> = said.into_iter().map(|(at, yes)| (name(at), yes)).collect();
        let map = CategoryMap::default();
        let before = map.denied(&said);
        said.push((name(more), true));
        assert_eq!(map.denied(&said), before);
        said.push((name(more), false));
        assert!(map.denied(&said).is_superset(&before));
    }
}
