//! Settings that could not be honored are refused.

use crate::baskets::settings::BasketSettingsError;
use crate::settings::{Settings, SettingsError};

#[track_caller]
fn check(change: impl FnOnce(&mut Settings), expected: Result<(), SettingsError>) {
    let mut settings = Settings::default();
    change(&mut settings);
    assert_eq!(settings.check().map(|_| ()), expected);
}

#[test]
fn limits_are_kept() {
    check(|_| (), Ok(()));
    check(|s| s.supporters_min = 0, Err(SettingsError::Floor));
    check(|s| s.reason_supporters_min = 0, Err(SettingsError::Floor));
    check(|s| s.popular_min = 0, Err(SettingsError::Floor));
    check(|s| s.popular_days = 0, Err(SettingsError::Window));
    let floor = SettingsError::Baskets(BasketSettingsError::Floor);
    check(|s| s.baskets.supporters_min = 0, Err(floor));
}
