//! What the writer knows of the canary's invented visitors, and how they go without a trace.

use domain::time::Timestamp;
use personal::kinds::DECLARATIONS;
use personal::purpose::PurposeName;
use personal::subject::Subject;
use rights::machine::Verification;
use rights::plan::Scope;
use store::inventory::inventory;
use store::port::{Document, Write};

use crate::canary::{Kept, RUNS_MAX, Run};
use crate::documents::DocumentError;
use crate::engine::forgetting::ErasureRequest;
use crate::engine::{Engine, EngineError};
use crate::path;

/// The kind under which the store keeps runs.
const STORED_AS: &str = "canary_run";
/// Runs that are read at once.
const PAGE: usize = 200;

/// What is held of one invented visitor, besides the proof of the choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Purposes with a key.
    pub purposes: Vec<PurposeName>,
    /// Rows in the tables of those purposes.
    pub rows: u64,
    /// Visits that the shared model learned.
    pub sessions: u64,
    /// Orders that the shared model learned.
    pub orders: u64,
    /// Whether answers have newest items of the visitor.
    pub profile: bool,
    /// Whether a visit is open.
    pub visit: bool,
}

/// How the shop stands: the same number of the last commit means that nobody wrote anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The number of the last commit.
    pub seq: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Visits in the shared model.
    pub sessions: u64,
    /// The fingerprint of the shared model.
    pub fingerprint: [u8; 16],
}

impl Engine {
    /// What is held of an invented visitor.
    ///
    /// # Errors
    /// What the store says.
    pub fn held_of(&self, name: &Subject) -> Result<Held, EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let (pseudonyms, profile) = {
            let people = self.shared.people.read();
            let person = people.get(&subject);
            let pseudonyms = person.map(|person| person.pseudonyms.clone()).unwrap_or_default();
            (pseudonyms, person.is_some_and(|person| person.recent.is_some()))
        };
        let mut held =
            Held { purposes: Vec::new(), rows: 0, sessions: 0, orders: 0, profile, visit: false };
        for (purpose, pseudonym) in pseudonyms {
            if purpose == PurposeName::LegalProof {
                continue;
            }
            held.purposes.push(purpose);
            for table in DECLARATIONS.iter().filter(|table| table.purpose == purpose) {
                held.rows += self.tables.count_of(table.table, pseudonym)?;
            }
            held.visit |= !self.visits.open_steps(pseudonym).is_empty();
            let taught = self.shared.taught();
            held.sessions += taught.model.index().sessions_of(pseudonym).len() as u64;
            held.orders += taught.model.baskets().baskets_of(pseudonym).count() as u64;
        }
        Ok(held)
    }

    /// How the shop stands.
    ///
    /// # Errors
    /// What the store says.
    pub fn standing(&self) -> Result<Standing, EngineError> {
        let rows = inventory(self.tables.as_ref())?.iter().map(|line| line.rows).sum();
        let taught = self.shared.taught();
        Ok(Standing {
            seq: self.seq(),
            rows,
            sessions: taught.model.index().sessions().into(),
            fingerprint: taught.model.fingerprint().to_bytes(),
        })
    }

    /// Keeps a run, unless it was cut short, and lets its visitors go. The oldest runs beyond [`RUNS_MAX`] go, too.
    ///
    /// # Errors
    /// What the store says.
    pub fn keep_run(
        &mut self,
        (run, visitors): (Run, Vec<Subject>),
        now: Timestamp,
    ) -> Result<Kept, EngineError> {
        for name in &visitors {
            self.dismiss(name, now)?;
        }
        let kept = run.kept(now);
        if !kept.is_evidence() {
            return Ok(kept);
        }
        let key = format!("{:020}-{}", kept.at_ms, kept.run);
        let body = serde_json::to_vec(&kept).map_err(|_| DocumentError::Layout)?;
        let mut keys: Vec<String> = self.stored_runs()?.into_iter().map(|row| row.key).collect();
        keys.push(key.clone());
        let too_old = keys.len().saturating_sub(RUNS_MAX);
        let delete = |key| Write::DeleteDocument { kind: STORED_AS.to_owned(), key };
        let mut writes: Vec<Write> = keys.into_iter().take(too_old).map(delete).collect();
        writes.push(Write::PutDocument(Document { kind: STORED_AS.to_owned(), key, body }));
        self.commit(writes)?;
        self.shared.tell_canary(kept.last());
        for broken in &kept.failures {
            let (place, way, what) = (&broken.place, &broken.way, &broken.what);
            tracing::error!(place, way, what, "the opt-out canary failed");
        }
        Ok(kept)
    }

    /// The runs that are kept, oldest first.
    ///
    /// # Errors
    /// What the store says.
    pub fn runs(&self) -> Result<Vec<Kept>, EngineError> {
        let read = |row: &Document| {
            serde_json::from_slice(&row.body).map_err(|_| DocumentError::Layout.into())
        };
        self.stored_runs()?.iter().map(read).collect()
    }

    fn stored_runs(&self) -> Result<Vec<Document>, EngineError> {
        let mut runs: Vec<Document> = Vec::new();
        loop {
            let after = runs.last().map(|row| row.key.as_str());
            let page = self.tables.documents(STORED_AS, after, PAGE)?;
            if page.is_empty() {
                return Ok(runs);
            }
            runs.extend(page);
        }
    }

    /// Lets an invented visitor go, with the evidence that a person's choices would leave. Rows go
    /// before the key: a key that seals nothing is collected after a crash, and nothing here is
    /// anybody's.
    fn dismiss(&mut self, name: &Subject, now: Timestamp) -> Result<(), EngineError> {
        let held = self.held_of(name)?;
        if !held.purposes.is_empty() {
            // The gate failed, or a run was cut between a yes and its withdrawal.
            let (name, how) = (name.clone(), Verification::Operator);
            path::forget(self, &ErasureRequest { name, scope: Scope::Everything, how }, now)?;
        }
        self.commit_staged(now)?;
        let subject = self.shared.ring.subject_ref(name);
        let proof = {
            let people = self.shared.people.read();
            people.get(&subject).and_then(|one| one.pseudonym(PurposeName::LegalProof))
        };
        if let Some(pseudonym) = proof {
            let of_proof =
                |table: &&personal::record::Declaration| table.purpose == PurposeName::LegalProof;
            let tables = DECLARATIONS.iter().filter(of_proof);
            let delete = |table: &personal::record::Declaration| Write::DeleteAll {
                table: table.table,
                pseudonym,
            };
            self.commit(tables.map(delete).collect())?;
            let destroyed = self.keys.destroy(&[pseudonym]);
            self.torn |= destroyed.is_err();
            destroyed?;
            self.cache.remove(&pseudonym);
            self.receipts.retain(|_, whose| *whose != pseudonym);
        }
        self.shared.people.write().remove(&subject);
        Ok(())
    }
}
