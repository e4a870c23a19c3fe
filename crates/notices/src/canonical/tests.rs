//! The digest does not depend on order or spaces, and does on everything else.

use domain::hex;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::canonical::digest;

fn sha(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes()))
}

#[test]
fn keys_are_sorted_and_the_own_digest_is_left_out() {
    let text = r#"{ "z": [1, {"b": null, "a": true}], "digest": "ab", "a": "é\n\"\u0001" }"#;
    let value: Value = serde_json::from_str(text).unwrap();
    let canonical = "{\"a\":\"é\\n\\\"\\u0001\",\"z\":[1,{\"a\":true,\"b\":null}]}";
    assert_eq!(digest(&value), sha(canonical));
}

#[test]
fn a_digest_further_in_counts() {
    assert_ne!(digest(&json!({"a": {"digest": "1"}})), digest(&json!({"a": {"digest": "2"}})));
}
