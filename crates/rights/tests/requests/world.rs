//! The small world: what can be asked, and what can happen to it.

use domain::date::{self, Date};
use domain::id::{RequestId, RowId};
use domain::time::{DAY_MS, Day, Timestamp};
use personal::purpose::PurposeName;
use rights::plan::Scope;
use rights::proof::Strength;
use rights::request::act::{Act, Asked, Delay, Event, HoldBasis, Rest, RestReason, Review, Step};
use rights::request::denial::Denial;
use rights::request::error::ActError;
use rights::request::kind::{About, Kind};
use rights::request::lift::{LiftReason, ToldHow};
use rights::request::names::{Asker, StaffId};
use rights::request::work::{self, Work};
use rights::request::{Case, open};

/// A machine: the real one is [`Case::next`].
pub(crate) type Machine = fn(&Case, Act, Timestamp) -> Result<(Event, Case), ActError>;

/// Who says what is next: the real one is [`work::next`].
pub(crate) type Next = fn(&Case, Timestamp, u32) -> Work;

/// Machine and work.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    pub(crate) machine: Machine,
    pub(crate) next: Next,
}

/// As they are.
pub(crate) const REAL: Room = Room { machine: Case::next, next: work::next };

/// The last day of the world.
pub(crate) const DAYS: u8 = 2;
/// The day on which the first period of an answer ends.
pub(crate) const DUE: u8 = 1;
/// The number of the only hold.
pub(crate) const HOLD: u32 = 1;

const ROW: About = About::One(RowId::from_bytes([1; 16]));
const MARKETING: About = About::Scope(Scope::Purpose(PurposeName::Marketing));
const FRAUD: About = About::Scope(Scope::Purpose(PurposeName::FraudPrevention));

/// Everything that is asked for, one request a world, and the proof that it needs. The proofs are
/// written by hand here, so that a change of the table shows.
pub(crate) const WORLDS: [(Kind, About, Strength); 13] = [
    (Kind::Access, About::EVERYTHING, Strength::Fresh),
    (Kind::Access, About::Categories, Strength::Linked),
    (Kind::Portability, About::EVERYTHING, Strength::Fresh),
    (Kind::Rectification, ROW, Strength::Linked),
    (Kind::Erasure, About::EVERYTHING, Strength::Fresh),
    (Kind::Erasure, ROW, Strength::Linked),
    (Kind::Restriction, About::EVERYTHING, Strength::Linked),
    (Kind::Objection, FRAUD, Strength::Linked),
    (Kind::Objection, MARKETING, Strength::Nothing),
    (Kind::OptOut, About::EVERYTHING, Strength::Nothing),
    (Kind::LimitUse, About::EVERYTHING, Strength::Nothing),
    (Kind::HumanReview, ROW, Strength::Linked),
    (Kind::Withdrawal, About::EVERYTHING, Strength::Nothing),
];

/// The first day, and those after it.
pub(crate) fn instant(day: u8) -> Timestamp {
    date::day(2026, 11, 22).start().plus_ms(i64::from(day) * DAY_MS)
}

pub(crate) fn due() -> Day {
    instant(DUE).day()
}

pub(crate) fn staff(name: &str) -> StaffId {
    StaffId::parse(name).unwrap()
}

/// The request on the first day.
pub(crate) fn first((kind, about, _): (Kind, About, Strength)) -> (Event, Case) {
    let id = RequestId::from_bytes([2; 16]);
    open(Asked { id, kind, about, asker: Asker::Person, law: String::new() }, instant(0)).unwrap()
}

/// What stays because of the hold.
fn held() -> Rest {
    let what = "orders".to_owned();
    Rest { what, why: RestReason::Hold(HOLD), basis: "GDPR Art. 17(3)(e)".to_owned(), until: None }
}

/// What stays because a law says so.
fn kept() -> Rest {
    let until = Some(Date(date::day(2030, 1, 1)));
    Rest { why: RestReason::Retention, until, ..held() }
}

/// Everything that may be tried on a day, allowed or not.
pub(crate) fn acts(day: u8) -> Vec<Act> {
    let steps = [
        Step::Deny(Denial::Excessive),
        Step::Deny(Denial::SuspectedFraud),
        Step::Decide(Review::Changed),
        Step::PlaceHold { hold: HOLD, basis: HoldBasis::LegalClaim },
        Step::LiftHold { hold: HOLD },
    ];
    let mut acts = vec![
        Act::Acknowledged {},
        Act::VerificationFailed {},
        Act::Verified { strength: Strength::Linked },
        Act::Verified { strength: Strength::Fresh },
        Act::Clarified {},
        Act::Extended { why: Delay::Complex, due: due() },
        Act::Rejected { by: staff("one") },
        Act::Approved { by: staff("one") },
        Act::Approved { by: staff("two") },
        Act::Started { rests: vec![] },
        Act::Started { rests: vec![held()] },
        Act::Started { rests: vec![held(), kept()] },
        Act::Fulfilled { results_until: None },
        Act::Denied { denial: Denial::NoMatch },
        Act::Denied { denial: Denial::InsufficientVerification },
        Act::Denied { denial: Denial::Excessive },
        Act::Revoked {},
        Act::Expired {},
        Act::Merged { into: RequestId::from_bytes([3; 16]) },
    ];
    let why = LiftReason::UseLawful;
    acts.extend([
        Act::LiftProposed { why, by: staff("one") },
        Act::LiftApproved { by: staff("one") },
        Act::LiftApproved { by: staff("two") },
        Act::LiftRejected { by: staff("two") },
        Act::LiftTold { how: ToldHow::Mail, on: instant(day + 1).day() },
        Act::Lifted {},
        Act::LiftedByPerson {},
    ]);
    acts.extend(steps.map(|step| Act::Proposed { step, by: staff("one") }));
    if day < DAYS {
        let until = instant(day + 1);
        acts.push(Act::ClarificationAsked { until });
        let asked = [Strength::Linked, Strength::Fresh];
        acts.extend(asked.map(|strength| Act::VerificationAsked { strength, until }));
    }
    acts
}
