//! What was seen from outside: the laws compare it with what the machine allowed.

use domain::time::{Day, Timestamp};
use rights::proof::Strength;
use rights::request::act::{Act, RestReason, Step};
use rights::request::denial::Denial;
use rights::request::kind::Kind;
use rights::request::names::StaffId;

use crate::world::{HOLD, WORLDS, due};

/// A sentence of a law that was broken.
pub(crate) type Broken = &'static str;

/// What an observer remembers.
#[derive(Clone, Debug)]
pub(crate) struct Ghost {
    world: usize,
    shown: Strength,
    demanded: Strength,
    /// The time that the person has to prove who they are, and whether a proof failed.
    asked: Option<(Timestamp, bool)>,
    clarify: Option<Timestamp>,
    proposal: Option<(Step, StaffId)>,
    pub(crate) is_held: bool,
    is_extended: bool,
    pub(crate) life: Life,
    was_carried_out: bool,
    lift: Lift,
}

/// What was seen of the end of a restriction.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lift {
    None,
    Proposed(StaffId),
    Agreed,
    Told(Day),
    Over,
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Young,
    Begun,
    Ended,
}

impl Ghost {
    pub(crate) fn new(world: usize) -> Self {
        Self {
            world,
            shown: Strength::Nothing,
            demanded: WORLDS[world].2,
            asked: None,
            clarify: None,
            proposal: None,
            is_held: false,
            is_extended: false,
            life: Life::Young,
            was_carried_out: false,
            lift: Lift::None,
        }
    }

    /// What it remembers, as a key; names and all.
    pub(crate) fn key(&self) -> String {
        let proposal = serde_json::to_string(&self.proposal).unwrap();
        format!("{self:?} {proposal}")
    }

    /// What tells the dead apart.
    pub(crate) fn lift_key(&self) -> String {
        let by = if let Lift::Proposed(by) = &self.lift { by.as_str() } else { "" };
        format!("{:?} {by}", self.lift)
    }

    fn is_absolute(&self) -> bool {
        // Only what nobody may weigh needs no proof.
        WORLDS[self.world].2 == Strength::Nothing
    }

    /// Sees an act that the machine allowed.
    pub(crate) fn see(&mut self, act: &Act, at: Timestamp) -> Result<(), Broken> {
        if self.life == Life::Ended {
            if self.was_carried_out && WORLDS[self.world].0 == Kind::Restriction {
                return self.see_lift(act, at);
            }
            return Err("end: after the end nothing happens");
        }
        let still =
            matches!(act, Act::Fulfilled { .. } | Act::Acknowledged {} | Act::AskedAgain {});
        if self.life == Life::Begun && !still {
            return Err("no way back: what is being carried out is carried out");
        }
        match act {
            Act::Received { .. } => return Err("end: a request arrives once"),
            Act::Acknowledged {} | Act::AskedAgain {} => {}
            Act::VerificationAsked { strength, until } => {
                self.ask(*strength)?;
                self.asked = Some((*until, false));
            }
            Act::Verified { strength } => {
                self.shown = self.shown.max(*strength);
                if self.shown >= self.demanded {
                    self.asked = None;
                }
            }
            Act::VerificationFailed {} => match &mut self.asked {
                Some((_, failed)) => *failed = true,
                None => return Err("time: who was not asked cannot fail"),
            },
            Act::ClarificationAsked { until } => {
                self.protects()?;
                self.clarify = Some(*until);
            }
            Act::Clarified {} => self.clarify = None,
            Act::Extended { .. } => self.extend(at)?,
            Act::Proposed { step, by } => {
                if let Step::Deny(denial) = step {
                    self.weigh(*denial)?;
                }
                self.proposal = Some((*step, by.clone()));
            }
            Act::Rejected { .. } => self.proposal = None,
            Act::Approved { by } => self.approve(by)?,
            Act::Started { rests } => {
                let named = rests.iter().any(|rest| rest.why == RestReason::Hold(HOLD));
                self.start(named)?;
            }
            Act::Fulfilled { .. } if self.life == Life::Young => {
                return Err("proof: nothing ends that did not begin");
            }
            Act::Denied { denial } => self.deny(*denial, at)?,
            Act::Expired {} if self.clarify.is_none_or(|until| at < until) => {
                return Err("time: who is asked has the time that was named");
            }
            Act::Fulfilled { .. } => {
                self.life = Life::Ended;
                self.was_carried_out = true;
            }
            Act::Revoked {} | Act::Expired {} | Act::Merged { .. } => {
                self.life = Life::Ended;
            }
            Act::LiftProposed { .. }
            | Act::LiftApproved { .. }
            | Act::LiftRejected { .. }
            | Act::LiftTold { .. }
            | Act::Lifted {}
            | Act::LiftedByPerson {} => return Err("lift: only what restricts is lifted"),
        }
        Ok(())
    }

    /// Sees what happens to a restriction that was carried out.
    fn see_lift(&mut self, act: &Act, at: Timestamp) -> Result<(), Broken> {
        self.lift = match (act, &self.lift) {
            (Act::LiftProposed { by, .. }, Lift::None) => Lift::Proposed(by.clone()),
            (Act::LiftApproved { by }, Lift::Proposed(proposer)) => match proposer == by {
                true => return Err("two: one proposes, another approves"),
                false => Lift::Agreed,
            },
            (Act::LiftRejected { .. }, Lift::Proposed(_) | Lift::Agreed | Lift::Told(_)) => {
                Lift::None
            }
            (Act::LiftTold { on, .. }, Lift::Agreed) if *on > at.day() => Lift::Told(*on),
            (Act::Lifted {}, Lift::Told(on)) if at.day() >= *on => Lift::Over,
            (
                Act::LiftedByPerson {},
                Lift::None | Lift::Proposed(_) | Lift::Agreed | Lift::Told(_),
            ) => Lift::Over,
            (Act::Lifted {}, _) => {
                return Err("lift: the person is told first, and has the days that were named");
            }
            _ => return Err("end: after the end nothing happens"),
        };
        Ok(())
    }

    fn protects(&self) -> Result<(), Broken> {
        match self.is_absolute() {
            true => Err("absolute: who only protects is not asked, put off or weighed"),
            false => Ok(()),
        }
    }

    fn ask(&mut self, strength: Strength) -> Result<(), Broken> {
        self.protects()?;
        if strength < WORLDS[self.world].2 || strength <= self.shown {
            return Err("proportion: nobody proves twice, or less than the table says");
        }
        self.demanded = self.demanded.max(strength);
        Ok(())
    }

    fn extend(&mut self, at: Timestamp) -> Result<(), Broken> {
        self.protects()?;
        if self.is_extended || at.day() > due() {
            return Err("extension: once, and told inside the first period");
        }
        self.is_extended = true;
        Ok(())
    }

    fn approve(&mut self, by: &StaffId) -> Result<(), Broken> {
        match self.proposal.take() {
            Some((_, proposer)) if proposer == *by => Err("two: one proposes, another approves"),
            None => Err("two: one proposes, another approves"),
            Some((Step::PlaceHold { .. }, _)) => {
                self.is_held = true;
                Ok(())
            }
            Some((Step::LiftHold { .. }, _)) => {
                self.is_held = false;
                Ok(())
            }
            Some((Step::Decide(_), _)) => {
                self.life = Life::Ended;
                self.proven()
            }
            Some((Step::Deny(denial), _)) => {
                self.life = Life::Ended;
                self.weigh(denial)
            }
        }
    }

    /// Of what only protects, nothing is weighed but whether somebody else sent a signal.
    fn weigh(&self, denial: Denial) -> Result<(), Broken> {
        let signal = matches!(WORLDS[self.world].0, Kind::OptOut | Kind::LimitUse);
        match signal && denial == Denial::SuspectedFraud {
            true => Ok(()),
            false => self.protects(),
        }
    }

    fn proven(&self) -> Result<(), Broken> {
        match self.shown >= self.demanded {
            true => Ok(()),
            false => Err("proof: nothing is shown or changed before it is known who asks"),
        }
    }

    fn start(&mut self, names_hold: bool) -> Result<(), Broken> {
        self.proven()?;
        if names_hold != self.is_held {
            return Err("hold: what is held is named, and nothing else");
        }
        if self.asked.is_some() || self.clarify.is_some() || self.proposal.is_some() {
            return Err("turn: nothing begins while somebody is asked");
        }
        if WORLDS[self.world].0 == Kind::HumanReview {
            return Err("two: people look at a decision");
        }
        self.life = Life::Begun;
        Ok(())
    }

    fn deny(&mut self, denial: Denial, at: Timestamp) -> Result<(), Broken> {
        self.protects()?;
        if denial == Denial::Excessive {
            return Err("two: one proposes, another approves");
        }
        let waits = self.asked.is_none_or(|(until, failed)| !failed && at < until);
        if denial == Denial::InsufficientVerification && waits {
            return Err("time: who is asked has the time that was named");
        }
        self.life = Life::Ended;
        Ok(())
    }
}
