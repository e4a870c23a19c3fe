//! Proof of deletion: what each retention sweep deleted, by table and day. It names nobody.
//!
//! A sweep that deleted nothing leaves no proof, only the day on which it ran.

use std::collections::BTreeMap;

use domain::date::Date;
use domain::time::Day;
use serde::{Deserialize, Serialize};
use store::port::{Document, Write};
use store::schema::DECLARED;
use utoipa::ToSchema;

use crate::documents::DocumentError;
use crate::engine::{Engine, EngineError};

/// The kind under which the store keeps proofs.
const STORED_AS: &str = "retention_sweep";
/// How long a proof is kept, in days: as long as other proof.
const KEEP_DAYS: u32 = personal::kinds::PROOF_KEEP_DAYS;
/// Proofs that are read at once.
const PAGE: usize = 200;

/// What the retention sweep of one day deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SweepProof {
    /// The day, such as `2026-11-22`.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// Deleted rows, for every table that had some.
    pub rows: BTreeMap<String, u64>,
    /// Whether no row was left whose last day was over, after log and deleted cells were
    /// overwritten.
    pub complete: bool,
}

impl Engine {
    /// Keeps what a sweep deleted, and lets proofs go that are too old.
    pub(super) fn prove_sweep(
        &mut self,
        day: Day,
        deleted: BTreeMap<&'static str, u64>,
    ) -> Result<(), EngineError> {
        let all: u64 = deleted.values().sum();
        let mut left = self.overdue_rows(day)?;
        for one in &DECLARED {
            left += self.tables.expired(one.table, day, 1)?.len();
        }
        let key = Date(day).to_string();
        let mut proof = SweepProof { day: Date(day), rows: BTreeMap::new(), complete: left == 0 };
        if let Some(body) = self.tables.document(STORED_AS, &key)? {
            // The server was started again on the same day.
            let earlier: SweepProof =
                serde_json::from_slice(&body).map_err(|_| DocumentError::Layout)?;
            proof.rows = earlier.rows;
        }
        for (table, rows) in deleted {
            *proof.rows.entry(table.to_owned()).or_default() += rows;
        }
        let body = serde_json::to_vec(&proof).map_err(|_| DocumentError::Layout)?;
        let oldest = day.number().saturating_sub(KEEP_DAYS);
        let too_old = self.proofs()?.into_iter().filter(|one| one.day.0.number() < oldest);
        let kind = || STORED_AS.to_owned();
        let mut writes: Vec<Write> = too_old
            .map(|one| Write::DeleteDocument { kind: kind(), key: one.day.to_string() })
            .collect();
        writes.push(Write::PutDocument(Document { kind: kind(), key, body }));
        self.commit(writes)?;
        tracing::info!(rows = all, complete = proof.complete, "the retention sweep deleted rows");
        Ok(())
    }

    /// The proofs that are kept, oldest first.
    ///
    /// # Errors
    /// What the store says.
    pub fn proofs(&self) -> Result<Vec<SweepProof>, EngineError> {
        let mut rows: Vec<Document> = Vec::new();
        loop {
            let after = rows.last().map(|row| row.key.as_str());
            let page = self.tables.documents(STORED_AS, after, PAGE)?;
            if page.is_empty() {
                break;
            }
            rows.extend(page);
        }
        let read = |row: &Document| {
            serde_json::from_slice(&row.body).map_err(|_| DocumentError::Layout.into())
        };
        rows.iter().map(read).collect()
    }

    /// The day on which the daily round ran last since the start.
    pub const fn swept_on(&self) -> Option<Day> {
        self.swept_on
    }
}
