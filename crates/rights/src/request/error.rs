//! Why an act is refused, and why events make no request. No error says who asked or who acted.

use crate::request::WAIT_DAYS_MAX;

/// Why an act is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum ActError {
    /// Nothing happens after the end.
    #[error("request has ended")]
    Ended,
    /// There is no way back.
    #[error("request is being carried out")]
    Started,
    /// Carrying it out did not begin.
    #[error("request is not being carried out")]
    NotStarted,
    /// Done already.
    #[error("this was done already")]
    Again,
    /// The kind of request and what it is about do not go together.
    #[error("a request of this kind cannot be about this")]
    About,
    /// Who only protects is asked for nothing, and waits for nothing.
    #[error("nobody is asked or put off who opts out, limits, withdraws or objects to marketing")]
    Absolute,
    /// Asked for less than the table says, or for what is proven.
    #[error("proof of this strength is not to be asked for")]
    Strength,
    /// There is not enough proof of identity.
    #[error("identity is not proven as this request needs it")]
    Unproven,
    /// It is the person's turn.
    #[error("request waits for the person")]
    Waiting,
    /// It is not the person's turn.
    #[error("request does not wait for this")]
    NotWaiting,
    /// The person still has time.
    #[error("the time to answer is not over")]
    Early,
    /// A time to answer that is over before it begins, or longer than [`WAIT_DAYS_MAX`].
    #[error("time to answer is not within {WAIT_DAYS_MAX} days")]
    Until,
    /// An extension has to be told inside the first period (GDPR Art. 12(3)).
    #[error("the first period is over, so it cannot be extended")]
    Late,
    /// The reason does not fit what is asked for.
    #[error("a request of this kind cannot be refused for this reason")]
    Denial,
    /// People have to weigh it.
    #[error("this has to be proposed by one and approved by another member of staff")]
    NeedsTwo,
    /// Who proposes cannot approve.
    #[error("who proposed a step cannot approve it")]
    SamePerson,
    /// There is nothing to approve or reject.
    #[error("nothing is proposed")]
    NoProposal,
    /// Something waits for approval.
    #[error("a proposed step waits for approval")]
    Proposed,
    /// The step is for another kind of request.
    #[error("this step is not for a request of this kind")]
    Step,
    /// No hold, or one that was there before.
    #[error("hold is not known, or its number was used before")]
    Hold,
    /// A hold that the list of what stays does not name, or the other way around.
    #[error("what stays and what is held do not go together")]
    Held,
    /// More than a request can carry.
    #[error("request has too many events, rests or holds, or a text that is too long")]
    TooMuch,
    /// A request cannot go on in itself.
    #[error("a request cannot go on in itself")]
    Itself,
    /// A restriction ends after the person was told, and not before the day that was named.
    #[error("the person has to be told before a restriction is lifted")]
    Untold,
    /// Results that nobody can fetch.
    #[error("this request has no results to fetch until then")]
    Results,
}

/// Why events make no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// There are none, or the first one does not say what was asked for.
    #[error("events do not begin with what was asked for")]
    Beginning,
    /// A number is missing or there twice.
    #[error("event {0} is missing or there twice")]
    Gap(u32),
    /// An event is older than the one before it.
    #[error("event {0} is older than the one before it")]
    Time(u32),
    /// An act that was not allowed.
    #[error("event {0} was not allowed: {1}")]
    Act(u32, ActError),
}
