//! Names and numbers of things: opaque, compared bytewise, never case-folded.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::hex::{self, HexError};

/// Longest item id, in bytes of UTF-8.
pub const ITEM_ID_BYTES_MAX: usize = 128;
/// Longest shop id, in bytes of ASCII.
pub const SHOP_ID_BYTES_MAX: usize = 32;

/// A shop's own name for an item: opaque UTF-8, 1 to 128 bytes, no control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ItemId(Box<str>);

/// Why a text is not an item id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ItemIdError {
    /// A control character would end up in logs, headers or files.
    #[error("item id holds a control character")]
    Control,
    /// The empty text names nothing.
    #[error("item id is empty")]
    Empty,
    /// Longer than [`ITEM_ID_BYTES_MAX`].
    #[error("item id has {len} bytes, at most {ITEM_ID_BYTES_MAX} are allowed")]
    TooLong {
        /// Bytes of UTF-8 that were given.
        len: usize,
    },
}

impl ItemId {
    /// Reads an item id.
    pub fn parse(text: &str) -> Result<Self, ItemIdError> {
        if text.is_empty() {
            return Err(ItemIdError::Empty);
        }
        if text.len() > ITEM_ID_BYTES_MAX {
            return Err(ItemIdError::TooLong { len: text.len() });
        }
        if text.chars().any(char::is_control) {
            return Err(ItemIdError::Control);
        }
        Ok(Self(text.into()))
    }

    /// The id as the shop wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ItemId {
    type Error = ItemIdError;

    fn try_from(text: String) -> Result<Self, ItemIdError> {
        Self::parse(&text)
    }
}

impl From<ItemId> for String {
    fn from(id: ItemId) -> Self {
        id.0.into()
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The shop (tenant) that a value belongs to: 1 to 32 of `a` to `z`, `0` to `9` and `-`.
///
/// It is also a folder name, hence the narrow alphabet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShopId(Box<str>);

/// The text is not a shop id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("shop id must be 1 to {SHOP_ID_BYTES_MAX} of a-z, 0-9 and -, and not start with -")]
pub struct ShopIdError;

impl ShopId {
    /// Reads a shop id.
    pub fn parse(text: &str) -> Result<Self, ShopIdError> {
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let fits = (1..=SHOP_ID_BYTES_MAX).contains(&text.len());
        if !fits || text.starts_with('-') || !text.bytes().all(known) {
            return Err(ShopIdError);
        }
        Ok(Self(text.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ShopId {
    type Error = ShopIdError;

    fn try_from(text: String) -> Result<Self, ShopIdError> {
        Self::parse(&text)
    }
}

impl From<ShopId> for String {
    fn from(id: ShopId) -> Self {
        id.0.into()
    }
}

impl fmt::Display for ShopId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Sixteen bytes with a name and hexadecimal text.
macro_rules! id16 {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Takes the sixteen bytes as they are.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The sixteen bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// Reads 32 lower-case hexadecimal characters.
            pub fn parse(text: &str) -> Result<Self, HexError> {
                hex::decode(text).map(Self)
            }

            /// Writes 32 lower-case hexadecimal characters.
            pub fn to_hex(self) -> String {
                hex::encode(&self.0)
            }
        }
    };
}

id16! {
    /// A random name of one subject in one purpose (GDPR Art. 4(5)).
    ///
    /// Two purposes never share one, so stolen rows of two purposes cannot be joined. It is still
    /// pseudonymous personal data: `Debug` prints no byte of it, so that it stays out of logs.
    Pseudonym
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonym(..)")
    }
}

id16! {
    /// The random second half of a row's key; carries no order and no time.
    RowId
}

impl fmt::Debug for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowId({})", self.to_hex())
    }
}

id16! {
    /// Identity of one event: a keyed MAC over (shop, source, `messageId`).
    EventId
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventId(..)")
    }
}

id16! {
    /// The random public name of one request of a customer, such as an erasure.
    RequestId
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({})", self.to_hex())
    }
}

#[cfg(test)]
mod tests;
