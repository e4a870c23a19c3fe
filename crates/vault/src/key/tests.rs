//! The shop key, what is derived from it, and small secrets.

use std::collections::BTreeSet;

use domain::id::ShopId;
use personal::purpose::PurposeName;

use crate::error::VaultError;
use crate::key::{Labels, RootSecret, ShopKey, ShopKeys};

fn shop(name: &str) -> ShopId {
    ShopId::parse(name).unwrap()
}

fn keys(byte: u8, name: &str) -> ShopKeys {
    ShopKeys::derive(&RootSecret::from_bytes([byte; 32]), &shop(name)).unwrap()
}

#[track_caller]
fn check_parse(text: &str, opens: bool) {
    assert_eq!(ShopKey::parse(text).is_ok(), opens, "{text:?}");
}

#[test]
fn key_files_are_read_or_refused() {
    let digits = "0123456789abcdef".repeat(4);
    check_parse(&digits, true);
    check_parse(&format!("{digits}\n"), true);
    check_parse(&format!("{digits}\r\n"), true);
    check_parse(&format!("{digits}\n\n"), false);
    check_parse(&format!(" {digits}"), false);
    check_parse(&digits.to_uppercase(), false);
    check_parse(digits.trim_start_matches("0"), false);
    check_parse(&format!("{digits}0"), false);
    check_parse("", false);
    let key = ShopKey::parse(&digits).unwrap();
    assert_eq!(key.to_text().as_str(), format!("{digits}\n"));
}

#[test]
fn every_derived_key_is_another() {
    let labels = [
        "wrap",
        "root-seal",
        "backup",
        "settings-seal",
        "subject-ref",
        "message",
        "tombstone",
        "erase-handle",
    ];
    let mut seen = BTreeSet::new();
    for name in ["clothes", "shoes"] {
        let shop = shop(name);
        for byte in [1, 2] {
            let root = Labels::of(&[byte; 32], &shop);
            for label in labels {
                assert!(seen.insert(*root.key(label, None).unwrap()), "{label}");
            }
            for label in ["blind-index", "row-id"] {
                for purpose in PurposeName::ALL {
                    assert!(seen.insert(*root.key(label, Some(purpose)).unwrap()), "{label}");
                }
            }
            assert!(seen.insert(*keys(byte, name).receipt_seed()), "receipt seed");
        }
    }
    assert_eq!(seen.len(), 4 * (labels.len() + 2 * PurposeName::ALL.len() + 1));
}

#[test]
fn derived_keys_never_change() {
    // Frozen on purpose: another value here means that no shop can read its data any more.
    let seed = keys(7, "clothes").receipt_seed();
    assert_eq!(
        domain::hex::encode(seed.as_slice()),
        "1344d6ddb23e258e78843967d7d8e549111ef88c2533385d7e3dfb00b3d30016"
    );
}

#[test]
fn secrets_open_under_their_own_name_only() {
    let sealed = keys(7, "clothes").seal_secret("intent", b"erase", [5; 16]).unwrap();
    assert_eq!(keys(7, "clothes").open_secret("intent", &sealed).unwrap().as_slice(), b"erase");
    assert_eq!(keys(7, "clothes").open_secret("token", &sealed), Err(VaultError));
    assert_eq!(keys(7, "shoes").open_secret("intent", &sealed), Err(VaultError));
    assert_eq!(keys(8, "clothes").open_secret("intent", &sealed), Err(VaultError));
}

#[test]
fn nothing_prints() {
    assert_eq!(format!("{:?}", ShopKey::from_bytes([7; 32])), "ShopKey(..)");
    assert_eq!(format!("{:?}", keys(7, "clothes")), "ShopKeys(..)");
    assert_eq!(VaultError.to_string(), "failed");
}
