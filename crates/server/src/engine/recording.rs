//! What `record` asks of the writer: is it a repeat, whose is it, what may be kept of it.

use std::sync::Arc;

use domain::time::Timestamp;
use ingest::admit::{Admitted, Door, Laws, Pseudonyms};
use ingest::error::IngestError;
use ingest::event::Event;
use personal::gate::{Age, Choices, Refusal, judge};
use personal::permit::{ConsentVersion, PermitError};
use personal::purpose::PurposeName;
use personal::subject::{Subject, SubjectRef};

use crate::circumstances::OwnLaw;
use crate::engine::staging::Arrival;
use crate::engine::visits::Sender;
use crate::engine::{Engine, EngineError};
use crate::people::NOBODY;
use crate::shared::Shared;
use crate::texts;

/// Who says what about whom.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The person, as established by who may say it.
    pub name: Subject,
    /// Where the event comes from; part of its identity.
    pub source: &'static str,
    /// When and how it came in.
    pub arrival: Arrival,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Rows for the person's own answers.
    pub serving: usize,
    /// Rows for the shared model.
    pub teaching: usize,
}

/// Why nothing of an event was kept.
#[derive(Debug, thiserror::Error)]
pub enum NotRecorded {
    /// The message was taken before.
    #[error("message was taken before")]
    Duplicate,
    /// The person was erased after the event happened.
    #[error("the person was erased after the event happened")]
    Erased,
    /// Consent, signals, law or the event itself say no.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The store says no.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl NotRecorded {
    /// The reason as answers and metrics write it: a closed list of words.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Erased => "erased",
            Self::Engine(_) => "unavailable",
            Self::Ingest(IngestError::Ignored(reason)) => reason.code(),
            Self::Ingest(IngestError::Sensitive) => "sensitive",
            Self::Ingest(IngestError::Refused(refusal)) => refusal.code(),
            Self::Ingest(IngestError::Permit(PermitError::Expired)) => "permit_expired",
            Self::Ingest(IngestError::Permit(_)) => "permit_stale",
            Self::Ingest(_) => "malformed",
        }
    }
}

/// What the gate needs of a person for one event.
#[derive(Debug)]
pub struct PersonNow {
    subject: SubjectRef,
    pseudonyms: Pseudonyms,
    choices: Choices,
    /// The law of the last choice.
    law: Option<OwnLaw>,
    arrival: Arrival,
}

impl Engine {
    /// The keyed number of a message that was not taken before.
    ///
    /// # Errors
    /// [`NotRecorded::Duplicate`].
    pub(crate) fn first_time(&self, event: &Event, claim: &Claim) -> Result<u64, NotRecorded> {
        let message = self.shared.ring.message(claim.source, event.message_id());
        if self.seen.holds(message) || self.staged.holds(message) || self.is_corrected(message) {
            return Err(NotRecorded::Duplicate);
        }
        Ok(message)
    }

    /// The event without texts that are themselves personal data; each is counted.
    pub(crate) fn without_personal_texts(&self, event: Event) -> Event {
        event.withhold(|text| texts::is_personal_in_event(&self.shared, text))
    }

    /// The person of an event, with the choices that stood when it happened: consent is not
    /// retroactive unless the shop itself says so.
    ///
    /// # Errors
    /// [`NotRecorded::Erased`] for what happened before an erasure.
    pub(crate) fn person(
        &mut self,
        event: &Event,
        claim: &Claim,
    ) -> Result<PersonNow, NotRecorded> {
        let arrival = claim.arrival;
        let trusted = arrival.sender == Sender::Shop;
        let at = event.times().settle(arrival.received, trusted);
        // Bytes that are kept and sent again later are as old as they say, although the skew of
        // the sender's clock then makes them look new.
        let claimed = event.times().happened.map_or(at, |happened| happened.min(at));
        if self.was_erased(&claim.name, claimed) {
            return Err(NotRecorded::Erased);
        }
        self.carry_gpc(
            &claim.name,
            (&arrival.circumstances, arrival.how()),
            (at, arrival.received),
        )?;
        let subject = self.shared.ring.subject_ref(&claim.name);
        if self.shared.strangers.holds(subject, true, arrival.received) {
            return Err(IngestError::Refused(Refusal::Stranger).into());
        }
        let (mut choices, law) = {
            let people = self.shared.people.read();
            let person = people.get(&subject);
            (
                person.map(|person| person.choices.clone()).unwrap_or_default(),
                person.and_then(|person| person.law.clone()),
            )
        };
        if !trusted {
            // Who chose once only has nothing from an earlier yes that could come back, so a slow
            // clock costs nothing there. A no always counts, whenever it was said.
            let since = if choices.version.number() > 1 { claimed } else { at };
            choices = choices.until(since);
        }
        let pseudonyms = Pseudonyms { personalization: NOBODY, learning: NOBODY };
        let mut now = PersonNow { subject, pseudonyms, choices, law, arrival };
        let (serves, teaches) = (now.may_serve(), now.may_teach());
        if serves || teaches {
            // Whose silence is a yes has no evidence; the counts of reads need the key of proofs.
            self.pseudonym(&claim.name, PurposeName::LegalProof)?;
        }
        if serves {
            now.pseudonyms.personalization =
                self.pseudonym(&claim.name, PurposeName::Personalization)?;
        }
        if teaches {
            now.pseudonyms.learning = self.pseudonym(&claim.name, PurposeName::SharedLearning)?;
        }
        Ok(now)
    }
}

impl Engine {
    /// Whether the person was erased after `at`.
    fn was_erased(&self, name: &Subject, at: Timestamp) -> bool {
        if self.tombstones.is_empty() {
            return false;
        }
        let mac = *self.shared.ring.tombstone(name).as_bytes();
        self.tombstones.get(&mac).is_some_and(|cutoff| at <= *cutoff)
    }
}

impl PersonNow {
    /// The consent version that the event is judged under.
    pub const fn version(&self) -> ConsentVersion {
        self.choices.version
    }

    /// Lets the gate decide.
    ///
    /// # Errors
    /// See [`Event::admit`].
    pub fn admit(&self, event: Event, shared: &Arc<Shared>) -> Result<Admitted, IngestError> {
        let taught = shared.taught();
        let is_sensitive = |item: &_| taught.catalog.get(item).is_some_and(|item| item.sensitive);
        event.admit(&self.door(), is_sensitive, self.arrival.received)
    }

    /// Keys are made only for a purpose that the gate allows.
    fn may_serve(&self) -> bool {
        judge(PurposeName::Personalization, &self.door().serving(), self.arrival.received).is_ok()
    }

    fn may_teach(&self) -> bool {
        judge(PurposeName::SharedLearning, &self.door().teaching(), self.arrival.received).is_ok()
    }

    fn door(&self) -> Door<'_> {
        let circumstances = &self.arrival.circumstances;
        let law = |purpose| circumstances.law(self.law.as_ref(), purpose);
        Door {
            subject: self.subject,
            pseudonyms: self.pseudonyms,
            choices: self.on_record(),
            signals: circumstances.signals,
            laws: Laws {
                personalization: law(PurposeName::Personalization),
                learning: law(PurposeName::SharedLearning),
            },
            age: Age::Unknown,
            trusted: self.arrival.sender == Sender::Shop,
        }
    }

    fn on_record(&self) -> Option<&Choices> {
        (self.choices != Choices::default()).then_some(&self.choices)
    }
}
