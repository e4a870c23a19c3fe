//! Vectors against the formula: once by hand, then in floating point.

use std::collections::BTreeMap;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::{WEIGHT_BITS, Weight, coefficients, vector};
use crate::baskets::settings::BasketSettings;
use crate::items::{ItemNo, Items, Traits};
use crate::small_shop::id;

const A: ItemNo = ItemNo(0);
const B: ItemNo = ItemNo(1);
const C: ItemNo = ItemNo(2);

fn catalog() -> Items {
    let mut items = Items::new();
    for number in 0..8 {
        items.declare(&id(number), Traits { answers: true, sensitive: false });
    }
    items
}

fn settings(groups: u16, basket_decay: u16, group_decay: u16) -> BasketSettings {
    BasketSettings { groups, basket_decay, group_decay, ..BasketSettings::default() }
}

/// One as a weight.
fn one() -> f64 {
    f64::from(1_u32 << WEIGHT_BITS)
}

/// The formula of the paper, word by word: groups from 1 to m, baskets of a group from 1 to t.
pub(crate) fn formula(baskets: &[Vec<ItemNo>], settings: &BasketSettings) -> BTreeMap<ItemNo, f64> {
    let skipped = baskets.len().saturating_sub(usize::from(settings.baskets_max));
    let baskets = &baskets[skipped..];
    let m = baskets.len().min(usize::from(settings.groups));
    let mut groups: Vec<&[Vec<ItemNo>]> = Vec::new();
    let mut rest = baskets;
    for left in (1..=m).rev() {
        // The oldest groups are the smaller ones.
        let (group, newer) = rest.split_at(rest.len() / left);
        groups.push(group);
        rest = newer;
    }
    let (r_b, r_g) =
        (f64::from(settings.basket_decay) / 1000.0, f64::from(settings.group_decay) / 1000.0);
    let mut weights = BTreeMap::new();
    for (g, group) in (1..).zip(&groups) {
        let t = group.len();
        for (j, basket) in (1..).zip(*group) {
            let power = |decay: f64, times: usize| (0..times).map(|_| decay).product::<f64>();
            let share = power(r_b, t - j) / t as f64 * power(r_g, m - g) / m as f64;
            for item in basket {
                *weights.entry(*item).or_insert(0.0) += share;
            }
        }
    }
    weights
}

#[test]
fn four_baskets_in_two_groups_by_hand() {
    let baskets: [&[ItemNo]; 4] = [&[A, B], &[A], &[B, C], &[A, C]];
    // Group 1: half of (half of {A, B} and {A}) = A 3/4, B 1/4. Group 2: half of (half of {B, C}
    // and {A, C}) = A 1/2, B 1/4, C 3/4. Together: half of (half of group 1, and group 2).
    let found = vector(&catalog(), baskets.into_iter(), &settings(2, 500, 500));
    let weight = |sixteenths: u32| sixteenths << (WEIGHT_BITS - 4);
    let expected = [(A, weight(7)), (B, weight(3)), (C, weight(6))];
    assert_eq!(found, expected.map(|(item, weight)| Weight { item, weight }));
}

#[test]
fn the_newest_groups_take_the_odd_baskets_and_short_histories_have_fewer_groups() {
    let shares = |count, groups| -> Vec<f64> {
        let one = f64::from(1_u32 << 25) * f64::from(1_u32 << 25);
        coefficients(count, &settings(groups, 1000, 1000)).iter().map(|c| *c as f64 / one).collect()
    };
    // Five in three groups: one, two, two.
    let expected = [1.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0];
    for (found, expected) in shares(5, 3).iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12);
    }
    assert_eq!(shares(2, 7), [0.5, 0.5]);
    assert_eq!(shares(0, 7), [0.0; 0]);
}

#[test]
fn baskets_without_a_visible_item_take_no_place_and_the_oldest_do_not_count() {
    let mut items = catalog();
    items.withdraw(B);
    let settings = settings(2, 500, 500);
    let with_hole: [&[ItemNo]; 3] = [&[A], &[B], &[A, C]];
    let without: [&[ItemNo]; 2] = [&[A], &[A, C]];
    let mut found = vector(&items, with_hole.into_iter(), &settings);
    assert_eq!(found.remove(1), Weight { item: B, weight: 0 });
    assert_eq!(found, vector(&items, without.into_iter(), &settings));

    let newest = BasketSettings { baskets_max: 1, ..settings };
    let found = vector(&items, without.into_iter(), &newest);
    let only: [&[ItemNo]; 1] = [&[A, C]];
    assert_eq!(found, vector(&items, only.into_iter(), &newest));
}

proptest! {
    #[test]
    fn weights_follow_the_formula(
        baskets in vec(btree_set((0_u32..8).prop_map(ItemNo), 1..6), 0..40),
        groups in 1_u16..9,
        basket_decay in 1_u16..=1000,
        group_decay in 1_u16..=1000,
        baskets_max in 1_u16..50,
    ) {
        let baskets: Vec<Vec<ItemNo>> =
            baskets.into_iter().map(|basket| basket.into_iter().collect()).collect();
        let settings = BasketSettings { baskets_max, ..settings(groups, basket_decay, group_decay) };
        let found = vector(&catalog(), baskets.iter().map(Vec::as_slice), &settings);
        let expected = formula(&baskets, &settings);
        for Weight { item, weight } in found {
            let sought = expected.get(&item).copied().unwrap_or(0.0);
            prop_assert!((f64::from(weight) / one() - sought).abs() <= 1.0 / one());
        }
    }
}
