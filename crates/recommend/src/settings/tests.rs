//! Settings that could not be honored are refused.

use crate::settings::{LAST_ITEMS_LIMIT, SAMPLE_LIMIT, Settings, SettingsError};

#[track_caller]
fn check(change: impl FnOnce(&mut Settings), expected: Result<(), SettingsError>) {
    let mut settings = Settings::default();
    change(&mut settings);
    assert_eq!(settings.check().map(|_| ()), expected);
}

#[test]
fn limits_are_kept() {
    check(|_| (), Ok(()));
    check(|s| s.vmis.last_items_max = LAST_ITEMS_LIMIT, Ok(()));
    check(|s| s.vmis.last_items_max = LAST_ITEMS_LIMIT + 1, Err(SettingsError::LastItems));
    check(|s| s.vmis.last_items_max = 0, Err(SettingsError::LastItems));
    check(|s| s.vmis.sample_max = SAMPLE_LIMIT + 1, Err(SettingsError::Sample));
    check(|s| s.vmis.neighbors_max = s.vmis.sample_max + 1, Err(SettingsError::Sample));
    check(|s| s.vmis.neighbors_max = 0, Err(SettingsError::Sample));
    check(|s| s.supporters_min = 0, Err(SettingsError::Floor));
    check(|s| s.reason_supporters_min = 0, Err(SettingsError::Floor));
    check(|s| s.popular_min = 0, Err(SettingsError::Floor));
    check(|s| s.popular_days = 0, Err(SettingsError::Window));
}
