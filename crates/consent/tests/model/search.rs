//! The search: breadth first over every event, each state once.

use std::collections::BTreeSet;

use consent::record;

use crate::laws::{Around, check, narrower, permits_die, permits_end, restarts};
use crate::rules::{BROKEN, REAL, Rules};
use crate::world::{Event, Key, LAST_DAY, State, at, events, laws};

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    states: u64,
    steps: u64,
    decisions: u64,
}

/// Walks every order of events of a world up to a depth.
fn search(rules: &Rules, signal_count: u32, depth: usize) -> Result<Seen, &'static str> {
    let around = Around { laws: laws(), signal_count };
    let events = events(signal_count);
    let mut seen = Seen::default();
    let mut known: BTreeSet<Key> = BTreeSet::new();
    let mut front = vec![State::first()];
    known.insert(State::first().key());
    for level in 0..=depth {
        let mut next = Vec::new();
        for state in &front {
            seen.states += 1;
            check(state, rules, &around, &mut seen.decisions)?;
            for law in &around.laws {
                permits_end(state, *law)?;
            }
            if level == depth {
                continue;
            }
            let mut bare: Option<State> = None;
            for event in &events {
                let Some(after) = step(state, event, rules) else { continue };
                seen.steps += 1;
                if after.evidence.len() > state.evidence.len() && !matches!(event, Event::Asked(_))
                {
                    permits_die(state, &after.choices, &around)?;
                }
                restarts(&after, rules)?;
                if let Event::Choice { carried, .. } = event {
                    // The same request follows under each set of signals; the empty one first.
                    if *carried == 0 {
                        bare = Some(after.clone());
                    } else if let Some(bare) = &bare {
                        narrower(bare, &after, rules, &around)?;
                    }
                }
                if known.insert(after.key()) {
                    next.push(after);
                }
            }
        }
        front = next;
    }
    Ok(seen)
}

/// The state after an event; `None` when the world ends before it.
fn step(before: &State, event: &Event, rules: &Rules) -> Option<State> {
    let mut after = before.clone();
    match event {
        Event::Day if before.day == LAST_DAY => return None,
        Event::Day => after.day += 1,
        Event::WriteDown => {
            let now = at(before.day);
            let ended: Vec<_> = record::ended(&before.choices, now).collect();
            if ended.is_empty() {
                return None;
            }
            let chosen = record::expire(&before.choices, &before.evidence, &ended, now);
            after.evidence.extend(chosen.evidence);
            after.choices = chosen.choices;
        }
        Event::Asked(request) => {
            let nobody = |_| None;
            let asked = record::ask(&before.choices, request, &before.context(0), nobody);
            after.evidence.extend(asked.ok()?);
        }
        Event::Invalid(request) => {
            let context = before.context(before.carried);
            let chosen = record::invalidate(&before.choices, request, &context).ok()?;
            after.evidence.extend(chosen.evidence);
            after.choices = chosen.choices;
            after.say(request, before.carried);
        }
        Event::Choice { request, carried } => {
            let context = before.context(*carried);
            let (evidence, choices) = (rules.choose)(&before.choices, request, &context);
            after.evidence.extend(evidence);
            after.choices = choices;
            after.say(request, *carried);
        }
    }
    Some(after)
}

#[test]
fn every_order_of_events_keeps_the_laws() {
    for (signal_count, depth) in [(2, 4), (3, 2)] {
        let seen = search(&REAL, signal_count, depth).unwrap();
        println!("{signal_count} signals, {depth} events: {seen:?}");
        assert!(seen.states > 1_000, "{seen:?}");
    }
}

#[test]
fn every_wrong_rule_is_caught_by_its_law() {
    for (name, rules, law) in BROKEN {
        let found = search(&rules, 2, 3).expect_err(name);
        println!("{name}: {found}");
        assert!(found.starts_with(law), "{name} was caught by \"{found}\", not by {law}");
    }
}
