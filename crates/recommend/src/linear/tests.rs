//! Laws 1 and 9 on counts and weights; floors, limits and staleness.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use domain::id::ItemId;

use crate::items::{ItemNo, Items, Traits};
use crate::linear::rank::{LinearScored, LinearScratch};
use crate::linear::solver::Solved;
use crate::linear::{Linear, LinearError, LinearMethod, LinearSettings, LinearSettingsError};
use crate::neighbors::Wanted;

const ITEMS: u32 = 8;

fn settings() -> LinearSettings {
    LinearSettings {
        method: LinearMethod::Whole,
        items_max: 6,
        neighbors_max: 3,
        voters_min: 2,
        row_items_max: 5,
        lambda: 3,
        ..LinearSettings::default()
    }
}

fn id(item: u32) -> ItemId {
    ItemId::parse(&format!("item-{item}")).unwrap()
}

/// A catalog whose numbers come in the given order.
fn catalog(order: impl Iterator<Item = u32>) -> Items {
    let mut items = Items::new();
    for item in order {
        items.declare(&id(item), Traits { answers: true, sensitive: false });
    }
    items
}

fn row(items: &Items, row: &[u32]) -> Vec<ItemNo> {
    row.iter().map(|item| items.number(&id(*item)).unwrap()).collect()
}

fn bytes(linear: &Linear, items: &Items) -> Vec<u8> {
    let mut bytes = Vec::new();
    linear.canonical(items, &mut |piece| bytes.extend_from_slice(piece));
    bytes
}

/// All weights in external words.
fn words(solved: &Solved, items: &Items) -> Vec<(ItemId, ItemId, i32, u32)> {
    let mut words = Vec::new();
    for from in solved.items() {
        for weight in solved.weights(*from) {
            let to = solved.items()[weight.to as usize];
            let name = |item| items.id(item).unwrap().clone();
            words.push((name(*from), name(to), weight.value, weight.supporters));
        }
    }
    words
}

fn solved(linear: &Linear, items: &Items) -> Solved {
    let mut solver = linear.solver(items, 1).unwrap();
    while solver.step().unwrap() {}
    solver.finish().unwrap()
}

#[derive(Clone, Debug)]
enum Step {
    Set(u8, Vec<u32>),
    Solve,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let set = (0_u8..12, vec(0..ITEMS, 0..7)).prop_map(|(voter, row)| Step::Set(voter, row));
    vec(prop_oneof![8 => set, 1 => Just(Step::Solve)], 0..80)
}

fn method() -> impl Strategy<Value = LinearMethod> {
    prop_oneof![Just(LinearMethod::Whole), Just(LinearMethod::Local)]
}

/// The rows that are left.
#[derive(Default)]
struct Ledger {
    rows: BTreeMap<u8, Vec<u32>>,
}

impl Ledger {
    fn rebuild(&self, method: LinearMethod, items: &Items) -> Linear {
        let mut linear = Linear::new(LinearSettings { method, ..settings() });
        for listed in self.rows.values().rev() {
            linear.learn(&row(items, listed)).unwrap();
        }
        linear
    }
}

proptest! {
    #[test]
    fn the_live_counts_and_weights_equal_the_rebuilt_ones(steps in steps(), method in method()) {
        let items = catalog(0..ITEMS);
        let other_numbers = catalog((0..ITEMS).rev());
        let mut ledger = Ledger::default();
        let mut linear = ledger.rebuild(method, &items);
        for step in &steps {
            match step {
                Step::Set(voter, after) => {
                    let before = ledger.rows.insert(*voter, after.clone()).unwrap_or_default();
                    linear.replace(&row(&items, &before), &row(&items, after)).unwrap();
                }
                Step::Solve => linear.solve(&items, 1).unwrap(),
            }
        }
        let fresh = ledger.rebuild(method, &other_numbers);
        prop_assert_eq!(bytes(&linear, &items), bytes(&fresh, &other_numbers));
        prop_assert_eq!(linear.gram.bytes(), fresh.gram.bytes());
        let (live, fresh) = (solved(&linear, &items), solved(&fresh, &other_numbers));
        prop_assert_eq!(words(&live, &items), words(&fresh, &other_numbers));
    }

    #[test]
    fn a_solution_that_survives_unlearning_equals_the_one_of_what_is_left(
        rows in vec(vec(0..ITEMS, 0..6), 0..12),
        gone in vec(any::<prop::sample::Index>(), 1..4),
        method in method(),
    ) {
        let items = catalog(0..ITEMS);
        let mut ledger = Ledger { rows: (0..).zip(rows.clone()).collect() };
        let mut linear = ledger.rebuild(method, &items);
        linear.solve(&items, 1).unwrap();
        let under_way = solved(&linear, &items);
        for index in gone {
            let Some(voter) = ledger.rows.keys().nth(index.index(12)).copied() else { continue };
            let before = ledger.rows.remove(&voter).unwrap();
            linear.unlearn(&row(&items, &before));
        }
        let expected = solved(&ledger.rebuild(method, &items), &items);
        if let Some(left) = linear.solved() {
            prop_assert_eq!(words(left, &items), words(&expected, &items));
        }
        // What was computed meanwhile is taken under the same condition.
        let kept = linear.solved().is_some();
        prop_assert_eq!(linear.adopt(under_way).is_ok(), kept);
        linear.solve(&items, 1).unwrap();
        prop_assert_eq!(words(linear.solved().unwrap(), &items), words(&expected, &items));
    }
}

#[test]
fn counts_are_voters_not_sessions() {
    let mut linear = Linear::new(settings());
    let [a, b, c] = [0, 1, 2].map(ItemNo);
    linear.replace(&[], &[a, b, a]).unwrap();
    linear.replace(&[a, b], &[a, b, c]).unwrap();
    linear.learn(&[a, c]).unwrap();
    assert_eq!((linear.voters(a), linear.voters(b), linear.voters(c)), (2, 1, 2));
    assert_eq!((linear.together(a, b), linear.together(c, a), linear.together(a, a)), (1, 2, 2));
    linear.forget(a);
    assert_eq!((linear.voters(a), linear.together(a, c), linear.together(b, c)), (0, 0, 1));
}

/// Four people had 0 and 1, two had 0 and 2; item 3 went with 2 once.
fn shop() -> (Linear, Items) {
    let items = catalog(0..ITEMS);
    let mut linear = Linear::new(LinearSettings { voters_min: 1, ..settings() });
    for listed in [[0, 1], [0, 1], [0, 1], [0, 1], [0, 2], [0, 2], [2, 3]] {
        linear.learn(&row(&items, &listed)).unwrap();
    }
    linear.solve(&items, 1).unwrap();
    (linear, items)
}

fn rank(shop: &(Linear, Items), visit: &[u32], wanted: &Wanted<'_>) -> Vec<LinearScored> {
    let visit = row(&shop.1, visit);
    shop.0.rank(&shop.1, &visit, wanted, &mut LinearScratch::new()).to_vec()
}

#[track_caller]
fn check(visit: &[u32], supporters_min: u32, expected: &[(u32, u32, u32)]) {
    let wanted = Wanted { count: 9, supporters_min, exclude: &[] };
    let ranked = rank(&shop(), visit, &wanted);
    let found: Vec<_> = ranked.iter().map(|one| (one.item.0, one.with.0, one.supporters)).collect();
    assert_eq!(found, expected, "{ranked:?}");
    assert!(ranked.is_sorted_by_key(|one| std::cmp::Reverse(one.score)));
}

#[test]
fn answers_name_what_gave_most_and_keep_the_floor() {
    check(&[0], 1, &[(1, 0, 4), (2, 0, 2)]);
    check(&[0], 3, &[(1, 0, 4)]);
    check(&[0], 5, &[]);
    check(&[2], 1, &[(0, 2, 2), (3, 2, 1)]);
    check(&[3, 3, 1, 3], 1, &[(0, 1, 4), (2, 3, 1)]);
    check(&[7], 1, &[]);
    check(&[], 1, &[]);
}

#[test]
fn excluded_sold_out_and_surplus_items_are_left_out() {
    let mut shop = shop();
    let [one, two] = [1, 2].map(|item| shop.1.number(&id(item)).unwrap());
    let exclude = [one];
    let items = |shop: &(Linear, Items), wanted: &Wanted<'_>| -> Vec<u32> {
        rank(shop, &[0], wanted).iter().map(|one| one.item.0).collect()
    };
    let wanted = Wanted { count: 9, supporters_min: 1, exclude: &[] };
    assert_eq!(items(&shop, &Wanted { exclude: &exclude, ..wanted }), [2]);
    assert_eq!(items(&shop, &Wanted { count: 1, ..wanted }), [1]);
    shop.1.declare(&id(1), Traits { answers: false, sensitive: false });
    assert_eq!(items(&shop, &wanted), [two.0]);
    shop.1.withdraw(two);
    assert!(items(&shop, &wanted).is_empty());
}

#[test]
fn older_items_of_a_visit_weigh_less() {
    let shop = shop();
    let wanted = Wanted { count: 9, supporters_min: 1, exclude: &[] };
    let score = |visit: &[u32], item: u32| {
        rank(&shop, visit, &wanted).iter().find(|one| one.item.0 == item).unwrap().score
    };
    assert_eq!(score(&[0, 7], 1), score(&[0], 1) / 1024 * 512);
}

#[test]
fn what_is_in_the_solution_cannot_leave_it_alone() {
    let (mut linear, items) = shop();
    linear.learn(&row(&items, &[0, 5])).unwrap();
    assert!(linear.solved().is_some(), "learning keeps it");
    linear.unlearn(&row(&items, &[6]));
    assert!(linear.solved().is_some(), "nobody in it had item 6");
    let under_way = linear.solver(&items, 1).unwrap();
    linear.unlearn(&row(&items, &[0, 5]));
    assert!(linear.solved().is_none());
    let mut solver = under_way;
    while solver.step().unwrap() {}
    assert_eq!(linear.adopt(solver.finish().unwrap()), Err(LinearError::Stale));
    linear.solve(&items, 1).unwrap();
    let old = linear.solved().unwrap().clone();
    linear.clear();
    assert_eq!(linear.adopt(old), Err(LinearError::Stale));
    assert_eq!(bytes(&linear, &items), bytes(&Linear::new(settings()), &items));
}

#[test]
fn a_spent_budget_switches_off_and_frees_the_memory() {
    let mut linear = Linear::new(LinearSettings { bytes_max: 100, ..settings() });
    let row = [0, 1, 2, 3].map(ItemNo);
    assert_eq!(linear.learn(&row[..2]), Ok(()));
    let full = Err(LinearError::Full { bytes_max: 100 });
    assert_eq!(linear.learn(&row), full);
    assert_eq!((linear.is_full(), linear.bytes()), (true, 0));
    linear.unlearn(&row[..2]);
    assert_eq!(linear.learn(&row[..2]), full);
    assert!(linear.solver(&catalog(0..ITEMS), 1).is_err());
    linear.clear();
    assert_eq!(linear.learn(&row[..2]), Ok(()));
}

#[test]
fn rows_that_are_too_long_teach_nothing() {
    let mut linear = Linear::new(settings());
    let row = [0, 1, 2, 3, 4, 5].map(ItemNo);
    linear.learn(&row[..5]).unwrap();
    assert_eq!(linear.voters(row[0]), 1);
    linear.replace(&row[..5], &row).unwrap();
    assert_eq!((linear.voters(row[0]), linear.gram.pairs().count()), (0, 0));
}

#[track_caller]
fn check_settings(settings: LinearSettings, expected: Result<(), LinearSettingsError>) {
    assert_eq!(settings.check().map(|_| ()), expected);
}

#[test]
fn settings_are_checked() {
    let good = LinearSettings::default();
    check_settings(good, Ok(()));
    let size = Err(LinearSettingsError::Size);
    let whole = LinearSettings { method: LinearMethod::Whole, items_max: 8_000, ..good };
    check_settings(whole, Ok(()));
    check_settings(LinearSettings { items_max: 8_001, ..whole }, size);
    check_settings(LinearSettings { items_max: 1_000_001, ..good }, size);
    check_settings(LinearSettings { neighbors_max: 501, ..good }, size);
    check_settings(LinearSettings { row_items_max: 0, ..good }, size);
    let zero = Err(LinearSettingsError::Zero);
    check_settings(LinearSettings { lambda: 0, ..good }, zero);
    check_settings(LinearSettings { voters_min: 0, ..good }, zero);
    check_settings(LinearSettings { visit_items_max: 0, ..good }, zero);
    check_settings(LinearSettings { decay_percent: 101, ..good }, Err(LinearSettingsError::Decay));
}
