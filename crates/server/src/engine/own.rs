//! What a person asks to see or to have corrected (GDPR Art. 15, 16 and 20).
//!
//! Read through [`OwnCopy`]: consent decides what the shop may do with rows, not whether the person
//! may see them. The entry that says so is durable before anything leaves the engine.

use domain::id::{Pseudonym, RowId};
use domain::time::{Day, Timestamp};
use personal::gate::Choices;
use personal::kinds::{
    ClosedSession, ConsentEvidence, CorrectedSignal, DECLARATIONS, ErasureNotice, ErasureRecord,
    HistoryEvent, LearnedOrder, LearningEvent, MachineRead, MailAddress, OwnRead, PlatformRequest,
    Preferences, RequestStep, RequestWords, StaffRead,
};
use personal::own::OwnCopy;
use personal::purpose::PurposeName;
use personal::record::{Declaration, Stored};
use personal::subject::Subject;
use personal::value::Personal;
use rights::machine::Verification;
use rights::request::act::Event;
use store::port::Write;

use crate::chance;
use crate::engine::proving::CORRECTION;
use crate::engine::{Engine, EngineError};

/// A row as the person sees it.
#[derive(Clone)]
pub struct Held<T> {
    /// Its random name.
    pub id: RowId,
    /// The first day without it, as the person has chosen or as declared.
    pub until: Day,
    /// The first day without it, as declared.
    pub expires: Day,
    /// What it says.
    pub value: T,
}

impl<T> std::fmt::Debug for Held<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held(..)")
    }
}

/// Everything that is held about one person.
#[derive(Clone, Default)]
pub struct OwnData {
    /// What the person did, kept for own answers.
    pub history: Vec<Held<HistoryEvent>>,
    /// What the person stated.
    pub preferences: Vec<Held<Preferences>>,
    /// The open visit, kept to teach.
    pub learning: Vec<Held<LearningEvent>>,
    /// Closed visits, as the models learned them.
    pub sessions: Vec<Held<ClosedSession>>,
    /// Orders, as the models learned them.
    pub orders: Vec<Held<LearnedOrder>>,
    /// The record of choices, oldest first.
    pub evidence: Vec<Held<ConsentEvidence>>,
    /// Receipts of erasures.
    pub receipts: Vec<Held<ErasureRecord>>,
    /// Looks of staff.
    pub staff: Vec<Held<StaffRead>>,
    /// Looks of the person.
    pub own: Vec<Held<OwnRead>>,
    /// Marks of what was corrected.
    pub corrected: Vec<Held<CorrectedSignal>>,
    /// Who was told of erasures.
    pub notices: Vec<Held<ErasureNotice>>,
    /// Where mail reaches the person.
    pub addresses: Vec<Held<MailAddress>>,
    /// Requests of the shop's platform that wait to be picked up.
    pub waiting: Vec<Held<PlatformRequest>>,
    /// How often programs opened something, today's counts among them.
    pub machine: Vec<Held<MachineRead>>,
    /// Requests, step by step.
    pub requests: Vec<Held<RequestStep>>,
    /// What the person wrote in them.
    pub written: Vec<Held<RequestWords>>,
    /// What the person chose.
    pub choices: Choices,
    /// How many visits the shared models know of the person.
    pub visits_learned: usize,
    /// How many orders they know.
    pub orders_learned: usize,
}

impl std::fmt::Debug for OwnData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnData(..)")
    }
}

/// The person at the door: known by these names in these purposes.
pub(super) struct Asking {
    names: Vec<(PurposeName, Pseudonym)>,
    choices: Choices,
    copy: OwnCopy,
}

impl Engine {
    /// Reads everything about a person, for that person. Nothing is held about a stranger, and
    /// nothing is written down about the question.
    ///
    /// # Privacy
    /// The entry about this look is durable before the data comes out, and part of the next copy.
    ///
    /// # Errors
    /// What the store says.
    pub fn own_data(
        &mut self,
        name: &Subject,
        (why, how): (&str, Verification),
        now: Timestamp,
    ) -> Result<OwnData, EngineError> {
        let Some(mut asking) = self.asking(name) else { return Ok(OwnData::default()) };
        let mut data = OwnData {
            history: self.held(&mut asking)?,
            preferences: self.held(&mut asking)?,
            learning: self.held(&mut asking)?,
            sessions: self.held(&mut asking)?,
            orders: self.held(&mut asking)?,
            evidence: self.held(&mut asking)?,
            receipts: self.held(&mut asking)?,
            staff: self.held(&mut asking)?,
            own: self.held(&mut asking)?,
            corrected: self.held(&mut asking)?,
            notices: self.held(&mut asking)?,
            addresses: self.held(&mut asking)?,
            waiting: self.held(&mut asking)?,
            machine: self.held(&mut asking)?,
            requests: self.held(&mut asking)?,
            written: self.held(&mut asking)?,
            choices: self.choices_of(name),
            visits_learned: 0,
            orders_learned: 0,
        };
        let subject = self.shared.ring.subject_ref(name);
        data.machine.extend(self.open_reads(subject, now));
        data.sort();
        if let Some(learner) = asking.pseudonym(PurposeName::SharedLearning) {
            let taught = self.shared.taught();
            data.visits_learned = taught.model.index().sessions_of(learner).len();
            data.orders_learned = taught.model.baskets().baskets_of(learner).count();
        }
        let entry = asking.entry(why, how, now);
        self.stage_entry(name, entry, now)?;
        self.commit_staged(now)?;
        Ok(data)
    }

    /// How many rows of each table are held about a person; nothing is opened for it.
    ///
    /// # Errors
    /// What the store says.
    pub fn held_rows(
        &self,
        name: &Subject,
    ) -> Result<Vec<(&'static Declaration, usize)>, EngineError> {
        let Some(asking) = self.asking(name) else { return Ok(Vec::new()) };
        let mut held = Vec::new();
        for declaration in &DECLARATIONS {
            let Some(pseudonym) = asking.pseudonym(declaration.purpose) else { continue };
            let rows = self.tables.rows_of(declaration.table, pseudonym)?.len();
            if rows > 0 {
                held.push((declaration, rows));
            }
        }
        Ok(held)
    }

    /// Stages the entry about one look or correction.
    pub(super) fn stage_entry(
        &mut self,
        name: &Subject,
        entry: OwnRead,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let proof = self.pseudonym(name, PurposeName::LegalProof)?;
        let id = RowId::from_bytes(chance::bytes()?);
        // Looks of the person stay between the person and the shop; what was changed is proven.
        if entry.why == CORRECTION {
            let logged = self.logged_answer((proof, id), &entry, now)?;
            self.stage_write(logged);
        }
        let row = self.seal(&Personal::new(proof, entry), id, now.day())?;
        self.stage_write(Write::Insert(row));
        Ok(())
    }

    /// Lets a person in; `None` for whom nothing is held about.
    pub(super) fn asking(&self, name: &Subject) -> Option<Asking> {
        let subject = self.shared.ring.subject_ref(name);
        let people = self.shared.people.read();
        let (names, choices) =
            people.get(&subject).map(|one| (one.pseudonyms.clone(), one.choices.clone()))?;
        if names.is_empty() {
            return None;
        }
        let copy = OwnCopy::of(&names);
        Some(Asking { names, choices, copy })
    }

    /// The rows of one kind, opened for the person.
    pub(super) fn held<T: Stored>(
        &mut self,
        asking: &mut Asking,
    ) -> Result<Vec<Held<T>>, EngineError> {
        let Some(pseudonym) = asking.pseudonym(T::DECLARATION.purpose) else {
            return Ok(Vec::new());
        };
        let rows = self.tables.rows_of(T::DECLARATION.table, pseudonym)?;
        let mut held = Vec::with_capacity(rows.len());
        for row in rows {
            let value = asking.copy.open(self.unseal::<T>(&row)?)?;
            let until =
                asking.choices.keep(T::DECLARATION.purpose).ends(&T::DECLARATION, row.expires);
            held.push(Held { id: row.id, until, expires: row.expires, value });
        }
        Ok(held)
    }
}

impl Asking {
    /// Closes the door.
    pub(super) fn entry(self, why: &str, how: Verification, now: Timestamp) -> OwnRead {
        self.copy.entry(why, how.as_str(), now)
    }

    pub(super) fn pseudonym(&self, purpose: PurposeName) -> Option<Pseudonym> {
        self.names.iter().find(|(name, _)| *name == purpose).map(|(_, pseudonym)| *pseudonym)
    }
}

impl OwnData {
    /// Rows come out in the order of their random names; people read in the order of time.
    fn sort(&mut self) {
        self.history.sort_by(|a, b| {
            (a.value.at, a.value.message, &a.value.item).cmp(&(
                b.value.at,
                b.value.message,
                &b.value.item,
            ))
        });
        self.learning.sort_by_key(|held| (held.value.at, held.value.message));
        self.sessions.sort_by_key(|held| held.value.steps.first().map(|step| step.at));
        self.orders.sort_by_key(|held| held.value.at);
        self.evidence.sort_by_key(|held| (held.value.version, held.value.at, held.value.purpose));
        self.receipts.sort_by_key(|held| held.value.at);
        self.staff.sort_by_key(|held| held.value.at);
        self.own.sort_by_key(|held| held.value.at);
        self.corrected.sort_by_key(|held| held.value.at);
        self.notices.sort_by(|a, b| {
            (a.value.at, &a.value.recipient).cmp(&(b.value.at, &b.value.recipient))
        });
        self.waiting.sort_by_key(|held| held.value.at);
        self.machine.sort_by_key(|held| (held.value.day, held.value.purpose));
        self.requests.sort_by_key(|held| step_number(&held.value));
        self.written.sort_by_key(|held| held.value.at);
    }
}

/// When a step of a request was, and which one it is.
fn step_number(step: &RequestStep) -> Option<(Timestamp, u32)> {
    let event = Event::from_body(step.event.as_bytes()).ok()?;
    Some((event.at, event.number))
}
