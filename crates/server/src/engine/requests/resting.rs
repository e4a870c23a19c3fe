//! Restriction: data are kept and not used, until that is lifted (GDPR Art. 18).
//!
//! Like a pause without an end, and for what rests on the shop's interests as well. Who objects is
//! believed for the time being (Art. 18(1)(d)), so an objection that has to be weighed restricts
//! its purpose from its arrival to its end.

use std::collections::{BTreeMap, BTreeSet};

use consent::record::{self, Context};
use consent::request::ChoiceRequest;
use domain::id::{Pseudonym, RequestId};
use domain::time::Timestamp;
use personal::evidence::DecidedBy;
use personal::gate::{Choices, Regime};
use personal::purpose::{LawfulBasis, PurposeName};
use personal::signal::SignalsByPurpose;
use personal::subject::SubjectRef;
use rights::clock::{Alarms, Level, read};
use rights::request::error::ActError;
use rights::request::kind::Kind;
use rights::request::state::End;

use crate::engine::requests::doing::reached;
use crate::engine::{Engine, EngineError};
use crate::requests::clock_of;
use crate::telemetry::Word;

/// How words of evidence name a request.
const HOW: &str = "request";
/// How long until deadlines are looked at again, in milliseconds.
const LOOK_MS: i64 = 60_000;
/// What is due within so many days is counted as due soon.
pub const SOON_DAYS: u32 = 3;

impl Engine {
    /// Lets data rest, or ends that.
    ///
    /// # Privacy
    /// Nothing of a purpose that rests is permitted; answers and models are without it at once, and
    /// rows and keys stay sealed until retention ends them.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn rest(
        &mut self,
        (subject, pseudonym): (SubjectRef, Pseudonym),
        (purposes, rests): (&BTreeSet<PurposeName>, bool),
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let current = self.choices_under(subject);
        let law = self.shared.law(now.day()).pack;
        let place = self.shared.settings.jurisdiction.clone();
        let signals = SignalsByPurpose::everywhere(current.signals);
        let context = Context { now, law, place: place.as_deref(), signals };
        let by = (HOW, DecidedBy::Person);
        let chosen = record::resting::restrict(&current, (purposes, rests), by, &context);
        let changed: BTreeSet<PurposeName> =
            chosen.evidence.iter().map(|row| row.purpose).collect();
        if changed.is_empty() {
            return Ok(());
        }
        self.stage_evidence_under((subject, pseudonym), chosen, (law, now))?;
        self.commit_staged(now)?;
        if rests {
            self.pause_known(subject, &changed);
            return Ok(());
        }
        let woken = self.wake(subject, &changed, now);
        self.torn |= woken.is_err();
        woken?;
        // What ended while it rested goes now.
        let request = self.no_circumstances(now);
        let refused = {
            let people = self.shared.people.read();
            let person = people.get(&subject);
            person.map(|person| person.refused(subject, &request, now)).unwrap_or_default()
        };
        let whose = |(purpose, pseudonym)| (subject, purpose, pseudonym);
        self.end(refused.into_iter().map(whose).collect(), now)
    }

    /// Restricts while an objection waits for its decision, and ends that with it.
    pub(super) fn settle(&mut self, id: RequestId, now: Timestamp) -> Result<(), EngineError> {
        let filed = self.requests.get(id).ok_or(EngineError::Unknown)?;
        if filed.case.asked.kind != Kind::Objection || filed.case.is_absolute() {
            return Ok(());
        }
        let who = (filed.subject, filed.pseudonym);
        let purposes = reached(filed.case.asked.about);
        let rests = filed.case.restricts();
        let purposes: BTreeSet<PurposeName> = match rests {
            true => purposes,
            false => purposes.difference(&self.held_back(who.0, id)).copied().collect(),
        };
        self.rest(who, (&purposes, rests), now)
    }

    /// What other requests of the person let rest.
    fn held_back(&self, subject: SubjectRef, but: RequestId) -> BTreeSet<PurposeName> {
        let own = self.requests.of(subject).into_iter().filter(|one| one.case.asked.id != but);
        let rests = own.filter(|one| {
            let ended = one.case.end.map(|(end, _)| end);
            let restricted = one.case.asked.kind == Kind::Restriction;
            (restricted && matches!(ended, Some(End::Fulfilled { .. }))) || one.case.restricts()
        });
        rests.flat_map(|one| reached(one.case.asked.about)).collect()
    }

    /// Ends a restriction that was carried out, for the person who had asked for it.
    ///
    /// # Errors
    /// [`ActError::Step`] for what is no restriction in effect, or what the store says.
    pub fn lift_restriction(&mut self, id: RequestId, now: Timestamp) -> Result<(), EngineError> {
        let filed = self.requests.get(id).ok_or(EngineError::Unknown)?;
        let done = matches!(filed.case.end, Some((End::Fulfilled { .. }, _)));
        if filed.case.asked.kind != Kind::Restriction || !done {
            return Err(ActError::Step.into());
        }
        let who = (filed.subject, filed.pseudonym);
        let mut purposes = reached(filed.case.asked.about);
        let waits = self.requests.of(who.0).into_iter().filter(|one| one.case.restricts());
        let waits: Vec<_> = waits.flat_map(|one| reached(one.case.asked.about)).collect();
        purposes.retain(|purpose| !waits.contains(purpose));
        let choices = self.choices_under(who.0);
        if !purposes.iter().any(|purpose| choices.restricts(*purpose)) {
            return Err(ActError::Again.into());
        }
        self.rest(who, (&purposes, false), now)
    }

    /// Takes back every yes to one of `purposes`, said or silent.
    pub(super) fn refuse(
        &mut self,
        who: (SubjectRef, Pseudonym),
        purposes: &BTreeSet<PurposeName>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let current = self.choices_under(who.0);
        let law = self.shared.law(now.day()).pack;
        let stands = |purpose: &&PurposeName| match current.by_purpose.get(purpose) {
            Some(choice) => choice.state.ends_by_itself(),
            None => law.regime(**purpose).value == Regime::OptOut,
        };
        let consent = |purpose: &&PurposeName| purpose.basis() == LawfulBasis::Consent;
        let no = purposes.iter().filter(consent).filter(stands).copied().collect();
        self.say_no(who, no, now)
    }

    /// Writes a no to each of `purposes` down.
    pub(super) fn say_no(
        &mut self,
        who: (SubjectRef, Pseudonym),
        purposes: BTreeSet<PurposeName>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        if purposes.is_empty() {
            return Ok(());
        }
        let current = self.choices_under(who.0);
        let law = self.shared.law(now.day()).pack;
        let place = self.shared.settings.jurisdiction.clone();
        let signals = SignalsByPurpose::everywhere(current.signals);
        let context = Context { now, law, place: place.as_deref(), signals };
        let no: BTreeMap<PurposeName, bool> =
            purposes.into_iter().map(|purpose| (purpose, false)).collect();
        let chosen = record::choose(&current, &ChoiceRequest::of(no, HOW), &context)?;
        self.stage_evidence_under(who, chosen, (law, now))?;
        self.commit_staged(now)
    }

    pub(in crate::engine) fn choices_under(&self, subject: SubjectRef) -> Choices {
        let people = self.shared.people.read();
        people.get(&subject).map(|person| person.choices.clone()).unwrap_or_default()
    }

    /// Looks at deadlines when it is time to.
    pub(in crate::engine) fn watch_requests(&mut self, now: Timestamp) -> Result<(), EngineError> {
        match self.requests.look.is_some_and(|look| now < look) {
            true => Ok(()),
            false => self.tend_requests(now),
        }
    }

    /// Counts what is open, due soon and late.
    pub(super) fn count_requests(&mut self, now: Timestamp) {
        self.requests.look = Some(now.plus_ms(LOOK_MS));
        let (mut soon, mut late) = (0, 0);
        let mut open: BTreeMap<Kind, i64> = Kind::ALL.map(|kind| (kind, 0)).into();
        for filed in self.requests.open() {
            *open.entry(filed.case.asked.kind).or_default() += 1;
            let (rules, calendar) = clock_of(&self.shared, &filed.case);
            let dial = read(&filed.case, &rules, &calendar, Alarms::DEFAULT, now.day());
            late += i64::from(dial.level == Level::Overdue);
            let until = dial.answer.due.number().saturating_sub(now.day().number());
            soon += i64::from(dial.level < Level::Overdue && !dial.stopped && until <= SOON_DAYS);
        }
        let metrics = &self.shared.metrics;
        for (kind, count) in open {
            metrics.rights_open.get_or_create(&Word { word: kind.as_str() }).set(count);
        }
        metrics.rights_due_soon.set(soon);
        metrics.rights_overdue.set(late);
    }
}
