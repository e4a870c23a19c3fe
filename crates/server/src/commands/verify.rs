//! `confidant verify receipt FILE`: checks a receipt of an erasure or of consent offline.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use rights::receipt::{RECEIPT_BYTES_MAX, Receipt, ReceiptError, verify};
use rights::{consent_receipt, words};

use crate::commands::{Failure, OrFail as _, say};

/// Checks a proof offline.
#[derive(Clone, Debug, Args)]
pub struct Verify {
    /// The kind of proof.
    #[command(subcommand)]
    pub what: What,
}

/// The kind of proof.
#[derive(Clone, Debug, Subcommand)]
pub enum What {
    /// A receipt of an erasure or of consent.
    Receipt {
        /// The receipt as JSON, as the API answered it.
        file: PathBuf,
        /// The key that the shop publishes, 64 hexadecimal characters.
        #[arg(long)]
        key: Option<String>,
    },
}

/// Verifies and prints what is proven and what is not.
///
/// # Errors
/// A receipt that is malformed, changed, or signed by another key.
pub fn run(command: &Verify) -> Result<(), Failure> {
    let What::Receipt { file, key } = &command.what;
    let size = std::fs::metadata(file).or_fail("cannot read the receipt")?.len();
    if size > RECEIPT_BYTES_MAX as u64 {
        return Err(Failure::new(format!("a receipt has at most {RECEIPT_BYTES_MAX} bytes")));
    }
    let text = std::fs::read_to_string(file).or_fail("cannot read the receipt")?;
    let text = receipt_in(text.trim());
    let text = text.as_str();
    let said = checked(text, key.as_deref()).or_fail("the receipt does not verify")?;
    let signer: Receipt = serde_json::from_str(text).or_fail("the receipt cannot be read")?;
    say("The signature is valid.");
    say(format!("Signed by  {}", signer.key));
    if key.is_none() {
        say(words::NOT_PINNED);
    }
    say("");
    say(said.trim_end());
    Ok(())
}

/// What a receipt that verifies says, in words. Its kind is a part of what is signed.
fn checked(text: &str, key: Option<&str>) -> Result<String, ReceiptError> {
    let consent = serde_json::from_str::<Receipt>(text)
        .is_ok_and(|receipt| receipt.format == consent_receipt::CONSENT_FORMAT);
    if consent {
        return Ok(consent_receipt::describe(&consent_receipt::verify(text, key)?));
    }
    Ok(words::describe(&verify(text, key)?))
}

/// The receipt itself, also out of the whole answer of `POST /v1/erasures` or `PUT /v1/consents`.
fn receipt_in(text: &str) -> String {
    let answer: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let inside = answer.as_ref().and_then(|answer| answer.get("receipt"));
    inside.map_or_else(|| text.to_owned(), serde_json::Value::to_string)
}
