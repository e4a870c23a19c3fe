//! Data Rights Protocol 1.0, the side of the business: what authorized agents send, and what they
//! are answered.
//!
//! A message is JSON with an Ed25519 signature before it (the combined mode of libsodium), in
//! base64, as `text/plain`. [`exercise`] reads a request, [`set_up`] the set-up of pairwise keys,
//! [`revocation`] the taking back of a request. Each validates in the order that section 3.07 of
//! the protocol fixes (base64, signature, agent, business, issued, expires), and each step has an
//! error of its own; only then is the content read ([`claims`]). [`status`] writes the answer,
//! [`callback`] says where and when it is sent.
//!
//! What this must never do: read a claim before the signature holds, keep the name or the address
//! of the person (neither is needed to find an account), or send anything to a machine inside.

pub mod callback;
pub mod claims;
pub mod moment;
pub mod status;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::time::Timestamp;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::Deserialize;

use crate::drp::claims::Exercise;
use crate::request::names::AgentId;

/// Longest body, in bytes of base64.
pub const BODY_BYTES_MAX: usize = 32 * 1024;
/// Longest time between issue and expiry, in milliseconds. The protocol advises ten minutes; the
/// memory against replays holds this long.
pub const WINDOW_MS_MAX: i64 = 60 * 60 * 1000;
/// The versions of the protocol whose messages are alike.
pub const VERSIONS: [&str; 3] = ["1.0", "0.9.4", "0.9.3"];
/// Longest name of a business, in bytes.
pub const BUSINESS_BYTES_MAX: usize = 64;

const SIGNATURE_BYTES: usize = 64;

/// Why a message was refused. Those up to [`DrpError::Expired`] stand in the order in which they
/// are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrpError {
    /// Longer than [`BODY_BYTES_MAX`].
    #[error("body has {len} bytes, at most {BODY_BYTES_MAX} are read")]
    TooLong {
        /// Bytes that were given.
        len: usize,
    },
    /// Step 1.
    #[error("body is not base64")]
    Base64,
    /// Step 2.
    #[error("failed")]
    Signature,
    /// What is signed is no JSON object with the claims that the next steps need.
    #[error("message is not an object with agent-id, business-id, issued-at and expires-at")]
    Malformed,
    /// Step 3.
    #[error("agent-id is not the agent that the request came from")]
    Agent,
    /// Step 4.
    #[error("business-id is not this business")]
    Business,
    /// Step 5.
    #[error("issued-at is after now")]
    Issued,
    /// Step 6.
    #[error("expires-at is over")]
    Expired,
    /// Valid longer than [`WINDOW_MS_MAX`], or for no time at all.
    #[error("expires-at is not within an hour after issued-at")]
    Window,
    /// A version of the protocol that is not one of [`VERSIONS`].
    #[error("drp.version is not one of 1.0, 0.9.4, 0.9.3")]
    Version,
    /// A right that this business does not let an agent exercise.
    #[error("exercise is not a supported action")]
    Action,
    /// A claim with another type, length or alphabet.
    #[error("claim {0} is not as the protocol has it")]
    Claim(&'static str),
}

impl DrpError {
    /// Whether the same request cannot succeed later.
    pub const fn is_fatal(self) -> bool {
        matches!(self, Self::Expired | Self::Window | Self::Version | Self::Action)
    }
}

/// An agent as the directory of the network lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    id: AgentId,
    key: VerifyingKey,
}

/// The entry of a directory cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an agent has an id and a verify key: 32 bytes of Ed25519 in base64, not a weak one")]
pub struct AgentError;

impl Agent {
    /// Reads an entry: the id, and `verify_key` in base64.
    ///
    /// # Errors
    /// [`AgentError`].
    pub fn parse(id: &str, verify_key: &str) -> Result<Self, AgentError> {
        let id = AgentId::parse(id).map_err(|_| AgentError)?;
        let bytes = STANDARD.decode(verify_key).map_err(|_| AgentError)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| AgentError)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| AgentError)?;
        // One point, one spelling, as libsodium has it.
        if key.is_weak() || key.to_edwards().compress().to_bytes() != bytes {
            return Err(AgentError);
        }
        Ok(Self { id, key })
    }

    /// The name in the directory.
    pub const fn id(&self) -> &AgentId {
        &self.id
    }
}

/// The business as the directory of the network lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessId(Box<str>);

impl BusinessId {
    /// Reads a name.
    ///
    /// # Errors
    /// [`crate::request::names::NameError`] for what is no name of the directory.
    pub fn parse(text: &str) -> Result<Self, crate::request::names::NameError> {
        AgentId::parse(text).map(|name| Self(name.as_str().into()))
    }
}

/// Against what a message is held.
#[derive(Clone, Copy, Debug)]
pub struct Door<'a> {
    /// The agent whose token or address the request came with.
    pub agent: &'a Agent,
    /// This business.
    pub business: &'a BusinessId,
    /// Now.
    pub now: Timestamp,
}

/// By what a message is known, so that it counts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Once {
    /// The signature, which only the agent can make another one of.
    pub signature: [u8; SIGNATURE_BYTES],
    /// Until when it has to be remembered.
    pub until: Timestamp,
}

/// The claims that the six steps look at.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "agent-id")]
    agent: String,
    #[serde(rename = "business-id")]
    business: String,
    #[serde(rename = "issued-at")]
    issued: String,
    #[serde(rename = "expires-at")]
    expires: String,
    #[serde(rename = "drp.version")]
    version: Option<String>,
}

/// Reads a request of an agent (section 2.01).
///
/// # Errors
/// [`DrpError`], the first step that fails.
pub fn exercise(body: &[u8], door: &Door<'_>) -> Result<(Exercise, Once), DrpError> {
    let (signature, message) = open(body, door.agent)?;
    let (envelope, until) = admit(&message, door)?;
    version(envelope.version.as_deref().ok_or(DrpError::Version)?)?;
    let exercise = claims::read(&message)?;
    Ok((exercise, Once { signature, until }))
}

/// Reads the set-up of a pairwise key (section 2.05). The agent is the one that the address names,
/// because there is no token yet; the answer is a [`status::TokenAnswer`].
///
/// # Errors
/// [`DrpError`], the first step that fails; the protocol answers all of them alike.
pub fn set_up(body: &[u8], door: &Door<'_>) -> Result<Once, DrpError> {
    let (signature, message) = open(body, door.agent)?;
    let (envelope, until) = admit(&message, door)?;
    // Before 0.9.4 this message carried no version.
    envelope.version.as_deref().map_or(Ok(()), version)?;
    Ok(Once { signature, until })
}

/// Reads the taking back of a request (section 2.04), which the address names. The message holds a
/// reason at most, so that only the first two steps can be taken.
///
/// # Privacy
/// The reason is a text of the person and is not kept: nobody has to give one.
///
/// # Errors
/// [`DrpError`], the first step that fails.
pub fn revocation(body: &[u8], agent: &Agent) -> Result<(), DrpError> {
    #[derive(Deserialize)]
    struct Revocation {
        #[serde(rename = "reason")]
        _reason: Option<String>,
    }
    let (_, message) = open(body, agent)?;
    let _read: Revocation =
        serde_json::from_slice(&message).map_err(|_| DrpError::Claim("reason"))?;
    Ok(())
}

/// Steps 1 and 2.
fn open(body: &[u8], agent: &Agent) -> Result<([u8; SIGNATURE_BYTES], Vec<u8>), DrpError> {
    if body.len() > BODY_BYTES_MAX {
        return Err(DrpError::TooLong { len: body.len() });
    }
    let mut bytes = STANDARD.decode(body).map_err(|_| DrpError::Base64)?;
    let signature: [u8; SIGNATURE_BYTES] = *bytes.first_chunk().ok_or(DrpError::Signature)?;
    let message = bytes.split_off(SIGNATURE_BYTES);
    let signed = Signature::from_bytes(&signature);
    agent.key.verify_strict(&message, &signed).map_err(|_| DrpError::Signature)?;
    Ok((signature, message))
}

/// Steps 3 to 6, and how long the message may be valid at all.
fn admit(message: &[u8], door: &Door<'_>) -> Result<(Envelope, Timestamp), DrpError> {
    // What is not looked at has to be text, too.
    let text = std::str::from_utf8(message).map_err(|_| DrpError::Malformed)?;
    let envelope: Envelope = serde_json::from_str(text).map_err(|_| DrpError::Malformed)?;
    if envelope.agent != door.agent.id.as_str() {
        return Err(DrpError::Agent);
    }
    if *envelope.business != *door.business.0 {
        return Err(DrpError::Business);
    }
    let issued = moment::parse(&envelope.issued).ok_or(DrpError::Claim("issued-at"))?;
    if door.now < issued {
        return Err(DrpError::Issued);
    }
    let expires = moment::parse(&envelope.expires).ok_or(DrpError::Claim("expires-at"))?;
    if door.now >= expires {
        return Err(DrpError::Expired);
    }
    match expires.ms_since(issued) <= WINDOW_MS_MAX {
        true => Ok((envelope, expires)),
        false => Err(DrpError::Window),
    }
}

fn version(text: &str) -> Result<(), DrpError> {
    match VERSIONS.contains(&text) {
        true => Ok(()),
        false => Err(DrpError::Version),
    }
}

#[cfg(test)]
mod tests;
