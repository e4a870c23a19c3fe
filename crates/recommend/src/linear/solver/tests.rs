//! Weights against the closed formula and against the rank-one formula of incremental updates.

use crate::items::{ItemNo, Items, Traits};
use crate::linear::sweep::tests::inverse;
use crate::linear::{Linear, LinearError, LinearMethod, LinearSettings};

const ITEMS: u32 = 12;

fn items() -> Items {
    let mut items = Items::new();
    for number in 0..ITEMS {
        let id = domain::id::ItemId::parse(&format!("item-{number:02}")).unwrap();
        items.declare(&id, Traits { answers: true, sensitive: false });
    }
    items
}

fn rows() -> Vec<Vec<ItemNo>> {
    let item = |number: u32| ItemNo(number % ITEMS);
    (0..60_u32).map(|row| vec![item(row), item(row * row + 1), item(row / 5 + 3)]).collect()
}

fn settings() -> LinearSettings {
    let method = LinearMethod::Whole;
    LinearSettings { method, items_max: 4_000, lambda: 7, ..LinearSettings::default() }
}

fn taught(rows: &[Vec<ItemNo>]) -> Linear {
    let mut linear = Linear::new(settings());
    for row in rows {
        linear.learn(row).unwrap();
    }
    linear
}

fn dense(linear: &Linear) -> Vec<Vec<f64>> {
    let together = |one: u32, other: u32| f64::from(linear.together(ItemNo(one), ItemNo(other)));
    let lambda = |one, other| if one == other { 7.0 } else { 0.0 };
    (0..ITEMS)
        .map(|one| (0..ITEMS).map(|other| together(one, other) + lambda(one, other)).collect())
        .collect()
}

#[test]
fn weights_are_those_of_the_closed_formula() {
    let mut linear = taught(&rows());
    let p = inverse(&dense(&linear));
    linear.solve(&items(), 1).unwrap();
    let solved = linear.solved().unwrap();
    assert_eq!(solved.items().len(), ITEMS as usize);
    let mut pairs = 0;
    for one in (0..ITEMS).map(ItemNo) {
        for weight in solved.weights(one) {
            let other = solved.items()[weight.to as usize];
            assert_ne!(one, other, "an item says nothing of itself");
            assert_eq!(weight.supporters, linear.together(one, other));
            let expected = -p[one.at()][other.at()] / p[other.at()][other.at()];
            let difference = f64::from(weight.value) / 16_777_216.0 - expected;
            assert!(difference.abs() < 1e-7, "{difference}");
            pairs += 1;
        }
    }
    let counted = (0..ITEMS).flat_map(|one| (0..ITEMS).map(move |other| (one, other)));
    let counted = counted
        .filter(|(one, other)| one != other && linear.together(ItemNo(*one), ItemNo(*other)) > 0);
    assert_eq!(pairs, counted.count());
}

#[test]
fn the_rank_one_formula_agrees() {
    let rows = rows();
    let mut linear = taught(&rows);
    let mut p = inverse(&dense(&linear));
    for row in rows.iter().take(40) {
        let mut row = row.clone();
        row.sort_unstable();
        row.dedup();
        linear.unlearn(&row);
        // P' = P + (Px)(Px)ᵀ / (1 − xᵀPx).
        let px: Vec<f64> =
            p.iter().map(|line| row.iter().map(|item| line[item.at()]).sum()).collect();
        let xpx: f64 = row.iter().map(|item| px[item.at()]).sum();
        for (line, one) in p.iter_mut().zip(&px) {
            for (cell, other) in line.iter_mut().zip(&px) {
                *cell += one * other / (1.0 - xpx);
            }
        }
    }
    let expected = inverse(&dense(&linear));
    for (line, expected) in p.iter().zip(&expected) {
        for (cell, expected) in line.iter().zip(expected) {
            assert!((cell - expected).abs() < 1e-9);
        }
    }
}

#[test]
fn steps_are_counted_and_an_unfinished_solution_is_none() {
    let linear = taught(&rows());
    let mut solver = linear.solver(&items(), 1).unwrap();
    assert_eq!(solver.progress(), (0, 1));
    assert_eq!(solver.clone().finish().err(), Some(LinearError::Unfinished));
    assert_eq!(solver.step(), Ok(false));
    assert_eq!(solver.progress(), (1, 1));
    assert_eq!(solver.finish().unwrap().bytes() % 4, 0);
}

#[test]
fn the_catalog_and_the_limits_choose_the_items() {
    let mut linear =
        Linear::new(LinearSettings { items_max: 2, voters_min: 2, ..LinearSettings::default() });
    for row in [[0, 1], [0, 2], [0, 2], [1, 3], [4, 5]] {
        linear.learn(&row.map(ItemNo)).unwrap();
    }
    let mut items = items();
    let chosen = |linear: &Linear, items: &Items| {
        let mut solver = linear.solver(items, 1).unwrap();
        while solver.step().unwrap() {}
        solver.finish().unwrap().items().to_vec()
    };
    // Items 1 and 2 have two voters each; the lower id goes first.
    assert_eq!(chosen(&linear, &items), [ItemNo(0), ItemNo(1)]);
    items.withdraw(ItemNo(0));
    assert_eq!(chosen(&linear, &items), [ItemNo(1), ItemNo(2)]);
    linear.unlearn(&[ItemNo(1), ItemNo(3)]);
    assert_eq!(chosen(&linear, &items), [ItemNo(2)]);
}
