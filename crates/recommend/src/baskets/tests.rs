//! Laws 1, 5 and 9 over random histories: the live index equals a fresh one that learned only
//! what is left, in another order, with other numbers; and so do its answers, bit for bit.

use std::collections::BTreeMap;

use domain::id::{ItemId, Pseudonym};
use domain::time::{DAY_MS, Day, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{Basket, BasketIndex};
use crate::baskets::rank::{BasketScratch, Parts, Wish};
use crate::baskets::settings::BasketSettings;
use crate::index::{LearnError, Learned};
use crate::items::{ItemNo, Items, Traits};
use crate::small_shop::{ITEMS, id, key};

#[derive(Clone, Debug)]
struct Row {
    key: u8,
    person: u8,
    hour: u32,
    items: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Step {
    Learn(Row),
    UnlearnBasket(u8),
    UnlearnSubject(u8),
    Withdraw(u8),
    Declare { item: u8, answers: bool, sensitive: bool },
    Expire(u32),
}

fn name(person: u8) -> Pseudonym {
    Pseudonym::from_bytes([person; 16])
}

fn settings() -> BasketSettings {
    BasketSettings {
        groups: 3,
        own_share: 500,
        neighbors_max: 2,
        baskets_max: 6,
        ..BasketSettings::default()
    }
}

/// The index with its catalog.
struct Shop {
    items: Items,
    index: BasketIndex,
}

impl Shop {
    fn new() -> Self {
        Self { items: Items::new(), index: BasketIndex::new(settings()).unwrap() }
    }

    fn learn(&mut self, row: &Row) {
        let known = row.items.iter().filter_map(|item| self.items.number(&id(*item)));
        let basket = Basket {
            key: key(row.key),
            subject: name(row.person),
            at: Timestamp::from_ms(i64::from(row.hour) * DAY_MS / 24),
            items: known.collect(),
        };
        self.index.learn(&self.items, basket).unwrap();
    }

    fn declare(&mut self, item: u8, answers: bool, sensitive: bool) {
        let traits = Traits { answers, sensitive };
        match self.items.any_number(&id(item)) {
            Some(number) => self.index.with_catalog_change(&mut self.items, number, |items| {
                items.declare(&id(item), traits);
            }),
            None => {
                self.items.declare(&id(item), traits);
            }
        }
        if sensitive {
            let number = self.items.number(&id(item)).unwrap();
            self.index.purge(&self.items, number);
        }
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Learn(row) => self.learn(row),
            Step::UnlearnBasket(number) => {
                self.index.unlearn_basket(&self.items, &key(*number));
            }
            Step::UnlearnSubject(person) => {
                self.index.unlearn_subject(&self.items, name(*person));
            }
            Step::Withdraw(item) => {
                if let Some(number) = self.items.number(&id(*item)) {
                    self.index.with_catalog_change(&mut self.items, number, |items| {
                        items.withdraw(number);
                    });
                }
            }
            Step::Declare { item, answers, sensitive } => {
                self.declare(*item, *answers, *sensitive);
            }
            Step::Expire(day) => {
                self.index.expire(&self.items, Day::from_number(*day));
            }
        }
        for item in 0..ITEMS {
            if let Some(number) = self.items.any_number(&id(item)) {
                if !self.index.names(number) {
                    self.items.release(number);
                }
            }
        }
    }

    /// Answers and released cycles in external words.
    fn answers(&self) -> Vec<(ItemId, u64, u32, u32)> {
        let mut scratch = BasketScratch::new();
        let mut answers = Vec::new();
        for one in (0..ITEMS).filter_map(|item| self.items.number(&id(item))) {
            for other in (0..ITEMS).filter_map(|item| self.items.number(&id(item))) {
                let own: [&[ItemNo]; 2] = [&[one, other], &[other]];
                let myself = Some(name(1));
                let wish = Wish { own: &own, myself, parts: Parts::Both, count: 5, exclude: &[] };
                for next in self.index.next_basket(&self.items, &wish, &mut scratch) {
                    let id = self.items.id(next.item).unwrap().clone();
                    answers.push((id, next.score, next.bought, next.supporters));
                }
            }
        }
        let mut cycles: Vec<_> = self
            .index
            .cycles(&self.items, 2)
            .into_iter()
            .map(|(item, cycle_s)| (self.items.id(item).unwrap().clone(), cycle_s, 0, 0))
            .collect();
        cycles.sort();
        answers.extend(cycles);
        answers
    }

    fn bytes(&self) -> Vec<u8> {
        self.index.canonical_bytes(&self.items)
    }
}

/// What a person with pen and paper would keep.
#[derive(Default)]
struct Ledger {
    rows: BTreeMap<u8, Row>,
    /// Item to (answers, sensitive).
    catalog: BTreeMap<u8, (bool, bool)>,
}

impl Ledger {
    fn apply(&mut self, step: &Step) {
        match step {
            Step::Learn(row) => {
                let mut row = row.clone();
                row.items.retain(|item| self.catalog.get(item).is_some_and(|traits| !traits.1));
                self.rows.insert(row.key, row);
            }
            Step::UnlearnBasket(key) => {
                self.rows.remove(key);
            }
            Step::UnlearnSubject(person) => self.rows.retain(|_, row| row.person != *person),
            Step::Withdraw(item) => {
                self.catalog.remove(item);
            }
            Step::Declare { item, answers, sensitive } => {
                self.catalog.insert(*item, (*answers, *sensitive));
                for row in self.rows.values_mut().filter(|_| *sensitive) {
                    row.items.retain(|other| other != item);
                }
            }
            Step::Expire(day) => self.rows.retain(|_, row| row.hour / 24 >= *day),
        }
    }

    /// A fresh shop in the opposite order of everything.
    fn rebuild(&self) -> Shop {
        let mut shop = Shop::new();
        self.rebuild_into(&mut shop);
        shop
    }

    fn rebuild_into(&self, shop: &mut Shop) {
        for (item, (answers, sensitive)) in self.catalog.iter().rev() {
            shop.declare(*item, *answers, *sensitive);
        }
        for row in self.rows.values().rev() {
            shop.learn(row);
        }
    }
}

fn live(steps: &[Step]) -> (Shop, Ledger) {
    let (mut shop, mut ledger) = (Shop::new(), Ledger::default());
    let open = (0..ITEMS).map(|item| Step::Declare { item, answers: true, sensitive: false });
    for step in open.chain(steps.iter().cloned()) {
        shop.apply(&step);
        ledger.apply(&step);
    }
    (shop, ledger)
}

fn row() -> impl Strategy<Value = Row> {
    (0_u8..24, 1_u8..6, 0_u32..240, vec(0..ITEMS, 0..5))
        .prop_map(|(key, person, hour, items)| Row { key, person, hour, items })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        14 => row().prop_map(Step::Learn),
        2 => (0_u8..24).prop_map(Step::UnlearnBasket),
        1 => (1_u8..6).prop_map(Step::UnlearnSubject),
        2 => (0..ITEMS).prop_map(Step::Withdraw),
        2 => (0..ITEMS, any::<bool>(), prop::bool::weighted(0.2))
            .prop_map(|(item, answers, sensitive)| Step::Declare { item, answers, sensitive }),
        1 => (0_u32..10).prop_map(Step::Expire),
    ];
    vec(step, 0..60)
}

proptest! {
    #[test]
    fn the_live_index_equals_the_rebuilt_one(steps in steps()) {
        let (shop, ledger) = live(&steps);
        let fresh = ledger.rebuild();
        prop_assert_eq!(shop.bytes(), fresh.bytes());
        prop_assert_eq!(shop.index.fingerprint(), fresh.index.fingerprint());
        prop_assert_eq!(shop.index.baskets(), fresh.index.baskets());
        prop_assert_eq!(shop.answers(), fresh.answers());
    }

    #[test]
    fn learn_then_unlearn_is_never_learned(steps in steps(), more in vec(row(), 1..8)) {
        let (mut shop, _) = live(&steps);
        let (before, answers) = (shop.bytes(), shop.answers());
        let (bytes, subjects) = (shop.index.bytes(), shop.index.subjects());
        for row in &more {
            // Keys and people that the history does not have.
            shop.learn(&Row { key: row.key + 100, person: 77, ..row.clone() });
        }
        shop.index.unlearn_subject(&shop.items, name(77));
        prop_assert_eq!(shop.bytes(), before);
        prop_assert_eq!((shop.index.bytes(), shop.index.subjects()), (bytes, subjects));
        prop_assert_eq!(shop.answers(), answers);
    }

    #[test]
    fn learning_in_one_go_is_learning_one_by_one(rows in vec(row(), 0..40)) {
        let (mut one_by_one, _) = live(&[]);
        let (mut in_one_go, _) = live(&[]);
        for row in &rows {
            one_by_one.learn(row);
        }
        let baskets = rows.iter().map(|row| Basket {
            key: key(row.key),
            subject: name(row.person),
            at: Timestamp::from_ms(i64::from(row.hour) * DAY_MS / 24),
            items: row.items.iter().filter_map(|item| one_by_one.items.number(&id(*item))).collect(),
        });
        in_one_go.index.learn_all(&in_one_go.items, baskets).unwrap();
        prop_assert_eq!(one_by_one.bytes(), in_one_go.bytes());
        prop_assert_eq!(one_by_one.index.bytes(), in_one_go.index.bytes());
        prop_assert_eq!(one_by_one.answers(), in_one_go.answers());
    }

    #[test]
    fn new_settings_answer_like_a_fresh_index(
        steps in steps(),
        shape in (1_u16..5, 1_u16..=1000, 1_u16..=1000, 0_u16..=1000, 1_u16..4, 1_u16..8),
    ) {
        let (mut shop, ledger) = live(&steps);
        let (groups, basket_decay, group_decay, own_share, neighbors_max, baskets_max) = shape;
        let settings = BasketSettings {
            groups,
            basket_decay,
            group_decay,
            own_share,
            neighbors_max,
            baskets_max,
            supporters_min: 1,
            ..settings()
        };
        shop.index.reconfigure(&shop.items, settings).unwrap();
        let mut fresh = Shop { items: Items::new(), index: BasketIndex::new(settings).unwrap() };
        ledger.rebuild_into(&mut fresh);
        prop_assert_eq!(shop.bytes(), fresh.bytes());
        prop_assert_eq!(shop.answers(), fresh.answers());
    }

    #[test]
    fn different_histories_have_different_bytes(steps in steps(), row in row()) {
        let (mut shop, _) = live(&steps);
        let (before, checksum) = (shop.bytes(), shop.index.fingerprint());
        shop.learn(&Row { key: 100, ..row });
        let known = shop.index.contains(&key(100));
        prop_assert_eq!(shop.bytes() != before, known);
        prop_assert_eq!(shop.index.fingerprint() != checksum, known);
    }
}

fn basket(number: u8, person: u8, items: &[u32]) -> Basket {
    let at = Timestamp::from_ms(i64::from(number) * DAY_MS);
    let items = items.iter().copied().map(ItemNo).collect();
    Basket { key: key(number), subject: name(person), at, items }
}

#[test]
fn a_full_index_refuses_and_stays_as_it_was() {
    let (Shop { items, .. }, _) = live(&[]);
    // Room for two baskets of one item each.
    let settings = BasketSettings { bytes_max: 240, ..settings() };
    let mut index = BasketIndex::new(settings).unwrap();
    assert_eq!(index.learn(&items, basket(1, 1, &[0])), Ok(Learned::Added));
    assert_eq!(index.learn(&items, basket(2, 1, &[1])), Ok(Learned::Added));
    let (bytes, canonical) = (index.bytes(), index.canonical_bytes(&items));
    assert!(bytes <= 240);
    let full = Err(LearnError::Full { bytes: 360, bytes_max: 240 });
    assert_eq!(index.learn(&items, basket(3, 2, &[1])), full);
    // A known row that would grow is refused too, and stays as it was.
    assert!(index.learn(&items, basket(2, 1, &[1, 2])).is_err());
    assert!(index.learn_all(&items, [basket(3, 2, &[1])]).is_err());
    assert_eq!((index.bytes(), index.canonical_bytes(&items)), (bytes, canonical));
    assert_eq!(index.learn(&items, basket(2, 2, &[3])), Ok(Learned::Replaced));
    assert_eq!(index.subjects(), 2);
}

#[test]
fn what_cannot_be_learned_takes_the_old_row_along() {
    let (Shop { mut items, mut index }, _) = live(&[]);
    items.declare(&id(5), Traits { answers: true, sensitive: true });
    let sensitive = items.number(&id(5)).unwrap();
    assert_eq!(index.learn(&items, basket(1, 1, &[0])), Ok(Learned::Added));
    let only_sensitive = Basket { items: vec![sensitive], ..basket(1, 1, &[]) };
    assert_eq!(index.learn(&items, only_sensitive), Ok(Learned::Nothing));
    assert_eq!((index.baskets(), index.subjects(), index.bytes()), (0, 0, 0));
}

#[test]
fn old_baskets_expire_by_the_day() {
    let (Shop { items, mut index }, _) = live(&[]);
    for number in 1..6 {
        index.learn(&items, basket(number, number % 2, &[u32::from(number)])).unwrap();
    }
    assert_eq!(index.expire(&items, Day::from_number(4)), 3);
    let left: Vec<_> = (0..2)
        .flat_map(|person| {
            index.baskets_of(name(person)).map(|(key, _, _)| *key).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(left, [key(4), key(5)]);
    assert_eq!(index.expire(&items, Day::from_number(4)), 0);
}
