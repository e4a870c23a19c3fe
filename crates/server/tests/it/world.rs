//! The laws of DESIGN section 9, held after every step of seeded worlds (`testkit::world`).
//!
//! [`play`] plays the steps against a real engine on SQLite files, through the real path;
//! [`laws`] compares with the trivially correct model; [`canary`] listens to every log line.
//! A failure names the seed and the number of steps after which the law no longer held: that
//! prefix, `World::from_seed(seed, steps)`, is the shortest one that fails.

mod asking;
mod canary;
mod faults;
mod laws;
mod play;
mod readers;
mod rights;
mod spots;

use testkit::world::{Person, World};

use crate::world::canary::Canary;
use crate::world::play::Played;

const STEPS: usize = 240;

#[track_caller]
fn check(seed: u64) {
    let world = World::from_seed(seed, STEPS);
    let canary = Canary::default();
    let outcome = canary.listen(|| run(&world));
    if let Err((step, law)) = outcome {
        let happened = world.moments.get(step).map(|moment| &moment.step);
        panic!("world of seed {seed}, first {} steps, law {law}; last: {happened:?}", step + 1);
    }
    let heard = canary.heard();
    let betrayed = |person: &&Person| heard.contains(&person.marker);
    assert!(heard.contains("swept"), "seed {seed}: the canary hears the logs");
    assert!(!world.people.iter().any(|one| betrayed(&one)), "seed {seed}, law 8: a name in a log");
}

fn run(world: &World) -> Result<(), (usize, String)> {
    let mut played = Played::open(world);
    for (step, moment) in world.moments.iter().enumerate() {
        played.step(moment).map_err(|law| (step, law))?;
        laws::hold(&mut played, step).map_err(|law| (step, law))?;
    }
    let read = played.read.is_some_and(|head| head.size > 0);
    assert!(read, "seed {}: nobody read the log", world.seed);
    laws::twins(&mut played).map_err(|law| (world.moments.len() - 1, law))
}

#[test]
fn laws_hold_in_world_1() {
    check(1);
}

#[test]
fn laws_hold_in_world_2() {
    check(2);
}

#[test]
fn laws_hold_in_world_3_opt_out() {
    check(3);
}

#[test]
fn laws_hold_in_world_4() {
    check(4);
}

#[test]
fn laws_hold_in_world_5() {
    check(5);
}

#[test]
fn laws_hold_in_world_6_opt_out() {
    check(6);
}

#[test]
fn laws_hold_in_world_7() {
    check(7);
}

#[test]
fn laws_hold_in_world_8() {
    check(8);
}

/// One world that nobody has seen yet: from `CONFIDANT_WORLD_SEED`, or from the process id.
#[test]
#[expect(clippy::disallowed_methods, reason = "the seed of a fresh world comes from outside")]
fn laws_hold_in_a_fresh_world() {
    let given = std::env::var("CONFIDANT_WORLD_SEED").ok().and_then(|seed| seed.parse().ok());
    check(given.unwrap_or_else(|| 1_000 + u64::from(std::process::id())));
}
