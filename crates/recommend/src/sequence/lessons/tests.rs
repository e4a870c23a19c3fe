use super::*;
use crate::sequence::trainer::tests::small;

#[test]
fn sessions_are_cut_to_the_newest_within_the_budget() {
    let sessions = vec![vec![0, 1], vec![2], vec![1, 99, 2, 3, 1, 2], vec![3, 3]];
    let settings = TrainerSettings { places: 2, ..small() };
    let (all, epochs) = lessons(settings, 4, sessions.clone());
    assert_eq!(all, [vec![0, 1], vec![3, 1, 2], vec![3, 3]]);
    assert_eq!(epochs, 30);
    let few = TrainerSettings { sessions_max: 2, ..settings };
    assert_eq!(lessons(few, 4, sessions.clone()).0.len(), 2);
    let short = TrainerSettings { positions_max: 3, ..settings };
    let (left, epochs) = lessons(short, 4, sessions.clone());
    assert_eq!((left.len(), epochs), (2, 1));
    let middle = TrainerSettings { positions_max: 9, ..settings };
    assert_eq!(lessons(middle, 4, sessions).1, 2);
}
