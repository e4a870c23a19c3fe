//! Requests of people about their data: one state machine for every right.
//!
//! A request is a row of events ([`act::Event`]): appended, never changed, and folded by [`fold`]
//! into a [`Case`]. [`Case::next`] is the only way to a new event, and says no to what the law or
//! the order of steps forbids. States are those of the Data Rights Protocol 1.0 with what the GDPR
//! needs besides: proof of identity in proportion ([`crate::proof`]), one extension with its
//! notice inside the first period (Art. 12(3)), refusals with reasons (Art. 12(4) and (5)), partial
//! fulfilment that names what stays and why (Art. 17(3)), and two people for whatever is weighed.
//! Deadlines are read from a case by [`crate::clock`].
//!
//! What this room must never do: weigh a withdrawal or an objection to direct marketing, ask for
//! proof of who only protects, lose a hold, or carry a text of the person.

pub mod act;
mod apply;
pub mod denial;
pub mod error;
pub mod kind;
pub mod lift;
pub mod names;
pub mod state;
pub mod work;

use std::collections::{BTreeMap, BTreeSet};

use domain::id::RequestId;
use domain::time::{Day, Timestamp};

use crate::proof::{Strength, needed};
use crate::request::act::{
    Act, Asked, Delay, Event, HoldBasis, Rest, RestReason, Step, TEXT_BYTES_MAX,
};
use crate::request::error::{ActError, FoldError};
use crate::request::kind::{Kind, is_absolute};
use crate::request::lift::Lift;
use crate::request::names::StaffId;
use crate::request::state::{Duty, End, State, Wait, WaitFor};

/// Most events of one request.
pub const EVENTS_MAX: u32 = 1_000;
/// Longest that a request waits for the person, in days.
pub const WAIT_DAYS_MAX: u32 = 90;
/// How often a person may be asked what is meant: asking must not become a way to put off.
pub const CLARIFICATIONS_MAX: usize = 2;
/// Most holds of one request.
pub const HOLDS_MAX: usize = 32;

/// A request as its events tell it. Only [`open`], [`fold`] and [`Case::next`] make one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Case {
    /// What was asked for, by whom, and under which law.
    pub asked: Asked,
    /// When it arrived.
    pub received: Timestamp,
    /// When the person was told that it arrived.
    pub acknowledged: Option<Timestamp>,
    /// How often the same was asked again.
    pub asked_again: u32,
    /// The proof of identity that it needs.
    pub needs: Strength,
    /// The strongest proof so far.
    pub proven: Strength,
    /// The times during which it was the person's turn, the last of which may go on.
    pub waits: Vec<Wait>,
    /// Why it takes longer, and the day by which the person was told.
    pub extended: Option<(Delay, Day)>,
    /// When the answer was put off.
    pub put_off: Option<Timestamp>,
    /// A step that waits for a second member of staff.
    pub proposal: Option<(Step, StaffId)>,
    /// Who decided what is weighed: who proposed, who approved.
    pub decided_by: Option<(StaffId, StaffId)>,
    /// What keeps everything as it is.
    pub holds: BTreeMap<u32, HoldBasis>,
    /// Every hold that there ever was, so that no number means two.
    pub holds_known: BTreeSet<u32>,
    /// When carrying it out began.
    pub started: Option<Timestamp>,
    /// What stays, and why.
    pub rests: Vec<Rest>,
    /// How it ended, and when.
    pub end: Option<(End, Timestamp)>,
    /// How far the shop is with ending a restriction that was carried out.
    pub lift: Option<Lift>,
    /// When a restriction that was carried out ended.
    pub lifted: Option<Timestamp>,
    /// The number of the next event.
    pub events: u32,
    /// When the last event was.
    pub last: Timestamp,
}

/// Takes a request in.
///
/// # Errors
/// [`ActError::About`] when kind and subject do not go together.
pub fn open(asked: Asked, now: Timestamp) -> Result<(Event, Case), ActError> {
    let needs = needed(asked.kind, asked.about).strength;
    let case = Case::first(&asked, needs, now)?;
    Ok((Event::new(0, now, Act::Received { asked, needs }), case))
}

/// Folds all events of one request, in any order.
///
/// # Errors
/// [`FoldError`]; events that [`Case::next`] made never give one.
pub fn fold<'e>(events: impl IntoIterator<Item = &'e Event>) -> Result<Case, FoldError> {
    let mut events: Vec<&Event> = events.into_iter().collect();
    events.sort_by_key(|event| event.number);
    let (first, rest) = events.split_first().ok_or(FoldError::Beginning)?;
    let Act::Received { asked, needs } = &first.act else { return Err(FoldError::Beginning) };
    if first.number != 0 {
        return Err(FoldError::Gap(0));
    }
    let began = Case::first(asked, *needs, first.at);
    let mut case = began.map_err(|error| FoldError::Act(0, error))?;
    for event in rest {
        if event.number != case.events {
            return Err(FoldError::Gap(case.events));
        }
        if event.at < case.last {
            return Err(FoldError::Time(event.number));
        }
        case = case.after(event).map_err(|error| FoldError::Act(event.number, error))?;
    }
    Ok(case)
}

/// The open request in which the same asker asked for the same; that one goes on.
pub fn same<'c>(asked: &Asked, cases: impl IntoIterator<Item = &'c Case>) -> Option<RequestId> {
    let alike = |case: &&Case| {
        let before = &case.asked;
        case.end.is_none()
            && (before.kind, before.about, &before.asker) == (asked.kind, asked.about, &asked.asker)
    };
    cases.into_iter().find(alike).map(|case| case.asked.id)
}

/// How many requests of a kind arrived since a day, for laws that count them.
pub fn asked_since<'c>(kind: Kind, since: Day, cases: impl IntoIterator<Item = &'c Case>) -> usize {
    let counts = |case: &&Case| case.asked.kind == kind && case.received.day() >= since;
    cases.into_iter().filter(counts).count()
}

impl Case {
    fn first(asked: &Asked, needs: Strength, at: Timestamp) -> Result<Self, ActError> {
        if !asked.about.fits(asked.kind) {
            return Err(ActError::About);
        }
        if asked.law.len() > TEXT_BYTES_MAX {
            return Err(ActError::TooMuch);
        }
        Ok(Self {
            asked: asked.clone(),
            received: at,
            acknowledged: None,
            asked_again: 0,
            needs,
            proven: Strength::Nothing,
            waits: Vec::new(),
            extended: None,
            put_off: None,
            proposal: None,
            decided_by: None,
            holds: BTreeMap::new(),
            holds_known: BTreeSet::new(),
            started: None,
            rests: Vec::new(),
            end: None,
            lift: None,
            lifted: None,
            events: 1,
            last: at,
        })
    }

    /// What an act makes of the request, and the event to append. A clock that ran back does not
    /// make an event older than the one before it.
    ///
    /// # Errors
    /// [`ActError`]; then nothing happened.
    pub fn next(&self, act: Act, now: Timestamp) -> Result<(Event, Self), ActError> {
        let event = Event::new(self.events, now.max(self.last), act);
        let case = self.after(&event)?;
        Ok((event, case))
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        if let Some((end, _)) = self.end {
            return match end {
                End::Fulfilled { .. } if !self.rests.is_empty() => State::PartlyFulfilled,
                End::Fulfilled { .. } | End::Decided(_) => State::Fulfilled,
                End::Denied(_) => State::Denied,
                End::Revoked => State::Revoked,
                End::Expired => State::Expired,
                End::Merged(_) => State::Merged,
            };
        }
        match self.waiting().map(|wait| wait.what) {
            _ if self.started.is_some() => State::Executing,
            Some(WaitFor::Identity(_)) => State::NeedsVerification,
            Some(WaitFor::Clarification) => State::NeedsClarification,
            None if self.proposal.is_some() => State::NeedsSecond,
            None if self.acknowledged.is_some() => State::InProgress,
            None => State::Open,
        }
    }

    /// The wait that goes on.
    pub fn waiting(&self) -> Option<&Wait> {
        self.waits.last().filter(|wait| wait.over.is_none())
    }

    /// Whether nobody may weigh it.
    pub fn is_absolute(&self) -> bool {
        is_absolute(self.asked.kind, self.asked.about)
    }

    /// Whether the data that it is about must rest until it is decided: who says that data are
    /// wrong, or objects, is believed for the time being (GDPR Art. 18(1)(a) and (d)).
    pub fn restricts(&self) -> bool {
        let contests = matches!(self.asked.kind, Kind::Rectification | Kind::Objection);
        contests && self.end.is_none() && self.proven >= self.needs
    }

    /// What has to be done besides.
    pub fn duties(&self) -> BTreeSet<Duty> {
        let mut duties = BTreeSet::new();
        let Some((end, _)) = self.end else { return duties };
        if end != End::Revoked {
            duties.insert(Duty::TellAsker);
        }
        if matches!(end, End::Denied(_)) || !self.rests.is_empty() {
            duties.insert(Duty::NameRemedies);
        }
        if matches!(end, End::Fulfilled { .. }) && self.asked.kind.tells_recipients() {
            duties.insert(Duty::TellRecipients);
        }
        duties
    }
}

/// What the plan of an erasure keeps, as rests of a request.
pub fn rests(plan: &crate::plan::Plan) -> Vec<Rest> {
    let rest = |keeping: &crate::plan::Keeping| Rest {
        what: keeping.what.to_owned(),
        why: RestReason::Retention,
        basis: keeping.basis.to_owned(),
        until: Some(domain::date::Date(keeping.until)),
    };
    plan.keep.iter().map(rest).collect()
}

#[cfg(test)]
mod tests;
