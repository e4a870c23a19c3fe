//! Numbers in the forms in which nations write theirs.

use super::COUNTRIES;
use crate::kind::Kind;
use crate::scan::tests::{finds, nothing};

#[test]
fn country_codes_are_sorted_and_prefix_free() {
    assert!(COUNTRIES.is_sorted_by_key(|(code, ..)| *code));
    for (code, min, max) in COUNTRIES {
        assert!(min <= max && *max <= 17, "{code}");
        for (other, ..) in COUNTRIES {
            let (code, other) = (code.to_string(), other.to_string());
            assert!(code == other || !other.starts_with(&code), "{code} {other}");
        }
    }
}

#[test]
fn numbers_with_a_country_code_are_found() {
    for number in [
        "+46 70 123 45 67",
        "+358 41 2345678",
        "+47 40 61 23 45",
        "+45 32 12 34 56",
        "+354 410 1234",
        "+44 20 7946 0018",
        "+44 (0)20 7946 0018",
        "+1-604-696-5272x565",
        "+41 (0)71 526 99 04",
        "+49 30 123456",
        "+33 1 23 45 67 89",
        "+34 810 12 34 56",
        "+39 02 1234 5678",
        "+81 3-1234-5678",
        "+86 10 1234 5678",
        "+91 74104 10123",
        "+55 11 2345-6789",
        "+61 2 1234 5678",
        "+7 301 123-45-67",
        "+27 10 123 4567",
        "+971 50 123 4567",
        "+4915123456789",
    ] {
        finds(&format!("Reach us: {number}."), Kind::Phone, number);
    }
}

#[test]
fn national_shapes_are_found() {
    for number in [
        "201-948-1927",
        "(202) 555-0173",
        "(202)555-0173",
        "202.555.0173",
        "0496 46 46 70",
        "056 590 36 33",
        "020 7946 0018",
        "0412 345 678",
    ] {
        finds(&format!("It is {number}."), Kind::Phone, number);
    }
}

#[test]
fn a_word_nearby_makes_a_number_a_telephone_number() {
    finds("They're not answering at 516 466 638", Kind::Phone, "516 466 638");
    finds("mobile: 99 577450", Kind::Phone, "99 577450");
    finds("Phone 5551234567", Kind::Phone, "5551234567");
    nothing("There are 516 466 638 of them", Kind::Phone);
}

#[test]
fn other_numbers_are_left() {
    for text in [
        "2018-02-24",
        "call on 24.12.2018",
        "12.50",
        "+5",
        "+999 123 456 789",
        "1.2.3.4",
        "192.168.10.1",
        "size 10 20 30",
        "1 000 000",
        "2010-2011",
        "ISBN 978-3-16-148410-0",
    ] {
        nothing(text, Kind::Phone);
    }
}
