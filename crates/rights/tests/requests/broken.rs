//! Wrong machines, each with the law that has to catch it. The room does not let one write them,
//! so each of them lies to the real machine about one thing and takes the lie back.

use domain::time::Timestamp;
use rights::proof::Strength;
use rights::request::Case;
use rights::request::act::{Act, Event, Step};
use rights::request::error::ActError;
use rights::request::kind::{About, Kind};
use rights::request::lift::ToldHow;
use rights::request::state::End;
use rights::request::work::{self, Desk, Work};

use crate::world::{Machine, Next, REAL, Room, staff};

const fn machine(machine: Machine) -> Room {
    Room { machine, ..REAL }
}

const fn next(next: Next) -> Room {
    Room { next, ..REAL }
}

type Done = Result<(Event, Case), ActError>;

pub(crate) const BROKEN: [(&str, Room, &str); 20] = [
    ("it begins without proof", machine(begins_without_proof), "proof"),
    ("a weak proof is enough", machine(weak_is_enough), "proof"),
    ("who opts out is asked who they are", machine(asks_everybody), "absolute"),
    ("a withdrawal is weighed", machine(weighs_everything), "absolute"),
    ("who proposes approves", machine(approves_oneself), "two"),
    ("one person refuses", machine(refuses_alone), "two"),
    ("a machine looks at decisions", machine(decides_alone), "two"),
    ("a hold is forgotten", machine(forgets_holds), "hold"),
    ("a hold is never lifted", machine(keeps_holds), "hold"),
    ("it is put off again and again", machine(extends_again), "extension"),
    ("it goes on after the end", machine(goes_on), "end"),
    ("it is taken back while it is carried out", machine(goes_back), "no way back"),
    ("the time to answer is cut", machine(cuts_time), "time"),
    ("a silent person is waited for", Room { machine: waits_for_ever, next: idles }, "can end"),
    ("a restriction is lifted unannounced", machine(lifts_untold), "lift"),
    ("one person lifts a restriction", machine(lifts_alone), "two"),
    ("a hold is carried out", next(ignores_holds), "hold"),
    ("everybody is asked first", next(asks_first), "absolute"),
    ("who is late is waited for", next(waits_on), "next"),
    ("a review is carried out", next(reviews_alone), "two"),
];

fn begins_without_proof(case: &Case, act: Act, now: Timestamp) -> Done {
    let mut lie = case.clone();
    if matches!(act, Act::Started { .. }) {
        lie.needs = Strength::Nothing;
    }
    let (event, mut after) = lie.next(act, now)?;
    after.needs = after.needs.max(case.needs);
    Ok((event, after))
}

fn weak_is_enough(case: &Case, act: Act, now: Timestamp) -> Done {
    match matches!(act, Act::Verified { .. }) {
        true => case.next(Act::Verified { strength: Strength::Fresh }, now),
        false => case.next(act, now),
    }
}

/// The request as if it were about access, which may be weighed.
fn as_access(case: &Case, act: Act, now: Timestamp) -> Done {
    let mut lie = case.clone();
    (lie.asked.kind, lie.asked.about) = (Kind::Access, About::EVERYTHING);
    let (event, mut after) = lie.next(act, now)?;
    after.asked = case.asked.clone();
    Ok((event, after))
}

fn asks_everybody(case: &Case, act: Act, now: Timestamp) -> Done {
    match matches!(act, Act::VerificationAsked { .. }) {
        true => as_access(case, act, now),
        false => case.next(act, now),
    }
}

fn weighs_everything(case: &Case, act: Act, now: Timestamp) -> Done {
    if !case.is_absolute() {
        return case.next(act, now);
    }
    match (&act, &case.proposal) {
        (Act::Proposed { step: Step::Deny(_), .. }, _)
        | (Act::Approved { .. }, Some((Step::Deny(_), _))) => as_access(case, act, now),
        _ => case.next(act, now),
    }
}

fn approves_oneself(case: &Case, act: Act, now: Timestamp) -> Done {
    let mut lie = case.clone();
    if let (Act::Approved { .. }, Some((_, by))) = (&act, &mut lie.proposal) {
        *by = staff("three");
    }
    lie.next(act, now)
}

fn refuses_alone(case: &Case, act: Act, now: Timestamp) -> Done {
    let done = case.next(act.clone(), now);
    let (Err(ActError::NeedsTwo), Act::Denied { denial }) = (&done, &act) else { return done };
    let (mut event, mut after) = case.next(Act::AskedAgain {}, now)?;
    after.end = Some((End::Denied(*denial), now));
    event.act = act;
    Ok((event, after))
}

fn decides_alone(case: &Case, act: Act, now: Timestamp) -> Done {
    let mut lie = case.clone();
    if matches!(act, Act::Started { .. }) && case.asked.kind == Kind::HumanReview {
        lie.asked.kind = Kind::Restriction;
    }
    let (event, mut after) = lie.next(act, now)?;
    after.asked = case.asked.clone();
    Ok((event, after))
}

fn forgets_holds(case: &Case, act: Act, now: Timestamp) -> Done {
    let mut lie = case.clone();
    if matches!(&act, Act::Started { rests } if rests.is_empty()) {
        lie.holds.clear();
    }
    lie.next(act, now)
}

fn keeps_holds(case: &Case, act: Act, now: Timestamp) -> Done {
    let (event, mut after) = case.next(act, now)?;
    for (hold, basis) in &case.holds {
        after.holds.insert(*hold, *basis);
    }
    Ok((event, after))
}

fn extends_again(case: &Case, act: Act, now: Timestamp) -> Done {
    let mut lie = case.clone();
    if matches!(act, Act::Extended { .. }) {
        lie.extended = None;
    }
    lie.next(act, now)
}

fn goes_on(case: &Case, act: Act, now: Timestamp) -> Done {
    let mut lie = case.clone();
    lie.end = None;
    lie.next(act, now)
}

fn goes_back(case: &Case, act: Act, now: Timestamp) -> Done {
    let mut lie = case.clone();
    if matches!(act, Act::Revoked {}) {
        lie.started = None;
    }
    lie.next(act, now)
}

fn cuts_time(case: &Case, act: Act, now: Timestamp) -> Done {
    let mut lie = case.clone();
    if matches!(act, Act::Denied { .. }) {
        for wait in &mut lie.waits {
            wait.failed = true;
        }
    }
    lie.next(act, now)
}

fn lifts_untold(case: &Case, act: Act, now: Timestamp) -> Done {
    let mut lie = case.clone();
    if let (Act::Lifted {}, Some(lift)) = (&act, &mut lie.lift) {
        lift.told = Some((ToldHow::Page, now.day()));
    }
    lie.next(act, now)
}

fn lifts_alone(case: &Case, act: Act, now: Timestamp) -> Done {
    let mut lie = case.clone();
    if let (Act::LiftApproved { .. }, Some(lift)) = (&act, &mut lie.lift) {
        lift.proposed_by = staff("three");
    }
    lie.next(act, now)
}

fn waits_for_ever(case: &Case, act: Act, now: Timestamp) -> Done {
    let ends = matches!(act, Act::Denied { .. } | Act::Expired {});
    let goes_on = matches!(act, Act::Verified { .. } | Act::Proposed { .. });
    match case.waiting() {
        Some(_) if ends || goes_on => Err(ActError::Waiting),
        Some(_) | None => case.next(act, now),
    }
}

fn ignores_holds(case: &Case, now: Timestamp, days: u32) -> Work {
    let right = work::next(case, now, days);
    if right == Work::Staff(Desk::Held) { Work::CarryOut } else { right }
}

fn asks_first(case: &Case, now: Timestamp, days: u32) -> Work {
    let right = work::next(case, now, days);
    if right != Work::CarryOut || case.proven > Strength::Nothing {
        return right;
    }
    let until = now.plus_ms(1);
    Work::Record(Act::VerificationAsked { strength: Strength::Linked, until })
}

fn waits_on(case: &Case, now: Timestamp, days: u32) -> Work {
    match case.waiting() {
        Some(wait) if case.end.is_none() => Work::Person { until: wait.until },
        Some(_) | None => work::next(case, now, days),
    }
}

fn reviews_alone(case: &Case, now: Timestamp, days: u32) -> Work {
    let right = work::next(case, now, days);
    if right == Work::Staff(Desk::Review) { Work::CarryOut } else { right }
}

/// Does nothing, so that only whether a request can end is looked at.
fn idles(_: &Case, _: Timestamp, _: u32) -> Work {
    Work::Nothing
}
