//! The search: breadth first over every event and every crash, each state once.

use std::collections::BTreeSet;

use personal::purpose::PurposeName;
use rights::plan::Scope;

use crate::shop::{
    ANNA, BEN, Key, Shop, number_of, plan, purpose_of, takes_key, takes_row, takes_visit,
};
use crate::walk::{BROKEN, Machine, REAL, Walk};

/// More writes than any walk needs.
const NO_CRASH: u32 = 100;
/// Most requests of a world.
const REQUESTS_MAX: u8 = 2;
const SCOPES: [Scope; 3] = [
    Scope::Everything,
    Scope::Purpose(PurposeName::Personalization),
    Scope::Purpose(PurposeName::SharedLearning),
];

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// Anna asks; the machine stops after so many writes.
    Ask(Scope, u32),
    /// The machine starts and redoes what is pending; it stops after so many writes.
    Redo(u32),
    /// A copy of a row from the beginning arrives late.
    Late(&'static str),
    /// A person visits the shop again.
    Visit(u8),
}

fn events() -> Vec<Event> {
    let stops = || (0..9).chain([NO_CRASH]);
    let asks =
        SCOPES.into_iter().flat_map(|scope| stops().map(move |stop| Event::Ask(scope, stop)));
    let others = ["history", "lessons"].map(Event::Late);
    asks.chain(stops().map(Event::Redo))
        .chain(others)
        .chain([ANNA, BEN].map(Event::Visit))
        .collect()
}

/// The state after an event; `None` when it cannot happen.
fn step(before: &Shop, event: Event, walk: &Walk) -> Option<Shop> {
    let mut machine = Machine { shop: before.clone(), writes_left: NO_CRASH };
    match event {
        Event::Ask(scope, stop) => {
            let number = before.now;
            if number == REQUESTS_MAX {
                return None;
            }
            machine.writes_left = stop;
            // Whether it crashed shows in what is durable.
            let _ended = (walk.ask)(&mut machine, number, scope).is_ok();
            machine.shop.now += 1;
        }
        Event::Redo(stop) => {
            if before.intents.is_empty() {
                return None;
            }
            machine.writes_left = stop;
            let _ended = redo_all(&mut machine, walk);
        }
        Event::Late(table) => machine.shop.write(table, ANNA, 0),
        Event::Visit(who) => {
            let now = before.now;
            for table in ["history", "lessons"] {
                machine.shop.write(table, who, now);
            }
        }
    }
    Some(machine.shop)
}

fn redo_all(machine: &mut Machine, walk: &Walk) -> bool {
    let pending = machine.shop.pending();
    pending.iter().all(|intent| (walk.redo)(machine, intent).is_ok())
}

/// The laws of one state.
fn check(shop: &Shop, walk: &Walk) -> Result<(), &'static str> {
    for (number, (scope, cutoff)) in &shop.receipts {
        if shop.intents.contains_key(number) {
            return Err("one end: a receipt ends its intent");
        }
        let scope = Scope::parse(scope).unwrap();
        let plan = plan(scope);
        let old = |who: u8, era: u8| who == ANNA && era <= *cutoff;
        let deleted = |table| plan.delete.iter().any(|one| one.table == table);
        let keys =
            shop.keys.iter().any(|key| plan.destroy_keys.contains(&key.0) && old(key.1, key.2));
        let rows = shop.rows.iter().any(|row| deleted(row.0) && old(row.1, row.3));
        let learned = scope.reaches(PurposeName::SharedLearning);
        let visits = learned && shop.model.iter().any(|visit| old(visit.0, visit.1));
        let log = scope == Scope::Everything && shop.log.iter().any(|one| old(one.0, one.1));
        if keys || rows || visits || log {
            return Err("receipt: what it says is gone is gone, and stays gone");
        }
    }
    for intent in shop.pending() {
        for deletion in plan(intent.scope).delete {
            let mine = |row: &&_| takes_row(&intent, **row) && row.0 == deletion.table;
            let left = shop.rows.iter().filter(mine).count() as u64;
            let key = |key: &Key| key.0 == deletion.purpose && takes_key(&intent, *key);
            if left < intent.found.rows[deletion.table] && shop.keys.iter().any(key) {
                return Err("keys first: a row goes when its key is gone");
            }
        }
    }
    let mut machine = Machine { shop: shop.clone(), writes_left: NO_CRASH };
    let is_done = redo_all(&mut machine, walk) && machine.shop.intents.is_empty();
    let kept = shop.promised.iter().all(|number| machine.shop.receipts.contains_key(number));
    match is_done && kept {
        true => Ok(()),
        false => Err("promise: what began ends in its receipt"),
    }
}

/// What is gone was asked for, by an intent that was durable: nothing of anybody else, and
/// nothing of who came back.
fn covered(before: &Shop, after: &Shop) -> Result<(), &'static str> {
    // The intent of a request that went through at once is gone; its receipt says what it was.
    let mut intents = before.pending();
    intents.extend(after.pending());
    let receipts =
        after.receipts.iter().filter(|(number, _)| !before.receipts.contains_key(number));
    let asked: Vec<_> = receipts
        .filter(|(number, _)| intents.iter().all(|intent| number_of(intent.request) != **number))
        .map(|(_, (scope, cutoff))| (Scope::parse(scope).unwrap(), *cutoff))
        .collect();
    let by_receipt = |purpose: PurposeName, who: u8, era: u8| {
        let takes = |(scope, cutoff): &(Scope, u8)| scope.reaches(purpose) && era <= *cutoff;
        who == ANNA && asked.iter().any(takes)
    };
    let keys = before.keys.difference(&after.keys).all(|key| {
        by_receipt(key.0, key.1, key.2) || intents.iter().any(|one| takes_key(one, *key))
    });
    let rows = before.rows.difference(&after.rows).all(|row| {
        by_receipt(purpose_of(row.0), row.1, row.3)
            || intents.iter().any(|one| takes_row(one, *row))
    });
    let visits = before.model.difference(&after.model).all(|visit| {
        by_receipt(PurposeName::SharedLearning, visit.0, visit.1)
            || intents.iter().any(|one| takes_visit(one, *visit))
    });
    match keys && rows && visits {
        true => Ok(()),
        false => Err("covered: only what a durable intent names goes"),
    }
}

/// Walks every order of events up to a depth.
fn search(walk: &Walk, depth: usize) -> Result<(usize, u64), &'static str> {
    let events = events();
    let mut known = BTreeSet::from([Shop::first()]);
    let mut front = vec![Shop::first()];
    let mut steps = 0;
    for _ in 0..depth {
        let mut next = Vec::new();
        for state in &front {
            for &event in &events {
                let Some(after) = step(state, event, walk) else { continue };
                steps += 1;
                covered(state, &after)?;
                if !known.contains(&after) {
                    check(&after, walk)?;
                    known.insert(after.clone());
                    next.push(after);
                }
            }
        }
        front = next;
    }
    Ok((known.len(), steps))
}

#[test]
fn every_order_of_crashes_and_visits_keeps_the_laws() {
    let (states, steps) = search(&REAL, 7).unwrap();
    println!("{states} states, {steps} steps");
    assert!(states > 5_000, "{states}");
}

#[test]
fn every_wrong_walk_is_caught_by_its_law() {
    for (name, walk, law) in BROKEN {
        let found = search(&walk, 4).expect_err(name);
        println!("{name}: {found}");
        assert!(found.starts_with(law), "{name} was caught by \"{found}\", not by {law}");
    }
}
