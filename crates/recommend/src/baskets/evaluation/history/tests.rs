use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;

use super::{History, Order, Split};
use crate::items::ItemNo;

fn order(person: u8, at: i64, items: &[&str]) -> Order {
    Order {
        subject: Pseudonym::from_bytes([person; 16]),
        at: Timestamp::from_ms(at),
        items: items.iter().map(|id| ItemId::parse(id).unwrap()).collect(),
    }
}

fn history() -> History {
    History::new(&[
        order(2, 50, &["c"]),
        order(1, 30, &["a", "b", "a"]),
        order(1, 10, &["a"]),
        order(1, 20, &["b"]),
        order(1, 30, &["c"]),
        order(2, 60, &["a"]),
        order(1, 40, &["d"]),
    ])
}

/// Each case as (customer, own baskets, items of the target), and how many baskets are learned.
#[track_caller]
fn check(split: Split, learned: usize, expected: &[(u8, usize, &[&str])]) {
    let history = history();
    let id = |item: &ItemNo| history.items.id(*item).unwrap().as_str();
    let cases = history.cases(split);
    let mut found: Vec<(u8, usize, Vec<&str>)> = cases
        .iter()
        .map(|case| {
            (case.subject.as_bytes()[0], case.own.len(), case.target.iter().map(id).collect())
        })
        .collect();
    for (_, _, target) in &mut found {
        target.sort_unstable();
    }
    let expected: Vec<_> = expected.iter().map(|(who, own, t)| (*who, *own, t.to_vec())).collect();
    assert_eq!(found, expected);
    assert_eq!(history.learned(split).len(), learned);
}

#[test]
fn splits_predict_the_basket_after_what_they_learn() {
    // Customer 2 has two baskets: learned, not predicted.
    check(Split::LastBasket { back: 0 }, 5, &[(1, 3, &["d"])]);
    check(Split::LastBasket { back: 1 }, 4, &[(1, 2, &["a", "b", "c"])]);
    check(Split::Cut { at: Timestamp::from_ms(30) }, 2, &[(1, 2, &["a", "b", "c"])]);
    check(Split::Cut { at: Timestamp::from_ms(55) }, 5, &[]);
}

#[test]
fn moments_and_histories_are_cut_by_time() {
    let history = history();
    assert_eq!(history.baskets(), 6);
    assert_eq!(history.moments(&[0, 50, 99]), [10, 40, 60].map(Timestamp::from_ms));
    assert_eq!(history.before(Timestamp::from_ms(40)).baskets(), 3);
}
