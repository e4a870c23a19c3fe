//! Blends that could not be honored are refused; logarithms and likelihoods are what they say.

use crate::blend::features::{FEATURE_BITS, Logarithms};
use crate::blend::{Blend, BlendError, BlendSettings, GroupWeights, ModelWeights};
use crate::neighbors::settings::ScorerError;

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "short cases")]
fn check(change: impl FnOnce(&mut BlendSettings), expected: Result<(), BlendError>) {
    let mut settings = BlendSettings::shipped();
    change(&mut settings);
    assert_eq!(Blend::new(settings).map(|_| ()), expected);
}

#[test]
fn limits_are_kept() {
    check(|_| (), Ok(()));
    check(|s| s.scorers.clear(), Err(BlendError::Scorers));
    check(|s| s.scorers[1].name = "vmis".to_owned(), Err(BlendError::Scorers));
    let error = ScorerError::LastItems;
    let name = "vmis".to_owned();
    check(|s| s.scorers[0].settings.last_items_max = 17, Err(BlendError::Scorer { name, error }));
    check(|s| s.groups.clear(), Err(BlendError::Groups));
    check(|s| s.groups[0].visit_items_min = 2, Err(BlendError::Groups));
    check(|s| s.groups.push(GroupWeights::default()), Err(BlendError::Groups));
    check(
        |s| {
            s.groups[0].models.insert("oracle".to_owned(), ModelWeights::default());
        },
        Err(BlendError::Unknown("oracle".to_owned())),
    );
    check(|s| s.groups[0].current = 10_001, Err(BlendError::Weight));
    check(|s| s.groups[0].popular = i32::MIN, Err(BlendError::Weight));
}

#[test]
fn logarithms_are_true_to_the_table() {
    let logs = Logarithms::new();
    let one = f64::from(1 << FEATURE_BITS);
    for count in (1..2_000).chain([1 << 20, u64::MAX / 3, u64::MAX]) {
        let found = f64::from(logs.ln(count)) / one;
        let expected = (count as f64).ln();
        assert!((found - expected).abs() < 0.01, "{count}: {found} for {expected}");
    }
    assert_eq!(logs.ln(0), 0);
}

#[test]
fn the_weights_for_a_visit_are_those_of_its_length() {
    let mut settings = BlendSettings::shipped();
    let group = |visit_items_min, current| GroupWeights {
        visit_items_min,
        current,
        ..GroupWeights::default()
    };
    settings.groups = vec![group(1, 1), group(3, 3), group(9, 9)];
    let blend = Blend::new(settings).unwrap();
    let current = |items| *blend.weights(items).iter().rev().nth(2).unwrap();
    assert_eq!([0, 1, 2, 3, 8, 9, 99].map(current), [1, 1, 1, 3, 3, 9, 9]);
}
