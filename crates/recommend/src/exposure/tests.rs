use proptest::prelude::{any, prop_assert, proptest};

use super::{DRAWS, Draws, Exploration, Floor, Shown};
use crate::rules::condition::Condition;

fn floor(share_per_mille: u32) -> Floor {
    let when = Condition { age_days_max: Some(30), ..Condition::default() };
    Floor { group: "new".to_owned(), share_per_mille, when }
}

#[test]
fn a_floor_is_rounded_up_to_whole_places() {
    for (share, count, expected) in
        [(100, 12, 2), (100, 10, 1), (1, 12, 1), (500, 4, 2), (500, 0, 0), (250, 3, 1)]
    {
        assert_eq!(floor(share).places(count), expected, "{share} of {count}");
    }
}

#[test]
fn floors_and_rates_are_checked() {
    assert_eq!(floor(100).check(), Ok(()));
    assert!(floor(0).check().is_err());
    assert!(floor(501).check().is_err());
    assert!(Floor { group: "New!".to_owned(), ..floor(1) }.check().is_err());
    assert!(Floor { when: Condition::default(), ..floor(1) }.check().is_err());
    assert!(Exploration { rate_per_mille: 501, new_days: 1 }.check().is_err());
    assert_eq!(Exploration::default().check(), Ok(()));
}

#[test]
fn the_rate_is_what_was_stated() {
    let mut draws = Draws::of(7);
    let came = (0..100_000).filter(|_| draws.happens(50)).count();
    assert!((4_700..5_300).contains(&came), "{came} of 100000 at 50 per mille");
    let mut draws = Draws::of(7);
    assert!((0..1_000).all(|_| !draws.happens(0)));
    assert!((0..1_000).all(|_| draws.happens(1_000)));
}

#[test]
fn the_seldom_shown_come_first() {
    let mut shown = Shown::default();
    for item in 0..50 {
        for _ in 0..item {
            shown.count(item);
        }
    }
    assert_eq!(shown.times(49), 49);
    let drawn = shown.draw(50, &mut Draws::of(1));
    assert_eq!(drawn, (0..50).collect::<Vec<_>>());
    let drawn = shown.draw(1_000_000, &mut Draws::of(1));
    assert!(drawn.len() > DRAWS / 2 && drawn.len() <= DRAWS);
}

proptest! {
    #[test]
    fn draws_stay_below_and_follow_the_seed(seed in any::<u64>(), bound in 1_u32..1_000_000) {
        let (mut one, mut same) = (Draws::of(seed), Draws::of(seed));
        for _ in 0..20 {
            let number = one.below(bound);
            prop_assert!(number < bound && number == same.below(bound));
        }
        let drawn = Shown::default().draw(bound, &mut Draws::of(seed));
        let mut once = drawn.clone();
        once.sort_unstable();
        once.dedup();
        prop_assert!(once.len() == drawn.len() && drawn.iter().all(|number| *number < bound));
    }
}
