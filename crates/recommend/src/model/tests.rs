//! Laws 1 and 9 over random histories: the live model equals a fresh one that learned only what
//! is left, in another order, with other numbers; and so do its answers.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use domain::id::{ItemId, Pseudonym};
use domain::time::{DAY_MS, Day, Timestamp};

use crate::answer::{Candidate, Query, Reason, recommend};
use crate::baskets::Basket;
use crate::baskets::rank::{BasketScratch, Parts, Wish};
use crate::baskets::settings::BasketSettings;
use crate::baskets::together::{Beside, TogetherScratch};
use crate::model::Model;
use crate::scratch::Scratch;
use crate::settings::Settings;
use crate::small_shop::{ITEMS, Visit, closed, id, item, key, learn, no, person};

#[derive(Clone, Debug)]
enum Step {
    Learn(Visit),
    Order(Visit),
    UnlearnOrder { key: u8, person: u8 },
    UnlearnSession(u8),
    UnlearnSubject(u8),
    Withdraw(u8),
    Declare { item: u8, in_stock: bool, sensitive: bool },
    Advance(u32),
    Compact,
}

/// What a person with pen and paper would keep.
#[derive(Default)]
struct Ledger {
    rows: BTreeMap<u8, Visit>,
    orders: BTreeMap<u8, Visit>,
    /// Item to (in stock, sensitive).
    catalog: BTreeMap<u8, (bool, bool)>,
    today: u32,
}

impl Ledger {
    fn apply(&mut self, step: &Step) {
        match step {
            Step::Learn(visit) => {
                self.rows.insert(visit.key, self.learnable(visit));
            }
            Step::Order(order) => {
                self.orders.insert(order_number(order), self.learnable(order));
            }
            Step::UnlearnOrder { key, person } => {
                self.orders.remove(&order_number(&ordered(*key, *person)));
            }
            Step::UnlearnSession(key) => {
                self.rows.remove(key);
            }
            Step::UnlearnSubject(person) => {
                self.rows.retain(|_, row| row.person != *person);
                self.orders.retain(|_, row| row.person != *person);
            }
            Step::Withdraw(item) => {
                self.catalog.remove(item);
            }
            Step::Declare { item, in_stock, sensitive } => {
                self.catalog.insert(*item, (*in_stock, *sensitive));
                let rows = self.rows.values_mut().chain(self.orders.values_mut());
                for row in rows.filter(|_| *sensitive) {
                    row.items.retain(|other| other != item);
                }
            }
            Step::Advance(day) => self.today = *day,
            Step::Compact => {}
        }
    }

    fn learnable(&self, visit: &Visit) -> Visit {
        let mut row = visit.clone();
        row.items.retain(|item| self.catalog.get(item).is_some_and(|traits| !traits.1));
        row
    }

    /// A fresh model in the opposite order of everything.
    fn rebuild(&self) -> Model {
        let mut model = Model::new(settings()).unwrap();
        for (item, (in_stock, sensitive)) in self.catalog.iter().rev() {
            declare(&mut model, *item, *in_stock, *sensitive);
        }
        model.advance(Day::from_number(self.today));
        for row in self.orders.values().rev() {
            model.learn_order(basket(&model, row)).unwrap();
        }
        for row in self.rows.values().rev() {
            learn(&mut model, row);
        }
        model
    }

    /// The same from all rows at once.
    fn restart(&self) -> Model {
        let empty = Self { catalog: self.catalog.clone(), today: self.today, ..Self::default() };
        let mut model = empty.rebuild();
        let rows: Vec<_> = self.rows.values().map(|row| closed(&model, row)).collect();
        model.learn_all(rows).unwrap();
        let orders: Vec<_> = self.orders.values().map(|row| basket(&model, row)).collect();
        model.learn_orders(orders).unwrap();
        model
    }
}

/// An order of nobody is somebody's; its row id is the person's own.
fn order_number(order: &Visit) -> u8 {
    order.person * 20 + order.key % 20
}

fn ordered(key: u8, person: u8) -> Visit {
    Visit { key, person, hour: 0, items: Vec::new() }
}

fn customer(order: &Visit) -> Pseudonym {
    person(order.person).unwrap_or(Pseudonym::from_bytes([99; 16]))
}

fn basket(model: &Model, order: &Visit) -> Basket {
    Basket {
        key: key(order_number(order)),
        subject: customer(order),
        at: Timestamp::from_ms(i64::from(order.hour) * DAY_MS),
        items: order.items.iter().filter_map(|item| model.items().number(&id(*item))).collect(),
    }
}

fn settings() -> Settings {
    let baskets = BasketSettings { groups: 2, own_share: 500, ..BasketSettings::default() };
    Settings {
        popular_days: 2,
        popular_min: 2,
        reason_supporters_min: 3,
        baskets,
        ..Settings::default()
    }
}

fn declare(model: &mut Model, number: u8, in_stock: bool, sensitive: bool) {
    let mut entry = item(number);
    entry.in_stock = in_stock;
    entry.sensitive = sensitive;
    model.declare(&entry);
}

fn apply(model: &mut Model, step: &Step) {
    match step {
        Step::Learn(visit) => learn(model, visit),
        Step::Order(order) => {
            model.learn_order(basket(model, order)).unwrap();
        }
        Step::UnlearnOrder { key: number, person } => {
            let order = ordered(*number, *person);
            model.unlearn_order(customer(&order), &key(order_number(&order)));
        }
        Step::UnlearnSession(number) => {
            model.unlearn_session(&key(*number));
        }
        Step::UnlearnSubject(number) => {
            if let Some(subject) = person(*number) {
                model.unlearn_subject(subject);
            }
        }
        Step::Withdraw(item) => {
            model.withdraw(&id(*item));
        }
        Step::Declare { item, in_stock, sensitive } => {
            declare(model, *item, *in_stock, *sensitive);
        }
        Step::Advance(day) => model.advance(Day::from_number(*day)),
        Step::Compact => {
            let compacted = model.compacted().unwrap();
            assert!(model.install(compacted));
        }
    }
}

fn visit() -> impl Strategy<Value = Visit> {
    (0_u8..20, 0_u8..6, 0_u32..96, vec(0..ITEMS, 0..6))
        .prop_map(|(key, person, hour, items)| Visit { key, person, hour, items })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => visit().prop_map(Step::Learn),
        8 => visit().prop_map(Step::Order),
        2 => (0_u8..20, 0_u8..6).prop_map(|(key, person)| Step::UnlearnOrder { key, person }),
        2 => (0_u8..20).prop_map(Step::UnlearnSession),
        1 => (1_u8..6).prop_map(Step::UnlearnSubject),
        2 => (0..ITEMS).prop_map(Step::Withdraw),
        3 => (0..ITEMS, any::<bool>(), prop::bool::weighted(0.2))
            .prop_map(|(item, in_stock, sensitive)| Step::Declare { item, in_stock, sensitive }),
        1 => (0_u32..5).prop_map(Step::Advance),
        2 => Just(Step::Compact),
    ];
    vec(step, 0..60)
}

/// A reason in external words.
fn named(model: &Model, candidate: &Candidate) -> (ItemId, u64, String) {
    let name = |item| model.items().id(item).unwrap().clone();
    let reason = match candidate.reason {
        Reason::ViewedTogether { with } => format!("together {}", name(with)),
        Reason::SimilarTo { with, shared } => format!("similar {} {shared:?}", name(with)),
        Reason::ThisVisit => "visit".to_owned(),
        Reason::Popular => "popular".to_owned(),
        Reason::Catalog => "catalog".to_owned(),
    };
    (name(candidate.item), candidate.score, reason)
}

fn answers(model: &Model) -> Vec<Vec<(ItemId, u64, String)>> {
    let mut scratch = Scratch::new();
    let mut answers = Vec::new();
    for newest in 0..ITEMS {
        for before in 0..ITEMS {
            let visit: Vec<_> = [before, newest]
                .iter()
                .filter_map(|item| model.items().number(&id(*item)))
                .collect();
            let query = Query { visit: &visit, count: 5, ..Query::default() };
            let answer = recommend(model, &query, &mut scratch);
            answers.push(answer.iter().map(|candidate| named(model, candidate)).collect());
        }
    }
    answers
}

/// What orders say: the next basket after each item, and what is bought with it, by name.
fn of_orders(model: &Model) -> Vec<Vec<(ItemId, u64, u32)>> {
    let (mut scratch, mut beside) = (BasketScratch::new(), TogetherScratch::default());
    let mut answers = Vec::new();
    for item in (0..ITEMS).filter_map(|item| model.items().number(&id(item))) {
        let name = |item| model.items().id(item).unwrap().clone();
        let (own, exclude) = ([&[item][..]], &[][..]);
        let wish = Wish { own: &own, myself: None, parts: Parts::Both, count: 5, exclude };
        let next = model.baskets().next_basket(model.items(), &wish, &mut scratch).iter();
        answers.push(next.map(|one| (name(one.item), one.score, one.supporters)).collect());
        let anchors = [item];
        let wish = Beside { anchors: &anchors, myself: None, supporters_min: 1, count: 5, exclude };
        let found = model.baskets().bought_with(model.items(), &wish, &mut beside).iter();
        answers.push(found.map(|one| (name(one.item), one.score, one.people)).collect());
    }
    answers
}

fn live(steps: &[Step]) -> (Model, Ledger) {
    let (mut model, mut ledger) = (Model::new(settings()).unwrap(), Ledger::default());
    let open = (0..ITEMS).map(|item| Step::Declare { item, in_stock: true, sensitive: false });
    for step in open.chain(steps.iter().cloned()) {
        apply(&mut model, &step);
        ledger.apply(&step);
    }
    (model, ledger)
}

proptest! {
    #[test]
    fn the_live_model_equals_the_rebuilt_one(steps in steps()) {
        let (model, ledger) = live(&steps);
        let fresh = ledger.rebuild();
        prop_assert_eq!(model.canonical_bytes(), fresh.canonical_bytes());
        prop_assert_eq!(model.fingerprint(), fresh.fingerprint());
        prop_assert_eq!(model.index().sessions(), fresh.index().sessions());
        prop_assert_eq!(model.baskets().baskets(), fresh.baskets().baskets());
        prop_assert_eq!(model.baskets().bytes() >= fresh.baskets().bytes(), true);
        prop_assert_eq!(answers(&model), answers(&fresh));
        prop_assert_eq!(of_orders(&model), of_orders(&fresh));
        let restarted = ledger.restart();
        prop_assert_eq!(restarted.canonical_bytes(), fresh.canonical_bytes());
        prop_assert_eq!(restarted.fingerprint(), fresh.fingerprint());
        prop_assert_eq!(answers(&restarted), answers(&fresh));
        prop_assert_eq!(of_orders(&restarted), of_orders(&fresh));
    }

    #[test]
    fn many_at_once_are_one_by_one(
        steps in steps(),
        first in vec(visit(), 0..12),
        then in vec(visit(), 0..12),
    ) {
        let (model, _) = live(&steps);
        let (mut at_once, mut one_by_one) = (model.clone(), model);
        for visits in [first, then] {
            let rows: Vec<_> = visits.iter().map(|visit| closed(&at_once, visit)).collect();
            at_once.learn_all(rows).unwrap();
            visits.iter().for_each(|visit| learn(&mut one_by_one, visit));
            prop_assert_eq!(at_once.canonical_bytes(), one_by_one.canonical_bytes());
            prop_assert_eq!(at_once.fingerprint(), one_by_one.fingerprint());
        }
        prop_assert_eq!(answers(&at_once), answers(&one_by_one));
    }

    #[test]
    fn learn_then_unlearn_is_never_learned(steps in steps(), more in vec(visit(), 1..8)) {
        let (mut model, _) = live(&steps);
        let before = model.canonical_bytes();
        let packed = |model: &Model| model.compacted().unwrap().bytes();
        let (bytes, answers_before) = (packed(&model), answers(&model));
        let (orders, numbers) = (of_orders(&model), model.items().numbers());
        for visit in &more {
            // Keys and people that the history does not have.
            learn(&mut model, &Visit { key: visit.key + 100, person: 77, ..visit.clone() });
            let (key, subject) = (key(visit.key + 200), person(77).unwrap());
            model.learn_order(Basket { key, subject, ..basket(&model, visit) }).unwrap();
        }
        model.unlearn_subject(person(77).unwrap());
        prop_assert_eq!(model.canonical_bytes(), before);
        prop_assert_eq!(packed(&model), bytes);
        prop_assert_eq!(answers(&model), answers_before);
        prop_assert_eq!((of_orders(&model), model.items().numbers()), (orders, numbers));
    }

    #[test]
    fn different_histories_have_different_bytes(steps in steps(), visit in visit()) {
        let (mut model, _) = live(&steps);
        let (before, checksum) = (model.canonical_bytes(), model.fingerprint());
        let visit = Visit { key: 100, ..visit };
        learn(&mut model, &visit);
        let known = model.index().contains(&key(100));
        prop_assert_eq!(model.canonical_bytes() != before, known);
        prop_assert_eq!(model.fingerprint() != checksum, known);
    }

    #[test]
    fn orders_change_the_bytes_and_nothing_of_the_visits(steps in steps(), order in visit()) {
        let (mut model, _) = live(&steps);
        let (before, checksum) = (model.canonical_bytes(), model.fingerprint());
        let (visits, popular) = (answers(&model), model.index().fingerprint());
        let order = Basket { key: key(255), ..basket(&model, &order) };
        model.learn_order(order.clone()).unwrap();
        let known = model.baskets().contains(&order.key);
        prop_assert_eq!(model.canonical_bytes() != before, known);
        prop_assert_eq!(model.fingerprint() != checksum, known);
        prop_assert_eq!((answers(&model), model.index().fingerprint()), (visits, popular));
        prop_assert_eq!(model.unlearn_order(order.subject, &order.key), known);
        prop_assert_eq!(model.canonical_bytes(), before);
        prop_assert_eq!(model.fingerprint(), checksum);
    }

    #[test]
    fn no_answer_has_fewer_subjects_than_its_floor(steps in steps(), newest in 0..ITEMS) {
        let (model, ledger) = live(&steps);
        let Some(current) = model.items().number(&id(newest)) else { return Ok(()) };
        let query = Query { current: Some(current), count: 8, ..Query::default() };
        for candidate in recommend(&model, &query, &mut Scratch::new()) {
            let floor = match candidate.reason {
                Reason::ThisVisit => model.settings().supporters_min,
                Reason::ViewedTogether { with } => {
                    prop_assert_eq!(with, current);
                    model.settings().reason_supporters_min
                }
                Reason::Popular => model.settings().popular_min,
                Reason::SimilarTo { .. } | Reason::Catalog => 0,
            };
            let together = !matches!(candidate.reason, Reason::Popular);
            let mut subjects: Vec<(u8, u8)> = Vec::new();
            for row in ledger.rows.values() {
                let has = |number| row.items.iter().any(|item| {
                    model.items().number(&id(*item)) == Some(number)
                });
                if has(candidate.item) && (!together || has(current)) {
                    subjects.push((row.person, if row.person == 0 { row.key } else { 0 }));
                }
            }
            subjects.sort_unstable();
            subjects.dedup();
            prop_assert!(subjects.len() >= floor as usize, "{:?}", candidate);
        }
    }
}

#[test]
fn a_model_is_cloned_whole() {
    let (model, _) = live(&[Step::Learn(Visit { key: 1, person: 1, hour: 0, items: vec![0, 1] })]);
    assert_eq!(model.clone().canonical_bytes(), model.canonical_bytes());
    assert_eq!(no(&model, 0).number(), 0);
}
