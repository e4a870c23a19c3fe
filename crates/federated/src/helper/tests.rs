use proptest::prelude::*;

use super::{Answer, Question};
use crate::error::FederatedError;
use crate::task::Field;
use crate::world::{NOW, World, task};

#[test]
fn messages_are_read_as_they_were_written() {
    let mut world = World::new(task(Field::Compact, 8, 2));
    let report = world.report(&[1]).unwrap();
    let (_, question) = world.leader().take(&world.batches[0], &report, NOW).unwrap();
    let answer = world.helper().answer(&mut world.batches[1].clone(), &question, NOW).unwrap();
    assert_eq!(Answer::from_bytes(&answer.to_bytes()), Ok(answer));
    assert_eq!(Question::from_bytes(&question.to_bytes()), Ok(question));
}

/// A question names a report that the helper never saw the leader's half of: the helper still
/// refuses what does not open or prove.
#[test]
fn a_question_that_does_not_open_is_refused() {
    let mut world = World::new(task(Field::Compact, 8, 2));
    let report = world.report(&[1]).unwrap();
    let (_, question) = world.leader().take(&world.batches[0], &report, NOW).unwrap();
    let ask = |change: &dyn Fn(&mut Question)| {
        let mut question = question.clone();
        change(&mut question);
        let mut batch = world.batches[1].clone();
        let refused = world.helper().answer(&mut batch, &question, NOW).unwrap_err();
        assert_eq!(batch, world.batches[1]);
        refused
    };
    assert_eq!(ask(&|question| question.task[0] ^= 1), FederatedError::OtherTask);
    assert_eq!(ask(&|question| question.half[1150] ^= 1), FederatedError::Seal);
    assert_eq!(ask(&|question| question.half.truncate(3)), FederatedError::Seal);
    assert_eq!(ask(&|question| question.day += 86_400), FederatedError::Time);
    assert_eq!(ask(&|question| question.word.truncate(3)), FederatedError::Malformed);
    let last = question.word.len() - 40;
    assert_eq!(ask(&|question| question.word[last] ^= 1), FederatedError::Proof);
}

proptest! {
    #[test]
    fn no_bytes_are_read_as_another_message(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(question) = Question::from_bytes(&bytes) {
            prop_assert_eq!(question.to_bytes(), bytes.as_slice());
        }
        if let Ok(answer) = Answer::from_bytes(&bytes) {
            prop_assert_eq!(answer.to_bytes(), bytes.as_slice());
        }
    }
}
