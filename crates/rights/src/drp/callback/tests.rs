use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: Option<&str>) {
    let host = CallbackUrl::parse(text).map(|url| url.host().to_owned());
    assert_eq!(host.ok().as_deref(), expected, "{text}");
}

#[test]
fn callbacks_are_public_addresses() {
    check("https://agent.example.com/update_status", Some("agent.example.com"));
    check("https://Agent.Example.com?x=1&y=%20", Some("agent.example.com"));
    check("https://xn--bcher-kva.example/", Some("xn--bcher-kva.example"));
    for text in [
        "",
        "https://",
        "http://agent.example.com/",
        "HTTPS://agent.example.com/",
        "//agent.example.com/",
        "file:///etc/passwd",
        "https://agent.example.com:8443/",
        "https://user@agent.example.com/",
        "https://agent.example.com@evil.example/",
        "https://agent.example.com\\@evil.example/",
        "https://agent.example.com/#part",
        "https://agent.example.com/a b",
        "https://agent.example.com/\n",
        "https://b\u{fc}cher.example/",
        "https://localhost/",
        "https://printer.local/",
        "https://metadata.google.internal/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://127.0.0.0x1/",
        "https://[::1]/",
        "https://1.0.0.127.in-addr.arpa/",
        "https://agent..example/",
        "https://-agent.example/",
        "https://agent.example./",
    ] {
        check(text, None);
    }
    let long = format!("https://agent.example.com/{}", "a".repeat(CALLBACK_BYTES_MAX));
    check(&long, None);
    check(&format!("https://{}.example/", "a".repeat(64)), None);
    let url = CallbackUrl::parse("https://agent.example.com/secret?token=7").unwrap();
    assert_eq!(url.as_str(), "https://agent.example.com/secret?token=7");
    assert_eq!(format!("{url:?}"), "CallbackUrl(agent.example.com)");
}

#[test]
fn tries_become_rarer_and_end() {
    let waits: Vec<i64> = (0..).map_while(wait_ms).collect();
    assert_eq!(waits.len(), 6);
    assert!(waits.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(wait_ms(usize::MAX), None);
}

proptest! {
    #[test]
    fn no_text_panics_and_hosts_are_names(text in "\\PC{0,60}", near in "[a-z0-9.:/@-]{0,40}") {
        for text in [text, format!("https://{near}")] {
            if let Ok(url) = CallbackUrl::parse(&text) {
                let host = url.host();
                prop_assert!(host.contains('.') && host.parse::<std::net::IpAddr>().is_err());
            }
        }
    }
}
