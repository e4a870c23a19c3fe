//! Every candidate has the same chance to stand for the others, and the chosen one is there.

use domain::id::ItemId;

use crate::blend::features::EMPTY;
use crate::blend::rank::Blended;
use crate::items::{ItemNo, Items, Traits};
use crate::tune::thin::thin;

/// The item of a place.
fn item(place: u32) -> ItemNo {
    let mut items = Items::new();
    for number in 0..=place {
        let id = ItemId::parse(&format!("item-{number}")).unwrap();
        items.declare(&id, Traits { answers: true, sensitive: false });
    }
    items.at(place).unwrap()
}

/// Candidates in falling order of score; the first feature is their place.
fn candidates(count: u32) -> Vec<Blended> {
    let one = |place: u32| {
        let mut row = EMPTY;
        row[0] = i32::try_from(place).unwrap();
        let score = -i64::from(place);
        Blended { item: item(place), score, supporters: 1, logit: None, row }
    };
    // In no order, as they are gathered.
    (0..count).map(|place| one(place * 7 % count)).collect()
}

#[test]
fn few_candidates_are_all_there() {
    let choice = thin(&mut candidates(10), Some(item(3)), 10, 0).unwrap();
    assert_eq!((choice.rows.len(), choice.whole), (10, 10));
    assert_eq!(choice.rows[choice.chosen][0], 3);
    assert!(thin(&mut candidates(10), Some(item(10)), 10, 0).is_none());
    assert!(thin(&mut candidates(10), None, 10, 0).is_none());
}

#[test]
fn of_many_the_best_are_whole_and_the_drawn_ones_stand_for_the_others() {
    for target in 0..100 {
        let choice = thin(&mut candidates(100), Some(item(target)), 20, 5).unwrap();
        let places: Vec<u32> =
            choice.rows.iter().map(|row| u32::try_from(row[0]).unwrap()).collect();
        assert_eq!(places[choice.chosen], target);
        assert_eq!((choice.whole, choice.stands_for), (10, 9.0));
        let mut whole = places[..10].to_vec();
        whole.sort_unstable();
        assert_eq!(whole, (0..10).collect::<Vec<u32>>());
        let drawn = &places[10..];
        assert_eq!(drawn.len(), 10);
        assert!(drawn.windows(2).all(|pair| pair[1] == pair[0] + 9), "evenly: {drawn:?}");
    }
}

#[test]
fn each_turn_draws_others() {
    let drawn = |turn| {
        let choice = thin(&mut candidates(100), Some(item(0)), 20, turn).unwrap();
        choice.rows[choice.whole][0]
    };
    assert_eq!((0..9).map(drawn).collect::<Vec<_>>(), (10..19).collect::<Vec<_>>());
}
