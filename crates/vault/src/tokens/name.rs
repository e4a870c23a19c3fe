//! Names of tokens: drawn, made from the value, or in the shape of a card number.

use std::fmt;

use crate::error::VaultError;
use crate::tokens::card::{CardNumber, check_digit, holds_card, is_luhn};

/// Longest name, in bytes.
pub const NAME_BYTES_MAX: usize = 256;
/// Shortest name, in bytes: a legacy column of four letters and digits.
const NAME_BYTES_MIN: usize = 4;
/// How often a name is drawn anew when it is taken. Names are never shared by two values.
pub const DRAWS_MAX: usize = 16;

/// What a token stands for; the number stands in stored rows. Which kinds a server keeps is the
/// server's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A card number (PAN).
    Card = 1,
    /// The security code of a card: in memory for seconds, never written.
    Cvv = 2,
    /// An e-mail address.
    Email = 3,
    /// A telephone number.
    Phone = 4,
    /// A postal address.
    Address = 5,
    /// A date of birth.
    Birthday = 6,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Card, Self::Cvv, Self::Email, Self::Phone, Self::Address, Self::Birthday];

    /// The kind as the API writes it, also inside of names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Cvv => "cvv",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::Birthday => "birthday",
        }
    }

    /// Reads a kind.
    ///
    /// # Errors
    /// [`VaultError`] for any other word.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(VaultError)
    }
}

/// What a name looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// `tok_`, the kind, and 128 bits as 32 letters. Without a digit, so that nothing can take it
    /// for a card number.
    #[default]
    Opaque,
    /// Sixteen digits with a right check digit, for systems that check it.
    Luhn,
    /// Sixteen digits that end in the last four of the card and have a wrong check digit.
    LastFour,
    /// Sixteen digits that end in the last four of the card and have a right check digit.
    LuhnLastFour,
}

/// Every card-shaped name begins so: 99 is the number of no network and of no country (ISO 7812
/// keeps 9 for countries, ISO 3166-1 keeps 990 to 999 for users).
const SHAPED: &str = "99";
const SHAPED_DIGITS: usize = 16;
/// The digit of a shaped name that is turned until the check digit is right, or wrong: the last
/// one before the last four, which the check counts once.
const TURNED: usize = 11;

/// A token as the shop keeps it. Prints nothing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenName(String);

impl TokenName {
    /// The name of 128 bits.
    pub fn opaque(kind: Kind, bits: [u8; 16]) -> Self {
        let mut name = String::with_capacity(4 + kind.as_str().len() + 33);
        name.push_str("tok_");
        name.push_str(kind.as_str());
        name.push('_');
        for byte in bits {
            name.push(char::from(b'a' + (byte >> 4)));
            name.push(char::from(b'a' + (byte & 0x0f)));
        }
        Self(name)
    }

    /// A name of a shape for a card, from random bits. About 33 of them (with the last four) or 43
    /// are used: enough to be unique, which the store makes sure of, and not a secret.
    ///
    /// # Errors
    /// [`VaultError`] when the name would be the card number itself; then it is drawn anew.
    pub fn shaped(card: &CardNumber, shape: Shape, bits: [u8; 16]) -> Result<Self, VaultError> {
        let random = u128::from_be_bytes(bits);
        let name = match shape {
            Shape::Opaque => return Ok(Self::opaque(Kind::Card, bits)),
            Shape::Luhn => {
                let mut name = format!("{SHAPED}{:013}", random % 10_u128.pow(13));
                name.push(char::from(check_digit(name.as_bytes())));
                name
            }
            Shape::LastFour | Shape::LuhnLastFour => {
                let drawn = random % 10_u128.pow(10);
                let mut digits = format!("{SHAPED}{drawn:010}{}", card.last_four()).into_bytes();
                let right = shape == Shape::LuhnLastFour;
                for _ in 0..10 {
                    if is_luhn(&digits) == right {
                        break;
                    }
                    let digit = digits.get_mut(TURNED).ok_or(VaultError)?;
                    *digit = b'0' + (*digit - b'0' + 1) % 10;
                }
                String::from_utf8(digits).map_err(|_| VaultError)?
            }
        };
        let is_card = name == card.digits() || holds_card(name.as_bytes());
        if is_card || name.len() != SHAPED_DIGITS { Err(VaultError) } else { Ok(Self(name)) }
    }

    /// Reads a name that somebody shows: letters, digits and `_`, and no card number.
    ///
    /// # Errors
    /// [`VaultError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let fits = (NAME_BYTES_MIN..=NAME_BYTES_MAX).contains(&text.len());
        if !fits || !text.bytes().all(known) || holds_card(text.as_bytes()) {
            return Err(VaultError);
        }
        Ok(Self(text.to_owned()))
    }

    /// The kind that an opaque name says; other names say none.
    pub fn kind(&self) -> Option<Kind> {
        let (kind, letters) = self.0.strip_prefix("tok_")?.split_once('_')?;
        let letter = |byte: u8| (b'a'..=b'p').contains(&byte);
        let is_opaque = letters.len() == 32 && letters.bytes().all(letter);
        Kind::parse(kind).ok().filter(|_| is_opaque)
    }

    /// The name as the shop keeps it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenName(..)")
    }
}

#[cfg(test)]
mod tests;
