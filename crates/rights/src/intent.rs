//! What has to be durable before anything is destroyed, so that a crash is followed by a redo.
//!
//! The body joins the pseudonyms of one person, so the shell seals it under a key of the shop and
//! deletes it in the same write that keeps the receipt.

use std::collections::BTreeMap;
use std::fmt;

use domain::id::{Pseudonym, RequestId};
use domain::time::{Day, Timestamp};
use personal::purpose::PurposeName;
use personal::subject::SubjectRef;
use serde::{Deserialize, Serialize};

use crate::plan::Scope;
use crate::telling::Tell;

/// Version of the body's layout.
const FORMAT: u32 = 1;
/// Largest body, in bytes of JSON.
pub const INTENT_BYTES_MAX: usize = 64 * 1024;

/// Why an intent was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntentError {
    /// The bytes are no intent of a known layout.
    #[error("intent does not have the expected layout")]
    Malformed,
    /// A target lies outside of what was asked for.
    #[error("intent names a purpose that was not asked for")]
    OutOfScope,
}

/// One name of the person in one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The purpose.
    pub purpose: PurposeName,
    /// The pseudonym there.
    pub pseudonym: Pseudonym,
}

/// Whom the erasure is about, and which marks keep late copies out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marks {
    /// The person, inside the running server.
    pub subject: SubjectRef,
    /// The person's pseudonyms in the purposes of the scope.
    pub targets: Vec<Target>,
    /// MACs under the erasure-only key.
    pub tombstones: Vec<[u8; 16]>,
    /// Only what was written before this instant is erased and kept out.
    pub cutoff: Timestamp,
    /// The first day without the tombstones.
    pub tombstones_until: Day,
    /// Who is told of it.
    #[serde(default)]
    pub tell: Vec<Tell>,
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Marks(..)")
    }
}

/// What was there before, counted once, so that a redo writes the same receipt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// Rows of the person per table; a table that is missing had none.
    pub rows: BTreeMap<String, u64>,
    /// Keys of the person that will be destroyed.
    pub keys: u32,
    /// Closed visits of the person that the shared model learned and will unlearn.
    pub sessions: u64,
    /// Orders of the person that the shared model learned and will unlearn.
    #[serde(default)]
    pub orders: u64,
    /// The model's fingerprint before.
    pub fingerprint: [u8; 16],
}

/// A request for erasure with everything that redoing it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    format: u32,
    /// The random public name of the request.
    pub request: RequestId,
    /// What was asked for.
    pub scope: Scope,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Whom it is about.
    pub marks: Marks,
    /// What was there before.
    pub found: Found,
}

impl Intent {
    pub(crate) fn new(
        (request, scope): (RequestId, Scope),
        requested_at: Timestamp,
        marks: Marks,
        found: Found,
    ) -> Result<Self, IntentError> {
        Self { format: FORMAT, request, scope, requested_at, marks, found }.checked()
    }

    /// The bytes to make durable. Personal data: seal them.
    ///
    /// # Errors
    /// [`IntentError::Malformed`] when they exceed [`INTENT_BYTES_MAX`].
    pub fn to_body(&self) -> Result<Vec<u8>, IntentError> {
        let body = serde_json::to_vec(self).map_err(|_| IntentError::Malformed)?;
        if body.len() > INTENT_BYTES_MAX {
            return Err(IntentError::Malformed);
        }
        Ok(body)
    }

    /// Reads what [`Intent::to_body`] wrote.
    ///
    /// # Errors
    /// [`IntentError`].
    pub fn from_body(body: &[u8]) -> Result<Self, IntentError> {
        if body.len() > INTENT_BYTES_MAX {
            return Err(IntentError::Malformed);
        }
        let intent: Self = serde_json::from_slice(body).map_err(|_| IntentError::Malformed)?;
        if intent.format != FORMAT {
            return Err(IntentError::Malformed);
        }
        intent.checked()
    }

    fn checked(self) -> Result<Self, IntentError> {
        match self.marks.targets.iter().all(|target| self.scope.reaches(target.purpose)) {
            true => Ok(self),
            false => Err(IntentError::OutOfScope),
        }
    }
}

#[cfg(test)]
mod tests;
