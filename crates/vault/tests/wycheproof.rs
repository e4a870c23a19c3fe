//! The vectors of Project Wycheproof for what this room and its neighbors use. The bad ones too:
//! what must be refused is refused.
#![cfg(test)]

use aes_gcm_siv::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm_siv::{Aes128GcmSiv, Aes256GcmSiv};
use chacha20poly1305::ChaCha20Poly1305;
use ed25519_dalek::VerifyingKey;
use hkdf::Hkdf;
use sha2::Sha256;
use wycheproof::{aead, eddsa, hkdf as kdf, xdh};
use x25519_dalek::{PublicKey, StaticSecret};

/// Opens with a cipher; a nonce of another size cannot even be said.
fn opens(name: aead::TestName, test: &aead::Test) -> Option<Vec<u8>> {
    let nonce: [u8; 12] = test.nonce.as_ref().try_into().ok()?;
    let sealed = [test.ct.as_ref(), test.tag.as_ref()].concat();
    let text = Payload { msg: &sealed, aad: &test.aad };
    match (name, test.key.len()) {
        (aead::TestName::ChaCha20Poly1305, _) => {
            let cipher = ChaCha20Poly1305::new_from_slice(&test.key).ok()?;
            cipher.decrypt(&nonce.into(), text).ok()
        }
        (_, 16) => Aes128GcmSiv::new_from_slice(&test.key).ok()?.decrypt(&nonce.into(), text).ok(),
        _ => Aes256GcmSiv::new_from_slice(&test.key).ok()?.decrypt(&nonce.into(), text).ok(),
    }
}

#[track_caller]
fn check(name: aead::TestName, at_least: usize) {
    let set = aead::TestSet::load(name).unwrap();
    let (mut count, mut bad) = (0, 0);
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let opened = opens(name, test);
        if test.result.must_fail() {
            assert_eq!(opened, None, "{name:?} {}: {}", test.tc_id, test.comment);
            bad += 1;
        } else {
            let right = opened.is_some_and(|plain| plain == test.pt.as_ref());
            assert!(right, "{name:?} {}: {}", test.tc_id, test.comment);
        }
        count += 1;
    }
    assert!(count >= at_least && bad > 0, "{name:?}: {count}, of which {bad} are bad");
}

#[test]
fn ciphers_open_what_is_good_and_refuse_the_rest() {
    check(aead::TestName::AesGcmSiv, 200);
    check(aead::TestName::ChaCha20Poly1305, 300);
}

#[test]
fn keys_are_derived_and_too_long_ones_refused() {
    let set = kdf::TestSet::load(kdf::TestName::HkdfSha256).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut key = vec![0; test.size];
        let hkdf = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm);
        let derived = hkdf.expand(&test.info, &mut key);
        assert_eq!(derived.is_err(), test.result.must_fail(), "{}", test.tc_id);
        if derived.is_ok() {
            assert_eq!(key, test.okm.as_ref(), "{}", test.tc_id);
        }
    }
}

#[test]
fn shared_secrets_agree_and_weak_ones_are_known() {
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let secret: [u8; 32] = test.private_key.as_ref().try_into().unwrap();
        let public: [u8; 32] = test.public_key.as_ref().try_into().unwrap();
        let shared = StaticSecret::from(secret).diffie_hellman(&PublicKey::from(public));
        assert_eq!(shared.as_bytes().as_slice(), test.shared_secret.as_ref(), "{}", test.tc_id);
        let zero = test.shared_secret.iter().all(|byte| *byte == 0);
        assert_eq!(shared.was_contributory(), !zero, "{}", test.tc_id);
    }
}

#[test]
fn signatures_hold_and_forged_ones_do_not() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    for group in &set.test_groups {
        let key: [u8; 32] = group.key.pk.as_ref().try_into().unwrap();
        let key = VerifyingKey::from_bytes(&key).unwrap();
        for test in &group.tests {
            let signature: Result<[u8; 64], _> = test.sig.as_ref().try_into();
            let holds = signature
                .is_ok_and(|signature| key.verify_strict(&test.msg, &signature.into()).is_ok());
            assert_eq!(holds, !test.result.must_fail(), "{}: {}", test.tc_id, test.comment);
        }
    }
}
