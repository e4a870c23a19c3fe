//! The receipt of an erasure: what the shop declares, signed, and verified without the shop.
//!
//! A receipt is JSON with the payload as text, so that the signed bytes are those that are read.
//! The signature is Ed25519 (RFC 8032) over `confidant-receipt-v1`, a line feed and the payload.
//! Verification is strict: unknown fields, other spellings of hexadecimal, trailing bytes,
//! malleable signatures and weak keys are refused.

use domain::hex;
use domain::id::{RequestId, ShopId};
use domain::time::Day;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::date;
use crate::plan::Scope;

/// Name of the format, in receipt, payload and signed message.
pub const FORMAT: &str = "confidant-receipt-v1";
/// Largest receipt that is read, in bytes.
pub const RECEIPT_BYTES_MAX: usize = 256 * 1024;

/// Why a receipt was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The expected key is not 64 lower-case hexadecimal characters.
    #[error("expected key must be 64 lower-case hexadecimal characters")]
    ExpectedKey,
    /// The text is no receipt of a known format.
    #[error("receipt is malformed")]
    Malformed,
    /// The signature does not fit.
    #[error("failed")]
    Signature,
    /// Larger than [`RECEIPT_BYTES_MAX`].
    #[error("receipt has {len} bytes, at most {RECEIPT_BYTES_MAX} are read")]
    TooLong {
        /// Bytes that were given.
        len: usize,
    },
    /// The receipt carries another key than the expected one.
    #[error("receipt was signed with another key")]
    WrongKey,
}

/// A table that lost the person's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeletedTable {
    /// Name of the table.
    pub table: String,
    /// What it holds, in plain words.
    pub what: String,
    /// How many rows went.
    pub rows: u64,
}

/// A table whose rows stay for a while, if there are any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptTable {
    /// Name of the table.
    pub table: String,
    /// What it holds, in plain words.
    pub what: String,
    /// The article that allows it.
    pub basis: String,
    /// The first day on which they are all deleted.
    #[serde(with = "date")]
    pub until_day: Day,
}

/// The mark that keeps late copies out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptTombstone {
    /// Why it is kept.
    pub why: String,
    /// The first day without it.
    #[serde(with = "date")]
    pub until_day: Day,
}

/// The shared model before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelProof {
    /// Fingerprint before, 32 hexadecimal characters.
    #[serde(with = "fingerprint")]
    pub fingerprint_before: [u8; 16],
    /// Fingerprint after, 32 hexadecimal characters.
    #[serde(with = "fingerprint")]
    pub fingerprint_after: [u8; 16],
    /// How many visits were unlearned.
    pub sessions_unlearned: u64,
    /// How many orders were unlearned.
    #[serde(default)]
    pub orders_unlearned: u64,
    /// The number of the batch that unlearned.
    pub seq: u64,
}

/// What the shop declares. The order of fields is the order in the signed text.
///
/// # Privacy
/// Holds neither customer id nor pseudonym nor an exact time; `request` is random.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptPayload {
    /// Always [`FORMAT`].
    pub format: String,
    /// The random public name of the request.
    #[serde(with = "request")]
    pub request: RequestId,
    /// The shop that declares.
    pub shop: ShopId,
    /// What was asked for.
    pub scope: Scope,
    /// The day of the request.
    #[serde(with = "date")]
    pub requested_at: Day,
    /// The day on which the work was done.
    #[serde(with = "date")]
    pub completed: Day,
    /// Tables that lost rows.
    pub deleted: Vec<DeletedTable>,
    /// Tables whose rows stay.
    pub kept: Vec<KeptTable>,
    /// How many keys of the person were destroyed.
    pub keys_destroyed: u32,
    /// The mark that keeps late copies out.
    pub tombstone: KeptTombstone,
    /// The shared model before and after.
    pub model: ModelProof,
    /// The first day without a backup from before.
    #[serde(with = "date")]
    pub backups_clear: Day,
    /// Recipients that are told, by their names in the shop's settings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_tell: Vec<String>,
    /// What the receipt proves and what it does not.
    pub words: Vec<String>,
    /// What an erasure does not undo.
    pub not_undone: Vec<String>,
}

/// A signed receipt, as a file or an answer holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// [`FORMAT`], or the name of another kind of receipt.
    pub format: String,
    /// The signed text: a [`ReceiptPayload`] as JSON, or what the other kind declares.
    pub payload: String,
    /// The public key, 64 hexadecimal characters.
    pub key: String,
    /// The signature, 128 hexadecimal characters.
    pub signature: String,
}

impl Receipt {
    /// The receipt as JSON on one line.
    ///
    /// # Errors
    /// [`ReceiptError::Malformed`] when it cannot be written.
    pub fn to_json(&self) -> Result<String, ReceiptError> {
        serde_json::to_string(self).map_err(|_| ReceiptError::Malformed)
    }
}

/// The public key that belongs to `seed`, as receipts carry it.
pub fn public_key(seed: &[u8; 32]) -> String {
    hex::encode(SigningKey::from_bytes(seed).verifying_key().as_bytes())
}

/// Signs what the shop declares.
///
/// # Errors
/// [`ReceiptError::Malformed`] or [`ReceiptError::TooLong`] for a payload that [`verify`] would
/// not read.
pub fn sign(payload: &ReceiptPayload, seed: &[u8; 32]) -> Result<Receipt, ReceiptError> {
    let text = serde_json::to_string(payload).map_err(|_| ReceiptError::Malformed)?;
    read(&text)?;
    sign_text(FORMAT, text, seed)
}

/// Signs a text of any format. The name of the format is part of what is signed.
pub(crate) fn sign_text(
    format: &str,
    text: String,
    seed: &[u8; 32],
) -> Result<Receipt, ReceiptError> {
    let signer = SigningKey::from_bytes(seed);
    let receipt = Receipt {
        format: format.to_owned(),
        key: hex::encode(signer.verifying_key().as_bytes()),
        signature: hex::encode(&signer.sign(&message(format, &text)).to_bytes()),
        payload: text,
    };
    fits(&receipt.to_json()?)?;
    Ok(receipt)
}

/// Verifies a receipt and gives what it declares.
///
/// Without `expected_key` this shows only that the holder of the key inside signed it, whoever
/// that is; compare the key with the one that the shop publishes.
///
/// # Errors
/// [`ReceiptError`]; no error says anything about the content.
pub fn verify(json: &str, expected_key: Option<&str>) -> Result<ReceiptPayload, ReceiptError> {
    read(&verify_text(FORMAT, json, expected_key)?)
}

/// Verifies what [`sign_text`] made under the same format and gives the text.
pub(crate) fn verify_text(
    format: &str,
    json: &str,
    expected_key: Option<&str>,
) -> Result<String, ReceiptError> {
    fits(json)?;
    let receipt: Receipt = serde_json::from_str(json).map_err(|_| ReceiptError::Malformed)?;
    if receipt.format != format {
        return Err(ReceiptError::Malformed);
    }
    let key = hex::decode::<32>(&receipt.key).map_err(|_| ReceiptError::Malformed)?;
    let signature = hex::decode::<64>(&receipt.signature).map_err(|_| ReceiptError::Malformed)?;
    if let Some(expected) = expected_key {
        let expected = hex::decode::<32>(expected).map_err(|_| ReceiptError::ExpectedKey)?;
        if expected != key {
            return Err(ReceiptError::WrongKey);
        }
    }
    VerifyingKey::from_bytes(&key)
        .and_then(|key| {
            let message = message(format, &receipt.payload);
            key.verify_strict(&message, &Signature::from_bytes(&signature))
        })
        .map_err(|_| ReceiptError::Signature)?;
    Ok(receipt.payload)
}

fn fits(json: &str) -> Result<(), ReceiptError> {
    match json.len() <= RECEIPT_BYTES_MAX {
        true => Ok(()),
        false => Err(ReceiptError::TooLong { len: json.len() }),
    }
}

fn read(text: &str) -> Result<ReceiptPayload, ReceiptError> {
    let payload: ReceiptPayload =
        serde_json::from_str(text).map_err(|_| ReceiptError::Malformed)?;
    match payload.format == FORMAT {
        true => Ok(payload),
        false => Err(ReceiptError::Malformed),
    }
}

/// The domain separator keeps the key from being useful for anything but receipts.
fn message(format: &str, payload: &str) -> Vec<u8> {
    [format.as_bytes(), b"\n", payload.as_bytes()].concat()
}

mod fingerprint {
    use super::{Deserialize, Deserializer, Serializer, hex};

    pub(super) fn serialize<S: Serializer>(
        bytes: &[u8; 16],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<[u8; 16], D::Error> {
        hex::decode(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

mod request {
    use super::{Deserialize, Deserializer, RequestId, Serializer};

    pub(super) fn serialize<S: Serializer>(
        request: &RequestId,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&request.to_hex())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<RequestId, D::Error> {
        RequestId::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
