//! The walk from a request to its receipt as it is, and walks that are wrong on purpose.

use domain::id::{RequestId, ShopId};
use rights::intent::Intent;
use rights::machine::{Ending, Erasure, Intended, ModelAfter, Request, Verification};
use rights::plan::Scope;

use crate::shop::{ANNA, Shop, TODAY, era_of, number_of, plan, takes_key, takes_row, takes_visit};

/// The machine stops here.
#[derive(Debug)]
pub(crate) struct Crash;

/// A shop whose machine stops after some writes.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) shop: Shop,
    pub(crate) writes_left: u32,
}

impl Machine {
    /// One indivisible write.
    fn write(&mut self, act: impl FnOnce(&mut Shop)) -> Result<(), Crash> {
        self.writes_left = self.writes_left.checked_sub(1).ok_or(Crash)?;
        act(&mut self.shop);
        Ok(())
    }
}

/// What the search runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk {
    /// From a request to its receipt.
    pub(crate) ask: fn(&mut Machine, u8, Scope) -> Result<(), Crash>,
    /// From a pending intent to its receipt.
    pub(crate) redo: fn(&mut Machine, &Intent) -> Result<(), Crash>,
}

/// The walk of the room.
pub(crate) const REAL: Walk = Walk { ask, redo };

/// What is pending comes first: its keys may be gone already, and with them the names of the rows
/// that a later request has to take.
fn ask(machine: &mut Machine, number: u8, scope: Scope) -> Result<(), Crash> {
    for intent in machine.shop.pending() {
        redo(machine, &intent)?;
    }
    ask_at_once(machine, number, scope)
}

fn ask_at_once(machine: &mut Machine, number: u8, scope: Scope) -> Result<(), Crash> {
    let planned = planned(machine, number, scope);
    let intended = planned.intend(|intent| intend(machine, intent))?;
    walk(machine, intended)
}

fn redo(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    walk(machine, Erasure::resume(intent.clone()))
}

fn planned(machine: &Machine, number: u8, scope: Scope) -> Erasure<rights::machine::Planned> {
    let id = RequestId::from_bytes([number; 16]);
    let request = Request { id, scope, at: TODAY.start() };
    let (marks, found) = (machine.shop.marks(scope), machine.shop.found(scope));
    Erasure::new(request).verify(Verification::SecretKey).plan(marks, found).unwrap()
}

fn walk(machine: &mut Machine, intended: Erasure<Intended>) -> Result<(), Crash> {
    let plan = plan(intended.intent().scope);
    let (name, cutoff) = (intended.intent().scope.as_str(), intended.intent().marks.cutoff);
    let scrubbed = intended
        .destroy_keys(|intent| destroy_keys(machine, intent))?
        .delete_rows(|intent| delete_rows(machine, intent))?
        .unlearn(|intent| unlearn(machine, intent))?
        .scrub(|_| machine.write(|shop| shop.log.clear()))?;
    let shop = ShopId::parse("shop-1").unwrap();
    let ending =
        Ending { shop: &shop, plan: &plan, completed: TODAY, backups_clear: TODAY.plus(14) };
    let receipted = scrubbed.receipt(&ending, |payload| {
        machine.write(|shop| {
            shop.intents.remove(&number_of(payload.request));
            shop.receipts.insert(number_of(payload.request), (name, era_of(cutoff)));
        })
    })?;
    drop(receipted);
    Ok(())
}

fn intend(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    let body = intent.to_body().unwrap();
    machine.write(|shop| {
        raise_tombstones(shop, intent);
        shop.intents.insert(number_of(intent.request), body);
        shop.promised.insert(number_of(intent.request));
    })
}

fn raise_tombstones(shop: &mut Shop, intent: &Intent) {
    for deletion in plan(intent.scope).delete {
        shop.tombstones.insert((ANNA, deletion.purpose), era_of(intent.marks.cutoff));
    }
}

fn destroy_keys(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    for purpose in plan(intent.scope).destroy_keys {
        let mine = |key: &_| takes_key(intent, *key);
        if machine.shop.keys.iter().any(|key| key.0 == purpose && mine(key)) {
            machine.write(|shop| shop.keys.retain(|key| key.0 != purpose || !mine(key)))?;
        }
    }
    Ok(())
}

fn delete_rows(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    for deletion in plan(intent.scope).delete {
        machine.write(|shop| {
            shop.rows.retain(|row| row.0 != deletion.table || !takes_row(intent, *row));
        })?;
    }
    Ok(())
}

fn unlearn(machine: &mut Machine, intent: &Intent) -> Result<ModelAfter, Crash> {
    machine.write(|shop| shop.model.retain(|visit| !takes_visit(intent, *visit)))?;
    Ok(ModelAfter { fingerprint: machine.shop.fingerprint(), seq: 1 })
}

fn scrub(machine: &mut Machine) -> Result<(), Crash> {
    machine.write(|shop| shop.log.clear())
}

fn keep_receipt(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    let (number, kept) = (number_of(intent.request), era_of(intent.marks.cutoff));
    machine.write(|shop| {
        shop.receipts.insert(number, (intent.scope.as_str(), kept));
    })
}

fn drop_intent(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    machine.write(|shop| {
        shop.intents.remove(&number_of(intent.request));
    })
}

/// A receipt in one write with the end of its intent, by hand.
fn end(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    let (number, kept) = (number_of(intent.request), era_of(intent.marks.cutoff));
    machine.write(|shop| {
        shop.intents.remove(&number);
        shop.receipts.insert(number, (intent.scope.as_str(), kept));
    })
}

/// Wrong walks, each with the law that has to catch it. The types of the room do not let one
/// write them, so they are written by hand.
pub(crate) const BROKEN: [(&str, Walk, &str); 10] = [
    ("rows go before keys", by_hand(rows_first), "keys first"),
    ("the receipt comes before the model", by_hand(receipt_before_model), "receipt"),
    ("the log is forgotten", by_hand(forgets_the_log), "receipt"),
    ("receipt and intent are two writes", by_hand(receipt_then_intent), "one end"),
    ("the intent goes before the receipt", by_hand(intent_then_receipt), "promise"),
    ("whoever is there again loses it, too", by_hand(erases_who_returned), "covered"),
    ("a redo wants something to do", by_hand(wants_something_to_do), "promise"),
    ("a request does not wait for another", Walk { ask: ask_at_once, redo }, "receipt"),
    ("nothing is durable before", Walk { ask: without_intent, redo }, "covered"),
    ("tombstones come last", Walk { ask: tombstones_last, redo }, "receipt"),
];

const fn by_hand(redo: fn(&mut Machine, &Intent) -> Result<(), Crash>) -> Walk {
    Walk { redo, ..REAL }
}

fn rows_first(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    delete_rows(machine, intent)?;
    destroy_keys(machine, intent)?;
    unlearn(machine, intent)?;
    scrub(machine)?;
    end(machine, intent)
}

fn receipt_before_model(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    destroy_keys(machine, intent)?;
    delete_rows(machine, intent)?;
    scrub(machine)?;
    end(machine, intent)?;
    unlearn(machine, intent).map(|_| ())
}

fn forgets_the_log(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    destroy_keys(machine, intent)?;
    delete_rows(machine, intent)?;
    unlearn(machine, intent)?;
    end(machine, intent)
}

fn receipt_then_intent(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    destroy_keys(machine, intent)?;
    delete_rows(machine, intent)?;
    unlearn(machine, intent)?;
    scrub(machine)?;
    keep_receipt(machine, intent)?;
    drop_intent(machine, intent)
}

fn intent_then_receipt(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    destroy_keys(machine, intent)?;
    delete_rows(machine, intent)?;
    unlearn(machine, intent)?;
    scrub(machine)?;
    drop_intent(machine, intent)?;
    keep_receipt(machine, intent)
}

fn erases_who_returned(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    destroy_keys(machine, intent)?;
    for deletion in plan(intent.scope).delete {
        machine.write(|shop| {
            shop.rows.retain(|row| (row.0, row.1) != (deletion.table, ANNA));
        })?;
    }
    unlearn(machine, intent)?;
    scrub(machine)?;
    end(machine, intent)
}

fn wants_something_to_do(machine: &mut Machine, intent: &Intent) -> Result<(), Crash> {
    if !machine.shop.keys.iter().any(|key| takes_key(intent, *key)) {
        return Err(Crash);
    }
    redo(machine, intent)
}

fn without_intent(machine: &mut Machine, number: u8, scope: Scope) -> Result<(), Crash> {
    let mut planned_intent = None;
    let kept = planned(machine, number, scope).intend(|intent| {
        planned_intent = Some(intent.clone());
        Ok::<_, Crash>(())
    })?;
    walk(machine, kept)
}

fn tombstones_last(machine: &mut Machine, number: u8, scope: Scope) -> Result<(), Crash> {
    let mut kept = None;
    let intended = planned(machine, number, scope).intend(|intent| {
        kept = Some(intent.clone());
        let body = intent.to_body().unwrap();
        machine.write(|shop| {
            shop.intents.insert(number_of(intent.request), body);
            shop.promised.insert(number_of(intent.request));
        })
    })?;
    walk(machine, intended)?;
    machine.write(|shop| raise_tombstones(shop, &kept.unwrap()))
}
