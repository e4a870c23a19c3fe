//! Weights that are known are found again.

use crate::blend::features::{EMPTY, FEATURE_BITS, Row};
use crate::blend::fit::{Choice, Fit};

fn row(first: i32, second: i32) -> Row {
    let mut row = EMPTY;
    row[0] = first << FEATURE_BITS;
    row[1] = second << FEATURE_BITS;
    row
}

/// Of two candidates that differ by one in the first feature the better one is chosen three times
/// of four; the second feature says nothing.
fn choices() -> Vec<Choice> {
    (0..400)
        .map(|number| Choice {
            rows: vec![row(1, number % 3), row(0, number % 2)],
            whole: 2,
            stands_for: 1.0,
            chosen: usize::from(number % 4 == 0),
            weight: 1.0,
        })
        .collect()
}

#[test]
fn the_odds_of_choices_are_found() {
    let fit = Fit { features: vec![0], ridge: 0.0 };
    let fitted = fit.run(&choices(), &EMPTY);
    // ln(3 / 1) = 1.0986.
    assert_eq!(fitted.weights[0], 110);
    let expected = 0.75 * 0.75_f64.ln() + 0.25 * 0.25_f64.ln();
    assert!((fitted.log_likelihood - expected).abs() < 1e-6);
    assert_eq!(fitted.weights[1..], EMPTY[1..]);
}

#[test]
fn a_drawn_candidate_weighs_for_those_that_it_stands_for() {
    // One good candidate and nine bad ones: either all are there, or one bad one is drawn.
    let step = |number: usize, bad: usize| Choice {
        rows: std::iter::once(row(1, 0)).chain((0..bad).map(|_| row(0, 0))).collect(),
        whole: if bad == 9 { 10 } else { 1 },
        stands_for: 9.0,
        chosen: usize::from(number % 5 == 0),
        weight: 1.0,
    };
    let fit = Fit { features: vec![0], ridge: 0.0 };
    let weight = |bad| {
        let steps: Vec<Choice> = (0..400).map(|number| step(number, bad)).collect();
        fit.run(&steps, &EMPTY).weights[0]
    };
    // e^w / (e^w + 9) = 0.8, so w = ln 36 = 3.5835, however few are looked at.
    assert_eq!((weight(9), weight(1)), (358, 358));
}

#[test]
fn a_strong_ridge_keeps_the_prior() {
    let mut prior = EMPTY;
    prior[0] = -40;
    let fit = Fit { features: vec![0, 1], ridge: 1e9 };
    assert_eq!(fit.run(&choices(), &prior).weights, prior);
}

#[test]
fn equal_features_share_the_weight_and_nothing_breaks() {
    let same = choices().into_iter().map(|choice| {
        let rows = choice.rows.iter().map(|row| {
            let mut row = *row;
            row[1] = row[0];
            row
        });
        Choice { rows: rows.collect(), ..choice }
    });
    let same: Vec<Choice> = same.collect();
    let fit = Fit { features: vec![0, 1], ridge: 1.0 };
    let fitted = fit.run(&same, &EMPTY);
    assert_eq!(fitted.weights[0], fitted.weights[1]);
    assert!((100..=110).contains(&(fitted.weights[0] + fitted.weights[1])));
    assert_eq!(fit.run(&[], &EMPTY).weights, EMPTY, "no choice, no weight");
}
