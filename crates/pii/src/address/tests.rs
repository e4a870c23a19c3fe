//! Addresses by their shape.

use crate::kind::Kind;
use crate::scan::tests::{finds, nothing};

#[test]
fn addresses_are_found() {
    for address in [
        "10 Downing Street",
        "2450 Crown St",
        "Rue Dielhère 130",
        "Strickstrasse 61",
        "ul. Jarzębinowa 5",
        "Mannerheimintie 12",
        "Drottninggatan 5 B",
        "PO Box 123",
        "221B Baker Street, London",
        "33 avenue de Provence",
        "P.O. Box 12, Leeds",
        "Via delle Coste 41",
        "C/ Mayor 8",
        "the corner of Mill Lane and Kent Street",
        "12 Main Street West, Leeds, United Kingdom",
        "Árpád fejedelem útja 62",
        "Unit 1293 Box 4311\nDPO AE 01708",
    ] {
        finds(&format!("We live at {address}"), Kind::Address, address);
    }
}

#[test]
fn goods_are_no_addresses() {
    for text in [
        "SET OF 3 CAKE TINS",
        "60 TEATIME FAIRY CAKE CASES",
        "T-LIGHT 6 PACK",
        "4 Candles 12 cm",
        "4 X 6 IN",
        "9 X 14",
    ] {
        nothing(text, Kind::Address);
    }
}

#[test]
fn telephone_numbers_are_no_part_of_an_address() {
    finds("12 Main Street\nLeeds\n0494 92 82 32", Kind::Address, "12 Main Street\nLeeds");
    finds("5 Kent Street 01 23 45 67 89.", Kind::Address, "5 Kent Street");
    finds("5 Kent Street, Tel 9498777106", Kind::Address, "5 Kent Street");
}

#[test]
fn postal_codes_need_a_word_or_a_form() {
    finds("ZIP: 3520", Kind::PostalCode, "3520");
    finds("SW1A 1AA", Kind::PostalCode, "SW1A 1AA");
    nothing("SET 3520", Kind::PostalCode);
}
