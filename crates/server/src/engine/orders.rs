//! Orders: what customers buy together teaches at once.
//!
//! A visit waits until it is over, because nobody knows before where it ends. An order is complete
//! when the shop says so, and only the shop's own server can (`ingest::minimize`); so it goes
//! through the learning door when it comes in, becomes durable in the same commit as its event,
//! and is learned right after. Its items teach as steps of the visit as well, once that closes.
//!
//! # Privacy
//! One sealed row per order under the person's pseudonym of `SharedLearning`. Erasure, withdrawal
//! and the end of consent unlearn it with the person, retention by row, and an item that turns
//! sensitive leaves the row in the commit in which the model forgets it.

use std::collections::BTreeSet;

use domain::id::{ItemId, Pseudonym, RowId};
use domain::time::{Day, Timestamp};
use personal::kinds::{LearnedOrder, ORDERS_KEEP_DAYS};
use personal::purpose::SharedLearning;
use personal::record::Stored;
use personal::subject::SubjectRef;
use personal::value::Personal;
use recommend::baskets::{Basket, BasketKey};
use recommend::index::LearnError;
use store::port::Write;

use crate::engine::staging::{Arrival, Effect};
use crate::engine::{Engine, EngineError};
use crate::telemetry::Metrics;

/// The table of orders.
pub(super) const TABLE: &str = LearnedOrder::DECLARATION.table;

impl Engine {
    /// Stages an order, when the learning door lets it teach. A message that comes again after it
    /// was forgotten replaces its order.
    pub(super) fn stage_order(
        &mut self,
        subject: SubjectRef,
        (id, order): (RowId, Personal<LearnedOrder>),
        arrival: &Arrival,
    ) -> Result<(), EngineError> {
        let (pseudonym, now) = (order.pseudonym(), arrival.received);
        let permit = self.permit::<SharedLearning>(subject, pseudonym, arrival)?;
        let row = self.seal(&order, id, now.day())?;
        let order = order.open(&permit, now, permit.version())?;
        let (taught, word) = self.knock((pseudonym, arrival.sender), order.items.len(), now);
        Metrics::count(&self.shared.metrics.orders, word);
        if taught {
            self.stage_write(Write::Put(row));
            self.stage_effect(Effect::Order(pseudonym, id, order));
        }
        Ok(())
    }

    /// Teaches the shared model one order.
    pub(super) fn learn_order(
        &mut self,
        pseudonym: Pseudonym,
        id: RowId,
        order: LearnedOrder,
    ) -> Result<(), LearnError> {
        let basket = self.order_lesson(pseudonym, id, order);
        self.shared.teach().model.learn_order(basket).map(|_| ())
    }

    fn order_lesson(&mut self, pseudonym: Pseudonym, id: RowId, order: LearnedOrder) -> Basket {
        let items = self.known_items(order.items, (pseudonym, id));
        Basket { key: key(pseudonym, id), subject: pseudonym, at: order.at, items }
    }

    /// Learns every order that consent still covers, as a start does it.
    pub(super) fn load_orders(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let mut orders: Vec<(Pseudonym, RowId, LearnedOrder)> = Vec::new();
        self.sweep::<SharedLearning, LearnedOrder>("rebuild baskets", now, |row, order| {
            orders.push((row.pseudonym, row.id, order));
        })?;
        let mut lessons = Vec::with_capacity(orders.len());
        for (pseudonym, id, order) in orders {
            self.seen.remember(order.message, now);
            lessons.push(self.order_lesson(pseudonym, id, order));
        }
        self.shared.teach().model.learn_orders(lessons).map_err(|_| EngineError::ModelFull)
    }

    /// Learns orders of a person again whose items are all known now.
    pub(super) fn learn_orders_again(
        &mut self,
        pseudonym: Pseudonym,
        rows: &BTreeSet<(Pseudonym, RowId)>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let Some((permit, version)) = self.permit_now::<SharedLearning>(pseudonym, now) else {
            return Ok(());
        };
        let first = (pseudonym, RowId::from_bytes([0; 16]));
        let waited = rows.range(first..).take_while(|(who, _)| *who == pseudonym);
        for (_, id) in waited {
            let Some(row) = self.tables.row(TABLE, pseudonym, *id)? else { continue };
            let order = self.unseal::<LearnedOrder>(&row)?.open(&permit, now, version)?;
            self.learn_order(pseudonym, *id, order).map_err(|_| EngineError::ModelFull)?;
        }
        Ok(())
    }

    /// Unlearns one order.
    pub(super) fn unlearn_order(&mut self, pseudonym: Pseudonym, id: RowId) {
        self.waiting.retain(|(_, who, row)| *who != pseudonym || *row != id);
        self.shared.teach().model.unlearn_order(pseudonym, &key(pseudonym, id));
    }

    /// Unlearns the orders of a person whose rows are gone.
    pub(super) fn unlearn_expired_orders(
        &mut self,
        pseudonym: Pseudonym,
    ) -> Result<(), EngineError> {
        let rows = self.tables.rows_of(TABLE, pseudonym)?;
        let left: BTreeSet<BasketKey> = rows.iter().map(|row| key(pseudonym, row.id)).collect();
        let mut taught = self.shared.teach();
        let learned = taught.model.baskets().baskets_of(pseudonym);
        let gone: BTreeSet<BasketKey> =
            learned.map(|(key, ..)| *key).filter(|key| !left.contains(key)).collect();
        self.waiting.retain(|(_, who, id)| *who != pseudonym || !gone.contains(&key(*who, *id)));
        for key in gone {
            taught.model.unlearn_order(pseudonym, &key);
        }
        Ok(())
    }

    /// Writes that take items out of every order; what is left of an order keeps its end.
    pub(super) fn orders_without(
        &mut self,
        items: &BTreeSet<ItemId>,
        now: Timestamp,
    ) -> Result<Vec<Write>, EngineError> {
        let mut found: Vec<(Pseudonym, RowId, Day, LearnedOrder)> = Vec::new();
        self.sweep::<SharedLearning, LearnedOrder>("purge orders", now, |row, order| {
            if order.items.iter().any(|item| items.contains(item)) {
                found.push((row.pseudonym, row.id, row.expires, order));
            }
        })?;
        let mut writes = Vec::with_capacity(found.len());
        for (pseudonym, id, expires, mut order) in found {
            order.items.retain(|item| !items.contains(item));
            if order.items.is_empty() {
                writes.push(Write::Delete { table: TABLE, pseudonym, id });
                continue;
            }
            let row = self.seal(&Personal::new(pseudonym, order), id, written_on(expires))?;
            writes.push(Write::Put(row));
        }
        Ok(writes)
    }
}

/// The day on which a row was written that expires on `expires`.
pub(super) const fn written_on(expires: Day) -> Day {
    Day::from_number(expires.number().saturating_sub(ORDERS_KEEP_DAYS))
}

/// The name of an order in the model. A row id is made from the message, so one message under two
/// names would be one order without the person in it.
fn key(pseudonym: Pseudonym, id: RowId) -> BasketKey {
    let mut key = *id.as_bytes();
    for (byte, of) in key.iter_mut().zip(pseudonym.as_bytes()) {
        *byte ^= of;
    }
    key
}
