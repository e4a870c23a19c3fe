//! A shop of a few items, for the tests of this crate: items, people and sessions by number.

use domain::catalog::Item;
use domain::id::{ItemId, Pseudonym};
use domain::time::{DAY_MS, Timestamp};

use crate::index::{ClosedSession, SessionKey};
use crate::items::ItemNo;
use crate::model::Model;
use crate::settings::Settings;

/// Items of the shop.
pub(crate) const ITEMS: u8 = 8;

/// One visit in numbers.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) key: u8,
    /// 0 is nobody.
    pub(crate) person: u8,
    pub(crate) hour: u32,
    pub(crate) items: Vec<u8>,
}

pub(crate) fn id(item: u8) -> ItemId {
    // Not in the order of the numbers, so that ties by id differ from ties by number.
    ItemId::parse(&format!("item-{}", item.reverse_bits())).unwrap()
}

/// Items 0, 3, 6 are shirts, and so on; even ones are of the brand Lark.
pub(crate) fn item(item: u8) -> Item {
    let mut entry = Item::new(id(item), format!("Item {item}"));
    entry.categories =
        vec![["Clothes/Shirts", "Clothes/Shoes", "Bags"][usize::from(item) % 3].into()];
    entry.brand = (item % 2 == 0).then(|| "Lark".to_owned());
    entry
}

pub(crate) fn key(key: u8) -> SessionKey {
    // The last byte decides, so that prefixes are equal.
    let mut bytes = [7; 16];
    bytes[15] = key;
    bytes
}

pub(crate) fn person(person: u8) -> Option<Pseudonym> {
    (person > 0).then(|| Pseudonym::from_bytes([person; 16]))
}

pub(crate) fn empty(settings: Settings) -> Model {
    let mut model = Model::new(settings).unwrap();
    for number in 0..ITEMS {
        model.declare(&item(number));
    }
    model
}

/// The session of a visit, with those of its items that the catalog knows.
pub(crate) fn closed(model: &Model, visit: &Visit) -> ClosedSession {
    ClosedSession {
        key: key(visit.key),
        subject: person(visit.person),
        at: Timestamp::from_ms(i64::from(visit.hour) * DAY_MS / 24),
        items: visit.items.iter().filter_map(|item| model.items().number(&id(*item))).collect(),
    }
}

pub(crate) fn learn(model: &mut Model, visit: &Visit) {
    let session = closed(model, visit);
    model.learn(session).unwrap();
}

/// A shop where each visit is (person, items), one per hour.
pub(crate) fn shop(settings: Settings, visits: &[(u8, &[u8])]) -> Model {
    let mut model = empty(settings);
    for (number, (person, items)) in (0_u8..).zip(visits) {
        let hour = u32::from(number);
        let items = items.to_vec();
        learn(&mut model, &Visit { key: number, person: *person, hour, items });
    }
    model
}

pub(crate) fn no(model: &Model, item: u8) -> ItemNo {
    model.items().number(&id(item)).unwrap()
}
