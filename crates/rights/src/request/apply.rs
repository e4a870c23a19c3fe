//! The transitions: what each act needs, and what it changes.

use domain::time::{DAY_MS, Day, Timestamp};

use crate::proof::Strength;
use crate::request::act::{Act, Delay, Event, RESTS_MAX, Rest, RestReason, Step, TEXT_BYTES_MAX};
use crate::request::denial::Denial;
use crate::request::error::ActError;
use crate::request::kind::Kind;
use crate::request::names::StaffId;
use crate::request::state::{End, Wait, WaitFor};
use crate::request::{CLARIFICATIONS_MAX, Case, EVENTS_MAX, HOLDS_MAX, WAIT_DAYS_MAX};

impl Case {
    pub(super) fn after(&self, event: &Event) -> Result<Self, ActError> {
        if self.end.is_some() && !event.act.lifts() {
            return Err(ActError::Ended);
        }
        if self.events >= EVENTS_MAX {
            return Err(ActError::TooMuch);
        }
        let mut case = self.clone();
        case.apply(&event.act, event.at)?;
        case.events = self.events.saturating_add(1);
        case.last = event.at;
        Ok(case)
    }

    fn apply(&mut self, act: &Act, at: Timestamp) -> Result<(), ActError> {
        match act {
            Act::Received { .. } => Err(ActError::Again),
            Act::Acknowledged {} => match self.acknowledged.replace(at) {
                Some(_) => Err(ActError::Again),
                None => Ok(()),
            },
            Act::AskedAgain {} => {
                self.asked_again = self.asked_again.saturating_add(1);
                Ok(())
            }
            Act::Started { rests } => self.start(rests, at),
            Act::Fulfilled { results_until } => self.fulfil(*results_until, at),
            Act::Approved { by } => self.approve(by, at),
            Act::Rejected { by: _ } => match self.proposal.take() {
                Some(_) => Ok(()),
                None => Err(ActError::NoProposal),
            },
            Act::LiftProposed { .. }
            | Act::LiftApproved { .. }
            | Act::LiftRejected { .. }
            | Act::LiftTold { .. }
            | Act::Lifted {}
            | Act::LiftedByPerson {} => self.lift_after(act, at),
            _ if self.started.is_some() => Err(ActError::Started),
            Act::VerificationAsked { strength, until } => self.ask_proof(*strength, *until, at),
            Act::Verified { strength } => self.verify(*strength, at),
            Act::VerificationFailed {} => {
                let wait = self.wait_for(|what| matches!(what, WaitFor::Identity(_)))?;
                wait.failed = true;
                Ok(())
            }
            Act::ClarificationAsked { until } => self.wait(WaitFor::Clarification, *until, at),
            Act::Clarified {} => {
                let wait = self.wait_for(|what| what == WaitFor::Clarification)?;
                wait.over = Some(at);
                Ok(())
            }
            Act::Extended { why, due } => self.extend(*why, *due, at),
            Act::Proposed { step, by } => self.propose(*step, by),
            Act::Denied { denial } => self.deny(*denial, at),
            Act::Revoked {} => {
                self.end(End::Revoked, at);
                Ok(())
            }
            Act::Expired {} => {
                let wait = self.wait_for(|what| what == WaitFor::Clarification)?;
                if at < wait.until {
                    return Err(ActError::Early);
                }
                self.end(End::Expired, at);
                Ok(())
            }
            Act::Merged { into } if *into == self.asked.id => Err(ActError::Itself),
            Act::Merged { into } => {
                self.end(End::Merged(*into), at);
                Ok(())
            }
        }
    }

    /// Ends the request; whatever waited waits no more.
    fn end(&mut self, end: End, at: Timestamp) {
        for wait in &mut self.waits {
            wait.over.get_or_insert(at);
        }
        self.proposal = None;
        self.end = Some((end, at));
    }

    fn wait(&mut self, what: WaitFor, until: Timestamp, at: Timestamp) -> Result<(), ActError> {
        if self.is_absolute() {
            return Err(ActError::Absolute);
        }
        if self.waiting().is_some() {
            return Err(ActError::Waiting);
        }
        let latest = at.plus_ms(i64::from(WAIT_DAYS_MAX) * DAY_MS);
        if until <= at || until > latest {
            return Err(ActError::Until);
        }
        let alike = self.waits.iter().filter(|wait| wait.what == what).count();
        if alike >= CLARIFICATIONS_MAX {
            return Err(ActError::TooMuch);
        }
        self.waits.push(Wait { what, since: at, until, over: None, failed: false });
        Ok(())
    }

    fn wait_for(&mut self, is: impl Fn(WaitFor) -> bool) -> Result<&mut Wait, ActError> {
        let open = self.waits.last_mut().filter(|wait| wait.over.is_none() && is(wait.what));
        open.ok_or(ActError::NotWaiting)
    }

    fn ask_proof(
        &mut self,
        strength: Strength,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<(), ActError> {
        // More than the table says only where there is doubt (GDPR Art. 12(6)), less never.
        if !self.is_absolute() && (strength < self.needs || strength <= self.proven) {
            return Err(ActError::Strength);
        }
        self.wait(WaitFor::Identity(strength), until, at)?;
        self.needs = strength;
        Ok(())
    }

    fn verify(&mut self, strength: Strength, at: Timestamp) -> Result<(), ActError> {
        if strength == Strength::Nothing {
            return Err(ActError::Strength);
        }
        self.proven = self.proven.max(strength);
        let enough = |what| matches!(what, WaitFor::Identity(asked) if asked <= strength);
        // A proof may come unasked, with the request.
        if let Ok(wait) = self.wait_for(enough) {
            wait.over = Some(at);
        }
        Ok(())
    }

    fn extend(&mut self, why: Delay, due: Day, at: Timestamp) -> Result<(), ActError> {
        if self.is_absolute() {
            return Err(ActError::Absolute);
        }
        if self.extended.is_some() {
            return Err(ActError::Again);
        }
        if at.day() > due {
            return Err(ActError::Late);
        }
        self.extended = Some((why, due));
        self.put_off = Some(at);
        Ok(())
    }

    fn deny(&mut self, denial: Denial, at: Timestamp) -> Result<(), ActError> {
        self.may_deny(denial)?;
        if denial.needs_two() {
            return Err(ActError::NeedsTwo);
        }
        if denial == Denial::InsufficientVerification {
            let wait = self.wait_for(|what| matches!(what, WaitFor::Identity(_)))?;
            if !wait.failed && at < wait.until {
                return Err(ActError::Early);
            }
        }
        self.end(End::Denied(denial), at);
        Ok(())
    }

    fn may_deny(&self, denial: Denial) -> Result<(), ActError> {
        match denial.fits(self.asked.kind, self.asked.about) {
            true => Ok(()),
            false => Err(ActError::Denial),
        }
    }

    fn propose(&mut self, step: Step, by: &StaffId) -> Result<(), ActError> {
        if self.proposal.is_some() {
            return Err(ActError::Proposed);
        }
        self.may_step(step)?;
        self.proposal = Some((step, by.clone()));
        Ok(())
    }

    fn may_step(&self, step: Step) -> Result<(), ActError> {
        match step {
            Step::Deny(denial) if !denial.needs_two() => Err(ActError::Step),
            Step::Deny(denial) => self.may_deny(denial),
            Step::Decide(_) if self.asked.kind != Kind::HumanReview => Err(ActError::Step),
            Step::Decide(_) if self.waiting().is_some() => Err(ActError::Waiting),
            Step::Decide(_) if self.proven < self.needs => Err(ActError::Unproven),
            Step::PlaceHold { .. } if !self.asked.kind.destroys() => Err(ActError::Step),
            Step::PlaceHold { hold, .. } if self.holds_known.contains(&hold) => Err(ActError::Hold),
            Step::PlaceHold { .. } if self.holds_known.len() >= HOLDS_MAX => Err(ActError::TooMuch),
            Step::LiftHold { hold } if !self.holds.contains_key(&hold) => Err(ActError::Hold),
            Step::Decide(_) | Step::PlaceHold { .. } | Step::LiftHold { .. } => Ok(()),
        }
    }

    fn approve(&mut self, by: &StaffId, at: Timestamp) -> Result<(), ActError> {
        let Some((step, proposer)) = self.proposal.clone() else {
            return Err(ActError::NoProposal);
        };
        if proposer == *by {
            return Err(ActError::SamePerson);
        }
        self.may_step(step)?;
        self.proposal = None;
        match step {
            Step::Deny(denial) => {
                self.decided_by = Some((proposer, by.clone()));
                self.end(End::Denied(denial), at);
            }
            Step::Decide(review) => {
                self.decided_by = Some((proposer, by.clone()));
                self.end(End::Decided(review), at);
            }
            Step::PlaceHold { hold, basis } => {
                self.holds_known.insert(hold);
                self.holds.insert(hold, basis);
            }
            Step::LiftHold { hold } => {
                self.holds.remove(&hold);
            }
        }
        Ok(())
    }

    fn start(&mut self, rests: &[Rest], at: Timestamp) -> Result<(), ActError> {
        if self.started.is_some() {
            return Err(ActError::Again);
        }
        if self.asked.kind == Kind::HumanReview {
            return Err(ActError::NeedsTwo);
        }
        if self.waiting().is_some() {
            return Err(ActError::Waiting);
        }
        if self.proposal.is_some() {
            return Err(ActError::Proposed);
        }
        if self.proven < self.needs {
            return Err(ActError::Unproven);
        }
        self.may_leave(rests)?;
        self.started = Some(at);
        self.rests = rests.to_vec();
        Ok(())
    }

    /// Whether the list of what stays is complete and honest: every hold is named, no hold is
    /// invented, and only what can leave something behind does.
    fn may_leave(&self, rests: &[Rest]) -> Result<(), ActError> {
        let long = |rest: &Rest| rest.what.len().max(rest.basis.len()) > TEXT_BYTES_MAX;
        if rests.len() > RESTS_MAX || rests.iter().any(long) {
            return Err(ActError::TooMuch);
        }
        let named = |hold: &u32| rests.iter().any(|rest| rest.why == RestReason::Hold(*hold));
        let shows = matches!(self.asked.kind, Kind::Access | Kind::Portability);
        let fits = |rest: &Rest| match rest.why {
            RestReason::Hold(hold) => self.holds.contains_key(&hold),
            // What a law keeps stays until a day that the person is told.
            RestReason::Retention => self.asked.kind.destroys() && rest.until.is_some(),
            RestReason::OthersRights => shows,
        };
        match self.holds.keys().all(named) && rests.iter().all(fits) {
            true => Ok(()),
            false => Err(ActError::Held),
        }
    }

    fn fulfil(&mut self, results: Option<Timestamp>, at: Timestamp) -> Result<(), ActError> {
        if self.started.is_none() {
            return Err(ActError::NotStarted);
        }
        let shows = matches!(self.asked.kind, Kind::Access | Kind::Portability);
        if results.is_some_and(|until| !shows || until <= at) {
            return Err(ActError::Results);
        }
        self.end(End::Fulfilled { results_until: results }, at);
        Ok(())
    }
}
