use super::*;

#[test]
fn the_defaults_are_within_their_limits() {
    assert!(TrainerSettings::default().check().is_ok());
}

#[track_caller]
fn refused(change: impl Fn(&mut TrainerSettings)) {
    let mut settings = TrainerSettings::default();
    change(&mut settings);
    assert_eq!(settings.check(), Err(SequenceError::Settings), "{settings:?}");
}

#[test]
fn settings_out_of_limits_are_refused() {
    refused(|settings| settings.width = 0);
    refused(|settings| settings.width = 12);
    refused(|settings| settings.width = 264);
    refused(|settings| settings.inner_factor = 0);
    refused(|settings| settings.inner_factor = 5);
    refused(|settings| settings.places = 0);
    refused(|settings| settings.places = 101);
    refused(|settings| settings.epochs = 0);
    refused(|settings| settings.batch_positions = 0);
    refused(|settings| settings.rate_millionths = 0);
    refused(|settings| settings.item_rate_millionths = 0);
    refused(|settings| settings.drop_input_percent = 100);
    refused(|settings| settings.drop_hidden_percent = 100);
    refused(|settings| settings.sample = 0);
    refused(|settings| settings.sessions_max = 0);
    refused(|settings| settings.positions_max = 0);
}

#[test]
fn bytes_grow_with_the_catalog_and_less_with_a_sample() {
    let settings = TrainerSettings::default();
    let sampled = TrainerSettings { compare_all_max: 0, ..settings };
    assert!(settings.training_bytes(2_000) > settings.training_bytes(1_000));
    assert!(sampled.training_bytes(5_000) < settings.training_bytes(5_000) * 2);
    // A hundred thousand items train within the budget that ships.
    assert!(settings.training_bytes(100_000) < settings.bytes_max);
}
