use std::collections::BTreeSet;

use domain::event::Action;
use domain::time::Timestamp;

use super::{Feature, FeatureError, Features, Switch, Switches};
use crate::purpose::{LawfulBasis, PurposeName};

const AT: Timestamp = Timestamp::from_ms(1_000);

#[test]
fn every_feature_has_a_bit_a_name_and_a_purpose_that_can_be_refused() {
    let bits: Vec<u16> = Feature::ALL.into_iter().map(|feature| feature as u16).collect();
    assert_eq!(bits, [1, 2, 4]);
    let names: BTreeSet<&str> = Feature::ALL.into_iter().map(Feature::as_str).collect();
    assert_eq!(names.len(), Feature::ALL.len());
    for feature in Feature::ALL {
        assert_eq!(Feature::parse(feature.as_str()), Ok(feature));
        assert_eq!(feature.purpose().basis(), LawfulBasis::Consent);
        assert!(Features::of(feature.purpose()).holds(feature));
    }
    assert_eq!(Feature::parse("recommendations"), Err(FeatureError));
    assert!(Features::of(PurposeName::SharedLearning).is_empty());
}

#[test]
fn every_action_serves_one_feature() {
    let bought = [Action::Purchase, Action::Refund];
    let seen = [Action::View, Action::AddToCart, Action::RemoveFromCart, Action::AddToWishlist];
    assert!(bought.into_iter().all(|one| Feature::of_action(one) == Feature::PurchaseHistory));
    assert!(seen.into_iter().all(|one| Feature::of_action(one) == Feature::BrowsingHistory));
}

/// What stands in stored evidence means the same for ever.
#[test]
fn the_first_features_are_frozen() {
    let first: Vec<&str> = Features::FIRST.iter().map(Feature::as_str).collect();
    assert_eq!(first, ["browsing_history", "purchase_history", "stated_preferences"]);
    assert_eq!(crate::record::encode(&Features::FIRST), Ok(vec![7]));
}

#[test]
fn switches_remember_the_last_word() {
    let mut switches = Switches::covered(PurposeName::Personalization, AT);
    assert_eq!(switches.off(), Features::NONE);
    let bought = Features::NONE.with(Feature::PurchaseHistory);
    switches.set(bought, Switch { on: false, at: AT.plus_ms(5) });
    assert_eq!(switches.off(), bought);
    assert_eq!(switches.get(Feature::BrowsingHistory), Some(Switch { on: true, at: AT }));
    // An off counts for what happened before it, an on does not.
    let before = switches.until(AT.plus_ms(-1));
    assert_eq!(before.get(Feature::BrowsingHistory), None);
    assert_eq!(before.off(), bought);
    assert_eq!(switches.until(AT), switches);
}
