use domain::id::ItemId;
use domain::time::Timestamp;

use super::{Alike, cosine};
use crate::evaluation::Session;
use crate::evaluation::learned::Learned;
use crate::items::ItemNo;
use crate::plan::Plan;

#[test]
fn likeness_is_the_cosine_of_two_sets_of_sessions() {
    assert_eq!(cosine(&[1, 2, 3, 4], &[2, 4, 6, 8]), 500_000);
    assert_eq!(cosine(&[7], &[7]), 1_000_000);
    assert_eq!(cosine(&[1, 2, 3, 4], &[4]), 500_000);
    assert_eq!((cosine(&[1], &[2]), cosine(&[], &[])), (0, 0));
}

#[test]
fn lists_of_what_is_seen_together_are_less_diverse_and_varying_mixes_them() {
    let visits = ["a b", "a b", "c d", "c d"];
    let session = |(at, items): (usize, &&str)| Session {
        subject: None,
        at: Timestamp::from_ms(i64::try_from(at).unwrap() * 1_000),
        items: items.split(' ').map(|item| ItemId::parse(item).unwrap()).collect(),
    };
    let train: Vec<Session> = visits.iter().enumerate().map(session).collect();
    let learned = Learned::new(&train, &Plan::shipped(), &mut |_, _, _| ()).unwrap();
    let mut alike = Alike::new(&learned.index, learned.items.numbers());
    let no = |id: &str| learned.items.number(&ItemId::parse(id).unwrap()).unwrap();
    let [a, b, c, d]: [ItemNo; 4] = ["a", "b", "c", "d"].map(no);
    assert_eq!(alike.diversity(&[a, b]), Some(0.0));
    assert_eq!(alike.diversity(&[a, c]), Some(1.0));
    assert_eq!(alike.diversity(&[a]), None);
    // Of six pairs two are seen in the same sessions.
    let all = alike.diversity(&[a, b, c, d]).unwrap();
    assert!((all - 4.0 / 6.0).abs() < 1e-9, "{all}");
    assert_eq!(alike.varied(&[a, b, c, d], 0, 4), [a, b, c, d]);
    assert_eq!(alike.varied(&[a, b, c, d], 700, 4), [a, c, b, d]);
}
