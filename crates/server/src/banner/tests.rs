use personal::purpose::PurposeName;

use super::{BannerSettings, BannerSettingsError};

#[track_caller]
fn check(purposes: &[PurposeName], expected: Result<(), BannerSettingsError>) {
    let settings = BannerSettings { purposes: purposes.to_vec(), ..BannerSettings::default() };
    assert_eq!(settings.check(), expected);
}

#[test]
fn people_are_asked_for_what_rests_on_consent_and_once() {
    use PurposeName::{FraudPrevention, Marketing, Measurement};
    assert_eq!(BannerSettings::default().check(), Ok(()));
    check(&[], Ok(()));
    check(&[Marketing, Measurement], Ok(()));
    check(&[Marketing, FraudPrevention], Err(BannerSettingsError::NoConsent(FraudPrevention)));
    check(&[Marketing, Marketing], Err(BannerSettingsError::Twice(Marketing)));
}

#[test]
fn the_day_of_our_word_on_gpc_is_a_day() {
    assert_eq!(BannerSettings::default().gpc_last_update.to_string(), "2026-11-22");
}
