//! Codes of several countries.

use crate::kind::Kind;
use crate::scan::tests::{finds, nothing};

#[test]
fn codes_are_found() {
    for (text, code) in [
        ("zip: 94041", "94041"),
        ("ZIP: 394 13", "394 13"),
        ("my postal code is K1A 0B1", "K1A 0B1"),
        ("zipcode 1012 AB", "1012 AB"),
        ("is 12345 a valid postcode?", "12345"),
        ("Boston, MA 02108", "02108"),
        ("it was sent to SW1A 2AA", "SW1A 2AA"),
    ] {
        finds(text, Kind::PostalCode, code);
    }
}

#[test]
fn other_numbers_are_left() {
    for text in ["can I have 94041 of them", "SET OF 4 12345", "zip hoodie 2 XL", "size US 10500"] {
        nothing(text, Kind::PostalCode);
    }
}
