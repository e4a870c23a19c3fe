//! The invented shop: the same from the same seed, and of the shape that it claims.

use std::collections::BTreeMap;

use crate::synthetic::Shop;

fn shop() -> Shop {
    Shop::of(7, 100_000)
}

#[test]
fn a_seed_is_a_stream_that_can_be_entered_anywhere() {
    let all: Vec<_> = shop().sessions().take(50).map(|session| session.key).collect();
    let later: Vec<_> = shop().sessions().skip_to(20).take(30).map(|session| session.key).collect();
    assert_eq!(all[20..], later);
    let other = Shop { seed: 8, ..shop() };
    assert_ne!(other.sessions().next().unwrap().key, all[0]);
    let first = shop().sessions().next().unwrap();
    assert_eq!(shop().sessions().session(0).items, first.items);
    assert_eq!(shop().sessions().count(), 20_000);
}

#[test]
fn the_shape_is_that_of_a_shop() {
    let shop = shop();
    let items = shop.catalog();
    assert_eq!((items.len(), shop.item(0).is_some()), (9_480, true));
    assert_eq!(shop.item(shop.items), None);
    let (mut interactions, mut before) = (0, None);
    let mut by_item: BTreeMap<u32, u32> = BTreeMap::new();
    let mut by_subject: BTreeMap<[u8; 16], u32> = BTreeMap::new();
    for session in shop.sessions() {
        interactions += session.items.len();
        assert!(session.items.windows(2).all(|two| two[0] != two[1]));
        assert!(session.items.iter().all(|item| items.is_declared(*item)));
        assert!(before <= Some(session.at));
        before = Some(session.at);
        session.items.iter().for_each(|item| *by_item.entry(item.number()).or_default() += 1);
        *by_subject.entry(*session.subject.unwrap().as_bytes()).or_default() += 1;
    }
    assert!((95_000..105_000).contains(&interactions), "{interactions}");
    // A long tail: one item in a hundred has a large share, and most have been seen.
    let mut counts: Vec<u32> = by_item.values().copied().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let head: u32 = counts.iter().take(95).sum();
    assert!((15_000..60_000).contains(&head), "{head} of {interactions}");
    assert!(counts.len() > 4_000, "{} items", counts.len());
    let mut counts: Vec<u32> = by_subject.values().copied().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    assert!((3_500..5_000).contains(&counts.len()), "{} subjects", counts.len());
    assert!((30..300).contains(&counts[0]), "{} sessions of one", counts[0]);
}

#[test]
fn sessions_hold_together() {
    // Two items of one session are of one topic far more often than two of different sessions.
    let shop = shop();
    let topics = shop.items.isqrt() / 2;
    let topic = |item: crate::items::ItemNo| item.number() % topics;
    let sessions: Vec<_> = shop.sessions().filter(|session| session.items.len() > 1).collect();
    let same = sessions.iter().filter(|s| topic(s.items[0]) == topic(s.items[1])).count();
    let mixed = sessions.windows(2).filter(|two| topic(two[0].items[0]) == topic(two[1].items[1]));
    assert!(same > 3 * mixed.count(), "{same} of {}", sessions.len());
}
