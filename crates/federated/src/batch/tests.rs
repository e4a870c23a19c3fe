use super::{Batch, Share};
use crate::circuit::Seat;
use crate::collect;
use crate::error::FederatedError;
use crate::task::Field;
use crate::world::{World, task};

const SEEDS: [[u8; 32]; 2] = [[11; 32], [12; 32]];

/// Counts `reports` reports that all set cell 1.
fn world(reports: usize) -> World {
    let mut world = World::new(task(Field::Compact, 8, 2));
    for _ in 0..reports {
        let report = world.report(&[1]).unwrap();
        world.carry(&report).unwrap();
    }
    world
}

fn release(world: &mut World, seat: Seat, seed: &[u8; 32]) -> Result<Share, FederatedError> {
    let [leader, helper] = &mut world.batches;
    let (own, other) = match seat {
        Seat::Leader => (leader, helper),
        Seat::Helper => (helper, leader),
    };
    own.release((&world.task, &world.circuit, seat), other.tally(), seed)
}

#[test]
fn both_hold_to_the_smallest_batch() {
    let mut world = world(99);
    for seat in [Seat::Leader, Seat::Helper] {
        let refused = release(&mut world, seat, &SEEDS[0]).unwrap_err();
        assert_eq!(refused, FederatedError::TooFew { have: 99, least: 100 });
    }
    assert!(world.batches.iter().all(|batch| !batch.is_closed()));
}

#[test]
fn a_release_is_the_counts_with_the_noise_of_both() {
    let mut world = world(120);
    let leader = release(&mut world, Seat::Leader, &SEEDS[0]).unwrap();
    let helper = release(&mut world, Seat::Helper, &SEEDS[1]).unwrap();
    let read = |share: &Share| Share::from_bytes(&share.to_bytes()).unwrap();
    let release = collect::open((&world.task, &world.circuit), &read(&leader), &read(&helper));
    let release = release.unwrap();
    assert_eq!(release.reports, 120);
    let away: Vec<i64> = release
        .counts
        .iter()
        .zip([0, 120, 0, 0, 0, 0, 0, 0])
        .map(|(count, one)| count - one)
        .collect();
    assert!(away.iter().any(|noise| *noise != 0), "{away:?}");
    assert!(away.iter().all(|noise| noise.abs() < 20), "{away:?}");
}

/// A second draw of noise would tell more than was paid for.
#[test]
fn a_batch_is_released_once() {
    let mut world = world(100);
    let first = release(&mut world, Seat::Leader, &SEEDS[0]).unwrap();
    let again = release(&mut world, Seat::Leader, &SEEDS[1]).unwrap();
    assert_eq!(first, again);
    let restarted = Batch::from_bytes(&world.task, &world.batches[0].to_bytes()).unwrap();
    assert_eq!(restarted, world.batches[0]);
    world.batches[0] = restarted;
    assert_eq!(release(&mut world, Seat::Leader, &SEEDS[1]).unwrap(), first);
    let late = world.report(&[1]).unwrap();
    assert_eq!(world.carry(&late), Err(FederatedError::Closed));
}

#[test]
fn the_sum_without_noise_does_not_stay() {
    let mut world = world(100);
    let sum = world.batches[0].sum.clone();
    assert!(!sum.is_empty());
    release(&mut world, Seat::Leader, &SEEDS[0]).unwrap();
    let bytes = world.batches[0].to_bytes();
    assert!(!bytes.windows(sum.len()).any(|window| window == sum));
}

/// One aggregator gives a batch of other reports: the other notices and releases nothing.
#[test]
fn aggregators_that_counted_different_reports_release_nothing() {
    let mut world = world(100);
    let mut other = world.batches[1].tally();
    other.checksum[0] ^= 1;
    let parts = (&world.task, &world.circuit, Seat::Leader);
    let refused = world.batches[0].release(parts, other, &SEEDS[0]);
    assert_eq!(refused, Err(FederatedError::Differ));
    assert!(!world.batches[0].is_closed());
}

#[test]
fn two_noises_are_two_noises() {
    let mut world = world(100);
    let (leader, helper) = (world.batches[0].clone(), world.batches[1].clone());
    let one = release(&mut world, Seat::Leader, &SEEDS[0]).unwrap();
    world.batches = [leader, helper];
    let other = release(&mut world, Seat::Leader, &SEEDS[1]).unwrap();
    assert_ne!(one.sum, other.sum);
}

#[test]
fn a_batch_is_read_as_it_was_written() {
    let world = world(3);
    let bytes = world.batches[0].to_bytes();
    assert_eq!(Batch::from_bytes(&world.task, &bytes), Ok(world.batches[0].clone()));
    for cut in (0..bytes.len()).step_by(5) {
        let refused = Batch::from_bytes(&world.task, &bytes[..cut]);
        assert_eq!(refused, Err(FederatedError::Malformed));
    }
    let mut other = world.task.clone();
    other.batch_least += 1;
    assert_eq!(Batch::from_bytes(&other, &bytes), Err(FederatedError::OtherTask));
}
