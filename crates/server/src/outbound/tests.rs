use std::net::IpAddr;

use super::address::{Address, AddressError, Reach, Vetted, reach};
use crate::settings::outbound::OutboundSettings;

#[track_caller]
fn check(ip: &str, expected: Reach) {
    let ip: IpAddr = ip.parse().unwrap();
    assert_eq!(reach(ip), expected, "{ip}");
}

#[test]
fn machines_are_of_the_public_internet_or_they_are_not() {
    for public in ["1.1.1.1", "8.8.8.8", "100.63.255.255", "172.15.0.1", "172.32.0.1", "223.1.1.1"]
    {
        check(public, Reach::Public);
    }
    for public in ["2606:4700::1111", "2a00::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"] {
        check(public, Reach::Public);
    }
    for loopback in ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"] {
        check(loopback, Reach::Loopback);
    }
    for private in ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"] {
        check(private, Reach::Private);
    }
    for private in ["fc00::1", "fdff::1", "::ffff:10.0.0.1"] {
        check(private, Reach::Private);
    }
}

#[test]
fn what_is_not_known_to_be_public_is_never_called() {
    // The address that clouds give their secrets away under is the second.
    for never in ["0.0.0.0", "169.254.169.254", "192.0.0.8", "192.0.2.1", "192.88.99.1"] {
        check(never, Reach::Never);
    }
    for never in ["198.18.0.1", "198.51.100.1", "203.0.113.7", "224.0.0.1", "255.255.255.255"] {
        check(never, Reach::Never);
    }
    for never in ["::", "fe80::1", "fec0::1", "ff02::1", "100::1", "2001:db8::1", "3fff::1"] {
        check(never, Reach::Never);
    }
    // Tunnels and translators that lead to the inside.
    for never in ["2002:7f00:1::", "2001::1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "::8.8.8.8"] {
        check(never, Reach::Never);
    }
    check("::ffff:169.254.169.254", Reach::Never);
}

#[test]
fn settings_open_a_kind_and_nothing_else() {
    let asks = |loopback, private, ip: &str, tls| {
        Vetted { loopback, private }.allows(ip.parse().unwrap(), tls)
    };
    assert!(asks(false, false, "1.1.1.1", true));
    assert!(!asks(true, true, "1.1.1.1", false), "without TLS only this machine");
    assert!(asks(true, false, "127.0.0.1", false));
    assert!(!asks(false, true, "127.0.0.1", true));
    assert!(asks(false, true, "10.0.0.1", true));
    assert!(!asks(true, true, "10.0.0.1", false));
    assert!(!asks(true, true, "169.254.169.254", true));
}

#[test]
fn addresses_are_read_or_refused() {
    let shut = OutboundSettings::default();
    let open = OutboundSettings { loopback: true, ..OutboundSettings::default() };
    assert!(Address::parse("https://other.example/erase?shop=1", &shut).is_ok());
    assert!(Address::parse("http://127.0.0.1:1/", &open).is_ok());
    assert_eq!(Address::parse("http://other.example/", &shut), Err(AddressError::Open));
    let long = format!("https://other.example/{}", "a".repeat(2_048));
    for bad in [
        "other.example",
        "/erase",
        "ftp://other.example/",
        "https://",
        "https://user:secret@other.example/",
        "https://other.example/#part",
        "https://other.example/a b",
        "https://öther.example/",
        "file:///etc/passwd",
        &long,
    ] {
        assert_eq!(Address::parse(bad, &open), Err(AddressError::Malformed), "{bad}");
    }
}
