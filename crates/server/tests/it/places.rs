//! The law of a visitor's place, found by the address and a file that the shop supplies.

use std::net::IpAddr;
use std::path::Path;

use serde_json::{Value, json};
use server::clock::Clock;
use testkit::places::{Network, file};

use crate::http::Call;
use crate::shop::{As, Binary, START, Server, choice, configuration};

const LOOPBACK: &str = "127.0.0.1";
const CALIFORNIA: &str = "2.125.160.216";

fn network<'a>(text: &str, country: &'a str, part: Option<&'a str>) -> Network<'a> {
    let (address, bits) = text.split_once('/').unwrap();
    let (address, bits) = (address.parse::<IpAddr>().unwrap(), bits.parse().unwrap());
    Network { address, bits, country: Some(country), part }
}

fn write(path: &Path, california: &str) {
    let networks = [
        network("2.125.160.0/20", california, (california == "US").then_some("CA")),
        network("89.160.20.0/24", "SE", Some("AB")),
        network("153.240.0.0/16", "JP", None),
        network("2001:db8:1::/48", "GB", Some("ENG")),
    ];
    std::fs::write(path, file("Example-City", true, &networks)).unwrap();
}

fn shop() -> (Server, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("places.mmdb");
    write(&path, "US");
    let server = Server::with(Clock::by_hand(START), |settings| {
        settings.place.file = Some(path);
        settings.trusted_proxies = vec![LOOPBACK.parse().unwrap()];
    });
    (server, folder)
}

/// The law pack of a caller behind the shop's proxy.
fn law(server: &Server, who: As, address: &str) -> Value {
    let browser = "0".repeat(32);
    let call = Call::get(&format!("/v1/consents?browser={browser}"));
    server.call(who, &call.header("X-Forwarded-For", address)).good()["law"].clone()
}

#[test]
fn a_visitor_is_under_the_law_of_the_place_of_the_address() {
    let (server, _folder) = shop();
    for (address, expected) in [
        (CALIFORNIA, "us-ca-2026-01-01"),
        ("89.160.20.7", "eu-2018-05-25"),
        ("2001:db8:1::7", "uk-2021-01-01"),
        ("::ffff:89.160.20.7", "eu-2018-05-25"),
        ("153.240.1.1", "strictest-1"),
        // What the file does not know is not the shop's own place either.
        ("198.51.100.1", "strictest-1"),
        ("10.0.0.1", "strictest-1"),
        ("2001:db8:2::7", "strictest-1"),
        ("not an address", "strictest-1"),
    ] {
        assert_eq!(law(&server, As::Page, address), expected, "{address}");
    }
    // The shop's own server is no visitor: its address says nothing about a customer.
    assert_eq!(law(&server, As::Shop, CALIFORNIA), "eu-2018-05-25");
}

#[test]
fn what_the_request_says_goes_first() {
    let (server, _folder) = shop();
    let call = Call::get(&format!("/v1/consents?browser={}", "0".repeat(32)));
    let call = call.header("X-Forwarded-For", CALIFORNIA);
    let told = server.call(As::Page, &call.header("Confidant-Jurisdiction", "GB")).good();
    assert_eq!(told["law"], "uk-2021-01-01");
    let notice = |query: &str| {
        let call = Call::get(&format!("/v1/notice{query}")).header("X-Forwarded-For", CALIFORNIA);
        call.send(server.public).good()["law"]["id"].clone()
    };
    assert_eq!(notice(""), "us-ca-2026-01-01");
    assert_eq!(notice("?jurisdiction=DE"), "eu-2018-05-25");
}

#[test]
fn the_record_has_the_place_and_nothing_has_the_address() {
    let (server, _folder) = shop();
    let says_yes = |address: &str| {
        let call = Call::put("/v1/consents", &choice(&["Personalization"]));
        let call = call.header("X-Forwarded-For", address);
        server.call(As::Page, &call).good()["browser"].as_str().unwrap().to_owned()
    };
    for (address, expected) in
        [(CALIFORNIA, "US-CA"), ("89.160.20.7", "SE"), ("153.240.1.1", "JP"), ("10.0.0.1", "")]
    {
        let browser = says_yes(address);
        let place = server.engine(move |engine, now| {
            let browser = personal::subject::BrowserId::parse(&browser).unwrap();
            let (_, rows) = engine.record_of(&personal::subject::Subject::Browser(browser), now)?;
            Ok(rows[0].place.clone())
        });
        assert_eq!(place, expected, "no finer than a law can tell apart");
    }
    let data = server.data_dir().to_owned();
    assert!(!server.metrics().contains(CALIFORNIA));
    let octets = CALIFORNIA.parse::<std::net::Ipv4Addr>().unwrap().octets();
    for entry in std::fs::read_dir(data).unwrap().flatten().filter(|one| one.path().is_file()) {
        let bytes = std::fs::read(entry.path()).unwrap();
        let text = bytes.windows(CALIFORNIA.len()).any(|at| at == CALIFORNIA.as_bytes());
        assert!(!text, "{}", entry.path().display());
        assert!(bytes.len() > 1_000_000 || !bytes.windows(4).any(|at| at == octets));
    }
}

#[test]
fn a_hangup_reads_the_file_anew_and_a_damaged_one_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("places.mmdb");
    write(&path, "US");
    let more = format!("trusted_proxies = [\"{LOOPBACK}\"]\nplace.file = {path:?}");
    let config = configuration(folder.path(), &more);
    let server = Binary::serve(&config);
    let law = || {
        let call = Call::get("/v1/notice").header("X-Forwarded-For", CALIFORNIA);
        call.send(server.public).good()["law"]["id"].clone()
    };
    assert_eq!(law(), json!("us-ca-2026-01-01"));
    write(&path, "GB");
    server.hang_up();
    let mut tries = 0;
    while law() != json!("uk-2021-01-01") {
        tries += 1;
        assert!(tries < 100_000, "the file was not read anew");
    }
    server.kill();
    std::fs::write(&path, b"damaged").unwrap();
    let config = config.to_str().unwrap();
    for arguments in [&["serve", "--config", config][..], &["serve", "--check", "--config", config]]
    {
        let output = Binary::command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("place.file"), "{said}");
        assert!(said.contains("places.mmdb is no MaxMind DB file, or is damaged"), "{said}");
    }
}
