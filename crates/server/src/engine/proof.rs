//! The record of choices as it is kept: read, added to, and ended by time or by the shop.
//!
//! Evidence is never changed: every step appends a row under the person's pseudonym of
//! `LegalProof`, whose key outlives an erasure (GDPR Art. 7(1) and 17(3)(e)).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use consent::record;
use consent::request::ChoiceRequest;
use domain::id::{Pseudonym, RowId};
use domain::time::Timestamp;
use ingest::sessions::IDLE_MS;
use personal::evidence::{Lasting, RecordState};
use personal::gate::ChoiceState;
use personal::kinds::ConsentEvidence;
use personal::purpose::{LawfulBasis, LegalProof, PurposeName};
use personal::record::Stored as _;
use personal::signal::SignalsByPurpose;
use personal::subject::{Subject, SubjectRef};
use personal::value::Personal;
use store::port::Write;

use crate::chance;
use crate::engine::choosing::{Decided, Setting};
use crate::engine::laws::{name_the_law, pack_of};
use crate::engine::{Engine, EngineError};

/// People who said yes for their visit, with the time of their last sign of life.
#[derive(Debug, Default)]
pub struct VisitYeses(BTreeMap<SubjectRef, (Timestamp, BTreeSet<PurposeName>)>);

impl VisitYeses {
    /// Takes a row of evidence.
    pub fn take(&mut self, subject: SubjectRef, row: &ConsentEvidence) {
        let yes = matches!(row.state, RecordState::Given | RecordState::Renewed);
        if row.state.choice().is_none() {
            return;
        }
        if yes && row.lasting == Lasting::Visit {
            let (last, purposes) = self.0.entry(subject).or_insert((row.at, BTreeSet::new()));
            *last = row.at.max(*last);
            purposes.insert(row.purpose);
        } else if let Some((_, purposes)) = self.0.get_mut(&subject) {
            purposes.remove(&row.purpose);
            if purposes.is_empty() {
                self.0.remove(&subject);
            }
        }
    }

    /// A sign of life: the visit goes on.
    pub fn seen(&mut self, subject: SubjectRef, at: Timestamp) {
        if let Some((last, _)) = self.0.get_mut(&subject) {
            *last = at.max(*last);
        }
    }

    /// The visits that are over: 30 minutes without a sign of life.
    fn over(&self, now: Timestamp) -> Vec<(SubjectRef, Vec<PurposeName>)> {
        let over = self.0.iter().filter(|(_, (last, _))| now.ms_since(*last) >= IDLE_MS);
        over.map(|(subject, (_, purposes))| (*subject, purposes.iter().copied().collect()))
            .collect()
    }

    /// Forgets everything, before memory is read from the store again.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl Engine {
    /// Stages rows of evidence.
    pub(super) fn stage_proof(
        &mut self,
        (subject, pseudonym): (SubjectRef, Pseudonym),
        evidence: Vec<ConsentEvidence>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        for evidence in evidence {
            self.visit_yeses.take(subject, &evidence);
            let id = RowId::from_bytes(chance::bytes()?);
            let logged = self.logged_consent((pseudonym, id), &evidence, now)?;
            let row = self.seal(&Personal::new(pseudonym, evidence), id, now.day())?;
            self.stage_write(Write::Insert(row));
            self.stage_write(logged);
        }
        Ok(())
    }

    /// All evidence of one person, oldest first.
    ///
    /// # Privacy
    /// Opened under `LegalProof`: to keep the record, and for the person whose record it is.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn evidence_under(
        &mut self,
        pseudonym: Pseudonym,
        now: Timestamp,
    ) -> Result<Vec<ConsentEvidence>, EngineError> {
        let rows = self.tables.rows_of(ConsentEvidence::DECLARATION.table, pseudonym)?;
        let mut evidence = Vec::with_capacity(rows.len());
        for row in rows {
            let value = self.unseal::<ConsentEvidence>(&row)?;
            let permit = self.own_permit::<LegalProof>(pseudonym, now)?;
            let version = permit.version();
            evidence.push(value.open(&permit, now, version)?);
        }
        // Who is asked and answers within one tick of the clock was asked first.
        let answered = |row: &ConsentEvidence| row.state != RecordState::Requested;
        evidence.sort_by_key(|row| (row.version, row.at, answered(row), row.purpose));
        Ok(evidence)
    }

    /// A person's record: the pseudonym that stands for the person in it, and all evidence.
    ///
    /// # Errors
    /// [`EngineError::Unknown`] when nothing is on record.
    pub fn record_of(
        &mut self,
        name: &Subject,
        now: Timestamp,
    ) -> Result<(Pseudonym, Vec<ConsentEvidence>), EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let pseudonym = self.proof_of(subject).ok_or(EngineError::Unknown)?;
        let evidence = self.evidence_under(pseudonym, now)?;
        if evidence.is_empty() { Err(EngineError::Unknown) } else { Ok((pseudonym, evidence)) }
    }

    pub(super) fn proof_of(&self, subject: SubjectRef) -> Option<Pseudonym> {
        let people = self.shared.people.read();
        people.get(&subject).and_then(|person| person.pseudonym(PurposeName::LegalProof))
    }

    /// Writes down that a person was asked.
    ///
    /// # Privacy
    /// Refused while a no rests; changes nothing of what is allowed.
    ///
    /// # Errors
    /// [`EngineError::Choice`], or what the store says.
    pub fn ask(
        &mut self,
        name: &Subject,
        request: &ChoiceRequest,
        setting: &Setting,
    ) -> Result<(), EngineError> {
        let before = match self.record_of(name, setting.now) {
            Ok((_, evidence)) => evidence,
            Err(EngineError::Unknown) => Vec::new(),
            Err(error) => return Err(error),
        };
        let laws = Arc::clone(&self.shared.effect().laws);
        let refused_under = |purpose| {
            let no = |row: &&ConsentEvidence| {
                let state = row.state.choice();
                row.purpose == purpose && state.is_some_and(|one| one != ChoiceState::Given)
            };
            before.iter().rev().find(no).map(|row| pack_of(&laws, row))
        };
        let current = self.choices_of(name);
        let context = setting.context(setting.now);
        let evidence = record::ask(&current, request, &context, refused_under)?;
        let pseudonym = self.pseudonym(name, PurposeName::LegalProof)?;
        let subject = self.shared.ring.subject_ref(name);
        self.stage_proof((subject, pseudonym), evidence, setting.now)?;
        self.commit_staged(setting.now)
    }

    /// Ends yeses that turned out not to count, and erases what they had allowed.
    ///
    /// # Errors
    /// [`EngineError::Choice`] when there is no yes to end, or what the store says.
    pub fn invalidate(
        &mut self,
        name: &Subject,
        request: &ChoiceRequest,
        setting: &Setting,
    ) -> Result<Decided, EngineError> {
        let current = self.choices_of(name);
        // Signals stay as they were: what the shop states is not a choice of the person.
        let signals = SignalsByPurpose::everywhere(current.signals);
        let kept = Setting { signals, ..setting.clone() };
        let chosen = record::invalidate(&current, request, &kept.context(setting.now))?;
        let choices = chosen.choices.clone();
        self.stage_evidence(name, chosen, (setting.law, setting.now))?;
        self.commit_staged(setting.now)?;
        let purposes: Vec<PurposeName> = request.choices.keys().copied().collect();
        let erased = self.take_back(name, &purposes, setting)?;
        Ok(Decided { choices, erased, features: Vec::new(), shortened: BTreeMap::new() })
    }

    /// Writes down which yeses ended by themselves since the last look.
    pub(super) fn write_ends(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let mut ends: BTreeMap<SubjectRef, Vec<PurposeName>> =
            self.visit_yeses.over(now).into_iter().collect();
        for (subject, person) in self.shared.people.read().iter() {
            let ended = record::ended(&person.choices, now);
            let ended = ended.filter(|purpose| purpose.basis() == LawfulBasis::Consent);
            let ended: Vec<PurposeName> = ended.collect();
            if !ended.is_empty() {
                ends.entry(*subject).or_default().extend(ended);
            }
        }
        for (subject, mut purposes) in ends {
            purposes.sort_unstable();
            purposes.dedup();
            self.write_end(subject, &purposes, now)?;
        }
        match self.has_staged() {
            true => self.commit_staged(now),
            false => Ok(()),
        }
    }

    fn write_end(
        &mut self,
        subject: SubjectRef,
        purposes: &[PurposeName],
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let Some(pseudonym) = self.proof_of(subject) else { return Ok(()) };
        let rows = self.evidence_under(pseudonym, now)?;
        let people = self.shared.people.read();
        let current = people.get(&subject).map(|person| person.choices.clone());
        drop(people);
        let current = current.unwrap_or_default();
        let mut chosen = record::expire(&current, &rows, purposes, now);
        let laws = Arc::clone(&self.shared.effect().laws);
        for row in &mut chosen.evidence {
            name_the_law(&laws, &rows, (&current, now), row);
        }
        self.stage_proof((subject, pseudonym), chosen.evidence, now)?;
        if let Some(person) = self.shared.people.write().get_mut(&subject) {
            person.choices = chosen.choices;
        }
        Ok(())
    }

    /// Whether a visit is over that somebody said yes for.
    pub(super) fn has_ended_visits(&self, now: Timestamp) -> bool {
        !self.visit_yeses.over(now).is_empty()
    }

    /// Ends the yeses that a person gave for the visit, such as at logout, and erases what they
    /// had allowed.
    ///
    /// # Errors
    /// What the store says.
    pub fn end_visit(&mut self, name: &Subject, now: Timestamp) -> Result<Decided, EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        self.shared.strangers.end(subject);
        let purposes = self.visit_yeses.0.get(&subject).map(|(_, purposes)| purposes.clone());
        let purposes: Vec<PurposeName> = purposes.unwrap_or_default().into_iter().collect();
        self.write_end(subject, &purposes, now)?;
        self.commit_staged(now)?;
        let erased = self.end_refused(name, now)?;
        Ok(Decided {
            choices: self.choices_of(name),
            erased,
            features: Vec::new(),
            shortened: BTreeMap::new(),
        })
    }
}
