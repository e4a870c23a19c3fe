//! The caps, and what ten thousand forged sessions can change.

use domain::catalog::Item;
use domain::id::{ItemId, Pseudonym};
use domain::time::{DAY_MS, Day, Timestamp};

use crate::answer::{Query, recommend};
use crate::door::{Door, DoorCaps, DoorRefusal, Knock, admit};
use crate::index::ClosedSession;
use crate::items::ItemNo;
use crate::model::Model;
use crate::scratch::Scratch;
use crate::settings::Settings;

const HOUR_MS: i64 = DAY_MS / 24;
const CAPS: DoorCaps = DoorCaps {
    subject_sessions_per_day_max: 3,
    prefix_sessions_per_hour_max: 5,
    session_items_max: 10,
    counted_max: 8,
};

fn person(number: u32) -> Pseudonym {
    Pseudonym::from_bytes((u128::from(number) << 8).to_be_bytes())
}

fn knock(subject: u32, prefix: u64, now: i64) -> Knock {
    let now = Timestamp::from_ms(now);
    Knock { subject: Some(person(subject)), prefix: Some(prefix), items: 3, now }
}

/// How many of the knocks are let in, and the last refusal.
fn admitted(door: &mut Door, knocks: impl Iterator<Item = Knock>) -> (u32, Option<DoorRefusal>) {
    let (mut count, mut refusal) = (0, None);
    for knock in knocks {
        match admit(door, &knock) {
            Ok(()) => count += 1,
            Err(why) => refusal = Some(why),
        }
    }
    (count, refusal)
}

#[track_caller]
fn check(knocks: impl Iterator<Item = Knock>, count: u32, refusal: Option<DoorRefusal>) {
    assert_eq!(admitted(&mut Door::new(CAPS), knocks), (count, refusal));
}

#[test]
fn caps_are_kept() {
    let subject = DoorRefusal::SubjectSpent { sessions_max: 3 };
    let prefix = DoorRefusal::PrefixSpent { sessions_max: 5 };
    let crowded = DoorRefusal::Crowded { counted_max: 8 };
    check((0..9).map(|n| knock(1, n, 0)), 3, Some(subject));
    check((0..9).map(|n| knock(n, 1, 0)), 5, Some(prefix));
    check((0..9).map(|n| knock(n, u64::from(n), 0)), 8, Some(crowded));
    check((0..8).map(|n| knock(n, u64::from(n), 0)), 8, None);
    let long = |items| Knock { items, ..knock(1, 1, 0) };
    check([long(10)].into_iter(), 1, None);
    let items = DoorRefusal::TooManyItems { items: 11, items_max: 10 };
    check([long(11)].into_iter(), 0, Some(items));
    let nobody = Knock { subject: None, prefix: None, ..knock(1, 1, 0) };
    check(std::iter::repeat_n(nobody, 100), 100, None);
}

#[test]
fn counts_end_with_their_hour_and_day() {
    let mut door = Door::new(CAPS);
    let hours = (0..24)
        .flat_map(|hour| (0..9).map(move |n| knock(hour * 9 + n, 1, i64::from(hour) * HOUR_MS)));
    let mut roomy = Door::new(DoorCaps { counted_max: 1_000, ..CAPS });
    assert_eq!(admitted(&mut roomy, hours).0, 24 * 5);
    assert_eq!(admitted(&mut door, (0..9).map(|n| knock(1, n, 0))).0, 3);
    let next_hour = (0..9).map(|n| knock(1, n, HOUR_MS));
    assert_eq!(admitted(&mut door, next_hour).0, 0, "the subject is spent until tomorrow");
    assert_eq!(door.counted(), (1, 0));
    assert_eq!(admitted(&mut door, (0..9).map(|n| knock(1, n, DAY_MS))).0, 3);
    assert_eq!(admitted(&mut door, (0..9).map(|n| knock(1, n, 0))).0, 0, "a clock went back");
    door.forget(Timestamp::from_ms(2 * DAY_MS));
    assert_eq!(door.counted(), (0, 0));
}

#[test]
fn a_refused_session_counts_nowhere() {
    let mut door = Door::new(CAPS);
    admitted(&mut door, (0..5).map(|n| knock(n, 1, 0)));
    let before = door.counted();
    admitted(&mut door, (10..20).map(|n| knock(n, 1, 0)));
    assert_eq!(door.counted(), before);
    door.forget_subject(person(0));
    assert_eq!(door.counted().0, before.0 - 1);
}

const SHOP_ITEMS: u32 = 300;
const FORGED: u32 = 10_000;

/// A deterministic spread of numbers.
fn spread(number: u32) -> u32 {
    (number ^ (number >> 7)).wrapping_mul(2_654_435_761) >> 8
}

/// A shop of 300 items and 6,000 honest sessions: people look at items that lie near each other.
/// The last item is the attacker's and nobody looks at it.
fn honest() -> Model {
    let mut model = Model::new(Settings::default()).unwrap();
    for number in 0..=SHOP_ITEMS {
        let id = ItemId::parse(&format!("item-{number:03}")).unwrap();
        model.declare(&Item::new(id, String::new()));
    }
    for session in 0..6_000 {
        let center = spread(session) % SHOP_ITEMS;
        let items = (0..4).map(|step| (center + spread(session * 4 + step) % 30) % SHOP_ITEMS);
        teach(&mut model, session, session % 3_000, items.collect(), 0);
    }
    model.advance(Day::from_number(1));
    model
}

fn teach(model: &mut Model, key: u32, subject: u32, items: Vec<u32>, now: i64) {
    let session = ClosedSession {
        key: u128::from(key).to_be_bytes(),
        subject: Some(person(subject)),
        at: Timestamp::from_ms(now + i64::from(key)),
        items: items.into_iter().map(ItemNo).collect(),
    };
    model.learn(session).unwrap();
}

/// The top 20 of every honest item.
fn lists(model: &Model) -> Vec<Vec<ItemNo>> {
    let mut scratch = Scratch::new();
    let mut list = |item| -> Vec<ItemNo> {
        let query = Query { current: Some(ItemNo(item)), count: 20, ..Query::default() };
        recommend(model, &query, &mut scratch).iter().map(|candidate| candidate.item).collect()
    };
    (0..SHOP_ITEMS).map(&mut list).collect()
}

/// Forged sessions, each a new subject, that push the attacker's item beside all others. Gives
/// sessions learned, lists that now hold the item, and lists that changed at all.
fn attack(prefixes: u32, items_per_session: u32) -> (u32, usize, usize) {
    let mut model = honest();
    let before = lists(&model);
    let mut door = Door::new(DoorCaps::default());
    let mut learned = 0;
    for forged in 0..FORGED {
        let key = 1_000_000 + forged;
        // All within one hour.
        let now = i64::from(forged) * HOUR_MS / i64::from(FORGED);
        let mut items = vec![SHOP_ITEMS];
        items.extend((1..items_per_session).map(|n| (forged * items_per_session + n) % SHOP_ITEMS));
        let knock = Knock { items: items.len(), ..knock(key, u64::from(forged % prefixes), now) };
        if admit(&mut door, &knock).is_ok() {
            learned += 1;
            teach(&mut model, key, key, items, DAY_MS);
        }
    }
    let after = lists(&model);
    let pushed = after.iter().filter(|list| list.contains(&ItemNo(SHOP_ITEMS))).count();
    let changed = before.iter().zip(&after).filter(|(one, other)| one != other).count();
    println!(
        "{FORGED} forged sessions of {items_per_session} items from {prefixes} prefixes: \
         {learned} learned, {pushed} of {SHOP_ITEMS} lists hold the item, {changed} changed"
    );
    (learned, pushed, changed)
}

#[test]
fn ten_thousand_forged_sessions_from_one_prefix_are_bounded() {
    let cap = DoorCaps::default().prefix_sessions_per_hour_max;
    let (learned, pushed, changed) = attack(1, 4);
    assert_eq!(learned, cap);
    // Three honest items a session, and one subject is below the floor.
    assert!(pushed <= 3 * cap as usize && changed <= 3 * cap as usize, "{pushed} {changed}");
}

#[test]
fn a_bare_model_shows_what_the_door_holds_back() {
    let model = honest();
    assert!(lists(&model).iter().all(|list| !list.contains(&ItemNo(SHOP_ITEMS))));
    let (_, pushed, _) = attack(FORGED, 4);
    assert!(pushed > 60, "without the cap the attack works: {pushed}");
}

#[test]
fn many_prefixes_are_bounded_each() {
    let cap = DoorCaps::default().prefix_sessions_per_hour_max;
    for prefixes in [2, 10, 50] {
        let (learned, _, _) = attack(prefixes, 4);
        assert_eq!(learned, prefixes * cap);
    }
}

#[test]
fn long_forged_sessions_do_no_more_than_the_item_cap_allows() {
    let caps = DoorCaps::default();
    let (learned, _, _) = attack(1, caps.session_items_max + 1);
    assert_eq!(learned, 0);
    let (learned, pushed, _) = attack(1, caps.session_items_max);
    assert_eq!(learned, caps.prefix_sessions_per_hour_max);
    assert!(pushed <= (learned * (caps.session_items_max - 1)) as usize);
}
