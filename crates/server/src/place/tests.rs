use std::net::IpAddr;
use std::path::PathBuf;

use domain::date::day;
use tempfile::TempDir;
use testkit::places::{Network, file};

use super::{PlaceFile, Said};

fn network<'a>(text: &str, country: Option<&'a str>, part: Option<&'a str>) -> Network<'a> {
    let (address, bits) = text.split_once('/').unwrap();
    Network { address: address.parse().unwrap(), bits: bits.parse().unwrap(), country, part }
}

fn networks() -> Vec<Network<'static>> {
    vec![
        network("81.2.69.0/24", Some("GB"), Some("ENG")),
        network("2.125.160.0/20", Some("US"), Some("CA")),
        network("89.160.20.0/24", Some("SE"), None),
        network("203.0.113.0/24", None, None),
        network("198.51.100.0/24", Some("de"), Some("toolong")),
        network("10.0.0.0/8", Some("FR"), None),
        network("2001:db8:1::/48", Some("DE"), Some("BY")),
    ]
}

fn written(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("places.mmdb");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[track_caller]
fn check(places: &PlaceFile, address: &str, expected: Option<&str>) {
    let address: IpAddr = address.parse().unwrap();
    let found = places.find(address);
    assert_eq!(found.as_ref().map(consent::law::place::Place::as_str), expected, "{address}");
}

#[test]
fn addresses_have_places() {
    let (_folder, path) = written(&file("Example-City", true, &networks()));
    let places = PlaceFile::open(&path).unwrap();
    check(&places, "81.2.69.142", Some("GB-ENG"));
    check(&places, "2.125.175.255", Some("US-CA"));
    check(&places, "89.160.20.1", Some("SE"));
    check(&places, "::ffff:89.160.20.1", Some("SE"));
    check(&places, "2001:db8:1:2::3", Some("DE-BY"));
    check(&places, "198.51.100.7", Some("DE"));
    // Missing, without a country, and nowhere.
    for unknown in ["81.2.70.1", "203.0.113.1", "2001:db8:2::1", "10.1.2.3", "127.0.0.1", "::1"] {
        check(&places, unknown, None);
    }
    for unknown in ["192.168.0.1", "169.254.0.1", "fe80::1", "fd00::1", "0.0.0.0", "::"] {
        check(&places, unknown, None);
    }
    let said = places.said();
    let (kind, made) = ("Example-City".to_owned(), day(2026, 2, 1));
    assert_eq!(said, Said { kind, made, ipv6: true, parts: true });
    let line = "Example-City of 2026-02-01: countries and their parts, IPv4 and IPv6";
    assert_eq!(said.line(), line);
}

#[test]
fn a_file_of_ipv4_knows_no_ipv6() {
    let (_folder, path) = written(&file("Example-Country", false, &networks()[2..3]));
    let places = PlaceFile::open(&path).unwrap();
    check(&places, "89.160.20.1", Some("SE"));
    check(&places, "2001:db8:1:2::3", None);
    assert!(places.said().line().ends_with("countries only, IPv4 only"));
}

#[track_caller]
fn refused(bytes: &[u8], part: &str) {
    let (_folder, path) = written(bytes);
    let error = PlaceFile::open(&path).unwrap_err().to_string();
    assert!(error.contains(part), "{error}");
    assert!(error.contains("places.mmdb"), "{error}");
}

#[test]
fn files_that_cannot_be_used_are_refused() {
    let whole = file("Example-City", true, &networks());
    refused(b"", "is no MaxMind DB file, or is damaged");
    refused(b"not a file of places", "is no MaxMind DB file, or is damaged");
    refused(&whole[100..], "is no MaxMind DB file, or is damaged");
    refused(&whole[..whole.len() - 40], "is no MaxMind DB file, or is damaged");
    let mut damaged = whole.clone();
    let at = whole.windows(8).position(|at| at == b"iso_code").unwrap();
    damaged[at - 1] = 0xff;
    refused(&damaged, "is no MaxMind DB file, or is damaged");
    let nothing = file("Example-ASN", true, &[network("81.2.69.0/24", None, None)]);
    refused(&nothing, "is a Example-ASN file and names no country");
    let folder = tempfile::tempdir().unwrap();
    let error = PlaceFile::open(&folder.path().join("none.mmdb")).unwrap_err().to_string();
    assert!(error.starts_with("cannot read "), "{error}");
}

#[test]
fn a_file_is_read_anew_and_a_damaged_one_changes_nothing() {
    let (_folder, path) = written(&file("Example-City", true, &networks()));
    let places = PlaceFile::open(&path).unwrap();
    std::fs::write(&path, b"damaged").unwrap();
    assert!(places.reload().is_err());
    check(&places, "81.2.69.142", Some("GB-ENG"));
    let moved = [network("81.2.69.0/24", Some("FR"), None)];
    std::fs::write(&path, file("Example-City", true, &moved)).unwrap();
    places.reload().unwrap();
    check(&places, "81.2.69.142", Some("FR"));
}
