//! Each subject counts once in a window.

use domain::time::Day;

use crate::model::Model;
use crate::settings::Settings;
use crate::small_shop::{Visit, empty, key, learn, no};

/// Days as hours of the small shop.
const DAY: u32 = 24;

fn three_days() -> Model {
    let mut model = empty(Settings { popular_days: 3, popular_min: 2, ..Settings::default() });
    model.advance(Day::from_number(10));
    let mut visit = |key, person, day, item| {
        learn(&mut model, &Visit { key, person, hour: day * DAY, items: vec![item] });
    };
    visit(1, 1, 8, 0);
    visit(2, 1, 10, 0);
    visit(3, 2, 9, 0);
    visit(4, 0, 10, 0);
    visit(5, 3, 7, 0);
    visit(6, 3, 10, 1);
    model
}

#[track_caller]
fn check(model: &Model, item: u8, expected: u32) {
    assert_eq!(model.popularity().subjects(no(model, item)), expected);
}

#[test]
fn subjects_of_the_window_are_counted_once() {
    let mut model = three_days();
    check(&model, 0, 3);
    check(&model, 1, 1);
    let ranking: Vec<_> = model.popularity().ranking().collect();
    assert_eq!(ranking, [(no(&model, 0), 3)], "item 1 is below the floor");
    model.advance(Day::from_number(12));
    check(&model, 0, 2);
    model.advance(Day::from_number(13));
    check(&model, 0, 0);
    assert_eq!(model.popularity().ranking().count(), 0);
    model.advance(Day::from_number(9));
    check(&model, 0, 4);
}

#[test]
fn unlearning_moves_a_subject_to_its_earlier_day() {
    let mut model = three_days();
    assert!(model.unlearn_session(&key(2)));
    check(&model, 0, 3);
    model.advance(Day::from_number(11));
    check(&model, 0, 2);
    assert!(model.unlearn_session(&key(3)));
    check(&model, 0, 1);
    assert!(model.popularity().ranking().next().is_none());
}
