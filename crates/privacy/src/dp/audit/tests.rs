use super::{Guesses, chance, epsilon_lower_bound};
use crate::dp::noise::{Deviation, gaussian};
use crate::dp::rho::{Delta, Epsilon, Rho};
use crate::dp::sensitivity::{EmptyReport, Sensitivity};

const CANARIES: u32 = 1024;
const ERROR: f64 = 0.05;

/// The noise that one report with one cell needs for this epsilon at one in a million.
fn deviation(epsilon: u64) -> Deviation {
    let rho = Rho::within(Epsilon::from_micro(epsilon * 1_000_000), Delta::MILLIONTH);
    let sensitivity = Sensitivity::<EmptyReport>::of_weight(1).unwrap();
    Deviation::within(rho, &sensitivity).unwrap()
}

/// Plays the audit once: a coin for each canary, one release, and a guess wherever the count is
/// at least `margin` beyond what a canary alone explains.
fn play(noise: Deviation, seed: u8, margin: i64) -> Guesses {
    let cells = CANARIES as usize;
    let coins = gaussian(Deviation::from_milli(9000).unwrap(), cells, (&[seed; 32], b"coins"));
    let is_in: Vec<bool> = coins.unwrap().iter().map(|coin| coin & 1 == 1).collect();
    let noise = gaussian(noise, cells, (&[seed; 32], b"release")).unwrap();
    let mut guesses = Guesses { canaries: CANARIES, made: 0, right: 0 };
    for (is_in, noise) in is_in.into_iter().zip(noise) {
        let count = i64::from(is_in) + noise;
        let (says_in, says_out) = (count > margin, count <= -margin);
        guesses.made += u32::from(says_in || says_out);
        guesses.right += u32::from((says_in && is_in) || (says_out && !is_in));
    }
    guesses
}

/// The best bound over some margins, as an attacker would choose.
fn bound(noise: Deviation, seed: u8) -> f64 {
    let sigma = i64::from(noise.milli()) / 1000;
    let tried = [0, 1, 1 + sigma];
    let bounds = tried.map(|margin| {
        let error = ERROR / tried.len() as f64; // for choosing among them afterwards
        epsilon_lower_bound(play(noise, seed, margin), 1e-6, error)
    });
    bounds.into_iter().fold(0.0, f64::max)
}

#[test]
fn the_release_keeps_what_it_claims() {
    for claimed in [1, 2, 4, 8] {
        for seed in 0..8 {
            let bound = bound(deviation(claimed), seed);
            assert!(bound <= claimed as f64, "claimed {claimed}, refuted up to {bound}");
        }
    }
}

#[test]
fn a_release_with_a_quarter_of_its_noise_is_caught() {
    for claimed in [1, 2, 4] {
        let weak = Deviation::from_milli(deviation(claimed).milli() / 4).unwrap();
        let caught = (0..8).filter(|seed| bound(weak, *seed) > claimed as f64).count();
        assert!(caught >= 6, "claimed {claimed}, caught in {caught} of 8 runs");
    }
}

#[test]
fn the_chance_is_that_of_coins_where_nothing_leaks() {
    let guesses = |right| Guesses { canaries: 10, made: 10, right };
    assert!((chance(guesses(10), 0.0, 0.0) - 1.0 / 1024.0).abs() < 1e-12);
    assert!((chance(guesses(9), 0.0, 0.0) - 11.0 / 1024.0).abs() < 1e-12);
    assert!((chance(guesses(0), 0.0, 0.0) - 1.0).abs() < 1e-12);
    let three_to_one = libm::log(3.0);
    assert!((chance(guesses(10), three_to_one, 0.0) - 0.75_f64.powi(10)).abs() < 1e-12);
    assert!(chance(Guesses { canaries: 5, made: 0, right: 0 }, 1.0, 0.0) >= 1.0);
    assert!(chance(guesses(10), 0.0, 1e-3) > chance(guesses(10), 0.0, 0.0));
}

#[test]
fn a_bound_needs_evidence() {
    let guesses = |right| Guesses { canaries: 1000, made: 100, right };
    assert!(epsilon_lower_bound(guesses(50), 1e-6, ERROR) <= 0.0);
    let (some, more) = (guesses(75), guesses(100));
    let [some, more] = [some, more].map(|one| epsilon_lower_bound(one, 1e-6, ERROR));
    assert!(0.3 < some && some < libm::log(3.0), "{some}");
    assert!(more > 3.0, "{more}");
}
