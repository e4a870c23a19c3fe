use domain::hex;
use domain::id::{RequestId, ShopId};
use domain::time::Day;
use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};
use personal::purpose::PurposeName;
use proptest::prelude::*;

use super::{
    DeletedTable, FORMAT, KeptTable, KeptTombstone, ModelProof, RECEIPT_BYTES_MAX, Receipt,
    ReceiptError, ReceiptPayload, message, public_key, sign, verify,
};
use crate::plan::Scope;

const SEED: [u8; 32] = [3; 32];

fn payload() -> ReceiptPayload {
    ReceiptPayload {
        format: FORMAT.to_owned(),
        request: RequestId::from_bytes([0x5a; 16]),
        shop: ShopId::parse("shop-1").unwrap(),
        scope: Scope::Purpose(PurposeName::SharedLearning),
        requested_at: Day::from_number(20_000),
        completed: Day::from_number(20_001),
        deleted: vec![DeletedTable {
            table: "closed_session".to_owned(),
            what: "One closed visit.".to_owned(),
            rows: 2,
        }],
        kept: vec![KeptTable {
            table: "staff_read".to_owned(),
            what: "One look.".to_owned(),
            basis: "GDPR Art. 5(2)".to_owned(),
            until_day: Day::from_number(21_460),
        }],
        keys_destroyed: 1,
        tombstone: KeptTombstone {
            why: "Late copies stay out.".to_owned(),
            until_day: Day::from_number(20_400),
        },
        model: ModelProof {
            fingerprint_before: [0xab; 16],
            fingerprint_after: [0xcd; 16],
            sessions_unlearned: 2,
            orders_unlearned: 3,
            seq: 9,
        },
        backups_clear: Day::from_number(20_015),
        to_tell: Vec::new(),
        words: vec!["A \"quoted\" word.".to_owned()],
        not_undone: vec![],
    }
}

fn signed() -> Receipt {
    sign(&payload(), &SEED).unwrap()
}

#[track_caller]
fn check(receipt: &Receipt, expected_key: Option<&str>, expected: Result<(), ReceiptError>) {
    let json = receipt.to_json().unwrap();
    assert_eq!(verify(&json, expected_key).map(|_| ()), expected, "{json}");
}

/// Signs any text, as only the holder of the key could.
fn sign_text(text: &str) -> Receipt {
    let signature = SigningKey::from_bytes(&SEED).sign(&message(FORMAT, text));
    Receipt {
        format: FORMAT.to_owned(),
        payload: text.to_owned(),
        key: public_key(&SEED),
        signature: hex::encode(&signature.to_bytes()),
    }
}

#[test]
fn a_signed_receipt_verifies_with_and_without_the_published_key() {
    let json = signed().to_json().unwrap();
    assert_eq!(verify(&json, None), Ok(payload()));
    assert_eq!(verify(&json, Some(&public_key(&SEED))), Ok(payload()));
    assert_eq!(verify(&format!(" {json}\n"), None), Ok(payload()), "a file may end its line");
}

#[test]
fn the_signed_text_is_stable() {
    assert_eq!(
        signed().payload,
        concat!(
            r#"{"format":"confidant-receipt-v1","request":"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a","#,
            r#""shop":"shop-1","scope":"SharedLearning","requested_at":"2024-10-04","#,
            r#""completed":"2024-10-05","deleted":[{"table":"closed_session","#,
            r#""what":"One closed visit.","rows":2}],"kept":[{"table":"staff_read","#,
            r#""what":"One look.","basis":"GDPR Art. 5(2)","until_day":"2028-10-03"}],"#,
            r#""keys_destroyed":1,"tombstone":{"why":"Late copies stay out.","#,
            r#""until_day":"2025-11-08"},"model":{"fingerprint_before":"#,
            r#""abababababababababababababababab","#,
            r#""fingerprint_after":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","#,
            r#""sessions_unlearned":2,"orders_unlearned":3,"seq":9},"#,
            r#""backups_clear":"2024-10-19","#,
            r#""words":["A \"quoted\" word."],"not_undone":[]}"#
        )
    );
    assert_eq!(signed(), signed());
}

#[test]
fn no_flipped_bit_survives() {
    let json = signed().to_json().unwrap();
    for at in 0..json.len() {
        for bit in 0..8 {
            let mut bytes = json.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            // What is not UTF-8 does not even become a text.
            if let Ok(text) = String::from_utf8(bytes) {
                assert!(verify(&text, None).is_err(), "bit {bit} of byte {at}");
            }
        }
    }
}

#[test]
fn no_cut_and_no_appendix_survives() {
    let json = signed().to_json().unwrap();
    for end in 0..json.len() {
        let cut = verify(json.get(..end).unwrap(), None);
        assert_eq!(cut, Err(ReceiptError::Malformed), "{end} bytes");
    }
    for tail in ["x", "{}", "\0", json.as_str()] {
        let long = format!("{json}{tail}");
        assert_eq!(verify(&long, None), Err(ReceiptError::Malformed), "{tail}");
    }
}

#[test]
fn another_key_does_not_fit() {
    let other = sign(&payload(), &[4; 32]).unwrap();
    check(&Receipt { key: other.key.clone(), ..signed() }, None, Err(ReceiptError::Signature));
    let swapped = Receipt { signature: other.signature.clone(), ..signed() };
    check(&swapped, None, Err(ReceiptError::Signature));
    check(&other, None, Ok(()));
    check(&other, Some(&public_key(&SEED)), Err(ReceiptError::WrongKey));
    for malformed in ["", "00", &public_key(&SEED).to_uppercase()] {
        check(&signed(), Some(malformed), Err(ReceiptError::ExpectedKey));
    }
}

#[test]
fn only_one_spelling_is_read() {
    let receipt = signed();
    let upper = Receipt { signature: receipt.signature.to_uppercase(), ..receipt.clone() };
    check(&upper, None, Err(ReceiptError::Malformed));
    let old = Receipt { format: "confidant-receipt-v0".to_owned(), ..receipt.clone() };
    check(&old, None, Err(ReceiptError::Malformed));
    let json = receipt.to_json().unwrap();
    for bad in [
        json.replacen('{', "{\"more\":1,", 1),
        json.replacen('{', "{\"format\":\"confidant-receipt-v1\",", 1),
        "[]".to_owned(),
        "null".to_owned(),
    ] {
        assert_eq!(verify(&bad, None), Err(ReceiptError::Malformed), "{bad}");
    }
    let long = " ".repeat(RECEIPT_BYTES_MAX + 1);
    let expected = ReceiptError::TooLong { len: RECEIPT_BYTES_MAX + 1 };
    assert_eq!(verify(&long, None), Err(expected));
}

#[test]
fn a_signed_text_of_another_layout_is_refused() {
    let text = signed().payload;
    check(&sign_text(&text), None, Ok(()));
    for bad in [
        text.replace("receipt-v1", "receipt-v2"),
        text.replacen('{', "{\"customer\":\"anna\",", 1),
        text.replace("\"seq\":9", "\"seq\":9,\"seq\":9"),
        text.replace("\"rows\":2", "\"rows\":-2"),
        text.replace("2024-10-04", "2024-10-32"),
        text.replace("\"SharedLearning\"", "\"all\""),
        format!("{text}x"),
        String::new(),
    ] {
        check(&sign_text(&bad), None, Err(ReceiptError::Malformed));
    }
}

#[test]
fn a_signature_over_the_bare_text_does_not_count() {
    let receipt = signed();
    for text in [receipt.payload.clone(), format!("{FORMAT}{}", receipt.payload)] {
        let bare = SigningKey::from_bytes(&SEED).sign(text.as_bytes());
        let bare = Receipt { signature: hex::encode(&bare.to_bytes()), ..receipt.clone() };
        check(&bare, None, Err(ReceiptError::Signature));
    }
}

/// The neutral point as key and commitment fits every message for a lenient verifier.
#[test]
fn a_weak_key_signs_nothing() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    let receipt =
        Receipt { key: hex::encode(&neutral), signature: hex::encode(&signature), ..signed() };
    let lenient = VerifyingKey::from_bytes(&neutral).unwrap();
    let message = message(FORMAT, &receipt.payload);
    assert!(lenient.verify(&message, &Signature::from_bytes(&signature)).is_ok());
    check(&receipt, None, Err(ReceiptError::Signature));
}

/// Adding the group order to `s` makes a second signature for a verifier that does not look.
#[test]
fn a_signature_is_not_malleable() {
    const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    let order: [u8; 32] = hex::decode(ORDER).unwrap();
    let mut signature: [u8; 64] = hex::decode(&signed().signature).unwrap();
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    let twin = Receipt { signature: hex::encode(&signature), ..signed() };
    check(&twin, None, Err(ReceiptError::Signature));
}

#[track_caller]
fn check_vector(seed: &str, key: &str, text: &[u8], signature: [&str; 2]) {
    let seed = hex::decode::<32>(seed).unwrap();
    assert_eq!(public_key(&seed), key);
    let signer = SigningKey::from_bytes(&seed);
    let signed = signer.sign(text);
    assert_eq!(hex::encode(&signed.to_bytes()), signature.concat());
    assert!(signer.verifying_key().verify_strict(text, &signed).is_ok());
    assert!(signer.verifying_key().verify_strict(b"another", &signed).is_err());
}

/// RFC 8032 section 7.1, tests 1 to 3.
#[test]
fn the_vectors_of_the_standard_hold() {
    check_vector(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        b"",
        [
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ],
    );
    check_vector(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        &[0x72],
        [
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ],
    );
    check_vector(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        &[0xaf, 0x82],
        [
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ],
    );
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".{0,300}") {
        prop_assert!(verify(&text, None).is_err());
        prop_assert!(verify(&text, Some(&text)).is_err());
    }

    #[test]
    fn arbitrary_payload_text_never_panics(text in ".{0,300}") {
        let verdict = verify(&sign_text(&text).to_json().unwrap(), None);
        prop_assert_eq!(verdict, Err(ReceiptError::Malformed));
    }
}
