//! The index against a slow one that keeps a list of rows, over random histories with compactions
//! anywhere in between.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

use domain::id::Pseudonym;
use domain::time::Timestamp;

use crate::fingerprint::Fingerprint;
use crate::index::session::hash;
use crate::index::{ClosedSession, SessionIndex, SessionKey};
use crate::items::{ItemNo, Items, Traits};
use crate::small_shop::{ITEMS, id, person};

const TRAITS: Traits = Traits { answers: true, sensitive: false };

/// Row ids that stand close together and far apart, the least and the greatest among them.
fn key(number: u8) -> SessionKey {
    let mut key = [number.wrapping_mul(85); 16];
    key[15] = number;
    key
}

#[derive(Clone, Debug)]
enum Step {
    Learn { key: u8, person: u8, at: u8, items: Vec<u8> },
    LearnAll(Vec<(u8, u8, u8, Vec<u8>)>),
    UnlearnSession(u8),
    UnlearnSubject(u8),
    Withdraw(u8),
    Declare(u8),
    Purge(u8),
    Compact,
}

fn session() -> impl Strategy<Value = (u8, u8, u8, Vec<u8>)> {
    (0_u8..24, 0_u8..6, 0_u8..5, vec(0..ITEMS, 0..7))
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => session().prop_map(|(key, person, at, items)| Step::Learn { key, person, at, items }),
        1 => vec(session(), 0..10).prop_map(Step::LearnAll),
        3 => (0_u8..24).prop_map(Step::UnlearnSession),
        1 => (1_u8..6).prop_map(Step::UnlearnSubject),
        2 => (0..ITEMS).prop_map(Step::Withdraw),
        2 => (0..ITEMS).prop_map(Step::Declare),
        1 => (0..ITEMS).prop_map(Step::Purge),
        3 => Just(Step::Compact),
    ];
    vec(step, 0..50)
}

/// (person, time, items as learned)
type Row = (u8, u8, Vec<u8>);

#[derive(Debug, Default)]
struct Oracle {
    rows: BTreeMap<SessionKey, Row>,
    declared: BTreeSet<u8>,
}

fn collapsed(items: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut items: Vec<u8> = items.collect();
    items.dedup();
    items
}

impl Oracle {
    fn learn(&mut self, number: u8, row: &Row) {
        let items = row.2.iter().copied().filter(|item| self.declared.contains(item));
        let items = collapsed(items);
        self.rows.remove(&key(number));
        if !items.is_empty() {
            self.rows.insert(key(number), (row.0, row.1, items));
        }
    }

    fn visible(&self, row: &Row) -> Vec<u8> {
        collapsed(row.2.iter().copied().filter(|item| self.declared.contains(item)))
    }

    /// Sessions in the order of (time, row id) whose visible items pass.
    fn in_order(&self, pass: impl Fn(&BTreeSet<u8>) -> bool) -> Vec<SessionKey> {
        let rows = self.rows.iter();
        let rows = rows.filter(|(_, row)| pass(&self.visible(row).into_iter().collect()));
        let mut order: Vec<(u8, SessionKey)> = rows.map(|(key, row)| (row.1, *key)).collect();
        order.sort_unstable();
        order.into_iter().map(|(_, key)| key).collect()
    }
}

struct Pair {
    items: Items,
    index: SessionIndex,
    oracle: Oracle,
}

impl Pair {
    fn new() -> Self {
        let (items, index) = (Items::new(), SessionIndex::new());
        let mut pair = Self { items, index, oracle: Oracle::default() };
        (0..ITEMS).for_each(|item| pair.apply(&Step::Declare(item)));
        pair
    }

    fn no(&self, item: u8) -> ItemNo {
        self.items.any_number(&id(item)).unwrap()
    }

    fn closed(&self, number: u8, row: &Row) -> ClosedSession {
        let at = Timestamp::from_ms(i64::from(row.1) * 1000 + 300);
        let items = row.2.iter().map(|item| self.no(*item)).collect();
        ClosedSession { key: key(number), subject: person(row.0), at, items }
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Learn { key, person, at, items } => {
                let row = (*person, *at, items.clone());
                let session = self.closed(*key, &row);
                self.index.learn(&self.items, session, u64::MAX).unwrap();
                self.oracle.learn(*key, &row);
            }
            Step::LearnAll(sessions) => {
                let rows = sessions.iter().map(|(n, p, at, items)| (*n, (*p, *at, items.clone())));
                let rows: Vec<(u8, Row)> = rows.collect();
                let closed: Vec<_> = rows.iter().map(|(n, row)| self.closed(*n, row)).collect();
                self.index.learn_all(&self.items, closed, u64::MAX).unwrap();
                rows.iter().for_each(|(number, row)| self.oracle.learn(*number, row));
            }
            Step::UnlearnSession(number) => {
                let known = self.oracle.rows.remove(&key(*number)).is_some();
                assert_eq!(self.index.unlearn_session(&self.items, &key(*number)), known);
            }
            Step::UnlearnSubject(number) => {
                let before = self.oracle.rows.len();
                self.oracle.rows.retain(|_, row| row.0 != *number);
                let name = person(*number).unwrap();
                let count = self.index.unlearn_subject(&self.items, name);
                assert_eq!(count, before - self.oracle.rows.len());
            }
            Step::Withdraw(item) => {
                let number = self.no(*item);
                self.index.with_catalog_change(&mut self.items, number, |i| i.withdraw(number));
                self.oracle.declared.remove(item);
            }
            Step::Declare(item) => {
                match self.items.any_number(&id(*item)) {
                    None => {
                        self.items.declare(&id(*item), TRAITS);
                    }
                    Some(number) => {
                        self.index.with_catalog_change(&mut self.items, number, |items| {
                            items.declare(&id(*item), TRAITS);
                        });
                    }
                }
                self.oracle.declared.insert(*item);
            }
            Step::Purge(item) => {
                self.index.purge(&self.items, self.no(*item));
                for row in self.oracle.rows.values_mut() {
                    row.2 = collapsed(row.2.iter().copied().filter(|other| other != item));
                }
                self.oracle.rows.retain(|_, row| !row.2.is_empty());
            }
            Step::Compact => assert!(self.index.compact(&self.items)),
        }
    }

    /// The index learned anew, one by one, from the newest to the oldest.
    fn fresh(&self) -> SessionIndex {
        let mut index = SessionIndex::new();
        let all: Vec<u8> = (0..ITEMS).collect();
        let mut items = self.items.clone();
        for item in &all {
            items.declare(&id(*item), TRAITS);
        }
        for (key, (who, at, session)) in self.oracle.rows.iter().rev() {
            let at = Timestamp::from_ms(i64::from(*at) * 1000);
            let session = session.iter().map(|item| self.no(*item)).collect();
            let session = ClosedSession { key: *key, subject: person(*who), at, items: session };
            index.learn(&items, session, u64::MAX).unwrap();
        }
        for item in all.iter().filter(|item| !self.oracle.declared.contains(item)) {
            let number = self.no(*item);
            index.with_catalog_change(&mut items, number, |items| items.withdraw(number));
        }
        index
    }

    fn check(&self) {
        let (index, oracle, items) = (&self.index, &self.oracle, &self.items);
        let key_of = |slot: u32| index.key(slot);
        let linked = oracle.in_order(|visible| visible.len() > 1);
        let shown = oracle.in_order(|visible| !visible.is_empty());
        assert_eq!(index.linked_sessions() as usize, linked.len());
        assert_eq!(index.sessions() as usize, shown.len());
        let order: Vec<SessionKey> = index.in_order(items).map(|slot| index.key(slot)).collect();
        assert_eq!(order, shown);
        for item in 0..ITEMS {
            let newest: Vec<u32> = index.newest(self.no(item)).collect();
            if oracle.declared.contains(&item) {
                let mut expected = oracle.in_order(|v| v.len() > 1 && v.contains(&item));
                expected.reverse();
                assert_eq!(newest.iter().copied().map(key_of).collect::<Vec<_>>(), expected);
            }
            assert_eq!(index.linked_count(self.no(item)) as usize, newest.len());
            assert!(newest.windows(2).all(|two| index.newer(two[0], two[1])));
            let named = oracle.rows.values().any(|row| row.2.contains(&item));
            assert_eq!(index.names(self.no(item)), named);
        }
        self.check_sessions();
        let fresh = self.fresh();
        assert_eq!(index.canonical_bytes(items), fresh.canonical_bytes(items));
        assert_eq!(index.fingerprint(), fresh.fingerprint());
        assert_eq!(index.fingerprint(), self.fingerprint());
        assert_eq!((index.items(), index.subjects()), (fresh.items(), fresh.subjects()));
    }

    fn check_sessions(&self) {
        let mut voters: BTreeMap<u32, (u8, SessionKey)> = BTreeMap::new();
        for (key, row) in &self.oracle.rows {
            let slot = self.index.find(key).unwrap();
            let mut out = vec![self.no(0)];
            let visible = self.oracle.visible(row);
            let met = self.index.meet(&self.items, slot, &mut out);
            assert_eq!((met.items as usize, met.at), (visible.len(), u32::from(row.1)));
            let visible: Vec<ItemNo> = visible.into_iter().map(|item| self.no(item)).collect();
            assert_eq!(out[1..], visible);
            let items: Vec<ItemNo> = row.2.iter().map(|item| self.no(*item)).collect();
            assert_eq!(self.index.session_items(key), items);
            let at = Timestamp::from_ms(i64::from(row.1) * 1000);
            assert_eq!(self.index.session_facts(key), Some((person(row.0), at)));
            // One voter is one person, or one session of nobody.
            let who = (row.0, if row.0 == 0 { *key } else { [0; 16] });
            assert_eq!(*voters.entry(met.voter).or_insert(who), who);
        }
        let people: BTreeSet<_> = voters.values().collect();
        assert_eq!(people.len(), voters.len());
        for number in 1..6 {
            let rows = self.oracle.rows.iter().filter(|(_, row)| row.0 == number);
            let keys: Vec<SessionKey> = rows.clone().map(|(key, _)| *key).collect();
            assert_eq!(self.index.sessions_of(person(number).unwrap()), keys);
            for item in 0..ITEMS {
                let named = rows.clone().filter(|(_, row)| row.2.contains(&item));
                let last = named.map(|(_, row)| Timestamp::from_ms(i64::from(row.1) * 1000)).max();
                let name = person(number).unwrap();
                assert_eq!(self.index.last_named(name, self.no(item)), last);
            }
        }
    }

    fn fingerprint(&self) -> Fingerprint {
        let mut sum = Fingerprint::default();
        for (key, row) in
            self.oracle.rows.iter().filter(|(_, row)| !self.oracle.visible(row).is_empty())
        {
            let items: Vec<ItemNo> =
                self.oracle.visible(row).into_iter().map(|item| self.no(item)).collect();
            sum.add(hash(&self.items, key, person(row.0), u32::from(row.1), &items));
        }
        sum
    }
}

proptest! {
    #[test]
    fn the_index_equals_the_list_of_rows(steps in steps()) {
        let mut pair = Pair::new();
        for step in &steps {
            pair.apply(step);
        }
        pair.check();
        pair.apply(&Step::Compact);
        pair.check();
    }

    #[test]
    fn nothing_of_a_person_stays_in_memory(steps in steps(), number in 1_u8..6) {
        let mut pair = Pair::new();
        for step in steps.iter().chain([&Step::Compact]) {
            pair.apply(step);
        }
        let name = person(number).unwrap();
        let gone = pair.index.sessions_of(name);
        let ranks: Vec<u32> = gone.iter().map(|key| pair.index.find(key).unwrap()).collect();
        pair.apply(&Step::UnlearnSubject(number));
        let base = &pair.index.base;
        let zero: SessionKey = [0; 16];
        prop_assert!(!base.names.contains(name.as_bytes()));
        prop_assert!(gone.iter().all(|key| *key == zero || !base.keys.contains(key)));
        for rank in ranks {
            prop_assert_eq!(base.session_items(rank).next(), None);
            let mut lists = (0..ITEMS).map(|item| base.sessions_with(pair.no(item)));
            prop_assert!(lists.all(|mut list| list.all(|other| other != rank)));
        }
    }

    #[test]
    fn the_bytes_never_pass_the_budget(sessions in vec(session(), 1..60), budget in 500_u64..6_000) {
        let mut pair = Pair::new();
        let mut before = 0;
        for (turn, (number, who, at, items)) in sessions.into_iter().enumerate() {
            let session = pair.closed(number, &(who, at, items));
            let learned = pair.index.learn(&pair.items, session, budget);
            prop_assert!(pair.index.bytes() <= budget.max(before));
            prop_assert!(learned.is_ok() || pair.index.bytes() == before);
            before = pair.index.bytes();
            if turn % 17 == 16 {
                pair.apply(&Step::Compact);
                before = pair.index.bytes();
            }
        }
    }
}

#[test]
fn a_compaction_that_comes_too_late_changes_nothing() {
    let mut pair = Pair::new();
    let learn = |key, items: &[u8]| Step::Learn { key, person: 1, at: 0, items: items.to_vec() };
    pair.apply(&learn(1, &[0, 1]));
    let late = pair.index.compacted(&pair.items).unwrap();
    pair.apply(&learn(2, &[1, 2]));
    let before = pair.index.canonical_bytes(&pair.items);
    assert!(!pair.index.install(late));
    assert_eq!(pair.index.canonical_bytes(&pair.items), before);
    let late = pair.index.compacted(&pair.items).unwrap();
    pair.apply(&Step::Withdraw(7));
    assert!(!pair.index.install(late), "a catalog change counts, too");
    pair.check();
}

#[test]
fn compaction_pays_when_an_eighth_has_changed() {
    let items = {
        let mut items = Items::new();
        for item in 0..ITEMS {
            items.declare(&id(item), TRAITS);
        }
        items
    };
    let mut index = SessionIndex::new();
    let learn = |index: &mut SessionIndex, number: u32| {
        let mut key = [0; 16];
        key[..4].copy_from_slice(&number.to_be_bytes());
        let subject = Some(Pseudonym::from_bytes(key));
        let session = [0, 1].map(ItemNo).to_vec();
        let at = Timestamp::from_ms(0);
        let session = ClosedSession { key, subject, at, items: session };
        index.learn(&items, session, u64::MAX).unwrap();
    };
    let mut number = 0;
    while !index.needs_compaction() {
        learn(&mut index, number);
        number += 1;
    }
    assert_eq!(number, 4_096);
    for number in number..80_000 {
        learn(&mut index, number);
    }
    assert!(index.compact(&items) && !index.needs_compaction());
    for number in 0..10_000_u32 {
        assert!(!index.needs_compaction());
        let mut key = [0; 16];
        key[..4].copy_from_slice(&number.to_be_bytes());
        index.unlearn_session(&items, &key);
    }
    assert!(index.needs_compaction());
    assert!(index.compact(&items) && !index.needs_compaction());
    assert_eq!((index.sessions(), index.subjects()), (70_000, 70_000));
}
