//! Where a request stands, what it waits for and how it ends.

use domain::id::RequestId;
use domain::time::Timestamp;

use crate::proof::Strength;
use crate::request::act::Review;
use crate::request::denial::Denial;

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It arrived, and the person was not told yet.
    Open,
    /// Somebody works on it.
    InProgress,
    /// It waits for the person to prove who they are.
    NeedsVerification,
    /// It waits for the person to say what is meant.
    NeedsClarification,
    /// It waits for a second member of staff.
    NeedsSecond,
    /// It is being carried out; there is no way back.
    Executing,
    /// Carried out, whole.
    Fulfilled,
    /// Carried out, and something stays.
    PartlyFulfilled,
    /// Taken back.
    Revoked,
    /// Refused.
    Denied,
    /// The person did not answer.
    Expired,
    /// It goes on in another request.
    Merged,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 12] = [
        Self::Open,
        Self::InProgress,
        Self::NeedsVerification,
        Self::NeedsClarification,
        Self::NeedsSecond,
        Self::Executing,
        Self::Fulfilled,
        Self::PartlyFulfilled,
        Self::Revoked,
        Self::Denied,
        Self::Expired,
        Self::Merged,
    ];

    /// The state as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::NeedsVerification => "needs_verification",
            Self::NeedsClarification => "needs_clarification",
            Self::NeedsSecond => "needs_second",
            Self::Executing => "executing",
            Self::Fulfilled => "fulfilled",
            Self::PartlyFulfilled => "partly_fulfilled",
            Self::Revoked => "revoked",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Merged => "merged",
        }
    }

    /// Whether nothing happens to it any more.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Fulfilled
            | Self::PartlyFulfilled
            | Self::Revoked
            | Self::Denied
            | Self::Expired
            | Self::Merged => true,
            Self::Open
            | Self::InProgress
            | Self::NeedsVerification
            | Self::NeedsClarification
            | Self::NeedsSecond
            | Self::Executing => false,
        }
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Carried out. What stays is in [`crate::request::Case::rests`].
    Fulfilled {
        /// Until when the results can be fetched.
        results_until: Option<Timestamp>,
    },
    /// A human looked at the decision.
    Decided(Review),
    /// Refused.
    Denied(Denial),
    /// Taken back.
    Revoked,
    /// The person did not answer.
    Expired,
    /// It goes on in another request.
    Merged(RequestId),
}

/// What a request waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WaitFor {
    /// A proof of this strength.
    Identity(Strength),
    /// What is meant.
    Clarification,
}

/// A time during which it was the person's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// For what.
    pub what: WaitFor,
    /// Since when.
    pub since: Timestamp,
    /// Until when at most.
    pub until: Timestamp,
    /// When it was over.
    pub over: Option<Timestamp>,
    /// Whether a proof was shown that proved nothing.
    pub failed: bool,
}

/// What has to be done besides, once a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Duty {
    /// To tell whoever asked how it ended (GDPR Art. 12(3) and (4)).
    TellAsker,
    /// To name complaint and court (GDPR Art. 12(4)).
    NameRemedies,
    /// To tell everybody who received the data (GDPR Art. 19).
    TellRecipients,
}
