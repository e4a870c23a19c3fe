//! The bytes that a digest is made over: JSON without spaces, keys in the order of their bytes
//! (RFC 8785 for documents whose keys are ASCII and whose numbers are integers, as all of ours are).

use domain::hex;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The key that carries a document's own digest and is left out of it.
pub const DIGEST: &str = "digest";

/// SHA-256 of a document without its own digest.
pub fn digest(document: &Value) -> String {
    let mut text = String::new();
    match document {
        Value::Object(fields) => {
            write_object(fields.iter().filter(|(key, _)| *key != DIGEST), &mut text);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            write(document, &mut text);
        }
    }
    hex::encode(&Sha256::digest(text.as_bytes()))
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(values) => {
            text.push('[');
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write(value, text);
            }
            text.push(']');
        }
        Value::Object(fields) => write_object(fields.iter(), text),
        // The JSON writer escapes as RFC 8785 asks: short forms, lower-case hexadecimal, UTF-8.
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

fn write_object<'a>(fields: impl Iterator<Item = (&'a String, &'a Value)>, text: &mut String) {
    let mut fields: Vec<(&String, &Value)> = fields.collect();
    fields.sort_unstable_by_key(|(key, _)| *key);
    text.push('{');
    for (place, (key, value)) in fields.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(key.as_str()).to_string());
        text.push(':');
        write(value, text);
    }
    text.push('}');
}

#[cfg(test)]
mod tests;
