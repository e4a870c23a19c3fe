use domain::id::Pseudonym;
use domain::time::{DAY_MS, Timestamp};

use crate::baskets::settings::BasketSettings;
use crate::baskets::{Basket, BasketIndex};
use crate::items::{ItemNo, Items, Traits};
use crate::small_shop::{id, key};

#[test]
fn a_cycle_needs_enough_customers_who_have_one() {
    let mut items = Items::new();
    let milk = items.declare(&id(0), Traits { answers: true, sensitive: false });
    let mut index = BasketIndex::new(BasketSettings::default()).unwrap();
    // Person 1 buys every 4 days, person 2 every 10, person 3 bought once.
    let orders = [(1, 0), (1, 4), (1, 8), (2, 0), (2, 10), (3, 5)];
    for (number, (person, day)) in (0..).zip(orders) {
        let basket = Basket {
            key: key(number),
            subject: Pseudonym::from_bytes([person; 16]),
            at: Timestamp::from_ms(day * DAY_MS),
            items: vec![milk],
        };
        index.learn(&items, basket).unwrap();
    }
    let cycles = |index: &BasketIndex, floor| -> Vec<(ItemNo, u64)> {
        index.cycles(&items, floor).into_iter().collect()
    };
    assert_eq!(cycles(&index, 2), [(milk, 7 * 24 * 60 * 60)]);
    assert_eq!(cycles(&index, 3), []);
    index.unlearn_subject(&items, Pseudonym::from_bytes([2; 16]));
    assert_eq!(cycles(&index, 2), []);
    assert_eq!(cycles(&index, 1), [(milk, 4 * 24 * 60 * 60)]);
}
