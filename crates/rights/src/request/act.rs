//! What happens to a request: acts, appended as numbered events, never changed.

use domain::id::RequestId;
use domain::time::{Day, Timestamp};
use serde::{Deserialize, Serialize};

use crate::date;
use crate::proof::Strength;
use crate::request::denial::Denial;
use crate::request::kind::{About, Kind};
use crate::request::lift::{LiftReason, ToldHow};
use crate::request::names::{Asker, StaffId};

/// Version of the layout of events.
const FORMAT: u32 = 1;
/// Largest event, in bytes of JSON.
pub const EVENT_BYTES_MAX: usize = 32 * 1024;
/// Most things that one request leaves behind.
pub const RESTS_MAX: usize = 64;
/// Longest text of a rest or of a law pack, in bytes.
pub const TEXT_BYTES_MAX: usize = 200;

/// What was asked for, by whom, and under which law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The random public name of the request.
    #[serde(with = "request_id")]
    pub id: RequestId,
    /// What is asked for.
    pub kind: Kind,
    /// What it is about.
    pub about: About,
    /// Who asks.
    pub asker: Asker,
    /// The id of the law pack that counted on the day.
    pub law: String,
}

/// One thing that happens to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// It arrived.
    Received {
        /// What was asked for.
        asked: Asked,
        /// The proof of identity that this needs, by the table of the day.
        needs: Strength,
    },
    /// The person was told that it arrived.
    Acknowledged {},
    /// The same asker asked for the same again.
    AskedAgain {},
    /// The person was asked to prove who they are (GDPR Art. 12(6)).
    VerificationAsked {
        /// How strong the proof has to be.
        strength: Strength,
        /// Until when.
        until: Timestamp,
    },
    /// The person proved who they are.
    Verified {
        /// How strong the proof was.
        strength: Strength,
    },
    /// What the person showed proved nothing.
    VerificationFailed {},
    /// The person was asked what exactly is meant (GDPR recital 63).
    ClarificationAsked {
        /// Until when.
        until: Timestamp,
    },
    /// The person said what is meant.
    Clarified {},
    /// The answer was put off, and the person was told why (GDPR Art. 12(3)).
    Extended {
        /// Why.
        why: Delay,
        /// The last day of the first period; the person was told by then.
        #[serde(with = "date")]
        due: Day,
    },
    /// A member of staff proposes a step that two have to agree on.
    Proposed {
        /// The step.
        step: Step,
        /// Who proposes.
        by: StaffId,
    },
    /// Somebody else agrees; the step is done.
    Approved {
        /// Who agrees.
        by: StaffId,
    },
    /// Somebody does not agree, or the proposer takes it back.
    Rejected {
        /// Who.
        by: StaffId,
    },
    /// Carrying it out began; there is no way back.
    Started {
        /// What stays behind, and why.
        rests: Vec<Rest>,
    },
    /// It is carried out.
    Fulfilled {
        /// Until when the results can be fetched, if there is something to fetch.
        results_until: Option<Timestamp>,
    },
    /// It is refused for a plain fact.
    Denied {
        /// Why.
        denial: Denial,
    },
    /// The asker took it back.
    Revoked {},
    /// The person was asked something and did not answer in time.
    Expired {},
    /// It goes on in another request of the same person for the same.
    Merged {
        /// The other request.
        #[serde(with = "request_id")]
        into: RequestId,
    },
    /// A member of staff proposes to end a restriction that was carried out.
    LiftProposed {
        /// Why.
        why: LiftReason,
        /// Who proposes.
        by: StaffId,
    },
    /// Somebody else agrees; the person is to be told before it ends.
    LiftApproved {
        /// Who agrees.
        by: StaffId,
    },
    /// It is not lifted after all.
    LiftRejected {
        /// Who.
        by: StaffId,
    },
    /// The person was told (GDPR Art. 18(3)).
    LiftTold {
        /// How.
        how: ToldHow,
        /// The day on which the restriction ends.
        #[serde(with = "date")]
        on: Day,
    },
    /// The restriction ended.
    Lifted {},
    /// The person ended the restriction.
    LiftedByPerson {},
}

/// Why an answer takes longer (GDPR Art. 12(3)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delay {
    /// It is complex.
    Complex,
    /// There are many requests.
    ManyRequests,
}

impl Delay {
    /// What the person is told.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Complex => "Your request is complex, so the answer takes longer.",
            Self::ManyRequests => "We have many requests, so the answer takes longer.",
        }
    }
}

/// A step that one member of staff proposes and another one approves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// To refuse it for a reason that has to be weighed.
    Deny(Denial),
    /// To say how the human review of a decision ended.
    Decide(Review),
    /// To keep everything as it is.
    PlaceHold {
        /// A number of the shop's own choice, never used twice in one request.
        hold: u32,
        /// Why.
        basis: HoldBasis,
    },
    /// To end a hold.
    LiftHold {
        /// The number.
        hold: u32,
    },
}

/// How the human review of an automated decision ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// The decision stands.
    Stands,
    /// The decision was changed.
    Changed,
}

/// Why everything has to stay as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldBasis {
    /// A legal dispute (GDPR Art. 17(3)(e)).
    LegalClaim,
    /// An order of a court or an authority (GDPR Art. 17(3)(b)).
    Order,
    /// An open case of fraud (GDPR Art. 17(3)(e)).
    OpenFraudCase,
}

impl HoldBasis {
    /// The article that allows it.
    pub const fn source(self) -> &'static str {
        match self {
            Self::LegalClaim | Self::OpenFraudCase => "GDPR Art. 17(3)(e)",
            Self::Order => "GDPR Art. 17(3)(b)",
        }
    }
}

/// Something that stays although the request is carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rest {
    /// What stays, in plain words.
    pub what: String,
    /// Why.
    pub why: RestReason,
    /// The article that allows it.
    pub basis: String,
    /// The first day on which it is gone; a hold has no day.
    pub until: Option<domain::date::Date>,
}

/// Why something stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestReason {
    /// A declaration keeps it for a while.
    Retention,
    /// A hold keeps it.
    Hold(u32),
    /// It would show what belongs to others (GDPR Art. 15(4) and 20(4)).
    OthersRights,
}

impl RestReason {
    /// What the person is told. What stays, the article and the day stand beside it.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Retention => "A law makes us keep this until the day that is named.",
            Self::Hold(_) => {
                "This is needed in an open legal matter and goes when the matter is closed."
            }
            Self::OthersRights => "This would show what belongs to other people.",
        }
    }
}

/// An act with its place in the row of events.
///
/// # Privacy
/// Holds no name, no pseudonym and no text of the person. Staff are there by [`StaffId`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    format: u32,
    /// Counts from 0 without a gap.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// What.
    pub act: Act,
}

/// The bytes are no event of a known layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event does not have the expected layout")]
pub struct EventError;

impl Event {
    pub(crate) const fn new(number: u32, at: Timestamp, act: Act) -> Self {
        Self { format: FORMAT, number, at, act }
    }

    /// The bytes to keep.
    ///
    /// # Errors
    /// [`EventError`] when they exceed [`EVENT_BYTES_MAX`].
    pub fn to_body(&self) -> Result<Vec<u8>, EventError> {
        let body = serde_json::to_vec(self).map_err(|_| EventError)?;
        if body.len() > EVENT_BYTES_MAX {
            return Err(EventError);
        }
        Ok(body)
    }

    /// Reads what [`Event::to_body`] wrote.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn from_body(body: &[u8]) -> Result<Self, EventError> {
        if body.len() > EVENT_BYTES_MAX {
            return Err(EventError);
        }
        let event: Self = serde_json::from_slice(body).map_err(|_| EventError)?;
        if event.format != FORMAT {
            return Err(EventError);
        }
        Ok(event)
    }
}

pub(crate) mod request_id {
    use domain::id::RequestId;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        request: &RequestId,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&request.to_hex())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<RequestId, D::Error> {
        RequestId::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
