use proptest::prelude::*;

use super::{Delta, Epsilon, Rho};
use crate::dp::noise::Deviation;
use crate::dp::sensitivity::{EmptyReport, OtherReport, Sensitivity};

/// `rdp` is what Google's `dp-accounting` 0.6.0 says of the same loss by its accountant of Rényi
/// orders, `pld` what it says by its accountant of loss distributions, which is tight for one
/// Gaussian: `benches/peers/accounting_peer.py` prints both.
#[track_caller]
fn check_epsilon(nano: u64, one_in: u64, (rdp, pld): (f64, f64)) {
    let rho = Rho::from_nano(nano);
    let epsilon = rho.epsilon(Delta::one_in(one_in).unwrap()).value();
    assert!(epsilon >= pld, "{rho:?}: {epsilon} promises more than is true, {pld}");
    assert!((epsilon - rdp).abs() <= 1e-5 * rdp, "{rho:?}: {epsilon}, the peer says {rdp}");
}

#[test]
fn rho_becomes_epsilon_as_at_the_peer() {
    check_epsilon(1_000_000, 1_000_000, (0.182_895_417, 0.167_943_704));
    check_epsilon(24_400_000, 1_000_000, (1.000_969_881, 0.928_294_502));
    check_epsilon(311_000_000, 1_000_000, (3.999_534_197, 3.737_119_025));
    check_epsilon(1_050_000_000, 1_000_000, (7.989_575_473, 7.497_023_761));
    check_epsilon(5_000_000_000, 10_000_000_000, (25.536_359_616, 24.569_659_049));
}

#[test]
fn nothing_costs_nothing_and_the_bound_never_wraps() {
    assert_eq!(Rho::ZERO.epsilon(Delta::MILLIONTH), Epsilon::from_micro(0));
    assert_eq!(Rho::from_nano(u64::MAX).plus(Rho::from_nano(1)), None);
    let all = Rho::from_nano(u64::MAX).epsilon(Delta::MILLIONTH);
    assert_eq!(all, Epsilon::from_micro(u64::MAX));
    assert!(Rho::from_nano(1).epsilon(Delta::MILLIONTH) > Epsilon::from_micro(0));
}

#[track_caller]
fn check_gaussian(weight: u32, milli: u32, nano: u64) {
    let noise = Deviation::from_milli(milli).unwrap();
    let empty = Sensitivity::<EmptyReport>::of_weight(weight).unwrap();
    let other = Sensitivity::<OtherReport>::of_weight(weight).unwrap();
    assert_eq!(Rho::of_gaussian(&empty, noise).nano(), nano);
    assert!(Rho::of_gaussian(&other, noise).nano().abs_diff(2 * nano) <= 1);
}

#[test]
fn a_gaussian_release_costs_the_squared_ratio() {
    check_gaussian(1, 1000, 500_000_000);
    check_gaussian(16, 4000, 500_000_000);
    check_gaussian(1, 10_000, 5_000_000);
    check_gaussian(1, 3000, 55_555_556); // rounded up
    check_gaussian(4096, 1, 2_048_000_000_000_000_000);
}

#[test]
fn a_laplace_release_costs_half_its_squared_epsilon() {
    let scale = |milli| Deviation::from_milli(milli).unwrap();
    assert_eq!(Rho::of_laplace(1, scale(1000)).nano(), 500_000_000);
    assert_eq!(Rho::of_laplace(2, scale(1000)).nano(), 2_000_000_000);
    assert_eq!(Rho::of_laplace(1, scale(3000)).nano(), 55_555_556);
}

#[test]
fn a_sensitivity_and_a_delta_have_bounds() {
    assert!(Sensitivity::<EmptyReport>::of_weight(0).is_none());
    assert!(Sensitivity::<EmptyReport>::of_weight(4097).is_none());
    assert!(Delta::one_in(999).is_none());
}

proptest! {
    #[test]
    fn within_is_the_largest_that_fits(micro in 1_u64..20_000_000, power in 3_u32..12) {
        let delta = Delta::one_in(10_u64.pow(power)).unwrap();
        let epsilon = Epsilon::from_micro(micro);
        let rho = Rho::within(epsilon, delta);
        prop_assert!(rho.epsilon(delta) <= epsilon);
        prop_assert!(Rho::from_nano(rho.nano() + 1).epsilon(delta) > epsilon);
    }

    #[test]
    fn more_loss_is_more_epsilon(one in 0_u64..10_000_000_000, more in 1_u64..1_000_000_000) {
        let less = Rho::from_nano(one).epsilon(Delta::MILLIONTH);
        prop_assert!(less <= Rho::from_nano(one + more).epsilon(Delta::MILLIONTH));
    }

    #[test]
    fn a_deviation_within_a_loss_is_the_smallest(weight in 1_u32..=64, nano in 1_000_u64..20_000_000_000) {
        let sensitivity = Sensitivity::<EmptyReport>::of_weight(weight).unwrap();
        let deviation = Deviation::within(Rho::from_nano(nano), &sensitivity).unwrap();
        prop_assert!(Rho::of_gaussian(&sensitivity, deviation).nano() <= nano);
        if let Some(smaller) = Deviation::from_milli(deviation.milli() - 1) {
            prop_assert!(Rho::of_gaussian(&sensitivity, smaller).nano() > nano);
        }
    }
}
