//! The search: breadth first over every act and every passing day, each state once.

use std::collections::BTreeMap;

use rights::request::act::{Act, Event};
use rights::request::state::{Duty, State, WaitFor};
use rights::request::{Case, fold};

use crate::broken::BROKEN;
use crate::doing::do_what_is_next;
use crate::ghost::{Broken, Ghost, Life};
use crate::world::{DAYS, REAL, Room, WORLDS, acts, first, instant};

/// One state of a world, and the events that led to it.
struct Node {
    case: Case,
    ghost: Ghost,
    day: u8,
    events: Vec<Event>,
    /// The states that come after it, without what only the asker can do.
    next: Vec<usize>,
}

/// What tells states apart; when exactly something was does not, and of the dead only how they
/// died.
fn key(case: &Case, ghost: &Ghost, day: u8) -> String {
    if let Some((end, _)) = case.end {
        return format!("{end:?} {} {day} {}", case.rests.len(), ghost.lift_key());
    }
    let wait = case.waiting().map(|wait| (wait.what, wait.until, wait.failed));
    let waits = (wait, case.waits.iter().filter(|w| w.what == WaitFor::Clarification).count());
    let holds = (&case.holds, &case.holds_known);
    let known = (case.needs, case.proven, case.acknowledged.is_some(), case.extended.is_some());
    let ends = (case.started.is_some(), case.rests.len());
    let proposal = serde_json::to_string(&case.proposal).unwrap();
    format!("{day} {known:?} {waits:?} {holds:?} {ends:?} {proposal} {}", ghost.key())
}

/// The laws of one state.
fn check(case: &Case, ghost: &Ghost, events: &[Event]) -> Result<(), Broken> {
    if ghost.is_held == case.holds.is_empty() {
        return Err("hold: a hold is there from its approval to its end");
    }
    let stored: Vec<Vec<u8>> = events.iter().map(|event| event.to_body().unwrap()).collect();
    let rows: Vec<Event> =
        stored.iter().rev().map(|body| Event::from_body(body).unwrap()).collect();
    if fold(&rows).as_ref() != Ok(case) {
        return Err("fold: stored events in any order make the same request");
    }
    let state = case.state();
    if state.is_final() != (ghost.life == Life::Ended) {
        return Err("end: a request has ended when an observer saw it end");
    }
    let partly = matches!(state, State::Denied | State::PartlyFulfilled);
    if partly && !case.duties().contains(&Duty::NameRemedies) {
        return Err("remedies: who does not get everything is told where to complain");
    }
    Ok(())
}

/// Walks one world to its last state. Gives how many states and steps there are.
fn search(world: usize, room: Room) -> Result<(usize, u64), Broken> {
    let (event, case) = first(WORLDS[world]);
    let ghost = Ghost::new(world);
    let mut known = BTreeMap::from([(key(&case, &ghost, 0), 0)]);
    let mut nodes = vec![Node { case, ghost, day: 0, events: vec![event], next: vec![] }];
    let mut steps = 0;
    let mut at = 0;
    while at < nodes.len() {
        let day = nodes[at].day;
        let mut found: Vec<(Node, bool)> = Vec::new();
        if day < DAYS {
            let Node { case, ghost, events, .. } = &nodes[at];
            let (case, ghost, events) = (case.clone(), ghost.clone(), events.clone());
            found.push((Node { case, ghost, day: day + 1, events, next: vec![] }, true));
        }
        for act in acts(day) {
            let Ok((event, case)) = (room.machine)(&nodes[at].case, act.clone(), instant(day))
            else {
                continue;
            };
            steps += 1;
            let mut ghost = nodes[at].ghost.clone();
            ghost.see(&act, instant(day))?;
            let mut events = nodes[at].events.clone();
            events.push(event);
            let help = matches!(act, Act::Revoked {} | Act::Merged { .. } | Act::Clarified {});
            found.push((Node { case, ghost, day, events, next: vec![] }, !help));
        }
        for (node, counts) in found {
            let key = key(&node.case, &node.ghost, node.day);
            let number = match known.get(&key) {
                Some(number) => *number,
                None => {
                    check(&node.case, &node.ghost, &node.events)?;
                    do_what_is_next(&node.case, &node.ghost, node.day, room)?;
                    known.insert(key, nodes.len());
                    nodes.push(node);
                    nodes.len() - 1
                }
            };
            if counts {
                nodes[at].next.push(number);
            }
        }
        at += 1;
    }
    all_can_end(&nodes)?;
    Ok((nodes.len(), steps))
}

/// Every state has a way to an end that does not need whoever asked.
fn all_can_end(nodes: &[Node]) -> Result<(), Broken> {
    let mut before: Vec<Vec<usize>> = vec![vec![]; nodes.len()];
    for (number, node) in nodes.iter().enumerate() {
        for next in &node.next {
            before[*next].push(number);
        }
    }
    let mut can: Vec<bool> = nodes.iter().map(|node| node.case.state().is_final()).collect();
    let mut front: Vec<usize> = (0..nodes.len()).filter(|number| can[*number]).collect();
    while let Some(number) = front.pop() {
        for earlier in &before[number] {
            if !can[*earlier] {
                can[*earlier] = true;
                front.push(*earlier);
            }
        }
    }
    match can.into_iter().all(|can| can) {
        true => Ok(()),
        false => Err("can end: every request can end without whoever asked"),
    }
}

#[test]
fn every_order_of_acts_keeps_the_laws() {
    let (mut states, mut steps) = (0, 0);
    for (number, (kind, about, _)) in WORLDS.iter().enumerate() {
        let found = search(number, REAL).unwrap();
        println!("{} about {about}: {} states, {} steps", kind.as_str(), found.0, found.1);
        states += found.0;
        steps += found.1;
    }
    println!("{states} states, {steps} steps");
    assert!(states > 5_000, "{states}");
}

#[test]
fn every_wrong_machine_is_caught_by_its_law() {
    for (name, room, law) in BROKEN {
        let found = (0..WORLDS.len()).find_map(|world| search(world, room).err());
        let found = found.expect(name);
        println!("{name}: {found}");
        assert!(found.starts_with(law), "{name} was caught by \"{found}\", not by {law}");
    }
}
