//! What platforms asked for: data that waits to be picked up, messages that were taken already,
//! and the erasure of a whole shop.
//!
//! Erasing a shop has two steps. The platform's message makes a durable intent with a day on which
//! it begins; until then the shop's server can take it back. Then every round erases people for a
//! moment, so that whoever else asks the writer does not wait, until nobody is left.

use domain::hex;
use domain::id::{Pseudonym, RequestId, RowId};
use domain::time::{Day, Timestamp};
use personal::kinds::{CorrectedSignal, PlatformRequest};
use personal::purpose::{LegalObligation, PurposeName};
use personal::record::Stored as _;
use personal::subject::{Subject, SubjectRef};
use personal::value::Personal;
use rights::machine::{Erasure, Request, Verification};
use rights::plan::Scope;
use rights::request::kind::Kind;
use rights::request::names::PlatformId;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::port::{Document, Write};

use crate::chance;
use crate::clock::Stopwatch;
use crate::engine::requests::handing::FromPlatform;
use crate::engine::{Engine, EngineError};

const TABLE: &str = PlatformRequest::DECLARATION.table;
/// Documents: the keyed number of a message that was taken, and the day.
const TAKEN: &str = "platform_message";
/// The document of a shop's erasure.
const REDACTION: &str = "shop_redaction";
const ONLY: &str = "shop";
/// How long a message stays known, in days; platforms try again for two.
const TAKEN_DAYS: u32 = 30;
/// How long a shop's erasure waits, in milliseconds, where nobody said before that the app left.
pub const WAIT_MS: i64 = 48 * 3_600_000;
/// How long ago the app must have left for the erasure to begin at once: Shopify's two days, less
/// an hour in which clocks and queues may differ.
const LEFT_MS: i64 = 47 * 3_600_000;
/// How long one round erases, in nanoseconds.
const ROUND_NS: u64 = 250_000_000;
/// Documents that are read at once.
const PAGE: usize = 1_000;

/// A request that waits, as the shop's server sees it.
#[derive(Clone)]
pub struct Waiting {
    /// Its random name.
    pub id: RowId,
    /// The first day without it.
    pub until: Day,
    /// What it says.
    pub request: PlatformRequest,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting(..)")
    }
}

/// How far the erasure of a shop is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    /// When the app left, in milliseconds since 1970.
    pub left_ms: Option<i64>,
    /// When the erasure begins; none while the platform has not asked for it.
    pub begins_ms: Option<i64>,
    /// How many people were erased.
    pub erased: u64,
    /// Whether nobody is left.
    pub done: bool,
}

impl Engine {
    /// Whether a message was taken before: the same body under the same id. The id is not signed,
    /// so another body under it is another message.
    ///
    /// # Errors
    /// What the store says.
    pub fn knows_message(&self, message: (&str, &str, &[u8])) -> Result<bool, EngineError> {
        Ok(self.tables.document(TAKEN, &self.message_key(message))?.is_some())
    }

    /// Remembers a message that was followed.
    ///
    /// # Errors
    /// What the store says.
    pub fn take_message(
        &mut self,
        message: (&str, &str, &[u8]),
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let key = self.message_key(message);
        let body = now.day().number().to_string().into_bytes();
        let document = Document { kind: TAKEN.to_owned(), key, body };
        self.commit(vec![Write::PutDocument(document)]).map(|_| ())
    }

    fn message_key(&self, (platform, id, body): (&str, &str, &[u8])) -> String {
        let body = hex::encode(&Sha256::digest(body));
        let number = self.shared.ring.message(platform, &format!("{id}\n{body}"));
        hex::encode(&number.to_be_bytes())
    }

    /// Forgets messages that no platform sends again.
    pub(super) fn forget_messages(&mut self, today: Day) -> Result<(), EngineError> {
        let mut after: Option<String> = None;
        let mut old = Vec::new();
        loop {
            let page = self.tables.documents(TAKEN, after.as_deref(), PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            for Document { kind, key, body } in page {
                let day = std::str::from_utf8(&body).ok().and_then(|day| day.parse::<u32>().ok());
                if day.is_none_or(|day| Day::from_number(day).plus(TAKEN_DAYS) <= today) {
                    old.push(Write::DeleteDocument { kind, key });
                }
            }
        }
        self.commit(old).map(|_| ())
    }

    /// Keeps a request until its data is picked up, and puts it into the queue; the same one is
    /// kept once.
    ///
    /// # Errors
    /// What the store says.
    pub fn keep_request(
        &mut self,
        name: &Subject,
        (platform, request): (PlatformId, PlatformRequest),
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let number = self.shared.ring.message(&request.platform, &request.reference);
        let id = self.shared.ring.row_id(PurposeName::LegalObligation, number, 0);
        let pseudonym = self.pseudonym(name, PurposeName::LegalObligation)?;
        let waits = self.tables.row(TABLE, pseudonym, id)?.is_some();
        let subject = self.shared.ring.subject_ref(name);
        if waits && self.is_queued(subject, id) {
            return Ok(());
        }
        if !waits {
            let row = self.seal(&Personal::new(pseudonym, request), id, now.day())?;
            self.stage_write(Write::Insert(row));
            self.commit_staged(now)?;
        }
        let from = FromPlatform { platform, kind: Kind::Access, row: Some(id) };
        self.file_for_platform(name, from, now).map(|_| ())
    }

    /// Every request that waits.
    ///
    /// # Errors
    /// What the store says.
    pub fn waiting_requests(&mut self, now: Timestamp) -> Result<Vec<Waiting>, EngineError> {
        let mut all = Vec::new();
        let name = "list platform requests";
        self.sweep::<LegalObligation, PlatformRequest>(name, now, |row, request| {
            all.push(Waiting { id: row.id, until: row.expires, request });
        })?;
        all.sort_by_key(|one| one.request.at);
        Ok(all)
    }

    /// Takes a request away whose data was picked up.
    ///
    /// # Errors
    /// What the store says.
    pub fn end_request(&mut self, name: &Subject, id: RowId) -> Result<(), EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let people = self.shared.people.read();
        let known = people.get(&subject);
        let known = known.and_then(|person| person.pseudonym(PurposeName::LegalObligation));
        drop(people);
        let Some(pseudonym) = known else { return Ok(()) };
        self.commit(vec![Write::Delete { table: TABLE, pseudonym, id }]).map(|_| ())
    }

    /// How far the erasure of the shop is; none where nobody asked.
    ///
    /// # Errors
    /// What the store says.
    pub fn redaction(&self) -> Result<Option<Redaction>, EngineError> {
        let body = self.tables.document(REDACTION, ONLY)?;
        body.map(|body| serde_json::from_slice(&body).map_err(|_| EngineError::Catalog)).transpose()
    }

    /// The app left the shop.
    ///
    /// # Errors
    /// What the store says.
    pub fn app_left(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let before = self.redaction()?.filter(|one| !one.done).unwrap_or_default();
        self.put_redaction(Redaction { left_ms: Some(now.ms()), ..before })
    }

    /// Everybody is to be erased: at once where the app left two days ago, in two days otherwise.
    ///
    /// # Errors
    /// What the store says.
    pub fn begin_redaction(&mut self, now: Timestamp) -> Result<Redaction, EngineError> {
        let before = self.redaction()?.unwrap_or_default();
        if before.begins_ms.is_some() && !before.done {
            return Ok(before);
        }
        let left = before.left_ms.filter(|_| !before.done);
        let known = left.is_some_and(|left| now.ms().saturating_sub(left) >= LEFT_MS);
        let begins = if known { now } else { now.plus_ms(WAIT_MS) };
        let begun =
            Redaction { left_ms: left, begins_ms: Some(begins.ms()), ..Redaction::default() };
        self.put_redaction(begun)?;
        tracing::warn!(waits = !known, "a platform asked to erase everybody of the shop");
        Ok(begun)
    }

    /// Takes the erasure of the shop back; what was erased stays so. Says whether there was one.
    ///
    /// # Errors
    /// What the store says.
    pub fn end_redaction(&mut self) -> Result<bool, EngineError> {
        let was = self.redaction()?.is_some();
        let (kind, key) = (REDACTION.to_owned(), ONLY.to_owned());
        if was {
            self.commit(vec![Write::DeleteDocument { kind, key }])?;
        }
        self.redacting = None;
        Ok(was)
    }

    fn put_redaction(&mut self, redaction: Redaction) -> Result<(), EngineError> {
        let body = serde_json::to_vec(&redaction).map_err(|_| EngineError::Catalog)?;
        let document = Document { kind: REDACTION.to_owned(), key: ONLY.to_owned(), body };
        self.commit(vec![Write::PutDocument(document)])?;
        self.redacting = (!redaction.done).then_some(redaction);
        Ok(())
    }

    pub(super) fn load_redaction(&mut self) -> Result<(), EngineError> {
        self.redacting = self.redaction()?.filter(|one| !one.done);
        Ok(())
    }

    /// Erases people for a moment, when the time for it has come.
    pub(super) fn redact_some(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let Some(redaction) = self.redacting else { return Ok(()) };
        if redaction.begins_ms.is_none_or(|begins| now.ms() < begins) {
            return Ok(());
        }
        let watch = Stopwatch::start();
        let mut erased = redaction.erased;
        for subject in self.everybody()? {
            if erased > redaction.erased && watch.ns() >= ROUND_NS {
                return self.put_redaction(Redaction { erased, ..redaction });
            }
            self.erase_nameless(subject, now)?;
            erased += 1;
        }
        tracing::warn!(erased, "everybody of the shop is erased");
        self.put_redaction(Redaction { erased, done: true, ..redaction })
    }

    /// Whoever has something that an erasure takes.
    fn everybody(&self) -> Result<Vec<SubjectRef>, EngineError> {
        let marks = CorrectedSignal::DECLARATION.table;
        let mut all = Vec::new();
        for (subject, person) in self.shared.people.read().iter() {
            let proof = person.pseudonym(PurposeName::LegalProof);
            let keyed = person.pseudonyms.iter().any(|(name, _)| *name != PurposeName::LegalProof);
            let marked =
                |who: Pseudonym| Ok::<_, EngineError>(self.tables.count_of(marks, who)? > 0);
            let chosen = person.choices.by_purpose.values().any(|one| one.state.ends_by_itself());
            if keyed || chosen || proof.map(marked).transpose()?.unwrap_or(false) {
                all.push(*subject);
            }
        }
        all.sort_unstable();
        Ok(all)
    }

    /// Erases somebody whose name nobody said. Every yes ends as one from before an erasure does,
    /// in memory now and at each start by the tombstone.
    fn erase_nameless(&mut self, subject: SubjectRef, now: Timestamp) -> Result<(), EngineError> {
        let id = RequestId::from_bytes(chance::bytes()?);
        let scope = Scope::Everything;
        if let Some(person) = self.shared.people.write().get_mut(&subject) {
            person.end_if_restored(now.plus_ms(1));
        }
        let (marks, found) = self.survey((subject, scope), now)?;
        let verified = Erasure::new(Request { id, scope, at: now }).verify(Verification::Platform);
        let planned = verified.plan(marks, found)?;
        let intended = planned.intend(|intent| self.begin(intent))?;
        self.carry_out(intended, now).map(|_| ())
    }
}
