//! Personal fields that tokens stand for: read once, written one way, with what may be shown.
//!
//! Three forms of one value: as it was given (sealed), normalized (for the blind index, so that
//! `Anna@Example.org` and `anna@example.org` are found as one), and small (what is shown instead:
//! the city for an address, a band of years for a birthday). The small form is made at the door,
//! once, and sealed apart, so that showing it never opens the value.

use std::fmt;

use domain::time::Timestamp;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::tokens::name::Kind;

/// Longest value, in bytes.
pub const VALUE_BYTES_MAX: usize = 1_024;
/// Longest e-mail address (RFC 5321), in bytes.
const EMAIL_BYTES_MAX: usize = 254;
/// Digits of a telephone number with its country (ITU-T E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// The years in which living people are born, as far as a shop can know.
const BIRTH_YEARS: std::ops::RangeInclusive<u32> = 1880..=9999;
/// Mean length of a year of the Gregorian calendar, in milliseconds.
const YEAR_MS: i64 = 31_556_952_000;

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// Street and house, one or more lines.
    pub lines: Vec<String>,
    /// Postal code.
    pub postal_code: String,
    /// City.
    pub city: String,
    /// Country (ISO 3166-1 alpha-2).
    pub country: String,
}

/// A personal value that was read. Prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub enum Field {
    /// An e-mail address.
    Email(String),
    /// A telephone number with its country.
    Phone(String),
    /// A postal address.
    Address(Address),
    /// A date of birth: year, month, day.
    Birthday(u32, u32, u32),
}

/// What is shown instead of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Small {
    /// The value with most of its signs hidden.
    Masked(String),
    /// City and country instead of the address.
    City {
        /// The city.
        city: String,
        /// The country.
        country: String,
    },
    /// Years of age from and to instead of the date of birth; as of the day it was made.
    AgeBand {
        /// The youngest age of the band.
        from: u32,
        /// The oldest age of the band; none for the last band.
        to: Option<u32>,
    },
}

impl Field {
    /// Reads a value that is a text.
    ///
    /// # Errors
    /// [`VaultError`] for a text that is no such value, and for kinds that are no text.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, VaultError> {
        let text = text.trim();
        if text.is_empty() || text.len() > VALUE_BYTES_MAX || text.chars().any(char::is_control) {
            return Err(VaultError);
        }
        match kind {
            Kind::Email if email(text).is_some() => Ok(Self::Email(text.to_owned())),
            Kind::Phone if phone(text).is_some() => Ok(Self::Phone(text.to_owned())),
            Kind::Birthday => birthday(text).ok_or(VaultError),
            Kind::Email | Kind::Phone | Kind::Address | Kind::Card | Kind::Cvv => Err(VaultError),
        }
    }

    /// Takes an address: city and country are needed.
    ///
    /// # Errors
    /// [`VaultError`] for a part that is missing, too long or holds control characters.
    pub fn address(address: Address) -> Result<Self, VaultError> {
        let Address { lines, postal_code, city, country } = &address;
        let texts = || lines.iter().chain([postal_code, city, country]);
        let bytes: usize = texts().map(String::len).sum();
        let plain = texts().all(|text| !text.chars().any(char::is_control));
        let is_country = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        if bytes > VALUE_BYTES_MAX || !plain || city.trim().is_empty() || !is_country {
            return Err(VaultError);
        }
        Ok(Self::Address(address))
    }

    /// What kind of value this is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Email(_) => Kind::Email,
            Self::Phone(_) => Kind::Phone,
            Self::Address(_) => Kind::Address,
            Self::Birthday(..) => Kind::Birthday,
        }
    }

    /// The value in the one form in which equal values are equal.
    pub fn normalized(&self) -> Zeroizing<Vec<u8>> {
        let text = match self {
            Self::Email(text) => email(text).unwrap_or_default(),
            Self::Phone(text) => phone(text).unwrap_or_default(),
            Self::Address(Address { lines, postal_code, city, country }) => {
                let all = lines.iter().chain([postal_code, city, country]);
                all.map(|part| folded(part)).filter(|part| !part.is_empty()).fold(
                    String::new(),
                    |mut text, part| {
                        text.push_str(&part);
                        text.push('\n');
                        text
                    },
                )
            }
            Self::Birthday(year, month, day) => format!("{year:04}-{month:02}-{day:02}"),
        };
        Zeroizing::new(text.into_bytes())
    }

    /// What is shown instead.
    pub fn small(&self, now: Timestamp) -> Small {
        match self {
            Self::Email(text) => Small::Masked(masked_email(text)),
            Self::Phone(text) => Small::Masked(masked_phone(text)),
            Self::Address(address) => {
                Small::City { city: address.city.clone(), country: address.country.clone() }
            }
            Self::Birthday(year, month, day) => age_band(age((*year, *month, *day), now)),
        }
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Field(..)")
    }
}

/// The whole address in lower case: almost no server tells `A` from `a` before the `@`, and people
/// who look for a person do not know how it was typed.
fn email(text: &str) -> Option<String> {
    let (name, host) = text.rsplit_once('@')?;
    let plain = !name.is_empty() && !text.contains(char::is_whitespace) && !name.contains('@');
    let known = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    let named = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    let fits = text.len() <= EMAIL_BYTES_MAX && plain && named && host.chars().all(known);
    fits.then(|| text.to_lowercase())
}

/// `+` and the digits with the country; a number without its country names nobody.
fn phone(text: &str) -> Option<String> {
    let rest = text.strip_prefix('+').or_else(|| text.strip_prefix("00"))?;
    let mut number = String::with_capacity(16);
    number.push('+');
    for c in rest.chars() {
        match c {
            '0'..='9' => number.push(c),
            ' ' | '-' | '.' | '(' | ')' | '/' => {}
            _ => return None,
        }
    }
    // A number in brackets, as in +49 (0) 30, is left to the shop: it may belong or not.
    let fits = PHONE_DIGITS.contains(&(number.len() - 1)) && !number.starts_with("+0");
    fits.then_some(number)
}

fn birthday(text: &str) -> Option<Field> {
    let mut parts = text.split('-');
    let mut number = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok())?
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let known = BIRTH_YEARS.contains(&year) && (1..=days).contains(&day);
    (known && parts.next().is_none()).then_some(Field::Birthday(year, month, day))
}

/// Letters and digits in lower case, with one space between words.
fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn masked_email(text: &str) -> String {
    let (name, host) = text.rsplit_once('@').unwrap_or((text, ""));
    let first = name.chars().next().unwrap_or('*');
    format!("{first}***@{}", host.to_lowercase())
}

fn masked_phone(text: &str) -> String {
    let number = phone(text).unwrap_or_default();
    let kept = |from: usize, to: usize| number.get(from..to).unwrap_or_default();
    format!("{}***{}", kept(0, 3), kept(number.len().saturating_sub(2), number.len()))
}

/// Whole years since a date of birth; 0 for a date that is to come.
fn age((year, month, day): (u32, u32, u32), now: Timestamp) -> u32 {
    let today = domain::date::Date(now.day()).to_string();
    let mut parts = today.split('-').map(|part| part.parse::<u32>().unwrap_or(0));
    let (Some(this_year), Some(this_month), Some(this_day)) =
        (parts.next(), parts.next(), parts.next())
    else {
        // A date has three parts; without them years are counted by their mean length.
        return u32::try_from(now.ms() / YEAR_MS + 1970).unwrap_or(0).saturating_sub(year);
    };
    let had_birthday = (this_month, this_day) >= (month, day);
    this_year.saturating_sub(year).saturating_sub(u32::from(!had_birthday))
}

/// The bands that statistics offices use; everybody under 18 is one band.
const fn age_band(age: u32) -> Small {
    let (from, to) = match age {
        0..=17 => (0, Some(17)),
        18..=24 => (18, Some(24)),
        25..=34 => (25, Some(34)),
        35..=44 => (35, Some(44)),
        45..=54 => (45, Some(54)),
        55..=64 => (55, Some(64)),
        _ => (65, None),
    };
    Small::AgeBand { from, to }
}

#[cfg(test)]
mod tests;
