//! Scores of small histograms against the formula in floating point.

use domain::time::Day;

use crate::popularity::trend::{Trend, TrendSettings, TrendSettingsError};

const SETTINGS: TrendSettings =
    TrendSettings { recent_days: 3, half_life_days: 2, baseline_days: 10, prior_subjects: 4 };

fn histogram(counts: &[(u32, u32)]) -> Vec<(Day, u32)> {
    counts.iter().map(|(day, subjects)| (Day::from_number(*day), *subjects)).collect()
}

#[track_caller]
fn check(counts: &[(u32, u32)]) {
    let today = 100_u32;
    let score = Trend::new(SETTINGS).score(&histogram(counts), Day::from_number(today));
    let (mut recent, mut weights, mut long) = (0.0, 0.0, 0.0);
    for age in 0..10 {
        let weight = if age < 3 { 0.5_f64.powf(f64::from(age) / 2.0) } else { 0.0 };
        weights += weight;
        let on = |(day, _): &&(u32, u32)| today.saturating_sub(*day) == age;
        let subjects: u32 = counts.iter().filter(on).map(|(_, subjects)| subjects).sum();
        recent += f64::from(subjects) * weight;
        long += f64::from(subjects) / 10.0;
    }
    let expected = (recent / weights - long) / (long + 0.4_f64).sqrt();
    let score = f64::from(u32::try_from(score).unwrap()) / 65_536.0;
    let tolerance = 1e-3 + 1e-4 * expected.abs();
    assert!((score - expected.max(0.0)).abs() < tolerance, "{counts:?}: {score} {expected}");
}

#[test]
fn scores_follow_the_formula() {
    check(&[]);
    check(&[(100, 1)]);
    check(&[(98, 7), (99, 3), (100, 12)]);
    check(&[(80, 1_000), (90, 1_000), (98, 7)]);
    check(&[
        (91, 5),
        (92, 5),
        (93, 5),
        (94, 5),
        (95, 5),
        (96, 5),
        (97, 5),
        (98, 5),
        (99, 5),
        (100, 5),
    ]);
    check(&[(92, 50), (100, 2)]);
    check(&[(93, 20), (101, 9), (105, 9)]);
    check(&[(100, 4_000_000)]);
}

#[test]
fn newer_days_and_rarer_items_score_higher() {
    let score = |counts: &[(u32, u32)]| {
        Trend::new(SETTINGS).score(&histogram(counts), Day::from_number(100))
    };
    assert!(score(&[(100, 9)]) > score(&[(99, 9)]));
    assert!(score(&[(100, 9)]) > score(&[(95, 9), (100, 9)]));
    assert!(score(&[(100, 9)]) < score(&[(100, 10)]));
}

#[track_caller]
fn check_settings(settings: TrendSettings, good: bool) {
    let expected = if good { Ok(settings) } else { Err(TrendSettingsError) };
    assert_eq!(settings.check(), expected);
}

#[test]
fn settings_are_checked() {
    check_settings(TrendSettings::default(), true);
    check_settings(SETTINGS, true);
    check_settings(TrendSettings { recent_days: 0, ..SETTINGS }, false);
    check_settings(TrendSettings { recent_days: 11, ..SETTINGS }, false);
    check_settings(TrendSettings { half_life_days: 0, ..SETTINGS }, false);
    check_settings(TrendSettings { prior_subjects: 0, ..SETTINGS }, false);
    check_settings(TrendSettings { baseline_days: 401, ..SETTINGS }, false);
}
