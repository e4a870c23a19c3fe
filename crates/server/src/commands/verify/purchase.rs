//! A purchase that stands in a transparency log, shown by who holds its opening, without the shop.

use std::path::Path;

use domain::hex;
use ledger::entry::{Disclosure, EntryKind, Hour, Opening};
use ledger::proof::TlogProof;
use serde::Deserialize;

use crate::commands::verify::logged::{Found, bytes_of, of_key, proves, when};
use crate::commands::{Failure, OrFail as _, say};

/// What the customer kept.
#[derive(Deserialize)]
struct Receipt {
    format: String,
    record: String,
    opening: String,
    commitment: String,
}

/// What the shop answered, or anybody who has the log.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    hour: Option<u32>,
    #[serde(default)]
    proof: Option<String>,
}

/// Checks a purchase.
///
/// # Errors
/// A receipt that its opening does not open, or a proof of something else.
pub fn run(file: &Path, proof: &Path, log: &str) -> Result<(), Failure> {
    let policy = of_key(log)?;
    let receipt: Receipt =
        serde_json::from_slice(&bytes_of(file)?).or_fail("the receipt is not one of a purchase")?;
    if receipt.format != "confidant-purchase-v1" {
        return Err(Failure::new("the receipt is of another format"));
    }
    let opening: [u8; 32] =
        hex::decode(&receipt.opening).or_fail("the opening is not 64 hexadecimal characters")?;
    let opening = Opening::from_bytes(opening);
    let record = receipt.record.as_bytes();
    let commitment = hex::encode(opening.commit(EntryKind::Order, record).as_bytes());
    if commitment != receipt.commitment {
        return Err(Failure::new("the opening does not open this commitment"));
    }
    let answer: Answer = serde_json::from_slice(&bytes_of(proof)?)
        .or_fail("the proof is not the answer of the API")?;
    let (Some(hour), Some(text)) = (answer.hour, &answer.proof) else {
        return Err(Failure::new("it waits for its batch; ask again later"));
    };
    let proof = TlogProof::parse(text.as_bytes()).or_fail("the proof cannot be read")?;
    let hour = Hour::from_number(hour);
    let disclosure = Disclosure { kind: EntryKind::Order, hour, opening };
    let found = proves(&proof, &disclosure, record, &policy);
    let Found { index, size, origin, .. } =
        found.or_fail("the purchase is not proven to stand in the log")?;
    say(format!("order  leaf {index} of {size}, hour {}, {origin}", when(hour)));
    say(format!("  {}", receipt.record));
    Ok(())
}
