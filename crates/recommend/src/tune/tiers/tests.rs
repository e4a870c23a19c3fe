//! Tiers are fitted on what they see, and only where enough people stand behind it.

use domain::id::{ItemId, Pseudonym};
use domain::time::Timestamp;

use super::View;
use crate::evaluation::Session;
use crate::items::{ItemNo, Items, Traits};
use crate::sections::Tier;
use crate::tune::{TuneSettings, tune};

fn id(number: u32) -> ItemId {
    ItemId::parse(&format!("item-{number:02}")).unwrap()
}

fn person(number: u32) -> Pseudonym {
    Pseudonym::from_bytes(u128::from(number).to_be_bytes())
}

fn session(subject: impl Into<Option<Pseudonym>>, at: i64, items: &[u32]) -> Session {
    let items = items.iter().map(|item| id(*item)).collect();
    Session { subject: subject.into(), at: Timestamp::from_ms(at), items }
}

/// Each person walks around the ring in visits of four, one after the other.
fn walks(people: u32, visits: u32) -> Vec<Session> {
    let visit = |number: u32| {
        let (who, nth) = (number % people, number / people);
        let from = who * 7 + nth * 4;
        let items: Vec<u32> = (from..from + 4).map(|item| item % 40).collect();
        session(person(who), i64::from(number) * 60_000, &items)
    };
    (0..people * visits).map(visit).collect()
}

fn settings() -> TuneSettings {
    TuneSettings {
        search_choices_max: 60,
        choices_max: 1_500,
        sequence: None,
        linear: false,
        tiers: true,
        ..TuneSettings::default()
    }
}

#[test]
fn a_history_is_what_came_before_the_session() {
    let mut items = Items::new();
    let traits = Traits { answers: true, sensitive: false };
    let numbers: Vec<ItemNo> = (0..9).map(|number| items.declare(&id(number), traits)).collect();
    let all = [
        session(person(1), 20, &[3, 4]),
        session(person(1), 10, &[1, 2]),
        session(person(2), 5, &[8]),
        session(None, 1, &[7]),
    ];
    let view = View::history(&items, &all.iter().collect::<Vec<_>>());
    let expected = [Some(vec![numbers[1], numbers[2]]), None, None, None];
    assert_eq!(all.each_ref().map(|one| view.before(one)), expected);
    let mut visit = view.before(&all[0]).unwrap();
    view.see(&mut visit, Some(numbers[3]));
    assert_eq!(visit, numbers[1..=3]);
    View::Anonymous.see(&mut visit, Some(numbers[5]));
    assert_eq!(visit, [numbers[5]]);
}

#[test]
fn every_tier_that_sees_something_else_gets_weights() {
    let tuned = tune(&walks(1_000, 4), &settings(), &mut |_, _, _| ()).unwrap();
    let tiers: Vec<_> = tuned.plan.sections.iter().map(|one| one.tier).collect();
    assert_eq!(tiers, [Some(Tier::Anonymous), Some(Tier::History)]);
    assert!(tuned.plan.sections.iter().all(|one| one.placement.is_none()));
    // The item in view is all that an anonymous answer has, so one length of visit is enough.
    assert_eq!(tuned.plan.sections[0].groups.len(), 1);
    assert_eq!(tuned.plan.sections[1].groups.len(), 3);
    assert!(crate::sections::Blends::new(&tuned.plan).is_ok());
}

#[test]
fn a_tier_of_few_people_keeps_the_default_weights() {
    // One visit each: there is no history, and the newest tenth is all that is held back.
    let tuned = tune(&walks(1_000, 1), &settings(), &mut |_, _, _| ()).unwrap();
    assert_eq!(tuned.plan.sections, [], "300 steps of 100 people are too few");
}
