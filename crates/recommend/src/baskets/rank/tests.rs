//! The ranking: once by hand, then against every customer compared with every other.

use std::collections::BTreeMap;

use domain::id::Pseudonym;
use domain::time::Timestamp;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::{BasketScratch, Next, Part, Parts, Wish};
use crate::baskets::settings::{BasketSettings, Nearness};
use crate::baskets::vectors::{Weight, product, square, vector};
use crate::baskets::{Basket, BasketIndex};
use crate::items::{ItemNo, Items, Traits};
use crate::small_shop::{ITEMS, id, key};

const A: ItemNo = ItemNo(0);
const B: ItemNo = ItemNo(1);
const C: ItemNo = ItemNo(2);
const D: ItemNo = ItemNo(3);

fn name(person: u8) -> Pseudonym {
    Pseudonym::from_bytes([person; 16])
}

fn catalog() -> Items {
    let mut items = Items::new();
    for number in 0..ITEMS {
        items.declare(&id(number), Traits { answers: true, sensitive: false });
    }
    items
}

/// An index of (person, items), one basket per hour.
fn index(items: &Items, settings: BasketSettings, rows: &[(u8, Vec<ItemNo>)]) -> BasketIndex {
    let mut index = BasketIndex::new(settings).unwrap();
    let basket = |(number, (person, bought)): (u8, &(u8, Vec<ItemNo>))| Basket {
        key: key(number),
        subject: name(*person),
        at: Timestamp::from_ms(i64::from(number) * 3_600_000),
        items: bought.clone(),
    };
    index.learn_all(items, (0..).zip(rows).map(basket)).unwrap();
    index
}

const ALL: Wish<'_> =
    Wish { own: &[], myself: None, parts: Parts::Both, count: usize::MAX, exclude: &[] };

fn settings() -> BasketSettings {
    BasketSettings {
        groups: 2,
        basket_decay: 500,
        group_decay: 500,
        own_share: 700,
        neighbors_max: 2,
        supporters_min: 1,
        ..BasketSettings::default()
    }
}

const OWN: [&[ItemNo]; 4] = [&[A, B], &[A], &[B, C], &[A, C]];

#[test]
fn own_vector_and_neighbors_by_hand() {
    let items = catalog();
    let rows = [(2, vec![A, D]), (3, vec![C])];
    let index = index(&items, settings(), &rows);
    let mut scratch = BasketScratch::new();
    let ranked = index.next_basket(&items, &Wish { own: &OWN, ..ALL }, &mut scratch);
    // Own A 7/16, B 3/16, C 6/16; the mean of {A, D} and {C} is a half each for A, C, D.
    let expected = [
        (A, 0.7 * 0.4375 + 0.3 * 0.5, Part::Repeat, 3, 1),
        (C, 0.7 * 0.375 + 0.3 * 0.5, Part::Repeat, 2, 1),
        (D, 0.3 * 0.5, Part::Explore, 0, 1),
        (B, 0.7 * 0.1875, Part::Repeat, 2, 0),
    ];
    assert_eq!(ranked.len(), expected.len());
    for (found, (item, score, part, bought, supporters)) in ranked.iter().zip(expected) {
        let Next { item: listed, score: fixed, part: listed_as, .. } = *found;
        assert_eq!((listed, listed_as), (item, part));
        assert_eq!((found.bought, found.supporters), (bought, supporters));
        assert!((fixed as f64 / (1000.0 * f64::from(1 << 30)) - score).abs() < 1e-8);
    }
}

#[test]
fn the_floor_silences_neighbors_and_nobody_is_their_own_neighbor() {
    let items = catalog();
    let rows = [(2, vec![A, D]), (3, vec![C, A]), (1, vec![A, B, ItemNo(5)])];
    let floor = BasketSettings { supporters_min: 2, neighbors_max: 9, ..settings() };
    let index = index(&items, floor, &rows);
    let mut scratch = BasketScratch::new();
    let myself = Some(name(1));
    let wish = Wish { own: &OWN, myself, ..ALL };
    let listed = |wish: &Wish<'_>, scratch: &mut BasketScratch| -> Vec<ItemNo> {
        index.next_basket(&items, wish, scratch).iter().map(|next| next.item).collect()
    };
    // D and item 5 have one witness; A has two.
    assert_eq!(listed(&wish, &mut scratch), [A, C, B]);
    assert_eq!(listed(&Wish { parts: Parts::Explore, ..wish }, &mut scratch), []);
    assert_eq!(listed(&Wish { exclude: &[A], count: 1, ..wish }, &mut scratch), [C]);
    let ranked = index.next_basket(&items, &wish, &mut scratch);
    assert_eq!(ranked[0].supporters, 2);
    assert_eq!(ranked[1].supporters, 1);
    assert_eq!(ranked[1].score, 700 * (6 << 30) / 16);
}

#[test]
fn sensitive_sold_out_and_withdrawn_items_are_not_answered() {
    let mut items = catalog();
    let rows = [(2, vec![A, D, ItemNo(4)])];
    let mut index = index(&items, settings(), &rows);
    items.declare(&id(3), Traits { answers: false, sensitive: false });
    items.declare(&id(1), Traits { answers: true, sensitive: true });
    index.purge(&items, B);
    let gone = ItemNo(4);
    index.with_catalog_change(&mut items, gone, |items| items.withdraw(gone));
    let mut scratch = BasketScratch::new();
    let ranked = index.next_basket(&items, &Wish { own: &OWN, ..ALL }, &mut scratch);
    let listed: Vec<ItemNo> = ranked.iter().map(|next| next.item).collect();
    assert_eq!(listed, [A, C]);
}

/// Every customer compared with every other, everything sorted, nothing reused.
fn slow(index: &BasketIndex, items: &Items, people: u8, wish: &Wish<'_>) -> Vec<Next> {
    let settings = index.settings();
    let own = vector(items, wish.own.iter().copied(), settings);
    let mut others = Vec::new();
    for person in (1..=people).map(name).filter(|person| Some(*person) != wish.myself) {
        let baskets: Vec<_> = index.baskets_of(person).map(|(_, _, bought)| bought).collect();
        let theirs = vector(items, baskets.into_iter(), settings);
        let weights: BTreeMap<ItemNo, u32> = theirs.iter().map(|w| (w.item, w.weight)).collect();
        let dot: u64 = own
            .iter()
            .map(|mine| product(mine.weight, weights.get(&mine.item).copied().unwrap_or(0)))
            .sum();
        let near = super::nearness(settings.nearness, dot, square(&own), square(&theirs));
        others.extend((dot > 0).then_some((near, person, theirs)));
    }
    others.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    others.truncate(usize::from(settings.neighbors_max));
    let mut listed = Vec::new();
    for item in (0..u32::from(ITEMS)).map(ItemNo) {
        let weight = |vector: &[Weight]| {
            u64::from(vector.iter().find(|w| w.item == item).map_or(0, |w| w.weight))
        };
        let bought = wish.own.iter().filter(|basket| basket.contains(&item)).map(|_| 1).sum();
        let holders = others.iter().filter(|(_, _, theirs)| weight(theirs) > 0);
        let supporters = holders.map(|_| 1).sum();
        let sum: u64 = others.iter().map(|(_, _, theirs)| weight(theirs)).sum();
        let heard = if supporters >= settings.supporters_min { sum } else { 0 };
        let alpha = u64::from(settings.own_share);
        let score = alpha * weight(&own) + (1000 - alpha) * heard / (others.len() as u64).max(1);
        let part = if bought > 0 { Part::Repeat } else { Part::Explore };
        if score > 0 || bought > 0 {
            listed.push(Next { item, score, part, bought, supporters });
        }
    }
    listed.sort_by_key(|next| (std::cmp::Reverse(next.score), items.id(next.item).cloned()));
    listed
}

fn bought() -> impl Strategy<Value = Vec<ItemNo>> {
    let items = btree_set((0..u32::from(ITEMS)).prop_map(ItemNo), 1..5);
    items.prop_map(|items| items.into_iter().collect())
}

proptest! {
    #[test]
    fn rankings_equal_the_slow_ones(
        rows in vec((1_u8..7, bought()), 0..30),
        own in vec(bought(), 0..5),
        myself in 0_u8..7,
        shape in (1_u16..4, 1_u16..=1000, 1_u16..=1000, 0_u16..1000, 1_u16..6),
        cosine in any::<bool>(),
        supporters_min in 1_u32..4,
    ) {
        let items = catalog();
        let (groups, basket_decay, group_decay, own_share, neighbors_max) = shape;
        let settings = BasketSettings {
            groups,
            basket_decay,
            group_decay,
            own_share,
            neighbors_max,
            nearness: if cosine { Nearness::Cosine } else { Nearness::Euclidean },
            supporters_min,
            ..BasketSettings::default()
        };
        let index = index(&items, settings, &rows);
        let own: Vec<&[ItemNo]> = own.iter().map(Vec::as_slice).collect();
        let wish = Wish { own: &own, myself: (myself > 0).then(|| name(myself)), ..ALL };
        let mut scratch = BasketScratch::new();
        let all = slow(&index, &items, 6, &wish);
        prop_assert_eq!(index.next_basket(&items, &wish, &mut scratch), all.as_slice());
        for (parts, part) in [(Parts::Repeat, Part::Repeat), (Parts::Explore, Part::Explore)] {
            let wish = Wish { parts, count: 2, ..wish };
            let some: Vec<Next> = all.iter().filter(|next| next.part == part).take(2).copied().collect();
            // The scratch has been used before.
            prop_assert_eq!(index.next_basket(&items, &wish, &mut scratch), some.as_slice());
        }
    }
}
