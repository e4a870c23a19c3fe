//! The acts of an erasure, each safe to do twice. Their order is `rights::machine`'s.

use domain::id::{Pseudonym, RequestId, RowId};
use domain::time::Timestamp;
use personal::desk::Desk;
use personal::kinds::{ConsentEvidence, DECLARATIONS, ErasureRecord, StaffRead};
use personal::purpose::{LegalProof, PurposeName, Support};
use personal::record::Stored;
use personal::register::Covers;
use personal::subject::{Subject, SubjectRef};
use personal::value::Personal;
use rights::intent::{Found, Intent, Marks, Target};
use rights::machine::{Ending, Erasure, Intended, ModelAfter, Verification};
use rights::plan::{Scope, plan_erasure};
use rights::receipt::{self, Receipt, ReceiptPayload};
use store::erase::{self, ErasePlan};
use store::keys::{Intent as StoredIntent, Tombstone};
use store::port::Write;

use crate::chance;
use crate::engine::{Engine, EngineError};
use crate::telemetry::Metrics;

/// How long a tombstone keeps late copies out, in days: as long as the longest history.
pub const TOMBSTONE_KEEP_DAYS: u32 = 395;
/// The label under which intents are sealed.
const INTENT: &str = "erasure intent";

/// A verified request for erasure.
#[derive(Clone, Debug)]
pub struct ErasureRequest {
    /// The person.
    pub name: Subject,
    /// Everything, or one purpose.
    pub scope: Scope,
    /// How it was made sure that the person or the shop asks.
    pub how: Verification,
}

impl Engine {
    /// Finds whom an erasure is about and counts what is there.
    pub(crate) fn survey(
        &mut self,
        (subject, scope): (SubjectRef, Scope),
        now: Timestamp,
    ) -> Result<(Marks, Found), EngineError> {
        let targets = self.targets(subject, scope);
        let tombstones = match scope {
            Scope::Everything => vec![*self.shared.ring.tombstone_of(subject).as_bytes()],
            Scope::Purpose(_) => Vec::new(),
        };
        let plan = erase_plan(&targets);
        let rows = erase::survey(self.tables.as_ref(), &plan)?;
        let doomed = plan_erasure(scope, &DECLARATIONS, now.day()).destroy_keys;
        let keys = targets.iter().filter(|target| doomed.contains(&target.purpose)).count();
        let taught = self.shared.taught();
        let sessions: usize =
            learners(&targets).map(|who| taught.model.index().sessions_of(who).len()).sum();
        let baskets = taught.model.baskets();
        let orders: usize = learners(&targets).map(|who| baskets.baskets_of(who).count()).sum();
        let found = Found {
            rows: rows.tables.iter().map(|one| (one.table.to_owned(), one.rows)).collect(),
            keys: u32::try_from(keys).unwrap_or(u32::MAX),
            sessions: sessions as u64,
            orders: orders as u64,
            fingerprint: taught.model.fingerprint().to_bytes(),
        };
        let tombstones_until = now.day().plus(TOMBSTONE_KEEP_DAYS);
        let marks =
            Marks { subject, targets, tombstones, cutoff: now, tombstones_until, tell: Vec::new() };
        Ok((marks, found))
    }

    pub(super) fn targets(&self, subject: SubjectRef, scope: Scope) -> Vec<Target> {
        let people = self.shared.people.read();
        let known = people.get(&subject).map(|person| person.pseudonyms.as_slice());
        known
            .unwrap_or_default()
            .iter()
            .filter(|(purpose, _)| scope.reaches(*purpose))
            .map(|&(purpose, pseudonym)| Target { purpose, pseudonym })
            .collect()
    }

    /// Makes the intent and its tombstones durable.
    pub(crate) fn begin(&mut self, intent: &Intent) -> Result<(), EngineError> {
        let body = self.shared.ring.seal_secret(INTENT, &intent.to_body()?, chance::bytes()?)?;
        let marks = &intent.marks;
        let tombstones: Vec<Tombstone> = marks
            .tombstones
            .iter()
            .map(|&mac| Tombstone { mac, cutoff: marks.cutoff, expires: marks.tombstones_until })
            .collect();
        let begun = self.keys.begin(&StoredIntent { id: intent.request, body }, &tombstones);
        self.torn |= begun.is_err();
        begun?;
        for tombstone in tombstones {
            self.tombstones.insert(tombstone.mac, tombstone.cutoff);
        }
        Ok(())
    }

    /// Walks an erasure from its durable intent to its receipt.
    ///
    /// # Errors
    /// What an act says; the intent stands and the next start does it again.
    pub(crate) fn carry_out(
        &mut self,
        erasure: Erasure<Intended>,
        now: Timestamp,
    ) -> Result<Receipt, EngineError> {
        let receipt = self.walk(erasure, now);
        self.torn |= receipt.is_err();
        receipt
    }

    fn walk(&mut self, erasure: Erasure<Intended>, now: Timestamp) -> Result<Receipt, EngineError> {
        let scope = erasure.intent().scope;
        let whom = erasure.intent().clone();
        let scrubbed = erasure
            .destroy_keys(|intent| self.destroy_keys(intent))?
            .delete_rows(|intent| self.delete_rows(intent))?
            .unlearn(|intent| Ok::<_, EngineError>(self.unlearn(intent)))?
            .scrub(|_| self.scrub())?;
        let plan = plan_erasure(scope, &DECLARATIONS, now.day());
        let shop = self.shared.settings.shop.clone();
        let backups_clear = now.day().plus(self.shared.settings.backup_keep_days);
        let ending = Ending { shop: &shop, plan: &plan, completed: now.day(), backups_clear };
        let (_, receipt) =
            scrubbed.receipt(&ending, |payload| self.keep_receipt(&whom, &payload, now))?;
        let word = match scope {
            Scope::Everything => "everything",
            Scope::Purpose(_) => "purpose",
        };
        Metrics::count(&self.shared.metrics.erasures, word);
        Ok(receipt)
    }

    fn destroy_keys(&mut self, intent: &Intent) -> Result<(), EngineError> {
        let plan = plan_erasure(intent.scope, &DECLARATIONS, intent.requested_at.day());
        let doomed: Vec<Pseudonym> = intent
            .marks
            .targets
            .iter()
            .filter(|target| plan.destroy_keys.contains(&target.purpose))
            .map(|target| target.pseudonym)
            .collect();
        self.keys.destroy(&doomed)?;
        for pseudonym in &doomed {
            self.cache.remove(pseudonym);
        }
        if let Some(person) = self.shared.people.write().get_mut(&intent.marks.subject) {
            person.pseudonyms.retain(|(_, pseudonym)| !doomed.contains(pseudonym));
            if intent.scope.reaches(PurposeName::Personalization) {
                person.recent = None;
            }
        }
        Ok(())
    }

    fn delete_rows(&mut self, intent: &Intent) -> Result<(), EngineError> {
        let plan = erase_plan(&intent.marks.targets);
        erase::remove(self.tables.as_mut(), self.keys.as_mut(), &plan)?;
        self.forget_corrected(&intent.marks.targets);
        self.forget_addresses(&intent.marks.targets);
        self.erased = true;
        Ok(())
    }

    /// Takes the person out of models, open visits and counters.
    fn unlearn(&mut self, intent: &Intent) -> ModelAfter {
        if intent.scope == Scope::Everything {
            self.shared.strangers.end(intent.marks.subject);
            self.forget_reads(intent.marks.subject);
        }
        for pseudonym in learners(&intent.marks.targets) {
            self.unlearn_person(pseudonym);
            self.door.forget_subject(pseudonym);
        }
        self.publish_model();
        let fingerprint = self.shared.taught().model.fingerprint().to_bytes();
        ModelAfter { fingerprint, seq: self.seq() }
    }

    /// Takes a person out of models and open visits.
    pub(super) fn unlearn_person(&mut self, pseudonym: Pseudonym) {
        self.visits.forget(pseudonym);
        self.waiting.retain(|(_, waiting, _)| *waiting != pseudonym);
        self.shared.teach().model.unlearn_subject(pseudonym);
    }

    fn scrub(&mut self) -> Result<(), EngineError> {
        Ok(erase::scrub(self.tables.as_mut(), self.keys.as_mut())?)
    }

    /// Signs the receipt, keeps it under `LegalProof` and deletes the intent.
    fn keep_receipt(
        &mut self,
        intent: &Intent,
        payload: &ReceiptPayload,
        now: Timestamp,
    ) -> Result<Receipt, EngineError> {
        let subject = intent.marks.subject;
        let receipt = receipt::sign(payload, &self.shared.ring.receipt_seed())?;
        let people = self.shared.people.read();
        let proof = people.get(&subject).and_then(|one| one.pseudonym(PurposeName::LegalProof));
        drop(people);
        if let Some(pseudonym) = proof {
            let record = ErasureRecord { at: now, receipt: receipt.to_json()? };
            let id = RowId::from_bytes(*payload.request.as_bytes());
            let row = self.seal(&Personal::new(pseudonym, record), id, now.day())?;
            let logged = self.logged_receipt((pseudonym, id), &receipt, now)?;
            let mut writes = vec![Write::Put(row), logged];
            writes.extend(self.notices(pseudonym, intent, now)?);
            self.commit(writes)?;
            self.receipts.insert(payload.request, pseudonym);
        }
        self.keys.finish(payload.request)?;
        Ok(receipt)
    }

    /// Does erasures again that a crash interrupted.
    pub(super) fn resume_erasures(&mut self, now: Timestamp) -> Result<(), EngineError> {
        for stored in self.keys.intents()? {
            let body = self.shared.ring.open_secret(INTENT, &stored.body)?;
            let intent = Intent::from_body(&body)?;
            self.carry_out(Erasure::resume(intent), now)?;
        }
        Ok(())
    }

    /// Opens one piece of consent evidence at the desk, once the entry for it is durable.
    ///
    /// # Errors
    /// What the store says; [`EngineError::Unknown`] for a row that is not there.
    pub fn open_evidence(
        &mut self,
        (pseudonym, id): (Pseudonym, RowId),
        desk: &Desk,
        now: Timestamp,
    ) -> Result<ConsentEvidence, EngineError> {
        self.open_at_desk::<Support, _>((pseudonym, id), desk, now)
    }

    /// Opens one row at the desk for a purpose that may, once the entry for it is durable.
    pub(super) fn open_at_desk<P: Covers<T>, T: Stored>(
        &mut self,
        (pseudonym, id): (Pseudonym, RowId),
        desk: &Desk,
        now: Timestamp,
    ) -> Result<T, EngineError> {
        let table = T::DECLARATION.table;
        let row = self.tables.row(table, pseudonym, id)?.ok_or(EngineError::Unknown)?;
        let value = self.unseal::<T>(&row)?;
        let permit = self.own_permit::<P>(pseudonym, now)?;
        let version = permit.version();
        let read = desk.open(value, &permit, (now, version))?;
        read.after_writing(|entry| self.write_look(pseudonym, entry, now))
    }

    /// Makes the entry about one look of the staff durable.
    pub(super) fn write_look(
        &mut self,
        pseudonym: Pseudonym,
        entry: StaffRead,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let id = RowId::from_bytes(chance::bytes()?);
        let logged = self.logged_look((pseudonym, id), &entry, now)?;
        let row = self.seal(&Personal::new(pseudonym, entry), id, now.day())?;
        self.commit(vec![Write::Insert(row), logged]).map(|_| ())
    }

    /// The receipt of an erasure, for who knows its random name.
    ///
    /// # Errors
    /// What the store says; [`EngineError::Unknown`] for a name of nothing.
    pub fn receipt(&mut self, id: RequestId, now: Timestamp) -> Result<String, EngineError> {
        let pseudonym = *self.receipts.get(&id).ok_or(EngineError::Unknown)?;
        let table = ErasureRecord::DECLARATION.table;
        let row = self.tables.row(table, pseudonym, RowId::from_bytes(*id.as_bytes()))?;
        let row = row.ok_or(EngineError::Unknown)?;
        let value = self.unseal::<ErasureRecord>(&row)?;
        let permit = self.own_permit::<LegalProof>(pseudonym, now)?;
        let version = permit.version();
        Ok(value.open(&permit, now, version)?.receipt)
    }
}

pub(super) fn erase_plan(targets: &[Target]) -> ErasePlan {
    let people = targets.iter().map(|target| (target.purpose, target.pseudonym)).collect();
    ErasePlan { people }
}

pub(super) fn learners(targets: &[Target]) -> impl Iterator<Item = Pseudonym> + '_ {
    let learning = |target: &&Target| target.purpose == PurposeName::SharedLearning;
    targets.iter().filter(learning).map(|target| target.pseudonym)
}
