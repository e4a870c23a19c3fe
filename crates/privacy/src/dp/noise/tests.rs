use super::{Deviation, NoiseError, gaussian, laplace};

const CELLS: usize = 20_000;
const SEED: [u8; 32] = [7; 32];

fn milli(milli: u32) -> Deviation {
    Deviation::from_milli(milli).unwrap()
}

/// The probabilities of the distribution whose weight at `k` is `weight(|k|)`, for -9 to 9.
fn exact(weight: impl Fn(f64) -> f64) -> Vec<f64> {
    let sum: f64 = (-400..=400).map(|k| weight(f64::from(k).abs())).sum();
    (-9..=9).map(|k| weight(f64::from(k).abs()) / sum).collect()
}

/// Pearson's statistic over the values -9 to 9, merged where fewer than five are expected.
#[track_caller]
fn check_fit(drawn: &[i64], expected: &[f64]) {
    let mut statistic = 0.0;
    let mut cells = 0;
    let all = drawn.len() as f64;
    let (mut rest_seen, mut rest_expected) = (all, all);
    for (value, chance) in (-9..=9).zip(expected) {
        let seen = drawn.iter().filter(|one| **one == value).count() as f64;
        if chance * all < 5.0 {
            continue;
        }
        statistic += (seen - chance * all).powi(2) / (chance * all);
        (rest_seen, rest_expected) = (rest_seen - seen, rest_expected - chance * all);
        cells += 1;
    }
    if rest_expected >= 5.0 {
        statistic += (rest_seen - rest_expected).powi(2) / rest_expected;
    }
    // The seed is fixed, so this never fails by chance; the mean is `cells`, the variance twice.
    let limit = f64::from(cells) + 4.0 * (2.0 * f64::from(cells)).sqrt();
    assert!(statistic < limit, "{statistic} for {cells} cells");
}

#[test]
fn gaussian_noise_has_its_exact_distribution() {
    for sigma in [500, 1000, 2300] {
        let drawn = gaussian(milli(sigma), CELLS, (&SEED, b"test")).unwrap();
        let two_variances = 2.0 * (f64::from(sigma) / 1000.0).powi(2);
        check_fit(&drawn, &exact(|k| (-k * k / two_variances).exp()));
    }
}

#[test]
fn laplace_noise_has_its_exact_distribution() {
    for scale in [500, 1000, 2300] {
        let drawn = laplace(milli(scale), CELLS, (&SEED, b"test")).unwrap();
        check_fit(&drawn, &exact(|k| (-k * 1000.0 / f64::from(scale)).exp()));
    }
}

#[test]
#[should_panic(expected = "cells")]
fn the_test_of_the_distribution_finds_too_little_noise() {
    let drawn = gaussian(milli(900), CELLS, (&SEED, b"test")).unwrap();
    check_fit(&drawn, &exact(|k| (-k * k / 2.0).exp()));
}

#[test]
fn large_noise_has_its_moments() {
    let drawn = gaussian(milli(1_000_000), CELLS, (&SEED, b"test")).unwrap();
    let mean = drawn.iter().sum::<i64>() as f64 / CELLS as f64;
    let variance = drawn.iter().map(|one| (*one as f64).powi(2)).sum::<f64>() / CELLS as f64;
    assert!(mean.abs() < 4.0 * 1000.0 / (CELLS as f64).sqrt(), "{mean}");
    assert!((variance / 1e6 - 1.0).abs() < 4.0 * (2.0 / CELLS as f64).sqrt(), "{variance}");
}

#[test]
fn a_seed_and_a_label_decide_the_noise() {
    let draw = |seed, label: &[u8]| gaussian(milli(5000), 64, (&[seed; 32], label)).unwrap();
    assert_eq!(draw(1, b"leader"), draw(1, b"leader"));
    assert_ne!(draw(1, b"leader"), draw(1, b"helper"));
    assert_ne!(draw(1, b"leader"), draw(2, b"leader"));
    let laplace = laplace(milli(5000), 64, (&[1; 32], b"leader")).unwrap();
    assert_ne!(laplace, draw(1, b"leader"));
}

#[test]
fn a_deviation_has_bounds() {
    assert_eq!(Deviation::from_milli(0), None);
    assert_eq!(Deviation::from_milli(1_000_000_001), None);
    assert_eq!(gaussian(milli(1), 3, (&SEED, b"")), Ok::<_, NoiseError>(vec![0, 0, 0]));
}
