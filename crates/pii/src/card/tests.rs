//! Numbers that networks and payment providers publish for tests.

use crate::kind::Kind;
use crate::scan::tests::{finds, nothing};

#[test]
fn test_numbers_of_every_network_are_found() {
    for number in [
        "4111111111111111",
        "4012 8888 8888 1881",
        "5555-5555-5555-4444",
        "5105105105105100",
        "2223003122003222",
        "378282246310005",
        "3714 496353 98431",
        "30569309025904",
        "38520000023237",
        "6011111111111117",
        "6011 0009 9013 9424",
        "3530111333300000",
        "6200000000000005",
        "2200 0000 0000 0004",
    ] {
        finds(&format!("paid with {number} today"), Kind::Card, number);
    }
}

#[test]
fn maestro_and_short_numbers_need_a_word() {
    finds("my card 503867297114 was lost", Kind::Card, "503867297114");
    finds("Maestro 6304000000000000", Kind::Card, "6304000000000000");
    finds("visa 4222222222222", Kind::Card, "4222222222222");
    nothing("article 503867297114", Kind::Card);
    nothing("EAN 4222222222222", Kind::Card);
}

#[test]
fn other_numbers_are_no_cards() {
    for text in [
        "4111111111111112",
        "card 4111111111111112",
        "9999999999999995",
        "0000000000000000",
        "41111111111111111111",
        "14111111111111111",
        "4111.1111",
        "x4111111111111111",
        "tracking 1Z999AA10123456784",
    ] {
        nothing(text, Kind::Card);
    }
}

#[test]
fn digits_of_other_scripts_and_hidden_characters_count() {
    finds("٤١١١١١١١١١١١١١١١", Kind::Card, "٤١١١١١١١١١١١١١١١");
    finds("４１１１ １１１１ １１１１ １１１１", Kind::Card, "４１１１ １１１１ １１１１ １１１１");
    let hidden = "4111\u{200b}1111\u{200b}1111\u{ad}1111";
    finds(&format!("é {hidden} é"), Kind::Card, hidden);
    finds(
        "4111\u{2011}1111\u{2011}1111\u{2011}1111",
        Kind::Card,
        "4111\u{2011}1111\u{2011}1111\u{2011}1111",
    );
}
