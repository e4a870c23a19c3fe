//! Check digits on numbers that their standards print.

use super::{ean_13, is_day, luhn, mod_11_10, mod_97, verhoeff};

fn digits(text: &str) -> Vec<u8> {
    text.bytes().map(|byte| byte - b'0').collect()
}

#[test]
fn luhn_checks_the_last_digit() {
    assert!(luhn(&digits("79927398713")));
    assert!(!luhn(&digits("79927398710")));
    assert!(!luhn(&[]));
    assert!(!luhn(&[0]));
}

#[test]
fn iso_7064_checks() {
    // The example of the standard for MOD 11,10, and the German tax office's.
    assert!(mod_11_10(&digits("07945")));
    assert!(!mod_11_10(&digits("07946")));
    assert!(mod_11_10(&digits("86095742719")));
    assert_eq!(mod_97("3214282912345698765432161182".bytes()), Some(1));
    assert_eq!(mod_97("12-4".bytes()), None);
}

#[test]
fn verhoeff_checks_the_last_digit() {
    assert!(verhoeff(&digits("2363")));
    assert!(!verhoeff(&digits("2336")));
    assert!(!verhoeff(&[]));
}

#[test]
fn gs1_checks_the_last_digit() {
    assert!(ean_13(&digits("4006381333931")));
    assert!(!ean_13(&digits("4006381333932")));
}

#[test]
fn days_are_of_their_month() {
    assert!(is_day(29, 2));
    assert!(!is_day(30, 2));
    assert!(!is_day(31, 4));
    assert!(!is_day(0, 1));
    assert!(!is_day(1, 13));
}
