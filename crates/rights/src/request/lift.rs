//! The end of a restriction by the shop (GDPR Art. 18(3)).
//!
//! One path: somebody proposes it with a reason, somebody else agrees, the person is told with the
//! day on which it ends, and on that day it ends. Until then either can take it back. The person
//! can end it at any time without any of this.
//!
//! What this must never do: end a restriction of which the person was not told, or earlier than the
//! person was told.

use domain::time::{Day, Timestamp};
use serde::{Deserialize, Serialize};

use crate::request::Case;
use crate::request::act::Act;
use crate::request::error::ActError;
use crate::request::kind::Kind;
use crate::request::names::StaffId;
use crate::request::state::End;

/// Fewest days between the word to the person and the end.
pub const LIFT_DAYS_MIN: u32 = 1;
/// Most days between the word to the person and the end.
pub const LIFT_DAYS_MAX: u32 = 365;

/// Why a restriction ends: what it rested on is over (GDPR Art. 18(1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiftReason {
    /// The data were checked, and are right (Art. 18(1)(a)).
    AccuracyVerified,
    /// The use was checked, and is lawful (Art. 18(1)(b)).
    UseLawful,
    /// The legal claim for which the data were kept is over (Art. 18(1)(c)).
    ClaimEnded,
    /// The objection was decided (Art. 18(1)(d)).
    ObjectionDecided,
}

impl LiftReason {
    /// Every reason.
    pub const ALL: [Self; 4] =
        [Self::AccuracyVerified, Self::UseLawful, Self::ClaimEnded, Self::ObjectionDecided];

    /// The reason as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccuracyVerified => "accuracy_verified",
            Self::UseLawful => "use_lawful",
            Self::ClaimEnded => "claim_ended",
            Self::ObjectionDecided => "objection_decided",
        }
    }

    /// What the person is told.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::AccuracyVerified => "We checked the data, and they are right.",
            Self::UseLawful => "We checked how the data are used, and it is lawful.",
            Self::ClaimEnded => "The legal claim for which the data were kept is over.",
            Self::ObjectionDecided => "Your objection was decided.",
        }
    }
}

/// How the person was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToldHow {
    /// A mail server took the mail.
    Mail,
    /// The page of the person's requests said it.
    Page,
    /// A member of staff told the person: by letter, by telephone, at the counter.
    Staff,
}

impl ToldHow {
    /// The way as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Page => "page",
            Self::Staff => "staff",
        }
    }
}

/// How far the end of a restriction is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lift {
    /// Why it ends.
    pub why: LiftReason,
    /// Who proposed it.
    pub proposed_by: StaffId,
    /// Who agreed.
    pub approved_by: Option<StaffId>,
    /// How the person was told, and on which day it ends.
    pub told: Option<(ToldHow, Day)>,
}

impl Lift {
    /// Whether the person has to be told.
    pub const fn is_to_tell(&self) -> bool {
        self.approved_by.is_some() && self.told.is_none()
    }

    /// Whether it ends now.
    pub fn is_due(&self, today: Day) -> bool {
        self.told.is_some_and(|(_, on)| on <= today)
    }
}

impl Act {
    /// Whether it is about the end of a restriction, and comes after the end of the request.
    pub(super) const fn lifts(&self) -> bool {
        matches!(
            self,
            Self::LiftProposed { .. }
                | Self::LiftApproved { .. }
                | Self::LiftRejected { .. }
                | Self::LiftTold { .. }
                | Self::Lifted {}
                | Self::LiftedByPerson {}
        )
    }
}

impl Case {
    /// How far the shop is that is about to end the restriction.
    pub fn lifting(&self) -> Option<&Lift> {
        self.lift.as_ref().filter(|_| self.lifted.is_none())
    }

    /// Whether it is a restriction that was carried out and that nobody ended.
    pub const fn is_in_force(&self) -> bool {
        let done = matches!(self.end, Some((End::Fulfilled { .. }, _)));
        matches!(self.asked.kind, Kind::Restriction) && done && self.lifted.is_none()
    }

    pub(super) fn lift_after(&mut self, act: &Act, at: Timestamp) -> Result<(), ActError> {
        let done = matches!(self.end, Some((End::Fulfilled { .. }, _)));
        if self.asked.kind != Kind::Restriction || !done {
            return Err(ActError::Step);
        }
        if self.lifted.is_some() {
            return Err(ActError::Again);
        }
        match (act, &mut self.lift) {
            (Act::LiftedByPerson {}, _) => {
                self.lifted = Some(at);
                Ok(())
            }
            (Act::LiftProposed { .. }, Some(_)) => Err(ActError::Proposed),
            (Act::LiftProposed { why, by }, none) => {
                let (why, proposed_by) = (*why, by.clone());
                *none = Some(Lift { why, proposed_by, approved_by: None, told: None });
                Ok(())
            }
            (_, None) => Err(ActError::NoProposal),
            (Act::LiftRejected { .. }, _) => {
                self.lift = None;
                Ok(())
            }
            (Act::LiftApproved { by }, Some(lift)) => {
                if lift.proposed_by == *by {
                    return Err(ActError::SamePerson);
                }
                match lift.approved_by.replace(by.clone()) {
                    Some(_) => Err(ActError::Again),
                    None => Ok(()),
                }
            }
            (Act::LiftTold { how, on }, Some(lift)) => {
                if lift.approved_by.is_none() {
                    return Err(ActError::NeedsTwo);
                }
                let days = on.number().saturating_sub(at.day().number());
                if !(LIFT_DAYS_MIN..=LIFT_DAYS_MAX).contains(&days) {
                    return Err(ActError::Early);
                }
                match lift.told.replace((*how, *on)) {
                    Some(_) => Err(ActError::Again),
                    None => Ok(()),
                }
            }
            (Act::Lifted {}, Some(lift)) => {
                let Some((_, on)) = lift.told else { return Err(ActError::Untold) };
                if at.day() < on {
                    return Err(ActError::Early);
                }
                self.lifted = Some(at);
                Ok(())
            }
            _ => Err(ActError::Step),
        }
    }
}
