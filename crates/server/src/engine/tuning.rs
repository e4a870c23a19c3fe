//! What weights are fitted on: the closed visits of everybody who lets them teach now.

use std::sync::Arc;

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;
use ingest::sessions;
use personal::kinds::{ClosedSession, Step};
use personal::purpose::SharedLearning;
use recommend::evaluation::Session;

use crate::engine::{Engine, EngineError};

impl Engine {
    /// Reads the closed visits of the store, with the items that the catalog knows and that may be
    /// learned.
    ///
    /// # Privacy
    /// Consent to `SharedLearning` is decided anew for every row. A visit names its person by the
    /// pseudonym of that purpose, so that shares can be capped, and by nothing else; rows do not
    /// say on which placement a visit began.
    ///
    /// # Errors
    /// What the store says.
    pub fn visits_that_teach(&mut self, now: Timestamp) -> Result<Vec<Session>, EngineError> {
        let mut rows: Vec<(Pseudonym, Vec<Step>)> = Vec::new();
        self.sweep::<SharedLearning, ClosedSession>("tune weights", now, |row, session| {
            rows.push((row.pseudonym, session.steps));
        })?;
        let shared = Arc::clone(&self.shared);
        let taught = shared.taught();
        let items = taught.model.items();
        let learnable = |id: &ItemId| items.number(id).is_some_and(|one| items.is_learnable(one));
        let visit = |(pseudonym, steps): (Pseudonym, Vec<Step>)| Session {
            subject: Some(pseudonym),
            at: steps.last().map(|step| step.at).unwrap_or_default(),
            items: sessions::items_of(&steps).into_iter().filter(learnable).collect(),
        };
        Ok(rows.into_iter().map(visit).collect())
    }
}
