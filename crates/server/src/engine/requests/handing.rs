//! Requests that come from shop platforms: they stand with all others, and a copy that a platform
//! asked for lies on a desk until the shop hands it over.

use domain::hex;
use domain::id::{RequestId, RowId};
use domain::time::Timestamp;
use personal::kinds::PlatformRequest;
use personal::purpose::PurposeName;
use personal::record::Stored as _;
use personal::subject::{Subject, SubjectRef};
use rights::proof::Strength;
use rights::request::kind::{About, Kind};
use rights::request::names::{Asker, PlatformId};

use crate::engine::requests::{Filed, NewRequest};
use crate::engine::{Engine, EngineError};

/// What a platform wants for one of its customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromPlatform {
    /// The platform.
    pub platform: PlatformId,
    /// What is asked for.
    pub kind: Kind,
    /// The row that waits to be picked up, where there is one.
    pub row: Option<RowId>,
}

impl Engine {
    /// Takes a request of a platform in. The platform knows its customer, so nothing is asked.
    ///
    /// # Errors
    /// What [`Engine::file_request`] says.
    pub fn file_for_platform(
        &mut self,
        name: &Subject,
        from: FromPlatform,
        now: Timestamp,
    ) -> Result<RequestId, EngineError> {
        let new = NewRequest {
            kind: from.kind,
            about: About::EVERYTHING,
            asker: Asker::Platform(from.platform),
            law: self.shared.law(now.day()).pack,
            proven: Strength::Fresh,
            words: None,
            agent_request: from.row.map(|row| hex::encode(row.as_bytes())),
        };
        self.file_request(name, new, now)
    }

    /// Whether the queue has a request for a row that waits.
    pub(in crate::engine) fn is_queued(&self, subject: SubjectRef, row: RowId) -> bool {
        let row = hex::encode(row.as_bytes());
        let own = self.requests.of(subject);
        own.iter().any(|filed| filed.agent_request.as_deref() == Some(row.as_str()))
    }

    /// The copies that a platform asked for are handed over: the requests for them end.
    ///
    /// # Errors
    /// What the store says.
    pub fn handed_over(
        &mut self,
        name: &Subject,
        platform: &PlatformId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let subject = self.shared.ring.subject_ref(name);
        let waits = |filed: &&&Filed| {
            let case = &filed.case;
            let asked = matches!(&case.asked.asker, Asker::Platform(known) if known == platform);
            case.end.is_none() && case.asked.kind == Kind::Access && asked
        };
        let own = self.requests.of(subject);
        let open: Vec<RequestId> = own.iter().filter(waits).map(|one| one.case.asked.id).collect();
        for id in open {
            if self.waits_in_rows(id)? {
                continue;
            }
            self.start_request(id, now)?;
            self.go_on(id, now)?;
        }
        Ok(())
    }

    /// Whether the person was erased since a platform asked for a copy. A row that only became too
    /// old is another matter: the shop did not answer, and that stays visible.
    pub(super) fn is_nothing_left(
        &self,
        id: RequestId,
        now: Timestamp,
    ) -> Result<bool, EngineError> {
        let filed = self.requests.get(id).ok_or(EngineError::Unknown)?;
        let days = PlatformRequest::DECLARATION.keep_days_max;
        let fresh = now.day() < filed.case.received.day().plus(days);
        Ok(filed.agent_request.is_some() && fresh && !self.waits_in_rows(id)?)
    }

    /// Whether something of the person of a request waits to be picked up.
    fn waits_in_rows(&self, id: RequestId) -> Result<bool, EngineError> {
        let filed = self.requests.get(id).ok_or(EngineError::Unknown)?;
        let pseudonym = {
            let people = self.shared.people.read();
            let person = people.get(&filed.subject);
            person.and_then(|person| person.pseudonym(PurposeName::LegalObligation))
        };
        let table = PlatformRequest::DECLARATION.table;
        let rows = pseudonym.map(|who| self.tables.rows_of(table, who)).transpose()?;
        Ok(rows.is_some_and(|rows| !rows.is_empty()))
    }
}
