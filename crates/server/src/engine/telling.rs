//! Recipients that hear of an erasure: what is due, and what became of it.
//!
//! The row that remembers becomes durable with the receipt, so that nobody is told of an erasure
//! that was not carried out, and nobody is forgotten when the process ends. It holds the customer as
//! the recipient knows them until the recipient has answered; then only what proves it is left.

use domain::id::{Pseudonym, RequestId, RowId};
use domain::time::{DAY_MS, Timestamp};
use personal::kinds::ErasureNotice;
use personal::purpose::{LegalProof, PurposeName};
use personal::record::Stored;
use personal::subject::Subject;
use personal::sweep::Sweep;
use personal::value::Personal;
use rights::intent::Intent;
use rights::plan::Scope;
use rights::telling::{self, ASK_AGAIN_MS, Met, Tell};
use store::port::Write;

use crate::engine::forgetting::ErasureRequest;
use crate::engine::{Engine, EngineError};
use crate::people::Person;
use crate::recipients::callback;
use crate::telling::{Due, call};

/// Days after which a recipient that never answered is not called any more; the alarm stays, and
/// the customer's name goes.
const GIVE_UP_DAYS: i64 = 90;

/// A row that waits for an answer.
pub type Place = (Pseudonym, RowId);

/// What waits for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// When it is called next.
    pub next: Option<Timestamp>,
    /// Since when it should answer.
    pub since: Timestamp,
    /// The recipient.
    pub recipient: String,
}

/// How far a recipient is, as whoever knows the random name of the erasure may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The recipient.
    pub recipient: String,
    /// When it took the message.
    pub told: Option<Timestamp>,
    /// When it said that everything is erased there.
    pub answered: Option<Timestamp>,
    /// How often it was called.
    pub tries: u32,
    /// What the last call met.
    pub met: String,
}

impl Engine {
    /// Who has to hear of an erasure; a key for the rows that remember it is made where needed.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) fn recipients_told(
        &mut self,
        asked: &ErasureRequest,
    ) -> Result<Vec<Tell>, EngineError> {
        let (Scope::Everything, Subject::Customer(_)) = (asked.scope, &asked.name) else {
            return Ok(Vec::new());
        };
        // The first byte of a name says what kind it is.
        let name = asked.name.mac_input();
        let customer = String::from_utf8_lossy(name.get(1..).unwrap_or_default());
        let settings = &self.shared.settings;
        let mut tell = Vec::new();
        for (name, said) in &settings.recipients {
            if let Ok(Some(callback)) = callback(name, said, &settings.outbound) {
                let identity = callback.known_by.of(&customer);
                tell.push(Tell { recipient: name.clone(), identity });
            }
        }
        if !tell.is_empty() {
            self.pseudonym(&asked.name, PurposeName::LegalProof)?;
            self.commit_keys()?;
        }
        Ok(tell)
    }

    /// The rows that remember whom to tell, for the commit of the receipt.
    pub(super) fn notices(
        &mut self,
        pseudonym: Pseudonym,
        intent: &Intent,
        now: Timestamp,
    ) -> Result<Vec<Write>, EngineError> {
        let mut writes = Vec::new();
        for Tell { recipient, identity } in intent.marks.tell.clone() {
            let id = RowId::from_bytes(telling::row(intent.request, &recipient));
            let notice = ErasureNotice {
                request: intent.request.as_bytes().to_vec(),
                recipient: recipient.clone(),
                identity,
                at: intent.requested_at,
                tries: 0,
                next: Some(now),
                told: None,
                answered: None,
                met: String::new(),
            };
            writes.push(Write::Put(self.seal(&Personal::new(pseudonym, notice), id, now.day())?));
            let waiting = Waiting { next: Some(now), since: intent.requested_at, recipient };
            self.telling.insert((pseudonym, id), waiting);
        }
        Ok(writes)
    }

    /// The call that is due next, packed; nothing when nobody is due.
    ///
    /// # Errors
    /// What the store says.
    pub fn due(&mut self, now: Timestamp) -> Result<Option<Due>, EngineError> {
        let due = |one: &(&Place, &Waiting)| one.1.next.is_some_and(|next| next <= now);
        let first = self.telling.iter().filter(due).min_by_key(|(_, one)| one.next);
        let Some(place) = first.map(|(place, _)| *place) else { return Ok(None) };
        let Some(notice) = self.notice(place, now)? else {
            self.telling.remove(&place);
            return Ok(None);
        };
        let permit = self.own_permit::<LegalProof>(place.0, now)?;
        let version = permit.version();
        let seed = self.shared.ring.receipt_seed();
        Ok(Some(call(&self.shared.settings, (place, &notice), (&permit, version), &seed, now)))
    }

    /// Remembers what a call met.
    ///
    /// # Errors
    /// What the store says.
    pub fn met(&mut self, place: Place, met: Met, now: Timestamp) -> Result<(), EngineError> {
        let Some(mut notice) = self.notice(place, now)? else { return Ok(()) };
        notice.tries = notice.tries.saturating_add(1);
        notice.met = met.word();
        notice.next = Some(match met {
            Met::Done | Met::Took => now.plus_ms(ASK_AGAIN_MS),
            Met::Lost => now,
            Met::NotAllowed => now.plus_ms(ASK_AGAIN_MS),
            Met::Refused(_) | Met::Unreached => now.plus_ms(telling::wait_ms(notice.tries)),
        });
        match met {
            Met::Done | Met::Took => notice.told = notice.told.or(Some(now)),
            Met::Lost => notice.told = None,
            Met::Refused(_) | Met::Unreached | Met::NotAllowed => {}
        }
        if met == Met::Done {
            notice.answered = Some(now);
        }
        let over = now.ms_since(notice.at) > GIVE_UP_DAYS * DAY_MS;
        if over && notice.answered.is_none() {
            "given up".clone_into(&mut notice.met);
        }
        if over || notice.answered.is_some() {
            notice.identity.clear();
            notice.next = None;
        }
        self.keep_notice(place, notice, now)
    }

    fn keep_notice(
        &mut self,
        place: Place,
        notice: ErasureNotice,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let answered = notice.answered.is_some();
        let waiting =
            Waiting { next: notice.next, since: notice.at, recipient: notice.recipient.clone() };
        // The day on which it goes is counted from the erasure, however often it is written.
        let row = self.seal(&Personal::new(place.0, notice), place.1, waiting.since.day())?;
        self.commit(vec![Write::Put(row)])?;
        if answered {
            self.telling.remove(&place);
            // What named the customer is in no file any more, not only in no row.
            self.tables.scrub()?;
            self.erased = true;
        } else {
            self.telling.insert(place, waiting);
        }
        self.count_unanswered(now);
        Ok(())
    }

    fn notice(
        &mut self,
        (pseudonym, id): Place,
        now: Timestamp,
    ) -> Result<Option<ErasureNotice>, EngineError> {
        let row = self.tables.row(ErasureNotice::DECLARATION.table, pseudonym, id)?;
        let Some(row) = row else { return Ok(None) };
        let value = self.unseal::<ErasureNotice>(&row)?;
        let permit = self.own_permit::<LegalProof>(pseudonym, now)?;
        let version = permit.version();
        Ok(Some(value.open(&permit, now, version)?))
    }

    /// How far the recipients of an erasure are.
    ///
    /// # Errors
    /// What the store says; [`EngineError::Unknown`] for a name of nothing.
    pub fn told(&mut self, id: RequestId, now: Timestamp) -> Result<Vec<Told>, EngineError> {
        let pseudonym = *self.receipts.get(&id).ok_or(EngineError::Unknown)?;
        let mut told = Vec::new();
        for row in self.tables.rows_of(ErasureNotice::DECLARATION.table, pseudonym)? {
            let Some(notice) = self.notice((pseudonym, row.id), now)? else { continue };
            if notice.request.as_slice() != id.as_bytes() {
                continue;
            }
            let ErasureNotice { recipient, told: took, answered, tries, met, .. } = notice;
            told.push(Told { recipient, told: took, answered, tries, met });
        }
        told.sort_by(|a, b| a.recipient.cmp(&b.recipient));
        Ok(told)
    }

    /// How far the recipients of every erasure of a person are, oldest first.
    ///
    /// # Errors
    /// What the store says.
    pub fn told_of(
        &mut self,
        name: &Subject,
        now: Timestamp,
    ) -> Result<Vec<(Timestamp, Told)>, EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let known = {
            let people = self.shared.people.read();
            people.get(&subject).and_then(|person| person.pseudonym(PurposeName::LegalProof))
        };
        let Some(pseudonym) = known else { return Ok(Vec::new()) };
        let mut all = Vec::new();
        for row in self.tables.rows_of(ErasureNotice::DECLARATION.table, pseudonym)? {
            let Some(notice) = self.notice((pseudonym, row.id), now)? else { continue };
            let ErasureNotice { recipient, told, answered, tries, met, at, .. } = notice;
            all.push((at, Told { recipient, told, answered, tries, met }));
        }
        all.sort_by(|a, b| (a.0, &a.1.recipient).cmp(&(b.0, &b.1.recipient)));
        Ok(all)
    }

    /// Reads who has not answered yet.
    pub(super) fn load_telling(&mut self, now: Timestamp) -> Result<(), EngineError> {
        self.telling.clear();
        let mut sweep = Sweep::<LegalProof>::begin("load notices of erasures", now);
        let mut found = Vec::new();
        self.each_row(ErasureNotice::DECLARATION.table, |engine, row| {
            let Some(subject) = engine.subject_of(row.pseudonym) else { return Ok(()) };
            let value = engine.unseal::<ErasureNotice>(row)?;
            let request = engine.no_circumstances(now);
            let nobody = Person::default();
            let facts = nobody.facts(subject, (PurposeName::LegalProof, row.pseudonym), &request);
            let sink = |notice: ErasureNotice| found.push(((row.pseudonym, row.id), notice));
            sweep.feed(value, &facts, now, sink).ok(); // counted by the sweep
            Ok(())
        })?;
        self.count_sweep(sweep.finish());
        for (place, notice) in found.into_iter().filter(|(_, one)| one.answered.is_none()) {
            let ErasureNotice { next, at, recipient, .. } = notice;
            self.telling.insert(place, Waiting { next, since: at, recipient });
        }
        self.count_unanswered(now);
        Ok(())
    }

    /// Counts recipients that should have answered, and says which they are.
    pub(super) fn count_unanswered(&self, now: Timestamp) -> Vec<&str> {
        let settings = &self.shared.settings;
        let late = |one: &&Waiting| {
            let said = settings.recipients.get(&one.recipient);
            let days = said.map_or(0, |said| said.answer_days_max);
            now.ms_since(one.since) > i64::from(days) * DAY_MS
        };
        let late: Vec<&str> =
            self.telling.values().filter(late).map(|one| one.recipient.as_str()).collect();
        let count = i64::try_from(late.len()).unwrap_or(i64::MAX);
        self.shared.metrics.erasures_unanswered.set(count);
        late
    }

    /// The alarm of the daily round.
    pub(super) fn tell_unanswered(&self, now: Timestamp) {
        let mut late = self.count_unanswered(now);
        let all = late.len();
        late.sort_unstable();
        late.dedup();
        for recipient in late {
            tracing::error!(recipient, all, "a recipient has not answered an erasure in time");
        }
    }
}
