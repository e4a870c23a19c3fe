use domain::id::ShopId;
use domain::time::Day;

use super::{DESTRUCTION_FORMAT, Destruction, describe, own_words, sign, verify};
use crate::receipt::{ReceiptError, public_key};

const SEED: [u8; 32] = [9; 32];

fn said() -> Destruction {
    Destruction {
        format: DESTRUCTION_FORMAT.to_owned(),
        shop: ShopId::parse("clothes").unwrap(),
        day: Day::from_number(20_000),
        export: "ab".repeat(32),
        keys_destroyed: 3,
        rows: [("history_event".to_owned(), 7), ("preferences".to_owned(), 1)].into(),
        files: 9,
        bytes: 4_096,
        marks_sought: 12,
        marks_found: 0,
        files_searched: 1,
        shop_key: "in a file, overwritten and removed".to_owned(),
        backups_clear: Day::from_number(20_030),
        recipients: vec!["mailer".to_owned()],
        words: own_words(),
    }
}

#[test]
fn a_statement_holds_offline_for_its_key_alone() {
    let json = sign(&said(), &SEED).unwrap().to_json().unwrap();
    assert_eq!(verify(&json, Some(&public_key(&SEED))), Ok(said()));
    assert_eq!(verify(&json, Some(&public_key(&[8; 32]))), Err(ReceiptError::WrongKey));
    let changed = json.replace("\\\"keys_destroyed\\\":3", "\\\"keys_destroyed\\\":4");
    assert_ne!(changed, json);
    assert_eq!(verify(&changed, None), Err(ReceiptError::Signature));
    // It cannot stand in for a receipt of an erasure.
    assert_eq!(crate::receipt::verify(&json, None), Err(ReceiptError::Malformed));
}

#[test]
fn a_statement_is_read_by_people() {
    let text = describe(&said());
    for line in [
        "The shop clothes declares",
        "Keys       3 keys destroyed",
        "- history_event: 7 rows",
        "- preferences: 1 row",
        "12 marks of people and keys: 0 found",
        "- mailer",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}
