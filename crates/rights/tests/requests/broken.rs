//! Wrong machines, each with the law that has to catch it. The room does not let one write them,
//! so each of them lies to the real machine about one thing and takes the lie back.

use domain::time::Timestamp;
use rights::proof::Strength;
use rights::request::Case;
use rights::request::act::{Act, Event, Step};
use rights::request::error::ActError;
use rights::request::kind::{About, Kind};
use rights::request::state::End;

use crate::world::{Machine, staff};

type Done = Result<(Event, Case), ActError>;

pub(crate) const BROKEN: [(&str, Machine, &str); 14] = [
    ("it begins without proof", begins_without_proof, "proof"),
    ("a weak proof is enough", weak_is_enough, "proof"),
    ("who opts out is asked who they are", asks_everybody, "absolute"),
    ("a withdrawal is weighed", weighs_everything, "absolute"),
    ("who proposes approves", approves_oneself, "two"),
    ("one person refuses", refuses_alone, "two"),
    ("a machine looks at decisions", decides_alone, "two"),
    ("a hold is forgotten", forgets_holds, "hold"),
    ("a hold is never lifted", keeps_holds, "hold"),
    ("it is put off again and again", extends_again, "extension"),
    ("it goes on after the end", goes_on, "end"),
    ("it is taken back while it is carried out", goes_back, "no way back"),
    ("the time to answer is cut", cuts_time, "time"),
    ("a silent person is waited for", waits_for_ever, "can end"),
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

fn waits_for_ever(case: &Case, act: Act, now: Timestamp) -> Done {
    let ends = matches!(act, Act::Denied { .. } | Act::Expired {});
    let goes_on = matches!(act, Act::Verified { .. } | Act::Proposed { .. });
    match case.waiting() {
        Some(_) if ends || goes_on => Err(ActError::Waiting),
        Some(_) | None => case.next(act, now),
    }
}
