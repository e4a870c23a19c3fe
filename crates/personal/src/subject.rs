//! Who a person is to the shop. The only two names of a person that Confidant ever takes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest customer id, in bytes of UTF-8.
pub const CUSTOMER_ID_BYTES_MAX: usize = 128;

/// Why a text is not a customer id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CustomerIdError {
    /// A control character would end up in logs, headers or files.
    #[error("customer id holds a control character")]
    Control,
    /// The empty text names nobody.
    #[error("customer id is empty")]
    Empty,
    /// Longer than [`CUSTOMER_ID_BYTES_MAX`].
    #[error("customer id has {len} bytes, at most {CUSTOMER_ID_BYTES_MAX} are allowed")]
    TooLong {
        /// Bytes of UTF-8 that were given.
        len: usize,
    },
}

/// The shop's own id of a customer: opaque, compared bytewise. Prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct CustomerId(Box<str>);

impl CustomerId {
    /// Reads a customer id.
    pub fn parse(text: &str) -> Result<Self, CustomerIdError> {
        if text.is_empty() {
            return Err(CustomerIdError::Empty);
        }
        if text.len() > CUSTOMER_ID_BYTES_MAX {
            return Err(CustomerIdError::TooLong { len: text.len() });
        }
        if text.chars().any(char::is_control) {
            return Err(CustomerIdError::Control);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Debug for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerId(..)")
    }
}

/// The random id of a browser, issued by us after consent. Prints nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BrowserId([u8; 16]);

impl BrowserId {
    /// Takes sixteen random bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads 32 lower-case hexadecimal characters.
    pub fn parse(text: &str) -> Result<Self, domain::hex::HexError> {
        domain::hex::decode(text).map(Self)
    }

    /// The text that the browser keeps. Only the answer that issues the id may carry it.
    pub fn to_hex(self) -> String {
        domain::hex::encode(&self.0)
    }
}

impl fmt::Debug for BrowserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserId(..)")
    }
}

/// A person by name, as said by who may say it (a token, the secret key, the browser itself).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A browser with an id that we issued after consent.
    Browser(BrowserId),
    /// A customer of the shop.
    Customer(CustomerId),
}

impl Subject {
    /// The bytes that keyed MACs take: a tag byte, then the name. Never stored as they are.
    pub fn mac_input(&self) -> Vec<u8> {
        match self {
            Self::Browser(id) => [&[1], id.0.as_slice()].concat(),
            Self::Customer(id) => [&[2], id.0.as_bytes()].concat(),
        }
    }
}

/// A person inside the running server: a keyed MAC of the name.
///
/// It joins the purposes of one person, so it is never in a plain column, an answer or a log; at
/// rest it lies only inside sealed key rows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SubjectRef([u8; 16]);

impl SubjectRef {
    /// Takes the sixteen bytes of the MAC.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The sixteen bytes, for sealing.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for SubjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectRef(..)")
    }
}

#[cfg(test)]
mod tests;
