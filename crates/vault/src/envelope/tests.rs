//! The cipher and the key derivation against their standards, and the commitment.

use aes_gcm_siv::Aes256GcmSiv;
use aes_gcm_siv::aead::{Aead, AeadInOut, KeyInit, Payload};
use hkdf::Hkdf;
use sha2::Sha256;

use crate::envelope::{Context, EnvelopeKey, FRONT_BYTES, OVERHEAD_BYTES, TAG_BYTES, header};
use crate::error::VaultError;

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[derive(Clone, Copy)]
struct Vector {
    key: &'static str,
    nonce: &'static str,
    data: &'static str,
    plain: &'static str,
    sealed: &'static str,
}

#[track_caller]
fn check_cipher(vector: Vector) {
    let cipher = Aes256GcmSiv::new_from_slice(&bytes(vector.key)).unwrap();
    let nonce = bytes(vector.nonce).as_slice().try_into().unwrap();
    let (data, plain) = (bytes(vector.data), bytes(vector.plain));
    let sealed = cipher.encrypt(&nonce, Payload { msg: &plain, aad: &data }).unwrap();
    assert_eq!(sealed, bytes(vector.sealed));
    let opened = cipher.decrypt(&nonce, Payload { msg: &sealed, aad: &data });
    assert_eq!(opened.as_ref(), Ok(&plain));

    for at in 0..sealed.len() {
        let mut flipped = sealed.clone();
        flipped[at] ^= 0x80;
        assert!(cipher.decrypt(&nonce, Payload { msg: &flipped, aad: &data }).is_err());
        let cut = Payload { msg: &sealed[..at], aad: &data };
        assert!(cipher.decrypt(&nonce, cut).is_err());
    }
    let more = [data.as_slice(), &[0]].concat();
    assert!(cipher.decrypt(&nonce, Payload { msg: &sealed, aad: &more }).is_err());
}

#[test]
fn the_cipher_is_rfc_8452() {
    // Appendix C.2, and the wrapping counter of appendix C.3.
    check_cipher(Vector {
        key: "0100000000000000000000000000000000000000000000000000000000000000",
        nonce: "030000000000000000000000",
        data: "",
        plain: "0100000000000000",
        sealed: "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28",
    });
    check_cipher(Vector {
        key: "0100000000000000000000000000000000000000000000000000000000000000",
        nonce: "030000000000000000000000",
        data: "",
        plain: "0100000000000000000000000000000002000000000000000000000000000000",
        sealed: "4a6a9db4c8c6549201b9edb53006cba821ec9cf850948a7c86c68ac7539d027fe819e63abcd020b0\
         06a976397632eb5d",
    });
    check_cipher(Vector {
        key: "0100000000000000000000000000000000000000000000000000000000000000",
        nonce: "030000000000000000000000",
        data: "01",
        plain: "020000000000000000000000",
        sealed: "163d6f9cc1b346cd453a2e4cc1a4a19ae800941ccdc57cc8413c277f",
    });
    check_cipher(Vector {
        key: "3c535de192eaed3822a2fbbe2ca9dfc88255e14a661b8aa82cc54236093bbc23",
        nonce: "688089e55540db1872504e1c",
        data: "734320ccc9d9bbbb19cb81b2af4ecbc3e72834321f7aa0f70b7282b4f33df23f167541",
        plain: "ced532ce4159b035277d4dfbb7db62968b13cd4eec",
        sealed: "626660c26ea6612fb17ad91e8e767639edd6c9faee9d6c7029675b89eaf4ba1ded1a286594",
    });
    check_cipher(Vector {
        key: "0000000000000000000000000000000000000000000000000000000000000000",
        nonce: "000000000000000000000000",
        data: "",
        plain: "000000000000000000000000000000004db923dc793ee6497c76dcc03a98e108",
        sealed: "f3f80f2cf0cb2dd9c5984fcda908456cc537703b5ba70324a6793a7bf218d3eaffffffff00000000\
         0000000000000000",
    });
}

#[track_caller]
fn check_hkdf(key: &[u8], salt: Option<&[u8]>, info: &[u8], expected: &str) {
    let expected = bytes(expected);
    let mut output = vec![0; expected.len()];
    Hkdf::<Sha256>::new(salt, key).expand(info, &mut output).unwrap();
    assert_eq!(output, expected);
    // In parts, as the envelope feeds it.
    let (head, tail) = info.split_at(info.len() / 2);
    let hkdf = Hkdf::<Sha256>::new(salt, key);
    hkdf.expand_multi_info(&[head, tail], &mut output).unwrap();
    assert_eq!(output, expected);
}

#[test]
fn the_key_derivation_is_rfc_5869() {
    let run = |from: u8, to: u8| (from..=to).collect::<Vec<_>>();
    // Appendix A.1 to A.3.
    check_hkdf(
        &[0x0b; 22],
        Some(&run(0, 0x0c)),
        &run(0xf0, 0xf9),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
    check_hkdf(
        &run(0, 0x4f),
        Some(&run(0x60, 0xaf)),
        &run(0xb0, 0xff),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c\
         59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71\
         cc30c58179ec3e87c14c01d5c1f3434f1d87",
    );
    check_hkdf(
        &[0x0b; 22],
        None,
        &[],
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
}

const SALT: [u8; 16] = [5; 16];

fn context() -> Context {
    let mut context = Context::new("row");
    context.part(b"clothes");
    context
}

#[test]
fn a_text_that_the_cipher_accepts_is_refused_without_its_commitment() {
    let key = EnvelopeKey::new(&[4; 32]);
    let mut sealed = key.seal(context(), b"a red coat", &SALT).unwrap();
    // Somebody who can make one text valid under two keys can still not make one commitment.
    let other = EnvelopeKey::new(&[9; 32]).text_key(header(), &SALT).unwrap();
    sealed[20..FRONT_BYTES].copy_from_slice(other.commitment.as_slice());

    let text_key = key.text_key(header(), &SALT).unwrap();
    let mut data = context();
    data.part(&header());
    let (text, tag) = sealed[FRONT_BYTES..].split_last_chunk::<TAG_BYTES>().unwrap();
    let mut plain = text.to_vec();
    let accepted = text_key.cipher.decrypt_inout_detached(
        &text_key.nonce,
        &data.0,
        plain.as_mut_slice().into(),
        &(*tag).into(),
    );
    assert!(accepted.is_ok());
    assert_eq!(plain, b"a red coat");
    assert_eq!(key.open(context(), &sealed), Err(VaultError));
}

#[test]
fn another_key_does_not_open_it() {
    let sealed = EnvelopeKey::new(&[4; 32]).seal(context(), b"a red coat", &SALT).unwrap();
    assert_eq!(EnvelopeKey::new(&[9; 32]).open(context(), &sealed), Err(VaultError));
}

#[test]
fn other_versions_and_algorithms_are_refused() {
    let key = EnvelopeKey::new(&[4; 32]);
    let sealed = key.seal(context(), b"a red coat", &SALT).unwrap();
    for at in 0..4 {
        for value in [0, 2, 0xff] {
            let mut other = sealed.clone();
            other[at] = if other[at] == value { 3 } else { value };
            assert_eq!(key.open(context(), &other), Err(VaultError));
        }
    }
}

#[test]
fn parts_do_not_run_into_each_other() {
    let of = |parts: &[&[u8]]| {
        let mut context = Context::new("row");
        parts.iter().for_each(|part| context.part(part));
        context.0
    };
    assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
    assert_ne!(of(&[b"abc"]), of(&[b"abc", b""]));
}

#[test]
fn the_salt_makes_every_text_another() {
    let key = EnvelopeKey::new(&[4; 32]);
    let one = key.seal(context(), b"a red coat", &[1; 16]).unwrap();
    let two = key.seal(context(), b"a red coat", &[2; 16]).unwrap();
    assert_eq!(one.len(), 10 + OVERHEAD_BYTES);
    assert_ne!(one[20..], two[20..]);
    assert!(one[20..].iter().zip(&two[20..]).filter(|(a, b)| a == b).count() < 8);
}

#[test]
fn the_layout_never_changes() {
    // Frozen on purpose: another value here means that stored rows do not open any more.
    let sealed = EnvelopeKey::new(&[4; 32]).seal(context(), b"coat", &SALT).unwrap();
    assert_eq!(
        domain::hex::encode(&sealed),
        "010100010505050505050505050505050505050510430c70bbdc479d6ccb8c2688923a05\
         249a92c52dd0ec01c051fff116a5d0518373666e38e926e580ea4ad71489f0c7d68253a0"
    );
}
