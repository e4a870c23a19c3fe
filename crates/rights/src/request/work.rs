//! Who has to do what next, so that no request is left lying.
//!
//! The server asks [`next`] after every act and in its daily round: it records what is only to be
//! recorded, carries out and finishes, and leaves the rest to the person or to the staff queue. A
//! search over every reachable state shows that doing so always ends, or ends at somebody's desk.

use domain::time::{DAY_MS, Timestamp};
use personal::purpose::LawfulBasis;

use crate::plan::Scope;
use crate::proof::Strength;
use crate::request::act::{Act, Step};
use crate::request::denial::Denial;
use crate::request::kind::{About, Kind};
use crate::request::names::Asker;
use crate::request::state::WaitFor;
use crate::request::{Case, WAIT_DAYS_MAX};

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Nothing: it has ended.
    Nothing,
    /// The server records this act. Telling the person is part of it.
    Record(Act),
    /// The server plans, records [`Act::Started`] with what stays, and carries it out.
    CarryOut,
    /// The server carries it out again, for it may have been interrupted, and records
    /// [`Act::Fulfilled`].
    Finish,
    /// It is the person's turn.
    Person {
        /// Until when.
        until: Timestamp,
    },
    /// It lies on a desk of the staff.
    Staff(Desk),
}

/// Why people have to look at a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Desk {
    /// A step is proposed; somebody else approves or rejects it.
    Approve,
    /// An automated decision is to be reviewed (GDPR Art. 22(3)).
    Review,
    /// Somebody objects to a legitimate interest: it ends, unless compelling grounds are proposed
    /// (GDPR Art. 21(1)).
    Weigh,
    /// A hold keeps everything: lift it, refuse for it, or carry out the rest by hand.
    Held,
    /// A platform asked for a copy: the shop picks it up and hands it over.
    HandOver,
}

impl Desk {
    /// Every desk.
    pub const ALL: [Self; 5] =
        [Self::Approve, Self::Review, Self::Weigh, Self::Held, Self::HandOver];

    /// The desk as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Review => "review",
            Self::Weigh => "weigh",
            Self::Held => "held",
            Self::HandOver => "hand_over",
        }
    }
}

/// What happens next. `ask_days` is how long the person has to prove who they are, at most
/// [`WAIT_DAYS_MAX`].
///
/// # Privacy
/// What only protects goes from arrival to [`Work::CarryOut`] without a question and without a
/// person of the shop, unless somebody proposed that it was forged.
pub fn next(case: &Case, now: Timestamp, ask_days: u32) -> Work {
    if case.end.is_some() {
        return Work::Nothing;
    }
    if case.started.is_some() {
        return Work::Finish;
    }
    if case.acknowledged.is_none() && !case.is_absolute() {
        return Work::Record(Act::Acknowledged {});
    }
    // How a review ends cannot be approved while it is asked who they are; a refusal can.
    let decides = matches!(case.proposal, Some((Step::Decide(_), _)));
    if case.proposal.is_some() && !(decides && case.waiting().is_some()) {
        return Work::Staff(Desk::Approve);
    }
    if let Some(wait) = case.waiting() {
        return match wait.what {
            _ if now < wait.until => Work::Person { until: wait.until },
            WaitFor::Identity(_) => {
                Work::Record(Act::Denied { denial: Denial::InsufficientVerification })
            }
            WaitFor::Clarification => Work::Record(Act::Expired {}),
        };
    }
    if case.proven < case.needs {
        return Work::Record(ask(case.needs, now, ask_days));
    }
    match case.asked.kind {
        Kind::HumanReview => Work::Staff(Desk::Review),
        _ if !case.holds.is_empty() => Work::Staff(Desk::Held),
        Kind::Objection if weighs(case.asked.about) => Work::Staff(Desk::Weigh),
        // A platform is given nothing here; the shop fetches the copy and hands it over.
        Kind::Access | Kind::Portability if is_platform(case) => Work::Staff(Desk::HandOver),
        Kind::Access
        | Kind::Portability
        | Kind::Rectification
        | Kind::Erasure
        | Kind::Restriction
        | Kind::Objection
        | Kind::OptOut
        | Kind::LimitUse
        | Kind::Withdrawal => Work::CarryOut,
    }
}

fn ask(strength: Strength, now: Timestamp, days: u32) -> Act {
    let days = days.clamp(1, WAIT_DAYS_MAX);
    Act::VerificationAsked { strength, until: now.plus_ms(i64::from(days) * DAY_MS) }
}

/// Whether a platform asks for the person.
const fn is_platform(case: &Case) -> bool {
    matches!(case.asked.asker, Asker::Platform(_))
}

/// Whether an objection is one that the shop may weigh: to what rests on its own interests.
const fn weighs(about: About) -> bool {
    match about {
        About::Scope(Scope::Purpose(purpose)) => {
            matches!(purpose.basis(), LawfulBasis::LegitimateInterests)
        }
        About::Scope(Scope::Everything) | About::Categories | About::One(_) => false,
    }
}

#[cfg(test)]
mod tests;
