//! What was harmless when it was recorded and is not any more (GDPR Art. 9(1)).
//!
//! An item that turns sensitive leaves the shared model for good (`recommend::model`). Its steps
//! leave the rows in the same commit, so that a start finds nothing to learn or to remember that
//! the running server had purged, also when the item is called harmless again later.

use std::collections::{BTreeMap, BTreeSet};

use domain::catalog::Item;
use domain::id::{ItemId, Pseudonym, RowId};
use domain::time::Timestamp;
use personal::kinds::{ClosedSession, HistoryEvent, LearningEvent, Step};
use personal::purpose::{Personalization, SharedLearning};
use personal::record::Stored;
use store::port::Write;

use crate::chance;
use crate::engine::staging::OpenStep;
use crate::engine::visits::{Lessons, Sender, Visit};
use crate::engine::{Engine, EngineError};

/// Rows that name an item which turned sensitive.
#[derive(Default)]
struct Found {
    /// Rows that go, and orders that lose items.
    deletes: Vec<Write>,
    /// Whose profile loses items.
    served: BTreeSet<Pseudonym>,
    /// Whose visits lose steps, with the closed sessions that do.
    taught: BTreeMap<Pseudonym, BTreeSet<RowId>>,
}

impl Engine {
    /// The items that are sensitive from now on and were not before.
    pub(super) fn newly_sensitive(&self, items: &[Item]) -> BTreeSet<ItemId> {
        let taught = self.shared.taught();
        let before = |id: &ItemId| taught.catalog.get(id).is_some_and(|item| item.sensitive);
        let items = items.iter().filter(|item| item.sensitive && !before(&item.id));
        items.map(|item| item.id.clone()).collect()
    }

    /// Commits `writes` together with everything that takes `items` out of people's rows.
    ///
    /// # Privacy
    /// Afterwards no row of an open purpose names one of the items. Reads every history once, so
    /// a catalog that is loaded before the first visitor costs nothing.
    ///
    /// # Errors
    /// What the store says; nothing changed then.
    pub(super) fn purge_with(
        &mut self,
        writes: Vec<Write>,
        items: &BTreeSet<ItemId>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let purged = self.purge_rows(writes, items, now);
        self.torn |= purged.is_err();
        purged
    }

    fn purge_rows(
        &mut self,
        writes: Vec<Write>,
        items: &BTreeSet<ItemId>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let found = if items.is_empty() { Found::default() } else { self.find(items, now)? };
        if found.deletes.is_empty() && found.taught.is_empty() {
            return self.commit(writes).map(|_| ());
        }
        let mut lessons = Lessons::default();
        lessons.writes = [writes, found.deletes].concat();
        for (pseudonym, touched) in found.taught {
            let goes = |step: &Step| items.contains(&step.item);
            self.cut_without(&goes, (pseudonym, &touched), now, &mut lessons)?;
        }
        self.teach(lessons)?;
        for pseudonym in found.served {
            self.reload_profile(pseudonym, now)?;
        }
        Ok(self.tables.scrub()?)
    }

    fn find(&mut self, items: &BTreeSet<ItemId>, now: Timestamp) -> Result<Found, EngineError> {
        let mut found = Found::default();
        let Found { deletes, served, taught } = &mut found;
        let table = HistoryEvent::DECLARATION.table;
        self.sweep::<Personalization, HistoryEvent>("purge histories", now, |row, event| {
            if items.contains(&event.item) {
                deletes.push(Write::Delete { table, pseudonym: row.pseudonym, id: row.id });
                served.insert(row.pseudonym);
            }
        })?;
        let table = LearningEvent::DECLARATION.table;
        self.sweep::<SharedLearning, LearningEvent>("purge open visits", now, |row, event| {
            if items.contains(&event.item) {
                deletes.push(Write::Delete { table, pseudonym: row.pseudonym, id: row.id });
                taught.entry(row.pseudonym).or_default();
            }
        })?;
        self.sweep::<SharedLearning, ClosedSession>("purge sessions", now, |row, session| {
            if session.steps.iter().any(|step| items.contains(&step.item)) {
                taught.entry(row.pseudonym).or_default().insert(row.id);
            }
        })?;
        found.deletes.extend(self.orders_without(items, now)?);
        Ok(found)
    }

    /// Cuts a person's visits anew as if the steps that go had never been.
    pub(super) fn cut_without(
        &mut self,
        goes: &dyn Fn(&Step) -> bool,
        (pseudonym, touched): (Pseudonym, &BTreeSet<RowId>),
        now: Timestamp,
        lessons: &mut Lessons,
    ) -> Result<(), EngineError> {
        let stays = |step: &Step| !goes(step);
        let open = self.visits.open_steps(pseudonym).iter();
        let mut steps: Vec<OpenStep> = open.filter(|open| stays(&open.step)).cloned().collect();
        let (gone, closed): (Vec<_>, Vec<_>) = self
            .closed_sessions(pseudonym, now)?
            .into_iter()
            .partition(|(row, _)| touched.contains(row));
        let table = ClosedSession::DECLARATION.table;
        for (id, session) in gone {
            lessons.writes.push(Write::Delete { table, pseudonym, id });
            lessons.unlearn.push(id);
            for step in session.into_iter().filter(stays) {
                // The visit was let in before; what is left of it does not knock again.
                let row = RowId::from_bytes(chance::bytes()?);
                steps.push(OpenStep { step, row, sender: Sender::Shop });
            }
        }
        self.close(Visit { pseudonym, steps, closed }, now, lessons)
    }
}
