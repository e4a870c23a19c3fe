use domain::id::ShopId;
use personal::purpose::PurposeName;
use personal::subject::{CustomerId, Subject};
use store::keys::Keys as _;
use store::memory::MemoryKeys;
use vault::key::{RootSecret, ShopKey, ShopKeys};

use super::{ROOT, unlock, unlock_or_make};
use crate::opening::{API_KEYS, OpeningError};
use crate::settings::Settings;

fn settings() -> Settings {
    Settings::of(ShopId::parse("clothes").unwrap(), "none".into())
}

fn key(byte: u8) -> ShopKey {
    ShopKey::from_bytes([byte; 32])
}

fn blind(ring: &ShopKeys) -> [u8; 16] {
    let anna = Subject::Customer(CustomerId::parse("anna").unwrap());
    *ring.blind(PurposeName::Personalization, &anna).as_bytes()
}

/// A store from before there was a root: everything came from the shop key.
fn of_before() -> (MemoryKeys, [u8; 16]) {
    let mut keys = MemoryKeys::new();
    let ring = ShopKeys::derive(&RootSecret::of_first(&key(1)), &settings().shop).unwrap();
    keys.put_secret(API_KEYS, &ring.seal_secret(API_KEYS, b"lines", [2; 16]).unwrap()).unwrap();
    (keys, blind(&ring))
}

#[test]
fn a_store_of_before_gets_a_root_and_keeps_its_names() {
    let (mut keys, name) = of_before();
    assert_eq!(blind(&unlock(&settings(), &key(1), &keys).unwrap().ring), name);
    assert_eq!(keys.secret(ROOT).unwrap(), None, "looking writes nothing");
    let error = unlock_or_make(&settings(), &key(9), &mut keys).unwrap_err();
    assert!(matches!(error, OpeningError::KeyWrong));
    assert_eq!(keys.secret(ROOT).unwrap(), None, "a wrong key does not become the root");
    assert_eq!(blind(&unlock_or_make(&settings(), &key(1), &mut keys).unwrap().ring), name);
    let root = keys.secret(ROOT).unwrap();
    assert!(root.is_some());
    assert_eq!(blind(&unlock_or_make(&settings(), &key(1), &mut keys).unwrap().ring), name);
    assert_eq!(keys.secret(ROOT).unwrap(), root, "it is made once");
    assert!(unlock(&settings(), &key(9), &keys).is_err());
}

#[test]
fn a_new_store_has_a_root_of_its_own() {
    let mut keys = MemoryKeys::new();
    let ring = unlock_or_make(&settings(), &key(1), &mut keys).unwrap().ring;
    let first = ShopKeys::derive(&RootSecret::of_first(&key(1)), &settings().shop).unwrap();
    assert_ne!(blind(&ring), blind(&first), "not the shop key's");
    assert_eq!(blind(&unlock(&settings(), &key(1), &keys).unwrap().ring), blind(&ring));
}
