//! What an agent asks for, read after the message was admitted.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::drp::DrpError;
use crate::drp::callback::CallbackUrl;
use crate::plan::Scope;
use crate::proof::Proof;
use crate::request::kind::{About, Kind};

/// Longest name that the agent gives to a request, in bytes.
pub const AGENT_REQUEST_BYTES_MAX: usize = 128;
/// Most hints on other relations between person and business.
pub const RELATIONSHIPS_MAX: usize = 16;
/// Longest hint or name of a regime, in bytes.
pub const WORD_BYTES_MAX: usize = 64;
/// Longest address of a person, in bytes.
pub const ADDRESS_BYTES_MAX: usize = 254;

/// A right that an agent can exercise here. Consent is no such right: who opts in does it alone,
/// so `sale:opt_in` is not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// `sale:opt_out`, also written `sale:opt-out`.
    SaleOptOut,
    /// `deletion`.
    Deletion,
    /// `access`.
    Access,
    /// `access:categories`.
    AccessCategories,
    /// `access:specific`.
    AccessSpecific,
}

impl Action {
    /// Every action, as the entry of the business in the directory lists it.
    pub const ALL: [Self; 5] = [
        Self::SaleOptOut,
        Self::Deletion,
        Self::Access,
        Self::AccessCategories,
        Self::AccessSpecific,
    ];

    /// The action as the protocol writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SaleOptOut => "sale:opt_out",
            Self::Deletion => "deletion",
            Self::Access => "access",
            Self::AccessCategories => "access:categories",
            Self::AccessSpecific => "access:specific",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        // The protocol itself writes both.
        let text = if text == "sale:opt-out" { "sale:opt_out" } else { text };
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }

    /// The request that it is.
    pub const fn asks(self) -> (Kind, About) {
        match self {
            Self::SaleOptOut => (Kind::OptOut, About::EVERYTHING),
            Self::Deletion => (Kind::Erasure, About::Scope(Scope::Everything)),
            Self::AccessCategories => (Kind::Access, About::Categories),
            Self::Access | Self::AccessSpecific => (Kind::Access, About::EVERYTHING),
        }
    }
}

/// Under which law it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Regime {
    /// None was named: the business may answer of its own will.
    Voluntary,
    /// California.
    Ccpa,
    /// Another one, by its name.
    Named(Box<str>),
}

/// The person, as far as an account is found by it.
///
/// # Privacy
/// Name and postal address are not read. `Debug` prints nothing of the rest.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    email: Option<(Box<str>, bool)>,
    phone: Option<(Box<str>, bool)>,
    attorney: bool,
}

impl fmt::Debug for Person {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Person(..)")
    }
}

impl Person {
    /// The email address, if the agent made sure that it is the person's.
    pub fn verified_email(&self) -> Option<&str> {
        self.email.as_ref().filter(|(_, verified)| *verified).map(|(text, _)| &**text)
    }

    /// The telephone number, if the agent made sure that it is the person's.
    pub fn verified_phone(&self) -> Option<&str> {
        self.phone.as_ref().filter(|(_, verified)| *verified).map(|(text, _)| &**text)
    }

    /// The email address, verified or not. Good for a request that needs no proof.
    pub fn email(&self) -> Option<&str> {
        self.email.as_ref().map(|(text, _)| &**text)
    }

    /// Whether the agent refers to a power of attorney, for staff to look at.
    pub const fn names_attorney(&self) -> bool {
        self.attorney
    }

    /// What the signed request proves about the person.
    pub fn proof(&self) -> Option<Proof> {
        let verified = self.verified_email().or_else(|| self.verified_phone());
        verified.map(|_| Proof::Agent)
    }
}

/// A request of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// The right.
    pub action: Action,
    /// Under which law.
    pub regime: Regime,
    /// Other relations between person and business, such as `marketing`.
    pub relationships: Vec<String>,
    /// Where changes are to be reported.
    pub callback: Option<CallbackUrl>,
    /// The agent's own name of the request.
    pub agent_request: Option<String>,
    /// Whom it is about.
    pub person: Person,
}

/// The claims, each still of any type. What is not here is not read.
#[derive(Deserialize)]
struct Claims {
    exercise: Value,
    regime: Option<Value>,
    relationships: Option<Value>,
    status_callback: Option<Value>,
    #[serde(rename = "agent-request-id")]
    agent_request: Option<Value>,
    email: Option<Value>,
    email_verified: Option<Value>,
    phone_number: Option<Value>,
    phone_number_verified: Option<Value>,
    power_of_attorney: Option<Value>,
}

/// Reads the claims of an admitted message.
pub(super) fn read(message: &[u8]) -> Result<Exercise, DrpError> {
    let claims: Claims =
        serde_json::from_slice(message).map_err(|_| DrpError::Claim("exercise"))?;
    let action = claims.exercise.as_str().and_then(Action::parse).ok_or(DrpError::Action)?;
    let email = text(claims.email, "email", ADDRESS_BYTES_MAX)?;
    if email.as_ref().is_some_and(|email| !is_email(email)) {
        return Err(DrpError::Claim("email"));
    }
    let phone = text(claims.phone_number, "phone_number", ADDRESS_BYTES_MAX)?;
    if phone.as_ref().is_some_and(|phone| !is_phone(phone)) {
        return Err(DrpError::Claim("phone_number"));
    }
    let email_verified = flag(claims.email_verified.as_ref(), "email_verified")?;
    let phone_verified = flag(claims.phone_number_verified.as_ref(), "phone_number_verified")?;
    let attorney = text(claims.power_of_attorney, "power_of_attorney", 2_048)?;
    let name = text(claims.agent_request, "agent-request-id", AGENT_REQUEST_BYTES_MAX)?;
    let callback = text(claims.status_callback, "status_callback", callback_bytes_max())?;
    let callback = callback.map(|url| CallbackUrl::parse(&url)).transpose();
    Ok(Exercise {
        action,
        regime: regime(claims.regime)?,
        relationships: relationships(claims.relationships)?,
        callback: callback.map_err(|_| DrpError::Claim("status_callback"))?,
        agent_request: name.map(String::from),
        person: Person {
            email: email.map(|email| (email, email_verified)),
            phone: phone.map(|phone| (phone, phone_verified)),
            attorney: attorney.is_some(),
        },
    })
}

const fn callback_bytes_max() -> usize {
    crate::drp::callback::CALLBACK_BYTES_MAX
}

/// A text without control characters; `null` and what is missing are alike.
fn text(
    value: Option<Value>,
    name: &'static str,
    bytes_max: usize,
) -> Result<Option<Box<str>>, DrpError> {
    let Some(Value::String(text)) = value else {
        return match value {
            None | Some(Value::Null) => Ok(None),
            Some(_) => Err(DrpError::Claim(name)),
        };
    };
    let fits = (1..=bytes_max).contains(&text.len()) && !text.chars().any(char::is_control);
    if fits { Ok(Some(text.into())) } else { Err(DrpError::Claim(name)) }
}

fn flag(value: Option<&Value>, name: &'static str) -> Result<bool, DrpError> {
    match value {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(yes)) => Ok(*yes),
        Some(_) => Err(DrpError::Claim(name)),
    }
}

fn regime(value: Option<Value>) -> Result<Regime, DrpError> {
    let Some(name) = text(value, "regime", WORD_BYTES_MAX)? else { return Ok(Regime::Voluntary) };
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
    match &*name {
        "ccpa" => Ok(Regime::Ccpa),
        other if other.bytes().all(known) => Ok(Regime::Named(name)),
        _ => Err(DrpError::Claim("regime")),
    }
}

fn relationships(value: Option<Value>) -> Result<Vec<String>, DrpError> {
    const NAME: &str = "relationships";
    let Some(Value::Array(hints)) = value else {
        return match value {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(_) => Err(DrpError::Claim(NAME)),
        };
    };
    if hints.len() > RELATIONSHIPS_MAX {
        return Err(DrpError::Claim(NAME));
    }
    let hint = |hint| {
        let read = text(Some(hint), NAME, WORD_BYTES_MAX)?;
        read.map(String::from).ok_or(DrpError::Claim(NAME))
    };
    hints.into_iter().map(hint).collect()
}

/// Whether a text can be an address: one `@` with something around it, and no blank.
fn is_email(text: &str) -> bool {
    let halves = text.split_once('@');
    let some = halves
        .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'));
    some && !text.chars().any(char::is_whitespace)
}

/// Whether a text is a number as E.164 writes it.
fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests;
