use super::{Group, Quality, means, score, sought};
use crate::items::ItemNo;

fn items(numbers: &[u32]) -> Vec<ItemNo> {
    numbers.iter().copied().map(ItemNo).collect()
}

#[test]
fn lists_are_scored_by_hand() {
    // Two of three found, at ranks 1 and 3; the fourth place is beyond k.
    let found = score(&items(&[7, 1, 8, 9]), 3, &items(&[7, 8, 9])).unwrap();
    let best = 1.0 + 1.0 / 3.0_f64.log2() + 0.5;
    assert!((found.recall - 2.0 / 3.0).abs() < 1e-12);
    assert!((found.ndcg - 1.5 / best).abs() < 1e-12);
    assert!((found.hit - 1.0).abs() < 1e-12);
    // With one sought item the best list has one place.
    let one = score(&items(&[1, 7]), 20, &items(&[7])).unwrap();
    assert!((one.ndcg - 1.0 / 3.0_f64.log2()).abs() < 1e-12);
    assert_eq!(score(&items(&[1]), 20, &[]), None);
    assert_eq!(score(&[], 20, &items(&[1])).unwrap(), super::Score::default());
}

#[test]
fn targets_fall_into_repeat_and_explore() {
    let (target, known) = (items(&[1, 2, 3]), items(&[2, 9]));
    assert_eq!(sought(&target, &known, Group::All), target);
    assert_eq!(sought(&target, &known, Group::Repeat), items(&[2]));
    assert_eq!(sought(&target, &known, Group::Explore), items(&[1, 3]));
}

#[test]
fn baskets_without_a_sought_item_do_not_count() {
    let hit = score(&items(&[1]), 1, &items(&[1]));
    let miss = score(&items(&[2]), 1, &items(&[1]));
    let expected = Quality { baskets: 2, recall: 0.5, ndcg: 0.5, hit_rate: 0.5 };
    assert_eq!(means(&[hit, None, miss]), expected);
    assert_eq!(means(&[None]), Quality::default());
}
