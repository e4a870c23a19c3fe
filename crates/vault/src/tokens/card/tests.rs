use super::{CardNumber, Network, check_digit, find_card, holds_card, scrub};

/// Test numbers that networks and payment providers publish.
const PUBLISHED: [(&str, Network); 14] = [
    ("4111111111111111", Network::Visa),
    ("4242424242424242", Network::Visa),
    ("4012888888881881", Network::Visa),
    ("5555555555554444", Network::Mastercard),
    ("5105105105105100", Network::Mastercard),
    ("2223003122003222", Network::Mastercard),
    ("378282246310005", Network::Amex),
    ("371449635398431", Network::Amex),
    ("6011111111111117", Network::Discover),
    ("30569309025904", Network::Diners),
    ("3530111333300000", Network::Jcb),
    ("6200000000000005", Network::UnionPay),
    ("6759649826438453", Network::Maestro),
    ("9792030000000000", Network::Troy),
];

#[test]
fn card_numbers_are_read_with_their_network() {
    for (text, network) in PUBLISHED {
        let card = CardNumber::parse(text).unwrap_or_else(|_| panic!("{text}"));
        assert_eq!(card.network(), Some(network), "{text}");
        assert_eq!(card.digits(), text);
        assert_eq!((card.last_four().len(), text.ends_with(card.last_four())), (4, true));
        assert!(text.starts_with(card.bin()));
    }
    assert_eq!(CardNumber::parse("4111 1111-1111 1111").unwrap().bin(), "41111111");
    assert_eq!(CardNumber::parse("378282246310005").unwrap().bin(), "378282");
    assert_eq!(format!("{:?}", CardNumber::parse("4111111111111111").unwrap()), "CardNumber(..)");
}

#[test]
fn what_is_no_card_number_is_refused() {
    for text in [
        "",
        "4111111111111112",
        "411111111111111",
        "4111 1111  1111 1111",
        " 4111111111111111",
        "4111111111111111 ",
        "4111111111111111x",
        "41111111111111111111111111",
        "0",
        "4111\u{a0}1111\u{a0}1111\u{a0}1111",
    ] {
        assert!(CardNumber::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn check_digits_are_completed() {
    for (text, _) in PUBLISHED {
        let (body, last) = text.split_at(text.len() - 1);
        assert_eq!(check_digit(body.as_bytes()), last.as_bytes()[0], "{text}");
    }
}

#[track_caller]
fn check(text: &str, expected: Option<&str>) {
    let found = find_card(text.as_bytes()).map(|(from, to)| text.get(from..to).unwrap());
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn card_numbers_are_found_in_text() {
    for (number, _) in PUBLISHED.iter().filter(|(number, _)| number.len() > 14) {
        check(&format!("{{\"note\":\"{number}\"}}"), Some(number));
        check(number, Some(number));
    }
    check("my card 4111 1111 1111 1111 thanks", Some("4111 1111 1111 1111"));
    check("on 12 4111-1111-1111-1111-02 ok", Some("4111-1111-1111-1111"));
    check("3782 822463 10005", Some("3782 822463 10005"));
    check("q=4111%201111%201111%201111", Some("4111%201111%201111%201111"));
    check("\\u0034111111111111111", Some("\\u0034111111111111111"));
    check("?c=%34111111111111111", Some("%34111111111111111"));
    check("1 2 3 4 5 6 7 8 9 0 1 2 3 4 4111111111111111", Some("4111111111111111"));
    let long = format!("{}4111 1111 1111 1111", "12 ".repeat(200));
    check(&long, Some("4111 1111 1111 1111"));
}

#[test]
fn what_only_looks_like_a_card_number_is_left_alone() {
    for text in [
        "4111111111111112",
        "1764000000000000",
        "04111111111111111",
        "411111111111111104111111111111111",
        "9912345678901234",
        "4006381333931",
        "39312345678901",
        "550e8400-e29b-41d4-a716-446655440000",
        "1772366400000",
        "4111,1111,1111,1111",
        "",
    ] {
        check(text, None);
    }
}

#[test]
fn a_scrubbed_text_holds_no_card_number() {
    let text = "a 4111 1111 1111 1111 b 5555555555554444c";
    let (clean, removed) = scrub(text.as_bytes());
    assert_eq!(removed, 2);
    assert_eq!(clean, b"a [card number removed] b [card number removed]c");
    assert!(!holds_card(&clean));
    assert_eq!(scrub(b"nothing"), (b"nothing".to_vec(), 0));
}
