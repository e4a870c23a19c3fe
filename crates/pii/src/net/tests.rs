//! Mailboxes, addresses of machines, passwords in web addresses.

use crate::kind::Kind;
use crate::scan::tests::{finds, nothing};

#[test]
fn mailboxes_are_found() {
    for mailbox in [
        "a@b.fi",
        "first.last+tag@sub.example.co.uk",
        "o'hara@example.com",
        "用户@例子.公司",
        "jürgen@müller.de",
        "x_y-z@example.museum",
        "USER@EXAMPLE.COM",
    ] {
        finds(&format!("Write to <{mailbox}>."), Kind::Email, mailbox);
    }
    finds("mail=a.b@example.com&x=1", Kind::Email, "mail=a.b@example.com");
    finds("a＠example．com", Kind::Email, "a＠example．com");
}

#[test]
fn other_signs_are_no_mailboxes() {
    for text in
        ["@example.com", "a@", "a@b", "a@b.1", "a @ b.com", "size @ 3.5 each", "x@.com", "a.@b.com"]
    {
        nothing(text, Kind::Email);
    }
    let long = format!("{}@example.com", "a".repeat(65));
    nothing(&long, Kind::Email);
}

#[test]
fn addresses_of_machines_are_found() {
    finds("from 203.0.113.7:8080", Kind::Ip, "203.0.113.7");
    finds("2001:db8::7:1", Kind::Ip, "2001:db8::7:1");
    finds(
        "[6e40:4041:c617:e898:c11:40d2:c669:2eb4]",
        Kind::Ip,
        "6e40:4041:c617:e898:c11:40d2:c669:2eb4",
    );
    finds("00:1B:44:11:3A:B7", Kind::Mac, "00:1B:44:11:3A:B7");
    finds("00-1b-44-11-3a-b7", Kind::Mac, "00-1b-44-11-3a-b7");
    finds("001b.4411.3ab7", Kind::Mac, "001b.4411.3ab7");
}

#[test]
fn other_dots_and_colons_are_left() {
    for text in [
        "256.1.1.1",
        "1.2.3",
        "1.2.3.4.5",
        "version 1.2.3.4",
        "127.0.0.1",
        "0.0.0.0",
        "01.02.03.04",
    ] {
        nothing(text, Kind::Ip);
    }
    for text in ["12:34:56", "::1", "a::b", "std::vec::Vec", "10:20"] {
        nothing(text, Kind::Ip);
        nothing(text, Kind::Mac);
    }
}

#[test]
fn passwords_in_web_addresses_are_found() {
    let found = "postgres://shop:s3cret@db.example/shop";
    finds(&format!("url = \"{found}\""), Kind::Credential, found);
    finds("see https://example.com/a?b=c.", Kind::Url, "https://example.com/a?b=c");
    nothing("https://user@example.com/", Kind::Credential);
    nothing("https://example.com/a:b@c", Kind::Credential);
}
