use proptest::prelude::*;

use super::{Fresh, Report, is_in_time, make};
use crate::error::FederatedError;
use crate::task::{Field, VERSION};
use crate::world::{NOW, World, task};

#[test]
fn a_report_is_read_as_it_was_written() {
    let mut world = World::new(task(Field::Compact, 8, 2));
    let report = world.report(&[1, 5]).unwrap();
    let bytes = report.to_bytes();
    assert_eq!(bytes[0], VERSION);
    assert_eq!(Report::from_bytes(&bytes), Ok(report));
    for cut in (0..bytes.len()).step_by(37) {
        assert_eq!(Report::from_bytes(&bytes[..cut]), Err(FederatedError::Malformed));
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(Report::from_bytes(&longer), Err(FederatedError::Malformed));
    let other_version = [&[VERSION + 1], &bytes[1..]].concat();
    assert_eq!(Report::from_bytes(&other_version), Err(FederatedError::Malformed));
}

#[test]
fn a_report_tells_the_day_and_no_more() {
    let mut world = World::new(task(Field::Compact, 8, 2));
    assert_eq!(world.report(&[1]).unwrap().day, NOW - 3600);
}

#[test]
fn a_report_has_the_time_of_its_task() {
    let world = World::new(task(Field::Compact, 8, 2));
    let (from, before) = world.task.open;
    let fresh = Fresh { id: [1; 16], seeds: [[2; 32], [3; 32]] };
    let at = |now| make((&world.task, &world.circuit), &[], now, &fresh).map(|report| report.day);
    assert_eq!(at(from), Ok(from));
    assert_eq!(at(from - 1), Err(FederatedError::Time));
    assert_eq!(at(before), Err(FederatedError::Time));
    assert_eq!(at(before - 1), Ok(before - 86_400));
    let accepted = |day| is_in_time(&world.task, day, NOW);
    assert!(accepted(from) && !accepted(from + 1), "not a whole day");
    assert!(!accepted(from - 86_400), "before the task");
    assert!(!accepted(from + 86_400), "not yet");
    assert!(!is_in_time(&world.task, before, before + 1), "after the task");
}

/// What one aggregator sees does not tell what a device said: the sizes are the same for every
/// set, and the halves of equal sets differ.
#[test]
fn the_size_tells_nothing() {
    let mut world = World::new(task(Field::Standard, 32, 16));
    let sizes: Vec<usize> = [vec![], vec![3], (0..16).collect()]
        .iter()
        .map(|set: &Vec<u32>| world.report(set).unwrap().to_bytes().len())
        .collect();
    assert!(sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
    let halves = || world.circuit.split(&[3], &[0; 16]).unwrap();
    let (one, other) = (halves(), halves());
    assert_ne!(one.leader, other.leader);
    assert_ne!(one.helper, other.helper);
}

proptest! {
    #[test]
    fn no_bytes_are_read_as_another_report(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(report) = Report::from_bytes(&bytes) {
            prop_assert_eq!(report.to_bytes(), bytes);
        }
    }
}
