//! The stream is the published one, its draws keep their bounds, and its forks part.

use super::Random;

#[test]
fn the_stream_is_the_published_one() {
    // First outputs of the reference SplitMix64 for the seed 1234567.
    let mut random = Random::from_seed(1_234_567);
    let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973];
    assert_eq!([random.bits(), random.bits()], expected);
}

#[test]
fn draws_keep_their_bounds_and_reach_every_value() {
    let mut random = Random::from_seed(7);
    let mut seen = [0u32; 6];
    for _ in 0..6_000 {
        seen[random.below(6) as usize] += 1;
    }
    assert!(seen.iter().all(|&count| (850..1_150).contains(&count)), "{seen:?}");
    assert_eq!(random.below(0), 0);
    assert_eq!(random.below(1), 0);
    assert!((0..1_000).all(|_| (3..=5).contains(&random.between(3, 5))));
    assert_eq!(random.between(5, 3), 5);
    assert!((0..100).all(|_| !random.chance(0, 9) && random.chance(9, 9)));
}

#[test]
fn picks_come_from_the_choices() {
    let mut random = Random::from_seed(8);
    assert_eq!(random.pick::<u8>(&[]), None);
    assert_eq!(random.pick(&["only"]), Some(&"only"));
    assert_eq!(random.pick_weighted(&[]), None);
    assert_eq!(random.pick_weighted(&[0, 0]), None);
    assert!((0..200).all(|_| random.pick_weighted(&[0, 3, 0]) == Some(1)));
    let heavy = (0..1_000).filter(|_| random.pick_weighted(&[9, 1]) == Some(0)).count();
    assert!((860..940).contains(&heavy), "{heavy}");
}

#[test]
fn forks_part_and_do_not_depend_on_order() {
    let root = Random::from_seed(9);
    let mut moved = root.clone();
    let before = root.fork("catalog");
    assert_ne!(moved.bits(), before.clone().bits());
    assert_eq!(root.fork("catalog"), before);
    assert_ne!(root.fork("catalog"), root.fork("people"));
    assert_ne!(root.fork_nth("visit", 1), root.fork_nth("visit", 2));
    assert_ne!(Random::from_seed(1).fork("a"), Random::from_seed(2).fork("a"));
}
