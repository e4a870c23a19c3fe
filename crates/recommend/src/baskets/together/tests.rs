//! What is bought together: once by hand, then against counting with pen and paper.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::Pseudonym;
use domain::time::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{ANCHORS_MAX, ASKED_MAX, Beside, Together, TogetherScratch, damped};
use crate::baskets::settings::BasketSettings;
use crate::baskets::{Basket, BasketIndex};
use crate::items::{ItemNo, Items, Traits};
use crate::small_shop::{ITEMS, id};

const A: ItemNo = ItemNo(0);
const B: ItemNo = ItemNo(1);
const C: ItemNo = ItemNo(2);
const D: ItemNo = ItemNo(3);

fn name(person: u16) -> Pseudonym {
    let [high, low] = person.to_be_bytes();
    let mut bytes = [0; 16];
    (bytes[0], bytes[1]) = (high, low);
    Pseudonym::from_bytes(bytes)
}

fn catalog() -> Items {
    let mut items = Items::new();
    for number in 0..ITEMS {
        items.declare(&id(number), Traits { answers: true, sensitive: false });
    }
    items
}

fn index(items: &Items, rows: &[(u16, Vec<ItemNo>)]) -> BasketIndex {
    let mut index = BasketIndex::new(BasketSettings::default()).unwrap();
    let basket = |(number, (person, bought)): (u32, &(u16, Vec<ItemNo>))| {
        let mut key = [9; 16];
        key[..4].copy_from_slice(&number.to_be_bytes());
        let at = Timestamp::from_ms(i64::from(number) * 3_600_000);
        Basket { key, subject: name(*person), at, items: bought.clone() }
    };
    index.learn_all(items, (0..).zip(rows).map(basket)).unwrap();
    index
}

fn beside(anchors: &[ItemNo]) -> Beside<'_> {
    Beside { anchors, myself: None, supporters_min: 1, count: usize::MAX, exclude: &[] }
}

/// Who is bought with the anchors: item, anchor, people.
fn ask(index: &BasketIndex, items: &Items, beside: &Beside<'_>) -> Vec<(ItemNo, ItemNo, u32)> {
    let mut scratch = TogetherScratch::default();
    let first = index.bought_with(items, beside, &mut scratch).to_vec();
    // What is left of one answer is in no other.
    assert_eq!(index.bought_with(items, beside, &mut scratch), first);
    first.into_iter().map(|Together { item, with, people, .. }| (item, with, people)).collect()
}

#[test]
fn one_person_counts_once_and_orders_are_not_mixed() {
    let items = catalog();
    let rows = [
        (1, vec![A, B]),
        (1, vec![A, B, C]),
        (2, vec![B, A]),
        // D was bought by the same person, and not with A.
        (2, vec![D]),
        (3, vec![C, D]),
    ];
    let index = index(&items, &rows);
    assert_eq!(ask(&index, &items, &beside(&[A])), [(B, A, 2), (C, A, 1)]);
    assert_eq!(ask(&index, &items, &Beside { supporters_min: 2, ..beside(&[A]) }), [(B, A, 2)]);
    assert_eq!(ask(&index, &items, &beside(&[])), []);
    // The people of two anchors are not added up: the reason is about one of them.
    assert_eq!(
        ask(&index, &items, &Beside { exclude: &[B], ..beside(&[A, D]) }),
        [(C, D, 1)],
        "equal counts name the newer anchor",
    );
    // Nobody is evidence for themselves.
    let own = Beside { myself: Some(name(2)), ..beside(&[A]) };
    assert_eq!(ask(&index, &items, &own), [(B, A, 1), (C, A, 1)]);
}

#[test]
fn what_goes_with_everything_goes_last() {
    let items = catalog();
    // B is in every order; C with A only, as often as B with A.
    let mut rows: Vec<(u16, Vec<ItemNo>)> = (0..40).map(|person| (person, vec![B, D])).collect();
    rows.extend((40..44).map(|person| (person, vec![A, B, C])));
    let found = ask(&index(&items, &rows), &items, &beside(&[A]));
    assert_eq!(found, [(C, A, 4), (B, A, 4)]);
}

#[test]
fn what_may_not_be_answered_is_not() {
    let mut items = catalog();
    let mut index = index(&items, &[(1, vec![A, B, C]), (2, vec![A, B, C])]);
    items.declare(&id(1), Traits { answers: false, sensitive: false });
    assert_eq!(ask(&index, &items, &beside(&[A])), [(C, A, 2)]);
    index.with_catalog_change(&mut items, C, |items| items.withdraw(C));
    assert_eq!(ask(&index, &items, &beside(&[A])), []);
    items.declare(&id(0), Traits { answers: true, sensitive: true });
    items.declare(&id(1), Traits { answers: true, sensitive: false });
    assert_eq!(ask(&index, &items, &beside(&[A])), [], "a sensitive anchor says nothing");
}

#[test]
fn an_answer_has_a_bound() {
    let items = catalog();
    let people = u16::try_from(ASKED_MAX).unwrap() + 50;
    let rows: Vec<_> = (0..people).map(|person| (person, vec![A, B])).collect();
    let found = ask(&index(&items, &rows), &items, &beside(&[A]));
    assert_eq!(found, [(B, A, u32::try_from(ASKED_MAX).unwrap())]);
    let many: Vec<ItemNo> = (0..40).map(|number| ItemNo(number % u32::from(ITEMS))).collect();
    assert!(ANCHORS_MAX < many.len());
    ask(&index(&items, &[(1, vec![A, B])]), &items, &beside(&many));
}

proptest! {
    #[test]
    fn counts_are_those_of_pen_and_paper(
        rows in vec((0_u16..6, vec((0..u32::from(ITEMS)).prop_map(ItemNo), 1..5)), 0..25),
        anchors in vec((0..u32::from(ITEMS)).prop_map(ItemNo), 0..4),
        supporters_min in 1_u32..4,
    ) {
        let items = catalog();
        let index = index(&items, &rows);
        let asked = Beside { supporters_min, ..beside(&anchors) };
        let mut expected: BTreeMap<ItemNo, (u64, ItemNo, u32)> = BTreeMap::new();
        let holders = |item: ItemNo| -> BTreeSet<u16> {
            let named = rows.iter().filter(|(_, bought)| bought.contains(&item));
            named.map(|(person, _)| *person).collect()
        };
        let mut known = BTreeSet::new();
        for anchor in anchors.iter().rev().filter(|anchor| known.insert(**anchor)) {
            for item in (0..u32::from(ITEMS)).map(ItemNo).filter(|item| !anchors.contains(item)) {
                let both = rows.iter().filter(|(_, bought)| {
                    bought.contains(anchor) && bought.contains(&item)
                });
                let people = both.map(|(person, _)| *person).collect::<BTreeSet<_>>().len();
                let people = u32::try_from(people).unwrap();
                if people < supporters_min {
                    continue;
                }
                let score = damped(people, holders(*anchor).len(), holders(item).len());
                let entry = expected.entry(item).or_insert((0, *anchor, people));
                entry.0 += score;
                if people > entry.2 {
                    (entry.1, entry.2) = (*anchor, people);
                }
            }
        }
        let mut scratch = TogetherScratch::default();
        let found = index.bought_with(&items, &asked, &mut scratch).iter();
        let found: BTreeMap<_, _> =
            found.map(|one| (one.item, (one.score, one.with, one.people))).collect();
        prop_assert_eq!(found, expected);
    }
}
