use crate::error::FederatedError;
use crate::helper::{Answer, Question};
use crate::task::Field;
use crate::world::{NOW, World, task};

fn world() -> World {
    World::new(task(Field::Compact, 8, 2))
}

#[test]
fn both_count_what_both_accept() {
    let mut world = world();
    for set in [vec![1, 5], vec![], vec![5]] {
        let report = world.report(&set).unwrap();
        world.carry(&report).unwrap();
    }
    let [leader, helper] = &world.batches;
    assert_eq!(leader.tally(), helper.tally());
    assert_eq!(leader.tally().reports, 3);
}

#[test]
fn a_report_is_counted_once() {
    let mut world = world();
    let report = world.report(&[1]).unwrap();
    world.carry(&report).unwrap();
    let before = world.batches.clone();
    assert_eq!(world.carry(&report), Err(FederatedError::Replayed));
    assert_eq!(world.batches, before);
}

/// The leader dies after the question: it takes the same report again, and the helper, which
/// counted it, gives the same answer.
#[test]
fn a_leader_that_dies_loses_nothing_and_counts_nothing_twice() {
    let mut world = world();
    let report = world.report(&[1]).unwrap();
    let [leader, mut helper] = world.batches.clone();
    let (_, question) = world.leader().take(&leader, &report, NOW).unwrap();
    let first = world.helper().answer(&mut helper, &question, NOW).unwrap();
    world.batches[1] = helper; // durable at the helper; the leader never saw the answer
    let mut batch = leader;
    let (pending, question) = world.leader().take(&batch, &report, NOW).unwrap();
    let mut helper = world.batches[1].clone();
    let second = world.helper().answer(&mut helper, &question, NOW).unwrap();
    assert_eq!(first, second);
    world.leader().count(&mut batch, &pending, &second).unwrap();
    assert_eq!(batch.tally(), helper.tally());
    assert_eq!(batch.tally().reports, 1);
}

#[test]
fn a_helper_that_lies_about_a_report_is_noticed() {
    let mut world = world();
    let report = world.report(&[1]).unwrap();
    let other = world.report(&[2]).unwrap();
    let mut batch = world.batches[0].clone();
    let (pending, question) = world.leader().take(&batch, &report, NOW).unwrap();
    let honest = world.helper().answer(&mut world.batches[1].clone(), &question, NOW).unwrap();
    let mut forged = honest.clone();
    forged.decision[0] ^= 1;
    let count = |batch: &mut _, answer: &Answer| world.leader().count(batch, &pending, answer);
    assert_eq!(count(&mut batch, &forged), Err(FederatedError::Proof));
    let elsewhere = Answer { id: other.id, ..honest.clone() };
    assert_eq!(count(&mut batch, &elsewhere), Err(FederatedError::OtherTask));
    assert_eq!(batch, world.batches[0], "nothing was counted");
    assert_eq!(count(&mut batch, &honest), Ok(()));
}

#[test]
fn a_leader_that_lies_about_a_report_is_noticed() {
    let changes: [fn(&mut Question); 4] = [
        |question| question.word[0] ^= 1,
        |question| question.public[0] ^= 1,
        |question| question.id[0] ^= 1,
        |question| question.day -= 86_400,
    ];
    for change in changes {
        let mut world = world();
        let report = world.report(&[1]).unwrap();
        assert!(world.carry_changed(&report, change).is_err());
        assert_eq!(world.batches[1].tally().reports, 0);
    }
}

#[test]
fn reports_of_elsewhere_are_refused() {
    let mut world = world();
    let report = world.report(&[1]).unwrap();
    let take = |change: &dyn Fn(&mut crate::report::Report)| {
        let mut report = report.clone();
        change(&mut report);
        world.leader().take(&world.batches[0], &report, NOW).map(|_| ()).unwrap_err()
    };
    assert_eq!(take(&|report| report.task[0] ^= 1), FederatedError::OtherTask);
    assert_eq!(take(&|report| report.day += 86_400), FederatedError::Time);
    assert_eq!(take(&|report| report.id[0] ^= 1), FederatedError::Seal);
    assert_eq!(take(&|report| report.leader[1200] ^= 1), FederatedError::Seal);
    let swapped = take(&|report| std::mem::swap(&mut report.leader, &mut report.helper));
    assert_eq!(swapped, FederatedError::Seal);
}
