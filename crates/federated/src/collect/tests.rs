use super::{candidate_from, deviation_milli, open, showing, told_from};
use crate::batch::{Share, Tally};
use crate::circuit::Circuit;
use crate::error::FederatedError;
use crate::task::Field;
use crate::world::task;

#[test]
fn what_is_told_is_beyond_the_noise_of_both() {
    let task = task(Field::Compact, 8, 2); // each adds a deviation of 2
    assert_eq!(deviation_milli(&task), 2829);
    assert_eq!((told_from(&task), candidate_from(&task)), (10, 8));
    assert_eq!(showing(&task, &[0, 11, 12, 13, 1000]), 2);
}

#[test]
fn shares_that_do_not_belong_together_are_refused() {
    let task = task(Field::Compact, 8, 2);
    let circuit = Circuit::new(&task).unwrap();
    let tally = Tally { reports: 100, checksum: [1; 32] };
    let share = Share { task: task.id, tally, sum: circuit.zero().unwrap() };
    let refused =
        |leader: &Share, helper: &Share| open((&task, &circuit), leader, helper).unwrap_err();
    let elsewhere = Share { task: [0; 16], ..share.clone() };
    assert_eq!(refused(&elsewhere, &share), FederatedError::OtherTask);
    let fewer = Share { tally: Tally { reports: 99, ..tally }, ..share.clone() };
    assert_eq!(refused(&share, &fewer), FederatedError::Differ);
    let cut = Share { sum: share.sum[1..].to_vec(), ..share.clone() };
    assert_eq!(refused(&share, &cut), FederatedError::Malformed);
    let random = Share { sum: vec![0x55; share.sum.len()], ..share.clone() };
    assert_eq!(refused(&share, &random), FederatedError::Malformed, "no small counts");
}
