//! The root comes back for its own shop and shop key only.

use domain::id::ShopId;

use crate::error::VaultError;
use crate::kek::Kek;
use crate::key::{RootSecret, ShopKey};

fn kek(byte: u8, name: &str) -> Kek {
    Kek::derive(&ShopKey::from_bytes([byte; 32]), &ShopId::parse(name).unwrap()).unwrap()
}

#[test]
fn the_root_comes_back_for_its_own_key_and_shop() {
    let sealed = kek(1, "clothes").seal_root(&RootSecret::from_bytes([9; 32]), [2; 16]).unwrap();
    assert_eq!(*kek(1, "clothes").open_root(&sealed).unwrap().bytes(), [9; 32]);
    for stranger in [kek(2, "clothes"), kek(1, "shoes")] {
        assert_eq!(stranger.open_root(&sealed).err(), Some(VaultError));
    }
    for at in 0..sealed.len() {
        let mut flipped = sealed.clone();
        flipped[at] ^= 1;
        assert!(kek(1, "clothes").open_root(&flipped).is_err(), "byte {at}");
    }
}

#[test]
fn names_and_tags_are_of_one_key() {
    assert_eq!(kek(1, "clothes").name().len(), 16);
    assert_ne!(kek(1, "clothes").name(), kek(2, "clothes").name());
    assert_ne!(kek(1, "clothes").name(), kek(1, "shoes").name());
    assert_ne!(kek(1, "clothes").tag(&[0; 32]), kek(2, "clothes").tag(&[0; 32]));
}
