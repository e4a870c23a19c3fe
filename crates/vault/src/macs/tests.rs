//! Names under keys: stable, apart by purpose, silent.

use std::collections::BTreeSet;

use domain::id::ShopId;
use personal::purpose::PurposeName;
use personal::subject::{BrowserId, CustomerId, Subject};

use crate::key::{RootSecret, ShopKeys};
use crate::macs::EraseHandle;

fn keys(name: &str) -> ShopKeys {
    ShopKeys::derive(&RootSecret::from_bytes([7; 32]), &ShopId::parse(name).unwrap()).unwrap()
}

fn customer(id: &str) -> Subject {
    Subject::Customer(CustomerId::parse(id).unwrap())
}

#[test]
fn blind_indexes_differ_by_purpose_person_and_shop() {
    let mut seen = BTreeSet::new();
    for keys in [keys("clothes"), keys("shoes")] {
        for subject in [customer("ada"), customer("eve"), Subject::Browser(BROWSER)] {
            for purpose in PurposeName::ALL {
                assert!(seen.insert(*keys.blind(purpose, &subject).as_bytes()));
            }
            assert!(seen.insert(*keys.tombstone(&subject).as_bytes()));
            assert!(seen.insert(*keys.subject_ref(&subject).as_bytes()));
        }
    }
    let again = keys("clothes").blind(PurposeName::Personalization, &customer("ada"));
    assert!(seen.contains(again.as_bytes()));
}

const BROWSER: BrowserId = BrowserId::from_bytes([8; 16]);

#[test]
fn a_customer_named_like_a_browser_is_somebody_else() {
    let bytes = [b'a'; 16];
    let browser = Subject::Browser(BrowserId::from_bytes(bytes));
    let customer = customer(str::from_utf8(&bytes).unwrap());
    assert_ne!(keys("clothes").subject_ref(&browser), keys("clothes").subject_ref(&customer));
}

#[test]
fn messages_are_told_apart_by_source_and_id() {
    let keys = keys("clothes");
    assert_eq!(keys.message("web", "1"), keys.message("web", "1"));
    assert_ne!(keys.message("web", "1"), keys.message("web", "2"));
    assert_ne!(keys.message("web", "1"), keys.message("app", "1"));
    assert_ne!(keys.message("ab", "c"), keys.message("a", "bc"));
}

#[test]
fn two_copies_of_one_event_have_ids_that_do_not_join() {
    let keys = keys("clothes");
    let id = keys.row_id(PurposeName::Personalization, 1, 0);
    assert_eq!(id, keys.row_id(PurposeName::Personalization, 1, 0));
    assert_ne!(id, keys.row_id(PurposeName::SharedLearning, 1, 0));
    assert_ne!(id, keys.row_id(PurposeName::Personalization, 1, 1));
    assert_ne!(id, keys.row_id(PurposeName::Personalization, 2, 0));
}

#[test]
fn an_erase_handle_fits_one_browser_of_one_shop() {
    let keys_here = keys("clothes");
    let handle = keys_here.erase_handle(&BROWSER);
    let read = EraseHandle::parse(&handle.to_hex()).unwrap();
    assert!(keys_here.is_erase_handle(&BROWSER, read));
    assert!(!keys_here.is_erase_handle(&BrowserId::from_bytes([9; 16]), read));
    assert!(!keys("shoes").is_erase_handle(&BROWSER, read));
    let mut bytes = *handle.as_bytes();
    bytes[15] ^= 1;
    assert!(!keys_here.is_erase_handle(&BROWSER, EraseHandle::from_bytes(bytes)));
}

#[test]
fn nothing_prints() {
    let keys = keys("clothes");
    let purpose = PurposeName::Marketing;
    assert_eq!(format!("{:?}", keys.blind(purpose, &customer("ada"))), "BlindIndex(..)");
    assert_eq!(format!("{:?}", keys.tombstone(&customer("ada"))), "TombstoneMac(..)");
    assert_eq!(format!("{:?}", keys.erase_handle(&BROWSER)), "EraseHandle(..)");
}
