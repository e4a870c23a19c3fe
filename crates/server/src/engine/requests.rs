//! Requests of people about their data, as the store keeps them: steps appended under the person's
//! pseudonym of `LegalProof`, folded into cases that live in memory.
//!
//! One path: [`Engine::file_request`] takes a request in, [`Engine::act`] adds a step, and after
//! each of them the server does what is its own to do ([`doing`]). What only a person can decide
//! waits on a desk ([`rights::request::work::Desk`]).
//!
//! # Privacy
//! A step holds no name and no word of the person. What the person wrote is a row of its own, that
//! an erasure deletes.

use std::collections::{BTreeMap, BTreeSet};

use consent::law::LawPack;
use domain::id::{Pseudonym, RequestId, RowId};
use domain::time::Timestamp;
use personal::desk::Desk;
use personal::kinds::{MailAddress, RequestStep, RequestWords, StaffRead};
use personal::purpose::{LegalProof, PurposeName, Support};
use personal::record::Stored as _;
use personal::subject::{Subject, SubjectRef};
use personal::value::Personal;
use rights::proof::Strength;
use rights::request::act::{Act, Asked, Event};
use rights::request::error::ActError;
use rights::request::kind::{About, Kind};
use rights::request::names::Asker;
use rights::request::{Case, fold, open, same};
use store::port::Write;

use crate::chance;
use crate::engine::requests::writing::News;
use crate::engine::{Engine, EngineError};
use crate::requests::outlives_holidays;

pub mod doing;
pub mod handing;
pub mod lifting;
pub mod resting;
pub mod writing;

/// Most requests of one person in a year; who needs more talks to somebody.
pub const REQUESTS_PER_YEAR_MAX: usize = 100;
/// How often asking the same again is written down.
const ASKED_AGAIN_MAX: u32 = 20;
/// Days of the year that [`REQUESTS_PER_YEAR_MAX`] counts.
const YEAR_DAYS: u32 = 365;

/// A request on its way in.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// What is asked for.
    pub kind: Kind,
    /// What it is about.
    pub about: About,
    /// Who asks.
    pub asker: Asker,
    /// The law of the place that was said.
    pub law: &'static LawPack,
    /// What was proven with it.
    pub proven: Strength,
    /// What the person wrote.
    pub words: Option<String>,
    /// How an agent or a platform calls it.
    pub agent_request: Option<String>,
}

/// A request as memory knows it.
#[derive(Clone, Debug)]
pub struct Filed {
    /// Whose it is.
    pub subject: SubjectRef,
    /// Under which name its rows are kept.
    pub pseudonym: Pseudonym,
    /// What its steps say.
    pub case: Case,
    /// The receipts of what was erased for it.
    pub receipts: Vec<RequestId>,
    /// How an agent or a platform calls it.
    pub agent_request: Option<String>,
}

/// Every request of the shop that is not swept yet.
#[derive(Debug, Default)]
pub struct Requests {
    by_id: BTreeMap<RequestId, Filed>,
    /// Those that have not ended.
    open: BTreeSet<RequestId>,
    /// Restrictions that the shop is about to end.
    lifting: BTreeSet<RequestId>,
    /// Those of which the person may have to be told something.
    untold: BTreeSet<RequestId>,
    /// Letters that are on their way.
    under_way: BTreeSet<(RequestId, News)>,
    /// Where the answer goes of an erasure that took the address along.
    farewells: BTreeMap<RequestId, MailAddress>,
    /// Whose request is being worked on, while somebody has just named them: an erasure then goes
    /// the way of every erasure, and recipients that know the person by this name can be told.
    named: Option<(SubjectRef, Subject)>,
    /// When deadlines are looked at next.
    pub(super) look: Option<Timestamp>,
}

impl Requests {
    /// One request.
    pub fn get(&self, id: RequestId) -> Option<&Filed> {
        self.by_id.get(&id)
    }

    /// All of them, in no order that means anything.
    pub fn all(&self) -> impl Iterator<Item = &Filed> {
        self.by_id.values()
    }

    /// Those that have not ended.
    pub fn open(&self) -> impl Iterator<Item = &Filed> {
        self.open.iter().filter_map(|id| self.by_id.get(id))
    }

    /// Restrictions that the shop is about to end.
    pub fn lifting(&self) -> impl Iterator<Item = &Filed> {
        self.lifting.iter().filter_map(|id| self.by_id.get(id))
    }

    /// Those of one person, newest first.
    pub fn of(&self, subject: SubjectRef) -> Vec<&Filed> {
        let mut own: Vec<&Filed> =
            self.by_id.values().filter(|filed| filed.subject == subject).collect();
        own.sort_by_key(|filed| std::cmp::Reverse((filed.case.received, filed.case.asked.id)));
        own
    }

    /// The name of a person, where somebody has just said it.
    fn named(&self, subject: SubjectRef) -> Option<Subject> {
        let named = self.named.as_ref().filter(|(known, _)| *known == subject);
        named.map(|(_, name)| name.clone())
    }

    fn put(&mut self, filed: Filed) {
        let id = filed.case.asked.id;
        match filed.case.end {
            None => self.open.insert(id),
            Some(_) => self.open.remove(&id),
        };
        match filed.case.lifting() {
            Some(_) => self.lifting.insert(id),
            None => self.lifting.remove(&id),
        };
        self.untold.insert(id);
        self.by_id.insert(id, filed);
    }

    /// Forgets everything, before memory is read from the store again.
    pub(super) fn clear(&mut self) {
        let (under_way, farewells) =
            (std::mem::take(&mut self.under_way), std::mem::take(&mut self.farewells));
        *self = Self { under_way, farewells, ..Self::default() };
    }
}

impl Engine {
    /// Every request.
    pub const fn requests(&self) -> &Requests {
        &self.requests
    }

    /// Takes a request in and does at once what needs nobody else. Who asks for the same again is
    /// told of the request that goes on.
    ///
    /// # Errors
    /// [`EngineError::Request`] when kind and subject do not go together,
    /// [`EngineError::TooMany`], or what the store says.
    pub fn file_request(
        &mut self,
        name: &Subject,
        new: NewRequest,
        now: Timestamp,
    ) -> Result<RequestId, EngineError> {
        let subject = self.name(name);
        let filed = self.take_in((name, subject), new, now);
        self.requests.named = None;
        filed
    }

    fn take_in(
        &mut self,
        (name, subject): (&Subject, SubjectRef),
        new: NewRequest,
        now: Timestamp,
    ) -> Result<RequestId, EngineError> {
        let asked = Asked {
            id: RequestId::from_bytes(chance::bytes()?),
            kind: new.kind,
            about: new.about,
            asker: new.asker,
            law: new.law.id.to_owned(),
        };
        let own = self.requests.of(subject);
        if let Some(before) = same(&asked, own.iter().map(|filed| &filed.case)) {
            return self.asked_again(before, new.proven, now);
        }
        let year = now.day().number().saturating_sub(YEAR_DAYS);
        let recent = own.iter().filter(|one| one.case.received.day().number() > year);
        // A platform repeats what was not answered, so it is never told to come back next year.
        let counts = !matches!(asked.asker, Asker::Platform(_));
        if counts && recent.count() >= REQUESTS_PER_YEAR_MAX {
            return Err(EngineError::TooMany);
        }
        let id = asked.id;
        let (event, case) = open(asked, now)?;
        let pseudonym = self.pseudonym(name, PurposeName::LegalProof)?;
        let agent_request = new.agent_request;
        let filed = Filed { subject, pseudonym, case, receipts: Vec::new(), agent_request };
        self.stage_step(&filed, &event, &[], now)?;
        if let Some(text) = new.words {
            let row = RowId::from_bytes(*id.as_bytes());
            let words = Personal::new(pseudonym, RequestWords { at: now, text });
            let row = self.seal(&words, row, now.day())?;
            self.stage_write(Write::Insert(row));
        }
        self.commit_staged(now)?;
        self.requests.put(filed);
        if new.proven > Strength::Nothing {
            self.append(id, Act::Verified { strength: new.proven }, &[], now)?;
        }
        self.advance(id, now)?;
        self.note_holidays(id, now);
        Ok(id)
    }

    /// Says in the log when a deadline lies behind the end of the shop's list of holidays.
    fn note_holidays(&self, id: RequestId, now: Timestamp) {
        let Some(filed) = self.requests.get(id) else { return };
        let known = !self.shared.settings.requests.holidays.is_empty();
        if known && outlives_holidays(&self.shared, &filed.case, now) {
            tracing::warn!("the holidays of the settings end before the deadline of a request");
        }
    }

    /// Says whose request is worked on next; gives the reference.
    fn name(&mut self, name: &Subject) -> SubjectRef {
        let subject = self.shared.ring.subject_ref(name);
        self.requests.named = Some((subject, name.clone()));
        subject
    }

    /// Adds to a request that the person proved who they are.
    ///
    /// # Errors
    /// [`EngineError::Unknown`] for a request of somebody else, or what [`Engine::act`] says.
    pub fn prove(
        &mut self,
        id: RequestId,
        (name, strength): (&Subject, Strength),
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let subject = self.name(name);
        let proven = match self.requests.get(id) {
            Some(filed) if filed.subject == subject => {
                self.act(id, Act::Verified { strength }, now)
            }
            Some(_) | None => Err(EngineError::Unknown),
        };
        self.requests.named = None;
        proven
    }

    fn asked_again(
        &mut self,
        id: RequestId,
        proven: Strength,
        now: Timestamp,
    ) -> Result<RequestId, EngineError> {
        let case = &self.requests.get(id).ok_or(EngineError::Unknown)?.case;
        let (again, stronger) = (case.asked_again < ASKED_AGAIN_MAX, proven > case.proven);
        let waits = case.started.is_none();
        if again {
            self.append(id, Act::AskedAgain {}, &[], now)?;
        }
        if stronger && waits {
            self.append(id, Act::Verified { strength: proven }, &[], now)?;
        }
        self.advance(id, now)?;
        Ok(id)
    }

    /// Adds a step to a request, makes it durable, and does what follows from it.
    ///
    /// # Errors
    /// [`EngineError::Request`] when the step is not allowed, or what the store says.
    pub fn act(&mut self, id: RequestId, act: Act, now: Timestamp) -> Result<(), EngineError> {
        self.append(id, act, &[], now)?;
        self.advance(id, now)
    }

    pub(super) fn append(
        &mut self,
        id: RequestId,
        act: Act,
        receipts: &[RequestId],
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let mut filed = self.requests.get(id).ok_or(EngineError::Unknown)?.clone();
        let (event, case) = filed.case.next(act, now)?;
        self.stage_step(&filed, &event, receipts, now)?;
        self.commit_staged(now)?;
        filed.case = case;
        filed.receipts.extend_from_slice(receipts);
        self.requests.put(filed);
        self.requests.look = None;
        Ok(())
    }

    fn stage_step(
        &mut self,
        filed: &Filed,
        event: &Event,
        receipts: &[RequestId],
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let body = event.to_body().map_err(|_| ActError::TooMuch)?;
        let names: Vec<String> = receipts.iter().map(|id| id.to_hex()).collect();
        let step = RequestStep {
            request: filed.case.asked.id.to_hex(),
            event: String::from_utf8(body).map_err(|_| ActError::TooMuch)?,
            receipt: names.join(" "),
            agent_request: filed.agent_request.clone().unwrap_or_default(),
        };
        let id = RowId::from_bytes(chance::bytes()?);
        let logged = self.logged_request((filed.pseudonym, id), &step, now)?;
        let row = self.seal(&Personal::new(filed.pseudonym, step), id, now.day())?;
        self.stage_write(Write::Insert(row));
        self.stage_write(logged);
        Ok(())
    }

    /// Reads every request, and goes on where a crash came between two steps.
    pub(super) fn load_requests(&mut self, now: Timestamp) -> Result<(), EngineError> {
        self.requests.clear();
        let mut found: BTreeMap<(RequestId, Pseudonym), Vec<(Event, RequestStep)>> =
            BTreeMap::new();
        self.sweep::<LegalProof, RequestStep>("load requests", now, |row, step| {
            let id = RequestId::parse(&step.request);
            let event = Event::from_body(step.event.as_bytes());
            if let (Ok(id), Ok(event)) = (id, event) {
                found.entry((id, row.pseudonym)).or_default().push((event, step));
            }
        })?;
        for ((id, pseudonym), steps) in found {
            let Some(subject) = self.subject_of(pseudonym) else { continue };
            let Ok(case) = fold(steps.iter().map(|(event, _)| event)) else {
                // The retention sweep took the first steps of it.
                tracing::info!(steps = steps.len(), "a request is past its retention");
                continue;
            };
            if case.asked.id != id {
                continue;
            }
            let names = steps.iter().flat_map(|(_, step)| step.receipt.split(' '));
            let receipts = names.filter_map(|name| RequestId::parse(name).ok()).collect();
            let agent = steps.iter().map(|(_, step)| step.agent_request.as_str());
            let agent_request = agent.filter(|name| !name.is_empty()).map(str::to_owned).next();
            self.requests.put(Filed { subject, pseudonym, case, receipts, agent_request });
        }
        self.tend_requests(now)
    }

    /// Does what became due: asks who did not answer no longer, finishes what was interrupted, and
    /// counts.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn tend_requests(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let open: Vec<RequestId> = self.requests.open.iter().copied().collect();
        for id in open {
            self.advance(id, now)?;
        }
        self.lift_due(now)?;
        self.count_requests(now);
        self.write_to_people(now)
    }

    /// What the person wrote, for a member of staff with a reason. The entry about the look is
    /// durable before anything comes out, also where nothing was written.
    ///
    /// # Errors
    /// [`EngineError::Unknown`] for a request of nobody, or what the store says.
    pub fn look_at_request(
        &mut self,
        id: RequestId,
        (desk, role, reason): (&Desk, &str, &str),
        now: Timestamp,
    ) -> Result<(Filed, Option<String>), EngineError> {
        let filed = self.requests.get(id).ok_or(EngineError::Unknown)?.clone();
        let row = RowId::from_bytes(*id.as_bytes());
        let table = RequestWords::DECLARATION.table;
        if self.tables.row(table, filed.pseudonym, row)?.is_some() {
            let words: RequestWords =
                self.open_at_desk::<Support, _>((filed.pseudonym, row), desk, now)?;
            return Ok((filed, Some(words.text)));
        }
        let entry = StaffRead {
            at: now,
            role: role.to_owned(),
            table: RequestStep::DECLARATION.table.to_owned(),
            reason: reason.to_owned(),
        };
        self.write_look(filed.pseudonym, entry, now)?;
        Ok((filed, None))
    }
}
