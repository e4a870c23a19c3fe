//! Items that leave mean nothing to a trained model any more.

use crate::settings::Settings;
use crate::small_shop::{Visit, empty, id, learn, no};
use crate::trained::{ALL, During, Numbering};

#[test]
fn numbers_follow_the_order_of_ids_and_leave_with_their_item() {
    let mut model = empty(Settings::default());
    let mut numbering = Numbering::of(model.items());
    let places: Vec<_> = model.items().iter().map(|(_, item)| numbering.place(item)).collect();
    assert_eq!(places, (0..8).map(Some).collect::<Vec<_>>());
    let gone = no(&model, 3);
    let place = numbering.place(gone).unwrap();
    model.withdraw(&id(3));
    numbering.forget(gone);
    assert_eq!((numbering.place(gone), numbering.item(place)), (None, None));
    assert_eq!(numbering.len(), 8, "the other numbers stay");
}

#[test]
fn sessions_are_those_of_the_time_oldest_first() {
    let mut model = empty(Settings::default());
    for (key, hour, items) in [(1, 5, [0, 1]), (2, 3, [2, 3]), (3, 9, [4, 5])] {
        learn(&mut model, &Visit { key, person: key, hour, items: items.to_vec() });
    }
    let numbering = Numbering::of(model.items());
    let sessions = |during| numbering.sessions(model.index(), model.items(), during);
    let place = |item| numbering.place(no(&model, item)).unwrap();
    let all = sessions(ALL);
    assert_eq!(all.len(), 3);
    assert_eq!(all[0], [place(2), place(3)]);
    let during = During { from_s: 4 * 3_600, to_s: 8 * 3_600 };
    assert_eq!(sessions(during), [[place(0), place(1)]]);
}
