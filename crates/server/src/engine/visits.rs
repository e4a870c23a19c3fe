//! Open visits, and what happens when they close: the shared model learns.
//!
//! A session is a pure function of one person's steps (see `ingest::sessions`), so a late step
//! takes the touched sessions back and learns the new cut; the model ends up as if every step had
//! come in time.

use std::collections::BTreeMap;

use domain::id::{Pseudonym, RowId};
use domain::time::Timestamp;
use ingest::sessions::{self, IDLE_MS, STEPS_MAX};
use personal::kinds::{ClosedSession, LearningEvent, Step};
use personal::purpose::SharedLearning;
use personal::record::Stored;
use personal::value::Personal;
use recommend::door::{self, DoorRefusal, Knock};
use rustc_hash::FxHashMap;
use store::port::Write;

use crate::chance;
use crate::engine::staging::OpenStep;
use crate::engine::{Engine, EngineError};
use crate::telemetry::Metrics;

/// Who sent a step, as far as the learning door needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sender {
    /// The shop's own server: no caps.
    Shop,
    /// Read back after a restart: the caps of a person, none of a network.
    Restored,
    /// A browser, by the keyed hash of its network prefix: all caps.
    Network(u64),
}

/// Visits of people who teach the shared model.
#[derive(Debug, Default)]
pub struct Visits {
    open: FxHashMap<Pseudonym, Vec<OpenStep>>,
    /// The end of the last closed session, to notice late steps.
    ended: FxHashMap<Pseudonym, Timestamp>,
    late: BTreeMap<Pseudonym, Vec<OpenStep>>,
}

impl Visits {
    /// Takes a step that is durable.
    pub fn push(&mut self, pseudonym: Pseudonym, step: OpenStep) {
        let at = step.step.at;
        let ended = self.ended.get(&pseudonym);
        let near = ended.is_some_and(|ended| at.ms_since(*ended) < IDLE_MS);
        // What lies a pause away from the open visit is a visit of its own, and one of the two is
        // over already.
        let apart = self.open.get(&pseudonym).is_some_and(|steps| {
            steps.iter().all(|open| open.step.at.ms_since(at).abs() >= IDLE_MS)
        });
        if near || apart {
            self.late.entry(pseudonym).or_default().push(step);
        } else {
            self.open.entry(pseudonym).or_default().push(step);
        }
    }

    /// How many visits are open.
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether no visit is open.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// The steps of a person's open visit.
    pub fn open_steps(&self, pseudonym: Pseudonym) -> &[OpenStep] {
        self.open.get(&pseudonym).map_or(&[], Vec::as_slice)
    }

    /// Remembers the end of a closed session.
    pub fn ended(&mut self, pseudonym: Pseudonym, steps: &[Step]) {
        if let Some(last) = steps.last() {
            let ended = self.ended.entry(pseudonym).or_insert(last.at);
            *ended = last.at.max(*ended);
        }
    }

    /// Forgets a person.
    pub fn forget(&mut self, pseudonym: Pseudonym) {
        self.open.remove(&pseudonym);
        self.ended.remove(&pseudonym);
        self.late.remove(&pseudonym);
    }

    /// People whose visit ends by idleness or by length.
    fn due(&self, now: Timestamp) -> Vec<Pseudonym> {
        let ends = |steps: &Vec<OpenStep>| {
            let last = steps.iter().map(|open| open.step.at).max();
            steps.len() >= STEPS_MAX || last.is_none_or(|last| sessions::is_closed(last, now))
        };
        let mut due: Vec<_> =
            self.open.iter().filter(|(_, steps)| ends(steps)).map(|(who, _)| *who).collect();
        due.sort_unstable();
        due
    }
}

/// Changes of visits and of the shared model that wait for their commit.
#[derive(Debug, Default)]
pub(super) struct Lessons {
    pub(super) writes: Vec<Write>,
    pub(super) unlearn: Vec<RowId>,
    learn: Vec<(Pseudonym, RowId, Vec<Step>)>,
    open: Vec<(Pseudonym, Vec<OpenStep>)>,
}

/// One person's part of [`Lessons`]: what is open, what was closed before.
pub(super) struct Visit {
    pub(super) pseudonym: Pseudonym,
    pub(super) steps: Vec<OpenStep>,
    pub(super) closed: Vec<(RowId, Vec<Step>)>,
}

impl Engine {
    /// Closes every visit that is over and lets the shared model learn it.
    ///
    /// # Errors
    /// What the store says; the visits stay open then.
    pub fn close_visits(&mut self, now: Timestamp) -> Result<(), EngineError> {
        self.door.forget(now);
        let mut lessons = Lessons::default();
        for pseudonym in self.visits.due(now) {
            let steps = self.visits.open.get(&pseudonym).cloned().unwrap_or_default();
            self.close(Visit { pseudonym, steps, closed: Vec::new() }, now, &mut lessons)?;
        }
        self.teach(lessons)
    }

    /// Puts late steps where they belong.
    pub(super) fn mend_visits(&mut self, now: Timestamp) -> Result<(), EngineError> {
        if self.visits.late.is_empty() {
            return Ok(());
        }
        let mut lessons = Lessons::default();
        for (pseudonym, mut steps) in std::mem::take(&mut self.visits.late) {
            steps.extend(self.visits.open.get(&pseudonym).cloned().unwrap_or_default());
            let closed = self.closed_sessions(pseudonym, now)?;
            self.close(Visit { pseudonym, steps, closed }, now, &mut lessons)?;
        }
        self.teach(lessons)
    }

    /// Cuts a person's steps anew beside the closed sessions that they touch.
    pub(super) fn close(
        &mut self,
        visit: Visit,
        now: Timestamp,
        lessons: &mut Lessons,
    ) -> Result<(), EngineError> {
        let Visit { pseudonym, steps, closed } = visit;
        let before: Vec<Vec<Step>> = closed.iter().map(|(_, steps)| steps.clone()).collect();
        let late = steps.iter().map(|open| open.step.clone()).collect();
        let recut = sessions::recut(late, &before);
        let table = ClosedSession::DECLARATION.table;
        for id in recut.remove.iter().filter_map(|&place| closed.get(place)).map(|(id, _)| *id) {
            lessons.writes.push(Write::Delete { table, pseudonym, id });
            lessons.unlearn.push(id);
        }
        let sender = steps.iter().map(|open| open.sender).max().unwrap_or(Sender::Restored);
        let settled = sessions::settle(recut.add, now);
        let open = self.keep_open(pseudonym, (steps, &settled.open), now, lessons)?;
        lessons.open.push((pseudonym, open));
        for session in settled.closed {
            if self.may_teach(pseudonym, sender, &session, now) {
                let id = RowId::from_bytes(chance::bytes()?);
                let record = ClosedSession { steps: session.clone() };
                let row = self.seal(&Personal::new(pseudonym, record), id, now.day())?;
                lessons.writes.push(Write::Put(row));
                lessons.learn.push((pseudonym, id, session));
            }
        }
        Ok(())
    }

    /// Which steps stay open. Rows of the others go; steps of a session that opened again get one.
    fn keep_open(
        &mut self,
        pseudonym: Pseudonym,
        (steps, open): (Vec<OpenStep>, &[Step]),
        now: Timestamp,
        lessons: &mut Lessons,
    ) -> Result<Vec<OpenStep>, EngineError> {
        let table = LearningEvent::DECLARATION.table;
        let (mut kept, gone): (Vec<_>, Vec<_>) =
            steps.into_iter().partition(|known| open.contains(&known.step));
        for id in gone.into_iter().map(|gone| gone.row) {
            lessons.writes.push(Write::Delete { table, pseudonym, id });
        }
        for step in open {
            if kept.iter().any(|known| known.step == *step) {
                continue;
            }
            let row = RowId::from_bytes(chance::bytes()?);
            let Step { at, message, item } = step.clone();
            let event = Personal::new(pseudonym, LearningEvent { message, at, item });
            lessons.writes.push(Write::Put(self.seal(&event, row, now.day())?));
            kept.push(OpenStep { step: step.clone(), row, sender: Sender::Restored });
        }
        Ok(kept)
    }

    /// Asks the learning door. The sender is not told of a refusal.
    fn may_teach(
        &mut self,
        pseudonym: Pseudonym,
        sender: Sender,
        session: &[Step],
        now: Timestamp,
    ) -> bool {
        let items = sessions::items_of(session).len();
        let (taught, word) = self.knock((pseudonym, sender), items, now);
        Metrics::count(&self.shared.metrics.sessions, word);
        taught
    }

    /// What the learning door says to a session or an order of so many items, and the word for it.
    pub(super) fn knock(
        &mut self,
        (pseudonym, sender): (Pseudonym, Sender),
        items: usize,
        now: Timestamp,
    ) -> (bool, &'static str) {
        let prefix = match sender {
            // What the shop itself vouches for is not weighed.
            Sender::Shop => return (true, "learned"),
            Sender::Restored => None,
            Sender::Network(prefix) => Some(prefix),
        };
        let knock = Knock { subject: Some(pseudonym), prefix, items, now };
        let verdict = door::admit(&mut self.door, &knock);
        let word = match verdict {
            Ok(()) => "learned",
            Err(DoorRefusal::TooManyItems { .. }) => "too_many_items",
            Err(DoorRefusal::SubjectSpent { .. }) => "subject_spent",
            Err(DoorRefusal::PrefixSpent { .. }) => "prefix_spent",
            Err(DoorRefusal::Crowded { .. }) => "crowded",
        };
        (verdict.is_ok(), word)
    }

    /// Commits, then changes the model and the open visits.
    pub(super) fn teach(&mut self, lessons: Lessons) -> Result<(), EngineError> {
        let Lessons { writes, unlearn, learn, open } = lessons;
        self.commit(writes)?;
        for (pseudonym, steps) in open {
            if steps.is_empty() {
                self.visits.open.remove(&pseudonym);
            } else {
                self.visits.open.insert(pseudonym, steps);
            }
        }
        self.unlearn_sessions(&unlearn);
        let mut refused = Vec::new();
        for (pseudonym, id, steps) in learn {
            self.visits.ended(pseudonym, &steps);
            if self.learn(pseudonym, id, &steps).is_err() {
                let table = ClosedSession::DECLARATION.table;
                refused.push(Write::Delete { table, pseudonym, id });
            }
        }
        // A model that is full keeps no rows that it could not learn: live equals rebuilt.
        self.commit(refused)?;
        self.publish_model();
        Ok(())
    }

    /// A person's closed sessions, opened with a fresh permit; none when the gate says no.
    pub(super) fn closed_sessions(
        &mut self,
        pseudonym: Pseudonym,
        now: Timestamp,
    ) -> Result<Vec<(RowId, Vec<Step>)>, EngineError> {
        let Some((permit, version)) = self.permit_now::<SharedLearning>(pseudonym, now) else {
            return Ok(Vec::new());
        };
        let mut closed = Vec::new();
        for row in self.tables.rows_of(ClosedSession::DECLARATION.table, pseudonym)? {
            let session = self.unseal::<ClosedSession>(&row)?.open(&permit, now, version)?;
            closed.push((row.id, session.steps));
        }
        Ok(closed)
    }
}
