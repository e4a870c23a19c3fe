use super::*;
use crate::sequence::pass::{Drops, Pass};
use crate::sequence::random::Random;
use crate::sequence::trainer::Trainer;
use crate::sequence::trainer::tests::{circle, small};

fn trained() -> Weights {
    Trainer::new(small(), 30, circle(30, 40)).unwrap().finish([7; 16])
}

/// The result of the training pass for the last place of a visit.
fn by_training_pass(weights: &Weights, visit: &[u32]) -> Vec<f32> {
    let width = weights.shape.width;
    let mut inputs = Vec::new();
    for item in visit {
        let row = &weights.table[*item as usize * width..][..width];
        inputs.extend(row.iter().map(|value| f32::from(*value) * weights.unit));
    }
    let mut pass = Pass::new(weights.shape);
    pass.draw(visit.len(), Drops { input: 0, hidden: 0 }, &mut Random::new(0, 0));
    pass.forward(&weights.block, &inputs, &[visit.len()]);
    pass.result()[(visit.len() - 1) * width..].to_vec()
}

#[test]
fn an_answer_is_what_training_would_say() {
    let weights = trained();
    let mut scratch = SequenceScratch::default();
    for visit in [&[4][..], &[4, 7], &[4, 7, 10, 13, 13, 1], &[29, 2, 0]] {
        let asked = weights.represent(visit, &mut scratch).unwrap();
        let unit = asked.unit / weights.unit;
        let expected = by_training_pass(&weights, visit);
        assert_eq!(asked.values.len(), expected.len());
        for (value, expected) in asked.values.iter().zip(expected) {
            assert!((f32::from(*value) * unit - expected).abs() < unit + 1e-4, "{visit:?}");
        }
    }
}

#[test]
fn unknown_items_and_old_items_are_not_read() {
    let weights = trained();
    let mut scratch = SequenceScratch::default();
    let mut answer = |visit: &[u32]| {
        let asked = weights.represent(visit, &mut scratch)?;
        let mut scores = Vec::new();
        weights.score_all(asked, &mut scores);
        Some(scores)
    };
    assert_eq!(answer(&[]), None);
    assert_eq!(answer(&[30, 9_999]), None);
    assert_eq!(answer(&[99, 4, 30, 7]), answer(&[4, 7]));
    assert_eq!(answer(&[5, 1, 2, 3, 4, 5, 6]), answer(&[9, 1, 2, 3, 4, 5, 6]));
    assert_ne!(answer(&[1, 2, 3, 4, 5, 6]), answer(&[1, 2, 3, 4, 6, 5]));
}

#[test]
fn one_score_is_that_of_the_list() {
    let weights = trained();
    let mut scratch = SequenceScratch::default();
    let asked = weights.represent(&[1, 4], &mut scratch).unwrap();
    let mut scores = Vec::new();
    weights.score_all(asked, &mut scores);
    assert_eq!(scores.len(), 30);
    for (item, score) in (0..).zip(&scores) {
        assert_eq!(weights.score(asked, item), *score);
    }
    assert_eq!(weights.score(asked, 30), 0);
    assert_eq!(weights.score(asked, u32::MAX), 0);
}

#[test]
fn probabilities_add_up_to_one() {
    let weights = trained();
    let mut scratch = SequenceScratch::default();
    let asked = weights.represent(&[1, 4], &mut scratch).unwrap();
    let mut scores = Vec::new();
    weights.score_all(asked, &mut scores);
    let normalizer = Weights::log_normalizer(asked, &scores);
    let sum: f32 = scores.iter().map(|score| exp(Weights::logit(asked, *score) - normalizer)).sum();
    assert!((sum - 1.0).abs() < 1e-4, "{sum}");
}

#[test]
fn rounding_keeps_the_greatest_value_whole() {
    let mut out = Vec::new();
    let unit = round(&mut out, &[0.5, -1.0, 0.0, 0.25]);
    assert_eq!(out, [1_024, -2_047, 0, 512]);
    assert!((unit - 1.0 / 2_047.0).abs() < 1e-9);
    out.clear();
    assert!((round(&mut out, &[0.0, 0.0]) - 1.0).abs() < f32::EPSILON);
    assert_eq!(out, [0, 0]);
}

#[test]
fn the_greatest_rows_do_not_overflow() {
    let row = [WHOLE; 256];
    assert_eq!(whole_dot(&row, &row), 256 * 2_047 * 2_047);
}
