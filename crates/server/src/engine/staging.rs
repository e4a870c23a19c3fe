//! What waits for the next commit, and what memory learns once it is durable.

use std::cell::Cell;

use domain::event::Action;
use domain::id::{Pseudonym, RowId};
use domain::time::{Day, Timestamp};
use ingest::minimize::Pseudonymous;
use personal::gate;
use personal::kinds::{HistoryEvent, LearnedOrder, LearningEvent, Preferences, RecentItems, Step};
use personal::permit::Permit;
use personal::purpose::{Personalization, Purpose, SharedLearning};
use personal::record::Stored;
use personal::row::SealedRow;
use personal::subject::SubjectRef;
use personal::value::Personal;
use rights::machine::Verification;
use rustc_hash::FxHashSet;
use store::keys::KeyRow;
use store::port::Write;
use vault::row::SubjectVault;

use crate::chance::{self, ChanceError};
use crate::circumstances::Circumstances;
use crate::engine::recording::Recorded;
use crate::engine::visits::Sender;
use crate::engine::{Engine, EngineError, orders};
use crate::people::{PURCHASES_MAX, RECENT_ITEMS_MAX};

/// Writes and effects of one group of events.
#[derive(Debug, Default)]
pub struct Staged {
    /// Keys that must be durable before the rows.
    pub(super) keys: Vec<KeyRow>,
    writes: Vec<Write>,
    effects: Vec<Effect>,
    messages: FxHashSet<u64>,
}

impl Staged {
    /// Whether the message waits for its commit.
    pub(super) fn holds(&self, message: u64) -> bool {
        self.messages.contains(&message)
    }
}

#[derive(Debug)]
pub(super) enum Effect {
    /// The person's own answers change at once.
    Serve(Permit<Personalization>, News),
    /// The open visit grows; the shared model learns it when it closes.
    Teach(Pseudonym, OpenStep),
    /// The shared model learns an order.
    Order(Pseudonym, RowId, LearnedOrder),
}

/// What changes a person's own answers.
#[derive(Clone, Default)]
pub(super) struct News {
    /// Steps that joined a session.
    pub(super) steps: Vec<Step>,
    /// Those of them that are purchases.
    pub(super) purchases: Vec<Step>,
    /// Categories that replace what was stated before.
    pub(super) stated: Option<Vec<String>>,
}

impl News {
    /// What one row of a history changes.
    pub(super) fn of(event: HistoryEvent) -> Option<Self> {
        let mut news = Self::default();
        news.take(event);
        (!news.steps.is_empty()).then_some(news)
    }

    fn take(&mut self, event: HistoryEvent) {
        let HistoryEvent { message, at, action, item } = event;
        let step = Step { at, message, item };
        if action == Action::Purchase {
            self.purchases.push(step.clone());
        }
        if action.joins_session() {
            self.steps.push(step);
        }
    }
}

impl std::fmt::Debug for News {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("News(..)")
    }
}

/// A step of an open visit, with what closing needs.
#[derive(Clone, Debug)]
pub struct OpenStep {
    /// When, which message, which item.
    pub step: Step,
    /// The row that keeps it until the visit closes.
    pub row: RowId,
    /// Who sent it.
    pub sender: Sender,
}

/// How an event came in.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// When.
    pub received: Timestamp,
    /// Who sent it.
    pub sender: Sender,
    /// Signals and law of the request.
    pub circumstances: Circumstances,
}

impl Arrival {
    /// How it was made sure whose event it is.
    pub(super) const fn how(&self) -> Verification {
        match self.sender {
            Sender::Shop => Verification::SecretKey,
            Sender::Restored => Verification::Operator,
            Sender::Network(_) => Verification::CustomerToken,
        }
    }
}

impl Engine {
    /// Seals the rows of an event and stages them with their effects: all of them or none.
    pub(crate) fn stage(
        &mut self,
        kept: Pseudonymous,
        message: u64,
        arrival: &Arrival,
    ) -> Result<Recorded, EngineError> {
        let (writes, effects) = (self.staged.writes.len(), self.staged.effects.len());
        let staged = self.stage_rows(kept, message, arrival);
        if staged.is_err() {
            self.staged.writes.truncate(writes);
            self.staged.effects.truncate(effects);
        }
        staged
    }

    fn stage_rows(
        &mut self,
        kept: Pseudonymous,
        message: u64,
        arrival: &Arrival,
    ) -> Result<Recorded, EngineError> {
        let recorded = Recorded { serving: kept.history.len(), teaching: kept.learning.len() };
        let (now, today) = (arrival.received, arrival.received.day());
        let (subject, version) = (kept.subject, kept.version);
        self.visit_yeses.seen(subject, now);
        if let Some(pseudonym) = kept.history.first().map(|(_, event)| event.pseudonym()) {
            let permit = self.permit::<Personalization>(subject, pseudonym, arrival)?;
            let mut news = News::default();
            for (id, event) in kept.history {
                let row = self.seal(&event, id, today)?;
                self.staged.writes.push(Write::Insert(row));
                let event = event.open(&permit, now, version)?;
                news.take(event);
            }
            self.staged.effects.push(Effect::Serve(permit, news));
        }
        if let Some((id, stated)) = kept.preferences {
            self.stage_preferences(subject, (id, stated), arrival)?;
        }
        if let Some(pseudonym) = kept.learning.first().map(|(_, event)| event.pseudonym()) {
            let permit = self.permit::<SharedLearning>(subject, pseudonym, arrival)?;
            for (row, event) in kept.learning {
                let sealed = self.seal(&event, row, today)?;
                self.staged.writes.push(Write::Insert(sealed));
                let LearningEvent { message, at, item } = event.open(&permit, now, version)?;
                let step = Step { at, message, item };
                let step = OpenStep { step, row, sender: arrival.sender };
                self.staged.effects.push(Effect::Teach(pseudonym, step));
            }
        }
        if let Some(order) = kept.order {
            self.stage_order(subject, order, arrival)?;
        }
        self.staged.messages.insert(message);
        Ok(recorded)
    }

    /// What a person states replaces what was stated before.
    fn stage_preferences(
        &mut self,
        subject: SubjectRef,
        (id, stated): (RowId, Personal<Preferences>),
        arrival: &Arrival,
    ) -> Result<(), EngineError> {
        let pseudonym = stated.pseudonym();
        let permit = self.permit::<Personalization>(subject, pseudonym, arrival)?;
        let row = self.seal(&stated, id, arrival.received.day())?;
        let stated = stated.open(&permit, arrival.received, permit.version())?;
        let table = Preferences::DECLARATION.table;
        self.staged.writes.push(Write::DeleteAll { table, pseudonym });
        self.staged.writes.push(Write::Insert(row));
        let news = News { stated: Some(stated.categories), ..News::default() };
        self.staged.effects.push(Effect::Serve(permit, news));
        Ok(())
    }

    /// Mints a permit for one step of the writer's own work on an event.
    pub(super) fn permit<P: Purpose>(
        &self,
        subject: SubjectRef,
        pseudonym: Pseudonym,
        arrival: &Arrival,
    ) -> Result<Permit<P>, EngineError> {
        let people = self.shared.people.read();
        let person = people.get(&subject).ok_or(EngineError::Unknown)?;
        let facts = person.facts(subject, (P::NAME, pseudonym), &arrival.circumstances);
        Ok(gate::decide::<P>(&facts, arrival.received)?)
    }

    /// Seals a closed value under its person's key.
    pub(super) fn seal<T: Stored>(
        &mut self,
        value: &Personal<T>,
        id: RowId,
        today: Day,
    ) -> Result<SealedRow, EngineError> {
        let key = self.key(value.pseudonym())?;
        let failed = Cell::new(false);
        let salts = || {
            chance::bytes().unwrap_or_else(|_| {
                failed.set(true);
                [0; 16]
            })
        };
        let vault = SubjectVault::new(&self.shared.ring, &key, &salts);
        let row = value.seal(id, today, &vault)?;
        match failed.get() {
            true => Err(EngineError::Chance(ChanceError)),
            false => Ok(row),
        }
    }

    /// Stages a write without an effect.
    pub(super) fn stage_write(&mut self, write: Write) {
        self.staged.writes.push(write);
    }

    /// Stages what memory does once everything staged is durable.
    pub(super) fn stage_effect(&mut self, effect: Effect) {
        self.staged.effects.push(effect);
    }

    /// Takes the writes that are staged, to commit them with others. Their keys are durable then.
    pub(super) fn take_staged(&mut self) -> Result<Vec<Write>, EngineError> {
        self.commit_keys()?;
        Ok(std::mem::take(&mut self.staged.writes))
    }

    /// Whether something waits for a commit.
    pub fn has_staged(&self) -> bool {
        !self.staged.writes.is_empty()
    }

    /// Makes everything staged durable as one batch, then lets memory know.
    ///
    /// # Errors
    /// What the store says; nothing that was staged may be acknowledged then.
    pub fn commit_staged(&mut self, now: Timestamp) -> Result<(), EngineError> {
        self.commit_keys()?;
        let writes = std::mem::take(&mut self.staged.writes);
        let effects = std::mem::take(&mut self.staged.effects);
        let messages = std::mem::take(&mut self.staged.messages);
        self.commit(writes)?;
        for message in messages {
            self.seen.remember(message, now);
        }
        let mut refused = Vec::new();
        for effect in effects {
            match effect {
                Effect::Serve(permit, news) => self.serve(&permit, news, now),
                Effect::Teach(pseudonym, step) => self.visits.push(pseudonym, step),
                Effect::Order(pseudonym, id, order) => {
                    if self.learn_order(pseudonym, id, order).is_err() {
                        refused.push(Write::Delete { table: orders::TABLE, pseudonym, id });
                    }
                }
            }
        }
        // A model that is full keeps no rows that it could not learn: live equals rebuilt.
        self.commit(refused)?;
        self.mend_visits(now)
    }

    /// The person's own answers change at once. A permit that went stale changes nothing.
    fn serve(&self, permit: &Permit<Personalization>, news: News, now: Timestamp) {
        let mut people = self.shared.people.write();
        let Some(person) = people.get_mut(&permit.subject()) else { return };
        let version = person.choices.version;
        let Ok(pseudonym) = permit.open(now, version) else { return };
        let recent =
            person.recent.get_or_insert_with(|| Personal::new(pseudonym, RecentItems::default()));
        if let Ok(recent) = recent.change(permit, now, version) {
            recent_with(recent, news);
        }
    }
}

/// Adds news to a person's newest steps, so that the same steps in any order come to the same.
pub(super) fn recent_with(recent: &mut RecentItems, news: News) {
    for step in news.steps {
        newest_with(&mut recent.steps, step, RECENT_ITEMS_MAX);
    }
    for step in news.purchases {
        newest_with(&mut recent.purchases, step, PURCHASES_MAX);
    }
    if let Some(stated) = news.stated {
        recent.categories = stated;
    }
}

fn newest_with(steps: &mut Vec<Step>, step: Step, max: usize) {
    if steps.iter().any(|known| known.message == step.message && known.item == step.item) {
        return;
    }
    let place = steps.partition_point(|known| *known < step);
    steps.insert(place, step);
    if steps.len() > max {
        steps.remove(0);
    }
}
