//! Records that stand in a transparency log, checked without the shop.

use std::path::Path;

use ledger::entry::{Disclosure, Hour};
use ledger::key::VerifierKey;
use ledger::policy::Policy;
use ledger::proof::TlogProof;
use rights::receipt::Receipt;
use serde::Deserialize;

use crate::commands::{Failure, OrFail as _, say};

/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// What the API answers.
#[derive(Deserialize)]
struct Answer {
    records: Vec<Logged>,
}

#[derive(Deserialize)]
struct Logged {
    kind: String,
    record: String,
    #[serde(default)]
    proof: Option<String>,
}

/// Where a record was found.
pub(super) struct Found {
    pub(super) index: u64,
    pub(super) size: u64,
    pub(super) hour: Hour,
    pub(super) origin: String,
}

/// Checks every record of an answer.
///
/// # Errors
/// The first record that is not proven, by its place in the answer.
pub fn run(file: &Path, log: Option<&str>, policy: Option<&Path>) -> Result<(), Failure> {
    let policy = match (log, policy) {
        (Some(key), _) => of_key(key)?,
        (None, Some(path)) => {
            let bytes = std::fs::read(path).or_fail("cannot read the policy")?;
            Policy::parse(&bytes).or_fail("the policy is not usable")?
        }
        (None, None) => return Err(Failure::new("name the log with --log or --policy")),
    };
    let answer = answer(file)?;
    let mut waiting = 0_u64;
    for (place, logged) in (1..).zip(&answer.records) {
        let Some(proof) = &logged.proof else {
            waiting += 1;
            continue;
        };
        let found = verified(proof, logged.record.as_bytes(), &policy)
            .or_fail(&format!("record {place} is not proven"))?;
        let Found { index, size, origin, .. } = &found;
        let when = when(found.hour);
        say(format!("{}  leaf {index} of {size}, hour {when}, {origin}", logged.kind));
        say(format!("  {}", logged.record));
    }
    let proven = answer.records.len() as u64 - waiting;
    say(format!("{proven} proven, {waiting} still waiting for a batch."));
    Ok(())
}

/// Checks that the text of a receipt stands in the log.
///
/// # Errors
/// A proof of something else, or none.
pub fn check_receipt(receipt: &Receipt, proof: &Path, log: &str) -> Result<(), Failure> {
    let policy = of_key(log)?;
    let answer = answer(proof)?;
    let logged = answer.records.iter().find(|logged| logged.record == receipt.payload);
    let logged = logged.ok_or_else(|| Failure::new("the proof is about something else"))?;
    let text = logged.proof.as_deref();
    let text = text.ok_or_else(|| Failure::new("it waits for its batch; ask again later"))?;
    let found = verified(text, receipt.payload.as_bytes(), &policy)
        .or_fail("the receipt is not proven to stand in the log")?;
    let Found { index, size, origin, .. } = &found;
    say(format!(
        "It stands in the log {origin}: leaf {index} of {size}, hour {}.",
        when(found.hour)
    ));
    Ok(())
}

fn verified(
    proof: &str,
    record: &[u8],
    policy: &Policy,
) -> Result<Found, ledger::error::LedgerError> {
    let proof = TlogProof::parse(proof.as_bytes())?;
    let extra = proof.extra.as_deref().ok_or(ledger::error::LedgerError::Entry)?;
    proves(&proof, &Disclosure::parse(extra)?, record, policy)
}

/// Checks that a record stands where the proof says.
pub(super) fn proves(
    proof: &TlogProof,
    disclosure: &Disclosure,
    record: &[u8],
    policy: &Policy,
) -> Result<Found, ledger::error::LedgerError> {
    proof.verify(&disclosure.entry(record).to_bytes(), policy)?;
    let checkpoint = policy.check(&proof.checkpoint)?;
    let (index, size) = (proof.index, checkpoint.head.size);
    Ok(Found { index, size, hour: disclosure.hour, origin: checkpoint.origin })
}

/// A policy that trusts the log with this key.
pub(super) fn of_key(key: &str) -> Result<Policy, Failure> {
    VerifierKey::parse(key).map(Policy::of_log).or_fail("the key of the log is not usable")
}

fn answer(file: &Path) -> Result<Answer, Failure> {
    serde_json::from_slice(&bytes_of(file)?).or_fail("the records are not the answer of the API")
}

/// The bytes of a file that is not too large.
pub(super) fn bytes_of(file: &Path) -> Result<Vec<u8>, Failure> {
    let size = std::fs::metadata(file).or_fail("cannot read the file")?.len();
    if size > FILE_BYTES_MAX {
        return Err(Failure::new(format!("at most {FILE_BYTES_MAX} bytes are read")));
    }
    std::fs::read(file).or_fail("cannot read the file")
}

/// The hour as people write it, in UTC.
pub(super) fn when(hour: Hour) -> String {
    let at = jiff::Timestamp::from_second(i64::from(hour.number()) * 3_600);
    at.map_or_else(|_| hour.number().to_string(), |at| at.to_string())
}
