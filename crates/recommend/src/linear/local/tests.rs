//! Local weights against the schoolbook inverse, and against EASE where both see everything.

use domain::id::ItemId;

use crate::items::{ItemNo, Items, Traits};
use crate::linear::local::product;
use crate::linear::sweep::tests::inverse;
use crate::linear::{Linear, LinearMethod, LinearSettings};

const ITEMS: u32 = 30;

fn items() -> Items {
    let mut items = Items::new();
    for number in 0..ITEMS {
        let id = ItemId::parse(&format!("item-{number:02}")).unwrap();
        items.declare(&id, Traits { answers: true, sensitive: false });
    }
    items
}

/// Every pair of items has a voter, some have many.
fn solved(method: LinearMethod, neighbors_max: u32) -> Linear {
    let (items_max, lambda) = (1_000, 5);
    let settings =
        LinearSettings { method, items_max, neighbors_max, lambda, ..LinearSettings::default() };
    let mut linear = Linear::new(settings);
    linear.learn(&(0..ITEMS).map(ItemNo).collect::<Vec<_>>()).unwrap();
    for row in 0..200_u32 {
        let item = |step: u32| ItemNo((row * step + step * step) % ITEMS);
        linear.learn(&[item(1), item(3), item(7)]).unwrap();
    }
    linear.solve(&items(), 1).unwrap();
    linear
}

/// (from, to, weight), by numbers.
fn weights(linear: &Linear) -> Vec<(u32, u32, f64)> {
    let solved = linear.solved().unwrap();
    let mut weights = Vec::new();
    for from in (0..ITEMS).map(ItemNo) {
        for weight in solved.weights(from) {
            let to = solved.items()[weight.to as usize];
            assert_eq!(weight.supporters, linear.together(from, to));
            weights.push((from.0, to.0, f64::from(weight.value) / 16_777_216.0));
        }
    }
    weights.sort_by_key(|(from, to, _)| (*from, *to));
    weights
}

#[test]
fn with_all_items_as_neighbors_it_is_ease() {
    let (local, whole) = (solved(LinearMethod::Local, 500), solved(LinearMethod::Whole, 1));
    let (local, whole) = (weights(&local), weights(&whole));
    assert_eq!((local.len(), whole.len()), (30 * 29, 30 * 29));
    for (one, other) in local.iter().zip(&whole) {
        assert_eq!((one.0, one.1), (other.0, other.1));
        assert!((one.2 - other.2).abs() < 2e-7, "{one:?} {other:?}");
    }
}

#[test]
fn with_few_neighbors_it_is_the_regression_on_them() {
    let linear = solved(LinearMethod::Local, 6);
    let weights = weights(&linear);
    for to in 0..ITEMS {
        let of: Vec<_> = weights.iter().filter(|(_, other, _)| *other == to).collect();
        assert_eq!(of.len(), 6);
        let fewest = of.iter().map(|(from, ..)| linear.together(ItemNo(*from), ItemNo(to))).min();
        let better = (0..ITEMS)
            .filter(|one| *one != to && Some(linear.together(ItemNo(*one), ItemNo(to))) > fewest);
        assert!(better.count() <= 6, "the neighbors are those with the most voters");
        let cell = |one: u32, other: u32| {
            let together = f64::from(linear.together(ItemNo(one), ItemNo(other)));
            if one == other { together + 5.0 } else { together }
        };
        let matrix: Vec<Vec<f64>> = of
            .iter()
            .map(|(one, ..)| of.iter().map(|(other, ..)| cell(*one, *other)).collect())
            .collect();
        let inverse = inverse(&matrix);
        for (row, (_, _, weight)) in inverse.iter().zip(&of) {
            let expected: f64 = row.iter().zip(&of).map(|(p, (one, ..))| p * cell(*one, to)).sum();
            assert!((expected - weight).abs() < 2e-7, "{expected} {weight}");
        }
    }
}

#[test]
fn inner_products_are_whole() {
    for length in 0_u32..20 {
        let numbers: Vec<f64> = (1..=length).map(f64::from).collect();
        let expected: u32 = (1..=length).map(|number| number * number).sum();
        assert!((product(&numbers, &numbers) - f64::from(expected)).abs() < 1e-9);
    }
}
