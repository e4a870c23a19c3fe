//! What an import asks of the writer beyond the main path: choices with a time of their own, and
//! a mark of how far it came that is durable together with the rows.

use consent::record;
use consent::request::ChoiceRequest;
use domain::time::Timestamp;
use personal::gate::ChoiceState;
use personal::subject::Subject;
use serde::{Deserialize, Serialize};
use store::port::{Document, Write};

use crate::engine::choosing::Setting;
use crate::engine::{Engine, EngineError};

/// The kind of document that a mark is.
pub const IMPORT: &str = "import";

/// How far an import came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// People, or lines of events, that are durable.
    pub through: u64,
    /// Rows that were taken from them.
    pub taken: u64,
    /// Whether the file has ended.
    pub done: bool,
}

impl Engine {
    /// How far the import with this digest came.
    ///
    /// # Errors
    /// What the store says.
    pub fn import_mark(&self, digest: &str) -> Result<Option<Mark>, EngineError> {
        let body = self.tables.document(IMPORT, digest)?;
        Ok(body.and_then(|body| serde_json::from_slice(&body).ok()))
    }

    /// Stages the mark of an import; it becomes durable with everything else that is staged.
    ///
    /// # Errors
    /// A mark that cannot be written.
    pub fn stage_import_mark(&mut self, digest: &str, mark: Mark) -> Result<(), EngineError> {
        let body = serde_json::to_vec(&mark).map_err(|_| EngineError::Catalog)?;
        let (kind, key) = (IMPORT.to_owned(), digest.to_owned());
        self.stage_write(Write::PutDocument(Document { kind, key, body }));
        Ok(())
    }

    /// Stages one choice that was made elsewhere at `at`; says whether it was news. What the
    /// person chose since then stays.
    ///
    /// # Privacy
    /// A no takes back what was given, with all that [`Engine::choose`] does then.
    ///
    /// # Errors
    /// A choice that is not acceptable, or what the store says.
    pub fn import_choice(
        &mut self,
        name: &Subject,
        request: &ChoiceRequest,
        at: Timestamp,
        setting: &Setting,
    ) -> Result<bool, EngineError> {
        let current = self.choices_of(name);
        let newer = |purpose| current.by_purpose.get(purpose).is_some_and(|one| one.at >= at);
        if request.choices.keys().any(newer) {
            return Ok(false);
        }
        // A period of the person's own that is known stays, and is not written down again.
        let known = |purpose| current.keep.contains_key(purpose);
        if request.choices.is_empty() && request.keep.keys().all(known) {
            return Ok(false);
        }
        // A yes after a pause brings back what rested.
        let paused = |purpose| {
            let before = current.by_purpose.get(purpose);
            before.is_some_and(|before| before.state == ChoiceState::Paused)
        };
        let takes_back = |(purpose, yes): (_, &bool)| {
            paused(purpose) || (!yes && current.by_purpose.contains_key(purpose))
        };
        if request.choices.iter().any(takes_back) {
            self.choose(name, request, setting)?;
            return Ok(true);
        }
        self.check_child(name, request)?;
        let context = setting.context(at);
        let chosen = record::choose(&current, request, &context)?;
        self.stage_evidence(name, chosen, (setting.law, setting.now))?;
        Ok(true)
    }
}
