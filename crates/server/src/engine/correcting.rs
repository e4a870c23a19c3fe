//! Correction down to one signal (GDPR Art. 16): this look, this order line, this stated size.
//!
//! What is corrected leaves the person's own answers and the shared models at once and exactly: a
//! visit without the step is cut anew, an order without the line is learned anew. A mark keeps the
//! message out should anybody send it again.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{ItemId, Pseudonym, RowId};
use domain::time::{Day, Timestamp};
use personal::kinds::{
    ClosedSession, CorrectedSignal, HistoryEvent, LearnedOrder, LearningEvent, Preferences, Step,
};
use personal::purpose::{LegalProof, PurposeName, SharedLearning};
use personal::record::Stored;
use personal::subject::Subject;
use personal::value::Personal;
use rights::intent::Target;
use rights::machine::Verification;
use store::port::Write;

use crate::chance;
use crate::engine::own::{Asking, Held};
use crate::engine::proving::CORRECTION;
use crate::engine::visits::Lessons;
use crate::engine::{Engine, EngineError, orders};

/// One thing that the person did: a message, and one item of it or all of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signal {
    /// The keyed number of the message, as the access package names it.
    pub message: u64,
    /// Only this item of it.
    pub item: Option<ItemId>,
}

/// What a person wants to have corrected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correction {
    /// What did not happen, or shall not count.
    pub signals: Vec<Signal>,
    /// Stated sizes that are wrong.
    pub sizes: BTreeSet<String>,
    /// Stated categories that are wrong.
    pub categories: BTreeSet<String>,
}

impl Correction {
    fn names(&self, message: u64, item: &ItemId) -> bool {
        self.signals.iter().any(|signal| {
            signal.message == message && signal.item.as_ref().is_none_or(|one| one == item)
        })
    }

    fn names_step(&self, step: &Step) -> bool {
        self.names(step.message, &step.item)
    }
}

/// What a correction changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Corrected {
    /// Signals that left the person's own answers.
    pub served: usize,
    /// Steps of visits that left the shared models.
    pub taught: usize,
    /// Orders that lost lines or went.
    pub orders: usize,
    /// Stated sizes and categories that went.
    pub stated: usize,
}

/// A correction on its way: what changes together.
#[derive(Default)]
struct Work {
    writes: Vec<Write>,
    messages: BTreeSet<u64>,
    done: Corrected,
}

impl Work {
    fn takes(&mut self, message: u64) {
        self.messages.insert(message);
    }
}

impl Engine {
    /// Corrects what is held about a person, for that person.
    ///
    /// # Privacy
    /// Works whatever the person allowed, also while a purpose rests. One commit; afterwards the
    /// models equal those that never met what was corrected.
    ///
    /// # Errors
    /// [`EngineError::Unknown`] when nothing of it is held, or what the store says.
    pub fn correct(
        &mut self,
        name: &Subject,
        correction: &Correction,
        (how, now): (Verification, Timestamp),
    ) -> Result<Corrected, EngineError> {
        let mut asking = self.asking(name).ok_or(EngineError::Unknown)?;
        let mut work = Work::default();
        self.correct_history(&mut asking, correction, &mut work)?;
        self.correct_stated(&mut asking, correction, (&mut work, now))?;
        let orders = self.correct_orders(&mut asking, correction, &mut work)?;
        let touched = self.correct_visits(&mut asking, correction, (&mut work, now))?;
        if work.done == Corrected::default() {
            return Err(EngineError::Unknown);
        }
        let taught = asking.pseudonym(PurposeName::SharedLearning);
        let served = asking.pseudonym(PurposeName::Personalization);
        self.stage_marks(name, &work.messages, now)?;
        self.stage_entry(name, asking.entry(CORRECTION, how, now), now)?;
        let carried = self.carry_correction(correction, (work.writes, &touched), (taught, now));
        self.torn |= carried.is_err();
        carried?;
        if let Some(pseudonym) = taught {
            self.order_anew(pseudonym, orders, now)?;
        }
        if let Some(pseudonym) = served {
            self.reload_profile(pseudonym, now)?;
        }
        self.publish_model();
        self.erased = true;
        self.tables.scrub()?;
        Ok(work.done)
    }

    fn correct_history(
        &mut self,
        asking: &mut Asking,
        correction: &Correction,
        work: &mut Work,
    ) -> Result<(), EngineError> {
        let Some(pseudonym) = asking.pseudonym(PurposeName::Personalization) else {
            return Ok(());
        };
        for Held { id, value, .. } in self.held::<HistoryEvent>(asking)? {
            if correction.names(value.message, &value.item) {
                let table = HistoryEvent::DECLARATION.table;
                work.writes.push(Write::Delete { table, pseudonym, id });
                work.takes(value.message);
                work.done.served += 1;
            }
        }
        Ok(())
    }

    fn correct_stated(
        &mut self,
        asking: &mut Asking,
        correction: &Correction,
        (work, now): (&mut Work, Timestamp),
    ) -> Result<(), EngineError> {
        let Some(pseudonym) = asking.pseudonym(PurposeName::Personalization) else {
            return Ok(());
        };
        for Held { id, expires, mut value, .. } in self.held::<Preferences>(asking)? {
            let before = value.sizes.len() + value.categories.len();
            value.sizes.retain(|size| !correction.sizes.contains(size));
            value.categories.retain(|category| !correction.categories.contains(category));
            let left = value.sizes.len() + value.categories.len();
            if left == before {
                continue;
            }
            work.done.stated += before - left;
            if left == 0 {
                let table = Preferences::DECLARATION.table;
                work.writes.push(Write::Delete { table, pseudonym, id });
                continue;
            }
            let written = written_on::<Preferences>(expires).min(now.day());
            let row = self.seal(&Personal::new(pseudonym, value), id, written)?;
            work.writes.push(Write::Put(row));
        }
        Ok(())
    }

    /// Takes lines out of orders; gives what is left of those that changed.
    fn correct_orders(
        &mut self,
        asking: &mut Asking,
        correction: &Correction,
        work: &mut Work,
    ) -> Result<BTreeMap<RowId, LearnedOrder>, EngineError> {
        let mut changed = BTreeMap::new();
        let Some(pseudonym) = asking.pseudonym(PurposeName::SharedLearning) else {
            return Ok(changed);
        };
        for Held { id, expires, mut value, .. } in self.held::<LearnedOrder>(asking)? {
            let before = value.items.len();
            let message = value.message;
            value.items.retain(|item| !correction.names(message, item));
            if value.items.len() == before {
                continue;
            }
            work.takes(message);
            work.done.orders += 1;
            if value.items.is_empty() {
                work.writes.push(Write::Delete { table: orders::TABLE, pseudonym, id });
            } else {
                let kept = Personal::new(pseudonym, value.clone());
                let row = self.seal(&kept, id, written_on::<LearnedOrder>(expires))?;
                work.writes.push(Write::Put(row));
            }
            changed.insert(id, value);
        }
        Ok(changed)
    }

    /// Takes steps out of visits. Gives the closed ones that have to be cut anew; what rests is
    /// rewritten as it lies, for it is not in any model.
    fn correct_visits(
        &mut self,
        asking: &mut Asking,
        correction: &Correction,
        (work, now): (&mut Work, Timestamp),
    ) -> Result<BTreeSet<RowId>, EngineError> {
        let mut touched = BTreeSet::new();
        let Some(pseudonym) = asking.pseudonym(PurposeName::SharedLearning) else {
            return Ok(touched);
        };
        for Held { id, value, .. } in self.held::<LearningEvent>(asking)? {
            if correction.names(value.message, &value.item) {
                let table = LearningEvent::DECLARATION.table;
                work.writes.push(Write::Delete { table, pseudonym, id });
                work.takes(value.message);
                work.done.taught += 1;
            }
        }
        let rests = self.would_permit::<SharedLearning>(pseudonym, now).is_none();
        for Held { id, expires, mut value, .. } in self.held::<ClosedSession>(asking)? {
            let gone = value.steps.iter().filter(|step| correction.names_step(step));
            let gone: Vec<u64> = gone.map(|step| step.message).collect();
            if gone.is_empty() {
                continue;
            }
            work.done.taught += gone.len();
            work.messages.extend(gone);
            if !rests {
                touched.insert(id);
                continue;
            }
            value.steps.retain(|step| !correction.names_step(step));
            if value.steps.is_empty() {
                let table = ClosedSession::DECLARATION.table;
                work.writes.push(Write::Delete { table, pseudonym, id });
            } else {
                let kept = Personal::new(pseudonym, value);
                let row = self.seal(&kept, id, written_on::<ClosedSession>(expires))?;
                work.writes.push(Write::Put(row));
            }
        }
        Ok(touched)
    }

    /// Commits everything that changes together, then lets the models know.
    fn carry_correction(
        &mut self,
        correction: &Correction,
        (writes, touched): (Vec<Write>, &BTreeSet<RowId>),
        (taught, now): (Option<Pseudonym>, Timestamp),
    ) -> Result<(), EngineError> {
        let mut lessons = Lessons::default();
        lessons.writes = [writes, self.take_staged()?].concat();
        if let Some(pseudonym) = taught {
            let goes = |step: &Step| correction.names_step(step);
            self.cut_without(&goes, (pseudonym, touched), now, &mut lessons)?;
        }
        self.teach(lessons)
    }

    /// The shared model knows the orders as they are now.
    fn order_anew(
        &mut self,
        pseudonym: Pseudonym,
        changed: BTreeMap<RowId, LearnedOrder>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let allowed = self.would_permit::<SharedLearning>(pseudonym, now).is_some();
        for (id, order) in changed {
            self.unlearn_order(pseudonym, id);
            if allowed && !order.items.is_empty() {
                self.learn_order(pseudonym, id, order).map_err(|_| EngineError::ModelFull)?;
            }
        }
        Ok(())
    }

    fn stage_marks(
        &mut self,
        name: &Subject,
        messages: &BTreeSet<u64>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let proof = self.pseudonym(name, PurposeName::LegalProof)?;
        for &message in messages {
            let id = RowId::from_bytes(chance::bytes()?);
            let mark = Personal::new(proof, CorrectedSignal { message, at: now });
            let row = self.seal(&mark, id, now.day())?;
            self.corrected.insert(message, (proof, row.expires));
            self.stage_write(Write::Insert(row));
        }
        Ok(())
    }

    /// Whether the person of this message corrected it away.
    pub(super) fn is_corrected(&self, message: u64) -> bool {
        self.corrected.contains_key(&message)
    }

    /// Forgets marks whose person was erased.
    pub(super) fn forget_corrected(&mut self, targets: &[Target]) {
        self.corrected.retain(|_, (who, _)| targets.iter().all(|one| one.pseudonym != *who));
    }

    /// Forgets marks whose time is over; their rows went with the retention sweep.
    pub(super) fn expire_corrected(&mut self, today: Day) {
        self.corrected.retain(|_, (_, until)| *until > today);
    }

    /// Reads the marks of what people corrected.
    pub(super) fn load_corrected(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let mut marks = Vec::new();
        self.sweep::<LegalProof, CorrectedSignal>("load corrections", now, |row, mark| {
            marks.push((mark.message, (row.pseudonym, row.expires)));
        })?;
        self.corrected = marks.into_iter().collect();
        Ok(())
    }
}

/// The day on which a row was written that expires on `until`: what is left of a row keeps its end.
const fn written_on<T: Stored>(until: Day) -> Day {
    Day::from_number(until.number().saturating_sub(T::DECLARATION.keep_days_max))
}
