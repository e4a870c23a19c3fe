//! Pauses: a purpose rests, and comes back as it was.
//!
//! While it rests nothing is permitted, so nothing is read, answered from or learned; models have
//! unlearned it, and rows and key stay sealed until the pause is over ([`PAUSE_DAYS_MAX`] days at
//! most). Then they go, as after a withdrawal. A yes before that teaches the same rows again.
//!
//! [`PAUSE_DAYS_MAX`]: consent::record::PAUSE_DAYS_MAX

use std::collections::BTreeSet;

use domain::id::{ItemId, Pseudonym, RowId};
use domain::time::Timestamp;
use personal::evidence::RecordState;
use personal::gate::{ChoiceState, Choices};
use personal::kinds::{
    ClosedSession, ConsentEvidence, HistoryEvent, LearnedOrder, LearningEvent, Step,
};
use personal::purpose::{Personalization, PurposeName, SharedLearning};
use personal::record::Stored;
use personal::register::Covers;
use personal::subject::{Subject, SubjectRef};
use personal::value::Personal;
use store::port::Write;

use crate::engine::features::reached;
use crate::engine::staging::OpenStep;
use crate::engine::visits::{Lessons, Sender};
use crate::engine::{Engine, EngineError, orders};

/// Whether a yes followed a pause of the same purpose, or a restriction ended. `rows` are one
/// person's, in their order.
pub(super) fn came_back(rows: &[ConsentEvidence]) -> bool {
    if rows.iter().any(|row| row.state == RecordState::Released) {
        return true;
    }
    let mut resting: BTreeSet<PurposeName> = BTreeSet::new();
    rows.iter().any(|row| match row.state.choice() {
        Some(ChoiceState::Paused) => {
            resting.insert(row.purpose);
            false
        }
        Some(ChoiceState::Given) => resting.contains(&row.purpose),
        _ => false,
    })
}

impl Engine {
    /// Takes what rests from now on out of answers and models. Rows and keys stay.
    ///
    /// # Privacy
    /// The model equals one that never learned from the person (law 1).
    pub(super) fn pause(&mut self, name: &Subject, purposes: &BTreeSet<PurposeName>) {
        self.pause_known(self.shared.ring.subject_ref(name), purposes);
    }

    /// The same for somebody whose name nobody says.
    pub(super) fn pause_known(&mut self, subject: SubjectRef, purposes: &BTreeSet<PurposeName>) {
        if purposes.contains(&PurposeName::Personalization)
            && let Some(person) = self.shared.people.write().get_mut(&subject)
        {
            person.recent = None;
        }
        if let Some(learner) = self.known(subject, purposes, PurposeName::SharedLearning) {
            self.unlearn_person(learner);
            self.publish_model();
        }
    }

    /// Brings back what rested and is allowed again.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn resume(
        &mut self,
        name: &Subject,
        (before, after): (&Choices, &Choices),
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let state = |choices: &Choices, purpose| {
            choices.by_purpose.get(&purpose).map(|choice| choice.state)
        };
        let back: BTreeSet<PurposeName> = PurposeName::ALL
            .into_iter()
            .filter(|purpose| {
                state(before, *purpose) == Some(ChoiceState::Paused)
                    && state(after, *purpose) == Some(ChoiceState::Given)
            })
            .collect();
        self.wake(self.shared.ring.subject_ref(name), &back, now)
    }

    /// Answers from, and teaches with, what is kept and allowed again.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn wake(
        &mut self,
        subject: SubjectRef,
        back: &BTreeSet<PurposeName>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        if let Some(pseudonym) = self.known(subject, back, PurposeName::Personalization) {
            self.serve_again(pseudonym, now)?;
        }
        if let Some(pseudonym) = self.known(subject, back, PurposeName::SharedLearning) {
            self.teach_again(pseudonym, now)?;
        }
        Ok(())
    }

    fn known(
        &self,
        subject: SubjectRef,
        purposes: &BTreeSet<PurposeName>,
        purpose: PurposeName,
    ) -> Option<Pseudonym> {
        let people = self.shared.people.read();
        let person = people.get(&subject).filter(|_| purposes.contains(&purpose))?;
        person.pseudonym(purpose)
    }

    fn serve_again(&mut self, pseudonym: Pseudonym, now: Timestamp) -> Result<(), EngineError> {
        let Some((permit, version)) = self.permit_now::<Personalization>(pseudonym, now) else {
            return Ok(());
        };
        let table = HistoryEvent::DECLARATION.table;
        let mut gone = Vec::new();
        for row in self.tables.rows_of(table, pseudonym)? {
            let event = self.unseal::<HistoryEvent>(&row)?.open(&permit, now, version);
            if reached(event)?.is_some_and(|event| self.is_sensitive(&event.item)) {
                gone.push(Write::Delete { table, pseudonym, id: row.id });
            }
        }
        self.commit(gone)?;
        self.reload_profile(pseudonym, now)
    }

    /// Learns the rows of a person as a start does, without what turned sensitive meanwhile: the
    /// rows of somebody who paused were closed to that search.
    fn teach_again(&mut self, pseudonym: Pseudonym, now: Timestamp) -> Result<(), EngineError> {
        let Some((permit, version)) = self.permit_now::<SharedLearning>(pseudonym, now) else {
            return Ok(());
        };
        let mut sensitive: BTreeSet<ItemId> = BTreeSet::new();
        let mut lessons = Lessons::default();
        let table = LearningEvent::DECLARATION.table;
        for row in self.tables.rows_of(table, pseudonym)? {
            let LearningEvent { message, at, item } =
                self.unseal::<LearningEvent>(&row)?.open(&permit, now, version)?;
            if self.is_sensitive(&item) {
                lessons.writes.push(Write::Delete { table, pseudonym, id: row.id });
                continue;
            }
            self.seen.remember(message, now);
            let step = Step { at, message, item };
            self.visits.push(pseudonym, OpenStep { step, row: row.id, sender: Sender::Restored });
        }
        let mut touched: BTreeSet<RowId> = BTreeSet::new();
        for (id, steps) in self.closed_sessions(pseudonym, now)? {
            let named: Vec<ItemId> = steps.iter().map(|step| step.item.clone()).collect();
            let named: Vec<ItemId> =
                named.into_iter().filter(|item| self.is_sensitive(item)).collect();
            steps.iter().for_each(|step| self.seen.remember(step.message, now));
            self.visits.ended(pseudonym, &steps);
            if named.is_empty() {
                self.learn(pseudonym, id, &steps).map_err(|_| EngineError::ModelFull)?;
            } else {
                sensitive.extend(named);
                touched.insert(id);
            }
        }
        if !touched.is_empty() {
            let goes = |step: &Step| sensitive.contains(&step.item);
            self.cut_without(&goes, (pseudonym, &touched), now, &mut lessons)?;
        }
        self.teach(lessons)?;
        self.order_again(pseudonym, now)?;
        self.mend_visits(now)?;
        self.publish_model();
        Ok(())
    }

    /// Ends what a crash left of [`Engine::resume`]: the yes was durable, and what turned sensitive
    /// during the pause was still in the rows. Reads the rows of those few who came back.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn mend_resumed(
        &mut self,
        resumed: &BTreeSet<SubjectRef>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let mut named: BTreeSet<ItemId> = BTreeSet::new();
        for subject in resumed {
            let pseudonym = |purpose| {
                let people = self.shared.people.read();
                people.get(subject).and_then(|person| person.pseudonym(purpose))
            };
            let served = pseudonym(PurposeName::Personalization);
            let taught = pseudonym(PurposeName::SharedLearning);
            if let Some(served) = served {
                let events = self.rows_open::<Personalization, HistoryEvent>(served, now)?;
                named.extend(events.into_iter().map(|event| event.item));
            }
            if let Some(taught) = taught {
                let events = self.rows_open::<SharedLearning, LearningEvent>(taught, now)?;
                named.extend(events.into_iter().map(|event| event.item));
                let visits = self.rows_open::<SharedLearning, ClosedSession>(taught, now)?;
                named
                    .extend(visits.into_iter().flat_map(|visit| visit.steps).map(|step| step.item));
                let bought = self.rows_open::<SharedLearning, LearnedOrder>(taught, now)?;
                named.extend(bought.into_iter().flat_map(|order| order.items));
            }
        }
        named.retain(|item| self.is_sensitive(item));
        if named.is_empty() {
            return Ok(());
        }
        self.purge_with(Vec::new(), &named, now)
    }

    /// What the rows of one person in one table say; nothing where the gate says no.
    fn rows_open<P: Covers<T>, T: Stored>(
        &mut self,
        pseudonym: Pseudonym,
        now: Timestamp,
    ) -> Result<Vec<T>, EngineError> {
        let Some((permit, version)) = self.permit_now::<P>(pseudonym, now) else {
            return Ok(Vec::new());
        };
        let rows = self.tables.rows_of(T::DECLARATION.table, pseudonym)?;
        let mut open = Vec::with_capacity(rows.len());
        for row in rows {
            let opened = self.unseal::<T>(&row)?.open(&permit, now, version);
            open.extend(reached(opened)?);
        }
        Ok(open)
    }

    fn order_again(&mut self, pseudonym: Pseudonym, now: Timestamp) -> Result<(), EngineError> {
        let Some((permit, version)) = self.permit_now::<SharedLearning>(pseudonym, now) else {
            return Ok(());
        };
        for row in self.tables.rows_of(orders::TABLE, pseudonym)? {
            let mut order = self.unseal::<LearnedOrder>(&row)?.open(&permit, now, version)?;
            self.seen.remember(order.message, now);
            let all = order.items.len();
            let plain: Vec<bool> =
                order.items.iter().map(|item| !self.is_sensitive(item)).collect();
            let mut plain = plain.into_iter();
            order.items.retain(|_| plain.next().unwrap_or(false));
            if order.items.is_empty() {
                let table = orders::TABLE;
                self.commit(vec![Write::Delete { table, pseudonym, id: row.id }])?;
                continue;
            }
            if order.items.len() < all {
                let written = orders::written_on(row.expires);
                let value = Personal::new(pseudonym, order.clone());
                let row = self.seal(&value, row.id, written)?;
                self.commit(vec![Write::Put(row)])?;
            }
            self.learn_order(pseudonym, row.id, order).map_err(|_| EngineError::ModelFull)?;
        }
        Ok(())
    }

    fn is_sensitive(&self, item: &ItemId) -> bool {
        self.shared.taught().catalog.get(item).is_some_and(|item| item.sensitive)
    }
}
