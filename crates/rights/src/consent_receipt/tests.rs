use domain::id::ShopId;
use domain::time::Day;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{CONSENT_FORMAT, describe, sign, verify};
use crate::receipt::{self, Receipt, ReceiptError, public_key};

const SEED: [u8; 32] = [3; 32];

fn record() -> Value {
    json!({
        "@type": "dpv:ConsentReceipt",
        "dpv:hasRecordOfActivity": [{
            "dpv:hasProcess": { "dpv:hasPurpose": { "dct:title": "Personalization" } },
            "dpv:hasConsentStatus": [
                { "@type": ["dpv:ConsentGiven", "dpv:ExpressedConsent"],
                    "dpv:isIndicatedAtTime": { "@value": "2026-03-01T12:00:00.000Z" },
                    "dpv:hasNotice": { "schema:sha256": "0707" } },
                { "@type": "dpv:ConsentWithdrawn",
                    "dpv:isIndicatedAtTime": { "@value": "2026-03-02T12:00:00.000Z" } },
            ],
        }],
    })
}

fn signed() -> Receipt {
    let shop = ShopId::parse("shop-1").unwrap();
    sign(&shop, (record(), Day::from_number(20_000)), &SEED).unwrap()
}

#[test]
fn a_signed_record_verifies_and_is_read_to_people() {
    let json = signed().to_json().unwrap();
    let payload = verify(&json, Some(&public_key(&SEED))).unwrap();
    assert_eq!(verify(&json, None), Ok(payload.clone()));
    assert_eq!(payload.record, record());
    let text = describe(&payload);
    for line in [
        "Shop       shop-1",
        "Issued on  2024-10-04",
        "Personalization",
        "- 2026-03-01T12:00:00.000Z  ConsentGiven, notice 0707",
        "- 2026-03-02T12:00:00.000Z  ConsentWithdrawn",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}: {text}");
    }
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
fn no_receipt_stands_in_for_the_other() {
    let json = signed().to_json().unwrap();
    assert_eq!(receipt::verify(&json, None), Err(ReceiptError::Malformed));
    let renamed = Receipt { format: receipt::FORMAT.to_owned(), ..signed() };
    assert_eq!(receipt::verify(&renamed.to_json().unwrap(), None), Err(ReceiptError::Signature));
    let other = Receipt { format: CONSENT_FORMAT.to_owned(), ..erasure() };
    assert_eq!(verify(&other.to_json().unwrap(), None), Err(ReceiptError::Signature));
}

/// A text that was signed as a receipt of an erasure.
fn erasure() -> Receipt {
    receipt::sign_text(receipt::FORMAT, signed().payload, &SEED).unwrap()
}

#[test]
fn another_key_does_not_fit() {
    let other = Receipt { key: public_key(&[4; 32]), ..signed() };
    assert_eq!(verify(&other.to_json().unwrap(), None), Err(ReceiptError::Signature));
    let json = signed().to_json().unwrap();
    assert_eq!(verify(&json, Some(&public_key(&[4; 32]))), Err(ReceiptError::WrongKey));
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".{0,300}") {
        prop_assert!(verify(&text, None).is_err());
    }

    #[test]
    fn whatever_is_inside_is_read_to_people(text in ".{0,40}") {
        let record = json!({ "dpv:hasRecordOfActivity": [
            { "dpv:hasConsentStatus": [{ "@type": text }, 7, null] }, text, null,
        ] });
        let shop = ShopId::parse("shop-1").unwrap();
        let receipt = sign(&shop, (record, Day::from_number(1)), &SEED).unwrap();
        let payload = verify(&receipt.to_json().unwrap(), None).unwrap();
        let text = describe(&payload);
        prop_assert!(!text.chars().any(|one| one.is_control() && one != '\n'));
    }
}
