//! The catalog, and what it changes in the shared model.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::catalog::Item;
use domain::id::{ItemId, Pseudonym, RowId};
use domain::time::Timestamp;
use ingest::sessions;
use personal::kinds::Step;
use recommend::index::{ClosedSession, LearnError};
use recommend::items::ItemNo;
use recommend::model::Model;
use store::port::{Document, Write};

use crate::engine::{Engine, EngineError};
use crate::texts;

/// The kind of document that a catalog item is.
pub const CATALOG: &str = "catalog";
/// Most sessions and orders that are remembered as waiting for an unknown item.
const WAITING_MAX: usize = 1_000_000;

/// Sessions and orders that named an item before the catalog did: learned again when it appears.
pub type Waiting = BTreeSet<(ItemId, Pseudonym, RowId)>;

impl Engine {
    /// Takes items into the catalog, or their changes.
    ///
    /// # Errors
    /// What the store says; the catalog is as it was then.
    pub fn put_items(&mut self, mut items: Vec<Item>, now: Timestamp) -> Result<(), EngineError> {
        self.note_entries(&mut items, now);
        texts::warn_of_catalog(&self.shared, &items);
        let mut writes = Vec::with_capacity(items.len());
        for item in &items {
            let key = item.id.as_str().to_owned();
            let body = serde_json::to_vec(&item.row()).map_err(|_| EngineError::Catalog)?;
            writes.push(Write::PutDocument(Document { kind: CATALOG.to_owned(), key, body }));
        }
        self.purge_with(writes, &self.newly_sensitive(&items), now)?;
        let mut returned = BTreeSet::new();
        for item in items {
            returned.extend(self.declare(item));
        }
        self.learn_again(&returned, now)
    }

    /// Notes when an item entered the catalog, where the shop does not say.
    fn note_entries(&self, items: &mut [Item], now: Timestamp) {
        let taught = self.shared.taught();
        for item in items.iter_mut().filter(|item| item.added_ms.is_none()) {
            let before = taught.catalog.get(&item.id).and_then(|item| item.added_ms);
            item.added_ms = before.or(Some(now));
        }
    }

    /// Takes an item out of the catalog; says whether it was there.
    ///
    /// # Errors
    /// What the store says.
    pub fn delete_item(&mut self, id: &ItemId) -> Result<bool, EngineError> {
        if !self.shared.taught().catalog.contains_key(id) {
            return Ok(false);
        }
        let key = id.as_str().to_owned();
        self.commit(vec![Write::DeleteDocument { kind: CATALOG.to_owned(), key }])?;
        let mut taught = self.shared.teach();
        if let Some(number) = taught.model.items().number(id) {
            taught.catalog.take(number);
        }
        taught.model.withdraw(id);
        Ok(true)
    }

    /// Declares an item to the model; gives the sessions that waited for it.
    pub(super) fn declare(&mut self, item: Item) -> Vec<(Pseudonym, RowId)> {
        let mut taught = self.shared.teach();
        let number = taught.model.declare(&item);
        let id = item.id.clone();
        taught.catalog.put(number, Arc::new(item));
        let first = (id.clone(), Pseudonym::from_bytes([0; 16]), RowId::from_bytes([0; 16]));
        let waiting = self.waiting.range(first..).take_while(|(wanted, ..)| *wanted == id);
        let waited: Vec<_> = waiting.map(|(_, pseudonym, row)| (*pseudonym, *row)).collect();
        for &(pseudonym, row) in &waited {
            self.waiting.remove(&(id.clone(), pseudonym, row));
        }
        waited
    }

    /// Learns sessions and orders again whose items are all known now.
    fn learn_again(
        &mut self,
        sessions: &BTreeSet<(Pseudonym, RowId)>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let people: BTreeSet<Pseudonym> = sessions.iter().map(|(who, _)| *who).collect();
        for pseudonym in people {
            for (row, steps) in self.closed_sessions(pseudonym, now)? {
                if sessions.contains(&(pseudonym, row)) {
                    self.learn(pseudonym, row, &steps).map_err(|_| EngineError::ModelFull)?;
                }
            }
            self.learn_orders_again(pseudonym, sessions, now)?;
        }
        self.publish_model();
        Ok(())
    }

    /// Teaches the shared model one closed session.
    pub(super) fn learn(
        &mut self,
        pseudonym: Pseudonym,
        id: RowId,
        steps: &[Step],
    ) -> Result<(), LearnError> {
        let session = self.lesson(pseudonym, id, steps);
        self.shared.teach().model.learn(session).map(|_| ())
    }

    /// What a closed session teaches; what it names and the catalog does not know is waited for.
    pub(super) fn lesson(
        &mut self,
        pseudonym: Pseudonym,
        id: RowId,
        steps: &[Step],
    ) -> ClosedSession {
        let items = self.known_items(sessions::items_of(steps), (pseudonym, id));
        let at = steps.last().map(|step| step.at).unwrap_or_default();
        ClosedSession { key: *id.as_bytes(), subject: Some(pseudonym), at, items }
    }

    /// The numbers of items; what the catalog does not know is waited for by the row.
    pub(super) fn known_items(
        &mut self,
        names: Vec<ItemId>,
        (pseudonym, id): (Pseudonym, RowId),
    ) -> Vec<ItemNo> {
        let taught = self.shared.taught();
        let mut items: Vec<ItemNo> = Vec::with_capacity(names.len());
        for name in names {
            match taught.model.items().number(&name) {
                Some(number) => items.push(number),
                None if self.waiting.len() < WAITING_MAX => {
                    self.waiting.insert((name, pseudonym, id));
                }
                None => {}
            }
        }
        items
    }

    /// Packs the sessions of the shared model when enough of them have changed. Answers go on
    /// meanwhile; only the swap makes them wait.
    pub(super) fn pack_model(&self) {
        let packed = {
            let taught = self.shared.taught();
            if !taught.model.needs_compaction() {
                return;
            }
            taught.model.compacted()
        };
        if let Some(packed) = packed {
            // The writer alone changes the model, so nothing can have changed meanwhile.
            let installed = self.shared.teach().model.install(packed);
            debug_assert!(installed, "the writer packs between two changes");
        }
        self.publish_model();
    }

    /// Takes sessions back out of the shared model.
    pub(super) fn unlearn_sessions(&mut self, rows: &[RowId]) {
        if rows.is_empty() {
            return;
        }
        let gone: BTreeSet<RowId> = rows.iter().copied().collect();
        self.waiting.retain(|(_, _, row)| !gone.contains(row));
        let mut taught = self.shared.teach();
        for row in rows {
            taught.model.unlearn_session(row.as_bytes());
        }
    }

    /// Tells the metrics how the model stands.
    pub(super) fn publish_model(&self) {
        let taught = self.shared.taught();
        let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let metrics = &self.shared.metrics;
        metrics.model_sessions.set(gauge(u64::from(sessions_of(&taught.model))));
        metrics.model_bytes.set(gauge(taught.model.index().bytes()));
        metrics.model_orders.set(gauge(u64::from(taught.model.baskets().baskets())));
        metrics.model_order_bytes.set(gauge(taught.model.baskets().bytes()));
    }
}

fn sessions_of(model: &Model) -> u32 {
    model.index().sessions()
}
