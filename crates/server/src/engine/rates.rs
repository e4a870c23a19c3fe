//! How many people say yes, counted over the evidence on record.
//!
//! Memory holds what the gate needs and neither places nor notices, so evidence is read: one sweep
//! for `LegalProof`. It is made when somebody looks, and then rests a hundred times as long as it
//! took and a minute at least, so that a page that is looked at all day costs the writer a
//! hundredth of its time.
//!
//! # Privacy
//! Only a table stays in memory, with no number about fewer than five people.

use std::sync::{Arc, PoisonError};

use consent::rates::{Line, Rates, Row};
use domain::time::Timestamp;
use personal::kinds::ConsentEvidence;
use personal::purpose::LegalProof;

use crate::clock::Stopwatch;
use crate::engine::{Engine, EngineError};
use crate::shared::Shared;

/// Shortest time between two sweeps, in milliseconds.
const REST_MS_MIN: i64 = 60_000;
/// How many times as long as it took a sweep rests.
const REST_TIMES: i64 = 100;

/// A table, and when it was made.
#[derive(Clone, Debug)]
pub struct Counted {
    /// When it was counted.
    pub at: Timestamp,
    /// From when on it is counted anew.
    pub rests_until: Timestamp,
    /// The table.
    pub lines: Vec<Line>,
}

impl Shared {
    /// The table, while it still rests.
    pub fn counted(&self, now: Timestamp) -> Option<Arc<Counted>> {
        let counted = self.consent_rates.lock().unwrap_or_else(PoisonError::into_inner);
        counted.clone().filter(|counted| (counted.at..counted.rests_until).contains(&now))
    }
}

impl Engine {
    /// Counts who says yes, unless that was done a moment ago.
    ///
    /// # Errors
    /// What the store says.
    pub fn consent_rates(&mut self, now: Timestamp) -> Result<Arc<Counted>, EngineError> {
        if let Some(counted) = self.shared.counted(now) {
            return Ok(counted);
        }
        let watch = Stopwatch::start();
        let mut rates = Rates::default();
        self.sweep::<LegalProof, ConsentEvidence>("consent rates", now, |row, evidence| {
            if let Some(counted) = counted_row(&evidence) {
                rates.add(row.pseudonym, &counted);
            }
        })?;
        let took_ms = i64::try_from(watch.ns() / 1_000_000).unwrap_or(i64::MAX / REST_TIMES);
        let rest_ms = took_ms.saturating_mul(REST_TIMES).max(REST_MS_MIN);
        let rests_until = now.plus_ms(rest_ms);
        let counted = Arc::new(Counted { at: now, rests_until, lines: rates.table(now) });
        let mut kept = self.shared.consent_rates.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(Arc::clone(&counted));
        Ok(counted)
    }
}

/// What of a row is counted; that a person was only asked is not.
fn counted_row(evidence: &ConsentEvidence) -> Option<Row<'_>> {
    Some(Row {
        purpose: evidence.purpose,
        version: evidence.version,
        at: evidence.at,
        state: evidence.state.choice()?,
        expires: evidence.expires,
        place: &evidence.place,
        law: &evidence.law,
        notice: &evidence.notice,
        language: &evidence.language,
    })
}
