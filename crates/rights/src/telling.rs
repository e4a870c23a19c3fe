//! Telling a recipient of an erasure (GDPR Art. 17(2) and 19): the message, and what the answers
//! mean.
//!
//! The message is a request of type `erasure` of `OpenDSR` 2.0: JSON, with the customer as the
//! recipient knows them, and a random name of its own. The specification leaves open how the
//! controller proves who it is; here an Ed25519 signature (RFC 8032) over
//! `confidant-erasure-notice-v1`, a line feed and the body stands in a header, under the key that
//! receipts are signed with. A recipient that says in what state the request is, is asked until it
//! is `completed`.
//!
//! # Privacy
//! The name of the erasure at the shop is not in the message: who knows it can read the receipt.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::hex;
use domain::id::RequestId;
use domain::time::Timestamp;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::drp::moment;

/// Name of the message's format, and the domain of its signature.
pub const FORMAT: &str = "confidant-erasure-notice-v1";
const MINUTE_MS: i64 = 60 * 1_000;
/// How long to wait after each failed call; then a day each time.
const WAITS_MS: [i64; 6] = [
    MINUTE_MS,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * 60 * MINUTE_MS,
    6 * 60 * MINUTE_MS,
    12 * 60 * MINUTE_MS,
];
/// How long to wait before a recipient that took the message is asked how far it is.
pub const ASK_AGAIN_MS: i64 = 24 * 60 * MINUTE_MS;

/// How a recipient knows the shop's customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// By the shop's own customer id.
    CustomerId,
    /// By the SHA-256 of it, in hexadecimal.
    CustomerIdSha256,
}

impl Identity {
    /// The customer as the recipient knows them.
    pub fn of(self, customer: &str) -> String {
        match self {
            Self::CustomerId => customer.to_owned(),
            Self::CustomerIdSha256 => hex::encode(&Sha256::digest(customer.as_bytes())),
        }
    }

    /// The format in the words of `OpenDSR`.
    const fn format(self) -> &'static str {
        match self {
            Self::CustomerId => "raw",
            Self::CustomerIdSha256 => "sha256",
        }
    }
}

/// One recipient and the name by which it knows the customer; part of an erasure's intent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tell {
    /// The recipient's name in the settings.
    pub recipient: String,
    /// The customer as it knows them.
    pub identity: String,
}

impl std::fmt::Debug for Tell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tell({})", self.recipient)
    }
}

/// What is said to one recipient.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// The erasure at the shop.
    pub request: RequestId,
    /// The recipient's name in the settings.
    pub recipient: &'a str,
    /// How it knows customers.
    pub known_by: Identity,
    /// The customer as it knows them.
    pub identity: &'a str,
    /// When the erasure was asked for.
    pub at: Timestamp,
}

impl std::fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({})", self.recipient)
    }
}

/// The name under which a recipient knows an erasure: a UUID of version 4, another one for each.
pub fn name(request: RequestId, recipient: &str) -> String {
    let [mut a, mut b] = halves(request, recipient);
    a = (a & !0xf000) | 0x4000;
    b = (b >> 2) | (1 << 63);
    let (a, b) = (format!("{a:016x}"), format!("{b:016x}"));
    let part = |text: &str, from, to| text.get(from..to).unwrap_or_default().to_owned();
    [part(&a, 0, 8), part(&a, 8, 12), part(&a, 12, 16), part(&b, 0, 4), part(&b, 4, 16)].join("-")
}

/// The random name of the row that remembers what became of it.
pub fn row(request: RequestId, recipient: &str) -> [u8; 16] {
    let [a, b] = halves(request, recipient);
    (u128::from(a) << 64 | u128::from(b)).to_be_bytes()
}

fn halves(request: RequestId, recipient: &str) -> [u64; 2] {
    let mut hash = Sha256::new();
    hash.update(FORMAT.as_bytes());
    hash.update(request.as_bytes());
    hash.update(recipient.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let half = |from: usize| {
        let bytes = digest.iter().skip(from).take(8);
        bytes.fold(0_u64, |all, byte| all << 8 | u64::from(*byte))
    };
    [half(0), half(8)]
}

#[derive(Serialize)]
struct Body<'a> {
    regulation: &'static str,
    subject_request_id: String,
    subject_request_type: &'static str,
    submitted_time: String,
    subject_identities: [BodyIdentity<'a>; 1],
    api_version: &'static str,
}

#[derive(Serialize)]
struct BodyIdentity<'a> {
    identity_type: &'static str,
    identity_value: &'a str,
    identity_format: &'static str,
}

impl Message<'_> {
    /// The message as it is sent. Personal data.
    ///
    /// # Errors
    /// What the JSON writer says.
    pub fn body(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Body {
            regulation: "gdpr",
            subject_request_id: name(self.request, self.recipient),
            subject_request_type: "erasure",
            submitted_time: moment::write(self.at),
            subject_identities: [BodyIdentity {
                identity_type: "controller_customer_id",
                identity_value: self.identity,
                identity_format: self.known_by.format(),
            }],
            api_version: "2.0",
        })
    }
}

/// The signature of a message in base64.
pub fn sign(body: &[u8], seed: &[u8; 32]) -> String {
    STANDARD.encode(SigningKey::from_bytes(seed).sign(&signed(body)).to_bytes())
}

/// Whether a message was signed with a key, as a recipient checks it.
pub fn verify(body: &[u8], key: &str, signature: &str) -> bool {
    let key = hex::decode::<32>(key).ok().and_then(|key| VerifyingKey::from_bytes(&key).ok());
    let signature = STANDARD.decode(signature).ok();
    let signature = signature.and_then(|bytes| Signature::from_slice(&bytes).ok());
    match (key, signature) {
        (Some(key), Some(signature)) => key.verify_strict(&signed(body), &signature).is_ok(),
        _ => false,
    }
}

fn signed(body: &[u8]) -> Vec<u8> {
    [FORMAT.as_bytes(), b"\n", body].concat()
}

/// What a call met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// Everything is erased there.
    Done,
    /// It took the message and works on it.
    Took,
    /// It does not know the request, although it took it once.
    Lost,
    /// It said no, or nothing that can be understood.
    Refused(u16),
    /// It could not be reached.
    Unreached,
    /// Nothing may go there any more, or it is not declared any more.
    NotAllowed,
}

impl Met {
    /// The word for it in rows and answers.
    pub fn word(self) -> String {
        match self {
            Self::Done => "done".to_owned(),
            Self::Took => "took".to_owned(),
            Self::Lost => "lost".to_owned(),
            Self::Refused(status) => format!("status {status}"),
            Self::Unreached => "not reached".to_owned(),
            Self::NotAllowed => "not allowed".to_owned(),
        }
    }
}

#[derive(Deserialize)]
struct State {
    #[serde(default)]
    request_status: Option<String>,
}

/// What an answer means. A recipient that says no state is believed by its status: 200 and 204 say
/// that it is done, 201 and 202 that it took the message.
pub fn read(status: u16, body: &[u8], told_before: bool) -> Met {
    let state = serde_json::from_slice::<State>(body).ok().and_then(|said| said.request_status);
    match (status, state.as_deref()) {
        (200..=299, Some("completed")) => Met::Done,
        (200..=299, Some("pending" | "in_progress")) => Met::Took,
        (200..=299, Some("cancelled")) => Met::Lost,
        (200 | 204, None) => Met::Done,
        (201 | 202, None) => Met::Took,
        (404 | 410, _) if told_before => Met::Lost,
        (status, _) => Met::Refused(status),
    }
}

/// How long to wait before the next call after `tries` of them failed.
pub fn wait_ms(tries: u32) -> i64 {
    let tries = usize::try_from(tries).unwrap_or(usize::MAX);
    WAITS_MS.get(tries.saturating_sub(1)).copied().unwrap_or(ASK_AGAIN_MS)
}

#[cfg(test)]
mod tests;
