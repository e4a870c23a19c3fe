//! What the server does for a request by itself, safe to do twice: a crash is followed by a redo.

use std::collections::BTreeSet;

use domain::id::{Pseudonym, RequestId};
use domain::time::{DAY_MS, Timestamp};
use personal::kinds::{DECLARATIONS, ErasureRecord};
use personal::purpose::{LawfulBasis, LegalProof, PurposeName};
use personal::record::Stored as _;
use personal::subject::SubjectRef;
use rights::machine::Verification;
use rights::plan::{Scope, plan_erasure};
use rights::receipt;
use rights::request::act::{Act, Rest};
use rights::request::denial::Denial;
use rights::request::error::ActError;
use rights::request::kind::{About, Kind};
use rights::request::names::Asker;
use rights::request::rests;
use rights::request::work::{Desk, Work, next};

use crate::engine::forgetting::ErasureRequest;
use crate::engine::requests::Filed;
use crate::engine::{Engine, EngineError};
use crate::path;

/// How long a person has to prove who they are, in days.
pub const ASK_DAYS: u32 = 30;
/// How long what was asked to see can be fetched, in days.
pub const RESULTS_DAYS: i64 = 30;

impl Engine {
    /// Does what comes next until it is somebody else's turn.
    ///
    /// # Errors
    /// What the store says.
    pub(in crate::engine) fn advance(
        &mut self,
        id: RequestId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        // Every round adds a step, and a case takes so many at most.
        for _ in 0..rights::request::EVENTS_MAX {
            let filed = self.requests.get(id).ok_or(EngineError::Unknown)?;
            match next(&filed.case, now, ASK_DAYS) {
                Work::Staff(Desk::HandOver) if self.is_nothing_left(id, now)? => {
                    let denial = Denial::NoMatch;
                    self.append(id, Act::Denied { denial }, &[], now)?;
                }
                Work::Nothing | Work::Person { .. } | Work::Staff(_) => break,
                Work::Record(act) => self.append(id, act, &[], now)?,
                Work::CarryOut => self.start_request(id, now)?,
                Work::Finish => self.finish_request(id, now)?,
            }
        }
        self.settle(id, now)
    }

    /// Goes on with a request that was begun.
    ///
    /// # Errors
    /// What the store says.
    pub fn go_on(&mut self, id: RequestId, now: Timestamp) -> Result<(), EngineError> {
        self.advance(id, now)
    }

    /// Begins to carry a request out, also one that a member of staff gives in to.
    ///
    /// # Errors
    /// [`EngineError::Request`] when it is not the time, or what the store says.
    pub fn start_request(&mut self, id: RequestId, now: Timestamp) -> Result<(), EngineError> {
        let filed = self.requests.get(id).ok_or(EngineError::Unknown)?;
        let rests = stays(filed, now);
        self.append(id, Act::Started { rests }, &[], now)
    }

    fn finish_request(&mut self, id: RequestId, now: Timestamp) -> Result<(), EngineError> {
        let filed = self.requests.get(id).ok_or(EngineError::Unknown)?.clone();
        let started = filed.case.started.ok_or(ActError::NotStarted)?;
        let who = (filed.subject, filed.pseudonym);
        let purposes = reached(filed.case.asked.about);
        let mut results_until = None;
        match filed.case.asked.kind {
            // What a platform asked for was handed over by the shop.
            Kind::Access | Kind::Portability
                if matches!(filed.case.asked.asker, Asker::Platform(_)) => {}
            Kind::Access | Kind::Portability => {
                results_until = Some(now.plus_ms(RESULTS_DAYS * DAY_MS));
            }
            Kind::Erasure => {
                let About::Scope(scope) = filed.case.asked.about else {
                    return Err(ActError::About.into());
                };
                let done = self.receipts_since(filed.pseudonym, started, now)?;
                if !done.iter().any(|(_, of)| *of == scope) {
                    let how = match filed.case.asked.asker {
                        Asker::Platform(_) => Verification::Platform,
                        Asker::Person | Asker::Parent | Asker::Agent(_) | Asker::Shop => {
                            Verification::Operator
                        }
                    };
                    if how != Verification::Platform && scope == Scope::Everything {
                        self.remember_address((id, who.0), now)?;
                    }
                    self.erase_for(who, (scope, &purposes, how), now)?;
                }
            }
            Kind::Withdrawal | Kind::OptOut => self.refuse_and_erase(who, &purposes, now)?,
            Kind::Objection => self.object(who, &purposes, now)?,
            Kind::Restriction => self.rest(who, (&purposes, true), now)?,
            // What is sensitive is used for nothing here without a yes of its own.
            Kind::LimitUse => {}
            Kind::Rectification | Kind::HumanReview => return Err(ActError::NotStarted.into()),
        }
        let receipts = self.receipts_since(filed.pseudonym, started, now)?;
        let receipts: Vec<RequestId> = receipts.into_iter().map(|(id, _)| id).collect();
        self.append(id, Act::Fulfilled { results_until }, &receipts, now)
    }

    fn erase_for(
        &mut self,
        who: (SubjectRef, Pseudonym),
        (scope, purposes, how): (Scope, &BTreeSet<PurposeName>, Verification),
        now: Timestamp,
    ) -> Result<(), EngineError> {
        if let Some(name) = self.requests.named(who.0) {
            let request = ErasureRequest { name, scope, how };
            return path::forget(self, &request, now).map(|_| ());
        }
        self.refuse(who, purposes, now)?;
        self.erase_known((who.0, scope), how, now)
    }

    /// An objection ends what rests on the shop's interests; what rests on consent ends as after a
    /// withdrawal (GDPR Art. 21(1) and (3)).
    fn object(
        &mut self,
        who: (SubjectRef, Pseudonym),
        purposes: &BTreeSet<PurposeName>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let weighed = |one: &&PurposeName| one.basis() == LawfulBasis::LegitimateInterests;
        let weighed: BTreeSet<PurposeName> = purposes.iter().filter(weighed).copied().collect();
        self.say_no(who, weighed, now)?;
        self.refuse_and_erase(who, purposes, now)
    }

    fn refuse_and_erase(
        &mut self,
        who: (SubjectRef, Pseudonym),
        purposes: &BTreeSet<PurposeName>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        self.refuse(who, purposes, now)?;
        for &purpose in purposes {
            let consent = purpose.basis() == LawfulBasis::Consent;
            let known = |person: &crate::people::Person| person.pseudonym(purpose).is_some();
            let has_key = self.shared.people.read().get(&who.0).is_some_and(known);
            if consent && has_key {
                let scope = Scope::Purpose(purpose);
                self.erase_known((who.0, scope), Verification::Operator, now)?;
            }
        }
        Ok(())
    }

    /// The receipts that a person got since an instant, with what they are about.
    fn receipts_since(
        &mut self,
        pseudonym: Pseudonym,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(RequestId, Scope)>, EngineError> {
        let mut found = Vec::new();
        for row in self.tables.rows_of(ErasureRecord::DECLARATION.table, pseudonym)? {
            let value = self.unseal::<ErasureRecord>(&row)?;
            let permit = self.own_permit::<LegalProof>(pseudonym, now)?;
            let version = permit.version();
            let record = value.open(&permit, now, version)?;
            if record.at < since {
                continue;
            }
            if let Ok(payload) = receipt::verify(&record.receipt, None) {
                found.push((payload.request, payload.scope));
            }
        }
        found.sort_by_key(|(id, _)| *id);
        Ok(found)
    }
}

/// What stays although the request is carried out.
pub fn stays(filed: &Filed, now: Timestamp) -> Vec<Rest> {
    match (filed.case.asked.kind, filed.case.asked.about) {
        (Kind::Erasure, About::Scope(scope)) => {
            rests(&plan_erasure(scope, &DECLARATIONS, now.day()))
        }
        _ => Vec::new(),
    }
}

/// The purposes that a request is about.
pub fn reached(about: About) -> BTreeSet<PurposeName> {
    PurposeName::ALL.into_iter().filter(|purpose| about.reaches(*purpose)).collect()
}
