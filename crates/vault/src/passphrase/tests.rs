use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use domain::hex;

use super::{Cost, open, seal};
use crate::key::ShopKey;

const KEY: [u8; 32] = [7; 32];

fn sealed() -> String {
    seal(&ShopKey::from_bytes(KEY), "correct horse", Cost::MIN, [3; 16]).unwrap()
}

/// RFC 9106 section 5.3.
#[test]
fn argon2id_is_the_one_of_the_rfc() {
    let mut params = ParamsBuilder::new();
    params.m_cost(32).t_cost(3).p_cost(4).output_len(32);
    params.data(AssociatedData::new(&[4; 12]).unwrap());
    let params = params.build().unwrap();
    let argon =
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
    let mut out = [0; 32];
    argon.hash_password_into(&[1; 32], &[2; 16], &mut out).unwrap();
    let expected = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";
    assert_eq!(hex::encode(&out), expected);
}

#[test]
fn the_passphrase_opens_and_no_other() {
    let text = sealed();
    assert!(text.contains("argon2id memory_kib=19456 passes=2 lanes=1\n"), "{text}");
    assert_eq!(*open(&text, "correct horse").unwrap().bytes(), KEY);
    assert!(open(&text, "correct horsf").is_err());
    assert!(open(&text, "").is_err());
}

#[test]
fn nothing_of_the_text_can_be_changed() {
    let text = sealed();
    for (old, new) in [
        ("memory_kib=19456", "memory_kib=19457"),
        ("passes=2", "passes=3"),
        ("memory_kib=19456", "memory_kib=4194305"),
        ("memory_kib=19456", "memory_kib=8"),
        ("salt 03", "salt 04"),
        ("key-1", "key-2"),
        ("argon2id", "argon2d"),
    ] {
        assert!(text.contains(old), "{old}");
        assert!(open(&text.replacen(old, new, 1), "correct horse").is_err(), "{new}");
    }
    assert!(seal(&ShopKey::from_bytes(KEY), "", Cost::MIN, [3; 16]).is_err());
}
