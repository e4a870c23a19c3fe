//! The receipt of consent: a person's own copy of the record, signed by the shop.
//!
//! Signed like the receipt of an erasure and with the same key, under a name of its own, so that
//! neither can stand in for the other. Inside is the record as JSON-LD, which this room does not
//! interpret; it reads a few fields of it to people.

use domain::date::Date;
use domain::id::ShopId;
use domain::time::Day;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::date;
use crate::receipt::{Receipt, ReceiptError, sign_text, verify_text};
use crate::words::printable;

/// Name of the format, in receipt, payload and signed message.
pub const CONSENT_FORMAT: &str = "confidant-consent-receipt-v1";

/// What every receipt of consent says about itself.
const WORDS: [&str; 3] = [
    "The shop declares that this is its record of the choices below on the day of issue.",
    "The receipt shows later that the record was not changed; it gives the shop no new right.",
    "Whether a consent is valid is not proven by a receipt.",
];

/// What the shop declares. The order of fields is the order in the signed text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentReceiptPayload {
    /// Always [`CONSENT_FORMAT`].
    pub format: String,
    /// The shop that declares.
    pub shop: ShopId,
    /// The day of issue.
    #[serde(with = "date")]
    pub issued: Day,
    /// The record as JSON-LD.
    pub record: Value,
    /// What the receipt proves and what it does not.
    pub words: Vec<String>,
}

/// Signs a person's record.
///
/// # Errors
/// [`ReceiptError::Malformed`] or [`ReceiptError::TooLong`] for what [`verify`] would not read.
pub fn sign(
    shop: &ShopId,
    (record, issued): (Value, Day),
    seed: &[u8; 32],
) -> Result<Receipt, ReceiptError> {
    let payload = ConsentReceiptPayload {
        format: CONSENT_FORMAT.to_owned(),
        shop: shop.clone(),
        issued,
        record,
        words: WORDS.map(str::to_owned).to_vec(),
    };
    let text = serde_json::to_string(&payload).map_err(|_| ReceiptError::Malformed)?;
    read(&text)?;
    sign_text(CONSENT_FORMAT, text, seed)
}

/// Verifies a receipt of consent and gives what it declares; see [`crate::receipt::verify`].
///
/// # Errors
/// [`ReceiptError`]; no error says anything about the content.
pub fn verify(
    json: &str,
    expected_key: Option<&str>,
) -> Result<ConsentReceiptPayload, ReceiptError> {
    read(&verify_text(CONSENT_FORMAT, json, expected_key)?)
}

fn read(text: &str) -> Result<ConsentReceiptPayload, ReceiptError> {
    let payload: ConsentReceiptPayload =
        serde_json::from_str(text).map_err(|_| ReceiptError::Malformed)?;
    match payload.format == CONSENT_FORMAT {
        true => Ok(payload),
        false => Err(ReceiptError::Malformed),
    }
}

/// The receipt as a person reads it. Says nothing about the signature: that is for who verified.
pub fn describe(payload: &ConsentReceiptPayload) -> String {
    let text = |value: Option<&Value>| printable(value.and_then(Value::as_str).unwrap_or("?"));
    let mut lines = vec![
        "Receipt of consent".to_owned(),
        format!("Shop       {}", payload.shop.as_str()),
        format!("Issued on  {}", Date(payload.issued)),
    ];
    let records = payload.record.get("dpv:hasRecordOfActivity").and_then(Value::as_array);
    for record in records.into_iter().flatten() {
        let title = record.pointer("/dpv:hasProcess/dpv:hasPurpose/dct:title");
        lines.extend([String::new(), text(title)]);
        let events = record.get("dpv:hasConsentStatus").and_then(Value::as_array);
        for event in events.into_iter().flatten() {
            let kinds = event.get("@type");
            let state = kinds.and_then(|kinds| kinds.get(0)).or(kinds);
            let state = text(state).replace("dpv:", "");
            let at = text(event.pointer("/dpv:isIndicatedAtTime/@value"));
            let notice = event.pointer("/dpv:hasNotice/schema:sha256");
            let notice = notice.map(|digest| format!(", notice {}", text(Some(digest))));
            lines.push(format!("- {at}  {state}{}", notice.unwrap_or_default()));
        }
    }
    lines.extend([String::new(), "What this means".to_owned()]);
    lines.extend(payload.words.iter().map(|line| format!("- {}", printable(line))));
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests;
