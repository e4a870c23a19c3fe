//! `confidant verify receipt FILE` checks a receipt of an erasure or of consent offline, and
//! `confidant verify logged FILE --log KEY` that records stand in the shop's transparency log;
//! `confidant verify purchase FILE --proof FILE --log KEY` the same of an order.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use rights::consent_receipt::{self, CONSENT_FORMAT};
use rights::destruction::{self, DESTRUCTION_FORMAT};
use rights::receipt::{RECEIPT_BYTES_MAX, Receipt, ReceiptError, verify};
use rights::words;

use crate::commands::{Failure, OrFail as _, say};

pub mod logged;
pub mod purchase;

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
        /// The proof that it stands in the log, as `GET /v1/erasures/ID/proof` answered it.
        #[arg(long, requires = "log")]
        proof: Option<PathBuf>,
        /// The key of the log, as `GET /v1/log` says it.
        #[arg(long)]
        log: Option<String>,
    },
    /// Records with their proofs, as `GET /v1/consents/proofs` answered them.
    Logged {
        /// The answer as JSON.
        file: PathBuf,
        /// The key of the log, as `GET /v1/log` says it; best from another place than the answer.
        #[arg(long, required_unless_present = "policy")]
        log: Option<String>,
        /// A policy that names logs, witnesses and how many of them (c2sp.org/tlog-policy).
        #[arg(long, conflicts_with = "log")]
        policy: Option<PathBuf>,
    },
    /// A purchase, by the receipt that the customer kept and the proof that anyone may ask for.
    Purchase {
        /// The receipt of the purchase as JSON, as the shop handed it out.
        file: PathBuf,
        /// The answer of `GET /v1/log/orders/COMMITMENT?at_ms=...`.
        #[arg(long)]
        proof: PathBuf,
        /// The key of the log, as `GET /v1/log` says it; best from another place than the answer.
        #[arg(long)]
        log: String,
    },
}

/// Verifies and prints what is proven and what is not.
///
/// # Errors
/// A receipt that is malformed, changed, or signed by another key.
pub fn run(command: &Verify) -> Result<(), Failure> {
    let (file, key, proof) = match &command.what {
        What::Receipt { file, key, proof, log } => {
            (file, key, proof.as_deref().zip(log.as_deref()))
        }
        What::Logged { file, log, policy } => {
            return logged::run(file, log.as_deref(), policy.as_deref());
        }
        What::Purchase { file, proof, log } => return purchase::run(file, proof, log),
    };
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
    if let Some((proof, log)) = proof {
        say("");
        logged::check_receipt(&signer, proof, log)?;
    }
    Ok(())
}

/// What a receipt that verifies says, in words. Its kind is a part of what is signed.
fn checked(text: &str, key: Option<&str>) -> Result<String, ReceiptError> {
    let format = serde_json::from_str::<Receipt>(text).map(|receipt| receipt.format);
    match format.as_deref().unwrap_or_default() {
        CONSENT_FORMAT => Ok(consent_receipt::describe(&consent_receipt::verify(text, key)?)),
        DESTRUCTION_FORMAT => Ok(destruction::describe(&destruction::verify(text, key)?)),
        _ => Ok(words::describe(&verify(text, key)?)),
    }
}

/// The receipt itself, also out of the whole answer of `POST /v1/erasures` or `PUT /v1/consents`.
fn receipt_in(text: &str) -> String {
    let answer: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let inside = answer.as_ref().and_then(|answer| answer.get("receipt"));
    inside.map_or_else(|| text.to_owned(), serde_json::Value::to_string)
}
