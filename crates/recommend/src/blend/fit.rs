//! Weights of a blend from held-out sessions.
//!
//! Each held-out step is a choice among candidates, and the weights make the choices that people
//! made likely: maximum likelihood of a conditional logit model, which is concave, so there is
//! one best answer, found by Newton's method in a fixed order of sums. Where there are too many
//! candidates some are drawn evenly and weigh for the others (McFadden, 1978). A small ridge keeps models
//! that say the same from fighting. The result is rounded to whole hundredths.

use crate::blend::features::{FEATURE_BITS, FEATURES, Row};

/// Newton steps at most.
const STEPS_MAX: usize = 40;
/// Steps end when the likelihood per choice grows by less.
const GAIN_MIN: f64 = 1e-6;

/// One held-out step.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The features of candidates, those that are all there first.
    pub rows: Vec<Row>,
    /// How many of them are all there; each that follows was drawn and stands for several.
    pub whole: usize,
    /// For how many candidates each drawn one stands, itself included.
    pub stands_for: f64,
    /// The candidate that was chosen.
    pub chosen: usize,
    /// Share of this choice; the choices of one person together weigh at most some.
    pub weight: f64,
}

/// Which features take part: those of models that the blend does not have stay 0.
#[derive(Clone, Debug)]
pub struct Fit {
    /// Places of the features that are fitted.
    pub features: Vec<usize>,
    /// Strength of the ridge, in choices.
    pub ridge: f64,
}

/// Fitted weights.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// In hundredths.
    pub weights: Row,
    /// Mean logarithm of the likelihood of a choice.
    pub log_likelihood: f64,
    /// Steps that were made.
    pub steps: usize,
}

impl Fit {
    /// Fits weights near `prior`, which is in hundredths.
    pub fn run(&self, choices: &[Choice], prior: &Row) -> Fitted {
        let start: Vec<f64> = self.features.iter().map(|place| at(prior, *place) / 100.0).collect();
        let mut weights = start.clone();
        let mut state = self.measure(choices, &weights, &start);
        let mut steps = 0;
        while steps < STEPS_MAX {
            steps += 1;
            let direction = solve(&state.hessian, &state.gradient);
            let Some(better) = self.search(choices, (&weights, &start), &direction, state.value)
            else {
                break;
            };
            let gain = better.1.value - state.value;
            (weights, state) = better;
            if gain < GAIN_MIN * state.total.max(1.0) {
                break;
            }
        }
        let mut row = *prior;
        for (place, weight) in self.features.iter().zip(&weights) {
            if let Some(to) = row.get_mut(*place) {
                *to = hundredths(*weight);
            }
        }
        let log_likelihood = state.likelihood / state.total.max(1.0);
        Fitted { weights: row, log_likelihood, steps }
    }

    /// Halves the step until it helps.
    fn search(
        &self,
        choices: &[Choice],
        (weights, start): (&[f64], &[f64]),
        direction: &[f64],
        value: f64,
    ) -> Option<(Vec<f64>, State)> {
        let mut length = 1.0;
        for _ in 0..12 {
            let moved: Vec<f64> = weights
                .iter()
                .zip(direction)
                .map(|(weight, step)| weight + length * step)
                .collect();
            let state = self.measure(choices, &moved, start);
            if state.value > value {
                return Some((moved, state));
            }
            length *= 0.5;
        }
        None
    }

    /// Likelihood, gradient and (negative) Hessian at some weights.
    fn measure(&self, choices: &[Choice], weights: &[f64], start: &[f64]) -> State {
        let count = self.features.len();
        let mut state = State::new(count);
        let (mut rows, mut odds) = (Vec::new(), Vec::new());
        for choice in choices {
            rows.clear();
            for row in &choice.rows {
                rows.extend(self.features.iter().map(|place| at(row, *place) / ONE));
            }
            state.add(&rows, choice, weights, &mut odds);
        }
        state.value = state.likelihood;
        for (place, (weight, start)) in weights.iter().zip(start).enumerate() {
            let away = weight - start;
            state.value -= 0.5 * self.ridge * away * away;
            if let Some(gradient) = state.gradient.get_mut(place) {
                *gradient -= self.ridge * away;
            }
            if let Some(diagonal) = state.hessian.get_mut(place * count + place) {
                *diagonal += self.ridge;
            }
        }
        state
    }
}

const ONE: f64 = (1_u32 << FEATURE_BITS) as f64;

struct State {
    value: f64,
    likelihood: f64,
    total: f64,
    gradient: Vec<f64>,
    hessian: Vec<f64>,
}

impl State {
    fn new(count: usize) -> Self {
        Self {
            value: 0.0,
            likelihood: 0.0,
            total: 0.0,
            gradient: vec![0.0; count],
            hessian: vec![0.0; count * count],
        }
    }

    /// Adds one choice. `rows` are its features that are fitted, one candidate after the other.
    fn add(&mut self, rows: &[f64], choice: &Choice, weights: &[f64], odds: &mut Vec<f64>) {
        let count = weights.len();
        odds.clear();
        let drawn = libm::log(choice.stands_for.max(1.0));
        let offset = |place| if place < choice.whole { 0.0 } else { drawn };
        let rows_of = rows.chunks_exact(count).enumerate();
        odds.extend(rows_of.map(|(place, row)| dot(row, weights) + offset(place)));
        let best = odds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let chosen = odds.get(choice.chosen).copied().unwrap_or(best) - best;
        let mut sum = 0.0;
        for odd in odds.iter_mut() {
            *odd = libm::exp(*odd - best);
            sum += *odd;
        }
        self.total += choice.weight;
        self.likelihood += choice.weight * (chosen - libm::log(sum));
        let mut mean = vec![0.0; count];
        for (row, odd) in rows.chunks_exact(count).zip(odds.iter()) {
            for (mean, feature) in mean.iter_mut().zip(row) {
                *mean += odd / sum * feature;
            }
        }
        let taken = rows.chunks_exact(count).nth(choice.chosen).unwrap_or_default();
        for ((gradient, feature), mean) in self.gradient.iter_mut().zip(taken).zip(&mean) {
            *gradient += choice.weight * (feature - mean);
        }
        let mut away = vec![0.0; count];
        for (row, odd) in rows.chunks_exact(count).zip(odds.iter()) {
            let share = choice.weight * odd / sum;
            if share < 1e-7 {
                continue;
            }
            for ((away, feature), mean) in away.iter_mut().zip(row).zip(&mean) {
                *away = feature - mean;
            }
            for (line, one) in self.hessian.chunks_exact_mut(count).zip(&away) {
                let scale = share * one;
                for (entry, other) in line.iter_mut().zip(&away) {
                    *entry += scale * other;
                }
            }
        }
    }
}

fn dot(row: &[f64], weights: &[f64]) -> f64 {
    row.iter().zip(weights).map(|(feature, weight)| feature * weight).sum()
}

/// Solves a symmetric positive system by elimination; a pivot of nothing gives 0.
fn solve(matrix: &[f64], right: &[f64]) -> Vec<f64> {
    let count = right.len();
    let mut lines: Vec<Vec<f64>> = matrix
        .chunks_exact(count.max(1))
        .zip(right)
        .map(|(line, value)| line.iter().copied().chain([*value]).collect())
        .collect();
    for place in 0..count {
        let Some(pivot) = lines.get(place).cloned() else { continue };
        let divisor = pivot.get(place).copied().unwrap_or(0.0);
        for (number, line) in lines.iter_mut().enumerate() {
            let factor = line.get(place).copied().unwrap_or(0.0) / divisor;
            if number == place || divisor.abs() < 1e-12 || factor.abs() < 1e-300 {
                continue;
            }
            for (entry, other) in line.iter_mut().zip(&pivot) {
                *entry -= factor * other;
            }
        }
    }
    let diagonal = |(place, line): (usize, &Vec<f64>)| {
        let divisor = line.get(place).copied().unwrap_or(0.0);
        let value = line.last().copied().unwrap_or(0.0);
        if divisor.abs() < 1e-12 { 0.0 } else { value / divisor }
    };
    lines.iter().enumerate().map(diagonal).collect()
}

fn at(row: &Row, place: usize) -> f64 {
    debug_assert!(place < FEATURES);
    f64::from(row.get(place).copied().unwrap_or(0))
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range before")]
fn hundredths(weight: f64) -> i32 {
    libm::round((weight * 100.0).clamp(-10_000.0, 10_000.0)) as i32
}

#[cfg(test)]
mod tests;
