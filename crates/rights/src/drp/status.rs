//! What an agent is answered: the state of a request, a token, an error (sections 3.02, 3.03, 3.06).

use domain::hex;
use domain::id::RequestId;
use domain::time::Day;
use serde::{Deserialize, Serialize};

use crate::drp::{Agent, DrpError, moment};
use crate::request::Case;
use crate::request::denial::{Denial, REMEDIES};
use crate::request::state::{End, State};

/// The state of a request, as the protocol writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The random public name, written like a UUID.
    pub request_id: String,
    /// The agent's own name of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_request_id: Option<String>,
    /// `open`, `in_progress`, `fulfilled`, `revoked`, `denied` or `expired`.
    pub status: String,
    /// What more there is to say about the state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it arrived.
    pub received_at: String,
    /// By when there will be an answer, while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_by: Option<String>,
    /// What the person is told besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processing_details: Option<String>,
    /// Where the person proves who they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_verification_url: Option<String>,
    /// Where the results are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results_url: Option<String>,
    /// Until when the results, or the time to prove something, are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// What the answer needs beside the request.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The request in which a merged one goes on.
    pub leading: Option<&'a Case>,
    /// The agent's own name of the request.
    pub agent_request: Option<&'a str>,
    /// The last day of the answer, by the clock.
    pub due: Day,
    /// Where the person proves who they are.
    pub verification_url: &'a str,
    /// Where the results are, if there are some to fetch.
    pub results_url: Option<&'a str>,
}

impl Status {
    /// The state of a request for the agent that asked.
    ///
    /// # Privacy
    /// Holds nothing of the person: names of states, instants, addresses of the shop's own pages
    /// and sentences that are the same for everybody.
    pub fn of(case: &Case, facts: &Facts<'_>) -> Self {
        let id = case.asked.id;
        let shown = match case.end {
            Some((End::Merged(_), _)) => facts.leading.unwrap_or(case),
            _ => case,
        };
        let state = shown.state();
        let (status, reason) = words(shown, state);
        let asks = state == State::NeedsVerification;
        let fetch = match shown.end {
            Some((End::Fulfilled { results_until }, _)) => results_until,
            _ => None,
        };
        let expires = shown.waiting().filter(|_| asks).map(|wait| wait.until).or(fetch);
        // The last second of the last day.
        let last = facts.due.plus(1).start().plus_ms(-1_000);
        Self {
            request_id: uuid(id),
            agent_request_id: facts.agent_request.map(str::to_owned),
            status: status.to_owned(),
            reason: reason.map(str::to_owned),
            received_at: moment::write(case.received),
            expected_by: (!state.is_final()).then(|| moment::write(last)),
            processing_details: details(shown, state),
            user_verification_url: asks.then(|| facts.verification_url.to_owned()),
            results_url: fetch.and(facts.results_url).map(str::to_owned),
            expires_at: expires.map(moment::write),
        }
    }
}

fn words(case: &Case, state: State) -> (&'static str, Option<&'static str>) {
    match state {
        State::Open => ("open", None),
        State::InProgress | State::NeedsClarification | State::NeedsSecond | State::Executing => {
            ("in_progress", None)
        }
        State::NeedsVerification => ("in_progress", Some("need_user_verification")),
        State::Fulfilled | State::PartlyFulfilled => ("fulfilled", None),
        State::Revoked => ("revoked", None),
        State::Expired => ("expired", None),
        State::Denied => match case.end {
            Some((End::Denied(denial), _)) => ("denied", Some(reason(denial))),
            _ => ("denied", Some("other")),
        },
        // Goes on in a request that is not there any more.
        State::Merged => ("denied", Some("other")),
    }
}

/// The reason as the protocol names it.
pub const fn reason(denial: Denial) -> &'static str {
    match denial {
        Denial::SuspectedFraud => "suspected_fraud",
        Denial::InsufficientVerification => "insuf_verification",
        Denial::NoMatch => "no_match",
        Denial::OutsideJurisdiction => "outside_jurisdiction",
        Denial::TooManyRequests | Denial::Excessive => "too_many_requests",
        Denial::NotCovered
        | Denial::LegalObligation
        | Denial::LegalClaims
        | Denial::PublicInterest
        | Denial::OthersRights
        | Denial::CompellingGrounds
        | Denial::NotAutomated => "claim_not_covered",
        Denial::Unfounded | Denial::Accurate => "other",
    }
}

fn details(case: &Case, state: State) -> Option<String> {
    if let Some((End::Denied(denial), _)) = case.end {
        return Some(format!("{} {REMEDIES}", denial.sentence()));
    }
    if state == State::PartlyFulfilled {
        return Some(format!("Something stays, and the answer names what and why. {REMEDIES}"));
    }
    if state == State::NeedsClarification {
        return Some("We asked the person what exactly is meant.".to_owned());
    }
    // An extension has to say why (sections 3.03 and 3.08).
    let delay = case.extended.filter(|_| !state.is_final());
    delay.map(|(why, _)| why.sentence().to_owned())
}

/// Writes the name of a request as the protocol likes it: like a UUID.
pub fn uuid(request: RequestId) -> String {
    let bytes = request.as_bytes();
    let groups = [0..4, 4..6, 6..8, 8..10, 10..16];
    let written = groups.map(|group| hex::encode(bytes.get(group).unwrap_or_default()));
    written.join("-")
}

/// Reads what [`uuid`] wrote.
pub fn request_id(text: &str) -> Option<RequestId> {
    let id = RequestId::parse(&text.replace('-', "")).ok()?;
    (uuid(id) == text).then_some(id)
}

/// The answer to the set-up of a pairwise key (section 2.05.1).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TokenAnswer {
    /// The agent that set it up.
    #[serde(rename = "agent-id")]
    agent_id: String,
    /// The token, to be sent as a bearer token.
    token: String,
}

impl std::fmt::Debug for TokenAnswer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TokenAnswer(..)")
    }
}

impl TokenAnswer {
    /// Gives an agent a token made of 32 random bytes. Keep a digest of the token, not the token.
    pub fn new(agent: &Agent, random: &[u8; 32]) -> Self {
        Self { agent_id: agent.id().as_str().to_owned(), token: hex::encode(random) }
    }

    /// The token as the agent will send it.
    pub fn token(&self) -> &str {
        &self.token
    }
}

/// The body of an error (section 3.06).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorBody {
    /// The status of HTTP, which the server chose, as text.
    pub code: String,
    /// What is wrong; nothing of the person.
    pub message: String,
    /// There when the same request cannot succeed later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fatal: Option<bool>,
}

impl ErrorBody {
    /// The body for an error and the status that the server answers it with.
    pub fn of(error: DrpError, code: u16) -> Self {
        let fatal = error.is_fatal().then_some(true);
        Self { code: code.to_string(), message: error.to_string(), fatal }
    }
}

#[cfg(test)]
mod tests;
