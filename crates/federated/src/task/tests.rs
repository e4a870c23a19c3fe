use ed25519_dalek::SigningKey;
use privacy::dp::noise::Deviation;
use privacy::dp::rho::Delta;

use super::{Field, Kind, Task};
use crate::error::FederatedError;
use crate::world::task;

#[track_caller]
fn check(change: impl Fn(&mut Task), expected: Result<(), FederatedError>) {
    let mut task = task(Field::Compact, 4096, 16);
    change(&mut task);
    assert_eq!(task.check(), expected);
    assert_eq!(Task::from_bytes(&task.to_bytes()).map(|read| assert_eq!(read, task)), expected);
}

#[test]
fn tasks_have_limits() {
    let wrong = |what| Err(FederatedError::Task(what));
    check(|_| {}, Ok(()));
    check(|task| task.cells = 0, wrong("the number of cells"));
    check(|task| task.cells = 32_769, wrong("the number of cells"));
    check(|task| task.weight = 0, wrong("the cells that one profile may set"));
    check(|task| task.weight = 65, wrong("the cells that one profile may set"));
    check(|task| task.cells = 15, wrong("the cells that one profile may set"));
    check(|task| task.batch_least = 99, wrong("the fewest reports of a batch"));
    check(|task| task.open.1 = task.open.0, wrong("the time that the task is open"));
    check(|task| task.open.1 += 16 * 86_400, wrong("the time that the task is open"));
    check(|task| task.keys[1] = task.keys[0].clone(), wrong("the keys of the aggregators"));
}

#[test]
fn every_number_of_a_task_is_in_its_digest() {
    let plain = task(Field::Compact, 4096, 16);
    let changes: [fn(&mut Task); 9] = [
        |task| task.id[0] ^= 1,
        |task| task.kind = Kind::Edges,
        |task| task.field = Field::Standard,
        |task| task.cells += 1,
        |task| task.weight += 1,
        |task| task.batch_least += 1,
        |task| task.noise = Deviation::from_milli(1999).unwrap(),
        |task| task.open.1 -= 1,
        |task| task.list[31] ^= 1,
    ];
    for change in changes {
        let mut other = plain.clone();
        change(&mut other);
        assert_ne!(other.digest(), plain.digest());
    }
}

#[test]
fn only_the_shop_makes_tasks() {
    let (shop, other) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
    let task = task(Field::Compact, 4096, 16);
    let (bytes, signature) = (task.to_bytes(), task.sign(&shop));
    let read = |bytes: &[u8], signature, key: &SigningKey| {
        Task::signed(bytes, signature, &key.verifying_key())
    };
    assert_eq!(read(&bytes, &signature, &shop), Ok(task));
    assert_eq!(read(&bytes, &signature, &other), Err(FederatedError::Signature));
    for at in (0..bytes.len()).step_by(13) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert_eq!(read(&changed, &signature, &shop), Err(FederatedError::Signature));
    }
}

#[test]
fn cut_or_longer_bytes_are_no_task() {
    let bytes = task(Field::Compact, 4096, 16).to_bytes();
    for cut in (0..bytes.len()).step_by(11) {
        assert_eq!(Task::from_bytes(&bytes[..cut]), Err(FederatedError::Malformed));
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(Task::from_bytes(&longer), Err(FederatedError::Malformed));
}

#[test]
fn a_task_says_what_it_costs() {
    let mut task = task(Field::Compact, 4096, 16);
    task.noise = Deviation::from_milli(4 * 1268).unwrap(); // sigma 1.268 times the root of 16
    let epsilon = task.epsilon(Delta::MILLIONTH).value();
    assert!((epsilon - 4.0).abs() < 0.01, "{epsilon}");
}
