//! What goes into the transparency log, and what proves afterwards that it did.
//!
//! A record and its commitment are committed together: what waits for a batch is a document in the
//! same transaction as the row, so nothing that was acknowledged can miss the log. The opening is
//! computed from the person's random key (see `vault::subject`), so nothing more about a person is
//! stored, and erasing the key is all that forgetting needs.

use consent::law;
use domain::hex;
use domain::id::{Pseudonym, RequestId, RowId};
use domain::time::{Day, Timestamp};
use ledger::batch::Pending;
use ledger::entry::{Commitment, EntryKind, Opening};
use personal::kinds::{ConsentEvidence, ErasureRecord, PROOF_KEEP_DAYS, RequestStep, StaffRead};
use personal::purpose::LegalProof;
use personal::record::Stored;
use personal::row::SealedRow;
use personal::subject::Subject;
use rights::receipt::Receipt;
use sha2::{Digest as _, Sha256};
use store::port::{Document, Write};

use crate::documents::Version;
use crate::engine::{Engine, EngineError};
use crate::transparency::book::{Book, LATE};
use crate::transparency::{LogError, Opened, records};

/// The kind under which the store keeps what waits for a batch.
const WAITING: &str = "log-waiting";
/// The kind and key under which the store keeps the digest of what the server last ran with.
const RUNS_WITH: (&str, &str) = ("log-state", "start");
/// Documents that are read at once.
const PAGE: usize = 1_000;
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

fn waits(opened: &Opened) -> Write {
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
        let opening = self.shared.ring.log_opening("document", &version.stored_key());
        let opening = Opening::from_bytes(*opening);
        let record = records::of_change(version)?;
        let since = Timestamp::from_ms(version.at_ms);
        let kind = EntryKind::Configuration;
        Ok(waits(&Opened { kind, opening, record, since }))
    }

    /// Lets what the server runs with wait for the log, when it is not what it ran with before: a
    /// new version, other settings, other law packs.
    pub(super) fn log_start(&mut self) -> Result<(), EngineError> {
        let Ok(shelf) = law::shipped() else { return Ok(()) };
        let settings = self.shared.settings.digest.as_deref();
        let record = records::of_start(settings, shelf.packs())?;
        let digest = hex::encode(&Sha256::digest(&record));
        let (kind, key) = RUNS_WITH;
        if self.tables.document(kind, key)?.as_deref() == Some(digest.as_bytes()) {
            return Ok(());
        }
        let opening = Opening::from_bytes(*self.shared.ring.log_opening("start", &digest));
        let since = Timestamp::default();
        let opened = Opened { kind: EntryKind::Policy, opening, record, since };
        let (kind, key, body) = (kind.to_owned(), key.to_owned(), digest.into_bytes());
        let state = Write::PutDocument(Document { kind, key, body });
        self.commit(vec![state, waits(&opened)]).map(|_| ())
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
        if !self.book.is_due(now) {
            return Ok(());
        }
        let published = match self.book.publish(now) {
            Ok(published) => published,
            Err(error) => {
                tracing::error!(%error, "a batch of the log cannot be published yet");
                self.shared.log.tell(Some(LATE));
                return Ok(());
            }
        };
        self.shared.log.recovered();
        self.waits_no_more(published)
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
        let table = ConsentEvidence::DECLARATION.table;
        let mut all = Vec::new();
        for row in self.tables.rows_of(table, pseudonym)? {
            let since = written(&row);
            let id = row.id;
            let value = self.unseal::<ConsentEvidence>(&row)?;
            let permit = self.own_permit::<LegalProof>(pseudonym, now)?;
            let version = permit.version();
            let evidence = value.open(&permit, now, version)?;
            let record = records::of_consent(&evidence)?;
            let opened = self.opened(EntryKind::Consent, (pseudonym, table, id), record, since)?;
            all.push(((evidence.version, evidence.at), opened));
        }
        if all.is_empty() {
            return Err(EngineError::Unknown);
        }
        all.sort_by_key(|(when, _)| std::cmp::Reverse(*when));
        Ok(all.into_iter().map(|(_, opened)| opened).take(PROOFS_MAX).collect())
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
