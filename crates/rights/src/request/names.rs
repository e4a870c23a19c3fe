//! Who asked and who acted: names that can stand in a record for years.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest name of an agent or of a member of staff, in bytes.
pub const NAME_BYTES_MAX: usize = 64;

/// The text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name is 1 to {NAME_BYTES_MAX} letters, digits, _, . and -")]
pub struct NameError;

fn checked(text: &str) -> Result<Box<str>, NameError> {
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    match (1..=NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(known) {
        true => Ok(text.into()),
        false => Err(NameError),
    }
}

/// An authorized agent: an organization, by its name in the directory of the network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgentId(Box<str>);

/// A member of staff, by a number or short name of the shop's own choice.
///
/// # Privacy
/// Not an email address: the alphabet has no `@`. `Debug` prints none of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StaffId(Box<str>);

/// A shop platform that speaks for a customer, by its short name here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlatformId(Box<str>);

macro_rules! name {
    ($name:ident) => {
        impl $name {
            /// Reads a name.
            ///
            /// # Errors
            /// [`NameError`].
            pub fn parse(text: &str) -> Result<Self, NameError> {
                checked(text).map(Self)
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }
    };
}

name!(AgentId);
name!(StaffId);
name!(PlatformId);

impl fmt::Debug for StaffId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("StaffId(..)")
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Asker {
    /// The person.
    Person,
    /// Who holds parental responsibility for a child.
    Parent,
    /// An agent whom the person authorized.
    Agent(AgentId),
    /// The shop, for a person who asked by letter, telephone or at the counter.
    Shop,
    /// A shop platform, for a person who asked there.
    Platform(PlatformId),
}
