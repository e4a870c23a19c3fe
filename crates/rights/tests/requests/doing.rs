//! Doing what is next, from any state on: it ends, or it lies on a desk that can move it.

use rights::request::Case;
use rights::request::act::{Act, HoldBasis, Rest, RestReason, Review, Step};
use rights::request::denial::Denial;
use rights::request::work::{Desk, Work};

use crate::ghost::{Broken, Ghost};
use crate::world::{Room, WORLDS, instant, staff};

/// More than anything needs: acknowledge, ask, wait, refuse.
const STEPS_MAX: usize = 8;
/// How long the person has to prove something, in days.
const ASK_DAYS: u32 = 30;

pub(crate) fn do_what_is_next(
    case: &Case,
    ghost: &Ghost,
    day: u8,
    room: Room,
) -> Result<(), Broken> {
    let (mut case, mut ghost, mut now) = (case.clone(), ghost.clone(), instant(day));
    for _ in 0..STEPS_MAX {
        let act = match (room.next)(&case, now, ASK_DAYS) {
            Work::Nothing => return Ok(()),
            Work::Staff(desk) => return moves(&case, desk, room),
            Work::Person { until } if until <= now => {
                return Err("next: nobody waits for a time that is over");
            }
            Work::Person { until } => {
                now = until;
                continue;
            }
            Work::Record(act) => act,
            Work::CarryOut => Act::Started { rests: vec![] },
            Work::Finish => Act::Fulfilled { results_until: None },
        };
        ghost.see(&act, now)?;
        let done = (room.machine)(&case, act, now);
        case = done.map_err(|_| "next: what is next is allowed")?.1;
    }
    Err("next: doing what is next ends")
}

/// Whether somebody at a desk can do something about it.
fn moves(case: &Case, desk: Desk, room: Room) -> Result<(), Broken> {
    let now = case.last;
    let propose = |step| Act::Proposed { step, by: staff("one") };
    let held = |(hold, basis): (&u32, &HoldBasis)| Rest {
        what: "everything".to_owned(),
        why: RestReason::Hold(*hold),
        basis: basis.source().to_owned(),
        until: None,
    };
    let acts = match desk {
        Desk::Approve => {
            vec![Act::Approved { by: staff("two") }, Act::Rejected { by: staff("one") }]
        }
        Desk::Review => vec![propose(Step::Decide(Review::Stands))],
        Desk::Weigh => {
            vec![propose(Step::Deny(Denial::CompellingGrounds)), Act::Started { rests: vec![] }]
        }
        Desk::HandOver => vec![Act::Started { rests: vec![] }],
        Desk::Held => {
            let lift = case.holds.keys().map(|hold| propose(Step::LiftHold { hold: *hold }));
            let by_hand = Act::Started { rests: case.holds.iter().map(held).collect() };
            lift.chain([by_hand]).collect()
        }
    };
    for act in acts {
        if (room.machine)(case, act, now).is_err() {
            return Err("next: whoever has it on the desk can move it");
        }
    }
    let absolute = WORLDS.iter().any(|(kind, about, _)| {
        (*kind, *about) == (case.asked.kind, case.asked.about) && case.is_absolute()
    });
    match absolute && desk != Desk::Approve && case.holds.is_empty() {
        true => Err("absolute: who only protects is not asked, put off or weighed"),
        false => Ok(()),
    }
}
