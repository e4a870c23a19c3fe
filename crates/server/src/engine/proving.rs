//! What goes into the transparency log, and what proves afterwards that it did.
//!
//! A record and its commitment are committed together: what waits for a batch is a document in the
//! same transaction as the row, so nothing that was acknowledged can miss the log. The opening is
//! computed from the person's random key (see `vault::subject`), so nothing more about a person is
//! stored, and erasing the key is all that forgetting needs.

use domain::hex;
use domain::id::{Pseudonym, RequestId, RowId};
use domain::time::{Day, Timestamp};
use ledger::batch::Pending;
use ledger::entry::{Commitment, EntryKind, Opening};
use ledger::note::Note;
use personal::kinds::{
    ConsentEvidence, ErasureRecord, OwnRead, PROOF_KEEP_DAYS, RequestStep, StaffRead,
};
use personal::purpose::LegalProof;
use personal::record::Stored;
use personal::register::Covers;
use personal::row::SealedRow;
use personal::subject::Subject;
use rights::receipt::Receipt;
use rights::request::act::Event;
use store::port::{Document, Write};

use crate::documents::Version;
use crate::engine::{Engine, EngineError};
use crate::transparency::book::{Book, LATE};
use crate::transparency::{LogError, Opened, records};

/// The kind under which the store keeps what waits for a batch.
const WAITING: &str = "log-waiting";
/// The kind under which the store keeps the newest checkpoint, by the name of the log.
const HEAD: &str = "log-head";
/// Documents that are read at once.
const PAGE: usize = 1_000;
/// What the entry about a correction says that it is about.
pub(super) const CORRECTION: &str = "correction";
/// Most proofs of one person that are made at once, the newest first.
pub const PROOFS_MAX: usize = 200;

/// Lets the log know of what became durable.
pub(super) fn take(book: &mut Book, writes: &[Write]) {
    for write in writes {
        if let Write::PutDocument(document) = write
            && document.kind == WAITING
            && let Some(pending) = read(document)
        {
            book.take(pending);
        }
    }
}

fn read(document: &Document) -> Option<Pending> {
    let commitment = Commitment::from_bytes(hex::decode(&document.key).ok()?);
    let [code] = document.body.as_slice() else { return None };
    Some(Pending { kind: EntryKind::of(*code)?, commitment })
}

/// Lets a commitment wait for its batch.
pub(super) fn waits(opened: &Opened) -> Write {
    let key = hex::encode(opened.commitment().as_bytes());
    let body = vec![opened.kind.code()];
    Write::PutDocument(Document { kind: WAITING.to_owned(), key, body })
}

impl Engine {
    /// The write that lets a row of a person wait for the log, in the batch of the row itself.
    pub(super) fn logged_consent(
        &mut self,
        (pseudonym, id): (Pseudonym, RowId),
        row: &ConsentEvidence,
        now: Timestamp,
    ) -> Result<Write, EngineError> {
        let record = records::of_consent(row)?;
        let place = (pseudonym, ConsentEvidence::DECLARATION.table, id);
        Ok(waits(&self.opened(EntryKind::Consent, place, record, now)?))
    }

    /// The same for a look of the staff.
    pub(super) fn logged_look(
        &mut self,
        (pseudonym, id): (Pseudonym, RowId),
        row: &StaffRead,
        now: Timestamp,
    ) -> Result<Write, EngineError> {
        let record = records::of_look(row)?;
        let place = (pseudonym, StaffRead::DECLARATION.table, id);
        Ok(waits(&self.opened(EntryKind::HumanRead, place, record, now)?))
    }

    /// The same for a step of a request.
    pub(super) fn logged_request(
        &mut self,
        (pseudonym, id): (Pseudonym, RowId),
        step: &RequestStep,
        now: Timestamp,
    ) -> Result<Write, EngineError> {
        let record = records::of_request(step)?;
        let place = (pseudonym, RequestStep::DECLARATION.table, id);
        Ok(waits(&self.opened(EntryKind::Request, place, record, now)?))
    }

    /// The same for something that was done for a person who asked for it.
    pub(super) fn logged_answer(
        &mut self,
        (pseudonym, id): (Pseudonym, RowId),
        row: &OwnRead,
        now: Timestamp,
    ) -> Result<Write, EngineError> {
        let record = records::of_answered(row)?;
        let place = (pseudonym, OwnRead::DECLARATION.table, id);
        Ok(waits(&self.opened(EntryKind::Receipt, place, record, now)?))
    }

    /// The same for the receipt of an erasure: the text that was signed.
    pub(super) fn logged_receipt(
        &mut self,
        (pseudonym, id): (Pseudonym, RowId),
        receipt: &Receipt,
        now: Timestamp,
    ) -> Result<Write, EngineError> {
        let record = receipt.payload.clone().into_bytes();
        let place = (pseudonym, ErasureRecord::DECLARATION.table, id);
        Ok(waits(&self.opened(EntryKind::Receipt, place, record, now)?))
    }

    /// The same for a document of the shop, which is about nobody.
    pub(super) fn logged_change(&self, version: &Version) -> Result<Write, EngineError> {
        Ok(waits(&self.opened_change(version)?))
    }

    /// A change of a document with what opens its commitment.
    ///
    /// # Errors
    /// What the JSON writer says.
    pub fn opened_change(&self, version: &Version) -> Result<Opened, EngineError> {
        let opening = self.shared.ring.log_opening("document", &version.stored_key());
        let opening = Opening::from_bytes(*opening);
        let record = records::of_change(version)?;
        let since = Timestamp::from_ms(version.at_ms);
        Ok(Opened { kind: EntryKind::Configuration, opening, record, since })
    }

    fn opened(
        &mut self,
        kind: EntryKind,
        (pseudonym, table, id): (Pseudonym, &str, RowId),
        record: Vec<u8>,
        since: Timestamp,
    ) -> Result<Opened, EngineError> {
        let opening = self.key(pseudonym)?.log_opening(table, id)?;
        Ok(Opened { kind, opening: Opening::from_bytes(*opening), record, since })
    }

    /// Reads what waits for a batch.
    pub(super) fn load_waiting(&mut self) -> Result<(), EngineError> {
        self.book.forget();
        let mut after: Option<String> = None;
        loop {
            let page = self.tables.documents(WAITING, after.as_deref(), PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            for pending in page.iter().filter_map(read) {
                self.book.take(pending);
            }
        }
        let published = self.book.published_before();
        self.waits_no_more(published)
    }

    fn waits_no_more(&mut self, published: Vec<Commitment>) -> Result<(), EngineError> {
        let delete = |commitment: Commitment| Write::DeleteDocument {
            kind: WAITING.to_owned(),
            key: hex::encode(commitment.as_bytes()),
        };
        self.commit(published.into_iter().map(delete).collect()).map(|_| ())
    }

    /// Publishes a batch when one is due. What fails is tried again in the next round and does not
    /// keep events from being taken.
    pub(super) fn publish_log(&mut self, now: Timestamp) -> Result<(), EngineError> {
        // A backup copies the folder; the batch comes with the next round after it.
        if self.is_held() || !self.book.is_due(now) {
            return Ok(());
        }
        let note = match self.book.prepare(now) {
            Ok(note) => note,
            Err(error) => {
                self.tell_late(&error);
                return Ok(());
            }
        };
        // Kept apart before anyone sees it, so that a start knows an older folder.
        let head = Document {
            kind: HEAD.to_owned(),
            key: self.shared.log.key().name().as_str().to_owned(),
            body: note.to_text().into_bytes(),
        };
        self.commit(vec![Write::PutDocument(head)])?;
        let published = match self.book.conclude(now) {
            Ok(published) => published,
            Err(error) => {
                self.tell_late(&error);
                return Ok(());
            }
        };
        self.shared.log.recovered();
        self.waits_no_more(published)
    }

    fn tell_late(&self, error: &LogError) {
        tracing::error!(%error, "a batch of the log cannot be published yet");
        self.shared.log.tell(Some(LATE));
    }

    /// Whether the folder of the log is as new as what was signed.
    ///
    /// # Errors
    /// [`LogError::Behind`] or a fork; the log must not go on then.
    pub(super) fn check_log(&self) -> Result<(), EngineError> {
        let name = self.shared.log.key().name().as_str();
        if let Some(kept) = self.tables.document(HEAD, name)? {
            let kept = Note::parse(&kept).map_err(LogError::from)?;
            self.book.continues(&kept)?;
        }
        let anchored = self.shared.settings.ledger.anchor.kept();
        anchored.map_or(Ok(()), |kept| Ok(self.book.continues(&kept)?))
    }

    /// How many records wait for the next batch.
    pub fn waiting_for_log(&self) -> usize {
        self.book.waiting()
    }

    /// A person's evidence of consent, each with what opens its commitment; the newest first.
    ///
    /// # Errors
    /// [`EngineError::Unknown`] when nothing is on record.
    pub fn opened_consents(
        &mut self,
        name: &Subject,
        now: Timestamp,
    ) -> Result<Vec<Opened>, EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let pseudonym = self.proof_of(subject).ok_or(EngineError::Unknown)?;
        let mut all = Vec::new();
        self.each_proof(pseudonym, now, |engine, place, since, evidence: ConsentEvidence| {
            let record = records::of_consent(&evidence)?;
            let opened = engine.opened(EntryKind::Consent, place, record, since)?;
            all.push(((evidence.version, evidence.at), opened));
            Ok(())
        })?;
        if all.is_empty() {
            return Err(EngineError::Unknown);
        }
        all.sort_by_key(|(when, _)| std::cmp::Reverse(*when));
        Ok(all.into_iter().map(|(_, opened)| opened).take(PROOFS_MAX).collect())
    }

    /// Everything that the log holds about a person: consents, looks of the staff, steps of
    /// requests, corrections, receipts of erasures; the newest first.
    ///
    /// # Errors
    /// [`EngineError::Unknown`] when nothing is on record.
    pub fn opened_own(
        &mut self,
        name: &Subject,
        now: Timestamp,
    ) -> Result<Vec<Opened>, EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let pseudonym = self.proof_of(subject).ok_or(EngineError::Unknown)?;
        let mut all: Vec<(Timestamp, Opened)> = Vec::new();
        self.each_proof(pseudonym, now, |engine, place, since, row: ConsentEvidence| {
            let opened =
                engine.opened(EntryKind::Consent, place, records::of_consent(&row)?, since)?;
            all.push((row.at, opened));
            Ok(())
        })?;
        self.each_proof(pseudonym, now, |engine, place, since, row: StaffRead| {
            let opened =
                engine.opened(EntryKind::HumanRead, place, records::of_look(&row)?, since)?;
            all.push((row.at, opened));
            Ok(())
        })?;
        self.each_proof(pseudonym, now, |engine, place, since, row: OwnRead| {
            if row.why == CORRECTION {
                let record = records::of_answered(&row)?;
                all.push((row.at, engine.opened(EntryKind::Receipt, place, record, since)?));
            }
            Ok(())
        })?;
        self.each_proof(pseudonym, now, |engine, place, since, row: RequestStep| {
            let at = Event::from_body(row.event.as_bytes()).map_or(since, |event| event.at);
            let record = records::of_request(&row)?;
            all.push((at, engine.opened(EntryKind::Request, place, record, since)?));
            Ok(())
        })?;
        self.each_proof(pseudonym, now, |engine, place, since, row: ErasureRecord| {
            let receipt: Receipt = serde_json::from_str(&row.receipt).map_err(LogError::from)?;
            let record = receipt.payload.into_bytes();
            all.push((row.at, engine.opened(EntryKind::Receipt, place, record, since)?));
            Ok(())
        })?;
        if all.is_empty() {
            return Err(EngineError::Unknown);
        }
        all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        Ok(all.into_iter().map(|(_, opened)| opened).take(PROOFS_MAX).collect())
    }

    /// Opens every row of one kind of proof about a person.
    ///
    /// # Privacy
    /// Opened under `LegalProof`, for the person whom it is about.
    fn each_proof<T: Stored>(
        &mut self,
        pseudonym: Pseudonym,
        now: Timestamp,
        mut work: impl FnMut(
            &mut Self,
            (Pseudonym, &'static str, RowId),
            Timestamp,
            T,
        ) -> Result<(), EngineError>,
    ) -> Result<(), EngineError>
    where
        LegalProof: Covers<T>,
    {
        let table = T::DECLARATION.table;
        for row in self.tables.rows_of(table, pseudonym)? {
            let since = written(&row);
            let value = self.unseal::<T>(&row)?;
            let permit = self.own_permit::<LegalProof>(pseudonym, now)?;
            let version = permit.version();
            let row_id = row.id;
            work(self, (pseudonym, table, row_id), since, value.open(&permit, now, version)?)?;
        }
        Ok(())
    }

    /// The receipt of an erasure with what opens its commitment, for who knows its random name.
    ///
    /// # Errors
    /// [`EngineError::Unknown`] for a name of nothing.
    pub fn opened_receipt(
        &mut self,
        request: RequestId,
        now: Timestamp,
    ) -> Result<Opened, EngineError> {
        let receipt = self.receipt(request, now)?;
        let receipt: Receipt = serde_json::from_str(&receipt).map_err(LogError::from)?;
        let pseudonym = *self.receipts.get(&request).ok_or(EngineError::Unknown)?;
        let table = ErasureRecord::DECLARATION.table;
        let id = RowId::from_bytes(*request.as_bytes());
        let row = self.tables.row(table, pseudonym, id)?.ok_or(EngineError::Unknown)?;
        let record = receipt.payload.into_bytes();
        self.opened(EntryKind::Receipt, (pseudonym, table, id), record, written(&row))
    }
}

/// The first instant of the day on which a row of proof was written: its last day is declared.
fn written(row: &SealedRow) -> Timestamp {
    Day::from_number(row.expires.number().saturating_sub(PROOF_KEEP_DAYS)).start()
}
