//! Keys of the Go documentation, and texts that are not quite keys.

use proptest::prelude::*;

use super::{Algorithm, KeyName, NAME_BYTES_MAX, Said, SignerKey, VerifierKey};
use crate::error::LedgerError;
use crate::text;

/// From the documentation of `sumdb/note`.
const SKEY: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

fn name(text: &str) -> KeyName {
    KeyName::parse(text).unwrap()
}

fn signer(algorithm: Algorithm) -> SignerKey {
    SignerKey::new(name("shop.example/log"), algorithm, &[7; 32]).unwrap()
}

#[test]
fn names_are_read_or_refused() {
    for good in ["a", "shop.example/log", "\u{e9}t\u{e9}", "oid/1.3.6", "x/\u{2014}"] {
        assert_eq!(name(good).as_str(), good);
    }
    let long = "a".repeat(NAME_BYTES_MAX + 1);
    for bad in ["", " ", "a b", "a+b", "a\u{a0}b", "a\u{2003}b", "a\nb", "a\u{7}b", &long] {
        assert_eq!(KeyName::parse(bad), Err(LedgerError::KeyName), "{bad:?}");
    }
}

#[test]
fn keys_of_the_go_documentation() {
    let signer = SignerKey::parse(SKEY).unwrap();
    assert_eq!(signer.verifier().to_text(), VKEY);
    assert_eq!(*signer.to_text(), SKEY);
    assert_eq!(VerifierKey::parse(VKEY).as_ref(), Ok(signer.verifier()));
}

#[test]
fn a_key_text_has_one_spelling() {
    let data = |code: u8, len: usize| {
        let bytes: Vec<u8> = [code].into_iter().chain((0..len).map(|_| 9)).collect();
        format!("shop.example+00000000+{}", text::base64(&bytes))
    };
    let bad = [
        String::new(),
        "PeterNeumann".to_owned(),
        "PeterNeumann+c74f20a3".to_owned(),
        VKEY.replace("c74f20a3", "C74F20A3"),
        VKEY.replace("c74f20a3", "c74f20a4"),
        VKEY.replace("c74f20a3", "+c74f20a3"),
        VKEY.replace("PeterNeumann", "Peter Neumann"),
        VKEY.replace("PeterNeumann", "PaulNeumann"),
        VKEY.replace("+ARpc", "+AhpC"),
        format!("{VKEY}="),
        format!("{VKEY}\n"),
        data(1, 31),
        data(1, 33),
        data(2, 32),
        data(6, 1312),
        SKEY.to_owned(),
    ];
    for text in bad {
        assert!(VerifierKey::parse(&text).is_err(), "{text:?}");
    }
    for text in [VKEY, &SKEY.replace("PRIVATE+KEY+", "PRIVATE+"), &SKEY.replace("a3+", "a4+")] {
        assert!(SignerKey::parse(text).is_err(), "{text:?}");
    }
}

/// A key of small order would verify anything.
#[test]
fn weak_keys_are_refused() {
    let mut one = [0; 32];
    one[0] = 1;
    for public in [one, [0; 32]] {
        let key = VerifierKey::new(name("shop.example"), Algorithm::Ed25519, &public);
        assert_eq!(key, Err(LedgerError::Key));
    }
}

#[test]
fn one_key_has_two_ids() {
    let (log, witness) = (signer(Algorithm::Ed25519), signer(Algorithm::Cosignature));
    assert_eq!(log.verifier().public(), witness.verifier().public());
    assert_ne!(log.verifier().id(), witness.verifier().id());
    for key in [&log, &witness] {
        assert_eq!(VerifierKey::parse(&key.verifier().to_text()).as_ref(), Ok(key.verifier()));
        assert_eq!(SignerKey::parse(&key.to_text()).unwrap().verifier(), key.verifier());
    }
}

#[test]
fn a_signature_says_what_its_algorithm_says() {
    let note = "shop.example/log\n0\nroot\n";
    for (algorithm, said) in [
        (Algorithm::Ed25519, Said::Text),
        (Algorithm::Cosignature, Said::Seen { at_s: 1_679_315_147 }),
    ] {
        let key = signer(algorithm);
        let signature = key.sign(note, 1_679_315_147);
        assert_eq!(key.verifier().verify(note, &signature), Ok(said));
        let failed = Err(LedgerError::Signature);
        assert_eq!(key.verifier().verify("shop.example/log\n1\nroot\n", &signature), failed);
        assert_eq!(key.verifier().verify(note, &signature[1..]), failed);
        assert_eq!(key.verifier().verify(note, &[]), failed);
        for bit in 0..signature.len() * 8 {
            let mut damaged = signature.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.verifier().verify(note, &damaged), failed, "{bit}");
        }
    }
    // One algorithm's signature is not another's, also under one key.
    let (log, witness) = (signer(Algorithm::Ed25519), signer(Algorithm::Cosignature));
    let signature = log.sign(note, 0);
    let timed = [&[0; 8], signature.as_slice()].concat();
    assert!(witness.verifier().verify(note, &timed).is_err());
    assert!(log.verifier().verify(note, &witness.sign(note, 0)[8..]).is_err());
}

#[test]
fn times_beyond_the_largest_are_not_said() {
    let key = signer(Algorithm::Cosignature);
    let signature = key.sign("a\n", u64::MAX);
    let said = Said::Seen { at_s: i64::MAX.unsigned_abs() };
    assert_eq!(key.verifier().verify("a\n", &signature), Ok(said));
}

#[test]
fn a_private_key_prints_nothing() {
    assert_eq!(format!("{:?}", signer(Algorithm::Ed25519)), "SignerKey(shop.example/log, ..)");
}

proptest! {
    #[test]
    fn no_text_panics(text in "(PRIVATE\\+KEY\\+)?.{0,8}\\+[0-9a-f]{0,8}\\+[A-Za-z0-9+/=]{0,50}") {
        prop_assert!(VerifierKey::parse(&text).is_ok_and(|key| key.to_text() == text) || SignerKey::parse(&text).is_err());
    }
}
