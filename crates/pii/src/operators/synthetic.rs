//! Invented values of the same form, from ranges that belong to nobody where there are such.
//!
//! Domains and addresses are those reserved for documentation (RFC 2606, RFC 5737, RFC 3849,
//! RFC 7042); telephone numbers end in 555-01xx as in films.

use crate::checks::{luhn, mod_97};
use crate::kind::Kind;

const GIVEN: [&str; 8] = ["Alex", "Robin", "Sam", "Kim", "Noa", "Toni", "Sascha", "Charlie"];
const FAMILY: [&str; 8] =
    ["Example", "Sample", "Muster", "Specimen", "Placeholder", "Esempio", "Exempel", "Przykład"];

/// An invented value; the hash decides which, so equal values get equal ones.
pub fn value(kind: Kind, value: &str, hash: [u8; 32]) -> String {
    let byte = |at: usize| hash.get(at).copied().unwrap_or(0);
    let pick = |list: &[&'static str], at: usize| {
        list.get(usize::from(byte(at)) % list.len().max(1)).copied().unwrap_or("Example")
    };
    match kind {
        Kind::Email => {
            let user: String = (0..8).map(|at| char::from(b'a' + byte(at) % 26)).collect();
            format!("{user}@example.com")
        }
        Kind::Person => format!("{} {}", pick(&GIVEN, 0), pick(&FAMILY, 1)),
        Kind::Phone => format!("+1 202-555-01{:02}", byte(0) % 100),
        Kind::Ip if value.contains(':') => format!("2001:db8::{:x}{:02x}", byte(0), byte(1)),
        Kind::Ip => format!("192.0.2.{}", byte(0).max(1)),
        Kind::Mac => format!("00:00:5e:00:53:{:02x}", byte(0)),
        Kind::Card => card(&hash),
        Kind::Iban => iban(&hash),
        Kind::Credential => "https://user:password@example.com/".to_owned(),
        Kind::Url => "https://example.com/".to_owned(),
        Kind::Address => format!("{} Example Street, Sampletown", u16::from(byte(0)) + 1),
        Kind::Organization => format!("{} Ltd", pick(&FAMILY, 0)),
        Kind::Place => "Sampletown".to_owned(),
        Kind::NationalId
        | Kind::Passport
        | Kind::DriverLicense
        | Kind::Vehicle
        | Kind::Crypto
        | Kind::OrderNumber
        | Kind::DateOfBirth
        | Kind::PostalCode
        | Kind::Age
        | Kind::Group
        | Kind::Title
        | Kind::Date => shaped(value, &hash),
    }
}

/// Every digit another digit, every letter another letter.
fn shaped(value: &str, hash: &[u8; 32]) -> String {
    let other = |(c, byte): (char, &u8)| match c {
        '0'..='9' => char::from(b'0' + byte % 10),
        'A'..='Z' => char::from(b'A' + byte % 26),
        _ if c.is_alphabetic() => char::from(b'a' + byte % 26),
        _ => c,
    };
    value.chars().zip(hash.iter().cycle()).map(other).collect()
}

/// A Visa number with a right check digit, of a bank number that test systems use.
fn card(hash: &[u8; 32]) -> String {
    let mut digits = vec![4, 0, 0, 0, 0, 0];
    digits.extend(hash.iter().take(9).map(|byte| byte % 10));
    digits.push(0);
    for check in 0..10 {
        if let Some(last) = digits.last_mut() {
            *last = check;
        }
        if luhn(&digits) {
            break;
        }
    }
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

/// A German account of bank 00000000, with right check digits.
fn iban(hash: &[u8; 32]) -> String {
    let account: String = hash.iter().take(10).map(|byte| char::from(b'0' + byte % 10)).collect();
    let body = format!("00000000{account}");
    let rest = mod_97(body.bytes().chain(*b"DE00")).unwrap_or(0);
    format!("DE{:02}{body}", 98 - rest)
}
