//! What the shop states about choices that are not the person's own: `POST /v1/consents/statements`.
//!
//! Two things only: that a person was asked, and that a yes does not count. A yes or a no is never
//! stated here, it is made in [`crate::request`].

use std::collections::BTreeMap;

use personal::purpose::PurposeName;
use personal::subject::Subject;
use serde::Deserialize;

use crate::record::ASSERTED_BYTES_MAX;
use crate::request::{
    BODY_BYTES_MAX, BodyNotice, CHOICES_MAX, ChoiceRequest, RequestError, notice, printable,
    subject,
};

/// Why a body is not a statement. Names fields, never values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Wrong in a way that a choice can be wrong too.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// Not on the list.
    #[error("state is requested or invalidated")]
    State,
    /// Nobody is named.
    #[error("say whose: browser or customer")]
    Nobody,
    /// No reason, or too long a one.
    #[error("an invalidated yes needs a reason of 1 to {ASSERTED_BYTES_MAX} bytes")]
    Reason,
}

/// What is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stated {
    /// The person was asked.
    Requested,
    /// A yes does not count.
    Invalidated,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What is stated.
    pub state: Stated,
    /// About whom.
    pub subject: Subject,
    /// About which purposes, with the notice and the reason; its yes and no mean nothing.
    pub request: ChoiceRequest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(default)]
    browser: Option<String>,
    #[serde(default)]
    customer: Option<String>,
    state: String,
    purposes: Vec<String>,
    #[serde(default)]
    notice: Option<BodyNotice>,
    #[serde(default)]
    how: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

impl Statement {
    /// Reads a body.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        if bytes.len() > BODY_BYTES_MAX {
            return Err(RequestError::TooLong { bytes: bytes.len() }.into());
        }
        let body: Body = serde_json::from_slice(bytes).map_err(|wrong| {
            RequestError::Malformed { line: wrong.line(), column: wrong.column() }
        })?;
        let subject = subject(body.browser.as_deref(), body.customer.as_deref())?;
        let state = match body.state.as_str() {
            "requested" => Stated::Requested,
            "invalidated" => Stated::Invalidated,
            _ => return Err(StatementError::State),
        };
        let purposes = purposes(&body.purposes)?;
        let how = printable(body.how)?;
        let reason = body.reason.unwrap_or_default();
        let reason = reason.trim();
        let fits = (1..=ASSERTED_BYTES_MAX).contains(&reason.len());
        if state == Stated::Invalidated && !fits || reason.len() > ASSERTED_BYTES_MAX {
            return Err(StatementError::Reason);
        }
        let request = ChoiceRequest {
            notice: body.notice.map(notice).transpose()?,
            source: reason.to_owned(),
            ..ChoiceRequest::of(purposes, &how)
        };
        Ok(Self { state, subject: subject.ok_or(StatementError::Nobody)?, request })
    }
}

fn purposes(words: &[String]) -> Result<BTreeMap<PurposeName, bool>, RequestError> {
    if words.is_empty() {
        return Err(RequestError::NoChoice);
    }
    if words.len() > CHOICES_MAX {
        return Err(RequestError::TooManyChoices);
    }
    let known = |word: &String| PurposeName::parse(word).map(|purpose| (purpose, false));
    let known: Result<_, _> = words.iter().map(known).collect();
    known.map_err(|_| RequestError::UnknownPurpose)
}

#[cfg(test)]
mod tests;
