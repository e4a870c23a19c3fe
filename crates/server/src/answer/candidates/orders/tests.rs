use std::collections::BTreeSet;
use std::sync::Arc;

use domain::catalog::Item;
use domain::id::{ItemId, Pseudonym};
use domain::time::{DAY_MS, Timestamp};
use recommend::answer::Reason;
use recommend::baskets::Basket;
use recommend::baskets::again::Purchase;
use recommend::items::ItemNo;
use recommend::model::Model;
use recommend::placement::Source;
use recommend::settings::Settings;

use crate::answer::candidates::{Asked, Memory, Offered};
use crate::answer::reasons::Why;
use crate::shared::Taught;
use crate::shared::catalog::Catalog;

const NOW: Timestamp = Timestamp::from_ms(100 * DAY_MS);

/// A shop of ten items in which each row is one order: (person, items).
fn shop(orders: &[(u8, &[u32])]) -> Taught {
    let mut model = Model::new(Settings::default()).unwrap();
    let mut catalog = Catalog::default();
    for number in 0..10 {
        let id = ItemId::parse(&format!("item-{number}")).unwrap();
        let item = Item::new(id, format!("Item {number}"));
        let number = model.declare(&item);
        catalog.put(number, Arc::new(item));
    }
    for (place, (person, items)) in (0_u8..).zip(orders) {
        let items = items.iter().map(|number| model.items().at(*number).unwrap()).collect();
        let mut key = [person; 16].map(|byte| *byte);
        key[15] = place;
        let (subject, at) = (name(*person), NOW.plus_ms(-DAY_MS));
        model.learn_order(Basket { key, subject, at, items }).unwrap();
    }
    Taught { model, catalog }
}

fn name(person: u8) -> Pseudonym {
    Pseudonym::from_bytes([person; 16])
}

fn asked(taught: &Taught) -> Asked<'_> {
    Asked {
        taught,
        visit: Vec::new(),
        current: None,
        cart: Vec::new(),
        purchases: Vec::new(),
        learner: None,
        category: None,
        listing: None,
        words: None,
        exclude: Vec::new(),
        weights: recommend::sections::Which::default(),
        now: NOW,
    }
}

fn no(taught: &Taught, number: u32) -> ItemNo {
    taught.model.items().at(number).unwrap()
}

/// What is offered: number, reason, people.
fn offers(asked: &Asked<'_>, source: Source) -> Vec<(u32, Why, Option<u32>)> {
    let offered = asked.of(source, 5, &mut Memory::default());
    offered.iter().map(|one| (one.item.number(), one.why, one.people)).collect()
}

#[test]
fn that_people_bought_both_is_said_of_five_of_them() {
    let mut orders: Vec<(u8, &[u32])> = (1..=5).map(|person| (person, &[0, 1][..])).collect();
    orders.extend((6..=9).map(|person| (person, &[0, 2][..])));
    orders.push((10, &[0, 3]));
    let taught = shop(&orders);
    let (bread, butter, jam) = (no(&taught, 0), no(&taught, 1), no(&taught, 2));
    let fits = Why::Model(Reason::ThisVisit);
    let expected = [
        (butter.number(), Why::BoughtWith { with: bread }, Some(5)),
        (jam.number(), fits, Some(4)),
    ];
    let in_view = Asked { current: Some(bread), ..asked(&taught) };
    assert_eq!(offers(&in_view, Source::BoughtWith), expected);
    let in_cart = Asked { cart: vec![bread], current: Some(no(&taught, 9)), ..asked(&taught) };
    assert_eq!(offers(&in_cart, Source::BoughtWith), expected, "the cart goes before the page");
    // One person bought item 3 with it: counted, and not named.
    assert_eq!(in_view.below_floor(Source::BoughtWith, &mut Memory::default()), Some(1));
    // Nobody is evidence for what they are told themselves.
    let own = Asked { learner: Some(name(1)), ..in_view };
    assert_eq!(offers(&own, Source::BoughtWith)[0].2, Some(4));
    assert_eq!(offers(&asked(&taught), Source::BoughtWith), []);
}

#[test]
fn the_two_parts_of_the_next_basket_are_offered_apart() {
    let mut orders: Vec<(u8, &[u32])> = (1..=5).map(|person| (person, &[0, 1, 5][..])).collect();
    orders.extend([(6, &[0, 1, 6][..]), (7, &[0, 1, 6]), (8, &[0, 1, 7])]);
    let taught = shop(&orders);
    let bought = |number: u32, day: i64| {
        let at = NOW.plus_ms(-day * DAY_MS);
        Purchase { item: no(&taught, number), at, quantity: 1 }
    };
    let purchases = vec![bought(0, 9), bought(1, 9), bought(0, 3)];
    let asked = Asked { purchases, learner: Some(name(8)), ..asked(&taught) };
    let before = Why::BuyAgain { interval_days: None };
    assert_eq!(offers(&asked, Source::BasketRepeat), [(0, before, None), (1, before, None)]);
    assert_eq!(
        offers(&asked, Source::BasketExplore),
        [(5, Why::LikeCustomers, Some(5)), (6, Why::OwnOrders, Some(2))],
        "item 7 was bought by the person alone, and by too few others",
    );
    let nobody = Asked { purchases: Vec::new(), ..asked.clone() };
    for source in [Source::BasketRepeat, Source::BasketExplore] {
        assert_eq!(offers(&nobody, source), [], "{source:?} without own orders");
    }
}

#[test]
fn the_next_basket_takes_every_third_place_beside_what_comes_after_it() {
    let people: Vec<(u8, &[u32])> = (1..=5).map(|person| (person, &[0, 8, 9][..])).collect();
    let taught = shop(&people);
    let purchases = vec![Purchase { item: no(&taught, 0), at: NOW, quantity: 1 }];
    let asked = Asked { purchases, exclude: vec![no(&taught, 0)], ..asked(&taught) };
    let list = |models: &[Source], count: usize| -> Vec<u32> {
        let offers = asked.offers(models, count, &mut Memory::default());
        assert_eq!(offers.exhausted, offers.all.len() < count);
        let all: Vec<Offered> = offers.all;
        let distinct: BTreeSet<ItemNo> = all.iter().map(|one| one.item).collect();
        assert_eq!(distinct.len(), all.len(), "an item stands twice");
        all.iter().map(|one| one.item.number()).collect()
    };
    let (next, range) = (Source::BasketExplore, Source::Range);
    assert_eq!(list(&[next, range], 7), [1, 2, 8, 3, 4, 9, 5]);
    assert_eq!(list(&[next, range], 20), [1, 2, 8, 3, 4, 9, 5, 6, 7]);
    assert_eq!(list(&[range, next], 4), [1, 2, 3, 4], "what is named before comes first");
    assert_eq!(list(&[next], 4), [8, 9]);
    assert_eq!(list(&[Source::BasketRepeat, next], 4), [8, 9]);
}
